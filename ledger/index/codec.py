"""How the events in force on a sheet or a thing are kept in a column: JSON of a few short lists."""

from __future__ import annotations

from functools import cache

import msgspec

from ledger.core.custody import parse_sheet
from ledger.core.records import thing_class
from ledger.core.state import Layer, Thing, ThingTrack, Track

_sheet_layers = msgspec.json.Decoder(list[tuple[str, str]])


def show_track(track: Track) -> str:
    """The layers of a sheet: ``[[event, sheet text], …]``."""
    return msgspec.json.encode([(layer.event, layer.sheet.text) for layer in track.layers]).decode()


def parse_track(order: str, text: str) -> Track:
    """The inverse of :func:`show_track`."""
    return Track(order, tuple(Layer(event, parse_sheet(sheet)) for event, sheet in _sheet_layers.decode(text)))


def show_thing(track: ThingTrack) -> str:
    """The layers of a thing: ``[[event, {…}], …]``."""
    return msgspec.json.encode(track.layers).decode()


def parse_thing(space: str, order: str, text: str) -> ThingTrack:
    """The inverse of :func:`show_thing`."""
    return ThingTrack(order, tuple(_thing_layers(space).decode(text)))


@cache
def _thing_layers(space: str) -> msgspec.json.Decoder[list[tuple[str, Thing]]]:
    return msgspec.json.Decoder(list[tuple[str, thing_class(space)]])  # type: ignore[misc]  # chosen by name
