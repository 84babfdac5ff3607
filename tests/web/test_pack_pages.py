"""The pack and the wallet card from the app: printed at once, and nothing is stored."""

import io
import time
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from openldn.evidence.conditions import Condition, catalogue
from openldn.evidence.first_plan import first_plan
from openldn.protocol.problems import InputError
from openldn.protocol.screening import Profile
from openldn.report.pack import pack_data
from support.reading import grade, prose
from support.web import visible

HARDEST, SHORT = 8.0, 100
# A third of a second on a machine at rest; ten leave room for a loaded one.
SLOWEST_SECONDS = 10.0


def printed(answer: HttpResponse) -> str:
    """Give the text of a PDF that is meant to be saved."""
    assert answer.status_code == 200, visible(answer.content)[:600]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="openldn-')
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def has_plan(condition: Condition) -> bool:
    """Whether a first plan is made for it."""
    try:
        first_plan(condition)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("condition", [*filter(has_plan, catalogue())], ids=lambda one: one.id)
def test_the_pack_of_each_condition_is_printed_at_once(owner: Client, condition: Condition) -> None:
    """Three pages with the title of the condition, while the person waits."""
    begun = time.monotonic()
    answer = owner.post("/pack.pdf", {"condition": condition.id})
    assert time.monotonic() - begun < SLOWEST_SECONDS
    assert answer.status_code == 200
    reader = PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 3
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith(f"{condition.name} and low-dose naltrexone")


def test_the_pack_holds_what_the_check_was_told(owner: Client) -> None:
    """Medicines and answers go in; with neither it says that nobody was asked."""
    with_profile = printed(
        owner.post("/pack.pdf", {"condition": "lupus", "medicines": "codeine 30 mg"})
    )
    assert "codeine 30 mg (on the list of opioids)" in with_profile
    assert "A stop rule is touched" in with_profile
    without = printed(owner.post("/pack.pdf", {"condition": "lupus"}))
    assert "no profile was given" in without


def test_the_pack_is_that_of_the_command(owner: Client) -> None:
    """The same words as `openldn pack` prints for the same profile."""
    condition = next(one for one in catalogue() if one.id == "lupus")
    profile = Profile(medicines=("tramadol",), answers={"alcohol": True}, numbers={})
    data = pack_data(condition, plan=first_plan(condition), profile=profile, is_first_plan=True)
    text = printed(
        owner.post("/pack.pdf", {"condition": "lupus", "medicines": "tramadol", "alcohol": "yes"})
    )
    for words in (data["banner"], *data["plan"], *data["person"]["if_no"]):
        assert " ".join(words.split()) in text


@pytest.mark.parametrize("condition", ["", "no-such", "<b>x", "\0"])
def test_a_pack_needs_a_condition_from_the_list(owner: Client, condition: str) -> None:
    """Said on the page that the form came from, with what was typed still there."""
    bare = owner.post("/pack.pdf", {"condition": condition})
    assert bare.status_code == 422
    assert "What is in it" in visible(bare.content)
    filled = owner.post("/pack.pdf", {"condition": condition, "medicines": "ibuprofen"})
    assert filled.status_code == 422
    assert b"ibuprofen</textarea>" in filled.content
    for answer in (bare, filled):
        assert b'href="#id_condition">Choose' in answer.content
        assert b"<b>x" not in answer.content


def test_what_is_wrong_in_the_form_keeps_the_pack_from_being_printed(owner: Client) -> None:
    """A problem of the check is told as on the check."""
    answer = owner.post("/pack.pdf", {"condition": "lupus", "birth_year": "x"})
    assert answer.status_code == 422
    assert 'href="#id_birth_year"' in answer.content.decode()


def test_a_condition_without_a_plan_says_why(owner: Client) -> None:
    """Childhood arthritis: no plan is made under 18, and no pack proposes one."""
    refused = [one for one in catalogue() if not has_plan(one)]
    assert refused
    for condition in refused:
        answer = owner.post("/pack.pdf", {"condition": condition.id})
        assert answer.status_code == 422
        assert "18" in visible(answer.content)


def test_the_wallet_card_is_the_same_for_everybody(owner: Client) -> None:
    """One page, opened by a link, with nothing of the person."""
    text = printed(owner.get("/card.pdf"))
    assert "naltrexone" in text.lower()
    assert text == printed(owner.get("/card.pdf"))


def test_the_pack_page_leads_on(owner: Client) -> None:
    """To the print, the card, the check, and the talk; a condition can be chosen by the link."""
    html = owner.get("/pack", {"condition": "lupus"}).content.decode()
    assert '<option value="lupus" selected>' in html
    for address in ("/card.pdf", "/check", "/talk"):
        assert f'href="{address}"' in html
    assert 'formaction="/pack.pdf"' in html
    assert "selected" not in owner.get("/pack", {"condition": "<b>"}).content.decode().replace(
        '<option value="" selected>', ""
    )


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/known", "/check"),
        ("/known", "/pack"),
        ("/known/conditions/lupus", "/pack?condition=lupus"),
        ("/known/conditions/lupus", "/check"),
        ("/check", "/pack"),
        ("/help", "/check"),
        ("/help", "/pack"),
        ("/help", "/card.pdf"),
        ("/help", "/talk"),
    ],
)
def test_the_pages_can_be_found(owner: Client, page: str, address: str) -> None:
    """Each is linked from where one would look for it."""
    assert f'href="{address}"' in unescape(owner.get(page).content.decode())


def test_the_pack_page_reads_at_grade_8_or_lower(owner: Client) -> None:
    """Sentences of the page."""
    text = prose(owner.get("/pack").content.decode())
    assert len(text.split()) >= SHORT
    assert grade(text) <= HARDEST
