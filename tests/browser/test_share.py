"""Sharing in a real browser: a story, a link in another browser, a gift, and an empty app."""

import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

_WORK_SECONDS = 180.0  # the first run compiles the engine
_SCHEMES = ("light", "dark")


def _wait_until_made(page: Page, path: str, words: str) -> None:
    """Look again until the worker is done."""
    ends = time.monotonic() + _WORK_SECONDS
    page.goto(path)
    while words in page.content():
        assert time.monotonic() < ends, f"still: {words}"
        time.sleep(0.5)
        page.goto(path)


def _is_sound(page: Page) -> bool:
    """Hold the open page against axe in both schemes, at the smallest width and a wide one."""
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page)
            assert found.violations_count == 0, (page.url, found.generate_report())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 360, "height": 800})
    return True


@pytest.fixture
def hers(browser: Browser, session: Any, demo: Served) -> Page:
    """Her browser, once the answer is here. Scripts are on for axe alone: we serve none here."""
    # Without motion: a colour on its way from one scheme to the other is no contrast to judge.
    page = browser.new_context(storage_state=session, reduced_motion="reduce").new_page()
    _wait_until_made(page, f"{demo.url}/answer", "being worked out")
    return page


def test_from_the_story_to_an_empty_app(hers: Page, browser: Browser, demo: Served) -> None:
    """Write, look, link, open elsewhere, end, give, take back, take along, erase."""
    page, url = hers, demo.url
    page.get_by_role("link", name="Share and keep").click()
    page.get_by_role("link", name="My story").click()
    page.get_by_label("In your own words").fill("A slow spring.\n\nThen a long walk.")
    page.get_by_role("button", name="Save my words").click()
    expect(page.get_by_role("link", name="My story as PDF")).to_be_visible()
    assert _is_sound(page)

    page.get_by_role("link", name="A link with my story").click()
    page.get_by_label("My story beside it").check()
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("This is what others will see.")).to_be_visible()
    assert _is_sound(page)
    page.go_back()
    page.get_by_label("Who is it for?").fill("My sister")
    page.get_by_label("I agree that whoever").check()
    page.get_by_role("button", name="Make the link").click()
    assert _is_sound(page)
    address = page.locator("code.address").inner_text()

    other = browser.new_context(java_script_enabled=False).new_page()
    answer = other.goto(address)
    assert answer is not None
    assert answer.status == 200
    expect(other.get_by_text("Then a long walk.")).to_be_visible()
    assert "My sister" not in other.content()
    assert not [cookie for cookie in other.context.cookies() if "openldn" in cookie["name"]]

    page.goto(f"{url}/share/links")
    expect(page.get_by_text("Opened once")).to_be_visible()
    page.get_by_role("button", name="End it now My sister").click()
    other.goto(address)
    expect(other.get_by_role("heading", name="This link does not open")).to_be_visible()

    page.goto(f"{url}/contribute")
    page.get_by_role("button", name="Show me the file").click()
    _wait_until_made(page, f"{url}/contribute", "is being made")
    assert _is_sound(page)
    page.get_by_label("I agree that this file").check()
    page.get_by_role("button", name="Give this file").click()
    assert _is_sound(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Give this file")).to_be_visible()

    page.goto(f"{url}/export")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download everything").click()
    assert file.value.suggested_filename.endswith(".zip")

    page.goto(f"{url}/erase")
    page.get_by_label("type the word").fill("no")
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_text("Nothing was erased")).to_be_visible()
    assert _is_sound(page)
    page.get_by_label("type the word").fill("erase")
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    gone = page.goto(f"{url}/trial")
    assert gone is not None
    assert gone.status == 403
