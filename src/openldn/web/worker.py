"""The worker: takes tasks from the database and runs them, in a process of its own.

Reminders leave from here too.

The engine is loaded here and never where pages are answered. The worker ends when its standard
input closes, which the system does even if the server was killed.
"""

import os
import signal
import sys
import threading

__all__ = ["make_demo_person", "work"]

_POLL_SECONDS = 0.3


def work() -> int:
    """Run tasks until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    import django

    django.setup()
    from django.conf import settings
    from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
    from django_tasks_db.management.commands.db_worker import Worker

    from openldn.web.contribute import giving
    from openldn.web.keeping import scrubbing
    from openldn.web.know import tasks as know
    from openldn.web.person import actions
    from openldn.web.plan import forecasts
    from openldn.web.reminders import ticking

    scrubbing.finish(settings.DATA)
    actions.resume_unfinished_answers()
    know.queue_forgotten()
    forecasts.resume_unfinished()
    giving.resume()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    ticking.start()
    Worker(
        queue_names=[DEFAULT_TASK_QUEUE_NAME],
        interval=_POLL_SECONDS,
        batch=False,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=f"worker-{os.getpid()}",
        excluded_queue_names=[],
    ).run()
    return 0


def make_demo_person() -> int:
    """Fill the empty database of the demo."""
    import django

    django.setup()
    from openldn.web.demo import build
    from openldn.web.person import clock

    build.demo_person(now=clock.now())
    return 0


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    # A task that is cut off here is put back in the queue by the next worker.
    os._exit(0)
