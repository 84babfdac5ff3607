"""Consent: one purpose at a time, the last word counts, and nothing of it is rewritten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from openldn.web import consent
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.consent import purposes
from openldn.web.consent.models import Consent
from support.web import NOW


def test_nothing_is_agreed_to_at_first_and_each_purpose_stands_alone(db: None) -> None:
    """A yes to one purpose is no yes to another, nor of another person."""
    person, other = people.owner(), Person.objects.create()
    assert not any(consent.given(person, purpose) for purpose in purposes.PURPOSES)
    consent.give(person, "pool", now=NOW)
    assert [one for one in purposes.PURPOSES if consent.given(person, one)] == ["pool"]
    assert not consent.given(other, "pool")


def test_the_last_word_counts_and_every_word_is_kept(db: None) -> None:
    """Given, given again by a double tap, withdrawn twice, given again: three rows."""
    person = people.owner()
    for minute, act in enumerate(
        [consent.give, consent.give, consent.withdraw, consent.withdraw, consent.give]
    ):
        act(person, "email", now=NOW + timedelta(minutes=minute))
    assert consent.given(person, "email")
    assert [row.is_given for row in Consent.objects.all()] == [True, False, True]


def test_a_yes_to_other_words_does_not_count(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A purpose whose text changed its meaning is asked anew; a withdrawal still holds."""
    person = people.owner()
    consent.give(person, "pool", now=NOW)
    changed = replace(purposes.PURPOSES["pool"], version=2)
    monkeypatch.setattr(
        "openldn.web.consent.keeping.PURPOSES", {**purposes.PURPOSES, "pool": changed}
    )
    assert not consent.given(person, "pool")
    consent.give(person, "pool", now=NOW)
    assert consent.given(person, "pool")
    assert [row.version for row in Consent.objects.all()] == [1, 2]


def test_a_purpose_that_is_not_on_the_list_is_our_mistake(db: None) -> None:
    """A misspelt purpose must not read as "not given" for ever."""
    with pytest.raises(KeyError):
        consent.given(people.owner(), "e-mail")
