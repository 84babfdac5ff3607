"""The steps of a plan in their order: which are done, which comes next, and each in one line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.protocol.plan import Kind
from openldn.web.person import dates
from openldn.web.plan import menu
from openldn.web.plan.forms import (
    AgreeForm,
    ConditionForm,
    DesignForm,
    DoseForm,
    MattersForm,
    StartForm,
    StepForm,
    WordsForm,
    WorthForm,
)
from openldn.web.plan.suggestions import conditions_of

__all__ = ["STEPS", "Line", "Step", "changed_since", "first_open", "lines", "next_after", "step_of"]

Answers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One page of the way to a plan."""

    id: str
    title: str | Promise
    form: type[StepForm]
    is_done: Callable[[Answers], bool]
    summary: Callable[[Answers], str]  # of a step that is done

    @property
    def page(self) -> str:
        """The name of its address."""
        return f"plan:{self.id}"

    @property
    def template(self) -> str:
        """The file that draws it."""
        return f"plan/{self.id}.html"

    @property
    def number(self) -> int:
        """Where it stands, from 1."""
        return STEPS.index(self) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A step in a list: its title, what was answered, and where to change it."""

    step: Step
    said: str  # "" while it is open
    can_open: bool


def _conditions(answers: Answers) -> str:
    names = [one.name for one in conditions_of(answers["conditions"])]
    return ", ".join(names) or now_("left out")


def _items(answers: Answers) -> str:
    return ", ".join(item["label"] for item in answers["items"])


def _primary(answers: Answers) -> str:
    by_id = {item["id"]: item["label"] for item in answers["items"]}
    return now_("“%(label)s” matters most") % {"label": by_id[answers["primary"]]}


def _worth(answers: Answers) -> str:
    return ", ".join(f"{item['label']} {item['mcid']}" for item in answers["items"])


def _doses(answers: Answers) -> str:
    return ", ".join(f"{mg} mg" for mg, _days in answers["dose"]["rungs"])


def _design(answers: Answers) -> str:
    return str(menu.NAMES[Kind(answers["design"]["kind"])])


def _start(answers: Answers) -> str:
    return now_("from %(day)s") % {"day": _long(answers["start"])}


def _agreed(answers: Answers) -> str:
    agreed = answers["agreed"]
    return now_("%(name)s, %(day)s") % {"name": agreed["by"], "day": _long(agreed["on"])}


def _long(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{dates.day_month(when)} {when.year}"


def _has(key: str) -> Callable[[Answers], bool]:
    return lambda answers: bool(answers.get(key))


STEPS = (
    Step(
        id="condition",
        title=_("What you live with"),
        form=ConditionForm,
        is_done=lambda answers: "conditions" in answers,
        summary=_conditions,
    ),
    Step(
        id="matters",
        title=_("What matters to you"),
        form=MattersForm,
        is_done=_has("items"),
        summary=_items,
    ),
    Step(
        id="words",
        title=_("In your own words"),
        form=WordsForm,
        is_done=_has("is_worded"),
        summary=_primary,
    ),
    Step(
        id="worth",
        title=_("What would be worth it"),
        form=WorthForm,
        is_done=_has("is_weighed"),
        summary=_worth,
    ),
    Step(
        id="doses",
        title=_("Doses and times"),
        form=DoseForm,
        is_done=_has("dose"),
        summary=_doses,
    ),
    Step(
        id="design",
        title=_("How long, and how clear"),
        form=DesignForm,
        is_done=_has("design"),
        summary=_design,
    ),
    Step(
        id="calendar",
        title=_("The calendar"),
        form=StartForm,
        is_done=_has("start"),
        summary=_start,
    ),
    Step(
        id="agree",
        title=_("The prescriber agrees"),
        form=AgreeForm,
        is_done=_has("plan_toml"),
        summary=_agreed,
    ),
)


def step_of(step_id: str) -> Step:
    """Look up a step."""
    return next(step for step in STEPS if step.id == step_id)


def first_open(answers: Answers) -> Step | None:
    """Give the first step that is not done; None: the plan can be frozen."""
    return next((step for step in STEPS if not step.is_done(answers)), None)


def next_after(step: Step, answers: Answers) -> str:
    """Name the page behind a step that was just saved."""
    behind = STEPS[step.number :]
    waiting = next((one for one in behind if not one.is_done(answers)), None)
    return waiting.page if waiting else "plan:freeze"


def can_open(step: Step, answers: Answers) -> bool:
    """Tell whether everything that a step rests on is answered."""
    return all(one.is_done(answers) for one in STEPS[: step.number - 1])


def lines(answers: Answers) -> list[Line]:
    """List every step with what was answered."""
    return [
        Line(
            step=step,
            said=step.summary(answers) if step.is_done(answers) else "",
            can_open=can_open(step, answers),
        )
        for step in STEPS
    ]


def changed_since(before: Answers, answers: Answers) -> list[tuple[Step, str, str]]:
    """List the steps that say something else now, with what they said and what they say."""
    pairs = zip(lines(before), lines(answers), strict=True)
    return [(old.step, old.said, new.said) for old, new in pairs if old.said != new.said]
