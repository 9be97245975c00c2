"""Build a design out of the layers that were read: gaps are filled by the printed sizes, and what is filled is told.

What nothing tells is asked for: a diagnostic with a question (`question`). The graph has its channels first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from extract.cells import Reading
from extract.layouts import TableDesign
from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Input, Node, Ref
from ir.layer import Layer, LayerError, ShapeError
from ir.origin import Origin
from ir.shapes import Shape

USUAL = (None, 3, 224, 224)
"""The input where a paper's table does not say it: that of ImageNet."""
POSTS: dict[str, Layer] = {
    "bn": L.BatchNorm(),
    "lrn": L.LRN(),
    "relu": L.ReLU(),
    "relu6": L.ReLU(maximum=6.0),
    "leakyrelu": L.ReLU(negative_slope=0.01),
    "prelu": L.PReLU(),
    "elu": L.ELU(),
    "sigmoid": L.Sigmoid(),
    "tanh": L.Tanh(),
    "swish": L.Swish(),
    "softplus": L.Softplus(),
}
_HIDDEN = ("conv", "gconv", "dwconv", "deconv", "dense")


@dataclass
class Assembly:
    """A graph that grows at its tip."""

    name: str
    report: Report
    origin: Origin
    relu: bool = False
    nodes: list[Node] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    tip: Ref = field(default_factory=lambda: Ref(""))
    shape: Shape = ()
    shapes: dict[Ref, Shape] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def start(self, shape: Shape, name: str = "input") -> None:
        """Begin with an input of a shape."""
        taken = {each.name for each in self.inputs}
        while name in taken:
            name += "_"
        self.inputs.append(Input(name, shape, self.origin))
        self.go_to(Ref(name), shape)

    def go_to(self, ref: Ref, shape: Shape) -> None:
        """Go on from a tensor."""
        self.tip, self.shape = ref, shape
        self.shapes[ref] = shape

    def add(self, layer: Layer, stem: str, *inputs: Ref) -> Ref:
        """Add a layer behind the tip, or behind other tensors; raise ShapeError where it does not fit."""
        refs = inputs or (self.tip,)
        shape = layer.shape(*(self.shapes[ref] for ref in refs))
        self.counts[stem] = number = self.counts.get(stem, 0) + 1
        name = f"{stem}{number}"
        self.nodes.append(Node(name, layer, refs, origin=self.origin))
        self.go_to(Ref(name), shape)
        return self.tip

    def ask(self, message: str) -> None:
        """Tell what the paper leaves open."""
        self.report.add("question", message, self.origin)

    def infer(self, message: str) -> None:
        """Tell what follows from what the paper says, but is not said."""
        self.report.add("inferred", message, self.origin)

    def graph(self) -> Graph:
        """Return the graph."""
        plain = Graph(self.name, tuple(self.inputs), tuple(self.nodes), ())
        return Graph(plain.name, plain.inputs, plain.nodes, plain.loose_ends())


def assemble(design: TableDesign, caption: str, name: str, origin: Origin, report: Report) -> Graph:
    """Return the graph of a design that was read; what is inferred or asked is reported."""
    plain = re.sub(r"\s+", " ", caption)
    told_relu = bool(re.search(r"\brelu\b", plain, re.IGNORECASE))
    assembly = Assembly(name, report, origin, relu=told_relu)
    readings = list(_with_outputs(design.readings))
    shape = _input_shape(readings)
    if shape is None and (shape := _before(readings)) is not None:
        size = " x ".join(map(str, shape[1:]))
        assembly.infer(f"the input is {size}, as the size behind the first layer and its stride tell")
    if shape is None:
        assembly.ask(f"{name}: what is the shape of the input? {USUAL[1:]} (channels, height, width) is taken")
    assembly.start(shape or USUAL)
    residual = bool(re.search(r"residual|resnet|building blocks are shown in brackets", plain, re.IGNORECASE))
    last = max((i for i, each in enumerate(readings) if each.kind == "dense"), default=-1)
    for i, reading in enumerate(readings):
        if reading.kind == "input":
            continue
        try:
            LayersOf(assembly, residual, is_last=i == last).of(reading)
        except (ShapeError, LayerError) as error:
            told = str(error).replace("{0}", str(assembly.tip))
            assembly.ask(f"{reading.text or reading.kind!r} does not fit: it {told}; how is it meant?")
    return assembly.graph()


def _before(readings: Sequence[Reading]) -> Shape | None:
    """Return the shape of an input of three colours, of which the first layer makes the size that is printed."""
    first = next((each for each in readings if each.kind != "input"), None)
    output = first.params.get("output", ()) if first else ()
    if first is None or first.kind != "conv" or len(output) < 2:
        return None
    height, width = (size * step for size, step in zip(output, first.params.get("stride", (1, 1)), strict=False))
    return (None, 3, height, width)


def _with_outputs(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yield readings with what each gives, where a table prints it as what the next one takes."""
    for reading, after in zip(readings, [*readings[1:], None], strict=True):
        taken = after.params.get("input") if after is not None else None
        if after is not None and after.kind == "block" and reading.kind in ("maxpool", "avgpool", "pool"):
            taken = taken or after.params.get("output")  # One stage, whose size is printed beside the block.
        if taken and "output" not in reading.params and reading.kind != "input":
            yield replace(reading, params={**reading.params, "output": taken})
        else:
            yield reading


def _input_shape(readings: Sequence[Reading]) -> Shape | None:
    """Return what a table says of its input: a row of its own, or the input of the first layer."""
    for reading in readings[:2]:
        said = reading.params.get("shape") if reading.kind == "input" else reading.params.get("input")
        said = said or (reading.params.get("output") if reading.kind == "input" else None)
        if said and len(said) >= 2:
            height, width, *channels = said
            return (None, channels[0] if channels else 3, height, width)
        if said and reading.kind == "input":
            return (None, 3, said[0], said[0])
    return None


class LayersOf:
    """The layers of a reading, put behind each other."""

    def __init__(self, assembly: Assembly, residual: bool = False, *, is_last: bool) -> None:
        self.to = assembly
        self.residual = residual
        self.is_last = is_last

    def of(self, reading: Reading) -> None:
        """Add what a reading says, as often as it does."""
        output = reading.params.get("output", ())
        for turn in range(reading.times):
            if reading.kind == "block":
                self._block(reading, output, first=turn == 0)
            else:
                self._layer(reading, output if reading.times == 1 else ())

    def _block(self, block: Reading, output: Sequence[int], *, first: bool) -> None:
        start, shape = self.to.tip, self.to.shape
        for i, inner in enumerate(block.block):
            target = output if first and i == 0 else ()
            self._layer(inner, target, norm=self.residual, bare=self.residual and i == len(block.block) - 1)
        if not self.residual:
            return
        end, grown = self.to.tip, self.to.shape
        if shape != grown:
            stride = _ratio(shape, grown)
            self.to.go_to(start, shape)
            self.to.add(L.Conv2D(filters=grown[1], kernel=1, stride=stride, bias=False), "shortcut")
            start = self.to.add(L.BatchNorm(), "norm")
            self.to.infer(f"the shortcut beside {end} is a projection, as what it joins has another shape")
        self.to.add(L.Add(), "add", end, start)
        self.to.add(L.ReLU(), "relu")

    def _layer(self, reading: Reading, output: Sequence[int], *, norm: bool = False, bare: bool = False) -> None:
        kind, params = reading.kind, reading.params
        norm = norm or (self.residual and kind in ("conv", "gconv", "dwconv"))
        if kind in ("conv", "gconv", "dwconv"):
            self._reduced(reading)
            self._convolution(reading, output, bias=not norm)
        elif kind in ("maxpool", "avgpool", "pool"):
            self._pool(reading, output)
        elif kind in ("gavgpool", "gmaxpool"):
            self.to.add(L.GlobalAvgPool2D() if kind == "gavgpool" else L.GlobalMaxPool2D(), "pool")
        elif kind == "dense":
            self._dense(reading)
        elif kind == "softmax":
            self._flat()
            self.to.add(L.Softmax(axis=1), "softmax")
        elif kind == "dropout":
            self.to.add(L.Dropout(rate=params.get("rate", 0.5)), "dropout")
        elif kind == "flatten":
            self._flat()
        elif kind in POSTS:
            self.to.add(POSTS[kind], kind)
        elif kind in ("lstm", "rnn") and params.get("units") and len(self.to.shape) == 3:
            sequences = len(params.get("drawn", ())) == 3
            cls: Any = L.LSTM if kind == "lstm" else L.SimpleRNN
            self.to.add(cls(units=params["units"], sequences=sequences), kind)
        elif kind == "inception":
            self._inception(params)
        elif kind == "fire":
            self._fire(params)
        else:
            self.to.ask(f"{reading.text or kind!r} is not known here: what is it made of?")
            sizes = ((-1, *(size or -1 for size in self.to.shape[1:])),)
            self.to.add(L.Custom(type=kind, arguments=dict(params), sizes=sizes), kind)
        if norm and kind in _HIDDEN:
            self.to.add(L.BatchNorm(), "norm")
        for post in reading.posts:
            if post in POSTS:
                self.to.add(POSTS[post], post)
        hidden = kind in _HIDDEN and not bare and not (kind == "dense" and self.is_last)
        if hidden and (self.to.relu or norm) and not set(reading.posts) & {"relu", "prelu", "elu", "leakyrelu"}:
            self.to.add(L.ReLU(), "relu")

    def _reduced(self, reading: Reading) -> None:
        """Add the 1 x 1 convolution that a column of reductions says is in front of one."""
        widths = dict(_widths(reading.params))
        kernel = "x".join(map(str, reading.params.get("kernel", ())))
        if f"{kernel}reduce" in widths:
            self.to.add(L.Conv2D(filters=widths[f"{kernel}reduce"], kernel=1), "conv")
            self.to.add(L.ReLU(), "relu")

    def _convolution(self, reading: Reading, output: Sequence[int], *, bias: bool) -> None:
        params, channels = reading.params, self.to.shape[1]
        said = params.get("kernel")
        if said is None:
            self.to.ask(f"{reading.text!r}: what is the kernel? 3 x 3 is taken")
        kernel = said or (3, 3)
        filters = params.get("filters") or (channels if reading.kind == "dwconv" else None)
        if filters is None:
            self.to.ask(f"{reading.text!r}: how many filters? as many as channels come in, {channels}, are taken")
            filters = channels
        groups = channels if reading.kind == "dwconv" else params.get("groups", 1)
        dilation = params.get("dilation", 1)

        def made(stride: Sequence[int], pad: Any, rounding: str) -> Layer:
            return L.Conv2D(
                filters=filters, kernel=kernel, stride=stride, pad=pad, dilation=dilation, groups=groups, bias=bias
            )

        self._fitting(reading, made, kernel, params.get("stride"), (1, 1), output, ("floor",), dilation)

    def _pool(self, reading: Reading, output: Sequence[int]) -> None:
        params = reading.params
        space = self.to.shape[2:]
        kernel = params.get("kernel")
        if kernel is None and (reading.kind == "avgpool" and (not output or tuple(output[:2]) == (1, 1))):
            self.to.infer(f"{reading.text!r} pools over the whole image, {space[0]} x {space[1]}")
            self.to.add(L.GlobalAvgPool2D(), "pool")
            return
        if kernel is None:
            self.to.infer(f"{reading.text!r} has no window: 2 x 2 is taken, as is usual")
            kernel = (2, 2)
        cls: Any = L.AvgPool2D if reading.kind == "avgpool" else L.MaxPool2D

        def made(stride: Sequence[int], pad: Any, rounding: str) -> Layer:
            layer: Layer = cls(kernel=kernel, stride=stride, pad=pad, rounding=rounding)
            return layer

        self._fitting(reading, made, kernel, params.get("stride"), kernel, output, ("floor", "ceil"), 1)

    def _fitting(
        self,
        reading: Reading,
        made: Any,
        kernel: Sequence[int],
        stride: Sequence[int] | None,
        usual: Sequence[int],
        output: Sequence[int],
        roundings: Sequence[str],
        dilation: int,
    ) -> None:
        """Add the layer whose stride, border and rounding give the printed size; where none is, the usual one."""
        pool = reading.kind in ("maxpool", "avgpool", "pool")
        same = [dilation * (size - 1) // 2 for size in kernel]
        said = reading.params.get("pad")
        pads: list[Any] = [0, same] if pool else [same, 0]
        if isinstance(said, int):
            pads = [said]
        elif said in ("same", "valid"):
            pads = [same if said == "same" else 0]
        others = [(1, 1), (2, 2), (3, 3)] if output else []
        strides = [stride or usual, *others]
        first: Layer | None = None
        for step, pad, rounding in product(strides, pads, roundings):
            try:
                layer = made(step, pad, rounding)
                shape = layer.shape(self.to.shape)
            except (ShapeError, LayerError):
                continue
            first = first or layer
            if not output or tuple(shape[2:]) == tuple(output[:2]):
                self._told(reading, layer, stride, said, output)
                self.to.add(layer, "pool" if pool else "conv")
                return
        if first is None:
            raise ShapeError(f"cannot stand behind {self.to.shape}")
        size = " x ".join(map(str, output[:2]))
        self.to.ask(f"{reading.text!r} gives {first.shape(self.to.shape)[2:]}, but {size} is printed: how is it meant?")
        self.to.add(first, "pool" if pool else "conv")

    def _told(self, reading: Reading, layer: Any, stride: Any, said: Any, output: Sequence[int]) -> None:
        if not output:
            return
        size = " x ".join(map(str, output[:2]))
        if stride and tuple(layer.stride) != tuple(stride):
            told = f"{reading.text!r} is printed with stride {stride[0]}, but gives {size} with {layer.stride[0]}"
            self.to.ask(f"{told}: is that meant?")
        elif (stride is None and set(layer.stride) != {1}) or (said is None and layer.pad != ((0, 0), (0, 0))):
            self.to.infer(f"{reading.text!r} has stride {layer.stride} and border {layer.pad}, as it gives {size}")

    def _flat(self) -> None:
        if len(self.to.shape) > 2:
            self.to.add(L.Flatten(), "flatten")

    def _dense(self, reading: Reading) -> None:
        units = reading.params.get("units")
        if units is None:
            self.to.ask(f"{reading.text!r}: how many units? 1000 are taken")
        self._flat()
        self.to.add(L.Dense(units=units or 1000), "fc")

    def _branches(self, widths: Iterable[Sequence[tuple[int, int]]], pool: int = 0) -> None:
        """Add branches of convolutions (kernel, filters) beside each other, and one of a pooling, and join them."""
        start, shape = self.to.tip, self.to.shape
        ends = []
        for branch in widths:
            self.to.go_to(start, shape)
            for kernel, filters in branch:
                self.to.add(L.Conv2D(filters=filters, kernel=kernel, pad=kernel // 2), "conv")
                self.to.add(L.ReLU(), "relu")
            ends.append(self.to.tip)
        if pool:
            self.to.go_to(start, shape)
            self.to.add(L.MaxPool2D(kernel=3, stride=1, pad=1), "pool")
            self.to.add(L.Conv2D(filters=pool, kernel=1), "conv")
            self.to.add(L.ReLU(), "relu")
            ends.append(self.to.tip)
        self.to.add(L.Concat(), "concat", *ends)

    def _inception(self, params: dict[str, Any]) -> None:
        """Add a module of GoogLeNet's form. Source: Szegedy et al., Going Deeper with Convolutions, figure 2 (b)."""
        widths = dict(_widths(params))
        names = ("1x1", "3x3reduce", "3x3", "5x5reduce", "5x5")
        if not all(name in widths for name in names):
            raise ShapeError("is an inception module whose branches the table does not say")
        one, less3, three, less5, five = (widths[name] for name in names)
        self._branches([[(1, one)], [(1, less3), (3, three)], [(1, less5), (5, five)]], widths.get("proj", 0))

    def _fire(self, params: dict[str, Any]) -> None:
        """Add a module of SqueezeNet's form. Source: Iandola et al., SqueezeNet, figure 1."""
        widths = dict(_widths(params))
        squeeze = widths.get("s1x1", widths.get("1x1squeeze"))
        ends = widths.get("e1x1", widths.get("1x1expand")), widths.get("e3x3", widths.get("3x3expand"))
        if squeeze is None or None in ends:
            raise ShapeError("is a fire module whose widths the table does not say")
        self.to.add(L.Conv2D(filters=squeeze, kernel=1), "squeeze")
        self.to.add(L.ReLU(), "relu")
        self._branches([[(1, ends[0] or 1)], [(3, ends[1] or 1)]])


def _widths(params: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the widths of branches by plain names: `#3×3 reduce` is 3x3reduce."""
    for name, value in params.items():
        if isinstance(value, int):
            plain = re.sub(r"[#\s()]", "", name.lower().replace("×", "x"))
            if "proj" in plain:
                yield "proj", value
            elif match := re.search(r"[se]?\d+x\d+(?:reduce|squeeze|expand)?", plain):
                yield match[0], value


def _ratio(before: Shape, after: Shape) -> int:
    return max(1, round((before[2] or 1) / (after[2] or 1)))
