"""The safety check: every rule can be asked, nothing is stored, and no answer is "safe"."""

import re
import time
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openldn.evidence.safety_rules import rules, sources
from openldn.evidence.screen_words import HEADINGS, NOT_SAFE, NOTHING
from openldn.protocol.safety import Severity
from openldn.protocol.screening import QUESTIONS
from openldn.web.ask.forms import GROUPS
from support.reading import grade, prose
from support.web import visible

HARDEST, SHORT = 8.0, 100
NO_TO_ALL = {one.id: "no" if one.when else "yes" for one in QUESTIONS}
# A second takes 10,000 names on this machine; ten leave room for a loaded one.
SLOWEST_SECONDS = 10.0


def checked(owner: Client, **said: str) -> str:
    """Fill in the form and give the page that answers, as a browser would read it."""
    answer = owner.post("/check", said)
    assert answer.status_code == 200, visible(answer.content)[:600]
    return unescape(answer.content.decode())


def cards(html: str) -> dict[str, str]:
    """Give each touched rule by its trigger."""
    found = re.findall(r'<div class="card stack-s touched">(.*?)</div>', html, re.DOTALL)
    return {re.findall(r"<p><b>(.*?)</b></p>", card)[0]: card for card in found}


# The form


def test_every_question_stands_on_the_page_once(owner: Client) -> None:
    """None of the screen's questions is left out, and each can be left open."""
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted([*grouped, "adult"]) == sorted(
        [*(one.id for one in QUESTIONS), "egfr", "transaminases"]
    )
    html = unescape(owner.get("/check").content.decode())
    for question in QUESTIONS:
        assert html.count(f"<legend>{question.text}</legend>") == 1
        assert html.count(f'name="{question.id}"') == 3


def test_only_opioids_stand_open_at_first_and_answers_open_their_group(owner: Client) -> None:
    """What matters most is in sight; what was answered can be seen again."""

    def opened(html: str) -> list[str]:
        return re.findall(r"<details open><summary>(.*?)</summary>", html)

    assert opened(owner.get("/check").content.decode()) == ["Opioids"]
    assert opened(checked(owner, alcohol="yes")) == ["Opioids", "Mood and alcohol"]


def test_an_empty_form_is_no_answer(owner: Client) -> None:
    """Where nothing was said nothing can be screened, and the page says so."""
    answer = owner.post("/check", {})
    assert answer.status_code == 422
    assert "Nothing was filled in yet" in visible(answer.content)
    assert NOTHING not in visible(answer.content)


def test_what_was_filled_in_stands_in_the_form_again(owner: Client) -> None:
    """Anything can be corrected after the answer."""
    html = checked(
        owner,
        medicines="ibuprofen\nwarfarin",
        past_medicines="codeine, 12",
        conditions="lupus",
        birth_year="1970",
        pregnancy="no",
    )
    for text in ("ibuprofen\nwarfarin</textarea>", "codeine, 12</textarea>", 'value="1970"'):
        assert text in html
    assert re.search(r'name="pregnancy" value="no"[^>]*checked', html)


def test_the_pack_is_offered_for_the_first_condition_that_is_known(owner: Client) -> None:
    """As the command does it; where none is known, nothing is chosen."""
    assert '<option value="lupus" selected>' in checked(owner, conditions="zzyzx\nSLE\nfibro")
    assert '<option value="" selected>' in checked(owner, conditions="zzyzx")


def test_nothing_of_the_check_is_stored(owner: Client) -> None:
    """Neither the session nor any table holds a word of it."""
    owner.get("/check")
    before = dict(owner.session)
    with CaptureQueriesContext(connection) as asked:
        checked(owner, medicines="codeine", alcohol="yes")
    assert dict(owner.session) == before
    assert not [one["sql"] for one in asked if not one["sql"].startswith("SELECT")]
    assert 'value="yes" checked' not in owner.get("/check").content.decode()


# The result


def test_a_touched_rule_says_why_what_to_do_and_from_where(owner: Client) -> None:
    """With the words of the table, its severity as a chip, and a link where there is one."""
    html = checked(owner, **{"kratom-last-14-days": "yes", "medicines": "levothyroxine"})
    for rule in (rules()["kratom"], rules()["thyroid"]):
        card = cards(html)[rule.trigger]
        assert rule.why in card
        assert rule.do in card
        assert all(sources()[one].citation in card for one in rule.source)
        assert all(sources()[one].doi in card for one in rule.source)
    assert 'class="chip stop"' in cards(html)[rules()["kratom"].trigger]
    assert 'class="chip caution"' in cards(html)[rules()["thyroid"].trigger]


def test_rules_stand_by_severity_the_gravest_first(owner: Client) -> None:
    """Stop, ask, caution, info; and what asks for help today before every other stop."""
    html = checked(
        owner,
        **{
            "opioid-now": "yes",
            "suicidal-thoughts": "yes",
            "pregnancy": "yes",
            "alcohol": "yes",
            "nausea": "yes",
        },
    )
    order = [html.index(f'<h3 id="{one}">{HEADINGS[one]}</h3>') for one in Severity]
    assert order == sorted(order)
    told = html[: html.index("Print the pack")]  # before a long list of medicines
    counts = re.findall(r'href="#(.*?)">.*?small">(.*?)</span>', told)
    assert counts == [
        ("stop", "2 rules"),
        ("ask-prescriber", "1 rule"),
        ("caution", "1 rule"),
        ("info", "1 rule"),
    ]
    assert next(iter(cards(html))) == rules()["mood"].trigger


def test_nothing_touched_is_never_called_safe(owner: Client) -> None:
    """The page says what was asked and what was not, each rule in words, once."""
    html = checked(owner, **NO_TO_ALL)
    assert f">{NOTHING}<" in html
    assert NOT_SAFE in html
    asked, not_asked = html.split("What was not asked")
    listed = [f"<li>{rule.trigger}</li>" for rule in rules().values()]
    assert all((one in asked) is not (one in not_asked) for one in listed)
    assert "<li>Thioridazine.</li>" in not_asked
    assert not re.search(r"\b(is|are) safe\b(?! for you)", visible(html.encode()))


def test_each_name_is_answered_and_an_unknown_one_never_passed_over(owner: Client) -> None:
    """As typed, then what we recognised; a misspelling is a question."""
    html = checked(owner, medicines="Tramadoll 50\nflurbel\nibuprofen")
    assert "<bdi>Tramadoll 50</bdi></b><span><bdi>perhaps tramadol" in html
    assert "<bdi>flurbel</bdi></b><span><bdi>not recognised; ask your pharmacist" in html
    assert rules()["not-recognised"].trigger in cards(html)


@pytest.mark.parametrize(
    ("line", "days", "is_touched"),
    [
        ("codeine, 12", "last used 12 days ago", False),
        ("codeine,12 days ago", "last used 12 days ago", False),
        ("codeine, 10", "last used 10 days ago", True),
        ("codeine", "days since the last use not said", True),
        ("codeine 30,500", "days since the last use not said", True),
        ("codeine 15, 30 mg", "days since the last use not said", True),
    ],
)
def test_days_since_the_last_use_are_read_and_never_guessed(
    owner: Client, line: str, days: str, is_touched: bool
) -> None:
    """A strength with a comma is no number of days, so it never clears a waiting time."""
    html = checked(owner, past_medicines=line)
    assert days in html
    assert (rules()["opioid-recent-short"].trigger in cards(html)) is is_touched


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"birth_year": "2010"}, "minors"),
        ({"egfr": "29,5"}, "renal-severe"),
        ({"egfr": "45"}, "renal-moderate"),
        ({"transaminases": "3.1"}, "liver-other"),
        ({"conditions": "Hashimoto"}, "thyroid"),
        ({"adult": "no"}, "minors"),
    ],
)
def test_every_field_is_asked_of_the_rules(owner: Client, said: dict[str, str], rule: str) -> None:
    """Year of birth, numbers with a point or a comma, and conditions touch their rules."""
    assert rules()[rule].trigger in cards(checked(owner, **said))


# What is wrong, and what is hostile


def test_every_problem_is_told_at_once_at_its_field(owner: Client) -> None:
    """Limits are those of a profile file; each line leads to its field."""
    answer = owner.post("/check", {"medicines": "y" * 201, "egfr": "-4", "birth_year": "x"})
    assert answer.status_code == 422
    html = unescape(answer.content.decode())
    for text in (
        'href="#id_medicines">Medicines you use now, entry 1: 201 characters',
        'href="#id_egfr">Kidney value (eGFR), if you know it: -4',
        'href="#id_birth_year">Year of birth: x',
    ):
        assert text in html
    assert NOT_SAFE not in html


def test_an_answer_that_is_not_on_the_page_is_refused(owner: Client) -> None:
    """Neither yes nor no is taken for either; the line leads to the question."""
    answer = owner.post("/check", {"adult": "perhaps"})
    assert answer.status_code == 422
    assert b'href="#id_adult_0"' in answer.content


def test_a_wrong_number_of_days_names_its_line(owner: Client) -> None:
    """The second line, and what is expected of it."""
    answer = owner.post("/check", {"past_medicines": "codeine\n\ntramadol, 99999999"})
    assert answer.status_code == 422
    text = visible(answer.content)
    assert "entry 2, days since the last use: 99999999. Expected: a number from 0 to 40000" in text


def test_markup_is_shown_as_text(owner: Client) -> None:
    """No tag of a reader's own reaches the page, neither in the result nor in the form."""
    hostile = '<img src=x onerror="alert(1)"></textarea><script>alert(1)</script>'
    answer = owner.post(
        "/check", {"medicines": hostile, "past_medicines": hostile, "conditions": hostile}
    )
    assert answer.status_code == 200
    assert b"<script>" not in answer.content
    assert b"<img" not in answer.content


def test_right_to_left_text_and_emoji_do_not_turn_the_line(owner: Client) -> None:
    """Each name stands isolated, and signs that turn the direction are dropped."""
    html = checked(owner, medicines="دواء مجهول 😀\n\u202egpj.codeine")
    assert "<bdi>دواء مجهول 😀</bdi>" in html
    assert "<bdi>gpj.codeine</bdi>" in html


def test_ten_thousand_names_are_answered_in_bounded_time(owner: Client) -> None:
    """Opioids and unknown names first; the rest is counted, and all of it was screened."""
    names = [f"ibuprofen {number}" for number in range(9_998)]
    begun = time.monotonic()
    html = checked(owner, medicines="\n".join([*names, "zzyzx", "codeine"]))
    assert time.monotonic() - begun < SLOWEST_SECONDS
    assert html.index("<bdi>codeine</bdi>") < html.index("<bdi>zzyzx</bdi>")
    assert html.count("<li><b><bdi>") == 50
    assert "And 9,950 more. Of these, 0 are on the list of opioids and 0 were not" in html
    assert rules()["opioid-now"].trigger in cards(html)


@pytest.mark.parametrize(
    "line", [f"a, 12{' ' * 900_000}x", "a, " * 300_000, f"{', 1' * 300_000}, x", "1" * 900_000]
)
def test_one_endless_line_is_refused_in_bounded_time(owner: Client, line: str) -> None:
    """Looking for the days since the last use does not take longer than the line is long."""
    begun = time.monotonic()
    answer = owner.post("/check", {"past_medicines": line})
    assert time.monotonic() - begun < SLOWEST_SECONDS
    assert answer.status_code == 422


def test_more_than_ten_thousand_names_and_a_body_too_large_are_refused(owner: Client) -> None:
    """The first by the limit of a profile, the second before the form is read."""
    answer = owner.post("/check", {"medicines": "a\n" * 10_001})
    assert answer.status_code == 422
    assert "at most 10000" in visible(answer.content)
    assert owner.post("/check", {"medicines": "a" * 4_000_001}).status_code == 413


def test_the_page_reads_at_grade_8_or_lower(owner: Client) -> None:
    """Sentences of the result; names of papers are looked up, not read."""
    html = checked(owner, medicines="codeine\nflurbel", alcohol="yes", pregnancy="yes")
    text = prose(html)
    assert len(text.split()) >= SHORT
    assert grade(text) <= HARDEST
