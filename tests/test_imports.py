"""The layers import one way, and only the disk touches files or the clock.

Each rule is a pure function over a syntax tree, so that the rules themselves are tested on planted violations.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ledger", "cli", "schemas")

LAYERS: dict[str, tuple[str, ...]] = {
    "ledger": (),
    "ledger.core": ("ledger.core",),
    "ledger.disk": ("ledger.core.errors", "ledger.core.words", "ledger.disk"),
    "ledger.journal": ("ledger.core", "ledger.disk", "ledger.journal"),
    "ledger.index": ("ledger.core", "ledger.disk", "ledger.journal", "ledger.index"),
    "ledger.folds": ("ledger.core", "ledger.folds"),
    "ledger.checks": ("ledger.core", "ledger.folds", "ledger.checks"),
    "ledger.reports": ("ledger.core", "ledger.folds", "ledger.checks", "ledger.reports"),
    "ledger.audit": ("ledger.core", "ledger.journal", "ledger.disk", "ledger.audit"),
    "ledger.privacy": ("ledger.core", "ledger.journal", "ledger.disk", "ledger.privacy"),
    "ledger.delivery": ("ledger.core", "ledger.disk", "ledger.delivery"),
    "ledger.book": ("ledger",),
    "cli": ("ledger", "cli", "schemas"),
    "schemas": ("ledger.core", "schemas"),
}
"""What each layer may import of this project: the name itself and whatever is below it."""

CORE_FORBIDDEN = {
    "asyncio", "glob", "io", "os", "pathlib", "random", "secrets", "select", "shutil", "socket", "sqlite3", "subprocess",
    "sys", "tempfile", "threading", "time",
}  # fmt: skip
"""Standard modules that reach outside: the core is pure."""

CORE_ALLOWED = {"msgspec", "ledger"}
"""All that the core may import beside the standard library."""

HEAVY = {
    "cn2an",
    "cryptography",
    "dask",
    "dateutil",
    "distributed",
    "jinja2",
    "opencc",
    "openpyxl",
    "pydantic",
    "pygal",
    "pypinyin",
    "pyrage",
    "rich",
    "ruamel",
    "tabulate",
    "wcwidth",
    "xlsxwriter",
    "yaml",
}
"""Imported inside the function that needs it: the counter pays for every import at the top of a module."""

FILE_CALLS = {
    "os": {
        "chmod", "fdopen", "fsync", "ftruncate", "link", "listdir", "lstat", "makedirs", "mkdir", "open", "pread", "pwrite",
        "read", "remove", "rename", "replace", "rmdir", "scandir", "stat", "symlink", "truncate", "unlink", "walk", "write",
    },
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move", "rmtree"},
    "io": {"open", "open_code", "FileIO"},
    "time": {"time", "time_ns", "localtime", "gmtime", "monotonic", "sleep"},
}  # fmt: skip
PATH_METHODS = {
    "iterdir", "read_bytes", "read_text", "rglob", "touch", "write_bytes", "write_text", "hardlink_to", "symlink_to",
}  # fmt: skip
CLOCK_METHODS = {"now", "today", "utcnow"}
CLOCK_OWNERS = {"date", "datetime"}
FILE_MODULES = {"tempfile", "fcntl", "msvcrt", "mmap"}


def modules() -> list[tuple[str, Path]]:
    """Return every module of the packages with its file."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts).removesuffix(".__init__"), path))
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything that ``tree`` imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def without_typing(tree: ast.Module) -> ast.Module:
    """Return ``tree`` without its TYPE_CHECKING blocks, which never run."""
    body = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))]
    return ast.Module(body=body, type_ignores=[])


def layer_of(module: str) -> str:
    """Return the longest layer that ``module`` lies in."""
    return max((name for name in LAYERS if f"{module}.".startswith(f"{name}.")), key=len)


def crossings(module: str, tree: ast.Module) -> list[str]:
    """Return the imports of this project that the module's layer does not allow."""
    allowed = LAYERS[layer_of(module)]
    own = (name for name in imported(tree) if name.split(".")[0] in PACKAGES and name != "ledger.__version__")
    return [
        name for name in own if not any(f"{name}.".startswith(f"{may}.") for may in allowed) and name not in allowed
    ]


def impure(tree: ast.Module) -> list[str]:
    """Return what keeps a module of the core from being pure."""
    import sys

    names = [name.split(".")[0] for name in imported(without_typing(tree))]
    foreign = [name for name in names if name not in sys.stdlib_module_names and name not in CORE_ALLOWED]
    return sorted({name for name in names if name in CORE_FORBIDDEN} | set(foreign))


def heavy_at_top(tree: ast.Module) -> list[str]:
    """Return the expensive imports that run when the module is imported."""
    top = [node for node in without_typing(tree).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [name for name in imported(ast.Module(body=list(top), type_ignores=[])) if name.split(".")[0] in HEAVY]


def reaches_out(tree: ast.Module) -> list[str]:
    """Return the calls and imports by which the module would touch a file or read the clock."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    taken = [name.split(".")[0] for name in imported(without_typing(tree))]
    from_imports = [name for name in imported(tree) if _is_file_call(name)]
    return [*filter(_is_file_call, calls), *(name for name in taken if name in FILE_MODULES), *from_imports]


def _is_file_call(called: str) -> bool:
    owner, _, name = called.rpartition(".")
    owner = owner.rpartition(".")[2]
    if called.startswith(("files(", "resources.files(")):
        return False  # package data, read through importlib.resources
    return (
        called == "open"
        or name in FILE_CALLS.get(owner, ())
        or name in PATH_METHODS
        or (name in CLOCK_METHODS and owner in CLOCK_OWNERS)
    )


OUTSIDE = {"ledger.disk.machine", "ledger.disk.system"}
"""The modules that touch files and the clock; the rest of the disk goes through ``Ops``, as the simulator must."""

MODULES = modules()
IDS = [name for name, _ in MODULES]


@pytest.mark.parametrize(("module", "path"), MODULES, ids=IDS)
def test_imports_go_one_way(module: str, path: Path) -> None:
    assert crossings(module, ast.parse(path.read_bytes())) == []


@pytest.mark.parametrize(("module", "path"), MODULES, ids=IDS)
def test_only_disk_touches_files_and_clock(module: str, path: Path) -> None:
    if module in OUTSIDE:
        assert reaches_out(ast.parse(path.read_bytes())), "the rule must see what this module does"
    else:
        assert reaches_out(ast.parse(path.read_bytes())) == []


@pytest.mark.parametrize(("module", "path"), MODULES, ids=IDS)
def test_expensive_imports_are_late(module: str, path: Path) -> None:
    assert heavy_at_top(ast.parse(path.read_bytes())) == []


CORE = [(name, path) for name, path in MODULES if layer_of(name) == "ledger.core"]


@pytest.mark.parametrize(("module", "path"), CORE, ids=[name for name, _ in CORE])
def test_core_is_pure(module: str, path: Path) -> None:
    assert impure(ast.parse(path.read_bytes())) == []


def test_sqlite_stays_in_the_index() -> None:
    users = [
        name for name, path in MODULES if "sqlite3" in {n.split(".")[0] for n in imported(ast.parse(path.read_bytes()))}
    ]
    assert [name for name in users if layer_of(name) != "ledger.index"] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ledger.core.money", "from ledger.journal import read"),
        ("ledger.core.money", "import ledger.disk"),
        ("ledger.folds.stock", "def late():\n    from ledger.index import rows"),
        ("ledger.disk", "from ledger.core.spans import Span"),
        ("ledger.disk.reading", "from ledger.journal.paths import path_of"),
        ("ledger.book.view", "from cli import render"),
        ("ledger.reports.text", "from ledger.book import open"),
    ],
)
def test_a_crossing_is_seen(module: str, source: str) -> None:
    assert crossings(module, ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "import os\nos.rename('a', 'b')",
        "from os import replace",
        "from pathlib import Path\nPath('x').read_text()",
        "import datetime as dt\ndt.datetime.now()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "import tempfile",
    ],
)
def test_a_file_or_clock_call_is_seen(source: str) -> None:
    assert reaches_out(ast.parse(source))


@pytest.mark.parametrize("source", ["import os", "from pathlib import Path", "import yaml", "import sqlite3"])
def test_an_impure_core_is_seen(source: str) -> None:
    assert impure(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["clock.now(zone)", "disk.read('gb.yaml')", "text.replace('a', 'b')", "spans.remove(x)"]
)
def test_an_innocent_call_is_let_through(source: str) -> None:
    assert reaches_out(ast.parse(source)) == []
