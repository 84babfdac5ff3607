"""The doctor's page as a PDF: one side of A4, tagged for screen readers.

The same answer gives the same bytes: no clock and no fonts of the machine are used,
unless a name needs letters that the built-in fonts lack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from openldn.report.page import AnswerPage
from openldn.report.sheet import sheet_data

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.protocol.plan import Arm, Plan

__all__ = ["print_page", "render_pdf"]

# A fixed instant in every file: the time of printing is not part of the answer.
_EPOCH = 0
_ACCESSIBLE: tuple[Literal["ua-1"], ...] = ("ua-1",)


def render_pdf(
    answer: Mapping[str, Any],
    *,
    diary: Diary | None = None,
    plan: Plan | None = None,
    order: Sequence[Arm] | None = None,
) -> bytes:
    """Return the doctor's page about the primary outcome."""
    page = AnswerPage.build(answer, diary=diary, plan=plan, order=order)
    return print_page(page, who=_who(plan))


def print_page(page: AnswerPage, *, who: Sequence[str] = ()) -> bytes:
    """Return the printed sheet of a page that is already built."""
    import typst

    data = json.dumps(sheet_data(page, who=who), ensure_ascii=False)
    template = (files("openldn.report") / "static" / "sheet.typ").read_bytes()
    try:
        return _compiled(template, data, standards=_ACCESSIBLE, ignore_system_fonts=True)
    except typst.TypstError:
        # The accessible standard refuses letters without a font; a readable page comes first.
        return _compiled(template, data, standards=(), ignore_system_fonts=False)


def _compiled(
    template: bytes,
    data: str,
    *,
    standards: tuple[Literal["ua-1"], ...],
    ignore_system_fonts: bool,
) -> bytes:
    import typst

    compiler = typst.Compiler(
        template, sys_inputs={"data": data}, ignore_system_fonts=ignore_system_fonts
    )
    printed = compiler.compile(format="pdf", pdf_standards=[*standards], timestamp=_EPOCH)
    if not isinstance(printed, bytes):
        raise TypeError("the printer gave no single document")
    return printed


def _who(plan: Plan | None) -> tuple[str, ...]:
    if plan is None:
        return ("A diary without a plan",)
    lines = [plan.person.label, f"Prescriber: {plan.prescriber.name}"]
    if plan.sha256:
        lines.append(f"Plan {plan.sha256[:8]}")
    return tuple(line for line in lines if line)
