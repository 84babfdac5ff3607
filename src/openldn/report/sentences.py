"""The answer in plain sentences: short, warm, exact, and never an instruction.

Rules: standards.md section 3. "We could not tell" has the same size, order and care as
any other result. No sentence says what anyone should take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openldn.report.saved import Harm, Level, OutcomeAnswer, SavedAnswer
from openldn.report.speaking import counted, marked, said, written
from openldn.report.words import (
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

HEADING = marked("A summary of your own records, to read with your prescriber")

# standards.md section 3: a probability is always said with these words.
GIVEN = marked("given your records and the assumptions listed")

# standards.md section 6: one intended-purpose text, used unchanged everywhere.
PURPOSE = marked(
    "OpenLDN records a personal trial that a prescriber has planned, and summarises its data "
    "for review by that prescriber. Not CE marked, not for diagnosis."
)

# model.md section 1: below this no dose is named as the best one.
_NAMED_BEST_ABOVE = 0.8

_GRADES = {
    "A": marked("the strongest kind: hidden capsules, an order drawn by chance, a plan that stood"),
    "B": marked("strong, with one weak spot"),
    "C": marked("fair: chance decided the order, with weak spots"),
    "D": marked("weak: open, with at least one change back and forth"),
    "E": marked("the weakest kind: open, with no way to set apart LDN, hope and time"),
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
        return said("{count} of 100: {label}: {word}").format(
            count=self.count, label=self.label, word=self.word
        )


def first_sentence(outcome: OutcomeAnswer) -> Sentence:
    """Return the one sentence that carries the answer about an outcome."""
    return _told(outcome, outcome.headline, outcome.verdict)


def interval_note() -> str:
    """Say which interval the range is."""
    return said("The range holds 95 of 100 answers, {given}.").format(given=said(GIVEN))


def scale_sentence(outcome: OutcomeAnswer) -> str:
    """Return the scale, its better end, and the difference that matters."""
    is_lower = outcome.better == "lower"
    asked = said("{low} to {high}").format(
        low=written(f"{outcome.minimum:g}"), high=written(f"{outcome.maximum:g}")
    )
    better = said("Lower is better.") if is_lower else said("Higher is better.")
    if outcome.family == "binary":
        asked = said("yes or no")
        better = (
            said("Fewer days with it is better.")
            if is_lower
            else said("More days with it is better.")
        )
    matter = said("A change of {enough} or more counts as one that matters.")
    return f"{outcome.title}, {asked}. {better} {matter.format(enough=matters(outcome))}"


def shares(outcome: OutcomeAnswer, level: Level | None = None) -> tuple[Share, Share, Share]:
    """Return better, about the same and worse as whole numbers that add up to 100."""
    better, same, worse = (level or outcome.headline).shares
    down, up = (
        said("{outcome} lower by {enough} or more"),
        said("{outcome} higher by {enough} or more"),
    )
    if outcome.family == "binary":
        down = said("{outcome} rarer by {enough} or more")
        up = said("{outcome} more often by {enough} or more")
    down, up = (one.format(outcome=outcome.title, enough=matters(outcome)) for one in (down, up))
    gain, loss = (down, up) if outcome.better == "lower" else (up, down)
    return (
        Share(group="better", count=better, label=gain),
        Share(group="same", count=same, label=said("About the same")),
        Share(group="worse", count=worse, label=loss),
    )


def size_sentence(outcome: OutcomeAnswer) -> str:
    """Say whether the change is large enough to matter; only after a clear gain."""
    if outcome.verdict != "clear-benefit":
        return ""
    better = outcome.headline.shares[0]
    enough = matters(outcome)
    if outcome.is_worthwhile:
        told = said(
            "It may be large enough to matter: {count} of 100 answers that fit your records show a"
            " gain of {enough} or more."
        )
    else:
        told = said(
            "We could not tell if it is large enough to matter: {count} of 100 answers that fit"
            " your records show a gain of {enough} or more."
        )
    return told.format(count=better, enough=enough)


def dose_sentence(outcome: OutcomeAnswer) -> str:
    """Name the dose with the best scores, or say that the doses cannot be told apart."""
    levels = outcome.main_levels
    if len(levels) < 2:
        return ""
    named = [(level.p_best or 0.0, dose_text(level.dose_mg)) for level in levels]
    named.append((outcome.p_best_none or 0.0, _contrast_words(levels[0])))
    share, name = max(named)
    if share > _NAMED_BEST_ABOVE:
        return said(
            "Of all that was tried, {name} had the best {outcome} scores in {count} of 100 answers"
            " that fit your records."
        ).format(name=name, outcome=outcome.name, count=round(100 * share))
    tried = said(" and ").join(dose_text(level.dose_mg) for level in levels)
    return said("{doses}: these doses cannot be told apart.").format(doses=tried)


def open_sentences(outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return the second, separate answer: doses tried only while you knew what you took."""
    return tuple(
        _told(outcome, level, outcome.verdict_of(level)).text for level in outcome.open_levels
    )


def recorded_sentence(saved: SavedAnswer) -> str:
    """Say how many days were recorded, without blame for the gaps."""
    return said("{count} of {total} days recorded. Gaps are normal and are kept as gaps.").format(
        count=saved.days_recorded, total=saved.days
    )


def grade_sentence(saved: SavedAnswer) -> str:
    """Return the grade in words."""
    words = _GRADES.get(saved.grade)
    if not words:
        return said("Grade {grade}.").format(grade=saved.grade)
    return said("Grade {grade}, {words}.").format(grade=saved.grade, words=said(words))


def why_open(saved: SavedAnswer, outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return what the records say about why a question stayed open."""
    reasons = []
    if outcome.noise_sd is not None:
        swing = points(outcome.noise_sd.mean, outcome.decimals)
        reasons.append(
            said("Your {outcome} moves by about {swing} on its own.").format(
                outcome=outcome.name, swing=swing
            )
        )
    rests = said("The answer rests on {count} days with a score.")
    reasons.append(rests.format(count=outcome.days_recorded))
    return tuple(reasons)


def still_true(outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return what an open answer still rules out."""
    low, high = outcome.headline.effect.low, outcome.headline.effect.high
    lines = []
    if low < 0:
        drop = said("A drop of more than {size} is very unlikely, {given}.")
        lines.append(drop.format(size=_size(outcome, low), given=said(GIVEN)))
    if high > 0:
        rise = said("A rise of more than {size} is very unlikely, {given}.")
        lines.append(rise.format(size=_size(outcome, high), given=said(GIVEN)))
    lines.append(said("Your diary stays yours, and it can be read again."))
    return tuple(lines)


def counted_sentence(outcome: OutcomeAnswer) -> str:
    """Return the days behind an outcome of few answers, and how likely LDN is behind them.

    Empty for scores of many steps, and where the file does not hold the days.
    """
    on, off = outcome.active, outcome.comparison
    if on is None or off is None or on.mean is None or off.mean is None:
        return ""
    level = outcome.headline
    p_fewer = level.p_benefit if outcome.better == "lower" else 1 - level.p_benefit
    decimals = outcome.decimals
    if outcome.family == "binary":
        told = said("{outcome} on {found} of {days} against {other} of {other_days}")
        found, other = str(on.found), str(off.found)
        ways = said("made rarer by"), said("made more frequent by")
    elif outcome.family == "count":
        told = said("{outcome}: {found} a day on {days} against {other} a day on {other_days}")
        found, other = number(on.mean), number(off.mean)
        ways = said("fewer because of"), said("more because of")
    else:
        told = said("{outcome}: {found} on average on {days} against {other} on {other_days}")
        found, other = number(on.mean, decimals), number(off.mean, decimals)
        ways = said("lower because of"), said("higher because of")
    counted_days = told.format(
        outcome=outcome.title,
        found=found,
        days=_days_on(on.asked),
        other=other,
        other_days=_days_off(off.asked, level.contrast),
    )
    cause = _cause(level.includes)
    if outcome.verdict == "could-not-tell":
        open_told = said("{found}. We could not tell if that is {cause}.")
        open_told = open_told.format(found=counted_days, cause=cause)
        return open_told + _say_so(on.mean - off.mean, p_fewer)
    return f"{counted_days}: {_part_of(cause, p_fewer, ways)}."


def _say_so(difference: float, p_fewer: float) -> str:
    if not difference:
        return ""
    share = _of_100(p_fewer if difference < 0 else 1 - p_fewer)
    return " " + said("{share} answers say so.").format(share=share)


def _part_of(cause: str, p_fewer: float, ways: tuple[str, str]) -> str:
    """Say which way is likely, in the words of a family."""
    p, way = max((p_fewer, ways[0]), (1 - p_fewer, ways[1]))
    return said("{chance} {way} {cause} ({share})").format(
        chance=share_word(round(100 * p)), way=way, cause=cause, share=_of_100(p)
    )


def _of_100(p: float) -> str:
    """Return a chance as answers of 100, never as all or none of them unless it is."""
    if 0.995 <= p < 1:
        return said("more than 99 of 100")
    if 0 < p < 0.005:
        return said("less than 1 of 100")
    return said("{count} of 100").format(count=round(100 * p))


def harm_note() -> str:
    """Say why a count can look clearer than the chance beside it: both use the days differently."""
    return said(
        "The counts go by the capsule of the day. The chance also asks if the days fit a slow"
        " build-up and fade, as for your scores. So a side effect that comes at once can look less"
        " likely here than in the counts. Look at both."
    )


def harm_line(harm: Harm) -> str:
    """Return one side effect in short: its days on both sides, and how likely LDN is behind it.

    "We could not tell" stands in the same place as any other word.
    """
    if harm.p_raised is None or harm.effect is None:
        return f"{said('{harm}: no answer.').format(harm=harm.title)} {harm.reason or ''}".rstrip()
    word, cause = share_word(round(100 * harm.p_raised)), _cause(harm.includes)
    if word in (said("likely"), said("very likely")):
        told = said("{chance} caused by {cause}")
    elif word in (said("unlikely"), said("very unlikely")):
        told = said("{chance} to be made more frequent by {cause}")
    else:
        told = said("we could not tell whether {cause} had a part in it")
    return said("{harm} on {days}: {told} ({share}).").format(
        harm=harm.title,
        days=_days_with(harm),
        told=told.format(chance=word, cause=cause),
        share=_of_100(harm.p_raised),
    )


def harm_sentence(harm: Harm) -> str:
    """Return one side effect as `harm_line`, with the range of its difference."""
    if harm.effect is None:
        return harm_line(harm)
    likely = said("The true difference is likely between {low} and {high} in 100.").format(
        low=_more_days(harm.effect.low), high=_more_days(harm.effect.high)
    )
    return f"{harm_line(harm)} {likely}"


def _cause(includes: Sequence[str]) -> str:
    return "LDN" if tuple(includes) == ("drug",) else said(_MIXED_CAUSES["time" in includes])


_MIXED_CAUSES = {
    False: marked("LDN and your expectations together"),
    True: marked("LDN, your expectations and the passing of time together"),
}


def _days_with(harm: Harm) -> str:
    (on, asked_on), (off, asked_off) = harm.active, harm.comparison
    return said("{found} of {days} against {other} of {other_days}").format(
        found=on,
        days=_days_on(asked_on),
        other=off,
        other_days=_days_off(asked_off, harm.contrast),
    )


def _days_on(days: int) -> str:
    return said("{count} LDN days").format(count=days)


def _days_off(days: int, contrast: str) -> str:
    if contrast == "placebo":
        return said("{count} placebo days").format(count=days)
    return said("{count} days without LDN").format(count=days)


def _more_days(share: float) -> str:
    days = round(100 * share)
    if days < 0:
        return counted("{count} fewer day", "{count} fewer days", -days)
    return counted("{count} more day", "{count} more days", days)


def questions(outcome: OutcomeAnswer | None) -> tuple[str, ...]:
    """Return questions to take to the visit; never what to do."""
    if outcome is None:
        return (said("What would we need to write down to get an answer?"),)
    size = _size(outcome, outcome.headline.effect.mean)
    if outcome.verdict == "clear-benefit":
        return (
            said("Is a change of about {size} worth any side effects, to me?").format(size=size),
            said("What would we watch for if things change?"),
            said("When do we look at this again?"),
        )
    if outcome.verdict == "clear-harm":
        return (
            said("How much does a change of about {size} matter in my daily life?").format(
                size=size
            ),
            said("Could something else in those weeks explain it?"),
            said("What do these records mean for my plan?"),
        )
    return (
        said("Does it matter to me to know, or is not knowing good enough?"),
        said("If we looked again, what would we ask?"),
        said("When do we look at this again?"),
    )


def _told(outcome: OutcomeAnswer, level: Level, verdict: str) -> Sentence:
    if verdict == "could-not-tell":
        return _could_not_tell(outcome, level)
    change = said("about {change}").format(change=change_text(outcome, level.effect.mean))
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
        if not days:
            return said("less than 1 day in 100")
        return counted("{count} day in 100", "{count} days in 100", days)
    if outcome.family == "count":
        least = 10**-outcome.decimals
        if round(abs(value), outcome.decimals) < least:
            return said("less than {number} a day").format(number=number(least, outcome.decimals))
        return said("{number} a day").format(number=number(abs(value), outcome.decimals))
    return points(value, outcome.decimals)


def change_text(outcome: OutcomeAnswer, value: float) -> str:
    """Return a difference with its direction: ``1.3 points lower``, ``12 fewer days in 100``."""
    if outcome.family == "binary":
        return _days_text(round(100 * value / (outcome.maximum - outcome.minimum)), value < 0)
    told = said("{size} lower") if value < 0 else said("{size} higher")
    return told.format(size=_size(outcome, value))


def _days_text(days: int, is_fewer: bool) -> str:
    if not days:
        none = said("less than 1 fewer day in 100"), said("less than 1 more day in 100")
        return none[0] if is_fewer else none[1]
    if is_fewer:
        return counted("{count} fewer day in 100", "{count} fewer days in 100", -days)
    return counted("{count} more day in 100", "{count} more days in 100", days)


def matters(outcome: OutcomeAnswer) -> str:
    """Return the difference that matters as it is spoken."""
    if outcome.family in _OWN_WORDS:
        return _size(outcome, outcome.mcid)
    return matters_text(outcome.mcid)


def _drug(outcome: OutcomeAnswer, level: Level) -> str:
    """Name the drug, with its dose only where there is more than one to keep apart."""
    if len(outcome.levels) == 1:
        return "LDN"
    return said("{dose} of LDN").format(dose=dose_text(level.dose_mg))


def _opening(outcome: OutcomeAnswer, level: Level) -> str:
    told = _OPENINGS[level.counts_time].get(outcome.family, _OPENINGS[level.counts_time][""])
    return said(told).format(drug=_drug(outcome, level), outcome=outcome.name)


# By whether time is counted in, and by the family of the scale.
_OPENINGS = {
    False: {
        "binary": marked("On {drug} you noted {outcome} on "),
        "count": marked("On {drug} your number for {outcome} was "),
        "": marked("On {drug} your {outcome} was "),
    },
    True: {
        "binary": marked("Since you started {drug}, you noted {outcome} on "),
        "count": marked("Since you started {drug}, your number for {outcome} was "),
        "": marked("Since you started {drug}, your {outcome} was "),
    },
}


def _contrast_words(level: Level) -> str:
    return said("placebo") if level.contrast == "placebo" else said("no LDN")


def _than(level: Level) -> str:
    if level.counts_time:
        return said("than without it")
    return said("than on placebo") if level.contrast == "placebo" else said("than without LDN")


def _likely_between(outcome: OutcomeAnswer, level: Level) -> str:
    low, high, decimals = level.effect.low, level.effect.high, outcome.decimals
    is_both = low < 0 < high and float(f"{high:.{decimals}f}") and float(f"{low:.{decimals}f}")
    if outcome.family in _OWN_WORDS or is_both:
        ends = change_text(outcome, low), change_text(outcome, high)
    elif level.effect.mean < 0:
        ends = number(max(-high, 0.0), decimals), number(-low, decimals)
    else:
        ends = number(max(low, 0.0), decimals), number(high, decimals)
    likely = said("The true difference is likely between {low} and {high}.")
    return likely.format(low=ends[0], high=ends[1])


def _anywhere(outcome: OutcomeAnswer, level: Level) -> str:
    low, high = (change_text(outcome, end) for end in (level.effect.low, level.effect.high))
    told = said("The true difference may lie anywhere from {low} to {high}.")
    return told.format(low=low, high=high)


def _includes(level: Level) -> str:
    if level.counts_time:
        return " " + said("This is the drug, your expectations and the passing of time together.")
    if level.counts_expectation:
        return " " + said("This is the drug and your expectations together.")
    return ""


def _worth_saying(outcome: OutcomeAnswer, verdict: str) -> str:
    """Say better or worse where the direction alone could be misread."""
    if verdict == "clear-harm":
        return " " + said("That is worse.")
    return " " + said("That is better.") if outcome.better == "higher" else ""


def _could_not_tell(outcome: OutcomeAnswer, level: Level) -> Sentence:
    after = f" {_anywhere(outcome, level)}{_includes(level)}"
    drug = _drug(outcome, level)
    if level.counts_time:
        return Sentence(
            before=said("Since you started {drug}, ").format(drug=drug),
            strong=said("we could not tell"),
            after=said(" whether your {outcome} changed.").format(outcome=outcome.name) + after,
        )
    told = said(" whether {drug} changed your {outcome}.")
    if level.contrast != "placebo":
        told = said(" whether {drug} changed your {outcome}, compared with no LDN.")
    return Sentence(
        before="",
        strong=said("We could not tell"),
        after=told.format(drug=drug, outcome=outcome.name) + after,
    )
