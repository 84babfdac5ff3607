"""What was guessed about each hidden period, beside what it held. Counts and words, no verdict."""

from __future__ import annotations

from collections.abc import Iterable

from openldn.report.markup import esc
from openldn.report.saved import Blinding, Guess, GuessCounts
from openldn.report.speaking import counted, marked, said
from openldn.report.words import arm_name, number

__all__ = ["guess_lines", "guesses_html", "index_rows"]

# The words of the form that asked.
_REASONS = {
    "felt-better": marked("felt better"),
    "felt-worse": marked("felt worse"),
    "side-effect": marked("side effect"),
    "taste-or-look": marked("taste or look"),
    "no-reason": marked("no reason"),
}
_HEADS = (marked("Period"), marked("You said"), marked("It was"))
_NO_VERDICT = marked(
    "A guess can be right because a capsule helped, or by luck. So these numbers describe, and do"
    " not judge."
)


def guess_lines(blinding: Blinding) -> tuple[str, ...]:
    """Return the counts of each arm in words, and how many guesses were left out."""
    lines = [_counted(one) for one in blinding.arms]
    if left_out := blinding.periods - len(blinding.guesses):
        lines.append(
            said("For {periods} no guess was written down.").format(periods=_periods(left_out))
        )
    return (*lines, said(_NO_VERDICT))


def guesses_html(blinding: Blinding | None) -> str:
    """Return counts and the table by period; empty where no guess was recorded."""
    if blinding is None:
        return ""
    told = "".join(f"<p>{esc(line)}</p>" for line in guess_lines(blinding))
    head = "".join(f'<th scope="col">{esc(said(text))}</th>' for text in _HEADS)
    rows = "".join(_row(cells) for cells in _cells(blinding))
    caption = esc(said("What you guessed about each hidden period"))
    return (
        f'{told}<table class="data"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def index_rows(blinding: Blinding | None) -> tuple[tuple[str, str], ...]:
    """Return counts and published indices with their 95% intervals, for the doctor."""
    if blinding is None:
        return ()
    rows = [
        (
            f"Guesses, {arm_name(one.arm)} periods",
            f"{one.right} right, {one.wrong} wrong, {one.unknown} unknown; Bang {_index(one.bang)}",
        )
        for one in blinding.arms
    ]
    if blinding.james is not None:
        rows.append(("Blinding, James", f"{_index(blinding.james)}; 0.5 is as by chance"))
    return tuple(rows)


def _counted(one: GuessCounts) -> str:
    told = (
        said(
            "Of {periods} with {arm} you guessed {right} right and {wrong} wrong, and for {unknown}"
            " you did not know."
        )
        if one.unknown
        else said("Of {periods} with {arm} you guessed {right} right and {wrong} wrong.")
    )
    return told.format(
        periods=_periods(one.answered),
        arm=arm_name(one.arm),
        right=one.right,
        wrong=one.wrong,
        unknown=one.unknown,
    )


def _periods(count: int) -> str:
    return counted("{count} period", "{count} periods", count)


def _index(index: tuple[float, float, float]) -> str:
    value, low, high = (number(part, 2) for part in index)
    return f"{value} ({low} to {high})"


def _cells(blinding: Blinding) -> Iterable[tuple[str, str, str]]:
    for one in blinding.guesses:
        yield str(one.period), _said(one), arm_name(one.arm)


def _said(one: Guess) -> str:
    """Return the guess with how sure and why, as far as that was told."""
    guess = said("I don’t know") if one.said == "unknown" else arm_name(one.said)
    sure = ""
    if one.confidence is not None:
        sure = said("sure {number} of 10").format(number=one.confidence)
    reason = said(_REASONS[one.reason]) if one.reason in _REASONS else one.reason
    why = ", ".join(part for part in (sure, reason) if part)
    return f"{guess} ({why})" if why else guess


def _row(cells: tuple[str, ...]) -> str:
    first, *others = cells
    told = "".join(f"<td>{esc(cell)}</td>" for cell in others)
    return f'<tr><th scope="row">{esc(first)}</th>{told}</tr>'
