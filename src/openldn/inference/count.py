"""The family `count`: how often a day, by the logarithm of the mean (model.md section 4).

Counts scatter more than by chance alone: NB2, variance mu + mu^2 / r.
"""

from dataclasses import replace

import numpy as np

from openldn.inference import latent, latent_model, priors
from openldn.inference.gaussian import Series
from openldn.inference.latent_model import LatentFit, LatentModel
from openldn.inference.priors import BetaPrior
from openldn.protocol.outcomes import Family

__all__ = ["fit"]


def fit(series: Series, *, step: float, prior: BetaPrior) -> LatentFit:
    """Fit one series of counts, written in `step` points above the least answer.

    A value between two counts is read as the nearer one, the upper in the middle.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    answers = np.floor((series.score - series.minimum) / step + 0.5)
    model = LatentModel(
        code=latent.COUNT,
        priors=priors.LATENT[Family.COUNT],
        n_cuts=0,
        step=step,
        beta_sd=prior.sd,
    )
    return latent_model.fit(replace(series, score=answers), model=model)
