"""How much a prior that rests on studies moved an answer, and what it rests on."""

from dataclasses import dataclass, replace
from typing import Any

from openldn.evidence.effect_priors import EffectPrior
from openldn.inference import gaussian, priors
from openldn.inference.gaussian import Series
from openldn.inference.mixture import Summary
from openldn.protocol.outcomes import Outcome

__all__ = ["PriorInfluence", "influence_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PriorInfluence:
    """One effect under the prior `evidence`, and under others beside it.

    Attributes
    ----------
    effect
        As answered, in points of the outcome.
    without
        The same from the prior `default`, which is centred on no effect.
    spreads
        The same where people differ less or more than assumed: standard deviation and effect.
    """

    outcome: Outcome
    prior: EffectPrior
    effect: Summary
    without: Summary
    spreads: tuple[tuple[float, Summary], ...]

    def to_json(self) -> dict[str, Any]:
        """The block `prior_influence` of an outcome."""
        return {
            "prior": self.prior.id,
            "mean": self.prior.mean,
            "error": self.prior.error,
            "spread_between_people": self.prior.spread,
            "studies": [study.id for study in self.prior.studies],
            "unconfirmed": list(self.prior.unconfirmed),
            "effect_from_default": self.without.to_json(),
            "moved_by": self.effect.mean - self.without.mean,
            "by_spread": [
                {"spread_between_people": spread, "effect": effect.to_json()}
                for spread, effect in self.spreads
            ],
        }

    @property
    def sentence(self) -> str:
        """What the prior rests on and how far it moved the answer, in words."""
        names = ", ".join(study.name for study in self.prior.studies)
        less, more = (f"{_points(effect.mean)} with {spread:g}" for spread, effect in self.spreads)
        return (
            f"{self.outcome.label}: the starting assumption comes from"
            f" {len(self.prior.studies)} trials ({names}), {_points(self.prior.mean)} on average."
            f" It moved the difference from {_points(self.without.mean)}, starting from no effect,"
            f" to {_points(self.effect.mean)}. How much people differ is assumed"
            f" ({self.prior.spread:g} points); the difference is {less} and {more} instead."
        )


def influence_of(
    series: Series, *, level: int, outcome: Outcome, prior: EffectPrior, effect: Summary
) -> PriorInfluence:
    """Answer again from other priors.

    Parameters
    ----------
    series
        What was answered from.
    level
        Index of the level that carries the answer.
    effect
        Its effect under the prior `evidence`.

    Raises
    ------
    GridTooHard
        When one of them cannot be computed.
    """

    def under(beta: priors.BetaPrior) -> Summary:
        return gaussian.fit(series, prior=beta).levels[level].summary()

    return PriorInfluence(
        outcome=outcome,
        prior=prior,
        effect=effect,
        without=under(priors.beta_prior("default")),
        spreads=tuple(
            (spread, under(priors.from_studies(replace(prior, spread=spread))))
            for spread in prior.other_spreads
        ),
    )


def _points(difference: float) -> str:
    return f"{abs(difference):.2f} points {'lower' if difference < 0 else 'higher'}"
