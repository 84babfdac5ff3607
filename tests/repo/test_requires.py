"""Tests that need more than Python packages say so, and fail where the need must be met."""

import pytest

from support import requires


def test_what_is_there_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A met need costs nothing."""
    monkeypatch.setenv("OPENLDN_REQUIRE", "browser")
    assert requires.or_skip("chromium", need="browser", reason="no browser") == "chromium"


def test_a_missing_need_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a person's own machine the rest of the tests still run."""
    monkeypatch.delenv("OPENLDN_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        requires.or_skip(None, need="browser", reason="no browser")


@pytest.mark.parametrize("required", ["browser", "other,browser"])
def test_a_missing_need_fails_where_it_is_required(
    required: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the build machine nothing is left out unseen."""
    monkeypatch.setenv("OPENLDN_REQUIRE", required)
    with pytest.raises(pytest.fail.Exception, match="asks for 'browser'"):
        requires.or_skip(None, need="browser", reason="no browser")
