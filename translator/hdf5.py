"""HDF5 as weights come in it: plain arrays that stay in the file until they are asked for.

Only what lies in the file itself, whole and as it is, is read: no links but the one by which a thing is there, no
compressed data, which could claim any size.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import warnings
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ir.kinds import MAX_RANK
from ir.weights import Tensor
from translator import bounds

PATIENCE = 5
"""Seconds of a processor that a file's names and attributes may take, and minutes of time."""
ROOM = 64 << 20
"""Bytes of memory that reading these may take beyond the size of the file, which may claim any size for a text."""
SHORT = 3
"""How a process ends that had too little memory."""
SIGNATURE = b"\x89HDF\r\n\x1a\n"


class Place(NamedTuple):
    """A file of HDF5: one of its own, or some bytes of another (a member of an archive that is stored as it is)."""

    path: Path
    start: int = 0
    size: int = 0


class _Part(io.RawIOBase):
    """Some bytes of a file as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self.file = file
        self.start = start
        self.size = size
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        self.file.seek(self.start + self.at)
        found = self.file.read(max(0, min(len(buffer), self.size - self.at)))
        buffer[: len(found)] = found
        self.at += len(found)
        return len(found)


@contextlib.contextmanager
def opened(place: Place | bytes) -> Iterator[Any]:
    """Open a file of HDF5 to be read, or the bytes of one. Raises OSError where it is damaged."""
    import h5py

    if isinstance(place, bytes):
        probe(io.BytesIO(place))
        with h5py.File(io.BytesIO(place), "r") as found:
            yield found
        return
    _probed(place, os.stat(place.path).st_mtime_ns)
    if not place.size:
        with h5py.File(place.path, "r") as found:
            yield found
        return
    with bounds.opened(place.path) as file, h5py.File(_Part(file, place.start, place.size), "r") as found:
        yield found


@lru_cache(maxsize=64)
def _probed(place: Place, changed: int) -> None:
    """Probe a file once, as it was at some time."""
    if not place.size:
        probe(place.path)
        return
    with bounds.opened(place.path) as file:
        probe(_Part(file, place.start, place.size))


def probe(source: Path | BinaryIO | io.RawIOBase) -> None:
    """Let a process of its own read all names and attributes of a file first: the library can loop or break on them.

    Raises OSError where it did, or took more memory than the file has bytes; what else is wrong with the file its
    reader meets. Without fork nothing is done.
    """
    if not hasattr(os, "fork"):
        return
    import resource

    size = source.stat().st_size if isinstance(source, Path) else source.seek(0, io.SEEK_END)

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # Of threads: the child takes no lock but the library's own.
        child = os.fork()
    if not child:
        code = 0
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(60 * PATIENCE)
            _limit_memory(ROOM + size)
            _walk(source)
        except BaseException as error:
            code = SHORT if isinstance(error, MemoryError) or "alloc" in str(error) else 0
        os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise OSError("what it says of itself cannot be read through")
    if os.WEXITSTATUS(status) == SHORT:
        raise OSError("it claims to hold more than its bytes are")


def _limit_memory(more: int) -> None:
    """Let this process take so many bytes more than it has, where the system tells how many that are."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _walk(source: Path | BinaryIO | io.RawIOBase) -> None:
    import h5py

    def attributes(_: str, thing: Any) -> None:
        for name in thing.attrs:
            thing.attrs[name]

    with h5py.File(source, "r") as file:
        attributes("", file)
        file.visititems(attributes)


def is_hdf5(path: Path) -> bool:
    """Tell whether a file is of HDF5."""
    with bounds.opened(path) as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def child(group: Any, name: str) -> Any:
    """Return what a group itself holds under a name, None where that is a link to elsewhere."""
    import h5py

    return group[name] if isinstance(group.get(name, getlink=True), h5py.HardLink) else None


def address(group: Any) -> Any:
    """Return where a group stands in the file: two names of one group have one address."""
    import h5py

    return h5py.h5o.get_info(group.id).addr


def tensor(place: Place, blob: Any) -> Tensor:
    """Return a dataset as an array to be read later; raise ValueError where it is none of plain numbers."""
    plain = blob.chunks is None and not blob.is_virtual and not blob.external and blob.dtype.kind in "fiu"
    known = blob.shape is not None and len(blob.shape) <= MAX_RANK
    if not (plain and known) or blob.id.get_storage_size() != blob.nbytes:
        raise ValueError(f"has a blob that is no plain array of numbers: {blob.name}")
    return Tensor(tuple(blob.shape), partial(_load, place, blob.name))


def _load(place: Place, name: str) -> Any:
    with opened(place) as file:
        return file[name][()]
