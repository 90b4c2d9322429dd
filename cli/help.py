"""Help pages: plain text, 80 columns, the headings in the language of the run, the same in a pipe and on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cli import lang
from cli.commands import SECTIONS
from cli.frame import SHARED
from cli.render import WIDTH, columns, width, wrap
from ledger.core.words import Words

_USAGE = Words("用法：", "Usage: ")
_ARGUMENTS = Words("参数：", "Arguments:")
_OPTIONS = Words("选项：", "Options:")
_COMMANDS = Words("命令：", "Commands:")
_SHARED = Words("通用选项（可写在任何位置）：", "Shared options (in any position):")
_HELP = Words("显示本页", "show this page")
_REQUIRED = Words("必填", "required")
_DEFAULT = Words("默认：", "default: ")
_REPEATED = Words("可重复", "may be repeated")
_ABOUT = Words("代金券台账：领、售、存、核对。", "The ledger of gift vouchers: receive, sell, keep, reconcile.")
_MORE = Words("每个命令都有 --help。", "Every command has --help.")
_LEFT = 26  # columns: names longer than this get a line of their own

Row = tuple[str, str]


def command_page(command: Any, ctx: Any) -> str:
    """Return the page of one command."""
    own = _own(command)
    arguments = [param for param in own if param.param_type_name == "argument"]
    options = [param for param in own if param.param_type_name == "option"]
    usage = [lang.say(Words("[选项]", "[OPTIONS]")), *(_argument(param) for param in arguments)]
    return _page(
        _usage(ctx, usage),
        _paragraphs(command.help or ""),
        _list(lang.say(_ARGUMENTS), [(_argument(param, bare=True), _meaning(param)) for param in arguments]),
        _list(lang.say(_OPTIONS), [(_option(param), _meaning(param)) for param in options]),
        _shared(own),
    )


def group_page(group: Any, ctx: Any, verbs: dict[str, str]) -> str:
    """Return the page of a noun: its verbs."""
    own = _own(group)
    return _page(
        _usage(ctx, [lang.say(Words("[选项] 命令 …", "[OPTIONS] COMMAND …"))]),
        _paragraphs(group.help or ""),
        _list(lang.say(_COMMANDS), list(verbs.items())),
        _list(lang.say(_OPTIONS), [(_option(param), _meaning(param)) for param in own]),
        _shared(own),
    )


def root_page(group: Any, ctx: Any) -> str:
    """Return the page of `gb`, written from the table of commands."""
    own = _own(group)
    sections = [
        _list(
            lang.say(Words(f"{section.title.zh}：", f"{section.title.en}:")),
            [(name, lang.say(entry.words)) for name, entry in section.entries.items()],
            left=14,
        )
        for section in SECTIONS
    ]
    return _page(
        _usage(ctx, [lang.say(Words("[选项] 命令 …", "[OPTIONS] COMMAND …"))]),
        _paragraphs(lang.say(_ABOUT) + " " * (lang.lang() == "en") + lang.say(_MORE)),
        *sections,
        _list(lang.say(_OPTIONS), [(_option(param), _meaning(param)) for param in own]),
        _shared(own),
    )


def _own(command: Any) -> list[Any]:
    """Return the parameters that the command itself declares and shows."""
    return [param for param in command.params if not getattr(param, "hidden", False)]


def _page(*blocks: str) -> str:
    """Join the blocks that are not empty."""
    return "\n\n".join(block for block in blocks if block)


def _usage(ctx: Any, pieces: Sequence[str]) -> str:
    """Return the usage line, continued below the first piece when it is long."""
    lead = f"{lang.say(_USAGE)}{ctx.command_path} "
    lines = wrap(" ".join(pieces), _page_width() - width(lead))
    return lead + ("\n" + " " * width(lead)).join(lines)


def _paragraphs(text: str) -> str:
    """Return the help text, each of its lines wrapped."""
    lines = wrap(text.strip(), _page_width() - 2)
    return "\n".join(f"  {line}".rstrip() for line in lines) if text.strip() else ""


def _shared(own: Iterable[Any]) -> str:
    """Return the block of the shared options, less those that the command declares itself."""
    taken = {opt for param in own for opt in param.opts}
    rows = [
        (f"--{option.name} {option.metavar}".strip(), lang.say(option.words))
        for option in SHARED
        if f"--{option.name}" not in taken
    ]
    return _list(lang.say(_SHARED), [*rows, ("-h, --help", lang.say(_HELP))])


def _list(title: str, rows: Sequence[Row], left: int = _LEFT) -> str:
    """Return a titled list of names and meanings in two columns."""
    if not rows:
        return ""
    indent = min(max(width(name) for name, _ in rows), left) + 4
    return "\n".join([title, *(line for row in rows for line in _entry(row, indent))])


def _entry(row: Row, indent: int) -> list[str]:
    """Return the lines of one name and its meaning."""
    name, meaning = row
    lines = wrap(meaning, _page_width() - indent)
    if width(name) + 4 > indent:
        return [f"  {name}", *(" " * indent + line for line in lines)]
    return [
        f"  {name}{' ' * (indent - 2 - width(name))}{lines[0]}".rstrip(),
        *(" " * indent + line for line in lines[1:]),
    ]


def _page_width() -> int:
    """Return the columns of the page: help is read best when it is not wide."""
    return min(WIDTH, columns())


def _argument(param: Any, *, bare: bool = False) -> str:
    """Return an argument as it stands in the usage line, or without its brackets."""
    name = str(param.metavar or param.name.upper())
    many = "" if param.nargs == 1 or name.strip("[]").endswith("…") else "..."
    if bare or param.required:
        return name.replace("[", "").replace("]", "") + many
    return f"{name if name.startswith('[') else f'[{name}]'}{many}"


def _option(param: Any) -> str:
    """Return an option with its names and the kind of its value."""
    names = ", ".join(sorted([*param.opts, *param.secondary_opts], key=lambda name: name.startswith("--")))
    return names if param.is_flag or param.count else f"{names} {_kind(param)}"


def _kind(param: Any) -> str:
    """Return what stands for the option's value."""
    if param.metavar:
        return str(param.metavar)
    choices = getattr(param.type, "choices", ())
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    return {"int": "N", "integer": "N", "float": "N", "path": "PATH", "file": "FILE"}.get(str(param.type.name), "TEXT")


def _meaning(param: Any) -> str:
    """Return the help of a parameter with what must be known of it."""
    marks = []
    if param.required:
        marks.append(lang.say(_REQUIRED))
    if param.multiple:
        marks.append(lang.say(_REPEATED))
    if param.default not in (None, False, "", (), []) and param.show_default and not callable(param.default):
        marks.append(f"{lang.say(_DEFAULT)}{param.default}")
    return f"{param.help or ''}  [{'; '.join(marks)}]".strip() if marks else str(param.help or "")
