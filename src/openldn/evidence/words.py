"""How verdicts are told: a word for each, and a mark that is told apart by shape, not by colour."""

from __future__ import annotations

from typing import Final

from openldn.evidence.claims import Certainty, Verdict
from openldn.evidence.references import HowSure
from openldn.evidence.studies import Design, Result, Verified

__all__ = [
    "CERTAINTIES",
    "DESIGNS",
    "HOW_SURE",
    "MARKS",
    "RESULTS",
    "VERDICTS",
    "VERIFIED",
    "marked",
]

VERDICTS: Final = {
    Verdict.SUPPORTED: "Backed by studies",
    Verdict.MIXED: "Studies disagree",
    Verdict.WEAK: "Weak hints only",
    Verdict.UNSUPPORTED: "Not backed by what was found",
    Verdict.CONTRADICTED: "Better studies say no",
    Verdict.NOT_STUDIED: "Not studied",
}
MARKS: Final = {
    Verdict.SUPPORTED: "●",
    Verdict.MIXED: "◐",
    Verdict.WEAK: "◔",
    Verdict.UNSUPPORTED: "○",
    Verdict.CONTRADICTED: "✕",
    Verdict.NOT_STUDIED: "?",
}
CERTAINTIES: Final = {
    Certainty.HIGH: "sure",
    Certainty.MODERATE: "fairly sure",
    Certainty.LOW: "unsure",
    Certainty.VERY_LOW: "very unsure",
}
RESULTS: Final = {
    Result.NO_GAIN: "no clear gain",
    Result.NO_CHANGE: "no change, no fair comparison",
    Result.MIXED: "mixed",
    Result.GAIN: "a gain",
    Result.UNCONTROLLED: "cannot tell, no fair comparison",
    Result.SAFETY: "about safety",
    Result.LABORATORY: "seen in cells, mice or blood samples",
    Result.NONE: "no result on gain",
}
VERIFIED: Final = {
    Verified.FULL_TEXT: "paper read",
    Verified.ABSTRACT: "abstract read",
    Verified.SECONDARY: "second-hand",
}
HOW_SURE: Final = {
    HowSure.HIGH: "sure",
    HowSure.MODERATE: "fairly sure",
    HowSure.NOT_FOUND: "not found",
}
DESIGNS: Final = {
    Design.PARALLEL: "trial with groups drawn by lot",
    Design.CROSSOVER: "trial in which each person had both, the order drawn by lot",
    Design.FIXED_ORDER: "both in a fixed order, not drawn by lot",
    Design.DOSE_FINDING: "search for a dose, without placebo",
    Design.SINGLE_ARM: "before and after, nobody to compare with",
    Design.CHART_REVIEW: "old charts",
    Design.REGISTER: "register of what pharmacies gave out",
    Design.SURVEY: "survey",
    Design.CASE_SERIES: "a few cases",
    Design.CASE_REPORT: "one case",
    Design.POOLED: "several trials pooled",
    Design.REVIEW: "review",
    Design.REANALYSIS: "the sums of others done again",
    Design.EXPERT: "an expert's view",
    Design.LABORATORY: "laboratory",
    Design.ANIMAL: "animals",
    Design.PROTOCOL: "plan of a trial",
    Design.REGISTERED: "trial on a register, no result",
}


def marked(verdict: Verdict) -> str:
    """Give the mark and the word of a verdict; the mark never stands alone."""
    return f"{MARKS[verdict]} {VERDICTS[verdict]}"
