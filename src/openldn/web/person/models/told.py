"""Her note that the prescriber knows of a moment that the plan names."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.trial import Trial

__all__ = ["Told"]


class Told(AppendOnly):
    """One time that somebody was told of a met rule, or that such a note was taken back.

    A rule is silent only about the days that stand in a note that still counts.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="told")
    rule = models.CharField(max_length=48)  # of the plan; "safety:" before a rule of the gate
    days = models.JSONField()  # the days that had met it
    whom = models.CharField(max_length=200)
    noted_at = models.DateTimeField()
    is_taken_back = models.BooleanField(default=False)  # the latest note of this rule that counts

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"told of {self.rule}, noted {self.noted_at:%Y-%m-%d}"
