"""Publishing the pool: by the command of the server's owner, never by a page.

People are pooled within one score: the same outcome on the same scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from openldn.files import read_json
from openldn.protocol.problems import InputError, Problem
from openldn.web.contribute import giving
from openldn.web.contribute.in_words import found_in
from openldn.web.contribute.models import Release

__all__ = ["Tried", "publish_file", "release"]

# Two releases that differ by a few people say something about those few.
LEAST_CHANGED = 11
_BESIDE = ("persons", "left_out")  # of a pool that is not for publication


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What became of one score: published, or why not."""

    score: str
    people: int
    problem: Problem | None


@transaction.atomic
def release(*, now: datetime) -> list[Tried]:
    """Put together what is in the pool now, score by score, and publish what may be.

    Raises
    ------
    InputError
        When nobody gave anything yet.
    """
    by_score: dict[str, list[dict[str, Any]]] = {}
    for file in giving.pool_files():
        by_score.setdefault(_score(file), []).append(file)
    if not by_score:
        raise InputError([_nobody()])
    return [_tried(score, files, now) for score, files in sorted(by_score.items())]


def publish_file(path: Path, *, now: datetime) -> Release:
    """Publish what `openldn pool --release --json FILE` wrote.

    Raises
    ------
    InputError
        When the file is anything else.
    """
    pooled = read_json(path, code="LDN-K021")
    is_release = pooled.get("kind") == "pool" and pooled.get("publication") == "may be published"
    if not is_release or any(key in pooled for key in _BESIDE):
        raise InputError([_no_release(path)])
    try:
        found_in(pooled)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError([_no_release(path)]) from error
    score = str(pooled["outcome"] or "")[:120]
    return Release.objects.create(made_at=now, score=score, pooled=pooled, members=[])


def _tried(score: str, files: list[dict[str, Any]], now: datetime) -> Tried:
    """Publish one score, or say why not."""
    from openldn.inference import AnalysisRefused
    from openldn.pooling.people import people_of
    from openldn.pooling.pool import pool
    from openldn.pooling.release import refuse_if_few, released

    problem = None
    try:
        people = people_of(files)
        refuse_if_few(people)
        members = sorted(name.decode() for group in people.groups for name in group.ids.tolist())
        _refuse_small_change(score, members)
        pooled = released(pool(people, is_release=True))
        Release.objects.create(made_at=now, score=score, pooled=pooled, members=members)
    except (AnalysisRefused, InputError) as error:
        problem = error.problems[0]
    return Tried(score=score, people=len(files), problem=problem)


def _score(file: Mapping[str, Any]) -> str:
    low, high = file["scale"]
    return f"{file['outcome']}, {low:g} to {high:g}, {file['better']} is better"


def _refuse_small_change(score: str, members: list[str]) -> None:
    last = Release.objects.filter(score=score).exclude(members=[]).last()
    changed = len(set(members) ^ set(last.members)) if last else LEAST_CHANGED
    if changed < LEAST_CHANGED:
        raise InputError([_too_alike(score, changed)])


def _nobody() -> Problem:
    return Problem(
        code="LDN-K022",
        place="the pool of this server",
        given="no contribution",
        expected="contributions of at least 11 people",
        todo="There are not enough people yet. Nothing was published.",
    )


def _too_alike(score: str, changed: int) -> Problem:
    return Problem(
        code="LDN-K020",
        place=f"the pool of {score}",
        given=f"{changed} contributions that came or went since the last release",
        expected=f"none, or at least {LEAST_CHANGED}",
        todo="The difference between two releases would tell of those few. Wait until more people"
        " gave or withdrew; the last release stays.",
    )


def _no_release(path: Path) -> Problem:
    return Problem(
        code="LDN-K021",
        place=str(path),
        given="a file that is no release of a pool",
        expected="what `openldn pool --release --json FILE` wrote",
        todo="Make it with --release: anything else may tell of single people.",
    )
