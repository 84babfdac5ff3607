"""What time it is for the person: the one place where the web asks for it."""

from datetime import date, datetime

__all__ = ["now", "today"]


def now() -> datetime:
    """Return this moment in the zone of the person's own computer."""
    return datetime.now().astimezone()


def today() -> date:
    """Return the person's own calendar day."""
    return now().date()
