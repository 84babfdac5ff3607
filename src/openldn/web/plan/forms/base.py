"""What the forms of the steps share."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.web import typed

__all__ = ["DayField", "NumberField", "StepForm", "WordsField"]

_MOST_DIGITS = 12
_JOINERS = "\u200c\u200d"  # they shape letters, as of Persian and Hindi
Words = str | Promise


class StepForm(forms.Form):
    """One step. It knows the answers so far, and gives what it changes of them."""

    def __init__(self, *args: Any, answers: Mapping[str, Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers = answers
        self.today = today
        self.build()

    def build(self) -> None:
        """Add the fields that depend on the answers so far, and fill in what was answered."""

    def changes(self) -> dict[str, Any]:
        """Give the answers of this step, once the form is valid."""
        raise TypeError("each step says what it changes")


class WordsField(forms.CharField):
    """A line of free text, kept letter by letter, without signs that no plan file takes."""

    def to_python(self, value: Any) -> str:
        """Keep the text on one line."""
        text = typed.kept(super().to_python(value) or "")
        shown = (sign for sign in text if sign.isspace() or sign.isprintable() or sign in _JOINERS)
        return " ".join("".join(shown).split())


class NumberField(forms.Field):
    """A number with either decimal mark, exact as it was written."""

    def __init__(self, *, low: str, high: str, sentence: Words, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "size": 6}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self._low, self._high = Decimal(low), Decimal(high)
        self._sentence = sentence  # what is expected

    def to_python(self, value: Any) -> Decimal | None:
        """Read the number.

        Raises
        ------
        forms.ValidationError
            When it is none, or outside its limits; the message says what was given.
        """
        text = str(value or "").strip().replace(",", ".")
        if not text:
            return None
        number = _number(text)
        if number is None or not self._low <= number <= self._high:
            given = _("You wrote %(given)s.") % {"given": f"“{str(value)[:40]}”"}
            raise forms.ValidationError(f"{given} {self._sentence}")
        return number


class DayField(forms.DateField):
    """A day, with the date picker of the browser."""

    def __init__(self, *, missing: Any, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            error_messages={
                "required": missing,
                "invalid": gettext_lazy("Write the day like 2026-11-30."),
            },
            **kwargs,
        )


def _number(text: str) -> Decimal | None:
    if len(text) > _MOST_DIGITS or not set(text) <= set("0123456789.-+"):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
