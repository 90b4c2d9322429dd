"""Two parties of one code, given on two machines that had not met (NUM-01): the first keeps it, the other is filed anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record
from ledger.core.parties import Coded
from ledger.core.personal import key_ids, personal_of
from ledger.core.words import Words

C = TypeVar("C", bound=Coded)


def noun_of(record: Record) -> str:
    """The word of the commands about such a party: ``client``, ``member``."""
    return record.WHOSE.space.lower() if record.WHOSE is not None else ""


def beside(first: C, filed: Record) -> C:
    """The party that has the code, with the one of ``filed`` as its twin."""
    theirs = dict.fromkeys((*first.theirs, *key_ids(personal_of(filed).values())))
    return msgspec.structs.replace(first, twins={**first.twins, filed.id: ""}, theirs=tuple(theirs))


def parted(first: C, filing: str, code: str) -> C:
    """The party that has the code, once its twin, whom the record ``filing`` filed, has its own."""
    return msgspec.structs.replace(first, twins={**first.twins, filing: code})


def is_twin(first: Coded | None, filing: str) -> bool:
    """Whether the record filed a twin that has no code of its own yet."""
    return first is not None and first.twins.get(filing) == ""


def judge_anew(record: Record, was: str, first: Coded | None) -> Iterator[Finding]:
    """NUM-01: what ``record`` files anew is no twin of the code ``was``, or has a code of its own already."""
    if is_twin(first, record.ref):
        return
    now = first.twins.get(record.ref, "") if first is not None else ""
    words = (
        Words(f"{record.ref} 已改用代码 {now}", f"{record.ref} has the code {now} already") if now else
        Words(f"{record.ref} 不是代码 {was} 的另一家", f"{record.ref} filed no second party as {was}")
    )  # fmt: skip
    yield trouble("NUM-01", words, subject=record.id, next=(f"gb {noun_of(record)} show {now or was}",))


def judge_alone(record: Record, code: str, party: Coded) -> Iterator[Finding]:
    """NUM-01: whoever is erased shares the code with another, whose values are under keys of that code too."""
    for twin in sorted(one for one, now in party.twins.items() if not now):
        words = Words(
            f"代码 {code} 还有另一家（{twin}）：先给它改用新代码，否则它的个人资料也打不开了",
            f"another party has the code {code} too ({twin}): file that one anew first, or its personal data are lost as well",
        )
        yield trouble("NUM-01", words, subject=record.id, next=(f"gb {noun_of(record)} refile {twin}",))
