"""My trial: how many evenings, which marks, which dates, one's own curve."""

from datetime import timedelta
from pathlib import Path

from django.test import Client

from openldn.diary import Diary
from openldn.web.access import people
from openldn.web.person import actions, clock
from openldn.web.person.models import Trial
from openldn.web.person.progress import progress_of
from support.web import NOW, PLAN, add_evenings, visible


def _marks(trial: Trial) -> dict[int, str]:
    progress = progress_of(trial, today=clock.today())
    return {cell.day: cell.mark for stretch in progress.stretches for cell in stretch.cells}


def test_it_counts_evenings_and_not_answers(running: Trial) -> None:
    """14 evenings of 14 so far; today is not over and does not count yet."""
    progress = progress_of(running, today=clock.today())
    assert (progress.recorded, progress.elapsed, progress.percent) == (14, 14, 100)


def test_a_capsule_alone_is_no_recorded_evening(db: None) -> None:
    """Without a score the evening is a gap; too ill to answer is an entry."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() - timedelta(days=3)
    )
    evening = NOW - timedelta(days=3)
    actions.record(trial=trial, day=0, item="capsule", value="1", now=evening)
    actions.record(trial=trial, day=1, item="ill", value="1", now=evening + timedelta(days=1))
    actions.record(trial=trial, day=2, item="outcome:pain", value="0", now=NOW)
    marks = _marks(trial)
    assert (marks[0], marks[1], marks[2], marks[3]) == ("none", "ill", "late", "now")
    assert marks[4] == "next"
    assert progress_of(trial, today=clock.today()).recorded == 2


def test_the_stretches_follow_the_plan(running: Trial) -> None:
    """Open days, then six periods; today is the first day of period 3."""
    progress = progress_of(running, today=clock.today())
    assert [stretch.name for stretch in progress.stretches] == [
        "LDN 3 mg",
        *(f"Period {number}" for number in range(1, 7)),
    ]
    assert progress.now is not None
    assert (progress.now.name, progress.day_of_stretch) == ("Period 3", 1)
    assert progress.now.first_days == 3


def test_weeks_begin_on_monday_and_hold_every_day(running: Trial) -> None:
    """The calendar loses no day and puts each under its weekday."""
    for stretch in progress_of(running, today=clock.today()).stretches:
        placed = [
            (column, cell) for week in stretch.weeks for column, cell in enumerate(week) if cell
        ]
        assert [cell for _, cell in placed] == list(stretch.cells)
        assert all(column == cell.when.weekday() for column, cell in placed)


def test_the_page_shows_the_own_curve_with_its_table(owner: Client, running: Trial) -> None:
    """Picture and table twin, the next dates, and the whole day for a screen reader."""
    words = visible(owner.get("/trial").content)
    for expected in (
        "14 of 14 days recorded",
        "Period 3, day 1 of 6",
        "Read this as a table",
        "Saturday 28 November: Period 4",
        "Wednesday 16 December: the seal can open",
        "Sunday 22 November: today",
    ):
        assert expected in words


def test_before_the_first_score_there_is_no_empty_picture(owner: Client) -> None:
    """An empty state says when something will be here."""
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date())
    words = visible(owner.get("/trial").content)
    assert "Your curve begins with your first evening" in words


def test_the_raw_diary_reads_back_as_it_was_recorded(
    owner: Client, running: Trial, tmp_path: Path
) -> None:
    """The file that is handed out is the file that every command reads."""
    path = tmp_path / "diary.csv"
    path.write_bytes(owner.get("/diary.csv").content)
    diary = Diary.read(path, outcomes=running.plan.outcomes, start=running.start)
    assert len(diary.days()) == 14
    assert diary.days()[3].scores["pain"] == 4.0


def test_days_missing_in_between_stay_gaps(db: None) -> None:
    """Nothing fills a gap."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() - timedelta(days=10)
    )
    add_evenings(trial, [0, 1, 5])
    marks = _marks(trial)
    assert [marks[day] for day in range(6)] == [
        "recorded",
        "recorded",
        "none",
        "none",
        "none",
        "recorded",
    ]
