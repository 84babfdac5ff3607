"""The answer of one trial, as the engine saved it."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.trial import Trial

__all__ = ["Answer"]


class State(models.TextChoices):
    """How far the answer has come."""

    ASKED = "asked"
    READY = "ready"
    REFUSED = "refused"  # the analysis says why it gives no answer
    FAILED = "failed"  # our mistake


class Answer(models.Model):
    """One answer asked for; the latest of a trial is shown."""

    State = State

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="answers")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    saved = models.JSONField(null=True)  # the answer file of the contract
    refusal = models.JSONField(default=list)  # plain sentences
    page_for_doctor = models.BinaryField(null=True)  # PDF

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="answer_saved_when_ready",
                condition=models.Q(state="ready", saved__isnull=False)
                | (~models.Q(state="ready") & models.Q(saved__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"answer of {self.trial}: {self.state}"
