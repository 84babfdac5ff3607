"""Which entries of which device have been received."""

from typing import ClassVar

from django.db import models

from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["Received"]


class Received(AppendOnly):
    """The id that a device gave to one entry. It holds no answer: that is in the entries.

    What comes a second time under the same id is the same entry, and adds nothing.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="received")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="received")
    entry_id = models.UUIDField()
    day = models.PositiveSmallIntegerField()
    said_at = models.DateTimeField(null=True)  # by the clock of the device, which may be wrong
    received_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Of each person: nobody can use up an id of somebody else.
            models.UniqueConstraint(name="received_once", fields=["person", "entry_id"]),
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
