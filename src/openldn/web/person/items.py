"""What can be answered about a day, and which answers are accepted."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from openldn.protocol.doses import MAX_DAILY, NOTHING, Dose
from openldn.protocol.outcomes import Outcome
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem
from openldn.web import typed
from openldn.web.person import numbers, red_flags

__all__ = [
    "ANOTHER_DOSE",
    "CAPSULE",
    "EVENTS",
    "ILL",
    "MEDICINE_CHANGE",
    "NOTE",
    "SEVERITIES",
    "SIDE_EFFECTS",
    "Named",
    "accepted",
    "check_known",
    "dose_of",
    "dose_value",
    "event",
    "not_an_answer",
    "one_line",
    "outcome",
    "red_flag",
    "side_effect",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Something on a list of ours: its id in files and its name on pages."""

    id: str
    english: str

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return _(self.english)


CAPSULE = "capsule"
ANOTHER_DOSE = "another"  # of a form: the dose stands in a field beside it
ILL = "ill"
NOTE = "note"
MEDICINE_CHANGE = "other-medicine-change"

# What people on low-dose naltrexone report most often, in our own words (standards.md section 4).
SIDE_EFFECTS = (
    Named(id="vivid_dreams", english=gettext_noop("Vivid dreams")),
    Named(id="broken_sleep", english=gettext_noop("Broken sleep")),
    Named(id="headache", english=gettext_noop("Headache")),
    Named(id="feeling_sick", english=gettext_noop("Feeling sick")),
    Named(id="something_else", english=gettext_noop("Something else")),
)
# The ids are those of the diary file, so that the analysis knows them.
EVENTS = (
    Named(id="flare", english=gettext_noop("A flare")),
    Named(id="infection", english=gettext_noop("An infection")),
    Named(id="steroid-burst", english=gettext_noop("Steroids for a few days")),
    Named(id="vaccination", english=gettext_noop("A vaccine")),
    Named(id=MEDICINE_CHANGE, english=gettext_noop("Another medicine began, changed or ended")),
)
# 0 to 3, as in the diary file; each is looked up where it is shown.
SEVERITIES = (
    gettext_noop("None"),
    gettext_noop("Mild"),
    gettext_noop("Moderate"),
    gettext_noop("Severe"),
)
# The names under which rows hold two events: rows are kept as they were first written.
_STORED_AS = {"steroid-burst": "steroid_burst", MEDICINE_CHANGE: "medicine_change"}
_NOTE_LENGTH = 2000
_IN_MG = " mg"  # what a kept dose ends with, beside "1" for the planned one and "0" for none


def outcome(outcome_id: str) -> str:
    """Name the item of an outcome."""
    return f"outcome:{outcome_id}"


def side_effect(effect_id: str) -> str:
    """Name the item of a side effect."""
    return f"side:{effect_id}"


def event(event_id: str) -> str:
    """Name the item of an event."""
    return f"event:{_STORED_AS.get(event_id, event_id)}"


def red_flag(effect_id: str) -> str:
    """Name the item of a red flag."""
    return f"red-flag:{effect_id}"


def accepted(plan: Plan, item: str, value: str) -> str:
    """Return the answer as it is kept.

    Raises
    ------
    InputError
        When this item or this value cannot be, with what is expected.
    """
    value = value.strip()
    kind, _, name = item.partition(":")
    if kind == "outcome":
        return _score(_outcome_of(plan, name), value)
    if item == NOTE:
        value = typed.kept(value)
        if len(value) > _NOTE_LENGTH:
            raise InputError([_too_long(value)])
        if value:
            return value
    elif item == CAPSULE and value.endswith(_IN_MG):
        return _another_dose(value.removesuffix(_IN_MG))
    elif value in _choices(item):
        return value
    raise InputError([not_an_answer(item, value)])


def check_known(plan: Plan, item: str) -> None:
    """Refuse to leave out what the plan and our lists do not know, or what is no question.

    Raises
    ------
    InputError
        With what is expected.
    """
    kind, _, name = item.partition(":")
    if kind == "outcome":
        _outcome_of(plan, name)
    elif item != NOTE and len(_choices(item)) < 2:  # what is only ever said has nothing to leave
        raise InputError([not_an_answer(item, "")])


def dose_value(mg: str) -> str:
    """Write what was typed into the field of a dose as the value of the capsule."""
    return f"{mg.strip()}{_IN_MG}"


def dose_of(value: str | None) -> Dose | None:
    """Give the dose that was taken instead of the planned one. None: it was the planned, or none.

    The rows hold nothing else than what `accepted` let through.
    """
    if value is None or not value.endswith(_IN_MG):
        return None
    return Dose.from_mg(value.removesuffix(_IN_MG))


def one_line(value: str) -> str:
    """Return a text as one line without signs that steer a screen."""
    return " ".join(typed.kept(value).split())


def _another_dose(mg: str) -> str:
    try:
        dose = Dose.from_mg(mg.strip().replace(",", "."))
    except ValueError:
        dose = NOTHING
    if not NOTHING < dose <= MAX_DAILY:
        raise InputError([_no_such_dose(mg, is_above=dose > MAX_DAILY)])
    return dose_value(str(dose.mg))


def _no_such_dose(mg: str, *, is_above: bool) -> Problem:
    above = _(
        "Low-dose naltrexone is at most 4.5 mg a day, and this diary is for no more. If you took "
        "more, choose “Leave out”, write it in a note, and call your prescriber."
    )
    return Problem(
        code="LDN-W015",
        place=_("The dose you took"),
        given=_("“%(dose)s” mg") % {"dose": mg[:40]} if mg.strip() else _("nothing"),
        expected=_("a number above 0, and 4.5 or less"),
        todo=above if is_above else _("Write how many mg you took in all, such as 1.5."),
    )


def _too_long(value: str) -> Problem:
    return Problem(
        code="LDN-W012",
        place=_("Your note"),
        given=_("{count} characters").format(count=numbers.in_words(len(value))),
        expected=_("{count} or fewer").format(count=numbers.in_words(_NOTE_LENGTH)),
        todo=_("Nothing was saved yet. Make it shorter, and save again."),
    )


def _choices(item: str) -> tuple[str, ...]:
    if item == CAPSULE:
        return ("0", "1")
    if item == ILL or item in map(event, (known.id for known in EVENTS)):
        return ("1",)
    if item in map(red_flag, red_flags.ids()):
        return ("1",)
    if item in map(side_effect, (known.id for known in SIDE_EFFECTS)):
        return ("0", "1", "2", "3")
    return ()


def _outcome_of(plan: Plan, name: str) -> Outcome:
    for known in plan.outcomes:
        if known.id == name:
            return known
    raise InputError([not_an_answer(name, "")])


def _score(known: Outcome, value: str) -> str:
    found = numbers.decimal_number(value)
    number = math.nan if found is None else float(found)
    is_whole_scale = float(known.step).is_integer() and float(known.minimum).is_integer()
    if known.holds(number) and (number.is_integer() or not is_whole_scale):
        return f"{number:g}"
    raise InputError(
        [
            Problem(
                code="LDN-W011",
                place=known.label,
                given=f"“{value[:40]}”" if value else _("nothing"),
                expected=(
                    _("a whole number from {low} to {high}")
                    if is_whole_scale
                    else _("a number from {low} to {high}")
                ).format(low=numbers.in_words(known.minimum), high=numbers.in_words(known.maximum)),
                todo=_("Write such a number, or leave the question out."),
            )
        ]
    )


def not_an_answer(item: str, value: str) -> Problem:
    """Say that a form holds what no page of ours asks."""
    return Problem(
        code="LDN-W010",
        place=_("This form"),
        given=f"“{value[:40] or item[:40]}”",
        expected=_("one of the answers on the page"),
        todo=_("Open the page again and choose an answer."),
    )
