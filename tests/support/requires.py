"""What some tests need beside the Python packages.

A missing need skips the test and says why. Where `OPENLDN_REQUIRE` names the need, as in
`.ci/run`, it fails instead, so that nothing is left out there without being seen.
"""

import os
import shutil

import pytest

__all__ = ["chromium", "or_skip"]

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str:
    """Give the path of an installed Chromium, or skip the test that asked."""
    found = next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    return or_skip(found, need="browser", reason="no Chromium is installed on this machine")


def or_skip(found: str | None, *, need: str, reason: str) -> str:
    """Give `found`; where there is nothing, skip the test, or fail it if the need is required."""
    if found:
        return found
    if need in os.environ.get("OPENLDN_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and OPENLDN_REQUIRE asks for {need!r}")
    pytest.skip(f"{reason} (needed: {need})")
