"""`openldn plan new`, `check` and `show`."""

from datetime import date
from pathlib import Path

import pytest

from openldn.cli import plan as command
from openldn.cli.main import main
from openldn.evidence.conditions import catalogue, find, question
from openldn.evidence.first_plan import Template
from openldn.evidence.outcomes import refused
from openldn.files import Plan
from openldn.protocol.plan import Kind
from protocol.plans import edited

CONDITIONS = [condition.id for condition in catalogue() if not refused(condition)]


def new(path: Path, condition: str = "lupus", kind: str = "blinded-withdrawal") -> int:
    """Write a first plan."""
    return main(["plan", "new", "--condition", condition, "--design", kind, "--out", str(path)])


@pytest.mark.parametrize("kind", Kind)
def test_a_new_plan_of_every_kind_passes_its_own_check(kind: Kind, tmp_path: Path) -> None:
    """What the program proposes, the program accepts."""
    path = tmp_path / "plan.toml"
    assert new(path, kind=kind) == 0
    assert main(["plan", "check", str(path)]) == 0
    assert Plan.read(path).design.kind is kind


def test_the_notes_of_an_open_plan_tell_of_no_chance_and_no_placebo(tmp_path: Path) -> None:
    """In an open reversal the order is known, and what LDN is set beside is none of it."""
    path = tmp_path / "plan.toml"
    assert new(path, kind="open-reversal") == 0
    notes = [line.partition("#")[2] for line in path.read_text().splitlines() if " = " in line]
    assert any("one period on LDN, one without" in note for note in notes)
    assert not [
        note for note in notes if "random" in note.split("open-", 1)[0] or "placebo" in note
    ]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_of_the_catalogue_has_a_first_plan(condition: str, tmp_path: Path) -> None:
    """One main score, what else the story is about, and sleep as a harm."""
    path = tmp_path / "plan.toml"
    assert new(path, condition) == 0
    plan = Plan.read(path)
    assert plan.person.conditions == (condition,)
    first, *others, last = (outcome.role for outcome in plan.outcomes)
    assert (first, set(others), last) == ("primary", {"secondary"}, "harm")


def test_the_command_offers_every_design_and_template_there_is() -> None:
    """The help is made without loading them, so the lists could drift apart."""
    assert set(command._KINDS) == set(Kind)
    assert set(command._TEMPLATES) == set(Template)


@pytest.mark.parametrize(("template", "letter"), list(zip(Template, "ED", strict=True)))
def test_a_template_tells_its_grade_before_the_start_wherever_it_is_read(
    template: Template, letter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When it is written, in the file, and when it is shown, with what would raise it."""
    path = tmp_path / "plan.toml"
    words = ["plan", "new", "--condition", "lupus", "--template", template, "--out", str(path)]
    assert main(words) == 0
    written = capsys.readouterr().err
    assert main(["plan", "check", str(path)]) == 0
    assert main(["plan", "show", str(path)]) == 0
    shown = capsys.readouterr().out
    inside = path.read_text().replace("\n# ", " ")
    for told in (written, inside, shown):
        assert f"be grade {letter}" in told
        assert ("Here is what one reversal adds: 42 days" in told) is (letter == "E")
        assert "hidden" in told


def test_juvenile_arthritis_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 with the reason, and nothing is written."""
    path = tmp_path / "plan.toml"
    assert new(path, "juvenile arthritis") == 3
    told = capsys.readouterr().err
    assert "no plan for anyone under 18" in told
    assert "LDN-P109" in told
    assert not path.exists()


def test_a_design_and_a_template_together_are_wrong_usage(tmp_path: Path) -> None:
    """A template brings its own design."""
    path = tmp_path / "plan.toml"
    words = ["plan", "new", "--condition", "lupus", "--out", str(path)]
    assert main([*words, "--design", "open-reversal", "--template", "open-three-months"]) == 2
    assert main([*words, "--template", "three-months"]) == 2
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "condition"),
    [("sle", "lupus"), ("SLE", "lupus"), ("Sjogren's", "sjogrens"), ("ME/CFS", "me-cfs")],
)
def test_a_condition_is_found_by_its_everyday_names(text: str, condition: str) -> None:
    """Whatever the case, the accents and the signs."""
    found = find(text)
    assert found is not None
    assert found.id == condition


def test_no_two_conditions_share_a_name() -> None:
    """A synonym leads to one condition only."""
    for condition in catalogue():
        for name in (condition.id, condition.name, *condition.synonyms):
            assert find(name) == condition


def test_every_row_of_the_table_names_its_source() -> None:
    """A row without a source does not ship."""
    for condition in catalogue():
        assert condition.source
        for asked in (condition.primary, condition.second):
            assert question(asked).mcid_source


def test_an_unknown_condition_is_met_with_the_nearest_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, and nothing is written."""
    path = tmp_path / "plan.toml"
    assert new(path, "lupsu") == 3
    assert "Did you mean lupus?" in capsys.readouterr().err
    assert not path.exists()


def test_a_plan_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """Exit 3, and the old text stays."""
    path = tmp_path / "plan.toml"
    path.write_text("mine")
    assert new(path) == 3
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 and no traceback."""
    assert new(tmp_path / "none" / "plan.toml") == 3
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert f"  {tmp_path / 'none' / 'plan.toml'}: given No such file" in told


def test_check_lists_every_problem_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, each problem with its code, nothing on standard output."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited(("pairs = 4", "pairs = 0"), ("mcid = 1.0", "mcid = 20")))
    assert main(["plan", "check", str(path)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "LDN-P105" in told.err
    assert "LDN-P122" in told.err


@pytest.mark.parametrize("action", ["check", "show"])
@pytest.mark.parametrize("kind", Kind)
def test_an_agreement_is_asked_for_in_time_for_what_the_plan_does(
    action: str, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is drawn in an open plan, so no draw is spoken of."""
    path = tmp_path / "plan.toml"
    assert new(path, kind=kind) == 0
    capsys.readouterr()
    assert main(["plan", action, str(path)]) == 0
    told = "".join(capsys.readouterr())
    when = "the order is drawn" if kind.is_randomised else "the first day"
    assert f"It is needed before {when}" in told
    assert ("before the order is drawn" in told) is kind.is_randomised


def test_a_plan_can_be_written_with_the_day_of_its_agreement(tmp_path: Path) -> None:
    """So that what was agreed on can be drawn without opening an editor."""
    path = tmp_path / "plan.toml"
    words = ["plan", "new", "--condition", "lupus", "--out", str(path), "--agreed"]
    assert main([*words, "2026-01-05"]) == 0
    assert Plan.read(path).prescriber.agreed == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("day", "status"), [("5 January", 2), ("2026-02-30", 2), ("1026-01-05", 3)]
)
def test_a_day_of_agreement_that_cannot_be_is_refused(
    day: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and nothing is written."""
    path = tmp_path / "plan.toml"
    words = ["plan", "new", "--condition", "lupus", "--out", str(path), "--agreed", day]
    assert main(words) == status
    assert "a date" in capsys.readouterr().err
    assert not path.exists()


def test_check_refuses_a_decision_threshold_that_a_coin_could_meet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, with the range and the reason."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited(("decision = 0.95", "decision = 0.5")))
    assert main(["plan", "check", str(path)]) == 3
    assert "expected 0.8 to 0.999: below, chance alone" in capsys.readouterr().err


def test_check_of_no_file_is_unusable_input(tmp_path: Path) -> None:
    """Exit 3."""
    assert main(["plan", "check", str(tmp_path / "none.toml")]) == 3


def test_show_prints_length_doses_and_calendar_without_any_arm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drawn part is a row of sealed capsules for each period."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited())
    assert main(["plan", "show", str(path)]) == 0
    out = capsys.readouterr().out
    assert "238 days in all, about 34 weeks" in out
    assert "This can be grade A at best" in out
    assert "4 days at 2.25 mg" in out
    assert out.count("sealed capsules") == 8
    assert "2026-04-12 to 2026-05-02" in out
    assert "Warning" not in out


def test_show_warns_while_the_prescriber_has_not_agreed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and still with exit 0."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited(("agreed = 2026-01-05\n", "")))
    assert main(["plan", "show", str(path)]) == 0
    assert "Warning: no date of agreement" in capsys.readouterr().out


BANNED = ["significant", "p-value", "proven", "responder", "effect size", "confidence"]


@pytest.mark.parametrize("kind", Kind)
def test_what_is_shown_and_written_keeps_to_the_house_s_words(
    kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No word that promises or frightens."""
    path = tmp_path / "plan.toml"
    new(path, kind=kind)
    main(["plan", "show", str(path)])
    told = capsys.readouterr()
    words = (told.out + told.err + path.read_text()).lower()
    assert not [word for word in BANNED if word in words]


def test_without_an_action_the_usage_is_shown() -> None:
    """Exit 2."""
    assert main(["plan"]) == 2
    assert main(["plan", "new", "--condition", "lupus"]) == 2
    assert main(["plan", "new", "--condition", "lupus", "--design", "T3", "--out", "x"]) == 2


@pytest.mark.parametrize(("days", "is_told"), [(4, True), (5, True), (6, False), (7, False)])
def test_transition_days_under_the_model_s_lower_bound_are_noted(
    days: int, is_told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """6 days for 4.5 mg in the main reading: fewer are told, not refused; nobody measured it."""
    path = tmp_path / "plan.toml"
    path.write_bytes(edited(("transition_days = 7", f"transition_days = {days}")))
    assert main(["plan", "check", str(path)]) == 0
    told = capsys.readouterr().err
    assert ("takes about 6 days to fade" in told) is is_told
    assert ("effects may lag far behind blood levels" in told) is is_told
