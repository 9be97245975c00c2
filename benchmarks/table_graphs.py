"""Designs as authors list them in tables, layer by layer, and the graphs that they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from ir import layers as L
from ir.graph import Graph, Input, Node, Ref
from ir.layer import Layer
from ir.shapes import Shape


@dataclass(frozen=True)
class Drawn:
    """A layer: `filters` are units too, `out` is what it gives, the channels first; `join` is what is joined."""

    kind: str
    filters: int = 0
    kernel: tuple[int, ...] = ()
    stride: tuple[int, ...] = ()
    pad: str = "same"
    rate: float = 0.0
    vocabulary: int = 0
    dilation: int = 1
    sequences: bool = False
    posts: tuple[str, ...] = ()
    join: int | None = None
    block: int = 0
    taken: tuple[int, ...] = ()
    out: tuple[int, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Network:
    """A drawn design: what comes in, the channels first, and its layers; `slope` is that of its leaky ReLU."""

    family: str
    taken: tuple[int, ...]
    layers: tuple[Drawn, ...]
    slope: float = 0.0
    title: str = ""


_CONVOLUTIONS: dict[int, Any] = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
_POOLS: dict[str, dict[int, Any]] = {
    "maxpool": {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D},
    "avgpool": {1: L.AvgPool1D, 2: L.AvgPool2D, 3: L.AvgPool3D},
    "gavgpool": {1: L.GlobalAvgPool1D, 2: L.GlobalAvgPool2D, 3: L.GlobalAvgPool3D},
}


@dataclass
class Builder:
    """A graph that grows at its tip."""

    nodes: list[Node] = field(default_factory=list)
    tip: Ref = field(default_factory=lambda: Ref("input"))
    shape: Shape = ()
    shapes: dict[Ref, Shape] = field(default_factory=dict)

    def add(self, layer: Layer, *inputs: Ref) -> Ref:
        refs = inputs or (self.tip,)
        self.shape = layer.shapes(*(self.shapes[ref] for ref in refs))[0]
        self.tip = Ref(f"n{len(self.nodes)}")
        self.nodes.append(Node(self.tip.node, layer, refs))
        self.shapes[self.tip] = self.shape
        return self.tip

    def go_to(self, ref: Ref) -> None:
        self.tip, self.shape = ref, self.shapes[ref]

    def post(self, name: str, slope: float) -> None:
        if name == "softmax":
            self.add(L.Softmax(axis=1))
        else:
            self.add(L.ReLU(negative_slope=slope) if name == "leakyrelu" else _POSTS[name])


_POSTS: dict[str, Layer] = {
    "bn": L.BatchNorm(),
    "relu": L.ReLU(),
    "elu": L.ELU(),
    "tanh": L.Tanh(),
    "sigmoid": L.Sigmoid(),
    "relu6": L.ReLU(maximum=6.0),
    "gelu": L.GELU(),
    "prelu": L.PReLU(),
    "swish": L.Swish(),
}


def graph_of(network: Network) -> tuple[Graph, Network]:
    """Return the graph that a design means, and the design with what each layer gives and learns."""
    to = Builder()
    shape: Shape = (None, *network.taken)
    to.shape = to.shapes[to.tip] = shape
    ends: list[Ref] = []
    layers = []
    for each in network.layers:
        before, start = to.shape, len(to.nodes)
        if each.kind == "concat":
            to.add(L.Concat(), to.tip, ends[each.join or 0])
        else:
            _add(to, each)
        made = tuple(size or 0 for size in to.shape[1:])
        for post in each.posts:
            to.post(post, network.slope)
        ends.append(to.tip)
        count = sum(_learned(to, node) for node in to.nodes[start:])
        layers.append(replace(each, taken=tuple(size or 0 for size in before[1:]), out=made, count=count))
    graph = Graph("", (Input("input", shape),), tuple(to.nodes), (to.tip,))
    return graph, replace(network, layers=tuple(layers))


def _learned(to: Builder, node: Node) -> int:
    return sum(prod(w.shape) for w in node.layer.weights(*(to.shapes[ref] for ref in node.inputs)).values())  # type: ignore[type-var,misc]


def _add(to: Builder, each: Drawn) -> None:
    kind, axes = each.kind, len(to.shape) - 2
    if kind in ("conv", "dwconv", "maxpool", "avgpool") and _is_over_time(to):
        to.add(L.Permute(order=(0, 2, 1)))
    if kind in ("lstm", "gru", "bilstm") and to.nodes and not _is_over_time(to):
        to.add(L.Permute(order=(0, 2, 1)))
    if kind in ("conv", "dwconv"):
        groups = int(to.shape[1] or 1) if kind == "dwconv" else 1
        pad = _pads(to, each) if each.pad == "same" else 0
        filters = int(to.shape[1] or 1) if kind == "dwconv" else each.filters
        made = _CONVOLUTIONS[axes]
        to.add(made(filters=filters, kernel=each.kernel, stride=each.stride, pad=pad, groups=groups,
                    dilation=each.dilation))  # fmt: skip
    elif kind in ("maxpool", "avgpool"):
        to.add(_POOLS[kind][axes](kernel=each.kernel, stride=each.stride))
    elif kind == "gavgpool":
        to.add(_POOLS[kind][axes]())
    elif kind == "dense":
        if len(to.shape) > 2:
            to.add(L.Flatten())
        to.add(L.Dense(units=each.filters))
    elif kind == "deconv":
        over = [k - s for k, s in zip(each.kernel, each.stride, strict=True)]
        pads = [((o + 1) // 2, (o + 1) // 2) for o in over]
        to.add(L.Conv2DTranspose(filters=each.filters, kernel=each.kernel, stride=each.stride, pad=pads,
                                 output_pad=tuple(o % 2 for o in over)))  # fmt: skip
    elif kind == "upsample":
        to.add(L.Upsample2D(scale=each.kernel))
    elif kind == "reshape":
        to.add(L.Reshape(sizes=each.kernel, axis=1))
    elif kind in ("lstm", "gru", "bilstm"):
        _recurrent(to, each)
    else:
        to.add(
            {
                "dropout": lambda: L.Dropout(rate=each.rate),
                "flatten": L.Flatten,
                "embedding": lambda: L.Embed(vocabulary=each.vocabulary, units=each.filters),
            }[kind]()
        )


def _is_over_time(to: Builder) -> bool:
    kinds = (L.LSTM, L.GRU, L.Embed, L.Concat)
    last = next((each.layer for each in reversed(to.nodes) if not isinstance(each.layer, L.Dropout)), None)
    return len(to.shape) == 3 and isinstance(last, kinds)


def _pads(to: Builder, each: Drawn) -> list[tuple[int, int]]:
    """Return a border with which an image gets smaller by the stride alone."""
    found = []
    for size, kernel, stride in zip(to.shape[2:], each.kernel, each.stride, strict=True):
        over = each.dilation * (kernel - 1)
        found.append((over // 2, over - over // 2) if size is None or kernel % 2 else _even(size, kernel, stride))
    return found


def _even(size: int, kernel: int, stride: int) -> tuple[int, int]:
    over = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return over // 2, over - over // 2


def _recurrent(to: Builder, each: Drawn) -> None:
    kind = L.GRU if each.kind == "gru" else L.LSTM
    layer, start = kind(units=each.filters, sequences=each.sequences), to.tip
    to.add(layer)
    if each.kind != "bilstm":
        return
    forward = to.tip
    to.go_to(start)
    to.add(L.Reverse(axis=1))
    to.add(layer)
    if each.sequences:
        to.add(L.Reverse(axis=1))
    to.add(L.Concat(axis=2 if each.sequences else 1), forward, to.tip)


def learned(layers: Iterable[Drawn]) -> int:
    """Return how many numbers layers learn."""
    return sum(each.count for each in layers)
