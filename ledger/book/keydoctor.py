"""What could be wrong with the keys of personal data, each looked at by itself and all of it reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.book.doctor import Level, Sign
from ledger.book.erasing import forget_erased
from ledger.book.keybackup import HINT, backup_due
from ledger.book.keys import erased_subjects, last_files, own_recipients, persons, refuse_tracked
from ledger.book.personal import keystore_path
from ledger.core.errors import GbError, Refused
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

HELP = ("gb keys --help",)
FETCH = ("gb keys sync", "gb keys restore --help")
"""Where keys that do not open here, or are not here, come from."""


def examine_keys(book: Book, *, dry_run: bool = False) -> list[Sign]:
    """Every sign.  Keys of erased people that are still here are deleted, unless ``dry_run``."""
    held = book.settings.recipients
    if not held:
        words = Words("还没有密钥：账本里不能有个人资料", "no keys yet: the book can hold no personal data")
        return [Sign(name="keys", level="note", words=words, next=("gb keys init",))]
    signs: list[Sign] = []
    for look in (
        _recipients(book),
        _tracked(book),
        _erased(book, dry_run=dry_run),
        _keys(book),
        _values(book),
        _backup(book),
    ):
        try:
            signs += list(look)
        except GbError as error:
            signs.append(Sign(name="keys", level="error", words=error.words, next=error.next or HELP))
    return signs


def _recipients(book: Book) -> Iterator[Sign]:
    held = book.settings.recipients
    names = " ".join(held)
    yield Sign(name="recipients", level="ok", words=Words(f"接收者 {names}", f"recipients {names}"))
    if len(held) == 1:
        words = Words(
            "只有一个接收者：它的私钥丢了，就只剩备份",
            "one recipient only: when its secret key is lost, only the backup is left",
        )
        yield Sign(name="recipients", level="warning", words=words, next=("gb keys add-recipient --help",))
    try:
        opens = bool(book.keyring.identities())
    except Refused as error:
        yield Sign(name="identity", level="error", words=error.words, next=("gb keys init",))
        return
    if not opens:
        words = Words("本机没有私钥：个人资料显示为 ***", "this machine has no secret key: personal data show as ***")
        yield Sign(name="identity", level="note", words=words, next=("gb keys init",))
    elif set(own_recipients(book)).isdisjoint(held.values()):
        words = Words("密钥不是包给本机的：让本机加入，或从备份恢复",
                      "keys are not wrapped for this machine: let it in, or restore a backup")  # fmt: skip
        yield Sign(name="identity", level="warning", words=words, next=("gb keys init", "gb keys restore --help"))


def _tracked(book: Book) -> Iterator[Sign]:
    """Whether git would take the keystore in (PRV-04)."""
    try:
        refuse_tracked(book)
    except Refused as error:
        yield Sign(name="keystore", level="error", words=error.words, next=error.next)


def _erased(book: Book, *, dry_run: bool) -> Iterator[Sign]:
    store = book.keyring.store
    if dry_run:
        left = sum(len(store.files_of(gone)) for gone in erased_subjects(book.state()))
        if left:
            words = Words(
                f"已删除的人还有 {left} 个密钥文件在本机", f"key files of erased people that are still here: {left}"
            )
            yield Sign(name="erased", level="warning", words=words, next=("gb keys doctor",))
        return
    gone = forget_erased(book)
    if gone.deleted:
        words = Words(
            f"销毁了已删除的人的 {gone.deleted} 个密钥文件", f"key files of erased people destroyed: {gone.deleted}"
        )
        yield Sign(name="erased", level="note", words=words)
    if gone.away is not None:
        yield Sign(name="exchange", level="warning", words=gone.away, next=("gb keys sync",))


def _keys(book: Book) -> Iterator[Sign]:
    """Whether each key opens here, and is wrapped for the recipients of today."""
    ring = book.keyring
    found = [(file, ring.opened(file)) for file in last_files(book)]
    closed = [file for file, opened in found if opened is None]
    stale = [file for file, opened in found if opened is not None and set(opened.recipients) != set(ring.recipients)]
    where = keystore_path(book)
    words = Words(f"{len(found)} 个密钥，在 {where}", f"keys: {len(found)}, in {where}")
    yield Sign(name="keystore", level="ok", words=words)
    if closed:
        words = Words(f"{len(closed)} 个密钥本机打不开：先在打得开的机器上 gb keys sync，再在本机；或从备份恢复",
                      f"keys that do not open here: {len(closed)}; gb keys sync on a machine that opens them, then here; "
                      "or restore a backup")  # fmt: skip
        yield Sign(name="keystore", level="warning" if ring.identities() else "note", words=words, next=FETCH)
    if stale:
        words = Words(
            f"{len(stale)} 个密钥不是包给现在的接收者的",
            f"keys not wrapped for the recipients of today: {len(stale)}",
        )
        yield Sign(name="keystore", level="warning", words=words, next=("gb keys rotate",))


def _values(book: Book) -> Iterator[Sign]:
    """Whether the values that stand now open: those that are not what was sealed are named (PRV-02)."""
    count, shut = 0, 0
    for subject, personal in persons(book):
        for field, text in personal.items():
            count += 1
            try:
                shut += book.keyring.open(subject, field, text) is None
            except Refused as error:
                yield Sign(
                    name="value",
                    level="error",
                    words=error.words,
                    next=(f"gb {subject.space.lower()} show {subject.code}",),
                )
    words = Words(
        f"{count} 项个人资料，本机打不开 {shut} 项", f"personal values: {count}; closed to this machine: {shut}"
    )
    level: Level = "ok" if not shut else "warning" if book.keyring.identities() else "note"
    yield Sign(name="values", level=level, words=words, next=FETCH if shut else ())


def _backup(book: Book) -> Iterator[Sign]:
    due = backup_due(book)
    if due is not None:
        yield Sign(name="backup", level="warning", words=due, next=(HINT,))
