"""Every page of the app, walked from its addresses, in every light and at every size."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from openldn.web.config import urls
from support.addresses import without_holes
from support.looks import is_page, troubles
from support.serving import Served

pytestmark = pytest.mark.browser

# Addresses with a hole are looked at by an example, and some pages with what was asked of them.
_HOLES = (
    *("/known?words=<b>zzz", "/known?words=pain&condition=crohns"),
    *("/known/claims/muscle-pain", "/known/claims/se-headache"),
    *("/known/conditions/fibromyalgia", "/known/conditions/graves"),
    *("/known/side-effects/liver", "/known/blockade?taken=daily"),
    *("/pack?condition=lupus", "/start?plan=1", "/?ask=1"),
    *("/shared/no-such-link", "/open/no-such-link", "/no-such-page"),
)
_ANSWER_SECONDS = 180.0  # the first run compiles the engine


def _draft_a_plan(page: Page, url: str) -> None:
    """Fill in the steps of a plan, so that each has a page to look at."""
    page.goto(f"{url}/plan/condition")
    page.locator("#id_first").select_option("lupus")
    for step in ("condition", "matters", "words", "worth", "doses", "design", "calendar"):
        if step == "matters":
            page.locator("input[value='pain']").check()
        if step == "words":
            page.locator("input[name='primary'][value='pain']").check()
        if step == "design":
            page.locator("label[for='kind_blinded-withdrawal']").click()
        page.locator("main form.step .btn.main").click()
    page.locator("#id_by").fill("Dr Adeyemi")
    page.locator("#id_on").fill(time.strftime("%Y-%m-%d"))
    page.locator("#id_is_yes").check()
    page.locator("main form.step .btn.main").click()
    assert page.url == f"{url}/plan/freeze"


def _wait_for_answer(page: Page, url: str) -> None:
    ends = time.monotonic() + _ANSWER_SECONDS
    page.goto(f"{url}/answer")
    while "being worked out" in page.title():
        assert time.monotonic() < ends, "no answer came"
        time.sleep(0.5)
        page.goto(f"{url}/answer")


def test_every_page_in_every_look(browser: Browser, session: Any, demo: Served) -> None:
    """Both schemes, 320 pixels, text at 200%, no motion, forced colours, and the focus is seen.

    Axe is a script of the tester's: it is evaluated past the policy that forbids all others.
    """
    page = browser.new_context(storage_state=session).new_page()
    _draft_a_plan(page, demo.url)
    _wait_for_answer(page, demo.url)
    found: list[str] = []
    n_pages = 0
    for address in (*without_holes(urls.urlpatterns), *_HOLES):
        if not is_page(page, f"{demo.url}{address}"):
            continue  # a file, a sign of life, or the address of a button
        page.goto(f"{demo.url}{address}")
        n_pages += 1
        found += [f"{address}: {trouble}" for trouble in troubles(page)]
    assert not found, "\n".join(found)
    assert n_pages > 50
