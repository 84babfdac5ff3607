"""The answer in plain sentences: short, warm, exact, and never an instruction.

Rules: standards.md section 3. "We could not tell" has the same size, order and care as
any other result. No sentence says what anyone should take.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openldn.report.assumptions import model_rows
from openldn.report.checks import (
    HANDLED_HEADING,
    STRIP_HEADING,
    handled_lines,
    joint_text,
    strip_lines,
    strip_unit,
    test_text,
)
from openldn.report.saved import Harm, Level, OutcomeAnswer, SavedAnswer
from openldn.report.words import (
    direction,
    dose_text,
    matters_text,
    number,
    points,
    share_word,
)

if TYPE_CHECKING:
    from openldn.protocol.plan import Plan

__all__ = [
    "GIVEN",
    "HEADING",
    "PURPOSE",
    "Sentence",
    "Share",
    "dose_sentence",
    "first_sentence",
    "grade_sentence",
    "harm_sentence",
    "interval_note",
    "open_sentences",
    "questions",
    "recorded_sentence",
    "scale_sentence",
    "shares",
    "size_sentence",
    "still_true",
    "summary_text",
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
        f"A change of {_matters(outcome)} or more counts as one that matters."
    )


def shares(outcome: OutcomeAnswer, level: Level | None = None) -> tuple[Share, Share, Share]:
    """Return better, about the same and worse as whole numbers that add up to 100."""
    better, same, worse = (level or outcome.headline).shares
    gain, loss = outcome.better_word, outcome.worse_word
    if outcome.family == "binary":
        gain, loss = ("rarer", "more often") if gain == "lower" else ("more often", "rarer")
    by = f"by {_matters(outcome)} or more"
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
    matters = _matters(outcome)
    if outcome.is_worthwhile:
        return (
            f"It may be large enough to matter: {better} of 100 answers that fit your records "
            f"show a gain of {matters} or more."
        )
    return (
        f"We could not tell if it is large enough to matter: {better} of 100 answers that fit "
        f"your records show a gain of {matters} or more."
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
    reasons.append("More pairs, or more days in each, would make the range smaller.")
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


def harm_sentence(harm: Harm) -> str:
    """Return one side effect: its days on both sides, and how likely LDN is behind it.

    "We could not tell" stands in the same place as any other word.
    """
    if harm.p_raised is None or harm.effect is None:
        return f"{harm.title}: no answer. {harm.reason or ''}".rstrip()
    found = f"{harm.title} on {_days_with(harm)}"
    cause = "LDN" if harm.includes == ("drug",) else _MIXED_CAUSES["time" in harm.includes]
    count = round(100 * harm.p_raised)
    word = share_word(count)
    if word in ("likely", "very likely"):
        told = f"{word} caused by {cause}"
    elif word in ("unlikely", "very unlikely"):
        told = f"{word} to be made more frequent by {cause}"
    else:
        told = f"we could not tell whether {cause} had a part in it"
    ends = f"{_more_days(harm.effect.low)} and {_more_days(harm.effect.high)}"
    return f"{found}: {told} ({count} of 100). The true difference is likely between {ends} in 100."


_MIXED_CAUSES = {
    False: "LDN and your expectations together",
    True: "LDN, your expectations and the passing of time together",
}


def _days_with(harm: Harm) -> str:
    against = "placebo days" if harm.contrast == "placebo" else "days without LDN"
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


def summary_text(answer: Mapping[str, Any], *, plan: Plan | None = None, width: int = 80) -> str:
    """Return the whole answer as plain text for a terminal."""
    saved = SavedAnswer.read(answer, plan=plan)
    blocks = [_wrapped([HEADING + "."], width)]
    blocks += [_outcome_text(saved, outcome, width) for outcome in _in_order(saved)]
    if saved.refused:
        blocks.append(_listed("No answer for:", [f"{k}: {why}" for k, why in saved.refused], width))
    if saved.harms:
        head = f"Side effects, {GIVEN}:"
        blocks.append(_listed(head, [harm_sentence(harm) for harm in saved.harms], width))
    if handled := handled_lines(saved):
        blocks.append(_listed(HANDLED_HEADING, handled, width))
    reasons = [reason.text for reason in saved.grade_reasons]
    blocks.append(_listed(f"{grade_sentence(saved)} {recorded_sentence(saved)}", reasons, width))
    if saved.limits:
        blocks.append(_listed("What this cannot tell you:", saved.limits, width))
    assumed = [f"{name}: {text}" for name, text in model_rows(saved.model)]
    blocks.append(_listed("The assumptions:", assumed, width))
    blocks.append(_wrapped([PURPOSE], width))
    blocks.append(_listed("To talk about at the visit:", questions(saved.primary), width))
    return "\n\n".join(blocks) + "\n"


def _in_order(saved: SavedAnswer) -> tuple[OutcomeAnswer, ...]:
    return ((saved.primary,) if saved.primary else ()) + saved.others


def _outcome_text(saved: SavedAnswer, outcome: OutcomeAnswer, width: int) -> str:
    told = [first_sentence(outcome).text, interval_note()]
    if outcome.verdict == "could-not-tell":
        told.append("This is a real result.")
    told += [text for text in (size_sentence(outcome), dose_sentence(outcome)) if text]
    blocks = [
        _wrapped([" ".join(told)], width),
        _wrapped([scale_sentence(outcome)], width),
        _listed(
            f"Of 100 answers, {GIVEN}:",
            [share.text for share in shares(outcome)],
            width,
        ),
    ]
    if outcome.randomisation_test:
        blocks.append(_wrapped([test_text(outcome)], width))
    if outcome is saved.primary and (lines := strip_lines(outcome)):
        unit = strip_unit(outcome)
        head = f"{STRIP_HEADING} Difference in {unit}, with the range of 95 of 100 answers:"
        blocks.append(_listed(head, lines, width))
    if told_together := joint_text(outcome):
        blocks.append(_wrapped([told_together], width))
    if outcome.open_levels:
        head = "From the weeks when you knew what you took:"
        blocks.append(_listed(head, open_sentences(outcome), width))
    if outcome.verdict == "could-not-tell":
        blocks.append(_listed("Why it stayed open:", why_open(saved, outcome), width))
        blocks.append(_listed("What is still true:", still_true(outcome), width))
    return "\n\n".join(blocks)


def _wrapped(paragraphs: Iterable[str], width: int) -> str:
    return "\n".join(textwrap.fill(text, width, break_long_words=False) for text in paragraphs)


def _listed(head: str, items: Iterable[str], width: int) -> str:
    lines = [textwrap.fill(head, width, break_long_words=False)]
    lines += [
        textwrap.fill(
            item, width, initial_indent="  - ", subsequent_indent="    ", break_long_words=False
        )
        for item in items
    ]
    return "\n".join(lines)


def _told(outcome: OutcomeAnswer, level: Level, verdict: str) -> Sentence:
    if verdict == "could-not-tell":
        return _could_not_tell(outcome, level)
    change = f"about {_change(outcome, level.effect.mean)}"
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


def _change(outcome: OutcomeAnswer, value: float) -> str:
    """Return a difference with its direction: ``1.3 points lower``, ``12 fewer days in 100``."""
    size = _size(outcome, value)
    if outcome.family == "binary":
        return re.sub(r" (days?)", rf" {'fewer' if value < 0 else 'more'} \1", size, count=1)
    return f"{size} {direction(value)}"


def _matters(outcome: OutcomeAnswer) -> str:
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
        ends = f"{_change(outcome, low)} and {_change(outcome, high)}"
    elif low < 0 < high and float(f"{high:.{decimals}f}") and float(f"{low:.{decimals}f}"):
        ends = f"{points(low, decimals)} lower and {points(high, decimals)} higher"
    elif level.effect.mean < 0:
        ends = f"{number(max(-high, 0.0), decimals)} and {number(-low, decimals)}"
    else:
        ends = f"{number(max(low, 0.0), decimals)} and {number(high, decimals)}"
    return f"The true difference is likely between {ends}."


def _anywhere(outcome: OutcomeAnswer, level: Level) -> str:
    ends = [_change(outcome, end) for end in (level.effect.low, level.effect.high)]
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
