"""What of a result is shown to others: chosen outcomes, day numbers, and nobody's name.

The answer is cut down before the report sees it, so nothing that was left out can be told.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from openldn.diary import Diary
from openldn.protocol.plan import Person, Plan, Prescriber
from openldn.report.page import AnswerPage
from openldn.web.person import items, red_flags
from openldn.web.person.models import Answer
from openldn.web.person.records import diary_of

__all__ = ["Choice", "anonymous_answer", "choices", "page_of"]

# Parts of an answer that tell of events, of what was typed or guessed, or of other outcomes.
_KEPT_OF_OUTCOME = {"events": (), "joint": None}
_KEPT_OF_ANSWER = {"estimand": None, "blinding": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One outcome that can be shown."""

    id: str
    label: str


def choices(answer: Answer) -> list[Choice]:
    """List the outcomes that have an answer, the primary one first."""
    if answer.saved is None:
        return []
    labels = _labels(answer.trial.plan)
    ids = [str(one["id"]) for one in answer.saved["outcomes"]]
    return [Choice(id=one, label=labels.get(one, one)) for one in ids]


def page_of(answer: Answer, *, outcomes: Collection[str], has_side_effects: bool) -> AnswerPage:
    """Build the page of a result as others see it."""
    trial = answer.trial
    return AnswerPage.build(
        anonymous_answer(answer, outcomes=outcomes, has_side_effects=has_side_effects),
        diary=_anonymous_diary(diary_of(trial), outcomes, has_side_effects),
        plan=_anonymous_plan(trial.plan, outcomes),
        order=trial.order,
    )


def anonymous_answer(
    answer: Answer, *, outcomes: Collection[str], has_side_effects: bool
) -> dict[str, Any]:
    """Cut a saved answer down to what was chosen."""
    saved: Mapping[str, Any] = answer.saved or {}
    labels = _labels(answer.trial.plan)
    told = [
        {**one, **_KEPT_OF_OUTCOME, "label": labels.get(one["id"], one["id"])}
        for one in saved["outcomes"]
        if one["id"] in outcomes
    ]
    forbidden = set(_unchosen(saved, labels, outcomes)) | _event_ids()
    return {
        **saved,
        **_KEPT_OF_ANSWER,
        "outcomes": told,
        "refused": {},
        "harms": saved.get("harms", []) if has_side_effects else [],
        "limits": [one for one in saved.get("limits", []) if not _names(one, forbidden)],
    }


def _unchosen(
    saved: Mapping[str, Any], labels: Mapping[str, str], outcomes: Collection[str]
) -> Iterator[str]:
    """Name what must not be told: other outcomes, by id and by label."""
    every = [one["id"] for one in saved["outcomes"]] + list(saved.get("refused", {}))
    for one in every:
        if one not in outcomes:
            yield one
            yield labels.get(one, one)


def _event_ids() -> set[str]:
    flags = {red_flags.event_id(one) for one in red_flags.ids()}
    return {known.id for known in items.EVENTS} | flags


def _names(sentence: str, forbidden: Collection[str]) -> bool:
    return any(word.lower() in sentence.lower() for word in forbidden)


def _labels(plan: Plan) -> dict[str, str]:
    return {outcome.id: outcome.label for outcome in plan.outcomes}


def _anonymous_plan(plan: Plan, outcomes: Collection[str]) -> Plan:
    return replace(
        plan,
        person=Person(),
        prescriber=Prescriber(),
        design=replace(plan.design, start=None),
        outcomes=tuple(one for one in plan.outcomes if one.id in outcomes),
        stop_rules=(),
    )


def _anonymous_diary(diary: Diary, outcomes: Collection[str], has_side_effects: bool) -> Diary:
    entries = [
        replace(
            one,
            scores={key: value for key, value in one.scores.items() if key in outcomes},
            side_effects=one.side_effects if has_side_effects else {},
            events=(),
            note="",
        )
        for one in diary.entries
    ]
    return Diary.from_entries(
        entries,
        outcome_ids=[one for one in diary.outcome_ids if one in outcomes],
        side_effect_ids=diary.side_effect_ids if has_side_effects else (),
    )
