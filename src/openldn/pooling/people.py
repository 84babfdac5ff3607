"""People to be pooled, as flat arrays, and every reason why a contribution cannot be one of them.

However they arrive (values, JSON, Parquet, a table of estimates), people end here, in the
order of group and id, so that no result depends on the order in which they came.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.pooling.contribution import FORMAT, Contribution
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "BLINDED",
    "GRADES",
    "ID_BYTES",
    "LARGEST_ESTIMATE",
    "NOT_SAID",
    "Columns",
    "Group",
    "People",
    "estimates",
    "gathered",
    "is_possible",
    "people_of",
    "problem",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

GRADES: Final = "ABCDE"
OPEN_GRADES: Final = "DE"  # of a diary whose doses were known
BLINDED: Final = "ABC"  # pooled without a bias term (model.md section 6)
NOT_SAID: Final = "not-said"  # the condition of people who gave none
MOST_CONDITIONS: Final = 200
MOST_COMPONENTS: Final = 64
# Tenths of a scale, and any other unit of a table; beyond these a double loses its digits.
LARGEST_ESTIMATE: Final = 1e6
SE_RANGE: Final = (1e-6, 1e6)
LARGEST_NUMBER: Final = 1e15
# Below 0 by less than this, in tenths of the scale, a precision is 0 with a rounding error.
LAMBDA_ROUNDING: Final = 1e-9
_MOST_LISTED = 20
ID_BYTES: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """People column by column, as they arrive: (N,) each, components end to end.

    Attributes
    ----------
    ids
        Bytes, at most 64 a person.
    condition, grade, outcome, contrast, part
        Text; condition `NOT_SAID` where none was given.
    scale
        (N, 2) lowest and highest value; `better` stands in `outcome`, after a colon.
    dose_mg
        NaN where there is none.
    start
        (N + 1,) where each person's components begin in `log_c`, `h` and `lam`.
    """

    ids: NDArray[np.bytes_]
    condition: NDArray[np.str_]
    grade: NDArray[np.str_]
    outcome: NDArray[np.str_]
    contrast: NDArray[np.str_]
    scale: FloatArray
    dose_mg: FloatArray
    start: IntArray
    log_c: FloatArray
    h: FloatArray
    lam: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """People who share one centre: one condition, one kind of design."""

    condition: str
    bias: str  # "" for grades A to C, else "D" or "E"
    start: IntArray  # (N + 1,) from 0
    log_c: FloatArray
    h: FloatArray
    lam: FloatArray
    ids: NDArray[np.bytes_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """People who can be pooled.

    Attributes
    ----------
    groups
        In order of condition, then of bias.
    left_out
        How many of grade D and E were left out.
    outcome, scale
        What was scored; "" and None for a table.
    mixed
        Sentences on what differs between them besides the person.
    """

    groups: tuple[Group, ...]
    left_out: int
    outcome: str
    scale: tuple[float, float] | None
    mixed: tuple[str, ...]

    def __len__(self) -> int:
        return sum(map(len, self.groups))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition, in order."""
        return tuple(dict.fromkeys(group.condition for group in self.groups))

    def of(self, condition: str) -> int:
        """How many people have a condition."""
        return sum(len(group) for group in self.groups if group.condition == condition)


def people_of(
    contributions: Iterable[Contribution | Mapping[str, Any]], *, include_open: bool = False
) -> People:
    """Take contributions, as values or as read from JSON.

    Raises
    ------
    InputError
        With everything that is wrong, by the place of each contribution.
    """
    given = [c.to_json() if isinstance(c, Contribution) else c for c in contributions]
    places = [f"contribution {number}" for number in range(1, len(given) + 1)]
    return gathered(columns_of(given, places), include_open=include_open)


def columns_of(given: Sequence[Mapping[str, Any]], places: Sequence[str]) -> Columns:
    """Turn contributions as read from JSON into columns.

    Raises
    ------
    InputError
        With everything that is wrong in any of them.
    """
    problems = [p for value, at in zip(given, places, strict=True) for p in _wrong(value, at)]
    if problems:
        raise InputError(_first_ones(problems))
    components = [value["components"] for value in given]

    def column(key: str) -> FloatArray:
        numbers = [c[key] for one in components for c in one]
        return np.array(numbers, dtype=np.float64)

    return Columns(
        ids=np.array([value["id"].encode() for value in given], dtype=f"S{ID_BYTES}"),
        condition=np.array([value.get("condition") or NOT_SAID for value in given], dtype=np.str_),
        grade=np.array([value["grade"] for value in given], dtype=np.str_),
        outcome=np.array([f"{v['outcome']}:{v['better']}" for v in given], dtype=np.str_),
        contrast=np.array([value["contrast"] for value in given], dtype=np.str_),
        scale=np.array([value["scale"] for value in given], dtype=np.float64).reshape(-1, 2),
        dose_mg=np.array([value["dose_mg"] for value in given], dtype=np.float64),
        start=np.concatenate([[0], np.cumsum([len(one) for one in components])]).astype(np.int64),
        log_c=column("log_c"),
        h=column("h"),
        lam=column("lambda"),
    )


def estimates(
    ids: Sequence[str],
    estimate: Sequence[float],
    se: Sequence[float],
    condition: Sequence[str] | None = None,
) -> Columns:
    """Turn a table of estimates and standard errors into columns: one component a person.

    Raises
    ------
    InputError
        For a number that is not finite, or outside its limits.
    """
    y, s = np.array(estimate, dtype=np.float64), np.array(se, dtype=np.float64)
    count = len(y)
    problems = [_poor_row(ids[int(i)], y[i], s[i]) for i in np.flatnonzero(~_is_good_row(y, s))]
    if problems:
        raise InputError(_first_ones(problems))
    names = [name.strip() or NOT_SAID for name in condition or [""] * count]
    lam = 1.0 / s**2
    return Columns(
        ids=np.array([name.encode()[:ID_BYTES] for name in ids], dtype=f"S{ID_BYTES}"),
        condition=np.array(names, dtype=np.str_),
        grade=np.full(count, "A"),
        outcome=np.full(count, ""),
        contrast=np.full(count, ""),
        scale=np.zeros((count, 2)),
        dose_mg=np.full(count, np.nan),
        start=np.arange(count + 1, dtype=np.int64),
        log_c=-0.5 * y * y * lam - np.log(s),
        h=y * lam,
        lam=lam,
    )


def gathered(columns: Columns, *, include_open: bool) -> People:
    """Check people against each other, leave out what is not pooled, and sort them into groups.

    Raises
    ------
    InputError
        For an id used twice, different scores, numbers that cannot be, or nobody at all.
    """
    problems = [*_not_finite(columns), *_used_twice(columns), *_different(columns)]
    if problems:
        raise InputError(_first_ones(problems))
    is_blinded = np.isin(columns.grade, list(BLINDED))
    used = np.ones(len(columns.ids), dtype=bool) if include_open else is_blinded
    left_out = int((~used).sum())
    if not used.any():
        raise InputError([_nobody(left_out)])
    bias = np.where(is_blinded, "", columns.grade)
    if (conditions := len(set(columns.condition[used].tolist()))) > MOST_CONDITIONS:
        given = f"{conditions:,} conditions"
        expected = f"at most {MOST_CONDITIONS}"
        raise InputError([problem("LDN-N024", "the contributions", given, expected)])
    order = np.argsort(columns.ids, kind="stable")
    order = order[used[order]]
    keys = sorted({*zip(columns.condition[used].tolist(), bias[used].tolist(), strict=True)})
    groups = tuple(
        _group(columns, order[(columns.condition[order] == c) & (bias[order] == b)], c, b)
        for c, b in keys
    )
    is_scored = bool(columns.outcome[0])
    low, high = columns.scale[0]
    return People(
        groups=groups,
        left_out=left_out,
        outcome=str(columns.outcome[0]),
        scale=(float(low), float(high)) if is_scored else None,
        mixed=_mixed(columns, used) if is_scored else (),
    )


def _group(columns: Columns, chosen: IntArray, condition: str, bias: str) -> Group:
    """Copy the people of one group, their components end to end."""
    count = (columns.start[1:] - columns.start[:-1])[chosen]
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    at = np.repeat(columns.start[chosen] - start[:-1], count) + np.arange(start[-1])
    return Group(
        condition=condition,
        bias=bias,
        start=start,
        log_c=columns.log_c[at],
        h=columns.h[at],
        lam=np.maximum(columns.lam[at], 0.0),
        ids=columns.ids[chosen],
    )


def _mixed(columns: Columns, used: NDArray[np.bool_]) -> tuple[str, ...]:
    """Sentences on what else differs between the people who are pooled."""
    told = []
    contrasts = sorted(set(columns.contrast[used].tolist()))
    if len(contrasts) > 1:
        told.append(
            "Some people were compared with placebo and some with taking nothing. The second kind"
            " of difference holds the drug and their expectations together."
        )
    doses = np.unique(columns.dose_mg[used])
    if len(doses) > 1:
        told.append(f"Doses from {doses[0]:g} to {doses[-1]:g} mg are pooled as if they were one.")
    return tuple(told)


def _wrong(value: Mapping[str, Any], place: str) -> list[Problem]:
    """Everything that is wrong with one contribution as read from JSON."""
    if not isinstance(value, Mapping) or value.get("kind") != "contribution":
        return [problem("LDN-N001", place, "no contribution", "a file of `openldn contribute`")]
    if value.get("format") != FORMAT or value["format"] is True:
        found = value.get("format")
        given = f"format {found!s:.20}"
        if isinstance(found, str):
            given = f'the text "{found[:20]}" as format'
        return [problem("LDN-N002", place, given, f"the number {FORMAT} as format")]
    problems = [
        problem("LDN-N003", f"{place}, {key}", str(value.get(key))[:60], expected)
        for key, (is_good, expected) in _PARTS.items()
        if not is_good(value.get(key))
    ]
    if not problems and not is_possible(value["part"], value["grade"]):
        given = f"open, with grade {value['grade']}"
        problems = [problem("LDN-N003", f"{place}, part", given, "an open diary is D or E")]
    return problems or _wrong_components(value["components"], place)


def is_possible(part: str, grade: str) -> bool:
    """Whether a part can have a grade: what was known to the person is D or E (model.md, 10)."""
    return part == "randomised" or grade in OPEN_GRADES


def _wrong_components(components: Sequence[Any], place: str) -> list[Problem]:
    if not 1 <= len(components) <= MOST_COMPONENTS:
        given = f"{len(components)} components"
        return [problem("LDN-N006", place, given, f"1 to {MOST_COMPONENTS}")]
    rows = [isinstance(c, Mapping) and all(map(_is_number, map(c.get, _KEYS))) for c in components]
    if not all(rows):
        at = f"{place}, components[{rows.index(False)}]"
        return [problem("LDN-N003", at, "a part that is no number", "log_c, h and lambda")]
    return []


def _not_finite(columns: Columns) -> list[Problem]:
    """Components with numbers that cannot be; NaN and infinities of JSON and Parquet end here."""
    numbers = np.column_stack([columns.log_c, columns.h, columns.lam])
    is_far: NDArray[np.bool_] = np.any(~(np.abs(numbers) <= LARGEST_NUMBER), axis=1)
    is_negative = columns.lam < -LAMBDA_ROUNDING
    found = []
    for at in np.flatnonzero(is_far | is_negative)[: _MOST_LISTED + 1]:
        owner = columns.ids[int(np.searchsorted(columns.start, at, side="right")) - 1]
        place = f"the person {_name(owner)}"
        if is_far[at]:
            given = "a component with a number that is not finite, or far too large"
            found.append(problem("LDN-N004", place, given, "finite numbers"))
        else:
            given = f"lambda = {columns.lam[at]:g}"
            found.append(problem("LDN-N005", place, given, "lambda of 0 or more"))
    return found


def _used_twice(columns: Columns) -> list[Problem]:
    ordered = np.sort(columns.ids)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return [
        problem("LDN-N007", f"the id {_name(one)}", "used twice", "each person once")
        for one in twice[: _MOST_LISTED + 1]
    ]


def _different(columns: Columns) -> list[Problem]:
    """People who were asked different things cannot be put together."""
    if not len(columns.ids):
        return [_nobody(0)]
    is_other = np.any(columns.scale != columns.scale[0], axis=1)
    first = np.flatnonzero(is_other | (columns.outcome != columns.outcome[0]))
    if not len(first):
        return []

    def shown(at: int) -> str:
        low, high = columns.scale[at]
        return f"{columns.outcome[at]}, {low:g} to {high:g}"

    given = f"{shown(0)} beside {shown(int(first[0]))}"
    return [problem("LDN-N008", "the contributions", given, "one score, scale and direction")]


def _nobody(left_out: int) -> Problem:
    given = "nobody"
    if left_out:
        diaries = "1 open diary" if left_out == 1 else f"{left_out} open diaries"
        given = f"only {diaries} (grade D or E)"
    return problem("LDN-N009", "the contributions", given, "at least one person to pool")


def _is_good_row(y: FloatArray, s: FloatArray) -> NDArray[np.bool_]:
    low, high = SE_RANGE
    is_good: NDArray[np.bool_] = (np.abs(y) <= LARGEST_ESTIMATE) & (s >= low) & (s <= high)
    return is_good


def _poor_row(name: str, y: float, s: float) -> Problem:
    return problem(
        "LDN-N011",
        f"the row of {name[:60]}",
        f"estimate {y:g}, se {s:g}",
        f"an estimate of at most {LARGEST_ESTIMATE:g} and an se from {SE_RANGE[0]:g} to"
        f" {SE_RANGE[1]:g}",
    )


def _first_ones(problems: Sequence[Problem]) -> list[Problem]:
    """At most twenty problems, and how many more there are."""
    shown = list(problems[:_MOST_LISTED])
    if len(problems) > len(shown):
        more = f"more than {_MOST_LISTED} problems"
        shown.append(problem("LDN-N099", "the contributions", more, "none"))
    return shown


_TODO: Final = {
    "LDN-N001": "Give files that `openldn contribute` wrote, a Parquet file of them, or a table.",
    "LDN-N002": "Make the contribution again with the same version of OpenLDN as the others.",
    "LDN-N003": "Make the contribution again from its diary.",
    "LDN-N004": "Make the contribution again from its diary.",
    "LDN-N005": "Make the contribution again from its diary.",
    "LDN-N006": "Make the contribution again from its diary.",
    "LDN-N007": "Leave one of the two out: a person must count once.",
    "LDN-N008": "Pool people who were asked the same, each score on its own.",
    "LDN-N009": "Add contributions; --include-open also takes open diaries, with a bias term.",
    "LDN-N011": "Correct the row, or leave it out.",
    "LDN-N024": "Pool fewer conditions at a time, or name them alike.",
    "LDN-N099": "Mend these first.",
}


def problem(code: str, place: str, given: str, expected: str) -> Problem:
    """One problem of this module, with the advice that belongs to its code."""
    return Problem(code=code, place=place, given=given, expected=expected, todo=_TODO[code])


def _name(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _is_number(value: object) -> bool:
    if isinstance(value, int):  # of any length in JSON; a double must be able to hold it
        return not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER
    return isinstance(value, float)


def _is_text(value: object) -> bool:
    # What is printable can be encoded, and steers no terminal.
    return isinstance(value, str) and value.isprintable() and 1 <= len(value.encode()) <= ID_BYTES


def _is_scale(value: object) -> bool:
    return (
        isinstance(value, Sequence)
        and len(value) == 2
        and all(_is_number(end) and math.isfinite(end) for end in value)
        and value[0] < value[1]
    )


_KEYS: Final = ("log_c", "h", "lambda")
_PARTS: Final = {
    "id": (_is_text, f"a name of at most {ID_BYTES} bytes"),
    "condition": (lambda v: v is None or _is_text(v), "an id of a condition, or null"),
    "grade": (lambda v: isinstance(v, str) and len(v) == 1 and v in GRADES, "A, B, C, D or E"),
    "part": (lambda v: v in ("randomised", "open"), "randomised or open"),
    "outcome": (_is_text, "an id of a score"),
    "better": (lambda v: v in ("lower", "higher"), "lower or higher"),
    "scale": (_is_scale, "two numbers, the smaller first"),
    "dose_mg": (lambda v: _is_number(v) and math.isfinite(v) and v >= 0, "mg, 0 or more"),
    "contrast": (lambda v: v in ("placebo", "none"), "placebo or none"),
    "components": (lambda v: isinstance(v, list), "a list"),
}
