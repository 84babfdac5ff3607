"""The answers to the safety questions, before a plan begins."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly

__all__ = ["SafetyCheck"]


class SafetyCheck(AppendOnly):
    """One time that the safety questions were answered."""

    person = models.ForeignKey(
        "access.Person", on_delete=models.PROTECT, related_name="safety_checks"
    )
    answered_at = models.DateTimeField()
    answers = models.JSONField()  # question id: answer id
    touched = models.JSONField()  # ids of the rules that were touched
    medicines = models.JSONField(null=True)  # every name in use; empty: none; None: not asked
    decision_by = models.CharField(max_length=80, blank=True)  # the prescriber who decided
    decision_on = models.DateField(null=True)

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="safety_decision_is_whole",
                condition=models.Q(decision_by="", decision_on=None)
                | (~models.Q(decision_by="") & models.Q(decision_on__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"safety questions of {self.answered_at:%Y-%m-%d}"
