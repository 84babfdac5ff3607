"""The conversation pack: three pages, unwelcome first, no instruction, every source named."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from openldn.evidence import catalogue
from openldn.evidence.conditions import Condition, find
from openldn.evidence.studies import studies
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Role
from openldn.protocol.plan import Kind, LadderStep, Plan, StopRule
from openldn.protocol.profile import profile_from_toml
from openldn.protocol.screening import Profile
from openldn.report.pack import pack_data, pack_pictures, render_pack
from report.test_plot_days import PLAN
from report.test_wording import BANNED, INSTRUCTION
from support.reading import grade

HARDEST = 8.0
TODAY = date(2026, 1, 1)


def condition(name: str) -> Condition:
    """Find a condition that is there."""
    found = find(name)
    assert found is not None
    return found


def profile(text: str) -> Profile:
    """Read a profile as the command does."""
    return profile_from_toml(f"format = 1\n{text}".encode(), today=TODAY)


def pages(data: bytes) -> list[str]:
    """Return the words of each page, line ends undone."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


TOUCHED = profile(
    """
    birth_year = 2012
    pregnant = true
    breastfeeding = true
    conditions = ["hashimoto", "cirrhosis", "kidney failure", "transplant"]
    medicines = ["co-codamol 30/500", "Qwertyzol", "tramadol", "Imodium", "kratom", "tianeptine"]
    [answers]
    opioid-now = true
    suicidal-thoughts = true
    surgery-next-14-days = true
    """
)


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_a_pack_is_two_sides_for_the_prescriber_and_one_for_the_person(one: Condition) -> None:
    """Three pages for every condition, however much or little was studied."""
    first, second, third = pages(render_pack(one, plan=PLAN))
    assert " ".join(one.name.split()) in first
    assert "Proposed plan" in first
    assert "What studies say" in first
    assert "Safety screen" in second
    assert "Monitoring and stop rules" in second
    assert "Questions to ask" in third


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_every_study_of_a_condition_is_shown_and_cited(one: Condition) -> None:
    """No row without its number, and each number leads to a PMID, DOI, registry or address."""
    data = pack_data(one, plan=PLAN)
    assert len(data["evidence"]["rows"]) == len(one.studies)
    for study_id in one.studies:
        study = studies()[study_id]
        (row,) = [row for row in data["evidence"]["rows"] if row[0].startswith(f"{study.name} [")]
        number = int(re.findall(r"\[(\d+)\]", row[0])[0])
        assert study.identifier in data["references"][number - 1]
        assert all(text in row[2] for text in study.unconfirmed)


def test_trials_without_a_gain_stand_first() -> None:
    """In fibromyalgia that is four rows before the first gain."""
    rows = pack_data(condition("fibromyalgia"), plan=PLAN)["evidence"]["rows"]
    assert [row[1] for row in rows][:5] == ["no clear gain"] * 4 + ["a gain"]


def test_the_pooled_figure_is_computed_and_marked_unconfirmed() -> None:
    """The average and where a new trial may fall, for the condition that has a pool only."""
    points = pack_data(condition("fibromyalgia"), plan=PLAN)["evidence"]["points"]
    assert any("pooled" in text and "Unconfirmed in part" in text for text in points)
    assert len(pack_data(condition("lupus"), plan=PLAN)["evidence"]["points"]) == 1


def test_what_can_give_away_the_capsule_is_told() -> None:
    """Vivid dreams threaten a blinded trial, and their figure rests on a disputed study."""
    data = pack_data(condition("lupus"), plan=PLAN)
    (dreams,) = [text for text in data["evidence"]["harms"] if text.startswith("Vivid dreams:")]
    assert "Unconfirmed" in dreams
    assert any("Disputed." in text for text in data["references"])


def test_a_condition_without_any_study_says_so() -> None:
    """Nothing found is told, not left blank."""
    first = pages(render_pack(condition("graves"), plan=PLAN))[0]
    assert "Not studied" in first
    assert "No study in people was found" in first


def test_every_mark_in_the_text_leads_to_a_reference_and_back() -> None:
    """No dangling number, no source that nothing rests on."""
    data = pack_data(condition("crohns"), plan=PLAN, profile=TOUCHED)
    said = {int(mark) for mark in re.findall(r"\[(\d+)\]", str(data | {"references": []}))}
    assert said == set(range(1, len(data["references"]) + 1))


def test_a_touched_stop_rule_opens_the_pack() -> None:
    """The prescriber sees it before the plan, the person sees what to do."""
    first, second, third = pages(render_pack(condition("lupus"), plan=PLAN, profile=TOUCHED))
    assert first.index("A stop rule is touched: mood, opioid now") < first.index("Proposed plan")
    assert "on the list of opioids" in second
    assert "Qwertyzol (not recognised)" in second
    assert "Call your local crisis line or emergency number now" in third


def test_thoughts_of_suicide_are_never_cut_off_by_other_rules() -> None:
    """Help for today stands first on both lists, however many rules are touched."""
    data = pack_data(condition("lupus"), plan=PLAN, profile=TOUCHED)
    assert data["safety"]["touched"][0][1].startswith("mood")
    assert "crisis line" in data["person"]["told"][0]


def test_no_touched_rule_goes_missing() -> None:
    """What does not fit in full is named."""
    data = pack_data(condition("lupus"), plan=PLAN, profile=TOUCHED)
    told = str(data["safety"]["touched"]) + data["safety"]["more"]
    for rule in ("opioid now", "minors", "pregnancy", "breastfeeding", "surgery planned"):
        assert rule in told
        assert rule in " ".join(data["person"]["told"]).casefold()


def test_an_open_question_asks_for_the_prescriber_s_decision() -> None:
    """`ask-prescriber` without a stop is told as theirs to decide."""
    data = pack_data(condition("lupus"), plan=PLAN, profile=profile("breastfeeding = true"))
    assert data["banner"].startswith("Your decision is asked before a trial can begin: breastf")


def test_silence_is_never_taken_for_no() -> None:
    """Without a profile each stop rule stands there to be asked."""
    data = pack_data(condition("lupus"), plan=PLAN)
    assert "None of the 43 rules was asked" in data["safety"]["summary"]
    assert any("opioid is used now" in text for text in data["safety"]["not_asked"])
    assert data["banner"] == ""
    assert "No safety questions were answered yet" in data["person"]["told"][0]


def test_nothing_touched_is_never_called_safe() -> None:
    """It is nothing in the rules that were asked, on both sides of the table."""
    data = pack_data(condition("lupus"), plan=PLAN, profile=profile("age = 46\npregnant = false"))
    assert "nothing in these rules was touched" in data["safety"]["summary"]
    assert "never means that LDN is safe" in data["safety"]["summary"]
    assert "does not mean that LDN is safe" in data["person"]["told"][0]


def test_the_condition_itself_is_asked_of_the_rules() -> None:
    """Hashimoto's touches the thyroid rule without any profile, and no other rule is asked."""
    data = pack_data(condition("hashimotos"), plan=PLAN)
    assert [row[1].split(" [")[0] for row in data["safety"]["touched"]] == ["thyroid"]
    assert "Of 43 rules 1 were asked" in data["safety"]["summary"]


@pytest.mark.parametrize("kind", Kind)
def test_every_design_says_what_it_settles_and_how_long_it_takes(kind: Kind) -> None:
    """Open designs say what they cannot tell apart; the days add up to the whole."""
    from openldn.evidence.first_plan import first_plan

    plan = first_plan(condition("lupus"), kind=kind)
    data = pack_data(condition("lupus"), plan=plan, is_first_plan=True)
    assert f"It takes {plan.total_days} days in all" in data["settled"][-1]
    told = " ".join(data["settled"])
    assert ("hope" in told) is not kind.is_blinded
    assert any("pharmacist" in text for text in data["plan"]) is kind.is_blinded
    assert any("first proposal" in text for text in data["plan"])
    weeks = [part[1].split() for part in data["parts"]]
    days = sum(int(n) * (7 if unit.startswith("week") else 1) for n, unit in weeks)
    assert days == plan.total_days


def test_the_compared_part_tells_no_order() -> None:
    """Neither person nor prescriber may know it, so all periods stand in one line."""
    parts = pack_data(condition("lupus"), plan=PLAN)["parts"]
    (compared,) = [part for part in parts if part[0] == "Compared"]
    assert compared[2].startswith(f"{PLAN.design.n_periods} periods, ")
    assert compared[2].endswith(" or placebo, order drawn by chance")


def test_a_no_has_its_place_without_blame() -> None:
    """A box to tick, what then, and what not to do."""
    _, second, third = pages(render_pack(condition("lupus"), plan=PLAN))
    assert "Reason, and what would change it" in second
    for part in (
        "Nobody is to blame",
        "another opinion",
        "do not buy LDN without a prescription",
        "usual medicines and checks stay as they are",
        "The reason, in their words",
    ):
        assert part in third


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_no_word_is_banned_and_nobody_is_told_what_to_take(one: Condition) -> None:
    """The wording rules hold on all three pages; papers' titles are quoted as they are."""
    text = str(pack_data(one, plan=PLAN) | {"references": []})
    touched = str(pack_data(one, plan=PLAN, profile=TOUCHED) | {"references": []})
    assert BANNED.findall(text + touched) == []
    assert INSTRUCTION.findall(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *pack_data(condition("lupus"), plan=PLAN)["person"]["questions"],
        *pack_data(condition("lupus"), plan=PLAN)["person"]["if_no"],
    ],
)
def test_what_the_person_reads_stays_at_grade_8(text: str) -> None:
    """Each question and each line of what then, on its own."""
    assert grade(text) <= HARDEST


def test_the_pack_is_tagged_titled_and_in_english() -> None:
    """PDF/UA-1: a screen reader finds structure, title and language."""
    data = render_pack(condition("lupus"), plan=PLAN)
    reader = PdfReader(io.BytesIO(data))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert b"pdfuaid" in data
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert "a plan to talk about" in reader.metadata.title


def test_the_same_facts_give_the_same_bytes() -> None:
    """No clock and no chance."""
    one = condition("fibromyalgia")
    assert render_pack(one, plan=PLAN, profile=TOUCHED) == render_pack(
        one, plan=PLAN, profile=TOUCHED
    )


def test_the_pages_can_be_looked_at(tmp_path: Path) -> None:
    """Three pictures are left as artefacts, and none of them is an empty page."""
    pictures = pack_pictures(condition("fibromyalgia"), plan=PLAN, profile=TOUCHED)
    for number, picture in enumerate(pictures, start=1):
        (tmp_path / f"pack-{number}.png").write_bytes(picture)
    assert len(pictures) == 3
    assert all(p.startswith(b"\x89PNG") and len(p) > 30_000 for p in pictures)


def crowded() -> Plan:
    """Give a plan with more of everything than two sides hold."""
    extra = tuple(
        replace(PLAN.primary, id=f"extra_{i}", label="A long label of a score " * 3, role=Role.HARM)
        for i in range(25)
    )
    rules = tuple(
        StopRule(id=f"rule-{i}", on="pain", at_least=9, days=3, within=5) for i in range(40)
    )
    rungs = tuple(LadderStep(dose=Dose(ug), min_days=7) for ug in range(500, 5000, 500))
    return replace(PLAN, outcomes=(*PLAN.outcomes, *extra), stop_rules=rules, ladder=rungs)


def test_a_crowded_pack_is_still_three_pages_and_says_what_is_left_out() -> None:
    """Lists shrink and are counted; nothing is dropped in silence."""
    names = [f"Unknown name {i} of a medicine" * 4 for i in range(3000)]
    given = replace(TOUCHED, medicines=(*(TOUCHED.medicines or ()), *names))
    found = pages(render_pack(condition("fibromyalgia"), plan=crowded(), profile=given))
    assert len(found) == 3
    assert "and 2994 more" in found[1]
    assert "34 more rules of the plan" in found[1]


def test_markup_and_other_scripts_are_only_text() -> None:
    """Nothing a person wrote is read as the printer's language, and no letter stops the print."""
    given = profile('medicines = ["#panic(1) *b* $x$ <b>", "דקסה", "😀 pill"]')
    printed = render_pack(condition("lupus"), plan=PLAN, profile=given)
    assert "#panic(1) *b* $x$ <b> (not recognised)" in pages(printed)[1]
    assert len(pages(printed)) == 3
    assert PdfReader(io.BytesIO(printed)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_name_cannot_turn_what_is_said_about_it_around() -> None:
    """A sign that reverses text stays out, as on the terminal and in the app."""
    given = profile('medicines = ["\\u202ezzorbex", "\\u2067qqorbex\\u200f"]')
    side = pages(render_pack(condition("lupus"), plan=PLAN, profile=given))[1]
    assert "zzorbex (not recognised); qqorbex (not recognised)" in side
