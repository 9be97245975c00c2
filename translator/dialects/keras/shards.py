"""The arrays of TensorFlow.js: a list in the model's JSON of what lies one behind the other in files beside it.

Source: https://github.com/tensorflow/tfjs, `decodeWeights` in tfjs-core/src/io/io_utils.ts and
`loadWeights` in weights_loader.ts there.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path, PurePosixPath
from typing import Any

from ir.diagnostics import Report
from ir.kinds import MAX_RANK
from ir.weights import Tensor
from translator import bounds
from translator.json_document import parse

MANIFEST = "weightsManifest"
SIZES = {"float32": 4, "int32": 4, "uint8": 1, "bool": 1, "float16": 2, "uint16": 2}
"""Bytes of an element, by the name of its type."""


def shards(config: Any) -> list[str]:
    """Return the files that a document names for its arrays, as it names them; none where it is none of TensorFlow.js.

    >>> shards({"weightsManifest": [{"paths": ["a.bin", "b.bin"], "weights": []}]})
    ['a.bin', 'b.bin']
    """
    groups = config.get(MANIFEST) if isinstance(config, dict) else None
    paths = [
        group["paths"] for group in groups or () if isinstance(group, dict) and isinstance(group.get("paths"), list)
    ]
    return [each for group in paths for each in group if isinstance(each, str)]


def beside(path: Path, name: str) -> Path:
    """Return a file that a document names, in the document's folder; raise ValueError where it is elsewhere."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise ValueError(f"names the file {name!r}, which is not beside it")
    return path.parent / parts


def arrays_beside(path: Path) -> dict[str, Tensor]:
    """Return the arrays of a document by their names; raise ValueError or OSError where they are not as it says."""
    config, _ = parse(str(path), bounds.read_text(path, None, report := Report()), report, infinite=True)
    groups = config.get(MANIFEST) if isinstance(config, dict) else None
    if report.error_count() or not isinstance(groups, list):
        raise ValueError("has no list of weights of TensorFlow.js")
    found: dict[str, Tensor] = {}
    for group in groups:
        entries = group.get("weights") if isinstance(group, dict) else None
        if not isinstance(entries, list):
            raise ValueError("has a group of weights without a list")
        data = _Joined([beside(path, each) for each in shards({MANIFEST: [group]})])
        start = 0
        for name, entry in map(_named, entries):
            shape, stored = _shape(entry), _stored(entry)
            size = prod(shape) * SIZES[stored]
            found[name] = _tensor(data, start, size, shape, stored, entry)
            start += size
        if start != data.size:
            raise ValueError(
                f"lists {start} bytes, and has {data.size} in {', '.join(map(str, shards({MANIFEST: [group]})))}"
            )
    return found


class _Joined:
    """The bytes of several files in a row."""

    def __init__(self, paths: list[Path]) -> None:
        self.parts = [bounds.mapped(path) for path in paths]
        self.size = sum(map(len, self.parts))

    def read(self, start: int, size: int) -> memoryview:
        """Return some bytes, which are copied only where they lie in several files."""
        pieces = list(self._pieces(start, start + size))
        return pieces[0] if len(pieces) == 1 else memoryview(b"".join(pieces))

    def _pieces(self, start: int, end: int) -> Iterator[memoryview]:
        at = 0
        for part in self.parts:
            if at < end and start < at + len(part):
                yield part[max(0, start - at) : end - at]
            at += len(part)


def _named(entry: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ValueError("has an array without a name")
    return entry["name"], entry


def _shape(entry: dict[str, Any]) -> tuple[int, ...]:
    shape = entry.get("shape")
    whole = isinstance(shape, list) and all(isinstance(size, int) and 0 <= size < 1 << 40 for size in shape)
    if not whole or not isinstance(shape, list) or len(shape) > MAX_RANK:
        raise ValueError(f"says no shape of {entry['name']}")
    return tuple(shape)


def _stored(entry: dict[str, Any]) -> str:
    """Return the type in which an array lies in the file, which is a smaller one where it is quantized."""
    quantized = entry.get("quantization")
    kind = quantized.get("dtype") if isinstance(quantized, dict) else entry.get("dtype")
    if kind not in SIZES:
        raise ValueError(f"has {entry['name']} in numbers of the type {kind!r}")
    return str(kind)


def _tensor(data: _Joined, start: int, size: int, shape: tuple[int, ...], stored: str, entry: dict[str, Any]) -> Tensor:
    quantized = entry.get("quantization") or {}
    scale, least = quantized.get("scale"), quantized.get("min")
    if scale is not None and not all(isinstance(each, (int, float)) for each in (scale, least)):
        raise ValueError(f"does not say what the numbers of {entry['name']} stand for")

    def load() -> Any:
        import numpy as np

        array = np.frombuffer(data.read(start, size), np.dtype(stored).newbyteorder("<")).reshape(shape)
        if scale is None:
            return array
        lifted = array * np.float32(scale) + np.float32(least)
        return np.rint(lifted) if entry.get("dtype") == "int32" else lifted

    return Tensor(shape, load, "float32" if quantized else stored)
