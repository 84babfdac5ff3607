"""The shared file in a real browser: accessible, and never wider than the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from openldn.report import render_html
from report import samples
from report.test_plot_days import ORDER, PLAN, diary
from support.requires import chromium

pytestmark = pytest.mark.browser

OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser of this machine once."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module", params=["clear-benefit", "several-levels", "one-outcome-refused"])
def shared_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a shared file with real days, and give its address."""
    name = str(request.param)
    path: Path = tmp_path_factory.mktemp("shared") / f"{name}.html"
    html = render_html(samples.SAMPLES[name], diary=diary(shows_arms=True), plan=PLAN, order=ORDER)
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, shared_file: str, scheme: str) -> None:
    """Names, roles and contrast hold in both colour schemes, with every detail open."""
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 360, "height": 800},
    )
    page = context.new_page()
    page.goto(shared_file)
    page.evaluate(OPEN_ALL)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [violation["id"] for violation in found] == []


@pytest.mark.parametrize("width", [256, 320, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, shared_file: str, width: int) -> None:
    """No sideways scrolling down to 256 px, which is 1280 px at 500%."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(shared_file)
    page.evaluate(OPEN_ALL)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= width
