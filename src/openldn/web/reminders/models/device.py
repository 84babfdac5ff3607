"""A browser that agreed to show the evening's reminder."""

from typing import ClassVar

from django.db import models

__all__ = ["Device"]


class Device(models.Model):
    """Where its browser vendor takes messages for it, and the keys that only it can open."""

    person = models.ForeignKey(
        "access.Person", on_delete=models.PROTECT, related_name="reminder_devices"
    )
    name = models.CharField(max_length=80)  # as the person reads it: Firefox on Android
    endpoint = models.CharField(max_length=800, unique=True)
    p256dh = models.CharField(max_length=88)
    auth = models.CharField(max_length=24)
    added_at = models.DateTimeField()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name
