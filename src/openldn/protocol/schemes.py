"""Randomisation schemes as sets that can be counted and enumerated.

The draw is one member of the set; the test that needs no model goes through the same set.

- paired: a coin for each pair (2^pairs members);
- balanced: as many active as contrast periods, no run of one arm longer than `max_run`;
- counterbalanced: ABBA or BAAB, repeated: cancels a straight trend, but one known period gives all
  others away, so it belongs to open designs;
- full: a coin for each period, whatever the others hold (research only: an order of one arm alone
  is a member).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from openldn.protocol._parts import Arm, Scheme

__all__ = ["member", "members", "set_size"]


def set_size(scheme: Scheme, *, pairs: int, max_run: int) -> int:
    """Count the orders that the scheme can draw."""
    _check_pairs(pairs)
    match Scheme(scheme):
        case Scheme.PAIRED:
            return 1 << pairs
        case Scheme.COUNTERBALANCED:
            return 2
        case Scheme.FULL:
            return 1 << 2 * pairs
        case Scheme.BALANCED:
            return _completions(pairs, pairs, 0, max_run)


def member(
    scheme: Scheme, index: int, *, pairs: int, max_run: int, contrast: Arm
) -> tuple[Arm, ...]:
    """Give one order of the set by its number, without building the set.

    Raises
    ------
    IndexError
        When the index is not in 0 .. set_size - 1.
    """
    size = set_size(scheme, pairs=pairs, max_run=max_run)
    if not 0 <= index < size:
        raise IndexError(f"order {index} of a set of {size}")
    match Scheme(scheme):
        case Scheme.PAIRED:
            is_first = _bits(index, pairs)
            turns = [turn for bit in is_first for turn in (bit, not bit)]
        case Scheme.COUNTERBALANCED:
            turns = _counterbalanced(index, pairs)
        case Scheme.FULL:
            turns = _bits(index, 2 * pairs)
        case Scheme.BALANCED:
            turns = _balanced(index, pairs, max_run)
    return _named(turns, contrast)


def members(
    scheme: Scheme, *, pairs: int, max_run: int, contrast: Arm
) -> Iterator[tuple[Arm, ...]]:
    """Go through every order of the set, in the order of `member`."""
    _check_pairs(pairs)
    match Scheme(scheme):
        case Scheme.PAIRED:
            blocks = product(((False, True), (True, False)), repeat=pairs)
            every: Iterator[Sequence[bool]] = (
                [turn for block in blocks_of for turn in block] for blocks_of in blocks
            )
        case Scheme.COUNTERBALANCED:
            every = (_counterbalanced(index, pairs) for index in range(2))
        case Scheme.FULL:
            every = product((False, True), repeat=2 * pairs)
        case Scheme.BALANCED:
            every = _every_balanced([], pairs, pairs, max_run)
    return (_named(turns, contrast) for turns in every)


# Inside, an order is a list of booleans: whether the period holds the contrast. So the orders that
# begin with the active arm come first.


def _named(turns: Sequence[bool], contrast: Arm) -> tuple[Arm, ...]:
    return tuple(contrast if is_contrast else Arm.ACTIVE for is_contrast in turns)


def _check_pairs(pairs: int) -> None:
    if pairs < 1:
        raise ValueError(f"a scheme needs at least 1 pair, not {pairs}")


def _bits(index: int, length: int) -> list[bool]:
    """Give the bits of a number, the highest first."""
    return [bool(index >> place & 1) for place in reversed(range(length))]


def _counterbalanced(index: int, pairs: int) -> list[bool]:
    starts = [bool((index + pair) % 2) for pair in range(pairs)]
    return [turn for start in starts for turn in (start, not start)]


@cache
def _completions(same: int, other: int, run: int, max_run: int) -> int:
    """Count how an order can go on.

    `same` and `other` are the periods left for the arm of the last period and for the other one;
    `run` is how long the last arm has run, 0 at the start.
    """
    if same == 0 and other == 0:
        return 1
    count = 0
    if same and run < max_run:
        count += _completions(same - 1, other, run + 1, max_run)
    if other and max_run > 0:
        count += _completions(other - 1, same, 1, max_run)
    return count


def _balanced(index: int, pairs: int, max_run: int) -> list[bool]:
    """Walk down the tree of orders, skipping whole branches by their size."""
    turns: list[bool] = []
    left = [pairs, pairs]  # active, contrast
    run = 0
    for _ in range(2 * pairs):
        for turn in (False, True):
            run_after = run + 1 if turns and turns[-1] == turn else 1
            if not left[turn] or run_after > max_run:
                continue
            size = _completions(left[turn] - 1, left[not turn], run_after, max_run)
            if index < size:
                break
            index -= size
        left[turn] -= 1
        run = run_after
        turns.append(turn)
    return turns


def _every_balanced(
    turns: list[bool], active: int, contrast: int, max_run: int
) -> Iterator[list[bool]]:
    if active == 0 and contrast == 0:
        yield turns
        return
    for turn, left in ((False, active), (True, contrast)):
        is_too_long = len(turns) >= max_run and all(last == turn for last in turns[-max_run:])
        if left and not is_too_long:
            yield from _every_balanced(
                [*turns, turn], active - (not turn), contrast - turn, max_run
            )
