"""One whole trial in a real browser: from the first page to an empty app, four months in a minute.

The pages, their tables and the pharmacist's commands are the real ones. Only the clock is the
test's: it goes on from evening to evening. Most evenings are written as the phone's own entries
are; some are tapped in the page.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from openldn.cli.main import main
from openldn.protocol.safety import GATE_QUESTIONS
from openldn.web.access import links, people
from openldn.web.person import actions, clock, items, tasks
from openldn.web.person.models import PeriodGuess, Trial
from openldn.web.person.period_guesses import GuessGiven
from support.browser import chromium
from support.web import NOW, answer_no_opioids

pytestmark = pytest.mark.browser

_TAPPED_EVERY = 30  # days: these evenings go through the page
_PASSPHRASE = "a passphrase of the pharmacist\n"


class Evenings:
    """A clock that shows 21:30 of one evening, until the test turns it."""

    def __init__(self) -> None:
        self.now = NOW

    def turn_to(self, trial: Trial, day: int) -> None:
        """Go to the evening of a day of a trial."""
        self.now = NOW + (trial.date_of(day) - NOW.date())


@pytest.fixture
def evenings(monkeypatch: pytest.MonkeyPatch) -> Evenings:
    """The clock of every page."""
    made = Evenings()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def browser(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A Chromium that is started after the tables, and ended before them."""
    # Playwright waits in a loop of its own; the tables are read between two of its steps.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A phone that opened the link of an app without a record, scripts off."""
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 360, "height": 800},
        timezone_id="Etc/GMT-5",
    )
    opened = context.new_page()
    opened.goto(f"/open/{links.issue(now=datetime.now(UTC))}")
    yield opened
    context.close()


def test_a_whole_trial(page: Page, evenings: Evenings, browser: Browser, tmp_path: Path) -> None:
    """Plan, freeze, log each evening, open the seal, read, share, take along, erase."""
    _plan(page)
    _freeze(page, tmp_path)
    trial = people.owner().trials.get()
    assert trial.is_sealed
    assert trial.plan.total_days > 90
    tapped = _log_every_evening(page, evenings, trial)
    assert tapped >= 4

    evenings.turn_to(trial, trial.plan.total_days)
    _open_the_seal(page, tmp_path)
    answer = trial.answers.get()
    tasks.compute_answer.call(answer.pk)  # what the worker does, see test_serve
    page.goto("/answer")
    expect(page.get_by_role("img").first).to_be_visible()
    assert page.locator(".i-better, .i-same, .i-worse").count() >= 100

    address = _make_a_link(page)
    _look_as_a_stranger(browser, address, can_see=True)
    page.goto("/export")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download everything").click()
    assert file.value.suggested_filename.endswith(".zip")
    assert file.value.path().stat().st_size > 10_000
    _erase(page)
    assert not Trial.objects.exists()
    _look_as_a_stranger(browser, address, can_see=False)


def _go_on(page: Page) -> None:
    page.locator("main form.step .btn.main").click()


def _plan(page: Page) -> None:
    """Fill in the eight steps."""
    expect(page.get_by_role("heading", name="Find out whether LDN helps you")).to_be_visible()
    page.locator("main .btn.main").first.click()
    page.locator("#id_first").select_option("lupus")
    _go_on(page)
    page.get_by_label("Pain").check()
    page.locator("input[value='fatigue']").check()
    _go_on(page)
    page.locator("input[name='primary'][value='pain']").check()
    _go_on(page)
    _go_on(page)
    for field, value in {"dose_1": "3", "days_1": "14", "dose_2": "", "days_2": ""}.items():
        page.locator(f"#id_{field}").fill(value)
    page.locator("#id_dose_3").fill("")
    page.locator("#id_days_3").fill("")
    page.locator("#id_already_on").fill("3")
    _go_on(page)
    page.locator("label[for='kind_blinded-crossover']").click()
    page.locator("#id_pairs").select_option("3")
    page.locator("#id_weeks").select_option("2")
    _go_on(page)
    page.locator("#id_start").fill(NOW.date().isoformat())
    _go_on(page)
    page.locator("#id_by").fill("Dr Adeyemi")
    page.locator("#id_on").fill(NOW.date().isoformat())
    page.locator("#id_is_yes").check()
    _go_on(page)
    expect(page.get_by_role("heading", name="Freeze the plan")).to_be_visible()


def _freeze(page: Page, folder: Path) -> None:
    """The pharmacist draws, the safety questions are answered, the plan is frozen."""
    with page.expect_download() as file:
        page.get_by_role("link", name="Take the plan file").click()
    file.value.save_as(folder / "plan.toml")
    (folder / "pass.txt").write_text(_PASSPHRASE, encoding="utf-8")
    draw = [str(folder / "plan.toml"), "--out", str(folder / "sealed")]
    assert main(["randomise", *draw, "--passphrase-file", str(folder / "pass.txt")]) == 0

    page.locator("main .btn.main").click()
    for question in GATE_QUESTIONS:
        answer = "no" if question.when else "yes"
        page.locator(f"input[name='{question.id}'][value='{answer}']").check()
    page.locator("#id_uses_none").check()
    page.locator("main form .btn.main").click()
    page.locator("#id_seal").set_input_files(folder / "sealed" / "seal.json")
    page.locator("main form .btn.main").click()
    page.locator("input[name='said'][value='better']").check()
    page.locator("#id_sure").select_option("6")
    page.locator("main form .btn.main").click()
    expect(page.get_by_role("heading", name="Your plan is frozen")).to_be_visible()


def _log_every_evening(page: Page, evenings: Evenings, trial: Trial) -> int:
    """Write each evening of the plan; tell how many were tapped in the page."""
    eves = {period.first_day - 1: period.number for period in trial.plan.periods}
    last_days = {period.last_day: period.number for period in trial.plan.periods}
    tapped = 0
    for day in range(trial.plan.total_days):
        evenings.turn_to(trial, day)
        if day in eves:
            answer_no_opioids(trial, eves[day], now=evenings.now)
        if day % _TAPPED_EVERY == 0:
            _tap(page)
            tapped += 1
        else:
            _write(trial, day, evenings.now)
        if day in last_days:
            said = GuessGiven(said=PeriodGuess.Said.UNKNOWN)
            actions.guess_period(trial=trial, period=last_days[day], given=said, now=evenings.now)
    page.goto("/trial")
    expect(page.get_by_role("heading", name="My trial")).to_be_visible()
    assert "placebo" not in page.locator("main").inner_text().lower()
    return tapped


def _write(trial: Trial, day: int, now: datetime) -> None:
    """Keep an evening: scores that go up and down, and the capsule where the plan has one."""
    answers = {
        items.outcome("pain"): str((day * 7 + day // 6) % 5 + 3),
        items.outcome("fatigue"): str(day * 3 % 4 + 2),
    }
    for item, value in answers.items():
        actions.record(trial=trial, day=day, item=item, value=value, now=now)
    actions.record(trial=trial, day=day, item=items.CAPSULE, value="1", now=now)
    actions.record_side_effects(trial=trial, day=day, level="0", now=now)


def _tap(page: Page) -> None:
    """Answer tonight's questions one after the other, as they come, then see that all is kept."""
    page.goto("/")
    question = page.locator("form#question")
    for taps in itertools.count(1):
        if not question.count():
            break
        assert taps < 10, "the questions of an evening do not end"
        question.locator(".rate button, .choice button, .btn.main").nth(0).click()
    expect(page.get_by_role("heading", name="That is all for tonight")).to_be_visible()


def _open_the_seal(page: Page, folder: Path) -> None:
    """The last day is over: the pharmacist opens the box, the app checks the promise."""
    words = [str(folder / "sealed"), "--passphrase-file", str(folder / "pass.txt"), "--release"]
    assert main(["open-box", *words]) == 0
    page.goto("/answer")
    page.locator("#id_seal").set_input_files(folder / "sealed" / "seal.json")
    page.locator("input[name='was_told'][value='no']").check()
    page.get_by_role("button", name="Open the seal").click()
    expect(page).to_have_title("Your answer is being worked out - OpenLDN")
    page.goto("about:blank")  # that page loads itself anew, which would cut off the next one


def _make_a_link(page: Page) -> str:
    page.goto("/share/links")
    page.locator("input[name='days'][value='30']").check()
    page.get_by_label("Who is it for?").fill("My sister")
    page.get_by_label("I agree that whoever").check()
    page.get_by_role("button", name="Make the link").click()
    return page.locator("code.address").inner_text()


def _look_as_a_stranger(browser: Browser, address: str, *, can_see: bool) -> None:
    """Open the link in a browser that holds no cookie."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    closed = page.get_by_role("heading", name="This link does not open")
    assert closed.count() == (0 if can_see else 1)
    assert (page.locator(".i-better, .i-same, .i-worse").count() >= 100) is can_see
    for private in ("My sister", "Dr Adeyemi", "lupus"):
        assert private not in page.content()
    context.close()


def _erase(page: Page) -> None:
    page.goto("/erase")
    page.get_by_label("type the word").fill("erase")
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    gone = page.goto("/trial")
    assert gone is not None
    assert gone.status == 403
