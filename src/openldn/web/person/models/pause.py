"""When a trial was paused, and when it went on."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.decision import Decision
from openldn.web.person.models.trial import Trial

__all__ = ["Pause"]


class Kind(models.TextChoices):
    """What a row says."""

    PAUSED = "paused"  # also for one more reason while it is paused
    RESUMED = "resumed"
    TAKEN_BACK = "taken-back"  # every entry that had paused it was undone


class Pause(AppendOnly):
    """One step into a pause or out of it."""

    Kind = Kind

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()  # the person's own day
    rules = models.JSONField(default=list)  # ids of the stop rules
    causes = models.JSONField(default=list)  # the entries that touched them, see person.pauses
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="pause_ends_by_a_decision",
                condition=models.Q(kind="resumed", decision__isnull=False)
                | models.Q(kind__in=("paused", "taken-back"), decision=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.on}"
