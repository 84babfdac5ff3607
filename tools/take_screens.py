"""Make the pictures of `docs/screens/`: the app as the invented person of the demo sees it.

    python tools/take_screens.py

It starts the app on an empty folder, walks through it in Chromium as the browser tests do, and
keeps one picture of each main page. Dates follow the calendar, so the pictures change every day;
make them anew when a page looks different.
"""

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

_ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(_ROOT / "tests"))

from support.browser import chromium  # noqa: E402
from support.serving import Served, served  # noqa: E402

FOLDER = _ROOT / "docs" / "screens"
_WORK_SECONDS = 300.0  # the first answer and the first forecasts compile the engine
_PHONE = ViewportSize(width=360, height=800)
_DESK = ViewportSize(width=1280, height=900)
_COLOURS = 64  # flat colours and text: nobody sees the rest

# The name of each picture and its address, in the order of a person's way through the app.
_PAGES = {
    "known": "/known/claims/muscle-pain",
    "check": "/check",
    "design": "/plan/design",
    "calendar": "/plan/calendar",
    "tonight": "/#question",
    "side-effects": "/side-effects",
    "trial": "/trial",
    "my-data": "/my-data",
    "answer": "/answer",
    "share": "/share",
    "contribute": "/contribute",
    "reminders": "/reminders",
}
_WIDE = ("trial", "my-data", "answer")
_STEPS = {
    "/plan/condition": {"select[name='first']": "lupus"},
    "/plan/matters": {"input[value='fatigue']": "", "input[value='pain']": ""},
    "/plan/words": {"input[name='primary'][value='fatigue']": ""},
    "/plan/worth": {},
    "/plan/doses": {"#id_dose_3": "4.5"},
}


def main() -> None:
    """Take every picture, and say how large the folder is."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "demo", "--demo") as app,
        chromium() as browser,
    ):
        names = list(_pictures(browser, app))
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{len(names)} pictures, {size / 1000:.0f} kB, in {FOLDER.relative_to(_ROOT)}")


def _pictures(browser: Browser, app: Served) -> Iterator[str]:
    context = browser.new_context(
        viewport=_PHONE, device_scale_factor=2, locale="en-GB", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(app.link)
    _make_a_plan(page, app.url)
    _answer_before_the_period(page, app.url)
    _wait(page, f"{app.url}/answer", "being worked out")
    for width, names in ((_PHONE, tuple(_PAGES)), (_DESK, _WIDE)):
        page.set_viewport_size(width)
        for name in names:
            page.goto(app.url + _PAGES[name])
            yield _keep(page, f"{name}-{width['width']}")


def _make_a_plan(page: Page, url: str) -> None:
    """Fill in the steps before the design, so that its page has something to show."""
    for path, answers in _STEPS.items():
        page.goto(url + path)
        for field, text in answers.items():
            _answer(page, field, text)
        page.click("main form.step .btn.main")
    _wait(page, f"{url}/plan/design", "being worked out")
    page.click("label[for='kind_blinded-withdrawal']")
    page.click("main form.step .btn.main")


def _answer_before_the_period(page: Page, url: str) -> None:
    """Answer what is asked on the eve of a period, so that the evening's own questions come."""
    page.goto(url)
    no = page.locator(".period").get_by_role("button", name="No", exact=True)
    while no.count():
        no.first.click()
    page.locator("#question .choice button").first.click()


def _answer(page: Page, field: str, text: str) -> None:
    if field.startswith("select"):
        page.select_option(field, text)
    elif text:
        page.fill(field, text)
    else:
        page.check(field)


def _wait(page: Page, address: str, words: str) -> None:
    """Look again until the worker is done."""
    ends = time.monotonic() + _WORK_SECONDS
    page.goto(address)
    while words in page.content():
        if time.monotonic() > ends:
            raise TimeoutError(f"{address} still says: {words}")
        time.sleep(1)
        page.goto(address)


def _keep(page: Page, name: str) -> str:
    """Write what the window shows, in few colours."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        small.save(FOLDER / f"{name}.png", optimize=True)
    return name


if __name__ == "__main__":
    main()
