"""IDX: the index against the text.  The index is disposable; where it differs it is rebuilt, never believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ledger.checks.explained import Explained
from ledger.core.findings import Finding, trouble
from ledger.core.judge import short
from ledger.core.spanmap import SpanMap
from ledger.core.spans import Span, SpanSet
from ledger.core.state import ThingTrack, Track
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "IDX-01": Explained(
        Words("索引与正文不符", "the index differs from the text"),
        Words(
            ".gb/ 里的索引和日记账折叠的结果不同；以日记账为准",
            "the index in .gb/ is not what the journals fold to; the journals are right",
        ),
        Words("索引文件损坏，或程序升级", "a damaged index file, or an upgraded program"),
        Words("重建：gb index rebuild", "rebuild it: gb index rebuild"),
    ),
}


class Tracked(Protocol):
    """Whatever can list every sheet and thing with the events in force: the full state, or one read from the index."""

    def tracks(self) -> Iterator[tuple[Span, Track]]:
        """Every sheet ever touched, in order of serials."""

    def thing_tracks(self) -> Iterator[tuple[str, str, ThingTrack]]:
        """Every thing ever touched: space, key, events in force."""


def differences(text: Tracked, index: Tracked) -> Iterator[Finding]:
    """IDX-01: one finding for all sheets that differ, one per space of things that do."""
    spans = _sheets_apart(text, index)
    if spans:
        words = Words(f"索引与正文不符：{short(spans)}", f"the index differs from the text: {short(spans)}")
        yield trouble("IDX-01", words, subject=short(spans, 1), serials=spans.text, next=("gb index rebuild",))
    ours, theirs = _things(text), _things(index)
    apart = sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
    for space in dict.fromkeys(space for space, _ in apart):
        keys = [key for known, key in apart if known == space]
        shown = " ".join(keys[:3]) + (f" … (+{len(keys) - 3})" if len(keys) > 3 else "")
        words = Words(f"索引与正文不符：{space} {shown}", f"the index differs from the text: {space} {shown}")
        yield trouble("IDX-01", words, subject=f"{space} {keys[0]}", next=("gb index rebuild",))


def _sheets_apart(text: Tracked, index: Tracked) -> SpanSet:
    there: SpanMap[Track] = SpanMap()
    for span, track in index.tracks():
        there.set(SpanSet.of((span,)), track)
    found = []
    seen = []
    for span, track in text.tracks():
        one = SpanSet.of((span,))
        seen.append(span)
        found += [piece for piece, other in there.get(one) if other != track]
    extra = SpanSet.of(span for span, _ in there.items()) - SpanSet.of(seen)
    return SpanSet.of([*found, *extra])


def _things(state: Tracked) -> dict[tuple[str, str], ThingTrack]:
    return {(space, key): track for space, key, track in state.thing_tracks()}
