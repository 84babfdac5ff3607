"""`design`: this plan and feasible ones near it, with chances that say how sure they are."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from openldn import design
from openldn.diary import Diary, Entry
from openldn.protocol.plan import Plan, Scheme
from openldn.protocol.problems import InputError
from openldn.virtual import Assumptions, sentences, simulate, table
from openldn.virtual.study import Chances, Design, Study, feasible, neighbours
from openldn.virtual.telling import chance
from openldn.virtual.trials import Tally
from support.plans import ENERGY, PAIN, small_plan
from support.reading import grade

PLAN = small_plan()


@pytest.fixture(scope="module")
def study() -> Study:
    """A quick look at the small plan."""
    return design(PLAN, trials=16)


def codes(plan: Plan, **asked: object) -> set[str]:
    """The codes with which a request is refused."""
    with pytest.raises(InputError) as refusal:
        design(plan, **asked)  # type: ignore[arg-type]
    return {problem.code for problem in refusal.value.problems}


def told(tally: Tally, *, effect: float = -1.0, plan: Plan = PLAN) -> Study:
    """A study of one plan and one effect with made-up counts."""
    one = Design(plan=plan, by_effect=(Chances(effect=effect, tally=tally),))
    assumed = Assumptions.believable(plan.primary)
    return Study(
        designs=(one,), effects=(effect,), assumptions=assumed, seed=1, trials=tally.trials
    )


def test_the_function_is_what_its_name_says_whatever_was_imported_before() -> None:
    """`from openldn import design` is the function, also after the room has been loaded."""
    program = "import openldn.virtual, openldn\nfrom openldn import design\nprint(callable(design))"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "True\n"


def test_the_default_effects_are_points_toward_better(study: Study) -> None:
    """0, 0.5, 1 and 2 on a scale to 10, signed; in tenths of the scale on others."""
    assert study.effects == (0.0, -0.5, -1.0, -2.0)
    energy = ENERGY.replace("secondary", "primary")
    other = small_plan(outcomes=PAIN.replace("primary", "secondary") + energy)
    assert design(other, trials=1).effects == (0.0, 5.0, 10.0, 20.0)


def test_the_plan_stands_first_and_its_neighbours_keep_every_rule(study: Study) -> None:
    """One step away in pairs, period length or scheme; none breaks a rule of plans."""
    assert study.designs[0].plan == PLAN
    near = list(neighbours(PLAN))
    assert [one.plan for one in study.designs[1:]] == near
    shapes = {(p.design.pairs, p.design.period_days, p.design.scheme) for p in near}
    assert {(3, 14, Scheme.PAIRED), (4, 21, Scheme.PAIRED), (4, 14, Scheme.BALANCED)} <= shapes
    for one in near:
        assert one.check() == ()
        assert one.design.transition_days < one.design.period_days


def test_a_hidden_order_is_never_given_a_scheme_that_one_period_betrays() -> None:
    """Counterbalanced orders are for open plans only (standards, 2.3)."""
    blinded = {one.design.scheme for one in neighbours(PLAN)}
    opened = {one.design.scheme for one in neighbours(small_plan(kind="open-randomised"))}
    assert Scheme.COUNTERBALANCED not in blinded
    assert Scheme.COUNTERBALANCED in opened


def test_the_json_is_that_of_the_contract(study: Study) -> None:
    """`kind: design`, every design with its effects, all numbers finite or null."""
    told = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert told["kind"] == "design"
    first = told["designs"][0]
    assert {"kind", "pairs", "period_days", "days", "by_effect"} <= set(first)
    names = {"effect", "p_clear_benefit", "p_clear_harm", "p_misleading", "expected_sd", "mcse"}
    for one in first["by_effect"]:
        assert names <= set(one)
    assert first["days"] == PLAN.total_days


def test_misleading_is_the_wrong_direction_and_without_effect_either() -> None:
    """model.md section 1, for an effect that is better, worse and none."""
    counts = Tally(trials=100, benefit=40, harm=10, misleading=10, fitted=100, sum_sd=70.0)
    better = Chances(effect=-1.0, tally=counts)
    assert better.p_clear == pytest.approx(0.4)
    assert better.mcse == pytest.approx(math.sqrt(0.4 * 0.6 / 100))
    for effect, expected in ((-2.0, "harm"), (2.0, "benefit")):
        tally = design(PLAN, trials=8, effects=[effect]).designs[0].by_effect[0].tally
        assert tally.misleading == getattr(tally, expected)
    null = design(PLAN, trials=64, effects=[0.0]).designs[0].by_effect[0].tally
    assert null.misleading == null.benefit + null.harm


def test_more_trials_keep_what_fewer_found() -> None:
    """The first 16 trials of 24 are the 16: the counts can only grow."""
    few = design(PLAN, trials=16, effects=[-1.0]).designs[0].by_effect[0].tally
    more = design(PLAN, trials=24, effects=[-1.0]).designs[0].by_effect[0].tally
    assert 0 <= more.benefit - few.benefit <= 8
    assert more.sum_sd > few.sum_sd


def test_the_sentences_say_chances_in_tenths() -> None:
    """A patient reads pairs, weeks, points and chances in 10."""
    lines = list(sentences(told(Tally(trials=400, benefit=248, fitted=400, sum_sd=200.0))))
    assert lines[0] == (
        "With 4 pairs of 2 weeks you have about 6 chances in 10 of a clear answer if LDN lowers"
        " your muscle pain by 1 point."
    )


def test_few_trials_say_how_rough_they_are() -> None:
    """Nothing looks more certain than it is: twenty trials say by how much they may be off."""
    rough = " ".join(sentences(told(Tally(trials=20, benefit=10, fitted=20, sum_sd=10.0))))
    assert "off by 22 in 100" in rough
    firm = " ".join(sentences(told(Tally(trials=4000, benefit=2000, fitted=4000, sum_sd=10.0))))
    assert "off by" not in firm


def test_an_error_is_never_none() -> None:
    """When all of 20 trials agree, the error is what one that told otherwise would make it."""
    agreed = Chances(effect=-1.0, tally=Tally(trials=20, benefit=20, fitted=20, sum_sd=1.0))
    assert agreed.mcse == pytest.approx(math.sqrt(1 / 21 * 20 / 21 / 20))


def test_an_open_plan_says_that_hope_is_in_its_answer(study: Study) -> None:
    """Without placebo the drug and the expectation cannot be told apart."""
    opened = design(small_plan(kind="open-randomised"), trials=1, effects=[-1.0])
    assert "LDN and your hopes together" in " ".join(sentences(opened))
    assert "hopes" not in " ".join(sentences(study))


def test_another_scheme_is_named_where_it_is_the_better_plan() -> None:
    """Two plans of one shape are told apart by their scheme."""
    mine = told(Tally(trials=400, benefit=100, fitted=400, sum_sd=1.0))
    shape = replace(PLAN.design, scheme=Scheme.BALANCED)
    best = told(
        Tally(trials=400, benefit=350, fitted=400, sum_sd=1.0), plan=replace(PLAN, design=shape)
    )
    both = replace(mine, designs=(*mine.designs, *best.designs))
    lines = list(sentences(both))
    assert lines[1].startswith("For a difference of 1 point, of the plans looked at, 4 pairs of 2")
    assert "in balanced order" in lines[1]
    assert "in balanced order" in lines[2]


def test_periods_shorter_than_three_times_the_slowest_are_named(study: Study) -> None:
    """14 days against 3 times 14; long periods bring no such sentence."""
    assert "shorter than 3 times 14 days" in " ".join(sentences(study))
    fast = replace(study, assumptions=replace(study.assumptions, tau=(1.0, 4.0)))
    assert "shorter than 3 times" not in " ".join(sentences(fast))


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.001, "less than 1 chance in 100"),
        (0.012, "about 1 chance in 100"),
        (0.04, "about 4 chances in 100"),
        (0.1, "about 1 chance in 10"),
        (0.62, "about 6 chances in 10"),
        (0.97, "more than 9 chances in 10"),
    ],
)
def test_a_chance_is_said_no_finer_than_it_is_known(share: float, words: str) -> None:
    """Tenths in the middle, hundredths near none, never a certainty."""
    assert chance(share) == words


def test_what_a_person_reads_is_plain(study: Study) -> None:
    """Grade 8 or easier, and none of the words that promise too much."""
    text = " ".join(sentences(study))
    assert grade(text) <= 8.0
    for banned in ("significant", "proven", "works", "responder", "confidence", "p-value", "safe"):
        assert banned not in text.lower()


def test_the_table_has_a_line_for_each_plan_and_effect(study: Study) -> None:
    """And every plan is named with its days."""
    lines = table(study).splitlines()
    assert len(lines) == 1 + len(study.designs) * len(study.effects)
    assert str(PLAN.total_days) in lines[1]


def test_trials_without_an_answer_have_no_width() -> None:
    """With every day missing nothing is known: a dash and a sentence, never "nan"."""
    assumed = replace(Assumptions.believable(PLAN.primary), missing=1.0)
    empty = design(PLAN, trials=3, effects=[-1.0], assumptions=assumed)
    assert "nan" not in table(empty)
    assert " -  " in table(empty).splitlines()[1]
    assert "no virtual trial had enough days for an answer" in next(iter(sentences(empty)))


def test_the_chart_can_be_saved(study: Study) -> None:
    """An Altair chart of the chance of a clear, right answer."""
    (data,) = study.chart().to_dict()["datasets"].values()
    assert len(data) == len(study.designs) * len(study.effects)
    assert all(0.0 <= row["chance"] <= 1.0 for row in data)


def test_the_search_keeps_within_its_days() -> None:
    """The plan itself, then at most five others, none longer than allowed, the best first."""
    found = design(PLAN, trials=8, effects=[-2.0], most_days=130)
    others = [one.plan for one in found.designs[1:]]
    assert 1 <= len(others) <= 5
    assert all(one.total_days <= 130 for one in others)
    assert all(one.check() == () for one in feasible(PLAN, most_days=130))


def test_noise_comes_from_the_person_s_own_baseline() -> None:
    """A calm diary gives less noise than is assumed, its level is hers, and the words say so."""
    plan = small_plan(baseline_days=28)
    rng = np.random.default_rng(1)
    entries = [
        Entry(day=day, scores={"pain": float(np.rint(3.0 + rng.normal(0.0, 0.5)))})
        for day in range(28)
    ]
    diary = Diary.from_entries(entries, outcome_ids=["pain"])
    study = design(plan, trials=1, effects=[-1.0], diary=diary)
    assumed = study.assumptions
    assert assumed.own_values == 28
    assert assumed.sigma[1] < 1.0
    # 3 of 10 points stand 0.7 of the scale from its worst end.
    assert assumed.level[0] <= 0.7 <= assumed.level[1] + 0.05
    assert "From your own 28 baseline values" in " ".join(sentences(study))


def test_a_diary_whose_baseline_says_nothing_is_refused() -> None:
    """Fewer than 7 values before the first dose, or all the same, are no noise."""
    diary, _ = simulate(small_plan(baseline_days=3), effects={}, seed=1)
    assert codes(small_plan(baseline_days=3), diary=diary, trials=1) == {"LDN-V005"}


@pytest.mark.parametrize("kind", ["open-titration", "open-reversal"])
def test_a_plan_without_chance_is_told_what_it_can_reach(kind: str) -> None:
    """No virtual trial can count its mistakes; the grade it can reach stands there instead."""
    with pytest.raises(InputError) as refusal:
        design(small_plan(kind=kind), trials=1)
    problem = refusal.value.problems[0]
    assert problem.code == "LDN-V001"
    assert ("grade D" if kind == "open-reversal" else "grade E") in problem.todo


def test_every_problem_of_a_request_is_told_at_once() -> None:
    """Trials, effects and kind together."""
    plan = small_plan(kind="open-titration")
    asked = {"trials": 0, "effects": [math.nan, math.inf, 11.0]}
    assert codes(plan, **asked) == {"LDN-V001", "LDN-V002", "LDN-V007"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"trials": 100_001}, "LDN-V002"),
        ({"effects": []}, "LDN-V007"),
        ({"most_days": 60}, "LDN-V008"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_its_code(
    asked: dict[str, object], code: str
) -> None:
    """Numbers out of their bounds, and a limit that leaves no room for three pairs."""
    assert codes(PLAN, **asked) == {code}


def test_noise_of_other_families_and_priors_without_ground_are_refused() -> None:
    """Noise in points for 4 answers; the prior `evidence` where no study gives numbers."""
    short = small_plan(outcomes=PAIN.replace("max = 10", "max = 3"))
    noisy = Assumptions(sigma=(1.0, 2.0))
    assert codes(short, trials=1, assumptions=noisy) == {"LDN-V004"}
    empty = Diary.from_entries([], outcome_ids=["pain"], side_effect_ids=[])
    assert codes(short, trials=1, diary=empty) == {"LDN-V004"}
    hopeful = replace(PLAN, analysis=replace(PLAN.analysis, prior="evidence"))
    assert codes(hopeful, trials=1) == {"LDN-V009"}


@pytest.mark.parametrize(
    "change",
    [
        {"missing": 1.5},
        {"missing": math.nan},
        {"tau": (14.0, 3.0)},
        {"phi": (0.0, 1.0)},
        {"sigma": (0.0, 1.0)},
        {"hope": math.inf},
    ],
    ids=str,
)
def test_assumptions_out_of_range_are_refused(change: dict[str, object]) -> None:
    """Each assumption has bounds, and a range its smaller end first."""
    assumed = replace(Assumptions.believable(PLAN.primary), **change)  # type: ignore[arg-type]
    assert codes(PLAN, assumptions=assumed, trials=1) == {"LDN-V003"}
