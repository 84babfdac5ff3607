"""Rows that are written once. Corrections are new rows; the database refuses the rest."""

from typing import Any

from django.db import models

__all__ = ["AppendOnly"]


class AppendOnly(models.Model):
    """A row that can be added, and neither changed nor deleted."""

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row."""
        if self.pk is not None:
            raise TypeError("this row is kept as it was written; add a new one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was recorded stays recorded."""
        raise TypeError("this row is kept; add a new one that corrects it")
