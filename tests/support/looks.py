"""What every page must stand in one visit: axe, any light, large text, a small phone, keys."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

__all__ = ["is_page", "troubles"]

# Playwright's window and colour scheme; the two differ in both, so that each is seen once.
_LOOKS = ((360, "light"), (1280, "dark"))
_SMALLEST_PHONE = 320
_PHONE = 360
_FOCUS = """() => {
  const asks = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const all = [...document.querySelectorAll(asks)]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled);
  const rings = one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  return all.filter(one => {
    one.focus({focusVisible: true});
    const around = [one, one.closest('label'), one.closest('.plan')]; // a card shows it whole
    return !around.filter(Boolean).some(rings);
  }).map(one => one.outerHTML.slice(0, 120));
}"""
_MOVING = """() => [...document.querySelectorAll('*')].filter(one => {
  const style = getComputedStyle(one);
  const seconds = text => Math.max(...text.split(',').map(parseFloat));
  return seconds(style.transitionDuration) > 0.01
    || (style.animationName !== 'none' && seconds(style.animationDuration) > 0.01);
}).map(one => one.outerHTML.slice(0, 120))"""
# With the colours of the system, what was told by a fill must be told by an edge.
_EDGELESS = """() => [...document.querySelectorAll('.btn:not(.bare), .rate button, .chip, .card')]
  .filter(one => one.checkVisibility() && parseFloat(getComputedStyle(one).borderTopWidth) < 1)
  .map(one => one.outerHTML.slice(0, 120))"""
_LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
_USUAL_TEXT = "document.documentElement.style.fontSize = ''"


def is_page(page: Page, address: str) -> bool:
    """Tell whether an address shows a page, and is not a file or the address of a button."""
    answer = page.request.get(address)
    kind = answer.headers.get("content-type", "")
    return kind.startswith("text/html") and answer.status in {200, 403, 404}


def troubles(page: Page) -> list[str]:
    """Look at the open page in every way; tell what is wrong with it, each in a line."""
    # Without motion, or axe measures a colour that is on its way from one scheme to the other.
    page.emulate_media(reduced_motion="reduce")
    found = [*_against_axe(page), *_too_wide(page, _SMALLEST_PHONE)]
    page.evaluate(_LARGE_TEXT)
    found += [f"text at 200%: {one}" for one in _too_wide(page, _PHONE)]
    page.evaluate(_USUAL_TEXT)
    found += [f"focus not seen: {one}" for one in page.evaluate(_FOCUS)]
    found += [f"moves all the same: {one}" for one in page.evaluate(_MOVING)]
    page.emulate_media(forced_colors="active")
    found += [f"no edge in forced colours: {one}" for one in page.evaluate(_EDGELESS)]
    found += [f"no focus in forced colours: {one}" for one in page.evaluate(_FOCUS)]
    page.emulate_media(forced_colors="none")
    return found


def _against_axe(page: Page) -> list[str]:
    """Run axe by day on a phone and by night on a wide window."""
    found = []
    for width, scheme in _LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        report = Axe().run(page)
        if report.violations_count:
            found.append(f"axe, {scheme}, {width} px: {report.generate_report()}")
        found += _too_wide(page, width)
    return found


def _too_wide(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px: {wide} px wide"] if wide > width else []
