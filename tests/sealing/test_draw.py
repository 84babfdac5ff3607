"""The draw of the hidden order.

The other tool's defect that this file keeps out: an order drawn anew at each reading, and a first
period that was always the same (regression B1 of our survey of the field).
"""

from collections import Counter

import pytest
from scipy.stats import binomtest, chisquare

from openldn.protocol.plan import Arm, Scheme
from openldn.protocol.schemes import members
from openldn.sealing import draw
from protocol.plans import plan

# Draws come from the operating system and cannot be seeded, so a test of their distribution fails
# by chance alone this often: once in a million runs.
FLOOR = 1e-6
SHORT = ("pairs = 4", "pairs = 3")
SCHEME = 'scheme = "paired"'


@pytest.mark.parametrize("scheme", Scheme)
def test_every_member_of_the_set_is_as_likely(scheme: Scheme) -> None:
    """Chi-square over the whole set: no order is left out, none is drawn more often."""
    planned = plan(SHORT, (SCHEME, f'scheme = "{scheme}"'))
    every = list(members(scheme, pairs=3, max_run=2, contrast=Arm.PLACEBO))
    counts = Counter(draw(planned) for _ in range(100 * len(every)))
    assert set(counts) <= set(every)
    assert chisquare([counts[order] for order in every]).pvalue > FLOOR


@pytest.mark.parametrize("scheme", Scheme)
def test_the_first_period_is_active_half_of_the_time(scheme: Scheme) -> None:
    """Exact binomial test over 4,000 draws of the full-length plan."""
    planned = plan((SCHEME, f'scheme = "{scheme}"'))
    active = sum(draw(planned)[0] is Arm.ACTIVE for _ in range(4000))
    assert binomtest(active, 4000, 0.5).pvalue > FLOOR


def test_an_open_plan_is_drawn_against_no_capsule() -> None:
    """The arms are those of the plan."""
    order = draw(plan(('kind = "blinded-withdrawal"', 'kind = "open-randomised"')))
    assert set(order) == {Arm.ACTIVE, Arm.NONE}
