"""Every name of the table has its module, and every page of help is there in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cli import frame, lang
from cli.commands import COMMANDS
from ledger.core.words import Lang

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[Lang]:
    lang.choose(request.param)
    frame.forget()
    yield request.param
    lang.choose("en")
    frame.forget()


def pages(name: str, command: Any) -> Iterator[tuple[str, str]]:
    """Yield what is explained, with its explanation: the command, its parameters, its verbs."""
    yield name, command.help or ""
    yield from ((f"{name} {param.opts[0]}", param.help or "") for param in command.params if not param.hidden)
    for verb in getattr(command, "verbs", ()):
        yield from pages(f"{name} {verb}", command.get_command(None, verb))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_there_in_the_language(name: str, language: Lang) -> None:
    explained = list(pages(name, frame.load(name, COMMANDS[name])))
    assert [what for what, text in explained if not text] == []
    wrong = [what for what, text in explained if bool(CHINESE.search(text)) != (language == "zh")]
    assert wrong == []
    assert lang.say(COMMANDS[name].words)
