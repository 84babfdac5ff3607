"""Hand-written saved answers in the exact shape of the contract, and days to draw.

Every number is invented. They are written by hand so that the tests of the telling do
not depend on the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any

from openldn.report.plot_days import PlotDay

__all__ = [
    "HARMS",
    "SAMPLES",
    "clear_benefit",
    "clear_harm",
    "could_not_tell",
    "guessed",
    "nothing_answered",
    "one_outcome_refused",
    "open_diary",
    "pair_days",
    "several_levels",
    "side_effects",
    "yes_or_no",
]


def _summary(mean: float, sd: float) -> dict[str, float]:
    at = {"q025": -1.96, "q05": -1.645, "q50": 0.0, "q95": 1.645, "q975": 1.96}
    return {"mean": mean, "sd": sd} | {key: round(mean + z * sd, 4) for key, z in at.items()}


def _level(**changes: Any) -> dict[str, Any]:
    level = {
        "part": "randomised",
        "arm": "active",
        "dose_mg": 3.0,
        "days": 84,
        "contrast": "placebo",
        "includes": ["drug"],
        "effect": _summary(-1.2, 0.459),
        "link_effect": None,
        "p_benefit": 0.995,
        "p_meaningful_benefit": 0.724,
        "p_about_same": 0.275,
        "p_meaningful_harm": 0.001,
        "p_best": 0.97,
    }
    return level | changes


def _harm(id_: str, **changes: Any) -> dict[str, Any]:
    harm = {
        "id": id_,
        "family": "binary",
        "contrast": "placebo",
        "days_active": {"found": 12, "asked": 42},
        "days_contrast": {"found": 5, "asked": 42},
        "reason": None,
        "part": "randomised",
        "dose_mg": 3.0,
        "includes": ["drug"],
        "p_raised": 0.84,
        "effect": _summary(0.12, 0.1),
        "link_effect": _summary(0.6, 0.5),
    }
    return harm | changes


def _harm_dose(dose_mg: float, *, found: int, asked: int, p_raised: float) -> dict[str, Any]:
    days = {"found": found, "asked": asked}
    effect = _summary(0.1, 0.1)
    return {"dose_mg": dose_mg, "days": days, "p_raised": p_raised, "effect": effect}


_UNASKED = dict.fromkeys(("part", "dose_mg", "includes", "p_raised", "effect", "link_effect"))

HARMS = (
    _harm("vivid-dreams"),
    _harm("nausea", p_raised=0.52, effect=_summary(0.01, 0.06)),
    _harm("headache", p_raised=0.03, effect=_summary(-0.2, 0.09)),
    _harm("dry_mouth", p_raised=0.97, effect=_summary(0.25, 0.1), includes=["drug", "expectation"]),
    _harm(
        "itching",
        days_active={"found": 0, "asked": 42},
        days_contrast={"found": 0, "asked": 42},
        reason="It was not noted on any of the days that were asked.",
        **_UNASKED,
    ),
)


def _outcome(**changes: Any) -> dict[str, Any]:
    outcome = {
        "id": "pain",
        "role": "primary",
        "better": "lower",
        "scale": [0, 10],
        "mcid": 1.0,
        "family": "gaussian",
        "days_recorded": 149,
        "verdict": "clear-benefit",
        "worthwhile": True,
        "levels": [_level()],
        "p_best_none": 0.03,
        "pill": None,
        "onset_days": _summary(7.2, 4.0),
        "noise_sd": _summary(1.6, 0.12),
        "phi": _summary(0.42, 0.15),
        "white_share": _summary(0.55, 0.2),
        "trend": _summary(-0.3, 0.6),
        "events": [{"id": "infection", "effect": _summary(0.9, 0.5)}],
        "randomisation_test": {
            "filtered": {"p": 0.125, "floor": 0.125},
            "period_means": {"p": 0.125, "floor": 0.125},
            "schedules": 16,
            "exact": True,
            "draws": None,
        },
        "sensitivity": [
            {"name": name, "dose_mg": 3.0, "effect": _summary(mean, sd), "p_benefit": 0.98}
            for name, mean, sd in (
                ("prior:sceptical", -1.1, 0.44),
                ("prior:wide", -1.3, 0.5),
                ("drop-days:7", -1.3, 0.55),
                ("as-taken", -1.2, 0.47),
                ("all-days", -1.4, 0.4),
                ("missing:+2", -1.0, 0.5),
                ("tau-30", -1.5, 0.7),
            )
        ],
        "diagnostics": {"grid_points": 4096, "effective_grid_points": 812.4},
    }
    outcome |= changes
    effect = outcome["levels"][0]["effect"]
    found = NormalDist(effect["mean"], effect["sd"])
    outcome["hundred"] = [found.inv_cdf((i + 0.5) / 100) for i in range(100)]
    return outcome


def clear_benefit() -> dict[str, Any]:
    """Pain lower on LDN than on placebo, four blinded pairs."""
    return {
        "format": 1,
        "kind": "answer",
        "openldn": "0.1.0",
        "design": {
            "kind": "blinded-withdrawal",
            "grade": "B",
            "grade_reasons": [
                {"code": "LDN-A101", "text": "Fewer than 80 of 100 days were recorded."}
            ],
            "days": 168,
            "days_recorded": 149,
        },
        "outcomes": [_outcome()],
        "refused": {},
        "model": {
            "time": "day 0 is the first day; a bedtime dose acts the next day",
            "seed": 20260101,
            "decision": 0.95,
            "prior": "default",
            "beta": {"mean": 0.0, "sd": 1.5},
            "tau": {"log_mean_days": 7.0, "log_sd": 0.8},
            "phi": [0.0, 0.98],
        },
        "limits": [
            "This is about you, at 3 mg, over these 24 weeks.",
            "It may not hold for another dose or for next year.",
        ],
        "citations": [
            "Kravitz RL and others. JAMA Internal Medicine 2018. 10.1001/jamainternmed.2018.3981"
        ],
    }


def clear_harm() -> dict[str, Any]:
    """Sleep quality, where higher is better, worse on LDN."""
    answer = clear_benefit()
    answer["outcomes"] = [
        _outcome(
            id="sleep_quality",
            better="higher",
            verdict="clear-harm",
            worthwhile=False,
            levels=[
                _level(
                    effect=_summary(-1.4, 0.5),
                    p_benefit=0.003,
                    p_meaningful_benefit=0.0,
                    p_about_same=0.212,
                    p_meaningful_harm=0.788,
                    p_best=0.02,
                )
            ],
            p_best_none=0.98,
        )
    ]
    return answer


def could_not_tell() -> dict[str, Any]:
    """A blinded trial that stayed open."""
    answer = clear_benefit()
    answer["design"] |= {"grade": "C", "days": 126, "days_recorded": 83}
    answer["forecast"] = {
        "effect": -1.0,
        "trials": 300,
        "mcse": 0.028,
        "plans": [
            {"pairs": 3, "period_days": 21, "days": 126, "p_clear": 0.31},
            {"pairs": 4, "period_days": 21, "days": 168, "p_clear": 0.42},
            {"pairs": 3, "period_days": 28, "days": 168, "p_clear": 0.445},
        ],
    }
    answer["outcomes"] = [
        _outcome(
            days_recorded=83,
            verdict="could-not-tell",
            worthwhile=False,
            levels=[
                _level(
                    days=42,
                    effect=_summary(-0.4, 1.2245),
                    p_benefit=0.63,
                    p_meaningful_benefit=0.312,
                    p_about_same=0.566,
                    p_meaningful_harm=0.122,
                    p_best=0.63,
                )
            ],
            p_best_none=0.37,
        )
    ]
    return answer


def open_diary() -> dict[str, Any]:
    """An open diary without a plan: grade E, drug, hope and time together."""
    answer = clear_benefit()
    answer["design"] = {
        "kind": None,
        "grade": "E",
        "grade_reasons": [
            {"code": "LDN-A110", "text": "There is no plan, so chance did not set the order."}
        ],
        "days": 84,
        "days_recorded": 70,
    }
    answer["outcomes"] = [
        _outcome(
            days_recorded=70,
            levels=[
                _level(
                    part="open",
                    days=70,
                    contrast="none",
                    includes=["drug", "expectation", "time"],
                )
            ],
            randomisation_test=None,
        )
    ]
    return answer


def several_levels() -> dict[str, Any]:
    """An open ladder with a change back and forth: three doses, one named as best."""
    answer = open_diary()
    answer["design"] |= {"kind": "open-reversal", "grade": "D"}
    shared = {"part": "open", "contrast": "none", "includes": ["drug", "expectation"]}
    answer["outcomes"] = [
        _outcome(
            days_recorded=70,
            levels=[
                _level(**shared, dose_mg=1.5, days=14, p_benefit=0.7, p_best=0.03),
                _level(**shared, dose_mg=3.0, days=40, p_benefit=0.99, p_best=0.85),
                _level(**shared, dose_mg=4.5, days=14, p_benefit=0.9, p_best=0.1),
            ],
            p_best_none=0.02,
            randomisation_test=None,
        )
    ]
    answer["harms"] = [
        _harm(
            "vivid-dreams",
            contrast="none",
            includes=["drug", "expectation"],
            levels=[
                _harm_dose(1.5, found=1, asked=14, p_raised=0.4),
                _harm_dose(3.0, found=8, asked=40, p_raised=0.71),
                _harm_dose(4.5, found=6, asked=14, p_raised=0.95),
            ],
        ),
        _harm(
            "nausea",
            contrast="none",
            includes=["drug", "expectation"],
            levels=[_harm_dose(4.5, found=0, asked=14, p_raised=0.35)],
        ),
    ]
    return answer


def one_outcome_refused() -> dict[str, Any]:
    """One answered outcome, one secondary that stayed open, one refused with its reason."""
    answer = clear_benefit()
    fatigue = could_not_tell()["outcomes"][0] | {"id": "fatigue", "role": "secondary"}
    fatigue["joint"] = {"effect": _summary(-0.3, 0.5), "p_benefit": 0.72, "with": []}
    answer["outcomes"].append(deepcopy(fatigue))
    answer["refused"] = {"walking_time": "The same value was written on every day."}
    return answer


def nothing_answered() -> dict[str, Any]:
    """Every outcome refused."""
    answer = clear_benefit()
    answer["outcomes"] = []
    answer["refused"] = {"pain": "Only 3 values were recorded; 4 are needed."}
    return answer


def side_effects() -> dict[str, Any]:
    """A clear answer beside five side effects of every kind."""
    answer = clear_benefit()
    answer["harms"] = deepcopy(list(HARMS))
    return answer


def yes_or_no() -> dict[str, Any]:
    """An outcome of two answers that is clear, and a count that is not."""
    answer = clear_benefit()
    none = {"noise_sd": None, "white_share": None, "wander_sd": _summary(0.8, 0.4)}
    level = _level(effect=_summary(-0.21, 0.08), link_effect=_summary(-1.1, 0.5))
    answer["outcomes"] = [
        _outcome(
            id="night_sweats",
            family="binary",
            scale=[0, 1],
            mcid=0.1,
            levels=[level],
            days_active={"found": 9, "asked": 42, "sum": 9.0},
            days_contrast={"found": 18, "asked": 41, "sum": 18.0},
            **none,
        ),
        _outcome(
            id="attacks",
            role="secondary",
            family="count",
            scale=[0, 30],
            mcid=1.0,
            verdict="could-not-tell",
            worthwhile=False,
            levels=[
                _level(
                    effect=_summary(-0.6, 0.7),
                    link_effect=_summary(-0.2, 0.3),
                    p_benefit=0.8,
                    p_meaningful_benefit=0.3,
                    p_about_same=0.68,
                    p_meaningful_harm=0.02,
                )
            ],
            dispersion=_summary(5.0, 2.0),
            days_active={"found": 30, "asked": 42, "sum": 58.0},
            days_contrast={"found": 35, "asked": 40, "sum": 88.0},
            **none,
        ),
    ]
    # Shares of days, and no row about missing days: these families have none.
    answer["outcomes"][0]["sensitivity"] = [
        {"name": name, "dose_mg": 3.0, "effect": _summary(mean, 0.08), "p_benefit": 0.98}
        for name, mean in (("prior:sceptical", -0.18), ("prior:wide", -0.23), ("tau-30", -0.24))
    ]
    return answer


def guessed() -> dict[str, Any]:
    """A clear answer with a guess about seven of its eight periods."""
    answer = clear_benefit()
    held = ("active", "placebo", "placebo", "active", "active", "placebo", "placebo")
    said = ("active", "active", "placebo", "unknown", "active", "placebo", "placebo")
    answer["blinding"] = {
        "periods": 8,
        "guesses": [
            {
                "period": number,
                "arm": arm,
                "said": word,
                "confidence": None if word == "unknown" else number,
                "reason": "" if word == "unknown" else "felt-better",
            }
            for number, (arm, word) in enumerate(zip(held, said, strict=True), start=1)
        ],
        "arms": {
            "active": {
                "right": 2,
                "wrong": 0,
                "unknown": 1,
                "bang": {"index": 0.667, "low": -0.12, "high": 0.86},
            },
            "placebo": {
                "right": 3,
                "wrong": 1,
                "unknown": 0,
                "bang": {"index": 0.5, "low": -0.24, "high": 0.8},
            },
        },
        "james": {"index": 0.27, "low": 0.17, "high": 0.66},
    }
    return answer


SAMPLES: Mapping[str, dict[str, Any]] = {
    "clear-benefit": clear_benefit(),
    "clear-harm": clear_harm(),
    "could-not-tell": could_not_tell(),
    "open-diary": open_diary(),
    "several-levels": several_levels(),
    "one-outcome-refused": one_outcome_refused(),
    "nothing-answered": nothing_answered(),
    "side-effects": side_effects(),
    "yes-or-no": yes_or_no(),
    "guessed": guessed(),
}


def pair_days(
    *, pairs: int = 2, period_days: int = 7, is_opened: bool = True
) -> tuple[PlotDay, ...]:
    """Return days of blinded pairs with gaps, a day of being too ill and side effects."""
    days = []
    for day in range(2 * pairs * period_days):
        period, within = divmod(day, period_days)
        is_active = (period + period // 2) % 2 == 0
        wave = (3 * day * day + day) % 4
        is_ill, is_gap = day % 17 == 11, day % 9 == 4
        days.append(
            PlotDay(
                day=day,
                date=date(2026, 1, 5) + timedelta(days=day),
                value=None if is_ill or is_gap else float(3 + wave + (0 if is_active else 1)),
                is_too_ill=is_ill,
                arm=("active" if is_active else "placebo") if is_opened else None,
                dose="3 mg" if is_active and is_opened else "",
                phase="randomised",
                period=period + 1,
                pair=period // 2 + 1,
                is_transition=within < 2,
                side_effects=(
                    ("vivid_dreams", None if is_gap else int(is_active and day % 3 == 0)),
                    ("headache", 0 if day % 5 else 2),
                ),
            )
        )
    return tuple(days)
