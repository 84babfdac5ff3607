"""The gate: what blocks a first plan, what a prescriber can decide, and the plan itself."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from openldn.protocol.safety import GATE_QUESTIONS, RULES, Question, Severity
from openldn.web.access import people
from openldn.web.person import actions, clock, medicines
from openldn.web.person.models import SafetyCheck, Trial
from support.planning import SAFE
from support.web import NOW, ORDER, PLAN, SEAL, seal_of, visible

_TOMORROW = (NOW.date() + timedelta(days=1)).isoformat()


def _seal(seal: object = SEAL) -> dict[str, SimpleUploadedFile]:
    return {"seal": SimpleUploadedFile("seal.json", json.dumps(seal).encode())}


def _touch(question_id: str) -> dict[str, str]:
    other = {"yes": "no", "no": "yes"}
    return SAFE | {question_id: other[SAFE[question_id]]}


@pytest.mark.parametrize(
    "question", [one for one in GATE_QUESTIONS if RULES[one.touches].severity is Severity.STOP]
)
def test_a_touched_stop_rule_blocks_and_says_why_and_what_to_do(
    owner: Client, question: Question
) -> None:
    """Opioids, age, liver: no plan can be added, whatever is sent."""
    rule = RULES[question.touches]
    answer = owner.post("/start/questions", _touch(question.id), follow=True)
    words = visible(answer.content)
    assert "A trial cannot begin now" in words
    assert " ".join(rule.why.split()) in words
    assert " ".join(rule.do.split()) in words
    decided = {"by": "Dr B", "on": "2026-11-01", "is_yes": "on"}
    owner.post("/start/decision", decided)
    owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW})
    assert owner.get("/start/plan").status_code == 302
    assert not Trial.objects.exists()


@pytest.mark.parametrize("question_id", ["pregnancy", "breastfeeding", "liver-other"])
def test_a_prescribers_decision_opens_what_it_can_open(owner: Client, question_id: str) -> None:
    """Without the recorded decision there is no plan; with it there is."""
    page = owner.post("/start/questions", _touch(question_id), follow=True)
    assert "Ask your prescriber" in visible(page.content)
    assert owner.get("/start/plan").status_code == 302
    owner.post("/start/decision", {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"})
    assert owner.get("/start/plan").status_code == 200
    kept = SafetyCheck.objects.last()
    assert kept is not None
    assert (kept.decision_by, kept.touched) == ("Dr B", [question_id])


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"on": "2026-11-20", "is_yes": "on"}, "Write the name of the prescriber"),
        ({"by": "\u202e-", "on": "2026-11-20", "is_yes": "on"}, "Write the name of the prescriber"),
        ({"by": "Dr B", "on": _TOMORROW, "is_yes": "on"}, "This day lies ahead"),
        ({"by": "Dr B", "on": "yesterday", "is_yes": "on"}, "Write the day like 2026-11-30"),
        ({"by": "Dr B", "on": "2026-11-20"}, "Without the prescriber"),
    ],
)
def test_half_a_decision_is_none(owner: Client, given: dict[str, str], complaint: str) -> None:
    """Who, when and yes belong together."""
    owner.post("/start/questions", _touch("pregnancy"))
    answer = owner.post("/start/decision", given)
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert owner.get("/start/plan").status_code == 302


@pytest.mark.parametrize("question", GATE_QUESTIONS)
def test_an_open_question_blocks_too(owner: Client, question: Question) -> None:
    """Silence is never taken for no."""
    answers = {key: word for key, word in SAFE.items() if key != question.id}
    answer = owner.post("/start/questions", answers)
    assert answer.status_code == 422
    assert "Answer yes or no" in visible(answer.content)
    assert not SafetyCheck.objects.exists()


def test_answers_of_another_day_are_asked_again(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An opioid may have come since."""
    owner.post("/start/questions", SAFE)
    assert owner.get("/start/plan").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
    assert owner.get("/start/plan")["Location"] == "/start/questions"


def test_no_plan_without_the_questions(owner: Client) -> None:
    """The address of the plan form leads back to the gate."""
    assert (
        owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW})["Location"]
        == "/start/questions"
    )
    assert not Trial.objects.exists()


def test_a_pasted_plan_begins_a_trial_byte_for_byte(owner: Client) -> None:
    """Browsers send CR LF; the plan keeps the bytes that its seal was made with."""
    owner.post("/start/questions", SAFE)
    answer = owner.post(
        "/start/plan", {"text": PLAN.replace("\n", "\r\n"), "start": _TOMORROW} | _seal()
    )
    assert answer["Location"] == "/trial"
    trial = Trial.objects.get()
    assert trial.plan_toml == PLAN
    assert trial.start.isoformat() == _TOMORROW
    assert not trial.is_invented


def test_a_plan_file_and_its_seal_begin_a_trial(owner: Client) -> None:
    """Of the seal the promise is kept."""
    owner.post("/start/questions", SAFE)
    files = {
        "file": SimpleUploadedFile("plan.toml", PLAN.encode()),
        "seal": SimpleUploadedFile("seal.json", json.dumps(SEAL).encode()),
    }
    owner.post("/start/plan", files | {"start": _TOMORROW})
    assert Trial.objects.get().commitment == SEAL["commitment"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "Choose a plan file, or paste its text"),
        ({"text": "nonsense"}, "plan.toml"),
        ({"text": PLAN.replace("dose_mg = 3", "dose_mg = 6"), "start": _TOMORROW}, "4.5"),
        ({"text": PLAN.replace("ramp =", "romp ="), "start": _TOMORROW}, "ramp"),
        ({"text": PLAN.replace("agreed = 2026-01-05\n", ""), "start": _TOMORROW}, "agreed"),
        ({"text": PLAN}, "The plan names no first day"),
        ({"text": PLAN, "start": "soon"}, "Write the first day like"),
        (
            {"text": PLAN.replace("[design]", "[design]\nstart = 2027-01-01"), "start": _TOMORROW},
            "The plan begins on 2027-01-01",
        ),
    ],
)
def test_a_plan_with_a_problem_begins_nothing(
    owner: Client, given: dict[str, str], complaint: str
) -> None:
    """Every problem is said, with what is expected."""
    owner.post("/start/questions", SAFE)
    answer = owner.post("/start/plan", given)
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert not Trial.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("file", b"\xff\xfe\x00", "cannot be read as a plan"),
        ("file", b"#" * 200_000, "more than 100000"),
        ("seal", b"\x89PNG", "This file is not a seal"),
        ("seal", b"[" * 90_000, "This file is not a seal"),
        ("seal", b"{}", "seal"),
        ("seal", b'{"kind": "seal", "commitment": "x"}', "seal.plan_sha256"),
    ],
)
def test_a_wrong_file_is_refused_in_words(
    owner: Client, name: str, content: bytes, complaint: str
) -> None:
    """Pictures, huge files and seals of another plan end in words."""
    owner.post("/start/questions", SAFE)
    given = {"text": PLAN if name == "seal" else "", "start": _TOMORROW}
    answer = owner.post("/start/plan", given | {name: SimpleUploadedFile("x", content)})
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert not Trial.objects.exists()


def test_a_seal_of_another_plan_is_refused(owner: Client) -> None:
    """The hash in the seal must be that of this plan."""
    owner.post("/start/questions", SAFE)
    seal = SimpleUploadedFile("seal.json", json.dumps(seal_of(ORDER, is_open=False)).encode())
    other = PLAN.replace("Dr B", "Dr C")
    answer = owner.post("/start/plan", {"text": other, "start": _TOMORROW, "seal": seal})
    assert answer.status_code == 422
    assert not Trial.objects.exists()


def test_a_second_trial_waits_for_the_first(owner: Client, running: Trial) -> None:
    """While one trial runs, the gate leads back to it."""
    assert owner.get("/start")["Location"] == "/trial"


def test_the_demo_never_takes_an_own_plan(owner: Client, settings: Settings) -> None:
    """The questions can be tried there; own records are opened by a plain serve."""
    settings.IS_DEMO = True
    owner.post("/start/questions", SAFE)
    answer = owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW})
    assert "openldn serve" in visible(answer.content)
    assert "All records are invented" in visible(answer.content)
    assert not Trial.objects.exists()


def _begin(owner: Client, **changed: str) -> int:
    given = {"text": PLAN, "start": _TOMORROW} | changed
    return owner.post("/start/plan", given | _seal()).status_code


def test_a_double_submit_begins_one_trial(owner: Client) -> None:
    """The same plan sent again leads to its trial."""
    owner.post("/start/questions", SAFE)
    assert [_begin(owner), _begin(owner)] == [302, 302]
    assert Trial.objects.count() == 1


def test_two_requests_at_once_begin_one_trial(owner: Client) -> None:
    """What was checked before the transaction is checked again inside it."""
    owner.post("/start/questions", SAFE)
    check = SafetyCheck.objects.get()
    given = {"plan_toml": PLAN, "start": NOW.date(), "seal": SEAL, "today": NOW.date()}
    actions.begin_trial(check=check, **given)
    with pytest.raises(actions.PlanRefused):
        actions.begin_trial(check=check, **given)
    assert Trial.objects.count() == 1


def test_no_plan_is_added_while_a_trial_runs(owner: Client, running: Trial) -> None:
    """Another plan is refused in words, whatever was answered."""
    owner.post("/start/questions", SAFE)
    answer = owner.post("/start/plan", {"text": PLAN + "# other\n", "start": _TOMORROW})
    assert answer.status_code == 409
    assert "A trial runs already" in visible(answer.content)
    assert Trial.objects.count() == 1


def test_answers_while_a_trial_runs_are_kept_and_told(owner: Client, running: Trial) -> None:
    """A touched rule is said with its reason, and that a trial runs."""
    answer = owner.post("/start/questions", _touch("opioid-now"))
    words = visible(answer.content)
    assert answer.status_code == 409
    assert "A trial runs already" in words
    assert " ".join(RULES["opioid-now"].why.split()) in words
    assert SafetyCheck.objects.get().touched == ["opioid-now"]


def test_safety_answers_are_good_for_one_plan(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After their plan the questions are asked again, also once that trial is over."""
    owner.post("/start/questions", SAFE)
    assert _begin(owner, start=(NOW.date() - timedelta(days=37)).isoformat()) == 302
    Trial.objects.update(start=NOW.date() - timedelta(days=38))
    assert owner.get("/start/plan")["Location"] == "/start/questions"
    owner.post("/start/questions", SAFE)
    assert owner.get("/start/plan").status_code == 200


def test_a_touched_answer_later_the_same_day_closes_the_plan_page(owner: Client) -> None:
    """The latest answers count, also against a check that a request already holds."""
    owner.post("/start/questions", SAFE)
    old = SafetyCheck.objects.get()
    owner.post("/start/questions", _touch("opioid-now"))
    assert owner.get("/start/plan")["Location"] == "/start/decision"
    with pytest.raises(actions.PlanRefused):
        actions.begin_trial(
            plan_toml=PLAN, start=NOW.date(), seal=SEAL, check=old, today=NOW.date()
        )


@pytest.mark.parametrize("is_in_plan", [False, True])
@pytest.mark.parametrize(
    ("first", "complaint"),
    [
        ("9999-12-31", "Expected: a da"),
        ("0001-01-01", "Expected: a da"),
        ("2027-11-23", "Expected: a da"),
        ("2026-09-22", "Expected: a da"),
        ("2026-10-15", "has ended already"),
    ],
)
def test_a_first_day_that_cannot_be_is_refused_in_words(
    owner: Client, first: str, complaint: str, is_in_plan: bool
) -> None:
    """A slip in the year never closes the folder, wherever the day stands."""
    owner.post("/start/questions", SAFE)
    plan = PLAN.replace("[design]", f"[design]\nstart = {first}") if is_in_plan else PLAN
    given = {"text": plan, "start": "" if is_in_plan else first}
    answer = owner.post("/start/plan", given | _seal())
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert not Trial.objects.exists()


@pytest.mark.parametrize("path", ["/", "/trial", "/answer", "/start", "/help", "/diary.csv"])
def test_a_folder_with_a_day_far_ahead_opens(owner: Client, path: str) -> None:
    """Such a trial of an earlier version ends no page."""
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=date(9999, 12, 31), seal=SEAL)
    assert owner.get(path).status_code in (200, 302)


def test_a_drawn_order_needs_its_promise_at_the_start(owner: Client) -> None:
    """Without the closed seal a randomised plan does not begin."""
    owner.post("/start/questions", SAFE)
    answer = owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW})
    assert answer.status_code == 422
    assert "promised before the first day" in visible(answer.content)
    assert not Trial.objects.exists()


def test_an_opened_seal_at_the_start_is_refused(owner: Client) -> None:
    """Whoever knows the order already cannot be blinded by it."""
    owner.post("/start/questions", SAFE)
    opened = _seal(seal_of(ORDER, is_open=True))
    answer = owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW} | opened)
    assert answer.status_code == 422
    assert "a seal that was opened already" in visible(answer.content)
    assert not Trial.objects.exists()


def _medicines(text: str, **more: str) -> dict[str, str]:
    return {key: value for key, value in SAFE.items() if key != "uses_none"} | {
        "medicines": text,
        **more,
    }


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (_medicines(""), "Write every medicine that you use now, or tick"),
        (_medicines(" \n\u200b\n"), "Expected: the name as on the box"),
        (_medicines("ibuprofen", uses_none="on"), "Only one of them can be so"),
        (_medicines("x" * 201), "200 characters or fewer"),
        (_medicines("\n".join(f"ibuprofen {n}" for n in range(10_000))), "100 or fewer"),
    ],
)
def test_silence_about_medicines_is_never_none(
    owner: Client, given: dict[str, str], complaint: str
) -> None:
    """A list or the tick, and exactly one of them; what was written stands there again."""
    answer = owner.post("/start/questions", given)
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert given["medicines"].strip()[:100] in answer.content.decode()
    assert not SafetyCheck.objects.exists()


def test_an_opioid_on_the_list_blocks_a_plan(owner: Client) -> None:
    """Screened at once, with the reason; a decision does not lift it."""
    words = visible(
        owner.post("/start/questions", _medicines("Tramadol 50 mg"), follow=True).content
    )
    assert "A trial cannot begin now" in words
    assert " ".join(RULES["opioid-now"].why.split()) in words
    owner.post("/start/decision", {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"})
    owner.post("/start/plan", {"text": PLAN, "start": _TOMORROW} | _seal())
    assert not Trial.objects.exists()
    check = SafetyCheck.objects.get()
    assert check.medicines == ["Tramadol 50 mg"]
    assert check.touched[0] == "opioid-now"
    with pytest.raises(actions.PlanRefused):
        actions.begin_trial(
            plan_toml=PLAN, start=NOW.date(), seal=SEAL, check=check, today=NOW.date()
        )


def test_an_unknown_medicine_needs_the_prescribers_decision(owner: Client) -> None:
    """With it the plan begins, the list begins with these names, and nothing is asked twice."""
    words = visible(
        owner.post("/start/questions", _medicines("Zorkomycin\nIbuprofen"), follow=True).content
    )
    assert "Rule not-recognised." in words
    assert owner.get("/start/plan").status_code == 302
    owner.post("/start/decision", {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"})
    assert _begin(owner, start=NOW.date().isoformat()) == 302
    trial = Trial.objects.get()
    assert [one.name for one in medicines.in_force(trial)] == ["Zorkomycin", "Ibuprofen"]
    assert not trial.entries.exists()
    assert "A question for your prescriber" not in visible(owner.get("/").content)
    assert trial.decisions.get().causes == [f"{medicines.in_force(trial)[0].key}:not-recognised"]


def test_a_rule_that_asks_for_care_is_told_and_does_not_block(owner: Client) -> None:
    """Levothyroxine: the point is read first, and the way is open."""
    words = visible(
        owner.post("/start/questions", _medicines("levothyroxine"), follow=True).content
    )
    assert "Good to know first" in words
    assert "Rule thyroid." in words
    assert owner.get("/start/plan").status_code == 200


def test_a_check_that_did_not_ask_about_medicines_opens_nothing(owner: Client) -> None:
    """Rows of an earlier version hold no list, and that is not an empty one."""
    owner.post("/start/questions", SAFE)
    kept = SafetyCheck.objects.get()
    assert kept.medicines == []
    SafetyCheck.objects.create(
        person=people.owner(), answers=kept.answers, touched=[], answered_at=NOW
    )
    assert owner.get("/start/plan")["Location"] == "/start/questions"


def test_a_decision_is_about_the_answers_that_its_page_showed(owner: Client) -> None:
    """A page left open while the questions were answered anew records nothing."""
    owner.post("/start/questions", _touch("pregnancy"))
    old = SafetyCheck.objects.get().pk
    owner.post("/start/questions", _medicines("Zorkomycin"))
    decided = {"by": "Dr B", "on": "2026-11-20", "is_yes": "on", "check": str(old)}
    answer = owner.post("/start/decision", decided)
    assert answer.status_code == 422
    assert "Other answers came since this page was shown" in visible(answer.content)
    assert owner.get("/start/plan").status_code == 302
    html = owner.get("/start/decision").content.decode()
    assert f'name="check" value="{SafetyCheck.objects.latest("pk").pk}"' in html


@pytest.mark.parametrize(
    ("condition", "rule"), [("dialysis", "renal-severe"), ("hepatitis c", "liver-other")]
)
def test_a_condition_of_the_plan_is_asked_of_the_rules_too(
    owner: Client, condition: str, rule: str
) -> None:
    """The questions may all be answered well: what the plan itself says counts as well."""
    owner.post("/start/questions", SAFE)
    plan = PLAN.replace('["lupus"]', f'["lupus", "{condition}"]')
    seal = _seal(seal_of(ORDER, is_open=False, plan_toml=plan))
    answer = owner.post("/start/plan", {"text": plan, "start": _TOMORROW} | seal)
    assert answer.status_code == 422
    assert f"touches the safety rule {rule}" in visible(answer.content)
    assert not Trial.objects.exists()


def test_a_decision_about_the_same_rule_lets_that_condition_pass(owner: Client) -> None:
    """A liver that was told of and decided about is no dead end."""
    owner.post("/start/questions", _touch("liver-other"))
    owner.post("/start/decision", {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"})
    plan = PLAN.replace('["lupus"]', '["lupus", "hepatitis c"]')
    seal = _seal(seal_of(ORDER, is_open=False, plan_toml=plan))
    answer = owner.post("/start/plan", {"text": plan, "start": _TOMORROW} | seal)
    assert answer["Location"] == "/trial"
