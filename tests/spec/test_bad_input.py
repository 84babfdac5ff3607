"""Bad input, one row each: what is given, which status it ends with, and what is said.

Every row of the contract's table (section 4) and of the issue's list stands here. Whatever comes,
there is a clear refusal or an honest wide answer: never a traceback, and never a number that looks
more precise than the diary allows.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from openldn.cli.main import main
from support.plans import PAIN, plan_text

DONE, USAGE, UNUSABLE, REFUSED = 0, 2, 3, 4
OUTCOME = ("--outcome", "pain:0-10:lower:mcid=1")
PLAN = ("--plan", "plan.toml")
EVERY_COLUMN = ("day", "arm", "dose_mg", "taken", "period", "state", "pain", "event", "entered_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the table."""

    id: str
    diary: str | bytes | None = "day,dose_mg,pain\n0,0,5\n"
    plan: str | bytes | None = None
    options: tuple[str, ...] = OUTCOME
    status: int
    said: tuple[str, ...]  # words on standard error; for status 0 on standard output


def zip_archive() -> bytes:
    """Make an archive with a diary inside."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("diary.csv", "day,pain\n0,1\n")
    return memory.getvalue()


def diary(rows: list[tuple[object, ...]], header: str = "day,dose_mg,pain") -> str:
    """Write rows under a header."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def on_and_off(value: object = None, *, doses: tuple[object, ...] = (0, 1.5)) -> str:
    """Write eight weeks that change dose each week; every value the same, if one is given."""
    return diary(
        [
            (day, doses[day // 7 % len(doses)], (day * 5) % 7 if value is None else value)
            for day in range(56)
        ]
    )


WRONG_FILES = [
    Row(id="a picture", diary=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", status=UNUSABLE, said=("UTF-8",)),
    Row(id="an archive", diary=zip_archive(), status=UNUSABLE, said=("LDN-D005",)),
    Row(id="an empty file", diary=b"", status=UNUSABLE, said=("no header and no rows",)),
    Row(id="no file", diary=None, status=UNUSABLE, said=("diary.csv", "no file is")),
    Row(id="a header only", diary="day,pain\n", status=UNUSABLE, said=("no rows",)),
    Row(id="comments only", diary="# nothing\n# yet\n", status=UNUSABLE, said=("no header",)),
    Row(id="a JSON file", diary='{"a": 1}\n', status=UNUSABLE, said=("date", "day")),
    Row(id="a web page", diary="<!doctype html>\n<p>", status=UNUSABLE, said=("day column",)),
    Row(id="zero bytes", diary="day,pain\n0,\0\n", status=UNUSABLE, said=("line 2", "zero byte")),
    Row(
        id="UTF-16",
        diary="day,pain\n0,1\n".encode("utf-16"),
        status=UNUSABLE,
        said=("Save the table as CSV",),
    ),
    Row(id="semicolons", diary="day;pain\n0;1\n", status=UNUSABLE, said=("commas",)),
    Row(
        id="above 50 MB",
        diary=b"day,pain\n" + b"1" * 51_000_000,
        status=UNUSABLE,
        said=("50 MB",),
    ),
    Row(
        id="above 200,000 rows",
        diary="day,pain\n" + "".join(f"{day},1\n" for day in range(200_001)),
        status=UNUSABLE,
        said=("200000 rows",),
    ),
]

UNUSABLE_DIARIES = [
    Row(
        id="scale unknown",
        diary=on_and_off(),
        options=(),
        status=UNUSABLE,
        said=("openldn analyse", "--outcome pain:0-10:lower"),
    ),
    Row(
        id="no outcome column",
        diary="day,dose_mg,mood\n0,0,5\n",
        status=UNUSABLE,
        said=("no column pain", "mood"),
    ),
    Row(
        id="no outcome column but a side effect",
        diary="day,dose_mg,nausea\n0,0,1\n",
        status=UNUSABLE,
        said=("no column pain", "Other columns of this file: nausea."),
    ),
    Row(
        id="off scale",
        diary=diary([(0, 0, 11), (1, 0, 5), (2, 0, -1)]),
        status=UNUSABLE,
        said=("line 2, column pain", "line 4, column pain", "0 to 10"),
    ),
    Row(
        id="gigantic numbers",
        diary=diary([(0, 0, "1e308"), (1, 0, "9" * 400), (2, "9" * 30, 1)]),
        status=UNUSABLE,
        said=("line 2, column pain", "line 3, column pain", "line 4, column dose_mg"),
    ),
    Row(
        id="a gigantic day",
        diary=diary([(10**18, 0, 1)]),
        status=UNUSABLE,
        said=("line 2, column day",),
    ),
    Row(
        id="NaN and inf",
        diary=diary([(0, 0, "NaN"), (1, 0, "inf"), (2, 0, "-Infinity"), (3, "nan", 1)]),
        status=UNUSABLE,
        said=("line 2", "line 3", "line 4", "line 5, column dose_mg", "Leave the cell empty"),
    ),
    Row(
        id="a negative dose",
        diary=diary([(0, -1.5, 5)]),
        status=UNUSABLE,
        said=("line 2, column dose_mg", "'-1.5'"),
    ),
    Row(
        id="a duplicate day",
        diary=diary([(0, 0, 5), (1, 0, 5), (1, 0, 6)]),
        status=UNUSABLE,
        said=("line 4", "duplicate day", "line 3"),
    ),
    Row(
        id="days out of order",
        diary=diary([(0, 0, 5), (5, 0, 5), (3, 0, 6)]),
        status=UNUSABLE,
        said=("line 4", "out of order"),
    ),
    Row(
        id="dates out of order",
        diary=diary([("2026-02-03", 0, 5), ("2026-02-01", 0, 5)], "date,dose_mg,pain"),
        status=UNUSABLE,
        said=("line 3", "out of order"),
    ),
    Row(
        id="two date origins",
        diary=diary([("2026-02-01", 0, 0, 5), ("2026-03-01", 1, 0, 5)], "date,day,dose_mg,pain"),
        status=UNUSABLE,
        said=("line 3", "Two date origins"),
    ),
    Row(
        id="two trials, day numbers begin again",
        diary=on_and_off() + on_and_off().split("\n", 1)[1],
        status=UNUSABLE,
        said=("duplicate day", "two trials", "further problems"),
    ),
    Row(
        id="two trials, years apart",
        diary=diary([("2021-02-01", 0, 5), ("2026-02-01", 0, 5)], "date,dose_mg,pain"),
        status=UNUSABLE,
        said=("line 3", "two trials"),
    ),
    Row(
        id="two trials, days go on and periods begin again",
        diary=diary([(day, day // 14 % 4 + 1, day % 7) for day in range(112)], "day,period,pain"),
        status=UNUSABLE,
        said=("1 problem.", "line 58, column period", "period 1 on day 56", "period 4 in line 57"),
    ),
    Row(
        id="a date that does not exist",
        diary=diary([("2026-02-30", 0, 5)], "date,dose_mg,pain"),
        status=UNUSABLE,
        said=("line 2, column date", "'2026-02-30'"),
    ),
    Row(
        id="13 doses",
        diary=diary([(day, f"{day % 14 / 4:g}", day % 7) for day in range(56)]),
        status=UNUSABLE,
        said=("13", "at most 12"),
    ),
    Row(
        id="every cell wrong at once",
        diary=",".join(EVERY_COLUMN) + "\nx,LDN,much,yes,0,sick,six,Bad Day,yesterday\n",
        status=UNUSABLE,
        said=tuple(f"line 2, column {name}" for name in EVERY_COLUMN),
    ),
]

REFUSED_DIARIES = [
    Row(
        id="one recorded day",
        diary=diary([(0, 1.5, 5)]),
        status=REFUSED,
        said=("pain", "1 recorded value"),
    ),
    Row(
        id="three recorded values",
        diary=diary([(0, 0, 5), (1, 0, 4), (2, 1.5, 3)]),
        status=REFUSED,
        said=("pain", "3 recorded values"),
    ),
    Row(id="all days missing", diary=on_and_off(""), status=REFUSED, said=("0 recorded values",)),
    Row(id="all values equal", diary=on_and_off(5), status=REFUSED, said=("nothing to compare",)),
    Row(
        id="one dose only",
        diary=on_and_off(doses=(1.5,)),
        status=REFUSED,
        said=("1.5 mg", "nothing to compare"),
    ),
    Row(
        id="never the drug",
        diary=on_and_off(doses=(0,)),
        status=REFUSED,
        said=("nothing to compare",),
    ),
]

HONEST_ANSWERS = [
    Row(
        id="six values",
        diary=diary([(0, 0, 5), (1, 1.5, 6), (2, 0, 4), (3, 1.5, 4), (4, 0, 6), (5, 1.5, 5)]),
        status=DONE,
        said=("could-not-tell",),
    ),
    Row(
        id="values between the steps",
        diary=on_and_off().replace(",4\n", ",4.25\n"),
        status=DONE,
        said=('"pain"',),
    ),
    Row(
        id="a dose above the limit for plans",
        diary=on_and_off(doses=(0, 50)),
        status=DONE,
        said=("above 4.5 mg",),
    ),
    Row(
        id="most days missing",
        diary=diary(
            [(day, 1.5 if day > 40 else 0, (day % 5) if day % 9 == 0 else "") for day in range(90)]
        ),
        status=DONE,
        said=("could-not-tell",),
    ),
]

IMPOSSIBLE_PLANS = [
    Row(id="a plan that is no TOML", plan="[[[", status=UNUSABLE, said=("LDN-P",)),
    Row(id="an empty plan", plan="", status=UNUSABLE, said=("LDN-P",)),
    Row(id="a plan that is a picture", plan=b"\x89PNG\0", status=UNUSABLE, said=("LDN-P",)),
    Row(id="no plan there", plan=None, status=UNUSABLE, said=("plan.toml",)),
    Row(
        id="a plan above 4.5 mg",
        plan=plan_text().replace("4.5", "6"),
        status=UNUSABLE,
        said=("4.5 mg",),
    ),
    Row(
        id="a target that is no rung",
        plan=plan_text().replace("target_mg = 4.5", "target_mg = 2"),
        status=UNUSABLE,
        said=("target_mg",),
    ),
    Row(
        id="no outcome in the plan",
        plan=plan_text(outcomes=""),
        status=UNUSABLE,
        said=("outcome",),
    ),
    Row(
        id="two primary outcomes",
        plan=plan_text(outcomes=PAIN + PAIN.replace('"pain"', '"ache"')),
        status=UNUSABLE,
        said=("primary",),
    ),
    Row(
        id="a period that is all transition",
        plan=plan_text(period_days=7),
        status=UNUSABLE,
        said=("transition_days",),
    ),
    Row(
        id="an unknown key",
        plan=plan_text().replace("pairs =", "pears ="),
        status=UNUSABLE,
        said=("pears", "pairs"),
    ),
    Row(
        id="a diary from before the plan",
        plan=plan_text(outcomes=PAIN),
        diary=diary([("2025-02-01", 0, 5)], "date,dose_mg,pain"),
        status=UNUSABLE,
        said=("line 2", "2026-02-01", "start of the plan"),
    ),
]

WRONG_OPTIONS = [
    Row(
        id="an outcome without a scale", options=("--outcome", "pain"), status=USAGE, said=("0-10",)
    ),
    Row(
        id="a scale upside down",
        options=("--outcome", "pain:10-0:lower"),
        status=USAGE,
        said=("10-0",),
    ),
    Row(
        id="a scale of no width",
        options=("--outcome", "pain:5-5:lower"),
        status=USAGE,
        said=("5-5",),
    ),
    Row(id="an unknown option", options=("--model", "best"), status=USAGE, said=("--model",)),
    Row(
        id="an outcome named like a column",
        options=("--outcome", "arm:0-10:lower"),
        status=USAGE,
        said=("1 problem.", "arm, a column with a fixed meaning"),
    ),
]


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize(
    "row",
    [*WRONG_FILES, *UNUSABLE_DIARIES, *REFUSED_DIARIES, *WRONG_OPTIONS],
    ids=lambda row: row.id,
)
def test_what_cannot_be_used_is_refused_in_words(
    row: Row, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is the contract's, the words name the place, and no result is printed."""
    check_refusal(row, row.options, capsys)


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("row", IMPOSSIBLE_PLANS, ids=lambda row: row.id)
def test_an_impossible_plan_stops_the_analysis(
    row: Row, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan with a mistake is never used as far as it goes."""
    check_refusal(row, PLAN, capsys)


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("row", HONEST_ANSWERS, ids=lambda row: row.id)
def test_little_is_answered_honestly(row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    """Thin or odd diaries get an answer whose range is as wide as they are thin."""
    write_files(row)
    assert main(["analyse", "diary.csv", *row.options, "--json", "-"]) == row.status
    printed = capsys.readouterr().out
    assert all(words in printed for words in row.said)
    (pain,) = json.loads(printed)["outcomes"]
    assert all(level["effect"]["sd"] > 0.1 for level in pain["levels"])


@pytest.mark.usefixtures("empty_folder")
def test_a_folder_is_not_a_diary(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder is told from a file."""
    Path("diary.csv").mkdir()
    assert main(["analyse", "diary.csv", *OUTCOME]) == UNUSABLE
    assert "a folder" in capsys.readouterr().err


def check_refusal(row: Row, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Run one row and hold it against what must be said."""
    write_files(row)
    assert main(["analyse", "diary.csv", *options, "--json", "-"]) == row.status
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert "made a mistake" not in printed.err
    assert [words for words in row.said if words not in printed.err] == []
    assert printed.out == ""


def write_files(row: Row) -> None:
    """Write the diary and the plan of a row into the folder where the test stands."""
    for name, content in (("diary.csv", row.diary), ("plan.toml", row.plan)):
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            Path(name).write_bytes(data)
