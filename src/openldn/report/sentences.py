"""The answer in plain sentences: short, warm, exact, and never an instruction.

Rules: standards.md section 3. "We could not tell" has the same size, order and care as
any other result. No sentence says what anyone should take.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openldn.report.saved import Harm, Level, OutcomeAnswer, SavedAnswer
from openldn.report.words import (
    direction,
    dose_text,
    matters_text,
    number,
    points,
    share_word,
)

__all__ = [
    "GIVEN",
    "HEADING",
    "PURPOSE",
    "Sentence",
    "Share",
    "change_text",
    "counted_sentence",
    "dose_sentence",
    "first_sentence",
    "grade_sentence",
    "harm_line",
    "harm_note",
    "harm_sentence",
    "interval_note",
    "matters",
    "open_sentences",
    "questions",
    "recorded_sentence",
    "scale_sentence",
    "shares",
    "size_sentence",
    "still_true",
    "why_open",
]

HEADING = "A summary of your own records, to read with your prescriber"

# standards.md section 3: a probability is always said with these words.
GIVEN = "given your records and the assumptions listed"

# standards.md section 6: one intended-purpose text, used unchanged everywhere.
PURPOSE = (
    "OpenLDN records a personal trial that a prescriber has planned, and summarises its data "
    "for review by that prescriber. Not CE marked, not for diagnosis."
)

# model.md section 1: below this no dose is named as the best one.
_NAMED_BEST_ABOVE = 0.8

_GRADES = {
    "A": "the strongest kind: hidden capsules, an order drawn by chance, a plan that stood",
    "B": "strong, with one weak spot",
    "C": "fair: chance decided the order, with weak spots",
    "D": "weak: open, with at least one change back and forth",
    "E": "the weakest kind: open, with no way to set apart LDN, hope and time",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A first sentence with the words that a page prints bold."""

    before: str
    strong: str
    after: str

    @property
    def text(self) -> str:
        """The whole sentence as plain text."""
        return self.before + self.strong + self.after


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One of the three groups of a hundred answers."""

    group: str  # better | same | worse
    count: int
    label: str

    @property
    def word(self) -> str:
        """The fixed word for this count."""
        return share_word(self.count)

    @property
    def text(self) -> str:
        """The group as one line of plain text."""
        return f"{self.count} of 100: {self.label}: {self.word}"


def first_sentence(outcome: OutcomeAnswer) -> Sentence:
    """Return the one sentence that carries the answer about an outcome."""
    return _told(outcome, outcome.headline, outcome.verdict)


def interval_note() -> str:
    """Say which interval the range is."""
    return f"The range holds 95 of 100 answers, {GIVEN}."


def scale_sentence(outcome: OutcomeAnswer) -> str:
    """Return the scale, its better end, and the difference that matters."""
    asked = f"{outcome.minimum:g} to {outcome.maximum:g}"
    better = f"{outcome.better_word.capitalize()} is better"
    if outcome.family == "binary":
        asked = "yes or no"
        better = f"{'Fewer' if outcome.better == 'lower' else 'More'} days with it is better"
    return (
        f"{outcome.title}, {asked}. {better}. "
        f"A change of {matters(outcome)} or more counts as one that matters."
    )


def shares(outcome: OutcomeAnswer, level: Level | None = None) -> tuple[Share, Share, Share]:
    """Return better, about the same and worse as whole numbers that add up to 100."""
    better, same, worse = (level or outcome.headline).shares
    gain, loss = outcome.better_word, outcome.worse_word
    if outcome.family == "binary":
        gain, loss = ("rarer", "more often") if gain == "lower" else ("more often", "rarer")
    by = f"by {matters(outcome)} or more"
    return (
        Share(group="better", count=better, label=f"{outcome.title} {gain} {by}"),
        Share(group="same", count=same, label="About the same"),
        Share(group="worse", count=worse, label=f"{outcome.title} {loss} {by}"),
    )


def size_sentence(outcome: OutcomeAnswer) -> str:
    """Say whether the change is large enough to matter; only after a clear gain."""
    if outcome.verdict != "clear-benefit":
        return ""
    better = outcome.headline.shares[0]
    enough = matters(outcome)
    if outcome.is_worthwhile:
        return (
            f"It may be large enough to matter: {better} of 100 answers that fit your records "
            f"show a gain of {enough} or more."
        )
    return (
        f"We could not tell if it is large enough to matter: {better} of 100 answers that fit "
        f"your records show a gain of {enough} or more."
    )


def dose_sentence(outcome: OutcomeAnswer) -> str:
    """Name the dose with the best scores, or say that the doses cannot be told apart."""
    levels = outcome.main_levels
    if len(levels) < 2:
        return ""
    named = [(level.p_best or 0.0, dose_text(level.dose_mg)) for level in levels]
    named.append((outcome.p_best_none or 0.0, _contrast_words(levels[0])))
    share, name = max(named)
    if share > _NAMED_BEST_ABOVE:
        return (
            f"Of all that was tried, {name} had the best {outcome.name} scores in "
            f"{round(100 * share)} of 100 answers that fit your records."
        )
    tried = " and ".join(dose_text(level.dose_mg) for level in levels)
    return f"{tried}: these doses cannot be told apart."


def open_sentences(outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return the second, separate answer: doses tried only while you knew what you took."""
    return tuple(
        _told(outcome, level, outcome.verdict_of(level)).text for level in outcome.open_levels
    )


def recorded_sentence(saved: SavedAnswer) -> str:
    """Say how many days were recorded, without blame for the gaps."""
    return (
        f"{saved.days_recorded} of {saved.days} days recorded. "
        "Gaps are normal and are kept as gaps."
    )


def grade_sentence(saved: SavedAnswer) -> str:
    """Return the grade in words."""
    words = _GRADES.get(saved.grade)
    return f"Grade {saved.grade}, {words}." if words else f"Grade {saved.grade}."


def why_open(saved: SavedAnswer, outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return what the records say about why a question stayed open."""
    reasons = []
    if outcome.noise_sd is not None:
        swing = points(outcome.noise_sd.mean, outcome.decimals)
        reasons.append(f"Your {outcome.name} moves by about {swing} on its own.")
    reasons.append(f"The answer rests on {outcome.days_recorded} days with a score.")
    return tuple(reasons)


def still_true(outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return what an open answer still rules out."""
    low, high = outcome.headline.effect.low, outcome.headline.effect.high
    lines = []
    if low < 0:
        lines.append(f"A drop of more than {_size(outcome, low)} is very unlikely, {GIVEN}.")
    if high > 0:
        lines.append(f"A rise of more than {_size(outcome, high)} is very unlikely, {GIVEN}.")
    lines.append("Your diary stays yours, and it can be read again.")
    return tuple(lines)


def counted_sentence(outcome: OutcomeAnswer) -> str:
    """Return the days behind an outcome of few answers, and how likely LDN is behind them.

    Empty for scores of many steps, and where the file does not hold the days.
    """
    on, off = outcome.active, outcome.comparison
    if on is None or off is None or on.mean is None or off.mean is None:
        return ""
    level = outcome.headline
    against = _DAYS_OFF[level.contrast == "placebo"]
    p_fewer = level.p_benefit if outcome.better == "lower" else 1 - level.p_benefit
    days = f"{on.asked} LDN days", f"{off.asked} {against}"
    if outcome.family == "binary":
        found = f"{outcome.title} on {on.found} of {days[0]} against {off.found} of {days[1]}"
        ways = "made rarer by", "made more frequent by"
    elif outcome.family == "count":
        ends = [f"{number(one.mean or 0.0)} a day" for one in (on, off)]
        found = f"{outcome.title}: {ends[0]} on {days[0]} against {ends[1]} on {days[1]}"
        ways = "fewer because of", "more because of"
    else:
        ends = [number(one.mean or 0.0, outcome.decimals) for one in (on, off)]
        found = f"{outcome.title}: {ends[0]} on average on {days[0]} against {ends[1]} on {days[1]}"
        ways = "lower because of", "higher because of"
    cause = _cause(level.includes)
    if outcome.verdict == "could-not-tell":
        return (
            f"{found}. We could not tell if that is {cause}.{_say_so(on.mean - off.mean, p_fewer)}"
        )
    return f"{found}: {_part_of(cause, p_fewer, ways)}."


def _say_so(difference: float, p_fewer: float) -> str:
    if not difference:
        return ""
    return f" {_of_100(p_fewer if difference < 0 else 1 - p_fewer)} answers say so."


def _part_of(cause: str, p_fewer: float, ways: tuple[str, str]) -> str:
    """Say which way is likely, in the words of a family."""
    p, way = max((p_fewer, ways[0]), (1 - p_fewer, ways[1]))
    return f"{share_word(round(100 * p))} {way} {cause} ({_of_100(p)})"


def _of_100(p: float) -> str:
    """Return a chance as answers of 100, never as all or none of them unless it is."""
    if 0.995 <= p < 1:
        return "more than 99 of 100"
    return "less than 1 of 100" if 0 < p < 0.005 else f"{round(100 * p)} of 100"


def harm_note() -> str:
    """Say why a count can look clearer than the chance beside it: both use the days differently."""
    return (
        "The counts go by the capsule of the day. The chance also asks if the days fit a slow"
        " build-up and fade, as for your scores. So a side effect that comes at once can look less"
        " likely here than in the counts. Look at both."
    )


def harm_line(harm: Harm) -> str:
    """Return one side effect in short: its days on both sides, and how likely LDN is behind it.

    "We could not tell" stands in the same place as any other word.
    """
    if harm.p_raised is None or harm.effect is None:
        return f"{harm.title}: no answer. {harm.reason or ''}".rstrip()
    word, cause = share_word(round(100 * harm.p_raised)), _cause(harm.includes)
    if word in ("likely", "very likely"):
        told = f"{word} caused by {cause}"
    elif word in ("unlikely", "very unlikely"):
        told = f"{word} to be made more frequent by {cause}"
    else:
        told = f"we could not tell whether {cause} had a part in it"
    return f"{harm.title} on {_days_with(harm)}: {told} ({_of_100(harm.p_raised)})."


def harm_sentence(harm: Harm) -> str:
    """Return one side effect as `harm_line`, with the range of its difference."""
    if harm.effect is None:
        return harm_line(harm)
    ends = f"{_more_days(harm.effect.low)} and {_more_days(harm.effect.high)}"
    return f"{harm_line(harm)} The true difference is likely between {ends} in 100."


def _cause(includes: Sequence[str]) -> str:
    return "LDN" if tuple(includes) == ("drug",) else _MIXED_CAUSES["time" in includes]


_DAYS_OFF = {True: "placebo days", False: "days without LDN"}
_MIXED_CAUSES = {
    False: "LDN and your expectations together",
    True: "LDN, your expectations and the passing of time together",
}


def _days_with(harm: Harm) -> str:
    against = _DAYS_OFF[harm.contrast == "placebo"]
    (on, asked_on), (off, asked_off) = harm.active, harm.comparison
    return f"{on} of {asked_on} LDN days against {off} of {asked_off} {against}"


def _more_days(share: float) -> str:
    days = round(100 * share)
    noun = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {'fewer' if days < 0 else 'more'} {noun}"


def questions(outcome: OutcomeAnswer | None) -> tuple[str, ...]:
    """Return questions to take to the visit; never what to do."""
    if outcome is None:
        return ("What would we need to write down to get an answer?",)
    size = _size(outcome, outcome.headline.effect.mean)
    if outcome.verdict == "clear-benefit":
        return (
            f"Is a change of about {size} worth any side effects, to me?",
            "What would we watch for if things change?",
            "When do we look at this again?",
        )
    if outcome.verdict == "clear-harm":
        return (
            f"How much does a change of about {size} matter in my daily life?",
            "Could something else in those weeks explain it?",
            "What do these records mean for my plan?",
        )
    return (
        "Does it matter to me to know, or is not knowing good enough?",
        "If we looked again, what would we ask?",
        "When do we look at this again?",
    )


def _told(outcome: OutcomeAnswer, level: Level, verdict: str) -> Sentence:
    if verdict == "could-not-tell":
        return _could_not_tell(outcome, level)
    change = f"about {change_text(outcome, level.effect.mean)}"
    after = (
        f" {_than(level)}. {_likely_between(outcome, level)}"
        f"{_worth_saying(outcome, verdict)}{_includes(level)}"
    )
    return Sentence(before=_opening(outcome, level), strong=change, after=after)


# Families whose differences are not told in points.
_OWN_WORDS = ("binary", "count")


def _size(outcome: OutcomeAnswer, value: float) -> str:
    """Return the size of a difference: points, days in 100 for yes or no, or how many a day."""
    if outcome.family == "binary":
        days = round(100 * abs(value) / (outcome.maximum - outcome.minimum))
        return f"{days or 'less than 1'} {'days' if days > 1 else 'day'} in 100"
    if outcome.family == "count":
        return points(value, outcome.decimals).replace("points", "a day")
    return points(value, outcome.decimals)


def change_text(outcome: OutcomeAnswer, value: float) -> str:
    """Return a difference with its direction: ``1.3 points lower``, ``12 fewer days in 100``."""
    size = _size(outcome, value)
    if outcome.family == "binary":
        return re.sub(r" (days?)", rf" {'fewer' if value < 0 else 'more'} \1", size, count=1)
    return f"{size} {direction(value)}"


def matters(outcome: OutcomeAnswer) -> str:
    """Return the difference that matters as it is spoken."""
    if outcome.family in _OWN_WORDS:
        return _size(outcome, outcome.mcid)
    return matters_text(outcome.mcid)


def _drug(outcome: OutcomeAnswer, level: Level) -> str:
    """Name the drug, with its dose only where there is more than one to keep apart."""
    return "LDN" if len(outcome.levels) == 1 else f"{dose_text(level.dose_mg)} of LDN"


def _opening(outcome: OutcomeAnswer, level: Level) -> str:
    drug = _drug(outcome, level)
    since = f"Since you started {drug}," if level.counts_time else f"On {drug}"
    if outcome.family == "binary":
        return f"{since} you noted {outcome.name} on "
    if outcome.family == "count":
        return f"{since} your number for {outcome.name} was "
    return f"{since} your {outcome.name} was "


def _contrast_words(level: Level) -> str:
    return "placebo" if level.contrast == "placebo" else "no LDN"


def _than(level: Level) -> str:
    if level.counts_time:
        return "than without it"
    return "than on placebo" if level.contrast == "placebo" else "than without LDN"


def _likely_between(outcome: OutcomeAnswer, level: Level) -> str:
    low, high, decimals = level.effect.low, level.effect.high, outcome.decimals
    if outcome.family in _OWN_WORDS:
        ends = f"{change_text(outcome, low)} and {change_text(outcome, high)}"
    elif low < 0 < high and float(f"{high:.{decimals}f}") and float(f"{low:.{decimals}f}"):
        ends = f"{points(low, decimals)} lower and {points(high, decimals)} higher"
    elif level.effect.mean < 0:
        ends = f"{number(max(-high, 0.0), decimals)} and {number(-low, decimals)}"
    else:
        ends = f"{number(max(low, 0.0), decimals)} and {number(high, decimals)}"
    return f"The true difference is likely between {ends}."


def _anywhere(outcome: OutcomeAnswer, level: Level) -> str:
    ends = [change_text(outcome, end) for end in (level.effect.low, level.effect.high)]
    return f"The true difference may lie anywhere from {ends[0]} to {ends[1]}."


def _includes(level: Level) -> str:
    if level.counts_time:
        return " This is the drug, your expectations and the passing of time together."
    if level.counts_expectation:
        return " This is the drug and your expectations together."
    return ""


def _worth_saying(outcome: OutcomeAnswer, verdict: str) -> str:
    """Say better or worse where the direction alone could be misread."""
    if verdict == "clear-harm":
        return " That is worse."
    return " That is better." if outcome.better == "higher" else ""


def _could_not_tell(outcome: OutcomeAnswer, level: Level) -> Sentence:
    after = f" {_anywhere(outcome, level)}{_includes(level)}"
    drug = _drug(outcome, level)
    if level.counts_time:
        return Sentence(
            before=f"Since you started {drug}, ",
            strong="we could not tell",
            after=f" whether your {outcome.name} changed.{after}",
        )
    against = "" if level.contrast == "placebo" else ", compared with no LDN"
    return Sentence(
        before="",
        strong="We could not tell",
        after=f" whether {drug} changed your {outcome.name}{against}.{after}",
    )
