"""What cannot be pooled is refused with its code, every problem at once, and nothing is made up."""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from openldn.pooling.people import people_of
from openldn.pooling.people_files import parquet_table, read_people
from openldn.pooling.pool import pool
from openldn.protocol.problems import InputError
from support.pooling import contribution

FLAT = {"log_c": 0.0, "h": 0.0, "lambda": 0.0}


def codes(people: list[Any]) -> list[str]:
    """The codes with which contributions are refused."""
    with pytest.raises(InputError) as refused:
        people_of(people)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"kind": "answer"}, "LDN-N001"),
        ({"format": 2}, "LDN-N002"),
        ({"format": True}, "LDN-N002"),
        ({"grade": "F"}, "LDN-N003"),
        ({"grade": ["A"]}, "LDN-N003"),
        ({"part": "open", "grade": "A"}, "LDN-N003"),
        ({"better": "up"}, "LDN-N003"),
        ({"scale": [10, 0]}, "LDN-N003"),
        ({"scale": [0, math.nan]}, "LDN-N003"),
        ({"id": "x" * 65}, "LDN-N003"),
        ({"id": "\ud800"}, "LDN-N003"),
        ({"id": "\x1b[2J"}, "LDN-N003"),
        ({"dose_mg": 10**400}, "LDN-N003"),
        ({"components": [{**FLAT, "h": 10**400}]}, "LDN-N003"),
        ({"components": None}, "LDN-N003"),
        ({"components": [{"log_c": 0.0, "h": "1"}]}, "LDN-N003"),
        ({"components": [{**FLAT, "h": math.nan}]}, "LDN-N004"),
        ({"components": [{**FLAT, "log_c": math.inf}]}, "LDN-N004"),
        ({"components": [{**FLAT, "lambda": -0.1}]}, "LDN-N005"),
        ({"components": []}, "LDN-N006"),
        ({"components": [FLAT] * 65}, "LDN-N006"),
    ],
)
def test_a_contribution_that_cannot_be_is_refused(parts: dict[str, Any], code: str) -> None:
    """Each fault has its own code, whoever else is in the pool."""
    assert codes([contribution(1), {**contribution(2), **parts}]) == [code]


def test_every_problem_is_told_at_once() -> None:
    """Two people, two faults, two lines."""
    people = [{**contribution(1), "grade": "Z"}, {**contribution(2), "format": 3}]
    assert codes(people) == ["LDN-N003", "LDN-N002"]


def test_a_lambda_below_zero_by_rounding_is_zero() -> None:
    """Twelve digits were written; a millionth of a millionth is no fault."""
    tiny = contribution(1, components=[{**FLAT, "lambda": -1e-12}])
    assert people_of([tiny]).groups[0].lam.tolist() == [0.0]


def test_a_person_counts_once() -> None:
    """The same id twice is refused, even where the numbers differ."""
    assert codes([contribution(1), contribution(1, estimate=2.0)]) == ["LDN-N007"]


@pytest.mark.parametrize(
    "parts", [{"scale": [0.0, 100.0]}, {"better": "higher"}, {"outcome": "fatigue"}]
)
def test_people_who_were_asked_different_things_are_not_pooled(parts: dict[str, Any]) -> None:
    """Another scale, direction or score is another question."""
    assert codes([contribution(1), contribution(2, **parts)]) == ["LDN-N008"]


def test_nobody_is_no_pool() -> None:
    """Neither an empty list, nor one in which everybody is left out."""
    assert codes([]) == ["LDN-N009"]
    assert codes([contribution(1, grade="E")]) == ["LDN-N009"]
    with pytest.raises(InputError, match=r"given only 1 open diary \(") as caught:
        people_of([contribution(1, grade="E")])
    assert "diaries (" not in str(caught.value)


def test_a_format_written_as_text_is_told_from_the_number() -> None:
    """`given format 1; expected format 1` would help nobody."""
    with pytest.raises(InputError, match=r'given the text "1" as format; expected the number 1'):
        people_of([contribution(1, format="1")])


def test_more_conditions_than_there_can_be_are_refused() -> None:
    """A slip that gives everyone a condition of her own, and a table that would never end."""
    assert codes([contribution(i, condition=f"c{i}") for i in range(201)]) == ["LDN-N024"]


def written(folder: Path, people: list[dict[str, Any]]) -> list[Path]:
    """One JSON file a person."""
    paths = [folder / f"{number}.json" for number in range(len(people))]
    for path, person in zip(paths, people, strict=True):
        path.write_text(json.dumps(person), encoding="utf-8")
    return paths


def test_files_a_folder_and_parquet_hold_the_same_people(tmp_path: Path) -> None:
    """However they arrive, the pool is the same to the last digit."""
    people = [
        contribution(i, estimate=-0.3 * i, condition=None if i % 2 else "lupus") for i in range(6)
    ]
    people[2]["components"] = [FLAT, {"log_c": -1.0, "h": 0.5, "lambda": 2.0}]
    whole = pool(people).to_json()
    files = written(tmp_path, people)
    assert pool(read_people(files)).to_json() == whole
    assert pool(read_people([tmp_path])).to_json() == whole
    table = pyarrow.table(
        {
            **{
                key: [p[key] for p in people]
                for key in people[0]
                if key not in ("components", "prior")
            },
            **{
                key: [[c[key] for c in p["components"]] for p in people]
                for key in ("log_c", "h", "lambda")
            },
        }
    )
    packed = tmp_path / "people.parquet"
    pyarrow.parquet.write_table(table, packed)
    assert pool(read_people([packed])).to_json() == whole
    halves = [tmp_path / "a.parquet", *files[4:]]
    pyarrow.parquet.write_table(table.slice(0, 4), halves[0])
    assert pool(read_people(halves)).to_json() == whole


def refused(paths: list[Path]) -> list[str]:
    """The codes with which files are refused."""
    with pytest.raises(InputError) as error:
        read_people(paths)
    return [problem.code for problem in error.value.problems]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("no.json", "{", "LDN-N001"),
        ("list.json", "[1]", "LDN-N001"),
        ("deep.json", "[" * 100_000, "LDN-N001"),
        ("huge.json", " " * 1_000_001, "LDN-C022"),
        ("no.csv", "id,estimate\na,1\n", "LDN-N010"),
        ("empty.csv", "", "LDN-N010"),
        ("rows.csv", "id,estimate,se\n", "LDN-N009"),
        ("word.csv", "id,estimate,se\na,one,1\n", "LDN-N010"),
        ("short.csv", "id,estimate,se\na,1\n", "LDN-N010"),
        ("nameless.csv", "id,estimate,se\n,1,1\n", "LDN-N010"),
        ("nan.csv", "id,estimate,se\na,nan,1\n", "LDN-N011"),
        ("inf.csv", "id,estimate,se\na,1,inf\n", "LDN-N011"),
        ("zero.csv", "id,estimate,se\na,1,0\n", "LDN-N011"),
        ("below.csv", "id,estimate,se\na,1,-1\n", "LDN-N011"),
        ("twice.csv", "id,estimate,se\na,1,1\na,2,1\n", "LDN-N007"),
        ("no.parquet", "PAR1 but not really", "LDN-N014"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    """With the code that says why, and without a traceback."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert refused([tmp_path / name]) == [code]


def test_a_missing_file_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    """A slip in a name is the most common fault."""
    assert refused([tmp_path / "gone.json"]) == ["LDN-C020"]
    assert refused([tmp_path]) == ["LDN-N009"]


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe named like a Parquet file would otherwise hold the program for ever."""
    os.mkfifo(tmp_path / "people.parquet")
    with pytest.raises(InputError) as refused:
        read_people([tmp_path / "people.parquet"])
    assert [problem.code for problem in refused.value.problems] == ["LDN-N014"]


def test_a_table_stands_alone(tmp_path: Path) -> None:
    """Its unit is the reader's word; contributions carry theirs."""
    table = tmp_path / "t.csv"
    table.write_text("id,estimate,se\na,1,1\n", encoding="utf-8")
    assert refused([*written(tmp_path, [contribution(1)]), table]) == ["LDN-N016"]


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("format", [1, 2], "LDN-N002"),
        ("grade", ["A", "Q"], "LDN-N014"),
        ("part", ["randomised", "open"], "LDN-N014"),
        ("part", ["randomised", "sealed"], "LDN-N014"),
        ("id", ["a", None], "LDN-N014"),
        ("h", [[1.0], [1.0, 2.0]], "LDN-N014"),
        ("scale", [[0.0, 10.0], [0.0]], "LDN-N014"),
        ("lambda", [[1.0], [math.nan]], "LDN-N004"),
        ("lambda", [[1.0], [-1.0]], "LDN-N005"),
    ],
)
def test_a_parquet_file_with_a_bad_cell_is_refused(
    tmp_path: Path, column: str, values: list[Any], code: str
) -> None:
    """Column by column the same rules hold as for JSON."""
    good = {
        "format": [1, 1],
        "id": ["a", "b"],
        "grade": ["A", "B"],
        "part": ["randomised"] * 2,
        "outcome": ["pain"] * 2,
        "better": ["lower"] * 2,
        "contrast": ["placebo"] * 2,
        "scale": [[0.0, 10.0]] * 2,
        "dose_mg": [4.5] * 2,
        "log_c": [[0.0], [0.0]],
        "h": [[-1.0], [-1.0]],
        "lambda": [[1.0], [1.0]],
    }
    file = tmp_path / "people.parquet"
    pyarrow.parquet.write_table(pyarrow.table(good), file)
    assert len(read_people([file])) == 2
    pyarrow.parquet.write_table(pyarrow.table({**good, column: values}), file)
    assert refused([file]) == [code]
    pyarrow.parquet.write_table(pyarrow.table(good).drop_columns([column]), file)
    assert refused([file]) == ["LDN-N014"]


def test_what_is_written_to_parquet_is_read_back(tmp_path: Path) -> None:
    """The table that the benchmark writes is the one that `read_people` reads."""
    from openldn.pooling.people import columns_of, gathered

    columns = columns_of([contribution(1), contribution(2, estimate=1.0)], ["a", "b"])
    file = tmp_path / "people.pq"
    pyarrow.parquet.write_table(parquet_table(columns), file)
    back, straight = read_people([file]), gathered(columns, include_open=False)
    assert np.array_equal(back.groups[0].h, straight.groups[0].h)
    assert back.groups[0].ids.tolist() == straight.groups[0].ids.tolist()
