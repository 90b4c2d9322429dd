"""Requests as people look for them: which approval covers an act, which wait for whom, what was drawn on one (V1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.core.approvals import Request
from ledger.core.forms import Lines
from ledger.core.state import State

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.index.hydrated import Hydrated


def covering(state: State, purposes: Sequence[str], lines: Lines, face: int = 0) -> list[str]:
    """The approved requests of these purposes that still cover ``lines``; ``face`` (fen) is a change's new face."""
    return [
        key
        for key, one in state.things(Request)
        if one.purpose in purposes and one.status == "approved" and one.face == face and one.covers(lines)
    ]


def waiting_for(book: Book, by: str, day: dt.date) -> list[tuple[str, Request]]:
    """The open requests that ``by`` may approve on ``day``: judged by the approval's own rules (APR-01, APR-02).

    That it must be signed (APR-05) keeps nothing out of the queue: signing is part of approving.
    """
    from ledger.core.records.requests import Approval

    state, now = book.state(), book.now()
    found = []
    for key, one in sorted(state.things(Request)):
        approval = Approval(id=f"RQ{day:%Y%m%d}-X-0001", at=now, date=day, by=by, ref=key)
        if one.status == "open" and all(why.code == "APR-05" for why in approval.judge(state, book.rules)):
            found.append((key, one))
    return found


def events(state: Hydrated, request_id: str) -> list[tuple[str, Request]]:
    """The records in force that changed a request, oldest first, each with what the request was after it."""
    state.thing(Request, request_id)
    for space, key, track in state.thing_tracks():
        if (space, key) == ("Request", request_id):
            return [(event, thing) for event, thing in track.layers if isinstance(thing, Request)]
    return []


def other_faces(state: State, face: int) -> list[int]:
    """The face values (fen) of the sheets in the safe other than ``face``, highest first: what can be changed to it."""
    return sorted({sheet.face for _, sheet in state.on_hand() if sheet.place == "safe"} - {face}, reverse=True)
