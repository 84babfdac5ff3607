"""The steps of a plan: saved one by one, never lost, and refused in words."""

import pytest
from django.test import Client

from openldn.protocol.plan import Kind, Plan
from openldn.web.access import people
from openldn.web.plan import drafts, making, menu
from openldn.web.plan.models import Draft
from support.planning import AGREED, STEPS, draft_number, fill, walk
from support.web import visible


def _answers() -> dict[str, object]:
    return drafts.answers_of(people.owner())


def test_a_newcomer_is_led_from_the_first_page_to_the_first_step(owner: Client) -> None:
    """The first page of the app says what can be done, and the plan begins there."""
    assert owner.get("/")["Location"] == "/start"
    html = owner.get("/start").content.decode()
    assert 'class="btn main" href="/plan/condition"' in html
    assert 'href="/my-diary/begin"' in html


def test_each_step_leads_to_the_next_and_the_plan_keeps_every_rule(owner: Client) -> None:
    """Eight pages make a plan.toml that the protocol reads without a problem."""
    steps = [*STEPS, "agree", "freeze"]
    for step, behind in zip(STEPS, steps[1:], strict=False):
        assert fill(owner, step, STEPS[step])["Location"] == f"/plan/{behind}"
    assert fill(owner, "agree", AGREED)["Location"] == "/plan/freeze"
    plan = Plan.from_toml(str(_answers()["plan_toml"]).encode())
    assert (plan.prescriber.name, str(plan.prescriber.agreed)) == ("Dr B", "2026-11-20")
    assert [step.dose.text for step in plan.ladder] == ["1.5 mg", "3 mg"]
    primary = plan.primary
    assert (primary.label, primary.mcid, primary.better.value) == ("Worn out", 1.5, "lower")
    assert {one.label: one.better.value for one in plan.outcomes}["Walking to the shop"] == "higher"
    assert plan.person.conditions == ("lupus",)


def test_a_score_in_any_script_comes_through_to_the_plan(owner: Client) -> None:
    """Joiners of Persian and of pictures stay; signs that a plan file refuses never reach it."""
    walk(owner, until="words")
    label = "نمی\u200cتوانم راه بروم 🧑\u200d🦽"
    words = STEPS["words"] | {"label_pain": f"{label}\ufeff\u200b", "label_fatigue": "\u200fעייפות"}
    fill(owner, "words", words)
    for step in ("worth", "doses", "design", "calendar"):
        fill(owner, step, STEPS[step])
    assert fill(owner, "agree", AGREED).status_code == 302
    plan = Plan.from_toml(str(_answers()["plan_toml"]).encode())
    assert {one.label for one in plan.outcomes} == {label, "עייפות", "Walking to the shop"}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_design_of_the_menu_becomes_a_plan(owner: Client, kind: Kind) -> None:
    """Each kind keeps the rules, with the pairs and weeks that were chosen."""
    walk(owner, until="design")
    chosen = {"kind": kind.value, "pairs": "3", "weeks": "2"}
    assert fill(owner, "design", chosen).status_code == 302
    plan = making.plan_of(_answers())
    assert not plan.check()
    assert plan.design.kind is kind
    if kind.is_randomised:
        assert (plan.design.pairs, plan.design.period_days) == (3, 14)


def test_a_step_that_rests_on_another_leads_back_to_it(owner: Client) -> None:
    """Nobody falls into the middle."""
    assert owner.get("/plan/design")["Location"] == "/plan/condition"
    fill(owner, "condition", STEPS["condition"])
    assert owner.get("/plan/design")["Location"] == "/plan/matters"
    assert owner.get("/plan/freeze")["Location"] == "/plan/matters"


def test_going_back_keeps_what_was_said_later(owner: Client) -> None:
    """One more thing that matters: own words stay, and only the open questions are asked anew."""
    walk(owner, until="design")
    more = {**STEPS["matters"], "chosen": ["pain", "fatigue", "low_mood"]}
    assert fill(owner, "matters", more)["Location"] == "/plan/words"
    html = owner.get("/plan/words").content.decode()
    assert 'value="Aches"' in html
    assert 'value="Worn out"' in html
    assert _answers()["primary"] == "fatigue"
    assert _answers()["dose"] == {
        "rungs": [["1.5", 14], ["3", 14]],
        "already_on": "0",
        "time": "bedtime",
        "acts": "next-day",
    }


@pytest.mark.parametrize(
    ("step", "change", "complaint"),
    [
        ("condition", {"first": "jia"}, "adult"),
        ("matters", {"chosen": [], "own_1": ""}, "Nothing is chosen"),
        (
            "matters",
            {"chosen": ["pain", "fatigue", "low_mood", "poor_sleep", "poor_focus"]},
            "6 things are chosen",
        ),
        ("words", {"label_pain": ""}, "Write a word for it"),
        ("words", {"label_pain": "worn OUT"}, "Two questions are called"),
        ("words", {"primary": "nothing"}, "Which one matters most"),
        ("worth", {"mcid_pain": "0"}, "You wrote “0”. Write points between 0.1 and 10"),
        ("worth", {"mcid_pain": "a lot"}, "You wrote “a lot”"),
        ("worth", {"mcid_pain": ""}, "Write how many points would be worth it"),
        ("doses", {"dose_2": "6"}, "at most 4.5 mg a day"),
        ("doses", {"dose_2": "1.5"}, "more than the rung before"),
        ("doses", {"dose_1": "0.1", "dose_2": "4.5"}, "a rise of at most 1.5 mg"),
        ("doses", {"dose_1": "0"}, "above 0 mg"),
        ("doses", {"dose_1": "1.50001"}, "finer than 0.001 mg"),
        ("doses", {"dose_1": "", "dose_2": ""}, "No dose is written"),
        ("doses", {"days_1": ""}, "for how many days"),
        ("doses", {"days_1": "1.5"}, "whole days"),
        ("doses", {"already_on": "x"}, "You wrote “x”"),
        ("design", {"kind": ""}, "Choose one of the five plans"),
        ("design", {"pairs": "900"}, "900"),
        ("calendar", {"start": "2026-11-21"}, "Expected: a day from 2026-11-22 to 2027-11-22"),
        ("calendar", {"start": "9999-12-31"}, "The first day is 9999-12-31"),
        ("calendar", {"start": "soon"}, "Write the day like"),
        ("agree", {"by": ""}, "name of the prescriber"),
        ("agree", {"on": "2026-11-23"}, "This day lies ahead"),
        ("agree", {"is_yes": ""}, "You can keep a diary"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    owner: Client, step: str, change: dict[str, object], complaint: str
) -> None:
    """What was given, what is expected; nothing is saved."""
    walk(owner, until=step)
    before = draft_number()
    answers = AGREED if step == "agree" else STEPS[step]
    reply = fill(owner, step, {**answers, **change})
    assert reply.status_code == 422
    assert complaint in visible(reply.content)
    assert draft_number() == before


def test_every_problem_is_told_at_once_and_what_was_typed_stays(owner: Client) -> None:
    """Two doses that cannot be: two complaints, each beside its field, and both numbers stand."""
    walk(owner, until="doses")
    reply = fill(owner, "doses", {**STEPS["doses"], "dose_1": "5", "dose_2": "7,5", "dose_3": ""})
    html = reply.content.decode()
    assert (
        html.count("Expected: at most 4.5 mg a day") == 2 * 2
    )  # in the summary and beside the field
    assert 'value="5"' in html
    assert 'value="7,5"' in html
    for field in ("dose_1", "dose_2"):
        assert f'href="#id_{field}"' in html
        assert f'id="id_{field}_error"' in html


def test_a_dose_that_is_too_high_is_told_beside_what_cannot_be_read(owner: Client) -> None:
    """One page, every problem: nobody fixes one to meet the next."""
    walk(owner, until="doses")
    wrong = {"dose_1": "x", "dose_2": "6", "days_2": "", "already_on": "9"}
    for days, complaint in (("14", "at most 4.5 mg a day"), ("", "for how many days")):
        reply = fill(owner, "doses", {**STEPS["doses"], **wrong, "days_2": days})
        words = visible(reply.content)
        assert "You wrote “x”" in words
        assert complaint in words


def test_an_empty_row_between_two_doses_moves_no_complaint(owner: Client) -> None:
    """The problem of the second dose stands at the row where it was typed."""
    walk(owner, until="doses")
    gap = {"dose_2": "", "days_2": "", "dose_3": "6", "days_3": "14"}
    html = fill(owner, "doses", {**STEPS["doses"], **gap}).content.decode()
    assert 'id="id_dose_3_error"' in html
    assert 'id="id_dose_2_error"' not in html


def test_an_old_tab_is_refused_with_what_changed_and_can_be_saved_on_purpose(
    owner: Client,
) -> None:
    """Nothing is written over, nothing is lost."""
    walk(owner, until="doses")
    old = draft_number()
    fill(owner, "worth", {**STEPS["worth"], "mcid_pain": "3"})
    late = {**STEPS["worth"], "mcid_pain": "2", "draft": old}
    reply = owner.post("/plan/worth", late)
    words = visible(reply.content)
    assert reply.status_code == 409
    assert "changed in another window" in words
    assert "it was “Aches 1, Worn out 1.5, Walking to the shop 2”" in words
    assert "It is now “Aches 3, Worn out 1.5, Walking to the shop 2”" in words
    html = reply.content.decode()
    assert 'name="mcid_pain" value="2"' in html
    assert f'name="draft" value="{draft_number()}"' in html
    assert fill(owner, "worth", {**late, "draft": draft_number()}).status_code == 302
    assert "Aches 2" in visible(owner.get("/start").content)


def test_a_double_tap_saves_one_row(owner: Client) -> None:
    """The same answers from the same page twice lead on, twice."""
    seen = draft_number()
    for _tap in range(2):
        reply = owner.post("/plan/condition", {**STEPS["condition"], "draft": seen})
        assert reply["Location"] == "/plan/matters"
    assert Draft.objects.count() == 1


def test_two_tabs_at_once_cannot_both_save(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database decides, not the look before."""
    fill(owner, "condition", STEPS["condition"])
    monkeypatch.setattr(drafts, "number_of", lambda person: 0)
    with pytest.raises(drafts.StaleDraft):
        drafts.put_away(person=people.owner(), seen=0, now=Draft.objects.get().saved_at)


def test_a_change_after_the_agreement_asks_for_it_again(owner: Client) -> None:
    """What was agreed is a plan, not a name."""
    walk(owner)
    assert owner.get("/plan/freeze").status_code == 200
    fill(owner, "worth", {**STEPS["worth"], "mcid_pain": "3"})
    assert owner.get("/plan/freeze")["Location"] == "/plan/agree"
    html = owner.get("/plan/agree").content.decode()
    assert 'value="Dr B"' in html
    assert "checked" not in html


def test_a_draft_can_be_put_away_and_every_row_stays(owner: Client) -> None:
    """Beginning anew asks everything again."""
    walk(owner, until="doses")
    rows = Draft.objects.count()
    assert owner.post("/plan/anew", {"draft": draft_number()})["Location"] == "/plan/condition"
    assert _answers() == {}
    assert Draft.objects.count() == rows + 1
    assert owner.get("/plan/worth")["Location"] == "/plan/condition"


def test_scripts_in_own_words_are_shown_as_words(owner: Client) -> None:
    """HTML in a name is text everywhere, and what steers a screen is dropped."""
    walk(owner, until="matters")
    named = {**STEPS["matters"], "own_1": "<script>x()</script>\u202e"}
    fill(owner, "matters", named)
    for page in ("/plan/matters", "/plan/words", "/start", "/my-diary/begin"):
        html = owner.get(page).content.decode()
        assert "<script>" not in html
        assert "\u202e" not in html
    assert "&lt;script&gt;" in owner.get("/plan/words").content.decode()


def test_the_menu_tells_what_each_design_can_teach(owner: Client) -> None:
    """Five designs with grade and length; those without a draw say why they have no chance."""
    walk(owner, until="design")
    words = visible(owner.get("/plan/design").content)
    for name in menu.NAMES.values():
        assert str(name) in words
    assert words.count("No chance of a clear answer can be given") == 2
    assert words.count("Its forecast is being worked out") == 3
    assert [one.grade.letter for one in menu.choices(_answers())] == ["A", "A", "C", "D", "E"]


def test_the_calendar_shows_stretches_and_no_arm(owner: Client) -> None:
    """Periods look alike: nothing on the page could tell one from the other."""
    walk(owner, until="calendar", kind="blinded-withdrawal")
    html = owner.get("/plan/calendar").content.decode()
    assert html.count('class="sealed"') == 2 * 8  # in the picture and in the list
    assert "LDN or a capsule without it. Nobody here can see which." in visible(html.encode())
