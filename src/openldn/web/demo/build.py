"""Builds the invented person: one trial that is over and one that runs.

She has lupus and takes 3 mg. Her scores come from the project's own simulator, from fixed seeds,
so the demo is the same on every computer; only its dates follow the calendar.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

from django.db import transaction

from openldn.diary import DiaryDay
from openldn.protocol import seal as sealed
from openldn.protocol.plan import Arm, Plan
from openldn.protocol.safety import GATE_QUESTIONS
from openldn.protocol.schemes import member, set_size
from openldn.web.access import people
from openldn.web.person import actions, gate, items, period_questions, watching
from openldn.web.person.models import Entry, PeriodGuess, SafetyCheck, Trial
from openldn.web.person.period_guesses import GuessGiven

__all__ = ["demo_person"]

# Today is the last day of period 4 of the trial that runs: the evening on which the questions of
# period 5 are asked, and the guess about period 4.
_DAY_OF_RUNNING = 53
_BETWEEN_DAYS = 21  # between the two trials
_DEMO_SALT = "de" * 32  # of an invented seal: nothing real is hidden by it
_EVENING = timedelta(hours=21)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Story:
    """What happened in one invented trial."""

    plan_file: str
    effects: Mapping[str, float]  # true, in points of each score, on 3 mg
    seed: int
    order_index: int  # which member of the scheme was "drawn"
    too_ill: tuple[int, ...]
    late: tuple[int, ...]
    flares: tuple[int, ...]
    notes: Mapping[int, str]
    guesses: tuple[GuessGiven, ...]  # about its periods, in their order
    medicines: tuple[str, ...] = ()  # beside LDN, asked before the plan
    told: tuple[str, ...] = ()  # stop rules that were met, and of which she told the next day


_BETTER = GuessGiven(said=PeriodGuess.Said.LDN, confidence=7, reason=PeriodGuess.Why.BETTER)
_DREAMS = GuessGiven(said=PeriodGuess.Said.LDN, confidence=5, reason=PeriodGuess.Why.SIDE_EFFECT)
_WORSE = GuessGiven(said=PeriodGuess.Said.PLACEBO, confidence=6, reason=PeriodGuess.Why.WORSE)
_NO_IDEA = GuessGiven(said=PeriodGuess.Said.UNKNOWN)
_OVER = _Story(
    plan_file="trial_that_is_over.toml",
    effects={"pain": -1.6, "fatigue": -0.6},
    seed=11,
    order_index=6,
    too_ill=(37, 38),
    late=(21, 55, 70),
    flares=(36, 37, 38),
    guesses=(_NO_IDEA, _WORSE, _BETTER, _DREAMS, _NO_IDEA, _WORSE, _DREAMS, _WORSE),
    notes={36: "Woke up with swollen hands.", 60: "A long walk by the sea."},
)
_RUNNING = _Story(
    plan_file="trial_that_runs.toml",
    effects={"fatigue": -0.8, "pain": -0.4},
    seed=5,
    order_index=9,
    too_ill=(30,),
    late=(12, 41),
    flares=(29, 30),
    guesses=(_DREAMS, _NO_IDEA, _WORSE),
    notes={29: "Flare after the cold week.", 45: "First swim this year."},
    medicines=("Hydroxychloroquine 200 mg", "Levothyroxine 50 micrograms"),
    told=("flare-stays",),
)


@transaction.atomic
def demo_person(*, now: datetime) -> None:
    """Fill an empty database with the invented person."""
    running_start = now.date() - timedelta(days=_DAY_OF_RUNNING)
    plan_over = _plan(_OVER)
    over_start = running_start - timedelta(days=_BETWEEN_DAYS + plan_over.total_days)
    over = _told(_OVER, plan_over, start=over_start, until=plan_over.total_days, now=now)
    _open(over, _OVER, today=now.date())
    _told(_RUNNING, _plan(_RUNNING), start=running_start, until=_DAY_OF_RUNNING, now=now)
    actions.ask_for_answer(trial=over, now=now)


def _plan(story: _Story) -> Plan:
    return Plan.from_toml(_plan_bytes(story))


def _plan_bytes(story: _Story) -> bytes:
    return (files("openldn.web.demo") / story.plan_file).read_bytes()


def _told(story: _Story, plan: Plan, *, start: date, until: int, now: datetime) -> Trial:
    """Begin the trial and write its evenings, up to the day before `until`."""
    # Only the first start of the demo loads the simulator.
    from openldn.virtual import simulate

    is_over = until >= plan.total_days
    trial = actions.add_trial(
        person=people.owner(),
        plan_toml=_plan_bytes(story).decode(),
        start=start,
        # The trial that is over began with its seal; the running one never has its order written.
        seal=_closed_seal(plan, story) if is_over else None,
        check=_check(story, start=start, now=now),
        is_invented=True,
    )
    diary, _truth = simulate(
        plan, effects=story.effects, seed=story.seed, order=_order(plan, story), missing=0.1
    )
    dice = random.Random(story.seed)  # noqa: S311  an invented person needs no secrecy
    rows: list[Entry] = []
    for day in diary.days():
        if day.day < until:
            moment = _entered(trial, day.day, story, now)
            rows += _rows(trial, _evening(day, story, dice), day.day, moment)
    Entry.objects.bulk_create(rows)
    _answer_period_questions(trial, until=until, now=now)
    _guess(trial, story, now=now)
    _tell(trial, story, now=now)
    return trial


def _check(story: _Story, *, start: date, now: datetime) -> SafetyCheck:
    """Answer the questions before a plan on the evening before it, none of them touched."""
    answers = {question.id: not question.when for question in GATE_QUESTIONS}
    return actions.answer_safety_questions(
        person=people.owner(),
        answers=answers,
        names=story.medicines,
        touched=[rule.id for rule in gate.touched(answers, story.medicines)],
        decision=None,
        now=datetime.combine(start, datetime.min.time(), now.tzinfo) - timedelta(hours=3),
    )


def _answer_period_questions(trial: Trial, *, until: int, now: datetime) -> None:
    """Answer no to each question on the evening before each period that has begun."""
    for period in trial.plan.periods:
        eve = max(period.first_day - 1, 0)
        if eve < until:
            for question in period_questions.QUESTIONS:
                actions.answer_period_question(
                    trial=trial,
                    period=period.number,
                    question=question.id,
                    answer=False,
                    now=_evening_of(trial, eve, now),
                )


def _guess(trial: Trial, story: _Story, *, now: datetime) -> None:
    """Guess on the last evening of each period that is over."""
    for period, given in zip(trial.plan.periods, story.guesses, strict=False):
        moment = _evening_of(trial, period.last_day, now)
        actions.guess_period(trial=trial, period=period.number, given=given, now=moment)


def _tell(trial: Trial, story: _Story, *, now: datetime) -> None:
    """Note that the prescriber was told, on the evening after a rule was met."""
    for met in watching.unsettled(trial):
        if met.rule.id in story.told:
            actions.tell(
                trial=trial,
                rule=met.rule.id,
                days=met.days,
                whom=watching.told_whom(trial.plan, met.rule),
                now=_evening_of(trial, met.days[-1] + 1, now),
            )


def _entered(trial: Trial, day: int, story: _Story, now: datetime) -> datetime:
    return _evening_of(trial, day + 1 if day in story.late else day, now)


def _evening_of(trial: Trial, day: int, now: datetime) -> datetime:
    return datetime.combine(trial.date_of(day), datetime.min.time(), now.tzinfo) + _EVENING


def _evening(day: DiaryDay, story: _Story, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Give item and value of everything she answered on one evening."""
    if day.day in story.flares:
        yield items.event("flare"), "1"
    if day.day in story.notes:
        yield items.NOTE, story.notes[day.day]
    if day.day in story.too_ill:
        yield items.ILL, "1"
        return
    scores = {key: value for key, value in day.scores.items() if value is not None}
    if not scores:
        return
    yield items.CAPSULE, "0" if dice.random() < 0.04 else "1"
    for outcome_id, value in scores.items():
        yield items.outcome(outcome_id), f"{value:g}"
    for effect in items.SIDE_EFFECTS:
        yield items.side_effect(effect.id), _grade(effect.id, day.arm, dice)


def _grade(effect_id: str, arm: Arm | None, dice: random.Random) -> str:
    often = {"vivid_dreams": 0.07, "broken_sleep": 0.14, "headache": 0.1, "feeling_sick": 0.04}
    chance = often.get(effect_id, 0.01)
    if effect_id == "vivid_dreams" and arm is Arm.ACTIVE:
        chance = 0.21
    if dice.random() >= chance:
        return "0"
    return "1" if dice.random() < 0.8 else "2"


def _rows(
    trial: Trial, evening: Iterator[tuple[str, str]], day: int, moment: datetime
) -> list[Entry]:
    return [
        Entry(
            trial=trial, day=day, item=item, kind=Entry.Kind.GIVEN, value=value, entered_at=moment
        )
        for item, value in evening
    ]


def _order(plan: Plan, story: _Story) -> tuple[Arm, ...]:
    design = plan.design
    return member(
        design.scheme,
        story.order_index,
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )


def _open(trial: Trial, story: _Story, *, today: date) -> None:
    """Open the seal of the trial that is over."""
    plan = trial.plan
    seal = {
        **_closed_seal(plan, story),
        "salt": _DEMO_SALT,
        "order": sealed.order_text(_order(plan, story)),
    }
    actions.open_seal(trial=trial, seal=seal, is_code_kept=True, today=today)


def _closed_seal(plan: Plan, story: _Story) -> dict[str, str | int]:
    """The invented seal as it stood before the first day."""
    design = plan.design
    order = sealed.order_text(_order(plan, story))
    return {
        "format": sealed.FORMAT,
        "kind": "seal",
        "commitment": sealed.commitment(salt=_DEMO_SALT, order=order, plan_sha256=plan.sha256),
        "scheme": design.scheme.value,
        "set_size": set_size(design.scheme, pairs=design.pairs, max_run=design.max_run),
        "plan_sha256": plan.sha256,
        "box": "",
    }
