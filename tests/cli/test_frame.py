"""The frame that every command stands in: languages, shared options, errors, exit codes, help, prompts."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import frame, lang
from cli.commands import COMMANDS, Entry
from cli.main import main
from ledger.core.words import Words
from tests.cli.start import HERE, ROOT, START, environment

NOOP = Entry("noop", Words("空命令", "nothing"), noun=True)

Result = tuple[int, str, str]
Run = Callable[..., Result]


def process(*argv: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the real program, with the noun `noop` added."""
    return subprocess.run(
        [sys.executable, "-c", START, *argv],
        check=False,
        cwd=options.pop("cwd", ROOT),
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output="stdout" not in options,
        **options,
    )


@pytest.fixture
def gb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    """Run in this process, outside any book, with a clean environment."""
    monkeypatch.setitem(COMMANDS, "noop", NOOP)
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("GB_", "LC_", "LANG", "COLUMNS"))]:
        monkeypatch.delenv(name)

    def call(*argv: str) -> Result:
        monkeypatch.setattr(sys, "stdin", sys.stdin if getattr(sys.stdin, "asked", False) else io.StringIO())
        code = main(list(argv))
        out, err = capsys.readouterr()
        return code, out, err

    yield call
    lang.choose("en")
    frame.forget()
    sys.modules.pop("noop", None)
    sys.modules.pop("bare", None)


class Terminal(io.StringIO):
    """Standard input of a person who types."""

    asked = True

    def isatty(self) -> bool:
        return True


def shown(gb: Run, *argv: str) -> dict[str, Any]:
    code, out, err = gb(*argv)
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


# -- shared options --------------------------------------------------------------------------------------------------

POSITIONS = [
    ["--by", "D001", "noop", "show", "X"],
    ["noop", "--by", "D001", "show", "X"],
    ["noop", "show", "--by", "D001", "X"],
    ["noop", "show", "X", "--by", "D001"],
    ["noop", "show", "X", "--by=D001"],
]


@pytest.mark.parametrize("argv", POSITIONS, ids=" ".join)
def test_a_shared_option_stands_anywhere(gb: Run, argv: list[str]) -> None:
    answer = shown(gb, *argv)
    assert answer["call"]["by"] == "D001"
    assert answer["thing"] == "X"


@pytest.mark.parametrize("option", [option for option in frame.SHARED if option.name != "lang"], ids=lambda o: o.name)
def test_every_shared_option_reaches_the_call(gb: Run, option: frame.SharedOption) -> None:
    given = [f"--{option.name}", *(["V"] if option.metavar else [])]
    key = option.name.replace("-", "_")
    for argv in ([*given, "noop", "show"], ["noop", *given, "show"], ["noop", "show", *given]):
        assert shown(gb, *argv)["call"][key] == ("V" if option.metavar else True)


def test_the_last_occurrence_wins(gb: Run) -> None:
    answer = shown(gb, "--by", "A", "noop", "--by", "B", "show", "--by", "C", "--by", "D")
    assert answer["call"]["by"] == "D"
    assert shown(gb, "noop", "--by", "B", "show")["call"]["by"] == "B"


@pytest.mark.parametrize("value", ["--json", "--dry-run", "--by", "-h", "--help", "--", "--version"])
def test_a_value_that_looks_like_an_option_stays_a_value(gb: Run, value: str) -> None:
    """`gb noop show --note --json`: the note is `--json`, and nobody asked for JSON."""
    call = shown(gb, "noop", "show", "--note", value)["call"]
    assert call["note"] == value
    assert (call["json"], call["dry_run"], call["by"]) == (False, False, None)


def test_what_follows_two_dashes_is_no_option(gb: Run) -> None:
    answer = shown(gb, "noop", "show", "--", "--json")
    assert answer["thing"] == "--json"
    assert answer["call"]["json"] is False


def test_an_option_beats_the_environment_at_any_level(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GB_TERMINAL", "K1")
    monkeypatch.setenv("GB_OPERATOR", "D001")
    monkeypatch.setenv("GB_BOOK", "/somewhere")
    assert (
        shown(gb, "noop", "show")["call"] | {"terminal": "K1", "by": "D001", "book": "/somewhere"}
        == shown(gb, "noop", "show")["call"]
    )
    assert shown(gb, "--terminal", "K2", "noop", "show")["call"]["terminal"] == "K2"


def test_a_call_forgets_the_one_before(gb: Run) -> None:
    shown(gb, "noop", "show", "--dry-run", "--note", "x")
    call = shown(gb, "noop", "show")["call"]
    assert (call["dry_run"], call["note"]) == (False, None)


def test_bare_gb_runs_its_command(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`gb` and `gb --json` do what the table's bare name does, with the shared options."""
    monkeypatch.setattr(frame, "BARE", "bare")
    monkeypatch.setitem(COMMANDS, "bare", Entry("bare", Words("直接", "bare")))
    assert shown(gb)["by"] is None
    assert shown(gb, "--by", "D001")["by"] == "D001"


# -- language --------------------------------------------------------------------------------------------------------


def test_order_of_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, GB_LANG, the book's `language:`, the locale, English."""
    book = tmp_path / "book"
    (book / "journals" / "2026-10").mkdir(parents=True)
    (book / "gb.yaml").write_text("# language: en\nstore: 店\nlanguage: 'zh'  # of the store\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    chinese = {"LANG": "zh_CN.UTF-8"}
    assert lang.decide([], {}) == "en"
    assert lang.decide([], chinese) == "zh"
    assert lang.decide([], {"LC_ALL": "C.UTF-8", **chinese}) == "en"
    assert lang.decide(["--book", str(book)], {}) == "zh"
    assert lang.decide([], {"GB_BOOK": str(book)}) == "zh"
    assert lang.decide(["--book", str(book)], {"GB_LANG": "en"}) == "en"
    assert lang.decide(["sale", "--lang=zh"], {"GB_LANG": "en"}) == "zh"
    assert lang.decide(["--lang", "en", "--lang", "zh"], {}) == "zh"
    assert lang.decide(["--", "--lang", "zh"], {}) == "en"
    monkeypatch.chdir(book / "journals" / "2026-10")
    assert lang.decide([], {}) == "zh"


def test_a_settings_file_that_cannot_be_read_leaves_the_locale(tmp_path: Path) -> None:
    (tmp_path / "gb.yaml").write_bytes(b"language: zh\n" + b"#" * 100_000)
    assert lang.decide(["--book", str(tmp_path)], {}) == "en"


def test_both_languages_in_one_process(gb: Run) -> None:
    for language, usage, face in (
        ("zh", "用法：", "面值"),
        ("en", "Usage:", "the face value"),
        ("zh", "用法：", "面值"),
    ):
        code, out, _ = gb("--lang", language, "noop", "show", "--help")
        assert code == 0
        assert out.startswith(usage)
        assert face in out


def test_an_unknown_language_is_refused(gb: Run) -> None:
    code, out, err = gb("noop", "show", "--lang", "fr")
    assert (code, out) == (2, "")
    assert err == "error[USE-01]: invalid value for --lang: choose zh or en\nnext: gb noop show --help\n"


# -- help ------------------------------------------------------------------------------------------------------------

ENGLISH = ("Usage", "Options", "Arguments", "Commands", "Show this", "default", "required", "Shared")


@pytest.mark.parametrize(
    "argv", [["--help"], ["-h"], ["help"], ["noop", "-h"], ["noop", "help"], ["noop", "show", "-h"]]
)
def test_help_is_chinese_throughout_and_fits(gb: Run, argv: list[str]) -> None:
    from cli.render import width

    code, out, err = gb("--lang", "zh", *argv)
    assert (code, err) == (0, "")
    assert "通用选项" in out
    assert [word for word in ENGLISH if word in out] == []
    assert max(map(width, out.splitlines())) <= 80


def test_help_names_every_command_without_importing_one(gb: Run) -> None:
    before = {name for name in sys.modules if name.startswith("cli.")}
    code, out, _ = gb("--help")
    assert code == 0
    assert [name for name in COMMANDS if name != "noop" and f"\n  {name} " not in out] == []
    after = {name for name in sys.modules if name.startswith("cli.")}
    assert after - before <= {"cli.help", "cli.render", "cli.errors"}


def test_help_of_a_command_by_name(gb: Run) -> None:
    assert gb("help", "noop", "show") == gb("noop", "show", "--help")


def test_the_whole_page_of_a_command(gb: Run) -> None:
    _, out, _ = gb("--lang", "zh", "noop", "show", "--help")
    assert (
        out
        == """\
用法：gb noop show [选项] [THING]

  显示通用选项

参数：
  THING  一样东西

选项：
  -f, --face N  面值  [默认：100]

通用选项（可写在任何位置）：
  --book PATH      账本目录 [GB_BOOK]
  --terminal CODE  终端 [GB_TERMINAL]
  --by CODE        操作员 [GB_OPERATOR]
  --lang zh|en     语言 [GB_LANG]
  --json           输出 JSON
  --dry-run        只试算，不写入
  --date DATE      业务日期
  --at TIME        记录时刻（会注明是手工给定）
  --once TOKEN     重试凭证：同一凭证只记一次
  --reason TEXT    理由
  --note TEXT      备注
  -h, --help       显示本页
"""
    )


# -- errors ----------------------------------------------------------------------------------------------------------


def test_an_error_shows_its_place_and_what_to_type(gb: Run) -> None:
    """The record's own bytes are shown, but its control characters are spelled out."""
    assert gb("noop", "refuse") == (
        3,
        "",
        """\
error[NUM-02]: sheet A0010007 is sold
journals/2026-10/sales.K1.csv:3: SA20261008-K1-0001,\\x1b[2J
next: gb voucher trace A0010007
""",
    )


def test_an_error_in_chinese_keeps_its_code(gb: Run) -> None:
    _, _, err = gb("--lang", "zh", "noop", "refuse")
    assert err.splitlines()[0] == "error[NUM-02]: 券 A0010007 已售"


def test_an_error_for_a_program(gb: Run) -> None:
    code, out, err = gb("noop", "refuse", "--json")
    assert (code, out) == (3, "")
    assert json.loads(err) == {
        "error": {
            "code": "NUM-02",
            "message": "sheet A0010007 is sold",
            "hint": "gb voucher trace A0010007",
            "retry": "safe",
            "where": [{"file": "journals/2026-10/sales.K1.csv", "line": 3, "id": "SA20261008-K1-0001"}],
        }
    }


USAGE = [
    (["nop"], "没有命令“nop”，是不是：noop", "no such command: nop; did you mean: noop", "gb noop --help"),
    (["noop", "sho"], "没有命令“sho”，是不是：show", "no such command: sho; did you mean: show", "gb noop show --help"),
    (["xyzzy"], "没有命令“xyzzy”", "no such command: xyzzy", "gb --help"),
    (["noop"], "gb noop 后面要有一个命令：act、show", "gb noop needs a command: act, show", "gb noop --help"),
    (
        ["noop", "show", "--fac", "1"],
        "没有选项 --fac，是不是：--face",
        "no such option: --fac; did you mean: --face",
        "",
    ),
    (
        ["noop", "show", "--face", "x"],
        "--face 的值不对：“x”不是整数",
        "invalid value for --face: 'x' is not a whole",
        "",
    ),
    (["noop", "show", "a", "b"], "多余的参数：b", "unexpected extra argument: b", ""),
    (["noop", "show", "--book"], "选项 --book 后面要有值", "option --book needs a value", ""),
    (["noop", "show", "--json=1"], "选项 --json 后面不能有值", "option --json takes no value", ""),
    (["noop", "need"], "缺少 --client（客户）", "missing --client (the client)", "gb noop need --help"),
]


@pytest.mark.parametrize(("argv", "zh", "en", "following"), USAGE, ids=[" ".join(case[0]) for case in USAGE])
def test_usage_errors_in_both_languages(gb: Run, argv: list[str], zh: str, en: str, following: str) -> None:
    """Each exits 2 with USE-01, and what `next:` says runs."""
    for language, words in (("zh", zh), ("en", en)):
        code, out, err = gb("--lang", language, *argv)
        assert (code, out) == (2, "")
        first, *_, last = err.splitlines()
        assert first.startswith(f"error[USE-01]: {words}")
        assert last.startswith(f"next: {following or 'gb noop show --help'}")
        assert gb(*last.removeprefix("next: gb ").split())[0] == 0


def test_a_usage_error_for_a_program(gb: Run) -> None:
    code, _, err = gb("noop", "show", "--json", "--fac")
    assert code == 2
    assert json.loads(err)["error"]["code"] == "USE-01"


@pytest.mark.parametrize(
    ("what", "code", "begins"),
    [
        ("bug", 70, "error[BUG-01]: internal error (ValueError: bug)"),
        ("memory", 70, "error[MEM-01]: out of memory"),
        ("interrupt", 130, "error[USE-02]: interrupted"),
        ("findings", 1, ""),
    ],
)
def test_exit_codes_without_a_traceback(gb: Run, what: str, code: int, begins: str) -> None:
    got, out, err = gb("noop", "crash", what)
    assert (got, out) == (code, "")
    assert err.startswith(begins)
    assert "Traceback" not in err


def test_debugging_shows_where(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GB_DEBUG", "1")
    _, _, err = gb("noop", "crash", "bug")
    assert "Traceback" in err
    assert "error[BUG-01]" in err


# -- asking a person -------------------------------------------------------------------------------------------------


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(text))


def test_a_missing_value_is_asked_for_until_it_parses(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "abc\n12\n")
    assert gb("noop", "need") == (
        0,
        "12\n",
        "the client (--client): " + "  'abc' is no number\n" + "the client (--client): ",
    )


def test_the_end_of_input_declines(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "")
    code, out, err = gb("noop", "need")
    assert (code, out) == (130, "")
    assert err.endswith("error[USE-02]: interrupted, nothing was written\n")


def test_a_value_given_is_not_asked_for(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "12\n")
    assert gb("noop", "need", "--client", "x")[0] == 3


def test_a_choice_by_number(gb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong ones are told as typed; the digits of an input method are digits."""
    type_in(monkeypatch, "3\nx\n２\n")
    code, out, err = gb("--lang", "zh", "noop", "pick")
    assert (code, out) == (0, "C002\n")
    assert err == (
        "哪个客户？\n  1  C001  东风厂\n  2  C002  东风学校\n"
        "序号 1-2:   “3”不是 1 到 2 的序号\n序号 1-2:   “x”不是 1 到 2 的序号\n序号 1-2: "
    )


def test_an_ambiguity_in_a_script_names_the_candidates(gb: Run) -> None:
    code, _, err = gb("noop", "pick")
    assert code == 3
    assert err == "error[REF-02]: which client?\n  C001  东风厂\n  C002  东风学校\n"


@pytest.mark.parametrize(
    ("typed", "code"), [("y\n", 0), ("是\n", 0), ("\n", 0), ("n\n", 130), ("what\n", 130), ("", 130)]
)
def test_a_question_is_answered(gb: Run, monkeypatch: pytest.MonkeyPatch, typed: str, code: int) -> None:
    type_in(monkeypatch, typed)
    assert gb("noop", "sure")[0] == code


def test_a_script_is_not_asked(gb: Run) -> None:
    assert gb("noop", "sure") == (0, "done\n", "")


# -- the real process ------------------------------------------------------------------------------------------------


def test_stdout_is_utf8_on_a_gbk_console() -> None:
    """Data and messages are UTF-8 whatever the console."""
    done = process("--lang", "zh", "noop", "list", env={"PYTHONIOENCODING": "gbk"})
    assert done.returncode == 0
    assert "东风机械厂工会委员会" in done.stdout.decode("utf-8")
    done = process("--lang", "zh", "noop", "refuse", env={"PYTHONIOENCODING": "gbk"})
    assert done.stderr.decode("utf-8").startswith("error[NUM-02]: 券 A0010007 已售")
    done = process("--lang", "zh", "noop", "refuse", env={"PYTHONIOENCODING": "ascii"})
    assert done.stderr.decode("utf-8").startswith("error[NUM-02]: 券 A0010007 已售")


def test_same_bytes_in_any_locale() -> None:
    outputs = {
        process("--lang", "zh", "noop", "list", env={"LC_ALL": name}).stdout for name in ("C", "C.UTF-8", "POSIX")
    }
    assert len(outputs) == 1


@pytest.mark.skipif(os.name == "nt", reason="the pipe of a shell")
def test_a_reader_that_goes_is_no_error() -> None:
    script = '"$0" -c "$1" noop flood | head -n 1; echo "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, START], check=True, cwd=ROOT, env=environment(), capture_output=True
    )
    assert done.stdout.decode() == "0 券\n141\n"
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("verb", ["list", "flood"])
def test_a_full_disk_behind_stdout_is_said(verb: str) -> None:
    with open("/dev/full", "wb") as full:
        done = process("noop", verb, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 6
    assert done.stderr.startswith(b"error[OUT-01]: done, but the answer could not be written")
    assert b"Traceback" not in done.stderr


def test_version() -> None:
    from ledger import __version__

    for argv in (["--version"], ["--version", "noop", "act"], ["--lang", "zh", "--version"]):
        assert process(*argv).stdout.decode() == f"gb-ledger {__version__}\n"


def test_a_removed_folder_is_no_crash(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n" + START
    done = subprocess.run(
        [sys.executable, "-c", script, "noop", "act"], check=False, env=environment(), capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_command_imports_nothing_it_does_not_use() -> None:
    """What every command of the counter pays for at its start."""
    script = START.replace("run()\n", "") + (
        "from cli.main import main; main(['noop', 'act']); import sys; print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env=environment(), capture_output=True)
    loaded = set(done.stdout.decode().split())
    unwanted = {
        "rich",
        "tabulate",
        "wcwidth",
        "yaml",
        "ruamel",
        "dateutil",
        "sqlite3",
        "cli.help",
        "cli.errors",
        "pydantic",
    }
    assert sorted(loaded & unwanted) == []
    assert {name for name in loaded if name.startswith("cli.")} == {
        "cli.commands", "cli.frame", "cli.lang", "cli.main", "cli.render", "cli.shared",
    }  # fmt: skip


def test_a_closed_stdout_is_told_and_is_no_traceback(tmp_path: Path) -> None:
    """A sale recorded behind a closed stdout is there; the exit code says that it was not shown."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-c", "from cli.main import run; run()", "--lang", "en", "explain"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 6
    assert "error[OUT-01]" in done.stderr
    assert "Traceback" not in done.stderr
