"""The doctor's page as a PDF: one side of A4, tagged for screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openldn.report._printer import print_pdf
from openldn.report.page import AnswerPage
from openldn.report.sheet import sheet_data

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.protocol.plan import Arm, Plan

__all__ = ["print_page", "render_pdf"]


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
    return print_pdf("sheet.typ", sheet_data(page, who=who))


def _who(plan: Plan | None) -> tuple[str, ...]:
    if plan is None:
        return ("A diary without a plan",)
    lines = [plan.person.label, f"Prescriber: {plan.prescriber.name}"]
    if plan.sha256:
        lines.append(f"Plan {plan.sha256[:8]}")
    return tuple(line for line in lines if line)
