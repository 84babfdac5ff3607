"""How hard the English of the pages is to read, by the Flesch-Kincaid grade.

People read this with fatigue and brain fog. Health texts for everybody are commonly asked to stay
at grade 6 to 8 of school. Here each page's own texts may reach grade 7, so that one hard page
cannot hide among easy ones, and all of them together grade 6. The grade only counts words and
syllables: it finds long sentences, not bad ones.
"""

import re
from collections import defaultdict

import pytest

from tools import messages

_HARDEST = 7.0  # of one page or file
_HARDEST_OF_ALL = 6.0
_FEWEST_WORDS = 60  # below that a single sentence decides the grade
# Words that every reader of these pages meets and learns once count as two syllables each.
_KNOWN = {"naltrexone", "prescriber", "medicine", "medicines", "opioid", "opioids", "painkiller"}
_KNOWN |= {"openldn", "painkillers", "prescribers", "placebo"}
_NAMES_OF_DRUGS = ("questions#", "safety_rules.toml#", "side_effects.toml#", "conditions.toml#")


def _texts() -> dict[str, list[str]]:
    """Give the sentences of each place, without tags and with a word for each placeholder."""
    found: dict[str, list[str]] = defaultdict(list)
    for message in messages.collected():
        if not message.id:
            continue
        text = message.id if isinstance(message.id, str) else message.id[1]
        text = re.sub(r"<[^>]+>", "", re.sub(r"%\(\w+\)s|\{\w*\}", "ten", text))
        if text.rstrip()[-1:] in (".", "?"):
            found[message.locations[0][0]].append(text)
    return found


TEXTS = _texts()
PAGES = {
    place: text
    for place, texts in TEXTS.items()
    if not place.startswith(_NAMES_OF_DRUGS)
    if len((text := " ".join(texts)).split()) >= _FEWEST_WORDS
}


def grade(text: str) -> float:
    """Work out the Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    sentences = max(1, len(re.findall(r"[.?!](?=\s|$)", text)))
    words = re.findall(r"[A-Za-z’']+", text)
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    word = word.lower()
    if word in _KNOWN:
        return 2
    groups = len(re.findall(r"[aeiouy]+", word))
    is_silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxz]es$", word)
    return max(1, groups - bool(is_silent and groups > 1))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat on the mat. It was warm.", -4.0, 1.0),
        (
            "Subsequent pharmacological investigation demonstrated considerable heterogeneity of"
            " therapeutic responsiveness among participating individuals.",
            20.0,
            40.0,
        ),
    ],
)
def test_the_grade_tells_easy_from_hard(text: str, low: float, high: float) -> None:
    """A line of a first reader, and a line of a paper."""
    assert low <= grade(text) <= high


@pytest.mark.parametrize("place", sorted(PAGES))
def test_a_page_is_no_harder_than_grade_seven(place: str) -> None:
    """Shorter sentences and plainer words mend it."""
    assert grade(PAGES[place]) <= _HARDEST, PAGES[place]


def test_the_pages_together_are_no_harder_than_grade_six() -> None:
    """Safety rules, questions and all."""
    assert grade(" ".join(text for texts in TEXTS.values() for text in texts)) <= _HARDEST_OF_ALL
