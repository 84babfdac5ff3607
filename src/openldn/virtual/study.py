"""How likely is a clear answer? Virtual trials of a plan and of plans near it, side by side."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openldn._version import __version__
from openldn.diary import Diary
from openldn.protocol.outcomes import Better, Family
from openldn.protocol.plan import Kind, Plan, Scheme
from openldn.protocol.problems import InputError, Problem
from openldn.virtual.assumptions import Assumptions
from openldn.virtual.spread import Progress, run_all
from openldn.virtual.trials import BLOCK, Block, Tally, prior_of

if TYPE_CHECKING:
    import altair

__all__ = ["DEFAULT_EFFECTS", "MOST_TRIALS", "Chances", "Design", "Study", "design", "neighbours"]

# Points toward better (contract, section 4), on a scale from 0 to 10; in tenths of other scales.
DEFAULT_EFFECTS: Final = (0.0, 0.5, 1.0, 2.0)
MOST_TRIALS: Final = 100_000
# With 400 trials a chance near one half is known to 2.5 in 100.
DEFAULT_TRIALS: Final = 400
# Trials of yes-or-no answers, answers in order and counts are analysed one by one, a few a
# second; with 60 a chance near one half is known to 6.5 in 100.
FEWER_TRIALS: Final = 60
# The search looks at every feasible plan with so many trials, then at the best few with all.
SEARCH_TRIALS: Final = 128
KEPT: Final = 5
# Places of the search. Fewer than 3 whole pairs are a breach that costs the best grade (model.md
# section 10); a period of less than a week has no day without the traces of the one before.
PAIRS: Final = range(3, 9)
PERIOD_DAYS: Final = (7, 14, 21, 28, 35, 42, 56)
# An answer is called likely from here on.
LIKELY: Final = 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Chances:
    """What virtual trials with one true effect came to.

    Attributes
    ----------
    effect
        In points of the primary outcome, signed.
    tally
        The counts behind the chances.
    """

    effect: float
    tally: Tally

    @property
    def p_clear_benefit(self) -> float:
        """Share of trials that told a clear benefit."""
        return self.tally.benefit / self.tally.trials

    @property
    def p_clear_harm(self) -> float:
        """Share of trials that told a clear harm."""
        return self.tally.harm / self.tally.trials

    @property
    def p_misleading(self) -> float:
        """Share of trials that told something clear and wrong."""
        return self.tally.misleading / self.tally.trials

    @property
    def p_clear(self) -> float:
        """Share of trials with a clear answer that was right; 0 where there is no effect."""
        return self.p_clear_benefit + self.p_clear_harm - self.p_misleading

    @property
    def expected_sd(self) -> float:
        """Mean standard deviation of the effect, in points; NaN where no trial had an answer."""
        return self.tally.sum_sd / self.tally.fitted if self.tally.fitted else math.nan

    @property
    def mcse(self) -> float:
        """The largest Monte Carlo error among the three chances; never 0.

        Where all trials agree it is what one trial that told otherwise would make it.
        """
        n = self.tally.trials
        shares = (self.p_clear_benefit, self.p_clear_harm, self.p_misleading, 1.0 / (n + 1.0))
        return math.sqrt(max(p * (1.0 - p) for p in shares) / n)

    @property
    def mcse_of_sd(self) -> float:
        """Monte Carlo error of `expected_sd`."""
        n = self.tally.fitted
        if not n:
            return math.nan
        variance = max(self.tally.sum_sd_squared / n - self.expected_sd**2, 0.0)
        return math.sqrt(variance / n)

    def to_json(self) -> dict[str, Any]:
        """As the contract names them; null where no trial had an answer."""
        return {
            "effect": self.effect,
            "p_clear_benefit": self.p_clear_benefit,
            "p_clear_harm": self.p_clear_harm,
            "p_misleading": self.p_misleading,
            "expected_sd": None if math.isnan(self.expected_sd) else self.expected_sd,
            "mcse": self.mcse,
            "mcse_of_sd": None if math.isnan(self.mcse_of_sd) else self.mcse_of_sd,
            "trials": self.tally.trials,
            "without_answer": self.tally.trials - self.tally.fitted,
            "finished_alone": self.tally.alone,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """One plan and what its virtual trials came to, effect by effect."""

    plan: Plan
    by_effect: tuple[Chances, ...]

    @property
    def label(self) -> str:
        """Such as `4 pairs of 21 days, paired`."""
        shape = self.plan.design
        pairs = "1 pair" if shape.pairs == 1 else f"{shape.pairs} pairs"
        return f"{pairs} of {shape.period_days} days, {shape.scheme}"

    def at(self, effect: float) -> Chances:
        """The chances for one of the effects."""
        return next(one for one in self.by_effect if one.effect == effect)

    def to_json(self) -> dict[str, Any]:
        """As the contract names them."""
        shape = self.plan.design
        return {
            "kind": str(shape.kind),
            "pairs": shape.pairs,
            "period_days": shape.period_days,
            "transition_days": shape.transition_days,
            "scheme": str(shape.scheme),
            "days": self.plan.total_days,
            "by_effect": [one.to_json() for one in self.by_effect],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """Designs side by side, the plan that was asked about first.

    Attributes
    ----------
    most_days
        The limit of the search; None where only neighbours were looked at.
    """

    designs: tuple[Design, ...]
    effects: tuple[float, ...]
    assumptions: Assumptions
    seed: int
    trials: int
    most_days: int | None = None

    @property
    def plan(self) -> Plan:
        """The plan that was asked about."""
        return self.designs[0].plan

    @property
    def main_effect(self) -> float:
        """The effect that plans are compared at: the one nearest to the MCID, toward better."""
        wanted = _toward_better(self.plan) * self.plan.primary.mcid
        others = [effect for effect in self.effects if effect] or list(self.effects)
        return min(others, key=lambda effect: abs(effect - wanted))

    @property
    def share_finished_alone(self) -> float:
        """Share of trials that the shared grid covered too thinly."""
        tallies = [one.tally for design in self.designs for one in design.by_effect]
        return sum(t.alone for t in tallies) / sum(t.trials for t in tallies)

    def to_json(self) -> dict[str, Any]:
        """Everything, as `openldn design --json` writes it."""
        return {
            "format": 1,
            "kind": "design",
            "openldn": __version__,
            "outcome": self.plan.primary.id,
            "decision": self.plan.analysis.decision,
            "effects": list(self.effects),
            "trials": self.trials,
            "seed": self.seed,
            "most_days": self.most_days,
            "assumptions": self.assumptions.to_json(),
            "share_finished_alone": self.share_finished_alone,
            "designs": [one.to_json() for one in self.designs],
        }

    def chart(self) -> "altair.Chart":
        """Chance of a clear and right answer for each design and effect; to show or save."""
        import altair

        rows = [
            {
                "design": f"{design.label} ({design.plan.total_days} days)",
                "effect": f"{one.effect:+g}",
                "chance": one.p_clear if one.effect else one.p_misleading,
            }
            for design in self.designs
            for one in design.by_effect
        ]
        chart: altair.Chart = (
            altair.Chart(altair.InlineData(values=rows))
            .mark_bar()
            .encode(
                y=altair.Y("design:N", title=None, sort=None),
                x=altair.X("chance:Q", title="chance", scale=altair.Scale(domain=[0, 1])),
                row=altair.Row("effect:N", title="true effect, points", sort=None),
            )
        )
        return chart


def design(
    plan: Plan,
    *,
    trials: int | None = None,
    effects: Sequence[float] | None = None,
    diary: Diary | None = None,
    assumptions: Assumptions | None = None,
    seed: int = 1,
    most_days: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    resume: Path | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run virtual trials of a plan and of plans near it.

    Parameters
    ----------
    plan
        A plan with a randomised part. Its primary outcome is simulated and analysed.
    trials
        Virtual trials for each plan and effect, 1 to `MOST_TRIALS`; `DEFAULT_TRIALS` when left
        out, `FEWER_TRIALS` for yes-or-no outcomes, answers in order and counts.
    effects
        True effects in points, signed; 0, 0.5, 1 and 2 tenths of the scale toward better when left
        out, for the other families as many times the difference that matters.
    diary
        The person's own: noise and level come from its days before the first dose. For scores only.
    assumptions
        What else is assumed; `Assumptions.believable` when left out.
    seed
        Where all chance comes from.
    most_days
        Search the feasible plans of at most so many days, instead of the neighbours.
    workers, scheduler, resume, progress
        As for `run_all`; nothing of them changes a number.

    Raises
    ------
    InputError
        With every problem of what is asked.
    """
    outcome = plan.primary
    is_score = outcome.family is Family.GAUSSIAN
    if trials is None:
        trials = DEFAULT_TRIALS if is_score else FEWER_TRIALS
    _refuse(plan, trials=trials, effects=effects, most_days=most_days)
    if not is_score and (diary is not None or (assumptions and assumptions.sigma is not None)):
        raise InputError([_no_noise(plan)])
    if effects is None:
        unit = _toward_better(plan) * (outcome.width / 10.0 if is_score else outcome.mcid)
        effects = [unit * size if size else 0.0 for size in DEFAULT_EFFECTS]
    asked = tuple(dict.fromkeys(float(effect) for effect in effects))
    assumed = assumptions or Assumptions.believable(outcome)
    if problems := list(assumed.problems(outcome)):
        raise InputError(problems)
    if diary is not None:
        assumed = assumed.with_own_noise(diary, plan=plan)
    study = Study(
        designs=(Design(plan=plan, by_effect=()),),
        effects=asked,
        assumptions=assumed,
        seed=seed,
        trials=trials,
        most_days=most_days,
    )

    def simulated(plans: Sequence[Plan], effects: Sequence[float], count: int) -> list[Design]:
        return _simulated(
            plans,
            effects,
            count,
            study=study,
            workers=workers,
            scheduler=scheduler,
            folder=resume,
            progress=progress,
        )

    if most_days is None:
        plans = [plan, *neighbours(plan)]
    else:
        near = [one for one in feasible(plan, most_days=most_days) if one != plan]
        first = simulated(near, [study.main_effect], min(trials, SEARCH_TRIALS))
        first.sort(key=lambda one: (-one.by_effect[0].p_clear, one.plan.total_days))
        plans = [plan, *(one.plan for one in first[:KEPT])]
    return replace(study, designs=tuple(simulated(plans, asked, trials)))


def neighbours(plan: Plan) -> Iterator[Plan]:
    """Plans one step away that keep every rule: a pair more or less, a week, another scheme.

    Transition days are not varied: the model uses every day, so they change the ramp and the
    comparison that leaves days out, not this answer.
    """
    shape = plan.design
    for pairs in (shape.pairs - 1, shape.pairs + 1, shape.pairs + 2):
        if pairs >= PAIRS[0]:
            yield from _if_feasible(plan, pairs=pairs)
    for days in (shape.period_days - 7, shape.period_days + 7, shape.period_days + 14):
        yield from _if_feasible(plan, period_days=days)
    for scheme in _schemes(plan):
        if scheme is not shape.scheme:
            yield from _if_feasible(plan, scheme=scheme)


def feasible(plan: Plan, *, most_days: int) -> list[Plan]:
    """Every plan of the search that keeps the rules and the limit of days.

    Raises
    ------
    InputError
        When there is none.
    """
    found = [
        one
        for pairs, days, scheme in product(PAIRS, PERIOD_DAYS, _schemes(plan))
        for one in _if_feasible(plan, pairs=pairs, period_days=days, scheme=scheme)
        if one.total_days <= most_days
    ]
    if not found:
        raise InputError([_no_room(plan, most_days)])
    return found


def _if_feasible(plan: Plan, **changes: Any) -> Iterator[Plan]:
    shape = replace(plan.design, **changes)
    if shape.period_days <= shape.transition_days:
        return
    # Looks belong to the pairs of the plan as it was written.
    near = replace(plan, design=shape, analysis=replace(plan.analysis, looks=()), sha256="")
    if not near.check():
        yield near


def _schemes(plan: Plan) -> tuple[Scheme, ...]:
    """Schemes that fit: one known period must not give a hidden order away."""
    if plan.design.kind is Kind.OPEN_RANDOMISED:
        return (Scheme.PAIRED, Scheme.BALANCED, Scheme.COUNTERBALANCED)
    return (Scheme.PAIRED, Scheme.BALANCED)


def _simulated(
    plans: Sequence[Plan],
    effects: Sequence[float],
    count: int,
    *,
    study: Study,
    workers: int,
    scheduler: str | None,
    folder: Path | None,
    progress: Progress | None,
) -> list[Design]:
    sizes = [min(BLOCK, count - first) for first in range(0, count, BLOCK)]
    blocks = [
        Block(
            plan=plan,
            effect=effect,
            assumptions=study.assumptions,
            seed=study.seed,
            number=number,
            count=size,
        )
        for plan in plans
        for effect in effects
        for number, size in enumerate(sizes)
    ]
    tallies = iter(
        run_all(blocks, workers=workers, scheduler=scheduler, folder=folder, progress=progress)
    )
    return [
        Design(
            plan=plan,
            by_effect=tuple(
                Chances(effect=effect, tally=sum((next(tallies) for _ in sizes), Tally()))
                for effect in effects
            ),
        )
        for plan in plans
    ]


def _toward_better(plan: Plan) -> float:
    return -1.0 if plan.primary.better is Better.LOWER else 1.0


def _refuse(
    plan: Plan, *, trials: int, effects: Sequence[float] | None, most_days: int | None
) -> None:
    outcome = plan.primary
    problems = [] if plan.first_randomised_day is not None else [_nothing_random(plan)]
    if not 1 <= trials <= MOST_TRIALS:
        problems.append(_trials(trials))
    problems += [
        _effect(effect, outcome.width)
        for effect in effects or ()
        if not abs(effect) <= outcome.width  # also what is no number
    ]
    if effects is not None and not effects:
        problems.append(_effect(math.nan, outcome.width))
    if problems:
        raise InputError(problems)
    prior_of(plan)
    if most_days is not None:
        feasible(plan, most_days=most_days)


def _nothing_random(plan: Plan) -> Problem:
    kind = plan.design.kind
    reach = (
        "Such a plan can reach grade D: it compares weeks with and without LDN in the open."
        if kind is Kind.OPEN_REVERSAL
        else "Such a plan can reach grade E: it compares before with after."
    )
    return Problem(
        code="LDN-V001",
        place="design.kind",
        given=f"{kind}, in which nothing is drawn at random",
        expected="a plan with a randomised part, whose mistakes virtual trials can count",
        todo=f"{reach} No number of virtual trials can tell LDN from time or hope there. Choose"
        " blinded-withdrawal, blinded-crossover or open-randomised to compare designs.",
    )


def _no_noise(plan: Plan) -> Problem:
    return Problem(
        code="LDN-V004",
        place=f"outcome {plan.primary.id}",
        given=f"noise in points, or a diary to take it from, for the family {plan.primary.family}",
        expected="neither: such answers scatter by their own rule",
        todo="Leave out --noise and --diary.",
    )


def _trials(trials: int) -> Problem:
    return Problem(
        code="LDN-V002",
        place="trials",
        given=f"{trials}",
        expected=f"a whole number from 1 to {MOST_TRIALS:,}",
        todo=f"{DEFAULT_TRIALS} are enough for a first look.",
    )


def _effect(effect: float, width: float) -> Problem:
    return Problem(
        code="LDN-V007",
        place="effect",
        given="no effect" if math.isnan(effect) else f"{effect:g} points",
        expected=f"a number from {-width:g} to {width:g}",
        todo="Give the effect in points of the score; negative means a lower score.",
    )


def _no_room(plan: Plan, most_days: int) -> Problem:
    rest = plan.total_days - plan.design.n_periods * plan.design.period_days
    return Problem(
        code="LDN-V008",
        place="--most-days",
        given=f"{most_days} days, of which {rest} go to everything but the periods",
        expected="room for three pairs of periods that are longer than their transition days",
        todo="Allow more days, or shorten baseline, ladder or open days.",
    )
