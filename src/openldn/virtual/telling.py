"""Virtual trials in words and as a table, for a person who chooses a plan."""

import math
from collections.abc import Iterator

from openldn.protocol.outcomes import Better, Family
from openldn.protocol.plan import Plan
from openldn.virtual.study import LIKELY, Chances, Design, Study

__all__ = ["chance", "sentences", "table"]

_BAR = 20  # letters of a full bar
ROUGH = 0.03  # a Monte Carlo error from which tenths of a chance are not firm


def table(study: Study) -> str:
    """One line for each plan and effect, with a bar for the chance of a clear, right answer."""
    head = f"{'plan':34} {'days':>5} {'effect':>7} {'benefit':>8} {'harm':>6} {'wrong':>6} {'±':>4}"
    lines = [f"{head} {'interval':>9}  clear and right"]
    for design in study.designs:
        name, days = design.label, str(design.plan.total_days)
        for one in design.by_effect:
            lines.append(f"{name:34} {days:>5} {_row(one)}")
            name = days = ""
    return "\n".join(lines)


def _row(one: Chances) -> str:
    shares = (one.p_clear_benefit, one.p_clear_harm, one.p_misleading)
    benefit, harm, wrong = (f"{100 * share:.0f}%" for share in shares)
    error = f"{100 * one.mcse:.0f}"
    # Where no trial had an answer, there is no width either.
    width = f"{2 * 1.96 * one.expected_sd:.1f}" if math.isfinite(one.expected_sd) else "-"
    bar = "█" * round(_BAR * one.p_clear) if one.effect else "-"
    effect = f"{one.effect:+g}" if one.effect else "0"
    return f"{effect:>7} {benefit:>8} {harm:>6} {wrong:>6} {error:>4} {width:>9}  {bar}"


def sentences(study: Study) -> Iterator[str]:
    """Plain sentences: what this plan can tell, what others could, and what was assumed."""
    mine = study.designs[0]
    for one in mine.by_effect:
        yield _about(mine, one)
    yield from _compared(study)
    yield from _slow(study)
    if not study.plan.design.kind.is_blinded:
        yield "You would know what you take. A clear answer is about LDN and your hopes together."
    yield from _rough(study)
    yield _assumed(study)


def _about(design: Design, one: Chances) -> str:
    plan = design.plan
    if not math.isfinite(one.expected_sd):
        return f"With {_shape(plan)} no virtual trial had enough days for an answer."
    if one.effect:
        return (
            f"With {_shape(plan)} you have {chance(one.p_clear)} of a clear answer"
            f" if LDN {_moves(plan, one.effect)}."
        )
    return (
        f"If LDN makes no difference, you still have {chance(one.p_misleading)} of a clear answer."
        " That answer would be wrong."
    )


def _compared(study: Study) -> Iterator[str]:
    effect = study.main_effect
    if not effect:
        return
    mine, others = study.designs[0], study.designs[1:]
    best = max(others, key=lambda one: one.at(effect).p_clear, default=None)
    if best is None:
        return
    gain = best.at(effect).p_clear - mine.at(effect).p_clear
    size = f"For a difference of {_points(study.plan, effect)}"
    # Two errors of each side: less could be the luck of the draw.
    if gain > 2.0 * (best.at(effect).mcse + mine.at(effect).mcse):
        yield (
            f"{size}, of the plans looked at, {_named(best.plan, beside=mine.plan)}"
            f" ({best.plan.total_days} days in all) has the best chance:"
            f" {chance(best.at(effect).p_clear)}."
        )
    else:
        yield f"{size}, none of the plans looked at is plainly better than this one."
    likely = [one for one in study.designs if one.at(effect).p_clear >= LIKELY]
    if likely:
        short = min(likely, key=lambda one: one.plan.total_days)
        yield (
            f"The shortest with at least 8 chances in 10 takes {short.plan.total_days} days:"
            f" {_named(short.plan, beside=mine.plan)}."
        )
    else:
        yield "None of them has 8 chances in 10. A smaller effect needs more days, or less noise."


def _slow(study: Study) -> Iterator[str]:
    upper, period = study.assumptions.tau[1], study.plan.design.period_days
    if period < 3.0 * upper:
        yield (
            f"Your periods are {period} days. That is shorter than 3 times {upper:g} days, the"
            " slowest that LDN was assumed to act. An effect that slow is partly missed."
        )


def _rough(study: Study) -> Iterator[str]:
    error = max(one.mcse for design in study.designs for one in design.by_effect)
    if error > ROUGH:
        yield (
            f"These chances rest on {study.trials} virtual trials each. They can easily be off by"
            f" {200 * error:.0f} in 100. More trials make them firmer."
        )


def _assumed(study: Study) -> str:
    assumed, outcome = study.assumptions, study.plan.primary
    own = assumed.own_values
    source = f"From your own {own} baseline values" if own else "Assumed, as no diary was given"
    noise = "slow ups and downs of a believable size"
    if assumed.sigma is not None:
        noise = "daily noise of {:.1f} to {:.1f} points".format(*assumed.sigma)
    hope = f" Any capsule brings {assumed.hope:g} points by itself." if assumed.hope else ""
    return (
        f"{source}: {noise} ({outcome.label})."
        f" Also assumed: {100 * assumed.missing:.0f}% of days missing,"
        f" {100 * assumed.drop_out:.0f}% of people stopping early, {assumed.tau[0]:g} to"
        f" {assumed.tau[1]:g} days until most of an effect is there.{hope}"
    )


def chance(share: float) -> str:
    """A chance in words that do not pretend to more than a tenth."""
    if share < 0.005:
        return "less than 1 chance in 100"
    if share < 0.095:
        hundredths = round(100 * share)
        return f"about {hundredths} {'chance' if hundredths == 1 else 'chances'} in 100"
    if share > 0.95:
        return "more than 9 chances in 10"
    tenths = round(10 * share)
    return f"about {tenths} {'chance' if tenths == 1 else 'chances'} in 10"


def _shape(plan: Plan) -> str:
    days = plan.design.period_days
    length = f"{days // 7} week{'s' if days > 7 else ''}" if days % 7 == 0 else f"{days} days"
    pairs = "1 pair" if plan.design.pairs == 1 else f"{plan.design.pairs} pairs"
    return f"{pairs} of {length}"


def _named(plan: Plan, *, beside: Plan) -> str:
    """The shape, and the scheme where it is another one."""
    scheme = plan.design.scheme
    is_same = scheme is beside.design.scheme
    return _shape(plan) if is_same else f"{_shape(plan)} in {scheme} order"


def _points(plan: Plan, effect: float) -> str:
    """The size of an effect: points, days in 100 for yes or no, or how many a day."""
    outcome, size = plan.primary, abs(effect)
    if outcome.family is Family.BINARY:
        return f"{100 * size / outcome.width:.0f} days in 100"
    if outcome.family is Family.COUNT:
        return f"{size:g} a day"
    return "1 point" if size == 1 else f"{size:g} points"


def _moves(plan: Plan, effect: float) -> str:
    outcome = plan.primary
    name = f"{outcome.label[0].lower()}{outcome.label[1:]}"
    is_better = (effect < 0) == (outcome.better is Better.LOWER)
    note = "" if is_better else ", which would be worse"
    if outcome.family is Family.BINARY:
        days = _points(plan, effect).replace("days", "fewer days" if effect < 0 else "more days")
        return f"brings {days} with {name}{note}"
    verb = "lowers" if effect < 0 else "raises"
    return f"{verb} your {name} by {_points(plan, effect)}{note}"
