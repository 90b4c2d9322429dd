"""The entry point: choose the language, run the command, turn every error into its exit code."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cli import lang

_OBJECTS = 100_000
"""New objects between two looks for circles of garbage: a command is over before the usual 700 were worth looking through."""
COMPLETE = "_GB_COMPLETE"
"""Set by the script of ``gb completion`` when a shell asks what may follow."""


def main(argv: Sequence[str]) -> int:
    """Run the command in ``argv`` (without the program's name) and return its exit code.  Raises nothing."""
    try:
        _choose_language(argv)
        _refuse_bytes(argv)
        code = _run(list(argv))
        _flush()
    except BaseException as error:  # noqa: BLE001 - the one handler: whatever happens becomes a coded error
        return _failed(error, argv)
    return code


def _run(argv: list[str]) -> int:
    """Run the command; typer's way of ending early is an exit code."""
    if argv == ["--version"]:
        from ledger import __version__

        sys.stdout.write(f"gb-ledger {__version__}\n")
        return 0
    if COMPLETE in os.environ:
        from cli import completion

        return completion.answer()
    from cli import frame

    return frame.run(argv)


def _refuse_bytes(argv: Sequence[str]) -> None:
    """Refuse, once for all commands, an argument that is empty or whose bytes were no UTF-8.

    An empty one is a script's variable that was never set: taken as not given, a retry token would protect nothing.
    No record could hold the other, no message show it.
    """
    for word in argv:
        if not word:
            from cli.errors import empty

            raise empty(argv)
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            from cli.errors import not_utf8

            raise not_utf8(word, argv)


def _flush() -> None:
    """Write out what stdout still holds, while a failure can still be told."""
    try:
        sys.stdout.flush()
    except OSError:
        from cli.render import not_shown

        with not_shown():
            raise


def _failed(error: BaseException, argv: Sequence[str]) -> int:
    """Return the exit code of a run that ended with an exception."""
    code = getattr(error, "exit_code", None)
    if type(error).__name__ == "Exit" and isinstance(code, int):
        return code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0
    from cli import errors

    return errors.handle(error, argv)


def _choose_language(argv: Sequence[str]) -> None:
    """Fix the language of the run; command modules that speak another one are forgotten."""
    language = lang.decide(argv, os.environ)
    if language == lang.lang():
        return
    lang.choose(language)
    frame = sys.modules.get("cli.frame")
    if frame is not None:  # a second run in one process, as in tests
        frame.forget()


class _Closed(io.TextIOBase):
    """Stands for a stdout that the caller closed: what was recorded must not end as if it had been shown."""

    def write(self, text: str) -> int:
        """Fail as writing to a closed descriptor does."""
        raise OSError(errno.EBADF, f"stdout is closed, {len(text)} characters not shown")


def _plain_streams() -> None:
    """Make both streams UTF-8 whatever the console, stdout with bare line feeds; bytes typed at a prompt cannot fail."""
    sys.stdout = sys.stdout or _Closed()
    sys.stderr = sys.stderr or io.StringIO()
    for stream, settings in (
        (sys.stdin, {"errors": "surrogateescape"}),
        (sys.stdout, {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}),
        (sys.stderr, {"encoding": "utf-8", "errors": "backslashreplace"}),
    ):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(**settings)


def run() -> NoReturn:
    """Run as a program."""
    gc.set_threshold(_OBJECTS)
    _plain_streams()
    code = main(sys.argv[1:])
    sys.exit(code)


if __name__ == "__main__":
    run()
