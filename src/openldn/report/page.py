"""The answer as HTML: fragments for the web pages, and one whole file for sharing.

Order of things (standards.md section 3): the sentence, a hundred icons, the days, good and
bad side by side, what this cannot tell, the doctor's detail, and last a question for the visit. A
question that stayed open has the same parts in the same order, and three more: why, what would make
it clearer, and what is still true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from openldn.report.by_dose import by_dose_html
from openldn.report.by_size import by_size_html
from openldn.report.checks import joint_text
from openldn.report.daily_plot import DailyPlot, Scale, opened_plot
from openldn.report.doctor import doctor_html
from openldn.report.forecast import forecast_html
from openldn.report.guesses import guesses_html
from openldn.report.harms import HarmTable, harm_table, harms_html, harms_told
from openldn.report.icons import icons_html
from openldn.report.markup import bullets, esc, in_english, section
from openldn.report.plot_days import plot_days
from openldn.report.saved import OutcomeAnswer, SavedAnswer
from openldn.report.sentences import (
    GIVEN,
    HEADING,
    PURPOSE,
    Sentence,
    counted_sentence,
    dose_sentence,
    first_sentence,
    interval_note,
    open_sentences,
    questions,
    recorded_sentence,
    scale_sentence,
    shares,
    size_sentence,
    still_true,
    why_open,
)
from openldn.report.speaking import said
from openldn.report.strip import STRIP_HEADING, strip_html, strip_sentence

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.protocol.plan import Arm, Plan

__all__ = ["AnswerPage", "Part", "render_html", "stylesheet"]

_STYLES = ("tokens.css", "answer.css", "file.css")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page below the first: a name that stays, its heading, and its HTML."""

    name: str
    heading: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerPage:
    """An answer with what is needed to tell it; every property is a fragment of HTML.

    Fragments carry classes of ``report/static/answer.css`` and nothing inline.
    """

    saved: SavedAnswer
    primary: OutcomeAnswer | None
    plot: DailyPlot | None
    harms: HarmTable | None
    has_diary: bool

    @classmethod
    def build(
        cls,
        answer: Mapping[str, Any],
        *,
        diary: Diary | None = None,
        plan: Plan | None = None,
        order: Sequence[Arm] | None = None,
    ) -> AnswerPage:
        """Read the saved answer; the days come from the diary, the order from the opened seal."""
        saved = SavedAnswer.read(answer, plan=plan)
        primary = saved.primary
        plot, harms = None, None
        if diary is not None and primary is not None:
            rows = plot_days(diary, primary.id, plan=plan, order=order)
            scale = Scale.of(primary)
            plot = opened_plot(rows, scale=scale) if rows else None
            level = primary.headline
            harms = harm_table(
                rows,
                scale=scale,
                comparison_arm=level.contrast,
                is_randomised=level.part == "randomised" and plan is not None,
            )
        return cls(
            saved=saved, primary=primary, plot=plot, harms=harms, has_diary=diary is not None
        )

    @property
    def hero(self) -> str:
        """The first sentence beside its hundred icons."""
        if self.primary is None:
            return self._no_answer
        return (
            f'<div class="hero"><div class="stack">{self.sentence}</div>'
            f"<section><h2>{esc(said('How sure is that?'))}</h2>{self.hundred}</section></div>"
        )

    @property
    def sentence(self) -> str:
        """The one sentence, and under it the scale and what the range means."""
        if self.primary is None:
            return self._no_answer
        outcome = self.primary
        lines = [size_sentence(outcome), dose_sentence(outcome), counted_sentence(outcome)]
        told = "".join(f"<p>{esc(line)}</p>" for line in lines if line)
        if outcome.verdict == "could-not-tell":
            told += (
                f"<p>{esc(said('This is a real result.'))} {esc(recorded_sentence(self.saved))}</p>"
            )
        return (
            f'<p class="say">{_spoken(first_sentence(outcome))}</p>{told}'
            f'<p class="soft small">{esc(scale_sentence(outcome))} {esc(interval_note())}</p>'
        )

    @property
    def hundred(self) -> str:
        """The hundred icons with their list."""
        if self.primary is None:
            return ""
        told = said(
            "Picture 100 answers that all fit your records. This is how they fall, {given}."
        ).format(given=said(GIVEN))
        return f"<p>{esc(told)}</p>{icons_html(shares(self.primary))}{by_size_html(self.primary)}"

    @property
    def day_by_day(self) -> str:
        """The daily plot with its table, or a sentence where no diary came along."""
        if self.plot is None:
            told = said("The diary did not come with this answer, so no days are shown.")
            return f"<p>{esc(told)}</p>"
        return self.plot.html

    @property
    def good_and_bad(self) -> str:
        """Good days and side effects, side by side, and how likely LDN is behind each."""
        told = harms_told(self.saved.harms)
        told += by_dose_html(self.saved, self.primary) if self.primary else ""
        return told if told and self.harms is None else harms_html(self.harms) + told

    @property
    def open_part(self) -> str:
        """The second, separate answer about doses tried only openly; empty without any."""
        if self.primary is None or not self.primary.open_levels:
            return ""
        told = said("These weeks are apart from the answer above. You knew what you took.")
        return f"<p>{esc(told)}</p>" + bullets(open_sentences(self.primary))

    @property
    def stayed_open(self) -> str:
        """Why a question stayed open; empty for a clear answer."""
        if self.primary is None or self.primary.verdict != "could-not-tell":
            return ""
        return bullets(why_open(self.saved, self.primary))

    @property
    def clearer(self) -> str:
        """What would make an open question clearer, where that was computed; else empty."""
        if self.primary is None or self.primary.verdict != "could-not-tell":
            return ""
        return forecast_html(self.saved.forecast, self.primary)

    @property
    def other_ways(self) -> str:
        """The sensitivity strip of the primary outcome; empty where there are no other ways."""
        if self.primary is None or not (told := strip_sentence(self.primary)):
            return ""
        return f"<p>{esc(told)}</p>{strip_html(self.primary)}"

    @property
    def still_true(self) -> str:
        """What an open answer still rules out; empty for a clear one."""
        if self.primary is None or self.primary.verdict != "could-not-tell":
            return ""
        return bullets(still_true(self.primary))

    @property
    def other_outcomes(self) -> str:
        """Each other outcome with its sentence and its hundred icons, then the refused ones."""
        told = "".join(_other(outcome) for outcome in self.saved.others)
        if self.saved.refused:
            lines = [f"{name}: {reason}" for name, reason in self.saved.refused]
            told += f"<h3>{esc(said('No answer for'))}</h3>{in_english(bullets(lines))}"
        return told

    @property
    def cannot_tell(self) -> str:
        """What this cannot tell: the engine's own limits, word for word."""
        return in_english(bullets(self.saved.limits))

    @property
    def doctor(self) -> str:
        """The doctor's detail of every outcome."""
        if len(self.saved.outcomes) == 1:
            return in_english(doctor_html(self.saved, self.saved.outcomes[0]))
        ordered = ((self.primary,) if self.primary else ()) + self.saved.others
        return in_english(
            "".join(
                f"<h3>{esc(outcome.title)}</h3>{doctor_html(self.saved, outcome)}"
                for outcome in ordered
            )
        )

    @property
    def visit(self) -> str:
        """Questions for the visit."""
        return bullets(questions(self.primary))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything below the first part, in its fixed order; empty parts are left out."""
        parts = (
            Part("days", said("Day by day"), self.day_by_day),
            Part("good-and-bad", said("The good and the bad, side by side"), self.good_and_bad),
            Part("open-weeks", said("Doses from the open weeks"), self.open_part),
            Part("why-open", said("Why it stayed open"), self.stayed_open),
            Part("clearer", said("What would make it clearer"), self.clearer),
            Part("still-true", said("What is still true"), self.still_true),
            Part("others", said("Other things you tracked"), self.other_outcomes),
            Part(
                "guesses",
                said("What you guessed, and what it was"),
                guesses_html(self.saved.blinding),
            ),
            Part("other-ways", said(STRIP_HEADING), self.other_ways),
            Part(
                "limits",
                said("What this cannot tell you"),
                self.cannot_tell if self.saved.limits else "",
            ),
            Part("doctor", said("Details for the doctor"), self.doctor),
            Part("visit", said("To talk about at the visit"), self.visit),
        )
        return tuple(part for part in parts if part.html)

    @property
    def body(self) -> str:
        """The whole answer in its fixed order, under the heading of the page."""
        return self.hero + "".join(section(part.heading, part.html) for part in self.parts)

    @property
    def _no_answer(self) -> str:
        lines = [f"{name}: {reason}" for name, reason in self.saved.refused]
        told = said("There is no answer yet.")
        return f'<p class="say"><b>{esc(told)}</b></p>{in_english(bullets(lines))}'


def render_html(
    answer: Mapping[str, Any],
    *,
    diary: Diary | None = None,
    plan: Plan | None = None,
    order: Sequence[Arm] | None = None,
) -> str:
    """Return the answer as one self-contained HTML file, without scripts."""
    page = AnswerPage.build(answer, diary=diary, plan=plan, order=order)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{esc(HEADING)} - OpenLDN</title>\n<style>\n{stylesheet()}</style>\n</head>\n"
        f'<body class="wide">\n<main id="main"><div class="wrap">\n'
        f'<header class="title"><h1 class="kicker">{esc(HEADING)}</h1>'
        f'<p class="small">{esc(PURPOSE)}</p></header>\n{page.body}\n'
        "</div></main>\n</body>\n</html>\n"
    )


def stylesheet() -> str:
    """Return the styles that a shared file carries inside itself."""
    folder = files("openldn.report") / "static"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in _STYLES)


def _spoken(sentence: Sentence) -> str:
    return f"{esc(sentence.before)}<b>{esc(sentence.strong)}</b>{esc(sentence.after)}"


def _other(outcome: OutcomeAnswer) -> str:
    lines = [
        size_sentence(outcome),
        dose_sentence(outcome),
        counted_sentence(outcome),
        joint_text(outcome),
        *open_sentences(outcome),
    ]
    told = "".join(f"<p>{esc(line)}</p>" for line in lines if line)
    return (
        f'<section class="other"><h3>{esc(outcome.title)}</h3>'
        f'<p class="lead">{_spoken(first_sentence(outcome))}</p>{told}'
        f'<p class="soft small">{esc(scale_sentence(outcome))}</p>'
        f"{icons_html(shares(outcome))}</section>"
    )
