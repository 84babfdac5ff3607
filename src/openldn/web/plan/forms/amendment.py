"""A change to a frozen plan, as it was decided."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.web import typed
from openldn.web.plan.forms.base import DayField, WordsField
from openldn.web.plan.models import Amendment
from openldn.web.plan.models.amendment import LONGEST_REASON, LONGEST_VALUE

__all__ = ["AmendmentForm"]


class AmendmentForm(forms.Form):
    """Old value, new value, the day, why, and whether the code was broken."""

    what = forms.ChoiceField(
        label=_("What changed"),
        choices=[("", _("Choose")), *Amendment.What.choices],
        error_messages={"required": _("Choose what changed.")},
    )
    old = WordsField(
        label=_("What the plan said before"),
        max_length=LONGEST_VALUE,
        error_messages={"required": _("Write what the plan said before.")},
    )
    new = WordsField(
        label=_("What holds now"),
        max_length=LONGEST_VALUE,
        error_messages={"required": _("Write what holds now.")},
    )
    on = DayField(label=_("Since which day"), missing=_("Write the day of the change."))
    reason = forms.CharField(
        label=_("Why, in your own words"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why. It is read beside your answer.")},
    )
    is_code_broken = forms.TypedChoiceField(
        label=_("Did anybody open or tell what a period held?"),
        help_text=_("You, your doctor, or somebody beside you."),
        choices=(("yes", _("Yes")), ("no", _("No"))),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": _("Answer yes or no: was a period opened?")},
    )

    def __init__(self, *args: Any, since: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since, self._today = since, today

    def clean_reason(self) -> str:
        """Keep every letter and line; what steers a screen alone is no reason."""
        reason = typed.kept(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(self.fields["reason"].error_messages["required"])
        return reason

    def clean_on(self) -> date:
        """Refuse a day ahead, and one before the plan was frozen."""
        on: date = self.cleaned_data["on"]
        if not self._since <= on <= self._today:
            raise forms.ValidationError(
                now_("You wrote %(given)s. Expected: a day from %(first)s to %(last)s.")
                % {"given": on, "first": self._since, "last": self._today}
            )
        return on
