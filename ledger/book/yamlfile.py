"""Settings and rules are YAML that people edit: read by a library, after checks that keep it harmless.

Every scalar is read as text: YAML's guessing (``no``, ``1:30``, ``00123``) has no place in a ledger.  libyaml's loader
crashes on deep nesting, so depth is bounded before it sees the file; aliases are refused, since they can blow up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.core.errors import Unreadable, Where
from ledger.core.words import Words

LIMIT = 64 * 1024
_MOST_BRACKETS = 200
_MOST_INDENT = 64


def _texts(yaml: Any, text: str) -> Any:
    """What the base loader makes of a text: texts, lists and mappings, never an object."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def read_mapping(raw: bytes, name: str) -> Mapping[str, Any]:
    """The mapping in a YAML file; raises :class:`Unreadable` naming file and line."""
    import yaml

    text = _checked(raw, name)
    try:
        _refuse_aliases(yaml, text, name)
        value = _texts(yaml, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _wrong(name, mark.line + 1 if mark else 0, str(getattr(error, "problem", error))) from None
    if not isinstance(value, dict):
        raise _wrong(name, 1, "not a mapping of names to values")
    return value


def _checked(raw: bytes, name: str) -> str:
    if len(raw) > LIMIT:
        raise _wrong(name, 0, f"larger than {LIMIT} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _wrong(name, 0, "not UTF-8") from None
    if text.count("[") + text.count("{") > _MOST_BRACKETS:
        raise _wrong(name, 0, "nested too deep")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) - len(line.lstrip("-? \t")) > _MOST_INDENT:
            raise _wrong(name, number, "nested too deep")
    return text


def _refuse_aliases(yaml: Any, text: str, name: str) -> None:
    if "&" not in text or "*" not in text:  # no anchor or no alias: nothing to look for
        return
    for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise _wrong(name, event.start_mark.line + 1, "aliases (*name) are not read")


def _wrong(name: str, line: int, why: str) -> Unreadable:
    words = Words(f"{name} 读不懂：{why}", f"cannot read {name}: {why}")
    return Unreadable(words, code="RUL-01", where=(Where(name, line),), next=("gb doctor",))
