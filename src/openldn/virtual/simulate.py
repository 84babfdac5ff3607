"""One virtual person: a diary drawn from the model that the analysis assumes (model.md, 2).

    y_t = alpha + gamma s_t + pill z_t + sum_k beta_k x_tk + u_t + e_t

rounded to the steps of the scale, clipped to its ends, with days missing at random. A scale of two
to six answers, or of counts, is drawn by its own family instead (model.md, 4). The truth is given
with the diary, so that any answer can be held against it. All chance comes from the seed, in
streams of its own for each purpose: asking for more missing days changes no score.
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
from openldn.protocol.outcomes import Better, Family, Outcome
from openldn.protocol.plan import Acts, Arm, Plan
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.schemes import member, set_size
from openldn.virtual._answers import (
    LatentPerson,
    coefficient_for,
    draw_answers,
    drifting,
    expected_points,
    latent_person,
)

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
class _LatentScore:
    """The same for an outcome of another family: on the link scale, with the points it comes to."""

    person: LatentPerson
    pill: float
    links: Mapping[Dose, float]
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
    scores: dict[str, _Score | _LatentScore] = {}
    values: dict[str, Floats] = {}
    for outcome in plan.outcomes:
        draws = (streams.body.uniform(), streams.body.normal(), streams.body.uniform())
        rng = streams.scores[len(scores)]
        effect = effects.get(outcome.id, 0.0)
        if outcome.family is Family.GAUSSIAN:
            score = _score(plan, outcome, draws, effect=effect, pill=pill)
            scores[outcome.id] = score
            values[outcome.id] = _on_scale(_course(plan, days, body, score, rng), outcome)
        else:
            person = latent_person(
                outcome,
                place=0.35 + 0.2 * draws[0],
                drift=draws[1],
                spread=draws[2],
                rounded=_rounded,
            )
            scores[outcome.id], values[outcome.id] = _answers(
                plan, outcome, days, body, person, rng, effect=effect, pill=pill
            )
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


def _score(
    plan: Plan, outcome: Outcome, draws: tuple[float, float, float], *, effect: float, pill: float
) -> _Score:
    """Turn a uniform, a normal and a uniform draw into one outcome's own numbers."""
    from_worst = outcome.width * (0.35 + (0.55 - 0.35) * draws[0])
    is_lower_better = outcome.better is Better.LOWER
    alpha = outcome.maximum - from_worst if is_lower_better else outcome.minimum + from_worst
    target = plan.design.target
    return _Score(
        alpha=_rounded(alpha),
        gamma=_rounded(outcome.width * (0.05 * draws[1])),
        sigma=_rounded(outcome.width * (0.1 + (0.2 - 0.1) * draws[2])),
        pill=_rounded(pill * outcome.width / 10),
        betas={dose: _rounded(effect * dose.ug / target.ug) for dose in _doses(plan)},
    )


def _answers(
    plan: Plan,
    outcome: Outcome,
    days: Sequence[PlannedDay],
    body: _Body,
    person: LatentPerson,
    rng: np.random.Generator,
    *,
    effect: float,
    pill: float,
) -> tuple[_LatentScore, Floats]:
    """Find the coefficients that make the asked differences, and draw every day's answer."""
    n = len(days)
    exposures = _exposures(plan, days, body.tau)
    wandering = drifting(rng.normal(0, person.su, n), body.phi)
    predictor = person.alpha + person.gamma * _place(n) + wandering
    pill_points = pill * outcome.width / 10
    pill_link = _rounded(coefficient_for(outcome, person, predictor, points=pill_points))
    predictor = predictor + pill_link * exposures.capsule
    without = expected_points(outcome, person, predictor).mean()
    links, betas = {}, {}
    before = predictor
    for dose, exposure in exposures.levels.items():
        points = effect * dose.ug / plan.design.target.ug
        links[dose] = _rounded(coefficient_for(outcome, person, before, points=points))
        moved = expected_points(outcome, person, before + links[dose]).mean()
        betas[dose] = _rounded(moved - without)
        predictor = predictor + links[dose] * exposure
    score = _LatentScore(person=person, pill=pill_link, links=links, betas=betas)
    return score, draw_answers(outcome, person, predictor, rng)


def _doses(plan: Plan) -> list[Dose]:
    doses = {step.dose for step in plan.titration} | {plan.design.target, plan.drug.already_on}
    return sorted(doses - {Dose(0)})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Exposures:
    """Exposure to any capsule and to each dose, day by day."""

    capsule: Floats
    levels: Mapping[Dose, Floats]


def _exposures(plan: Plan, days: Sequence[PlannedDay], tau: float) -> _Exposures:
    before = plan.drug.already_on
    levels = _acting([day.level or Dose(0) for day in days], before, plan.drug.acts)
    is_capsule = [day.arm is not Arm.NONE for day in days]
    capsules = _acting(is_capsule, before > Dose(0), plan.drug.acts)
    return _Exposures(
        capsule=_exposure(capsules, True, starts_on=before > Dose(0), tau=tau),
        levels={
            dose: _exposure(levels, dose, starts_on=before == dose, tau=tau)
            for dose in _doses(plan)
        },
    )


def _place(n: int) -> Floats:
    """s_t, over the whole calendar."""
    place: Floats = (np.arange(n) - (n - 1) / 2) / n
    return place


def _course(
    plan: Plan, days: Sequence[PlannedDay], body: _Body, score: _Score, rng: np.random.Generator
) -> Floats:
    """Give the score of every day before it is rounded."""
    n = len(days)
    exposures = _exposures(plan, days, body.tau)
    course = score.alpha + score.gamma * _place(n)
    course += score.pill * exposures.capsule
    for dose, beta in score.betas.items():
        course += beta * exposures.levels[dose]
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
    steps = rng.normal(0, sigma * math.sqrt(1 - body.w), n)
    return drifting(steps, body.phi) + scatter


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
    scores: Mapping[str, _Score | _LatentScore],
    order: Sequence[Arm] | None,
    missing: float,
) -> dict[str, Any]:
    outcomes = {key: _told(score) for key, score in scores.items()}
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
        **outcomes[plan.primary.id],
        "outcomes": outcomes,
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


def _told(score: _Score | _LatentScore) -> dict[str, Any]:
    """The numbers behind one outcome; of a family other than gaussian on the link scale."""
    if isinstance(score, _Score):
        return {
            "sigma": score.sigma,
            "alpha": score.alpha,
            "gamma": score.gamma,
            "pill": score.pill,
        }
    person = score.person
    return {
        "family": str(person.family),
        "alpha": person.alpha,
        "gamma": person.gamma,
        "pill": score.pill,
        "su": person.su,
        "cutpoints": list(person.cuts),
        "r": person.dispersion,
        "link_effects": {str(dose.mg): link for dose, link in score.links.items()},
    }


def _rounded(value: float) -> float:
    return round(float(value), _DECIMALS)
