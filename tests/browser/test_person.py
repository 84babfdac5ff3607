"""From the link to the answer in a real browser, without a single script."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from support.serving import Served

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/?ask=1",
    "/trial",
    "/answer",
    "/my-data",
    "/side-effects",
    "/warning-signs",
    "/events",
    "/events/days",
    "/note",
    "/medicines",
    "/going-on",
    "/yesterday",
    "/start",
    "/help",
    "/kept",
    "/known",
    "/known?words=<b>zzz",
    "/known?words=pain&condition=crohns",
    "/known/claims/muscle-pain",
    "/known/claims/se-headache",
    "/known/conditions/fibromyalgia",
    "/known/conditions/graves",
    "/known/side-effects/liver",
    "/known/story",
    "/known/blockade",
    "/known/blockade?taken=daily",
    "/check",
    "/pack?condition=lupus",
    "/talk",
    "/share",
    "/share/links",
    "/shared/no-such-link",
    "/story",
    "/contribute",
    "/found",
    "/export",
    "/erase",
    "/reminders",
    "/no-such-page",
)
_TAPPED = ("/", "/side-effects", "/warning-signs", "/events", "/medicines", "/going-on")
_ANSWER_SECONDS = 120.0  # the first run compiles the engine


def _wait_for_answer(page: Page, url: str) -> None:
    ends = time.monotonic() + _ANSWER_SECONDS
    page.goto(f"{url}/answer")
    while "being worked out" in page.title():
        assert time.monotonic() < ends, "no answer came"
        time.sleep(0.5)
        page.goto(f"{url}/answer")


def _start_over(page: Page) -> None:
    """Take back everything of this evening, one Undo after the other."""
    undo = page.locator(".evening").get_by_role("button", name="Undo")
    while undo.count():
        undo.click()
    expect(page.locator(".evening .answered")).to_have_count(0)


def test_from_the_link_to_the_answer(browser: Browser, demo: Served) -> None:
    """Open the printed link, check in with four taps, look at the trial, read the answer."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(demo.link)
    assert page.url == f"{demo.url}/"
    assert demo.link not in page.content()
    expect(page.get_by_text("All records are invented")).to_be_visible()

    # A period begins tomorrow. Its questions come first, and leave room for all the others.
    expect(page.get_by_role("heading", name="Period 5 begins tomorrow")).to_be_visible()
    for _ in range(4):
        page.locator(".period").get_by_role("button", name="No", exact=True).click()
    expect(page.locator(".period")).to_contain_text("4 of 4 answered, each with no")

    taps = 0
    for name in ("Taken", "6", "4", "Save: no side effects"):
        page.locator("#question").get_by_role("button", name=name, exact=True).click()
        taps += 1
    expect(page.get_by_role("heading", name="That is all for tonight")).to_be_visible()
    assert taps == 2 + 2  # one tap per outcome plus two
    expect(page.locator(".evening").get_by_role("status")).to_contain_text("saved")

    page.get_by_role("navigation").get_by_role("link", name="My trial").click()
    expect(page.get_by_role("heading", name="My trial")).to_be_visible()
    expect(page.get_by_role("table", name="Entries of Period 4")).to_be_visible()
    assert "placebo" not in page.content().lower()

    _wait_for_answer(page, demo.url)
    expect(
        page.get_by_role(
            "heading", name="A summary of your own records, to read with your prescriber"
        )
    ).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    assert page.locator(".i-better, .i-same, .i-worse").count() >= 100
    context.close()


def test_an_answer_can_be_undone_and_changed(page: Page) -> None:
    """Undo right after the tap, Change later, both without scripts."""
    _start_over(page)
    page.locator("#question button").first.click()
    page.locator(".evening").get_by_role("button", name="Undo").click()
    expect(page.locator(".evening").get_by_role("button", name="Undo")).to_have_count(0)


def test_the_check_in_needs_no_mouse(page: Page) -> None:
    """Skip link, Tab and Enter alone answer a question; the focus can be seen."""
    _start_over(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the question")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("name", "value")
    page.keyboard.press("Enter")
    expect(page.locator(".evening .answered")).to_have_count(1)


# axe is a script of the tester's: it is evaluated past the policy that forbids all others.
_LOOKS = [
    {
        "viewport": {"width": width, "height": 800},
        "color_scheme": scheme,
        "java_script_enabled": True,
    }
    for width in (360, 1280)
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize("context", _LOOKS[:1], indirect=True)
def test_axe_would_find_something(page: Page) -> None:
    """The check itself is awake: a button without a name is found."""
    page.evaluate("document.querySelector('main').innerHTML += '<button></button>'")
    assert Axe().run(page).violations_count >= 1


@pytest.mark.parametrize("context", [{"java_script_enabled": True}], indirect=True)
def test_every_target_is_large_enough_for_a_tremor(page: Page, demo: Served) -> None:
    """Buttons and links that stand alone are 44 pixels or more, on the phone."""
    for path in ("/yesterday", "/start", "/trial", "/?ask=1", *_TAPPED):
        page.goto(f"{demo.url}{path}")
        small = page.evaluate(
            "[...document.querySelectorAll('button, a.btn, label.btn, summary, .tabs a, .rows a')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
            ".map(e => e.textContent)"
        )
        assert small == [], path


@pytest.mark.parametrize("context", [{"java_script_enabled": True}], indirect=True)
def test_the_policy_blocks_nothing_that_we_need(page: Page, demo: Served) -> None:
    """No page asks for anything that its own policy forbids, nor for another host."""
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for path in (path for path in PAGES if "no-such" not in path):
        page.goto(f"{demo.url}{path}")
    assert complaints == []
    assert all(url.startswith(demo.url) for url in asked)


@pytest.mark.parametrize("context", _LOOKS, indirect=True)
def test_a_moment_that_the_plan_names_is_told_and_noted(page: Page, demo: Served) -> None:
    """Two days of a flare meet a rule of the plan: octagon, words, one button, then quiet."""
    for path in ("/yesterday/events", "/events"):
        page.goto(f"{demo.url}{path}")
        flare = page.locator("form", has=page.locator("[value='event:flare']"))
        with page.expect_navigation():  # an answer is kept on the phone before it is sent
            flare.get_by_role("button").click()
    moment = page.locator(".moment")
    expect(moment.locator(".chip.stop")).to_have_text("Your plan names this moment")
    expect(moment.get_by_role("heading")).to_have_text("A flare on 2 of 3 days")
    assert _undisturbed(page, demo)
    page.goto(demo.url)
    page.get_by_role("button", name="I have told Dr Adeyemi").click()
    expect(page.locator(".chip.stop")).to_have_count(0)
    assert _undisturbed(page, demo)
    page.goto(demo.url)
    page.locator(".moment").get_by_role("button", name="Undo").click()
    for path in ("/yesterday/events", "/events"):
        page.goto(f"{demo.url}{path}")
        flare = page.locator("form", has=page.locator("[value='event:flare']"))
        with page.expect_navigation():  # an answer is kept on the phone before it is sent
            flare.get_by_role("button").click()
    expect(page.locator(".moment")).to_have_count(0)


@pytest.mark.parametrize("context", _LOOKS, indirect=True)
def test_a_yes_before_a_period_is_told_and_noted(page: Page, demo: Served) -> None:
    """A safety rule stays in sight for as long as its answer stands, and the trial is paused."""
    page.goto(f"{demo.url}/")
    _take_back_answers(page)
    page.locator(".period").get_by_role("button", name="Yes, or not sure").first.click()
    expect(page.locator(".moment .chip.stop")).to_have_text(["Paused", "A safety rule is touched"])
    assert _undisturbed(page, demo)
    page.goto(demo.url)
    page.get_by_role("button", name="I have told Dr Adeyemi").click()
    expect(page.locator(".moment .chip.stop")).to_have_count(2)
    expect(page.locator(".moment").get_by_role("status")).to_contain_text("You noted on")
    assert _undisturbed(page, demo)
    page.goto(demo.url)
    _take_back_answers(page)
    expect(page.locator(".moment")).to_have_count(0)


def _take_back_answers(page: Page) -> None:
    undo = page.locator(".period").get_by_role("button", name="Undo")
    while undo.count():
        undo.click()


@pytest.mark.parametrize("context", _LOOKS, indirect=True)
def test_a_warning_sign_is_two_taps_away_and_says_what_to_do(page: Page, demo: Served) -> None:
    """One tap to the page, one on the sign; the words stand first until somebody was told."""
    page.goto(demo.url)
    page.get_by_role("link", name="Something frightens me").click()
    page.get_by_role("button", name="Yes, today Allergic reaction").click()
    moment = page.locator(".moment").first
    expect(moment.locator(".chip.stop")).to_have_text("Warning sign")
    expect(moment).to_contain_text("call emergency services")
    assert _undisturbed(page, demo, "/warning-signs", "/side-effects")
    page.goto(f"{demo.url}/warning-signs")
    page.get_by_role("button", name="I have told Dr Adeyemi").click()
    expect(page.locator(".moment .chip.stop")).to_have_count(0)
    page.get_by_role("button", name="Undo Allergic reaction").last.click()
    expect(page.get_by_role("button", name="Yes, today Allergic reaction")).to_be_visible()


@pytest.mark.parametrize("context", _LOOKS, indirect=True)
def test_an_opioid_pauses_the_trial_until_it_is_taken_back(page: Page, demo: Served) -> None:
    """Added, screened, paused, looked at, and undone: no page breaks a rule on the way."""
    for name in ("tramadol 50 mg", "Zorkomycin " + "x" * 180):
        page.goto(f"{demo.url}/medicines")
        page.get_by_label("Another medicine, as on the box").fill(name)
        page.get_by_role("button", name="Add and check").click()
    expect(page.locator(".moment h2").first).to_have_text("This trial is paused")
    assert _undisturbed(page, demo, "/medicines", "/going-on", "/help", "/side-effects")
    page.goto(demo.url)
    expect(page.get_by_text("Did you take your capsule")).to_have_count(0)
    page.get_by_role("link", name="How the trial goes on").click()
    expect(page.get_by_role("heading", name="The trial cannot go on yet")).to_be_visible()
    expect(page.get_by_role("button", name="Record the decision")).to_have_count(0)
    page.goto(f"{demo.url}/medicines")
    undo = page.locator(".medicine").get_by_role("button", name="Undo")
    while undo.count():
        undo.first.click()
    expect(page.locator(".moment")).to_have_count(0)


def _undisturbed(page: Page, demo: Served, *more: str) -> bool:
    """Look at the pages that show a moment: no axe rule broken, no sideways scrolling."""
    width = (page.viewport_size or {})["width"]
    for path in ("/", "/trial", *more):
        page.goto(f"{demo.url}{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    return True
