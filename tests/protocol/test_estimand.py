"""The estimand block of a plan: one strategy for each event, with the defaults of the table."""

import pytest

from openldn.protocol.plan import Estimand, Plan, Strategy
from openldn.protocol.problems import InputError
from support.plans import small_plan, small_plan_text

# standards.md section 2.7: the default of each event.
DEFAULTS = {
    "flare": "treatment-policy",
    "steroid_burst": "hypothetical",
    "infection": "hypothetical",
    "vaccination": "hypothetical",
    "other_medicine_change": "hypothetical",
    "missed_doses": "treatment-policy",
    "dose_change": "while-on-treatment",
    "side_effect_stop": "composite",
    "code_broken": "hypothetical",
}


def read(block: str) -> Plan:
    """A small plan with this text at its end."""
    return Plan.from_toml((small_plan_text() + block).encode())


def test_a_plan_without_the_block_has_no_strategies() -> None:
    """Such a plan is analysed as the model stands."""
    assert small_plan().estimand is None
    assert "[estimand]" not in small_plan().to_toml()


def test_an_empty_block_takes_every_default_of_the_table() -> None:
    """What is not said has its default."""
    found = read("\n[estimand]\n").estimand
    assert found is not None
    assert {key: str(value) for key, value in found.strategies.items()} == DEFAULTS
    assert found == Estimand()


@pytest.mark.parametrize("is_commented", [False, True])
def test_what_is_written_reads_back(is_commented: bool) -> None:
    """Writing and reading keep every strategy, with comments too."""
    plan = read('\n[estimand]\nflare = "composite"\nmissed_doses = "while-on-treatment"\n')
    text = plan.to_toml(is_commented=is_commented)
    assert Plan.from_toml(text.encode()) == plan
    assert plan.estimand is not None
    assert plan.estimand.flare is Strategy.COMPOSITE
    written = text[text.index("[estimand]") :].split("\n\n")[0].splitlines()[1:]
    assert len(written) == len(DEFAULTS)
    assert all(("#" in line) == is_commented for line in written)


@pytest.mark.parametrize(
    ("line", "code", "todo"),
    [
        ('steriod_burst = "hypothetical"', "LDN-P002", 'Did you mean "steroid_burst"?'),
        ('infection = "hypothetic"', "LDN-P006", 'Did you mean "hypothetical"?'),
        ('flare = "hypothetical"', "LDN-P006", "Choose one of these."),
        ("infection = 7", "LDN-P006", "Choose one of these."),
    ],
)
def test_a_slip_is_a_problem_with_the_nearest_word(line: str, code: str, todo: str) -> None:
    """Unknown keys and strategies are told; a flare cannot be taken out of the outcome."""
    with pytest.raises(InputError) as caught:
        read(f"\n[estimand]\n{line}\n")
    (problem,) = caught.value.problems
    assert (problem.code, problem.todo) == (code, todo)
    assert problem.place.startswith("estimand.")


def test_a_block_that_is_no_table_is_a_problem() -> None:
    """A word where a block belongs is told at its place."""
    text = small_plan_text().replace("format = 1", 'format = 1\nestimand = "default"', 1)
    with pytest.raises(InputError) as caught:
        Plan.from_toml(text.encode())
    assert [problem.code for problem in caught.value.problems] == ["LDN-P004"]
