"""What the check-in page weighs when a phone opens it for the first time, and again."""

import pytest

from support.serving import Served
from support.slow_line import chromium_on_a_slow_line, visit

pytestmark = pytest.mark.browser

_MOST_BYTES = 60 * 1024
_MOST_LATER = 20 * 1024


def test_the_check_in_page_is_light_and_waits_for_nothing_from_elsewhere(demo: Served) -> None:
    """All that comes counts: headers, scripts, and what is kept for evenings without a line."""
    with chromium_on_a_slow_line(demo.port) as (browser, line):
        opening = browser.new_context(service_workers="block")
        opening.new_page().goto(demo.link)
        phone = browser.new_context(storage_state=opening.storage_state())
        first = visit(phone, f"{demo.url}/", line)
        later = visit(phone, f"{demo.url}/", line)
    assert 10_000 < first.n_bytes <= _MOST_BYTES
    assert later.n_bytes <= _MOST_LATER
    assert first.blocking
    assert all(file.startswith(f"{demo.url}/") for file in first.files + later.files)
