"""The table of safety rules and their sources, read from the package's own data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from openldn.protocol.safety import RULES as GATE_RULES
from openldn.protocol.safety import Severity
from openldn.protocol.screening import NUMBERS, Limit, Rule
from openldn.tables import read_table

__all__ = ["Source", "rules", "sources", "unconfirmed"]

_LISTS = ("basis", "source", "conditions", "stop_conditions")
_LIMITS = ("at_least", "above", "below")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a rule comes from, and how it was read."""

    id: str
    citation: str
    verified: str
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    url: str = ""


@cache
def rules() -> Mapping[str, Rule]:
    """Give every rule by id, in the order of the table.

    Raises
    ------
    ValueError
        When a row has no source, an unknown one, or an impossible limit; a mistake of ours.
    """
    known = sources()
    table: dict[str, Rule] = {}
    for number, row in enumerate(_table()["rule"], start=1):
        rule = _rule(row, place=f"safety_rules.toml, rule {number} ({row.get('id', 'no id')})")
        if rule.id in table or not rule.source or not set(rule.source) <= set(known):
            raise ValueError(f"safety_rules.toml, rule {number} ({rule.id}): id twice, or source")
        table[rule.id] = rule
    return table


@cache
def sources() -> Mapping[str, Source]:
    """Give every source by id."""
    return {key: Source(id=key, **row) for key, row in _table()["source"].items()}


def unconfirmed() -> tuple[str, ...]:
    """List what the project's audit left in doubt."""
    return tuple(_table()["unconfirmed"])


def _rule(row: dict[str, Any], *, place: str) -> Rule:
    try:
        values: dict[str, Any] = {
            key: tuple(value) if key in _LISTS else value for key, value in row.items()
        }
        values |= _of_gate(row["id"])
        values["severity"] = Severity(values["severity"])
        values["numbers"] = tuple(_limit(limit) for limit in row.get("numbers", ()))
        values.setdefault("parameters", {})
        return Rule(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{place}: {error}") from error


def _of_gate(rule_id: str) -> dict[str, Any]:
    """What `protocol` says of a rule that the gate asks; it reads no file, so it is said there."""
    gate = GATE_RULES.get(rule_id)
    if gate is None:
        return {}
    return {"severity": gate.severity, "why": gate.why, "do": gate.do, "source": gate.source}


def _limit(row: dict[str, Any]) -> Limit:
    low, high = NUMBERS[row["name"]]
    limits = {key: Decimal(row[key]) for key in _LIMITS if key in row}
    if not limits or not all(low <= value <= high for value in limits.values()):
        raise ValueError(f"limit on {row['name']} is not from {low} to {high}")
    beside = _limit(row["with"]) if "with" in row else None
    return Limit(name=row["name"], beside=beside, **limits)


@cache
def _table() -> dict[str, Any]:
    text = read_table("safety_rules.toml")
    return tomllib.loads(text, parse_float=Decimal)
