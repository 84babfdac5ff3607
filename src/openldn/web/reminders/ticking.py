"""The loop that looks for due reminders, beside the tasks of the worker."""

import logging
import threading

from django.db import close_old_connections, connection

from openldn.web.person import clock
from openldn.web.reminders.sending import send_due

__all__ = ["start"]

_EVERY_SECONDS = 30.0
_log = logging.getLogger(__name__)


def start() -> threading.Thread:
    """Look for due reminders for as long as this process lives."""
    thread = threading.Thread(target=_tick_for_ever, name="reminders", daemon=True)
    thread.start()
    return thread


def _tick_for_ever() -> None:
    waiting = threading.Event()
    while True:
        _tick()
        waiting.wait(_EVERY_SECONDS)


def _tick() -> None:
    close_old_connections()
    try:
        send_due(now=clock.now())
    except Exception:  # a locked or restarted database: the next look is half a minute away
        _log.exception("Could not look for reminders")
        connection.close()
