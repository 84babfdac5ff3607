"""Stand-ins on this computer for what carries a reminder: a mail server and a push service."""

import base64
import contextlib
import http.server
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["Browser", "MailServer", "PushService", "decoded", "mail_server", "push_service"]

_POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


@dataclass(kw_only=True, slots=True)
class MailServer:
    """A mail server that keeps every letter, or hangs or refuses where a test asks."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    is_refusing: bool = False
    hangs_at: str = ""  # the word at which it says nothing more
    hung: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True  # one that hangs does not hold up the end of a test


class _MailTalk(socketserver.StreamRequestHandler):
    post: MailServer

    def handle(self) -> None:
        """Talk SMTP (RFC 5321), as far as one letter needs."""
        with contextlib.suppress(ConnectionError, ValueError):
            self._wait_at("GREETING")
            self._say("220 here")
            while line := self.rfile.readline():
                word = line.split()[0].upper().decode()
                self._wait_at(word)
                if word == "DATA":
                    self._take_letter()
                elif word == "RCPT" and self.post.is_refusing:
                    self._say("550 no")
                else:
                    self._say("250 yes")

    def _take_letter(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.post.letters.append(b"".join(lines))
        self._wait_at("END")
        self._say("250 taken")

    def _wait_at(self, word: str) -> None:
        if word == self.post.hangs_at:
            self.post.hung.set()
            self.post.ending.wait()

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server."""
    post = MailServer()
    talk = type("Talk", (_MailTalk,), {"post": post})
    with _served(_Server(("127.0.0.1", 0), talk)) as port:
        post.port = port
        try:
            yield post
        finally:
            post.ending.set()


@dataclass(kw_only=True, slots=True)
class PushService:
    """The push service of a browser's maker, which cannot read what it carries."""

    url: str = ""
    carried: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 201
    leads_to: str = ""


class _PushTalk(http.server.BaseHTTPRequestHandler):
    push: PushService

    def do_POST(self) -> None:
        """Take one message (RFC 8030 section 5)."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.push.carried.append((self.path, headers, body))
        self.send_response(self.push.status)
        if self.push.leads_to:
            self.send_header("Location", self.push.leads_to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def push_service() -> Iterator[PushService]:
    """Run a push service."""
    push = PushService()
    talk = type("Talk", (_PushTalk,), {"push": push})
    with _served(http.server.ThreadingHTTPServer(("127.0.0.1", 0), talk)) as port:
        push.url = f"http://127.0.0.1:{port}/"
        yield push


@contextlib.contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        _, port = server.server_address[:2]
        yield int(port)
    finally:
        server.shutdown()
        server.server_close()


class Browser:
    """What a browser keeps of a subscription: its key pair and a shared secret."""

    def __init__(self, private_value: int | None = None, auth: bytes = b"0123456789abcdef") -> None:
        curve = ec.SECP256R1()
        self._private = (
            ec.derive_private_key(private_value, curve)
            if private_value
            else ec.generate_private_key(curve)
        )
        self._auth = auth
        self._point = self._private.public_key().public_bytes(*_POINT)
        self.p256dh = base64.urlsafe_b64encode(self._point).rstrip(b"=").decode()
        self.auth = base64.urlsafe_b64encode(auth).rstrip(b"=").decode()

    def read(self, body: bytes) -> bytes:
        """Unlock a message as RFC 8291 and RFC 8188 say; it shares no code with what locked it."""
        salt, length = body[:16], body[20]
        sender, locked = body[21 : 21 + length], body[21 + length :]
        shared = self._private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        info = b"WebPush: info\0" + self._point + sender
        secret = _hkdf(shared, salt=self._auth, info=info, length=32)
        key = _hkdf(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
        nonce = _hkdf(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
        padded = AESGCM(key).decrypt(nonce, locked, None).rstrip(b"\0")
        assert padded.endswith(b"\2"), "not the last record"
        return padded[:-1]


def decoded(text: str) -> bytes:
    """Read base64 of addresses, without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
