"""One reminder of one evening, over one channel."""

from typing import ClassVar

from django.db import models

__all__ = ["Leaving"]


class Leaving(models.Model):
    """Written before anything is sent, so that no second worker sends it too.

    A row that was handed over and has no later time is one whose worker ended in the middle of
    sending. Whether it left cannot be known then, and it is not sent again.
    """

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # the person's own evening
    channel = models.CharField(max_length=40)  # email, or push and the number of the device
    claimed_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)  # the last moment before the first byte leaves
    left_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # surely not sent: it may be tried again

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="reminder_leaves_once", fields=["person", "day", "channel"]
            ),
            models.CheckConstraint(
                name="reminder_left_or_refused",
                condition=models.Q(left_at=None) | models.Q(refused_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}"
