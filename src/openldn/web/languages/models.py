"""The language that somebody chose."""

from typing import ClassVar

from django.db import models

__all__ = ["ChosenLanguage"]


class ChosenLanguage(models.Model):
    """A setting, not a record: a new choice takes the place of the old one."""

    person = models.OneToOneField(
        "access.Person", on_delete=models.PROTECT, related_name="chosen_language"
    )
    code = models.CharField(max_length=8)  # of settings.LANGUAGES

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.code
