"""What the prescriber said, each time it was talked about."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from openldn.web.person.models.append_only import AppendOnly

__all__ = ["LONGEST_NAME", "LONGEST_WORDS", "Talk"]

LONGEST_NAME = 80
LONGEST_WORDS = 2000  # as of a note in the diary


class TalkQuerySet(models.QuerySet["Talk"]):
    """Talks, asked for as the pages need them."""

    def in_force(self) -> "TalkQuerySet":
        """Leave out what was taken back, the latest talk first."""
        counting = self.filter(takes_back=None, taken_back_by=None)
        return counting.order_by("-day", "-pk")


class Talk(AppendOnly):
    """One talk with a prescriber, or the note that an earlier row was a slip."""

    class Said(models.TextChoices):
        """What was said."""

        AGREED = "agreed", _("Yes")
        NOT_NOW = "not-now", _("Not now")
        NO = "no", _("No")

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="talks")
    day = models.DateField()
    who = models.CharField(max_length=LONGEST_NAME, blank=True)
    said = models.CharField(max_length=8, choices=Said.choices)
    reason = models.CharField(max_length=LONGEST_WORDS, blank=True)  # in the person's own words
    change = models.CharField(max_length=LONGEST_WORDS, blank=True)  # what would have to change
    again = models.DateField(null=True)  # when to talk again
    noted_at = models.DateTimeField()
    takes_back = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="taken_back_by"
    )

    objects = TalkQuerySet.as_manager()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="talk_said_known",
                condition=models.Q(said__in=["agreed", "not-now", "no"]),
            )
        ]

    def __str__(self) -> str:
        return f"talk of {self.day:%Y-%m-%d}: {self.said}"
