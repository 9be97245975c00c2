"""Caffe's snapshots in HDF5: `data/<layer>/<number>` holds a blob; the net itself is not in the file.

A blob that several layers share is there once, for the layer that owns it; the others skip its number.
Source: `Net::ToHDF5` and `Net::CopyTrainedLayersFromHDF5`, https://github.com/BVLC/caffe/blob/master/src/caffe/net.cpp
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from translator import bounds
from translator.attrs import Attrs
from translator.hdf5 import Place, address, child, opened, tensor

MAX_BLOBS = 100
"""Blobs of a layer at most."""


def read_snapshot(path: Path, report: Report) -> Attrs:
    """Return a net of layers that have a name and blobs, which stay in the file until they are asked for.

    Only what lies in the file itself, whole and as it is, is read: no links but the one by which a thing is there, no
    compressed data, which could claim any size. Errors: `weights`.
    """
    import h5py

    source = Source(str(path))
    layers: list[Attrs] = []
    try:
        with opened(Place(path)) as file:
            data = child(file, "data")
            if not isinstance(data, h5py.Group):
                raise ValueError("has no group 'data', as Caffe's snapshots have")
            for name, group, numbers in _layers(data):
                blobs = {number: tensor(Place(path), child(group, str(number))) for number in numbers}
                tensors = tuple(blobs.get(number) for number in range(max(numbers) + 1))
                layers.append(Attrs({"name": name, "blobs": tensors}, source))
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        why = f"it {error}" if isinstance(error, ValueError) else str(error)
        report.add("weights", f"is not a snapshot of Caffe's, or a damaged one: {why}", Origin(source))
    return Attrs({"layer": tuple(layers)}, source)


def _layers(data: Any) -> Iterator[tuple[str, Any, list[int]]]:
    """Yield each group that holds blobs, with their numbers, by its path: a / in a layer's name makes another group."""
    import h5py

    waiting = [("", data)]
    seen = {address(data)}
    while waiting:
        path, group = waiting.pop()
        if len(group) > bounds.LAYERS:
            raise ValueError(f"has a group of more than {bounds.LAYERS} things")
        found = {name: child(group, name) for name in group}
        numbers = [int(name) for name in found if name.isascii() and name.isdigit() and len(name) < 4]
        if blobs := sorted(each for each in numbers if isinstance(found.get(str(each)), h5py.Dataset)):
            if blobs[-1] >= MAX_BLOBS:
                raise ValueError(f"has a layer of more than {MAX_BLOBS} blobs: {path}")
            yield path, group, blobs
        for name, inner in found.items():
            if isinstance(inner, h5py.Group):
                if address(inner) in seen:
                    raise ValueError(f"has a group in two places: {inner.name}")
                seen.add(address(inner))
                waiting.append((f"{path}/{name}" if path else name, inner))
