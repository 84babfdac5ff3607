"""What is assumed of the person behind a virtual trial, and what her own diary says instead."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np

from openldn.diary import Diary
from openldn.inference import gaussian
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.priors import beta_prior
from openldn.protocol.calendar import Phase, calendar
from openldn.protocol.outcomes import Family, Outcome
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem

__all__ = ["LEAST_BASELINE_VALUES", "Assumptions", "Range"]

Range = tuple[float, float]

# Fewer values say next to nothing about how a score wanders; a week is the least.
LEAST_BASELINE_VALUES: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """Ranges from which every virtual person is drawn, and what goes wrong in her trial.

    The defaults of noise and time are those of `simulate`'s invented people: believable, not drawn
    from the whole prior. Nobody measured tau for LDN, so it is a range.

    Attributes
    ----------
    sigma
        Standard deviation of the noise, in points of the primary outcome; None for families whose
        answers scatter by their own rule (yes or no, answers in order, counts).
    phi, w
        Day-to-day memory of the wandering, and the share of the noise that is new every day; the
        other families have no w.
    tau
        Days until 63% of an effect is there; drawn evenly on a logarithmic scale.
    level
        Where the score stands without LDN, as a share of the scale from its worst end.
    missing
        Share of days without an answer.
    drop_out
        Chance that she stops writing on some day of the randomised part.
    hope
        What any capsule does by being taken, in points toward better. Both arms of a blinded part
        hold it; in an open one it cannot be told apart from the drug.
    own_values
        How many values of her own baseline diary the noise comes from; 0 where it is assumed.
    """

    sigma: Range | None
    phi: Range = (0.0, 0.8)
    w: Range = (0.2, 0.8)
    tau: Range = (3.0, 14.0)
    level: Range = (0.35, 0.55)
    missing: float = 0.1
    drop_out: float = 0.0
    hope: float = 0.0
    own_values: int = 0

    @classmethod
    def believable(cls, outcome: Outcome) -> "Assumptions":
        """A person such as `simulate` invents: noise of a tenth to a fifth of the scale."""
        if outcome.family is not Family.GAUSSIAN:
            return cls(sigma=None)
        return cls(sigma=(0.1 * outcome.width, 0.2 * outcome.width))

    def with_own_noise(self, diary: Diary, *, plan: Plan) -> "Assumptions":
        """Take noise and level from the days before the first dose, as far as they tell.

        Each virtual person's noise is drawn between the 5% and the 95% point of what those days
        leave open, so a short baseline gives a wide range.

        Raises
        ------
        InputError
            When there are too few values, or all are the same.
        """
        score = _baseline(diary, plan=plan)
        values = score[~np.isnan(score)]
        if len(values) < LEAST_BASELINE_VALUES or values.min() == values.max():
            raise InputError([_too_short(len(values))])
        outcome = plan.primary
        fit = _noise_of(score, outcome)
        ends = sorted(
            abs(worst - float(value))
            for worst in [outcome.maximum if _is_lower_better(outcome) else outcome.minimum]
            for value in np.quantile(values, (0.25, 0.75))
        )
        return replace(
            self,
            sigma=(fit.noise_sd.q05, fit.noise_sd.q95),
            phi=(fit.phi.q05, fit.phi.q95),
            w=(fit.white_share.q05, fit.white_share.q95),
            level=(ends[0] / outcome.width, ends[1] / outcome.width),
            own_values=len(values),
        )

    def problems(self, outcome: Outcome) -> Iterator[Problem]:
        """List what is out of range."""
        limits = {
            "sigma": (0.001 * outcome.width, outcome.width),
            "phi": (0.0, 0.98),
            "w": (0.01, 1.0),
            "tau": (0.1, 365.0),
            "level": (0.0, 1.0),
            "missing": (0.0, 1.0),
            "drop_out": (0.0, 1.0),
            "hope": (-outcome.width, outcome.width),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if value is None:
                continue
            low, high = value if isinstance(value, tuple) else (value, value)
            if not least <= low <= high <= most:
                yield Problem(
                    code="LDN-V003",
                    place=name.replace("_", "-"),
                    given=f"{low:g} to {high:g}" if isinstance(value, tuple) else f"{value:g}",
                    expected=f"numbers from {least:g} to {most:g}, the smaller one first",
                    todo="Correct this assumption.",
                )

    def to_json(self) -> dict[str, Any]:
        """Plain numbers under their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _is_lower_better(outcome: Outcome) -> bool:
    return outcome.better == "lower"


def _baseline(diary: Diary, *, plan: Plan) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(T,) scores of the plan's days before the first dose; NaN where there is none."""
    last = sum(1 for day in calendar(plan) if day.phase is Phase.BASELINE)
    recorded = {day.day: day.scores.get(plan.primary.id) for day in diary.days()}
    found = (recorded.get(day) for day in range(last))
    return np.array([np.nan if score is None else score for score in found], dtype=np.float64)


def _noise_of(score: np.ndarray[Any, np.dtype[np.float64]], outcome: Outcome) -> gaussian.Fit:
    """The engine's own fit, with a level that was never on."""
    series = Series(
        score=score,
        minimum=outcome.minimum,
        maximum=outcome.maximum,
        level=np.zeros(len(score), dtype=np.int64),
        n_levels=1,
        capsule=None,
        events=np.empty((len(score), 0)),
    )
    try:
        return gaussian.fit(series, prior=beta_prior("default"))
    except GridTooHard:
        raise InputError([_too_short(int((~np.isnan(score)).sum()))]) from None


def _too_short(count: int) -> Problem:
    return Problem(
        code="LDN-V005",
        place="the diary's days before the first dose",
        given=f"{count} values of the primary outcome that can be used",
        expected=f"{LEAST_BASELINE_VALUES} or more, and not all the same",
        todo="Record a longer baseline, or leave the diary out: then noise is assumed.",
    )
