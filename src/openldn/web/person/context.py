"""What every page knows about the app."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest

from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.person.notices import Notice, pause_notice

__all__ = ["about_the_app"]


def about_the_app(request: HttpRequest) -> dict[str, object]:
    """Tell templates whether the records are invented, and whether the trial is paused.

    Templates ask for the pause when they show it, so that other answers cost nothing.
    """
    is_server = settings.IS_SERVER
    return {"is_demo": settings.IS_DEMO, "is_server": is_server, "pause": partial(_pause, request)}


def _pause(request: HttpRequest) -> Notice | None:
    """Give the notice of a pause to whoever is let in, and to nobody else."""
    person = people.known(request)
    trial = person.trials.current() if person else None
    return pause_notice(trial, today=clock.today()) if trial else None
