"""Moments that must not pass in silence: rules that are met or touched, warning signs, a pause.

They are worked out from the records on every page, so nothing has to be sent, and none is lost.
Only her note that somebody was told quietens one. They rest on scores and answers alone, never on
an arm.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.protocol.plan import Plan
from openldn.protocol.stop_rules import MetRule
from openldn.web.languages.tables import said
from openldn.web.person import dangers, dates, pauses, watching
from openldn.web.person.dangers import Danger
from openldn.web.person.models import Told, Trial
from openldn.web.person.period_questions import UNDO_FOR, Touch, asked_about, touches

__all__ = ["Moment", "Noted", "Notice", "Notices", "notices_of", "pause_notice"]

_SAFETY = "safety:"  # before the id of a rule of the gate, where the plan's own rules have theirs
_IF_VERY_ILL = gettext_lazy(
    "If you feel very ill, call emergency care and say that you take naltrexone."
)
_NOT_ALONE = gettext_lazy("Do not change a prescribed medicine on your own.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A rule and the days that met it: what a note is about."""

    rule: str
    days: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.rule} {','.join(map(str, self.days))}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One moment in words."""

    chip: str
    head: str
    reasons: tuple[str, ...]
    what_next: str
    whom: str
    moments: tuple[Moment, ...]
    more: str = ""
    source: str = ""  # in English, as the tables name it
    noted: str = ""  # when she noted it, in words; empty: not yet
    can_undo: bool = False  # the note was just made
    undo: tuple[str, ...] = ()  # the rule and the row of each note that Undo takes back
    can_change: bool = False  # it comes from answers that can be changed
    is_urgent: bool = False  # it sends to emergency care: before all others
    is_question: bool = False  # it waits for a decision, and nothing is stopped
    page: str = ""  # the address name of the page that settles it, instead of a note
    to_page: str = ""  # what leads there

    @property
    def have_told(self) -> str:
        """The words of the button that notes it."""
        return _("I have told {whom}").format(whom=self.whom)


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A note that was just made and can be taken back."""

    rule: str
    row: int
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    """What a page shows above everything else."""

    open: tuple[Notice, ...]  # to be told, and safety rules that are touched right now
    noted: tuple[Noted, ...]

    @property
    def n_untold(self) -> int:
        """How many still wait for her note."""
        return sum(not notice.noted for notice in self.open)


def notices_of(trial: Trial, *, now: datetime) -> Notices:
    """Collect what must not pass in silence: what sends to emergency care first."""
    notes = watching.notes_of(trial)
    found = (
        *_of_dangers(trial, notes),
        *_of_pause(trial, now.date()),
        *_of_safety(trial, notes, now),
        *_of_open_questions(trial, now.date()),
        *(_of_plan(trial, met) for met in watching.unsettled(trial)),
    )
    return Notices(
        open=tuple(sorted(found, key=lambda notice: (not notice.is_urgent, bool(notice.noted)))),
        noted=tuple(_noted(trial, notes, now)),
    )


def pause_notice(trial: Trial, *, today: date) -> Notice | None:
    """Say that the trial is paused, and what to do now. None: it is not."""
    held = pauses.pause_now(trial, today=today)
    if held is None:
        return None
    who, plan = watching.prescriber_of(trial.plan), trial.plan
    found = pauses.stops(pauses.blocking(trial, today=today))
    whys = {
        cause.words: said(cause.rule.why) for cause in reversed(found)
    }  # of each entry the gravest
    reasons = [_cause(words, why) for words, why in reversed(whys.items())]
    if not reasons:
        reasons = [_("No stop rule is touched any more. The trial waits for the prescriber.")]
    return Notice(
        chip=_("Paused"),
        head=_("This trial is paused"),
        reasons=(
            _("It has been paused since {day}.").format(day=dates.in_words(held.first)),
            *reasons,
        ),
        what_next=(
            _("Talk to {who} before the next capsule.")
            if _is_capsule(plan)
            else _("Talk to {who} before the next dose.")
        ).format(who=who),
        more=f"{_NOT_ALONE} {_IF_VERY_ILL}",
        source=f"Rule {', '.join(held.rules)}.",
        whom=who,
        moments=(),
        page="person:going_on",
        to_page=_("How the trial goes on"),
    )


def _of_pause(trial: Trial, today: date) -> tuple[Notice, ...]:
    notice = pause_notice(trial, today=today)
    return (notice,) if notice else ()


def _cause(words: str, why: str) -> str:
    return f"{words}: {why}"


def _of_open_questions(trial: Trial, today: date) -> tuple[Notice, ...]:
    """Make one notice of the medicines about which the prescriber has not decided yet."""
    found = pauses.blocking(trial, today=today)
    asked = [cause for cause in found if cause not in pauses.stops(found)]
    if not asked or trial.is_over(today):
        return ()
    who = watching.prescriber_of(trial.plan)
    rules = ", ".join(dict.fromkeys(cause.rule.id for cause in asked))
    sources = ", ".join(dict.fromkeys(one for cause in asked for one in cause.rule.source))
    todo = dict.fromkeys(said(cause.rule.do) for cause in asked)
    return (
        Notice(
            chip=_("A question for your prescriber"),
            head=_("Your list of medicines"),
            reasons=(*dict.fromkeys(_cause(c.words, said(c.rule.why)) for c in asked), *todo),
            what_next=_("Tell {who}, and write down here what was decided.").format(who=who),
            more=str(_NOT_ALONE),
            source=_rule_and_source(rules, sources),
            whom=who,
            moments=(),
            is_question=True,
            page="person:going_on",
            to_page=_("Write down the decision"),
        ),
    )


def _of_dangers(trial: Trial, notes: dict[str, list[Told]]) -> tuple[Notice, ...]:
    """Make one notice for each red flag and each severe side effect that nobody was told of."""
    found = []
    for danger in dangers.dangers_of(trial):
        days = danger.untold(notes.get(danger.rule, ()))
        if days:
            found.append(_danger(trial, danger, days))
    return tuple(found)


def _danger(trial: Trial, danger: Danger, days: tuple[int, ...]) -> Notice:
    who = watching.prescriber_of(trial.plan)
    when = dates.joined([dates.day_month(trial.date_of(day)) for day in days])
    noted = (
        _("You noted it as severe for {days}.")
        if danger.is_severe
        else _("You noted it for {days}.")
    ).format(days=when)
    call = (
        _("Call {who} before your next capsule.")
        if _is_capsule(trial.plan)
        else _("Call {who} before your next dose.")
    ).format(who=who)
    first, then = (danger.what_to_do, call) if danger.leads else (call, danger.what_to_do)
    return Notice(
        chip=_("Severe") if danger.is_severe else _("Warning sign"),
        head=danger.label,
        reasons=(noted,),
        what_next=first,
        more=" ".join(filter(None, (then, str(_IF_VERY_ILL)))),
        source=f"Source: {danger.source}." if danger.source else "",
        whom=_("{who} or emergency care").format(who=who) if danger.is_urgent else who,
        moments=(Moment(rule=danger.rule, days=days),),
        is_urgent=danger.is_urgent,
    )


def _of_plan(trial: Trial, met: MetRule) -> Notice:
    plan, rule = trial.plan, met.rule
    who = watching.prescriber_of(plan)
    return Notice(
        chip=_("Your plan names this moment"),
        head=watching.moment_in_words(met.watched),
        reasons=(
            watching.explained(met, start=trial.start),
            _("The plan that you and {who} agreed says: “{words}”.").format(
                who=who, words=watching.said_by_plan(plan, rule)
            ),
        ),
        what_next=(
            _("Talk to {who} before your next capsule.")
            if _is_capsule(plan)
            else _("Talk to {who} before your next dose.")
        ).format(who=who),
        whom=watching.told_whom(plan, rule),
        moments=(Moment(rule=rule.id, days=met.days),),
    )


def _of_safety(trial: Trial, notes: dict[str, list[Told]], now: datetime) -> tuple[Notice, ...]:
    """Make one notice for each period with a touched rule.

    Of earlier periods only those that nobody was told of. Of this period each one, for as long as
    the answers stand.
    """
    due = asked_about(trial.plan, trial.day_of(now.date()))
    found = []
    for period, group in groupby(touches(trial), key=lambda touch: touch.period):
        touched = tuple(group)
        told = [note for touch in touched if (note := _note_of(touch, notes))]
        is_told, is_due = len(told) == len(touched), due is not None and due.number == period
        if is_due or not is_told:
            notice = _touched(trial, touched, can_change=is_due)
            latest = max(told, key=lambda note: note.pk) if is_told else None
            found.append(_quietened(notice, latest, notes, now) if latest else notice)
    return tuple(found)


def _note_of(touch: Touch, notes: dict[str, list[Told]]) -> Told | None:
    """Return her latest note about this very answer; one made before it was about another."""
    about = [
        note
        for note in notes.get(_name(touch), ())
        if touch.day in note.days and note.noted_at >= touch.at
    ]
    return about[-1] if about else None


def _quietened(notice: Notice, note: Told, notes: dict[str, list[Told]], now: datetime) -> Notice:
    rules = dict.fromkeys(moment.rule for moment in notice.moments)
    return replace(
        notice,
        noted=_noted_words(note),
        can_undo=_is_fresh(note, now),
        undo=tuple(f"{rule} {notes[rule][-1].pk}" for rule in rules),
    )


def _touched(trial: Trial, touched: tuple[Touch, ...], *, can_change: bool) -> Notice:
    who = watching.prescriber_of(trial.plan)
    rules = ", ".join(touch.rule.id for touch in touched)
    sources = ", ".join(dict.fromkeys(one for touch in touched for one in touch.rule.source))
    return Notice(
        chip=_("A safety rule is touched"),
        head=_("Your answers before period {number}").format(number=touched[0].period),
        reasons=tuple(said(touch.rule.why) for touch in touched),
        what_next=(
            _("Talk to {who} before your next capsule, and say what you took and when.")
            if _is_capsule(trial.plan)
            else _("Talk to {who} before your next dose, and say what you took and when.")
        ).format(who=who),
        more=f"{_NOT_ALONE} {_IF_VERY_ILL}",
        source=_rule_and_source(rules, sources),
        whom=who,
        moments=tuple(Moment(rule=_name(touch), days=(touch.day,)) for touch in touched),
        can_change=can_change,
    )


def _noted(trial: Trial, notes: dict[str, list[Told]], now: datetime) -> list[Noted]:
    """List the notes of the last minutes about the plan's own rules and about warning signs."""
    known = watching.known_of(trial.plan)
    labels = {one.rule.id: watching.moment_in_words(one) for one in known}
    labels |= {one.rule: one.label for one in dangers.dangers_of(trial)}
    return [
        Noted(rule=rule, row=stack[-1].pk, words=f"{labels[rule]}. {_noted_words(stack[-1])}")
        for rule, stack in notes.items()
        if rule in labels and _is_fresh(stack[-1], now)
    ]


def _is_fresh(note: Told, now: datetime) -> bool:
    return now - note.noted_at < UNDO_FOR


def _noted_words(note: Told) -> str:
    when = dates.day_month(note.noted_at.astimezone().date())
    return _("You noted on {day} that {whom} knows.").format(day=when, whom=note.whom)


def _name(touch: Touch) -> str:
    return f"{_SAFETY}{touch.rule.id}"


def _rule_and_source(rules: str, sources: str) -> str:
    return f"Rule {rules}. Source: {sources}."


def _is_capsule(plan: Plan) -> bool:
    return plan.drug.form == "capsule"
