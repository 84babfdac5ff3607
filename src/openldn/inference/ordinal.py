"""The family `ordinal`: three to six answers in order, by a cumulative probit (model.md section 4).

There is no level of the person: the cutpoints hold it. An effect in points is the difference of the
expected answer.
"""

from dataclasses import replace

import numpy as np

from openldn.inference import latent, latent_model, priors
from openldn.inference.gaussian import Series
from openldn.inference.latent_model import LatentFit, LatentModel
from openldn.inference.priors import BetaPrior
from openldn.protocol.outcomes import Family

__all__ = ["fit"]


def fit(series: Series, *, steps: int, prior: BetaPrior) -> LatentFit:
    """Fit one series on a scale with `steps` answers.

    A value between two answers counts as the nearer one, the upper in the middle.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    step = series.width / (steps - 1)
    answers = np.floor((series.score - series.minimum) / step + 0.5)
    model = LatentModel(
        code=latent.ORDINAL,
        priors=priors.LATENT[Family.ORDINAL],
        n_cuts=steps - 1,
        step=step,
        beta_sd=prior.sd,
    )
    return latent_model.fit(replace(series, score=answers), model=model)
