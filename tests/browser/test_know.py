"""The answer and one's own data in a real browser: by keyboard, all details open, and narrow."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

_ANSWER_SECONDS = 120.0  # the first run compiles the engine
_OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.fixture
def answered(page: Page, demo: Served) -> Page:
    """The demo's answer, worked out if it was not yet."""
    ends = time.monotonic() + _ANSWER_SECONDS
    page.goto(f"{demo.url}/answer")
    if (ask := page.get_by_role("button", name="Work out my answer")).count():
        ask.click()
    while "being worked out" in page.title():
        assert time.monotonic() < ends, "no answer came"
        time.sleep(0.5)
        page.goto(f"{demo.url}/answer")
    return page


def test_the_picture_is_read_once_with_the_keyboard_alone(answered: Page, demo: Served) -> None:
    """Tab to a sentence, Enter: the page comes back to a kind word, and asks no more."""
    question = answered.locator("#picture")
    days = question.get_by_role("button", name="It was like this on")
    days.focus()
    answered.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_contain_text("Each mark is one possible answer")
    assert answered.url.endswith("/answer#picture")
    answered.goto(f"{demo.url}/answer")
    expect(answered.locator("#picture").get_by_role("button")).to_have_count(0)


def test_the_same_hundred_answers_lie_along_a_line(answered: Page) -> None:
    """The closed part opens without a script, with its picture, its name and its table."""
    part = answered.locator("details.bysize")
    expect(part.locator("table")).to_be_hidden()
    part.locator("summary").click()
    expect(part.get_by_role("img")).to_be_visible()
    expect(part.locator("table")).to_be_visible()
    marks = part.locator("svg [class^='i-']")
    assert marks.count() == 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_detail_open_is_accessible_and_no_wider_than_the_screen(
    browser: Browser, session: object, demo: Served, answered: Page, width: int, scheme: str
) -> None:
    """Names, roles and contrast hold on both pages, and nothing scrolls sideways."""
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    for address in ("/answer", "/my-data"):
        page.goto(demo.url + address)
        page.evaluate(_OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in found] == [], address
    context.close()
