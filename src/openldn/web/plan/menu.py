"""The menu of designs: what each can teach, its grade, its days, and its forecast."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openldn.evidence.foreseen import Foreseen, foreseen
from openldn.protocol.plan import Kind, Plan
from openldn.web.plan.making import plan_of
from openldn.web.plan.picture import Segment, segments

__all__ = ["NAMES", "Choice", "choices", "plans"]

# The clearest first: this is the order of the page.
NAMES: Mapping[Kind, str | Promise] = {
    Kind.BLINDED_WITHDRAWAL: _("Hidden pairs after weeks on LDN"),
    Kind.BLINDED_CROSSOVER: _("Hidden pairs, soon after the climb"),
    Kind.OPEN_RANDOMISED: _("Drawn by lot, in the open"),
    Kind.OPEN_REVERSAL: _("On, off, on"),
    Kind.OPEN_TITRATION: _("Step by step"),
}
_LEARN: Mapping[Kind, str | Promise] = {
    Kind.BLINDED_WITHDRAWAL: _(
        "You take LDN openly first. Then your pharmacist fills each period with LDN or placebo. "
        "You learn whether what you feel goes when LDN goes, whatever you hope."
    ),
    Kind.BLINDED_CROSSOVER: _(
        "Your pharmacist fills each period with LDN or placebo. You learn whether days on LDN are "
        "better than days without it, whatever you hope."
    ),
    Kind.OPEN_RANDOMISED: _(
        "A draw says when you take LDN and when you do not. No placebo is needed. You learn "
        "whether days on LDN are better, but hope is mixed in."
    ),
    Kind.OPEN_REVERSAL: _(
        "You take LDN, leave it out once, and take it again. You learn whether the scores go with "
        "it both times. Hope and time are mixed in."
    ),
    Kind.OPEN_TITRATION: _(
        "You go up the doses and write your scores. You learn how each dose feels. It cannot tell "
        "LDN from time or hope."
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One design of the menu."""

    kind: str
    name: str | Promise
    learn: str | Promise
    grade: Foreseen
    days: int
    segments: tuple[Segment, ...]
    needs_pharmacist: bool

    @property
    def weeks(self) -> int:
        """Its length in whole weeks, rounded up."""
        return -(-self.days // 7)


def plans(answers: Mapping[str, Any]) -> dict[Kind, Plan]:
    """Make the plan of every kind that the answers allow."""
    made = {kind: plan_of(answers, kind=kind) for kind in NAMES}
    return {kind: plan for kind, plan in made.items() if not plan.check()}


def choices(answers: Mapping[str, Any]) -> list[Choice]:
    """List the menu."""
    return [_choice(kind, plan) for kind, plan in plans(answers).items()]


def _choice(kind: Kind, plan: Plan) -> Choice:
    return Choice(
        kind=kind.value,
        name=NAMES[kind],
        learn=_LEARN[kind],
        grade=foreseen(plan),
        days=plan.total_days,
        segments=segments(plan),
        needs_pharmacist=kind.is_randomised,
    )
