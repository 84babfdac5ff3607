"""The freeze: agreed, safe, once, and nothing to edit behind it."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from openldn.cli.main import main
from openldn.web.access import people
from openldn.web.person import actions, clock
from openldn.web.person.models import Trial
from openldn.web.plan.models import Draft
from support.planning import AGREED, SAFE, STEPS, draft_number, fill, freeze, walk
from support.web import NOW, PLAN, SEAL, visible


def _ready(owner: Client, kind: str = "open-reversal") -> None:
    walk(owner, kind=kind)
    assert owner.post("/start/questions", SAFE)["Location"] == "/plan/freeze"


def _drawn_by_the_pharmacist(owner: Client, folder: Path) -> dict[str, object]:
    """Run the real command on the file that the page hands out, and bring the seal."""
    (folder / "plan.toml").write_bytes(owner.get("/plan/plan.toml").content)
    (folder / "pass.txt").write_text("a passphrase of the pharmacist\n", encoding="utf-8")
    words = [str(folder / "plan.toml"), "--out", str(folder / "sealed")]
    assert main(["randomise", *words, "--passphrase-file", str(folder / "pass.txt")]) == 0
    return _seal(folder)


def _seal(folder: Path) -> dict[str, object]:
    content = (folder / "sealed" / "seal.json").read_bytes()
    return {"seal": SimpleUploadedFile("seal.json", content)}


def test_without_the_safety_questions_of_today_nothing_is_frozen(owner: Client) -> None:
    """The page leads to them, and a form sent all the same begins no trial."""
    walk(owner)
    html = owner.get("/plan/freeze").content.decode()
    assert 'class="btn main" href="/start/questions"' in html
    assert "Freeze this plan" not in html
    assert freeze(owner)["Location"] == "/start/questions"
    assert not Trial.objects.exists()


def test_a_touched_rule_keeps_the_plan_from_being_frozen(owner: Client) -> None:
    """An opioid in use: the page leads to the reason."""
    walk(owner)
    owner.post("/start/questions", SAFE | {"uses_none": "", "medicines": "tramadol 50 mg"})
    assert 'href="/start/decision"' in owner.get("/plan/freeze").content.decode()
    assert freeze(owner)["Location"] == "/start/decision"
    assert not Trial.objects.exists()


def test_a_prescribers_decision_leads_on_to_the_freeze(owner: Client) -> None:
    """Not to the page for plan files: the plan was made here."""
    walk(owner)
    owner.post("/start/questions", SAFE | {"uses_none": "", "medicines": "Zorkomycin"})
    decided = {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"}
    assert owner.post("/start/decision", decided)["Location"] == "/plan/freeze"
    assert freeze(owner)["Location"] == "/plan/expect"


def test_a_freeze_begins_the_trial_that_was_agreed(owner: Client) -> None:
    """Byte for byte the file that could be taken along."""
    _ready(owner)
    text = owner.get("/plan/plan.toml").content
    assert freeze(owner)["Location"] == "/plan/expect"
    trial = Trial.objects.get()
    assert trial.plan_toml.encode() == text
    assert trial.plan.sha256 == hashlib.sha256(text).hexdigest()
    assert trial.start == NOW.date()
    assert owner.get("/plan/plan.toml").content == text
    assert owner.get("/").status_code == 200


def test_a_talk_that_was_noted_is_not_typed_twice(owner: Client) -> None:
    """The prescriber's name and the day stand there; the tick is still hers to give."""
    walk(owner, until="agree")
    talk = {"day": "2026-11-19", "who": "Dr C", "said": "agreed"}
    owner.post("/talk", talk)
    html = owner.get("/plan/agree").content.decode()
    assert 'value="Dr C"' in html
    assert 'value="2026-11-19"' in html
    assert "checked" not in html


def test_a_double_freeze_begins_one_trial(owner: Client) -> None:
    """Both taps lead to the same next page."""
    _ready(owner)
    seen = draft_number()
    for _tap in range(2):
        assert owner.post("/plan/freeze", {"draft": seen})["Location"] == "/plan/expect"
    assert Trial.objects.count() == 1
    assert Draft.objects.filter(kind="frozen").count() == 1


def test_the_back_button_shows_the_frozen_plan_and_no_form(owner: Client) -> None:
    """Every page of the way leads to the plan that holds, which has nothing to edit."""
    _ready(owner)
    freeze(owner)
    for step in (*STEPS, "agree", "freeze"):
        assert owner.get(f"/plan/{step}")["Location"] == "/plan/frozen", step
    html = owner.get("/plan/frozen").content.decode()
    assert "<input" not in html
    assert "Your plan is frozen" in html
    assert "Agreed with Dr B" in html


def test_an_old_tab_after_the_freeze_is_refused_and_its_words_stand(owner: Client) -> None:
    """What was typed is shown again, and nothing of the trial changes."""
    _ready(owner)
    old = draft_number()
    freeze(owner)
    before = Trial.objects.get().plan_toml
    late = {**STEPS["words"], "label_pain": "Sore <b>", "draft": old}
    reply = owner.post("/plan/words", late)
    assert reply.status_code == 409
    assert "Nothing was changed" in visible(reply.content)
    assert "Sore &lt;b&gt;" in reply.content.decode()
    assert Trial.objects.get().plan_toml == before


def test_a_freeze_from_an_old_page_is_refused(owner: Client) -> None:
    """The plan on the screen is the plan that is frozen, or none is."""
    _ready(owner)
    old = draft_number()
    fill(owner, "worth", {**STEPS["worth"], "mcid_pain": "3"})
    fill(owner, "agree", AGREED)
    reply = owner.post("/plan/freeze", {"draft": old})
    assert reply.status_code == 409
    assert "changed in another window" in visible(reply.content)
    assert not Trial.objects.exists()
    assert freeze(owner).status_code == 302


def test_a_drawn_plan_needs_its_seal(owner: Client, tmp_path: Path) -> None:
    """Without it, and with a seal of another plan, nothing begins; with it the promise is kept."""
    _ready(owner, kind="blinded-withdrawal")
    html = owner.get("/plan/freeze").content.decode()
    assert "openldn randomise plan.toml" in html
    assert 'href="/plan/plan.toml"' in html
    reply = freeze(owner)
    assert reply.status_code == 422
    assert "closed seal.json" in visible(reply.content)
    other = SimpleUploadedFile("seal.json", json.dumps(SEAL).encode())
    assert freeze(owner, seal=other).status_code == 422
    picture = SimpleUploadedFile("seal.json", b"\x89PNG")
    assert "not a seal" in visible(freeze(owner, seal=picture).content)
    assert not Trial.objects.exists()
    sealed = _drawn_by_the_pharmacist(owner, tmp_path)
    assert freeze(owner, **sealed)["Location"] == "/plan/expect"
    assert Trial.objects.get().is_promised


def test_the_file_for_the_pharmacist_stays_the_same_until_the_freeze(
    owner: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The draw takes days; the safety questions are asked again on the day of the freeze."""
    later = NOW + timedelta(days=9)
    _ready(owner, kind="blinded-crossover")
    text = owner.get("/plan/plan.toml").content
    sealed = _drawn_by_the_pharmacist(owner, tmp_path)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert owner.get("/plan/plan.toml").content == text
    assert freeze(owner, **sealed)["Location"] == "/start/questions"
    owner.post("/start/questions", SAFE)
    assert freeze(owner, **_seal(tmp_path))["Location"] == "/plan/expect"


def test_a_first_day_long_behind_us_is_not_frozen(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the weeks before LDN there would be nothing to compare with."""
    _ready(owner)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=14))
    owner.post("/start/questions", SAFE)
    reply = freeze(owner)
    assert reply.status_code == 422
    assert "Choose another first day" in visible(reply.content)
    assert not Trial.objects.exists()


def test_no_plan_is_made_while_a_trial_runs(owner: Client, running: Trial) -> None:
    """The way begins again after the last day."""
    assert owner.get("/plan/condition")["Location"] == "/plan/frozen"
    assert owner.get("/start")["Location"] == "/trial"
    assert fill(owner, "condition", STEPS["condition"]).status_code == 409
    assert not Draft.objects.exists()


def test_the_demo_lets_one_look_and_freezes_nothing(owner: Client, settings: Settings) -> None:
    """Records of one's own are opened by a plain serve."""
    settings.IS_DEMO = True
    walk(owner)
    assert owner.get("/plan/freeze").status_code == 200
    assert "demo" in visible(freeze(owner).content).lower()
    assert not Trial.objects.exists()


def test_an_uploaded_plan_shows_as_frozen_too(owner: Client) -> None:
    """Whatever way it came."""
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date(), seal=SEAL)
    html = owner.get("/plan/frozen").content
    assert "Muscle pain" in visible(html)
    assert owner.get("/plan/plan.toml").content.decode() == PLAN
