"""A private calendar feed."""

import uuid

from django.db import models

__all__ = ["Calendar"]


class Calendar(models.Model):
    """The secret address of one person's feed.

    The address is kept as it is, so that it can be shown again for a second device: it opens one
    sentence and a time of evening, and whoever reads this database reads far more than that.
    """

    person = models.OneToOneField(
        "access.Person", on_delete=models.PROTECT, related_name="reminder_calendar"
    )
    secret = models.CharField(max_length=64, unique=True)
    # The same for every secret, so that a calendar that moves on knows the evenings again.
    name = models.UUIDField(default=uuid.uuid4)
    made_at = models.DateTimeField()

    class Meta:
        """No order: pages ask for the one of a person."""

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"
