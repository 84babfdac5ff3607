"""How hard a text is to read: the Flesch-Kincaid grade, with an allow-list of words.

Kincaid and others (1975): 0.39 words/sentence + 11.8 syllables/word - 15.59. Words of the
glossary are needed and explained, so each counts as one syllable.
"""

import re

__all__ = ["GLOSSARY", "grade"]

# Needed words, each told in the glossary of the house.
GLOSSARY = frozenset(
    {
        "answer",
        "answers",
        "assumptions",
        "average",
        "capsule",
        "diagnosis",
        "diary",
        "difference",
        "energy",
        "expectations",
        "fatigue",
        "ldn",
        "naltrexone",
        "openldn",
        "period",
        "periods",
        "personal",
        "placebo",
        "prescriber",
        "recorded",
        "records",
        "summarises",
    }
)


def grade(text: str) -> float:
    """Return the school grade of a text of at least one sentence."""
    plain = re.sub(r"(?<=\d)\.(?=\d)", "", text)  # a decimal point ends no sentence
    sentences = [part for part in re.split(r"[.?!:;]+(?:\s|$)", plain) if part.strip()]
    words = re.findall(r"[A-Za-z]+|\d+", plain)
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    lower = word.lower()
    if lower in GLOSSARY or lower.isdigit():
        return 1
    groups = len(re.findall(r"[aeiouy]+", lower))
    is_silent = lower.endswith("e") and not lower.endswith("le")
    is_silent |= lower.endswith("ed") and not lower.endswith(("ted", "ded"))
    return max(1, groups - is_silent)
