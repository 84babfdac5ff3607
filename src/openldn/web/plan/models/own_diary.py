"""A diary without a plan: questions of the evening, and nothing about taking anything."""

from typing import ClassVar

from django.db import models

from openldn.web.access.models import Person
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["OwnDiary", "OwnEntry"]


class OwnDiary(AppendOnly):
    """One diary. Another one with other questions may follow it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="own_diaries")
    questions = models.JSONField()  # id, label and better of each
    start = models.DateField()
    begun_at = models.DateTimeField()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"diary from {self.start.isoformat()}"


class Kind(models.TextChoices):
    """What a row says about its question."""

    GIVEN = "given"
    LEFT_OUT = "left-out"
    UNDONE = "undone"  # takes back the latest row that still counts


class OwnEntry(AppendOnly):
    """One answer about one day. The latest that was not undone counts."""

    Kind = Kind

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    diary = models.ForeignKey(OwnDiary, on_delete=models.PROTECT, related_name="entries")
    day = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    score = models.PositiveSmallIntegerField(null=True)  # 0 to 10
    entered_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["diary", "day"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="own_entry_is_whole",
                condition=models.Q(kind="given", score__isnull=False, score__range=(0, 10))
                | models.Q(kind__in=("left-out", "undone"), score=None),
            )
        ]

    def __str__(self) -> str:
        return f"day {self.day}, {self.question}: {self.kind}"
