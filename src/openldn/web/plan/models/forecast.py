"""What virtual trials of one design came to, kept so that they run once."""

from typing import ClassVar

from django.db import models

from openldn.web.access.models import Person

__all__ = ["Forecast"]


class State(models.TextChoices):
    """How far the work has come."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"  # our mistake


class Forecast(models.Model):
    """One design with one primary score. The same question again finds the same row."""

    State = State

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # of everything that the numbers rest on
    plan_toml = models.TextField()  # without names and dates
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)  # pieces of work
    pieces = models.PositiveSmallIntegerField(default=0)
    found = models.JSONField(null=True)  # counts by effect
    asked_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "key"], name="forecast_asked_once"),
            models.CheckConstraint(
                name="forecast_found_when_ready",
                condition=models.Q(state="ready", found__isnull=False)
                | (~models.Q(state="ready") & models.Q(found__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"forecast {self.key[:8]}: {self.state}"
