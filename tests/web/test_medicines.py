"""My medicines: each name is screened in the request that adds it, and no row is ever lost."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from openldn.evidence.safety_rules import rules
from openldn.web.access import people
from openldn.web.person import actions, clock, items, medicines, records
from openldn.web.person.models import MedicineNote, Trial
from support.web import NOW, visible

_TODAY = NOW.date()


def _add(client: Client, name: str) -> str:
    return visible(client.post("/medicines", {"name": name}, follow=True).content)


def _events(trial: Trial, day: int = 14) -> tuple[str, ...]:
    found = [one for one in records.diary_of(trial).days() if one.day == day]
    return found[0].events if found else ()


def _end(client: Client, trial: Trial, last_day: str) -> int:
    row = medicines.in_force(trial)[0].row
    return client.post("/medicines", {"row": str(row), "last_day": last_day}).status_code


def _take_back(client: Client, trial: Trial) -> None:
    row = medicines.in_force(trial)[0].latest_row
    client.post("/medicines", {"row": str(row), "undo": "1"})


@pytest.mark.parametrize(
    ("name", "recognised", "rule"),
    [
        ("Tramadol 50 mg", "Tramadol, on the list of opioids.", "opioid-now"),
        (
            "tramadoll",
            "Perhaps tramadol (tramadol), on the list of opioids; check the spelling",
            "opioid-now",
        ),
        ("levothyroxine", "Levothyroxine.", "thyroid"),
        ("Zorkomycin", "Not recognised; ask your pharmacist.", "not-recognised"),
    ],
)
def test_a_new_medicine_is_screened_at_once(
    owner: Client, running: Trial, name: str, recognised: str, rule: str
) -> None:
    """What was recognised, which rule was touched, why, what to do, and the source."""
    words = _add(owner, name)
    assert name in words
    assert recognised in words
    assert f"Rule {rule}. Source:" in words
    assert " ".join(rules()[rule].why.split()) in words
    assert " ".join(rules()[rule].do.split()) in words
    assert "safe for you" not in words


def test_a_medicine_without_a_rule_is_never_called_safe(owner: Client, running: Trial) -> None:
    """Nothing touched is all that these rules can say."""
    words = _add(owner, "ibuprofen 400 mg")
    assert "None of these rules was touched. That does not tell whether it goes with LDN" in words
    assert not re.search(r"\bsafe\b", words)


def test_a_change_is_an_event_of_its_day(owner: Client, running: Trial) -> None:
    """Added today and ended yesterday: two days around which the scores may move."""
    _add(owner, "ibuprofen")
    assert _events(running) == ("other-medicine-change",)
    assert _end(owner, running, (_TODAY - timedelta(days=4)).isoformat()) == 302
    assert "Last used Wednesday 18 November" in visible(owner.get("/medicines").content)
    assert _events(running, 10) == ("other-medicine-change",)


def test_a_slip_is_taken_back_with_its_event(owner: Client, running: Trial) -> None:
    """The list and the diary are as before, and the rows are kept."""
    _add(owner, "ibuprofen")
    _take_back(owner, running)
    assert medicines.in_force(running) == ()
    assert _events(running) == ()
    assert MedicineNote.objects.count() == 2


def test_an_end_is_taken_back_alone(owner: Client, running: Trial) -> None:
    """The medicine is in use again."""
    _add(owner, "ibuprofen")
    _end(owner, running, _TODAY.isoformat())
    _take_back(owner, running)
    (one,) = medicines.in_force(running)
    assert one.ended_on is None
    assert _events(running) == ("other-medicine-change",)


def test_an_event_that_others_tell_of_too_stays(owner: Client, running: Trial) -> None:
    """Two medicines on one day, or her own tap: taking one back leaves the day's event."""
    for name in ("ibuprofen", "paracetamol"):
        _add(owner, name)
    _take_back(owner, running)
    assert _events(running) == ("other-medicine-change",)
    _take_back(owner, running)
    assert _events(running) == ()
    owner.post("/events", {"item": items.event(items.MEDICINE_CHANGE), "value": "1"})
    _add(owner, "ibuprofen")
    _take_back(owner, running)
    assert _events(running) == ("other-medicine-change",)


def test_a_double_submit_adds_one_row(owner: Client, running: Trial) -> None:
    """Adding, ending and taking back, each sent twice by a slow line."""
    for _ in range(2):
        _add(owner, "Ibuprofen  400 mg ")
    assert [one.name for one in medicines.in_force(running)] == ["Ibuprofen 400 mg"]
    for _ in range(2):
        assert _end(owner, running, _TODAY.isoformat()) == 302
    assert MedicineNote.objects.count() == 2
    sent = {"row": str(medicines.in_force(running)[0].latest_row), "undo": "1"}
    for _ in range(2):
        owner.post("/medicines", sent)
    assert MedicineNote.objects.count() == 3


def test_the_page_of_another_moment_changes_nothing(owner: Client, running: Trial) -> None:
    """A medicine that ended meanwhile keeps its day, and one taken back is not on the list."""
    _add(owner, "ibuprofen")
    _end(owner, running, _TODAY.isoformat())
    assert _end(owner, running, "2026-11-20") == 422
    row = str(medicines.in_force(running)[0].row)
    for _ in range(2):
        _take_back(owner, running)
    answer = owner.post("/medicines", {"row": row, "last_day": "2026-11-20"})
    assert answer.status_code == 422
    assert "Nothing was changed" in visible(answer.content)


@pytest.mark.parametrize(
    "last_day",
    ["", "yesterday", "2026-11-23", "9999-12-31", "0001-01-01", "2016-11-20", "x" * 9000, "²"],
)
def test_a_last_day_that_cannot_be_is_refused_in_words(
    owner: Client, running: Trial, last_day: str
) -> None:
    """Ahead, unreadable, or a slip in the year that would end a wait."""
    _add(owner, "tramadol")
    assert _end(owner, running, last_day) == 422
    assert medicines.in_force(running)[0].ended_on is None


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "---", "\N{PILL}", "x" * 201, "y" * 10_000])
def test_a_name_that_cannot_be_is_refused_and_not_lost(
    owner: Client, running: Trial, name: str
) -> None:
    """The text stands in the field again."""
    answer = owner.post("/medicines", {"name": name})
    assert answer.status_code == 422
    assert "as on the box" in visible(answer.content)
    assert name.strip() in answer.content.decode()
    assert not MedicineNote.objects.exists()


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "\N{PILL} Zorko", "תרופה חדשה", "\u202eEvil\u2066 pill"]
)
def test_strange_names_are_text_and_not_recognised(
    owner: Client, running: Trial, name: str
) -> None:
    """Markup stays text, signs that turn a line around go, and nothing is silently passed over."""
    page = owner.post("/medicines", {"name": name}, follow=True)
    html = page.content.decode()
    assert "<script>alert" not in html
    assert not set("\u202e\u2066") & set(html)
    assert "Not recognised; ask your pharmacist" in visible(page.content)


def test_a_list_is_bounded(running: Trial) -> None:
    """Past the limit the answer is a sentence, and the list stays as it was."""
    for number in range(medicines.MOST):
        MedicineNote.objects.create(
            trial=running, kind="in-use", name=f"ibuprofen {number}", noted_at=NOW
        )
    with pytest.raises(actions.InputError, match="LDN-W044"):
        actions.add_medicine(trial=running, name="one more", now=NOW)
    assert len(medicines.in_force(running)) == medicines.MOST


@pytest.mark.parametrize("row", ["", "0", "-1", "x", "9" * 40, "²"])
def test_a_row_of_nothing_takes_nothing_back(owner: Client, running: Trial, row: str) -> None:
    """Whatever stands in the form."""
    _add(owner, "ibuprofen")
    owner.post("/medicines", {"row": row, "undo": "1"})
    assert len(medicines.in_force(running)) == 1
    assert owner.post("/medicines", {"row": row, "last_day": "2026-11-20"}).status_code == 422


def test_a_change_before_the_first_day_is_no_event(owner: Client) -> None:
    """The diary begins with day 0."""
    from support.web import PLAN

    trial = actions.add_trial(person=people.owner(), plan_toml=PLAN, start=date(2026, 12, 1))
    _add(owner, "ibuprofen")
    assert len(medicines.in_force(trial)) == 1
    assert not trial.entries.exists()


def test_the_pages_lead_to_the_list(owner: Client, running: Trial) -> None:
    """The evening, the trial and what happened."""
    for path in ("/", "/trial", "/events"):
        assert 'href="/medicines"' in owner.get(path).content.decode(), path


def test_a_wait_is_counted_in_days(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An opioid that ended still touches a stop rule, until its days have passed."""
    _add(owner, "tramadol")
    _end(owner, running, _TODAY.isoformat())
    assert "Rule opioid-recent-short." in visible(owner.get("/medicines").content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=10))
    assert "Rule opioid-recent-short." in visible(owner.get("/medicines").content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=11))
    assert "Rule opioid-recent-short." not in visible(owner.get("/medicines").content)
