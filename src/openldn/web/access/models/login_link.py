"""A one-time link, of which only a hash is kept."""

from typing import ClassVar

from django.db import models

__all__ = ["LoginLink"]


class LoginLink(models.Model):
    """One printed link. The token itself is nowhere on disk."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"link valid until {self.valid_until:%Y-%m-%d %H:%M}"
