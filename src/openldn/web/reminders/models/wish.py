"""When a person wants to be reminded, and whether by e-mail."""

import zoneinfo
from datetime import time

from django.db import models

from openldn.web.languages import choosing

__all__ = ["EVENING", "Wish"]

EVENING = time(20, 0)  # unless the person chose another


class Wish(models.Model):
    """The time of evening, the zone and the language of one person's reminders."""

    person = models.OneToOneField(
        "access.Person", on_delete=models.PROTECT, related_name="reminder_wish"
    )
    at = models.TimeField(default=EVENING)
    zone_name = models.CharField(max_length=64)
    language = models.CharField(max_length=16, default="en")  # of the page that set it
    email = models.EmailField(blank=True)  # empty: no e-mail
    changes = models.PositiveIntegerField(default=0)  # of time or zone; calendars count them
    changed_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)  # the last test message

    class Meta:
        """No order: pages ask for the one of a person."""

    def __str__(self) -> str:
        return f"at {self.at:%H:%M} in {self.zone_name}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The rules of the zone."""
        return zoneinfo.ZoneInfo(self.zone_name)

    @property
    def read_in(self) -> str:
        """The language of what is sent: the one that the person chose since, if any."""
        if self._state.adding:  # nobody's yet
            return self.language
        return choosing.of_person(self.person, otherwise=self.language)
