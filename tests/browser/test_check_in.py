"""How much a good day costs: taps and seconds, counted in a real browser."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.browser import chromium
from support.own_trial import make_folder, rows
from support.serving import served

pytestmark = pytest.mark.browser

_MOST_SECONDS = 30.0
_READ_SECONDS = 1.5  # that a person may take to read a question and find the key
_COUNT_CLICKS = """
  addEventListener("click", () => sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1, true);
"""


@pytest.mark.parametrize(("n_outcomes", "n_taps"), [(1, 3), (5, 7)])
@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_good_day_costs_one_tap_per_outcome_plus_two(
    tmp_path: Path, n_outcomes: int, n_taps: int, has_scripts: bool
) -> None:
    """Dose as planned, each score, and one button that saves and says "no side effects"."""
    folder = make_folder(tmp_path / "data", n_outcomes=n_outcomes)
    with served(folder) as app, chromium() as browser:
        phone = {"viewport": {"width": 360, "height": 800}, "java_script_enabled": has_scripts}
        context = browser.new_context(**phone)  # type: ignore[arg-type]
        context.add_init_script(_COUNT_CLICKS)
        page = context.new_page()
        page.goto(app.link)
        begun = time.monotonic()
        tapped = _tap_a_good_day(page)
        took = time.monotonic() - begun
        counted = int(page.evaluate("sessionStorage.taps")) if has_scripts else tapped
        assert tapped == counted == n_taps
        assert took + n_taps * _READ_SECONDS < _MOST_SECONDS
        print(f"\n{n_outcomes} outcomes, scripts {has_scripts}: {tapped} taps, {took:.1f} s")
    assert rows(folder, "side:headache") == [("given", "0")]
    assert rows(folder, "outcome:muscle_pain") == [("given", "6")]


def _tap_a_good_day(page: Page) -> int:
    """Tap what is asked until nothing is; every tap is on a key of the open question."""
    question, n_taps = page.locator("#question"), 0
    all_done = page.get_by_text("That is all for tonight")
    while not all_done.is_visible():
        heading = question.locator(".ask > legend").inner_text()
        name = {"Did": "Taken", "Any": "Save: no side effects"}.get(heading.split()[0], "6")
        question.get_by_role("button", name=name, exact=True).click()
        n_taps += 1
        expect(question.locator(".ask > legend", has_text=heading)).to_have_count(0)
    return n_taps


def test_side_effects_are_ticked_by_chips_and_the_button_says_so(tmp_path: Path) -> None:
    """Nothing ticked: "no side effects". One ticked: it is named, and the others are none."""
    folder = make_folder(tmp_path / "data", n_outcomes=1)
    with served(folder) as app, chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(app.link)
        question = page.locator("#question")
        for name in ("Taken", "6"):
            question.get_by_role("button", name=name, exact=True).click()
        expect(question.get_by_role("button", name="Save: no side effects")).to_be_visible()
        question.get_by_text("Yes, tell which").click()
        headache = question.get_by_role("group", name="Headache")
        headache.get_by_label("Severe").check()
        question.get_by_role("button", name="Take all ticks away").click()
        expect(question.get_by_role("button", name="Save: no side effects")).to_be_visible()
        headache.get_by_label("Moderate").check()
        question.get_by_role("button", name="Save, with the side effects").click()
        expect(page.get_by_text("Headache: moderate, saved")).to_be_visible()
        assert rows(folder, "side:headache") == [("given", "2")]
        assert rows(folder, "side:vivid_dreams") == [("given", "0")]
        page.locator(".evening").get_by_role("button", name="Undo Side effects").click()
        expect(question.get_by_role("button", name="Save: no side effects")).to_be_visible()


def test_another_dose_is_told_and_one_above_the_limit_is_refused(tmp_path: Path) -> None:
    """What the plan says stands beside; 6 mg is refused with the reason, and stays in the field."""
    folder = make_folder(tmp_path / "data", n_outcomes=1)
    with served(folder) as app, chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(app.link)
        expect(page.get_by_text("Your plan: 1.5 mg.")).to_be_visible()
        page.get_by_text("I took another dose").click()
        page.get_by_label("How many mg did you take in all?").fill("6")
        page.get_by_role("button", name="Save this dose").click()
        expect(page.get_by_role("alert")).to_contain_text("at most 4.5 mg a day")
        dose = page.get_by_label("How many mg did you take in all?")
        expect(dose).to_have_value("6")
        dose.fill("0,75")
        page.get_by_role("button", name="Save this dose").click()
        expect(page.get_by_text("0.75 mg taken, saved")).to_be_visible()
    assert rows(folder, "capsule") == [("given", "0.75 mg")]
