"""What a person scores each day: scale, direction, and the difference that would matter."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from openldn.protocol.problems import InputError, Problem

__all__ = [
    "ID_PATTERN",
    "Better",
    "Family",
    "Outcome",
    "Role",
    "default_family",
    "default_mcid",
    "parse_outcome_option",
]

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,31}")
LARGEST_SCORE = 1_000_000.0  # beyond this a scale is a slip, and squares lose their digits
LEAST_SCORE = 1e-6  # nor does any scale tell apart less than this
MOST_PARTS = 100_000  # steps of a scale: 0 to 100 by thousandths


class Better(StrEnum):
    """The direction in which the score gets better."""

    LOWER = "lower"
    HIGHER = "higher"


class Role(StrEnum):
    """What an outcome is for: one primary carries the conclusion."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    HARM = "harm"


class Family(StrEnum):
    """The family of models that fits the scale (model.md sections 2 and 4)."""

    GAUSSIAN = "gaussian"
    ORDINAL = "ordinal"
    BINARY = "binary"
    COUNT = "count"


def default_family(steps: int) -> Family:
    """Choose the family by the number of answers: 2 binary, 3 to 6 ordinal, else gaussian."""
    if steps <= 2:
        return Family.BINARY
    return Family.ORDINAL if steps <= 6 else Family.GAUSSIAN


def default_mcid(*, width: float, step: float, family: Family) -> float:
    """Give the smallest difference that matters when the plan names none.

    A tenth of the scale; half a step on an ordinal scale (model.md section 4).
    """
    return step / 2 if family is Family.ORDINAL else width / 10


def divides(step: float, *, minimum: float, maximum: float) -> bool:
    """Tell whether a step cuts a scale into equal parts, and not into absurdly many."""
    # The decimals as a person wrote them, so that 0.1 divides 10.
    width = Decimal(repr(maximum)) - Decimal(repr(minimum))
    parts = width / Decimal(repr(step))
    return 1 <= parts <= MOST_PARTS and parts == parts.to_integral_value()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One daily score."""

    id: str
    label: str
    minimum: float
    maximum: float
    step: float = 1.0
    better: Better
    mcid: float  # in the outcome's own points
    role: Role
    family: Family

    @property
    def width(self) -> float:
        """The width of the scale in points (R in model.md)."""
        return self.maximum - self.minimum

    @property
    def steps(self) -> int:
        """The number of answers that the scale offers."""
        return round(self.width / self.step) + 1

    def holds(self, value: float) -> bool:
        """Tell whether a value lies on the scale (between two steps is allowed)."""
        return math.isfinite(value) and self.minimum <= value <= self.maximum


_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_SCALE = re.compile(rf"({_NUMBER})-({_NUMBER})", re.ASCII)
_FORM = "ID:MIN-MAX:lower|higher[:mcid=X][:step=X]"
_EXAMPLE = "Write it like pain:0-10:lower:mcid=1."


def parse_outcome_option(text: str, *, role: Role) -> Outcome:
    """Read an outcome from the command line: ``pain:0-10:lower:mcid=1``.

    Raises
    ------
    InputError
        With every part that cannot be read.
    """
    parts = text.split(":")
    if len(parts) < 3:
        raise InputError([_problem("LDN-C010", text, _FORM)])
    option_id, scale, direction, *extras = (part.strip() for part in parts)
    problems: list[Problem] = []
    if not ID_PATTERN.fullmatch(option_id):
        problems.append(
            _problem("LDN-C011", option_id, "an id of small letters, digits and _, up to 32 long")
        )
    if direction not in set(Better):
        problems.append(_problem("LDN-C013", direction, "lower or higher (which way is better)"))
    ends = _scale_ends(scale, problems)
    settings = _settings(extras, problems)
    if problems or ends is None:
        raise InputError(problems)
    return _outcome(option_id, ends, Better(direction), settings, role)


def _outcome(
    option_id: str,
    ends: tuple[float, float],
    better: Better,
    settings: dict[str, float],
    role: Role,
) -> Outcome:
    minimum, maximum = ends
    width = maximum - minimum
    step = settings.get("step", 1.0 if width >= 1 else width)
    family = default_family(round(width / step) + 1)
    mcid = settings.get("mcid", default_mcid(width=width, step=step, family=family))
    # Without a step of its own a scale such as 0-10.5 is read as it is, in whole points.
    is_step_good = (
        divides(step, minimum=minimum, maximum=maximum)
        if "step" in settings
        else width / step <= MOST_PARTS
    )
    facts = [
        (f"mcid={mcid:g}", mcid <= width, f"at most the width of the scale, {width:g}"),
        (
            f"step={step:g}",
            is_step_good,
            f"a step that divides {width:g} points into at most {MOST_PARTS:,} equal parts",
        ),
    ]
    problems = [
        _problem("LDN-C015", given, expected) for given, is_good, expected in facts if not is_good
    ]
    if problems:
        raise InputError(problems)
    return Outcome(
        id=option_id,
        label=option_id.replace("_", " ").capitalize(),
        minimum=minimum,
        maximum=maximum,
        step=step,
        better=better,
        mcid=mcid,
        role=role,
        family=family,
    )


def _scale_ends(text: str, problems: list[Problem]) -> tuple[float, float] | None:
    match = _SCALE.fullmatch(text)
    ends = (float(match[1]), float(match[2])) if match else None
    if ends and ends[1] - ends[0] >= LEAST_SCORE and max(map(abs, ends)) <= LARGEST_SCORE:
        return ends
    problems.append(_problem("LDN-C012", text, "two numbers, the smaller first, such as 0-10"))
    return None


def _settings(extras: list[str], problems: list[Problem]) -> dict[str, float]:
    settings: dict[str, float] = {}
    for extra in extras:
        key, sign, value = extra.partition("=")
        is_number = re.fullmatch(_NUMBER, value, re.ASCII) is not None
        if key not in ("mcid", "step") or not sign or key in settings:
            problems.append(_problem("LDN-C014", extra, "mcid=X or step=X, each at most once"))
        elif not is_number or not LEAST_SCORE <= float(value) <= LARGEST_SCORE:
            expected = f"{key}= and a number from {LEAST_SCORE:f} to {LARGEST_SCORE:.0f}"
            problems.append(_problem("LDN-C015", extra, expected))
        else:
            settings[key] = float(value)
    return settings


def _problem(code: str, given: str, expected: str) -> Problem:
    shown = given if len(given) <= 80 else given[:77] + "..."
    return Problem(
        code=code, place="--outcome", given=repr(shown), expected=expected, todo=_EXAMPLE
    )
