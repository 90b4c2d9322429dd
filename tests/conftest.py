"""What holds for every test: the machine's own memory is not the developer's."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminal, operator and marks of last records are kept in a folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(_state(tmp_path_factory)))


def _state(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("state")
