"""Forms that take more than one tap."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openldn.protocol import safety
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError
from openldn.web import problems, typed
from openldn.web.languages.tables import said
from openldn.web.person import medicines

__all__ = ["DecisionForm", "PlanForm", "SafetyForm", "SealForm", "json_object", "lines"]

_LARGEST_FILE = 100_000  # bytes; a plan is about 2 kB, a seal 1 kB
_NOT_AGREED = _(
    "The plan does not say when your prescriber agreed to it. "
    "When that is settled, write the day behind `agreed =` in the plan."
)
_NO_SEAL = _(
    "The order of this plan is drawn by chance. Choose the closed seal.json that "
    "openldn randomise wrote for it, so that the order is promised before the first day."
)
_BEHIND = timedelta(days=60)  # a trial that was begun on paper some weeks ago
_AHEAD = timedelta(days=365)
_NEITHER = _("Write every medicine that you use now, or tick that you use none.")
_BOTH = _("You wrote a medicine and ticked that you use none. Only one of them can be so.")
_YES_NO = (("yes", _("Yes")), ("no", _("No")))


def lines(error: InputError) -> list[str]:
    """Write every problem of an input as one line."""
    return [problems.line(one) for one in error.problems]


class SafetyForm(forms.Form):
    """The safety questions, each answered yes or no, and the medicines in use."""

    medicines = forms.CharField(
        label=_("Every medicine you use now, also only when needed, one a line"),
        required=False,
        help_text=_(
            "As on the box. From a shop, drops, patches and herbs too. Leave LDN itself out."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    uses_none = forms.BooleanField(label=_("I use none"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in safety.GATE_QUESTIONS:
            self.fields[question.id] = forms.ChoiceField(
                label=said(question.text),
                help_text=said(question.help),
                choices=_YES_NO,
                widget=forms.RadioSelect,
                error_messages={
                    "required": gettext("Answer yes or no: {question}").format(
                        question=said(question.text)
                    )
                },
            )

    def clean(self) -> dict[str, Any]:
        """Read the list. Silence is never taken for none."""
        cleaned = super().clean() or {}
        try:
            names = medicines.names_of(str(cleaned.get("medicines") or ""))
        except InputError as error:
            for line in lines(error):
                self.add_error("medicines", line)
            return cleaned
        if bool(names) is bool(cleaned.get("uses_none")):
            self.add_error("medicines", str(_BOTH if names else _NEITHER))
        return cleaned | {"names": names}

    def answers(self) -> dict[str, bool | None]:
        """Return the answers by question id."""
        asked = (question.id for question in safety.GATE_QUESTIONS)
        return {name: self.cleaned_data[name] == "yes" for name in asked}

    def names(self) -> tuple[str, ...]:
        """Return the medicines in use."""
        found: tuple[str, ...] = self.cleaned_data["names"]
        return found

    def questions(self) -> list[forms.BoundField]:
        """List the fields that are answered yes or no."""
        return [self[question.id] for question in safety.GATE_QUESTIONS]


class DecisionForm(forms.Form):
    """What the prescriber decided about a rule that asks for it."""

    by = forms.CharField(
        label=_("Name of the prescriber"),
        max_length=80,
        error_messages={"required": _("Write the name of the prescriber who decided.")},
    )
    on = forms.DateField(
        label=_("Day of the decision"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Write the day of the decision."),
            "invalid": _("Write the day like 2026-11-30."),
        },
    )
    is_yes = forms.BooleanField(
        label=_("This prescriber knows the points above and agreed to this trial"),
        error_messages={
            "required": _("Without the prescriber's agreement a trial cannot begin or go on.")
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_by(self) -> str:
        """Keep the name on one line; what nobody sees is no name."""
        name = " ".join(typed.rows(self.cleaned_data["by"]))
        if not any(sign.isalnum() for sign in name):
            raise forms.ValidationError(self.fields["by"].error_messages["required"])
        return name

    def clean_on(self) -> date:
        """Refuse a decision that lies ahead."""
        decided: date = self.cleaned_data["on"]
        if decided > self._today:
            raise forms.ValidationError(_("This day lies ahead. Write the day it was decided."))
        return decided


class PlanForm(forms.Form):
    """A plan file, pasted or chosen, and the seal that was made with it."""

    file = forms.FileField(label="plan.toml", required=False)
    text = forms.CharField(
        label=_("Or paste the plan here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    start = forms.DateField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only needed where the plan names none."),
        error_messages={"invalid": _("Write the first day like 2026-11-30.")},
    )
    seal = forms.FileField(
        label="seal.json",
        required=False,
        help_text=_(
            "Needed if the order is drawn by chance: openldn randomise writes it. The order stays"
            " hidden."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean(self) -> dict[str, Any]:
        """Read the plan and the seal; every problem is listed at once."""
        cleaned = super().clean() or {}
        cleaned["plan_toml"] = self._plan_text(cleaned)
        plan = self._plan(cleaned["plan_toml"])
        if plan is not None:
            cleaned["first_day"] = self._first_day(plan, cleaned.get("start"))
            self._check_first_day(plan, cleaned["first_day"])
            if plan.prescriber.agreed is None:
                self.add_error("text", str(_NOT_AGREED))
        if plan is not None and plan.design.kind.is_randomised and not self._has_seal(cleaned):
            self.add_error("seal", str(_NO_SEAL))
        if cleaned.get("seal"):
            cleaned["seal_facts"] = json_object(self, "seal", cleaned["seal"])
        return cleaned

    def _plan_text(self, cleaned: Mapping[str, Any]) -> str:
        if not cleaned.get("file"):
            # Browsers send pasted lines with CR LF; a plan file has LF, and its hash is checked.
            return str(cleaned.get("text") or "").replace("\r\n", "\n")
        try:
            return _content(cleaned["file"]).decode()
        except (ValueError, UnicodeDecodeError) as error:
            self.add_error("file", gettext("This file cannot be read as a plan.") + f" ({error})")
            return ""

    def _plan(self, text: str) -> Plan | None:
        if not text.strip():
            if not self.errors:
                self.add_error("file", gettext("Choose a plan file, or paste its text."))
            return None
        try:
            return Plan.from_toml(text.encode())
        except InputError as error:
            for line in lines(error):
                self.add_error("text", line)
            return None

    def _first_day(self, plan: Plan, given: date | None) -> date | None:
        named = plan.design.start
        if named and given and given != named:
            self.add_error(
                "start",
                gettext("The plan begins on {day}. Leave this empty.").format(day=named),
            )
        elif not named and not given and "start" not in self.errors:
            self.add_error("start", gettext("The plan names no first day. Write it here."))
        return named or given

    def _check_first_day(self, plan: Plan, first: date | None) -> None:
        """Refuse a first day that no trial can begin on: a slip in the year is found here."""
        if first is None:
            return
        earliest, latest = self._today - _BEHIND, self._today + _AHEAD
        if not earliest <= first <= latest:
            self.add_error(
                "start",
                gettext(
                    "The first day is {day}. Expected: a day from {first} to {last}. Change it"
                    " here, or in the plan if it stands there."
                ).format(day=first, first=earliest, last=latest),
            )
        elif first + timedelta(days=plan.total_days - 1) < self._today:
            self.add_error(
                "start",
                gettext(
                    "A plan of {count} days from {day} has ended already. Choose a later first day."
                ).format(count=plan.total_days, day=first),
            )

    def _has_seal(self, cleaned: Mapping[str, Any]) -> bool:
        return bool(cleaned.get("seal")) or "seal" in self.errors


class SealForm(forms.Form):
    """The opened seal of a trial that is over."""

    seal = forms.FileField(
        label=_("seal.json, opened by the pharmacist"),
        error_messages={"required": _("Choose the file seal.json that the pharmacist opened.")},
    )
    was_told = forms.ChoiceField(
        label=_("Did you learn before the end what a period held?"),
        choices=_YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer yes or no: did you learn it before the end?")},
    )

    def clean_seal(self) -> dict[str, Any]:
        """Read the file as what it should be."""
        return json_object(self, "seal", self.cleaned_data["seal"]) or {}


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > _LARGEST_FILE:
        raise ValueError(f"it has {file.size} bytes, more than {_LARGEST_FILE}")
    content: bytes = file.read()
    return content


def json_object(form: forms.Form, field: str, file: UploadedFile) -> dict[str, Any] | None:
    """Read a file that should hold one object; otherwise say so at the field."""
    try:
        facts = json.loads(_content(file))
    except (ValueError, RecursionError):
        facts = None
    if isinstance(facts, dict):
        return facts
    form.add_error(field, gettext("This file is not a seal. Choose the file seal.json."))
    return None
