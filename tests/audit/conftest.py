"""A small book with two sealed and signed months, built once; each test gets a copy of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.audit.small import Small, build


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with ``book`` and ``state``; both sides signed the paper sheets, so that no OpenSSH is needed."""
    return _built(tmp_path_factory.mktemp("paper"), ssh=False)


@pytest.fixture(scope="session")
def template_ssh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with ``keys``, the sheets signed with them.  Fails, and is not skipped, without ``ssh-keygen``."""
    return _built(tmp_path_factory.mktemp("ssh"), ssh=True)


@pytest.fixture
def small(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A copy of the book signed on paper; the machine has seen nothing of it yet."""
    return _copied(template, tmp_path, monkeypatch)


@pytest.fixture
def signed(template_ssh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A copy of the book signed with keys."""
    return _copied(template_ssh, tmp_path, monkeypatch)


def _built(folder: Path, *, ssh: bool) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        _alone(patch, folder)
        build(folder, ssh=ssh)
    return folder


def _copied(template: Path, folder: Path, patch: pytest.MonkeyPatch) -> Small:
    shutil.copytree(template / "book", folder / "book")
    if (template / "keys").exists():
        shutil.copytree(template / "keys", folder / "keys")
    _alone(patch, folder)
    return Small(folder)


def _alone(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nothing of the person who runs the tests: no home, no agent, no operator."""
    for name in [
        name for name in os.environ if name.startswith(("GB_", "LC_", "LANG", "COLUMNS", "XDG_", "SSH_", "GIT_"))
    ]:
        patch.delenv(name)
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))
    patch.setenv("HOME", str(folder))
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
