"""Forms of the safety check, the pack, and the talk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms

from openldn.evidence.conditions import Condition, catalogue
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.profile import FORMAT, profile_from_values
from openldn.protocol.screening import QUESTIONS, Profile
from openldn.web import typed
from openldn.web.ask.models import LONGEST_NAME, LONGEST_WORDS, Talk

__all__ = ["GROUPS", "CheckForm", "Group", "PackForm", "TalkForm"]

_ANSWERS: Final = (("yes", "Yes"), ("no", "No"), ("", "Leave out"))
_YES_NO: Final = {"yes": True, "no": False}
# Questions and numbers under their headings.
GROUPS: Final = {
    "Opioids": (
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
    "Hospital and operations": ("procedure-last-14-days", "surgery-next-14-days"),
    "Pregnancy and breastfeeding": ("pregnancy", "breastfeeding"),
    "Liver and kidneys": (
        "liver-now",
        "liver-other",
        "transaminases",
        "kidney-failure",
        "kidney-moderate",
        "egfr",
    ),
    "Allergy and the immune system": ("allergy", "transplant", "immune-medicine", "lactose"),
    "Mood and alcohol": ("suicidal-thoughts", "past-attempt", "alcohol"),
    "The LDN itself": ("split-50mg", "compounded", "liquid"),
    "Beginning, and days on LDN": ("starting", "first-week", "nausea", "missed-dose"),
}
_OPEN: Final = "Opioids"  # stands open at first
_NUMBERS: Final = {
    "egfr": ("Kidney value (eGFR), if you know it", "In mL/min, such as 72."),
    "transaminases": (
        "Liver tests (ALT or AST), if you know them",
        "How many times the upper limit of the laboratory, such as 1.5.",
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
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)
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


def _lines_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )


class CheckForm(forms.Form):
    """What the screen is asked of. Nothing has to be filled in, and nothing is kept."""

    medicines = _lines_field(
        "Medicines you use now",
        "One a line, as written on the box. Those you buy without a prescription count too.",
    )
    past_medicines = _lines_field(
        "Medicines you no longer use",
        "One a line, from the last 12 months. If you know the days since the last use, write them"
        " behind a comma: codeine, 12",
    )
    conditions = _lines_field("Conditions you have", "One a line.")
    birth_year = forms.CharField(
        label="Year of birth",
        help_text="Such as 1975.",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.profile: Profile | None = None  # once it was read; None: nothing was said
        for question in QUESTIONS:
            self.fields[question.id] = forms.ChoiceField(
                label=question.text,
                help_text=question.help,
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
            yield Group(heading=heading, fields=fields, is_open=is_open)


def _conditions() -> list[tuple[str, str]]:
    return [("", "Choose"), *((one.id, one.name) for one in catalogue())]


class PackForm(forms.Form):
    """The condition that a pack is printed for."""

    condition = forms.ChoiceField(
        label="For which condition?",
        choices=_conditions,
        error_messages={
            "required": "Choose the condition that the pack is for.",
            "invalid_choice": "Choose a condition from the list.",
        },
    )

    def clean_condition(self) -> Condition:
        """Look the condition up; it was on the list of choices."""
        wanted = self.cleaned_data["condition"]
        return next(one for one in catalogue() if one.id == wanted)


class _KeptField(forms.CharField):
    """A text in a person's own words, kept as a note is; its length is that of what is kept."""

    def __init__(self, label: str, *, help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=LONGEST_WORDS,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        self.error_messages["max_length"] = (
            f"{label}: this has %(show_value)s characters. Write {LONGEST_WORDS:,} or fewer."
        )

    def to_python(self, value: Any) -> str:
        return typed.kept(str(super().to_python(value) or ""))


def _day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Write the day of the talk.",
            "invalid": f"{label}: write the day like 2026-11-30.",
        },
        **kwargs,
    )


class TalkForm(forms.Form):
    """How a talk with a prescriber went."""

    day = _day_field("Day of the talk")
    who = forms.CharField(
        label="With whom",
        required=False,
        max_length=LONGEST_NAME,
        error_messages={"max_length": f"With whom: write {LONGEST_NAME} letters or fewer."},
    )
    said = forms.ChoiceField(
        label="What did they say?",
        choices=Talk.Said.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what they said: yes, not now or no.",
            "invalid_choice": "Choose what they said: yes, not now or no.",
        },
    )
    reason = _KeptField("Why?", help_text="In their words, or in yours.")
    change = _KeptField("What would have to change?")
    again = _day_field("When will you talk again?", required=False)

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
            raise forms.ValidationError("This day lies ahead. Write the day of the talk.")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a next talk that is not after this one."""
        cleaned = super().clean() or {}
        day, again = cleaned.get("day"), cleaned.get("again")
        if day and again and again <= day:
            self.add_error("again", "The next talk comes after this one. Write a later day.")
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
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text.replace(",", "."))
    return int(number) if number == number.to_integral_value() else number


def _field_of(problem: Problem) -> str | None:
    return next(
        (field for place, field in _PLACES.items() if problem.place.startswith(place)), None
    )


def _told(problem: Problem, label: str) -> str:
    entry = re.search(r"entry \d+|\[\d+\]", problem.place)
    where = label + (f", entry {re.sub('[^0-9]', '', entry[0])}" if entry else "")
    where += ", days since the last use" if problem.place.endswith("days_ago") else ""
    return f"{where}: {problem.given}. Expected: {problem.expected}. {problem.todo}"
