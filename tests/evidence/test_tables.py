"""The tables of evidence: every row has a source, and an impossible one is refused by name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from openldn.evidence import catalogue, instruments, pools, published
from openldn.evidence._rows import TableFault
from openldn.evidence.claims import Category, Verdict, claims, read_claims
from openldn.evidence.conditions import NONE_FOUND, read_conditions, read_instruments
from openldn.evidence.effect_priors import read_effect_priors
from openldn.evidence.references import HowSure, read_references, references
from openldn.evidence.side_effects import read_side_effects, side_effects
from openldn.evidence.studies import Result, negative_first, read_studies, studies
from openldn.tables import read_table
from support.reading import grade

Reader = Callable[[str], dict[str, Any]]
READERS: dict[str, Reader] = {
    "studies.toml": read_studies,
    "claims.toml": read_claims,
    "conditions.toml": read_conditions,
    "side_effects.toml": read_side_effects,
    "references.toml": read_references,
}
# standards.md section 3; what a plan's prescriber decides, no page tells anyone to do.
BANNED = re.compile(
    r"\bsignifican\w*|\bp-?values?\b|\bproven?\b|\bproves\b|\bdoes not work\b|\bworks\b"
    r"|\bresponders?\b|\beffect sizes?\b|\bconfiden\w*"
    r"|\b(you should|we recommend|must|(start|stop|increase|decrease|continue|raise|lower|change)"
    r" (taking|your dose|the dose|your capsule|LDN|naltrexone))\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("study_id", studies())
def test_every_study_has_a_source_and_says_what_was_read(study_id: str) -> None:
    """An address for readers, and a way to find the paper or an open word that there is none."""
    study = studies()[study_id]
    assert study.url.startswith(("http://", "https://"))
    assert study.identifier
    assert study.found
    assert study.limits
    if study.verified == "secondary":
        assert study.unconfirmed or study.result is Result.NONE


@pytest.mark.parametrize("claim_id", claims())
def test_every_claim_rests_on_studies_or_says_what_else(claim_id: str) -> None:
    """A verdict with a reason, a sentence for the reader, and somewhere to look it up."""
    claim = claims()[claim_id]
    assert claim.studies or all(source.title for source in claim.sources)
    assert claim.why != claim.meaning
    if claim.verdict is Verdict.NOT_STUDIED:
        assert "found" in claim.why


@pytest.mark.parametrize("effect_id", side_effects())
def test_every_side_effect_has_a_source(effect_id: str) -> None:
    """A study or a named document, and what to do in plain words."""
    effect = side_effects()[effect_id]
    assert effect.studies or effect.sources
    assert effect.what_to_do.endswith(".")


@pytest.mark.parametrize("condition", catalogue(), ids=lambda condition: condition.id)
def test_every_condition_has_a_source_or_says_that_none_was_found(condition: Any) -> None:
    """And each of its instruments and studies is known."""
    assert (condition.source == NONE_FOUND) == (condition.studies == ())
    assert set(condition.instruments) <= set(instruments())
    assert condition.watch


@pytest.mark.parametrize("instrument", instruments().values(), ids=lambda one: one.id)
def test_every_mcid_has_a_source(instrument: Any) -> None:
    """A figure that decides what counts as worthwhile is never bare."""
    assert bool(instrument.mcid) == bool(instrument.mcid_source)
    assert instrument.licence


@pytest.mark.parametrize("reference_id", references())
def test_every_reference_says_how_sure_it_is(reference_id: str) -> None:
    """Resolved to an identifier, or marked unconfirmed."""
    reference = references()[reference_id]
    assert reference.basis
    assert reference.url or reference.unconfirmed


def test_the_tables_hold_what_the_facts_hold() -> None:
    """73 studies, 65 of them clinical, 40 claims, 20 conditions, 52 instruments, 19 effects."""
    assert len(studies()) == 73
    assert sum(study.is_clinical for study in studies().values()) == 65
    assert len(claims()) == 40
    assert (len(catalogue()), len(instruments())) == (20, 52)
    assert len(side_effects()) == 19
    assert sum(effect.is_red_flag for effect in side_effects().values()) == 7
    assert (len(references()), len(published()), len(pools())) == (5, 6, 2)


def test_the_unwelcome_claims_are_told() -> None:
    """Lupus is not studied, pain is mixed with the negative trials first, harmless is mixed."""
    assert claims()["lupus"].verdict is Verdict.NOT_STUDIED
    assert claims()["side-effects-minimal-rare"].verdict is Verdict.MIXED
    first = [study.id for study in claims()["muscle-pain"].evidence[:4]]
    assert {"bruun-final-2024", "innova-2026", "bested-2023"} <= set(first)


@pytest.mark.parametrize("claim_id", claims())
def test_studies_without_a_gain_come_first(claim_id: str) -> None:
    """However the table lists them."""
    order = [list(Result).index(study.result) for study in claims()[claim_id].evidence]
    assert order == sorted(order)
    assert {study.id for study in claims()[claim_id].evidence} == set(claims()[claim_id].studies)


def test_the_order_keeps_the_table_s_order_among_equals() -> None:
    """Two trials without a gain stay as they were named."""
    found = negative_first(("younger-2013", "innova-2026", "bested-2023"))
    assert [study.id for study in found] == ["innova-2026", "bested-2023", "younger-2013"]


@pytest.mark.parametrize("file", READERS)
def test_the_table_ships_whole(file: str) -> None:
    """Every head of a row is read, and none twice."""
    text = read_table(file)
    kind = "study" if file == "studies.toml" else file.removesuffix("s.toml")
    assert len(READERS[file](text)) == text.count(f"[[{kind}]]")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("studies.toml", 'url = "https://pubmed.ncbi.nlm.nih.gov/23359310/"\n', "", "source"),
        ("studies.toml", "year = 2013", "year = 3013", "year is 3013"),
        ("studies.toml", "analysed = 28", "analysed = 280", "analysed 280 of 31"),
        ("studies.toml", "low = -0.95", "low = 0.95", "outside its own range"),
        ("studies.toml", "Pain fell by 28.8%", "Pain fell by 288%", "288%"),
        ("studies.toml", 'doi = "10.1002/art.37734"', 'doi = "art.37734"', "doi is"),
        ("studies.toml", 'result = "gain"', 'result = "great"', "expected one of"),
        ("studies.toml", 'result = "gain"', 'result = "gain"\nresutl = "x"', "unknown resutl"),
        ("studies.toml", 'id = "younger-2013"', 'id = "younger-2009"', "two rows"),
        ("claims.toml", '"younger-2009"', '"younger-1909"', "does not hold"),
        ("claims.toml", 'sources = ["none-found"]\n', "", "no row without a source"),
        ("claims.toml", 'seen_in = "cells or mice"\n', "", "seen_in"),
        ("claims.toml", 'condition = "graves"', 'condition = "grave"', "no condition"),
        ("side_effects.toml", "ldn = [41, 49]", "ldn = [59, 49]", "59 of 49"),
        ("side_effects.toml", "ratio = [2.41, 1.77, 3.28]", "ratio = [5.0, 1.77, 3.28]", "ratio 5"),
        ("side_effects.toml", 'sources = ["clinic-sheet"]\n', "", "no row without a source"),
        ("references.toml", 'pmid = "23965429"\n', "", "no row without a source"),
        ("references.toml", "title = ", "title_ = ", "title"),
        ("conditions.toml", 'source = "frech-2011"', 'source = "frech-2012"', "source is"),
        ("conditions.toml", 'primary = "itch"', 'primary = "itsch"', "question"),
        ("conditions.toml", 'icd11_read = "seen in a checked list"\n', "", "ICD-11"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_file_and_line(
    file: str, old: str, new: str, told: str
) -> None:
    """One slip in the shipped table, and the build says where it is."""
    text = read_table(file)
    assert old in text
    with pytest.raises(TableFault, match=re.escape(told)) as refusal:
        READERS[file](text.replace(old, new, 1))
    assert re.match(rf"{re.escape(file)}, line \d+, ", str(refusal.value))


def test_the_line_that_is_named_is_the_head_of_the_row() -> None:
    """An editor opened there shows the row."""
    text = read_table("studies.toml")
    with pytest.raises(TableFault) as refusal:
        read_studies(text.replace("analysed = 28", "analysed = 0", 1))
    line = int(str(refusal.value).split("line ")[1].split(",")[0])
    assert text.splitlines()[line - 1 : line + 1] == ["[[study]]", 'id = "younger-2013"']


def test_an_mcid_without_its_source_is_refused() -> None:
    """The other table in the file of conditions is read as strictly."""
    text = read_table("conditions.toml")
    slip = re.sub(r'mcid_source = "Farrar[^\n]*\n', "", text, count=1)
    with pytest.raises(TableFault, match="MCID and its source"):
        read_instruments(slip)


@pytest.mark.parametrize(
    "text",
    ["", "format = 2\n", "format = 1\n", "format = 1\n[[study]\n", "format = 1\nstudy = [{}]\n"],
)
def test_a_table_that_is_no_table_is_refused(text: str) -> None:
    """Empty, of another format, without rows, not TOML, or rows that have no line of their own."""
    with pytest.raises(TableFault, match=r"studies\.toml"):
        read_studies(text)


def everything_told() -> dict[str, str]:
    """Every text of ours that a reader meets, by the id of its row."""
    told = {f"study {s.id}": f"{s.found} {s.harms} {s.limits}" for s in studies().values()}
    told |= {f"claim {c.id}": f"{c.claim}. {c.why} {c.meaning}" for c in claims().values()}
    told |= {f"effect {e.id}": f"{e.what_to_do} {e.note}" for e in side_effects().values()}
    told |= {f"condition {c.id}": f"{c.evidence} {c.watch}" for c in catalogue()}
    told |= {f"reference {r.id}": f"{r.what_it_is} {r.basis}" for r in references().values()}
    return told


@pytest.mark.parametrize("row", everything_told())
def test_no_row_holds_a_banned_word_or_tells_what_to_take(row: str) -> None:
    """Describing is ours; deciding is the person's and the prescriber's."""
    assert BANNED.findall(everything_told()[row]) == []


# Names of illnesses cannot be made shorter; each counts as a short word.
NAMES = re.compile(
    r"fibromyalgia|dermatomyositis|ulcerative colitis|amitriptyline|psoriatic arthritis|rheumat\w+",
    re.IGNORECASE,
)


@pytest.mark.parametrize("row", everything_told())
def test_every_row_is_easy_to_read(row: str) -> None:
    """Flesch-Kincaid grade 8 or lower, row by row."""
    assert grade(NAMES.sub("it", everything_told()[row])) <= 8.0


def test_unconfirmed_is_said_where_the_audit_left_a_doubt() -> None:
    """The pooled correction, the INNOVA range, the 30% share, dreams, Crohn, the two doses."""
    for study in ("bruun-reanalysis-2026", "innova-2026", "bruun-final-2024", "smith-2011"):
        assert studies()[study].unconfirmed
    for study in ("ldn-fm-meta-ams-2025", "parker-2018", "bruun-plesner-2020"):
        assert studies()[study].unconfirmed
    dreams = side_effects()["vivid-dreams"].counts
    assert any(count.unconfirmed for count in dreams if count.ratio == (2.41, 1.77, 3.28))


def test_the_sixteen_claims_about_conditions_are_fifteen_and_the_group() -> None:
    """Bowel disease as a group holds two of the others."""
    found = {c.condition for c in claims().values() if c.category is Category.CONDITION}
    assert len(found - {"ibd"}) == 15
    assert "ibd" in found


def test_one_reference_was_not_found_and_says_so() -> None:
    """Four of five resolve to a paper."""
    unsure = [r.id for r in references().values() if r.certainty is HowSure.NOT_FOUND]
    assert unsure == ["li-2012"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('pool = "fm-pain-all"\nbasis', 'pool = "fm-pain-none"\nbasis', "no row without a source"),
        ("scale = [0, 10]", "scale = [10, 0]", "lowest and its highest"),
        ("mean = -0.25", "mean = -25", "mean is -25"),
        ("error = 0.35", "error = 0", "error is 0"),
        ("other_spreads = [0.5, 1.0]", "other_spreads = [0.5]", "expected 2 numbers"),
    ],
)
def test_a_prior_that_cannot_be_right_is_refused(old: str, new: str, told: str) -> None:
    """What an answer may start from rests on a pool that is there, and on possible numbers."""
    text = read_table("studies.toml")
    assert old in text
    with pytest.raises(TableFault, match=re.escape(told)):
        read_effect_priors(text.replace(old, new, 1))


def test_no_side_effect_is_called_harmless_without_a_mostly() -> None:
    """The dreams are mostly so, says the table of side effects; no other row may promise more."""
    told = [one.meaning for one in claims().values()]
    told += [one.what_to_do for one in side_effects().values()]
    promised = [text for text in told if "harmless" in text.lower()]
    assert promised
    assert all("mostly harmless" in text.lower() for text in promised)
