"""Forms of sharing: which outcomes, for how long, and the words of a story."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from openldn.web import typed
from openldn.web.share.links import DAYS
from openldn.web.share.models import LONGEST_STORY
from openldn.web.share.showing import Choice

__all__ = ["LinkForm", "StoryForm", "new_key"]

_LONGEST_NAME = 80
_KEY = r"[A-Za-z0-9_-]{43}"


def new_key() -> str:
    """Draw the key of a form: it makes one link, however often it is sent."""
    return secrets.token_urlsafe(32)


class LinkForm(forms.Form):
    """What a link shows, for how long, and for whom it is meant."""

    form_key = forms.RegexField(regex=f"^{_KEY}$", widget=forms.HiddenInput)
    outcomes = forms.MultipleChoiceField(
        label=_("What may be seen"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Nothing is chosen. Tick at least one thing that may be seen."),
            "invalid_choice": _("One of the things is not on the list. Choose from the list."),
        },
    )
    has_side_effects = forms.BooleanField(label=_("Side effects too"), required=False)
    has_story = forms.BooleanField(label=_("My story beside it"), required=False)
    days = forms.TypedChoiceField(
        label=_("How long does it open?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("No time is chosen. Choose 7, 30 or 90 days."),
            "invalid_choice": _("This time is not on the list. Choose 7, 30 or 90 days."),
        },
    )
    meant_for = forms.CharField(
        label=_("Who is it for?"),
        help_text=_("Only you see this. You can leave it empty."),
        required=False,
        max_length=_LONGEST_NAME,
        error_messages={"max_length": _("This is too long. Write at most 80 letters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "line"}),
    )
    agree = forms.BooleanField(
        label=_("I agree that whoever has the link can see this."),
        error_messages={
            "required": _("The tick is missing. Tick “I agree” to make a link, or leave this page.")
        },
    )

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes, days = self.fields["outcomes"], self.fields["days"]
        assert isinstance(outcomes, forms.MultipleChoiceField)
        assert isinstance(days, forms.TypedChoiceField)
        outcomes.choices = [(one.id, one.label) for one in choices]
        days.choices = [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS]

    def clean_meant_for(self) -> str:
        """Keep the name on one line."""
        return " ".join(typed.rows(self.cleaned_data["meant_for"]))


class StoryForm(forms.Form):
    """Her own words."""

    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("What was it like? What do you want others to know?"),
        max_length=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": _("There are no words yet. Write some, then save."),
            "max_length": _(
                "This is %(show_value)d letters long. Write at most %(limit_value)d letters."
            ),
        },
    )

    def clean_words(self) -> str:
        """Keep every letter, and nothing that steers a screen."""
        words = typed.kept(self.cleaned_data["words"])
        if not words:
            raise forms.ValidationError(_("There are no words yet. Write some, then save."))
        return words
