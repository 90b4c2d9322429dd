"""Completion in bash, zsh and fish: names from the table, values from the index as the last command left it.

What is typed is ASCII, what it means stands beside it in the language of the run.  A shell asks at every Tab, so no journal
is read and no command module is imported but the one whose options are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.lang import _t, say
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.forms import Record
    from ledger.index.lookup import Found
    from ledger.index.projection import Index

app = typer.Typer()

PROGRAMS = ("gb", "gb-ledger")
SHELLS = ("bash", "zsh", "fish")
_MANY = 30
"""So many of the newest records are offered; older ones are looked up."""

Pair = tuple[str, str]
"""What is typed, and what it means."""

Source = Callable[[dict[str, Any]], list[Pair]]
"""The values for what is typed so far."""


@app.command(
    help=_t(
        '打印命令补全脚本，如 eval "$(gb completion bash)"；写进 ~/.bashrc、~/.zshrc；fish：gb completion fish | source',
        'print the script: eval "$(gb completion bash)", in ~/.bashrc or ~/.zshrc; fish: gb completion fish | source',
    )
)
def completion(
    shell: Annotated[str | None, typer.Argument(metavar="bash|zsh|fish", help=_t("哪种 shell", "which shell"))] = None,
) -> None:
    """Print what the shell has to be told once."""
    from cli.main import COMPLETE
    from cli.render import emit
    from cli.shared import current
    from ledger.book.choices import one_of

    words = Words("哪种 shell", "the shell")
    known = {name: Words(name, name) for name in SHELLS}
    chosen = current().ask(shell, words=words, name="SHELL", parse=lambda typed: one_of(typed, known, words))
    script = _typers().get_completion_script
    scripts = (script(prog_name=name, complete_var=COMPLETE, shell=chosen) for name in PROGRAMS)
    emit("\n\n".join(scripts))


def answer() -> int:
    """Answer the shell that runs this program; whatever goes wrong, nothing is offered.

    The scripts and the forms of the answer are typer's own; what is offered is ours.
    """
    import os

    from cli import frame
    from cli.main import COMPLETE
    from cli.shared import running

    given: dict[str, Any] = {}
    try:
        with running(given):
            asked = _shell(os.environ[COMPLETE].rpartition("_")[2])
            typer.echo(asked(frame.root(), {"obj": given}, "gb", COMPLETE).complete())
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - a message would stand in the middle of the person's line
        return 1
    return 0


def _typers() -> Any:
    """Typer's module for completion, most of whose names it gives to nobody by name."""
    import importlib

    return importlib.import_module("typer.completion")


def _shell(name: str) -> Any:
    """Typer's class for a shell, with our candidates."""
    typers = _typers()
    typers.completion_init()
    click = typers.shell_completion
    base: Any = click.get_completion_class(name)

    def get_completions(self: Any, args: list[str], incomplete: str) -> list[Any]:
        ctx = click._resolve_context(self.cli, self.ctx_args, self.prog_name, args)
        thing, begun = click._resolve_incomplete(ctx, args, incomplete)
        found = _offered(thing, begun, ctx.obj)
        if found is None:
            return list(thing.shell_complete(ctx, begun))
        return [click.CompletionItem(value, help=means or None) for value, means in found]

    def format_completion(self: Any, item: Any) -> str:
        # Typer would import all of rich to take markup out of a text that has none.
        means, item.help = " ".join((item.help or "").split()), None
        return str(base.format_completion(self, item)) + (MEANING.get(name, _bare)(means) if means else "")

    own = {"get_completions": get_completions, "format_completion": format_completion}
    return type("Asked", (base,), own)  # the shell's class is known only now


def _bare(_: str) -> str:
    """No meaning: bash shows none."""
    return ""


def _fish(means: str) -> str:
    return f"\t{means}"


def _zsh(means: str) -> str:
    """Behind the value, quoted for ``_arguments`` inside the script's ``eval``."""
    for letter, quoted in (('"', '""'), ("'", "''"), ("$", "\\$"), ("`", "\\`"), (":", "\\\\:")):
        means = means.replace(letter, quoted)
    return f':"{means}"'


MEANING = {"zsh": _zsh, "fish": _fish}
"""How a shell takes the meaning of a candidate."""


def _offered(thing: Any, begun: str, given: dict[str, Any]) -> list[Pair] | None:
    """Candidates for a name behind ``gb`` or a noun, or for a value; ``None`` leaves them to typer, as options."""
    from cli import frame

    if isinstance(thing, frame.Root):
        from cli.commands import COMMANDS

        names = [(name, say(entry.words)) for name, entry in COMMANDS.items()]
    elif isinstance(thing, frame.Group):
        names = [(name, frame.summary(info)) for name, info in thing.verbs.items()]
    else:
        return values(thing, begun, given) if hasattr(thing, "opts") else None
    return None if begun.startswith("-") else [pair for pair in names if pair[0].startswith(begun)]


# -- values ------------------------------------------------------------------------------------------------------------


def values(param: Any, incomplete: str, given: dict[str, Any]) -> list[Pair] | None:
    """What may stand for ``param`` and begins with ``incomplete``; ``None`` where only the shell can know, as of files."""
    name, kind = max(param.opts, key=len), _kind(param)
    noun = str(given.get("path", "")).split(" ")[1:2]
    if found := OF_OPTION.get(name) or OF_NOUN.get(("".join(noun), kind)) or OF_METAVAR.get(kind):
        return [pair for pair in found(given) if _fits(pair, incomplete)]
    words = kind.split("|")
    if len(words) > 1 and all(word.isascii() and word == word.lower() and len(word) > 1 for word in words):
        return [(word, "") for word in words if word.startswith(incomplete)]
    return None


def _kind(param: Any) -> str:
    return str(param.metavar or "").strip("[]").rstrip("…").partition("] ")[0]


def _fits(pair: Pair, incomplete: str) -> bool:
    """By the code, in any case: ``c0`` finds C001."""
    return pair[0].casefold().startswith(incomplete.casefold())


def _of_index(read: Callable[[Book, Index], Iterable[Pair]]) -> Callable[[dict[str, Any]], list[Pair]]:
    """Values that ``read`` finds in the index as it is; none where there is no book or no index."""

    def found(given: dict[str, Any]) -> list[Pair]:
        import os
        from pathlib import Path

        from ledger.book.open import Book, find_book

        named = given.get("book") or os.environ.get("GB_BOOK")
        book = Book(Path(named) if named else find_book(Path.cwd()))
        index = book.glimpse()
        return list(read(book, index)) if index is not None else []

    return found


def _clients(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.core.parties import Client

    return ((code, one.shown) for code, one in index.state().things(Client))


def _operators(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.core.parties import Operator

    return ((code, one.name) for code, one in index.state().things(Operator) if not one.left)


def _members(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.core.members import Member

    return ((code, "") for code, _ in index.state().things(Member))  # who it is stays sealed (C8)


def _terminals(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.core.parties import Terminal

    return ((code, "") for code, one in index.state().things(Terminal) if not one.retired)


def _cheques(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.core.cheques import Cheque

    return ((one.number, one.bank) for _, one in index.state().things(Cheque))


def _faces(_: Book, index: Index) -> Iterator[Pair]:
    from ledger.book.resolve import sellable_faces
    from ledger.core.money import yuan

    return ((yuan(face).removesuffix(".00"), _t("元", "yuan")) for face in sellable_faces(index.state()))


def _methods(book: Book, _: Index) -> Iterator[Pair]:
    from ledger.core.settings import method_words

    return ((name, say(method_words(name))) for name in book.settings.payment_methods)


_SOLD = ("sales sale", "sales handover", "sales iou-payment")
_ASKED = ("requests request",)
TAKES: dict[str, tuple[str, ...]] = {
    "rebate": ("rebates proposal",),
    "rebate propose": _SOLD,
    "request": _ASKED,
    "sale": (*_SOLD, "sales reservation", "sales client-return"),
    "sale handover": ("sales reservation",),
    "sale release": ("sales reservation",),
    "sale iou": ("custody iou",),
    "cash arrived": (*_SOLD, "sales reservation"),
    "cash settle": ("cash count",),
    "cash advance-return": ("cash advance",),
}
"""Journal and kind of the records that a command takes, by its noun or by noun and verb; others take any record."""
_NOBODYS = ("notices delivered", "access reveal", "access export", "access backup")
"""What is offered nowhere: nobody goes on from a delivery or a look."""


def _records(given: dict[str, Any]) -> list[Pair]:
    """The newest records of the kinds that the command takes."""
    words = str(given.get("path", "")).split(" ")[1:3]
    return _of_kinds(TAKES.get(" ".join(words)) or TAKES.get("".join(words[:1]), ()))(given)


def _of_kinds(kinds: tuple[str, ...]) -> Source:
    def read(_: Book, index: Index) -> Iterator[Pair]:
        named = ((f"{found.journal} {found.kind}", found, kind) for found, kind in _newest(index))
        fits = ((found, kind) for name, found, kind in named if (name in kinds if kinds else name not in _NOBODYS))
        return ((found.id, f"{found.day} {say(kind.WORDS)}") for found, kind in islice(fits, _MANY))

    return _of_index(read)


def _newest(index: Index) -> Iterator[tuple[Found, type[Record]]]:
    """The records, the last one first, each with its kind."""
    from ledger.core.forms import Reversal
    from ledger.core.records import journal_of
    from ledger.index.lookup import newest

    for found in newest(index.db):
        yield found, Reversal if found.kind == Reversal.KIND else journal_of(found.id).kind(found.kind)


def _printable(_: Book, index: Index) -> Iterator[Pair]:
    """The forms that are made by name, then the records that have one."""
    from ledger.book.printing import SHEETS

    yield from ((name, say(one.words)) for name, one in SHEETS.items())
    forms = ((found, kind.PAPERS) for found, kind in _newest(index) if kind.PAPERS)
    yield from ((found.id, f"{found.day} {say(papers[0].title)}") for found, papers in islice(forms, _MANY))


def _forms(_: dict[str, Any]) -> list[Pair]:
    from ledger.core.records import JOURNALS, journal

    papers = [paper for one in JOURNALS for kind in journal(one.name).kinds for paper in kind.PAPERS]
    return [*{paper.name: say(paper.title) for paper in papers}.items()]


def _reports(_: dict[str, Any]) -> list[Pair]:
    from ledger.book.reports import REPORTS

    return [(name, say(one.words)) for name, one in REPORTS.items()]


def _imported(_: dict[str, Any]) -> list[Pair]:
    from ledger.book.imports import FIELDS

    return [(name, "") for name in FIELDS]


def _journals(_: dict[str, Any]) -> list[Pair]:
    from ledger.core.records import JOURNALS

    return [(one.name, "") for one in JOURNALS]


def _unit_kinds(_: dict[str, Any]) -> list[Pair]:
    from ledger.core.records.clients import KIND_WORDS

    return [(kind, say(words)) for kind, words in KIND_WORDS.items()]


def _classes(_: dict[str, Any]) -> list[Pair]:
    from ledger.core.records.clients import CLASS_WORDS

    return [(name, say(words)) for name, words in CLASS_WORDS.items()]


def _codes(_: dict[str, Any]) -> list[Pair]:
    from ledger.checks import all_codes

    return [(code, say(one.title)) for code, one in all_codes()]


def _roles(_: dict[str, Any]) -> list[Pair]:
    from ledger.core.rules import ROLES

    return [(role, "") for role in ROLES]


_CHEQUE, _OPERATOR = _of_index(_cheques), _of_index(_operators)
OF_OPTION: dict[str, Source] = {
    "--by": _OPERATOR,
    "--terminal": _of_index(_terminals),
    "--cheque": _CHEQUE,
    "--approval": _of_kinds(_ASKED),
    "--request": _of_kinds(_ASKED),
    "--code": lambda _: [],  # a new one
}
"""By the option's name, where that says more than the word for its value."""
OF_NOUN: dict[tuple[str, str], Source] = {
    ("accept", "CODE"): _codes,
    ("explain", "CODE"): _codes,
    ("check", "CODE"): _codes,
    ("terminal", "CODE"): OF_OPTION["--terminal"],
    ("cheque", "NO"): _CHEQUE,
    ("report", "NAME"): _reports,
    ("print", "ID"): _of_index(_printable),
    ("print", "NAME"): _forms,
    ("import", "JOURNAL"): _imported,
    ("export", "JOURNAL"): _journals,
    ("client", "KIND"): _unit_kinds,
    ("client", "CLASS"): _classes,
}
"""By the name behind ``gb`` and the word for the value."""
OF_METAVAR: dict[str, Source] = {
    "CLIENT": _of_index(_clients),
    "MEMBER": _of_index(_members),
    "METHOD": _of_index(_methods),
    "FACE": _of_index(_faces),
    "ID": _records,
    "ID|CHEQUE": _records,
    "THING": _records,
    "ROLE": _roles,
    "CODE": _OPERATOR,
}
"""By the word that stands for the value on the help page."""
