"""The gallery of parts: both schemes, every class that it shows is styled, nothing of anybody."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

from openldn.web.person.models import Trial
from support.web import visible

_STYLES = (
    *("report/tokens.css", "report/answer.css", "person/app.css", "ask/ask.css"),
    "gallery/gallery.css",
)


def _styles() -> str:
    return "\n".join(Path(str(finders.find(name))).read_text("utf-8") for name in _STYLES)


def test_each_part_is_shown_in_both_schemes(owner: Client) -> None:
    """The same parts stand by day and by the lamp, and no name is used twice."""
    html = owner.get("/gallery").content.decode()
    day, lamp = html.split('data-theme="light"')[1].split('data-theme="dark"')
    assert re.findall(r"<h3>(.*?)</h3>", day) == re.findall(r"<h3>(.*?)</h3>", lamp)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_no_part_is_a_class_that_nobody_styles(owner: Client) -> None:
    """A part that was renamed in the styles is missed here."""
    html = owner.get("/gallery").content.decode()
    parts = html.split('data-theme="light"')[1].split("</main>")[0]
    used = {name for one in re.findall(r'class="([^"]*)"', parts) for name in one.split()}
    styles = _styles()
    assert {name for name in used if not re.search(rf"\.{name}(?![\w-])", styles)} <= {"r0"}


def test_it_holds_nothing_of_anybody(owner: Client, running: Trial) -> None:
    """With a trial that runs, the page shows none of its words."""
    assert "Muscle pain" not in visible(owner.get("/gallery").content)
    assert "Dr B" not in visible(owner.get("/gallery").content)
