"""Erasing a person: every row of hers, in one transaction, and then the bytes of them.

What was recorded is never changed or deleted, with this one exception, which she alone can ask for.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from openldn.web.access.models import Person
from openldn.web.keeping import scrubbing, triggers
from openldn.web.keeping.belongings import belongings, rows_of

__all__ = ["counted", "erase"]

_WAITING = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def counted(person: Person) -> dict[str, int]:
    """Count the rows of each table that would go."""
    return {
        model._meta.label: rows_of(model, way, person).count()
        for model, way in belongings().items()
    }


def erase(person: Person) -> bool:
    """Delete everything about a person. False: the file could not be rewritten yet.

    The rows are gone in any case; what could not be rewritten is finished at the next start.
    """
    with transaction.atomic(), triggers.away(connection):
        person = Person.objects.select_for_update().get(pk=person.pk)
        _end_sessions(person)
        for model, way in belongings().items():
            rows_of(model, way, person).order_by()._raw_delete(connection.alias)
        is_empty = not Person.objects.exists()
        if is_empty:
            Session.objects.all().delete()
        # Finished work is never read again, and what failed may quote the records.
        done = DBTaskResult.objects.all()
        (done if is_empty else done.exclude(status__in=_WAITING)).delete()
    return scrubbing.scrub(settings.DATA, is_empty=is_empty)


def _end_sessions(person: Person) -> None:
    """End every session of an account; what a session holds goes with it."""
    if apps.is_installed("allauth.usersessions"):
        from allauth.usersessions.models import UserSession

        keys = UserSession.objects.filter(user__person=person).values_list("session_key", flat=True)
        Session.objects.filter(session_key__in=list(keys)).delete()
