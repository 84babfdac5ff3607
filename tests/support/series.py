"""From a fixed case to the numbers that the engine takes."""

import numpy as np

from openldn.inference.gaussian import Series
from support.cases import Case
from support.family_cases import FamilyCase

__all__ = ["family_series_of", "series_of"]


def series_of(case: Case) -> Series:
    """The case as the engine sees it: shifted by a day where doses act on the next day."""
    level, capsule = case.levels.astype(np.int64), case.capsules.astype(bool)
    if case.acts_next_day:
        level = np.concatenate([[case.already_on], level[:-1]])
        capsule = np.concatenate([[case.already_on > 0], capsule[:-1]])
    return Series(
        score=case.used,
        minimum=case.scale[0],
        maximum=case.scale[1],
        level=level,
        n_levels=case.n_levels,
        capsule=capsule if case.uses_pill else None,
        events=case.covariates,
        start_level=case.already_on,
        start_capsule=case.already_on > 0,
        is_asymmetric=case.asymmetric,
    )


def family_series_of(case: FamilyCase) -> Series:
    """The same for a case of another family; the scale is written in steps."""
    level, capsule = case.levels.astype(np.int64), case.capsules.astype(bool)
    if case.acts_next_day:
        level = np.concatenate([[case.already_on], level[:-1]])
        capsule = np.concatenate([[case.already_on > 0], capsule[:-1]])
    return Series(
        score=case.used,
        minimum=0.0,
        maximum=float(max(case.steps - 1, 1)),
        level=level,
        n_levels=case.n_levels,
        capsule=capsule if case.uses_pill else None,
        events=case.covariates,
        start_level=case.already_on,
        start_capsule=case.already_on > 0,
    )
