"""Giving a result to a pool: seen first, agreed to, taken back; and what everyone found."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from openldn.inference import AnalysisRefused
from openldn.pooling.people import people_of
from openldn.pooling.pool import pool
from openldn.pooling.release import released
from openldn.protocol.problems import InputError
from openldn.web import consent
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.contribute import giving, releasing, tasks
from openldn.web.contribute.models import Gift, Offer, Release
from openldn.web.person.models import Answer, Trial
from support.answered import give_answer
from support.pooling import contribution
from support.web import NOW, visible


@pytest.fixture
def answer(over: Trial) -> Answer:
    """The answer of a trial that is over."""
    return give_answer(over)


@pytest.fixture
def offer(answer: Answer) -> Offer:
    """The file of that answer, as the worker makes it."""
    made = Offer.objects.create(person=answer.trial.person, answer=answer, asked_at=NOW)
    tasks.make_file.call(made.pk)
    made.refresh_from_db()
    assert made.file is not None
    return made


def give_many(count: int, *, first: int = 0, **parts: Any) -> list[Person]:
    """Put so many people into the pool."""
    givers = []
    for number in range(first, first + count):
        person = Person.objects.create()
        consent.give(person, giving.PURPOSE, now=NOW)
        file = contribution(number, estimate=-1.0 + 0.1 * (number % 7), **parts)
        Gift.objects.create(person=person, file=file, given_at=NOW)
        givers.append(person)
    return givers


def test_looking_makes_the_file_in_the_worker_and_gives_nothing(
    owner: Client,
    answer: Answer,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """One task is queued however often it is asked; the page looks again by itself."""
    with django_capture_on_commit_callbacks(execute=True):
        owner.post("/contribute/show")
        owner.post("/contribute/show")
    assert DBTaskResult.objects.count() == 1
    page = owner.get("/contribute").content
    assert b'http-equiv="refresh"' in page
    assert "The file is being made" in visible(page)
    assert not Gift.objects.exists()


def test_the_page_shows_the_exact_file_and_no_other_word_of_her(
    owner: Client, offer: Offer
) -> None:
    """Readable and raw; the download is the same text; no date, no note, no name is in it."""
    page = owner.get("/contribute").content.decode()
    file = owner.get("/contribute/file.json")
    raw = file.content.decode()
    assert html.escape(raw) in page.replace("&quot;", "&quot;")
    assert json.loads(raw) == offer.file
    words = visible(page.encode())
    for part in ("Your condition Systemic lupus", "What you scored pain", "3 mg a day", "placebo"):
        assert part in words
    for telling in ("Ana", "Dr B", "2026", "Bergen"):
        assert telling not in raw, telling
    assert file["Content-Disposition"].endswith('"openldn-contribution.json"')


def test_nothing_is_given_without_the_tick(owner: Client, offer: Offer) -> None:
    """A tick for this purpose alone; without it the page says so, and nothing leaves."""
    assert offer.file is not None
    page = owner.post("/contribute/give", {"file": offer.file["id"]})
    assert page.status_code == 422
    assert "The tick is missing" in visible(page.content)
    old = owner.post("/contribute/give", {"file": "0" * 32, "agree": "yes"})
    assert "the file is another one now" in visible(old.content)
    assert not Gift.objects.exists()
    assert not consent.given(offer.person, giving.PURPOSE)


def test_giving_and_taking_back_are_as_easy(owner: Client, offer: Offer) -> None:
    """One button each; the file is gone from the pool, that it was given is kept."""
    assert offer.file is not None
    form = {"file": offer.file["id"], "agree": "yes"}
    owner.post("/contribute/give", form)
    owner.post("/contribute/give", form)
    assert giving.pool_files() == [offer.file]
    assert Gift.objects.count() == 1
    assert "You gave a result" in visible(owner.get("/contribute").content)
    owner.post("/contribute/withdraw")
    assert giving.pool_files() == []
    assert not consent.given(offer.person, giving.PURPOSE)
    assert Gift.objects.get().file is None
    assert "You gave a result" not in visible(owner.get("/contribute").content)
    owner.post("/contribute/give", form)
    assert giving.pool_files() == [offer.file]


def test_consent_that_is_withdrawn_elsewhere_ends_it_too(offer: Offer) -> None:
    """The pool asks for consent at each release, not only when the file was given."""
    giving.give(person=offer.person, offer=offer, now=NOW)
    consent.withdraw(offer.person, giving.PURPOSE, now=NOW)
    assert giving.pool_files() == []
    assert giving.gift_of(offer.person) is None


def test_a_newer_file_takes_the_place_of_the_older_one(offer: Offer) -> None:
    """A pool counts each person once; the database refuses a second."""
    giving.give(person=offer.person, offer=offer, now=NOW)
    assert offer.file is not None
    newer = Offer.objects.create(
        person=offer.person,
        answer=offer.answer,
        asked_at=NOW,
        state=Offer.State.READY,
        file=offer.file | {"id": "f" * 32},
    )
    giving.give(person=offer.person, offer=newer, now=NOW)
    assert giving.pool_files() == [newer.file]
    with pytest.raises(IntegrityError), transaction.atomic():
        Gift.objects.create(person=offer.person, file=offer.file, given_at=NOW)


def test_a_result_that_cannot_be_pooled_says_why(
    owner: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal of the engine reaches the page in words, and no file is made."""
    from openldn.pooling import contribution as made

    def refuse(*args: object, **kwargs: object) -> None:
        raise AnalysisRefused([made._nothing_to_give("a scale with fewer than 7 answers")])

    monkeypatch.setattr(made, "contribution_of", refuse)
    offer = Offer.objects.create(person=answer.trial.person, answer=answer, asked_at=NOW)
    tasks.make_file.call(offer.pk)
    words = visible(owner.get("/contribute").content)
    assert "a scale with fewer than 7 answers" in words
    assert owner.get("/contribute/file.json").status_code == 404


def test_a_file_that_failed_can_be_asked_for_again(
    owner: Client, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our mistake is said to be ours; the worker that died twice over it is not tried for ever."""
    offer = Offer.objects.create(person=answer.trial.person, answer=answer, asked_at=NOW)
    monkeypatch.setattr("openldn.web.person.tasks.analysed", lambda trial: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.make_file.call(offer.pk)
    assert "We made a mistake" in visible(owner.get("/contribute").content)
    owner.post("/contribute/show")
    assert Offer.objects.count() == 2
    waiting = Offer.objects.latest("pk")
    giving.resume()
    assert DBTaskResult.objects.count() == 1
    Offer.objects.filter(pk=waiting.pk).update(attempts=2)
    giving.resume()
    waiting.refresh_from_db()
    assert waiting.state == Offer.State.FAILED


def test_before_eleven_people_nothing_is_published(stranger: Client, db: None) -> None:
    """Ten are not enough; the page says so to everybody, with equal dignity."""
    give_many(10)
    (tried,) = releasing.release(now=NOW)
    assert tried.problem is not None
    assert tried.problem.code == "LDN-N015"
    assert not Release.objects.exists()
    page = stranger.get("/found")
    assert page.status_code == 200
    assert "Not enough people yet" in visible(page.content)


def test_a_release_is_public_and_tells_of_nobody(stranger: Client, db: None) -> None:
    """Mean, spread, share, how they came to be here; no id, no condition under eleven."""
    give_many(20)
    give_many(5, first=20, condition="crohns")
    (tried,) = releasing.release(now=NOW)
    assert tried.problem is None
    html = stranger.get("/found").content.decode()
    words = visible(html.encode())
    assert "25 people gave a result" in words
    for part in ("People differ", "A difference worth having", "chose to try LDN", "Side effects"):
        assert part in words
    assert "rohn" not in html
    assert f"{1:032x}" not in html
    assert "Nobody can be told" in words
    assert "Do not publish" not in words
    assert "Systemic lupus erythematosus" not in words  # with one other condition hidden, so is it


def test_each_score_is_pooled_apart(stranger: Client, db: None) -> None:
    """Pain is not put together with tiredness, nor with pain on another scale."""
    give_many(12)
    give_many(13, first=12, outcome="fatigue")
    give_many(3, first=25, scale=[0.0, 100.0])
    tried = {one.score: one.problem is None for one in releasing.release(now=NOW)}
    assert tried == {
        "pain, 0 to 10, lower is better": True,
        "fatigue, 0 to 10, lower is better": True,
        "pain, 0 to 100, lower is better": False,
    }
    words = visible(stranger.get("/found").content)
    assert words.index("13 people gave") < words.index("12 people gave")


def test_who_withdrew_is_in_no_later_release(db: None) -> None:
    """The file is out of the next release; the earlier one stays as it was published."""
    givers = give_many(30)
    releasing.release(now=NOW)
    first = Release.objects.get()
    for person in givers[:12]:
        giving.withdraw(person=person, now=NOW)
    (tried,) = releasing.release(now=NOW)
    assert tried.problem is None
    second = Release.objects.latest("pk")
    assert second.pooled["people"] == 18
    assert not {f"{number:032x}" for number in range(12)} & set(second.members)
    first.refresh_from_db()
    assert first.pooled["people"] == 30


@pytest.mark.parametrize(("gone", "come"), [(1, 0), (0, 10), (5, 5)])
def test_two_releases_that_differ_by_a_few_are_refused(db: None, gone: int, come: int) -> None:
    """Their difference would tell of those few; the last release stays."""
    givers = give_many(20)
    releasing.release(now=NOW)
    for person in givers[:gone]:
        giving.withdraw(person=person, now=NOW)
    give_many(come, first=100)
    (tried,) = releasing.release(now=NOW)
    assert tried.problem is not None
    assert (tried.problem.code, Release.objects.count()) == ("LDN-K020", 1)


def test_an_empty_pool_is_said_to_be_empty(db: None) -> None:
    """Nobody gave anything: in words, with a code."""
    with pytest.raises(InputError, match="LDN-K022"):
        releasing.release(now=NOW)


def test_a_release_of_another_pool_can_be_published(
    stranger: Client, db: None, tmp_path: Path
) -> None:
    """The file of `openldn pool --release` is taken; anything with persons in it is not."""
    found = people_of([contribution(i, estimate=-1.0 + 0.1 * (i % 5)) for i in range(15)])
    pooled = pool(found)
    good, bad, other = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "other.json"
    good.write_text(json.dumps(released(pooled)))
    bad.write_text(json.dumps(pooled.to_json()))
    other.write_text(json.dumps(released(pooled) | {"persons": [{"id": "x"}]}))
    releasing.publish_file(good, now=NOW)
    assert "15 people gave a result" in visible(stranger.get("/found").content)
    for path in (bad, other):
        with pytest.raises(InputError, match="LDN-K021"):
            releasing.publish_file(path, now=NOW)
    assert Release.objects.count() == 1


def test_nobody_gives_or_sees_the_file_of_another_person(
    owner: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another person finds nothing to give, and nothing to download."""
    other = Person.objects.create()
    monkeypatch.setattr(people, "owner", lambda: other)
    assert offer.file is not None
    form = {"file": offer.file["id"], "agree": "yes"}
    assert owner.post("/contribute/give", form).status_code == 404
    assert owner.get("/contribute/file.json").status_code == 404
    assert "There is nothing to give yet" in visible(owner.get("/contribute").content)
