"""One hundred icons in three groups, and the same counts as a list.

Part-to-whole icons with one fixed denominator: standards.md section 3. The order is
always better, same, worse; a group of nothing is shown as 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from openldn.report.markup import esc, picture
from openldn.report.sentences import Share
from openldn.report.speaking import said

__all__ = ["icon", "icon_array", "icon_groups", "icons_html"]

_PER_ROW = 10


def icon(group: str, *, x: float, y: float, size: float = 3.4) -> str:
    """Return one mark: better a filled disc, same a ring, worse a diamond."""
    if group == "better":
        return f'<circle class="i-better" cx="{x:g}" cy="{y:g}" r="{size:g}"/>'
    if group == "same":
        return f'<circle class="i-same" cx="{x:g}" cy="{y:g}" r="{size * 0.83:.3g}"/>'
    reach = size * 1.12  # a diamond looks smaller than a disc of its own width
    return (
        f'<path class="i-worse" d="M{x:g} {y - reach:g}L{x + reach:g} {y:g}'
        f'L{x:g} {y + reach:g}L{x - reach:g} {y:g}z"/>'
    )


def icon_array(shares: Sequence[Share]) -> str:
    """Return the picture of a hundred answers, named by its counts."""
    groups = [share.group for share in shares for _ in range(share.count)]
    marks = "".join(
        icon(group, x=5 + 10 * (i % _PER_ROW), y=5 + 10 * (i // _PER_ROW))
        for i, group in enumerate(groups)
    )
    by_group = {share.group: share.count for share in shares}
    name = said("{better} of 100 better, {same} about the same, {worse} worse").format(
        better=by_group["better"], same=by_group["same"], worse=by_group["worse"]
    )
    return f'<svg viewBox="0 0 100 100" role="img" aria-label="{esc(name)}">{marks}</svg>'


def icon_groups(shares: Sequence[Share]) -> str:
    """Return the same counts as a list: the number, then what it counts, then the word."""
    rows = "".join(
        f"<li>{picture(icon(share.group, x=5, y=5, size=4))}"
        f'<div><span class="n">{share.count} <small>{esc(said("of 100"))}</small></span>'
        f"<span>{esc(share.label)}: <b>{esc(share.word)}</b></span></div></li>"
        for share in shares
    )
    return f'<ul class="groups">{rows}</ul>'


def icons_html(shares: Sequence[Share]) -> str:
    """Return picture and list together, both made from the same counts."""
    return f'<div class="card hundred">{icon_array(shares)}{icon_groups(shares)}</div>'
