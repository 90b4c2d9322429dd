"""Commands read off the declaration of a plain kind of record: parameters, labels, help, what is required.

A new plain kind of step costs its declaration and one word here and there: the verb.  What entry derives (faces, counts)
is no parameter.  A command is built only when it is typed or its help is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.models import CommandInfo

from cli.lang import say

if TYPE_CHECKING:
    from cli.entry import Desk
    from ledger.book.choices import Choices
    from ledger.book.draft import RefusedBy
    from ledger.core.forms import Field, Record
    from ledger.core.words import Words

_METAVARS = {
    "text": "TEXT", "code": "CODE", "yuan": "AMOUNT", "sheets": "N", "day": "DATE", "record": "ID", "serials": "SPANS",
    "points": "N", "period": "PERIOD", "members": "MEMBERS",
}  # fmt: skip


SUBJECTS = {"client": "client", "member": "member"}
"""The fields that a resolver of the desk reads; a journal's own codes are read by :data:`OWN`."""
OWN = {"members": "member"}
FIRST = "first"
"""The parameter of the first word."""


class Later(CommandInfo):
    """A command whose declaration is loaded when something of it is asked for."""

    def __init__(self, name: str, make: Callable[[], CommandInfo]) -> None:
        self.name = name
        self._make = make

    def __getattr__(self, attribute: str) -> Any:
        """Load the declaration at the first look; what was set meanwhile stands."""
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        for key, value in vars(self._make()).items():
            self.__dict__.setdefault(key, value)
        return self.__dict__[attribute]


def plain(app: typer.Typer, verb: str, kind: str, journal: str = "custody") -> None:
    """Add the verb that records ``kind``, a plain step on sheets or on whom its ``SUBJECT`` names."""
    app.registered_commands.append(Later(verb, lambda: _declared(kind, journal)))


def _declared(kind: str, journal: str) -> CommandInfo:
    from ledger.core.records import journal as journal_named

    step: Any = journal_named(journal).kind(kind)
    return CommandInfo(callback=_Act(journal, step), help=say(step.HELP))


class _Act:
    """What a plain verb does.  Typer reads the parameters from the signature and the annotations, as of any callable."""

    def __init__(self, journal: str, step: type[Record]) -> None:
        self._journal, self._step, self._fields = journal, step, _typed_fields(step)
        parameters = [*_subject(step, self._fields), *(_parameter(field) for field in self._fields)]
        self.__signature__ = Signature(parameters)
        self.__annotations__ = {one.name: one.annotation for one in parameters}

    def __call__(self, **given: Any) -> None:
        """Record the step with what was typed; its subject is the first word or the option of its name."""
        first = given.pop(FIRST, None)
        if first is not None and given[self._step.SUBJECT] is None:
            given[self._step.SUBJECT] = first
        _record(self._journal, self._step, self._fields, given)


def _typed_fields(step: type[Record]) -> list[Field]:
    """The fields a person gives: those that hold faces × sheets are what entry finds in the book, personal ones no options."""
    return [field for field in step.fields() if field.codec.name not in ("lines", "sealed")]


def _subject(step: type[Record], fields: list[Field]) -> list[Parameter]:
    """The first word, where the form says whom it is about."""
    named = [field for field in fields if field.name == step.SUBJECT]
    return [
        Parameter(
            FIRST, Parameter.KEYWORD_ONLY, default=None,
            annotation=Annotated[str | None, typer.Argument(metavar=field.name.upper(), help=say(field.words))],
        )
        for field in named
    ]  # fmt: skip


def _parameter(field: Field) -> Parameter:
    annotation: Any
    if field.codec.name == "serials":
        annotation = Annotated[list[str] | None, typer.Argument(metavar="SPANS", help=say(field.words))]
    else:
        annotation = Annotated[
            str | None, typer.Option(_option(field), metavar=_metavar(field), help=say(_label(field)))
        ]
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _option(field: Field) -> str:
    return "SPANS" if field.codec.name == "serials" else "--" + field.name.replace("_", "-")


def _metavar(field: Field) -> str:
    choices = "|".join(_choices(field))
    return choices or _METAVARS[field.codec.name]


def _choices(field: Field) -> Choices:
    """What a field of few words can be, with the names people read."""
    from ledger.book.choices import STAMPS, named

    keys = field.codec.pattern[2:-2].split("|") if field.codec.name == "word" else []
    return {key: named(STAMPS, key) for key in keys}


def _label(field: Field) -> Words:
    """The words of a prompt; of a field with few answers they name them."""
    from ledger.book.choices import asked

    choices = _choices(field)
    return asked(field.words, choices) if choices else field.words


def _record(journal: str, step: type[Record], fields: list[Field], given: dict[str, Any]) -> None:
    from cli.entry import desk
    from ledger.book.draft import RefusedBy

    at = desk()
    values = {field.name: _value(at, field, given[field.name], journal) for field in fields}
    if step.ONE_OF and not any(values[name] for name in step.ONE_OF):
        field = next(field for field in fields if field.name == step.ONE_OF[0])
        values[field.name] = at.call.ask(
            None, words=field.words, name=_option(field), parse=_parser(at, field, journal)
        )
    if step.NEEDS_REASON:
        at.need_reason()
    try:
        at.record(journal, step.KIND, values)
    except RefusedBy as refused:
        raise _naming_approval(at, step, values, refused) from None


def _value(at: Desk, field: Field, typed: str | list[str] | None, journal: str) -> Any:
    text = " ".join(typed) or None if isinstance(typed, list) else typed
    if text is None and not field.required:
        return None
    return at.call.ask(text, words=_label(field), name=_option(field), parse=_parser(at, field, journal))


def _parser(at: Desk, field: Field, journal: str) -> Callable[[str], Any]:
    """What turns the typed text of a field into its value, by the type that is declared."""
    from cli import entry
    from ledger.book.choices import one_of

    if field.name == "operator":
        from cli.operator import known

        return lambda typed: known(at, typed)[0]
    if field.name == "code" and journal not in OWN:
        return lambda typed: entry.code(typed, field.words)
    resolver = SUBJECTS.get(field.name) or (OWN.get(journal) if field.name == "code" else None)
    if resolver:
        found: Callable[[str], Any] = getattr(at, resolver)
        return found
    parsers: dict[str, Callable[[str], Any]] = {
        "serials": at.spans,
        "code": lambda typed: entry.code(typed, field.words),
        "yuan": entry.amount,
        "points": entry.whole_number,
        "sheets": entry.whole_number,
        "period": lambda typed: entry.in_form(typed, field),
        "members": lambda typed: tuple(at.member(one) for one in typed.replace(",", " ").split()),
        "record": at.request_id if field.name == "approval" else at.record_id,
        "day": at.day,
        "word": lambda typed: one_of(typed, _choices(field), field.words),
    }
    return parsers.get(field.codec.name, lambda typed: entry.some_text(typed, field.words))


def _naming_approval(at: Desk, step: type[Record], values: dict[str, Any], refused: RefusedBy) -> RefusedBy:
    """The refusal with the approval that would do, where exactly one would: it is named, never taken by itself."""
    from ledger.book.approvals import covering
    from ledger.core.judge import faces_of

    if not step.PURPOSES or not any(finding.code.startswith("APR") for finding in refused.findings):
        return refused
    state = at.book.state()
    found = covering(state, step.PURPOSES, faces_of(values["spans"], state), values.get("face") or 0)
    asked = tuple(_with_new_face(hint, values) for hint in refused.next)
    named = (f"--approval {found[0]}",) if len(found) == 1 else ()
    several = (f"gb request list --purpose {step.PURPOSES[0]}",) if len(found) > 1 else ()
    refused.next = (*named, *several, *asked)
    return refused


def _with_new_face(hint: str, values: dict[str, Any]) -> str:
    """A request for a change of face names the new one, which the judge of approvals does not know."""
    from ledger.core.money import yuan

    if not hint.startswith("gb request reface ") or not values.get("face"):
        return hint
    return f"{hint} --to {yuan(values['face']).removesuffix('.00')}"
