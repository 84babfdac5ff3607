"""From the bytes of a profile file to the values that the screen asks; all problems at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from openldn.protocol.medicines import LONGEST_NAME
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.screening import (
    ADULT,
    NUMBERS,
    QUESTIONS,
    Decision,
    PastMedicine,
    Profile,
)

__all__ = [
    "FORMAT",
    "MOST_MEDICINES",
    "problems_of_medicines",
    "profile_from_toml",
    "profile_from_values",
]

FORMAT = 1
MOST_MEDICINES = 10_000  # entries of one list; the longest that is answered in a few seconds
_MOST_CONDITIONS = 200
_MOST_PROBLEMS = 100  # told one by one
_OLDEST, _LATEST_YEAR, _EARLIEST_YEAR = 130, 2100, 1900
_LONGEST_AGO = 40_000  # days, a long life
_KNOWN = {
    *("format", "age", "birth_year", "pregnant", "breastfeeding", "conditions"),
    *("medicines", "past_medicine", "answers", "numbers", "decision"),
}
_PAST_KEYS = {"name", "days_ago"}
_DECISION_KEYS = {"rule", "by", "on"}
_LONGEST_PRESCRIBER = 80
_ANSWERED_BY = {"pregnant": "pregnancy", "breastfeeding": "breastfeeding"}


@dataclass(slots=True)
class _Reader:
    """A parsed profile, and what was found wrong with it so far."""

    values: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, place: str, *, given: object, expected: str, todo: str) -> None:
        self.problems.append(
            Problem(code=code, place=place, given=_shown(given), expected=expected, todo=todo)
        )

    def unknown(self, place: str, given: Iterable[str], known: Iterable[str], code: str) -> None:
        """Report keys that are not known, each with the nearest known one."""
        names = sorted(known)
        for key in sorted(given):
            near = difflib.get_close_matches(key[:LONGEST_NAME], names, n=1)
            self.wrong(
                code,
                place,
                given=key,
                expected="one of " + ", ".join(names),
                todo=f'Did you mean "{near[0]}"?' if near else "Remove or correct it.",
            )

    def flag(self, place: str, value: object) -> bool | None:
        if isinstance(value, bool):
            return value
        expected = "true or false, without quotes"
        self.wrong("LDN-G003", place, given=value, expected=expected, todo="Retype this answer.")
        return None

    def number(self, place: str, value: object, *, low: int, high: int) -> Decimal | None:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        expected = f"a number from {low} to {high}"
        if not isinstance(value, int | Decimal) or not is_number:
            self.wrong("LDN-G003", place, given=value, expected=expected, todo="Retype it.")
            return None
        # A Decimal that is no number compares with nothing, so it is asked first.
        if (isinstance(value, Decimal) and not value.is_finite()) or not low <= value <= high:
            self.wrong("LDN-G004", place, given=value, expected=expected, todo="Correct it.")
            return None
        return Decimal(value)

    def whole(self, place: str, value: object, *, low: int, high: int) -> int | None:
        if isinstance(value, Decimal):
            expected = f"a whole number from {low} to {high}"
            self.wrong("LDN-G003", place, given=value, expected=expected, todo="Retype it.")
            return None
        number = self.number(place, value, low=low, high=high)
        return None if number is None else int(number)

    def texts(self, key: str, *, most: int) -> tuple[str, ...] | None:
        """Read a list of names; None when the file does not have it."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            expected = f'a list of texts, such as {key} = ["..."]'
            self.wrong("LDN-G003", key, given=value, expected=expected, todo="Retype this list.")
            return None
        self.problems += problems_of_medicines(value, place=key, most=most)
        return tuple(value)


def profile_from_toml(data: bytes, *, today: date) -> Profile:
    """Read a profile file.

    Parameters
    ----------
    today
        The day on which the rules are asked; an age is counted from it.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    return profile_from_values(_parsed(data), today=today)


def profile_from_values(values: Mapping[str, Any], *, today: date) -> Profile:
    """Read what a profile holds, as a profile file or a form gives it.

    Parameters
    ----------
    values
        By the keys of a profile file; a key that is missing was not said. Fractions are `Decimal`.
    today
        The day on which the rules are asked; an age is counted from it.

    Raises
    ------
    InputError
        With every problem of the values.
    """
    reader = _Reader(values)
    reader.unknown("profile", set(reader.values) - _KNOWN, _KNOWN, "LDN-G002")
    if reader.values.get("format") != FORMAT:
        found = reader.values.get("format", "nothing")
        is_text = isinstance(found, str) and "format" in reader.values
        given = f'the text "{found}"' if is_text else found
        reader.wrong(
            "LDN-G007", "format", given=given, expected="the number 1", todo="Write format = 1."
        )
    answers = _answers(reader)
    profile = Profile(
        age=_age(reader, today=today, is_adult=answers.get("adult")),
        conditions=reader.texts("conditions", most=_MOST_CONDITIONS),
        medicines=reader.texts("medicines", most=MOST_MEDICINES),
        past_medicines=_past_medicines(reader),
        answers=answers,
        numbers=_numbers(reader),
        decisions=_decisions(reader, today=today),
    )
    if reader.problems:
        raise InputError(reader.problems)
    return profile


def problems_of_medicines(
    texts: Iterable[str], *, place: str, most: int = MOST_MEDICINES
) -> tuple[Problem, ...]:
    """Tell what keeps a list of names from being screened: too many, too long, or empty ones."""
    listed = list(texts)
    problems = [
        Problem(
            code="LDN-G011",
            place=f"{place}, entry {number}",
            given=f"{len(text)} characters" if text.strip() else "an empty name",
            expected=f"a name of 1 to {LONGEST_NAME} characters",
            todo="Write one name, with its strength if you like, in each entry.",
        )
        for number, text in enumerate(listed, start=1)
        if len(text) > LONGEST_NAME or not text.strip()
    ][:_MOST_PROBLEMS]
    if len(listed) > most:
        problems.append(
            Problem(
                code="LDN-G010",
                place=place,
                given=f"{len(listed)} entries",
                expected=f"at most {most}",
                todo="Split the list; none of it was screened.",
            )
        )
    return tuple(problems)


def _parsed(data: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        problem = Problem(
            code="LDN-G001",
            place="profile",
            given=_shown(error),
            expected="a text file in TOML, as docs/reference/profile-file.md shows",
            todo="Correct the file; quotes and brackets are the usual cause.",
        )
        raise InputError([problem]) from None


def _age(reader: _Reader, *, today: date, is_adult: bool | None) -> int | None:
    values = reader.values
    if "age" in values and "birth_year" in values:
        expected = "one of the two"
        reader.wrong(
            "LDN-G006", "age", given="age and birth_year", expected=expected, todo="Leave one out."
        )
        return None
    if "age" in values:
        return reader.whole("age", values["age"], low=0, high=_OLDEST)
    if "birth_year" not in values:
        return None
    low, high = _EARLIEST_YEAR, min(today.year, _LATEST_YEAR)
    born = reader.whole("birth_year", values["birth_year"], low=low, high=high)
    if born is None:
        return None
    # Before this year's birthday; who turns 18 this year says by `adult` whether it is over.
    youngest = max(today.year - born - 1, 0)
    return ADULT if youngest == ADULT - 1 and is_adult else youngest


def _answers(reader: _Reader) -> dict[str, bool]:
    table = _table(reader, "answers")
    known = {question.id for question in QUESTIONS}
    reader.unknown("answers", set(table) - known, known, "LDN-G005")
    said = {key: (f"answers.{key}", value) for key, value in table.items() if key in known}
    for key, question in _ANSWERED_BY.items():
        if key not in reader.values:
            continue
        if question in said and said[question][1] != reader.values[key]:
            reader.wrong(
                "LDN-G006",
                key,
                given=f"another answer than answers.{question}",
                expected="the same answer in both places",
                todo="Leave one of them out.",
            )
        said[question] = (key, reader.values[key])
    read = {key: reader.flag(place, value) for key, (place, value) in said.items()}
    return {key: value for key, value in read.items() if value is not None}


def _numbers(reader: _Reader) -> dict[str, Decimal]:
    table = _table(reader, "numbers")
    reader.unknown("numbers", set(table) - set(NUMBERS), NUMBERS, "LDN-G002")
    read = {
        key: reader.number(f"numbers.{key}", table[key], low=low, high=high)
        for key, (low, high) in NUMBERS.items()
        if key in table
    }
    return {key: value for key, value in read.items() if value is not None}


def _past_medicines(reader: _Reader) -> tuple[PastMedicine, ...] | None:
    rows = _rows(reader, "past_medicine")
    if rows is None:
        return None
    names = [row.get("name") if isinstance(row.get("name"), str) else "" for row in rows]
    reader.problems += problems_of_medicines(map(str, names), place="past_medicine")
    return tuple(
        _past_medicine(reader, row, place=f"past_medicine[{number}]")
        for number, row in enumerate(rows, start=1)
    )


def _past_medicine(reader: _Reader, row: Mapping[str, Any], *, place: str) -> PastMedicine:
    reader.unknown(place, set(row) - _PAST_KEYS, _PAST_KEYS, "LDN-G002")
    days = row.get("days_ago")
    if days is not None:
        days = reader.whole(f"{place}.days_ago", days, low=0, high=_LONGEST_AGO)
    return PastMedicine(name=str(row.get("name", "")), days_ago=days)


def _decisions(reader: _Reader, *, today: date) -> tuple[Decision, ...]:
    read = [
        _decision(reader, row, place=f"decision[{number}]", today=today)
        for number, row in enumerate(_rows(reader, "decision") or (), start=1)
    ]
    return tuple(one for one in read if one is not None)


def _decision(
    reader: _Reader, row: Mapping[str, Any], *, place: str, today: date
) -> Decision | None:
    reader.unknown(place, set(row) - _DECISION_KEYS, _DECISION_KEYS, "LDN-G002")
    rule, by, on = (row.get(key, "nothing") for key in ("rule", "by", "on"))
    before = len(reader.problems)
    for key, value in (("rule", rule), ("by", by)):
        if key not in row or not isinstance(value, str) or not value.strip():
            expected = "the id of a rule" if key == "rule" else "the name of the prescriber"
            todo = "Write who decided about which rule, and when."
            reader.wrong("LDN-G003", f"{place}.{key}", given=value, expected=expected, todo=todo)
    if type(on) is not date or on > today:  # a date with a time of day is another thing
        expected = "the day of the decision, such as 2026-01-05, not ahead"
        reader.wrong("LDN-G003", f"{place}.on", given=on, expected=expected, todo="Correct it.")
    if len(reader.problems) > before:
        return None
    return Decision(rule=rule, by=by[:_LONGEST_PRESCRIBER], on=on)


def _rows(reader: _Reader, key: str) -> list[Mapping[str, Any]] | None:
    """Give the tables under a head; None when the file has none, or something else there."""
    rows = reader.values.get(key)
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        expected = f"tables headed [[{key}]]"
        reader.wrong("LDN-G003", key, given=rows, expected=expected, todo="Retype these.")
        return None
    return rows


def _table(reader: _Reader, key: str) -> Mapping[str, Any]:
    value = reader.values.get(key, {})
    if isinstance(value, dict):
        return value
    expected = f"a table headed [{key}]"
    reader.wrong("LDN-G003", key, given=value, expected=expected, todo="Retype this table.")
    return {}


def _shown(value: object) -> str:
    """Show a given value, short and on one line."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**12:
        return "a number of more than 12 digits"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    plain = "".join(sign if sign.isprintable() else " " for sign in text[:60])
    return plain if len(text) <= 60 else plain[:57] + "..."
