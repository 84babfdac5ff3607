"""Recognising medicines in free text."""

import time

import pytest

from openldn.evidence.medicines import catalogue, medicines
from openldn.protocol.medicines import (
    LONGEST_NAME,
    Catalogue,
    Group,
    Match,
    Medicine,
    Vocabulary,
    edits,
    words_of,
)

CATALOGUE = catalogue()
OPIOIDS = [one for one in medicines() if one.is_opioid]
SECONDS = 20  # for the longest list; it takes about half of one here


@pytest.mark.parametrize(
    ("text", "match", "ingredients", "opioid"),
    [
        ("Tramadol", "exact", ["tramadol"], True),
        ("OxyContin 20 mg", "synonym", ["oxycodone"], True),
        ("oxycodne", "fuzzy", ["oxycodone"], True),
        ("codiene", "fuzzy", ["codeine"], True),
        ("Oxy Contn", "fuzzy", ["oxycodone"], True),
        ("co codamol", "synonym", ["codeine"], True),
        ("CO-CODAMOL 30/500", "synonym", ["codeine"], True),
        ("paracetamol/codeine", "exact", ["paracetamol", "codeine"], True),
        ("ibuprofen and tramadl", "fuzzy", ["ibuprofen", "tramadol"], True),
        ("oxycontin40mg", "synonym", ["oxycodone"], True),
        ("Oxycodonhydrochlorid", "synonym", ["oxycodone"], True),
        ("Codéine", "exact", ["codeine"], True),
        ("<b>tramadol</b>", "exact", ["tramadol"], True),
        ("mоrphine with a Cyrillic o", "exact", ["morphine"], True),
        ("mor\u200bphine with an invisible sign", "exact", ["morphine"], True),
        ("Трамадол", "synonym", ["tramadol"], True),
        ("N02AA01", "synonym", ["morphine"], True),
        ("Tylenol #3", "synonym", ["codeine"], True),
        ("opioids", "synonym", ["opioid without a name"], True),
        ("loperamide", "exact", ["loperamide"], True),
        ("7-OH tablets", "synonym", ["kratom"], True),
        ("Twice", "synonym", ["morphine"], True),
        ("Pinex", "synonym", ["paracetamol"], False),
        ("Pinex Forte", "synonym", ["codeine"], True),
        ("ibuprofen 400 twice daily", "exact", ["ibuprofen"], False),
        ("Tylenol 2 tablets", "synonym", ["paracetamol"], False),
        ("apomorphine", "exact", ["apomorphine"], False),
        ("dextromethorphan", "exact", ["dextromethorphan"], False),
        ("naloxone", "exact", ["naloxone"], False),
        ("tramazoline", "exact", ["tramazoline"], False),
        ("LDN", "synonym", ["naltrexone"], False),
        ("low-dose naltrexone 3 mg", "synonym", ["naltrexone"], False),
    ],
)
def test_a_text_is_recognised(text: str, match: str, ingredients: list[str], opioid: bool) -> None:
    """Brands, spellings, misspellings, salts, combinations and look-alikes."""
    found = CATALOGUE.recognise(text)
    assert (found.match, list(found.ingredients), found.is_opioid) == (match, ingredients, opioid)


@pytest.mark.parametrize(
    "text", ["", "💊", "مورفين", "xyzzy", "12", "ultra forte", "<script>", "a" * 150]
)
def test_what_is_not_known_is_said_to_be_so(text: str) -> None:
    """No match is a result of its own, never a silent pass."""
    found = CATALOGUE.recognise(text)
    assert not found.is_recognised
    assert found.match is Match.NONE


@pytest.mark.parametrize("medicine", OPIOIDS, ids=lambda one: f"{one.ingredient}-{one.rule}")
def test_every_name_of_every_opioid_is_found(medicine: Medicine) -> None:
    """By its ingredient, and by each name, spelling and code that the table gives."""
    own = () if medicine.is_form else (medicine.ingredient,)
    texts = (*own, *medicine.spellings, *medicine.names, *medicine.cough, *medicine.atc)
    lost = [
        text
        for text in texts
        if medicine not in [found.medicine for found in CATALOGUE.recognise(text).found]
    ]
    assert lost == []


@pytest.mark.parametrize("medicine", OPIOIDS, ids=lambda one: f"{one.ingredient}-{one.rule}")
def test_one_letter_missing_from_an_opioid_never_passes_as_recognised_and_harmless(
    medicine: Medicine,
) -> None:
    """A slip leads to the opioid, to a question or to "not recognised", not to a clean bill."""
    word = medicine.ingredient.split()[0]
    slips = [word[:at] + word[at + 1 :] for at in range(1, len(word))]
    passed = [
        slip
        for slip in slips
        if (found := CATALOGUE.recognise(slip)).is_recognised and not found.is_opioid
    ]
    assert passed == []


def test_no_harmless_name_hides_an_opioid_inside_it() -> None:
    """The longest name wins, so no long name without an opioid may hold the name of one."""
    opioid_names = {
        "".join(words_of(name))
        for one in OPIOIDS
        for name in (one.ingredient, *one.spellings, *one.names, *one.cough)
    }
    hiding = [
        name
        for one in medicines()
        if not one.is_opioid
        for name in (*one.spellings, *one.names, *one.cough)
        if len(words_of(name)) > 1 and set(words_of(name)) & opioid_names
    ]
    assert hiding == []


def test_a_misspelling_stays_within_the_stated_distance() -> None:
    """One letter in six, at most two: 11 letters carry one slip, 12 carry two, 18 no third."""
    vocabulary = Vocabulary(
        letters_per_edit=6,
        most_edits=2,
        long_acting_days=14,
        long_acting_words=frozenset(),
        cough_words=frozenset(),
        plain_words=frozenset(),
        words=(),
        trial_medicine=(),
    )
    names = ("abcdefghijk", "mnopqrstuvwx", "abcdabcdabcdabcdab", "mnopq")
    entries = [Medicine(ingredient=name, group=Group.OPIOID) for name in names]
    small = Catalogue(entries, vocabulary)
    cases = {
        "abcdefghijz": True,
        "abcdefghizz": False,
        "mnopqrstuvzz": True,
        "mnopqrstuzzz": False,
        "abcdabcdabcdabcdzz": True,
        "abcdabcdabcdabczzz": False,
        "mnopz": False,
    }
    assert {text: small.recognise(text).is_recognised for text in cases} == cases


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abcd", "abd", 1), ("ca", "abc", 3)],
)
def test_edits_count_a_swap_of_neighbours_once(one: str, other: str, apart: int) -> None:
    """Optimal string alignment: "ca" to "abc" is 3, as no part is edited twice."""
    assert edits(one, other) == apart


@pytest.mark.parametrize(
    ("text", "days", "enough"),
    [
        ("codeine", 10, False),
        ("codeine", 11, True),
        ("codeine", None, False),
        ("tramadol retard", 11, False),
        ("tramadol retard", 15, True),
        ("Butrans", 15, True),
        ("buprenorphine", 10_000, False),
        ("buprenorphine tablets", 15, True),
        ("Sublocade", 10_000, False),
        ("loperamide", 10_000, False),
    ],
)
def test_waiting_times_never_clear_by_a_gap(text: str, days: int | None, enough: bool) -> None:
    """No day, no interval or a depot is never enough; a slow form waits 14 days."""
    found = CATALOGUE.recognise(text)
    assert found.is_waited_out(found.found[0], days_ago=days) is enough


def test_the_longest_list_of_the_worst_words_is_read_in_bounded_time() -> None:
    """10,000 entries of distinct long words that resemble nothing."""
    letters = "bcdfghjklmnpqrstvwxz"
    texts = [
        "".join(letters[(n // 20**k) % 20] * 6 for k in range(4)) + f" {'qz' * 11}"
        for n in range(10_000)
    ]
    assert all(len(text) <= LONGEST_NAME for text in texts)
    began = time.perf_counter()
    assert not any(CATALOGUE.recognise(text).is_opioid for text in texts)
    assert time.perf_counter() - began < SECONDS
