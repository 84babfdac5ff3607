"""My data so far, the kept page of an answer, the question about its picture, and the outlook."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from openldn.web.access import people
from openldn.web.know import another_trial, kept_pages, picture_read, tasks
from openldn.web.know.completeness import Completeness
from openldn.web.know.models import AnotherTrial, KeptPage, PictureRead
from openldn.web.know.own_data import events_of, side_effects_of
from openldn.web.person import actions, clock, items
from openldn.web.person import tasks as answering
from openldn.web.person.models import Answer, PeriodGuess, Trial
from openldn.web.person.records import diary_of
from openldn.web.share import showing
from support.web import NOW, ORDER, PLAN, add_evenings, seal_of, visible


@pytest.fixture
def answered(over: Trial) -> Answer:
    """A trial that is over, opened, with the answer of the real engine."""
    return _answer_of(over)


class TestMyData:
    """One's own curves at any time."""

    def test_every_outcome_has_its_curve_with_every_day(
        self, owner: Client, running: Trial
    ) -> None:
        """The primary one first, each with its table twin; a day without a score is a gap."""
        words = visible(owner.get("/my-data").content)
        assert words.index("Muscle pain, every day") < words.index("Energy, every day")
        assert words.count("Read this as a table") == 2
        assert "You are on track" in words
        assert "14 of 14 evenings are recorded: 100 of 100." in words

    def test_gaps_stay_gaps(self, owner: Client, db: None) -> None:
        """Two evenings of six: the four between are named as empty in the table."""
        trial = actions.add_trial(
            person=people.owner(), plan_toml=PLAN, start=NOW.date() - timedelta(days=6)
        )
        add_evenings(trial, [0, 5])
        words = visible(owner.get("/my-data").content)
        pain = words[words.index("Muscle pain, every day") : words.index("Energy")]
        assert pain.count("no entry") == 4

    def test_events_are_marked_and_told_in_runs(self, owner: Client, running: Trial) -> None:
        """Two days in a row are one event; a third apart is another; each has a tick."""
        for day in (3, 4, 9):
            actions.record(
                trial=running, day=day, item=items.event("infection"), value="1", now=NOW
            )
        first, second = events_of(running, diary_of(running))
        assert (first.name, first.first, first.last) == (
            "An infection",
            "Wednesday 11 November",
            "Thursday 12 November",
        )
        assert second.last == ""
        html = owner.get("/my-data").content.decode()
        assert html.count("-.75v.5") == 2 * 3
        assert "tick over the picture" in html

    def test_side_effects_are_counted_over_evenings_that_asked(self, running: Trial) -> None:
        """Headache on days 0, 5 and 10 of 14; what was never asked is not there."""
        (headache,) = side_effects_of(diary_of(running))
        assert (headache.label, headache.found, headache.asked) == ("Headache", 3, 14)

    def test_an_opened_trial_shows_no_arm_here_either(
        self, owner: Client, answered: Answer
    ) -> None:
        """Own data are own data: what is compared stands with the answer."""
        html = owner.get("/my-data").content
        assert b"placebo" not in html.lower()
        assert "My data What you wrote down" in visible(html)

    def test_without_a_trial_it_leads_to_the_start(self, owner: Client) -> None:
        """There is nothing to show yet."""
        assert owner.get("/my-data")["Location"] == "/start"

    @pytest.mark.parametrize(
        ("recorded", "elapsed", "head", "outlook"),
        [
            (0, 0, "Your first evening is still to come", ""),
            (8, 10, "You are on track", ""),
            (5, 10, "Some evenings are missing", "With 75 of the 90 evenings to come you reach it"),
            (10, 95, "Some evenings are missing", "This trial stays below it."),
        ],
    )
    def test_completeness_is_told_without_blame(
        self, recorded: int, elapsed: int, head: str, outlook: str
    ) -> None:
        """What is there, and whether the aim can still be reached, computed and not guessed."""
        told = Completeness(recorded=recorded, elapsed=elapsed, planned=100)
        assert told.head.startswith(head)
        assert outlook in told.outlook
        assert bool(told.outlook) == bool(outlook)
        assert not re.search(r"missed|fail|must|should", f"{told.head} {told.outlook}")


class TestKeptPage:
    """The told answer is kept, and told anew when it has to be."""

    def test_the_second_view_reads_what_the_first_one_kept(
        self, owner: Client, answered: Answer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same bytes, from one row, without a look into the diary."""
        first = owner.get("/answer").content
        assert KeptPage.objects.count() == 1

        def unasked(trial: Trial) -> None:
            raise AssertionError("the diary was read")

        monkeypatch.setattr(kept_pages, "diary_of", unasked)
        second = owner.get("/answer").content
        assert _without_token(first) == _without_token(second)
        assert KeptPage.objects.count() == 1

    def test_a_page_of_older_code_is_told_anew(self, owner: Client, answered: Answer) -> None:
        """After an update nobody reads old words."""
        owner.get("/answer")
        KeptPage.objects.update(made_by="older", content={"told": "old", "picture": None})
        assert "How sure is that?" in visible(owner.get("/answer").content)

    def test_each_language_has_a_page_of_its_own(
        self, answered: Answer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A page kept in one language is not shown in another."""
        for language in ("en", "nb", "en"):
            monkeypatch.setattr(kept_pages, "get_language", lambda chosen=language: chosen)
            kept_pages.page_of(answered.pk, trial=answered.trial)
        assert sorted(KeptPage.objects.values_list("language", flat=True)) == ["en", "nb"]

    def test_the_whole_answer_can_be_read_as_plain_text(
        self, owner: Client, answered: Answer
    ) -> None:
        """The terminal's words, for a printer or a voice."""
        found = owner.get("/answer/in-words.txt")
        assert found["Content-Type"].startswith("text/plain")
        assert "muscle pain" in found.content.decode()


class TestGuesses:
    """What was guessed, beside what was held, once the seal is open."""

    def test_guesses_reach_the_answer_the_page_and_the_sheet(
        self, owner: Client, over: Trial
    ) -> None:
        """Six periods: three guessed right, one wrong, one unknown, one left out."""
        said = PeriodGuess.Said
        given = (said.LDN, said.PLACEBO, said.LDN, said.LDN, said.UNKNOWN, said.SKIPPED)
        for period, word in enumerate(given, start=1):
            is_arm = word in (said.LDN, said.PLACEBO)
            PeriodGuess.objects.create(
                trial=over,
                period=period,
                said=word,
                confidence=7 if is_arm else None,
                reason=PeriodGuess.Why.BETTER if is_arm else "",
                guessed_at=NOW,
            )
        assert "What you guessed" not in visible(owner.get("/answer").content)
        answer = _answer_of(over)
        assert answer.saved is not None
        block = answer.saved["blinding"]
        counts = {arm: [one[key] for key in _FELL] for arm, one in block["arms"].items()}
        assert counts == {"active": [2, 0, 1], "placebo": [1, 1, 0]}
        words = visible(owner.get("/answer").content)
        assert "Of 3 periods with LDN you guessed 2 right and 0 wrong, and for 1 you" in words
        assert "3 LDN (sure 7 of 10, felt better) placebo" in words
        assert "For 1 period no guess was written down." in words

    def test_a_shared_page_tells_nothing_of_guesses(self, answered: Answer) -> None:
        """Why she guessed may be a side effect, which she may not have chosen to show."""
        guess = {"period": 1, "arm": "active", "said": "active", "confidence": 9}
        block = {"periods": 6, "guesses": [guess | {"reason": "side-effect"}]}
        answered.saved = {**(answered.saved or {}), "blinding": block | {"arms": {}, "james": None}}
        page = showing.page_of(answered, outcomes=["pain"], has_side_effects=False)
        assert "guesses" not in {part.name for part in page.parts}

    def test_nobody_who_was_never_asked_reads_of_guesses(
        self, owner: Client, answered: Answer
    ) -> None:
        """Without a guess there is no such part."""
        assert answered.saved is not None
        assert "blinding" not in answered.saved
        assert "What you guessed" not in visible(owner.get("/answer").content)


class TestPictureRead:
    """Asked once, kept, and met kindly either way."""

    def test_the_question_stands_before_what_is_for_the_visit(
        self, owner: Client, answered: Answer
    ) -> None:
        """The page still ends with a question for the visit; the picture is shown again."""
        words = visible(owner.get("/answer").content)
        places = [
            words.index(head)
            for head in (
                "How sure is that?",
                "One question about the picture",
                "Details for the doctor",
                "To talk about at the visit",
            )
        ]
        assert places == sorted(places)
        assert words.count("Of 100 answers that fit my records") == 1

    @pytest.mark.parametrize(
        ("reading", "reply"),
        [
            ("answers", "Yes, that is how it is meant."),
            ("days", "Many people read it that way."),
            ("people", "Many people read it that way."),
            ("unsure", "That is a fair answer."),
        ],
    )
    def test_each_choice_is_kept_once_and_met_kindly(
        self, owner: Client, answered: Answer, reading: str, reply: str
    ) -> None:
        """A second choice changes nothing; the meaning is told after every choice."""
        owner.post("/answer/picture", {"reading": reading})
        owner.post("/answer/picture", {"reading": "answers"})
        held = PictureRead.objects.get()
        assert held.reading == reading
        assert held.group in {"better", "same", "worse"}
        words = visible(owner.get("/answer").content)
        assert reply in words
        assert "Each mark is one possible answer about you." in words
        assert "What do" not in words

    def test_what_is_not_on_the_page_is_refused_in_words(
        self, owner: Client, answered: Answer
    ) -> None:
        """Nothing chosen and something else chosen: told, and nothing is kept."""
        for given in ({}, {"reading": "<b>all</b>"}):
            answer = owner.post("/answer/picture", given)
            assert answer.status_code == 422
            assert "one of the four sentences" in visible(answer.content)
            assert b"<b>all" not in answer.content
        assert not PictureRead.objects.exists()

    def test_there_is_no_question_without_an_answer(self, owner: Client, over: Trial) -> None:
        """A trial that is over and still sealed has no picture."""
        assert owner.post("/answer/picture", {"reading": "answers"}).status_code == 404

    def test_the_right_sentence_has_no_fixed_place(self, over: Trial) -> None:
        """Its place turns from trial to trial; "not sure" is always last."""
        picture = kept_pages.Picture(group="same", count=57, label="About the same", icons="")
        seen = set()
        for pk in (1, 2, 3):
            over.pk = pk
            values = [value for value, _ in picture_read.asked_of(over, picture).choices]
            assert values[-1] == "unsure"
            seen.add(values.index("answers"))
        assert seen == {0, 1, 2}

    def test_the_database_refuses_to_change_it(self, owner: Client, answered: Answer) -> None:
        """What was chosen stays, however it is asked."""
        owner.post("/answer/picture", {"reading": "days"})
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            PictureRead.objects.update(reading="answers")


class TestOutlook:
    """Virtual trials after an answer that stayed open."""

    def test_an_open_answer_queues_them_and_the_page_tells_them(
        self, owner: Client, answered: Answer
    ) -> None:
        """The real engine and real virtual trials: the plan itself first, longer ones after it."""
        assert answered.saved is not None
        assert answered.saved["outcomes"][0]["verdict"] == "could-not-tell"
        assert DBTaskResult.objects.filter(task_path__endswith="look_ahead").count() == 1
        assert "What would make it clearer" not in visible(owner.get("/answer").content)
        tasks.look_ahead.call(answered.pk)
        found = AnotherTrial.objects.get().found
        assert found is not None
        assert found["plans"][0]["pairs"] == 3
        assert found["plans"][0]["days"] == answered.trial.plan.total_days
        days = [plan["days"] for plan in found["plans"]]
        assert days == sorted(days)
        assert len(days) > 2
        words = visible(owner.get("/answer").content)
        assert "3 pairs of 6 days each (as yours was)" in words
        assert f"{round(100 * found['plans'][0]['p_clear'])} " in words
        assert "What would make it clearer" in owner.get("/answer/in-words.txt").content.decode()

    def test_they_are_run_once_and_not_again_after_a_crash(
        self, answered: Answer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Work that ended the worker leaves its row, and is not begun a second time."""

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(another_trial, "forecast_of", broken)
        with pytest.raises(RuntimeError):
            tasks.look_ahead.call(answered.pk)
        tasks.look_ahead.call(answered.pk)
        DBTaskResult.objects.all().delete()
        tasks.queue_forgotten()
        assert not DBTaskResult.objects.exists()

    def test_what_was_never_begun_is_queued_again(self, answered: Answer) -> None:
        """A worker that ended early has forgotten its tasks."""
        DBTaskResult.objects.all().delete()
        tasks.queue_forgotten()
        assert DBTaskResult.objects.count() == 1

    def test_a_clear_answer_asks_for_none(self, answered: Answer) -> None:
        """Nor does a plan whose order was not drawn by chance."""
        assert answered.saved is not None
        saved = answered.saved
        assert another_trial.is_asked_for(saved, answered.trial.plan)
        saved["outcomes"][0]["verdict"] = "clear-benefit"
        assert not another_trial.is_asked_for(saved, answered.trial.plan)


_FELL = ("right", "wrong", "unknown")


def _answer_of(trial: Trial) -> Answer:
    opened = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=trial, seal=opened, is_code_kept=True, today=clock.today())
    answer = actions.ask_for_answer(trial=trial, now=clock.now())
    answering.compute_answer.call(answer.pk)
    answer.refresh_from_db()
    return answer


def _without_token(page: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)
