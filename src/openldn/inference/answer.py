"""The answer: what the posterior says, in the outcome's own points, and how it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from openldn._version import __version__
from openldn.inference.blinding import Blinding
from openldn.inference.estimand import Touched
from openldn.inference.gaussian import Fit
from openldn.inference.grade import Grade
from openldn.inference.influence import PriorInfluence
from openldn.inference.joint import Joint
from openldn.inference.looks import Look
from openldn.inference.mixture import Mixture, Summary
from openldn.inference.randomisation import RandomisationTest
from openldn.inference.sensitivity import Row
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family, Outcome
from openldn.protocol.plan import Arm

if TYPE_CHECKING:
    import altair


__all__ = [
    "Answer",
    "Counted",
    "Design",
    "HarmAnswer",
    "HarmLevel",
    "LevelAnswer",
    "OutcomeAnswer",
    "Summed",
]

FORMAT = 1
# Numbers are written with this many digits: more than any of them is good for, few enough to read.
DIGITS = 10
# A hundred answers that are equally likely: the middle of each hundredth of the posterior.
HUNDRED = (np.arange(100) + 0.5) / 100


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelAnswer:
    """What one dose did, against its contrast.

    Attributes
    ----------
    part
        `randomised`, or `open` for days on which the person knew what she took.
    contrast
        Placebo, or none: taking nothing.
    includes
        What else is in the difference: `drug`, then `expectation`, then `time`.
    effect
        Difference at steady state in the outcome's own points; negative = lower score.
    link_effect
        The coefficient on the link scale; None for the Gaussian family, where it is `effect`.
    p_benefit, p_meaningful_benefit, p_about_same, p_meaningful_harm
        Probabilities given the records and the assumptions; the last three add up to 1.
    p_best
        Share in which this dose is the best candidate; None for doses that were not compared.
    """

    part: str
    dose: Dose
    days: int
    contrast: Arm
    includes: tuple[str, ...]
    effect: Summary
    link_effect: Summary | None
    p_benefit: float
    p_meaningful_benefit: float
    p_about_same: float
    p_meaningful_harm: float
    p_best: float | None
    posterior: Mixture = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """One row of `levels`."""
        return {
            "part": self.part,
            "arm": str(Arm.ACTIVE),
            "dose_mg": float(self.dose.mg),
            "days": self.days,
            "contrast": str(self.contrast),
            "includes": list(self.includes),
            "effect": self.effect.to_json(),
            "link_effect": _json(self.link_effect),
            "p_benefit": self.p_benefit,
            "p_meaningful_benefit": self.p_meaningful_benefit,
            "p_about_same": self.p_about_same,
            "p_meaningful_harm": self.p_meaningful_harm,
            "p_best": self.p_best,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """On how many of the days that were asked it was there."""

    found: int
    asked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Summed:
    """The days with a score: how many, how many above the lowest answer, and their sum."""

    found: int
    asked: int
    sum: float

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"found": self.found, "asked": self.asked, "sum": self.sum}


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmLevel:
    """One dose of a side effect: its days with it of days asked, and the answer about it."""

    days: Counted
    level: LevelAnswer

    def to_json(self) -> dict[str, Any]:
        """One row of `levels` of a side effect."""
        return {
            "dose_mg": float(self.level.dose.mg),
            "days": {"found": self.days.found, "asked": self.days.asked},
            "p_raised": 1.0 - self.level.p_benefit,
            "effect": self.level.effect.to_json(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmAnswer:
    """What the diary tells about one side effect.

    Attributes
    ----------
    active, comparison
        Days with it of days asked, on LDN and on the contrast; by the capsule of the day.
    contrast
        What LDN is held against.
    level
        The dose that the answer is about; None where there is no answer.
    levels
        Every dose of the part, in order; empty where there is no answer.
    reason
        Why there is none, a plain sentence; else None.
    """

    id: str
    active: Counted
    comparison: Counted
    contrast: Arm
    level: LevelAnswer | None
    levels: tuple[HarmLevel, ...] = ()
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """One row of `harms`."""
        level = self.level
        found: dict[str, Any] = {
            "id": self.id,
            "family": str(Family.BINARY),
            "contrast": str(self.contrast),
            "days_active": {"found": self.active.found, "asked": self.active.asked},
            "days_contrast": {"found": self.comparison.found, "asked": self.comparison.asked},
            "reason": self.reason,
            "levels": [one.to_json() for one in self.levels],
        }
        if level is None:
            return found | dict.fromkeys(
                ("part", "dose_mg", "includes", "p_raised", "effect", "link_effect")
            )
        return found | {
            "part": level.part,
            "dose_mg": float(level.dose.mg),
            "includes": list(level.includes),
            "p_raised": 1.0 - level.p_benefit,
            "effect": level.effect.to_json(),
            "link_effect": level.link_effect and level.link_effect.to_json(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeAnswer:
    """Everything about one outcome; `headline` is the level that carries the verdict.

    `noise_sd` and `white_share` belong to the Gaussian family, `wander_sd` (on the link scale) and
    `effective_draws` to the others, `dispersion` to counts; each is None elsewhere. `active` and
    `comparison` are the days with a score on LDN and on the contrast, by the capsule of the day;
    None for the Gaussian family, whose days are told by their averages.
    """

    outcome: Outcome
    days_recorded: int
    verdict: str
    is_worthwhile: bool
    headline: LevelAnswer
    levels: tuple[LevelAnswer, ...]
    p_best_none: float
    pill: Summary | None
    link_pill: Summary | None
    prior_influence: PriorInfluence | None
    onset_days: Summary
    offset_days: Summary | None
    noise_sd: Summary | None
    wander_sd: Summary | None
    dispersion: Summary | None
    phi: Summary
    white_share: Summary | None
    trend: Summary
    events: tuple[tuple[str, Summary], ...]
    grid_points: int
    effective_grid_points: float
    effective_draws: float | None
    randomisation_test: RandomisationTest | None = None
    sensitivity: tuple[Row, ...] = ()
    joint: Joint | None = None
    active: Summed | None = None
    comparison: Summed | None = None
    fit: Fit | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """One row of `outcomes`."""
        return {
            "id": self.outcome.id,
            "label": self.outcome.label,
            "role": str(self.outcome.role),
            "better": str(self.outcome.better),
            "scale": [self.outcome.minimum, self.outcome.maximum],
            "mcid": self.outcome.mcid,
            "family": str(self.outcome.family),
            "days_recorded": self.days_recorded,
            "verdict": self.verdict,
            "worthwhile": self.is_worthwhile,
            "headline": {"part": self.headline.part, "dose_mg": float(self.headline.dose.mg)},
            "levels": [level.to_json() for level in self.levels],
            "p_best_none": self.p_best_none,
            "pill": self.pill
            and {"effect": self.pill.to_json(), "link_effect": _json(self.link_pill)},
            "prior_influence": self.prior_influence and self.prior_influence.to_json(),
            "onset_days": self.onset_days.to_json(),
            "offset_days": _json(self.offset_days),
            "noise_sd": _json(self.noise_sd),
            "wander_sd": _json(self.wander_sd),
            "dispersion": _json(self.dispersion),
            "phi": self.phi.to_json(),
            "white_share": _json(self.white_share),
            "trend": self.trend.to_json(),
            "events": [{"id": event, "effect": effect.to_json()} for event, effect in self.events],
            "randomisation_test": (
                None if self.randomisation_test is None else self.randomisation_test.to_json()
            ),
            "sensitivity": [row.to_json() for row in self.sensitivity],
            "joint": None if self.joint is None else self.joint.to_json(),
            "hundred": [float(q) for q in self.headline.posterior.quantiles(HUNDRED)],
            "days_active": self.active and self.active.to_json(),
            "days_contrast": self.comparison and self.comparison.to_json(),
            "diagnostics": {
                "grid_points": self.grid_points,
                "effective_grid_points": self.effective_grid_points,
                "effective_draws": self.effective_draws,
            },
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """The trial as it was run."""

    kind: str
    grade: Grade
    days: int
    days_recorded: int
    look: Look | None = None

    @property
    def look_json(self) -> dict[str, Any]:
        """Where the diary stands among the looks; no key where the plan has none."""
        return {} if self.look is None else {"look": self.look.to_json()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The whole answer to one diary; `estimand` is None where the plan has no such block.

    `blinding` is None where no guess about a hidden period was recorded.
    """

    design: Design
    outcomes: Mapping[str, OutcomeAnswer]
    refused: Mapping[str, str]
    harms: "tuple[HarmAnswer, ...]"
    estimand: tuple[Touched, ...] | None = None
    blinding: Blinding | None = None
    model: Mapping[str, Any]
    limits: tuple[str, ...]
    citations: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", MappingProxyType(dict(self.outcomes)))
        object.__setattr__(self, "refused", MappingProxyType(dict(self.refused)))

    def to_json(self) -> dict[str, Any]:
        """The answer file of the contract, as plain values."""
        written: dict[str, Any] = _rounded(
            {
                "format": FORMAT,
                "kind": "answer",
                "openldn": __version__,
                "design": {
                    "kind": self.design.kind,
                    "grade": self.design.grade.letter,
                    "grade_reasons": [
                        {"code": reason.code, "text": reason.text}
                        for reason in self.design.grade.reasons
                    ],
                    "days": self.design.days,
                    "days_recorded": self.design.days_recorded,
                    **self.design.look_json,
                },
                "outcomes": [outcome.to_json() for outcome in self.outcomes.values()],
                "refused": dict(self.refused),
                "harms": [harm.to_json() for harm in self.harms],
                **self._estimand,
                **self._blinding,
                "model": dict(self.model),
                "limits": list(self.limits),
                "citations": list(self.citations),
            }
        )
        return written

    @property
    def _estimand(self) -> dict[str, Any]:
        """What the plan's strategies touched; no key where the plan has none."""
        if self.estimand is None:
            return {}
        return {"estimand": [one.to_json() for one in self.estimand]}

    @property
    def _blinding(self) -> dict[str, Any]:
        """The guesses beside the truth; no key where nobody was asked."""
        return {} if self.blinding is None else {"blinding": self.blinding.to_json()}

    def to_frame(self) -> Any:
        """One row for each outcome and level, as a polars or pandas frame, whichever is there.

        Rows are ordered by outcome, then part, then dose.

        Raises
        ------
        ImportError
            When neither library is installed.
        """
        rows = [
            {
                "outcome": outcome.outcome.id,
                "part": level.part,
                "dose_mg": float(level.dose.mg),
                "days": level.days,
                "contrast": str(level.contrast),
                **level.effect.to_json(),
                "p_benefit": level.p_benefit,
                "p_meaningful_benefit": level.p_meaningful_benefit,
                "p_about_same": level.p_about_same,
                "p_meaningful_harm": level.p_meaningful_harm,
                "p_best": level.p_best,
                "verdict": outcome.verdict,
            }
            for outcome in self.outcomes.values()
            for level in outcome.levels
        ]
        from importlib import import_module
        from importlib.util import find_spec

        for library in ("polars", "pandas"):
            if find_spec(library):
                return import_module(library).DataFrame(rows)
        raise ImportError("to_frame needs polars or pandas: pip install polars")

    def to_arviz(self, *, draws: int = 4_000, seed: int = 1) -> Any:
        """Draws from the posterior of each effect, for ArviZ's tools.

        The posterior is known in closed form; the draws are independent, in one chain.

        Raises
        ------
        ImportError
            When the `arviz` extra is not installed.
        """
        from importlib.util import find_spec

        if not find_spec("arviz"):
            raise ImportError("to_arviz needs the arviz extra: pip install 'openldn[arviz]'")
        import arviz
        import numpy as np

        generator = np.random.default_rng(seed)
        posterior = {
            f"{outcome.outcome.id}: {level.part} {level.dose.text}": level.posterior.draw(
                generator, draws
            )[None, :]
            for outcome in self.outcomes.values()
            for level in outcome.levels
        }
        return arviz.from_dict(posterior=posterior)

    def chart(self) -> "altair.LayerChart":
        """Each effect with its 95% interval, in points of its outcome; a chart to show or save."""
        import altair

        rows = [
            {
                "effect": f"{outcome.outcome.label}, {level.dose.text} ({level.part})",
                "mean": level.effect.mean,
                "low": level.effect.q025,
                "high": level.effect.q975,
            }
            for outcome in self.outcomes.values()
            for level in outcome.levels
        ]
        base = altair.Chart(altair.InlineData(values=rows)).encode(
            y=altair.Y("effect:N", title=None, sort=None)
        )
        bars = base.mark_rule(size=3).encode(
            x=altair.X("low:Q", title="difference in points, 95% interval"), x2="high:Q"
        )
        points = base.mark_point(filled=True, size=80).encode(x="mean:Q")
        layered: altair.LayerChart = bars + points
        return layered


def _json(summary: Summary | None) -> dict[str, float] | None:
    return None if summary is None else summary.to_json()


def _rounded(value: Any) -> Any:
    """The same values with numbers of `DIGITS` significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return value
