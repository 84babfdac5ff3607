"""What a person expected of LDN, asked once before the start."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["LONGEST_WHY", "Expectation"]

LONGEST_WHY = 2000


class Said(models.TextChoices):
    """What was expected of the days on LDN, against the days without."""

    BETTER = "better", _("Better")
    SAME = "same", _("About the same")
    WORSE = "worse", _("Worse")
    SKIPPED = "skipped"  # asked, and left out


class Expectation(AppendOnly):
    """The one answer of a trial. It never enters the analysis."""

    Said = Said

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="expectation")
    said = models.CharField(max_length=7, choices=Said.choices)
    sure = models.PositiveSmallIntegerField(null=True)  # 0 to 10
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="expectation_is_whole",
                condition=models.Q(
                    said__in=("better", "same", "worse"), sure__isnull=False, sure__range=(0, 10)
                )
                | models.Q(said="skipped", sure=None, why=""),
            )
        ]

    def __str__(self) -> str:
        return f"expected: {self.said}"
