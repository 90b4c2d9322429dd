"""The one place where an exception becomes what a person reads on stderr and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

from cli.lang import say
from cli.shared import interrupted
from ledger.core.errors import Declined, GbError, Retry, Usage, Where
from ledger.core.words import Words, plain

BROKEN_PIPE = 141
"""What a shell reports for a program whose reader has gone."""


class Bug(GbError):
    """Something this program did not foresee.  Whether a record was written is not known."""

    exit_code = 70
    default_code = "BUG-01"
    retry: ClassVar[Retry] = "same-token"


class NotShown(GbError):
    """The work is done, but stdout could not take the answer."""

    exit_code = 6
    default_code = "OUT-01"
    retry: ClassVar[Retry] = "same-token"


def handle(error: BaseException, argv: Sequence[str]) -> int:
    """Report ``error`` on stderr and return the exit code of the run."""
    if isinstance(error, BrokenPipeError):
        silence()
        return BROKEN_PIPE
    if os.environ.get("GB_DEBUG") and not isinstance(error, GbError):
        import traceback

        traceback.print_exception(error)
    known = as_error(error)
    known.next = _next(known, argv)
    show(known, json=wants_json(argv))
    return known.exit_code


def _next(error: GbError, argv: Sequence[str]) -> tuple[str, ...]:
    """Return the commands to type next, whole; a usage error that names none shows the page of its command."""
    from cli import hints

    return hints.ready(error.next, argv) or ((hints.help_for(argv),) if isinstance(error, Usage) else ())


def as_error(error: BaseException) -> GbError:
    """Return the coded error that ``error`` stands for."""
    if isinstance(error, GbError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Declined(
            Words("已中断；用 gb log 可看已记录的内容", "interrupted; gb log shows what is recorded"), next=("gb log",)
        )
    if type(error).__name__ == "Abort" or isinstance(error, EOFError):
        return interrupted()
    if isinstance(error, MemoryError):
        return Bug(Words("内存不足", "out of memory"), code="MEM-01")
    return _usage(error) or _bug(error)


def wants_json(argv: Sequence[str]) -> bool:
    """Whether ``--json`` was typed.

    A command line that does not parse has no options yet, so its words are looked at; only the form of the error message
    depends on it.
    """
    until = list(argv).index("--") if "--" in argv else len(argv)
    return "--json" in argv[:until]


def show(error: GbError, *, json: bool) -> None:
    """Write ``error`` to stderr in the form of the contract, section 3."""
    text = as_json(error) if json else as_text(error)
    try:
        sys.stdout.flush()
    except OSError:
        silence()
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody listens: the exit code still tells
        return


def silence() -> None:
    """Drop what is left for stdout, or the interpreter would complain about it at its end."""
    import io

    sys.stdout = io.StringIO()


def as_text(error: GbError) -> str:
    """Return the error for a person: code and message, places with their own bytes, commands to type next."""
    lines = [f"error[{error.code}]: {visible(say(error.words))}"]
    lines += [_place(where) for where in error.where]
    lines += [f"next: {visible(command)}" for command in error.next]
    return "\n".join(lines) + "\n"


def as_json(error: GbError) -> str:
    """Return the error for a program."""
    import msgspec

    body = {
        "code": error.code,
        "message": say(error.words),
        "hint": "\n".join(error.next),
        "retry": error.retry,
        "where": [{"file": where.file, "line": where.line, "id": where.id} for where in error.where],
    }
    return msgspec.json.encode({"error": body}).decode("utf-8") + "\n"


def visible(text: str) -> str:
    """Return ``text`` with control characters spelled out: a record's own bytes must not steer the terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def _place(where: Where) -> str:
    """Return one place: the file and line, then the record's own text."""
    place = ":".join([where.file or "-", *([str(where.line)] if where.line else [])])
    text = where.text or where.id
    return f"{visible(place)}:" + (f" {visible(text)}" if text else "")


def not_utf8(word: str, argv: Sequence[str] = ()) -> Usage:
    """Return the refusal of a text whose bytes are no UTF-8: shown with those bytes spelled out."""
    from cli import hints

    text = "".join(_spelled(letter) for letter in word)
    words = Words(
        f"“{text}”不是 UTF-8 文字；请把终端的编码设为 UTF-8 再输入",
        f"“{text}” is not UTF-8; set the terminal's encoding to UTF-8 and type it again",
    )
    return Usage(words, next=(hints.help_for([one for one in argv if one != word]),))


def empty(argv: Sequence[str]) -> Usage:
    """Return the refusal of an empty argument."""
    from cli import hints

    words = Words("有一个参数是空的；是不是变量没有赋值？", "an argument is empty: a variable that was never set?")
    return Usage(words, next=(hints.help_for([one for one in argv if one]),))


def _spelled(letter: str) -> str:
    r"""One character; a byte that came in as half a surrogate pair as ``\xd6``."""
    if not "\ud800" <= letter <= "\udfff":
        return letter
    number = ord(letter) - 0xDC00
    return f"\\x{number:02x}" if 0x80 <= number <= 0xFF else f"\\u{ord(letter):04x}"


def _bug(error: BaseException) -> Bug:
    """Return the error for an exception that nobody foresaw: one line, no traceback."""
    what = f"{type(error).__name__}: {error}".replace("\n", " ")
    return Bug(
        Words(
            f"程序内部错误（{what}）；重试前先用 gb show last 看是否已记录；设 GB_DEBUG=1 可看详情",
            f"internal error ({what}); see gb show last before trying again; GB_DEBUG=1 shows where",
        ),
        next=("gb show last",),
    )


def _usage(error: BaseException) -> Usage | None:
    """Return the usage error for what the parser refused, or None when ``error`` is not the parser's."""
    import typer

    usage_error = typer.BadParameter.__bases__[0]  # the parser's own base class has no public name
    if not isinstance(error, usage_error):
        return None
    return Usage(_parser_words(error), next=(_help_command(error),))


def _help_command(error: Any) -> str:
    """Return the command that shows the page of what was typed."""
    path = error.ctx.command_path if getattr(error, "ctx", None) is not None else "gb"
    return f"{path} --help"


def _parser_words(error: Any) -> Words:
    """Say in both languages what the parser said in its own English."""
    if hasattr(error, "possibilities"):
        return _no_such_option(error)
    if hasattr(error, "param_type"):
        name = _param_name(error)
        return Words(f"缺少 {name}", f"missing {name}")
    if str(error.message).startswith("Missing command"):
        return _missing_command(error)
    if getattr(error, "param", None) is not None:
        name, what = _param_name(error), _translated(str(error.message))
        return Words(f"{name} 的值不对：{what.zh}", f"invalid value for {name}: {what.en}")
    return _translated(str(error.message))


def _param_name(error: Any) -> str:
    """Return the option or argument as it is typed."""
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    if param.param_type_name == "option":
        return str(param.opts[0])
    return str(param.metavar or param.name.upper())


def _no_such_option(error: Any) -> Words:
    """Name the option and those that are near."""
    from ledger.core.near import did_you_mean, near

    name = str(error.option_name)
    if re.fullmatch(r"-[0-9.]+", name):  # -500, read as an option
        return Words("金额和张数要大于零，不带负号", "the amount must be positive, without a minus sign")
    known = {}
    if error.ctx is not None:
        known = {opt.strip("-"): opt for param in error.ctx.command.get_params(error.ctx) for opt in param.opts}
    meant = did_you_mean(known[one] for one in near(name.strip("-"), known, least=0.66))  # dashes are no likeness
    return Words(f"没有选项 {name}{meant.zh}", f"no such option: {name}{meant.en}")


def _missing_command(error: Any) -> Words:
    """Name the verbs that a noun has."""
    verbs = error.ctx.command.list_commands(error.ctx)
    path = error.ctx.command_path
    return Words(f"{path} 后面要有一个命令：{'、'.join(verbs)}", f"{path} needs a command: {', '.join(verbs)}")


_PARSER_SAYS: tuple[tuple[str, str, str], ...] = (
    (r"Got unexpected extra arguments? ?(?:\(s\) )?\((.*)\)", "多余的参数：{}", "unexpected extra argument: {}"),
    (r"Option '?([^' ]+)'? requires an argument\.", "选项 {} 后面要有值", "option {} needs a value"),
    (r"Option '?([^' ]+)'? requires (\d+) arguments\.", "选项 {} 后面要有 {} 个值", "option {} needs {} values"),
    (r"Option '?([^' ]+)'? does not take a value\.", "选项 {} 后面不能有值", "option {} takes no value"),
    (r"Argument '?([^' ]+)'? takes (\d+) values\.?", "参数 {} 要有 {} 个值", "argument {} takes {} values"),
    (r"'?(.*?)'? is not a valid (?:integer|int)\.?", "“{}”不是整数", "{!r} is not a whole number"),
    (r"'?(.*?)'? is not a valid (?:float|number)\.?", "“{}”不是数字", "{!r} is not a number"),
    (r"'?(.*?)'? is not a valid boolean\.?.*", "“{}”不是 yes 或 no", "{!r} is not yes or no"),
    (r"'?(.*?)'? is not one of (.*?)\.?", "“{}”不在可选值 {} 中", "{!r} is not one of {}"),
    (r"(.*) is not in the range (.*?)\.?", "{} 不在范围 {} 内", "{} is not in the range {}"),
    (r"zh, en", "可选 zh 或 en", "choose zh or en"),
)


def _translated(message: str) -> Words:
    """Return the words for one of the parser's sentences; an unknown sentence is shown as it is."""
    for pattern, zh, en in _PARSER_SAYS:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return Words(zh.format(*found.groups()), en.format(*found.groups()))
    return plain(message)
