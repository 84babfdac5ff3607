"""Reading a diary file: what each cell becomes, and what is refused with its line."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from diary.builders import PAIN, codes_of, read, write
from openldn.diary import Diary
from openldn.protocol.outcomes import parse_outcome_option
from openldn.protocol.plan import Arm
from openldn.protocol.problems import InputError

FULL = (
    "# my diary\n"
    "date,day,arm,dose_mg,taken,period,state,pain,nausea,event,note,entered_at\n"
    "2026-02-01,0,active,1.5,1,1,,6.5,0,flare;infection,bad night,2026-02-01T21:00:00+01:00\n"
    "2026-02-03,2,placebo,,,2,too-ill,,,,,\n"
)


def test_it_reads_every_column_of_the_contract(tmp_path: Path) -> None:
    """Each reserved column lands in its own field, exactly."""
    first, second = read(tmp_path, FULL).entries
    assert (first.day, first.arm, first.dose_ug, first.taken) == (0, Arm.ACTIVE, 1500, True)
    assert (first.period, first.scores, first.side_effects) == (1, {"pain": 6.5}, {"nausea": 0})
    assert (first.events, first.note, first.line) == (("flare", "infection"), "bad night", 3)
    assert first.entered_at == datetime(2026, 2, 1, 21, tzinfo=timezone(timedelta(hours=1)))
    assert (second.day, second.is_too_ill, second.arm) == (2, True, Arm.PLACEBO)


def test_empty_cells_are_missing_and_never_zero(tmp_path: Path) -> None:
    """An empty score, dose, side effect or taken stays unknown."""
    entry = read(tmp_path, "day,pain,dose_mg,taken,nausea\n0,,,,\n1,4,0,0,0\n").entries[0]
    assert entry.scores == {"pain": None}
    assert entry.side_effects == {"nausea": None}
    assert (entry.dose_ug, entry.taken) == (None, None)


def test_a_missing_value_never_shifts_another_column(tmp_path: Path) -> None:
    """A gap in one outcome leaves the other outcome on its day (a defect seen elsewhere)."""
    rest = parse_outcome_option("rest:0-10:higher", role=PAIN.role)
    text = "day,pain,rest\n0,,7\n1,4,\n2,5,9\n"
    diary = Diary.read(write(tmp_path, text), outcomes=[PAIN, rest])
    assert [day.scores["rest"] for day in diary.days()] == [7, None, 9]
    assert [day.scores["pain"] for day in diary.days()] == [None, 4, 5]


@pytest.mark.parametrize(
    ("text", "ug"), [("0.5", 500), ("1.50", 1500), ("4.5", 4500), ("150", 150000)]
)
def test_doses_are_exact_and_may_be_above_the_plan_limit(
    tmp_path: Path, text: str, ug: int
) -> None:
    """Recorded doses keep their micrograms, other drugs included."""
    assert read(tmp_path, f"day,pain,dose_mg\n0,1,{text}\n").entries[0].dose_ug == ug


def test_values_between_the_steps_are_read_as_they_are(tmp_path: Path) -> None:
    """A 6.25 on a whole-number scale stays 6.25."""
    assert read(tmp_path, "day,pain\n0,6.25\n").entries[0].scores["pain"] == 6.25


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """The mark before the first letter, Windows line ends and empty last rows do no harm."""
    diary = read(tmp_path, b"\xef\xbb\xbfday,pain\r\n0,3\r\n1,4\r\n,\r\n")
    assert [entry.scores["pain"] for entry in diary.entries] == [3, 4]


def test_whole_numbers_saved_with_a_point_are_whole(tmp_path: Path) -> None:
    """Programs that know no missing integers write day 3 as 3.0."""
    entry = read(tmp_path, "day,pain,period,taken,nausea\n3.0,4.0,2.0,1.0,2.0\n").entries[0]
    assert (entry.day, entry.period, entry.taken, entry.side_effects["nausea"]) == (3, 2, True, 2)


def test_a_note_may_hold_lines_commas_quotes_and_hashes(tmp_path: Path) -> None:
    """A quoted note is one cell, and the line numbers after it stay those of the file."""
    text = 'day,pain,note\n0,3,"a, ""b""\n# no comment"\n# a comment with "\n1,99,\n'
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert refused.value.problems[0].place == "line 5, column pain"
    diary = read(tmp_path, text.replace("99", "9"))
    assert diary.entries[0].note == 'a, "b"\n# no comment'


class TestDayZero:
    """Date or day: which calendar day is day 0."""

    def test_the_first_date_is_day_zero(self, tmp_path: Path) -> None:
        """Without a plan the earliest date of the file counts as day 0."""
        diary = read(tmp_path, "date,pain\n2026-02-03,1\n2026-02-05,1\n")
        assert [entry.day for entry in diary.entries] == [0, 2]
        assert diary.first_date == date(2026, 2, 3)

    def test_the_start_of_the_plan_is_day_zero(self, tmp_path: Path) -> None:
        """With a plan, days are counted from its start."""
        diary = read(tmp_path, "date,pain\n2026-02-03,1\n", start=date(2026, 2, 1))
        assert diary.entries[0].day == 2

    def test_a_day_number_beside_the_date_says_where_zero_is(self, tmp_path: Path) -> None:
        """A file that starts on day 5 keeps that."""
        diary = read(tmp_path, "date,day,pain\n2026-02-06,5,1\n2026-02-07,,1\n")
        assert [entry.day for entry in diary.entries] == [5, 6]
        assert diary.first_date == date(2026, 2, 1)

    def test_late_entries_do_not_move_day_zero(self, tmp_path: Path) -> None:
        """The earliest date counts, not the first row."""
        text = (
            "date,pain,entered_at\n"
            "2026-02-02,1,2026-02-02T20:00:00+00:00\n"
            "2026-02-01,1,2026-02-03T08:00:00+00:00\n"
        )
        assert [entry.day for entry in read(tmp_path, text).entries] == [1, 0]


class TestColumns:
    """Which other columns are side effects, possible outcomes, or nothing."""

    TEXT = "day,pain,sleep,nausea,weather\n0,3,7.5,0,rain\n1,2,8,3,sun\n"

    def test_with_outcomes_the_rest_is_side_effect_or_ignored(self, tmp_path: Path) -> None:
        """A column of 0 to 3 is a side effect; other columns are named as ignored."""
        diary = read(tmp_path, self.TEXT)
        assert (diary.outcome_ids, diary.side_effect_ids) == (("pain",), ("nausea",))
        assert diary.ignored_columns == ("sleep", "weather")

    def test_a_late_value_decides_what_a_column_is(self, tmp_path: Path) -> None:
        """Thousands of rows of 0 to 3 are still no side effect if the last row says otherwise."""
        rows = "".join(f"{day},5,{day % 4},{day % 4}\n" for day in range(3000))
        text = f"day,pain,nausea,weather\n{rows}3000,5,3,rain\n"
        at_once = read(tmp_path, text)
        assert (at_once.side_effect_ids, at_once.ignored_columns) == (("nausea",), ("weather",))
        (problem,) = Diary.read(tmp_path / "diary.csv").rejected["weather"]
        assert problem.place == "line 3002, column weather"

    def test_without_outcomes_columns_of_numbers_may_be_outcomes(self, tmp_path: Path) -> None:
        """Nothing is lost before it is known what was asked for."""
        diary = Diary.read(write(tmp_path, self.TEXT))
        assert diary.outcome_ids == ("sleep",)
        assert diary.side_effect_ids == ("pain", "nausea")
        assert diary.ignored_columns == ("weather",)

    def test_outcomes_settled_later_give_the_same_diary(self, tmp_path: Path) -> None:
        """Reading first and naming outcomes afterwards is the same as naming them at once."""
        late = Diary.read(write(tmp_path, self.TEXT)).with_outcomes([PAIN])
        at_once = read(tmp_path, self.TEXT)
        assert late.entries == at_once.entries
        assert sorted(late.ignored_columns) == sorted(at_once.ignored_columns)

    def test_text_in_a_column_is_told_when_it_is_asked_for(self, tmp_path: Path) -> None:
        """A column with words is no outcome, and each bad line is named then."""
        diary = Diary.read(write(tmp_path, "day,pain,x\n0,a lot,1\n1,nan,1\n2,5,1\n"))
        assert [(one.code, one.place) for one in diary.check([PAIN])] == [
            ("LDN-D016", "line 2, column pain"),
            ("LDN-D017", "line 3, column pain"),
        ]

    def test_values_off_scale_are_told_when_the_scale_is_known(self, tmp_path: Path) -> None:
        """`check` finds what reading without a scale could not know."""
        diary = Diary.read(write(tmp_path, "day,pain\n0,11\n1,5\n"))
        assert [one.place for one in diary.check([PAIN])] == ["line 2, column pain"]


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("day,pain\n0,10.5\n", "LDN-D018", "line 2, column pain", "0 to 10"),
        ("day,pain\n0,-1\n", "LDN-D018", "line 2, column pain", "0 to 10"),
        ("day,pain\n0,1e300\n", "LDN-D018", "line 2, column pain", "on the scale"),
        ("day,pain\n0,NaN\n", "LDN-D017", "line 2, column pain", "empty"),
        ("day,pain\n0,-inf\n", "LDN-D017", "line 2, column pain", "empty"),
        ("day,pain\n0,six\n", "LDN-D016", "line 2, column pain", "number"),
        ("day,pain\n0,1_0\n", "LDN-D016", "line 2, column pain", "number"),
        ('day,pain\n0,"6,5"\n', "LDN-D016", "line 2, column pain", "point"),
        ("day,pain,dose_mg\n0,1,-1.5\n", "LDN-D019", "line 2, column dose_mg", "'-1.5'"),
        ("day,pain,dose_mg\n0,1,0.00001\n", "LDN-D019", "line 2, column dose_mg", "3 places"),
        ("day,pain,dose_mg\n0,1,1e99\n", "LDN-D019", "line 2, column dose_mg", "100000"),
        ("day,pain,dose_mg\n0,1,1e-999\n", "LDN-D019", "line 2, column dose_mg", "3 places"),
        ("day,pain,dose_mg\n0,1,3 mg\n", "LDN-D019", "line 2, column dose_mg", "'3 mg'"),
        ("day,pain,arm\n0,1,LDN\n", "LDN-D020", "line 2, column arm", "placebo"),
        ("day,pain,taken\n0,1,yes\n", "LDN-D021", "line 2, column taken", "1, 0"),
        ("day,pain,period\n0,1,0\n", "LDN-D022", "line 2, column period", "from 1"),
        ("day,pain,period\n0,1,2.5\n", "LDN-D022", "line 2, column period", "from 1"),
        ("day,pain,state\n0,1,sick\n", "LDN-D023", "line 2, column state", "too-ill"),
        ("day,pain,state\n0,1,too-ill\n", "LDN-D030", "line 2, column state", "pain"),
        ("day,pain,event\n0,1,Bad Flare!\n", "LDN-D024", "line 2, column event", "flare"),
        (
            "day,pain,entered_at\n0,1,2026-02-01T21:00:00\n",
            "LDN-D025",
            "line 2, column entered_at",
            "offset",
        ),
        ("date,pain\n01/02/2026,1\n", "LDN-D011", "line 2, column date", "2026-02-01"),
        ("date,pain\n2026-02-30,1\n", "LDN-D011", "line 2, column date", "year-month-day"),
        ("date,pain\n0206-02-01,1\n", "LDN-D011", "line 2, column date", "'0206-02-01'"),
        ("day,pain\n-1,1\n", "LDN-D012", "line 2, column day", "from 0"),
        ("day,pain\n999999999999,1\n", "LDN-D012", "line 2, column day", "199999"),
        ("date,pain\n,1\n", "LDN-D011", "line 2", "neither"),
        ("day,pain\n0,1,2\n", "LDN-D010", "line 2", "3 cells"),
        ("day,pain,note\n0,1\n", "LDN-D010", "line 2", "2 cells"),
        ("day,pain\n0,1\n0,2\n", "LDN-D015", "line 3", "duplicate day"),
        ("day,pain\n5,1\n3,2\n", "LDN-D014", "line 3", "out of order"),
        ("date,day,pain\n2026-02-01,0,1\n2026-02-02,5,1\n", "LDN-D013", "line 3", "origin"),
        ("date,day,pain\n2026-02-01,,1\n,5,1\n", "LDN-D013", "line 3", "origin"),
        ("day,pain\n0,1\n400,1\n", "LDN-D029", "line 3", "two trials"),
        ("day,fatigue\n0,1\n", "LDN-D026", "the header", "no column pain"),
        ("day,pain,pain\n0,1,1\n", "LDN-D009", "line 1, the header", "more than once"),
        ("Day;pain\n0;1\n", "LDN-D008", "line 1, the header", "commas"),
        ("", "LDN-D007", "the file", "no header"),
        ("day,pain\n", "LDN-D007", "the file", "no rows"),
        ("day,pain\n,\n", "LDN-D007", "the file", "no rows"),
        ('day,pain,note\n0,1,"open\n', "LDN-D006", "line 2", "quot"),
        (b"day,pain\n0,1\xff\n", "LDN-D005", "diary.csv", "UTF-8"),
        (b"day,pain\n0,1\0\n", "LDN-D005", "line 2", "zero byte"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, code: str, place: str, words: str
) -> None:
    """Each mistake has its own code, the line of the file, and words that help."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    problem = refused.value.problems[0]
    assert (problem.code, problem.place) == (code, place)
    assert words in str(problem)


def test_dates_before_the_start_of_the_plan_are_refused(tmp_path: Path) -> None:
    """A date that belongs to no day of the plan is a slip or another trial."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, "date,pain\n2026-01-31,1\n", start=date(2026, 2, 1))
    assert codes_of(refused.value) == ["LDN-D028"]


def test_an_outcome_cannot_take_the_name_of_a_fixed_column(tmp_path: Path) -> None:
    """A score called `period` would be read as the period."""
    period = parse_outcome_option("period:0-10:lower", role=PAIN.role)
    with pytest.raises(InputError) as refused:
        Diary.read(write(tmp_path, "day,period\n0,1\n"), outcomes=[period])
    assert codes_of(refused.value) == ["LDN-D026"]


def test_a_fixed_column_as_an_outcome_is_one_problem(tmp_path: Path) -> None:
    """The cells of `arm` are no scores, and nobody is told so line by line."""
    arm = parse_outcome_option("arm:0-10:lower", role=PAIN.role)
    rows = "".join(f"{day},active,1\n" for day in range(50))
    with pytest.raises(InputError) as refused:
        Diary.read(write(tmp_path, "day,arm,nausea\n" + rows), outcomes=[arm])
    assert codes_of(refused.value) == ["LDN-D026"]


def test_periods_that_begin_again_are_told_once_with_both_lines(tmp_path: Path) -> None:
    """Eight periods twice, on days that go on, are two trials in one file."""
    rows = "".join(f"{day},{day // 7 % 8 + 1},5\n" for day in range(112))
    with pytest.raises(InputError) as refused:
        read(tmp_path, "day,period,pain\n" + rows)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place) == ("LDN-D033", "line 58, column period")
    assert "line 57" in problem.given
    assert "split" in problem.todo


def test_days_without_a_period_do_not_break_the_count(tmp_path: Path) -> None:
    """The run-in, a gap and the days after the trial have no period."""
    text = "day,period,pain\n0,,5\n1,1,5\n2,,5\n3,2,5\n4,,5\n"
    assert [entry.period for entry in read(tmp_path, text).entries] == [None, 1, None, 2, None]


def test_a_corrected_period_counts_as_corrected(tmp_path: Path) -> None:
    """What was entered last says which period the day was in, wherever its row stands."""
    text = (
        "day,period,pain,entered_at\n"
        "0,3,5,2026-02-01T20:00:00+00:00\n"
        "1,2,5,2026-02-02T20:00:00+00:00\n"
        "0,1,5,2026-02-03T20:00:00+00:00\n"
    )
    assert len(read(tmp_path, text).entries) == 3
    with pytest.raises(InputError, match="LDN-D033"):
        read(tmp_path, text.replace("0,1,5,", "0,,5,"))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Three mistakes in two lines are three problems in one answer."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, "day,pain,dose_mg,arm\n0,11,-1,active\n1,5,1,maybe\n")
    assert codes_of(refused.value) == ["LDN-D018", "LDN-D019", "LDN-D020"]


def test_a_thousand_problems_are_counted_and_fifty_listed(tmp_path: Path) -> None:
    """The list stays readable and says how much it leaves out."""
    rows = "".join(f"{day},99\n" for day in range(1000))
    with pytest.raises(InputError) as refused:
        read(tmp_path, "day,pain\n" + rows)
    *listed, rest = refused.value.problems
    assert len(listed) == 50
    assert (rest.code, rest.given) == ("LDN-D099", "950 further problems")


def test_rows_with_a_moment_of_entry_may_stand_anywhere(tmp_path: Path) -> None:
    """A late entry below later days is no mistake when it says when it was made."""
    text = (
        "day,pain,entered_at\n"
        "0,1,2026-02-01T20:00:00+00:00\n"
        "2,1,2026-02-03T20:00:00+00:00\n"
        "1,1,2026-02-04T08:00:00+00:00\n"
    )
    assert [entry.day for entry in read(tmp_path, text).entries] == [0, 2, 1]


@pytest.mark.parametrize(
    "stamps",
    [
        ("", "2026-02-01T20:00:00+00:00"),
        ("2026-02-01T20:00:00+00:00", "2026-02-01T21:00:00+01:00"),
    ],
)
def test_rows_of_one_day_need_moments_that_differ(tmp_path: Path, stamps: tuple[str, str]) -> None:
    """Without two different moments nobody can say which row counts."""
    rows = "".join(f"0,1,{stamp}\n" for stamp in stamps)
    with pytest.raises(InputError) as refused:
        read(tmp_path, "day,pain,entered_at\n" + rows)
    assert codes_of(refused.value) == ["LDN-D015"]
