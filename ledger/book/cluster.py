"""A Dask cluster as the processes that fold stores: local ones by default, or any cluster by the address of its scheduler.

Only so many stores are handed out at a time that every process has its next one; Dask gives a store whose process ended to
another.  What is said for the extra: ``gb-ledger[chain]`` installs Dask.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from ledger.core.errors import Refused, Unreadable
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.chain import Answer, Task

AHEAD = 2
"""Stores handed out for each process: one that it folds and the next."""
PATIENCE = 10.0
"""Seconds to wait for a scheduler's answer."""


class DaskPool:
    """The processes of a cluster; see :class:`ledger.book.chain.Pool`."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def answers(self, fold: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | None]]:
        """Each task with its answer as it is done.

        A process that ends takes the stores down that were waiting for it, and Dask blames all of them; so each of them is
        tried once more by itself before it is given up.
        """
        again: list[Task] = []
        for task, answer in self._done(fold, iter(tasks), self._window()):
            if answer is None:
                again.append(task)
            else:
                yield task, answer
        yield from self._done(fold, iter(again), 1)

    def _window(self) -> int:
        threads: int = sum(self.client.nthreads().values())
        return AHEAD * max(1, threads)

    def _done(
        self, fold: Callable[[Task], Answer], tasks: Iterator[Task], window: int
    ) -> Iterator[tuple[Task, Answer | None]]:
        from distributed import as_completed

        running: dict[str, Task] = {}

        def hand_out(count: int) -> list[Any]:
            futures = [(task, self.client.submit(fold, task, pure=False)) for task in islice(tasks, count)]
            running.update((future.key, task) for task, future in futures)
            return [future for _, future in futures]

        completed = as_completed(hand_out(window), loop=self.client.loop)
        for future in completed:
            task, answer = running.pop(future.key), _answer(future)
            completed.update(hand_out(1))
            yield task, answer


def _answer(future: Any) -> Answer | None:
    """The answer; None when the process ended every time.  Raises :class:`Unreadable` when the cluster itself went away."""
    from concurrent.futures import CancelledError

    from distributed.scheduler import KilledWorker

    try:
        answer: Answer = future.result()  # waits again where the process ended before it could hand the answer over
    except KilledWorker:
        return None
    except (CancelledError, OSError) as error:
        raise _unreachable(type(error).__name__) from error
    return answer


@contextmanager
def opened(address: str = "", workers: int = 0) -> Iterator[DaskPool]:
    """The cluster at ``address``, or as many local processes as asked for (0: one for each processor of this machine).

    Raises :class:`Refused` when Dask is not installed, :class:`Unreadable` when nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        words = Words(
            "没有装 Dask：pip install 'gb-ledger[chain]'", "Dask is not installed: pip install 'gb-ledger[chain]'"
        )
        raise Refused(words, code="CHN-05", next=("pip install 'gb-ledger[chain]'",)) from None
    with _quiet():
        if not address:
            local = LocalCluster(
                n_workers=workers or None, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
            with local, Client(local, set_as_default=False) as client:
                yield DaskPool(client)
            return
        try:
            asyncio.run(_answers_at(address))
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise _unreachable(address) from error
        with client:
            yield DaskPool(client)


async def _answers_at(address: str) -> None:
    """Raise ``OSError`` or ``ValueError`` where nobody listens: a client that never got through reports that once more when it is let go of."""
    from distributed.comm.core import connect

    await (await connect(address, timeout=PATIENCE)).close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs every process and connection that ends, with tracebacks; what matters of that is told by a finding."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _unreachable(what: str) -> Unreadable:
    words = Words(f"Dask 集群没有应答：{what}", f"the Dask cluster does not answer: {what}")
    return Unreadable(words, code="CHN-06", next=("gb explain CHN-06",))
