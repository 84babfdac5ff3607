"""`openldn evidence`."""

import argparse
import json
from pathlib import Path

import pytest

from openldn.cli import evidence
from openldn.evidence import catalogue
from openldn.evidence.claims import claims
from openldn.evidence.side_effects import side_effects
from openldn.evidence.words import marked
from openldn.protocol.problems import InputError
from support.reading import grade


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run the command and give what it prints."""
    parser = argparse.ArgumentParser()
    evidence.add_arguments(parser)
    assert evidence.run(parser.parse_args(words)) == 0
    return capsys.readouterr().out


def problem(*words: str) -> str:
    """Run the command on what it cannot use and give the one problem."""
    parser = argparse.ArgumentParser()
    evidence.add_arguments(parser)
    with pytest.raises(InputError) as refusal:
        evidence.run(parser.parse_args(words))
    (one,) = refusal.value.problems
    return str(one)


def test_without_a_topic_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Conditions, claims with their verdict in words, side effects."""
    printed = told(capsys)
    for claim in claims().values():
        assert f"{claim.claim}: {marked(claim.verdict)}" in printed
    for entry in (*catalogue(), *side_effects().values()):
        assert entry.name in printed


@pytest.mark.parametrize("claim_id", claims())
def test_a_claim_shows_verdict_reason_and_every_source(
    claim_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verdict, certainty, why, what it means, and each study's PMID or DOI."""
    claim = claims()[claim_id]
    printed = told(capsys, claim_id)
    plain = " ".join(printed.split())
    assert marked(claim.verdict) in plain
    assert claim.why in plain
    assert f"What this means for you: {claim.meaning}" in plain
    assert all(study.identifier in plain for study in claim.evidence)


def test_negative_trials_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    """The two large trials stand before the small one that saw a gain."""
    printed = told(capsys, "muscle-pain")
    assert printed.index("- FINAL 2024") < printed.index("- Younger 2013")
    assert printed.index("- INNOVA 2026") < printed.index("- Younger 2013")


def test_a_condition_shows_its_claim_and_the_pooled_trials(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lupus with its verdict; fibromyalgia with the plot of its trials."""
    assert "? Not studied" in told(capsys, "SLE") + told(capsys, "lupus")
    printed = told(capsys, "fibro")
    assert "A new trial" in printed
    assert "less pain on LDN" in printed


def test_the_disputed_study_is_flagged(capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever the command shows it, and with the reason."""
    for topic in ("se-headache", "nausea"):
        printed = told(capsys, topic)
        assert printed.count("Vatvani 2024 (disputed)") >= 1
        assert printed.count("- Vatvani 2024") == printed.count("- Vatvani 2024 (disputed)")
        assert "copied wrongly from the FINAL trial" in " ".join(printed.split())


def test_a_side_effect_is_told_by_harms_not_by_gains(capsys: pytest.CaptureFixture[str]) -> None:
    """A trial's relief of pain has no place under headache; its studies stand there once."""
    printed = told(capsys, "headache")
    assert "a gain" not in printed
    assert printed.count("- Weinstock 2020") == 1


def test_a_red_flag_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """At once, above the sources."""
    printed = told(capsys, "liver")
    assert "(red flag)" in printed
    assert "same day" in printed


def test_words_that_fit_several_entries_list_them(capsys: pytest.CaptureFixture[str]) -> None:
    """The reader picks one."""
    printed = told(capsys, "register")
    assert "Conditions" in printed
    assert "Claims" in printed


def test_an_unknown_topic_names_the_nearest() -> None:
    """What was given, what is expected, what to do."""
    told_so = problem("fibromialgia")
    assert "LDN-C060" in told_so
    assert "Did you mean fibromyalgia" in told_so


@pytest.mark.parametrize("topic", ["💊", "<b>zebra</b>", "x" * 100_000, "\u202ezebra"])
def test_a_hostile_topic_is_refused_in_words(topic: str) -> None:
    """Short, quoted, and without a guess."""
    told_so = problem(topic)
    assert "LDN-C060" in told_so
    assert len(told_so) < 400


def test_json_holds_the_entries_and_their_studies(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard output it can be piped."""
    saved = json.loads(told(capsys, "vivid-dreams", "--json", "-"))
    kinds = [entry["kind"] for entry in saved["entries"]]
    assert (saved["format"], saved["kind"], kinds) == (1, "evidence", ["claim", "side effect"])
    needed = {study for entry in saved["entries"] for study in entry["studies"]}
    assert {study["id"] for study in saved["studies"]} == needed


def test_json_goes_into_a_new_file_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What lies there already is left as it is."""
    path = tmp_path / "evidence.json"
    told(capsys, "lupus", "--json", str(path))
    first = path.read_bytes()
    assert json.loads(first)["entries"][0]["id"] == "lupus"
    assert "LDN-C061" in problem("crohns", "--json", str(path))
    assert path.read_bytes() == first


@pytest.mark.parametrize("topic", [*claims(), *(c.id for c in catalogue()), *side_effects()])
def test_what_is_printed_reads_at_grade_8_or_lower(
    topic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines above the studies, where there are a hundred words of them."""
    text = told(capsys, topic).split("\nStudies")[0].replace("fibromyalgia", "it")
    text = "\n".join(f"{line}." for line in text.splitlines() if "---" not in line)
    assert len(text.split()) < 100 or grade(text) <= 8.0
