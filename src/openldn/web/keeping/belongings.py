"""Which tables hold something of a person, found from the models themselves.

A room that adds a table is in the export and in the erasure at once. A table that leads to nobody
has to be named here, with the reason; a test walks all of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.apps import apps
from django.db import models

from openldn.web.access.models import Person

__all__ = ["KEPT_BACK", "NOBODYS", "belongings", "rows_of"]

Model = type[models.Model]

# Tables that hold nothing of one person, and why.
NOBODYS: Mapping[str, str] = MappingProxyType(
    {
        "access.LoginLink": "a hash of a link to the app, which opens it once within ten minutes",
        "auth.Group": "of the library for accounts; not used",
        "auth.Permission": "of the library for accounts: what can be permitted",
        "contenttypes.ContentType": "names of tables",
        "contribute.Release": "published already: no person can be told from it",
        "django_tasks_database.DBTaskResult": "numbers of rows; erasing.py deletes what is done",
        "sessions.Session": "who is let in now; erasing.py ends them",
    }
)

# Columns that open an account. Whoever reads an export must not come in with it.
KEPT_BACK: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "accounts.Account": frozenset({"password"}),
        "mfa.Authenticator": frozenset({"data"}),
        "reminders.Calendar": frozenset({"secret"}),
        "reminders.Device": frozenset({"endpoint", "p256dh", "auth"}),
        "usersessions.UserSession": frozenset({"session_key"}),
    }
)


def belongings() -> dict[Model, str]:
    """Give each table of somebody with its way to the person, the farthest tables first.

    A row is deleted before the row that it leads to.
    """
    found: dict[Model, str] = {}
    every = apps.get_models()
    while more := {
        model: way for model in every if model not in found and (way := _way(model, found))
    }:
        found |= more
    return dict(sorted(found.items(), key=lambda one: (one[0] is Person, -one[1].count("__"))))


def rows_of(model: Model, way: str, person: Person) -> "models.QuerySet[models.Model]":
    """Ask for all rows of a table that belong to a person, in the order they were written."""
    if model is Person:
        return Person.objects.filter(pk=person.pk)
    return model._base_manager.filter(**{way: person}).order_by("pk")


def _way(model: Model, found: Mapping[Model, str]) -> str:
    """Find the way through one more table; only one that no row can lack."""
    if model is Person:
        return "pk"
    ways = []
    for field in model._meta.concrete_fields:
        related = field.related_model if isinstance(field, models.ForeignKey) else None
        if related is Person and not field.null:
            ways.append(field.name)
        elif isinstance(related, type) and related in found and not field.null:
            ways.append(f"{field.name}__{found[related]}")
    return min(ways, key=lambda way: way.count("__"), default="")
