"""The saved answer, read once: the only place that knows the keys of the answer file.

Reports are built from the saved file alone, so that any report can be made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openldn.protocol.problems import InputError, Problem
from openldn.report.speaking import said
from openldn.report.words import name_text, places, shares_of_100, title_text

if TYPE_CHECKING:
    from openldn.protocol.plan import Plan

__all__ = [
    "Blinding",
    "DayCount",
    "Forecast",
    "Guess",
    "GuessCounts",
    "Handled",
    "Harm",
    "HarmDose",
    "Interval",
    "Level",
    "OutcomeAnswer",
    "Reason",
    "SavedAnswer",
    "SensitivityRow",
]

# contract.md section 2: the rule a plan uses unless it says otherwise.
_USUAL_DECISION = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean with its 95% interval (2.5% to 97.5%)."""

    mean: float
    sd: float | None
    low: float
    high: float

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Interval:
        """Read the summary of one quantity."""
        sd = given.get("sd")
        return cls(
            mean=float(given["mean"]),
            sd=None if sd is None else float(sd),
            low=float(given["q025"]),
            high=float(given["q975"]),
        )

    @classmethod
    def read_if_there(cls, given: object) -> Interval | None:
        """Read a summary that may be missing or empty."""
        if isinstance(given, Mapping) and {"mean", "q025", "q975"} <= given.keys():
            return cls.read(given)
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """What the answer says about one dose in one part of the trial."""

    part: str
    dose_mg: float
    days: int
    contrast: str
    includes: tuple[str, ...]
    effect: Interval
    p_benefit: float
    p_meaningful_benefit: float
    p_about_same: float
    p_meaningful_harm: float
    p_best: float | None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Level:
        """Read one entry of ``levels``."""
        best = given.get("p_best")
        return cls(
            part=str(given["part"]),
            dose_mg=float(given["dose_mg"]),
            days=int(given["days"]),
            contrast=str(given["contrast"]),
            includes=tuple(given["includes"]),
            effect=Interval.read(given["effect"]),
            p_benefit=float(given["p_benefit"]),
            p_meaningful_benefit=float(given["p_meaningful_benefit"]),
            p_about_same=float(given["p_about_same"]),
            p_meaningful_harm=float(given["p_meaningful_harm"]),
            p_best=None if best is None else float(best),
        )

    @property
    def shares(self) -> tuple[int, int, int]:
        """Better, about the same, worse, in whole answers that add up to 100."""
        better, same, worse = shares_of_100(
            (self.p_meaningful_benefit, self.p_about_same, self.p_meaningful_harm)
        )
        return better, same, worse

    @property
    def counts_time(self) -> bool:
        """Whether the mere passing of time is part of this difference (grade E)."""
        return "time" in self.includes

    @property
    def counts_expectation(self) -> bool:
        """Whether hopes are part of this difference."""
        return "expectation" in self.includes


@dataclass(frozen=True, kw_only=True, slots=True)
class SensitivityRow:
    """The same question asked under another assumption."""

    name: str
    dose_mg: float | None
    effect: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """An event on the way, what the plan did about it, and how many days that touched."""

    event: str
    strategy: str
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason for the grade, with its stable code."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmDose:
    """One side effect at one dose: days with it of days asked, and the chance of being raised."""

    dose_mg: float
    found: int
    asked: int
    p_raised: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """Scores of few answers on one side: days with a score, those above the lowest, their sum."""

    found: int
    asked: int
    sum: float

    @property
    def mean(self) -> float | None:
        """The average answer; None without one."""
        return self.sum / self.asked if self.asked else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """What was said about one hidden period, beside what it held."""

    period: int
    arm: str
    said: str  # active | placebo | unknown
    confidence: int | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GuessCounts:
    """How the guesses about one arm fell, with Bang's index and its interval."""

    arm: str
    right: int
    wrong: int
    unknown: int
    bang: tuple[float, float, float]  # index, low, high

    @property
    def answered(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Blinding:
    """The guesses about hidden periods: a description, never a verdict."""

    periods: int
    guesses: tuple[Guess, ...]
    arms: tuple[GuessCounts, ...]
    james: tuple[float, float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """Virtual trials with the person's own noise, run because a question stayed open.

    `plans` are pairs, days of a period, days in all, and the share of trials with a clear answer;
    the trial that was run stands first. `mcse` is the largest error of these shares.
    """

    effect: float
    trials: int
    mcse: float
    plans: tuple[tuple[int, int, int, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Harm:
    """One side effect: days with it of days asked, and what the answer says of the difference.

    `effect` is the difference in the share of days; where there is no answer it, `p_raised` and the
    `includes` are missing and `reason` says why.
    """

    id: str
    contrast: str
    active: tuple[int, int]
    comparison: tuple[int, int]
    reason: str | None
    includes: tuple[str, ...]
    p_raised: float | None
    effect: Interval | None
    doses: tuple[HarmDose, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Harm:
        """Read one entry of ``harms``."""
        p_raised = given.get("p_raised")
        return cls(
            id=str(given["id"]),
            contrast=str(given["contrast"]),
            active=_found_of(given["days_active"]),
            comparison=_found_of(given["days_contrast"]),
            reason=None if given.get("reason") is None else str(given["reason"]),
            includes=tuple(given.get("includes") or ()),
            p_raised=None if p_raised is None else float(p_raised),
            effect=Interval.read_if_there(given.get("effect")),
            doses=tuple(
                HarmDose(
                    dose_mg=float(one["dose_mg"]),
                    found=int(one["days"]["found"]),
                    asked=int(one["days"]["asked"]),
                    p_raised=float(one["p_raised"]),
                )
                for one in given.get("levels", ())
            ),
        )

    @property
    def title(self) -> str:
        """The side effect as a heading."""
        return said(title_text(self.id.replace("-", " ")))


def _found_of(given: Mapping[str, Any]) -> tuple[int, int]:
    return int(given["found"]), int(given["asked"])


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeAnswer:
    """Everything the answer says about one outcome."""

    id: str
    label: str
    role: str
    better: str
    minimum: float
    maximum: float
    mcid: float
    family: str
    days_recorded: int
    verdict: str
    is_worthwhile: bool
    levels: tuple[Level, ...]
    named_headline: tuple[str, float] | None
    p_best_none: float | None
    decision: float
    pill: Interval | None
    onset_days: Interval | None
    offset_days: Interval | None
    noise_sd: Interval | None
    wander_sd: Interval | None
    phi: Interval | None
    white_share: Interval | None
    trend: Interval | None
    events: tuple[tuple[str, Interval], ...]
    randomisation_test: Mapping[str, Any] | None
    sensitivity: tuple[SensitivityRow, ...]
    joint: Interval | None  # a secondary outcome leaning on the others
    hundred: tuple[float, ...]  # equally likely effects in rising order; empty in an older file
    active: DayCount | None  # families of few answers only, as `comparison`
    comparison: DayCount | None
    diagnostics: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The outcome as it stands inside a sentence."""
        return name_text(self.label)

    @property
    def title(self) -> str:
        """The outcome as a heading."""
        return title_text(self.label)

    @property
    def decimals(self) -> int:
        """How many decimals its points are printed with."""
        return places(self.mcid)

    @property
    def better_word(self) -> str:
        """The direction that is better."""
        return "lower" if self.better == "lower" else "higher"

    @property
    def worse_word(self) -> str:
        """The direction that is worse."""
        return "higher" if self.better == "lower" else "lower"

    @property
    def main_levels(self) -> tuple[Level, ...]:
        """The levels of the part that carries the conclusion: the randomised one if any."""
        randomised = tuple(level for level in self.levels if level.part == "randomised")
        return randomised or self.levels

    @property
    def open_levels(self) -> tuple[Level, ...]:
        """Doses tried only openly beside a randomised part: a second, separate answer."""
        main = self.main_levels
        return tuple(level for level in self.levels if level not in main)

    @property
    def headline(self) -> Level:
        """The level the verdict speaks about: the one the file names.

        A file that names none: the dose held longest (the larger dose on a tie), unless
        its own numbers do not carry the verdict; then the level that carries it most.
        """
        for level in self.levels:
            if (level.part, level.dose_mg) == self.named_headline:
                return level
        longest = max(self.main_levels, key=lambda level: (level.days, level.dose_mg))
        if self.verdict == "clear-benefit" and longest.p_benefit < self.decision:
            return max(self.main_levels, key=lambda level: level.p_benefit)
        if self.verdict == "clear-harm" and 1 - longest.p_benefit < self.decision:
            return min(self.main_levels, key=lambda level: level.p_benefit)
        return longest

    def verdict_of(self, level: Level) -> str:
        """Apply the plan's decision rule to one level (model.md section 1)."""
        if level.p_benefit >= self.decision:
            return "clear-benefit"
        return "clear-harm" if 1 - level.p_benefit >= self.decision else "could-not-tell"


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedAnswer:
    """A whole saved answer, checked and typed."""

    version: str
    kind: str
    grade: str
    grade_reasons: tuple[Reason, ...]
    days: int
    days_recorded: int
    outcomes: tuple[OutcomeAnswer, ...]
    refused: tuple[tuple[str, str], ...]
    harms: tuple[Harm, ...]
    handled: tuple[Handled, ...] | None  # None where the plan has no strategies
    blinding: Blinding | None  # None where no guess was recorded
    forecast: Forecast | None  # only where it was asked for with the answer
    model: Mapping[str, Any]
    limits: tuple[str, ...]
    citations: tuple[str, ...]

    @classmethod
    def read(cls, answer: Mapping[str, Any], *, plan: Plan | None = None) -> SavedAnswer:
        """Read an answer as saved; outcome labels come from the plan where there is one."""
        if answer.get("kind") != "answer" or answer.get("format") != 1:
            raise InputError([_wrong_file(answer)])
        labels = {outcome.id: outcome.label for outcome in plan.outcomes} if plan else {}
        try:
            return _read(answer, labels, _decision(answer, plan))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError([_damaged(error)]) from error

    @property
    def primary(self) -> OutcomeAnswer | None:
        """The outcome that carries the conclusion; the first one if none is named primary."""
        for outcome in self.outcomes:
            if outcome.role == "primary":
                return outcome
        return self.outcomes[0] if self.outcomes else None

    @property
    def others(self) -> tuple[OutcomeAnswer, ...]:
        """Every outcome beside the primary one, in the order of the file."""
        return tuple(outcome for outcome in self.outcomes if outcome is not self.primary)


def _read(answer: Mapping[str, Any], labels: Mapping[str, str], decision: float) -> SavedAnswer:
    design = answer["design"]
    return SavedAnswer(
        version=str(answer.get("openldn", "")),
        kind=str(design.get("kind") or ""),
        grade=str(design["grade"]),
        grade_reasons=tuple(
            Reason(code=str(reason["code"]), text=str(reason["text"]))
            for reason in design["grade_reasons"]
        ),
        days=int(design["days"]),
        days_recorded=int(design["days_recorded"]),
        outcomes=tuple(_outcome(given, labels, decision) for given in answer["outcomes"]),
        refused=tuple(
            (title_text(labels.get(str(key), str(key))), str(reason))
            for key, reason in answer.get("refused", {}).items()
        ),
        # A file from before side effects were asked has none.
        harms=tuple(Harm.read(given) for given in answer.get("harms", ())),
        handled=_handled(answer.get("estimand")),
        blinding=_blinding(answer.get("blinding")),
        forecast=_forecast(answer.get("forecast")),
        model=answer.get("model", {}),
        limits=tuple(str(limit) for limit in answer.get("limits", ())),
        citations=tuple(_citation(citation) for citation in answer.get("citations", ())),
    )


def _outcome(given: Mapping[str, Any], labels: Mapping[str, str], decision: float) -> OutcomeAnswer:
    minimum, maximum = given["scale"]
    best_none = given.get("p_best_none")
    quantity = {
        key: Interval.read_if_there(given.get(key))
        for key in (
            "onset_days",
            "offset_days",
            "noise_sd",
            "wander_sd",
            "phi",
            "white_share",
            "trend",
        )
    }
    pill, named = given.get("pill"), given.get("headline")
    return OutcomeAnswer(
        id=str(given["id"]),
        label=labels.get(given["id"]) or str(given.get("label") or given["id"]),
        role=str(given["role"]),
        better=str(given["better"]),
        minimum=float(minimum),
        maximum=float(maximum),
        mcid=float(given["mcid"]),
        family=str(given["family"]),
        days_recorded=int(given["days_recorded"]),
        verdict=str(given["verdict"]),
        is_worthwhile=bool(given["worthwhile"]),
        levels=tuple(Level.read(level) for level in given["levels"]),
        named_headline=(str(named["part"]), float(named["dose_mg"])) if named else None,
        p_best_none=None if best_none is None else float(best_none),
        decision=decision,
        pill=Interval.read_if_there(pill.get("effect")) if pill else None,
        events=tuple(
            (str(event["id"]), Interval.read(event["effect"])) for event in given.get("events", ())
        ),
        randomisation_test=given.get("randomisation_test"),
        sensitivity=tuple(_sensitivity(row) for row in given.get("sensitivity", ())),
        joint=Interval.read_if_there((given.get("joint") or {}).get("effect")),
        hundred=tuple(float(value) for value in given.get("hundred", ())),
        active=_day_count(given.get("days_active")),
        comparison=_day_count(given.get("days_contrast")),
        diagnostics=given.get("diagnostics", {}),
        **quantity,
    )


def _day_count(given: Mapping[str, Any] | None) -> DayCount | None:
    if given is None:
        return None
    return DayCount(found=int(given["found"]), asked=int(given["asked"]), sum=float(given["sum"]))


def _blinding(given: Mapping[str, Any] | None) -> Blinding | None:
    if given is None:
        return None
    return Blinding(
        periods=int(given["periods"]),
        guesses=tuple(
            Guess(
                period=int(one["period"]),
                arm=str(one["arm"]),
                said=str(one["said"]),
                confidence=None if one["confidence"] is None else int(one["confidence"]),
                reason=str(one["reason"]),
            )
            for one in given["guesses"]
        ),
        arms=tuple(
            GuessCounts(
                arm=str(arm),
                right=int(one["right"]),
                wrong=int(one["wrong"]),
                unknown=int(one["unknown"]),
                bang=_index(one["bang"]),
            )
            for arm, one in given["arms"].items()
        ),
        james=None if given["james"] is None else _index(given["james"]),
    )


def _index(given: Mapping[str, Any]) -> tuple[float, float, float]:
    return float(given["index"]), float(given["low"]), float(given["high"])


def _forecast(given: Mapping[str, Any] | None) -> Forecast | None:
    if given is None:
        return None
    return Forecast(
        effect=float(given["effect"]),
        trials=int(given["trials"]),
        mcse=float(given["mcse"]),
        plans=tuple(
            (int(one["pairs"]), int(one["period_days"]), int(one["days"]), float(one["p_clear"]))
            for one in given["plans"]
        ),
    )


def _handled(given: Sequence[Mapping[str, Any]] | None) -> tuple[Handled, ...] | None:
    if given is None:
        return None
    return tuple(
        Handled(event=str(one["event"]), strategy=str(one["strategy"]), days=int(one["days"]))
        for one in given
    )


def _sensitivity(given: Mapping[str, Any]) -> SensitivityRow:
    dose = given.get("dose_mg")
    return SensitivityRow(
        name=str(given["name"]),
        dose_mg=None if dose is None else float(dose),
        effect=Interval.read(given["effect"]),
    )


def _citation(given: object) -> str:
    if isinstance(given, Mapping):
        return ". ".join(str(part) for part in given.values() if part)
    return str(given)


def _decision(answer: Mapping[str, Any], plan: Plan | None) -> float:
    # The file states the threshold it used: with looks it lies above the plan's own.
    stated = answer.get("model", {}).get("decision")
    if isinstance(stated, int | float):
        return float(stated)
    return plan.analysis.decision if plan is not None else _USUAL_DECISION


def _wrong_file(answer: Mapping[str, Any]) -> Problem:
    return Problem(
        code="LDN-A901",
        place="the answer file",
        given=f"kind {_shown(answer.get('kind'))}, format {_shown(answer.get('format'))}",
        expected='kind "answer", format 1 (a number)',
        todo="Give the file that `openldn analyse --json` wrote.",
    )


def _shown(value: object) -> str:
    """A value as the file has it: text in quotes, a number without."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def _damaged(error: Exception) -> Problem:
    return Problem(
        code="LDN-A902",
        place="the answer file",
        given=f"a file with a part that is missing or of the wrong kind ({error})",
        expected="an answer as `openldn analyse --json` writes it",
        todo="Run the analysis again and use its file unchanged.",
    )
