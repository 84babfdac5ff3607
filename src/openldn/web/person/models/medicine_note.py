"""One note about a medicine beside LDN: in use, ended, or taken back."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.entry import Entry
from openldn.web.person.models.trial import Trial

__all__ = ["MedicineNote"]


class Kind(models.TextChoices):
    """What a row says about a medicine."""

    IN_USE = "in-use"  # names it
    ENDED = "ended"
    TAKEN_BACK = "taken-back"  # the latest row about it that still counts


class MedicineNote(AppendOnly):
    """One row about one medicine; the first names it, and the others are about that row."""

    Kind = Kind

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="medicine_notes")
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True)  # as on the box
    ended_on = models.DateField(null=True)  # the last day of use
    is_change = models.BooleanField(default=True)  # False: it was in use before the trial
    event = models.ForeignKey(  # the entry of the diary that this row added
        Entry, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="medicine_note_is_whole",
                condition=models.Q(kind="in-use", about=None, ended_on=None) & ~models.Q(name="")
                | models.Q(kind="ended", about__isnull=False, ended_on__isnull=False, name="")
                | models.Q(kind="taken-back", about__isnull=False, ended_on=None, name=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.about_id}: {self.kind}"
