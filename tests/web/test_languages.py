"""The language of a page: chosen, else asked of the browser; dates and numbers go with it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from openldn.evidence.safety_rules import rules
from openldn.report import speaking, words
from openldn.web.access import people
from openldn.web.languages import choosing
from openldn.web.languages.tables import said
from openldn.web.person import dates, numbers
from openldn.web.person.models import Trial
from support.web import visible


def language_of(page: bytes) -> str:
    """Read the language that a page says it is in."""
    found = re.search(rb'<html lang="([\w-]+)">', page)
    assert found
    return found[1].decode()


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "en"),
        ("nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.7,en-US;q=0.6", "nb"),
        ("nn-NO,nn;q=0.9", "nb"),
        ("no", "nb"),
        ("es-419,es;q=0.9", "es"),
        ("fr-FR,fr;q=0.9,es;q=0.3", "es"),
        ("de", "en"),
        ("en;q=0.2,es;q=0.9", "es"),
        ("x" * 5000, "en"),
        (";;;q=,,\x00", "en"),
    ],
)
def test_a_browser_is_answered_in_the_first_language_that_we_have(
    stranger: Client, asked: str, given: str
) -> None:
    """Variants and neighbours count; what nobody can read is English."""
    answer = stranger.get("/", headers={"accept-language": asked})
    assert language_of(answer.content) == given
    assert answer["Content-Language"] == given


@pytest.mark.parametrize("address", ["/", "/known", "/help", "/no-such-page"])
def test_a_choice_holds_on_every_page_whatever_the_browser_asks(
    owner: Client, running: Trial, address: str
) -> None:
    """The browser's wish counts only while nothing was chosen."""
    owner.post("/language", {"language": "nb"})
    answer = owner.get(address, headers={"accept-language": "es"})
    assert language_of(answer.content) == "nb"


def test_a_choice_is_kept_for_the_next_session_and_for_e_mails(owner: Client) -> None:
    """It belongs to the person, not to one browser; a second choice takes its place."""
    assert choosing.of_person(people.owner()) == "en"
    for code in ("nb", "es"):
        owner.post("/language", {"language": code})
    assert choosing.of_person(people.owner()) == "es"
    session = owner.session
    del session["language"]
    session.save()
    assert language_of(owner.get("/help").content) == "es"


def test_someone_without_a_session_can_choose_too(stranger: Client) -> None:
    """Who cannot come in must be able to read why."""
    page = stranger.get("/language")
    assert page.status_code == 200
    stranger.post("/language", {"language": "es"})
    answer = stranger.get("/")
    assert answer.status_code == 403
    assert language_of(answer.content) == "es"


def test_the_choice_is_reached_from_pages_and_from_refusals(
    owner: Client, stranger: Client
) -> None:
    """One link in the top line, on whatever page."""
    for answer in (owner.get("/help"), owner.get("/no-such-page"), stranger.get("/")):
        assert b'href="/language"' in answer.content


@pytest.mark.parametrize("code", ["", "fr", "en-GB", "../nb", "<b>"])
def test_a_language_that_we_do_not_have_changes_nothing(owner: Client, code: str) -> None:
    """The page asks again."""
    owner.post("/language", {"language": "nb"})
    answer = owner.post("/language", {"language": code})
    assert answer.status_code == 200
    assert language_of(owner.get("/help").content) == "nb"


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://127.0.0.1/known?words=sleep", "/known?words=sleep"),
        ("http://127.0.0.1/language", "/"),
        ("https://elsewhere.example/known", "/"),
        ("//elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_to_where_the_reader_was(
    owner: Client, came_from: str, leads_to: str
) -> None:
    """To a page of ours only, whatever the browser or the form says."""
    page = owner.get("/language", headers={"referer": came_from}).content.decode()
    assert f'name="back" value="{leads_to}"' in page
    answer = owner.post("/language", {"language": "nb", "back": came_from})
    assert answer["Location"] == leads_to


@pytest.mark.parametrize(
    ("code", "long", "middle", "brief"),
    [
        ("en", "Sunday 22 November", "22 November", "22 Nov"),
        ("nb", "søndag 22. november", "22. november", "22. nov"),
        ("es", "domingo 22 de noviembre", "22 de noviembre", "22 nov"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(
    code: str, long: str, middle: str, brief: str
) -> None:
    """Names of days and months, and what stands between them."""
    when = date(2026, 11, 22)
    with translation.override(code):
        assert [dates.in_words(when), dates.day_month(when), dates.short(when)] == [
            *(long, middle, brief)
        ]


@pytest.mark.parametrize(
    ("typed", "read"), [("4.5", "4.5"), ("4,5", "4.5"), ("10", "10"), ("-1,25", "-1.25")]
)
@pytest.mark.parametrize("code", ["en", "nb", "es"])
def test_either_decimal_mark_is_read_in_every_language(typed: str, read: str, code: str) -> None:
    """Keyboards, countries and habits differ; the number does not."""
    with translation.override(code):
        assert numbers.decimal_number(typed) == Decimal(read)


@pytest.mark.parametrize(
    "typed", ["", "1,234.5", "1.234,5", "4..5", "4,", "-0", "²", "٤", "1e3", "9" * 10]
)
def test_what_could_be_two_numbers_is_none(typed: str) -> None:
    """Nobody can tell what was meant, so the page asks."""
    assert numbers.decimal_number(typed) is None


@pytest.mark.parametrize(
    ("code", "dose", "many"),
    [("en", "4.5", "2,000"), ("nb", "4,5", "2\xa0000"), ("es", "4,5", "2\xa0000")],
)
def test_numbers_are_written_with_the_marks_of_the_language(
    code: str, dose: str, many: str
) -> None:
    """A dose, and a number above a thousand."""
    with translation.override(code):
        assert [numbers.in_words(4.5), numbers.in_words(2000)] == [dose, many]


@pytest.mark.parametrize("code", ["nb", "es"])
def test_a_safety_rule_is_said_in_the_language_of_its_reader(owner: Client, code: str) -> None:
    """Why, and what to do: neither is left in English, and the rule is the same."""
    owner.post("/language", {"language": code})
    page = visible(owner.post("/check", {"medicines": "tramadol"}).content)
    with translation.override(code):
        for rule in (rules()["opioid-now"], rules()["tramadol-tapentadol"]):
            assert said(rule.why) != rule.why
            assert said(rule.why) in page
            assert said(rule.do) in page


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", ("1.3 points", "−0.4", "very likely", "4.5 mg", "12 fewer days")),
        ("nb", ("1,3 poeng", "−0,4", "svært sannsynlig", "4,5 mg", "12 dager færre")),
        ("es", ("1,3 puntos", "−0,4", "muy probable", "4,5 mg", "12 días menos")),
    ],
)
def test_an_answer_is_told_with_the_words_and_marks_of_the_language(
    code: str, told: tuple[str, ...]
) -> None:
    """Sizes, chances, doses and counts: the same figures, in each language's own writing."""
    with translation.override(code):
        assert told == (
            words.points(-1.3),
            words.number(-0.4),
            words.share_word(95),
            words.dose_text(4.5),
            speaking.counted("{count} fewer day", "{count} fewer days", 12),
        )
