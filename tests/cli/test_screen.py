"""`openldn screen`."""

import argparse
import json
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from openldn.cli import screen
from openldn.evidence.safety_rules import rules
from openldn.protocol.problems import InputError

FACTS = tomllib.loads((files("openldn") / "data" / "medicines.toml").read_text("utf-8"))
SECONDS = 20


def run(*words: str) -> int:
    """Run the command as the front door does."""
    parser = argparse.ArgumentParser()
    screen.add_arguments(parser)
    return screen.run(parser.parse_args(words))


def result(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Run with `--json -` and read what was printed."""
    assert run(*words, "--json", "-") == 0
    out: dict[str, Any] = json.loads(capsys.readouterr().out)
    return out


def severities(screening: dict[str, Any]) -> dict[str, str]:
    """Give the severity of each touched rule."""
    return {rule["id"]: rule["severity"] for rule in screening["rules"]}


def codes(*words: str) -> list[str]:
    """List the codes of the problems that a call ends with."""
    with pytest.raises(InputError) as caught:
        run(*words)
    return [problem.code for problem in caught.value.problems]


def test_the_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """Other people's scripts rely on these names."""
    screening = result(capsys, "--medicine", "codeine")
    assert screening["kind"] == "screen"
    (medicine,) = screening["medicines"]
    assert medicine == {
        "text": "codeine",
        "recognised": True,
        "match": "exact",
        "ingredients": ["codeine"],
        "atc": next(m["atc"] for m in FACTS["medicine"] if m["ingredient"] == "codeine"),
        "opioid": True,
        "not_recognised_parts": [],
    }
    assert set(screening["rules"][0]) == {"id", "severity", "why", "do", "source"}
    assert set(screening["rules_asked"]) | set(screening["rules_not_asked"]) == set(rules())


def test_a_misspelled_opioid_lowers_the_severity_only(capsys: pytest.CaptureFixture[str]) -> None:
    """It stays an opioid; stop becomes a question for the prescriber."""
    screening = result(capsys, "--medicine", "oxycodne")
    assert screening["medicines"][0]["opioid"] is True
    assert screening["medicines"][0]["match"] == "fuzzy"
    assert severities(screening) == {"opioid-now": "ask-prescriber"}


def test_an_unknown_name_is_never_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    """It touches a rule of its own, and the page says what to do."""
    screening = result(capsys, "--medicine", "Qwertyzol")
    assert severities(screening) == {"not-recognised": "ask-prescriber"}
    assert run("--medicine", "Qwertyzol") == 0
    assert "not recognised; ask your pharmacist" in capsys.readouterr().out


def test_a_known_name_does_not_vouch_for_its_neighbour(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two names in one text: the one that nobody knows is told."""
    screening = result(capsys, "--medicine", "ibuprofen, Qwertyzol")
    assert screening["medicines"][0]["not_recognised_parts"] == ["Qwertyzol"]
    assert severities(screening) == {"not-recognised": "ask-prescriber"}
    assert run("--medicine", "ibuprofen, Qwertyzol") == 0
    assert "ibuprofen; not recognised: Qwertyzol" in capsys.readouterr().out


def test_nothing_touched_is_never_called_safe(capsys: pytest.CaptureFixture[str]) -> None:
    """The words are "nothing in these rules was touched", with the rules that were asked."""
    assert run("--medicine", "ibuprofen") == 0
    out = capsys.readouterr().out
    assert "Nothing in these rules was touched." in out
    assert "does not mean that LDN is safe" in out
    assert "Rules asked: opioid-now" in out
    assert "Not asked, because nothing was said about it: " in out
    assert "you are safe" not in out.lower()


def test_profile_options_and_list_are_screened_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One medicine from each of the three places."""
    profile, listed = tmp_path / "profile.toml", tmp_path / "medicines.txt"
    profile.write_text('format = 1\nage = 17\nmedicines = ["levothyroxine"]\n', encoding="utf-8")
    listed.write_text("# mine\n\nTramal 50\r\n", encoding="utf-8")
    words = (str(profile), "--medicine", "Imodium", "--medicines", str(listed))
    screening = result(capsys, *words)
    texts = [medicine["text"] for medicine in screening["medicines"]]
    assert texts == ["levothyroxine", "Imodium", "Tramal 50"]
    assert {"minors", "thyroid", "opioid-antidiarrhoeal", "tramadol-tapentadol"} <= set(
        severities(screening)
    )


def test_html_and_turning_signs_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A name is shown as text: no control character, no sign that turns the line around."""
    assert run("--medicine", "<b>tramadol</b>\x1b[31m\u202e\x07") == 0
    out = capsys.readouterr().out
    assert not any(sign in out for sign in ("\x1b", "\u202e", "\x07"))
    assert "<b>tramadol</b>" in out


def test_ten_thousand_lines_are_screened_in_bounded_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Emoji, right-to-left text, HTML and long words; every line has its answer."""
    listed = tmp_path / "long.txt"
    hostile = ("💊 {}", "دواء {}", "<script>{}</script>", "אקמול {}", "pseudomedicinalium{}")
    lines = [hostile[n % 5].format(n) for n in range(9_999)] + ["fentanyl patch"]
    listed.write_text("\n".join(lines), encoding="utf-8")
    began = time.perf_counter()
    screening = result(capsys, "--medicines", str(listed))
    assert time.perf_counter() - began < SECONDS
    assert len(screening["medicines"]) == 10_000
    assert severities(screening)["opioid-recent-long"] == "stop"
    assert run("--medicines", str(listed)) == 0
    assert "and 9950 more, of them 1 on the list of opioids" in capsys.readouterr().out


def test_a_list_that_is_too_long_is_refused_whole(tmp_path: Path) -> None:
    """Nothing is cut off in silence."""
    listed = tmp_path / "long.txt"
    listed.write_text("ibuprofen\n" * 10_001, encoding="utf-8")
    assert codes("--medicines", str(listed)) == ["LDN-G010"]


def test_unusable_input_is_told_all_at_once(tmp_path: Path) -> None:
    """A bad profile, a list that is no text and an endless name in one go."""
    profile, listed = tmp_path / "profile.toml", tmp_path / "medicines.txt"
    profile.write_text("format = 1\nage = 200\n", encoding="utf-8")
    listed.write_bytes(b"\xff\xfe\x00")
    words = (str(profile), "--medicines", str(listed), "--medicine", "a" * 201)
    assert sorted(codes(*words)) == ["LDN-G004", "LDN-G011", "LDN-G012"]


def test_nothing_to_screen_is_wrong_usage() -> None:
    """The command says what to give, with the status of wrong usage."""
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 2


def test_the_result_replaces_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    """A diary that lies there stays as it is."""
    out, diary = tmp_path / "screen.json", tmp_path / "diary.csv"
    assert run("--medicine", "ibuprofen", "--json", str(out)) == 0
    assert run("--medicine", "codeine", "--json", str(out)) == 0
    assert json.loads(out.read_text("utf-8"))["medicines"][0]["text"] == "codeine"
    diary.write_text("day,pain\n0,3\n", encoding="utf-8")
    assert codes("--medicine", "codeine", "--json", str(diary)) == ["LDN-G013"]
    assert diary.read_text(encoding="utf-8").startswith("day,pain")
