"""What would make an open question clearer: virtual trials with the noise that the answer found.

Run in the worker after the answer, because it takes some seconds. Only what was computed is told: a
plan without an order drawn by chance, or a scale that virtual trials do not know, has none.
"""

from collections.abc import Mapping
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from openldn.diary import Diary
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError

if TYPE_CHECKING:
    from openldn.virtual import Assumptions, Study

__all__ = ["TRIALS", "forecast_of", "is_asked_for"]

TRIALS = 200  # for each plan: an error of about 4 in 100, printed with it
_MOST_PLANS = 4  # beside the one that was run
_PHI = (0.0, 0.98)  # what virtual people can have
_WHITE = (0.01, 1.0)
_TAU = (0.1, 365.0)


def is_asked_for(saved: Mapping[str, Any], plan: Plan) -> bool:
    """Tell whether the primary outcome stayed open after an order drawn by chance."""
    return plan.design.kind.is_randomised and _open_primary(saved) is not None


def forecast_of(saved: Mapping[str, Any], *, plan: Plan, diary: Diary) -> dict[str, Any] | None:
    """Run the trial again on invented people, and longer ones beside it.

    None where virtual trials cannot be run of such a plan.
    """
    from openldn.virtual import design

    primary = _open_primary(saved)
    if primary is None or primary["noise_sd"] is None:
        return None
    outcome = plan.primary
    effect = outcome.mcid if outcome.better is Better.HIGHER else -outcome.mcid
    try:
        assumed = _assumptions(primary, saved, plan=plan, diary=diary)
        study = design(plan, trials=TRIALS, effects=[effect], assumptions=assumed)
    except InputError:
        return None
    return _told(study, effect)


def _open_primary(saved: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = (one for one in saved["outcomes"] if one["role"] == "primary")
    primary: Mapping[str, Any] | None = next(found, None)
    return primary if primary and primary["verdict"] == "could-not-tell" else None


def _assumptions(
    primary: Mapping[str, Any], saved: Mapping[str, Any], *, plan: Plan, diary: Diary
) -> "Assumptions":
    from openldn.virtual import Assumptions

    outcome, days = plan.primary, saved["design"]
    return Assumptions(
        sigma=_range(primary["noise_sd"], (0.001 * outcome.width, outcome.width)),
        phi=_range(primary["phi"], _PHI),
        w=_range(primary["white_share"], _WHITE),
        tau=_range(primary["onset_days"], _TAU),
        level=_level(diary, outcome),
        missing=1 - days["days_recorded"] / days["days"],
    )


def _range(found: Mapping[str, float], ends: tuple[float, float]) -> tuple[float, float]:
    """Return the middle nine tenths of what the records leave open, within what is possible."""
    low, high = (min(max(found[name], ends[0]), ends[1]) for name in ("q05", "q95"))
    return low, high


def _level(diary: Diary, outcome: Outcome) -> tuple[float, float]:
    """Return where the middle half of the scores lies, as a share of the scale from its worst."""
    scores = [day.scores.get(outcome.id) for day in diary.days()]
    low, _, high = quantiles([score for score in scores if score is not None], n=4)
    worst = outcome.maximum if outcome.better is Better.LOWER else outcome.minimum
    ends = sorted(abs(worst - score) / outcome.width for score in (low, high))
    return ends[0], ends[1]


def _told(study: "Study", effect: float) -> dict[str, Any]:
    mine = study.designs[0]
    longer = [
        one
        for one in study.designs[1:]
        if one.plan.total_days > mine.plan.total_days
        and one.plan.design.scheme is mine.plan.design.scheme
    ]
    longer.sort(key=lambda one: one.plan.total_days)
    kept = [mine, *longer[:_MOST_PLANS]]
    return {
        "effect": effect,
        "trials": study.trials,
        "mcse": max(one.at(effect).mcse for one in kept),
        "plans": [
            {
                "pairs": one.plan.design.pairs,
                "period_days": one.plan.design.period_days,
                "days": one.plan.total_days,
                "p_clear": one.at(effect).p_clear,
            }
            for one in kept
        ],
    }
