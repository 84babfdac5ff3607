"""Someone who keeps records here."""

from typing import ClassVar

from django.db import models

__all__ = ["Person"]


class Person(models.Model):
    """The owner of trials, checks and talks; in local mode there is exactly one.

    Nothing here says who it is: names and addresses belong to the account, where there is one.
    """

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"person {self.pk}"
