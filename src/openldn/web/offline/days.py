"""Which days an entry from a device may be about."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from openldn.protocol.problems import InputError, Problem
from openldn.web.person import dates
from openldn.web.person.models import Trial

__all__ = ["check_day", "said_at"]

_OLDEST = timedelta(days=400)  # a moment before that is no moment: the clock is wrong


def check_day(trial: Trial, day: int, *, today: date) -> None:
    """Refuse a day that no evening of this trial had by the clock of the server.

    A day long ago is taken, and marked late: it was filled in then, and only comes now.

    Raises
    ------
    InputError
        With what is expected.
    """
    if trial.released_seal is not None:
        raise InputError([_after_the_seal()])
    last = min(today, trial.last_date)
    if not 0 <= day <= trial.day_of(last):
        raise InputError([_no_such_day(trial, day, last)])


def said_at(text: str, *, now: datetime) -> datetime:
    """Read when the device says that the entry was made; what cannot be is now."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    if moment.tzinfo is None or not now - _OLDEST <= moment <= now:
        return now
    return moment


def _no_such_day(trial: Trial, day: int, last: date) -> Problem:
    return Problem(
        code="LDN-W016",
        place=_("The day of this entry"),
        given=dates.in_words(trial.date_of(day)) if abs(day) < 100_000 else _("no day"),
        expected=_("a day from %(first)s to %(last)s")
        % {"first": dates.in_words(trial.start), "last": dates.in_words(last)},
        todo=_(
            "The clock of this phone may be wrong. Your answer is still on this phone: set the "
            "clock, and answer again for the right day."
        ),
    )


def _after_the_seal() -> Problem:
    return Problem(
        code="LDN-W017",
        place=_("This entry"),
        given=_("an answer that came after the seal was opened"),
        expected=_("answers from before it was known what each period held"),
        todo=_("It is not part of your trial. It stays on this phone until you delete it."),
    )
