"""Folding without searching for circles of dead objects: of the many objects that a fold makes nearly all stay alive."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """No such search inside; it would look at every record again and again, a quarter of a month's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
