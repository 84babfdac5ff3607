"""Step 5: the ladder and the time of day, as the prescriber decides them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.evidence.first_plan import first_ladder
from openldn.protocol.doses import MAX_DAILY, Dose
from openldn.protocol.plan import Kind
from openldn.web.plan.forms.base import NumberField, StepForm
from openldn.web.plan.making import field_of, problems_of_doses

__all__ = ["MOST_RUNGS", "DoseForm"]

MOST_RUNGS = 5
_LONGEST_STAY = "365"
_TOO_HIGH = "LDN-P101"
_DOSES = tuple(f"dose_{number}" for number in range(1, MOST_RUNGS + 1))
_TIMES = (
    ("bedtime", _("At bedtime")),
    ("evening", _("In the evening")),
    ("morning", _("In the morning")),
)
_ACTS = (
    ("next-day", _("In the scores of the next day")),
    ("same-day", _("In the scores of the same day")),
)


class DoseForm(StepForm):
    """Up to five rungs. The rules of a plan decide, and say why beside the field."""

    def build(self) -> None:
        """Fill in what was agreed, or else a proposal to talk about."""
        held = self.answers.get("dose") or _proposal()
        rungs = [*held["rungs"], *[("", "")] * MOST_RUNGS][:MOST_RUNGS]
        for number, (mg, days) in enumerate(rungs, start=1):
            self._add_rung(number, mg, days)
        self.fields["already_on"] = NumberField(
            label=_("LDN you take now, in mg a day"),
            help_text=_("0 if you take none."),
            low="0",
            high="1000",
            sentence=_("Write the dose in mg, such as 3. Write 0 if you take none."),
            initial=held["already_on"],
            error_messages={"required": _("Write 0 if you take none.")},
        )
        for name, label, choices in (
            ("time", _("Time of day"), _TIMES),
            ("acts", _("When a dose can show first"), _ACTS),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect, initial=held[name]
            )

    def _add_rung(self, number: int, mg: str, days: int | str) -> None:
        self.fields[f"dose_{number}"] = NumberField(
            label=_("Dose %(number)d, mg a day") % {"number": number},
            low="0",
            high="1000",
            sentence=_("Write a dose in mg, such as 1.5."),
            required=False,
            initial=mg,
        )
        self.fields[f"days_{number}"] = NumberField(
            label=_("Days on dose %(number)d") % {"number": number},
            low="1",
            high=_LONGEST_STAY,
            sentence=_("Write whole days from 1 to 365."),
            required=False,
            initial=days,
        )

    def clean(self) -> dict[str, Any]:
        """Ask the rules of a plan, and put each problem where it is."""
        cleaned = super().clean() or {}
        for number in range(1, MOST_RUNGS + 1):
            self._check_rung(number, cleaned)
        if not _is_whole_ug(cleaned.get("already_on") or Decimal(0)):
            self.add_error("already_on", now_("This is finer than 0.001 mg."))
        if not any(cleaned.get(n) is not None or n in self.errors for n in _DOSES):
            self.add_error(
                "dose_1",
                now_("No dose is written. A plan has at least one, at most %(most)s a day.")
                % {"most": MAX_DAILY.text},
            )
        self._ask_the_rules(cleaned)
        return cleaned

    def _ask_the_rules(self, cleaned: dict[str, Any]) -> None:
        """Ask every rule; where a field cannot be read, only the one about each dose alone."""
        is_whole = not self.errors
        numbers = [n for n in range(1, MOST_RUNGS + 1) if _is_rung(cleaned, n)]
        if not numbers:
            return
        for problem in problems_of_doses({**self.answers, "dose": self._dose(cleaned)}):
            if not is_whole and problem.code != _TOO_HIGH:
                continue
            self.add_error(
                _as_typed(field_of(problem), numbers),
                now_("Given: %(given)s. Expected: %(expected)s. %(todo)s")
                % {"given": problem.given, "expected": problem.expected, "todo": problem.todo},
            )

    def _check_rung(self, number: int, cleaned: dict[str, Any]) -> None:
        dose, stay = f"dose_{number}", f"days_{number}"
        mg, days = cleaned.get(dose), cleaned.get(stay)
        if mg is not None and days is None and stay not in self.errors:
            self.add_error(stay, now_("Write for how many days at least."))
        if days is not None and days != int(days):
            self.add_error(stay, now_("Write whole days from 1 to 365."))
        if mg is not None and not _is_whole_ug(mg):
            self.add_error(dose, now_("This is finer than 0.001 mg. Write it in less detail."))

    def _dose(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        rungs = [
            [_text(cleaned[f"dose_{number}"]), int(cleaned[f"days_{number}"])]
            for number in range(1, MOST_RUNGS + 1)
            if _is_rung(cleaned, number)
        ]
        return {
            "rungs": rungs,
            "already_on": _text(cleaned.get("already_on") or Decimal(0)),
            "time": cleaned.get("time", "bedtime"),
            "acts": cleaned.get("acts", "next-day"),
        }

    def changes(self) -> dict[str, Any]:
        """Give the rungs that hold a dose."""
        return {"dose": self._dose(self.cleaned_data)}

    def rungs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Give the two fields of each rung side by side."""
        return [(self[f"dose_{n}"], self[f"days_{n}"]) for n in range(1, MOST_RUNGS + 1)]


def _proposal() -> dict[str, Any]:
    ladder = first_ladder(Kind.BLINDED_WITHDRAWAL)
    return {
        "rungs": [[f"{step.dose.mg}", step.min_days] for step in ladder],
        "already_on": "0",
        "time": "bedtime",
        "acts": "next-day",
    }


def _is_rung(cleaned: dict[str, Any], number: int) -> bool:
    return all(cleaned.get(f"{name}_{number}") is not None for name in ("dose", "days"))


def _is_whole_ug(mg: Decimal) -> bool:
    try:
        Dose.from_mg(mg)
    except ValueError:
        return False
    return True


def _as_typed(field: str | None, numbers: list[int]) -> str | None:
    """Name the field of the page: an empty row between two doses moves the numbers."""
    if field is None or "_" not in field or not field[-1].isdigit():
        return field
    name, _, number = field.rpartition("_")
    return f"{name}_{numbers[int(number) - 1]}"


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"
