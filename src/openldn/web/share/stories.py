"""My story: her own words, and beside them figures that nobody can edit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openldn.report.icons import icons_html
from openldn.report.page import AnswerPage
from openldn.report.sentences import first_sentence, grade_sentence, interval_note, shares
from openldn.report.story import render_story
from openldn.web.access.models import Person
from openldn.web.person.models import Answer
from openldn.web.share.models import Story
from openldn.web.share.showing import choices, page_of

__all__ = ["Figures", "figures", "latest", "pdf", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What stands beside the words: made from the saved answer alone."""

    sentence: tuple[str, str, str]
    note: str
    picture: str  # HTML of the report
    grade: str
    cannot_tell: tuple[str, ...]


def figures(answer: Answer) -> Figures | None:
    """Give the figures of the first outcome. None: it has no answer."""
    page = _page(answer)
    if page is None or page.primary is None:
        return None
    told = first_sentence(page.primary)
    return Figures(
        sentence=(told.before, told.strong, told.after),
        note=interval_note(),
        picture=icons_html(shares(page.primary)),
        grade=grade_sentence(page.saved),
        cannot_tell=page.saved.limits,
    )


def pdf(answer: Answer, words: str) -> bytes | None:
    """Print the story as one PDF. None: there is no answer to stand beside it."""
    page = _page(answer)
    return None if page is None or page.primary is None else render_story(page, words=words)


def latest(person: Person, answer: Answer) -> Story | None:
    """Give what she wrote last about an answer."""
    return Story.objects.filter(person=person, answer=answer).last()


@transaction.atomic
def write(*, person: Person, answer: Answer, words: str, now: datetime) -> None:
    """Keep her words. The same words again, as by a double tap, add none."""
    held = latest(person, answer)
    if held is None or held.words != words:
        Story.objects.create(person=person, answer=answer, words=words, written_at=now)


def _page(answer: Answer) -> AnswerPage | None:
    known = choices(answer)
    if not known:
        return None
    primary = next(
        (str(one["id"]) for one in (answer.saved or {})["outcomes"] if one["role"] == "primary"),
        known[0].id,
    )
    return page_of(answer, outcomes=(primary,), has_side_effects=False)
