"""A stop rule that is met is never silent: it is shown until she notes that somebody was told."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from openldn.web.access import people
from openldn.web.person import actions, clock, notices, watching
from openldn.web.person.models import Told, Trial
from support.reading import grade
from support.web import (
    NOW,
    ORDER,
    OTHER_ORDER,
    PLAN,
    RULES,
    add_evenings,
    meet_every_rule,
    names_placebo,
    seal_of,
    visible,
)

_HARDEST = 8.0  # reading grade, standards.md section 3
_MOMENT = "Muscle pain 9 or more on 3 of 5 days"
# standards.md section 3, rule 4: what the plan says stands in quotes and is the plan's.
_INSTRUCTION = re.compile(
    r"\b(you should|we recommend|must"
    r"|(start|stop|pause|increase|decrease|continue|raise|lower|skip)"
    r" (taking|your dose|the dose|your capsules?|the capsules?|LDN|naltrexone))\b",
    re.IGNORECASE,
)
_SHOWN_ON = ("/", "/yesterday", "/side-effects", "/events", "/note", "/trial")


def _pain(trial: Trial, *days: int, value: str = "9") -> None:
    for day in days:
        actions.record(trial=trial, day=day, item="outcome:pain", value=value, now=NOW)


def _tell(client: Client, *, page: str = "tonight") -> None:
    """Tap the button of every notice of the page, as it was shown."""
    html = client.get("/").content.decode()
    shown = re.findall(r'name="moment" value="([^"]+)"', html)
    assert shown
    client.post("/told", {"moment": shown, "page": page})


def _words(client: Client, path: str = "/") -> str:
    return visible(client.get(path).content)


def test_the_tap_that_meets_a_rule_leads_to_its_notice(owner: Client, ruled: Trial) -> None:
    """Two days of 9 are silent; the third brings the moment, its days and the plan's own words."""
    _pain(ruled, 11, 13)
    assert "Your plan names this moment" not in _words(owner)
    page = owner.post("/", {"item": "outcome:pain", "value": "9"}, follow=True)
    words = visible(page.content)
    for expected in (
        "Your plan names this moment",
        _MOMENT,
        "Muscle pain was 9 or more on 19, 21 and 22 November.",
        "The plan that you and Dr B agreed says: “pause, and tell Dr B”.",
        "Talk to Dr B before your next capsule.",
        "I have told Dr B",
    ):
        assert expected in words
    assert b'role="alert"' in page.content
    assert b"<title>Your plan names this moment." in page.content


@pytest.mark.parametrize("path", _SHOWN_ON)
def test_it_stands_on_every_page_of_the_diary(owner: Client, ruled: Trial, path: str) -> None:
    """Wherever an answer is given or looked at."""
    assert _MOMENT not in _words(owner, path).partition("Moments that your plan names")[0]
    _pain(ruled, 12, 13, 14)
    assert _MOMENT in _words(owner, path).partition("Moments that your plan names")[0]


def test_it_stays_when_the_days_have_passed(
    owner: Client, ruled: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better days, days without an entry and the end of the trial do not silence it."""
    _pain(ruled, 12, 13, 14)
    for days in (1, 9, 23, 24, 90):
        monkeypatch.setattr(clock, "now", lambda days=days: NOW + timedelta(days=days))
        assert _MOMENT in _words(owner)


def test_too_ill_to_answer_does_not_silence_it(owner: Client, ruled: Trial) -> None:
    """The evening without questions still shows it."""
    _pain(ruled, 11, 12, 13)
    owner.post("/", {"item": "ill", "value": "1"})
    assert _MOMENT in _words(owner)


def test_her_note_quietens_it_and_is_kept(owner: Client, ruled: Trial) -> None:
    """Who, when, which rule and which days."""
    _pain(ruled, 12, 13, 14)
    _tell(owner)
    assert "Your plan names this moment" not in _words(owner)
    note = Told.objects.get()
    assert (note.rule, note.days, note.whom, note.noted_at) == (
        "pain-high",
        [12, 13, 14],
        "Dr B",
        NOW,
    )
    assert "You noted on 22 November that Dr B knows." in _words(owner, "/trial")


def test_it_comes_back_when_it_is_met_anew(
    owner: Client, ruled: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A better evening is quiet; the next bad one is not."""
    _pain(ruled, 12, 13, 14)
    _tell(owner)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
    owner.post("/", {"item": "outcome:pain", "value": "3"})
    assert "Your plan names this moment" not in _words(owner)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))
    owner.post("/", {"item": "outcome:pain", "value": "9"})
    assert "Muscle pain was 9 or more on 20, 21, 22 and 24 November." in _words(owner)


def test_a_note_can_be_taken_back(
    owner: Client, ruled: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of the finger silences nothing: Undo is at hand, and the rows are all kept."""
    _pain(ruled, 12, 13, 14)
    _tell(owner)
    assert f"{_MOMENT}. You noted on 22 November that Dr B knows." in _words(owner)
    undo = {"undo": f"pain-high {Told.objects.get().pk}"}
    assert undo["undo"] in owner.get("/").content.decode()
    owner.post("/told", undo)
    assert "Your plan names this moment" in _words(owner)
    owner.post("/told", undo)  # a slow line sends it twice
    assert Told.objects.count() == 2
    _tell(owner)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert "You noted" not in _words(owner)


def test_a_score_that_was_a_slip_takes_its_notice_along(owner: Client, ruled: Trial) -> None:
    """Undo of the answer: the moment never was."""
    _pain(ruled, 12, 13)
    owner.post("/", {"item": "outcome:pain", "value": "9"})
    row = ruled.entries.filter(day=14, item="outcome:pain").get().pk
    owner.post("/", {"item": "outcome:pain", "undo": "1", "row": str(row)})
    assert "Your plan names this moment" not in _words(owner)


def test_a_page_left_open_notes_only_what_it_showed(owner: Client, ruled: Trial) -> None:
    """What happened since then is still told."""
    _pain(ruled, 10, 11, 12, 13)
    owner.post("/told", {"moment": "pain-high 10,11,12"})
    assert "Muscle pain was 9 or more on 18, 19, 20 and 21 November." in _words(owner)


@pytest.mark.parametrize(
    "moment",
    ["", "pain-high", "pain-high ", "pain-high 99", "pain-high x", "dizzy 3", "no-rule 12", "12"],
)
def test_a_form_that_names_nothing_of_the_page_notes_nothing(
    owner: Client, ruled: Trial, moment: str
) -> None:
    """No rule can be silenced from outside the page that shows it."""
    _pain(ruled, 12, 13, 14)
    assert owner.post("/told", {"moment": moment, "page": "//evil.example"})["Location"] == "/"
    owner.post("/told", {"undo": "pain-high"})
    assert not Told.objects.exists()


def test_the_button_leads_back_to_the_page_that_showed_it(owner: Client, ruled: Trial) -> None:
    """My trial stays my trial."""
    _pain(ruled, 12, 13, 14)
    assert owner.post("/told", {"moment": "pain-high 12,13,14", "page": "trial"})["Location"] == (
        "/trial"
    )


def test_rules_that_are_met_together_are_all_shown(owner: Client, ruled: Trial) -> None:
    """Score, side effect and safety, each with its own words and its own button."""
    meet_every_rule(ruled)
    words = _words(owner)
    for expected in (
        _MOMENT,
        "Headache severe",
        "“call Dr B and the pharmacist”",
        "I have told Dr B and the pharmacist",
        "A yes to a safety question",
        "“stop, and tell Dr B”",
        "A safety rule is touched",
    ):
        assert expected in words
    _tell(owner)
    assert "Your plan names this moment" not in _words(owner)
    assert {note.rule for note in Told.objects.all()} == {
        "pain-high",
        "headache-bad",
        "any-safety",
        "safety:opioid-now",
        "severe:headache",
    }


def test_my_trial_tells_every_moment_and_what_nobody_asks_about(
    owner: Client, ruled: Trial
) -> None:
    """A rule that this app cannot see says so, and is not thought to be watched."""
    words = _words(owner, "/trial")
    assert f"{_MOMENT} The plan says: “pause, and tell Dr B”. Not met so far." in words
    assert (
        "Dizziness 2 or more The plan says: “call Dr B”. "
        "This app does not ask about it. Only you can see it." in words
    )


def test_a_plan_without_rules_shows_no_empty_list(owner: Client, running: Trial) -> None:
    """Nothing is announced that is not there."""
    assert "Moments that your plan names" not in _words(owner, "/trial")


def test_notices_tell_no_one_what_to_take_and_are_easy_to_read(ruled: Trial) -> None:
    """The plan's action stands in quotes; outside of them nothing instructs about a dose."""
    meet_every_rule(ruled)
    shown = notices.notices_of(ruled, now=NOW)
    assert len(shown.open) == 6  # with the pause and the severe headache
    for notice in shown.open:
        ours = [notice.head, *notice.reasons, notice.what_next, notice.more]
        for sentence in filter(None, ours):
            assert not _INSTRUCTION.search(re.sub(r"“[^”]*”", "", sentence)), sentence
        assert grade(" ".join(filter(None, [*notice.reasons, notice.what_next, notice.more]))) <= (
            _HARDEST
        )
    for line in watching.rule_lines(ruled):
        assert all(grade(state) <= _HARDEST for state in line.states)


def test_swapped_orders_give_the_same_notices(owner: Client) -> None:
    """Two sealed trials that differ in their order alone show the same, to the last byte."""
    seen = []
    for order in (ORDER, OTHER_ORDER):
        trial = actions.add_trial(
            person=people.owner(),
            plan_toml=PLAN + RULES,
            start=NOW.date() - timedelta(days=14),
            seal=seal_of(order, is_open=False, plan_toml=PLAN + RULES),
        )
        add_evenings(trial, range(14))
        meet_every_rule(trial)
        pages = [owner.get(path).content for path in _SHOWN_ON]
        assert not any(names_placebo(page) for page in pages)
        seen.append(
            [
                re.sub(rb'"(csrfmiddlewaretoken|row|diary)" value="[\w-]+"', b"", page)
                for page in pages
            ]
        )
    assert seen[0] == seen[1]


def test_notes_are_only_ever_added(owner: Client, ruled: Trial) -> None:
    """The database itself refuses to change or delete one."""
    _pain(ruled, 12, 13, 14)
    _tell(owner)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Told.objects.update(days=[])
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Told.objects.all()._raw_delete("default")
