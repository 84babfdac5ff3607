"""Forms of the safety check, the pack, and the talk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openldn.evidence.conditions import Condition, catalogue
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.profile import FORMAT, profile_from_values
from openldn.protocol.screening import QUESTIONS, Profile
from openldn.web import problems, typed
from openldn.web.ask.models import LONGEST_NAME, LONGEST_WORDS, Talk
from openldn.web.languages.tables import said
from openldn.web.person.numbers import decimal_number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["GROUPS", "CheckForm", "Group", "PackForm", "TalkForm"]

_ANSWERS: Final = (("yes", _("Yes")), ("no", _("No")), ("", _("Leave out")))
_YES_NO: Final = {"yes": True, "no": False}
# Questions and numbers under their headings.
GROUPS: Final = {
    gettext_noop("Opioids"): (
        "opioid-now",
        "opioid-last-10-days",
        "opioid-long-acting",
        "kratom-last-14-days",
        "opioid-dependence",
        "street-opioid",
        "planned-opioid",
        "loperamide-above-pack",
        "atypical-for-effect",
        "cough-medicine-large-amounts",
    ),
    gettext_noop("Hospital and operations"): ("procedure-last-14-days", "surgery-next-14-days"),
    gettext_noop("Pregnancy and breastfeeding"): ("pregnancy", "breastfeeding"),
    gettext_noop("Liver and kidneys"): (
        "liver-now",
        "liver-other",
        "transaminases",
        "kidney-failure",
        "kidney-moderate",
        "egfr",
    ),
    gettext_noop("Allergy and the immune system"): (
        "allergy",
        "transplant",
        "immune-medicine",
        "lactose",
    ),
    gettext_noop("Mood and alcohol"): ("suicidal-thoughts", "past-attempt", "alcohol"),
    gettext_noop("The LDN itself"): ("split-50mg", "compounded", "liquid"),
    gettext_noop("Beginning, and days on LDN"): ("starting", "first-week", "nausea", "missed-dose"),
}
_OPEN: Final = "Opioids"  # stands open at first
_NUMBERS: Final = {
    "egfr": (_("Kidney value (eGFR), if you know it"), _("In mL/min, such as 72.")),
    "transaminases": (
        _("Liver tests (ALT or AST), if you know them"),
        _("How many times the upper limit of the laboratory, such as 1.5."),
    ),
}
# Where a problem of the profile is, by its first letters, and the field that a person sees there.
_PLACES: Final = {
    "medicines": "medicines",
    "past_medicine": "past_medicines",
    "conditions": "conditions",
    "birth_year": "birth_year",
    "numbers.egfr": "egfr",
    "numbers.transaminases": "transaminases",
}
# "codeine, 12": the days since. A comma between digits ("4,5 mg", "30,500") belongs to the name.
_DAYS_AGO = re.compile(
    r"(?P<name>.*\S)\s*(?:(?<!\d),\s*|,\s+)(?P<days>\d{1,9})(?:\s*days?)?(?:\s*ago)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Questions under one heading."""

    heading: str
    fields: tuple[forms.BoundField, ...]
    is_open: bool


def _lines_field(label: "_StrPromise", help_text: "_StrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )


class CheckForm(forms.Form):
    """What the screen is asked of. Nothing has to be filled in, and nothing is kept."""

    medicines = _lines_field(
        _("Medicines you use now"),
        _("One a line, as written on the box. Those you buy without a prescription count too."),
    )
    past_medicines = _lines_field(
        _("Medicines you no longer use"),
        _(
            "One a line, from the last 12 months. If you know the days since the last use, write"
            " them behind a comma: codeine, 12"
        ),
    )
    conditions = _lines_field(_("Conditions you have"), _("One a line."))
    birth_year = forms.CharField(
        label=_("Year of birth"),
        help_text=_("Such as 1975."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.profile: Profile | None = None  # once it was read; None: nothing was said
        for question in QUESTIONS:
            self.fields[question.id] = forms.ChoiceField(
                label=said(question.text),
                help_text=said(question.help),
                choices=_ANSWERS,
                required=False,
                widget=forms.RadioSelect,
                initial="",
            )
        for name, (label, hint) in _NUMBERS.items():
            self.fields[name] = forms.CharField(
                label=label,
                help_text=hint,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Read the profile; every problem is listed at once, at the field where it is."""
        cleaned = super().clean() or {}
        values = _values(cleaned)
        if not values or self.errors:
            return cleaned
        try:
            self.profile = profile_from_values({"format": FORMAT, **values}, today=self._today)
        except InputError as error:
            for problem in error.problems:
                field = _field_of(problem)
                label = str(self.fields[field].label) if field else ""
                self.add_error(field, _told(problem, label))
        return cleaned

    def groups(self) -> Iterator[Group]:
        """Give the questions under their headings; a group with an answer stands open."""
        for heading, names in GROUPS.items():
            fields = tuple(self[name] for name in names)
            is_open = heading == _OPEN or any(field.value() or field.errors for field in fields)
            yield Group(heading=gettext(heading), fields=fields, is_open=is_open)


def _conditions() -> list[tuple[str, str]]:
    return [("", gettext("Choose")), *((one.id, said(one.name)) for one in catalogue())]


class PackForm(forms.Form):
    """The condition that a pack is printed for."""

    condition = forms.ChoiceField(
        label=_("For which condition?"),
        choices=_conditions,
        error_messages={
            "required": _("Choose the condition that the pack is for."),
            "invalid_choice": _("Choose a condition from the list."),
        },
    )

    def clean_condition(self) -> Condition:
        """Look the condition up; it was on the list of choices."""
        wanted = self.cleaned_data["condition"]
        return next(one for one in catalogue() if one.id == wanted)


_TOO_LONG: Final = _("this has %(show_value)s characters. Write %(limit_value)s or fewer.")


class _KeptField(forms.CharField):
    """A text in a person's own words, kept as a note is; its length is that of what is kept."""

    def __init__(self, label: "_StrPromise", *, help_text: "_StrPromise | str" = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=LONGEST_WORDS,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.error_messages["max_length"] = format_lazy("{}: {}", label, _TOO_LONG)

    def to_python(self, value: Any) -> str:
        return typed.kept(str(super().to_python(value) or ""))


def _day_field(label: "_StrPromise", **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the day of the talk."),
            "invalid": format_lazy("{}: {}", label, _("write the day like 2026-11-30.")),
        },
        **kwargs,
    )


class TalkForm(forms.Form):
    """How a talk with a prescriber went."""

    day = _day_field(_("Day of the talk"))
    who = forms.CharField(
        label=_("With whom"),
        required=False,
        max_length=LONGEST_NAME,
        error_messages={"max_length": _("With whom: write %(limit_value)s letters or fewer.")},
    )
    said = forms.ChoiceField(
        label=_("What did they say?"),
        choices=Talk.Said.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what they said: yes, not now or no."),
            "invalid_choice": _("Choose what they said: yes, not now or no."),
        },
    )
    reason = _KeptField(_("Why?"), help_text=_("In their words, or in yours."))
    change = _KeptField(_("What would have to change?"))
    again = _day_field(_("When will you talk again?"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_who(self) -> str:
        """Keep the name as a note is kept, on one line."""
        return " ".join(typed.rows(self.cleaned_data["who"]))

    def clean_day(self) -> date:
        """Refuse a talk that lies ahead."""
        day: date = self.cleaned_data["day"]
        if day > self._today:
            raise forms.ValidationError(_("This day lies ahead. Write the day of the talk."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a next talk that is not after this one."""
        cleaned = super().clean() or {}
        day, again = cleaned.get("day"), cleaned.get("again")
        if day and again and again <= day:
            self.add_error(
                "again", gettext("The next talk comes after this one. Write a later day.")
            )
        return cleaned


def _values(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Give what was filled in by the keys of a profile; what is empty was not said."""
    answers = {
        one.id: _YES_NO[cleaned[one.id]] for one in QUESTIONS if cleaned.get(one.id) in _YES_NO
    }
    numbers = {name: _number(cleaned[name]) for name in _NUMBERS if cleaned.get(name)}
    past = [_past_medicine(line) for line in typed.rows(cleaned.get("past_medicines", ""))]
    values = {
        "medicines": typed.rows(cleaned.get("medicines", "")),
        "past_medicine": past,
        "conditions": typed.rows(cleaned.get("conditions", "")),
        "birth_year": _number(cleaned.get("birth_year", "")),
        "answers": answers,
        "numbers": numbers,
    }
    return {key: value for key, value in values.items() if value not in ([], {}, "")}


def _past_medicine(line: str) -> dict[str, Any]:
    found = _DAYS_AGO.fullmatch(line)
    if found is None:
        return {"name": line}
    return {"name": found["name"], "days_ago": int(found["days"])}


def _number(text: str) -> int | Decimal | str:
    """Read a number as it was typed; what is none stays a text, which the profile refuses."""
    number = decimal_number(text)
    if number is None:
        return text
    return int(number) if number == number.to_integral_value() else number


def _field_of(problem: Problem) -> str | None:
    return next(
        (field for place, field in _PLACES.items() if problem.place.startswith(place)), None
    )


def _told(problem: Problem, label: str) -> str:
    entry = re.search(r"entry \d+|\[\d+\]", problem.place)
    where = [label]
    if entry:
        where.append(gettext("entry {number}").format(number=re.sub("[^0-9]", "", entry[0])))
    if problem.place.endswith("days_ago"):
        where.append(gettext("days since the last use"))
    return problems.line(replace(problem, place=", ".join(where)))
