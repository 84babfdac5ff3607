"""The pages of what is known: complete, sourced, the unwelcome first, easy to read."""

import importlib.util
import re
import subprocess
import sys
from html import unescape
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from openldn.evidence.claims import Category, Claim, Verdict, claims
from openldn.evidence.conditions import Condition, catalogue
from openldn.evidence.references import references
from openldn.evidence.side_effects import side_effects
from openldn.evidence.studies import Result, pools, studies
from openldn.evidence.words import VERDICTS
from openldn.pharmacology.table import facts
from openldn.web.ask import citing, curves, pooling
from support import tree
from support.reading import grade, prose
from support.web import visible

HARDEST, SHORT = 8.0, 100
CONDITIONS = {one.id: one for one in catalogue()}
ADDRESSES = (
    "/known",
    "/known/story",
    "/known/blockade",
    "/known/blockade?taken=daily",
    *(f"/known/claims/{one}" for one in claims()),
    *(f"/known/conditions/{one}" for one in CONDITIONS),
    *(f"/known/side-effects/{one}" for one in side_effects()),
)


def page(owner: Client, address: str) -> str:
    """Open a page as a browser would read it."""
    answer = owner.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def links_out(html: str) -> dict[str, str]:
    """Every tag of a link that leaves the app, by its address."""
    tags = re.findall(r"<a [^>]*>", html)
    found = ((re.search(r'href="(https?:[^"]*)"', tag), tag) for tag in tags)
    return {match[1]: tag for match, tag in found if match}


# Claims and conditions


@pytest.mark.parametrize("claim", claims().values(), ids=lambda claim: claim.id)
def test_a_claim_s_page_tells_verdict_reason_and_every_study(owner: Client, claim: Claim) -> None:
    """The verdict in words, why, what it means, and a link to each source."""
    html = page(owner, f"/known/claims/{claim.id}")
    for words in (VERDICTS[claim.verdict], claim.why, claim.meaning, *claim.unconfirmed):
        assert words in html
    out = links_out(html)
    for study in claim.evidence:
        assert {one.url for one in citing.of_study(study, with_result=False).links} <= set(out)
        assert all(doubt in html for doubt in study.unconfirmed)
    assert all(source.url in out for source in claim.sources if source.url)
    if claim.category is Category.MECHANISM:
        assert f"Seen in {claim.seen_in}" in html


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_s_page_tells_what_was_found(owner: Client, condition: Condition) -> None:
    """What was found, what to mind, every study; and in words when there is none."""
    html = page(owner, f"/known/conditions/{condition.id}")
    assert condition.evidence in html
    assert condition.watch in html
    assert all(studies()[one].limits in html for one in condition.studies)
    assert ("Studies: none was found." in html) is not bool(condition.studies)


@pytest.mark.parametrize("effect_id", side_effects())
def test_a_side_effect_s_page_tells_what_to_do_first(owner: Client, effect_id: str) -> None:
    """What to do stands before the counts; a warning sign is called one."""
    effect = side_effects()[effect_id]
    html = page(owner, f"/known/side-effects/{effect_id}")
    assert html.index(effect.what_to_do) < html.index("What was counted")
    assert ("Warning sign" in html) is effect.is_red_flag
    assert html.count('scope="row"') == len(effect.counts)


@pytest.mark.parametrize("address", ["/known/claims/muscle-pain", "/known/conditions/fibromyalgia"])
def test_trials_without_a_gain_come_first(owner: Client, address: str) -> None:
    """No heading about a gain, and no study with one, stands above those without."""
    html = page(owner, address)
    order = ("found no clear gain", "FINAL 2024", "found a gain", "Younger 2013")
    places = [html.index(words, html.index("found no clear gain")) for words in order]
    assert places == sorted(places)


def test_every_study_lands_under_one_heading(owner: Client) -> None:
    """No result is without a heading: the card of each study is on its claim's page, once."""
    for claim in claims().values():
        html = page(owner, f"/known/claims/{claim.id}")
        assert html.count("<p>Limits:") == len(claim.studies), claim.id
    assert {one.result for one in studies().values()} == set(Result)


def test_the_gain_of_a_study_is_not_shown_beside_a_harm(owner: Client) -> None:
    """On the page of a side effect's claim a study tells of harms, not of gain."""
    html = page(owner, "/known/claims/se-headache")
    assert "found a gain" not in html
    assert studies()["innova-2026"].found not in html


def test_the_disputed_study_says_so_wherever_it_is_named(owner: Client) -> None:
    """Its name is never without the word, and its own card tells why."""
    for address in ("/known", "/known/story", "/known/claims/se-headache"):
        html = page(owner, address)
        assert "Vatvani" in html
        assert not re.search(r"Vatvani 2024(?!, disputed)[^.]*</(a|h3)>", html), address
    assert studies()["vatvani-2024"].disputed in page(owner, "/known/claims/se-headache")


def test_each_verdict_has_a_mark_of_its_own_shape(owner: Client) -> None:
    """Told apart without colour, and never without its words."""
    html = page(owner, "/known")
    legend = html[html.index("How we chose the words") :]
    marks = re.findall(r'<li><svg class="vm"(.*?)</svg>([^<]*)</li>', legend)
    assert [words for _, words in marks] == list(VERDICTS.values())
    assert len({shape for shape, _ in marks}) == len(Verdict)


@pytest.mark.parametrize("kind", ["claims", "conditions", "side-effects"])
def test_what_does_not_exist_is_said_in_words(owner: Client, kind: str) -> None:
    """An id that nobody wrote leads to the page of no page."""
    answer = owner.get(f"/known/{kind}/no-such-entry")
    assert answer.status_code == 404
    assert "There is no such page" in visible(answer.content)


# The story


def test_the_story_page_holds_every_claim_with_verdict_and_sources(owner: Client) -> None:
    """Forty claims, each with its words and each of its sources beside it."""
    html = page(owner, "/known/story")
    assert len(claims()) == 40
    for claim in claims().values():
        card = html[html.index(f'id="claim-{claim.id}"') :].partition("</li>")[0]
        assert f"“{claim.claim}”" in card
        assert VERDICTS[claim.verdict] in card
        assert all(study.url in card for study in claim.evidence), claim.id
        assert all(source.title in card for source in claim.sources), claim.id
        assert (f"Seen in {claim.seen_in}" in card) is bool(claim.seen_in)


def test_the_story_page_leads_to_the_fifteen_conditions(owner: Client) -> None:
    """Fifteen, and bowel disease once more as a group."""
    html = page(owner, "/known/story")
    named = {claim.condition for claim in claims().values() if claim.condition}
    assert len(named) == 15 + 1
    assert all(f'href="/known/conditions/{one}"' in html for one in named)


def test_the_story_page_says_what_the_five_references_are(owner: Client) -> None:
    """As printed, as found, where to read them, and what is in doubt."""
    html = page(owner, "/known/story")
    assert len(references()) == 5
    for reference in references().values():
        card = html[html.index(f'id="{reference.id}"') :].partition("</li>")[0]
        for words in (reference.as_printed, reference.what_it_is, reference.basis):
            assert words in card
        assert all(doubt in card for doubt in reference.unconfirmed)
        assert (reference.pmid or reference.doi) in card


def test_no_link_inside_the_story_leads_nowhere(owner: Client) -> None:
    """Every passage's link arrives at a page or at a place on this one."""
    html = page(owner, "/known/story")
    told = re.findall(r"\]\(|claim:|reference:", html)
    assert told == []
    for target in set(re.findall(r'href="(/known[^"]*)"', html)):
        assert owner.get(target).status_code == 200, target


# Looking for something


def entries(html: str) -> set[str]:
    """Name what a search shows."""
    main = html[html.index('role="status"') :].partition("How we chose")[0]
    return set(re.findall(r'href="/known/[a-z-]+/([a-z0-9-]+)"', main))


def test_one_s_own_words_find_claims_conditions_and_side_effects(owner: Client) -> None:
    """`sleep` finds the claim of that name; words of the reason are found too."""
    assert entries(page(owner, "/known?words=brain+fog")) == {"focus"}
    assert "crohns" in entries(page(owner, "/known?words=Crohn"))
    assert {"muscle-pain", "blocks-pain-signals", "abdominal-pain"} <= entries(
        page(owner, "/known?words=pain")
    )


def test_the_filter_keeps_to_one_condition(owner: Client) -> None:
    """The condition, the claim about it, and what rests on a study in it; nothing else."""
    found = entries(page(owner, "/known?condition=lupus"))
    assert found == {"lupus"}
    assert "muscle-pain" in entries(page(owner, "/known?condition=fibromyalgia"))
    assert "hashimotos" not in entries(page(owner, "/known?condition=fibromyalgia"))


def test_words_and_filter_narrow_together(owner: Client) -> None:
    """Both have to fit."""
    words = entries(page(owner, "/known?words=pain"))
    both = entries(page(owner, "/known?words=pain&condition=fibromyalgia"))
    assert both < words
    assert "muscle-pain" in both


def test_words_that_fit_another_condition_only_are_not_lost(owner: Client) -> None:
    """Nothing fits here, and one button looks everywhere."""
    html = page(owner, "/known?words=thyroid&condition=lupus")
    assert "Nothing fits “<bdi>thyroid</bdi>” for" in html
    assert 'href="/known?words=thyroid"' in html


def test_a_misspelled_word_is_met_with_what_was_meant(owner: Client) -> None:
    """Nothing fits, and the page says which entry is near."""
    html = page(owner, "/known?words=sarcoidsis")
    assert "Nothing fits “<bdi>sarcoidsis</bdi>”" in html
    assert "/known/conditions/sarcoidosis" in html


def test_an_unknown_condition_filters_nothing(owner: Client) -> None:
    """An address typed by hand shows everything and claims no filter."""
    html = page(owner, "/known?condition=no-such-thing")
    assert html.count("claim-card") == len(claims())
    assert "Show all" not in html


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", '"><b>x', "🦋" * 5000, "\u202etxet", "' or 1=1 --", "\0"]
)
def test_hostile_words_are_shown_as_words_and_cut(owner: Client, words: str) -> None:
    """No markup of a reader's own, and no more than 80 letters of it come back."""
    answer = owner.get("/known", {"words": words})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content
    assert b"<b>x" not in answer.content
    assert answer.content.count("🦋".encode()) <= 2 * 80


# Every page


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_says_what_it_means_and_links_its_sources(owner: Client, address: str) -> None:
    """One sentence for the reader; sources open without telling from where one came."""
    html = page(owner, address)
    assert html.count("<h2>What this means for you</h2>") == 1
    out = links_out(html)
    assert out or "graves" in address  # of Graves' disease no study was found
    assert all('rel="noreferrer"' in tag for tag in out.values())


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_a_hundred_words_reads_at_grade_8_or_lower(owner: Client, address: str) -> None:
    """Sentences; tables, titles of papers and lists of sources are looked up, not read."""
    text = prose(page(owner, address))
    assert text
    assert len(text.split()) < SHORT or grade(text) <= HARDEST


def test_help_and_the_start_lead_to_what_is_known(owner: Client) -> None:
    """The way there, from the page of questions and from the first safety questions."""
    for address in ("/help", "/start"):
        assert f'href="{reverse("ask:known")}"' in page(owner, address)


# The trials together


def test_bars_and_figures_of_the_trials_tell_the_same(owner: Client) -> None:
    """The place of a trial's mark on its bar is its figure, on a scale with zero in the middle."""
    shown = pooling.pooled_for("fibromyalgia")
    assert len(shown) == len(pools())
    for one in shown:
        points_per_unit = float(one.band_width) / (2 * float(one.band_points))
        assert float(one.zero) == 50.0
        for row in (row for row in one.rows if not row.is_prediction):
            estimate = float(row.figures.partition(" ")[0].replace("−", "-"))
            assert float(row.middle) == pytest.approx(50 + estimate * points_per_unit, abs=0.3)
            assert float(row.low) < float(row.middle) < float(row.high)


def test_the_trials_together_name_the_unconfirmed_inputs(owner: Client) -> None:
    """Doubt stands in the row, on the claim's page and on the condition's."""
    for address in ("/known/claims/muscle-pain", "/known/conditions/fibromyalgia"):
        html = page(owner, address)
        assert html.count("Unconfirmed: The spread of 2 is assumed.") == 1
        assert "https://pubmed.ncbi.nlm.nih.gov/11690728/" in html
    assert "The trials together" not in page(owner, "/known/conditions/lupus")


@pytest.mark.parametrize(
    ("source", "words", "url"),
    [
        ("Smith 2024, https://a.example/b", "Smith 2024", "https://a.example/b"),
        ("a page; more at https://a.example/b", "a page; more", "https://a.example/b"),
        (
            "Rooney 2019, doi 10.1016/j.x",
            "Rooney 2019, doi 10.1016/j.x",
            "https://doi.org/10.1016/j.x",
        ),
        ("Bodger 2013, table 6", "Bodger 2013, table 6", ""),
    ],
)
def test_a_source_in_one_line_becomes_a_link(source: str, words: str, url: str) -> None:
    """An address or a DOI at its end is what it leads to."""
    assert citing.linked(source) == citing.Link(words=words, url=url)


# Blockade


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the curves."""
    path = tree.ROOT / "tools" / "write_blockade_curves.py"
    spec = importlib.util.spec_from_file_location("write_blockade_curves", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flat(value: Any, place: str = "") -> dict[str, Any]:
    """Name every value of a JSON file by its place."""
    if isinstance(value, dict):
        pairs = [flat(inner, f"{place}.{key}") for key, inner in value.items()]
    elif isinstance(value, list):
        pairs = [flat(inner, f"{place}[{number}]") for number, inner in enumerate(value)]
    else:
        return {place: value}
    return {name: inner for pair in pairs for name, inner in pair.items()}


def _same(place: str, saved: dict[str, Any], made: dict[str, Any]) -> bool:
    if not isinstance(made[place], float):
        return bool(saved[place] == made[place])
    step = 0.101 if ".washout." in place else 0.00011
    return bool(abs(saved[place] - made[place]) <= step)


def test_the_curves_are_what_the_model_says(script: ModuleType) -> None:
    """Nobody changed the model and forgot `tools/write_blockade_curves.py`."""
    saved, made = flat(curves.saved()), flat(script.contents())
    assert saved.keys() == made.keys()
    # One step of the last digit: another NumPy may round otherwise.
    off = {place: (saved[place], made[place]) for place in made if not _same(place, saved, made)}
    assert off == {}


def test_a_moved_curve_would_be_seen(script: ModuleType) -> None:
    """The walk through the file reaches the numbers of every curve."""
    made = flat(script.contents())
    assert ".daily.doses[2].mu_slower.q95[96]" in made
    assert len(made) > 2 * 4 * 97 * 8


@pytest.mark.parametrize("address", ["/known/blockade", "/known/blockade?taken=daily"])
def test_the_warning_stands_before_any_number(owner: Client, address: str) -> None:
    """Never for timing, no scan, effects may lag: above the first picture."""
    html = page(owner, address)
    top = html[html.index("<main") : html.index("<figure")]
    assert "Never use this to time an opioid medicine" in top
    assert "No scan exists at any LDN dose in daily use" in top
    assert "may outlast it" in top
    assert "Effects on symptoms may lag" in html
    assert all(limit in html for limit in curves.saved()["single"]["limits"])


@pytest.mark.parametrize("is_daily", [False, True])
def test_picture_table_and_curve_tell_the_same(owner: Client, is_daily: bool) -> None:
    """At every hour of the table the drawn line stands where the number says."""
    shown = curves.blockade(is_daily=is_daily)
    html = page(owner, "/known/blockade" + ("?taken=daily" if is_daily else ""))
    assert [panel.dose for panel in shown.panels] == ["1 mg", "3 mg", "4.5 mg", "50 mg"]
    for panel in shown.panels:
        assert panel.main in html
        assert panel.band in html
        for path, numbers in (
            (panel.main, [row.main for row in panel.rows]),
            (panel.slower, [row.slower for row in panel.rows]),
        ):
            points = dict(pair.split(" ") for pair in path[1:].split("L"))
            drawn = [10 * (10 - float(points[str(row.hour)])) for row in panel.rows]
            assert drawn == pytest.approx([float(number) for number in numbers], abs=0.6)
        assert all(
            f'<th scope="row">{row.hour}</th><td>{row.main}</td>' in html for row in panel.rows
        )


def test_the_band_lies_around_the_line(owner: Client) -> None:
    """Its upper edge first, its lower edge back: 90 of 100 people hold the typical one."""
    for panel in curves.blockade(is_daily=True).panels:
        edge = [pair.split(" ") for pair in panel.band[1:-1].split("L")]
        half = len(edge) // 2
        upper = dict(edge[:half])
        lower = dict(edge[half:])
        line = dict(pair.split(" ") for pair in panel.main[1:].split("L"))
        assert upper.keys() == lower.keys() == line.keys()
        assert all(float(upper[h]) <= float(line[h]) <= float(lower[h]) for h in line)


def test_washout_shows_the_slower_reading_first(owner: Client) -> None:
    """Where safety hangs on it the longer time is the one that a reader meets."""
    html = page(owner, "/known/blockade")
    table = html[html.index("How long until little is left") :]
    assert table.index("Slower reading</th>") < table.index("Main reading</th>")
    for panel in curves.blockade(is_daily=False).panels:
        assert f"<td><b>{panel.days_slower}</b></td><td>{panel.days_main}</td>" in table
        assert int(panel.days_slower.split()[-1]) > int(panel.days_main.split()[-1])


def test_what_is_measured_stands_apart_from_what_is_thought(owner: Client) -> None:
    """Every statement of the table under its heading, each number of a source on the list."""
    html = page(owner, "/known/blockade")
    shown = curves.blockade(is_daily=False)
    lines = {text: group.heading for group in shown.statements for text, _ in group.lines}
    assert set(lines) == {one.text for one in facts().statements}
    assert "Only thought" in lines.values()
    for name in re.findall(r'href="#(source-[a-z0-9-]+)"', html):
        assert f'id="{name}"' in html
    order = [name for name, _ in shown.sources]
    for group in shown.statements:
        for _, numbers in group.lines:
            assert all(order[number - 1] == name for number, name in numbers)


def test_no_page_of_what_is_known_loads_the_engine() -> None:
    """Every page rendered in a new process: neither NumPy nor a model is there."""
    program = (
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'openldn.web.config.settings'\n"
        "import django\n"
        "django.setup()\n"
        "from django.test import RequestFactory\n"
        "from openldn.web.ask.views import known as views\n"
        "get = RequestFactory().get\n"
        "pages = [views.known(get('/known')), views.story(get('/')), views.blockade(get('/')),\n"
        "  views.claim(get('/'), 'muscle-pain'), views.condition(get('/'), 'fibromyalgia'),\n"
        "  views.side_effect(get('/'), 'liver')]\n"
        "assert all(page.status_code == 200 for page in pages)\n"
        "heavy = {'numpy', 'openldn.inference', 'openldn.pharmacology.prediction'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
