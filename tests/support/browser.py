"""Drives an installed Chromium, offline, for the browser tests."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from support import requires

__all__ = ["chromium"]

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Start Chromium, or skip the test that asked where none is installed."""
    path = requires.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
