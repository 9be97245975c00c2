"""HDF5 as weights come in it: plain arrays that stay in the file until they are asked for.

Only what lies in the file itself, whole and as it is, is read: no links but the one by which a thing is there, no
compressed data, which could claim any size.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ir.kinds import MAX_RANK
from ir.weights import Tensor
from translator import bounds

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
def opened(place: Place) -> Iterator[Any]:
    """Open a file of HDF5 to be read."""
    import h5py

    if not place.size:
        with h5py.File(place.path, "r") as found:
            yield found
        return
    with bounds.opened(place.path) as file, h5py.File(_Part(file, place.start, place.size), "r") as found:
        yield found


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
