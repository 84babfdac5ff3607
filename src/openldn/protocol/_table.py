"""Reading one table of a parsed TOML file strictly, collecting every problem on the way.

A value that cannot be used is reported once, marked as unsound at its place, and replaced by its
fallback, so that reading goes on and the rest of the file is still checked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from openldn.protocol.doses import Dose
from openldn.protocol.problems import Problem

TEXT_LIMIT = 200
_JOINERS = "\u200c\u200d"
LIST_LIMIT = 50
_CLOSE_ENOUGH = 0.6  # difflib's own default for "probably meant"
_MISSING: Any = object()

EnumT = TypeVar("EnumT", bound=StrEnum)


@dataclass(slots=True)
class Findings:
    """The problems found so far, and the places whose values cannot be relied on."""

    problems: list[Problem] = field(default_factory=list)
    unsound: set[str] = field(default_factory=set)

    def add(self, code: str, place: str, *, given: str, expected: str, todo: str) -> None:
        """Report a problem; rules that rest on its place are then not checked."""
        self.problems.append(
            Problem(code=code, place=place, given=given, expected=expected, todo=todo)
        )
        self.unsound.add(place)

    def is_sound(self, place: str) -> bool:
        """Whether nothing at this place, nor inside it, was reported."""
        inside = (f"{place}.", f"{place}[")
        return not any(bad == place or bad.startswith(inside) for bad in self.unsound)


def shown(value: object) -> str:
    """Show a given value, short enough for one line."""
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, Mapping):
        text = "a table"
    elif isinstance(value, list):
        text = f"a list of {len(value)}"
    elif isinstance(value, int) and abs(value) >= 10**12:
        text = "a number of more than 12 digits"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was probably meant."""
    matches = difflib.get_close_matches(word[:TEXT_LIMIT], list(known), n=1, cutoff=_CLOSE_ENOUGH)
    return matches[0] if matches else None


def _is_shown(text: str) -> bool:
    """Tell whether a text steers nothing. Joiners shape letters, as of Persian and Hindi."""
    return all(sign.isprintable() or sign in _JOINERS for sign in text)


class Table:
    """One table of the file, read key by key."""

    def __init__(self, values: Mapping[str, Any], *, place: str, findings: Findings) -> None:
        self._values = values
        self._place = place
        self._findings = findings
        self._known: set[str] = set()

    def place(self, key: str) -> str:
        """Name the place of a key in the whole file."""
        return f"{self._place}.{key}" if self._place else key

    def has(self, key: str) -> bool:
        """Whether the key is written in the file."""
        return key in self._values

    def text(self, key: str, fallback: str | None = None) -> str:
        """Read a short line of text; without a fallback it must be there and not empty."""
        value = self._take(key, fallback, kind="text")
        if not isinstance(value, str):
            self._wrong_type(key, value, 'text in quotes, such as "pain"')
            return fallback or ""
        if len(value) > TEXT_LIMIT or not _is_shown(value) or (fallback is None and not value):
            expected = f"1 to {TEXT_LIMIT} characters on one line, without control characters"
            self._report("LDN-P007", key, value, expected, "Shorten or retype this text.")
            return fallback or ""
        return value

    def identifier(self, key: str, pattern: re.Pattern[str]) -> str:
        """Read an id: small letters, digits and the signs that the pattern allows."""
        value = self.text(key)
        if value and not pattern.fullmatch(value):
            expected = "a small letter, then up to 31 small letters, digits or _"
            self._report("LDN-P008", key, value, expected, "Choose a short plain id.")
        return value

    def texts(self, key: str, fallback: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of short texts."""
        reader, names = self._items(key, list(fallback), 'a list of texts, such as ["lupus"]')
        return tuple(reader.text(name) for name in names)

    def choices(
        self, key: str, options: Sequence[str], fallback: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Read a list of a few words."""
        reader, names = self._items(key, list(fallback), 'a list of words, such as ["person"]')
        return tuple(reader.choice(name, options) for name in names)

    def choice(self, key: str, options: Sequence[str], fallback: str | None = None) -> str:
        """Read one of a few words."""
        value = self._take(key, fallback, kind="text")
        if isinstance(value, str) and value in options:
            return value
        if value is not _MISSING:
            meant = nearest(value, options) if isinstance(value, str) else None
            todo = f'Did you mean "{meant}"?' if meant else "Choose one of these."
            self._report("LDN-P006", key, value, "one of " + ", ".join(options), todo)
        return fallback if fallback is not None else options[0]

    def member(self, key: str, kind: type[EnumT], fallback: EnumT | None = None) -> EnumT:
        """Read one member of an enumeration."""
        return kind(self.choice(key, [str(option) for option in kind], fallback))

    def whole(self, key: str, *, low: int, high: int, fallback: int | None = None) -> int:
        """Read a whole number between two bounds, both allowed."""
        value = self._take(key, fallback, kind="number")
        if value is _MISSING:
            return low
        if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
            value = int(value) if abs(value) <= high else value
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            self._wrong_type(key, value, f"a whole number from {low} to {high}")
        elif not isinstance(value, int) or not low <= value <= high:
            expected = f"a whole number from {low} to {high}"
            self._report("LDN-P005", key, value, expected, "Correct this number.")
        else:
            return value
        return low if fallback is None else fallback

    def optional_whole(self, key: str, *, low: int, high: int) -> int | None:
        """Read a whole number that may be left out."""
        if not self.has(key):
            self._known.add(key)
            return None
        return self.whole(key, low=low, high=high)

    def wholes(self, key: str, *, low: int, high: int) -> tuple[int, ...]:
        """Read a list of whole numbers."""
        reader, names = self._items(key, [], "a list of whole numbers, such as [2, 3]")
        return tuple(reader.whole(name, low=low, high=high) for name in names)

    def number(self, key: str, *, low: float, high: float, fallback: float | None) -> float:
        """Read a number between two bounds, both allowed."""
        return float(self.decimal(key, low=low, high=high, fallback=fallback))

    def decimal(
        self, key: str, *, low: float, high: float, fallback: float | None = None
    ) -> Decimal:
        """Read a number exactly as written."""
        value = self._take(key, _MISSING if fallback is None else Decimal(repr(fallback)))
        if value is _MISSING:
            return Decimal(repr(low))
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if not isinstance(value, Decimal):
            self._wrong_type(key, value, f"a number from {low:g} to {high:g}")
        elif not value.is_finite() or not low <= value <= high:
            expected = f"a number from {low:g} to {high:g}"
            self._report("LDN-P005", key, value, expected, "Correct this number.")
        else:
            return value
        return Decimal(repr(low if fallback is None else fallback))

    def optional_number(self, key: str, *, low: float, high: float) -> float | None:
        """Read a number that may be left out."""
        if not self.has(key):
            self._known.add(key)
            return None
        return self.number(key, low=low, high=high, fallback=low)

    def dose(self, key: str, fallback: Dose | None = None) -> Dose:
        """Read milligrams into an exact dose. The daily limit is a rule, checked elsewhere."""
        value = self._take(key, fallback, kind="dose")
        if value is _MISSING:
            return Dose(0)
        if isinstance(value, Dose):
            return value
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            self._wrong_type(key, value, "milligrams as a number without quotes, such as 1.5")
            return Dose(0)
        if isinstance(value, int) and abs(value) >= 10**12:
            value = Decimal("Infinity")  # refused below, without a conversion of a million digits
        try:
            return Dose.from_mg(value)
        except ValueError:
            expected = "milligrams from 0 to 4.5, in steps of 0.001"
            self._report("LDN-P005", key, value, expected, "Correct this dose.")
            return Dose(0)

    def date(self, key: str, *, low: date, high: date) -> date | None:
        """Read a date that may be left out."""
        self._known.add(key)
        if not self.has(key):
            return None
        value = self._values[key]
        if not isinstance(value, date) or isinstance(value, datetime):
            self._wrong_type(key, value, "a date without quotes or time, such as 2026-02-01")
            return None
        if not low <= value <= high:
            self._report("LDN-P005", key, value, f"a date from {low} to {high}", "Correct it.")
            return None
        return value

    def flag(self, key: str, *, fallback: bool) -> bool:
        """Read true or false."""
        value = self._take(key, fallback)
        if isinstance(value, bool):
            return value
        self._wrong_type(key, value, "true or false, without quotes")
        return fallback

    def table(self, key: str, *, is_required: bool) -> Table:
        """Open a table inside this one; a missing one reads as empty."""
        value = self._take(key, _MISSING if is_required else {}, kind="table")
        if not isinstance(value, Mapping):
            self._wrong_type(key, value, f"a table headed [{self.place(key)}]")
            value = _Lost()
        return Table(value, place=self.place(key), findings=self._findings)

    def tables(self, key: str, *, limit: int, is_required: bool = False) -> tuple[Table, ...]:
        """Open every table of a list of tables; a missing list reads as empty."""
        value = self._take(key, _MISSING if is_required else [], kind="table")
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self._wrong_type(key, value, f"tables, such as [[{self.place(key)}]]")
            return ()
        if len(value) > limit:
            self._report("LDN-P005", key, value, f"at most {limit}", "Leave some out.")
        return tuple(
            Table(item, place=f"{self.place(key)}[{i}]", findings=self._findings)
            for i, item in enumerate(value[:limit], start=1)
        )

    def close(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                meant = nearest(key, self._known - set(self._values))
                # Not marked as unsound: the keys that are known can still be judged.
                self._findings.problems.append(
                    Problem(
                        code="LDN-P002",
                        place=self.place(shown(key)[1:-1]),
                        given="an unknown key",
                        expected="one of " + ", ".join(sorted(self._known)),
                        todo=f'Did you mean "{meant}"?' if meant else "Remove or correct it.",
                    )
                )

    def _items(self, key: str, fallback: list[str], expected: str) -> tuple[Table, list[str]]:
        value = self._take(key, fallback, kind="list")
        if not isinstance(value, list):
            self._wrong_type(key, value, expected)
            value = []
        if len(value) > LIST_LIMIT:
            self._report("LDN-P005", key, value, f"at most {LIST_LIMIT} items", "Leave some out.")
        items = {str(i): item for i, item in enumerate(value[:LIST_LIMIT], start=1)}
        return _Items(items, place=self.place(key), findings=self._findings), list(items)

    def _take(self, key: str, fallback: Any, *, kind: str = "value") -> Any:
        self._known.add(key)
        if key in self._values:
            return self._values[key]
        if fallback is not None and fallback is not _MISSING:
            return fallback
        if isinstance(self._values, _Lost):  # the whole table is already reported
            self._findings.unsound.add(self.place(key))
        else:
            self._findings.add(
                "LDN-P003",
                self.place(key),
                given="nothing",
                expected=f"a {kind}",
                todo=f"Add {key} to the plan.",
            )
        return _MISSING

    def _wrong_type(self, key: str, value: object, expected: str) -> None:
        if value is not _MISSING:
            todo = "Retype this value."
            self._report("LDN-P004", key, value, expected, todo)

    def _report(self, code: str, key: str, value: object, expected: str, todo: str) -> None:
        self._findings.add(code, self.place(key), given=shown(value), expected=expected, todo=todo)


class _Items(Table):
    """The items of a list, named by their number: ``conditions[2]``."""

    def place(self, key: str) -> str:
        return f"{self._place}[{key}]"


class _Lost(dict[str, Any]):
    """A table that could not be read: its missing keys are not reported one by one."""
