"""Forms made from the book: of a record, of a month, of the bank, blank; and what this machine has printed before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.book.following import following
from ledger.core.cheques import CHEQUE
from ledger.core.errors import Refused, Unknown
from ledger.core.forms import Pay, Record, Reversal
from ledger.core.members import Member
from ledger.core.parties import Client, Operator
from ledger.core.payments import Standing, standing
from ledger.core.personal import ITEMS, Subject, masked, personal_of, subject_of
from ledger.core.records import thing_class
from ledger.core.records.notices import Issued
from ledger.core.records.sales import ClientReturn
from ledger.core.records.selling import Priced, SaleThing
from ledger.core.state import Reversed, State
from ledger.core.words import Lang, Words
from ledger.disk import read_mark, write_mark
from ledger.reports.paper import Behind, form_of

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.book.reports import Asked
    from ledger.core.paper import Paper
    from ledger.journal.entry import Entry
    from ledger.reports.pages import Block, Form

FOLDER = ".gb/print"
"""Where forms are written unless gb.yaml says else: derived, as all of ``.gb``."""


class Made(NamedTuple):
    """A form with the name it has on disk and, of a record's, the mark under which its printing is remembered."""

    name: str
    form: Form
    mark: str = ""


class Printer(NamedTuple):
    """For whom the forms are made: the language, the terminal at which they are printed, when.

    ``clear`` gives what a sealed value shows: its mask, unless it was revealed for this print.
    """

    lang: Lang
    terminal: str
    at: dt.datetime
    clear: Callable[[str], str] = masked


class Sealed(NamedTuple):
    """Whose personal values a record's forms show, and these, by item, as the book has them."""

    subject: Subject
    texts: Mapping[str, str]


def record_forms(book: Book, record_id: str, printer: Printer, only: str = "") -> list[Made]:
    """The forms of a record, or the one of that name; of a reversal those of what it undid.

    Raises :class:`Refused` (PRT-01) for a record without a form, :class:`Unknown` for one that is not there.
    """
    entry = _of_form(book, record_id)
    return [_made(book, entry.record, entry.h, paper, printer) for paper in _papers(entry.record, only)]


def _of_form(book: Book, record_id: str) -> Entry:
    """The record whose forms are printed: of a reversal what it undid."""
    entry = book.find(record_id)
    return book.find(entry.record.ref) if isinstance(entry.record, Reversal) else entry


def _papers(record: Record, only: str) -> list[Paper]:
    papers = [one for one in type(record).PAPERS if one.applies(record)]
    wanted = [one for one in papers if not only or one.name == only]
    if not wanted:
        raise _no_form(record, papers, only)
    return wanted


def sealed_on_forms(book: Book, record_id: str, only: str = "") -> Sealed | None:
    """The personal values on a record's forms, or on the one of that name; ``None`` where there are none (C8).

    Its own come before those of the dossier.  Raises as :func:`record_forms`.
    """
    record = _of_form(book, record_id).record
    subject = _subject(record)
    if subject is None:
        return None
    own, filed = personal_of(record), _filed(book, subject)
    papers = _papers(record, only)
    named = any(subject.space.lower() in paper.fields for paper in papers)
    wanted = {name for paper in papers for name, _ in paper.personal} | ({"name"} if named else set())
    texts = {name: filed[name] for name in wanted if name in filed}
    texts |= {name: text for name, text in own.items() if any(name in paper.fields for paper in papers)}
    return Sealed(subject, {name: texts[name] for name in ITEMS if name in texts}) if texts else None


def _subject(record: Record) -> Subject | None:
    """The client or member that a record is about."""
    if (found := subject_of(type(record).WHOSE, record.encode())) is not None:
        return found
    for space in (Client, Member):
        if code := getattr(record, space.__name__.lower(), ""):
            return Subject(space.__name__, code)
    return None


def _filed(book: Book, subject: Subject | None) -> Mapping[str, str]:
    """The sealed values of somebody's dossier."""
    thing = book.state().thing(thing_class(subject.space), subject.code) if subject is not None else None
    found: Mapping[str, str] = getattr(thing, "personal", {})
    return found


def _no_form(record: Record, papers: Sequence[Paper], only: str) -> Refused:
    if papers:
        names = " ".join(one.name for one in papers)
        words = Words(f"{record.id} 没有表单 {only}；有：{names}", f"{record.id} has no form {only}; it has: {names}")
        return Refused(words, code="PRT-01", next=tuple(f"gb print {record.id} --form {one.name}" for one in papers))
    words = Words(f"“{record.WORDS.zh}”没有打印的表单", f"there is no printed form of a record “{record.WORDS.en}”")
    return Refused(words, code="PRT-01", next=(f"gb show {record.id}",))


def _made(book: Book, record: Record, h: str, paper: Paper, printer: Printer) -> Made:
    mark = f"printed/{book.settings.book}/{record.id}.{paper.name}"
    again = record.terminal != printer.terminal or bool(read_mark(mark))
    form = form_of(
        record, paper, _behind(book, record, h, printer, again=again), printer.lang, _own(book, record, printer)
    )
    return Made(f"{record.id}.{paper.name}", form, mark)


def _own(book: Book, record: Record, printer: Printer) -> Sequence[Block]:
    """Contents that are made of more than the record's fields: those of a notice are the records that it lists."""
    if not isinstance(record, Issued):
        return ()
    from ledger.book.notice import sent_before
    from ledger.reports.notice import as_blocks

    return as_blocks(sent_before(book, record).report, printer.lang)


def _behind(book: Book, record: Record, h: str, printer: Printer, *, again: bool) -> Behind:
    state = book.state()
    undone = state.thing(Reversed, record.id)
    steps = [book.entry(one).record for one in following(book, record)]
    return Behind(
        personal={name: printer.clear(text) for name, text in _filed(book, _subject(record)).items()}, clear=printer.clear,
        store=book.settings.store, h=h, at=printer.at, named=_named(book, printer.clear), again=again,
        steps=tuple(
            (one, state.thing(Reversed, one.id) is not None) for one in steps if not isinstance(one, Reversal)
        ),
        faces=lambda spans: [(piece.sheet.face, piece.spans) for piece in state.pieces(spans)],
        undone=next((one for one in steps if isinstance(one, Reversal)), None) if undone else None,
        paid=_paid(record, steps, state),
    )  # fmt: skip


def _paid(record: Record, steps: Sequence[Record], state: State) -> Standing | None:
    """How the payments of a sale stand now: what sheets that came back set off was never paid, the rest of it refunded (S8, S9)."""
    sale = state.thing(SaleThing, record.id)
    if not isinstance(record, Priced) or sale is None:
        return None
    returns = [one for one in steps if isinstance(one, ClientReturn) and state.thing(Reversed, one.id) is None]
    set_off = sum(one.set_off for one in returns)
    wanted = tuple(Pay(name, fen - set_off * (name == CHEQUE)) for name, fen in sale.pays)
    return standing(record.id, record.payments, wanted, state, back=sum(one.amount - one.owed for one in returns))


def _named(book: Book, clear: Callable[[str], str]) -> Callable[[str, str], str]:
    """A code with the name behind it; of an individual the name itself where that was revealed, else the alias."""
    state = book.state()

    def named(field: str, code: str) -> str:
        if field == "client":
            client = state.thing(Client, code)
            sealed = client.personal.get("name", "") if client else ""
            name = (clear(sealed) if clear(sealed) != masked(sealed) else client.shown) if client else ""
        else:
            operator = state.thing(Operator, code) if code else None
            name = operator.name if operator else ""
        return f"{code} {name}" if name and name != code else code

    return named


# -- forms of no record ------------------------------------------------------------------------------------------------


class Sheet(NamedTuple):
    """A form that is of no single record: its name for people, and how it is made."""

    words: Words
    make: Callable[[Book, Asked, str, Lang], Form]


def _month(book: Book, asked: Asked, _: str, lang: Lang) -> Form:
    from ledger.book.month import reconcile, usual_month
    from ledger.reports.month_form import as_form

    month = asked.month or usual_month(asked.today)
    return as_form(reconcile(book, month, today=asked.today), lang)


def _bank(book: Book, asked: Asked, _: str, lang: Lang) -> Form:
    from ledger.book.reports import bank_report
    from ledger.book.text import digest
    from ledger.core.dates import Month
    from ledger.reports.month_form import DIGEST

    form = bank_report(book, asked).as_form(lang)
    return msgspec.structs.replace(form, digest=DIGEST.say(lang).format(digest=digest(book, Month.of(asked.until))))


def _blind(book: Book, asked: Asked, scope: str, lang: Lang) -> Form:
    """``scope`` is ``all``, ``void`` or a face in yuan, as of a count."""
    from ledger.core.money import parse_yuan
    from ledger.folds.stock import safe_faces
    from ledger.reports.blind import as_form

    whole = scope in ("", "all")
    faces = sorted(safe_faces(book.state()), reverse=True) if whole else [] if scope == "void" else [parse_yuan(scope)]
    return as_form(book.settings.store, asked.until, faces, lang, void=scope == "void")


SHEETS: dict[str, Sheet] = {
    "month": Sheet(Words("月对账表", "the month's reconciliation"), _month),
    "bank": Sheet(Words("银行存款余额调节表", "bank reconciliation"), _bank),
    "blind": Sheet(Words("盘点表（盲盘）", "blank count sheet"), _blind),
}
"""The forms that are made by name."""


def sheet_form(book: Book, name: str, asked: Asked, printer: Printer, scope: str = "") -> Made:
    """The form of that name, for when ``asked`` says."""
    form = SHEETS[name].make(book, asked, scope, printer.lang)
    at = Words("打印：", "printed ").say(printer.lang) + f"{printer.at:%Y-%m-%d %H:%M}"
    return Made(f"{name}-{form.number}", msgspec.structs.replace(form, printed=at))


# -- printing ----------------------------------------------------------------------------------------------------------


def with_copies(form: Form, copies: int) -> Form:
    """The form in so many copies: those that it has first, then more for nobody in particular."""
    names = (*form.copies, *([""] * copies))[:copies]
    return msgspec.structs.replace(form, copies=names)


def write_form(book: Book, made: Made, html: str) -> str:
    """Write a form into the print folder and remember that it was printed; its path."""
    from pathlib import Path

    from ledger.disk import Disk

    folder = Path(book.settings.print_folder or FOLDER)
    whole = (folder if folder.is_absolute() else book.root / folder).absolute()
    Disk(whole.parent).replace(f"{whole.name}/{made.name}.html", html.encode("utf-8"))
    remember(made)
    return str(whole / f"{made.name}.html")


def remember(made: Made) -> None:
    """That the form was printed here: the next one is a copy."""
    if made.mark:
        write_mark(made.mark, b"1\n")


def at_once(record: Record) -> list[str]:
    """The forms that a store which prints at once gets of a record just made."""
    return [paper.name for paper in type(record).PAPERS if paper.at_once and paper.applies(record)]


def unknown_sheet(typed: str) -> Unknown:
    """The refusal of a word that is neither a record nor a form."""
    from ledger.core.text import shown

    listed = "、".join(f"{name} {one.words.zh}" for name, one in SHEETS.items())
    words = Words(
        f"“{shown(typed)}”不是单据，也不是表单（{listed}）",
        f"“{shown(typed)}” is neither a record nor a form ({', '.join(SHEETS)})",
    )
    return Unknown(words, next=("gb log", *(f"gb print {name}" for name in SHEETS)))
