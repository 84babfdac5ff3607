"""What plans begin with: sourced questions and levels, a plan that reads back, a foretold grade."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from openldn.design import simulate
from openldn.diary import Diary
from openldn.evidence import catalogue, dosing, find, instruments, outcomes
from openldn.evidence._rows import TableFault
from openldn.evidence.conditions import NONE_FOUND, Condition
from openldn.evidence.first_plan import Template, first_plan, plan_text
from openldn.evidence.foreseen import foreseen
from openldn.evidence.studies import studies
from openldn.inference import analyse
from openldn.protocol.doses import MAX_DAILY, Dose
from openldn.protocol.outcomes import Role
from openldn.protocol.plan import Kind, Plan
from openldn.protocol.problems import InputError
from openldn.tables import read_table
from support.plans import small_plan
from support.reading import grade

Reader = Callable[[str], dict[str, Any]]
ADULT = [condition for condition in catalogue() if not outcomes.refused(condition)]
BANNED = re.compile(
    r"\bsignifican\w*|\bp-?values?\b|\bproven?\b|\bdoes not work\b|\bworks\b|\bresponders?\b"
    r"|\beffect sizes?\b|\bconfiden\w*|\b(you should|we recommend|must)\b"
    r"|\b(start|stop|raise|lower|change) (taking|your dose|the dose|LDN)\b",
    re.IGNORECASE,
)


def condition(name: str) -> Condition:
    """Look up a condition that is there."""
    found = find(name)
    assert found is not None
    return found


@pytest.mark.parametrize("item", outcomes.items().values(), ids=outcomes.items())
def test_the_mcid_of_every_question_has_a_source_that_resolves(item: outcomes.Item) -> None:
    """A figure read, or the open word that it is a tenth of the scale."""
    assert item.sources
    assert set(item.sources) <= set(outcomes.mcid_sources())
    assert (item.mcid == 1.0) or outcomes.TENTH not in item.sources
    assert item.better == "lower"  # one direction for a tired reader


def test_no_source_of_an_mcid_is_kept_for_nothing() -> None:
    """A row that nothing cites would be a fact that nobody checks."""
    cited = {one for item in outcomes.items().values() for one in item.sources}
    cited |= {one for row in outcomes.skeletons().values() for one in row.mcid_sources}
    assert cited == set(outcomes.mcid_sources())


@pytest.mark.parametrize("skeleton", outcomes.skeletons().values(), ids=outcomes.skeletons())
def test_a_skeleton_says_what_its_instrument_says(skeleton: outcomes.Skeleton) -> None:
    """The ends, the direction and the MCID stand in the words of the other table too."""
    words, outcome = skeleton.instrument, skeleton.outcome
    numbers = set(re.findall(r"\d+(?:\.\d+)?", words.range))
    assert {f"{outcome.minimum:g}", f"{outcome.maximum:g}"} <= numbers
    assert f"{outcome.better} is better" in words.direction
    assert "patient" in words.answered_by
    is_read = skeleton.mcid_sources != (outcomes.TENTH,)
    assert not is_read or f"{outcome.mcid:g}" in re.findall(r"\d+(?:\.\d+)?", words.mcid)


@pytest.mark.parametrize("one", ADULT, ids=lambda one: one.id)
def test_every_condition_asks_its_own_questions_and_the_five_of_the_story(one: Condition) -> None:
    """One primary, sleep as a harm, and no more than six taps an evening."""
    asked = outcomes.first_outcomes(one)
    ids = [outcome.id for outcome in asked]
    assert {one.primary, one.second, *outcomes.EVERYDAY, "poor_sleep"} <= set(ids)
    assert len(ids) == len(set(ids)) <= 6
    assert [o.id for o in asked if o.role is Role.PRIMARY] == [one.primary] == ids[:1]
    assert [o.id for o in asked if o.role is Role.HARM] == ["poor_sleep"]


def test_payback_is_asked_where_effort_brings_a_crash() -> None:
    """The condition's own question, and of no one else."""
    with_it = [one.id for one in ADULT if "payback" in {o.id for o in outcomes.first_outcomes(one)}]
    assert with_it == ["me-cfs"]


@pytest.mark.parametrize("one", ADULT, ids=lambda one: one.id)
@pytest.mark.parametrize("kind", Kind)
def test_the_text_of_a_first_plan_reads_back_as_the_plan(one: Condition, kind: Kind) -> None:
    """Comments change nothing, and no condition's plan breaks a rule."""
    plan = first_plan(one, kind=kind)
    assert Plan.from_toml(plan_text(plan, condition=one).encode()) == plan
    assert plan.design.target <= MAX_DAILY


@pytest.mark.parametrize("one", ADULT, ids=lambda one: one.id)
def test_the_lines_to_fill_in_make_a_usable_plan_when_uncommented(one: Condition) -> None:
    """Birth year, agreement, and the questionnaire with its scale."""
    text = plan_text(first_plan(one), condition=one)
    filled = Plan.from_toml(re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE).encode())
    assert filled.person.birth_year == 1980
    assert filled.prescriber.agreed == date(2026, 1, 5)
    skeleton = outcomes.skeleton_for(one)
    assert skeleton is not None
    assert filled.outcomes[-1] == skeleton.outcome
    assert skeleton.instrument.name in re.sub(r"\n# ", " ", text)


def test_an_agreement_that_is_there_is_not_asked_for_again() -> None:
    """The key would stand twice."""
    plan = first_plan(condition("lupus"), agreed=date(2026, 1, 5))
    assert plan_text(plan, condition=condition("lupus")).count("agreed =") == 1


@pytest.mark.parametrize("kind", Kind)
def test_the_default_comparison_is_of_three_levels_and_the_file_says_why(kind: Kind) -> None:
    """1.5, 3 and 4.5 mg; steps of half a milligram cannot be told apart."""
    lupus = condition("lupus")
    plan = first_plan(lupus, kind=kind)
    assert [step.dose for step in plan.ladder] == [Dose(1500), Dose(3000), Dose(4500)]
    text = plan_text(plan, condition=lupus).replace("\n# ", " ")
    assert "Compared are 1.5, 3 and 4.5 mg: steps of 0.5 mg cannot be told apart" in text
    assert "[clinic-lavendersky]" in text
    assert "[khanna-2008]" in text


def test_levels_that_are_judged_are_held_four_weeks_and_rungs_two() -> None:
    """Open titration judges each level; a blinded plan only its target."""
    assert {step.min_days for step in first_plan(ADULT[0], kind=Kind.OPEN_TITRATION).ladder} == {28}
    assert {step.min_days for step in first_plan(ADULT[0]).ladder} == {14}


def test_the_three_months_of_the_story_are_a_template() -> None:
    """Thirteen weeks on LDN from 1 to 4.5 mg, in the open, after two weeks of scores."""
    plan = first_plan(condition("lupus"), template=Template.OPEN_THREE_MONTHS)
    assert plan.design.kind is Kind.OPEN_TITRATION
    assert [step.dose.text for step in plan.ladder] == ["1 mg", "1.5 mg", "3 mg", "4.5 mg"]
    assert plan.total_days - plan.design.baseline_days == 91
    text = plan_text(plan, condition=condition("lupus")).replace("\n# ", " ")
    assert "This will be grade E" in text
    assert "Here is what one reversal adds: 42 days" in text


def test_one_reversal_adds_what_was_said() -> None:
    """42 days and one grade."""
    short, long = (first_plan(condition("lupus"), template=template) for template in Template)
    assert long.total_days - short.total_days == 42
    assert (foreseen(short).letter, foreseen(long).letter) == ("E", "D")
    assert first_plan(condition("lupus"), template=Template.OPEN_THREE_MONTHS_AND_BACK) == long
    text = plan_text(long, condition=condition("lupus"))
    assert Plan.from_toml(text.encode()) == long


@pytest.mark.parametrize(
    ("kind", "changes", "letter"),
    [
        ("open-titration", {"pairs": 0}, "E"),
        ("open-titration", {"pairs": 0, "none_days": 14}, "D"),
        ("open-reversal", {"pairs": 1}, "D"),
        ("open-randomised", {"pairs": 1}, "D"),
        ("open-randomised", {"pairs": 2}, "C"),
    ],
)
def test_the_grade_foretold_is_the_grade_that_a_full_diary_gets(
    kind: str, changes: dict[str, Any], letter: str
) -> None:
    """The same rules before the first day and after the last."""
    plan = small_plan(kind=kind, **changes)
    order = [arm for _ in range(plan.design.pairs) for arm in ("active", "none")]
    drawn = order if plan.design.kind.is_randomised else None
    diary, _ = simulate(plan, effects={"pain": -1.0}, seed=1, order=drawn)
    assert isinstance(diary, Diary)
    assert foreseen(plan).letter == letter
    assert analyse(diary, plan=plan, order=drawn).design.grade.letter == letter


@pytest.mark.parametrize(("pairs", "letter"), [(4, "A"), (3, "A"), (2, "B"), (1, "B")])
def test_few_hidden_pairs_are_one_breach(pairs: int, letter: str) -> None:
    """From three pairs on the best grade can be reached, and nothing would raise it."""
    told = foreseen(small_plan(pairs=pairs))
    assert told.letter == letter
    assert bool(told.more) is (letter != "A")


def test_juvenile_arthritis_stands_in_the_catalogue_and_is_refused_with_reasons() -> None:
    """By the safety rule on age, with what to do."""
    jia = condition("jia")
    found = outcomes.refused(jia)
    assert found is not None
    assert found.sources == ("minors", NONE_FOUND)
    with pytest.raises(InputError) as refusal:
        first_plan(jia, template=Template.OPEN_THREE_MONTHS)
    (problem,) = refusal.value.problems
    assert problem.code == "LDN-P109"
    assert "under 18" in problem.todo
    assert [one.id for one in catalogue() if outcomes.refused(one)] == ["jia"]


def test_every_row_on_doses_has_a_source_that_resolves() -> None:
    """A study, a row of the table, or the open word that nothing was found."""
    known = {*studies(), *dosing.sources(), NONE_FOUND}
    rows = [*dosing.ladders().values(), *dosing.facts().values(), *dosing.categories().values()]
    cited = {one for row in (*rows, dosing.standard()) for one in row.sources}
    assert all(row.sources for row in rows)
    assert cited <= known
    assert set(dosing.sources()) <= cited
    assert all(dosing.source_title(one) for one in cited)


def test_the_levels_compared_are_those_of_ladders_in_use() -> None:
    """1.5, 3 and 4.5 mg: 32, 49 and 59% of predicted block, none above the limit of plans."""
    found = dosing.standard()
    assert [dose.text for dose in found.levels] == ["1.5 mg", "3 mg", "4.5 mg"]
    assert found.occupancy_percent == (32, 49, 59)
    assert (found.least_climb_days, found.most_climb_days, found.measured_days) == (7, 14, 28)
    assert "No trial has tested it" in found.text


READERS: dict[str, tuple[str, Reader]] = {
    "items": ("outcomes.toml", outcomes.read_items),
    "skeletons": ("outcomes.toml", outcomes.read_skeletons),
    "refused": ("outcomes.toml", outcomes.read_refused),
    "sources": ("dosing.toml", dosing.read_sources),
    "categories": ("dosing.toml", dosing.read_categories),
    "ladders": ("dosing.toml", dosing.read_ladders),
    "standards": ("dosing.toml", dosing.read_standards),
    "facts": ("dosing.toml", dosing.read_facts),
}


@pytest.mark.parametrize(
    ("reader", "old", "new", "told"),
    [
        ("items", 'sources = ["salaffi-2004", "farrar-2001"]\n', "", "no row without a source"),
        ("items", '["salaffi-2004"', '["salaffi-2003"', "does not hold"),
        ("items", 'label = "Low mood"\n', "", "needs label and mcid"),
        ("items", 'outcome = "pain"\n', 'outcome = "pain"\nmcid = 2.0\n', "two places"),
        ("skeletons", 'mcid_sources = ["basra-2015"]\n', "", "MCID and its source"),
        ("skeletons", 'id = "fiqr"', 'id = "fiqrr"', "no instrument"),
        ("skeletons", "max = 27", "max = -27", "max is -27"),
        ("skeletons", "step = 0.125", "step = 0.7", "no scale"),
        ("refused", 'condition = "jia"', 'condition = "jio"', "no condition"),
        ("refused", '"minors"', '"miners"', "does not hold"),
        ("sources", 'id = "marcus-2024"', 'id = "younger-2009"', "two places"),
        ("categories", "most_mg = 5", "most_mg = 0.5", "not above"),
        ("ladders", 'sources = ["ldn-trust"]\n', "", "no row without a source"),
        ("ladders", "levels_mg = [1, 2]", "levels_mg = [2, 1]", "does not rise"),
        ("ladders", "weeks = [4, 4]", "weeks = [4]", "same length"),
        ("ladders", "levels_mg = [2, 4]", "levels_mg = [2, 400]", "at most 100"),
        ("standards", "levels_mg = [1.5, 3, 4.5]", "levels_mg = [1.5, 3, 6]", "above 4.5 mg"),
        ("standards", "levels_mg = [1.5, 3, 4.5]", "levels_mg = [1, 3, 4.5]", "its ladders"),
        ("standards", "climb_days = [7, 14]", "climb_days = [14, 7]", "climb_days"),
        ("facts", 'sources = ["none-found"]', 'sources = ["occupancy"]', "belong together"),
        ("facts", 'topic = "dose"', 'topic = "dosage"', "expected one of"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_file_and_line(
    reader: str, old: str, new: str, told: str
) -> None:
    """One slip in the shipped table, and the build says where it is."""
    file, read = READERS[reader]
    text = read_table(file)
    assert old in text
    with pytest.raises(TableFault, match=re.escape(told)) as refusal:
        read(text.replace(old, new, 1))
    assert re.match(rf"{re.escape(file)}, line \d+, ", str(refusal.value))


def everything_told() -> dict[str, str]:
    """Every sentence of ours in these tables and beside a plan."""
    told = {f"fact {fact.id}": fact.text for fact in dosing.facts().values()}
    told |= {f"ladder {row.id}": row.text for row in dosing.ladders().values()}
    jia = outcomes.refused(condition("jia"))
    assert jia is not None
    told |= {"refused jia": f"{jia.why} {jia.todo}"}
    plans = [small_plan(kind=kind, pairs=0 if kind == "open-titration" else 1) for kind in Kind]
    plans += [small_plan(), small_plan(kind="open-randomised")]
    told |= {f"grade {n}": f"{(f := foreseen(p)).sentence} {f.more}" for n, p in enumerate(plans)}
    return told


@pytest.mark.parametrize("row", everything_told())
def test_what_is_told_is_easy_to_read_and_gives_no_orders(row: str) -> None:
    """Flesch-Kincaid grade 8 or lower; names of illnesses count as short words."""
    plain = re.sub(
        r"fibromyalgia|amitriptyline|arthritis|Hashimoto's", "it", everything_told()[row]
    )
    assert BANNED.findall(plain) == []
    assert grade(plain) <= 8.0


def test_no_wording_of_a_questionnaire_ships() -> None:
    """A skeleton has a scale and no items, whatever its licence."""
    rows = tomllib.loads(read_table("outcomes.toml"))["skeleton"]
    allowed = {"id", "part", "min", "max", "step", "better", "mcid", "mcid_sources"}
    assert all(set(row) <= allowed for row in rows)
    assert {row["id"] for row in rows} <= set(instruments())
