"""Caffe's snapshots in HDF5: `data/<layer>/<number>` holds a blob; the net itself is not in the file.

Source: `Net::ToHDF5`, https://github.com/BVLC/caffe/blob/master/src/caffe/net.cpp
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from ir.weights import Tensor
from translator.attrs import Attrs

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_DEPTH = 16


def is_hdf5(path: Path) -> bool:
    """Tell whether a file is of HDF5."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def read_snapshot(path: Path, report: Report) -> Attrs:
    """Return a net of layers that have a name and blobs, which stay in the file until they are asked for.

    Only what lies in the file itself, whole and as it is, is read: no links to other files, no compressed data, which
    could claim any size. Errors: `weights`.
    """
    import h5py

    source = Source(str(path))
    layers: list[Attrs] = []
    try:
        with h5py.File(path, "r") as file:
            data = file.get("data")
            if not isinstance(data, h5py.Group):
                raise ValueError("has no group 'data', as Caffe's snapshots have")
            for name, blobs in _layers(data, "", 0):
                tensors = tuple(_tensor(path, blobs, number) for number in _numbers(blobs))
                layers.append(Attrs({"name": name, "blobs": tensors}, source))
            if not layers:
                raise ValueError("holds no blobs")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        report.add("weights", f"is not a snapshot of Caffe's, or a damaged one: it {error}", Origin(source))
    return Attrs({"layer": tuple(layers)}, source)


def _layers(group: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield each group that holds blobs, by its path: the layer's name, in which a / makes a group of its own."""
    import h5py

    if depth > MAX_DEPTH:
        raise ValueError("nests groups too deep")
    if _numbers(group):
        yield path, group
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.HardLink) and isinstance(group[name], h5py.Group):
            yield from _layers(group[name], f"{path}/{name}" if path else name, depth + 1)


def _numbers(group: Any) -> list[str]:
    """Return the names of a group's blobs: 0, 1, and so on as far as they go."""
    import h5py

    found: list[str] = []
    while isinstance(group.get(str(len(found)), getlink=True), h5py.HardLink):
        if not isinstance(group[str(len(found))], h5py.Dataset):
            break
        found.append(str(len(found)))
    return found


def _tensor(path: Path, group: Any, number: str) -> Tensor:
    blob = group[number]
    plain = blob.chunks is None and not blob.is_virtual and not blob.external and blob.dtype.kind in "fiu"
    if not plain or blob.id.get_storage_size() != blob.nbytes:
        raise ValueError(f"has a blob that is no plain array of numbers: {blob.name}")
    return Tensor(tuple(blob.shape), partial(_load, path, blob.name))


def _load(path: Path, name: str) -> Any:
    import h5py

    with h5py.File(path, "r") as file:
        return file[name][()]
