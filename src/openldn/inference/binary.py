"""The family `binary`: yes or no, by the logit of the predictor (model.md section 4)."""

from dataclasses import replace

import numpy as np

from openldn.inference import latent, latent_model, priors
from openldn.inference.gaussian import Series
from openldn.inference.latent_model import LatentFit, LatentModel
from openldn.inference.priors import BetaPrior
from openldn.protocol.outcomes import Family

__all__ = ["fit"]


def fit(series: Series, *, prior: BetaPrior) -> LatentFit:
    """Fit one series of two answers; differences are in shares of days times the scale's width.

    A value between the two answers counts as the nearer one, the upper in the middle.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    answers = np.floor((series.score - series.minimum) / series.width + 0.5)
    model = LatentModel(
        code=latent.BINARY,
        priors=priors.LATENT[Family.BINARY],
        n_cuts=0,
        step=series.width,
        beta_sd=prior.sd,
    )
    return latent_model.fit(replace(series, score=answers), model=model)
