"""Caffe's forward pass in plain numpy, run on a prototxt as it stands: what decides how a file is to be understood.

Written from the sources of BVLC Caffe (src/caffe/net.cpp and src/caffe/layers/*.cpp). It shares the parser of the text
with the project and nothing else: no reader, no rules, no catalogue and no shape inference. What Caffe's CHECKs end
with is a `Refusal`, so that it tells as well whether Caffe would take what was written. Double precision, no speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ir import Report
from ir.origin import Source
from ir.weights import of_array
from tests.caffe_reference import detection, elementwise, forks, normalization, rearranging, recurrent, windows
from tests.caffe_reference.setting import LAYERS, Array, Refusal, Setting, check
from translator.attrs import Attrs
from translator.dialects.caffe.binary import encode
from translator.dialects.caffe.syntax import parse
from translator.dialects.caffe.typed import decode

__all__ = [
    "Refusal",
    "Run",
    "caffemodel",
    "detection",
    "elementwise",
    "forks",
    "forward",
    "input_shapes",
    "normalization",
    "rearranging",
    "recurrent",
    "windows",
]


@dataclass
class Run:
    """What a forward pass left: every tensor by its blob, each layer's weights, and what no layer took."""

    tensors: dict[str, Array] = field(default_factory=dict)
    weights: dict[str, list[Array]] = field(default_factory=dict)
    outputs: dict[str, Array] = field(default_factory=dict)


def tree(text: str) -> Attrs:
    """Return a prototxt's fields; raise Refusal where it is not well formed."""
    report, source = Report(), Source("net.prototxt", text)
    net = decode(parse(source, report), "NetParameter", source, report)
    check(not report.error_count(), "; ".join(map(str, report)))
    return net


def layers(net: Attrs) -> tuple[Attrs, ...]:
    """Return the layers of a net, those of V1 under today's names."""
    plain = {name.lower(): name for name in LAYERS}
    old = [
        Attrs({**each, "type": plain[each["type"].replace("_", "").lower()], "param": ()})
        for each in net.repeated("layers")
    ]
    return (*old, *net.repeated("layer"))


def input_shapes(text: str) -> dict[str, tuple[int, ...]]:
    """Return the shape of each input that a prototxt declares."""
    net = tree(text)
    names, dims = net.repeated("input"), net.repeated("input_dim")
    shapes = [each.repeated("dim") for each in net.repeated("input_shape")]
    shapes = shapes or [dims[i : i + 4] for i in range(0, len(dims), 4)]
    check(len(names) == len(shapes), "each input has a shape")
    found = dict(zip(names, shapes, strict=True))
    for layer in layers(net):
        if layer["type"] == "Input":
            declared = [each.repeated("dim") for each in layer.message("input_param").repeated("shape")]
            tops = layer.repeated("top")
            check(len(declared) in (1, len(tops)), "an Input has one shape, or one for each top")
            found.update(zip(tops, declared * (len(tops) if len(declared) == 1 else 1), strict=True))
    return found


def forward(
    text: str, inputs: Mapping[str, Array], weights: Mapping[str, Sequence[Array]] | None = None, seed: int = 0
) -> Run:
    """Run a net in its TEST phase; blobs that are not given are drawn at random, and returned."""
    run, shared, rng = Run(), dict[str, Array](), np.random.default_rng(seed)
    current = run.tensors
    current.update((name, np.asarray(value, np.float64)) for name, value in inputs.items())
    run.outputs.update(current)
    for attrs in layers(tree(text)):
        bottoms, tops = attrs.repeated("bottom"), attrs.repeated("top")
        if attrs["type"] == "Input":
            check(current.keys() >= set(tops), f"{tops} are not given")
            continue
        check(attrs["type"] in LAYERS, f"unknown layer type {attrs['type']}")
        for bottom in bottoms:
            check(bottom in current, f"unknown bottom blob {bottom}")
            run.outputs.pop(bottom, None)
        for i, top in enumerate(tops):
            in_place = i < len(bottoms) and bottoms[i] == top
            check(in_place or top not in current, f"top blob {top} is produced by multiple sources")
        name = attrs.get("name", "")
        setting = Setting(attrs, None if weights is None else weights.get(name, ()), shared, rng)
        found = LAYERS[attrs["type"]](setting, *(current[bottom] for bottom in bottoms))
        found = found if isinstance(found, tuple) else (found,)
        check(len(found) == len(tops), f"{name} gives {len(found)} tops, not {len(tops)}")
        check(setting.given is None or len(setting.given) == len(setting.blobs), f"{name} has too many blobs")
        if setting.blobs:
            run.weights[name] = setting.blobs
        current.update(zip(tops, found, strict=True))
        run.outputs.update(zip(tops, found, strict=True))
    return run


def caffemodel(text: str, weights: Mapping[str, Sequence[Array]]) -> bytes:
    """Return the binary file in which Caffe keeps a net with these blobs."""
    with_blobs = [
        Attrs({**each, "blobs": tuple(of_array(blob) for blob in weights.get(each["name"], ()))})
        for each in layers(tree(text))
    ]
    return b"".join(
        bytes(each) for each in encode({"name": "net", "layer": tuple(with_blobs)}, "NetParameter").chunks()
    )
