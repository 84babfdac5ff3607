"""The check-in on a phone whose connection comes and goes: nothing lost, nothing doubled."""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import chromium
from support.own_trial import make_folder, rows
from support.serving import Served, run_serve, served
from support.wire import Wire, wired

pytestmark = pytest.mark.browser

PAIN, TIRED = "outcome:muscle_pain", "outcome:tiredness"
_PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 800}}
_READ_ALL = """async () => {
  const open = () => new Promise((done) => {
    const request = indexedDB.open("openldn");
    request.onsuccess = () => done(request.result);
  });
  const database = await open();
  const shelves = [...database.objectStoreNames];
  const all = (shelf) => new Promise((done) => {
    const request = database.transaction(shelf).objectStore(shelf).getAll();
    request.onsuccess = () => done(request.result);
  });
  const bytes = (thing) => {
    if (thing instanceof ArrayBuffer) return new TextDecoder("latin1").decode(thing);
    if (thing instanceof CryptoKey) return `key:${thing.extractable}`;
    if (ArrayBuffer.isView(thing)) return "";
    if (thing && typeof thing === "object") return Object.values(thing).map(bytes).join("|");
    return String(thing);
  };
  const texts = [];
  for (const shelf of shelves) texts.push(shelf, ...(await all(shelf)).map(bytes));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const found = await cache.match(request);
      texts.push(request.url, await found.text());
    }
  }
  return texts.join("\\n");
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The records of one person with two daily outcomes."""
    return make_folder(tmp_path / "data", n_outcomes=2)


@pytest.fixture
def app(folder: Path) -> Iterator[Served]:
    """The app on that folder."""
    with served(folder) as running:
        yield running


@pytest.fixture
def wire(app: Served) -> Iterator[Wire]:
    """The wire that every request of the phone goes through."""
    with wired(app.port) as laid:
        yield laid


@pytest.fixture
def browser(app: Served, wire: Wire) -> Iterator[Browser]:
    """A Chromium that reaches the app through the wire, whatever it believes."""
    rule = f"--host-resolver-rules=MAP localhost:{app.port} 127.0.0.1:{wire.port}"
    with chromium(rule) as started:
        yield started


@pytest.fixture
def phone(browser: Browser, app: Served) -> Page:
    """A phone that has opened the app once, so that its worker is there."""
    return _open(browser, app, app.link)


def _open(browser: Browser, app: Served, link: str) -> Page:
    page = browser.new_context(**_PHONE).new_page()
    page.goto(link.replace("127.0.0.1", "localhost"))
    _ready(page)
    return page


def _ready(page: Page) -> None:
    """Wait until the worker stands between the pages and the network, and knows the questions."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function(
        "async () => (await (await import('/static/offline/entries.js')).questions()) !== null"
    )


def _tap(page: Page, name: str) -> None:
    page.locator("#question").get_by_role("button", name=name, exact=True).click()


def _until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.05)


def _n_waiting(page: Page) -> int:
    n: int = page.evaluate(
        "async () => (await (await import('/static/offline/entries.js')).waiting()).length"
    )
    return n


def test_without_a_connection_the_evening_is_filled_in_and_sent_once(
    phone: Page, wire: Wire, folder: Path
) -> None:
    """The page opens, four taps are kept, the words say so, and one reconnection sends them all."""
    wire.is_down = True
    phone.reload()
    expect(phone.get_by_text("This page needs no connection.")).to_be_visible()
    for name in ("Taken", "6", "4", "Save: no side effects"):
        _tap(phone, name)
    expect(phone.get_by_text("Every question of this day has an answer.")).to_be_visible()
    expect(phone.locator("#rows .answered")).to_have_count(4)
    expect(phone.locator("#kept").get_by_text("not sent yet. It is sent by itself")).to_be_visible()
    assert rows(folder, PAIN) == []
    wire.is_down = False
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.get_by_text("It is in your diary now")).to_be_visible()
    assert rows(folder, "capsule") == [("given", "1")]
    assert rows(folder, PAIN) == [("given", "6")]
    assert rows(folder, TIRED) == [("given", "4")]
    assert rows(folder, "side:headache") == [("given", "0")]
    assert _n_waiting(phone) == 0
    phone.get_by_role("link", name="Open tonight").click()
    expect(phone.get_by_text("That is all for tonight")).to_be_visible()


@pytest.mark.parametrize("cut", ["cuts_forms", "loses_replies"])
def test_a_connection_cut_in_the_middle_of_a_save_loses_and_doubles_nothing(
    phone: Page, wire: Wire, folder: Path, cut: str
) -> None:
    """Before the app had the answer, or after it: in the end it is there once."""
    setattr(wire, cut, True)
    _tap(phone, "Taken")
    expect(phone.get_by_text("Kept on this phone, not sent yet").first).to_be_visible()
    assert wire.n_lost >= 1
    assert rows(folder, "capsule") == ([("given", "1")] if cut == "loses_replies" else [])
    setattr(wire, cut, False)
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    _until(lambda: _n_waiting(phone) == 0)
    assert rows(folder, "capsule") == [("given", "1")]


def test_a_queue_that_is_played_twice_is_kept_once(phone: Page, wire: Wire, folder: Path) -> None:
    """Every reply is lost, on two tries; a changed answer on the page afterwards still counts."""
    wire.is_down = True
    phone.reload()
    _tap(phone, "Taken")
    _tap(phone, "6")
    wire.is_down, wire.loses_replies = False, True
    for _ in range(2):
        lost = wire.n_lost
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        _until(lambda lost=lost: wire.n_lost > lost)  # type: ignore[misc]
    assert _n_waiting(phone) == 2
    wire.loses_replies = False
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    _until(lambda: _n_waiting(phone) == 0)
    assert rows(folder, "capsule") == [("given", "1")]
    assert rows(folder, PAIN) == [("given", "6")]


def test_two_tabs_that_send_at_once_are_one(phone: Page, wire: Wire, folder: Path) -> None:
    """The same store, two pages, both told that the connection is back."""
    wire.is_down = True
    phone.reload()
    _tap(phone, "Taken")
    other = phone.context.new_page()
    other.goto(phone.url)
    wire.is_down = False
    for page in (phone, other):
        page.evaluate("setTimeout(() => window.dispatchEvent(new Event('online')), 50)")
    _until(lambda: _n_waiting(phone) == 0)
    time.sleep(0.5)
    assert rows(folder, "capsule") == [("given", "1")]


def test_a_server_killed_between_receipt_and_reply_loses_and_doubles_nothing(
    phone: Page, wire: Wire, app: Served, folder: Path
) -> None:
    """It had the answer on disk and died before it said so; started anew, it knows the id."""
    wire.loses_replies = True
    _tap(phone, "Taken")
    expect(phone.get_by_text("Kept on this phone, not sent yet").first).to_be_visible()
    app.stop(signal.SIGKILL)
    assert rows(folder, "capsule") == [("given", "1")]
    _tap(phone, "6")
    wire.loses_replies = False
    with served(folder, port=app.port):
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        _until(lambda: _n_waiting(phone) == 0)
        assert rows(folder, "capsule") == [("given", "1")]
        assert rows(folder, PAIN) == [("given", "6")]


def test_two_phones_fill_the_same_evening(
    phone: Page, browser: Browser, wire: Wire, folder: Path
) -> None:
    """Both stay on record; the answer that was given later counts, though it came first."""
    second = browser.new_context(**_PHONE).new_page()
    second.goto(run_serve("--link", "--data", str(folder)).stdout.strip())  # past the wire
    wire.is_down = True
    phone.reload()
    _tap(phone, "Not taken")
    expect(phone.locator("#rows .answered")).to_have_count(1)
    time.sleep(1.1)  # clocks of devices are read to the second
    _tap(second, "Taken")
    expect(second.get_by_text("Taken, saved")).to_be_visible()
    wire.is_down = False
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    _until(lambda: _n_waiting(phone) == 0)
    assert rows(folder, "capsule") == [("given", "1"), ("given", "0"), ("undone", "")]
    second.reload()
    expect(second.locator(".evening")).to_contain_text("CapsuleTaken")


def test_a_double_tap_is_one_entry(phone: Page, folder: Path) -> None:
    """Two clicks before the page has moved are one."""
    phone.locator("#question").get_by_role("button", name="Taken", exact=True).dblclick()
    expect(phone.get_by_text("Taken, saved")).to_be_visible()
    assert rows(folder, "capsule") == [("given", "1")]
    _until(lambda: _n_waiting(phone) == 0)
    assert "kept=" not in phone.url


def test_what_the_phone_holds_cannot_be_read(phone: Page, wire: Wire) -> None:
    """No answer, no question, no drug and no name in any store; the key cannot be taken out."""
    wire.is_down = True
    phone.reload()
    _tap(phone, "Taken")
    phone.get_by_text("Write a note").click()
    phone.get_by_label("What should be remembered?").fill("Swollen hands")
    phone.get_by_role("button", name="Keep the note").click()
    expect(phone.locator("#rows .answered")).to_have_count(2)
    held = phone.evaluate(_READ_ALL)
    assert "key:false" in held
    assert "/static/person/app.css" in held
    plain = held.lower()
    for secret in ("swollen", "muscle pain", "tiredness", "outcome:", "naltrexone", "dr b"):
        assert secret not in plain, secret


def test_when_the_session_has_ended_the_entries_wait(phone: Page, wire: Wire, folder: Path) -> None:
    """The words say what to do; the next link sends what waited."""
    wire.is_down = True
    phone.reload()
    _tap(phone, "Taken")
    expect(phone.locator("#rows .answered")).to_have_count(1)
    phone.context.clear_cookies()
    wire.is_down = False
    phone.reload()
    expect(phone.get_by_text("You are not signed in any more")).to_be_visible()
    assert rows(folder, "capsule") == []
    link = run_serve("--link", "--data", str(folder)).stdout.strip()
    phone.goto(link.replace("127.0.0.1", "localhost"))
    expect(phone.get_by_text("It is in your diary now")).to_be_visible()
    assert rows(folder, "capsule") == [("given", "1")]


def test_a_tap_on_a_page_from_an_earlier_session_is_kept_all_the_same(
    phone: Page, folder: Path
) -> None:
    """The form is too old for the server; the phone sends the answer again with a fresh token."""
    phone.context.clear_cookies()
    link = run_serve("--link", "--data", str(folder)).stdout.strip()
    phone.context.new_page().goto(link.replace("127.0.0.1", "localhost"))
    _tap(phone, "Taken")
    expect(phone.get_by_role("heading", name="Please try once more")).to_be_visible()
    expect(phone.get_by_text("It is in your diary now")).to_be_visible()
    assert rows(folder, "capsule") == [("given", "1")]


def test_leaving_empties_the_phone_and_tells_before_it_drops_anything(
    phone: Page, wire: Wire
) -> None:
    """The first press of Leave names what is not sent; the second one empties everything."""
    phone.evaluate(
        "async () => (await import('/static/offline/entries.js'))"
        ".keep({ diary: 'another', day: 5, fields: { item: 'ill', value: '1' } })"
    )
    phone.goto(phone.url + "help")
    phone.get_by_role("button", name="Leave").click()
    expect(phone.get_by_text("If you press Leave once more")).to_be_visible()
    phone.get_by_role("button", name="Leave").click()
    expect(phone.get_by_role("heading", name="You have left")).to_be_visible()
    left = phone.evaluate(
        "async () => [(await indexedDB.databases()).length, (await caches.keys()).length,"
        " (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert left == [0, 0, 0]


def test_a_clock_that_is_ahead_is_told_and_the_entry_stays(
    phone: Page, wire: Wire, folder: Path
) -> None:
    """Two days in the future by the phone: refused with the days that can be, and still there."""
    wire.is_down = True
    phone.clock.set_system_time(datetime.now(UTC) + timedelta(days=2))
    phone.reload()
    _tap(phone, "Taken")
    wire.is_down = False
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    row = phone.locator("#rows .answered")
    expect(row).to_contain_text("The clock of this phone may be wrong")
    assert rows(folder, "capsule", day=7) == []
    row.get_by_role("button", name="Take back").click()
    expect(row).to_have_count(0)
    assert _n_waiting(phone) == 0


def test_a_text_of_the_person_is_never_run(phone: Page, wire: Wire, folder: Path) -> None:
    """Markup in a note is text on the page without a connection too."""
    wire.is_down = True
    phone.reload()
    hostile = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    phone.get_by_text("Write a note").click()
    phone.get_by_label("What should be remembered?").fill(hostile)
    phone.get_by_role("button", name="Keep the note").click()
    expect(phone.locator("#rows")).to_contain_text(hostile)
    assert phone.title() != "run"
    wire.is_down = False
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    _until(lambda: _n_waiting(phone) == 0)
    assert rows(folder, "note") == [("given", hostile)]


def test_a_note_of_a_megabyte_is_given_back(phone: Page, folder: Path) -> None:
    """One clear line, and every letter is still in the field; nothing stays behind on the phone."""
    long = "Swollen hands. " * 70_000
    phone.goto(phone.url + "note")
    field = phone.get_by_label("What should be remembered?")
    field.fill(long)
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("alert")).to_contain_text("2,000 or fewer")
    assert field.input_value().strip() == long.strip()
    _until(lambda: _n_waiting(phone) == 0)
    assert rows(folder, "note") == []
