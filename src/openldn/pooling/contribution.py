"""What one person gives to a pooled answer: the likelihood of one effect, nothing of the diary.

The posterior of the effect is a mixture of normals. Its prior is divided out of each component,
which leaves L(b) = sum_g exp(log_c + h b - lambda b^2 / 2), kept as precisions: a component that
learned nothing has lambda = 0, where a divided variance would be infinite. Effects are in tenths of
the scale and turned so that negative is better, so that people can be pooled.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn._version import __version__
from openldn.inference import priors
from openldn.inference.answer import Answer, LevelAnswer, OutcomeAnswer
from openldn.inference.mixture import Mixture
from openldn.inference.priors import BetaPrior
from openldn.inference.refusal import AnalysisRefused
from openldn.protocol.outcomes import Better, Family, Outcome, Role
from openldn.protocol.plan import Plan
from openldn.protocol.problems import Problem

__all__ = [
    "FORMAT",
    "MOST_COMPONENTS",
    "REFERENCE_SD",
    "Components",
    "Contribution",
    "contribution_of",
    "divided",
    "merged",
]

FloatArray = NDArray[np.float64]

FORMAT: Final = 1
# model.md section 6: at most 4 components, judged under Normal(0, (0.3 R)^2), in tenths of R.
MOST_COMPONENTS: Final = 4
REFERENCE_SD: Final = 3.0
TENTHS: Final = 10.0
# A posterior is never wider than its prior; what is below 0 by less than this is rounding.
ROUNDING: Final = 1e-6
# Before the pairwise merging: components this close together, in SDs, are one.
_FINE_MEAN, _FINE_LOG_SD = 0.1, 0.05
_DIGITS: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Components:
    """L(b) = sum_g exp(log_c + h b - lam b^2 / 2); (C,) each, lam >= 0."""

    log_c: FloatArray
    h: FloatArray
    lam: FloatArray

    def posterior(self, *, mean: float = 0.0, sd: float = REFERENCE_SD) -> Mixture:
        """The posterior under a normal prior."""
        precision = self.lam + 1.0 / sd**2
        pull = self.h + mean / sd**2
        log_weight = self.log_c - 0.5 * np.log(precision) + 0.5 * pull**2 / precision
        weight = np.exp(log_weight - log_weight.max())
        return Mixture(weight / weight.sum(), pull / precision, np.sqrt(1.0 / precision))

    def to_json(self) -> list[dict[str, float]]:
        """Plain numbers under the names of the contract."""
        rows = zip(self.log_c.tolist(), self.h.tolist(), self.lam.tolist(), strict=True)
        return [
            {"log_c": _short(log_c), "h": _short(h), "lambda": _short(lam)}
            for log_c, h, lam in rows
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one person gives.

    Attributes
    ----------
    id
        128 random bits in hex: it leads back to nobody.
    condition
        Id of the catalogue; None where it is not said.
    dose_mg
        The dose whose effect this is.
    prior
        What was divided out, in tenths of the scale, negative is better.
    """

    id: str
    condition: str | None
    grade: str
    part: str
    outcome: str
    better: Better
    scale: tuple[float, float]
    dose_mg: float
    contrast: str
    prior: tuple[float, float]
    components: Components

    def to_json(self) -> dict[str, Any]:
        """The contribution file of the contract, as plain values."""
        mean, sd = self.prior
        return {
            "format": FORMAT,
            "kind": "contribution",
            "openldn": __version__,
            "id": self.id,
            "condition": self.condition,
            "grade": self.grade,
            "part": self.part,
            "outcome": self.outcome,
            "better": str(self.better),
            "scale": list(self.scale),
            "dose_mg": self.dose_mg,
            "contrast": self.contrast,
            "prior": {"mean": _short(mean), "sd": _short(sd)},
            "components": self.components.to_json(),
        }


def contribution_of(
    answer: Answer,
    *,
    contribution_id: str,
    condition: str | None = None,
    plan: Plan | None = None,
) -> Contribution:
    """Make the contribution of an analysed diary: its primary outcome, and one dose.

    Parameters
    ----------
    answer
        What `analyse` gave.
    contribution_id
        A fresh random name; the caller brings the chance.
    condition
        Id of the catalogue; the plan's first one when left out.
    plan
        The plan that the diary was analysed with, if there was one.

    Raises
    ------
    AnalysisRefused
        When there is nothing that could be pooled, with the reason.
    """
    found = _primary(answer)
    level = _level(found, plan)
    outcome = found.outcome
    unit = outcome.width / TENTHS * (1.0 if outcome.better is Better.LOWER else -1.0)
    prior = _prior(answer, outcome, plan)
    mean, sd = prior.mean * outcome.width / unit, prior.sd * TENTHS
    posterior = level.posterior
    turned = Mixture(posterior.weight, posterior.mean / unit, posterior.sd / abs(unit))
    known = plan.person.conditions if plan else ()
    return Contribution(
        id=contribution_id,
        condition=condition or (known[0] if known else None),
        grade=answer.design.grade.letter,
        part=level.part,
        outcome=outcome.id,
        better=outcome.better,
        scale=(outcome.minimum, outcome.maximum),
        dose_mg=float(level.dose.mg),
        contrast=str(level.contrast),
        prior=(mean, sd),
        components=merged(divided(turned, mean=mean, sd=sd)),
    )


def divided(posterior: Mixture, *, mean: float, sd: float) -> Components:
    """Divide a normal prior out of a posterior, component by component.

    Raises
    ------
    ValueError
        When a component is wider than the prior by more than rounding: then this was not its prior.
    """
    precision = 1.0 / posterior.sd**2
    lam = precision - 1.0 / sd**2
    if float(lam.min()) < -ROUNDING / sd**2:
        raise ValueError("a component of the posterior is wider than the prior")
    log_c = (
        np.log(posterior.weight * sd / posterior.sd)
        - 0.5 * posterior.mean**2 * precision
        + 0.5 * (mean / sd) ** 2
    )
    return Components(
        log_c=log_c, h=posterior.mean * precision - mean / sd**2, lam=np.maximum(lam, 0.0)
    )


def merged(components: Components, *, most: int = MOST_COMPONENTS) -> Components:
    """Put components together until at most `most` are left.

    Parameters
    ----------
    components
        As `divided` gives them.
    most
        More are kept where no two can be put together without a negative lambda.

    Returns
    -------
    Components
        Under the reference prior the posterior keeps its mean and SD: each step keeps both.

    References
    ----------
    A. R. Runnalls, "Kullback-Leibler approach to Gaussian mixture reduction", IEEE Transactions on
    Aerospace and Electronic Systems 43 (2007): merge the pair with the smallest bound on what the
    mixture loses.
    """
    under_reference = components.posterior()
    weight, mean, variance = _thinned(under_reference)
    while len(weight) > most:
        pair = _cheapest(weight, mean, variance)
        if pair is None:
            break
        weight, mean, variance = _joined(weight, mean, variance, np.array(pair))
    kept = Mixture(weight, mean, np.sqrt(variance))
    return divided(kept, mean=0.0, sd=REFERENCE_SD)


def _thinned(mixture: Mixture) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights, means and variances with near neighbours put together, their moments kept."""
    heaviest = mixture.sd[int(mixture.weight.argmax())]
    by_mean = np.floor(mixture.mean / (_FINE_MEAN * heaviest)).astype(np.int64)
    by_sd = np.floor(np.log(mixture.sd / heaviest) / _FINE_LOG_SD).astype(np.int64)
    _, group = np.unique(np.column_stack([by_mean, by_sd]), axis=0, return_inverse=True)
    group = group.ravel()
    weight: FloatArray = np.bincount(group, mixture.weight).astype(np.float64)
    mean = np.bincount(group, mixture.weight * mixture.mean) / weight
    spread = mixture.sd**2 + (mixture.mean - mean[group]) ** 2
    variance: FloatArray = np.bincount(group, mixture.weight * spread) / weight
    # Joining two components as wide as the prior would pass it by a hair; they carry nothing else.
    return weight, mean, np.minimum(variance, REFERENCE_SD**2)


def _cheapest(weight: FloatArray, mean: FloatArray, variance: FloatArray) -> tuple[int, int] | None:
    """The pair to merge next; None when every merged pair would be wider than the prior."""
    i, j = np.triu_indices(len(weight), k=1)
    both = weight[i] + weight[j]
    joint = (weight[i] * variance[i] + weight[j] * variance[j]) / both
    joint += weight[i] * weight[j] * ((mean[i] - mean[j]) / both) ** 2
    loss = both * np.log(joint) - weight[i] * np.log(variance[i]) - weight[j] * np.log(variance[j])
    loss[joint > REFERENCE_SD**2] = math.inf
    best = int(loss.argmin())
    return (int(i[best]), int(j[best])) if math.isfinite(loss[best]) else None


def _joined(
    weight: FloatArray, mean: FloatArray, variance: FloatArray, pair: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One component in the place of two, with their weight, mean and variance."""
    share = weight[pair] / weight[pair].sum()
    middle = float((share * mean[pair]).sum())
    spread = float((share * (variance[pair] + (mean[pair] - middle) ** 2)).sum())
    rest = np.delete(np.arange(len(weight)), pair)
    return (
        np.append(weight[rest], weight[pair].sum()),
        np.append(mean[rest], middle),
        np.append(variance[rest], spread),
    )


def _primary(answer: Answer) -> OutcomeAnswer:
    answered = [o for o in answer.outcomes.values() if o.outcome.role is Role.PRIMARY]
    if not answered:
        reasons = "; ".join(f"{name}: {why}" for name, why in answer.refused.items())
        raise AnalysisRefused([_nothing_to_give(f"no answer of the primary outcome ({reasons})")])
    if answered[0].outcome.family is not Family.GAUSSIAN:
        raise AnalysisRefused([_nothing_to_give("a scale with fewer than 7 answers")])
    return answered[0]


def _level(found: OutcomeAnswer, plan: Plan | None) -> LevelAnswer:
    """The plan's target dose in the randomised part; in an open diary the dose held longest."""
    part = found.headline.part
    levels: Sequence[LevelAnswer] = [level for level in found.levels if level.part == part]
    if part == "open" or plan is None:
        return max(levels, key=lambda level: (level.days, level.dose))
    for level in levels:
        if level.dose == plan.design.target:
            return level
    raise AnalysisRefused([_nothing_to_give("no value on the plan's target dose")])


def _prior(answer: Answer, outcome: Outcome, plan: Plan | None) -> BetaPrior:
    """The prior that the answer was computed with, in widths of the scale."""
    model: Mapping[str, Any] = answer.model
    if model["prior"] != "evidence":
        return priors.beta_prior(str(model["prior"]))
    found = priors.evidence_prior(plan.person.conditions if plan else (), outcome)
    if found is None:
        raise AnalysisRefused([_nothing_to_give("an answer whose prior is not known")])
    return found


def _nothing_to_give(given: str) -> Problem:
    return Problem(
        code="LDN-N022",
        place="the answer",
        given=given,
        expected="an effect of the primary score that can be put together with others",
        todo="Nothing was written.",
    )


def _short(number: float) -> float:
    """A number of twelve digits: far more than it is good for."""
    return float(f"{number:.{_DIGITS}g}")
