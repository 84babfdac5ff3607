"""Virtual trials: many people who follow one plan, each analysed as a real one would be.

A block is so many trials that share a seed. Its people depend on the seed and on the number of the
block alone, so it does not matter how blocks are spread over processes, and the same people meet
every effect and every plan.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn._version import __version__
from openldn.inference import bulk, priors
from openldn.inference.families import fit_outcome
from openldn.inference.grid import GridTooHard
from openldn.inference.latent_model import LatentFit
from openldn.inference.limits import MIN_FOR_CLEAR
from openldn.inference.priors import BetaPrior
from openldn.inference.question import MIN_VALUES
from openldn.protocol.calendar import calendar
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better, Family, Outcome
from openldn.protocol.plan import Acts, Arm, Plan
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.schemes import member, set_size
from openldn.virtual._answers import coefficient_for, draw_answers, drifting, latent_person
from openldn.virtual.assumptions import Assumptions, Range

__all__ = [
    "BLOCK",
    "Answers",
    "Block",
    "People",
    "Tally",
    "Template",
    "answers_of",
    "draw",
    "levels_of",
    "prior_of",
    "run_block",
    "template_of",
]

Floats = NDArray[np.float64]

BLOCK: Final = 256
# Nobody lives at the very end of a scale: there an answer would be certain.
LEAST_PLACE: Final = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One piece of work: some virtual trials of one plan and one true effect.

    Attributes
    ----------
    effect
        Steady effect of the target dose, in points of the primary outcome, signed.
    number
        Which block; its people come from `seed` and this.
    count
        How many of its `BLOCK` people are wanted: the first so many.
    points
        Size of the shared grid.
    """

    plan: Plan
    effect: float
    assumptions: Assumptions
    seed: int
    number: int
    count: int = BLOCK
    points: int = bulk.POINTS

    @property
    def key(self) -> str:
        """A name that no other piece of work has: for files of results, and for a scheduler."""
        # The wording of a plan does not matter, its meaning does.
        numbers = (self.effect, self.seed, self.number, self.count, self.points)
        parts = (__version__, self.plan.to_toml(), repr(self.assumptions), repr(numbers))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What came of some trials, as sums that can be added up.

    Attributes
    ----------
    trials
        How many.
    benefit, harm, misleading
        How many told a clear benefit, a clear harm, and something clear that was wrong.
    fitted, sum_sd, sum_sd_squared
        How many could be analysed, and the sums of the SD of their effect, in points.
    alone
        How many the adaptive route finished.
    """

    trials: int = 0
    benefit: int = 0
    harm: int = 0
    misleading: int = 0
    fitted: int = 0
    sum_sd: float = 0.0
    sum_sd_squared: float = 0.0
    alone: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in asdict(self)})

    def to_json(self) -> dict[str, Any]:
        """Plain numbers under their names."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A plan under one order, as the engine sees its days.

    Attributes
    ----------
    level
        (T,) the level that acts on each day: 0 none, else 1 + its index among the plan's levels.
    capsule
        (T,) whether any capsule acts.
    arm
        (T,) index among `ARMS` of the arm of the day itself.
    """

    level: NDArray[np.int64]
    capsule: NDArray[np.bool_]
    arm: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """The diaries of one block.

    Attributes
    ----------
    score
        (N, T) in points, rounded and clipped; NaN where nothing counts or nothing was written.
    order
        (N,) row of `templates`.
    """

    score: Floats
    order: NDArray[np.int64]
    templates: tuple[Template, ...]


ARMS = (Arm.NONE, Arm.PLACEBO, Arm.ACTIVE)


def run_block(block: Block) -> Tally:
    """Invent the people of a block, analyse each diary, and count what was told."""
    people = draw(block)
    answers = answers_of(people, plan=block.plan, points=block.points)
    return _told(block, answers, values=(~np.isnan(people.score)).sum(axis=1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What the analysis says of each diary; NaN where `analyse` would refuse.

    Attributes
    ----------
    p_benefit, sd
        (N,) for the target dose; the SD of its effect in points.
    alone
        How many the adaptive route finished.
    """

    p_benefit: Floats
    sd: Floats
    alone: int


def answers_of(people: People, *, plan: Plan, points: int = bulk.POINTS) -> Answers:
    """Analyse each diary as `analyse` would."""
    outcome = plan.primary
    recorded = ~np.isnan(people.score)
    can = _can_be_analysed(people, recorded)
    placebo, nothing = (
        _any_recorded(people, recorded, arm=ARMS.index(arm)) for arm in (Arm.PLACEBO, Arm.NONE)
    )
    p_benefit, sd = np.full(len(can), np.nan), np.full(len(can), np.nan)
    alone = 0
    # The pill is in the model of a diary that has days on placebo and days without a capsule.
    for has_pill in (False, True):
        chosen = np.flatnonzero(can & ((placebo & nothing) == has_pill))
        if not len(chosen):
            continue
        batch = _batch(people, chosen, plan=plan, has_pill=has_pill)
        if outcome.family is Family.GAUSSIAN:
            found = bulk.fit_many(batch, prior=prior_of(plan), mcid=outcome.mcid, points=points)
            below, sd[chosen] = found.below[:, 1], found.sd
            alone += int(found.is_finished_alone.sum())
        else:
            below, sd[chosen] = _one_by_one(batch, plan)
            alone += len(chosen)
        p_benefit[chosen] = below if outcome.better is Better.LOWER else 1.0 - below
    return Answers(p_benefit=p_benefit, sd=sd, alone=alone)


def _one_by_one(batch: bulk.Batch, plan: Plan) -> tuple[Floats, Floats]:
    """Share below 0 and SD in points of the target's effect, by the route of one diary."""
    told = np.full((len(batch.score), 2), np.nan)
    for at in range(len(told)):
        try:
            fit = fit_outcome(batch.series(at), plan.primary, prior_of(plan))
        except GridTooHard:
            continue  # `analyse` would refuse
        effects = fit.link_levels if isinstance(fit, LatentFit) else fit.levels
        below = float(effects[batch.asked].below(0.0))
        told[at] = below, fit.levels[batch.asked].summary().sd
    return told[:, 0], told[:, 1]


def prior_of(plan: Plan) -> BetaPrior:
    """The plan's own prior.

    Raises
    ------
    InputError
        When its evidence prior has nothing to stand on; `analyse` refuses too.
    """
    name = plan.analysis.prior
    if name != "evidence":
        return priors.beta_prior(name, plan.primary.family)
    found = priors.evidence_prior(plan.person.conditions, plan.primary)
    if found is None:
        raise InputError([_no_evidence(plan.primary)])
    return found


def draw(block: Block) -> People:
    """Invent the diaries of a block; chance comes in a stream for each purpose."""
    plan, assumed = block.plan, block.assumptions
    streams = np.random.SeedSequence(block.seed, spawn_key=(block.number,)).spawn(4)
    body, order, gaps, noise = map(np.random.default_rng, streams)
    # All of a block are drawn, whatever is wanted: more trials keep the first ones as they were.
    numbers = _drawn_orders(plan, order)
    distinct = sorted(set(numbers))
    templates = tuple(template_of(plan, number) for number in distinct)
    row = np.array([distinct.index(number) for number in numbers])
    if plan.primary.family is Family.GAUSSIAN:
        score = _scores(block, body, noise, templates, row)
    else:
        score = _answers(block, body, noise, templates, row)
    some = slice(block.count)
    score = np.where(_is_missing(plan, assumed, gaps), np.nan, score)
    return People(score=score[some], order=row[some], templates=templates)


def _scores(
    block: Block,
    body: np.random.Generator,
    noise: np.random.Generator,
    templates: Sequence[Template],
    row: NDArray[np.int64],
) -> Floats:
    """(N, T) scores on every day."""
    plan = block.plan
    bodies = _drawn_bodies(body, block.assumptions, plan.primary)
    score = bodies.course(plan.total_days)
    score += _effects(block, bodies.tau, templates, row)
    score += bodies.noise(noise, plan.total_days)
    return _on_scale(score, plan.primary)


def _answers(
    block: Block,
    body: np.random.Generator,
    noise: np.random.Generator,
    templates: Sequence[Template],
    row: NDArray[np.int64],
) -> Floats:
    """(N, T) answers of the other families on every day; NaN for people who are not wanted.

    Each person has a stream of her own, so more trials keep the first ones as they were.
    """
    plan, assumed, outcome = block.plan, block.assumptions, block.plan.primary
    tau = np.exp(_uniform(body, (math.log(assumed.tau[0]), math.log(assumed.tau[1]))))
    phi, place, spread = (_uniform(body, ends) for ends in (assumed.phi, assumed.level, (0.0, 1.0)))
    drift, streams = body.normal(size=BLOCK), noise.spawn(BLOCK)
    pushes = _pushes(block, tau, templates, row)
    middle = (np.arange(plan.total_days) - (plan.total_days - 1) / 2) / plan.total_days
    answers = np.full((BLOCK, plan.total_days), np.nan)
    for at in range(block.count):
        person = latent_person(
            outcome,
            place=min(max(float(place[at]), LEAST_PLACE), 1.0 - LEAST_PLACE),
            drift=float(drift[at]),
            spread=float(spread[at]),
            rounded=float,
        )
        steps = streams[at].normal(0.0, person.su, plan.total_days)
        predictor = person.alpha + person.gamma * middle + drifting(steps, float(phi[at]))
        before = predictor
        for points, exposure in pushes:
            if points:
                link = coefficient_for(outcome, person, before, points=points)
                predictor = predictor + link * exposure[at]
        answers[at] = draw_answers(outcome, person, predictor, streams[at])
    return answers


def _pushes(
    block: Block, tau: Floats, templates: Sequence[Template], row: NDArray[np.int64]
) -> list[tuple[float, Floats]]:
    """What acts on the answers: how many points it makes in the end, and (N, T) how far it is."""
    plan, already = block.plan, block.plan.drug.already_on
    level = np.stack([one.level for one in templates])[row]
    capsule = np.stack([one.capsule for one in templates])[row].astype(np.float64)
    toward_better = -1.0 if plan.primary.better is Better.LOWER else 1.0
    hope = _exposure(capsule, tau, start=float(already.ug > 0))
    doses = [
        (
            block.effect * share,
            _exposure((level == at).astype(np.float64), tau, start=float(already == dose)),
        )
        for at, (dose, share) in enumerate(
            zip(levels_of(plan), _dose_share(plan)[1:], strict=True), start=1
        )
    ]
    return [(block.assumptions.hope * toward_better, hope), *doses]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bodies:
    """How the people of a block stand, drift and wander; (N,) each, scores in points."""

    tau: Floats
    phi: Floats
    w: Floats
    sigma: Floats
    alpha: Floats
    gamma: Floats

    def course(self, n_days: int) -> Floats:
        """(N, T) level and drift without any capsule."""
        place = (np.arange(n_days) - (n_days - 1) / 2) / n_days  # s_t, over the whole calendar
        return self.alpha[:, None] + self.gamma[:, None] * place

    def noise(self, rng: np.random.Generator, n_days: int) -> Floats:
        """(N, T) slow wandering, stationary from the first day, and scatter."""
        steps = rng.normal(size=(BLOCK, n_days))
        scatter = np.sqrt(self.w)[:, None] * rng.normal(size=(BLOCK, n_days))
        fresh = np.sqrt(1.0 - self.phi**2)
        u = steps[:, 0].copy()
        for day in range(n_days):
            if day:
                u = self.phi * u + fresh * steps[:, day]
            scatter[:, day] += np.sqrt(1.0 - self.w) * u
        return self.sigma[:, None] * scatter


def _drawn_bodies(rng: np.random.Generator, assumed: Assumptions, outcome: Outcome) -> _Bodies:
    tau = np.exp(_uniform(rng, (math.log(assumed.tau[0]), math.log(assumed.tau[1]))))
    assert assumed.sigma is not None  # of scores
    phi, w, sigma = (_uniform(rng, ends) for ends in (assumed.phi, assumed.w, assumed.sigma))
    from_worst = outcome.width * _uniform(rng, assumed.level)
    is_lower = outcome.better is Better.LOWER
    return _Bodies(
        tau=tau,
        phi=phi,
        w=w,
        sigma=sigma,
        alpha=outcome.maximum - from_worst if is_lower else outcome.minimum + from_worst,
        gamma=outcome.width * rng.normal(0.0, 0.05, BLOCK),  # as `simulate` draws it
    )


def _effects(
    block: Block, tau: Floats, templates: Sequence[Template], row: NDArray[np.int64]
) -> Floats:
    """(N, T) what the doses and the capsules as such do on each day."""
    already, target = block.plan.drug.already_on.ug, block.plan.design.target.ug
    level = np.stack([one.level for one in templates])[row]
    capsule = np.stack([one.capsule for one in templates])[row].astype(np.float64)
    toward_better = -1.0 if block.plan.primary.better is Better.LOWER else 1.0
    dose = _exposure(_dose_share(block.plan)[level], tau, start=already / target)
    hope = _exposure(capsule, tau, start=float(already > 0))
    return block.effect * dose + block.assumptions.hope * toward_better * hope


@lru_cache(maxsize=4_096)
def template_of(plan: Plan, number: int) -> Template:
    """The days of a plan under one order of its scheme, by its number."""
    design = plan.design
    order = member(
        design.scheme,
        number,
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )
    days = calendar(plan, order=order)
    doses = levels_of(plan)
    already = plan.drug.already_on
    arm = [ARMS.index(day.arm or Arm.NONE) for day in days]
    level = [_level(doses, day.level or Dose(0)) for day in days]
    capsule = [day.arm is not Arm.NONE for day in days]
    if plan.drug.acts is Acts.NEXT_DAY:
        level = [_level(doses, already), *level[:-1]]
        capsule = [already.ug > 0, *capsule[:-1]]
    return Template(level=np.array(level), capsule=np.array(capsule), arm=np.array(arm))


def levels_of(plan: Plan) -> tuple[Dose, ...]:
    """Every dose that the person is on at some time, in order."""
    doses = {step.dose for step in plan.titration} | {plan.design.target, plan.drug.already_on}
    return tuple(sorted(doses - {Dose(0)}))


def _level(doses: Sequence[Dose], dose: Dose) -> int:
    return doses.index(dose) + 1 if dose.ug else 0


def _drawn_orders(plan: Plan, rng: np.random.Generator) -> list[int]:
    """Numbers of orders, each as likely as any other of the scheme."""
    design = plan.design
    size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
    # Sets can be larger than 64 bits; 16 bytes more than needed leave a bias below 2^-128.
    n_bytes = (size.bit_length() + 7) // 8 + 16
    return [int.from_bytes(rng.bytes(n_bytes), "big") % size for _ in range(BLOCK)]


def _uniform(rng: np.random.Generator, ends: Range) -> Floats:
    return rng.uniform(ends[0], ends[1], BLOCK)


def _dose_share(plan: Plan) -> Floats:
    """(1 + K,) effect at each level as a share of the target's: in proportion to the dose."""
    target = plan.design.target.ug
    return np.array([0.0, *(dose.ug / target for dose in levels_of(plan))])


def _exposure(wanted: Floats, tau: Floats, *, start: float) -> Floats:
    """(N, T) approach to what is wanted on each day, with a time constant for each person."""
    pace = 1.0 - np.exp(-1.0 / tau)
    exposure = np.empty_like(wanted)
    x = np.full(len(tau), start)
    for day in range(wanted.shape[1]):
        x = x + pace * (wanted[:, day] - x)
        exposure[:, day] = x
    return exposure


def _on_scale(score: Floats, outcome: Outcome) -> Floats:
    """Rounded to the steps of the scale and clipped to its ends, as `simulate` does."""
    steps = np.rint((score - outcome.minimum) / outcome.step)
    # Ten decimals take away the dust of steps such as 0.1.
    values = np.round(outcome.minimum + steps * outcome.step, 10)
    clipped: Floats = np.clip(values, outcome.minimum, outcome.maximum)
    return clipped


def _is_missing(plan: Plan, assumed: Assumptions, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(N, T) days that carry no likelihood: before the random part, unanswered, or after a stop."""
    first = plan.first_randomised_day or 0
    day = np.arange(plan.total_days)
    unanswered = rng.random((BLOCK, plan.total_days)) < assumed.missing
    stops = rng.random(BLOCK) < assumed.drop_out
    last = rng.integers(first, max(plan.total_days, first + 1), size=BLOCK)
    stopped = stops[:, None] & (day >= last[:, None])
    return unanswered | stopped | (day < first)


def _any_recorded(people: People, recorded: NDArray[np.bool_], *, arm: int) -> NDArray[np.bool_]:
    arms = np.stack([one.arm for one in people.templates])[people.order]
    found: NDArray[np.bool_] = (recorded & (arms == arm)).any(axis=1)
    return found


def _can_be_analysed(people: People, recorded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What `analyse` refuses is no answer here either: too few values, no change, no contrast."""
    level = np.stack([one.level for one in people.templates])[people.order]
    low = np.where(recorded, people.score, np.inf).min(axis=1)
    high = np.where(recorded, people.score, -np.inf).max(axis=1)
    least = np.where(recorded, level, level.max() + 1).min(axis=1)
    most = np.where(recorded, level, -1).max(axis=1)
    can: NDArray[np.bool_] = (recorded.sum(axis=1) >= MIN_VALUES) & (low < high) & (least < most)
    return can


def _batch(people: People, chosen: NDArray[np.int64], *, plan: Plan, has_pill: bool) -> bulk.Batch:
    outcome, already, doses = plan.primary, plan.drug.already_on, levels_of(plan)
    capsules = np.stack([one.capsule for one in people.templates])
    return bulk.Batch(
        score=people.score[chosen],
        minimum=outcome.minimum,
        maximum=outcome.maximum,
        order=people.order[chosen],
        level=np.stack([one.level for one in people.templates]),
        n_levels=len(doses),
        asked=doses.index(plan.design.target),
        capsule=capsules if has_pill else None,
        events=np.zeros((len(chosen), people.score.shape[1], 0)),
        start_level=_level(doses, already),
        start_capsule=already.ug > 0,
        is_asymmetric=plan.analysis.asymmetric,
    )


def _told(block: Block, answers: Answers, *, values: NDArray[np.int64]) -> Tally:
    """Apply the decision rule of model.md section 1, as `analyse` does."""
    decision, p_benefit, sd = block.plan.analysis.decision, answers.p_benefit, answers.sd
    enough = values >= MIN_FOR_CLEAR
    with np.errstate(invalid="ignore"):  # NaN where there is no answer: nothing clear is told
        benefit = enough & (p_benefit >= decision)
        harm = enough & ~benefit & (1.0 - p_benefit >= decision)
    toward_better = -1.0 if block.plan.primary.better is Better.LOWER else 1.0
    is_better = block.effect * toward_better > 0
    wrong = benefit | harm if block.effect == 0 else (harm if is_better else benefit)
    known = sd[~np.isnan(sd)]
    return Tally(
        trials=block.count,
        benefit=int(benefit.sum()),
        harm=int(harm.sum()),
        misleading=int(wrong.sum()),
        fitted=len(known),
        sum_sd=float(known.sum()),
        sum_sd_squared=float((known**2).sum()),
        alone=answers.alone,
    )


def _no_evidence(outcome: Outcome) -> Problem:
    return Problem(
        code="LDN-V009",
        place="analysis.prior",
        given=f"evidence, for {outcome.id}",
        expected="a pooled estimate of this outcome in the plan's conditions",
        todo="Choose the prior `default`; no study gives numbers for this one.",
    )
