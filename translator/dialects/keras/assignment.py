"""The arrays of a file as the weights of a graph, those of old files brought to today's form first.

Source: `preprocess_weights_for_loading` in `keras/engine/saving.py` of 2.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Model, Node
from ir.origin import Origin, Source
from ir.shapes import Shape
from ir.validate import Shapes, weight_shapes
from ir.weights import Tensor, arranged, of_array
from translator.dialects.keras.document import Era
from translator.dialects.keras.eras import class_of
from translator.dialects.keras.site import Drawn, Variable
from translator.dialects.keras.stored import Named, Old, Placed, arrays_of, places
from translator.dialects.keras.topology import Entry, Net

NOT_TRAINED = ("mean", "variance")
"""Weights that no training changes, which Keras has behind the others."""
CONVOLUTIONS = frozenset(["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Deconvolution2D"])
COUNTED = frozenset(["Normalization"])
"""Layers behind whose arrays stands the number of samples that they have seen, which nothing computes with."""
Found = list[tuple[Entry, list[Tensor]]]


def assign(graph: Graph, shapes: Shapes, net: Net, drawn: Drawn, path: Path, report: Report) -> Model:
    """Return the graph with the arrays of a file as its weights. Errors: `weights`."""
    origin = Origin(Source(str(path)))
    try:
        stored = arrays_of(path)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, EOFError, NotImplementedError) as error:
        why = f"it {error}" if isinstance(error, ValueError) else str(error)
        report.add("weights", f"holds no weights of Keras, or is damaged: {why}", origin)
        return Model(graph)
    wanted = weight_shapes(graph, shapes)
    weights: dict[str, Tensor] = {}
    arrays: dict[str, list[Tensor]] = {}
    matched = _matched(stored, net, report, origin)
    if isinstance(stored, Old):
        _tell_assumed(matched, stored.era, report)
    for entry, given in matched:
        if entry.custom:
            arrays[entry.custom] = given
            weights.update({f"{entry.custom}.blob{i}": each for i, each in enumerate(given)})
        elif len(given) != len(entry.variables):
            told = f"{entry.name} has {len(given)} arrays in the file, and {len(entry.variables)} as it is here"
            report.add("weights", told, entry.origin)
        for variable, array in zip(entry.variables, given, strict=False):
            weights[variable.key] = _fitted(array, variable, wanted, graph)
    zeros = {key: _zeros(wanted[key][1]) for key in drawn.zeros if weights and key in wanted}
    if not weights and wanted:
        report.add("weights", "none of the weights belongs to a layer of the model; are the two of one net?", origin)
    nodes = tuple(_with_arrays(node, arrays) for node in graph.nodes)
    return Model(replace(graph, nodes=nodes), weights | zeros)


def _zeros(shape: Shape) -> Tensor:
    import numpy as np

    return of_array(np.zeros([size or 0 for size in shape], np.float32))


def _with_arrays(node: Node, arrays: dict[str, list[Tensor]]) -> Node:
    if not isinstance(node.layer, L.Custom) or node.name not in arrays:
        return node
    return replace(node, layer=node.layer.replace(arrays=[each.shape for each in arrays[node.name]]))


def _fitted(array: Tensor, variable: Variable, wanted: dict[str, tuple[str, Shape, Node]], graph: Graph) -> Tensor:
    """Return an array with its axes in the catalogue's order; validation tells of one that does not fit."""
    axes, shape, node = wanted.get(variable.key, ("", (), None))
    blob = variable.blob
    if blob.name == "depthwise" and len(array.shape) > 2:
        array = array.reshaped((*array.shape[:-2], 1, array.shape[-2] * array.shape[-1]))
    if blob.name == "alike" and array.size == 1:
        return _repeated(array, prod(size or 0 for size in shape))
    if blob.name == "local" and node is not None:
        return _local(array, variable.key, node)
    if blob.name.endswith("_dense") and blob.axes and array.size == prod(size or 0 for size in shape):
        array = array.reshaped([shape[axes.index(axis)] or 0 for axis in blob.axes])  # The heads are an axis in Keras.
    if blob.axes and len(array.shape) == len(blob.axes):
        return arranged(array, blob.axes, axes)
    if not blob.axes and node is not None and array.size == prod(size or 0 for size in shape):
        return array.reshaped([size or 0 for size in shape])
    return array


def _repeated(array: Tensor, count: int) -> Tensor:
    """Return one number as often as there are channels."""

    def repeat(values: Any) -> Any:
        import numpy as np

        return np.repeat(values.reshape(1), count)

    return array.map(repeat, (count,))


def _local(array: Tensor, key: str, node: Node) -> Tensor:
    """Return filters or biases for each place, whose axes are places, elements of a window, and filters.

    The elements of a window stand pixel by pixel in Keras, and channel by channel here.
    """
    assert isinstance(node.layer, L.LocallyConnected2D)
    filters, area = node.layer.filters, prod(node.layer.kernel)
    if key.endswith(".bias"):
        places = array.size // max(1, filters)
        return array.reshaped((places, filters)).transposed((1, 0)) if places * filters == array.size else array
    if len(array.shape) != 3 or array.shape[1] % area:
        return array
    places, elements, filters = array.shape
    apart = array.reshaped((places, area, elements // area, filters)).transposed((3, 2, 1, 0))
    return apart.reshaped((filters, elements, places))


def _matched(stored: Old | Placed | Named, net: Net, report: Report, origin: Origin) -> Found:
    """Return the arrays of each layer."""
    match stored:
        case Placed():
            return _by_place(stored, net, report, origin)
        case Named():
            return _by_path(stored, net, report, origin)
    return _by_name(stored, net, report, origin)


def _by_path(stored: Named, net: Net, report: Report, origin: Origin) -> Found:
    """Return the arrays of each layer by the innermost of the names in a path that is one of a layer with arrays."""
    entries: dict[str, list[Entry]] = {}
    for each in _flattened(net):
        for entry in _all_of(each):
            entries.setdefault(entry.name, []).append(entry)
    found: dict[str, list[Tensor]] = {}
    unused = []
    for path, array in stored.arrays.items():
        *above, _ = path.split("/")
        name = next((part for part in reversed(above) if part in entries), "")
        if not name:
            unused.append("/".join(above) or path)
        elif len(entries[name]) > 1:
            told = f"{len(entries[name])} layers are named {name}, and the file does not say whose its array is"
            report.add("weights", told, entries[name][-1].origin)
            return []
        else:
            found.setdefault(name, []).append(array)
    _tell_unused(list(dict.fromkeys(unused)), report, origin)
    return [(entries[name][0], up_to_date(entries[name][0], given, Era())) for name, given in found.items()]


def _by_place(stored: Placed, net: Net, report: Report, origin: Origin) -> Found:
    """Return the arrays of each layer by its place in a file of Keras 3."""
    left = dict(stored.arrays)
    found: Found = []
    for entry, path in places(net):
        if entry.custom:
            keys = sorted(key for key in left if key.startswith(f"{path}/"))
        else:
            numbers: Counter[str] = Counter()
            keys = []
            for variable in entry.variables:
                part = f"{path}/{variable.part}".rstrip("/")
                keys.append(f"{part}/vars/{numbers[part]}")
                numbers[part] += 1
        if entry.kind in COUNTED and not entry.custom:
            left.pop(f"{path}/vars/{len(keys)}", None)
        if any(key in left for key in keys):
            found.append((entry, [left.pop(key) for key in keys if key in left]))
    _tell_unused(sorted({key.partition("/vars/")[0] for key in left}), report, origin)
    return found


def _tell_unused(names: Sequence[str], report: Report, origin: Origin) -> None:
    if names:
        shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
        report.add("unused-weights", f"no layer has a use for the arrays of {shown}", origin)


def _by_name(stored: Old, net: Net, report: Report, origin: Origin) -> Found:
    """Return the arrays of each layer by its name, or by its place among those that have any, as Keras does."""
    given = {name: arrays for name, arrays in stored.layers.items() if arrays}
    entries = {entry.name: entry for entry in _flattened(net) if any(_all_of(entry))}
    if not set(given) <= set(entries):
        if len(given) != len(entries):
            told = f"the file has arrays of {len(given)} layers, and the model has {len(entries)} that want some"
            report.add("weights", told, origin)
            return []
        given = dict(zip(entries, given.values(), strict=True))
    found: Found = []
    for name, arrays in given.items():
        found += _shared_out(entries[name], arrays, stored.era, report)
    return found


def _flattened(net: Net) -> Iterator[Entry]:
    """Yield a model's layers; Keras 1 keeps those of a Merge's branches as if they were the model's own."""
    for entry in net.entries:
        for branch in entry.branches:
            if branch.net is not None:
                yield from _flattened(branch.net)
            else:
                yield branch
        yield entry


def _all_of(entry: Entry) -> Iterator[Entry]:
    """Yield the layers of a model that have arrays, or the layer itself."""
    if entry.net is not None:
        for each in _flattened(entry.net):
            yield from _all_of(each)
    elif entry.variables or entry.custom:
        yield entry


def _shared_out(entry: Entry, arrays: list[Tensor], era: Era, report: Report) -> Found:
    """Return the arrays of each layer of a model: all that are trained stand first, and then the others."""
    if entry.net is None:
        return [(entry, up_to_date(entry, arrays, era))]
    inner = list(_all_of(entry))
    if any(each.custom for each in inner):
        report.add(
            "weights", f"{entry.name} holds layers that are not known, whose arrays cannot be told", entry.origin
        )
        return []
    shares = [_count(each, era) for each in inner]
    if sum(map(sum, shares)) != len(arrays):
        told = f"{entry.name} has {len(arrays)} arrays in the file, and {sum(map(sum, shares))} as it is here"
        report.add("weights", told, entry.origin)
        return []
    taken: list[list[Tensor]] = [[] for _ in inner]
    left = iter(arrays)
    for kind in (0, 1):
        for i, share in enumerate(shares):
            taken[i] += [next(left) for _ in range(share[kind])]
    return [(each, up_to_date(each, given, era)) for each, given in zip(inner, taken, strict=True)]


def _count(entry: Entry, era: Era) -> tuple[int, int]:
    """Return how many arrays of a layer are trained, and how many are not."""
    gates = {"LSTM": 4, "GRU": 3}.get(entry.kind, 1) if era.generation < 2 else 1
    kept = sum(variable.blob.role in NOT_TRAINED for variable in entry.variables)
    count = (len(entry.variables) - kept) * gates
    kept += entry.kind in COUNTED and kept > 0
    return (count, kept) if entry.fields.get("trainable", True) is not False else (0, count + kept)


def up_to_date(entry: Entry, arrays: list[Tensor], era: Era) -> list[Tensor]:
    """Return the arrays of a layer as Keras 2 and 3 have them on TensorFlow."""
    kind = entry.kind
    if kind in COUNTED and not entry.custom:
        return arrays[: len(entry.variables)]
    if kind in ("Bidirectional", "TimeDistributed"):
        held = entry.fields.get("layer")
        kind = class_of(str(held.get("class_name", ""))) if isinstance(held, dict) else ""
    if era.generation < 2:
        if kind in GATES:
            half = len(GATES[kind]) * 3
            parts = [arrays[i : i + half] for i in range(0, len(arrays), half)]
            return [each for part in parts for each in _joined(part, GATES[kind])]
        if kind in KERNELS and arrays:
            arrays = [KERNELS[kind](entry, arrays[0]), *arrays[1:]]
    elif kind in GATES:
        arrays = [each for i in range(0, len(arrays), 3) for each in _of_cudnn(arrays[i : i + 3], len(GATES[kind]))]
    if kind in CONVOLUTIONS and arrays and _is_flipped(entry, era):
        rank = len(arrays[0].shape) - 2
        arrays = [_flipped(arrays[0], rank), *arrays[1:]]
    return arrays


GATES = {"LSTM": (0, 2, 1, 3), "GRU": (0, 1, 2)}
"""Where the gates stand that Keras 1 keeps apart, in the order of Keras 2: it had the LSTM's candidate second."""


def _joined(arrays: list[Tensor], order: Sequence[int]) -> list[Tensor]:
    """Return kernel, recurrent kernel and bias from those of each gate."""
    if len(arrays) != 3 * len(order):
        return arrays
    return [_strung([arrays[3 * gate + i] for gate in order]) for i in range(3)]


def _of_cudnn(arrays: list[Tensor], gates: int) -> list[Tensor]:
    """Return kernel, recurrent kernel and bias as a layer of Keras has them, from those of its twin on cuDNN.

    The kernels of the gates are turned there, and there are two biases in a row, which tells the twins apart: an LSTM
    adds them up, a GRU keeps them. Source: `_convert_rnn_weights` in `keras/engine/saving.py` of 2.2
    """
    if len(arrays) != 3 or len(arrays[2].shape) != 1 or len(arrays[1].shape) != 2:
        return arrays
    units = arrays[1].shape[0]
    if arrays[2].shape != (2 * gates * units,):
        return arrays

    def kernel(array: Any) -> Any:
        return _by_gate(array, gates, lambda gate: gate.T.reshape(gate.shape, order="F"))

    def recurrent(array: Any) -> Any:
        return _by_gate(array, gates, lambda gate: gate.T)

    def bias(array: Any) -> Any:
        both = array.reshape(2, -1)
        return both.sum(axis=0) if gates == len(GATES["LSTM"]) else both

    shape = (gates * units,) if gates == len(GATES["LSTM"]) else (2, gates * units)
    kernels = arrays[0].map(kernel, arrays[0].shape), arrays[1].map(recurrent, arrays[1].shape)
    return [*kernels, arrays[2].map(bias, shape)]


def _by_gate(array: Any, gates: int, turn: Callable[[Any], Any]) -> Any:
    import numpy as np

    return np.concatenate([turn(gate) for gate in np.split(array, gates, axis=1)], axis=1)


def _strung(parts: list[Tensor]) -> Tensor:
    def load() -> Any:
        import numpy as np

        return np.concatenate([part.numpy() for part in parts], axis=-1)

    return Tensor((*parts[0].shape[:-1], sum(part.shape[-1] for part in parts)), load)


def _conv1d(entry: Entry, kernel: Tensor) -> Tensor:
    """Return a kernel (L, I, O) from one of an image of one column, in either layout."""
    if len(kernel.shape) != 4:
        return kernel
    size = entry.fields.get("kernel_size")
    if kernel.shape[:2] != (size, 1):
        kernel = kernel.transposed((2, 3, 1, 0))
    return kernel.reshaped((kernel.shape[0], *kernel.shape[2:]))


def _turned(order: Sequence[int]) -> Callable[[Entry, Tensor], Tensor]:
    def turn(entry: Entry, kernel: Tensor) -> Tensor:
        first = entry.fields.get("data_format") == "channels_first" and len(kernel.shape) == len(order)
        return kernel.transposed(order) if first else kernel

    return turn


KERNELS: dict[str, Callable[[Entry, Tensor], Tensor]] = {
    "Conv1D": _conv1d,
    "Conv2D": _turned((2, 3, 1, 0)),
    "Conv3D": _turned((2, 3, 4, 1, 0)),
    "Deconvolution2D": _turned((2, 3, 1, 0)),
}
"""How Keras 1 has a kernel in Keras 2's order of axes."""


def _is_flipped(entry: Entry, era: Era) -> bool:
    """Tell whether a kernel is turned round: Theano convolves, and the others correlate."""
    return era.is_theano(entry.fields.get("data_format"))


def _tell_assumed(entries: Iterable[tuple[Entry, list[Tensor]]], era: Era, report: Report) -> None:
    """Tell which engine is taken to have trained kernels for which it matters, where the file does not say it."""
    if era.backend or era.generation > 1:
        return
    for entry, arrays in entries:
        if entry.kind in CONVOLUTIONS and arrays and prod(arrays[0].shape[:-2]) > 1:
            engine = "Theano" if _is_flipped(entry, era) else "TensorFlow"
            told = f"the file does not say which engine trained {entry.name} and others; {engine} is assumed"
            report.add("assumed-value", told, entry.origin)
            return


def _flipped(kernel: Tensor, rank: int) -> Tensor:
    ways = (slice(None, None, -1),) * rank
    return kernel.map(lambda array: array[ways], kernel.shape)
