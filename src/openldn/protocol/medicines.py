"""Recognising medicines in free text: ingredients, trade names, other spellings and misspellings.

Text is compared as whole words without case, accents, hyphens and signs, so that "Co-Codamol",
"co codamol" and "CO CODAMOL" are one name. What is not recognised is said to be so; it is never
taken for harmless. The catalogue itself arrives as values: this module reads no files.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

__all__ = [
    "LONGEST_NAME",
    "Catalogue",
    "Found",
    "Group",
    "Match",
    "Medicine",
    "Recognised",
    "Vocabulary",
    "edits",
    "words_of",
]

LONGEST_NAME = 200  # characters of one entry; product names with strength and form stay below 100
_MOST_WORDS = 6  # of one name
_SHORTEST_STEM = 5  # letters before a salt or form that is written on to a name
_LONGEST_MISSPELLED = 24  # letters; the longest one-word name has 20
_SHORTEST_PART = 3  # letters of each word of a name that may be misspelled
_SHORTEST_JOINED = 8  # letters of a misspelled name that was written as two words
# Letters that Unicode does not take apart, and the look-alikes that other alphabets lend to Latin.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_LATIN_FOR = dict(zip("авекмнорстухіѕјαεικνορτυχ", "abekmhopctyxisjaeiknoptux", strict=True))
_LOOK_ALIKES = str.maketrans(_LATIN_FOR)
_WORD = re.compile(r"[^\W\d_]+|\d+")
# What stands between two medicines of one text.
_BETWEEN = re.compile(r"[/+,;&|\n]|\b(?:and|with|und|mit|et|avec|och|med)\b", re.IGNORECASE)
_SHORTEST_UNKNOWN = 5  # letters; shorter words beside a separator are units and the like
# Salts and forms that are written on to a name in one word, as German and Nordic labels do.
_ENDINGS = re.compile(
    r"(hydro|hydrogen|bi)?(chlor[iy]de?|chlorhydrate?|klorid[i]?|klorhydrat|clorhidrato|cloridrato"
    r"|bromid[e]?|sul[fp]h?at[e]?|sulfatti|phosphate?|fosfat[o]?|fosfaatti|tartrat[e]?|tartraatti"
    r"|citrat[e]?|malea?t[e]?|maleinat|mesilat[e]?|hcl)?"
    r"(um|s|es|tabletten|tablets?|kapseln|tropfen|saft|sirup|pflaster|matrixpflaster|retard"
    r"|injektion|ampullen|pillen|plaster|depotplaster|lösung|loesung|losung|spray)?"
)


class Group(StrEnum):
    """What kind of medicine an entry of the catalogue is."""

    OPIOID = "opioid"
    ANTAGONIST = "antagonist"  # blockers, kappa agonists and what is given to people on opioids
    LOOK_ALIKE = "look-alike"  # an opioid-like name and no opioid
    OTHER = "other"


class Match(StrEnum):
    """How a text was recognised."""

    EXACT = "exact"  # by the name of the ingredient
    SYNONYM = "synonym"  # by a trade name, another spelling or an ATC code
    FUZZY = "fuzzy"  # by a misspelling
    NONE = "none"


class _Rank(IntEnum):
    """Which of several matches in one text speaks for it."""

    exact = 3
    synonym = 2
    fuzzy = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Medicine:
    """One entry of the catalogue."""

    ingredient: str
    group: Group
    atc: tuple[str, ...] = ()
    action: str = ""  # severity of the rule it touches; "" leaves it to the rule
    rule: str = ""
    also: tuple[str, ...] = ()  # further rules
    wait_days: int | None = None  # None: no interval is set, which never means zero
    clears_itself: bool = True  # False: no number of days is enough
    form_known_by: tuple[str, ...] = ()  # without such a word the longest-acting form is assumed
    is_form: bool = False  # of an ingredient with its own entry: found by its own names only
    note: str = ""
    spellings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cough: tuple[str, ...] = ()

    @property
    def is_opioid(self) -> bool:
        """Whether it stands on the list of opioids."""
        return self.group is Group.OPIOID


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Words with a meaning of their own, and how far a misspelling may go."""

    letters_per_edit: int
    most_edits: int
    long_acting_days: int
    long_acting_words: frozenset[str]
    cough_words: frozenset[str]
    plain_words: frozenset[str]
    words: tuple[str, ...]  # names that count only where nothing else is written
    trial_medicine: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One medicine in a text."""

    medicine: Medicine
    match: Match
    name: str  # as the catalogue writes it
    is_cough: bool = False
    is_form_known: bool = True

    @property
    def clears_itself(self) -> bool:
        """Whether a number of days can be enough."""
        return self.medicine.clears_itself and self.is_form_known


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognised:
    """What one text was recognised as."""

    text: str
    found: tuple[Found, ...]
    is_trial_medicine: bool = False
    is_long_acting: bool = False
    long_acting_days: int = 0
    unknown_parts: tuple[str, ...] = ()  # of a text with several, what nobody knows

    @property
    def is_recognised(self) -> bool:
        """Whether anything in the text is known."""
        return bool(self.found) or self.is_trial_medicine

    @property
    def is_opioid(self) -> bool:
        """Whether anything in the text is on the list of opioids, misspelled or not."""
        return any(found.medicine.is_opioid for found in self.found)

    @property
    def match(self) -> Match:
        """The surest match; where there are opioids, of an opioid."""
        opioids = [found for found in self.found if found.medicine.is_opioid]
        ranks = [_Rank[found.match.value] for found in opioids or self.found]
        if ranks:
            return Match(max(ranks).name)
        return Match.SYNONYM if self.is_trial_medicine else Match.NONE

    @property
    def ingredients(self) -> tuple[str, ...]:
        """Every ingredient once."""
        named = [found.medicine.ingredient for found in self.found]
        return tuple(dict.fromkeys([*named, *(["naltrexone"] if self.is_trial_medicine else [])]))

    @property
    def atc(self) -> tuple[str, ...]:
        """Every ATC code of the ingredients once."""
        return tuple(dict.fromkeys(code for found in self.found for code in found.medicine.atc))

    def is_waited_out(self, found: Found, *, days_ago: int | None) -> bool:
        """Tell whether so many days since the last use are enough for this program.

        A missing interval, a missing day and a form that stays for months are never enough.
        """
        wait = found.medicine.wait_days
        if days_ago is None or wait is None or not found.clears_itself:
            return False
        return days_ago > max(wait, self.long_acting_days if self.is_long_acting else 0)


@dataclass(frozen=True, slots=True)
class _Key:
    """A name in the form in which it is looked up."""

    text: str
    name: str
    match: Match
    medicine: Medicine
    is_cough: bool


@dataclass(slots=True)
class _Reading:
    """One text on its way: what is found, and which words are used up."""

    words: tuple[str, ...]
    used: list[bool]
    found: list[Found] = field(default_factory=list)
    is_trial_medicine: bool = False

    @property
    def is_known(self) -> bool:
        return bool(self.found) or self.is_trial_medicine

    def free(self, start: int, end: int) -> bool:
        return not any(self.used[start:end])

    def take(self, start: int, end: int) -> None:
        self.used[start:end] = [True] * (end - start)


class Catalogue:
    """The medicines, ready to be looked up."""

    def __init__(self, medicines: Iterable[Medicine], vocabulary: Vocabulary) -> None:
        self.medicines = tuple(medicines)
        self._vocabulary = vocabulary
        self._keys: dict[str, list[_Key]] = defaultdict(list)
        for medicine in self.medicines:
            for key in _keys_of(medicine):
                self._keys[key.text].append(key)
        self._alone = {_joined(words_of(name)) for name in vocabulary.words}
        self._trial = {_joined(words_of(name)) for name in vocabulary.trial_medicine}
        self._near = _neighbourhood(
            (text for text, keys in self._keys.items() if self._can_be_misspelled(text, keys)),
            self._allowed,
        )
        self._misspelled: dict[str, tuple[str, ...]] = {}

    def recognise(self, text: str) -> Recognised:
        """Find every known medicine in a text; nothing found is a result of its own."""
        reading = self._read(text)
        words = reading.words
        return Recognised(
            text=text,
            found=tuple(self._with_context(found, words) for found in _once(reading.found)),
            is_trial_medicine=reading.is_trial_medicine,
            is_long_acting=bool(self._vocabulary.long_acting_words & set(words)),
            long_acting_days=self._vocabulary.long_acting_days,
            unknown_parts=self._unknown_parts(text) if reading.is_known else (),
        )

    def _read(self, text: str) -> _Reading:
        words = words_of(text)
        reading = _Reading(words=words, used=[False] * len(words))
        self._take_names(reading)
        self._take_whole_text(reading)
        self._take_written_on(reading)
        self._take_misspelled(reading)
        return reading

    def _unknown_parts(self, text: str) -> tuple[str, ...]:
        """Find what stands beside a known medicine, set off by a sign or an "and", and is unknown.

        One known name must not vouch for its neighbour.
        """
        parts = [part.strip() for part in _BETWEEN.split(text)]
        if len(parts) == 1:
            return ()
        return tuple(part for part in parts if self._is_unknown(part))

    def _is_unknown(self, part: str) -> bool:
        says_something = any(
            word.isalpha() and len(word) >= _SHORTEST_UNKNOWN and not self._is_plain(word)
            for word in words_of(part)
        )
        return says_something and not self._read(part).is_known

    def _take_whole_text(self, reading: _Reading) -> None:
        """Take names that are everyday words too, where they stand alone beside a strength."""
        if reading.is_known:
            return
        names = [word for word in reading.words if not self._is_plain(word)]
        for text in (_joined(names), _joined(reading.words)):
            if text in self._alone and text in self._keys and not reading.found:
                self._add(reading, text)
                reading.take(0, len(reading.words))

    def _take_names(self, reading: _Reading) -> None:
        """Take whole names, the longest first."""
        for length in range(min(_MOST_WORDS, len(reading.words)), 0, -1):
            for start in range(len(reading.words) - length + 1):
                end = start + length
                if not reading.free(start, end):
                    continue
                text = _joined(reading.words[start:end])
                if text in self._trial:
                    reading.is_trial_medicine = True
                    reading.take(start, end)
                elif text in self._keys and text not in self._alone:
                    self._add(reading, text)
                    reading.take(start, end)

    def _take_written_on(self, reading: _Reading) -> None:
        """Take names with a salt or a form written on to them."""
        for at, word in enumerate(reading.words):
            if reading.used[at]:
                continue
            for length in range(min(len(word) - 1, _LONGEST_MISSPELLED), _SHORTEST_STEM - 1, -1):
                stem = word[:length]
                if stem in self._keys and _ENDINGS.fullmatch(word[length:]):
                    self._add(reading, stem)
                    reading.take(at, at + 1)
                    break

    def _take_misspelled(self, reading: _Reading) -> None:
        for at, word in enumerate(reading.words):
            if reading.used[at] or self._is_plain(word):
                continue
            after = reading.words[at + 1] if at + 1 < len(reading.words) else ""
            if near := self._nearest(word):
                self._add_misspelled(reading, near)
                reading.take(at, at + 1)
            elif after.isalpha() and not self._is_plain(after) and reading.free(at, at + 2):
                joined = word + after
                near = self._nearest(joined) if len(joined) >= _SHORTEST_JOINED else ()
                if near:
                    self._add_misspelled(reading, near)
                    reading.take(at, at + 2)

    def _add(self, reading: _Reading, text: str) -> None:
        reading.found += [_found(key, key.match) for key in self._keys[text]]

    def _add_misspelled(self, reading: _Reading, near: Iterable[str]) -> None:
        reading.found += [_found(key, Match.FUZZY) for text in near for key in self._keys[text]]

    def _nearest(self, word: str) -> tuple[str, ...]:
        """Find the names that a word misspells, the nearest only; all of them on a draw."""
        if not word.isalpha() or len(word) > _LONGEST_MISSPELLED:
            return ()
        if word not in self._misspelled:
            self._misspelled[word] = self._search(word)
            if len(self._misspelled) > 50_000:  # bounded memory, whatever a list holds
                self._misspelled.pop(next(iter(self._misspelled)))
        return self._misspelled[word]

    def _search(self, word: str) -> tuple[str, ...]:
        most = self._allowed(len(word) + self._vocabulary.most_edits)
        candidates = {
            text for variant in _without_letters(word, most) for text in self._near.get(variant, ())
        }
        within = {
            text: apart
            for text in candidates
            if (apart := edits(word, text)) <= self._allowed(len(text))
        }
        least = min(within.values(), default=0)
        return tuple(sorted(text for text, apart in within.items() if apart == least))

    def _can_be_misspelled(self, text: str, keys: Iterable[_Key]) -> bool:
        # "T-Gesic" is one letter from "gesic" and many a harmless name: short parts say too little.
        has_whole_words = all(
            len(word) >= _SHORTEST_PART for key in keys for word in words_of(key.name)
        )
        return text.isalpha() and text not in self._alone and has_whole_words

    def _allowed(self, length: int) -> int:
        vocabulary = self._vocabulary
        return min(length // vocabulary.letters_per_edit, vocabulary.most_edits)

    def _is_plain(self, word: str) -> bool:
        vocabulary = self._vocabulary
        is_form = word in vocabulary.plain_words or word in vocabulary.long_acting_words
        return is_form or word.isdigit() or len(word) < 3

    def _with_context(self, found: Found, words: Collection[str]) -> Found:
        """Let the words beside a name tell its use and its form."""
        medicine = found.medicine
        has_cough_code = any(code.startswith("R05") for code in medicine.atc)
        beside = bool(self._vocabulary.cough_words & set(words))
        tells_form = found.name in medicine.names or any(w in words for w in medicine.form_known_by)
        return Found(
            medicine=medicine,
            match=found.match,
            name=found.name,
            is_cough=found.is_cough or (has_cough_code and beside),
            is_form_known=tells_form or not medicine.form_known_by,
        )


def words_of(text: str) -> tuple[str, ...]:
    """Take a text apart into plain words and numbers.

    Case, accents, signs and invisible characters go; letters that are borrowed from another
    alphabet inside a Latin word become the Latin ones they look like.
    """
    marked = text.replace("#", " no ").replace("№", " no ")
    decomposed = unicodedata.normalize("NFKD", marked.casefold())
    kept = "".join(sign for sign in decomposed if unicodedata.category(sign) not in {"Mn", "Cf"})
    return tuple(_one_alphabet(word) for word in _WORD.findall(kept.translate(_LETTERS)))


def edits(one: str, other: str) -> int:
    """Count the letters wrong, missing, added or swapped with their neighbour between two words.

    Optimal string alignment: no part is edited twice.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _one_alphabet(word: str) -> str:
    if word.isascii():
        return word
    is_mixed = any("a" <= letter <= "z" for letter in word)
    return word.translate(_LOOK_ALIKES) if is_mixed else word


def _joined(words: Iterable[str]) -> str:
    return "".join(words)


def _keys_of(medicine: Medicine) -> Iterator[_Key]:
    ways = (
        (() if medicine.is_form else (medicine.ingredient,), Match.EXACT, False),
        ((*medicine.spellings, *medicine.names, *medicine.atc), Match.SYNONYM, False),
        (medicine.cough, Match.SYNONYM, True),
    )
    seen = set()
    for names, match, is_cough in ways:
        for name in names:
            text = _joined(words_of(name))
            if text and text not in seen:
                seen.add(text)
                yield _Key(text, name, match, medicine, is_cough)


def _found(key: _Key, match: Match) -> Found:
    return Found(medicine=key.medicine, match=match, name=key.name, is_cough=key.is_cough)


def _once(found: Iterable[Found]) -> list[Found]:
    """Keep each medicine once, by its surest match; a cough medicine stays one."""
    best: dict[int, Found] = {}
    for one in found:
        held = best.get(id(one.medicine))
        if held is None or _Rank[one.match.value] > _Rank[held.match.value]:
            best[id(one.medicine)] = one
    return list(best.values())


def _neighbourhood(
    names: Iterable[str], allowed: Callable[[int], int]
) -> Mapping[str, tuple[str, ...]]:
    """Index names by what is left of them without a few letters.

    Two words that are n edits apart share such a rest, so a misspelling is found by looking up its
    own rests instead of comparing it with every name (Garbe's symmetric deletion, 2012).
    """
    near: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if most := allowed(len(name)):
            for variant in _without_letters(name, most):
                near[variant].add(name)
    return {variant: tuple(texts) for variant, texts in near.items()}


def _without_letters(word: str, most: int) -> set[str]:
    """Give the word and what is left of it without up to so many letters."""
    variants = last = {word}
    for _ in range(most):
        last = {rest[:at] + rest[at + 1 :] for rest in last for at in range(len(rest))}
        variants = variants | last
    return variants
