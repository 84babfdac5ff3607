"""What "my trial" shows: the stretches of the plan, the calendar, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openldn.protocol.calendar import Phase, PlannedDay, calendar
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better
from openldn.web.person import dates, items, pauses, records
from openldn.web.person.models import Trial
from openldn.web.person.pauses import Span
from openldn.web.person.records import Held

__all__ = ["AIM_PERCENT", "Cell", "Coming", "Progress", "Stretch", "pause_lines", "progress_of"]

AIM_PERCENT = 80  # of the days recorded: a condition of the best grade (model.md section 10)
_WIDTH = 10  # of one day in a strip, in its own units


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One day of the calendar or of a strip."""

    day: int
    when: date
    mark: str  # recorded | late | ill | none | now | next
    is_first_days: bool

    @property
    def words(self) -> str:
        """The whole day as it is read aloud."""
        return f"{dates.in_words(self.when)}: {_MARK_WORDS[self.mark]}"

    @property
    def state(self) -> str:
        """The class of its cell."""
        if self.mark in ("now", "next"):
            return {"now": "today", "next": "next"}[self.mark]
        return "lead-in" if self.is_first_days else "day"


_MARK_WORDS = {
    "recorded": gettext_lazy("recorded"),
    "late": gettext_lazy("recorded a day late"),
    "ill": gettext_lazy("too ill to answer"),
    "none": gettext_lazy("nothing recorded"),
    "now": gettext_lazy("today"),
    "next": gettext_lazy("still to come"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Days in a row that belong together: a period, a dose step, the weeks before."""

    name: str
    number: int | None  # of the period
    cells: tuple[Cell, ...]
    status: str  # now | later | past

    @property
    def summary(self) -> str:
        """What stands beside its strip."""
        if self.status == "later":
            return _("starts {day}").format(day=dates.short(self.cells[0].when))
        settled = [cell for cell in self.cells if cell.mark not in ("now", "next")]
        recorded = sum(cell.mark in ("recorded", "late", "ill") for cell in settled)
        if self.status == "now":
            return _("{count} of {total} so far").format(count=recorded, total=len(settled))
        return _("{count} of {total} days").format(count=recorded, total=len(settled))

    @property
    def width(self) -> int:
        """The width of its strip."""
        return _WIDTH * len(self.cells)

    @property
    def boxes(self) -> tuple[tuple[str, int], ...]:
        """Class and left edge of each day in the strip."""
        kinds = {"recorded": "q", "late": "q", "ill": "q", "none": "m", "now": "f", "next": "f"}
        return tuple((kinds[cell.mark], _WIDTH * i) for i, cell in enumerate(self.cells))

    @property
    def weeks(self) -> tuple[tuple[Cell | None, ...], ...]:
        """The days in weeks from Monday, with gaps at both ends."""
        lead = self.cells[0].when.weekday()
        padded: list[Cell | None] = [None] * lead + list(self.cells)
        padded += [None] * (-len(padded) % 7)
        return tuple(tuple(padded[i : i + 7]) for i in range(0, len(padded), 7))

    @property
    def first_days(self) -> int:
        """How many days at its start let the stretch before fade."""
        return sum(cell.is_first_days for cell in self.cells)

    @property
    def span(self) -> str:
        """From when to when, in words."""
        first, last = self.cells[0].when, self.cells[-1].when
        return _("{first} to {last}").format(
            first=dates.day_month(first), last=dates.day_month(last)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A date ahead."""

    head: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How a trial goes, without a word about which arm is which."""

    question: str
    prescriber: str
    recorded: int
    elapsed: int
    stretches: tuple[Stretch, ...]
    now: Stretch | None
    day_of_stretch: int
    coming: tuple[Coming, ...]
    is_sealed: bool
    is_over: bool

    @property
    def percent(self) -> int:
        """Recorded days of 100."""
        return round(100 * self.recorded / self.elapsed) if self.elapsed else 0


def progress_of(trial: Trial, *, today: date) -> Progress:
    """Build the page's facts. Arms are never asked for, so none can show."""
    held = records.in_force(trial.entries.all())
    stretches = _stretches(trial, held, today)
    now = next((stretch for stretch in stretches if stretch.status == "now"), None)
    elapsed = max(0, min(trial.day_of(today), trial.plan.total_days))
    return Progress(
        question=_question(trial),
        prescriber=trial.plan.prescriber.name,
        recorded=sum(records.is_recorded(held.get(day, {})) for day in range(elapsed)),
        elapsed=elapsed,
        stretches=stretches,
        now=now,
        day_of_stretch=(today - now.cells[0].when).days + 1 if now else 0,
        coming=_coming(trial, stretches),
        is_sealed=trial.is_sealed,
        is_over=trial.is_over(today),
    )


def pause_lines(trial: Trial) -> tuple[str, ...]:
    """Tell each pause in a sentence."""
    return tuple(map(_pause_line, pauses.spans(trial)))


def _pause_line(span: Span) -> str:
    first = dates.day_month(span.first)
    if span.end is None:
        return _("Paused since {day}.").format(day=first)
    count = (span.end - span.first).days
    words = _("Paused on {day} for part of the day.")
    if count:
        words = ngettext(
            "Paused on {day} for {count} day.", "Paused on {day} for {count} days.", count
        )
    then = _("The entry that had paused it was undone.")
    if span.by and span.decided_on is not None:
        then = _("{who} decided on {day} that it goes on.").format(
            who=span.by, day=dates.day_month(span.decided_on)
        )
    return f"{words.format(day=first, count=count)} {then}"


_QUESTIONS = {
    (True, True): gettext_lazy("Is my {outcome} lower on LDN than on a capsule without it?"),
    (True, False): gettext_lazy("Is my {outcome} lower on LDN than on no capsule?"),
    (False, True): gettext_lazy("Is my {outcome} higher on LDN than on a capsule without it?"),
    (False, False): gettext_lazy("Is my {outcome} higher on LDN than on no capsule?"),
}


def _question(trial: Trial) -> str:
    plan = trial.plan
    name = plan.primary.label[0].lower() + plan.primary.label[1:]
    is_lower, is_blinded = plan.primary.better is Better.LOWER, plan.design.kind.is_blinded
    return _QUESTIONS[is_lower, is_blinded].format(outcome=name)


def _stretches(
    trial: Trial, held: Mapping[int, Mapping[str, Held]], today: date
) -> tuple[Stretch, ...]:
    planned = calendar(trial.plan)
    return tuple(
        _stretch(trial, tuple(days), held, today) for _, days in groupby(planned, key=_same_stretch)
    )


def _same_stretch(day: PlannedDay) -> tuple[Phase, int | None, Dose | None]:
    return (day.phase, day.period, day.level)


def _stretch(
    trial: Trial,
    days: tuple[PlannedDay, ...],
    held: Mapping[int, Mapping[str, Held]],
    today: date,
) -> Stretch:
    cells = tuple(
        Cell(
            day=day.day,
            when=trial.date_of(day.day),
            mark=_mark(held.get(day.day, {}), trial.date_of(day.day), today),
            is_first_days=day.is_transition,
        )
        for day in days
    )
    return Stretch(
        name=_name(days[0]), number=days[0].period, cells=cells, status=_status(cells, today)
    )


def _status(cells: tuple[Cell, ...], today: date) -> str:
    if today < cells[0].when:
        return "later"
    return "past" if today > cells[-1].when else "now"


def _name(day: PlannedDay) -> str:
    if day.phase is Phase.RANDOMISED:
        return _("Period {number}").format(number=day.period)
    if day.level is not None and day.level.ug:
        return f"LDN {day.level.text}"
    return _("Before LDN") if day.phase is Phase.BASELINE else _("No capsule")


def _mark(held: Mapping[str, Held], when: date, today: date) -> str:
    if when > today:
        return "next"
    if when == today:
        return "now"
    if not records.is_recorded(held):
        return "none"
    if records.is_given(held, items.ILL):
        return "ill"
    is_late = min(answer.entered_at for answer in held.values()).astimezone().date() > when
    return "late" if is_late else "recorded"


def _coming(trial: Trial, stretches: tuple[Stretch, ...]) -> tuple[Coming, ...]:
    ahead = [
        Coming(
            head=f"{dates.in_words(stretch.cells[0].when)}: {stretch.name}", detail=_begins(stretch)
        )
        for stretch in stretches
        if stretch.status == "later"
    ][:2]
    the_end = dates.in_words(trial.date_of(trial.plan.total_days))
    if trial.is_sealed:
        end = Coming(
            head=_("{day}: the seal can open").format(day=the_end),
            detail=_("Then you can read your answer."),
        )
    else:
        end = Coming(
            head=_("{day}: your answer").format(day=the_end),
            detail=_("All days are behind you then."),
        )
    return (*ahead, end)


def _begins(stretch: Stretch) -> str:
    days = len(stretch.cells)
    lasts = ngettext("It lasts {count} day.", "It lasts {count} days.", days).format(count=days)
    return _("Open the next kit.") + f" {lasts}" if stretch.number is not None else lasts
