"""Randomisation schemes as sets."""

from itertools import groupby, product

import pytest

from openldn.protocol.plan import Arm, Scheme
from openldn.protocol.schemes import member, members, set_size

A, P = Arm.ACTIVE, Arm.PLACEBO


def longest_run(order: tuple[Arm, ...]) -> int:
    """Count the longest stretch of one arm."""
    return max(len(list(run)) for _, run in groupby(order))


# standards.md section 2.3: periods; paired; balanced with any run, run at most 2, run at most 3.
TABLE = [
    (4, 4, 6, 6, 6),
    (6, 8, 20, 14, 20),
    (8, 16, 70, 34, 62),
    (10, 32, 252, 84, 194),
    (12, 64, 924, 208, 616),
]


@pytest.mark.parametrize(("periods", "paired", "any_run", "run_2", "run_3"), TABLE)
def test_the_sets_have_the_sizes_of_the_table(
    periods: int, paired: int, any_run: int, run_2: int, run_3: int
) -> None:
    """Printed floors of the test that needs no model rest on these sizes."""
    pairs = periods // 2
    assert set_size(Scheme.PAIRED, pairs=pairs, max_run=2) == paired
    assert set_size(Scheme.BALANCED, pairs=pairs, max_run=periods) == any_run
    assert set_size(Scheme.BALANCED, pairs=pairs, max_run=2) == run_2
    assert set_size(Scheme.BALANCED, pairs=pairs, max_run=3) == run_3


RULES = {
    Scheme.PAIRED: lambda order: all(a != b for a, b in zip(order[::2], order[1::2], strict=True)),
    Scheme.BALANCED: lambda order: order.count(A) == order.count(P) and longest_run(order) <= 2,
    Scheme.COUNTERBALANCED: lambda order: order in ((A, P, P, A, A, P), (P, A, A, P, P, A)),
    Scheme.FULL: lambda order: True,
}


@pytest.mark.parametrize("scheme", Scheme)
def test_a_scheme_holds_exactly_the_orders_that_keep_its_rule(scheme: Scheme) -> None:
    """Held against every order there is, one by one."""
    every = {order for order in product((A, P), repeat=6) if RULES[scheme](order)}
    drawn = list(members(scheme, pairs=3, max_run=2, contrast=P))
    assert set(drawn) == every
    assert len(drawn) == len(every) == set_size(scheme, pairs=3, max_run=2)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("max_run", [2, 3])
def test_an_order_is_found_by_its_number_as_it_stands_in_the_list(
    scheme: Scheme, max_run: int
) -> None:
    """The draw by number and the list of the test are one and the same set."""
    listed = list(members(scheme, pairs=4, max_run=max_run, contrast=P))
    size = set_size(scheme, pairs=4, max_run=max_run)
    numbered = [
        member(scheme, index, pairs=4, max_run=max_run, contrast=P) for index in range(size)
    ]
    assert numbered == listed


@pytest.mark.parametrize("scheme", [Scheme.PAIRED, Scheme.BALANCED, Scheme.FULL])
def test_the_last_order_of_a_huge_set_is_found_without_making_the_set(scheme: Scheme) -> None:
    """Fifty pairs have more orders than could ever be listed."""
    size = set_size(scheme, pairs=50, max_run=3)
    assert size >= 2**50
    last = member(scheme, size - 1, pairs=50, max_run=3, contrast=P)
    assert len(last) == 100
    assert last[0] is P


@pytest.mark.parametrize("index", [-1, 16])
def test_a_number_outside_the_set_is_refused(index: int) -> None:
    """Never wrapped round to another order."""
    with pytest.raises(IndexError, match="set of 16"):
        member(Scheme.PAIRED, index, pairs=4, max_run=2, contrast=P)


def test_open_plans_are_drawn_against_no_capsule() -> None:
    """The contrast is the plan's, not always placebo."""
    orders = members(Scheme.PAIRED, pairs=1, max_run=2, contrast=Arm.NONE)
    assert list(orders) == [(A, Arm.NONE), (Arm.NONE, A)]


def test_a_scheme_without_pairs_is_refused() -> None:
    """An empty order is no draw."""
    with pytest.raises(ValueError, match="at least 1 pair"):
        set_size(Scheme.PAIRED, pairs=0, max_run=2)
