"""What an evening asks, in words, and what was answered. Which question is open comes later."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.protocol.calendar import PlannedDay, planned_on
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import items
from openldn.web.person.listed import Key, Listed, choice_keys, to_tick
from openldn.web.person.models import Trial
from openldn.web.person.records import Held
from openldn.web.person.taps import SIDES

__all__ = ["Draft", "drafts_of", "value_of"]

_MOST_KEYS = 11  # a finer scale gets a number field
_TONIGHT, _TODAY, _YESTERDAY = "tonight", "today", "yesterday"
# Whole sentences, so that other languages can turn them round.
_TAKEN_WORDS = {
    ("capsule", _TONIGHT): gettext_lazy("Did you take your capsule tonight?"),
    ("capsule", _TODAY): gettext_lazy("Did you take your capsule today?"),
    ("capsule", _YESTERDAY): gettext_lazy("Did you take your capsule yesterday?"),
    ("dose", _TONIGHT): gettext_lazy("Did you take your dose tonight?"),
    ("dose", _TODAY): gettext_lazy("Did you take your dose today?"),
    ("dose", _YESTERDAY): gettext_lazy("Did you take your dose yesterday?"),
}
_HOW_BAD = {
    _TODAY: gettext_lazy("How bad was your %(name)s today?"),
    _YESTERDAY: gettext_lazy("How bad was your %(name)s yesterday?"),
}
_HOW_GOOD = {
    _TODAY: gettext_lazy("How good was your %(name)s today?"),
    _YESTERDAY: gettext_lazy("How good was your %(name)s yesterday?"),
}
_ANY_SIDES = {
    _TODAY: gettext_lazy("Any side effects today?"),
    _YESTERDAY: gettext_lazy("Any side effects yesterday?"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A question before it is known which one is open."""

    item: str
    title: str
    words: str
    hint: str = ""
    low: str = ""
    high: str = ""
    keys: tuple[Key, ...]
    style: str
    said: str | None
    rows: tuple[Held, ...]
    listed: tuple[Listed, ...] = ()
    dose: str = ""
    plans: str = ""


def drafts_of(
    trial: Trial, day: int, held: Mapping[str, Held], *, is_yesterday: bool, is_paused: bool
) -> list[Draft]:
    """Word the questions of a day, in the order in which they are asked."""
    plan = trial.plan
    planned = planned_on(plan, day)
    when = _YESTERDAY if is_yesterday else _TODAY
    drafts = []
    # While the trial is paused no capsule is asked about; what she has said about one is shown.
    is_asked = not is_paused or items.CAPSULE in held
    if planned.arm is not Arm.NONE and is_asked:
        drafts.append(_capsule(plan, held, when, planned))
    drafts += [_scale(outcome, held, when) for outcome in plan.outcomes]
    return [*drafts, _sides(held, when)]


def _capsule(plan: Plan, held: Mapping[str, Held], when: str, planned: PlannedDay) -> Draft:
    what = "capsule" if plan.drug.form == "capsule" else "dose"
    if when == _TODAY and plan.drug.time != "morning":
        when = _TONIGHT
    value = value_of(held, items.CAPSULE)
    dose = items.dose_of(value)
    answers = {"1": _("Taken"), "0": _("Not taken")}
    if dose is not None:
        answers[value or ""] = _("%(dose)s mg taken") % {"dose": number_format(dose.mg)}
    return Draft(
        item=items.CAPSULE,
        title=_("Capsule") if what == "capsule" else _("Dose"),
        words=str(_TAKEN_WORDS[what, when]),
        keys=choice_keys((("1", _("Taken")), ("0", _("Not taken"))), value),
        style="choice",
        said=_said(held, items.CAPSULE, answers),
        rows=_rows(held, (items.CAPSULE,)),
        dose=number_format(dose.mg) if dose else "",
        plans=_planned_words(planned),
    )


def _planned_words(planned: PlannedDay) -> str:
    """Say what the plan gives, where a day is open; a hidden day is the same for every order."""
    if planned.dose is None or not planned.dose.ug:
        return ""
    return _("Your plan: %(dose)s mg.") % {"dose": number_format(planned.dose.mg)}


def _scale(outcome: Outcome, held: Mapping[str, Held], when: str) -> Draft:
    item = items.outcome(outcome.id)
    low_is_good = outcome.better is Better.LOWER
    name = outcome.label[0].lower() + outcome.label[1:]
    low, high = _ends(low_is_good=low_is_good)
    value = value_of(held, item)
    said = _said(held, item, {})
    return Draft(
        item=item,
        title=outcome.label,
        words=str((_HOW_BAD if low_is_good else _HOW_GOOD)[when]) % {"name": name},
        hint=_("The whole day. A first guess is fine."),
        low=f"{outcome.minimum:g} = {low}",
        high=f"{outcome.maximum:g} = {high}",
        keys=_scale_keys(outcome, low=low, high=high, value=value),
        style="scale" if outcome.steps <= _MOST_KEYS else "number",
        said=_of(said, outcome.maximum) if value is not None else said,
        rows=_rows(held, (item,)),
    )


def _ends(*, low_is_good: bool) -> tuple[str, str]:
    if low_is_good:
        return _("none"), _("worst imaginable")
    return _("worst"), _("best imaginable")


def _of(said: str | None, most: float) -> str:
    return _("%(score)s of %(most)s") % {"score": said, "most": f"{most:g}"}


def _sides(held: Mapping[str, Held], when: str) -> Draft:
    listed = tuple(items.side_effect(known.id) for known in items.SIDE_EFFECTS)
    rows = _rows(held, listed)
    return Draft(
        item=SIDES,
        title=_("Side effects"),
        words=str(_ANY_SIDES[when]),
        hint=_("Sleep, dreams, stomach, headache, anything new."),
        keys=(),
        style="sides",
        said=_sides_said(held) if rows else None,
        rows=rows,
        listed=to_tick(),
    )


def _sides_said(held: Mapping[str, Held]) -> str:
    found = []
    is_asked = False
    for known in items.SIDE_EFFECTS:
        level = value_of(held, items.side_effect(known.id))
        is_asked = is_asked or level is not None
        if level not in (None, "0"):
            found.append(f"{_(known.label)}: {_(items.SEVERITIES[int(level or 0)]).lower()}")
    return "; ".join(found) or (_("None") if is_asked else _("Left out"))


def _scale_keys(outcome: Outcome, *, low: str, high: str, value: str | None) -> tuple[Key, ...]:
    if outcome.steps > _MOST_KEYS:
        return ()
    keys = []
    for step in range(outcome.steps):
        text = f"{outcome.minimum + step * outcome.step:g}"
        end = {0: low, outcome.steps - 1: high}.get(step)
        keys.append(
            Key(
                value=text,
                text=text,
                bar=f"r{round(10 * step / (outcome.steps - 1))}",
                spoken=f"{text}, {end}" if end else "",
                is_chosen=text == value,
            )
        )
    return tuple(keys)


def value_of(held: Mapping[str, Held], item: str) -> str | None:
    """Give the answer that counts for an item. None: it was left out, or there is none."""
    answer = held.get(item)
    return None if answer is None else answer.value


def _said(held: Mapping[str, Held], item: str, words: Mapping[str, str]) -> str | None:
    """Return the answer in words, or None where there is none yet."""
    if item not in held:
        return None
    value = held[item].value
    return _("Left out") if value is None else words.get(value, value)


def _rows(held: Mapping[str, Held], wanted: tuple[str, ...]) -> tuple[Held, ...]:
    return tuple(held[item] for item in wanted if item in held)
