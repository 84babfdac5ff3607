"""How hard a text is to read: the Flesch-Kincaid grade, with an allow-list of words.

Kincaid and others (1975): 0.39 words/sentence + 11.8 syllables/word - 15.59. Words of the
glossary are needed and explained, so each counts as one syllable.
"""

import re
from html.parser import HTMLParser

__all__ = ["GLOSSARY", "grade", "prose"]

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


class _Prose(HTMLParser):
    """Keeps what is read as sentences: no tables, sources, settings, headings or forms."""

    _SKIPPED = frozenset({"table", "form", "svg", "h1", "h2", "h3", "summary", "nav", "footer"})
    _EMPTY = frozenset({"meta", "link", "input", "path", "circle", "rect", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.kept: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._EMPTY:
            return
        classes = set((dict(attrs).get("class") or "").split())
        is_left_out = tag in self._SKIPPED or bool(classes & {"cite", "tag", "key", "kicker"})
        self.open.append((tag, is_left_out))
        if tag in {"p", "li"} and self.kept and not self.kept[-1].endswith((".", " ")):
            self.kept.append(". ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over what holds nothing: it opens and closes no text."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if {"p", "li"} & set(tags) and not any(left_out for _, left_out in self.open):
            self.kept.append(" ".join(data.split()) + " ")


def prose(html: str) -> str:
    """Give the sentences of a page's main part."""
    parser = _Prose()
    parser.feed(html[html.index("<main") : html.index("</main>")])
    names = r"fibromyalgia|dermatomyositis|amitriptyline|rheumatologist"
    return re.sub(names, "it", "".join(parser.kept), flags=re.IGNORECASE)
