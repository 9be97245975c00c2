"""Caffe's snapshots in HDF5: `data/<layer>/<number>` holds a blob; the net itself is not in the file.

A blob that several layers share is there once, for the layer that owns it; the others skip its number.
Source: `Net::ToHDF5` and `Net::CopyTrainedLayersFromHDF5`, https://github.com/BVLC/caffe/blob/master/src/caffe/net.cpp
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.kinds import MAX_RANK
from ir.origin import Origin, Source
from ir.weights import Tensor
from translator import bounds
from translator.attrs import Attrs

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_BLOBS = 100
"""Blobs of a layer at most."""


def is_hdf5(path: Path) -> bool:
    """Tell whether a file is of HDF5."""
    with bounds.opened(path) as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def read_snapshot(path: Path, report: Report) -> Attrs:
    """Return a net of layers that have a name and blobs, which stay in the file until they are asked for.

    Only what lies in the file itself, whole and as it is, is read: no links but the one by which a thing is there, no
    compressed data, which could claim any size. Errors: `weights`.
    """
    import h5py

    source = Source(str(path))
    layers: list[Attrs] = []
    try:
        with h5py.File(path, "r") as file:
            data = _child(file, "data")
            if not isinstance(data, h5py.Group):
                raise ValueError("has no group 'data', as Caffe's snapshots have")
            for name, group, numbers in _layers(data):
                blobs = {number: _tensor(path, _child(group, str(number))) for number in numbers}
                tensors = tuple(blobs.get(number) for number in range(max(numbers) + 1))
                layers.append(Attrs({"name": name, "blobs": tensors}, source))
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        report.add("weights", f"is not a snapshot of Caffe's, or a damaged one: it {error}", Origin(source))
    return Attrs({"layer": tuple(layers)}, source)


def _layers(data: Any) -> Iterator[tuple[str, Any, list[int]]]:
    """Yield each group that holds blobs, with their numbers, by its path: a / in a layer's name makes another group."""
    import h5py

    waiting = [("", data)]
    seen = {_address(data)}
    while waiting:
        path, group = waiting.pop()
        if len(group) > bounds.LAYERS:
            raise ValueError(f"has a group of more than {bounds.LAYERS} things")
        found = {name: _child(group, name) for name in group}
        numbers = [int(name) for name in found if name.isascii() and name.isdigit() and len(name) < 4]
        if blobs := sorted(each for each in numbers if isinstance(found.get(str(each)), h5py.Dataset)):
            if blobs[-1] >= MAX_BLOBS:
                raise ValueError(f"has a layer of more than {MAX_BLOBS} blobs: {path}")
            yield path, group, blobs
        for name, child in found.items():
            if isinstance(child, h5py.Group):
                if _address(child) in seen:
                    raise ValueError(f"has a group in two places: {child.name}")
                seen.add(_address(child))
                waiting.append((f"{path}/{name}" if path else name, child))


def _child(group: Any, name: str) -> Any:
    """Return what a group itself holds under a name, None where that is a link to elsewhere."""
    import h5py

    return group[name] if isinstance(group.get(name, getlink=True), h5py.HardLink) else None


def _address(group: Any) -> Any:
    import h5py

    return h5py.h5o.get_info(group.id).addr


def _tensor(path: Path, blob: Any) -> Tensor:
    plain = blob.chunks is None and not blob.is_virtual and not blob.external and blob.dtype.kind in "fiu"
    known = blob.shape is not None and len(blob.shape) <= MAX_RANK
    if not (plain and known) or blob.id.get_storage_size() != blob.nbytes:
        raise ValueError(f"has a blob that is no plain array of numbers: {blob.name}")
    return Tensor(tuple(blob.shape), partial(_load, path, blob.name))


def _load(path: Path, name: str) -> Any:
    import h5py

    with h5py.File(path, "r") as file:
        return file[name][()]
