"""A plan in the making, one row each time that a step of it is saved."""

from typing import ClassVar

from django.db import models

from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["Draft"]


class Kind(models.TextChoices):
    """What a row says."""

    SAVED = "saved"
    FROZEN = "frozen"  # a trial began with it
    PUT_AWAY = "put-away"  # begun anew


class Draft(AppendOnly):
    """The draft as it was after one step. The latest row of a person counts."""

    Kind = Kind

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()  # from 1; two tabs cannot save the same one
    kind = models.CharField(max_length=8, choices=Kind.choices)
    step = models.CharField(max_length=16, blank=True)  # that was saved
    answers = models.JSONField(default=dict)  # every step so far
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, null=True, related_name="drafts")
    saved_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "number"], name="draft_saved_once"),
            models.CheckConstraint(
                name="draft_frozen_with_its_trial",
                condition=models.Q(kind="frozen", trial__isnull=False)
                | models.Q(kind__in=("saved", "put-away"), trial=None),
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.number}: {self.kind}"
