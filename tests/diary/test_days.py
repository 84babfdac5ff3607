"""What counts for a day when several entries speak about it."""

from datetime import UTC, datetime

import pytest

from openldn.diary import Diary, DiaryDay, Entry
from openldn.protocol.plan import Arm


def at(hour: int) -> datetime:
    """Give an hour of one evening's worth of entries."""
    return datetime(2026, 2, 1, hour, tzinfo=UTC)


def the_day(*entries: Entry) -> DiaryDay:
    """Settle entries that are all for one day."""
    (day,) = Diary.from_entries(entries).days()
    return day


def test_the_latest_correction_counts_and_the_earlier_value_is_kept() -> None:
    """The order of the rows does not matter, the moment of entry does."""
    corrected = Entry(day=0, entered_at=at(20), scores={"pain": 4.0})
    first = Entry(day=0, entered_at=at(9), scores={"pain": 7.0})
    diary = Diary.from_entries([corrected, first])
    assert diary.days()[0].scores == {"pain": 4.0}
    assert [entry.scores["pain"] for entry in diary.entries] == [4.0, 7.0]


def test_an_empty_later_cell_does_not_erase_a_value() -> None:
    """A row about fatigue says nothing about pain."""
    day = the_day(
        Entry(day=0, entered_at=at(9), scores={"pain": 7.0, "fatigue": None}),
        Entry(day=0, entered_at=at(20), scores={"pain": None, "fatigue": 3.0}),
    )
    assert day.scores == {"pain": 7.0, "fatigue": 3.0}


@pytest.mark.parametrize(
    ("doses", "total"), [((1500, 3000), 4500), ((1500, None), 1500), ((None, None), None)]
)
def test_doses_of_a_day_add(doses: tuple[int | None, ...], total: int | None) -> None:
    """Morning and evening capsules are one daily dose; unknown stays unknown."""
    entries = [
        Entry(day=0, entered_at=at(9 + index), dose_ug=dose) for index, dose in enumerate(doses)
    ]
    assert the_day(*entries).dose_ug == total


def test_the_worst_of_a_side_effect_counts() -> None:
    """A harm of the morning is not undone by a good evening; not asked is not zero."""
    day = the_day(
        Entry(day=0, entered_at=at(9), side_effects={"nausea": 2, "headache": None}),
        Entry(day=0, entered_at=at(20), side_effects={"nausea": 0, "headache": None}),
    )
    assert day.side_effects == {"nausea": 2, "headache": None}


@pytest.mark.parametrize(
    ("entry", "taken"),
    [
        (Entry(day=0, dose_ug=3000), True),
        (Entry(day=0, arm=Arm.PLACEBO), True),
        (Entry(day=0, arm=Arm.PLACEBO, taken=False), False),
        (Entry(day=0, dose_ug=0), None),
        (Entry(day=0), None),
    ],
)
def test_a_recorded_dose_or_a_placebo_counts_as_taken(entry: Entry, taken: bool | None) -> None:
    """The default of the contract fills only what was left empty."""
    assert the_day(entry).taken is taken


def test_days_without_a_row_are_there_and_empty() -> None:
    """Gaps are days with nothing recorded, so that time passes."""
    days = Diary.from_entries([Entry(day=3, scores={"pain": 1.0}), Entry(day=6)]).days()
    assert [day.day for day in days] == [3, 4, 5, 6]
    assert [day.n_entries for day in days] == [1, 0, 0, 1]
    assert days[1].scores == {"pain": None}


def test_too_ill_holds_only_while_no_score_was_given() -> None:
    """Who scored in the morning could answer that day."""
    ill = Entry(day=0, entered_at=at(20), is_too_ill=True)
    assert the_day(ill).is_too_ill
    assert not the_day(ill, Entry(day=0, entered_at=at(9), scores={"pain": 9.0})).is_too_ill


def test_events_and_notes_of_all_entries_are_kept() -> None:
    """Nothing said on a day is lost, and nothing said twice counts twice."""
    day = the_day(
        Entry(day=0, entered_at=at(9), events=("flare",), note="hot"),
        Entry(day=0, entered_at=at(20), events=("flare", "infection")),
    )
    assert (day.events, day.notes) == (("flare", "infection"), ("hot",))


def test_an_empty_diary_has_no_days() -> None:
    """No entries, no days, and no failure."""
    assert Diary.from_entries([]).days() == ()


def test_an_entry_without_a_place_in_time_cannot_be_made() -> None:
    """A moment without its offset, or a day before the first, is a mistake of the program."""
    with pytest.raises(ValueError, match="no offset"):
        Entry(day=0, entered_at=datetime(2026, 2, 1, 9))  # noqa: DTZ001  # the point of the test
    with pytest.raises(ValueError, match="before day 0"):
        Entry(day=-1)
