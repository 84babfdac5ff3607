"""What is remembered for reminders. None of it is a record of the trial."""

from openldn.web.reminders.models.calendar import Calendar
from openldn.web.reminders.models.device import Device
from openldn.web.reminders.models.leaving import Leaving
from openldn.web.reminders.models.wish import Wish

__all__ = ["Calendar", "Device", "Leaving", "Wish"]
