"""What a plan may not say. Each row: the change to a good plan, the code, and the place named."""

import time
import tomllib
from dataclasses import replace

import pytest

from openldn.protocol.plan import Plan
from protocol.plans import PLAN_TOML, edited, problems_of

RAMP = "ramp = [{days = 4, fraction = 0.5}]\n"
RUNG_3 = "[[ladder]]\ndose_mg = 3\nmin_days = 14\n\n"
RUNG_45 = "[[ladder]]\ndose_mg = 4.5\nmin_days = 14\n\n"
KIND = 'kind = "blinded-withdrawal"'
STOP = "at_least = 9\n"
LOOKS = "looks = []"

# Safety: hard refusals.
SAFETY = [
    pytest.param(
        [("dose_mg = 4.5", "dose_mg = 4.501"), ("target_mg = 4.5", "target_mg = 3")],
        "LDN-P101",
        "ladder[3].dose_mg",
        id="a rung above 4.5 mg",
    ),
    pytest.param(
        [("target_mg = 4.5", "target_mg = 6")],
        "LDN-P101",
        "design.target_mg",
        id="a target above 4.5 mg",
    ),
    pytest.param(
        [("already_on = 0", "already_on = 50")],
        "LDN-P101",
        "drug.already_on",
        id="a dose already taken above 4.5 mg",
    ),
    pytest.param(
        [("target_mg = 4.5", "target_mg = 4")],
        "LDN-P102",
        "design.target_mg",
        id="a target that is no rung",
    ),
    pytest.param(
        [("dose_mg = 3", "dose_mg = 1.5")],
        "LDN-P103",
        "ladder[2].dose_mg",
        id="a rung that does not rise",
    ),
    pytest.param(
        [("dose_mg = 1.5", "dose_mg = 0.0")],
        "LDN-P103",
        "ladder[1].dose_mg",
        id="a rung of nothing",
    ),
    pytest.param(
        [(RUNG_3, "")], "LDN-P104", "ladder[2].dose_mg", id="a step larger than any ladder takes"
    ),
    pytest.param(
        [("dose_mg = 1.5", "dose_mg = 1.501")],
        "LDN-P104",
        "ladder[1].dose_mg",
        id="a first rung too high to begin with, by one microgram",
    ),
    pytest.param(
        [("pairs = 4", "pairs = 0")], "LDN-P105", "design.pairs", id="blinded without placebo"
    ),
    pytest.param([(RAMP, "")], "LDN-P106", "design.ramp", id="blinded at 4.5 mg without a ramp"),
    pytest.param(
        [(RAMP, "ramp = []\n"), (RUNG_45, ""), ("target_mg = 4.5", "target_mg = 3")],
        "LDN-P106",
        "design.ramp",
        id="blinded at 3 mg with an empty ramp",
    ),
    pytest.param(
        [(RAMP, 'no_ramp_reason = " "\n')],
        "LDN-P106",
        "design.ramp",
        id="a reason for no ramp that says nothing",
    ),
    pytest.param(
        [("days = 4, fraction", "days = 8, fraction")],
        "LDN-P107",
        "design.ramp",
        id="ramp days outside the transition days",
    ),
    pytest.param(
        [("days = 4, fraction = 0.5", "days = 2, fraction = 0.5")],
        "LDN-P124",
        "design.ramp",
        id="fewer than 3 half-dose days after a gap of 7 days or more",
    ),
    pytest.param(
        [("fraction = 0.5", "fraction = 0.8")],
        "LDN-P124",
        "design.ramp",
        id="ramp days above half the dose",
    ),
    pytest.param(
        [("birth_year = 1980", "birth_year = 2009")],
        "LDN-P109",
        "person.birth_year",
        id="under 18 when the plan starts",
    ),
    pytest.param(
        [("birth_year = 1980", "birth_year = 2009"), ("start = 2026-02-01\n", "")],
        "LDN-P109",
        "person.birth_year",
        id="under 18 when the plan is agreed",
    ),
]

# Shape: what could not be followed or answered.
SHAPE = [
    pytest.param(
        [("transition_days = 7", "transition_days = 21")],
        "LDN-P108",
        "design.transition_days",
        id="no day left after the transition",
    ),
    pytest.param(
        [('scheme = "paired"', 'scheme = "balanced"'), ("max_run = 2", "max_run = 1")],
        "LDN-P111",
        "design.max_run",
        id="arms that only alternate",
    ),
    pytest.param(
        [(KIND, 'kind = "open-reversal"'), ("pairs = 4", "pairs = 0")],
        "LDN-P117",
        "design.pairs",
        id="a reversal that never reverses",
    ),
    pytest.param(
        [(KIND, 'kind = "open-titration"')],
        "LDN-P117",
        "design.pairs",
        id="pairs in a plan without periods",
    ),
    pytest.param(
        [("period_days = 21", "period_days = 900")],
        "LDN-P120",
        "design",
        id="a plan of twenty years",
    ),
    pytest.param(
        [("fraction = 0.5", "fraction = 0.3331")],
        "LDN-P125",
        "design.ramp[1].fraction",
        id="a ramp dose that no capsule can hold exactly",
    ),
    pytest.param(
        [("ramp = [", "ramp = [{days = 3, fraction = 0.5}, ")],
        "LDN-P125",
        "design.ramp",
        id="a ramp that does not rise",
    ),
    pytest.param(
        [('role = "primary"', 'role = "secondary"')],
        "LDN-P110",
        "outcome",
        id="no primary outcome",
    ),
    pytest.param(
        [('better = "higher"', 'better = "higher"\nrole = "primary"')],
        "LDN-P110",
        "outcome",
        id="two primary outcomes",
    ),
    pytest.param(
        [('id = "energy"', 'id = "pain"')], "LDN-P009", "outcome[2].id", id="an id used twice"
    ),
    pytest.param(
        [('id = "energy"', 'id = "day"')],
        "LDN-P008",
        "outcome[2].id",
        id="an id that the diary needs for itself",
    ),
    pytest.param(
        [('id = "energy"', 'id = "Energy!"')], "LDN-P008", "outcome[2].id", id="an id of bad signs"
    ),
    pytest.param([("max = 10\n", "max = 0\n")], "LDN-P121", "outcome[1]", id="an empty scale"),
    pytest.param(
        [("step = 1\n", "step = 3\n")], "LDN-P121", "outcome[1].step", id="an uneven step"
    ),
    pytest.param(
        [("mcid = 1.0", "mcid = 11")],
        "LDN-P122",
        "outcome[1].mcid",
        id="a difference wider than the scale",
    ),
    pytest.param(
        [('family = "gaussian"', 'family = "binary"')],
        "LDN-P123",
        "outcome[1].family",
        id="eleven answers called yes or no",
    ),
    pytest.param(
        [(LOOKS, "looks = [3, 2]")], "LDN-P116", "analysis.looks", id="looks out of order"
    ),
    pytest.param(
        [(LOOKS, "looks = [5]")], "LDN-P116", "analysis.looks", id="a look after the last pair"
    ),
    pytest.param(
        [("decision = 0.95", "decision = 0.5")],
        "LDN-P126",
        "analysis.decision",
        id="an answer that a coin could give",
    ),
    pytest.param(
        [("decision = 0.95", "decision = 0.9999")],
        "LDN-P126",
        "analysis.decision",
        id="an answer that no diary can give",
    ),
    pytest.param(
        [(STOP, "at_least = 11\n")], "LDN-P112", "stop_rule[1]", id="a limit off the scale"
    ),
    pytest.param([(STOP, "")], "LDN-P113", "stop_rule[1]", id="a stop rule without a limit"),
    pytest.param(
        [(STOP, "at_least = 9\nat_most = 2\n")],
        "LDN-P113",
        "stop_rule[1]",
        id="a stop rule with two limits",
    ),
    pytest.param(
        [("within = 5", "within = 2")],
        "LDN-P114",
        "stop_rule[1].within",
        id="three days within two",
    ),
]

# Form: what could not be read.
FORM = [
    pytest.param([("format = 1\n", "")], "LDN-P003", "format", id="no format"),
    pytest.param([("format = 1", "format = 2")], "LDN-P010", "format", id="another format"),
    pytest.param([("pairs = 4", "pears = 4")], "LDN-P002", "design.pears", id="a misspelled key"),
    pytest.param(
        [("dose_mg = 3\n", "dose_mg = 3\ndose = 3\n")],
        "LDN-P002",
        "ladder[2].dose",
        id="an unknown key in a list",
    ),
    pytest.param([("[analysis]", "[analyse]")], "LDN-P002", "analyse", id="an unknown table"),
    pytest.param([("target_mg = 4.5\n", "")], "LDN-P003", "design.target_mg", id="no target dose"),
    pytest.param([('better = "lower"\n', "")], "LDN-P003", "outcome[1].better", id="no direction"),
    pytest.param(
        [("pairs = 4", 'pairs = "4"')], "LDN-P004", "design.pairs", id="a number in quotes"
    ),
    pytest.param([("pairs = 4", "pairs = true")], "LDN-P004", "design.pairs", id="true as number"),
    pytest.param(
        [("agreed = 2026-01-05", "agreed = 2026-01-05T10:00:00")],
        "LDN-P004",
        "prescriber.agreed",
        id="a time of day in a date",
    ),
    pytest.param(
        [("dose_mg = 3\n", 'dose_mg = "3"\n')], "LDN-P004", "ladder[2].dose_mg", id="a dose as text"
    ),
    pytest.param([("[person]", "[[person]]")], "LDN-P004", "person", id="a list of persons"),
    pytest.param(
        [(LOOKS, 'asymmetric = "yes"')], "LDN-P004", "analysis.asymmetric", id="yes for true"
    ),
    pytest.param([(LOOKS, "looks = 3")], "LDN-P004", "analysis.looks", id="a number for a list"),
    pytest.param(
        [(LOOKS, "looks = [2, 2.5]")], "LDN-P005", "analysis.looks[2]", id="half a pair in a list"
    ),
    pytest.param(
        [('conditions = ["lupus"]', "conditions = [1]")],
        "LDN-P004",
        "person.conditions[1]",
        id="a number for a condition",
    ),
    pytest.param(
        [('conditions = ["lupus"]', f"conditions = {['x'] * 60}")],
        "LDN-P005",
        "person.conditions",
        id="an endless list",
    ),
    pytest.param(
        [("[analysis]", "[[stop_rule]]\n" * 41 + "[analysis]")],
        "LDN-P005",
        "stop_rule",
        id="more stop rules than anyone can watch",
    ),
    pytest.param([("pairs = 4", "pairs = -1")], "LDN-P005", "design.pairs", id="negative pairs"),
    pytest.param([("pairs = 4", "pairs = 2.5")], "LDN-P005", "design.pairs", id="half a pair"),
    pytest.param(
        [("pairs = 4", f"pairs = {10**30}")], "LDN-P005", "design.pairs", id="a gigantic number"
    ),
    pytest.param(
        [("target_mg = 4.5", "target_mg = nan")], "LDN-P005", "design.target_mg", id="a dose NaN"
    ),
    pytest.param(
        [("already_on = 0", "already_on = -1.5")], "LDN-P005", "drug.already_on", id="dose below 0"
    ),
    pytest.param(
        [("dose_mg = 3\n", "dose_mg = 3.0001\n")],
        "LDN-P005",
        "ladder[2].dose_mg",
        id="a dose finer than a microgram",
    ),
    pytest.param(
        [("dose_mg = 3\n", "dose_mg = 1e999999\n")],
        "LDN-P005",
        "ladder[2].dose_mg",
        id="a dose of a million digits",
    ),
    pytest.param(
        [("decision = 0.95", "decision = inf")], "LDN-P005", "analysis.decision", id="inf"
    ),
    pytest.param(
        [("start = 2026-02-01", "start = 9999-12-31")], "LDN-P005", "design.start", id="a far date"
    ),
    pytest.param(
        [(KIND, 'kind = "blinded-withdrawl"')], "LDN-P006", "design.kind", id="a misspelled kind"
    ),
    pytest.param(
        [('ingredient = "naltrexone"', 'ingredient = "naloxone"')],
        "LDN-P006",
        "drug.ingredient",
        id="another drug",
    ),
    pytest.param(
        [('tell = ["person"', 'tell = ["aunt"')], "LDN-P006", "stop_rule[1].tell[1]", id="an aunt"
    ),
    pytest.param(
        [('label = "Ana"', 'label = "A\\u001b[31mna"')],
        "LDN-P007",
        "person.label",
        id="a label that steers the terminal",
    ),
    pytest.param(
        [('label = "Ana"', f'label = "{"a" * 300}"')], "LDN-P007", "person.label", id="a long label"
    ),
    pytest.param(
        [('on = "pain"', 'on = "Pain Max"')], "LDN-P008", "stop_rule[1].on", id="a bad id to watch"
    ),
]


@pytest.mark.parametrize(("changes", "code", "place"), [*SAFETY, *SHAPE, *FORM])
def test_a_plan_that_says_this_is_refused_with_its_code_and_place(
    changes: list[tuple[str, str]], code: str, place: str
) -> None:
    """One change to a good plan is found, named by its own code, at the place where it stands."""
    found = {(problem.code, problem.place) for problem in problems_of(edited(*changes))}
    assert (code, place) in found


@pytest.mark.parametrize(("changes", "code", "place"), SAFETY)
def test_a_safety_refusal_says_what_is_expected_and_what_to_do(
    changes: list[tuple[str, str]], code: str, place: str
) -> None:
    """A refusal teaches: given, expected, next step, each a text of its own."""
    problem = next(p for p in problems_of(edited(*changes)) if p.code == code)
    assert problem.given
    assert problem.expected
    assert problem.todo.endswith((".", "?"))
    assert str(problem).endswith(f"[{code}]")
    assert place in str(problem)


# Allowed: plans near the edge that must not be refused.
ALLOWED = [
    pytest.param([], id="the good plan"),
    pytest.param(
        [(RAMP, 'no_ramp_reason = "Short gaps, seen weekly. Dr B"\n')],
        id="no ramp with the prescriber's written reason",
    ),
    pytest.param(
        [(RAMP, ""), (RUNG_45, ""), (RUNG_3, ""), ("target_mg = 4.5", "target_mg = 1.5")],
        id="no ramp below 3 mg",
    ),
    pytest.param([(RAMP, ""), (KIND, 'kind = "open-randomised"')], id="no ramp in an open plan"),
    pytest.param(
        [(RUNG_3, ""), ("already_on = 0", "already_on = 3")],
        id="a gap in the ladder that lies below the dose already taken",
    ),
    pytest.param(
        [("birth_year = 1980", "birth_year = 2008")], id="turning 18 in the year of start"
    ),
    pytest.param([("birth_year = 1980\n", "")], id="no birth year"),
    pytest.param([("start = 2026-02-01\n", "")], id="no start yet"),
    pytest.param([("agreed = 2026-01-05\n", "")], id="not agreed yet"),
    pytest.param([("decision = 0.95", "decision = 0.8")], id="the least decision threshold"),
    pytest.param([("decision = 0.95", "decision = 0.999")], id="the largest decision threshold"),
    pytest.param(
        [("format = 1", "# a.b.c.d.e.f.g.h.i.j" + " x." * 20_000 + "\nformat = 1")],
        id="a long comment with many dots",
    ),
    pytest.param(
        [('label = "Ana"', 'label = "a.b.c.d.e.f.g.h.i.j # \\" k"')], id="dots within a text"
    ),
    pytest.param([(LOOKS, "looks = [2, 3]")], id="looks after whole pairs"),
    pytest.param(
        [('on = "pain"\nat_least = 9\n', 'on = "safety"\n')], id="a stop rule on any safety rule"
    ),
    pytest.param([("step = 1\n", "step = 0.1\n")], id="a step of a tenth"),
    pytest.param([("period_days = 21", "period_days = 21.0")], id="a whole number with a point"),
]


@pytest.mark.parametrize("changes", ALLOWED)
def test_a_plan_near_the_edge_is_accepted(changes: list[tuple[str, str]]) -> None:
    """Rules refuse what is unsafe or cannot be followed, and nothing else."""
    assert problems_of(edited(*changes)) == ()


def test_every_problem_is_reported_at_once() -> None:
    """Five mistakes in five tables give five problems in one go, in a stable order."""
    data = edited(
        ("birth_year = 1980", "birth_year = 2015"),
        ("dose_mg = 4.5", "dose_mg = 5"),
        ("target_mg = 4.5", "target_mg = 5"),
        ("pairs = 4", "pairs = 0"),
        ("mcid = 1.0", 'mcid = "one"'),
        ('action = "pause"', 'action = "wait"'),
    )
    codes = [problem.code for problem in problems_of(data)]
    assert codes == [
        "LDN-P004",
        "LDN-P006",
        "LDN-P109",
        "LDN-P101",
        "LDN-P101",
        "LDN-P104",
        "LDN-P105",
    ]
    assert codes == [problem.code for problem in problems_of(data)]


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    """A misspelling is met with the word that was probably meant."""
    (problem,) = problems_of(edited(("none_days = 0", "non_days = 0")))
    assert problem.todo == 'Did you mean "none_days"?'


def test_a_value_that_cannot_be_read_does_not_raise_problems_that_rest_on_it() -> None:
    """An unreadable pairs is one problem, not also a plan without placebo."""
    assert [p.code for p in problems_of(edited(("pairs = 4", 'pairs = "many"')))] == ["LDN-P004"]


HOSTILE = [
    pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
    pytest.param(b"format = ", id="cut off"),
    pytest.param(b"a = " + b"[" * 5000, id="nested beyond reason"),
    pytest.param(b"a = " + b"9" * 100_000, id="an endless number"),
    pytest.param(b"a = 1e99999999999999999999999", id="an endless exponent"),
    pytest.param(b"a = 2026-02-30", id="a date that does not exist"),
    pytest.param(b"# " + b"x" * 300_000, id="too large"),
]


DEEP = ".".join(["a"] * 40_000)
COSTLY = [
    pytest.param(DEEP + " = 1", id="a dotted key"),
    pytest.param(f"[{DEEP}]", id="the heading of a table"),
    pytest.param(f"a = [{{{DEEP} = 1}}]", id="within a table within a list"),
    pytest.param(".".join(['"a"', " 'b' "] * 9_000) + " = 1", id="in quotes, with spaces"),
    pytest.param(f'a = ["""x"""", {{{DEEP} = 1}}]', id="behind a text that ends in four quotes"),
    pytest.param(f'a = ["x\\\\", {{{DEEP} = 1}}]', id="behind a text that ends in a backslash"),
    pytest.param(f"a = ['\\', {{{DEEP} = 1}}]", id="behind a literal text"),
    pytest.param(f"a = [ # '\n{{{DEEP} = 1}}]", id="behind a comment"),
    pytest.param('\\"""' * 24_000 + "\\", id="quotes that never close"),
]


@pytest.mark.parametrize("text", COSTLY)
def test_a_file_made_to_cost_hours_is_refused_within_a_second(text: str) -> None:
    """The parser's time grows with the square of the depth of a key; none is parsed that deep."""
    began = time.perf_counter()
    (problem,) = problems_of(text.encode())
    assert problem.code == "LDN-P001"
    assert time.perf_counter() - began < 1


def test_the_line_of_a_key_that_is_too_deep_is_named() -> None:
    """Comments and texts of several lines before it count."""
    data = edited(("[analysis]", "# x\n[analysis]\na.b.c.d.e.f.g.h.i = 1"))
    line = data.decode().split("\n").index("a.b.c.d.e.f.g.h.i = 1") + 1
    (problem,) = problems_of(data)
    assert problem.given.endswith(f"in line {line}")


@pytest.mark.parametrize("data", HOSTILE)
def test_bytes_that_are_no_plan_are_one_problem(data: bytes) -> None:
    """A hostile file ends in one sentence, never in a traceback."""
    (problem,) = problems_of(data)
    assert problem.code == "LDN-P001"


def test_an_empty_file_asks_for_every_part_that_a_plan_needs() -> None:
    """Nothing at all is answered with what belongs there."""
    places = {problem.place for problem in problems_of(b"")}
    assert {"format", "ladder", "design", "outcome"} <= places


def test_the_good_plan_of_these_tests_has_the_contract_s_keys() -> None:
    """The tables bend a plan that names every table of the contract."""
    tables = {"person", "prescriber", "drug", "ladder", "design", "outcome", "analysis"}
    assert tables | {"format", "stop_rule"} == set(tomllib.loads(PLAN_TOML))


def test_a_plan_made_in_code_is_held_to_the_same_rules() -> None:
    """`check` finds in a value what `from_toml` finds in a file."""
    plan = Plan.from_toml(PLAN_TOML.encode())
    bad = replace(plan, ladder=())
    assert "LDN-P102" in {problem.code for problem in bad.check()}
    assert plan.check() == ()
