"""From plan and diary to the answer: which question, which days, which doses, and what to say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openldn.diary import Diary
from openldn.evidence.effect_priors import effect_prior
from openldn.inference import grid, harms, priors
from openldn.inference._problems import (
    no_column,
    no_estimate,
    no_rows,
    no_scale,
    no_such_prior,
    refusal,
)
from openldn.inference.answer import (
    Answer,
    Design,
    HarmAnswer,
    HarmLevel,
    LevelAnswer,
    OutcomeAnswer,
)
from openldn.inference.blinding import Blinding, blinding_of
from openldn.inference.citations import citations_of
from openldn.inference.course import ARMS, Course, course_of
from openldn.inference.estimand import touched_days
from openldn.inference.families import fit_outcome
from openldn.inference.gaussian import Fit, Series
from openldn.inference.grade import Conduct, Grade, grade_of, has_reversal
from openldn.inference.grid import GridTooHard
from openldn.inference.influence import PriorInfluence, influence_of
from openldn.inference.joint import Joint, Studied, joint_answers
from openldn.inference.latent_model import LatentFit
from openldn.inference.limits import MIN_FOR_CLEAR, limits_of
from openldn.inference.looks import NullTrials, look_of
from openldn.inference.mixture import Mixture
from openldn.inference.question import (
    CannotAnswer,
    NoEstimate,
    Part,
    Question,
    contrast_of,
    events_of,
    parts_of,
    prior_of,
    scores_of,
    series_of,
    sign_of,
    whole_series,
)
from openldn.inference.randomisation import RandomisationTest, randomisation_test
from openldn.inference.refusal import AnalysisRefused
from openldn.inference.sensitivity import (
    IMPUTATIONS,
    SEED,
    Asked,
    gaps_on_drug,
    sensitivity_rows,
)
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family, Outcome, Role
from openldn.protocol.plan import Acts, Arm, Plan
from openldn.protocol.problems import InputError, Problem

__all__ = ["DEFAULT_DECISION", "analyse"]

DEFAULT_DECISION = 0.95
WORTHWHILE = 0.5

BoolArray = NDArray[np.bool_]


def analyse(
    diary: Diary,
    *,
    plan: Plan | None = None,
    outcomes: Sequence[Outcome] | None = None,
    order: Sequence[Arm] | None = None,
    prior: str | None = None,
    acts: Acts | None = None,
    already_on: Dose | None = None,
    conduct: Conduct | None = None,
    progress: Callable[[str], None] | None = None,
    sensitivity: bool = True,
    null_trials: NullTrials | None = None,
) -> Answer:
    """Answer what the diary can tell about each outcome.

    Parameters
    ----------
    diary
        What was recorded.
    plan
        The frozen plan; without one every day counts, openly, and `outcomes` is needed.
    outcomes
        What was scored; the plan's outcomes when left out.
    order
        The arm of each period, once the seal is open; else read from the diary's `arm` column.
    prior
        `default`, `sceptical`, `wide` or `evidence`; the plan's choice when left out.
    acts, already_on
        When a dose shows, and what was taken before day 0; the plan's when left out, else the same
        day and nothing.
    conduct
        What is known of blinding and of changes to the plan; what is unknown lowers the grade.
    progress
        Called with a few words before each longer step.
    sensitivity
        False leaves out the checks beside the answer (the randomisation test, the sensitivity rows
        and the joint estimates), for callers who need many answers and nothing else.
    null_trials
        Makes virtual trials of the plan without an effect, to raise the threshold of a plan with
        looks; without it the plan's own threshold stands, and the limits say so.

    Raises
    ------
    InputError
        For a diary that cannot be used, with every problem found.
    AnalysisRefused
        When no outcome can be answered, with the reason for each.
    """
    asked = tuple(outcomes or (plan.outcomes if plan else ()))
    _check(diary, asked, prior)
    diary = diary.with_outcomes(asked)
    course = course_of(
        diary,
        plan=plan,
        order=order,
        acts=acts or (plan.drug.acts if plan else Acts.SAME_DAY),
        already_on=already_on or (plan.drug.already_on if plan else Dose(0)),
    )
    look = look_of(course, plan=plan, null_trials=null_trials)
    question = Question(
        course=course,
        plan=plan,
        prior=prior or (plan.analysis.prior if plan else "default"),
        decision=look.decision if look else _decision(plan),
        is_asymmetric=plan.analysis.asymmetric if plan else False,
        guesses=conduct.guesses if conduct else None,
    )
    if progress and _needs_latent(asked, diary):
        progress("loading the models of few answers (the first time may take a minute)")
    parts = parts_of(question)
    recorded = parts[0].counts & ~np.isnan(course.scores(asked[0].id))
    grade = grade_of(course, recorded, plan=plan, conduct=conduct or Conduct())
    answered: dict[str, OutcomeAnswer] = {}
    refused: dict[str, str] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for outcome in asked:
        if progress:
            progress(f"computing {outcome.id}")
        try:
            answered[outcome.id] = _answer_outcome(outcome, question, parts, grade, notes)
        except CannotAnswer as reason:
            refused[outcome.id] = str(reason)
            problems.append(_why_refused(outcome, reason, plan))
    if not answered:
        raise AnalysisRefused(problems)
    if sensitivity:
        for outcome_id, answer in answered.items():
            if progress:
                progress(f"looking at {outcome_id} in other ways")
            answered[outcome_id] = _checked(answer, question, parts[0], notes)
        for outcome_id, joint in _joint(answered, question, parts[0]).items():
            answered[outcome_id] = replace(answered[outcome_id], joint=joint)
    return Answer(
        design=Design(
            kind=str(plan.design.kind) if plan else "diary",
            grade=grade,
            days=int(parts[0].counts.sum()),
            days_recorded=int(recorded.sum()),
            look=look,
        ),
        outcomes=answered,
        refused=refused,
        harms=_harms(question, parts, grade, diary.side_effect_ids, progress),
        estimand=(
            touched_days(course, plan=plan, counts=parts[0].counts)
            if plan is not None and plan.estimand is not None
            else None
        ),
        blinding=_blinding(question, conduct or Conduct()),
        model=_model(question, [one.outcome for one in answered.values()])
        | (_checks() if sensitivity else {}),
        limits=limits_of(
            course,
            recorded,
            plan=plan,
            grade=grade,
            look=look,
            outcomes=answered.values(),
            notes=dict.fromkeys(notes),
            paused_days=(conduct or Conduct()).paused_days,
        ),
        citations=citations_of(
            study
            for outcome in answered.values()
            if outcome.prior_influence
            for study in outcome.prior_influence.prior.studies
        ),
    )


def _blinding(question: Question, conduct: Conduct) -> Blinding | None:
    """The guesses beside the arms of the periods that began; None where nothing was hidden."""
    plan, course = question.plan, question.course
    if plan is None or not plan.design.kind.is_blinded:
        return None
    begun = [period for period in plan.periods if period.first_day < len(course)]
    return blinding_of(
        conduct.said, {period.number: ARMS[course.arm[period.first_day]] for period in begun}
    )


def _needs_latent(asked: tuple[Outcome, ...], diary: Diary) -> bool:
    """Whether a family other than gaussian will be fitted: their kernel is compiled once."""
    is_few = any(outcome.family is not Family.GAUSSIAN for outcome in asked)
    return is_few or bool(diary.side_effect_ids)


def _harms(
    question: Question,
    parts: tuple[Part, ...],
    grade: Grade,
    side_effect_ids: Sequence[str],
    progress: Callable[[str], None] | None,
) -> tuple[HarmAnswer, ...]:
    """Each side effect of the part that carries the conclusion, as a yes-or-no answer."""
    main = parts[0]
    prior = "default" if question.prior == "evidence" else question.prior
    asked = replace(question, course=harms.as_scores(question.course), prior=prior)
    found = []
    for side_effect_id in side_effect_ids:
        if progress:
            progress(f"computing {side_effect_id}")
        found.append(_harm(harms.outcome_of(side_effect_id), asked, main, grade))
    return tuple(found)


def _harm(outcome: Outcome, question: Question, part: Part, grade: Grade) -> HarmAnswer:
    course = question.course
    levels: tuple[LevelAnswer, ...] = ()
    level, reason = None, None
    try:
        levels = _answer_part(outcome, question, part, grade)[1]
        level = _headline(levels, question.plan)
    except CannotAnswer as why:
        reason = str(why)
    contrast = level.contrast if level else contrast_of(course, part.counts)
    active, comparison = (
        harms.count_on(course, outcome.id, arm, part.counts) for arm in (Arm.ACTIVE, contrast)
    )
    return HarmAnswer(
        id=outcome.id,
        active=active,
        comparison=comparison,
        contrast=contrast,
        level=level,
        levels=tuple(
            HarmLevel(
                days=harms.count_on(
                    course, outcome.id, Arm.ACTIVE, part.counts & (course.dose_ug == one.dose.ug)
                ),
                level=one,
            )
            for one in levels
        ),
        reason=reason and (harms.why_all_alike(active, comparison) or reason),
    )


def _check(diary: Diary, asked: tuple[Outcome, ...], prior: str | None) -> None:
    """Everything that makes the input unusable, at once."""
    problems = list(diary.check(asked)) if asked else []
    if not asked:
        problems.append(no_scale(diary))
    if not diary.entries:
        problems.append(no_rows())
    missing = [outcome.id for outcome in asked if outcome.id not in diary.outcome_ids]
    if asked and len(missing) == len(asked):
        problems.append(no_column(missing, diary.outcome_ids))
    if prior is not None and prior not in priors.PRIOR_NAMES:
        problems.append(no_such_prior(prior))
    if problems:
        raise InputError(dict.fromkeys(problems))


def _why_refused(outcome: Outcome, reason: CannotAnswer, plan: Plan | None) -> Problem:
    if isinstance(reason, NoEstimate):
        return no_estimate(outcome.id, plan.person.conditions if plan else ())
    return refusal(outcome.id, str(reason))


def _decision(plan: Plan | None) -> float:
    return plan.analysis.decision if plan else DEFAULT_DECISION


def _answer_outcome(
    outcome: Outcome,
    question: Question,
    parts: tuple[Part, ...],
    grade: Grade,
    notes: list[str],
) -> OutcomeAnswer:
    main = parts[0]
    fit, levels = _answer_part(outcome, question, main, grade)
    for part in parts[1:]:
        try:
            _, open_levels = _answer_part(outcome, question, part, grade)
        except CannotAnswer as reason:
            doses = ", ".join(dose.text for dose in part.doses)
            notes.append(f"{outcome.label}: {doses}, taken only openly, has no answer. {reason}")
        else:
            levels += tuple(replace(level, p_best=None) for level in open_levels)
    compared = [level for level in levels if level.part == main.name]
    for dose in main.doses:
        if all(level.dose != dose for level in compared):
            notes.append(f"{outcome.label}: no value was recorded on {dose.text}.")
    headline = _headline(compared, question.plan)
    events = [event for event, _ in events_of(question, main, outcome)]
    days_recorded = int((~np.isnan(scores_of(outcome, question, main))).sum())
    is_told_by_days = outcome.family is not Family.GAUSSIAN
    active, comparison = (
        harms.sum_on(question.course, outcome, arm, main.counts) if is_told_by_days else None
        for arm in (Arm.ACTIVE, headline.contrast)
    )
    verdict = _verdict(headline.p_benefit, question.decision, values=days_recorded)
    return OutcomeAnswer(
        outcome=outcome,
        days_recorded=days_recorded,
        verdict=verdict,
        is_worthwhile=verdict == "clear-benefit" and headline.p_meaningful_benefit >= WORTHWHILE,
        headline=headline,
        levels=levels,
        p_best_none=1.0 - sum(level.p_best or 0.0 for level in compared),
        pill=fit.pill.summary() if fit.pill else None,
        link_pill=fit.link_pill.summary() if isinstance(fit, LatentFit) and fit.link_pill else None,
        prior_influence=_influence(outcome, question, main, headline, notes),
        onset_days=fit.onset_days,
        offset_days=fit.offset_days,
        noise_sd=None if isinstance(fit, LatentFit) else fit.noise_sd,
        wander_sd=fit.wander_sd if isinstance(fit, LatentFit) else None,
        dispersion=fit.dispersion if isinstance(fit, LatentFit) else None,
        phi=fit.phi,
        white_share=None if isinstance(fit, LatentFit) else fit.white_share,
        trend=fit.trend.summary(),
        events=tuple(
            (event, effect.summary()) for event, effect in zip(events, fit.events, strict=True)
        ),
        grid_points=fit.grid_points,
        effective_grid_points=fit.effective_grid_points,
        effective_draws=fit.effective_draws if isinstance(fit, LatentFit) else None,
        active=active,
        comparison=comparison,
        fit=None if isinstance(fit, LatentFit) else fit,
    )


def _checked(
    answer: OutcomeAnswer, question: Question, part: Part, notes: list[str]
) -> OutcomeAnswer:
    """Add the checks beside the answer."""
    outcome, course = answer.outcome, question.course
    series, contrast = series_of(outcome, question, part)
    others = [level.dose for level in answer.levels if level.part == part.name]
    flares = course.event("flare")
    asked = Asked(
        series=series,
        prior=prior_of(outcome, question),
        refit=lambda days, prior: fit_outcome(days, outcome, prior),
        fit=answer.fit,
        family=outcome.family,
        course=course,
        plan=question.plan,
        counts=part.counts,
        doses=tuple(dict.fromkeys([answer.headline.dose, *others])),
        contrast=contrast,
        sign=sign_of(outcome),
        guesses=question.guesses,
        whole=whole_series(outcome, question, part),
        is_empty=part.counts & np.isnan(course.scores(outcome.id)),
        flares=flares if flares[~np.isnan(series.score)].any() else None,
    )
    if asked.fit is None and gaps_on_drug(asked).any():
        notes.append(
            f"{outcome.label}: a scale of this kind was not looked at with its missing days made"
            " worse."
        )
    return replace(
        answer,
        randomisation_test=_tested(outcome, series, question, part, notes),
        sensitivity=sensitivity_rows(asked),
    )


def _joint(
    answered: Mapping[str, OutcomeAnswer], question: Question, part: Part
) -> dict[str, Joint]:
    """The secondary outcomes, each leaning on the others; primary and harms stand alone."""
    return joint_answers(
        [
            Studied(
                id=outcome_id,
                series=series_of(answer.outcome, question, part)[0],
                fit=answer.fit,
                posterior=answer.headline.posterior,
                prior=prior_of(answer.outcome, question),
                mcid=answer.outcome.mcid,
                sign=sign_of(answer.outcome),
            )
            for outcome_id, answer in answered.items()
            if answer.outcome.role is Role.SECONDARY
            and answer.outcome.family is Family.GAUSSIAN
            and answer.fit is not None
        ]
    )


def _tested(
    outcome: Outcome, series: Series, question: Question, part: Part, notes: list[str]
) -> RandomisationTest | None:
    """The randomisation test, or None with the reason among the notes."""
    if question.plan is None or part.name != "randomised":
        notes.append(
            "There is no randomisation test: it needs periods whose order was drawn by chance."
        )
        return None
    found = randomisation_test(series, course=question.course, plan=question.plan)
    if found is not None and found.filtered is None:
        notes.append(
            f"{outcome.label}: the noise is too hard to fit, so the randomisation test has the"
            " period averages alone."
        )
    if found is None:
        notes.append(
            "There is no randomisation test: the order of the periods in the diary is not one that"
            " the plan's scheme could have drawn."
        )
    return found


def _answer_part(
    outcome: Outcome, question: Question, part: Part, grade: Grade
) -> tuple[Fit | LatentFit, tuple[LevelAnswer, ...]]:
    """Fit the days of one part and read its doses off the posterior."""
    course = question.course
    series, contrast = series_of(outcome, question, part)
    try:
        fit = fit_outcome(series, outcome, prior_of(outcome, question))
    except GridTooHard as hard:
        raise CannotAnswer(
            f"The answer could not be computed well enough: {hard.effective:.0f} effective points"
            f" after {hard.points}, where 300 are needed."
        ) from hard
    recorded = ~np.isnan(series.score)
    dose_ug = course.acting_dose()
    days = {dose: int((recorded & (dose_ug == dose.ug)).sum()) for dose in part.doses}
    reported = [dose for dose in part.doses if days[dose]]
    if not reported:
        raise CannotAnswer("No value was recorded on any of the doses of this part.")
    sign = sign_of(outcome)
    at = [course.levels.index(dose) for dose in reported]
    best = fit.p_best(tuple(at), sign=sign)[1:]
    includes = _includes(course, recorded, part, contrast, grade)
    levels = tuple(
        _level(
            fit.levels[index],
            link=fit.link_levels[index] if isinstance(fit, LatentFit) else None,
            outcome=outcome,
            sign=sign,
            part=part.name,
            dose=dose,
            days=days[dose],
            contrast=contrast,
            includes=includes,
            p_best=share,
        )
        for dose, index, share in zip(reported, at, best, strict=True)
    )
    return fit, levels


def _includes(
    course: Course, recorded: BoolArray, part: Part, contrast: Arm, grade: Grade
) -> tuple[str, ...]:
    """What the difference holds besides the drug."""
    if part.name == "open" and (grade.letter == "E" or not has_reversal(course, recorded)):
        return ("drug", "expectation", "time")
    return ("drug",) if contrast is Arm.PLACEBO else ("drug", "expectation")


def _level(
    posterior: Mixture,
    *,
    link: Mixture | None,
    outcome: Outcome,
    sign: float,
    part: str,
    dose: Dose,
    days: int,
    contrast: Arm,
    includes: tuple[str, ...],
    p_best: float,
) -> LevelAnswer:
    below_minus, below_zero, below_plus = (
        float(share) for share in posterior.below(np.array([-outcome.mcid, 0.0, outcome.mcid]))
    )
    if link is not None:
        # Rare events leave points piled up near 0 and skewed; the coefficient has the same sign.
        below_zero = float(link.below(0.0))
    lower, higher = below_minus, 1.0 - below_plus
    better, worse = (lower, higher) if sign < 0 else (higher, lower)
    return LevelAnswer(
        part=part,
        dose=dose,
        days=days,
        contrast=contrast,
        includes=includes,
        effect=posterior.summary(),
        link_effect=link.summary() if link else None,
        p_benefit=below_zero if sign < 0 else 1.0 - below_zero,
        p_meaningful_benefit=better,
        p_about_same=1.0 - better - worse,
        p_meaningful_harm=worse,
        p_best=p_best,
        posterior=posterior,
    )


def _headline(levels: Sequence[LevelAnswer], plan: Plan | None) -> LevelAnswer:
    """The plan's target dose; without one the dose held longest, the larger on a tie."""
    if plan is not None:
        for level in levels:
            if level.dose == plan.design.target:
                return level
    return max(levels, key=lambda level: (level.days, level.dose))


def _verdict(p_benefit: float, decision: float, *, values: int) -> str:
    if values < MIN_FOR_CLEAR:
        return "could-not-tell"
    if p_benefit >= decision:
        return "clear-benefit"
    if 1.0 - p_benefit >= decision:
        return "clear-harm"
    return "could-not-tell"


def _influence(
    outcome: Outcome, question: Question, part: Part, headline: LevelAnswer, notes: list[str]
) -> PriorInfluence | None:
    """How far a prior that rests on studies moved the answer; None for any other prior."""
    conditions = question.plan.person.conditions if question.plan else ()
    prior = effect_prior(conditions, outcome) if question.prior == "evidence" else None
    if prior is None:
        return None
    series, _ = series_of(outcome, question, part)
    level = question.course.levels.index(headline.dose)
    try:
        found = influence_of(
            series, level=level, outcome=outcome, prior=prior, effect=headline.effect
        )
    except GridTooHard:
        notes.append(f"{outcome.label}: how far the prior moved the answer could not be computed.")
        return None
    notes.append(found.sentence)
    return found


def _model(question: Question, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    course = question.course
    # Outcomes of one family are answered from one prior, or not at all.
    by_family = {outcome.family: outcome for outcome in outcomes}
    families = {
        str(family): priors.describe(
            prior_of(outcome, question), is_asymmetric=question.is_asymmetric, family=family
        )
        for family, outcome in by_family.items()
    }
    first = outcomes[0].family
    return {
        "family": str(first),
        "prior": question.prior,
        "priors": families.pop(str(first)),
        "other_families": families,
        "decision": question.decision,
        "acts": str(course.acts),
        "time": "Days run over the calendar without gaps; day 1 is the first day of the plan, or of"
        " the file. "
        + (
            "A day's score goes with the dose of the day before."
            if course.acts is Acts.NEXT_DAY
            else "A day's score goes with the dose of the same day."
        ),
        "already_on_mg": float(course.already_on.mg),
        # Nothing is drawn at random: the seed is where the low-discrepancy sequence begins.
        "points": "Halton's sequence with reversed digits, from the point named by the seed; the"
        " families other than gaussian weigh normal draws of PCG64 with the same seed at each",
        "seed": grid.FIRST_POINT,
    }


def _checks() -> dict[str, Any]:
    """What the checks beside the answer draw at random."""
    return {"checks": {"imputations": IMPUTATIONS, "seed": SEED}}
