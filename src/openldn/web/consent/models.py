"""One yes or no to one purpose. Rows are only ever added."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models.append_only import AppendOnly

__all__ = ["Consent"]


class Consent(AppendOnly):
    """That a person agreed to the text of a purpose, or withdrew."""

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16)  # see consent.purposes
    version = models.PositiveSmallIntegerField()  # of the text that was shown
    is_given = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        word = "given" if self.is_given else "withdrawn"
        return f"{self.purpose} (text {self.version}): {word} {self.said_at:%Y-%m-%d}"
