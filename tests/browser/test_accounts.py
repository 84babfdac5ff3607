"""Accounts in Chromium: a passkey of a (virtual) device, a lost device, and no page from elsewhere.

The server is the real one, with TLS of its own and e-mails that land in a folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from openldn.web.config import server_urls, urls
from support import certificate
from support.addresses import without_holes
from support.browser import chromium
from support.looks import is_page, troubles
from support.serving import described, free_port, serving_many

pytestmark = pytest.mark.browser

ANA = "ana@example.org"
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server on this computer: its address, and the folder of its e-mails."""
    folder = tmp_path_factory.mktemp("server")
    cert, key = certificate.made(folder, "localhost")
    port = free_port()
    facts = {"host": f"localhost:{port}", "listen": f"127.0.0.1:{port}", "cert": cert, "key": key}
    with serving_many(described(folder, **facts, workers=2)):
        yield f"https://localhost:{port}", folder / "mail"


@pytest.fixture(scope="module")
def any_browser() -> Iterator[Browser]:
    """A Chromium that takes the certificate that a test made."""
    with chromium("--ignore-certificate-errors") as started:
        yield started


def device(browser: Browser) -> BrowserContext:
    """A telephone that belongs to one person."""
    return browser.new_context(
        viewport={"width": 360, "height": 800}, ignore_https_errors=True, locale="en"
    )


def with_authenticator(page: Page) -> None:
    """Give the device something that makes and keeps passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


def newest_code(mails: Path) -> str:
    """Read the code in the newest e-mail."""
    newest = sorted(mails.iterdir(), key=lambda path: path.stat().st_mtime_ns)[-1]
    found = re.findall(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", newest.read_text(), re.MULTILINE)
    return str(found[-1])


def test_a_passkey_opens_and_a_lost_device_loses_nothing(
    server: tuple[str, Path], any_browser: Browser
) -> None:
    """Sign up with a passkey, write, leave, come back with it; then from a new device by e-mail."""
    url, mails = server
    with device(any_browser) as phone:
        page = phone.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with_authenticator(page)
        page.goto(f"{url}/")
        page.get_by_role("link", name="Make an account").click()
        page.get_by_label("Email").fill(ANA)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Code").fill(newest_code(mails))
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Make the passkey").click()
        page.wait_for_url(f"{url}/start")
        page.goto(f"{url}/consent")
        page.get_by_role("button", name=re.compile("Remind me by e-mail")).click()
        page.get_by_text("You agreed on").wait_for()
        page.goto(f"{url}/account/")
        page.get_by_role("button", name="Sign out here").click()
        page.goto(f"{url}/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{url}/start")
        assert {one.split("/")[2] for one in asked} == {url.split("/")[2]}, "a third-party request"
    with device(any_browser) as new_phone:
        page = new_phone.new_page()
        page.goto(f"{url}/")
        page.get_by_role("link", name="E-mail me a code").click()
        page.get_by_label("Email").fill(ANA)
        page.get_by_role("button", name="Send the code").click()
        page.get_by_label("Code").fill(newest_code(mails))
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"{url}/start")
        page.goto(f"{url}/consent")
        assert page.get_by_text("You agreed on").is_visible()
        with_authenticator(page)
        page.goto(f"{url}/account/keys/webauthn/add/")
        page.get_by_label("Name").fill("New telephone")
        page.get_by_role("button", name="Make the passkey").click()
        page.get_by_role("heading", name="Recovery codes").wait_for()
        page.goto(f"{url}/account/keys/webauthn/")
        assert page.get_by_role("heading", name="New telephone").is_visible()


# Pages of allauth that end something when they are opened, or lead out of the account.
_NOT_LOOKED_AT = {"/account/logout/"}


def _troubles_of_accounts(page: Page, url: str) -> tuple[int, list[str]]:
    """Look at every address that a server has beside the app's own; count the pages."""
    of_accounts = {*without_holes(server_urls.urlpatterns)} - {*without_holes(urls.urlpatterns)}
    n_pages, found = 0, []
    for address in sorted(of_accounts - _NOT_LOOKED_AT):
        if is_page(page, url + address):
            page.goto(url + address)
            n_pages += 1
            found += [f"{address}: {trouble}" for trouble in troubles(page)]
    return n_pages, found


def test_account_pages_in_every_look(server: tuple[str, Path], any_browser: Browser) -> None:
    """As a stranger sees them, and as somebody who signed in."""
    url, mails = server
    with device(any_browser) as phone:
        page = phone.new_page()
        n_open, found = _troubles_of_accounts(page, url)
        with_authenticator(page)
        page.goto(f"{url}/")
        page.get_by_role("link", name="Make an account").click()
        page.get_by_label("Email").fill("bo@example.org")
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Code").fill(newest_code(mails))
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Make the passkey").click()
        page.wait_for_url(f"{url}/start")
        n_inside, more = _troubles_of_accounts(page, url)
        found += more
    assert not found, "\n".join(found)
    assert n_open >= 3
    assert n_inside >= 5
