"""Where many pieces of work are done: on the processors here, or on the machines of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

Work = Callable[[Any], dict[str, Any]]
"""Does one piece, and tells of it; both can be sent to another process."""
Engine = Callable[[Work, Sequence[Any], int], Iterable[dict[str, Any]]]
"""Does all pieces, so many at a time, and yields what is told of each as it is done."""


def engine_named(name: str, pool: Callable[[int], Executor] = ProcessPoolExecutor) -> Engine:
    """Return an engine: `local`, or `dask:ADDRESS`, a cluster whose machines see the same folders.

    Here the work is done in a `pool` of so many: of threads, where a piece of work starts a process of its own.
    Raises ValueError where there is none of that name.
    """
    kind, _, address = name.partition(":")
    if kind == "local":
        return partial(_locally, pool=pool)
    if kind == "dask":
        return partial(_on_dask, address=address)
    raise ValueError(f"there is no engine {name!r}; those are local, and dask:ADDRESS")


def _locally(one: Work, pieces: Sequence[Any], jobs: int, pool: Callable[[int], Executor]) -> Iterator[dict[str, Any]]:
    jobs = min(jobs or os.cpu_count() or 1, len(pieces))
    if jobs < 2:
        yield from map(one, pieces)
        return
    workers = pool(jobs)
    try:
        for each in as_completed([workers.submit(one, piece) for piece in pieces]):
            yield each.result()
    finally:
        workers.shutdown(cancel_futures=True)


def _on_dask(one: Work, pieces: Sequence[Any], jobs: int, address: str) -> Iterator[dict[str, Any]]:
    from dask import distributed

    found: Any = distributed
    with found.Client(address or None) as client:
        for each in found.as_completed(client.map(one, pieces, pure=False)):
            yield each.result()


def put(path: Path, data: bytes) -> None:
    """Write a file beside its place, and put it there whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, path)
