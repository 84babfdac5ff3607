"""One answer to a safety question that is asked before a period."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.trial import Trial

__all__ = ["PeriodAnswer"]


class PeriodAnswer(AppendOnly):
    """One tap on a safety question of one period. The latest that was not taken back counts."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="period_answers")
    period = models.PositiveSmallIntegerField()  # its number, from 1
    question = models.CharField(max_length=32)  # id in protocol.safety
    answer = models.BooleanField(null=True)  # None takes back the latest one that counts
    answered_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="period_answer_of_a_period", condition=models.Q(period__gte=1)
            )
        ]

    def __str__(self) -> str:
        return f"period {self.period}, {self.question}: {self.answer}"
