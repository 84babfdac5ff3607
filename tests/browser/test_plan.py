"""A newcomer in a real browser: from the first page to a frozen plan, with the keyboard alone."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from openldn.protocol.safety import GATE_QUESTIONS
from support.browser import chromium
from support.serving import Served, served

pytestmark = pytest.mark.browser

_MOST_TABS = 120
_FORECAST_SECONDS = 120.0  # the first run compiles the engine
_WIDTHS = (320, 360, 768, 1280)
_SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app with no record in it."""
    with served(tmp_path_factory.mktemp("own") / "data") as app:
        yield app


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for this file."""
    with chromium() as started:
        yield started


class Keys:
    """A person without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _press in range(_MOST_TABS):
            if self.page.locator(f"{selector}:focus").count():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with Tab on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        """Write in a field instead of what stands there."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose a radio of a group: Tab goes to the group, arrows go on within it."""
        group = f"input[name='{name}']"
        self.to(group)
        wanted = f"{group}[value='{value}']"
        for _press in range(12):
            if self.page.locator(f"{wanted}:focus").count():
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        expect(self.page.locator(wanted)).to_be_checked()

    def tick(self, selector: str) -> None:
        """Tick a box."""
        self.to(selector)
        self.page.keyboard.press("Space")

    def press(self, selector: str) -> None:
        """Go to a button or a link and press it."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def save(self) -> None:
        """Press the filled button of a step."""
        self.press("main form.step .btn.main")


def test_from_the_first_page_to_a_frozen_plan_by_keyboard_at_360(
    browser: Browser, own: Served
) -> None:
    """No mouse, no script: eight steps, a slip mended, the safety questions, the freeze."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(own.link)
    expect(page.get_by_role("heading", name="Find out whether LDN helps you")).to_be_visible()
    state = context.storage_state()
    keys = Keys(page)

    keys.press("main .btn.main")
    keys.to("#id_first")
    page.keyboard.type("Systemic lupus")
    keys.save()
    keys.tick("input[value='fatigue']")
    keys.tick("input[value='pain']")
    keys.write("#id_own_1", "Walking to the shop")
    keys.save()
    keys.write("#id_label_fatigue", "Worn out")
    keys.choose("better_own_1", "higher")
    keys.choose("primary", "fatigue")
    keys.save()
    keys.write("#id_mcid_fatigue", "1,5")
    keys.save()

    keys.write("#id_dose_3", "6")
    keys.save()
    expect(page.get_by_role("alert")).to_contain_text("at most 4.5 mg a day")
    expect(page.locator("#id_dose_3")).to_have_value("6")
    keys.write("#id_dose_3", "4.5")
    keys.save()

    _wait_for_forecasts(page)
    expect(page.locator(".forecast")).to_have_count(3)
    expect(page.locator(".forecast").first).to_contain_text("of a clear answer in 34 weeks")
    keys.choose("kind", "open-reversal")
    keys.save()
    expect(page.get_by_role("heading", name="Your calendar")).to_be_visible()
    keys.save()
    keys.write("#id_by", "Dr Adeyemi")
    keys.to("#id_on")
    page.keyboard.type("11202020")
    keys.tick("#id_is_yes")
    keys.save()
    assert page.url == f"{own.url}/plan/freeze"

    _look_at_every_step(browser, own, state)

    keys.press("main .btn.main")
    for question in GATE_QUESTIONS:
        keys.choose(question.id, "no" if question.when else "yes")
    keys.tick("#id_uses_none")
    keys.press("main form .btn.main")
    assert page.url == f"{own.url}/plan/freeze"
    keys.press("main form .btn.main")
    assert page.url == f"{own.url}/plan/expect"
    keys.choose("said", "better")
    keys.to("#id_sure")
    page.keyboard.type("6")
    keys.press("main form .btn.main")
    expect(page.get_by_role("heading", name="Your plan is frozen")).to_be_visible()

    page.go_back()
    page.go_back()
    expect(page.locator("main input:not([type=hidden])")).to_have_count(0)
    _look_at(browser, own, state, "/plan/frozen", "/plan/frozen/change", "/plan/expect", "/trial")
    context.close()


def _wait_for_forecasts(page: Page) -> None:
    ends = time.monotonic() + _FORECAST_SECONDS
    while page.locator(".forecast").count() < 3:
        assert time.monotonic() < ends, "no forecast came"
        time.sleep(0.5)
        page.reload()


def _look_at_every_step(browser: Browser, own: Served, state: object) -> None:
    steps = ("condition", "matters", "words", "worth", "doses", "design", "calendar", "agree")
    pages = [f"/plan/{step}" for step in (*steps, "freeze")]
    _look_at(browser, own, state, "/start", "/start/questions", "/my-diary/begin", *pages)


def _look_at(browser: Browser, own: Served, state: object, *paths: str) -> None:
    """No axe rule broken, no sideways scrolling, no small target: in any width, by any light.

    axe is a script of the tester's: it is evaluated past the policy that forbids all others.
    """
    for scheme in _SCHEMES:
        context = browser.new_context(storage_state=state, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        for path in paths:
            page.goto(f"{own.url}{path}")
            for width in _WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (path, width, wide)
            page.set_viewport_size({"width": 360, "height": 800})
            found = Axe().run(page)
            assert found.violations_count == 0, (path, scheme, found.generate_report())
            small = page.evaluate(
                "[...document.querySelectorAll('button, a.btn, label.btn, summary, select, input')]"
                ".filter(e => e.offsetParent && !e.closest('label') && e.type != 'hidden')"
                ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
            )
            assert small == [], path
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        context.close()


def test_a_diary_without_a_prescriber(browser: Browser, tmp_path_factory: object) -> None:
    """Three steps, then one tap a question; sound at every width."""
    folder = tmp_path_factory.mktemp("diary") / "data"  # type: ignore[attr-defined]
    with served(folder) as app:
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 360, "height": 800}
        )
        page = context.new_page()
        page.goto(app.link)
        page.get_by_role("link", name="Keep only a diary").click()
        page.get_by_role("button", name="Choose what to score").click()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Pain").check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("button", name="Save and go on").click()
        page.goto(f"{app.url}/my-diary/begin")
        page.get_by_role("button", name="Begin the diary").click()
        page.get_by_role("button", name="6", exact=True).click()
        expect(page.get_by_text("6 is saved.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("is saved.")).to_have_count(0)
        state = context.storage_state()
        _look_at(browser, app, state, "/my-diary", "/my-diary/begin", "/start?plan=1")
        context.close()
