"""One tap of one evening."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.trial import Trial

__all__ = ["Entry"]


class Kind(models.TextChoices):
    """What a row says about its item."""

    GIVEN = "given"
    LEFT_OUT = "left-out"  # asked, and left open on purpose: missing for the analysis
    UNDONE = "undone"  # takes back the latest row of this item and day that still counts


class Entry(AppendOnly):
    """One answer about one day: a score, a capsule, a side effect, an event, a note.

    The latest row of an item counts, and every earlier one is kept.
    """

    Kind = Kind

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="entries")
    day = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=48)  # see person.items
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=2000, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["trial", "day"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="entry_value_only_when_given",
                condition=models.Q(kind="given") & ~models.Q(value="")
                | ~models.Q(kind="given") & models.Q(value=""),
            ),
            models.CheckConstraint(
                name="entry_kind_known", condition=models.Q(kind__in=Kind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"day {self.day}, {self.item}: {self.kind}"
