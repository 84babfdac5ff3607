"""One door to the four families: a series of any outcome goes in, its posterior comes out."""

from openldn.inference import binary, count, gaussian, ordinal
from openldn.inference.gaussian import Fit, Series
from openldn.inference.latent_model import LatentFit
from openldn.inference.priors import BetaPrior
from openldn.protocol.outcomes import Family, Outcome

__all__ = ["fit_outcome"]


def fit_outcome(series: Series, outcome: Outcome, prior: BetaPrior) -> Fit | LatentFit:
    """Fit by the family of the outcome.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    match outcome.family:
        case Family.BINARY:
            return binary.fit(series, prior=prior)
        case Family.ORDINAL:
            return ordinal.fit(series, steps=outcome.steps, prior=prior)
        case Family.COUNT:
            return count.fit(series, step=outcome.step, prior=prior)
        case Family.GAUSSIAN:
            return gaussian.fit(series, prior=prior)
