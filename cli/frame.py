"""Typer's commands with what this program adds: shared options in any position, lazy loading, help in one language.

A noun's module is imported only when the noun is typed, and of its verbs only the one that is typed is built: eighty
commands built eagerly would cost more than the rest of a sale.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple, NoReturn, cast

import typer
import typer.core
import typer.main
from typer.models import CommandInfo, TyperInfo

from cli import lang
from cli.commands import BARE, COMMANDS, Entry
from cli.shared import Given, running
from ledger.core.errors import Usage
from ledger.core.words import Words


class SharedOption(NamedTuple):
    """An option that every command takes in any position; without ``metavar`` it is a flag."""

    name: str
    metavar: str
    words: Words


SHARED: tuple[SharedOption, ...] = (
    SharedOption("book", "PATH", Words("账本目录 [GB_BOOK]", "the book's folder [GB_BOOK]")),
    SharedOption("terminal", "CODE", Words("终端 [GB_TERMINAL]", "the terminal [GB_TERMINAL]")),
    SharedOption("by", "CODE", Words("操作员 [GB_OPERATOR]", "the operator [GB_OPERATOR]")),
    SharedOption("lang", "zh|en", Words("语言 [GB_LANG]", "the language [GB_LANG]")),
    SharedOption("json", "", Words("输出 JSON", "print JSON")),
    SharedOption("dry-run", "", Words("只试算，不写入", "do everything but write")),
    SharedOption("date", "DATE", Words("业务日期", "the business date")),
    SharedOption(
        "at", "TIME", Words("记录时刻（会注明是手工给定）", "the time of recording (marked as given by hand)")
    ),
    SharedOption(
        "once", "TOKEN", Words("重试凭证：同一凭证只记一次", "retry token: recorded once, however often sent")
    ),
    SharedOption("reason", "TEXT", Words("理由", "the justification")),
    SharedOption("note", "TEXT", Words("备注", "a free remark")),
)


def _remember(ctx: Any, param: Any, value: str | bool | None) -> None:
    """Keep a shared option that was given; a deeper or later one replaces it."""
    if value is None or value is False:
        return
    if param.name == "lang" and lang.known(str(value)) is None:
        raise typer.BadParameter("zh, en", ctx=ctx, param=param)
    given: Given = ctx.obj
    given[param.name] = value


@cache
def shared_options() -> tuple[typer.core.TyperOption, ...]:
    """Return the shared options as parameters; one set serves every command of a run."""
    return tuple(
        typer.core.TyperOption(
            param_decls=[f"--{option.name}"],
            metavar=option.metavar or None,
            is_flag=not option.metavar,
            type=str if option.metavar else bool,
            default=None if option.metavar else False,
            expose_value=False,
            callback=_remember,
            help=lang.say(option.words),
        )
        for option in SHARED
    )


def with_shared_options(own: list[Any]) -> list[Any]:
    """Return ``own`` parameters and the shared options; a command that declares a name itself keeps its own."""
    taken = {opt for param in own for opt in param.opts}
    return [*own, *(option for option in shared_options() if not taken.intersection(option.opts))]


# The parser's own base class has no public name.
_UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])


@contextmanager
def _place(ctx: Any) -> Iterator[None]:
    """Keep the path of what is being parsed, for prompts and for the ``next:`` line of a usage error."""
    ctx.obj["path"] = ctx.command_path
    try:
        yield
    except _UsageError as error:
        refusal: Any = error
        refusal.ctx = refusal.ctx or ctx
        raise


class Command(typer.core.TyperCommand):
    """A command that takes the shared options."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the command's own parameters and the shared options."""
        return with_shared_options(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, knowing the command's path for messages."""
        with _place(ctx):
            return super().parse_args(ctx, args)

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        from cli import help as pages

        return pages.command_page(self, ctx)


class Group(typer.core.TyperGroup):
    """A name with verbs behind it, each built when it is typed."""

    verbs: dict[str, CommandInfo | TyperInfo]

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the group's own parameters and the shared options."""
        return with_shared_options(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, knowing the group's path for messages."""
        with _place(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the verbs in the order of their declaration."""
        return list(self.verbs)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build the verb ``cmd_name``, or return None."""
        info = self.verbs.get(cmd_name)
        return None if info is None else _built(info, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the verb that ``args`` begin with; ``help`` shows the page of what follows it."""
        name, *rest = args
        if name == "help" and name not in self.list_commands(ctx):
            name, rest = (rest[0], [*rest[1:], "--help"]) if rest else (name, rest)
            if name == "help":
                _show_help(ctx)
        command = self.get_command(ctx, name)
        if command is None:
            _no_such_command(ctx, name, self.list_commands(ctx))
        return name, command, rest

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        from cli import help as pages

        return pages.group_page(self, ctx, {name: summary(info) for name, info in self.verbs.items()})


class Root(Group):
    """`gb` itself: its names come from the table, its modules are imported when they are typed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all top-level names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and build the top-level name, or return None."""
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else load(cmd_name, entry)

    def get_help(self, ctx: Any) -> str:
        """Return the help page, written from the table."""
        from cli import help as pages

        return pages.root_page(self, ctx)


def load(name: str, entry: Entry) -> Any:
    """Import the module of a top-level name and build its command."""
    app: typer.Typer = importlib.import_module(entry.module).app
    single = len(app.registered_commands) == 1 and not app.registered_groups and not app.registered_callback
    if single and not entry.noun:
        return _command(app.registered_commands[0], name)
    return _group(app, name, lang.say(entry.words))


def _built(info: CommandInfo | TyperInfo, name: str) -> Any:
    """Build one verb, or a group of verbs one level down."""
    if isinstance(info, CommandInfo):
        return _command(info, name)
    if info.typer_instance is None:
        raise TypeError(name)
    return _group(info.typer_instance, name, summary(info))


def _command(info: CommandInfo, name: str) -> Any:
    """Build one command from its declaration."""
    info.cls = Command
    info.name = name
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.registered_commands.append(info)
    return typer.main.get_command(alone)


def _group(app: typer.Typer, name: str, words: str) -> Group:
    """Build a group whose verbs are built later."""
    shell = typer.Typer(
        name=name, cls=Group, help=words, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    shell.registered_callback = app.registered_callback
    group = typer.main.get_group(shell)
    if not isinstance(group, Group):
        raise TypeError(name)
    commands = {_name(command): command for command in app.registered_commands}
    group.verbs = {**commands, **{str(nested.name): nested for nested in app.registered_groups}}
    return group


def _name(info: CommandInfo) -> str:
    """Return the verb that a declaration stands for."""
    return info.name or (info.callback.__name__.replace("_", "-") if info.callback else "")


def summary(info: CommandInfo | TyperInfo) -> str:
    """Return the first line of a verb's help without building the verb."""
    text = info.short_help or info.help or getattr(info, "callback", None).__doc__ or ""
    return str(text).strip().partition("\n")[0] if isinstance(text, str) else ""


def _show_help(ctx: Any) -> NoReturn:
    """Print the page of the group in ``ctx`` and end."""
    from cli.render import emit

    emit(ctx.get_help())
    raise typer.Exit


def _no_such_command(ctx: Any, name: str, names: list[str]) -> NoReturn:
    """Refuse an unknown name, with those that are near."""
    from ledger.core.near import did_you_mean, near

    found = near(name, names, least=0.5)
    meant = did_you_mean(found)
    path = " ".join([ctx.command_path, *found[:1]])
    raise Usage(Words(f"没有命令“{name}”{meant.zh}", f"no such command: {name}{meant.en}"), next=(f"{path} --help",))


def _show_version() -> NoReturn:
    """Print the version and end."""
    from cli.render import emit
    from ledger import __version__

    emit(f"gb-ledger {__version__}")
    raise typer.Exit


@cache
def root() -> Root:
    """Return `gb`, ready to parse."""
    app = typer.Typer(
        cls=Root,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(invoke_without_command=True)
    def gb(
        ctx: typer.Context,
        version: bool = typer.Option(False, "--version", help=lang._t("显示版本", "print the version")),
    ) -> object:
        if version:
            _show_version()
        if ctx.invoked_subcommand is not None:
            return None
        command = load(BARE, COMMANDS[BARE])
        with command.make_context(BARE, [], parent=ctx) as inner:
            return command.invoke(inner)

    group = typer.main.get_group(app)
    if not isinstance(group, Root):
        raise TypeError(app)
    return group


_OF_OTHERS = ("cli.reservation", "cli.options", "cli.personal", "cli.refiling")
"""Modules with verbs of a noun that another module holds, and with options of several."""


def forget() -> None:
    """Drop what was built in another language; only a process that runs several commands needs it."""
    shared_options.cache_clear()
    root.cache_clear()
    for module in (*(entry.module for entry in COMMANDS.values()), *_OF_OTHERS):
        sys.modules.pop(module, None)


def run(argv: list[str]) -> int:
    """Parse ``argv`` and run the command; its exit code is 0 or what it returns.  Errors are raised."""
    group = root()
    given: Given = {}
    with running(given), group.make_context("gb", list(argv), obj=given) as ctx:
        code = group.invoke(ctx)
    return code if isinstance(code, int) and not isinstance(code, bool) else 0
