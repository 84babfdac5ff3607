"""What she guesses a blinded period held, asked once when it is over, the same in every arm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from openldn.protocol.plan import Period
from openldn.protocol.problems import InputError, Problem
from openldn.web.person import items
from openldn.web.person.models import PeriodGuess, Trial
from openldn.web.person.numbers import whole_number

__all__ = [
    "OPEN_DAYS",
    "UNDO_FOR",
    "GuessAsked",
    "GuessGiven",
    "accepted",
    "asked_about",
    "asked_of",
    "in_force",
    "is_open",
]

OPEN_DAYS = 2  # after the last day of a period: later, the next capsules colour the memory
UNDO_FOR = timedelta(minutes=10)
_MOST = 10  # of how sure
_GUESSES = (PeriodGuess.Said.LDN, PeriodGuess.Said.PLACEBO, PeriodGuess.Said.UNKNOWN)

Key = tuple[str, str, bool]  # value, text, and whether it was chosen


@dataclass(frozen=True, kw_only=True, slots=True)
class GuessGiven:
    """A guess as it is kept."""

    said: str
    confidence: int | None = None  # 0 to 10; None: not told, which only "I don't know" may leave
    reason: str = ""  # empty: likewise


@dataclass(frozen=True, kw_only=True, slots=True)
class GuessAsked:
    """The guess about one period as the page shows it on one evening."""

    number: int
    guesses: tuple[Key, ...]
    sureness: tuple[Key, ...]
    reasons: tuple[Key, ...]
    said: str | None  # in one line; None: nothing was saved
    undo_row: int | None


def asked_about(trial: Trial, day: int) -> Period | None:
    """Return the period whose guess is due: from its last day to two days later, while sealed."""
    if not (trial.plan.design.kind.is_blinded and trial.is_sealed):
        return None
    ended = [period for period in trial.plan.periods if period.last_day <= day]
    return ended[-1] if ended and day <= ended[-1].last_day + OPEN_DAYS else None


def asked_of(
    trial: Trial, *, today: date, now: datetime, typed: Mapping[str, str] | None = None
) -> GuessAsked | None:
    """Build the guess that is due. None: there is none, or it was saved a while ago.

    Parameters
    ----------
    typed
        What a form held that could not be saved.
    """
    period = asked_about(trial, trial.day_of(today))
    if period is None:
        return None
    held = in_force(trial).get(period.number)
    if held is not None and now - held.guessed_at >= UNDO_FOR:
        return None
    typed = typed or {}
    scale = [(str(value), _sure(value)) for value in range(_MOST + 1)]
    return GuessAsked(
        number=period.number,
        guesses=_keys([(one.value, str(one.label)) for one in _GUESSES], typed.get("guess", "")),
        sureness=_keys(scale, typed.get("sure", "")),
        reasons=_keys(
            [(one.value, str(one.label)) for one in PeriodGuess.Why], typed.get("reason", "")
        ),
        said=_in_words(held) if held else None,
        undo_row=held.pk if held else None,
    )


def is_open(trial: Trial, *, today: date) -> bool:
    """Tell whether a guess is due that was neither made nor left out."""
    period = asked_about(trial, trial.day_of(today))
    return period is not None and period.number not in in_force(trial)


def in_force(trial: Trial) -> dict[int, PeriodGuess]:
    """Find what counts, by period: the latest row that was not taken back."""
    stacks: dict[int, list[PeriodGuess]] = {}
    for row in trial.period_guesses.all():
        stack = stacks.setdefault(row.period, [])
        if row.said != PeriodGuess.Said.TAKEN_BACK:
            stack.append(row)
        elif stack:
            stack.pop()
    return {period: stack[-1] for period, stack in stacks.items() if stack}


def accepted(form: Mapping[str, str]) -> GuessGiven:
    """Read a guess.

    Raises
    ------
    InputError
        When a part is missing, or is not on the page.
    """
    said, sure, why = (form.get(name, "") for name in ("guess", "sure", "reason"))
    confidence = whole_number(sure)
    known = (
        said in ("", *_GUESSES),
        sure == "" or (confidence is not None and confidence <= _MOST),
        why in ("", *PeriodGuess.Why.values),
    )
    if not all(known):
        raise InputError([items.not_an_answer("guess", (said, sure, why)[known.index(False)])])
    is_known = said not in ("", PeriodGuess.Said.UNKNOWN)
    missing = [
        _missing(place, expected)
        for place, expected, is_given in (
            (_("Your guess"), _("LDN, placebo or “I don’t know”"), said != ""),
            (_("How sure you are"), _("a number from 0 to 10"), sure != "" or not is_known),
            (_("Your main reason"), _("one of the five reasons"), why != "" or not is_known),
        )
        if not is_given
    ]
    if missing:
        raise InputError(missing)
    return GuessGiven(said=said, confidence=confidence, reason=why)


def _keys(choices: list[tuple[str, str]], chosen: str) -> tuple[Key, ...]:
    return tuple((value, text, value == chosen) for value, text in choices)


def _sure(value: int) -> str:
    if value == 0:
        return _("0, only a guess")
    return _("10, certain") if value == _MOST else str(value)


def _in_words(held: PeriodGuess) -> str:
    if held.said == PeriodGuess.Said.SKIPPED:
        return _("Left out")
    parts = [str(PeriodGuess.Said(held.said).label)]
    if held.confidence is not None:
        parts.append(_("sure {number} of 10").format(number=held.confidence))
    if held.reason:
        parts.append(str(PeriodGuess.Why(held.reason).label))
    return ", ".join(parts)


def _missing(place: str, expected: str) -> Problem:
    return Problem(
        code="LDN-W013",
        place=place,
        given=_("nothing"),
        expected=expected,
        todo=_("Nothing was saved yet. Choose one and save again, or leave the guess out."),
    )
