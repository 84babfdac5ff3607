"""The opioid questions that come before each period, whatever it holds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from openldn.protocol import safety
from openldn.protocol.plan import Period, Plan
from openldn.protocol.safety import Question, TouchedRule
from openldn.web.person import dates
from openldn.web.person.models import PeriodAnswer, Trial

__all__ = [
    "QUESTIONS",
    "UNDO_FOR",
    "PeriodAsked",
    "PeriodQuestion",
    "Touch",
    "asked_about",
    "asked_of",
    "in_force",
    "kept",
    "standing",
    "touches",
]

# Those of the gate that a single day can change. Age, liver and the rest are asked before a plan.
_IDS = ("opioid-now", "opioid-last-10-days", "opioid-long-acting", "kratom-last-14-days")
QUESTIONS = tuple(question for question in safety.GATE_QUESTIONS if question.id in _IDS)
UNDO_FOR = timedelta(minutes=10)

AnswersOfPeriod = dict[str, PeriodAnswer]  # by question id


@dataclass(frozen=True, kw_only=True, slots=True)
class Touch:
    """An answer that touches a safety rule."""

    rule: TouchedRule
    period: int
    day: int  # on which it was answered
    at: datetime
    row: int  # of the answer
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodQuestion:
    """One question as the page shows it."""

    question: Question
    answer: bool | None

    @property
    def keys(self) -> tuple[tuple[str, str, bool], ...]:
        """Value, text, and whether it was chosen."""
        return (
            ("0", _("No"), self.answer is False),
            ("1", _("Yes, or not sure"), self.answer is True),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodAsked:
    """The questions of one period on one evening."""

    number: int
    heading: str  # the period and when it begins
    is_late: bool  # the period has begun before today
    questions: tuple[PeriodQuestion, ...]
    can_undo: bool
    undo_row: int | None
    is_reopened: bool  # every question is shown, to change an answer

    @property
    def shown(self) -> tuple[PeriodQuestion, ...]:
        """The questions with keys: the first without an answer, or all of them to change one."""
        if self.is_reopened:
            return self.questions
        return tuple(one for one in self.questions if one.answer is None)[:1]

    @property
    def n_answered(self) -> int:
        """How many have an answer."""
        return sum(one.answer is not None for one in self.questions)

    @property
    def said(self) -> str:
        """What was answered so far, in one line."""
        yes = sum(one.answer is True for one in self.questions)
        total = len(self.questions)
        if self.n_answered == total and not yes:
            words = _("{count} of {total} answered, each with no")
        elif yes:
            words = _("{count} of {total} answered, {yes} with yes or not sure")
        else:
            words = _("{count} of {total} answered")
        return words.format(count=self.n_answered, total=total, yes=yes)


def asked_about(plan: Plan, day: int) -> Period | None:
    """Return the period whose questions are due: from the evening before to its last day."""
    begun = [period for period in plan.periods if period.first_day - 1 <= day]
    return begun[-1] if begun and day <= begun[-1].last_day else None


def asked_of(
    trial: Trial, *, today: date, now: datetime, is_reopened: bool = False
) -> PeriodAsked | None:
    """Build the questions of the period that is due. None: there is nothing to ask or to show."""
    period = asked_about(trial.plan, trial.day_of(today))
    if period is None:
        return None
    held = in_force(trial).get(period.number, {})
    first = trial.date_of(period.first_day)
    is_answered = len(held) == len(QUESTIONS)
    latest = max((row.answered_at for row in held.values()), default=None)
    can_undo = latest is not None and now - latest < UNDO_FOR
    if is_answered and first < today and not can_undo and not is_reopened:
        return None
    return PeriodAsked(
        number=period.number,
        heading=_heading(period.number, first, today),
        is_late=first < today,
        questions=tuple(
            PeriodQuestion(question=one, answer=held[one.id].answer if one.id in held else None)
            for one in QUESTIONS
        ),
        can_undo=can_undo,
        undo_row=max((row.pk for row in held.values()), default=None),
        is_reopened=is_reopened,
    )


def in_force(trial: Trial) -> dict[int, AnswersOfPeriod]:
    """Find what counts, by period and question: the latest row that was not taken back."""
    held: dict[int, AnswersOfPeriod] = {}
    for (period, question), stack in _stacks(trial).items():
        if stack:
            held.setdefault(period, {})[question] = stack[-1]
    return held


def kept(trial: Trial) -> tuple[PeriodAnswer, ...]:
    """List every row that was not taken back, also those that a later answer changed."""
    return tuple(row for stack in _stacks(trial).values() for row in stack)


def standing(trial: Trial) -> tuple[Touch, ...]:
    """List the answers that touch a rule now: of each question the latest period's counts."""
    latest: dict[str, int] = {}
    for period, answers in sorted(in_force(trial).items()):
        latest.update(dict.fromkeys(answers, period))
    return tuple(one for one in touches(trial) if latest[one.question] == one.period)


def touches(trial: Trial) -> tuple[Touch, ...]:
    """List the answers that touch a rule, in the order of periods and questions."""
    held = in_force(trial)
    return tuple(
        Touch(
            rule=safety.RULES[question.touches],
            period=period,
            day=trial.day_of(row.answered_at.astimezone().date()),
            at=row.answered_at,
            row=row.pk,
            question=question.id,
        )
        for period in sorted(held)
        for question in QUESTIONS
        if (row := held[period].get(question.id)) and row.answer is question.when
    )


def _stacks(trial: Trial) -> dict[tuple[int, str], list[PeriodAnswer]]:
    stacks: dict[tuple[int, str], list[PeriodAnswer]] = {}
    for row in trial.period_answers.all():
        stack = stacks.setdefault((row.period, row.question), [])
        if row.answer is not None:
            stack.append(row)
        elif stack:
            stack.pop()
    return stacks


def _heading(number: int, first: date, today: date) -> str:
    if first > today:
        words = _("Period {number} begins tomorrow")
    elif first == today:
        words = _("Period {number} begins today")
    else:
        words = _("Period {number} began on {day}")
    return words.format(number=number, day=dates.in_words(first))
