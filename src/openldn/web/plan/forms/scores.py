"""Steps 2 to 4: what is scored each evening, in whose words, and what would be worth it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.evidence.outcomes import items
from openldn.web.languages.tables import said
from openldn.web.plan.forms.base import NumberField, StepForm, WordsField
from openldn.web.plan.suggestions import sources_of, suggested

__all__ = ["MattersForm", "WordsForm", "WorthForm"]

MOST_ITEMS = 5
_OWN = ("own_1", "own_2")
_LONGEST_LABEL = 60
_TENTH = "1"  # of the scale from 0 to 10
_DIRECTIONS = (("lower", _("the worst it can be")), ("higher", _("the best it can be")))


class MattersForm(StepForm):
    """Ticks for what is suggested, and two lines for what is not."""

    def build(self) -> None:
        """Offer what fits the conditions; what was chosen before stays chosen."""
        held = {item["id"]: item for item in self.answers.get("items", ())}
        offered = dict.fromkeys(
            (*(one.id for one in suggested(self.answers.get("conditions", ()))), *held)
        )
        known = [one for one in offered if one not in _OWN]
        self.fields["chosen"] = forms.MultipleChoiceField(
            label=_("What would you like to see change?"),
            choices=[(one, said(items()[one].label)) for one in known],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=[one for one in known if one in held],
        )
        for name in _OWN:
            self.fields[name] = WordsField(
                label=_("Something else, in your own words"),
                required=False,
                max_length=_LONGEST_LABEL,
                initial=held.get(name, {}).get("label", ""),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one to five."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        count = len(self._ids(cleaned))
        if count == 0:
            self.add_error("chosen", now_("Nothing is chosen. Choose at least one thing."))
        elif count > MOST_ITEMS:
            self.add_error(
                "chosen",
                now_(
                    "%(count)d things are chosen. At most 5 can be asked each evening: "
                    "few questions are kept best. Take some out."
                )
                % {"count": count},
            )
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Give the scores; words and limits that were set before stay."""
        held = {item["id"]: item for item in self.answers.get("items", ())}
        made = [self._item(one, held.get(one, {})) for one in self._ids(self.cleaned_data)]
        primary = self.answers.get("primary")
        return {
            "items": made,
            "primary": primary if any(item["id"] == primary for item in made) else made[0]["id"],
            "is_worded": self.answers.get("items") == made and bool(self.answers.get("is_worded")),
            "is_weighed": self.answers.get("items") == made
            and bool(self.answers.get("is_weighed")),
        }

    def _ids(self, cleaned: dict[str, Any]) -> list[str]:
        return [*cleaned.get("chosen", ()), *(name for name in _OWN if cleaned.get(name))]

    def _item(self, item_id: str, held: dict[str, Any]) -> dict[str, Any]:
        if item_id in _OWN:
            label, better, mcid = self.cleaned_data[item_id], "lower", _TENTH
        else:
            known = items()[item_id]
            label, better, mcid = said(known.label), known.better.value, f"{known.mcid:g}"
            label = held.get("label", label)
        return {
            "id": item_id,
            "label": label,
            "better": held.get("better", better),
            "mcid": held.get("mcid", mcid),
        }


class WordsForm(StepForm):
    """Each score in the person's own words, its direction, and the one that matters most."""

    def build(self) -> None:
        """Ask about each score."""
        for item in self.answers["items"]:
            self.fields[f"label_{item['id']}"] = WordsField(
                label=_("In your own words"),
                max_length=_LONGEST_LABEL,
                initial=item["label"],
                error_messages={"required": _("Write a word for it, as you would say it.")},
            )
            self.fields[f"better_{item['id']}"] = forms.ChoiceField(
                label=_("On a scale from 0 to 10, 10 means"),
                choices=_DIRECTIONS,
                widget=forms.RadioSelect,
                initial=item["better"],
                error_messages={"required": _("Say what 10 means.")},
            )
        self.fields["primary"] = forms.ChoiceField(
            label=_("Which one matters most to you?"),
            help_text=_("The answer at the end is about this one first."),
            choices=[(item["id"], item["label"]) for item in self.answers["items"]],
            widget=forms.RadioSelect,
            initial=self.answers.get("primary"),
            error_messages={"required": _("Choose the one that matters most.")},
        )

    def clean(self) -> dict[str, Any]:
        """Refuse two scores with the same name: nobody could tell them apart at night."""
        cleaned = super().clean() or {}
        seen: set[str] = set()
        for item in self.answers["items"]:
            name = f"label_{item['id']}"
            label = str(cleaned.get(name, ""))
            if label and label.casefold() in seen:
                self.add_error(
                    name,
                    now_("Two questions are called “%(label)s”. Give one another name.")
                    % {"label": label},
                )
            seen.add(label.casefold())
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Give the scores as they are called now."""
        worded = [
            {
                **item,
                "label": self.cleaned_data[f"label_{item['id']}"],
                "better": self.cleaned_data[f"better_{item['id']}"],
            }
            for item in self.answers["items"]
        ]
        return {"items": worded, "primary": self.cleaned_data["primary"], "is_worded": True}

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Put the two questions of a score under its name."""
        for item in self.answers["items"]:
            yield item["label"], [self[f"label_{item['id']}"], self[f"better_{item['id']}"]]
        yield "", [self["primary"]]


class WorthForm(StepForm):
    """The smallest difference that would make it worth it, score by score."""

    def build(self) -> None:
        """Ask about each score, with what studies say where they do."""
        for item in self.answers["items"]:
            self.fields[f"mcid_{item['id']}"] = NumberField(
                label=item["label"],
                help_text=_asked(item),
                low="0.1",
                high="10",
                sentence=_("Write points between 0.1 and 10, such as 1 or 1.5."),
                initial=item["mcid"],
                error_messages={"required": _("Write how many points would be worth it.")},
            )

    def changes(self) -> dict[str, Any]:
        """Give the scores with what would be worth it."""
        weighed = [
            {**item, "mcid": _plain(self.cleaned_data[f"mcid_{item['id']}"])}
            for item in self.answers["items"]
        ]
        return {"items": weighed, "is_weighed": True}

    def asked(self) -> Iterator[tuple[forms.BoundField, str]]:
        """Give each field with where the number in it comes from."""
        for item in self.answers["items"]:
            yield self[f"mcid_{item['id']}"], _whence(item)


def _asked(item: dict[str, Any]) -> str:
    if item["better"] == "lower":
        return now_("How many points lower would be worth it, to you?")
    return now_("How many points higher would be worth it, to you?")


def _whence(item: dict[str, Any]) -> str:
    known = items().get(item["id"])
    return sources_of(known) if known else now_("A tenth of the scale, our guess.")


def _plain(number: Decimal) -> str:
    """Write a number without zeros at its end."""
    return f"{number.normalize():f}"
