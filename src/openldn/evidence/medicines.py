"""The catalogue of medicines, read from the package's own table."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from openldn.protocol.medicines import Catalogue, Group, Medicine, Vocabulary, words_of
from openldn.tables import read_table

__all__ = ["catalogue", "medicines"]

_LISTS = ("atc", "also", "form_known_by", "spellings", "names", "cough")
_SINGLE = ("ingredient", "group", "action", "rule", "wait_days", "clears_itself", "is_form", "note")
_TOLD = "class"  # told to readers of the table only


@cache
def catalogue() -> Catalogue:
    """Build the catalogue once per process."""
    table = _table()
    return Catalogue(
        medicines(),
        Vocabulary(
            letters_per_edit=table["letters_per_edit"],
            most_edits=table["most_edits"],
            long_acting_days=table["long_acting_days"],
            long_acting_words=frozenset(table["long_acting_words"]),
            cough_words=frozenset(table["cough_words"]),
            plain_words=frozenset(word for text in table["plain_words"] for word in words_of(text)),
            words=tuple(table["words"]),
            trial_medicine=tuple(table["trial_medicine"]),
        ),
    )


@cache
def medicines() -> tuple[Medicine, ...]:
    """List the entries in the order of the table.

    Raises
    ------
    ValueError
        When an entry has an unknown key or an impossible waiting time; a mistake of ours.
    """
    return tuple(
        _medicine(entry, place=f"medicines.toml, medicine {number}")
        for number, entry in enumerate(_table()["medicine"], start=1)
    )


def _medicine(entry: dict[str, Any], *, place: str) -> Medicine:
    unknown = set(entry) - {*_LISTS, *_SINGLE, _TOLD}
    if unknown:
        raise ValueError(f"{place}: unknown keys {sorted(unknown)}")
    days = entry.get("wait_days")
    if days is not None and not (isinstance(days, int) and 0 < days <= 365):
        raise ValueError(f"{place}: wait_days {days!r} is not from 1 to 365")
    values = {key: value for key, value in entry.items() if key != _TOLD}
    values |= {key: tuple(values[key]) for key in _LISTS if key in values}
    return Medicine(**values | {"group": Group(entry["group"])})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(read_table("medicines.toml"))
