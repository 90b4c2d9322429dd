"""Sending notices out (N1): which copy still has to go where, the tries, and the record of what became of each.

The book is never held while the network is waited for.  What was sent is recorded at once; where a command died in between,
the next one sends again under the same key, which the receiver's side can tell.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import sys
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.book.draft import Draft
from ledger.book.notice import find, pending, sent_before, text_of
from ledger.book.write import record
from ledger.core.delivery import WAYS, Channel
from ledger.core.errors import GbError, NotDelivered
from ledger.core.records.notices import COPIES, Issued
from ledger.core.words import Words
from ledger.delivery import Failed, Message
from ledger.disk import Disk

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ledger.book.open import Book

PASSWORD, TOKEN = "GB_SMTP_PASSWORD", "GB_WEBHOOK_TOKEN"
_LOCK = ".gb/delivery"
_WAIT = 300.0
"""Seconds that one command waits for another that is sending."""
_DETAIL = 300


class Outcome(NamedTuple):
    """What became of one copy on one channel; ``why`` is empty when it went out, ``record`` the id, empty when not recorded."""

    number: str
    channel: Channel
    why: Words | None
    record: str = ""


def deliver(book: Book, draft: Draft, numbers: Collection[str], today: dt.date) -> list[Outcome]:
    """Send what is pending, one command at a time, and record each outcome; raises :class:`NotDelivered` without channels.

    ``draft`` says who, where and when.  Failures are outcomes; an outcome without a record went out unrecorded.
    """
    if not book.settings.delivery.channels:
        raise _no_channels()
    with _one_at_a_time(book, draft):
        book.refresh()
        return [_deliver(book, draft, number, channel) for number, channel in pending(book, numbers, today)]


def _one_at_a_time(book: Book, draft: Draft) -> AbstractContextManager[None]:
    """A lock of its own: two timers that fire at once must not both send, and neither may keep the counter waiting."""
    aside = Disk(book.root / _LOCK, book.disk.ops)
    aside.found()
    return aside.lock(_WAIT, who=f"{draft.by} {draft.terminal}")


def _no_channels() -> NotDelivered:
    """The notice stands; that nothing is set up to send it is told as what it is (exit 6)."""
    words = Words(
        "通知已登记并写入 notices/，但 gb.yaml 没有设置送达渠道（delivery:），没有送出；请打印两联送签",
        "the notice is recorded and stands in notices/, but gb.yaml names no channel to send it by (delivery:): print the copies",
    )
    return NotDelivered(words, next=("gb notice show",))


def _deliver(book: Book, draft: Draft, number: str, channel: Channel) -> Outcome:
    issued = find(book, number, dt.date.min)
    try:
        detail, why = _sent(book, issued, channel), None
    except Failed as failed:
        detail, why = failed.words.say(book.settings.language), failed.words
    values = {
        "notice": number, "to": channel.to, "copy": issued.copy, "channel": channel.by, "address": channel.at,
        "outcome": "failed" if why else "sent", "detail": detail[:_DETAIL].strip(),
    }  # fmt: skip
    told = msgspec.structs.replace(draft, kind="delivered", values=values, ref=issued.id, date=None, reason="", key="")
    try:
        done = record(book, told)
    except GbError as error:
        return Outcome(number, channel, why or _unrecorded(error))
    return Outcome(number, channel, why, done.record.id)


def _unrecorded(error: GbError) -> Words:
    return Words(
        f"已送出，但没有登记成：{error.words.zh}；再运行会再送一次（编号相同）",
        f"it went out, but that was not recorded: {error.words.en}; the next run sends it again, under the same key",
    )


# -- one copy ----------------------------------------------------------------------------------------------------------


def _sent(book: Book, issued: Issued, channel: Channel) -> str:
    """What the other side said, after as many tries as the settings allow; raises :class:`Failed` with the last trouble."""
    message = _message(book, issued)
    left, pause = book.settings.delivery.tries, 1
    while True:
        try:
            return _send(book, channel, message)
        except Failed as failed:
            left -= 1
            if not left or not failed.again:
                raise
        book.disk.ops.sleep(pause)
        pause *= 2


def _message(book: Book, issued: Issued) -> Message:
    settings = book.settings
    text = text_of(book, sent_before(book, issued), settings.language).encode()
    if sha256(text).hexdigest() != issued.copy:
        words = Words(
            f"{issued.notice} 的原文不在，也不能照原样重做",
            f"the text of {issued.notice} as issued is gone and cannot be made again",
        )
        raise Failed(words, again=False)
    title = Words("券号通知", "notice of serials").say(settings.language)
    return Message(
        number=issued.notice, store=settings.store, day=issued.date, text=text, digest=issued.copy, at=issued.at,
        subject=f"{settings.store} {title} {issued.date} {issued.notice}",
        key=f"{issued.notice}.{issued.copy[:16]}.{settings.book[:8]}",
    )  # fmt: skip


def _send(book: Book, channel: Channel, message: Message) -> str:
    from ledger.delivery import folder, mail, webhook

    told = book.settings.delivery
    if channel.by == "folder":
        return folder.send(Path(_beside(book, channel.at)), message)
    if channel.by == "webhook":
        token = _secret(book, TOKEN, told.token_file)
        return webhook.send(channel.at, message, token=token, timeout=told.timeout)
    if told.mail is None:
        raise TypeError("the settings have no mail server")
    password = _secret(book, PASSWORD, told.mail.password_file) if told.mail.user else ""
    if told.mail.user and not password:
        words = Words(
            f"没有邮件密码：环境变量 {PASSWORD} 或 gb.yaml 的 password_file",
            f"no password: set {PASSWORD} or password_file in gb.yaml",
        )
        raise Failed(words, again=False)
    server = msgspec.structs.replace(told.mail, ca_file=_beside(book, told.mail.ca_file))
    return mail.send(server, channel.at, message, password=password, timeout=told.timeout)


def _beside(book: Book, path: str) -> str:
    """A path of the settings, from the book on."""
    return os.path.normpath(book.root / path) if path else ""


def _secret(book: Book, variable: str, path: str) -> str:
    """A secret from the environment, else the first line of its file, which nobody but its owner may be able to read."""
    if os.environ.get(variable):
        return os.environ[variable]
    if not path:
        return ""
    file = Path(_beside(book, path))
    try:
        if sys.platform != "win32" and book.disk.ops.lstat(str(file)).mode & (stat.S_IRWXG | stat.S_IRWXO):
            words = Words(f"{path} 别人也能读：chmod 600 {path}", f"others can read {path}: chmod 600 {path}")
            raise Failed(words, again=False)
        text = Disk(file.parent, book.disk.ops).read(file.name, 4096).decode()
    except (OSError, GbError, UnicodeDecodeError) as error:
        raise Failed(Words(f"读不了 {path}", f"{path} cannot be read"), again=False) from error
    return text.split("\n", 1)[0].strip()


# -- telling -----------------------------------------------------------------------------------------------------------


def undelivered(failed: Sequence[Outcome]) -> NotDelivered:
    """What to say when something did not go out; it is tried again at the next run."""
    said = [(WAYS[one.channel.by], COPIES[one.channel.to], one) for one in failed]
    words = Words(
        "；".join(f"{one.number} {who.zh} {way.zh} {one.channel.at}：{_why(one).zh}" for way, who, one in said),
        "; ".join(f"{one.number} {who.en}, {way.en} {one.channel.at}: {_why(one).en}" for way, who, one in said),
    )
    whole = Words(f"通知已登记，没有送到：{words.zh}", f"the notice is recorded, but not delivered: {words.en}")
    return NotDelivered(whole, next=("gb notice --catch-up --deliver", "gb explain OUT-02"))


def _why(one: Outcome) -> Words:
    return one.why or Words("", "")
