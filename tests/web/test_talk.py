"""How the talk went: kept as it was said, without blame, and never changed."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from openldn.report.words import AFTER_A_NO, NO_BLAME
from openldn.web.access import people
from openldn.web.ask import talks
from openldn.web.ask.models import LONGEST_WORDS, Talk
from support.reading import grade, prose
from support.web import NOW, visible

HARDEST, SHORT = 8.0, 100
TODAY = NOW.date()
FACTS: dict[str, Any] = {
    "day": TODAY,
    "who": "Dr B",
    "said": "no",
    "reason": "The studies are too small.",
    "change": "A larger one.",
    "again": TODAY + timedelta(days=90),
}


def sent(owner: Client, **changed: str) -> int:
    """Send the form and give the status."""
    form = {key: str(value) for key, value in (FACTS | changed).items()}
    return owner.post("/talk", form).status_code


def page(owner: Client) -> str:
    """Open the page as a browser would read it."""
    return unescape(owner.get("/talk").content.decode())


def test_a_talk_is_kept_as_it_was_said(owner: Client) -> None:
    """Every field, and the moment it was noted."""
    assert sent(owner) == 302
    talk = Talk.objects.get()
    assert {name: getattr(talk, name) for name in FACTS} == FACTS
    assert talk.noted_at == NOW
    html = page(owner)
    for words in (
        "They said no",
        "<bdi>Dr B</bdi>, 22 November 2026",
        FACTS["reason"],
        FACTS["change"],
    ):
        assert words in html
    assert "20 February 2027" in html


def test_only_day_and_answer_are_needed(owner: Client) -> None:
    """The rest can be left out."""
    assert owner.post("/talk", {"day": "2026-11-20", "said": "not-now"}).status_code == 302
    talk = Talk.objects.get()
    assert (talk.who, talk.reason, talk.change, talk.again) == ("", "", "", None)


@pytest.mark.parametrize("said", ["no", "not-now"])
def test_a_no_is_told_without_blame_and_with_what_then(owner: Client, said: str) -> None:
    """The words of the printed pack, and no way to a plan."""
    sent(owner, said=said)
    html = page(owner)
    assert all(words in html for words in (NO_BLAME, *AFTER_A_NO))
    assert 'href="/start"' not in html


def test_a_yes_leads_to_the_safety_questions(owner: Client) -> None:
    """A plan begins there, also after a yes."""
    sent(owner, said="agreed")
    html = page(owner)
    assert 'class="btn main" href="/start"' in html
    assert NO_BLAME not in html


def test_the_latest_talk_says_what_then(owner: Client) -> None:
    """By its day, not by when it was written down; earlier ones are listed."""
    sent(owner, said="agreed")
    sent(owner, day="2026-10-01", again="", reason="Forgotten at first.")
    html = page(owner)
    assert html.index("They said yes") < html.index("Earlier talks") < html.index("Forgotten")


def test_a_double_tap_adds_nothing(owner: Client) -> None:
    """The same talk twice is one; another reason is another talk."""
    for _ in range(2):
        assert sent(owner) == 302
    assert Talk.objects.count() == 1
    sent(owner, reason="Something else")
    assert Talk.objects.count() == 2


def test_a_slip_is_taken_back_by_a_new_row(owner: Client) -> None:
    """Once: the row stays, no page shows it, and it can be written again."""
    sent(owner)
    row = Talk.objects.get().pk
    for _ in range(2):
        assert owner.post("/talk", {"undo": str(row)}).status_code == 302
    assert Talk.objects.count() == 2
    assert "They said no" not in page(owner)
    sent(owner)
    assert "They said no" in page(owner)
    assert Talk.objects.in_force().count() == 1


@pytest.mark.parametrize("row", ["", "x", "99", "-1", "9" * 40, "²"])
def test_no_other_row_can_be_taken_back(owner: Client, row: str) -> None:
    """What is no row of a talk changes nothing, and neither does a row that took one back."""
    sent(owner)
    assert owner.post("/talk", {"undo": row}).status_code == 302
    assert Talk.objects.count() == 1


def test_what_took_back_cannot_be_taken_back(owner: Client) -> None:
    """It is no talk."""
    sent(owner)
    talks.take_back(person=people.owner(), row=Talk.objects.get().pk, now=NOW)
    talks.take_back(person=people.owner(), row=Talk.objects.latest("pk").pk, now=NOW)
    assert Talk.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"day": "2026-11-23"}, "This day lies ahead"),
        ({"day": "soon"}, "write the day like 2026-11-30"),
        ({"day": ""}, "Write the day of the talk"),
        ({"said": ""}, "Choose what they said"),
        ({"said": "maybe"}, "Choose what they said"),
        ({"again": "2026-11-22"}, "The next talk comes after this one"),
        ({"again": "never"}, "write the day like 2026-11-30"),
        ({"reason": "x" * 2001}, "Why?: this has 2001 characters. Write 2000 or fewer."),
        ({"change": "x" * 2001}, "What would have to change?: this has 2001 characters."),
        ({"who": "x" * 81}, "With whom: write 80 letters or fewer."),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    owner: Client, changed: dict[str, str], told: str
) -> None:
    """Nothing is saved, and nothing that was typed is lost."""
    answer = owner.post("/talk", {key: str(v) for key, v in (FACTS | changed).items()})
    assert answer.status_code == 422
    assert told in visible(answer.content)
    assert "A larger one." in answer.content.decode() or "change" in changed
    assert not Talk.objects.exists()


def test_the_longest_reason_fits_with_its_line_breaks(owner: Client) -> None:
    """A browser counts a line break once and sends two characters."""
    reason = "\r\n".join(["x" * 99] * 20)
    assert sent(owner, reason=reason + "y") == 302
    assert len(Talk.objects.get().reason) == LONGEST_WORDS


def test_markup_is_shown_as_text_and_nothing_turns_the_line(owner: Client) -> None:
    """Kept like a note: line breaks stay, steering signs go."""
    sent(owner, who="<b>Dr\u202e", reason="<script>alert(1)</script>\r\n\x1b[31m\0red", change="🦋")
    talk = Talk.objects.get()
    assert talk.who == "<b>Dr"
    assert talk.reason == "<script>alert(1)</script>\n[31mred"
    content = owner.get("/talk").content
    assert b"<script>" not in content
    assert b"<b>Dr" not in content
    assert b"&lt;/script&gt;<br>[31mred" in content


def test_a_row_is_never_changed_or_deleted(owner: Client) -> None:
    """Not by the model, and not by SQL either."""
    sent(owner)
    talk = Talk.objects.get()
    with pytest.raises(TypeError):
        talk.save()
    with pytest.raises(TypeError):
        talk.delete()
    for statement in ("UPDATE ask_talk SET said = 'agreed'", "DELETE FROM ask_talk"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            connection.cursor().execute(statement)


def test_an_answer_that_nobody_gives_never_reaches_the_table(db: None) -> None:
    """Yes, not now or no."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Talk.objects.create(
            person=people.owner(), day=date(2026, 1, 1), said="perhaps", noted_at=NOW
        )


@pytest.mark.parametrize("said", ["agreed", "no"])
def test_the_page_reads_at_grade_8_or_lower(owner: Client, said: str) -> None:
    """Sentences of the page."""
    sent(owner, said=said)
    text = prose(owner.get("/talk").content.decode())
    assert len(text.split()) < SHORT or grade(text) <= HARDEST
