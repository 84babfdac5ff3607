"""A person with a row in every table that can belong to somebody, each with a word of her own."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import models

from openldn.web import consent
from openldn.web.access.models import Person
from openldn.web.ask import talks
from openldn.web.contribute import giving
from openldn.web.contribute.models import Offer
from openldn.web.keeping.belongings import belongings, rows_of
from openldn.web.person import actions, items
from openldn.web.person.models import Answer, Decision, PeriodGuess, Trial
from openldn.web.person.period_guesses import GuessGiven
from openldn.web.plan import drafts, noting, own_diary
from openldn.web.plan.models import Forecast
from openldn.web.share import links, stories
from support.pooling import contribution
from support.web import NOW, ORDER, PLAN, add_evenings, answer_no_opioids, seal_of

__all__ = ["fill"]

# Where a table takes certain words only, and does not list them as choices.
_TAKEN = {"know.PictureRead": {"reading": "answers", "group": "better"}}


def fill(person: Person, word: str) -> None:
    """Give a person a row in every table, as the app writes them, each with this word."""
    check = actions.answer_safety_questions(
        person=person, answers={}, names=(word,), touched=[], decision=(word, NOW.date()), now=NOW
    )
    plan_toml = PLAN.replace("Ana", word).replace("Dr B", word)
    trial = actions.add_trial(
        person=person,
        plan_toml=plan_toml,
        start=NOW.date() - timedelta(days=14),
        seal=seal_of(ORDER, is_open=False, plan_toml=plan_toml),
        check=check,
    )
    add_evenings(trial, range(14))
    actions.record(trial=trial, day=13, item=items.NOTE, value=f"Note: {word}.", now=NOW)
    answer_no_opioids(trial, 3)
    actions.guess_period(
        trial=trial, period=2, given=GuessGiven(said=PeriodGuess.Said.UNKNOWN), now=NOW
    )
    actions.add_medicine(trial=trial, name="tramadol 50 mg", now=NOW)
    actions.tell(trial=trial, rule="pain-high", days=[1, 2], whom=word, now=NOW)
    Decision.objects.create(trial=trial, causes=[], by=word, on=NOW.date(), noted_at=NOW)
    facts = {"day": NOW.date(), "who": word, "said": "no", "reason": word, "change": word}
    talks.note(person=person, facts=facts, now=NOW)
    consent.give(person, giving.PURPOSE, now=NOW)
    _share(person, word, trial)
    _plan(person, word, trial)
    for model, way in reversed(belongings().items()):  # a row before those that lead to it
        if not rows_of(model, way, person).exists():
            _any_row(model, person, word)


def _share(person: Person, word: str, trial: Any) -> None:
    saved = {"kind": "answer", "words": word}
    answer = Answer.objects.create(
        trial=trial,
        asked_at=NOW,
        state="ready",
        saved=saved,
        page_for_doctor=b"%PDF-" + word.encode(),
    )
    stories.write(person=person, answer=answer, words=f"Story: {word}", now=NOW)
    links.make(
        person=person,
        answer=answer,
        story=stories.latest(person, answer),
        outcomes=["pain"],
        has_side_effects=True,
        days=7,
        meant_for=word,
        form_key=f"{person.pk:043d}",
        now=NOW,
    )
    offer = Offer.objects.create(
        person=person, answer=answer, asked_at=NOW, state="ready", file=contribution(person.pk)
    )
    giving.give(person=person, offer=offer, now=NOW)


def _plan(person: Person, word: str, trial: Trial) -> None:
    drafts.save(person=person, seen=0, step="words", changes={"items": [word]}, now=NOW)
    change = {"what": "dose", "old": word, "new": word, "reason": word, "is_code_broken": False}
    noting.amend(person=person, trial=trial, seen=0, facts={**change, "on": NOW.date()}, now=NOW)
    noting.expect(
        person=person,
        trial=trial,
        facts={"said": "same", "sure": 5, "why": word},
        now=NOW - timedelta(days=14),
    )
    Forecast.objects.create(person=person, key=word[:64], plan_toml=word, asked_at=NOW)
    question = {"id": "pain", "label": word, "better": "lower"}
    diary = own_diary.begin(person=person, items=[question], now=NOW)
    own_diary.record(diary=diary, day=0, question="pain", score=3, now=NOW)


def _any_row(model: type[models.Model], person: Person, word: str) -> None:
    """Make a row of a table that this file does not know yet, from its columns alone."""
    fields = [field for field in model._meta.concrete_fields if _is_wanted(field)]
    values = {field.name: _value(field, person, word) for field in fields}
    row = model(**values | _TAKEN.get(model._meta.label, {}))
    models.Model.save(row)


def _is_wanted(field: models.Field[Any, Any]) -> bool:
    """Leave out what fills itself; a number that may be missing usually goes with a choice."""
    if isinstance(field, models.AutoField) or field.has_default():
        return False
    return not field.null or isinstance(field, models.IntegerField)


def _value(field: models.Field[Any, Any], person: Person, word: str) -> Any:
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        assert isinstance(related, type)
        held = rows_of(related, belongings()[related], person)
        if not held.exists():
            _any_row(related, person, word)
        return held.first()
    if field.choices:
        return next(iter(field.flatchoices))[0]
    by_kind: dict[type[models.Field[Any, Any]], Any] = {
        models.UUIDField: uuid.uuid4(),
        models.TimeField: NOW.time(),
        models.FloatField: 1.0,
        models.GenericIPAddressField: "127.0.0.1",
        models.CharField: word[: field.max_length or 40],
        models.TextField: word,
        models.DateTimeField: NOW,
        models.DateField: NOW.date(),
        models.JSONField: {"word": word},
        models.BinaryField: word.encode(),
        models.BooleanField: False,
        models.IntegerField: 1,
    }
    found = next((by_kind[kind] for kind in by_kind if isinstance(field, kind)), None)
    assert found is not None, (
        f"write a row of {field.model.__name__} in tests/support/everything.py"
    )
    return found
