"""How likely a clear answer is: asked of the worker once for each design, then kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openldn._version import __version__
from openldn.protocol.outcomes import Better
from openldn.protocol.plan import Person as PlanPerson
from openldn.protocol.plan import Plan, Prescriber
from openldn.web.access.models import Person
from openldn.web.plan import tasks
from openldn.web.plan.models import Forecast

__all__ = ["MOST_ATTEMPTS", "Told", "ask", "assumed_effect", "resume_unfinished", "told"]

MOST_ATTEMPTS = 2
_DOTS = 100
_IN_A_ROW = 20
_STEP = 10  # from dot to dot


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A forecast as the page shows it."""

    state: str  # asked | ready | failed
    progress: str
    head: str
    if_nothing: str
    clear: int = 0  # of 100
    wrong: int = 0

    @property
    def unclear(self) -> int:
        """Of 100 trials, how many cannot tell."""
        return _DOTS - self.clear - self.wrong

    @property
    def dots(self) -> Iterator[tuple[str, int, int]]:
        """Class and place of each of 100 marks: clear, then cannot tell, then misleading."""
        looks = ["clear"] * self.clear + ["even"] * self.unclear + ["wrong"] * self.wrong
        for index, look in enumerate(looks):
            row, column = divmod(index, _IN_A_ROW)
            yield look, _STEP * column + _STEP // 2, _STEP * row + _STEP // 2


def ask(*, person: Person, plan: Plan, now: datetime) -> Forecast:
    """Find the forecast of a plan, or queue the work on it."""
    text = _without_names(plan).to_toml()
    key = hashlib.sha256(f"{__version__}\n{text}".encode()).hexdigest()
    with transaction.atomic():
        found, is_new = Forecast.objects.get_or_create(
            person=person, key=key, defaults={"plan_toml": text, "asked_at": now}
        )
        if is_new:
            transaction.on_commit(partial(tasks.queue, found.pk))
    return found


def resume_unfinished() -> None:
    """Queue again what was asked for and never finished, because a worker ended early."""
    for forecast in Forecast.objects.filter(state=Forecast.State.ASKED):
        if forecast.attempts < MOST_ATTEMPTS:
            tasks.queue(forecast.pk)
        else:
            forecast.state = Forecast.State.FAILED
            forecast.save(update_fields=["state"])


def told(forecast: Forecast, plan: Plan) -> Told:
    """Put a forecast into words."""
    if forecast.found is None:
        progress = ""
        if forecast.pieces:
            progress = _("%(done)d of %(pieces)d parts are done.") % {
                "done": forecast.done,
                "pieces": forecast.pieces,
            }
        return Told(state=forecast.state, progress=progress, head="", if_nothing="")
    hit, nothing = forecast.found["worth_it"], forecast.found["nothing"]
    clear = _of_100(hit["clear"], hit["trials"])
    wrong = _of_100(hit["wrong"], hit["trials"])
    weeks = -(-plan.total_days // 7)
    return Told(
        state=forecast.state,
        progress="",
        head=_("%(chance)s of a clear answer in %(weeks)d weeks.")
        % {"chance": _chance(hit["clear"] / hit["trials"]), "weeks": weeks},
        if_nothing=_("If LDN does nothing: %(chance)s of a clear answer that is wrong.")
        % {"chance": _chance(nothing["wrong"] / nothing["trials"]).lower()},
        clear=clear,
        wrong=min(wrong, _DOTS - clear),
    )


def assumed_effect(plan: Plan) -> str:
    """Say what the forecast takes for granted."""
    outcome = plan.primary
    is_one = outcome.mcid == 1
    if outcome.better is Better.LOWER:
        sentence = ngettext(
            "If LDN truly lowers “%(label)s” by %(points)s point",
            "If LDN truly lowers “%(label)s” by %(points)s points",
            1 if is_one else 2,
        )
    else:
        sentence = ngettext(
            "If LDN truly raises “%(label)s” by %(points)s point",
            "If LDN truly raises “%(label)s” by %(points)s points",
            1 if is_one else 2,
        )
    return sentence % {"label": outcome.label, "points": f"{outcome.mcid:g}"}


def _without_names(plan: Plan) -> Plan:
    """Leave out what no number rests on, so that the same question finds the same forecast."""
    primary = replace(plan.primary, label="score")
    return replace(
        plan,
        person=PlanPerson(),
        prescriber=Prescriber(),
        design=replace(plan.design, start=None),
        outcomes=(primary,),
        stop_rules=(),
    )


def _of_100(count: int, trials: int) -> int:
    return round(100 * count / trials)


def _chance(share: float) -> str:
    """A chance in words that do not pretend to more than a tenth."""
    if share < 0.005:
        return _("Less than 1 chance in 100")
    if share < 0.095:
        count = round(100 * share)
        words = ngettext("About %(count)d chance in 100", "About %(count)d chances in 100", count)
        return words % {"count": count}
    if share > 0.95:
        return _("More than 9 chances in 10")
    return _("About %(count)d chances in 10") % {"count": round(10 * share)}
