"""Many people together: the average effect, how far people differ, each person among the others.

The model is section "Pooling people" of `docs/explanation/the-model.md`. People give likelihoods,
not diaries (`contribution.py`); the posterior of the population is `_population.py`. Effects are in
tenths of the scale, negative is better.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from openldn._version import __version__
from openldn.evidence.meta_analysis import RandomEffects
from openldn.evidence.meta_analysis import pool as pool_trials
from openldn.inference.answer import DIGITS
from openldn.inference.grid import GridTooHard
from openldn.inference.mixture import QUANTILES, Summary
from openldn.inference.refusal import AnalysisRefused
from openldn.pooling._kernel import compiled, describe_people
from openldn.pooling._population import (
    PoolPriors,
    Population,
    Spread,
    TableTooCoarse,
    population_of,
)
from openldn.pooling.contribution import REFERENCE_SD, Components, Contribution
from openldn.pooling.crew import Crew, ThreadCrew
from openldn.pooling.people import Group, People, people_of
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "DEFAULT_MCID",
    "DIRECTION",
    "MOST_PERSONS",
    "NOT_FOR_PUBLICATION",
    "OPEN",
    "SELF_SELECTION",
    "Person",
    "Pool",
    "PoolPriors",
    "Reml",
    "Spread",
    "model_json",
    "pool",
    "pool_reml",
    "rounded",
]

# A tenth of the scale, as for a plan that names none.
DEFAULT_MCID: Final = 1.0
# Above this many people no one is described alone: it would take longer than all the rest.
MOST_PERSONS: Final = 20_000
NOT_FOR_PUBLICATION: Final = "not for publication"
SELF_SELECTION: Final = (
    "These people chose to try LDN and chose to give their result. People who felt better may have"
    " been more willing to, so others may fare differently."
)
OPEN: Final = (
    "Open diaries (grade D or E) are in, with an assumed bias that the data can only partly tell"
    " from the effect."
)
DIRECTION: Final = "tenths of the scale; negative is better"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One person among the others.

    Attributes
    ----------
    effect
        Her own effect, pulled toward people like her.
    without
        What the average would be without her, and `influence` how far that moves it, in standard
        deviations of the average.
    """

    id: str
    effect: Summary
    without: float
    influence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """What many people say together.

    Attributes
    ----------
    persons
        None above `MOST_PERSONS` people, and for a release.
    limits
        Plain sentences: what this cannot tell.
    """

    people: People
    population: Population
    persons: tuple[Person, ...] | None
    priors: PoolPriors
    mcid: float
    limits: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything, for the researcher's own eyes."""
        found = self.population
        written: dict[str, Any] = rounded(
            {
                "format": 1,
                "kind": "pool",
                "openldn": __version__,
                "method": "bayes",
                "publication": NOT_FOR_PUBLICATION,
                "people": len(self.people),
                "left_out": self.people.left_out,
                "outcome": self.people.outcome or None,
                "unit": DIRECTION,
                "mcid": self.mcid,
                "mu": found.mu.to_json(),
                "omega": found.omega.to_json(),
                "kappa": found.kappa.to_json() if found.kappa else None,
                "bias": {name: bias.to_json() for name, bias in found.biases.items()},
                "conditions": {
                    name: {
                        "people": self.people.of(name),
                        "mu": centre.to_json(),
                        "share_meaningful_benefit": found.share_of[name].to_json(),
                    }
                    for name, centre in found.conditions.items()
                },
                "share_meaningful_benefit": found.share.to_json(),
                "persons": [_person_json(person) for person in self.persons or ()],
                "model": model_json(self),
                "limits": list(self.limits),
            },
            DIGITS,
        )
        return written


@dataclass(frozen=True, kw_only=True, slots=True)
class Reml:
    """People pooled by restricted maximum likelihood, as a check from another school."""

    people: People
    found: RandomEffects
    limits: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The averages, the spread and the prediction."""
        found = self.found
        wald, wider = found.wald, found.average
        written: dict[str, Any] = rounded(
            {
                "format": 1,
                "kind": "pool",
                "openldn": __version__,
                "method": "reml",
                "publication": NOT_FOR_PUBLICATION,
                "people": len(self.people),
                "left_out": self.people.left_out,
                "outcome": self.people.outcome or None,
                "unit": DIRECTION,
                "mu": {
                    "mean": wald.estimate,
                    "sd": wald.error,
                    "q025": wald.low,
                    "q975": wald.high,
                },
                "mu_hartung_knapp": {
                    "mean": wider.estimate,
                    "sd": wider.error,
                    "q025": wider.low,
                    "q975": wider.high,
                },
                "omega": {"mean": found.spread},
                "tau_squared": found.spread**2,
                "q": found.q,
                "i_squared": found.i_squared,
                "prediction": list(found.prediction) if found.prediction else None,
                "limits": list(self.limits),
            },
            DIGITS,
        )
        return written


def pool(
    people: People | Iterable[Contribution | Mapping[str, Any]],
    *,
    include_open: bool = False,
    priors: PoolPriors | None = None,
    mcid: float = DEFAULT_MCID,
    workers: int | None = None,
    crew: Crew | None = None,
    is_release: bool = False,
) -> Pool:
    """Pool people.

    Parameters
    ----------
    people
        Contributions, as values or as read from JSON, or the people of `read_people`.
    include_open
        Whether open diaries (grade D and E) are pooled too, each kind with a bias term.
    priors
        Of the population, in tenths of the scale.
    mcid
        What counts as meaningful, in tenths of the scale.
    workers
        Threads; as many as there are processors when left out.
    crew
        Who adds up the people instead of threads: a `DaskCrew`.

    is_release
        Whether only what may be published is wanted: then no one is described alone.

    Raises
    ------
    InputError
        For contributions that cannot be used, with every problem found.
    AnalysisRefused
        When the posterior cannot be computed well enough.
    """
    gathered = (
        people if isinstance(people, People) else people_of(people, include_open=include_open)
    )
    is_each_told = len(gathered) <= MOST_PERSONS and not is_release
    chosen = priors or PoolPriors()
    _check(chosen, mcid)
    crew = crew or ThreadCrew(workers or os.cpu_count() or 1)
    try:
        found = population_of(gathered, priors=chosen, crew=crew, mcid=mcid)
    except (TableTooCoarse, GridTooHard) as hard:
        raise AnalysisRefused([_too_hard(str(hard))]) from hard
    return Pool(
        people=gathered,
        population=found,
        persons=_persons(gathered, found) if is_each_told else None,
        priors=chosen,
        mcid=mcid,
        limits=_limits(gathered),
    )


def pool_reml(people: People) -> Reml:
    """Pool people by REML, each as one estimate with its standard error.

    Raises
    ------
    AnalysisRefused
        For fewer than two people, for open diaries, or where someone's records say nothing.
    """
    given = _against_reml(people)
    pairs = [] if given else [pair for group in people.groups for pair in _estimates(group)]
    if not given and any(error is None for _, error in pairs):
        given = "someone whose records say nothing about the effect"
    if given:
        raise AnalysisRefused([_no_reml(given)])
    found = pool_trials([y for y, _ in pairs], [e for _, e in pairs if e is not None])
    more = ("All conditions are taken together.",) if len(people.conditions) > 1 else ()
    return Reml(people=people, found=found, limits=(*_limits(people), *more))


def _against_reml(people: People) -> str:
    if len(people) < 2:
        return "one person"
    if len(people) > MOST_PERSONS:
        return f"{len(people):,} people; at most {MOST_PERSONS:,}"
    if any(group.bias for group in people.groups):
        return "open diaries, which need a bias term"
    return ""


def _estimates(group: Group) -> list[tuple[float, float | None]]:
    """Estimate and standard error of each person; no error where the records say nothing."""
    return [_estimate(group, i) for i in range(len(group))]


def _estimate(group: Group, i: int) -> tuple[float, float | None]:
    parts = slice(int(group.start[i]), int(group.start[i + 1]))
    log_c, h, lam = group.log_c[parts], group.h[parts], group.lam[parts]
    if len(lam) == 1 and lam[0] > 0.0:
        return float(h[0] / lam[0]), float(lam[0]) ** -0.5
    reference = Components(log_c=log_c, h=h, lam=lam)
    flat = reference.posterior()
    mean = float((flat.weight * flat.mean).sum())
    variance = float((flat.weight * (flat.sd**2 + (flat.mean - mean) ** 2)).sum())
    # The reference prior, centred on 0, taken out of the two moments again.
    precision = 1.0 / variance - 1.0 / REFERENCE_SD**2
    if precision <= 1e-9:
        return mean, None
    return mean / variance / precision, precision**-0.5


def _persons(people: People, found: Population) -> tuple[Person, ...]:
    told: list[Person] = []
    for group, nodes in zip(people.groups, found.nodes, strict=True):
        out = np.empty((len(group), 3 + len(QUANTILES)))
        compiled(describe_people)(
            group.start, group.log_c, group.h, group.lam, nodes, np.array(QUANTILES), out
        )
        told += [
            _person(name, row, found.mu) for name, row in zip(group.ids, out.tolist(), strict=True)
        ]
    return tuple(sorted(told, key=lambda person: person.id))


def _person(name: bytes, row: list[float], mu: Summary) -> Person:
    mean, sd, q025, q05, q50, q95, q975, without = row
    return Person(
        id=name.decode(errors="replace"),
        effect=Summary(mean=mean, sd=sd, q025=q025, q05=q05, q50=q50, q95=q95, q975=q975),
        without=without,
        influence=(mu.mean - without) / mu.sd,
    )


def _person_json(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "effect": person.effect.to_json(),
        "without": {"mu": person.without, "influence": person.influence},
    }


def model_json(pooled: Pool) -> dict[str, Any]:
    """Every prior with its numbers."""
    priors = pooled.priors
    return {
        "mu": {"normal": [0.0, priors.mu_sd]},
        "omega": {priors.omega.kind: priors.omega.scale},
        "kappa": {priors.kappa.kind: priors.kappa.scale},
        "bias": {"normal": [0.0, priors.bias_sd]} if pooled.population.biases else None,
        "unit": DIRECTION,
        "table_points": pooled.population.table_points,
        "passes_over_people": pooled.population.passes,
    }


def _limits(people: People) -> tuple[str, ...]:
    limits = [SELF_SELECTION, *people.mixed]
    count = len(people)
    if count == 1:
        limits.append("There is one person only. What is said of others rests on the assumptions.")
    elif count < 10:
        limits.append(
            f"There are {count} people only. How far people differ rests much on the assumptions."
        )
    if people.left_out == 1:
        limits.append(
            "1 open diary (grade D or E) was left out: it cannot tell the drug from hope and time."
        )
    elif people.left_out:
        limits.append(
            f"{people.left_out} open diaries (grade D or E) were left out: they cannot tell the"
            " drug from hope and time."
        )
    if any(group.bias for group in people.groups):
        limits.append(OPEN)
    if count > MOST_PERSONS:
        limits.append(f"Above {MOST_PERSONS:,} people no one is described alone.")
    return tuple(limits)


def _check(priors: PoolPriors, mcid: float) -> None:
    numbers = {
        "--prior-mu-sd": priors.mu_sd,
        "--prior-omega": priors.omega.scale,
        "--prior-kappa": priors.kappa.scale,
        "--prior-bias-sd": priors.bias_sd,
        "--mcid": mcid,
    }
    problems = [
        Problem(
            code="LDN-N018",
            place=name,
            given=f"{number:g}",
            expected="a number from 0.001 to 1000",
            todo="Effects are in tenths of the scale; 2 is the usual width.",
        )
        for name, number in numbers.items()
        if not 1e-3 <= number <= 1e3
    ]
    for name, spread in {"--prior-omega": priors.omega, "--prior-kappa": priors.kappa}.items():
        if spread.kind not in ("half-normal", "half-cauchy"):
            problems.append(
                Problem(
                    code="LDN-N018",
                    place=name,
                    given=spread.kind,
                    expected="half-normal or half-cauchy",
                    todo="Choose one of these.",
                )
            )
    if problems:
        raise InputError(problems)


def _too_hard(given: str) -> Problem:
    return Problem(
        code="LDN-N021",
        place="the pool",
        given=given,
        expected="a posterior that can be computed well enough",
        todo="Look for a person whose numbers do not fit the others, or a too narrow prior.",
    )


def _no_reml(given: str) -> Problem:
    return Problem(
        code="LDN-N017",
        place="--method reml",
        given=given,
        expected="two people or more, each with an estimate and its standard error",
        todo="Use the usual method, which needs neither.",
    )


def rounded(value: Any, digits: int) -> Any:
    """The same values with numbers of that many significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        return {key: rounded(part, digits) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part, digits) for part in value]
    return value
