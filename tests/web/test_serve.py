"""The real `openldn serve`: folder, files, link, refusals, and that nothing is lost."""

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import ssl
import stat
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from support import certificate
from support.serving import Served, free_port, run_serve, served


class Browser:
    """The least that keeps a cookie and sends the token of a form."""

    def __init__(self, app: Served) -> None:
        self.app = app
        self.cookie = ""

    def get(
        self, path: str, *, host: str | None = None, method: str = "GET"
    ) -> tuple[int, str, dict[str, str]]:
        """Ask for a page: status, text, headers."""
        return self._ask(method, path, None, host)

    def tap(self, path: str, **fields: str) -> int:
        """Send the form of a page, with its token."""
        page = self.get(path)[1]
        token = page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        body = urlencode({"csrfmiddlewaretoken": token} | fields)
        return self._ask("POST", path, body, None)[0]

    def _ask(
        self, method: str, path: str, body: str | None, host: str | None
    ) -> tuple[int, str, dict[str, str]]:
        headers = {"Cookie": self.cookie, "Host": host or f"127.0.0.1:{self.app.port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        to_app = http.client.HTTPConnection("127.0.0.1", self.app.port, timeout=20)
        with contextlib.closing(to_app) as connection:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                (morsel,) = SimpleCookie(value).values()
                self.cookie = f"{morsel.key}={morsel.value}"
        return answer.status, content.decode(errors="replace"), dict(answer.getheaders())


def opened(app: Served) -> Browser:
    """Open the printed link."""
    browser = Browser(app)
    status, _, headers = browser.get(urlsplit(app.link).path)
    assert (status, headers["location"]) == (302, "/opened")
    status, _, headers = browser.get("/opened")
    assert (status, headers["location"]) == (302, "/")
    return browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One demo app for the tests that only look."""
    with served(tmp_path_factory.mktemp("demo") / "data", "--demo") as app:
        yield app


def test_the_link_opens_the_demo_and_only_once(demo: Served) -> None:
    """From the printed link to the first page; the same link again finds a closed door."""
    page = opened(demo).get("/")[1]
    assert "All records are invented" in page
    assert Browser(demo).get(urlsplit(demo.link).path)[0] == 403


def test_another_host_name_is_refused_by_the_running_app(demo: Served) -> None:
    """DNS rebinding ends at the door, also with the right port or the wrong one."""
    browser = Browser(demo)
    for host in (f"evil.example:{demo.port}", "127.0.0.1:1", "127.0.0.1", "evil.example"):
        assert browser.get("/alive", host=host)[0] == 400, host
    for ours in ("localhost", "LocalHost"):
        assert browser.get("/alive", host=f"{ours}:{demo.port}")[0] == 204


def test_a_link_that_still_opens_is_never_in_the_log(demo: Served) -> None:
    """Refused looks at a link are logged without it, and it opens afterwards."""
    path = _new_link_path(demo)
    browser = Browser(demo)
    log = demo.folder / "openldn.log"
    before = log.read_text().count("/open/...") if log.exists() else 0
    assert browser.get(path, method="HEAD")[0] == 405
    assert browser.get(path, method="OPTIONS")[0] == 405
    assert browser.get(path, host="evil.example")[0] == 400
    written = log.read_text()
    assert written.count("/open/...") >= before + 3
    assert path.rpartition("/")[2] not in written
    assert browser.get(path)[0] == 302


def test_only_this_person_can_read_the_folder(demo: Served) -> None:
    """Folder 0700; database, its journal, the key and the rest 0600."""
    assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in demo.folder.iterdir()}
    assert {"openldn.sqlite3", "openldn.sqlite3-wal", "secret", "lock"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_the_app_listens_on_loopback_only(demo: Served) -> None:
    """The listening socket is bound to 127.0.0.1, as the kernel tells it."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("this system has no /proc/net/tcp to read")
    port = f"{demo.port:04X}"
    local = [line.split()[1] for line in table.read_text().splitlines()[1:]]
    listening = {place for place in local if place.endswith(f":{port}")}
    assert listening == {f"0100007F:{port}"}


def test_a_second_serve_on_the_same_folder_is_refused_in_words(demo: Served) -> None:
    """Exit 3, what to do instead, no traceback; the first one goes on."""
    second = run_serve("--demo", "--data", str(demo.folder), "--port", str(free_port()))
    assert second.returncode == 3
    assert "another `openldn serve` has open" in second.stderr
    assert "Traceback" not in second.stderr
    assert Browser(demo).get("/alive")[0] == 204


def test_a_new_link_can_be_asked_for(demo: Served) -> None:
    """`serve --link` prints one line: a link that opens the app that runs."""
    done = run_serve("--link", "--demo", "--data", str(demo.folder))
    assert done.returncode == 0
    path = urlsplit(done.stdout.strip()).path
    assert Browser(demo).get(path)[0] == 302


def test_the_answer_of_the_demo_comes_from_the_worker(demo: Served) -> None:
    """The queued answer is worked out without a request doing it, and then shown."""
    _wait_for_answer(opened_again(demo))


def _wait_for_answer(browser: Browser) -> None:
    ends = time.monotonic() + 120
    while "being worked out" in browser.get("/answer")[1]:
        assert time.monotonic() < ends, "the worker gave no answer in time"
        time.sleep(0.5)
    assert "A summary of your own records" in browser.get("/answer")[1]


def opened_again(app: Served) -> Browser:
    """Ask for a new link and open it."""
    browser = Browser(app)
    assert browser.get(_new_link_path(app))[0] == 302
    return browser


def _new_link_path(app: Served) -> str:
    link = run_serve("--link", "--demo", "--data", str(app.folder)).stdout.strip()
    return urlsplit(link).path


def test_the_running_trial_of_the_demo_holds_no_order(demo: Served) -> None:
    """The invented blinded trial is as blind as a real one, in every table."""
    database = sqlite3.connect(f"file:{demo.folder / 'openldn.sqlite3'}?mode=ro", uri=True)
    running = database.execute("SELECT max(id) FROM person_trial").fetchone()
    row = database.execute("SELECT * FROM person_trial WHERE id = ?", running).fetchone()
    entries = database.execute(
        "SELECT DISTINCT item, value FROM person_entry WHERE trial_id = ?", running
    ).fetchall()
    database.close()
    assert "placebo" not in repr(row)
    assert not {"active", "placebo", "arm"} & {word for pair in entries for word in pair}


def test_an_acknowledged_entry_survives_a_kill(tmp_path: Path) -> None:
    """Kill -9 right after the answer to a tap: the entry is there at the next start."""
    folder = tmp_path / "data"
    with served(folder, "--demo") as app:
        browser = opened(app)
        assert browser.tap("/", item="outcome:fatigue", value="7") == 302
        app.stop(signal.SIGKILL)
    with served(folder, "--demo", port=app.port) as again:
        assert "7 of 10" in opened(again).get("/")[1]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_shutdown_or_a_closed_terminal_end_everything(
    tmp_path: Path, how: signal.Signals
) -> None:
    """Exit 0, the port and the folder are free at once, and no process is left."""
    with served(tmp_path / "data", "--demo") as app:
        children = _children(app.process.pid)
        assert app.stop(how) == 0
    assert children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with served(tmp_path / "data", "--demo", port=app.port) as again:
        assert Browser(again).get("/alive")[0] == 204


def test_a_killed_worker_is_replaced_and_its_work_done_again(tmp_path: Path) -> None:
    """The worker dies in the middle of an answer; the answer comes all the same."""
    with served(tmp_path / "data", "--demo") as app:
        (worker,) = [
            pid
            for pid in _children(app.process.pid)
            if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(worker, signal.SIGKILL)
        _wait_for_answer(opened(app))


def _page_process(app: Served) -> int:
    (pages,) = [
        pid
        for pid in _children(app.process.pid)
        if b"\0worker\0" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return pages


def test_a_killed_page_process_is_replaced(tmp_path: Path) -> None:
    """The system kills it, say for memory: the same browser goes on with the same session."""
    with served(tmp_path / "data", "--demo") as app:
        browser = opened(app)
        os.kill(_page_process(app), signal.SIGKILL)
        _wait_until_answered(app)
        assert browser.get("/")[0] == 200
        assert app.stop() == 0


def test_a_page_process_that_keeps_dying_ends_the_app_in_words(tmp_path: Path) -> None:
    """Twice within seconds: exit 1, one sentence, and nothing says that it runs."""
    with served(tmp_path / "data", "--demo") as app:
        first = _page_process(app)
        os.kill(first, signal.SIGKILL)
        ends = time.monotonic() + 20
        while (second := _page_process_or_none(app)) in (None, first):
            assert time.monotonic() < ends
        assert second is not None
        os.kill(second, signal.SIGKILL)
        assert app.process.wait(20) == 1
        assert app.process.stderr is not None
        said = app.process.stderr.read()
        assert "shows pages died" in said
        assert "Your records are saved" in said
        assert not (app.folder / "running.json").exists()


def _page_process_or_none(app: Served) -> int | None:
    try:
        return _page_process(app)
    except (OSError, ValueError):
        return None


def _wait_until_answered(app: Served) -> None:
    ends = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if Browser(app).get("/alive")[0] == 204:
                return
        assert time.monotonic() < ends, "no page was answered in time"
        time.sleep(0.1)


def test_uploads_that_never_end_block_no_page(demo: Served) -> None:
    """A dozen senders that stop in the middle: the owner's page comes all the same."""
    browser = opened_again(demo)
    browser.get("/")  # from now on the session has a form token, for which bodies are read
    head = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{demo.port}\r\nCookie: {browser.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000\r\n\r\na="
    )
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            slow = socket.create_connection(("127.0.0.1", demo.port), timeout=20)
            stack.enter_context(slow)
            slow.sendall(head.encode())
        time.sleep(0.5)
        assert browser.get("/")[0] == 200


def test_a_dead_server_leaves_no_process_behind(tmp_path: Path) -> None:
    """However the server ends, page server and worker end with it."""
    with served(tmp_path / "data", "--demo") as app:
        children = _children(app.process.pid)
        app.stop(signal.SIGKILL)
    ends = time.monotonic() + 10
    while left := [pid for pid in children if _is_running(pid)]:
        assert time.monotonic() < ends, left
        time.sleep(0.1)


def test_pages_are_answered_without_a_numerical_library(demo: Served) -> None:
    """After every page was shown, the process that shows them has mapped no NumPy and no LLVM."""
    browser = opened_again(demo)
    for path in ("/", "/trial", "/answer", "/start", "/diary.csv", "/answer/page-for-doctor.pdf"):
        browser.get(path)
    mapped = {pid: Path(f"/proc/{pid}/maps").read_text() for pid in _children(demo.process.pid)}
    (pages,) = [maps for maps in mapped.values() if "granian" in maps]
    assert "sqlite3" in pages
    assert not [name for name in ("numpy", "llvmlite", "scipy", "typst") if f"/{name}/" in pages]


def test_a_port_in_use_is_said_in_words(demo: Served, tmp_path: Path) -> None:
    """Exit 3 with another port to try."""
    done = run_serve("--data", str(tmp_path / "other"), "--port", str(demo.port))
    assert done.returncode == 3
    assert f"--port {demo.port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_and_own_records_are_never_mixed(demo: Served, tmp_path: Path) -> None:
    """A folder with invented records is refused without --demo."""
    copy = tmp_path / "copy"
    copy.mkdir()
    source = sqlite3.connect(demo.folder / "openldn.sqlite3")
    target = sqlite3.connect(copy / "openldn.sqlite3")
    source.backup(target)
    source.close()
    target.close()
    done = run_serve("--data", str(copy), "--port", str(free_port()))
    assert done.returncode == 3
    assert "never mixed" in done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--host", "192.168.1.20", "--allow-remote"], "--tls-cert"),
        (["--host", "example.org"], "--allow-remote"),
        (["--tls-cert", "cert.pem"], "belong together"),
        (["--tls-cert", "no.pem", "--tls-key", "no.pem"], "there is no file"),
        (["--port", "0"], "not a port"),
        (["--port", "65536"], "not a port"),
        (["--port", "eighty"], "not a port"),
    ],
)
def test_options_that_would_open_the_network_are_refused(
    options: list[str], expected: str, tmp_path: Path
) -> None:
    """Usage errors, exit 2, before any folder is made."""
    done = run_serve("--data", str(tmp_path / "data"), *options)
    assert done.returncode == 2
    assert expected in done.stderr
    assert not (tmp_path / "data").exists()


def test_another_address_needs_tls_and_gets_it(tmp_path: Path) -> None:
    """With --allow-remote and a certificate the pages are answered, over TLS only."""
    cert, key = certificate.made(tmp_path, "127.0.0.2")
    options = ["--host", "127.0.0.2", "--allow-remote", "--tls-cert", cert, "--tls-key", key]
    with served(tmp_path / "data", "--demo", *options) as app:
        assert app.link.startswith(f"https://127.0.0.2:{app.port}/open/")
        trusting = ssl.create_default_context(cafile=cert)
        secure = http.client.HTTPSConnection("127.0.0.2", app.port, context=trusting, timeout=20)
        secure.request("GET", urlsplit(app.link).path)
        answer = secure.getresponse()
        assert answer.status == 302
        assert "secure" in (answer.getheader("set-cookie") or "").lower()
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.2", app.port, timeout=20)
        with pytest.raises((http.client.HTTPException, OSError)):
            _asked_plainly(plain)
        plain.close()


def _asked_plainly(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/alive")
    return connection.getresponse().status


def test_a_bad_certificate_is_named(tmp_path: Path) -> None:
    """Exit 3 with the file's name, before any folder is made."""
    _, key = certificate.made(tmp_path, "127.0.0.2")
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    options = ["--host", "127.0.0.2", "--allow-remote", "--tls-cert", str(bad), "--tls-key", key]
    done = run_serve("--data", str(tmp_path / "data"), *options)
    assert done.returncode == 3
    assert str(bad) in done.stderr
    assert "LDN-W009" in done.stderr
    assert not (tmp_path / "data").exists()


def test_an_app_on_every_address_tells_its_names(tmp_path: Path) -> None:
    """The link is one that opens here; given name and loopback answer, others do not."""
    cert, key = certificate.made(tmp_path, "127.0.0.2")
    options = ["--host", "0.0.0.0", "--allow-remote", "--tls-cert", cert, "--tls-key", key]
    with served(tmp_path / "data", "--demo", *options) as app:
        assert app.link.startswith(f"https://127.0.0.1:{app.port}/open/")
        trusting = ssl.create_default_context(cafile=cert)
        trusting.check_hostname = False
        for host, status in (
            (f"127.0.0.1:{app.port}", 204),
            (f"{socket.gethostname()}:{app.port}", 204),
            (f"evil.example:{app.port}", 400),
        ):
            secure = http.client.HTTPSConnection(
                "127.0.0.1", app.port, context=trusting, timeout=20
            )
            secure.request("GET", "/alive", headers={"Host": host})
            assert secure.getresponse().status == status, host
            secure.close()
        app.stop()
        assert app.process.stderr is not None
        assert f"these names only: 127.0.0.1:{app.port}" in app.process.stderr.read()


def test_no_link_to_an_app_that_was_killed(tmp_path: Path) -> None:
    """What a kill -9 left behind is not taken for a running app."""
    folder = tmp_path / "data"
    with served(folder, "--demo") as app:
        children = _children(app.process.pid)
        app.stop(signal.SIGKILL)
        ends = time.monotonic() + 10
        while any(map(_is_running, children)):
            assert time.monotonic() < ends
            time.sleep(0.1)
    assert (folder / "running.json").exists()
    done = run_serve("--link", "--demo", "--data", str(folder))
    assert done.returncode == 3
    assert "LDN-W004" in done.stderr
    assert not done.stdout


def test_no_app_no_link(tmp_path: Path) -> None:
    """Asking for a link where nothing runs says how to start."""
    done = run_serve("--link", "--data", str(tmp_path))
    assert done.returncode == 3
    assert "Start it with `openldn serve`" in done.stderr


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """Somebody's home folder named by mistake: refused, and no file's mode is changed."""
    other = tmp_path / "script.sh"
    other.write_text("x")
    other.chmod(0o755)
    done = run_serve("--data", str(tmp_path))
    assert done.returncode == 3
    assert "a folder with other files in it" in done.stderr
    assert stat.S_IMODE(other.stat().st_mode) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["script.sh"]


@pytest.mark.parametrize("content", ["not ours", "", "0" * 64])
def test_a_file_called_secret_makes_no_folder_ours(tmp_path: Path, content: str) -> None:
    """Another program's folder with a file of that name keeps its files and its modes."""
    other = tmp_path / "theirs"
    other.mkdir()
    other.chmod(0o755)
    (other / "secret").write_text(content)
    (other / "secret").chmod(0o644)
    done = run_serve("--data", str(other))
    assert done.returncode == 3
    assert "LDN-W006" in done.stderr
    assert stat.S_IMODE(other.stat().st_mode) == 0o755
    assert stat.S_IMODE((other / "secret").stat().st_mode) == 0o644
    assert [path.name for path in other.iterdir()] == ["secret"]


def test_a_copied_database_makes_no_folder_ours(tmp_path: Path) -> None:
    """A backup of the one file beside other things: nothing is touched."""
    (tmp_path / "openldn.sqlite3").touch()
    (tmp_path / "letter.txt").write_text("x")
    tmp_path.chmod(0o755)
    done = run_serve("--data", str(tmp_path))
    assert done.returncode == 3
    assert "LDN-W006" in done.stderr
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize("content", ["", "abc"])
def test_a_key_cut_short_is_said_in_words_and_can_be_made_anew(
    tmp_path: Path, content: str
) -> None:
    """What a crash or a full disk left is refused at the start, and the advice works."""
    folder = tmp_path / "data"
    with served(folder, "--demo"):
        pass
    (folder / "secret").write_text(content)
    done = run_serve("--demo", "--data", str(folder), "--port", str(free_port()))
    assert done.returncode == 3
    assert "LDN-W007" in done.stderr
    (folder / "secret").unlink()
    with served(folder, "--demo") as app:
        assert opened(app).get("/")[0] == 200


@pytest.mark.parametrize("place", [0, 4096])
def test_a_damaged_database_is_said_in_words_and_kept(tmp_path: Path, place: int) -> None:
    """Exit 3 and what to do, whether no database is left of it or one page is wrong."""
    folder = tmp_path / "data"
    with served(folder, "--demo"):
        pass
    database = folder / "openldn.sqlite3"
    with database.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 2000)
    before = database.read_bytes()
    done = run_serve("--demo", "--data", str(folder), "--port", str(free_port()))
    assert done.returncode == 3, done.stderr
    assert "LDN-W008" in done.stderr
    assert "Keep this file" in done.stderr
    assert database.read_bytes() == before


def test_modes_are_repaired_in_a_folder_of_ours(tmp_path: Path) -> None:
    """Files that came back from a backup for all to read, the older log among them."""
    folder = tmp_path / "data"
    with served(folder, "--demo"):
        pass
    for name in ("openldn.log.1", "secret"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    with served(folder, "--demo"):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(modes.values()) == {0o600}


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    """A file where the folder should be: exit 3 and what to do."""
    (tmp_path / "file").write_text("x")
    done = run_serve("--data", str(tmp_path / "file"))
    assert done.returncode == 3
    assert "Name another folder with --data" in done.stderr


def test_help_teaches() -> None:
    """The help shows an example and says what --allow-remote needs."""
    done = run_serve("--help")
    assert done.returncode == 0
    for expected in ("openldn serve --demo", "--tls-cert", "10 minutes", "127.0.0.1"):
        assert expected in done.stdout


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("this system does not list child processes")
    return [int(word) for word in listed.read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
