"""The answer as a page: told once, kept, and told anew when the telling has changed."""

import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from openldn.report.icons import icon_array
from openldn.report.markup import section
from openldn.report.page import AnswerPage
from openldn.report.saved import OutcomeAnswer
from openldn.report.sentences import shares
from openldn.web.know.models import AnotherTrial, KeptPage
from openldn.web.person.models import Answer, Trial
from openldn.web.person.records import diary_of

__all__ = ["Page", "Picture", "page_of"]

_FROM_HERE_ON = "doctor"  # the first part that is for reading with the prescriber


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """The hundred icons, and the largest of their groups."""

    group: str
    count: int
    label: str
    icons: str

    @property
    def drawn(self) -> SafeString:
        """The icons as a picture for a page."""
        # The report escapes every word that a person wrote.
        return mark_safe(self.icons)  # noqa: S308


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The told answer, cut where the app puts its own parts in."""

    told: SafeString
    for_the_visit: SafeString
    picture: Picture | None  # None where no outcome has an answer


def page_of(answer_id: int, *, trial: Trial) -> Page:
    """Give the page of a ready answer, from where it is kept or told now and kept."""
    language = get_language() or "en"
    content = _kept(answer_id, language)
    if content is None:
        content = _content(Answer.objects.get(pk=answer_id), trial)
        KeptPage.objects.update_or_create(
            answer_id=answer_id,
            language=language,
            defaults={"person": trial.person, "made_by": _telling(), "content": content},
        )
    picture = content["picture"]
    # The report escapes every word that a person wrote.
    return Page(
        told=mark_safe(content["told"]),  # noqa: S308
        for_the_visit=mark_safe(content["for_the_visit"]),  # noqa: S308
        picture=Picture(**picture) if picture else None,
    )


def _kept(answer_id: int, language: str) -> dict[str, Any] | None:
    held = KeptPage.objects.filter(answer=answer_id, language=language, made_by=_telling()).first()
    return held.content if held else None


def _content(answer: Answer, trial: Trial) -> dict[str, Any]:
    saved = dict(answer.saved or {})
    forecast = AnotherTrial.objects.filter(answer=answer).exclude(found=None).first()
    if forecast is not None:
        saved["forecast"] = forecast.found
    page = AnswerPage.build(saved, diary=diary_of(trial), plan=trial.plan, order=trial.order)
    names = [part.name for part in page.parts]
    cut = names.index(_FROM_HERE_ON) if _FROM_HERE_ON in names else len(names)
    html = [section(part.heading, part.html) for part in page.parts]
    return {
        "told": page.hero + "".join(html[:cut]),
        "for_the_visit": "".join(html[cut:]),
        "picture": asdict(_picture(page.primary)) if page.primary else None,
    }


def _picture(outcome: OutcomeAnswer) -> Picture:
    groups = shares(outcome)
    largest = max(groups, key=lambda share: share.count)
    return Picture(
        group=largest.group,
        count=largest.count,
        label=largest.label,
        icons=icon_array(groups),
    )


@cache
def _telling() -> str:
    """Return a fingerprint of every module that tells an answer, and of every catalogue."""
    found = hashlib.sha256()
    for catalogue in sorted(files("openldn.web.languages").joinpath("locale").iterdir(), key=str):
        found.update(catalogue.joinpath("LC_MESSAGES", "django.mo").read_bytes())
    for path in sorted(files("openldn.report").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            found.update(path.read_bytes())
    return found.hexdigest()
