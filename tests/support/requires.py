"""What some tests need beside the Python packages.

A missing need skips the test and says why. Where `OPENLDN_REQUIRE` names the need, as in
`.ci/run`, it fails instead, so that nothing is left out there without being seen.
"""

import os
import shutil

import psycopg
import pytest

__all__ = ["chromium", "or_skip", "postgresql"]

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str:
    """Give the path of an installed Chromium, or skip the test that asked."""
    found = next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    return or_skip(found, need="browser", reason="no Chromium is installed on this machine")


def postgresql() -> str:
    """Give the address of a PostgreSQL that takes new databases, or skip the test that asked."""
    address = os.environ.get("OPENLDN_POSTGRESQL", "postgresql://postgres@127.0.0.1")
    try:
        with psycopg.connect(f"{address}/postgres", connect_timeout=3):
            found: str | None = address
    except psycopg.OperationalError:
        found = None
    reason = "no PostgreSQL answers (OPENLDN_POSTGRESQL names one)"
    return or_skip(found, need="postgresql", reason=reason)


def or_skip(found: str | None, *, need: str, reason: str) -> str:
    """Give `found`; where there is nothing, skip the test, or fail it if the need is required."""
    if found:
        return found
    if need in os.environ.get("OPENLDN_REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and OPENLDN_REQUIRE asks for {need!r}")
    pytest.skip(f"{reason} (needed: {need})")
