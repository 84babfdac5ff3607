"""Links to one result: what they show, to whom, how long; and the story beside it."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from openldn.protocol.plan import Plan
from openldn.web import consent
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import actions, clock, items
from openldn.web.person.models import Answer, Trial
from openldn.web.share import links
from openldn.web.share.models import Link, Story
from openldn.web.share.showing import anonymous_answer, choices
from support.answered import give_answer
from support.web import NOW, add_evenings, visible


@pytest.fixture
def answer(over: Trial) -> Answer:
    """The answer of a trial that is over."""
    return give_answer(over)


def form_of(owner: Client, **fields: object) -> dict[str, object]:
    """Fill in the form of the page, with its own key."""
    html = owner.get("/share/links").content.decode()
    found = re.search(r'name="form_key" value="([^"]+)"', html)
    assert found
    return {
        "form_key": found[1],
        "outcomes": ["pain"],
        "days": "7",
        "agree": "on",
    } | fields


def made(owner: Client, **fields: object) -> str:
    """Make a link and give its path."""
    html = owner.post("/share/links", form_of(owner, **fields)).content.decode()
    found = re.search(r"http://127\.0\.0\.1(/shared/[\w-]+)<", html)
    assert found, visible(html.encode())
    return found[1]


def test_a_link_shows_the_result_to_whoever_has_it(
    owner: Client, stranger: Client, answer: Answer
) -> None:
    """The sentence, the icons, the days by number; in a browser that never opened the app."""
    page = stranger.get(made(owner))
    assert page.status_code == 200
    words = visible(page.content)
    assert "whether LDN changed your muscle pain" in words
    assert "day 1" in words
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_a_link_says_nothing_of_who_she_is(owner: Client, stranger: Client, answer: Answer) -> None:
    """No label, prescriber, condition, note or event, and no date but the last day of the link."""
    day = answer.trial.day_of(NOW.date() - timedelta(days=3))
    for item, value in ((items.NOTE, "my garden in Bergen"), (items.event("steroid-burst"), "1")):
        actions.record(trial=answer.trial, day=day, item=item, value=value, now=NOW)
    path = made(owner, has_side_effects="on", meant_for="Aunt Mary")
    html = stranger.get(path).content.decode()
    until = "29 November 2026"
    assert until in html
    page = html.replace(until, "")
    for telling in ("Ana", "Dr B", "upus", "Bergen", "steroid", "Mary"):
        assert telling not in page, telling
    months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    assert not re.search(rf"\b\d{{1,2}} ({months})|20\d\d-\d\d", page)


def test_only_chosen_outcomes_are_shown(owner: Client, stranger: Client, answer: Answer) -> None:
    """What was left out is nowhere on the page, by its name or its id; side effects neither."""
    with_both = visible(stranger.get(made(owner, outcomes=["pain", "energy"])).content)
    assert "Energy" in with_both
    html = stranger.get(made(owner)).content.decode().lower()
    assert "energy" not in html
    assert "headache" not in html
    assert "headache" in stranger.get(made(owner, has_side_effects="on")).content.decode().lower()


def test_what_was_left_out_is_cut_before_the_report_sees_it(answer: Answer) -> None:
    """Also a limit of the answer that names another outcome or an event."""
    assert answer.saved is not None
    answer.saved["limits"] += ["Energy moved too.", "Not used: moved-house, flare.", "It is yours."]
    answer.saved["refused"] = {"energy": "too few"}
    cut = anonymous_answer(answer, outcomes=["pain"], has_side_effects=False)
    assert [one["id"] for one in cut["outcomes"]] == ["pain"]
    assert cut["limits"][-1] == "It is yours."
    assert not [one for one in cut["limits"] if "Energy" in one or "flare" in one]
    assert (cut["refused"], cut["harms"]) == ({}, [])


@pytest.mark.parametrize("how", ["ended", "ran out", "consent withdrawn", "strange", "letters"])
def test_a_link_that_does_not_open_says_nothing_else(
    owner: Client, stranger: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Ended, run out, withdrawn or never there: the same bytes, and no count."""
    path = made(owner)
    unknown = stranger.get("/shared/" + "x" * 43)
    assert unknown.status_code == 404
    assert "This link does not open" in visible(unknown.content)
    if how == "ended":
        owner.post("/share/end", {"row": str(Link.objects.get().pk)})
    elif how == "ran out":
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=7, seconds=1))
    elif how == "consent withdrawn":
        consent.withdraw(people.owner(), links.PURPOSE, now=NOW)
    else:
        path = "/shared/" + ("%00%ff" if how == "strange" else "é" * 20)
    closed = stranger.get(path)
    assert (closed.status_code, closed.content) == (404, unknown.content)
    assert Link.objects.get().times_opened == 0


def test_a_link_that_a_withdrawal_closed_stays_closed(
    owner: Client, stranger: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The yes that comes with the next link is for that one: it opens no old address again."""
    old = made(owner)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    owner.post("/consent", {"withdraw": "share-page"})
    assert "No link is open" in visible(owner.get("/share/links").content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
    new = made(owner)
    assert [stranger.get(path).status_code for path in (old, new)] == [404, 200]


def test_a_link_opens_until_its_last_moment(
    owner: Client, stranger: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven days are seven days; each opening is counted, with its time."""
    path = made(owner)
    later = NOW + timedelta(days=7, seconds=-1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert stranger.get(path).status_code == 200
    assert stranger.get(path).status_code == 200
    link = Link.objects.get()
    assert (link.times_opened, link.last_opened_at) == (2, later)
    assert "Opened 2 times" in visible(owner.get("/share/links").content)


def test_the_address_is_shown_once_and_kept_nowhere(owner: Client, answer: Answer) -> None:
    """Of the address only a hash is in the database, and no later page shows it."""
    token = made(owner).rpartition("/")[2]
    with connection.cursor() as cursor:
        everything = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            everything += repr(cursor.fetchall())
    assert token not in everything
    assert Link.objects.get().token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token.encode() not in owner.get("/share/links").content


def test_one_form_makes_one_link(owner: Client, answer: Answer) -> None:
    """A double tap, or a page that is sent again, adds none and says why."""
    form = form_of(owner)
    assert owner.post("/share/links", form).status_code == 200
    again = owner.post("/share/links", form)
    assert again.status_code == 409
    assert "made its link already" in visible(again.content)
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"outcomes": []}, "Nothing is chosen"),
        ({"outcomes": ["pain", "mood"]}, "not on the list"),
        ({"days": "3650"}, "Choose 7, 30 or 90 days"),
        ({"agree": ""}, "The tick is missing"),
        ({"meant_for": "m" * 81}, "at most 80 letters"),
        ({"form_key": "<b>"}, "This page was old"),
    ],
)
def test_a_form_that_is_not_whole_makes_no_link_and_keeps_what_was_typed(
    owner: Client, answer: Answer, fields: dict[str, object], complaint: str
) -> None:
    """Every problem at once, in words; the name that was typed stands in the form again."""
    page = owner.post("/share/links", form_of(owner, **({"meant_for": "Aunt"} | fields)))
    assert page.status_code == 422
    assert complaint in visible(page.content)
    assert b'value="Aunt' in page.content or b"mmm" in page.content
    assert not Link.objects.exists()
    assert not consent.given(people.owner(), links.PURPOSE)


def test_there_is_a_most_of_open_links(owner: Client, answer: Answer) -> None:
    """A page that is sent by a program does not fill the disk."""
    for _ in range(links.MOST_LINKS):
        made(owner)
    page = owner.post("/share/links", form_of(owner))
    assert page.status_code == 422
    assert "End one first" in visible(page.content)


def test_a_look_before_shows_the_very_page_and_makes_nothing(
    owner: Client, stranger: Client, answer: Answer
) -> None:
    """What she sees is what they see, but for the line that says so."""
    look = visible(owner.post("/share/look", {"outcomes": ["energy"]}).content)
    assert not Link.objects.exists()
    seen = visible(stranger.get(made(owner, outcomes=["energy"])).content)
    assert "This is what others will see" in look
    start = "We could not tell whether LDN changed your energy"
    assert look[look.index(start) :] == seen[seen.index(start) :]


def test_nobody_ends_or_sees_the_links_of_another_person(
    owner: Client, stranger: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another person's page lists none of them, and her form ends none of them."""
    path = made(owner, meant_for="Aunt Mary")
    other = Person.objects.create()
    with monkeypatch.context() as patch:
        patch.setattr(people, "owner", lambda: other)
        assert b"Aunt Mary" not in owner.get("/share/links").content
        owner.post("/share/end", {"row": str(Link.objects.get().pk)})
    assert stranger.get(path).status_code == 200


def test_before_the_answer_there_is_nothing_to_share(owner: Client, running: Trial) -> None:
    """Each page says when there will be something, and no address can be made."""
    for path in ("/share/links", "/story", "/contribute"):
        assert re.search(
            "no (result|answer) yet|nothing to give yet", visible(owner.get(path).content)
        )
    assert owner.post("/share/links", {"outcomes": ["pain"]}).status_code == 200
    assert owner.post("/share/look").status_code == 404
    assert owner.get("/story.pdf").status_code == 404
    assert not Link.objects.exists()


def test_the_words_of_a_story_are_hers_and_the_figures_are_not(
    owner: Client, answer: Answer
) -> None:
    """Any letters are kept as letters; what else is sent changes nothing of the figures."""
    before = visible(owner.get("/story").content)
    words = "It was <b>hard</b>.\n\nThen = better & \u202ebetter\x07."
    owner.post("/story", {"words": words, "sentence": "a cure", "grade": "A+"})
    assert Story.objects.get().words == "It was <b>hard</b>.\n\nThen = better & better."
    page = owner.get("/story").content.decode()
    assert "It was &lt;b&gt;hard&lt;/b&gt;." in page
    assert "a cure" not in page
    figures = before[before.index("What stands beside it") :].partition(" OpenLDN records")[0]
    assert "We could not tell" in figures
    assert figures in visible(page.encode())
    owner.post("/story", {"words": words})
    assert Story.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "complaint"), [(" \n ", "no words yet"), ("w" * 10_001, "10001")]
)
def test_a_story_without_words_or_with_too_many_is_refused(
    owner: Client, answer: Answer, words: str, complaint: str
) -> None:
    """It says how long it is and how long it may be, and what was typed stays."""
    page = owner.post("/story", {"words": words})
    assert page.status_code == 422
    assert complaint in visible(page.content)
    assert words.strip()[:50].encode() in page.content
    assert not Story.objects.exists()


def test_a_story_goes_with_its_link_as_it_was_then(
    owner: Client, stranger: Client, answer: Answer
) -> None:
    """Words that she writes later are not in a link that she made before."""
    owner.post("/story", {"words": "First words."})
    path, without = made(owner, has_story="on"), made(owner)
    owner.post("/story", {"words": "Later words."})
    page = visible(stranger.get(path).content)
    assert "First words." in page
    assert "Later words." not in page
    assert "words." not in visible(stranger.get(without).content)


def test_a_story_is_printed_with_its_figures(owner: Client, answer: Answer) -> None:
    """A tagged PDF: her words, the sentence, a hundred icons in words, the limits; no name."""
    from io import BytesIO

    from pypdf import PdfReader

    owner.post("/story", {"words": "It was #strange[_].\n\n$x$ *and* then."})
    reader = PdfReader(BytesIO(owner.get("/story.pdf").content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in ("It was #strange[_].", "$x$ *and* then.", "your muscle pain", "What this cannot"):
        assert words in text
    assert "Grade" in text
    for telling in ("Ana", "Dr B", "2026"):
        assert telling not in text


def test_the_longest_story_and_a_plan_without_one_answer_still_open(
    owner: Client, answer: Answer
) -> None:
    """Ten thousand letters are printed; the choices are those that have an answer."""
    owner.post("/story", {"words": "Wörter " * 1_400})
    assert owner.get("/story.pdf").content.startswith(b"%PDF")
    assert [one.label for one in choices(answer)] == ["Muscle pain", "Energy"]
    assert Plan.from_toml(answer.trial.plan_toml.encode()).person.label == "Ana"


def test_a_second_trial_is_shared_by_its_own_answer(owner: Client, answer: Answer) -> None:
    """A trial that runs hides nothing of the one before, and is itself not to be seen."""
    later = actions.add_trial(
        person=people.owner(),
        plan_toml=answer.trial.plan_toml.replace("Muscle pain", "Joint pain"),
        start=NOW.date() - timedelta(days=1),
    )
    add_evenings(later, range(1))
    assert "Joint" not in visible(owner.post("/share/look", {"outcomes": ["pain"]}).content)
