"""The safety check, the pack and the talk in a real browser, without a single script."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

# axe is a script of the tester's: it is evaluated past the policy that forbids all others.
_LOOKS = [
    {
        "viewport": {"width": width, "height": 800},
        "color_scheme": scheme,
        "java_script_enabled": True,
    }
    for width in (320, 360, 768, 1280)
    for scheme in ("light", "dark")
]
_NAMES = "codeine 30\nlevothyroxine\n<b>zzz</b>\nدواء مجهول 😀\n" + "x" * 200


def _is_sound(page: Page) -> bool:
    """Look at a page as it stands: no axe rule broken, no sideways scrolling, targets large."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = (page.viewport_size or {})["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('button, a.btn, label.btn, summary, select, input')]"
        ".filter(e => e.offsetParent && !e.closest('label') && e.type != 'hidden')"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
    return True


@pytest.mark.parametrize("context", _LOOKS, indirect=True)
def test_check_and_talk_are_sound_at_every_width(page: Page, demo: Served) -> None:
    """The empty form, the result, what is to be fixed, and a talk: narrow or wide, by any light."""
    page.goto(f"{demo.url}/check")
    assert _is_sound(page)
    page.fill("#id_medicines", _NAMES)
    page.fill("#id_past_medicines", "tramadol, 12")
    page.locator("label[for=id_opioid-now_1]").click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="What was touched")).to_be_visible()
    for fold in page.locator("summary").all():
        if fold.locator("xpath=..").get_attribute("open") is None:
            fold.click()
    assert _is_sound(page)
    page.fill("#id_birth_year", "x")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Year of birth: x")
    assert _is_sound(page)

    page.goto(f"{demo.url}/talk")
    page.locator("label[for=id_said_1]").click()
    page.fill("#id_reason", "They want to see my liver tests first. " + "x" * 200)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="They said not now")).to_be_visible()
    assert _is_sound(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Another talk")).to_have_count(0)


def test_the_check_and_its_pack_need_no_mouse(page: Page, demo: Served, tmp_path: Path) -> None:
    """Keys alone: name a medicine, answer, read the result, choose the condition, get the file."""
    page.goto(f"{demo.url}/check")
    page.locator("#id_medicines").focus()
    page.keyboard.type("codeine 30")
    page.locator("#id_opioid-now_2").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#id_opioid-now_1")).to_be_checked()
    page.locator("#id_birth_year").focus()
    page.keyboard.type("1970")
    page.keyboard.press("Enter")  # the first button of the form checks; it does not print
    expect(page.locator(".touched .chip.stop").first).to_have_text("Stop")
    page.get_by_role("link", name="Print the pack").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "condition")
    page.keyboard.type("Systemic lupus")
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    saved = tmp_path / "pack.pdf"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "openldn-pack.pdf"
    assert saved.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("context", [{"java_script_enabled": True}], indirect=True)
def test_the_result_fits_with_text_twice_as_large(page: Page, demo: Served) -> None:
    """On a phone, with text at 200 percent, nothing of the result scrolls sideways."""
    page.goto(f"{demo.url}/check")
    page.fill("#id_medicines", _NAMES)
    page.get_by_role("button", name="Check", exact=True).click()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
