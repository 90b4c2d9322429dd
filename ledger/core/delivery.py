"""Where a notice is sent (N1): what ``gb.yaml`` says under ``delivery:``.  Secrets are never in it, only where they are kept."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.core.text import bad_text
from ledger.core.words import Words

WAYS: dict[str, Words] = {
    "folder": Words("文件夹", "folder"),
    "mail": Words("邮件", "e-mail"),
    "webhook": Words("网络接口", "webhook"),
}
"""The ways by which a copy goes out."""


class WrongSetting(ValueError):
    """A setting that its type allows and that would do harm; says why in both languages."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


_LOOPBACK = ("localhost", "127.0.0.1", "::1")
Seconds = Annotated[int, msgspec.Meta(ge=1, le=300)]
Tries = Annotated[int, msgspec.Meta(ge=1, le=10)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One copy's way out: whose copy, by what, and the folder (from the book on), the address or the URL."""

    to: Literal["finance", "cashiers"]
    by: Literal["folder", "mail", "webhook"]
    at: str

    @property
    def route(self) -> str:
        """The channel as one text, by which a record of it is known again."""
        return f"{self.to} {self.by} {self.at}"

    def __post_init__(self) -> None:
        """An address is one address; what a token or the serials travel over is encrypted, unless it stays on this machine."""
        if bad_text(self.at, 1024) or not self.at:
            raise WrongSetting(Words(f"at：{self.at!r} 是空的或不是文本", f"at: {self.at!r} is empty or no text"))
        if self.by == "mail" and not (
            self.at.count("@") == 1 and self.at.isascii() and not set(self.at) & set(" ,;<>")
        ):
            raise WrongSetting(Words(f"at：{self.at!r} 不是邮件地址", f"at: {self.at!r} is no mail address"))
        if self.by == "webhook" and not _is_safe(self.at):
            raise WrongSetting(Words(f"at：{self.at!r} 不是 https 地址", f"at: {self.at!r} is no https address"))


def _is_safe(address: str) -> bool:
    from urllib.parse import urlsplit  # late: every command reads the settings

    url = urlsplit(address)
    here = url.scheme == "http" and url.hostname in _LOOPBACK
    return bool(url.hostname) and not url.username and (url.scheme == "https" or here)


class MailServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The SMTP server.  The password is in ``GB_SMTP_PASSWORD`` or in ``password_file``, which only its owner may read."""

    host: str
    sender: str
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""

    def __post_init__(self) -> None:
        """A password never travels in the clear."""
        if self.user and self.security == "none":
            words = Words(
                "security: none 又写了 user：密码会明文传送",
                "security: none, and a user: the password would travel in the clear",
            )
            raise WrongSetting(words)


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All channels; ``timeout`` in seconds for each answer that is waited for, ``tries`` at one run of the command."""

    channels: tuple[Channel, ...] = ()
    mail: MailServer | None = None
    token_file: str = ""
    timeout: Seconds = 20
    tries: Tries = 3

    def __post_init__(self) -> None:
        """Each channel once, and a server for what goes by mail."""
        if len(set(self.channels)) < len(self.channels):
            raise WrongSetting(Words("channels：有一条写了两次", "channels: one of them stands twice"))
        if self.mail is None and any(one.by == "mail" for one in self.channels):
            words = Words(
                "channels：有邮件而没有邮件服务器（mail:）", "channels: by mail, but there is no mail server (mail:)"
            )
            raise WrongSetting(words)
