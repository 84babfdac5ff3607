"""One demo app and one Chromium for all browser tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from support.browser import chromium
from support.serving import Served, run_serve, served


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A fresh demo for each file of tests."""
    with served(tmp_path_factory.mktemp("demo") / "data", "--demo") as app:
        yield app


@pytest.fixture(scope="module")
def browser(demo: Served) -> Iterator[Browser]:
    """A Chromium that lives as long as the demo."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def session(browser: Browser, demo: Served) -> Any:
    """The cookie of an owner who opened her link."""
    context = browser.new_context(java_script_enabled=False)
    context.new_page().goto(
        run_serve("--link", "--demo", "--data", str(demo.folder)).stdout.strip()
    )
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def context(
    browser: Browser, session: Any, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A window on a phone, without scripts unless a test asks for more."""
    options: dict[str, Any] = getattr(request, "param", {})
    with_defaults = {"viewport": {"width": 360, "height": 800}, "java_script_enabled": False}
    opened = browser.new_context(storage_state=session, **(with_defaults | options))
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, demo: Served) -> Page:
    """A page on tonight."""
    opened = context.new_page()
    opened.goto(f"{demo.url}/")
    return opened
