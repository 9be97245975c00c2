"""The arrays of a model in a file of any era: Keras 1 and 2 by the layers' names, Keras 3 by their places.

Source: `load_weights_from_hdf5_group` in `keras/engine/saving.py` of 2.2, `keras/src/saving/saving_lib.py` of 3.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ir.weights import Tensor
from translator import bounds
from translator.dialects.keras.document import ZIP, Era, text
from translator.dialects.keras.program import snake_case
from translator.dialects.keras.shards import arrays_beside
from translator.dialects.keras.topology import Entry, Net
from translator.hdf5 import Place, child, opened, tensor

WEIGHTS = "model.weights.h5"
MOST = 1 << 16
"""Arrays of one layer at most."""


@dataclass
class Old:
    """Arrays by the names of layers, in the order of the file, and the era they are of."""

    layers: dict[str, list[Tensor]]
    era: Era


@dataclass
class Placed:
    """Arrays by their paths in a file of Keras 3."""

    arrays: dict[str, Tensor]


@dataclass
class Named:
    """Arrays by their paths of the names of layers, as TensorFlow.js has them."""

    arrays: dict[str, Tensor]


def arrays_of(path: Path) -> Old | Placed | Named:
    """Return the arrays that a file holds; raise ValueError or OSError where it is none of Keras."""
    if _is_json(path):
        return Named(arrays_beside(path))
    place = _place(path)
    with opened(place) as file:
        group = child(file, "model_weights") if "model_weights" in file else file
        if group is None:
            raise ValueError("has its weights elsewhere")
        if "layer_names" in group.attrs or "layer_names0" in group.attrs:
            return Old(dict(_old_layers(place, group)), _era(file))
        return Placed(dict(_placed(place, file)))


def _is_json(path: Path) -> bool:
    with bounds.opened(path) as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _place(path: Path) -> Place:
    with bounds.opened(path) as file:
        if not file.read(4).startswith(ZIP):
            return Place(path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(WEIGHTS)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError("has its weights compressed, which could claim any size; unpack it and name them: --weights")
    with bounds.opened(path) as file:
        file.seek(info.header_offset + 26)
        names = file.read(4)
        behind = int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
        return Place(path, info.header_offset + 30 + behind, info.file_size)


def _era(file: Any) -> Era:
    """Return the era of a file; Keras 1 left its version out where there are weights alone."""
    version = text(file.attrs, "keras_version")
    generation = int(version[0]) if version[:1].isdigit() else 1
    return Era(generation, text(file.attrs, "backend"))


def _old_layers(place: Place, group: Any) -> Iterator[tuple[str, list[Tensor]]]:
    for name in _names(group, "layer_names"):
        layer = child(group, name)
        if layer is None:
            raise ValueError(f"has no arrays of the layer {name}, though it names it")
        yield name, [tensor(place, _dataset(layer, each)) for each in _names(layer, "weight_names")]


def _names(group: Any, key: str) -> list[str]:
    """Return a list of names that an attribute holds, or several where it is long."""
    found = [group.attrs[key]] if key in group.attrs else []
    while not found or f"{key}{len(found)}" in group.attrs:
        if f"{key}{len(found)}" not in group.attrs:
            raise ValueError(f"does not say its {key}")
        found.append(group.attrs[f"{key}{len(found)}"])
    names = [each.decode() if isinstance(each, bytes) else str(each) for part in found for each in list(part)]
    if len(names) > MOST:
        raise ValueError(f"has more than {MOST} {key}")
    return names


def _dataset(group: Any, name: str) -> Any:
    """Return a dataset by its path, no step of which is a link to elsewhere."""
    import h5py

    found = group
    for step in name.split("/"):
        found = child(found, step) if isinstance(found, h5py.Group) else None
        if found is None:
            raise ValueError(f"has no array {name}, though it names it")
    if not isinstance(found, h5py.Dataset):
        raise ValueError(f"has no array {name}, though it names it")
    return found


def _placed(place: Place, file: Any) -> Iterator[tuple[str, Tensor]]:
    """Yield the arrays of a file of Keras 3 by their paths."""
    import h5py

    waiting: list[tuple[str, Any]] = [("", file)]
    seen = 0
    while waiting:
        path, group = waiting.pop()
        for name in group:
            seen += 1
            if seen > bounds.LAYERS:
                raise ValueError(f"has more than {bounds.LAYERS} things in it")
            inner = child(group, name)
            where = f"{path}/{name}" if path else name
            if isinstance(inner, h5py.Dataset) and path.endswith("vars"):
                yield where, tensor(place, inner)
            elif isinstance(inner, h5py.Group) and name != "optimizer" and len(where) < 1000:
                waiting.append((where, inner))


def places(net: Net, prefix: str = "") -> Iterator[tuple[Entry, str]]:
    """Yield each layer with its place in a file of Keras 3, by the number of its class among those before it."""
    counts: dict[str, int] = {}
    for entry in net.entries:
        kind = snake_case(entry.written.rpartition(">")[2])
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        path = f"{prefix}layers/{kind}" + (f"_{number}" if number else "")
        if entry.net is not None:
            yield from places(entry.net, f"{path}/layer/" if kind == "time_distributed" else f"{path}/")
        else:
            yield entry, path
