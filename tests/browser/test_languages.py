"""The choice of a language in a real browser, and whether long words fit a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

_PAGES = ("/", "/trial", "/help", "/known", "/known/blockade", "/check", "/medicines", "/pack")


def test_a_reader_chooses_norwegian_and_is_back_where_she_was(page: Page, demo: Served) -> None:
    """Two taps from any page, by the language's own name; the page she read is Norwegian then."""
    page.goto(f"{demo.url}/help")
    page.get_by_role("banner").get_by_role("link", name="English").click()
    page.get_by_role("button", name="Norsk").click()
    assert page.url == f"{demo.url}/help"
    expect(page.get_by_role("heading", name="Hjelp", exact=True)).to_be_visible()
    page.get_by_role("banner").get_by_role("link", name="Norsk").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()


@pytest.mark.parametrize("context", [{"viewport": {"width": 320, "height": 700}}], indirect=True)
@pytest.mark.parametrize(("name", "language"), [("Norsk", "nb"), ("Español", "es")])
def test_words_of_other_languages_fit_the_smallest_phone(
    page: Page, demo: Served, name: str, language: str
) -> None:
    """No page is wider than its window, however long the words."""
    page.goto(f"{demo.url}/language")
    page.get_by_role("button", name=name).click()
    for address in _PAGES:
        page.goto(demo.url + address)
        root = page.locator(f'html[lang="{language}"]')
        expect(root).to_have_count(1)
        spare = root.evaluate("root => root.clientWidth - root.scrollWidth")
        assert spare >= 0, (address, spare)


@pytest.mark.parametrize("context", [{"java_script_enabled": True}], indirect=True)
def test_the_choice_has_no_fault_that_axe_finds(page: Page, demo: Served) -> None:
    """Names, contrast, and the language of each part."""
    page.goto(f"{demo.url}/language")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
