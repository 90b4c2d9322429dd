"""Personal data at the counter: asked for or read from a mapping, never an option's value; shown masked, or revealed (C8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.lang import _t, say
from ledger.core.errors import Usage
from ledger.core.personal import ITEMS, Clear, Subject, clear, is_sealed, item_names, masked_all, subject_of
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.entry import Desk
    from ledger.core.forms import Journal, Record
    from ledger.journal.entry import Entry

LIMIT: Final = 64 * 1024
"""Bytes of a ``--personal`` mapping."""

PersonalOption = Annotated[
    str | None,
    typer.Option(
        "--personal", metavar="FILE|-",
        help=_t("个人资料：JSON 或 YAML 文件，- 为标准输入；不写则在终端上逐项询问",
                "personal data: a JSON or YAML mapping, - for stdin; asked for on a terminal"),
    ),
]  # fmt: skip
RevealOption = Annotated[
    bool,
    typer.Option(
        "--reveal",
        help=_t("显示个人资料；要写 --reason，并登记在案", "show personal data; with --reason, and recorded"),
    ),
]


def given(at: Desk, names: Sequence[str], typed: str | None, *, ask: bool = True) -> dict[str, Clear]:
    """The personal values of this command, by item: from the mapping that ``typed`` names, else asked for one by one.

    ``names`` are the items that may be given.  Nothing is asked where nobody can answer, or with ``ask`` off, or where the
    book has no keys to seal under.  Raises :class:`Usage`, which never repeats a value.
    """
    if typed is not None:
        return _mapping(names, typed)
    if not (ask and at.call.interactive and at.book.settings.recipients):
        return {}
    answers = {name: _asked(at, name) for name in names}
    return {name: value for name, value in answers.items() if value is not None}


def _asked(at: Desk, name: str) -> Clear | None:
    """One item; Enter leaves it out.  The name is lower case, so the answer is not kept for commands to type again."""
    words = ITEMS[name].words
    label = Words(f"{words.zh}，直接回车：不登记", f"{words.en}; Enter: none")
    return at.call.ask(None, words=label, name=name, parse=lambda text: clear(name, text) if text else None)


def _mapping(names: Sequence[str], typed: str) -> dict[str, Clear]:
    from cli.entry import read_file
    from ledger.book.yamlfile import read_mapping
    from ledger.core.errors import Unreadable

    try:
        found = read_mapping(read_file(typed, LIMIT, "--personal"), "--personal")
    except Unreadable:
        words = Words(
            "--personal 要的是 JSON 或 YAML 的“名称: 值”", "--personal is a JSON or YAML mapping of names to values"
        )
        raise Usage(words) from None
    strange = [name for name in found if name not in names]
    if strange:  # the name of an item, but who knows: a person may have taken it for the value
        known = " ".join(names)
        raise Usage(
            Words(f"--personal 里有不认识的项目；可用：{known}", f"--personal has an item that is none of: {known}")
        )
    texts = {name: value for name, value in found.items() if value != ""}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise Usage(Words(f"--personal 的 {name} 要是一个值", f"{name} in --personal is to be one value"))
    return {name: clear(name, value) for name, value in texts.items()}


def facts(texts: Mapping[str, str]) -> list[tuple[Words | str, str]]:
    """Labels and values for a card, in the order of the items; what is not personal is left out."""
    return [(item.words, texts[name]) for name, item in ITEMS.items() if texts.get(name)]


def seen(at: Desk, subject: Subject, texts: Mapping[str, str], *, reveal: bool, ref: str = "") -> dict[str, str]:
    """``texts`` as this command may show them: masked, or with ``--reveal`` in the clear and on record.

    ``ref`` is the record whose own values they are, where it is not the person's card.  Asks for the reason; raises :class:`NotAllowed` naming who may, :class:`Refused` where no key is here.
    """
    sealed = [name for name, text in texts.items() if is_sealed(text)]
    if not reveal or not sealed:
        return masked_all(texts)
    from ledger.book.personal import reveal as revealed

    at.need_reason()
    draft = at.draft("access", "reveal", {"subject": subject.text, "items": item_names(sealed)}, ref=ref)
    if at.call.dry_run:
        at.write("access", "reveal", draft.values, ref=ref, try_only=True)
        return masked_all(texts)
    return at.refusing(draft, lambda: revealed(at.book, draft, subject, texts))[1]


def erasable(at: Desk, space: str, typed: str, known: Callable[[str], str]) -> tuple[str, str]:
    """Whose personal data are to be erased: the code that ``known`` finds, or code and keys of a filing that was undone."""
    from ledger.book.undone import undone_keys

    return undone_keys(at.book, space, typed) or (known(typed), "")


def tell_undone(at: Desk, original: Record) -> None:
    """What was sealed opens as long as its key is there, though the filing is undone: the command that destroys it."""
    from msgspec.structs import replace

    from cli.hints import for_this
    from cli.render import note
    from ledger.book.roles import who_may
    from ledger.book.undone import undone_filing

    if original.WHOSE is None or undone_filing(at.book, original.WHOSE.space, original.id) is None:
        return
    space = original.WHOSE.space
    who = who_may(at.book, at.book.state(), "erase", at.today())
    by = f" --by {who[0]}" if who and at.by not in who else ""
    command = f"gb {space.lower()} erase {original.id} --reason '…'"
    call = replace(at.call, by=None) if by else at.call
    note(Words("它的个人资料已加密，还能打开；要永久删除：", "its personal data are sealed and can still be opened; to erase them for good:"))  # fmt: skip
    note(Words(*[f"next: {for_this(command, call)}{by}"] * 2))


def erase_person(at: Desk, journal: str, subject: Subject, keys: str = "") -> None:
    """Record ``erased`` in the journal and destroy the key; asks for the reason and, on a terminal, once more.

    ``keys`` are those of a filing that was undone: they alone are destroyed.
    """
    from cli.render import note
    from ledger.book.erasing import erase

    at.need_reason()
    code = subject.code
    at.call.confirm(
        Words(f"{code} 的个人资料将永远打不开，确定？", f"the personal data of {code} will be gone for good: go on?"),
        default=False,
    )
    draft = at.draft(journal, "erased", {"code": code, "keys": keys or None})
    done, gone = at.refusing(draft, lambda: erase(at.book, draft, subject, dry_run=at.call.dry_run))
    at.echo(done)
    if done.dry:
        return
    note(Words(f"销毁了 {gone.deleted} 个密钥文件；旧的密钥备份也要销毁，再备份一次：gb keys backup 文件",
               f"key files destroyed: {gone.deleted}; destroy older backups of the keys too and make a new one: gb keys backup FILE"))  # fmt: skip
    if gone.away is not None:
        note(Words(f"{gone.away.zh}；接上后 gb keys sync", f"{gone.away.en}; when it is back: gb keys sync"))


def find_by_phone(at: Desk) -> None:
    """Ask for a number, or read it from stdin, and list whose it is; numbers that this machine cannot open are counted."""
    from cli.entry import stdin_text
    from cli.render import emit, emit_json, note
    from ledger.book.phones import PHONE, find

    typed = None if at.call.interactive else stdin_text().strip()
    sought = find(
        at.book, at.call.ask(typed, words=ITEMS[PHONE].words, name=PHONE, parse=lambda text: clear(PHONE, text))
    )
    if at.call.json:
        found = [{"register": one.space.lower(), "code": one.code} for one in sought.found]
        emit_json({"found": found, "closed": sought.closed})
        return
    for one in sought.found:
        emit(f"{say(_REGISTERS[one.space])}  {at.named(one.space.lower(), one.code)}")
    if sought.closed:
        note(Words(f"另有 {sought.closed} 个号码本机打不开", f"numbers that this machine cannot open: {sought.closed}"))
    elif not sought.found:
        note(Words("没有人登记这个号码", "nobody has that number"))


_REGISTERS = {"Client": Words("客户", "client"), "Member": Words("会员", "member")}


def revealed_rows(at: Desk, journal: Journal, entries: Iterable[Entry]) -> list[dict[str, str]]:
    """The texts of a journal's records in the clear, where a key is here; recorded as an export before anything is opened.

    A dry run opens nothing.  Raises :class:`NotAllowed` naming who may.
    """
    from ledger.book.personal import opened

    rows = [(subject_in(journal, one.values), dict(one.values)) for one in entries]
    sealed = [(whose, [name for name in texts if is_sealed(texts[name])]) for whose, texts in rows]
    persons = {whose for whose, names in sealed if names}
    if not persons:
        return [texts for _, texts in rows]
    record_export(at, journal.name, {name for _, names in sealed for name in names}, len(persons))
    if at.call.dry_run:
        return [texts for _, texts in rows]
    return [opened(at.book, whose, texts) if whose is not None else texts for whose, texts in rows]


def subject_in(journal: Journal, values: Mapping[str, str]) -> Subject | None:
    """Whose a record's personal values are; a reversal repeats the original's."""
    return subject_of(journal.kind(values.get("of") or values["kind"]).WHOSE, values)


def record_export(at: Desk, what: str, items: Iterable[str], persons: int) -> None:
    """Record that personal data go out of the book in the clear, before they do; raises :class:`NotAllowed`."""
    at.need_reason()
    at.write("access", "export", {"what": what, "items": item_names(items), "persons": persons})
