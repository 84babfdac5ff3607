"""A change to a frozen plan: what it was, what it became, and why."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["LONGEST_REASON", "LONGEST_VALUE", "Amendment"]

LONGEST_VALUE = 200
LONGEST_REASON = 2000


class What(models.TextChoices):
    """The part of the plan that changed."""

    DOSE = "dose", _("A dose")
    TIME = "time", _("The time of day")
    DATES = "dates", _("Dates or lengths")
    QUESTION = "question", _("A question of the evening")
    RULE = "rule", _("A moment that the plan names")
    OTHER = "other", _("Something else")


class Amendment(AppendOnly):
    """One change. The frozen plan itself stays as it was, byte for byte."""

    What = What

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()  # from 1; a double tap cannot add a second one
    what = models.CharField(max_length=8, choices=What.choices)
    old = models.CharField(max_length=LONGEST_VALUE)
    new = models.CharField(max_length=LONGEST_VALUE)
    reason = models.CharField(max_length=LONGEST_REASON)
    is_code_broken = models.BooleanField()  # somebody learned what a period held
    on = models.DateField()  # the person's own day
    noted_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["trial", "number"], name="amendment_added_once"),
            models.CheckConstraint(
                name="amendment_is_whole",
                condition=~models.Q(old="") & ~models.Q(new="") & ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"amendment {self.number} of {self.trial}"
