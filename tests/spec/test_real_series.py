"""Real series from outside: files that nobody made for this program, with unknown truth.

They are never copied into the project. The tests use them where they lie beside the checkout, in
`../shared/data`, and say so where they do not. What is asked: no failure, and no answer that looks
surer than so few days can make it.

What was assumed for the amitriptyline crossover (122 people, two periods, pain 0 to 10):

- The weeks 0, 3 and 6 of a period are its days 0, 21 and 42, and 21 days without capsules lie
  between the periods, so the second period begins on day 63.
- Week 0 was asked before the first capsule of the period: on that day nothing is taken yet.
- The last dose of a person is taken as held through her active period (it was stepped up).
- A zero in week 6 is read as missing where week 3 was 1 or more, because the source codes some
  missing scores so; a true zero is lost with them.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from openldn.cli.main import main

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
STUDYU = DATA / "studyu_diaries"
AMITRIPTYLINE = DATA / "amitriptyline_crossover.csv"
WASHOUT_DAYS = 21
LAST_DAY = 42  # of a period
WIDE_SD = 0.9  # points of 10; the prior's own is 1.5, so little can have been learned

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real series are not beside this checkout (../shared/data)"
)


def answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Run `analyse` and give its status with the answer, if there is one."""
    status = main(["analyse", *words, "--json", "-"])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return status, json.loads(printed.out) if printed.out else {}


def check_sane(outcome: dict[str, Any]) -> None:
    """Hold one outcome against what must be true of any answer."""
    low, high = outcome["scale"]
    assert outcome["verdict"] in {"clear-benefit", "clear-harm", "could-not-tell"}
    assert not (outcome["worthwhile"] and outcome["verdict"] != "clear-benefit")
    for level in outcome["levels"]:
        effect = level["effect"]
        assert effect["q025"] < effect["q50"] < effect["q975"]
        assert high - low > effect["sd"] > 0
        assert 0 <= level["p_benefit"] <= 1
        assert level["includes"][0] == "drug"


@pytest.mark.parametrize(
    "name", sorted(path.name for path in STUDYU.glob("*.csv")) if STUDYU.is_dir() else []
)
def test_open_trials_of_studyu_get_an_honest_answer(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four weeks on and off, with gaps: an answer for every scale that moved, open grades only."""
    columns = (STUDYU / name).read_text().splitlines()[1].split(",")
    scales = {"sleep_quality": "0-10:higher", "rested": "1-5:higher", "stress": "1-5:lower"}
    words = [
        word
        for key, scale in scales.items()
        if key in columns
        for word in ("--outcome", f"{key}:{scale}")
    ]
    status, answer = answered([str(STUDYU / name), *words], capsys)
    assert status == 0
    assert answer["design"]["grade"] in {"D", "E"}
    assert "sleep_quality" in {one["id"] for one in answer["outcomes"]}
    asked = {key for key in scales if key in columns}
    assert {one["id"] for one in answer["outcomes"]} | answer["refused"].keys() == asked
    # Five answers have a model of their own: what is refused lacks values, not a family.
    assert all("recorded value" in reason for reason in answer["refused"].values())
    families = {one["id"]: one["family"] for one in answer["outcomes"]}
    assert {families[key] for key in families.keys() - {"sleep_quality"}} <= {"ordinal"}
    for outcome in answer["outcomes"]:
        check_sane(outcome)
        assert all(level["contrast"] == "none" for level in outcome["levels"])
        if outcome["family"] == "ordinal":
            # A month and a prior of half a step: little can have been learned.
            assert all(level["effect"]["sd"] > 0.1 for level in outcome["levels"])
            assert all(level["link_effect"]["sd"] > 0.1 for level in outcome["levels"])


def test_six_values_a_person_cannot_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every person of the crossover gets a wide answer or a refusal, and nobody a clear one."""
    people = crossover_people()
    assert len(people) == 122
    statuses = []
    for person, periods in people.items():
        path = tmp_path / f"{person}.csv"
        n_values = write_crossover_diary(path, periods)
        words = [str(path), "--outcome", "pain:0-10:lower:mcid=1"]
        status, answer = answered(words, capsys)
        statuses.append(status)
        assert (status == 4) == (not answer)
        if answer:
            (pain,) = answer["outcomes"]
            check_sane(pain)
            assert pain["days_recorded"] == n_values
            (level,) = pain["levels"][:1]
            assert level["contrast"] == "placebo"
            assert level["effect"]["sd"] > WIDE_SD
            assert 0.03 < level["p_benefit"] < 0.97
            assert pain["verdict"] == "could-not-tell"
    assert set(statuses) <= {0, 4}
    assert statuses.count(0) > 100


def crossover_people() -> dict[str, list[dict[str, str]]]:
    """Give the two periods of every person."""
    lines = AMITRIPTYLINE.read_text(encoding="utf-8").splitlines()
    people = defaultdict(list)
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        people[row["id"]].append(row)
    return people


def write_crossover_diary(path: Path, periods: list[dict[str, str]]) -> int:
    """Write one person's diary as assumed above, and give the number of its values."""
    rows: list[tuple[int, str, str, str]] = []
    for row in sorted(periods, key=lambda one: int(one["period"])):
        first = (int(row["period"]) - 1) * (LAST_DAY + WASHOUT_DAYS)
        is_active = row["treatment"] == "A"
        taken = ("active", row["dose_mg"]) if is_active else ("placebo", "0")
        week_6 = row["pain_wk6"]
        if week_6 == "0" and row["pain_wk3"] != "0":
            week_6 = ""
        rows += [
            (first, "none", "0", row["pain_wk0"]),
            (first + 1, *taken, ""),
            (first + 21, *taken, row["pain_wk3"]),
            (first + LAST_DAY, *taken, week_6),
            (first + LAST_DAY + 1, "none", "0", ""),
        ]
    lines = ["day,arm,dose_mg,pain", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return sum(row[-1] != "" for row in rows)
