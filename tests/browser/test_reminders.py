"""The page of reminders and its worker in a real browser."""

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

_IN_NEW_YORK = {
    "java_script_enabled": True,
    "timezone_id": "America/New_York",
    "permissions": ["notifications"],
}
_SHOWN = """async () => {
  const found = await navigator.serviceWorker.getRegistration("/static/reminders/");
  return (await found.getNotifications()).map((one) => [one.title, one.body, one.tag]);
}"""
_REGISTERED = """async () => {
  const found = await navigator.serviceWorker.register("/static/reminders/push.js");
  const worker = found.installing ?? found.waiting ?? found.active;
  while (worker.state !== "activated") await new Promise((done) => setTimeout(done, 20));
  return found.scope;
}"""


@pytest.mark.parametrize("context", [_IN_NEW_YORK], indirect=True)
def test_the_browser_s_own_zone_is_chosen_and_push_is_offered(
    context: BrowserContext, page: Page, demo: Served
) -> None:
    """Nothing is asked of the browser before the button is pressed.

    This test comes first: a zone that was kept before would stand.
    """
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{demo.url}/reminders")
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_visible()
    expect(page.get_by_text("its scripts are off")).to_be_hidden()
    expect(page.get_by_label("A name for this device")).to_have_value("My computer")
    # Evenings without a connection have a worker of their own; that of push is not there yet.
    assert all(worker.url == f"{demo.url}/worker.js" for worker in context.service_workers)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    assert problems == []


def test_without_scripts_the_calendar_is_there_and_the_rest_says_why_not(
    page: Page, demo: Served
) -> None:
    """Push needs a script; the page says so instead of showing a dead button."""
    page.goto(f"{demo.url}/reminders")
    expect(page.get_by_text("its scripts are off")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_hidden()
    page.get_by_role("button", name="Make a private address").click()
    expect(page.get_by_text("Your private address is ready")).to_be_visible()
    address = page.locator("#calendar-address").inner_text()
    answer = page.request.get(address, headers={"cookie": ""})
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("button", name="Close the address").click()
    assert page.request.get(address).status == 404


@pytest.mark.parametrize("context", [_IN_NEW_YORK | {"permissions": []}], indirect=True)
def test_a_browser_that_says_no_is_told_in_words(page: Page, demo: Served) -> None:
    """Nothing is sent to the server, and the page stays."""
    page.goto(f"{demo.url}/reminders")
    page.get_by_role("button", name="Turn on for this device").click()
    expect(page.get_by_text("Your browser does not allow messages")).to_be_visible()


@pytest.mark.parametrize("context", [_IN_NEW_YORK], indirect=True)
def test_a_pushed_message_is_shown_once_and_by_its_own_worker(
    context: BrowserContext, page: Page, demo: Served
) -> None:
    """The worker shows the sentence; a second message takes the place of the first.

    Its scope is its own folder, so it never stands between the pages and the network.
    """
    page.goto(f"{demo.url}/reminders")
    scope = page.evaluate(_REGISTERED)
    assert scope == f"{demo.url}/static/reminders/"
    devtools = context.new_cdp_session(page)
    pushed = {
        "origin": demo.url,
        "registrationId": _number_of_worker(devtools, page),
        "data": "Your evening note is open",
    }
    for _ in range(2):
        devtools.send("ServiceWorker.deliverPushMessage", pushed)
    ends = time.monotonic() + 20
    while (shown := page.evaluate(_SHOWN)) == [] and time.monotonic() < ends:
        time.sleep(0.1)
    page.wait_for_timeout(1000)  # the second one has had its time too
    shown = page.evaluate(_SHOWN)
    assert shown == [["Your evening note is open", "", "evening"]]


def _number_of_worker(devtools: Any, page: Page) -> str:
    """Wait for the worker of push; that of evenings without a connection has a number too."""
    found: list[dict[str, Any]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    ends = time.monotonic() + 20
    mine: list[dict[str, Any]] = []
    while not mine and time.monotonic() < ends:
        page.wait_for_timeout(50)
        mine = [one for one in found if one["scopeURL"].endswith("/static/reminders/")]
    return str(mine[0]["registrationId"])
