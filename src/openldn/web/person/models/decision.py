"""What a prescriber decided about safety rules while a trial runs."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.trial import Trial

__all__ = ["Decision"]


class Decision(AppendOnly):
    """One decision. It holds for what stood open then, and for nothing that comes later."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="decisions")
    causes = models.JSONField()  # names of the touches that were decided, see person.pauses
    by = models.CharField(max_length=80)
    on = models.DateField()
    noted_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="decision_has_a_name", condition=~models.Q(by=""))
        ]

    def __str__(self) -> str:
        return f"decided by {self.by} on {self.on}"
