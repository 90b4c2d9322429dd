"""The other side of a delivery on this machine: a mail server with TLS and login, and a web address, both real."""

from __future__ import annotations

import datetime as dt
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "gb", "correct horse battery"


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A self-signed certificate for this machine with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / f"{name}.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem


LOST = "lost"
"""For :attr:`Mailbox.answers`: it takes the letter, and the connection is gone before it says so."""


class Mailbox:
    """What the server took.  ``answers`` are given to the letters in turn before the usual one; ``tries`` counts them all."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.to: list[str] = []
        self.answers: list[str] = []
        self.tries = 0
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the letter, or say what the test wants said."""
        self.tries += 1
        if self.answers and self.answers[0] != LOST:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.to += envelope.rcpt_tos
        if self.answers:
            self.answers.pop(0)
            assert _server.transport is not None
            _server.transport.close()
        return "250 taken"


def _login(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=False)


@contextmanager
def mail_server(pem: Path, *, security: str = "starttls") -> Iterator[Mailbox]:
    """A server that takes letters only over TLS and from somebody who has logged in."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    box = Mailbox()
    early = security == "tls"
    with socket.create_server(("localhost", 0)) as free:
        box.port = free.getsockname()[1]
    server = Controller(
        box, hostname="localhost", port=box.port, ssl_context=context if early else None,
        tls_context=None if early else context, require_starttls=not early, auth_required=True, auth_require_tls=not early,
        authenticator=_login,
    )  # fmt: skip
    server.start()
    try:
        yield box
    finally:
        server.stop()


class Posted(NamedTuple):
    """One request as it came."""

    heads: dict[str, str]
    body: dict[str, Any]


class Hook:
    """What was posted; ``answers`` are statuses given in turn before 200."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: list[int] = []
        self.url = ""


@contextmanager
def web_server() -> Iterator[Hook]:
    """A web address of this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posted.append(Posted(dict(self.headers.items()), json.loads(data)))
            status = hook.answers.pop(0) if hook.answers else 200
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", hook.url + "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    hook.url = f"http://localhost:{server.server_port}/gb"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
