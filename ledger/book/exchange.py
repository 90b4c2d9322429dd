"""Keys between terminals: a folder of their own, a share or a stick, never the book's git, which forgets nothing.

Both sides get the keys of both; of a key that was wrapped anew the last wrapping stays; keys of erased people are deleted on
both sides.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.core.errors import Refused, Unreadable
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.book.open import Book
    from ledger.disk import Disk
    from ledger.privacy.keyring import Keyring
    from ledger.privacy.keystore import Gone, KeyFile, Keystore

PLACE: Final = "keys"
"""What this machine remembers: the folder where keys are exchanged."""


class Exchanged(NamedTuple):
    """Key files taken from the place, given to it, wrapped anew, and deleted for erased people.

    Anew where both sides had wrapped a key, and where a recipient of today cannot open what this machine can.
    """

    taken: int = 0
    given: int = 0
    anew: int = 0
    deleted: int = 0


def exchanged(book: Book) -> Disk | None:
    """The place of exchange that this machine remembers, or ``None``; raises :class:`Unreadable` where it is not there."""
    from ledger.disk import Disk, read_machine

    folder = read_machine(book.settings.book).get(PLACE, "")
    if not folder:
        return None
    if not Path(folder).is_dir():
        words = Words(f"交换密钥的文件夹不在：{folder}", f"the folder where keys are exchanged is not there: {folder}")
        raise Unreadable(words, code="PRV-05", next=(f"ls {folder}", "gb keys sync FOLDER"))
    return Disk(_folder(Path(folder), book))


def exchange(book: Book, folder: str, erased: Iterable[Gone], *, dry_run: bool = False) -> Exchanged:
    """Bring the keystore and the place to the same keys; ``folder`` is remembered, empty: the one that is.

    Raises :class:`Refused` (PRV-05) where no place is known or it is inside a git repository, (PRV-04) where git would take
    in the keystore.
    """
    from ledger.book.keys import refuse_tracked
    from ledger.privacy.keystore import Keystore

    refuse_tracked(book)
    if folder and not dry_run:
        _remember(book, folder)
    place = Keystore(_disk(book, folder))
    here, gone = book.keyring.store, list(erased)
    if dry_run:
        return _compared(here, place, gone)
    deleted = sum(store.forget(one) for store in (here, place) for one in gone)
    anew = _settle(book.keyring, place)
    taken = _copy(place, here)
    anew += sum(map(book.keyring.wrap_anew, book.keyring.lacking()))
    return Exchanged(taken, _copy(here, place), anew, deleted)


def _disk(book: Book, folder: str) -> Disk:
    from ledger.disk import Disk

    if folder:
        return Disk(_folder(_checked(Path(folder)), book))
    found = exchanged(book)
    if found is None:
        words = Words("还没有交换密钥的文件夹", "no folder to exchange keys in is known yet")
        raise Refused(words, code="PRV-05", next=("gb keys sync --help",))
    return found


def _folder(place: Path, book: Book) -> Path:
    """Keys of several books may share a place."""
    return place.absolute() / f"gb-keys-{book.settings.book}"


def _checked(place: Path) -> Path:
    """The place, which must be there and outside git: git would keep every key for ever."""
    if not place.is_dir():
        words = Words(f"没有这个文件夹：{place}", f"there is no such folder: {place}")
        raise Refused(words, code="PRV-05", next=(f"mkdir '{place}'",))
    refuse_git(place)
    return place


def refuse_git(folder: Path) -> None:
    """Raise :class:`Refused` (PRV-04) for a folder in a git repository: what git has once had, nobody can destroy."""
    import subprocess

    try:
        asked = ["git", "-C", str(folder), "rev-parse", "--is-inside-work-tree"]
        inside = not subprocess.run(asked, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return
    if inside:
        words = Words(
            f"{folder} 在 git 里：git 什么也不忘，密钥不能放进去",
            f"{folder} is inside git, which forgets nothing: keys don't go there",
        )
        raise Refused(words, code="PRV-04", next=("gb keys --help",))


def _remember(book: Book, folder: str) -> None:
    from ledger.disk import read_machine, write_machine

    place = str(_checked(Path(folder)).absolute())
    write_machine(book.settings.book, {**read_machine(book.settings.book), PLACE: place})


def _copy(source: Keystore, target: Keystore) -> int:
    """Give ``target`` what it lacks: a key, or a later wrapping of one."""
    from ledger.privacy.keystore import last_wrappings

    held = {file.key: file.wrapping for file in last_wrappings(target.all())}
    lacking = [file for file in last_wrappings(source.all()) if held.get(file.key, 0) < file.wrapping]
    for file in lacking:
        target.write(file, source.read(file))
    return len(lacking)


def _settle(ring: Keyring, place: Keystore) -> int:
    """Where both sides wrapped a key anew without knowing, wrap it once more for the recipients of today."""
    held = {file.path: file for file in place.all()}
    apart = [file for file in ring.store.all() if file.path in held and ring.store.read(file) != place.read(file)]
    return sum(_settled(ring, place, file) for file in apart)


def _settled(ring: Keyring, place: Keystore, file: KeyFile) -> bool:
    if ring.wrap_anew(file):
        return True
    found = ring.unwrapped(file.subject, place.read(file))  # ours does not open here: theirs may
    if found is None or found.key.id != file.id:
        return False
    ring.store.write(file.next, ring.wrapped(file.subject, found.key))
    return True


def _compared(here: Keystore, place: Keystore, gone: list[Gone]) -> Exchanged:
    from ledger.privacy.keystore import last_wrappings

    def lacking(source: Keystore, target: Keystore) -> int:
        held = {file.key: file.wrapping for file in last_wrappings(target.all())}
        kept = [file for file in last_wrappings(source.all()) if not file.among(gone)]
        return sum(held.get(file.key, 0) < file.wrapping for file in kept)

    deleted = sum(len(store.files_of(one)) for store in (here, place) for one in gone)
    return Exchanged(lacking(place, here), lacking(here, place), 0, deleted)
