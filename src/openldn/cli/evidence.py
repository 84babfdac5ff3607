"""`openldn evidence`: what is known about a condition, a claim or a side effect, and from where."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openldn.cli._terminal import print_result, say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.evidence.claims import Claim
    from openldn.evidence.conditions import Condition
    from openldn.evidence.search import Entry
    from openldn.evidence.side_effects import Count, SideEffect
    from openldn.evidence.studies import Study

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "evidence"
SUMMARY = "Tell what is known about a condition, a claim or a side effect, and from where."

_STANDARD_OUTPUT = "-"
_WIDTH = 88
_EXAMPLE = """\
examples:
  $ openldn evidence
  $ openldn evidence lupus
  $ openldn evidence muscle pain
  $ openldn evidence vivid-dreams --json -

Without a topic, conditions, claims and side effects are listed. A topic is an id, an everyday name
or some words to look for. Studies that found no gain come first. "Unconfirmed" marks what was
known second-hand only. Doses are in mg. This is no advice on what to take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the topic and the form."""
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "topic", nargs="*", metavar="CONDITION|CLAIM", help="a condition, a claim, or words"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write it as JSON into a new file, or - to print it"
    )


def run(args: argparse.Namespace) -> int:
    """Show one entry, or a list of them."""
    entries = _everything() if not args.topic else _found(" ".join(args.topic))
    if args.json:
        _write_json(entries, args.json)
    elif not args.topic:
        print_result(_listing(entries))
    elif len(entries) == 1 or len({_key(entry) for entry in entries}) == 1:
        print_result(_shown(entries))
    else:
        print_result(_listing(entries))
        say("More than one entry fits. Name one of them to read it.")
    return 0


def _everything() -> tuple[Entry, ...]:
    from openldn.evidence.claims import claims
    from openldn.evidence.conditions import catalogue
    from openldn.evidence.side_effects import side_effects

    return (*catalogue(), *claims().values(), *side_effects().values())


def _found(topic: str) -> tuple[Entry, ...]:
    from openldn.evidence.search import nearest_entries, search

    entries = search(topic)
    if entries:
        return entries
    near = nearest_entries(topic)
    todo = f"Did you mean {' or '.join(near)}?" if near else "Try another word."
    raise InputError(
        [
            Problem(
                code="LDN-C060",
                place="topic",
                given=repr(topic[:80]),
                expected="a condition, a claim or a side effect; `openldn evidence` lists them",
                todo=todo,
            )
        ]
    )


def _write_json(entries: Sequence[Entry], target: str) -> None:
    from openldn.files import write_new

    text = json.dumps(_as_json(entries), ensure_ascii=False, indent=2) + "\n"
    if target == _STANDARD_OUTPUT:
        print_result(text)
        return
    try:
        write_new(Path(target), text)
    except FileExistsError:
        raise InputError([_taken(target)]) from None
    say(f"Wrote {target}.")


def _as_json(entries: Sequence[Entry]) -> dict[str, Any]:
    from openldn.evidence.studies import studies

    needed = dict.fromkeys(study for entry in entries for study in entry.studies)
    return {
        "format": 1,
        "kind": "evidence",
        "entries": [{"kind": _kind(entry), **asdict(entry)} for entry in entries],
        "studies": [asdict(studies()[study]) for study in needed],
    }


def _taken(target: str) -> Problem:
    return Problem(
        code="LDN-C061",
        place=target,
        given="a file that is already there",
        expected="a new file, or - for standard output",
        todo="Choose another name; nothing was overwritten.",
    )


def _kind(entry: Entry) -> str:
    from openldn.evidence.claims import Claim
    from openldn.evidence.conditions import Condition

    if isinstance(entry, Condition):
        return "condition"
    return "claim" if isinstance(entry, Claim) else "side effect"


def _key(entry: Entry) -> str:
    """Name what an entry is about: a condition and its claim, a claim and its side effect."""
    return str(getattr(entry, "condition", "") or entry.id.removeprefix("se-"))


def _listing(entries: Sequence[Entry]) -> str:
    width = max(len(entry.id) for entry in entries)
    lines: list[str] = []
    for kind, heading in [
        ("condition", "Conditions, and what was found"),
        ("claim", "Claims, and how they stand"),
        ("side effect", "Side effects"),
    ]:
        rows = [entry for entry in entries if _kind(entry) == kind]
        if rows:
            lines += [heading, *(f"  {row.id:{width}}  {_in_short(row)}" for row in rows), ""]
    return "\n".join(lines)


def _in_short(entry: Entry) -> str:
    from openldn.evidence.claims import Claim
    from openldn.evidence.conditions import Condition
    from openldn.evidence.words import marked

    if isinstance(entry, Condition):
        return f"{entry.name}: {entry.level}"
    if isinstance(entry, Claim):
        return f"{entry.claim}: {marked(entry.verdict)}"
    return entry.name + (" (red flag)" if entry.is_red_flag else "")


def _shown(entries: Sequence[Entry]) -> str:
    """Show entries about one thing, and below them their studies, each once."""
    lines = [line for entry in entries for line in (*_entry_lines(entry), "")]
    lines += _study_lines(entries)
    return "\n".join(_wrapped(iter(lines))) + "\n"


def _entry_lines(entry: Entry) -> Iterator[str]:
    from openldn.evidence.claims import Claim
    from openldn.evidence.conditions import Condition

    if isinstance(entry, Condition):
        return _condition_lines(entry)
    return _claim_lines(entry) if isinstance(entry, Claim) else _side_effect_lines(entry)


def _condition_lines(condition: Condition) -> Iterator[str]:
    from openldn.evidence.forest import forest, forest_text
    from openldn.evidence.studies import pools, studies

    yield condition.name
    yield f"What was found: {condition.evidence}"
    yield f"Mind: {condition.watch}"
    for pool in pools().values():
        if pool.condition == condition.id:
            yield ""
            yield f"{pool.title}. {pool.measure}."
            yield from (f"| {line}" for line in forest_text(forest(pool)).splitlines())
            for one in pool.inputs:
                if one.unconfirmed:
                    yield f"Unconfirmed: {studies()[one.study].name}: {one.unconfirmed}"


def _claim_lines(claim: Claim) -> Iterator[str]:
    from openldn.evidence.words import CERTAINTIES, marked

    yield claim.claim
    yield f"Verdict: {marked(claim.verdict)} ({CERTAINTIES[claim.certainty]})"
    if claim.certainty_note:
        yield claim.certainty_note
    if claim.seen_in:
        yield f"Seen in {claim.seen_in}."
    yield f"Why: {claim.why}"
    yield f"What this means for you: {claim.meaning}"
    yield from (f"Unconfirmed: {text}" for text in claim.unconfirmed)
    for source in claim.sources:
        yield f"Source: {source.title}. {source.url}".rstrip()


def _side_effect_lines(effect: SideEffect) -> Iterator[str]:
    from openldn.evidence.words import CERTAINTIES

    yield effect.name + (" (red flag)" if effect.is_red_flag else "")
    yield f"What to do: {effect.what_to_do}"
    if effect.note:
        yield effect.note
    yield f"How sure the count is: {CERTAINTIES[effect.certainty]}."
    yield from (f"  {_count_line(count)}" for count in effect.counts)
    for source in effect.sources:
        yield f"Source: {source.title}. {source.url}".rstrip()


def _count_line(count: Count) -> str:
    from openldn.evidence.pages import count_words
    from openldn.evidence.studies import studies

    study = studies()[count.study]
    return f"{study.name}{' (disputed)' if study.disputed else ''}: {count_words(count)}"


def _study_lines(entries: Sequence[Entry]) -> Iterator[str]:
    from openldn.evidence.studies import negative_first

    ids = tuple(dict.fromkeys(study for entry in entries for study in entry.studies))
    if not ids:
        yield "Studies: none was found."
        return
    is_harm = all(_is_harm(entry) for entry in entries)
    yield "Studies:" if is_harm else "Studies, those without a gain first:"
    for study in negative_first(ids):
        yield from _one_study(study, is_harm=is_harm)


def _is_harm(entry: Entry) -> bool:
    from openldn.evidence.claims import Category

    return _kind(entry) == "side effect" or getattr(entry, "category", "") == Category.SIDE_EFFECT


def _one_study(study: Study, *, is_harm: bool) -> Iterator[str]:
    from openldn.evidence.words import DESIGNS, RESULTS, VERIFIED

    name = f"{study.name} (disputed)" if study.disputed else study.name
    if is_harm:  # what it found on gain is beside the point
        yield f"- {name} ({DESIGNS[study.design]})"
        yield f"  {study.harms or 'Harms were not in what we read.'} {study.limits}"
    else:
        yield f"- {name}: {RESULTS[study.result]} ({DESIGNS[study.design]})"
        yield f"  {study.found} {study.limits}"
    if study.disputed:
        yield f"  {study.disputed}"
    yield from (f"  Unconfirmed: {text}" for text in study.unconfirmed)
    yield f"  {study.identifier}, {VERIFIED[study.verified]}"


def _wrapped(lines: Iterator[str]) -> Iterator[str]:
    """Fold long lines, keeping their indent; a plot, marked by a bar, stays as it is."""
    for line in lines:
        if line.startswith("| "):
            yield f"  {line[2:]}".rstrip()
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        folded = textwrap.wrap(
            line.lstrip(),
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from folded or [""]
