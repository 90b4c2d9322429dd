"""Delivery by SMTP: TLS from the first byte or by STARTTLS, and a login where the server asks for one."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from typing import Any

from ledger.core.delivery import MailServer
from ledger.core.text import shown
from ledger.core.words import Words
from ledger.delivery import Failed, Message

_PERMANENT = 500
"""From this reply code on the server says that trying again will not help."""


def send(server: MailServer, address: str, message: Message, *, password: str, timeout: int) -> str:
    """Send it; what the server said.  Raises :class:`Failed`; an answer that never came counts as failed."""
    try:
        smtp = _open(server, timeout)
        try:
            if server.user:
                smtp.login(server.user, password)
            _hand_over(smtp, _letter(server.sender, address, message))
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the letter is out or not: a bad farewell changes nothing
                smtp.quit()
            smtp.close()
    except smtplib.SMTPAuthenticationError as error:
        said = _said(error.smtp_error)
        raise Failed(Words(f"用户名或密码不对：{said}", f"wrong user or password: {said}"), again=False) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except ssl.SSLCertVerificationError as error:
        said = shown(error.verify_message or str(error))
        raise Failed(Words(f"服务器证书不可信：{said}", f"the server's certificate: {said}"), again=False) from None
    except (smtplib.SMTPException, OSError) as error:
        said = shown(str(error) or type(error).__name__)
        raise Failed(Words(f"连不上邮件服务器：{said}", f"the mail server: {said}"), again=True) from None
    return f"{server.host}:{server.port}"


def _hand_over(smtp: smtplib.SMTP, letter: EmailMessage) -> None:
    """Send the letter.  Where its answer is lost it may lie there already: :class:`Failed`, and no second one in this run."""
    try:
        smtp.send_message(letter)
    except (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError, ssl.SSLError) as error:
        if not getattr(smtp, "given", False):
            raise
        said = shown(str(error) or type(error).__name__)
        words = Words(
            f"信已交出，邮件服务器没有答复，可能已收到：{said}",
            f"the letter was out and the mail server gave no answer, it may have it: {said}",
        )
        raise Failed(words, again=False) from None


class _Plain(smtplib.SMTP):
    """A connection that knows whether the letter itself has begun to go out."""

    given = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the letter's text."""
        self.given = True
        return super().data(msg)


class _Sealed(smtplib.SMTP_SSL):
    """The same inside TLS from the first byte."""

    given = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the letter's text."""
        self.given = True
        return super().data(msg)


def _open(server: MailServer, timeout: int) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.ca_file or None)
    if server.security == "tls":
        return _Sealed(server.host, server.port, timeout=timeout, context=context)
    smtp = _Plain(server.host, server.port, timeout=timeout)
    if server.security == "starttls":
        try:
            smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
    return smtp


def _letter(sender: str, address: str, message: Message) -> EmailMessage:
    letter = EmailMessage(policy=LINES)
    letter["From"], letter["To"], letter["Subject"] = sender, address, message.subject
    letter["Date"], letter["Message-ID"] = format_datetime(message.at), f"<{message.key}@gb-ledger>"
    letter.set_content(message.text.decode(), cte="base64")
    letter.add_attachment(message.text, maintype="text", subtype="plain", filename=f"{message.number}.txt",
                          params={"charset": "utf-8"})  # fmt: skip
    return letter


def _refused(code: int, said: bytes | str) -> Failed:
    text = f"{code} {_said(said)}"
    return Failed(Words(f"邮件服务器不收：{text}", f"the mail server refused it: {text}"), again=code < _PERMANENT)


def _said(text: bytes | str) -> str:
    return shown(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
