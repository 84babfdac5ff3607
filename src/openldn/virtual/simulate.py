"""One virtual person: a diary drawn from the model that the analysis assumes (model.md, 2).

    y_t = alpha + gamma s_t + pill z_t + sum_k beta_k x_tk + u_t + e_t

rounded to the steps of the scale, clipped to its ends, with days missing at random. The truth is
given with the diary, so that any answer can be held against it. All chance comes from the seed,
in streams of its own for each purpose: asking for more missing days changes no score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from openldn.diary import Diary, Entry
from openldn.protocol.calendar import PlannedDay, calendar
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Acts, Arm, Plan
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.schemes import member, set_size

__all__ = ["SIDE_EFFECT", "Simulated", "simulate"]

_T = TypeVar("_T")
Floats = NDArray[np.float64]

# The complaint named most often in trials of LDN, so the invented diary has it too.
SIDE_EFFECT = "vivid-dreams"
_SIDE_EFFECT_ON_ACTIVE = 0.15  # share of days; made up, for practice only
_SIDE_EFFECT_OTHERWISE = 0.05
_DECIMALS = 4  # the truth is rounded first and used as rounded, so the file tells all of it


class Simulated(NamedTuple):
    """A made-up diary and the numbers behind it."""

    diary: Diary
    truth: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Body:
    """How a person reacts and wanders, the same for all her scores."""

    tau: float  # days until 63% of an effect is there
    phi: float  # how much of today's wandering is left tomorrow
    w: float  # share of the noise that is new every day


@dataclass(frozen=True, kw_only=True, slots=True)
class _Score:
    """What is particular to one outcome, in its own points."""

    alpha: float
    gamma: float
    sigma: float
    pill: float
    betas: Mapping[Dose, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Streams:
    """One generator for each purpose."""

    body: np.random.Generator
    order: np.random.Generator
    missing: np.random.Generator
    side_effect: np.random.Generator
    scores: tuple[np.random.Generator, ...]


def simulate(
    plan: Plan,
    *,
    effects: Mapping[str, float],
    seed: int,
    order: Sequence[Arm] | None = None,
    missing: float = 0.1,
    pill: float = 0.0,
) -> Simulated:
    """Make the diary of a virtual person who keeps to a plan.

    Parameters
    ----------
    plan
        What is taken when. An invented order of the periods is drawn from the plan's scheme.
    effects
        Steady-state effect of the target dose on each outcome, in its points; negative = lower
        score. Outcomes not named have none. Smaller doses have an effect in proportion.
    seed
        Where all chance comes from; 0 or more.
    order
        The arm of each period, instead of the drawn one.
    missing
        Share of days on which nothing was answered, 0 to 1.
    pill
        What any capsule does by being taken, in tenths of the scale.

    Raises
    ------
    InputError
        When an effect belongs to no outcome of the plan, or a number is out of range.
    """
    _check(plan, effects, missing)
    streams = _streams(seed, n_outcomes=len(plan.outcomes))
    if order is None and plan.design.kind.is_randomised:
        order = _drawn_order(plan, streams.order)
    days = calendar(plan, order=order)
    body = _drawn_body(streams.body)
    scores = {
        outcome.id: _drawn_score(
            plan, outcome, effect=effects.get(outcome.id, 0.0), pill=pill, rng=streams.body
        )
        for outcome in plan.outcomes
    }
    values = {
        outcome.id: _on_scale(_course(plan, days, body, scores[outcome.id], rng), outcome)
        for outcome, rng in zip(plan.outcomes, streams.scores, strict=True)
    }
    diary = Diary.from_entries(
        _entries(days, values, missing=missing, streams=streams),
        outcome_ids=list(values),
        side_effect_ids=[SIDE_EFFECT],
        first_date=plan.design.start,
    )
    truth = _truth(plan, seed=seed, body=body, scores=scores, order=order, missing=missing)
    return Simulated(diary=diary, truth=truth)


def _check(plan: Plan, effects: Mapping[str, float], missing: float) -> None:
    widths = {outcome.id: outcome.width for outcome in plan.outcomes}
    problems = [
        Problem(
            code="LDN-C030",
            place="effect",
            given=f"an effect on {outcome_id}",
            expected=f"an outcome of the plan: {', '.join(widths)}",
            todo="Compare the name with the plan.",
        )
        for outcome_id in effects
        if outcome_id not in widths
    ]
    problems += [
        Problem(
            code="LDN-C031",
            place=f"effect on {outcome_id}",
            given=f"{effect:g} points",
            expected=f"a number from {-widths[outcome_id]:g} to {widths[outcome_id]:g}",
            todo="Give the effect in points of the score; negative means a lower score.",
        )
        for outcome_id, effect in effects.items()
        if outcome_id in widths and not abs(effect) <= widths[outcome_id]
    ]
    if not 0 <= missing <= 1:
        problems.append(
            Problem(
                code="LDN-C032",
                place="missing",
                given=f"{missing:g}",
                expected="a share of days from 0 to 1",
                todo="Write 0.1 for one day in ten.",
            )
        )
    if problems:
        raise InputError(problems)


def _streams(seed: int, *, n_outcomes: int) -> _Streams:
    body, order, missing, side_effect, scores = np.random.SeedSequence(seed).spawn(5)
    return _Streams(
        body=np.random.default_rng(body),
        order=np.random.default_rng(order),
        missing=np.random.default_rng(missing),
        side_effect=np.random.default_rng(side_effect),
        scores=tuple(map(np.random.default_rng, scores.spawn(n_outcomes))),
    )


def _drawn_order(plan: Plan, rng: np.random.Generator) -> tuple[Arm, ...]:
    design = plan.design
    size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
    # Sets can be larger than 64 bits; 16 bytes more than needed leave a bias below 2^-128.
    n_bytes = (size.bit_length() + 7) // 8 + 16
    index = int.from_bytes(rng.bytes(n_bytes), "big") % size
    return member(
        design.scheme,
        index,
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )


def _drawn_body(rng: np.random.Generator) -> _Body:
    # A believable person, not a draw from the whole prior: practice diaries should look real.
    return _Body(
        tau=_rounded(math.exp(rng.uniform(math.log(3), math.log(14)))),
        phi=_rounded(rng.uniform(0, 0.8)),
        w=_rounded(rng.uniform(0.2, 0.8)),
    )


def _drawn_score(
    plan: Plan, outcome: Outcome, *, effect: float, pill: float, rng: np.random.Generator
) -> _Score:
    from_worst = outcome.width * rng.uniform(0.35, 0.55)
    is_lower_better = outcome.better is Better.LOWER
    alpha = outcome.maximum - from_worst if is_lower_better else outcome.minimum + from_worst
    target = plan.design.target
    return _Score(
        alpha=_rounded(alpha),
        gamma=_rounded(outcome.width * rng.normal(0, 0.05)),
        sigma=_rounded(outcome.width * rng.uniform(0.1, 0.2)),
        pill=_rounded(pill * outcome.width / 10),
        betas={dose: _rounded(effect * dose.ug / target.ug) for dose in _doses(plan)},
    )


def _doses(plan: Plan) -> list[Dose]:
    doses = {step.dose for step in plan.titration} | {plan.design.target, plan.drug.already_on}
    return sorted(doses - {Dose(0)})


def _course(
    plan: Plan, days: Sequence[PlannedDay], body: _Body, score: _Score, rng: np.random.Generator
) -> Floats:
    """Give the score of every day before it is rounded."""
    n = len(days)
    before = plan.drug.already_on
    levels = _acting([day.level or Dose(0) for day in days], before, plan.drug.acts)
    is_capsule = [day.arm is not Arm.NONE for day in days]
    capsules = _acting(is_capsule, before > Dose(0), plan.drug.acts)
    place = (np.arange(n) - (n - 1) / 2) / n  # s_t, over the whole calendar
    course = score.alpha + score.gamma * place
    course += score.pill * _exposure(capsules, True, starts_on=before > Dose(0), tau=body.tau)
    for dose, beta in score.betas.items():
        course += beta * _exposure(levels, dose, starts_on=before == dose, tau=body.tau)
    return course + _noise(n, body, score.sigma, rng)


def _acting(assigned: Sequence[_T], before: _T, acts: Acts) -> Sequence[_T]:
    return assigned if acts is Acts.SAME_DAY else [before, *assigned[:-1]]


def _exposure(acting: Sequence[object], level: object, *, starts_on: bool, tau: float) -> Floats:
    """Build up toward 1 on days at the level, fade toward 0 on others, with time constant tau."""
    pace = 1 - math.exp(-1 / tau)
    exposure = np.empty(len(acting))
    x = float(starts_on)
    for day, on in enumerate(acting):
        x += pace * ((on == level) - x)
        exposure[day] = x
    return exposure


def _noise(n: int, body: _Body, sigma: float, rng: np.random.Generator) -> Floats:
    scatter = rng.normal(0, sigma * math.sqrt(body.w), n)
    sd = sigma * math.sqrt(1 - body.w)
    steps = rng.normal(0, sd, n)
    wandering = np.empty(n)
    u = steps[0] if n else 0.0  # stationary from the first day on
    for day in range(n):
        if day:
            u = body.phi * u + math.sqrt(1 - body.phi**2) * steps[day]
        wandering[day] = u
    return wandering + scatter


def _on_scale(course: Floats, outcome: Outcome) -> Floats:
    steps = np.rint((course - outcome.minimum) / outcome.step)
    values = outcome.minimum + steps * outcome.step
    # Ten decimals take away the dust of steps such as 0.1.
    return np.clip(np.round(values, 10), outcome.minimum, outcome.maximum)


def _entries(
    days: Sequence[PlannedDay],
    values: Mapping[str, Floats],
    *,
    missing: float,
    streams: _Streams,
) -> list[Entry]:
    is_missing = streams.missing.random(len(days)) < missing
    luck = streams.side_effect.random((len(days), 2))
    return [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=day.dose.ug if day.dose else None,
            taken=None if day.arm is Arm.NONE else True,
            period=day.period,
            scores={
                key: None if is_missing[at] else float(column[at]) for key, column in values.items()
            },
            side_effects={SIDE_EFFECT: None if is_missing[at] else _grade(day, luck[at])},
        )
        for at, day in enumerate(days)
    ]


def _grade(day: PlannedDay, luck: Floats) -> int:
    share = _SIDE_EFFECT_ON_ACTIVE if day.arm is Arm.ACTIVE else _SIDE_EFFECT_OTHERWISE
    if luck[0] >= share:
        return 0
    return 1 if luck[1] < 0.8 else 2  # mostly mild


def _truth(
    plan: Plan,
    *,
    seed: int,
    body: _Body,
    scores: Mapping[str, _Score],
    order: Sequence[Arm] | None,
    missing: float,
) -> dict[str, Any]:
    primary = scores[plan.primary.id]
    return {
        "format": 1,
        "kind": "truth",
        "seed": seed,
        "effects": {
            key: {str(dose.mg): beta for dose, beta in score.betas.items()}
            for key, score in scores.items()
        },
        "tau": body.tau,
        "phi": body.phi,
        "w": body.w,
        # The primary outcome's; the other outcomes have theirs below.
        "sigma": primary.sigma,
        "alpha": primary.alpha,
        "gamma": primary.gamma,
        "pill": primary.pill,
        "outcomes": {
            key: {
                "sigma": score.sigma,
                "alpha": score.alpha,
                "gamma": score.gamma,
                "pill": score.pill,
            }
            for key, score in scores.items()
        },
        "order": [str(arm) for arm in order or ()],
        "missing": missing,
        "side_effects": {
            SIDE_EFFECT: {"active": _SIDE_EFFECT_ON_ACTIVE, "otherwise": _SIDE_EFFECT_OTHERWISE}
        },
        "notes": [
            "This person is invented. Every number here comes from the seed.",
            "effects: steady-state points at each dose in mg, against taking nothing; the drug"
            " alone. A dose below the target has an effect in proportion.",
            "gamma: drift from the first day to the last of the whole plan.",
            "Scores were rounded to the step of the scale and clipped to its ends afterwards.",
        ],
    }


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
