"""Every model that is calibrated: one entry for each family in each design."""

from collections.abc import Mapping
from typing import Final

from validation import gaussian_sbc, latent_sbc
from validation.sbc import Model

__all__ = ["MODELS"]

MODELS: Final[Mapping[str, Model]] = {**gaussian_sbc.MODELS, **latent_sbc.MODELS}
