"""The keys of personal data, looked after: begun, wrapped for others, rotated, examined (C8, contract section 6)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.open import SETTINGS, Book
from ledger.book.personal import IDENTITY, identity_files, keystore_path, own_identity
from ledger.book.write import refuse_act
from ledger.core.errors import Refused, Usage
from ledger.core.forgotten import Forgotten, split_keys
from ledger.core.personal import Subject
from ledger.core.settings import parse_settings
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

    from ledger.core.state import State, Thing
    from ledger.privacy.keystore import Gone, KeyFile

WORDS = Words("管理密钥", "keys of personal data")
SPACES = ("Client", "Member")


class Began(NamedTuple):
    """What ``keys init`` found or made: this machine's public recipient and its name, and whether keys are wrapped for it."""

    name: str
    recipient: str
    made: bool
    listed: bool
    identity: str


class Wrapped(NamedTuple):
    """How many keys were wrapped anew, and whose this machine could not open."""

    done: int
    closed: tuple[Subject, ...] = ()


def may(book: Book, by: str, day: dt.date) -> None:
    """Raise :class:`NotAllowed` unless the operator may look after keys."""
    refuse_act(book, by, "keys", WORDS, day)


# -- this machine --------------------------------------------------------------------------------------------------------


def begin(book: Book, name: str, *, secret: Path | None = None, dry_run: bool = False) -> Began:
    """Give this machine a secret key, and make it the book's first recipient where there is none yet.

    ``secret`` is a key that it has already, of age or SSH.  Where the book has recipients, one of their machines adds this
    one.  Running it again changes nothing.
    """
    refuse_tracked(book)
    recipient, made = _own(book, secret, dry_run=dry_run)
    listed = recipient in book.settings.recipients.values()
    name = name_of(book, recipient) or free_name(book, name)
    if not listed and not book.settings.recipients:
        if not dry_run:
            write_recipients(book, {name: recipient})
        listed = True
    path = secret or _identity_file(book)
    return Began(name, recipient, made, listed, str(path))


def name_of(book: Book, recipient: str) -> str:
    """Under which name the book wraps keys for that recipient; empty where it does not."""
    return next((name for name, one in book.settings.recipients.items() if one == recipient), "")


def free_name(book: Book, wanted: str) -> str:
    """``wanted``, or with a number where it names another key: the lost machine of that name stays listed until dropped."""
    held, number, name = book.settings.recipients, 1, wanted
    while name in held:
        number += 1
        name = f"{wanted}-{number}"
    return name


def let_in(book: Book, name: str) -> Mapping[str, str]:
    """The recipients of the book with this machine among them, under ``name`` or the next that is free.

    Nothing is written.  Raises :class:`Refused` (PRV-01) where this machine has no secret key yet.
    """
    own, held = own_recipients(book), book.settings.recipients
    if not own:
        words = Words("本机还没有私钥", "this machine has no secret key yet")
        raise Refused(words, code="PRV-01", next=("gb keys init",))
    if not set(own).isdisjoint(held.values()):
        return held
    return {**held, free_name(book, name): own[0]}


def own_recipients(book: Book) -> list[str]:
    """The public halves of what this machine opens keys with: of the key that it made, and of the one it was told of."""
    return [public_recipient(file) for file in identity_files(book)]


def _identity_file(book: Book) -> Path:
    from ledger.disk import machine_dir

    return machine_dir() / own_identity(book)


def _own(book: Book, secret: Path | None, *, dry_run: bool) -> tuple[str, bool]:
    """The recipient of this machine's key, and whether the key was made just now."""
    from ledger.disk import Disk, machine_dir, read_machine, write_machine
    from ledger.privacy.keystore import PRIVATE
    from ledger.privacy.wrapping import identity_of, make_identity, public_of

    if secret is not None:
        found = public_recipient(secret)
        if not dry_run:
            kept = {**read_machine(book.settings.book), IDENTITY: str(secret.absolute())}
            write_machine(book.settings.book, kept)
        return found, False
    disk, name = Disk(machine_dir()), own_identity(book)
    if disk.stat(name) is not None:
        return public_of(identity_of(disk.read(name), name)), False
    if other := read_machine(book.settings.book).get(IDENTITY):
        return public_recipient(Path(other)), False
    new = make_identity()
    if not dry_run:
        disk.found(0o700)
        disk.create(name, f"# public key: {new.recipient}\n{new.secret}\n".encode(), mode=PRIVATE)
    return new.recipient, True


def public_recipient(secret: Path) -> str:
    """The public half of a secret key's file; an SSH key has it beside, as ``FILE.pub``."""
    from ledger.disk import read_named
    from ledger.privacy.wrapping import identity_of, public_of, recipient_of

    public = public_of(identity_of(read_named(secret), str(secret)))
    return public or recipient_of(read_named(f"{secret}.pub").decode("utf-8", "replace"))


def refuse_tracked(book: Book) -> None:
    """Raise :class:`Refused` where git would take the keystore: what git has once had, nobody can erase."""
    import subprocess

    path = keystore_path(book)
    if not path.is_relative_to(book.root.absolute()):
        return
    asked = ["git", "-C", str(book.root), "check-ignore", "-q", str(path / "client")]
    try:
        found = subprocess.run(asked, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return
    if found == 1:  # 0: ignored; 128: no repository
        rel = path.relative_to(book.root.absolute())
        words = Words(
            f"git 会收进密钥夹 {rel}：先写进 .gitignore",
            f"git would take in the keystore {rel}: put it into .gitignore first",
        )
        raise Refused(
            words, code="PRV-04", next=(f"echo '{rel}/' >> {shlex.quote(str(book.root.absolute() / '.gitignore'))}",)
        )


# -- recipients ----------------------------------------------------------------------------------------------------------


def add_recipient(book: Book, name: str, public: str, *, dry_run: bool = False) -> Wrapped:
    """Wrap every key for one more recipient, from now on too; raises :class:`Usage` for a name that is another's."""
    from ledger.privacy.wrapping import recipient_of

    recipient = recipient_of(public)
    held = book.settings.recipients
    if not held:
        words = Words("账本还没有密钥", "the book has no keys yet")
        raise Refused(words, code="PRV-01", next=("gb keys init",))
    if held.get(name, recipient) != recipient:
        words = Words(f"“{name}”已是另一公钥的名字", f"“{name}” names another public key already")
        raise Usage(words, next=("gb keys doctor",))
    return _with_recipients(book, {**held, name: recipient}, dry_run=dry_run)


def drop_recipient(book: Book, name: str, *, dry_run: bool = False) -> Wrapped:
    """Wrap every key without that recipient; the last one stays."""
    held = dict(book.settings.recipients)
    if name not in held:
        words = Words(f"没有名为“{name}”的接收者", f"there is no recipient “{name}”")
        raise Refused(words, code="REF-01", next=("gb keys doctor",))
    del held[name]
    if not held:
        words = Words(
            "最后一个接收者不能去掉：否则谁也打不开", "the last recipient stays, or nobody could open anything"
        )
        raise Refused(words, code="PRV-01", next=("gb keys add-recipient --help",))
    return _with_recipients(book, held, dry_run=dry_run)


def _with_recipients(book: Book, recipients: Mapping[str, str], *, dry_run: bool) -> Wrapped:
    """A key that is closed here stays as it is, for ``keys sync`` on a machine that opens it, and is named.

    Raises :class:`Refused` (PRV-01) where none opens: then this is not the machine to do it on.
    """
    ring, files = book.keyring, list(last_files(book))
    closed = tuple(dict.fromkeys(file.subject for file in files if ring.opened(file) is None))
    if closed and not any(map(ring.opened, files)):
        names = " ".join(one.code for one in closed[:5])
        words = Words(f"本机打不开任何人的密钥（{names}）；请在打得开的机器上办理，或先从备份恢复",
                      f"this machine opens nobody's keys ({names}): do it on one that does, or restore a backup first")  # fmt: skip
        raise Refused(words, code="PRV-01", next=("gb keys doctor", "gb keys restore --help"))
    if dry_run:
        return Wrapped(sum(ring.opened(file) is not None for file in files), closed)
    write_recipients(book, recipients)
    return Wrapped(sum(map(ring.wrap_anew, files)), closed)


def write_recipients(book: Book, recipients: Mapping[str, str]) -> None:
    """Put the recipients into ``gb.yaml``; its comments and the rest stay as they are."""
    import io

    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 4096
    settings = yaml.load(book.disk.read(SETTINGS).decode())
    settings["recipients"] = dict(recipients)
    text = io.StringIO()
    yaml.dump(settings, text)
    data = text.getvalue().encode()
    from ledger.book.yamlfile import read_mapping

    book.settings = parse_settings(read_mapping(data, SETTINGS))
    book.disk.replace(SETTINGS, data)
    book.keyring.recipients = tuple(recipients.values())


# -- keys ----------------------------------------------------------------------------------------------------------------


def last_files(book: Book) -> Iterator[KeyFile]:
    """Each key once, as it was wrapped last."""
    ring = book.keyring
    for subject in ring.store.subjects():
        yield from ring.files(subject)


def rotate(book: Book, now: dt.datetime, *, dry_run: bool = False) -> Wrapped:
    """A new key for everybody who has one, for the values to come; the old ones are wrapped for the recipients of today.

    Raises :class:`Refused` (PRV-04) where git would take the new ones in.
    """
    refuse_tracked(book)
    gone = {one.subject for one in erased_subjects(book.state()) if not one.key}
    wrapped = _with_recipients(book, book.settings.recipients, dry_run=dry_run)
    if not dry_run:
        for subject in dict.fromkeys(file.subject for file in last_files(book)):
            if subject not in gone:
                book.keyring.make(subject, now)
        book.keyring.save()
    return wrapped


def persons(book: Book) -> Iterator[tuple[Subject, dict[str, str]]]:
    """Everybody of whom there may be personal data, with the sealed values that stand now by item."""
    return ((subject, getattr(one, "personal", {})) for subject, one in _things(book.state()))


def erased_subjects(state: State) -> list[Gone]:
    """Whose keys must be gone everywhere."""
    from ledger.privacy.keystore import Gone

    cards = (gone_with(subject, one) for subject, one in _things(state) if getattr(one, "erased", False))
    single = (Gone(Subject(one.space, one.code), key.rpartition("/")[2]) for key, one in state.things(Forgotten))
    return [*(gone for found in cards for gone in found), *single]


def gone_with(subject: Subject, thing: Thing | None) -> list[Gone]:
    """What goes with an erased subject: its keys, and those that its values were under while it had another's code."""
    from ledger.privacy.keystore import Gone

    return [Gone(subject), *(Gone(*one) for one in split_keys(subject.space, getattr(thing, "keys", ())))]


def _things(state: State) -> Iterator[tuple[Subject, Thing]]:
    from ledger.core.records import THINGS, thing_class

    for space in SPACES:
        if space in THINGS:
            yield from ((Subject(space, key), one) for key, one in state.things(thing_class(space)))
