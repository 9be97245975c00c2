"""Put the layers of a reading behind each other in a graph: what its table leaves open is inferred, or asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.branches import widths_of
from extract.designs.carrying import carry
from extract.designs.fitting import by, fit
from extract.designs.joining import join
from extract.designs.mobile import gate
from extract.designs.modules import MODULES
from extract.designs.padding import bordered
from extract.designs.pooling import adapted, over_all, pooled
from extract.designs.sequences import at_each_step
from extract.designs.sizes_given import image_of
from extract.designs.sums import compare_channels
from extract.designs.unsaid_windows import window_of
from extract.designs.volumes import CONVOLUTIONS, axes_for, sides, space_of
from extract.words.families import ACTIVATIONS, LOCAL_POOLS, POSTED, SLIDING, WHOLE_POOLS, resampling
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import Layer
from ir.shapes import Shape

_HIDDEN = (*SLIDING, "dense")
_LINEAR = re.compile(r"linear (?=\S*conv|depth|global|\d)", re.IGNORECASE)
"""A convolution that says it has no activation, in front of its name: linear 1 × 1 conv."""
STEPPED = 3
"""Axes of a batch of sequences."""


@dataclass(frozen=True)
class Style:
    """How the layers of a design are put together where its table does not say it."""

    residual: bool = False
    """Blocks have a shortcut beside them."""
    norm: bool = False
    """Convolutions are followed by a BatchNorm."""
    activation: str = "relu"


class LayersOf:
    """The layers of a reading, put behind each other."""

    def __init__(self, assembly: Assembly, style: Style | None = None, *, is_last: bool) -> None:
        self.to = assembly
        self.style = style or Style()
        self.is_last = is_last

    def of(self, reading: Reading) -> None:
        """Add what a reading says, as often as it does."""
        output = reading.params.get("output", ())
        self.to.norm_groups = reading.params.get("norm_groups", self.to.norm_groups)
        keeps = len(output) > 1 and tuple(output[:2]) == tuple(self.to.shape[2:4])  # Each of the repeats does.
        for turn in range(reading.times):
            if reading.kind in MODULES:
                MODULES[reading.kind](self.to, _with_stride(reading, self.to.shape), turn)
            elif reading.block:
                self._block(reading, output, first=turn == 0)
            else:
                once = turn and self._steps_once(reading, output)
                one = replace(reading, params={**reading.params, "stride": (1, 1)}) if once else reading
                self._layer(one, output if keeps or turn == self._sized(reading, output) else ())

    def _steps_once(self, reading: Reading, output: Sequence[int]) -> bool:
        """Tell whether of several convolutions alike the first alone steps: the printed size tells, or it is asked."""
        if reading.kind not in SLIDING or {*reading.params.get("stride", (1,))} <= {1}:
            return False
        if len(output) > 1:
            return self.to.shape[2:4] == tuple(output[:2])
        self.to.ask(f"{reading.text!r} comes {reading.times} times: does each step? The first alone is taken to")
        return True

    def _sized(self, reading: Reading, output: Sequence[int]) -> int:
        """Return which of the repeats gives the printed size: the first, where that is much smaller, or the last."""
        space = self.to.shape[2:4]
        pairs = zip(space, output, strict=False)
        return 0 if any(before and 3 * after < 2 * before for before, after in pairs) else reading.times - 1

    def _block(self, block: Reading, output: Sequence[int], *, first: bool) -> None:
        start, shape = self.to.tip, self.to.shape
        residual = self.style.residual or any(each.kind == "shortcut" for each in block.block)
        *layers, last = _each_of(each for each in block.block if each.kind != "shortcut")
        squeezed = last.params.get("in_features") if last.kind == "dense" else None
        own = layers if squeezed else [*layers, last]
        steps = _stepping(own)
        for i, inner in enumerate(own):
            target = output if first and i == steps else ()
            if residual and not first and "stride" in inner.params:
                inner = replace(inner, params={**inner.params, "stride": (1, 1)})  # Only where a stage begins.
            if inner.kind in MODULES:
                self.of(inner)
            else:
                self._layer(inner, target, bare=residual and i == len(layers) - bool(squeezed))
        if squeezed:
            gate(self.to, squeezed)
        if not residual:
            if block.times > 1 and len(layers) and all(each.kind == "conv" for each in (*layers, last)):
                self.to.ask_once("is there a way around the blocks in brackets, as residual nets have? None is taken")
            return
        end, grown = self.to.tip, self.to.shape
        if shape != grown:
            made = CONVOLUTIONS.get(len(shape) - 2, L.Conv2D)
            self.to.go_to(start, shape)
            self.to.add(made(filters=grown[1], kernel=1, stride=_ratios(shape, grown), bias=False), "shortcut")
            start = self.to.add(L.BatchNorm(), "norm")
            self.to.infer(f"the shortcut beside {end} is a projection, as what it joins has another shape")
        self.to.add(L.Add(), "add", end, start)
        if not any(each.kind == "shortcut" for each in block.block):
            self.to.add(L.ReLU(), "relu")

    def _layer(self, reading: Reading, output: Sequence[int], *, bare: bool = False) -> None:
        kind, params = reading.kind, reading.params
        self.to.norm_groups = params.get("norm_groups", self.to.norm_groups)
        linear = self.style.norm and bool(_LINEAR.match(reading.text))  # Normalised, with no activation.
        norm = kind in SLIDING and self.style.norm and "nbn" not in reading.text.lower()
        norm &= linear or not self.to.is_pooled
        if kind in SLIDING and "kernels" in params:
            self._beside(reading)
        elif kind in (*SLIDING, "local"):
            self._reduced(reading)
            self._convolution(reading, output, bias=params.get("bias", not norm))
        elif kind in LOCAL_POOLS:
            pooled(self.to, reading, output)
        elif kind in WHOLE_POOLS and (windows := adapted(self.to, reading)):
            pooled(self.to, replace(reading, kind=kind[1:], params=windows), ())
        elif kind in WHOLE_POOLS:
            over_all(self.to, reading)
        elif kind == "dense" and not self._is_among_images(params.get("output", ())):
            self._dense(reading)
        elif kind == "softmax":
            self._as_many(reading)
            self._softmax()
        elif kind == "dropout":
            if "rate" not in params:
                self.to.infer_once("a half is dropped where it is not said how much, as is usual")
            self.to.add(L.Dropout(rate=params.get("rate", 0.5)), "dropout")
        elif kind == "flatten" and params.get("stepped") and len(self.to.shape) > len("nc"):
            self.to.ask(f"{reading.text!r} in front of {params['stepped']!r}: are its steps kept? So it is taken")
        elif kind == "flatten":
            self._flat()
        elif kind == "reorg":
            self._reorg(reading)
        elif kind == "noise":
            self.to.infer(f"{reading.text!r} adds noise in training alone, and was left out")
            self.to.add(L.Identity(), "noise")
        elif kind == "turn":
            self.to.add(L.Permute(order=(0, 2, 1)), "permute")
        elif kind == "reshape" and (size := image_of(output or params.get("shape", ()))):
            self._reshape(size)
        elif (
            kind == "reshape"
            and len(steps := tuple(output or params.get("shape", ()))) == len("tc")
            and prod(steps) == self._elements()
        ):
            self._as_steps(steps, in_front=params.get("axes") == 1)
        elif kind == "reshape" and not params and self.to.nodes and isinstance(self.to.nodes[-1].layer, L.Reshape):
            self.to.infer(f"{reading.text!r} is what gives the Dense in front of it its printed size")
        elif kind == "rescale" and "scale" not in params:
            self.to.ask(f"{reading.text!r}: how are the numbers that come in scaled? Not at all is taken")
        elif kind == "rescale":
            self.to.add(L.Power(scale=params["scale"], shift=params["shift"]), "rescale")
        elif kind == "lrn" and self._is_in_front() and _UNTOLD_NORM.fullmatch(reading.text.strip()):
            self.to.ask(f"{reading.text!r}: how are the numbers that come in scaled? Not at all is taken")
        elif kind == "lrn":
            if _UNTOLD_NORM.fullmatch(reading.text.strip()):
                self.to.ask(f"{reading.text!r}: which normalisation is it? That of local responses is taken")
            self.to.add(_lrn(params), "lrn")
        elif kind == "activation":
            self.to.ask(f"{reading.text!r}: which activation is it? ReLU is taken")
            self.to.act("relu")
        elif kind == "bn" and params.get("count") == 3 * (self.to.shape[1] or 0):
            self.to.infer(f"{reading.text!r} shifts, but does not scale, as its number of parameters tells")
            self.to.add(L.BatchNorm(scale=False), "bn")
        elif kind in POSTED:
            self._as_wide(reading)
            self.to.act(kind, params.get("slope"))
        elif not join(self.to, reading):
            self.to.ask(f"{reading.text or kind!r} is not known here: what is it made of?")
            carry(self.to, reading)
        if norm and kind in _HIDDEN:
            self.to.add(L.BatchNorm(), "norm")
            self.to.infer_once("a BatchNorm stands behind each convolution, as is usual in such nets")
        for post in reading.posts:
            if post == "softmax":
                self._softmax()
            elif post in POSTED:
                self.to.act(post, params.get("slope"))
        hidden = kind in _HIDDEN and not bare and not linear and not (kind == "dense" and self.is_last)
        if hidden and (self.to.relu or norm) and not set(reading.posts) & ACTIVATIONS:
            self.to.act(self.style.activation)

    def _is_in_front(self) -> bool:
        """Tell whether what comes in was but cut and scaled so far."""
        return all(isinstance(each.layer, L.Pad2D | L.Power) for each in self.to.nodes)

    def _reduced(self, reading: Reading) -> None:
        """Add the 1 x 1 convolution that a column of reductions says is in front of one."""
        widths = dict(widths_of(reading.params))
        kernel = "x".join(map(str, reading.params.get("kernel", ())))
        if isinstance(width := widths.get(f"{kernel}reduce"), int):
            self.to.add(L.Conv2D(filters=width, kernel=1), "conv")
            self.to.add(L.ReLU(), "relu")

    def _beside(self, reading: Reading) -> None:
        """Add convolutions of several windows beside each other. Source: Kim, Convolutional Networks for Sentences."""
        start, shape, ends = self.to.tip, self.to.shape, []
        lengths = reading.params["kernels"]
        self.to.infer(f"{reading.text!r}: convolutions with windows of {by(lengths)} stand beside each other")
        for length in lengths[:8]:
            self.to.go_to(start, shape)
            axes = len(shape) - 2
            params = {**reading.params, "kernel": (length,) * axes, "pad": (((length - 1) // 2, length // 2),) * axes}
            self._convolution(replace(reading, params=params), (), bias=True)
            ends.append(self.to.tip)
        self.to.add(L.Concat(), "concat", *ends)

    def _convolution(self, reading: Reading, output: Sequence[int], *, bias: bool) -> None:
        params, channels = reading.params, self.to.shape[1]
        axes = axes_for(reading, self.to.shape)
        whole: Sequence[int] = params.get("output", ()) if axes != 2 else ()
        given = whole[-1] if len(whole) == axes + 1 else None
        filters = params.get("filters") or (channels if reading.kind == "dwconv" else given)
        said = window_of(self.to, reading, axes, filters, output)
        kernel = said or (3,) * axes
        groups = channels if reading.kind == "dwconv" else params.get("groups", 1)
        compare_channels(self.to, reading, int(groups or 1))
        if params.get("count") and params["count"] * groups == prod((*kernel, int(channels or 0), int(filters or 0))):
            bias = False  # So many numbers are printed that there is none.
        if said is None:
            self.to.ask(f"{reading.text!r}: what is the kernel? {by(kernel)} is taken")
        if filters is None:
            self.to.ask(f"{reading.text!r}: how many filters? as many as channels come in, {channels}, are taken")
            filters = channels
        third = params.get("window", (0, 0, 0))[2:]
        if axes == 2 and third == (filters,) and not output and "in_channels" not in params and filters != channels:
            self.to.infer(f"{reading.text!r} has {filters} filters, for {channels} channels come in")
        if reading.kind == "gconv" and "groups" not in params:
            self.to.ask(f"{reading.text!r}: in how many groups? 1 is taken")
        said = params.get("dilation", 1)
        dilation = (said,) * axes if isinstance(said, int) else sides(self.to, reading, "dilation", axes) or (1,) * axes

        def made(stride: Sequence[int], pad: Any, rounding: str) -> Layer:
            if reading.kind == "local":
                return L.LocallyConnected2D(filters=filters, kernel=kernel, stride=stride, pad=pad)
            return CONVOLUTIONS[axes](  # type: ignore[no-any-return]
                filters=filters, kernel=kernel, stride=stride, pad=pad, dilation=dilation, groups=groups, bias=bias
            )

        stride, space = sides(self.to, reading, "stride", axes), space_of(output, filters, axes)
        fit(self.to, reading, made, kernel, stride, (1,) * axes, space, ("floor",), dilation)
        bordered(self.to, params.get("border", "constant"))

    def _as_many(self, reading: Reading) -> None:
        """Add the Dense in front of a softmax of another number of ways than come in."""
        units, (_, *before) = reading.params.get("units"), self.to.shape
        if units and units > 1 and None not in before and units not in (before[0], prod(each or 1 for each in before)):
            self.to.infer(f"a Dense of {units} is in front of {reading.text!r}, as so many ways are printed")
            self._dense(replace(reading, kind="dense", params={"units": units}))

    def _as_wide(self, reading: Reading) -> None:
        """Ask for the Dense in front of an activation of another number of units than come in: `tanh, 64`."""
        units, sizes = reading.params.get("units"), self.to.shape[1:]
        if not units or units in (self.to.shape[self.to.features], prod(each or 1 for each in sizes)):
            return
        told = "One is taken" if self.to.is_pooled else "None is taken"
        self.to.ask(f"{reading.text!r}: is there a Dense of {units} in front of it? {told}")
        if self.to.is_pooled:
            self._dense(replace(reading, kind="dense", params={"units": units}))

    def _softmax(self) -> None:
        """Add a softmax: over a vector, or at each place of an image over its channels."""
        if self.to.is_pooled:
            self._flat()
        elif len(self.to.shape) > 2:
            self.to.infer("the softmax is over the features at each place, as nothing pools them")
        self.to.add(L.Softmax(axis=self.to.features), "softmax")

    def _flat(self) -> None:
        if len(self.to.shape) > 2:
            self.to.add(L.Flatten(), "flatten")

    def _dense(self, reading: Reading) -> None:
        units, said = reading.params.get("units"), reading.params.get("in_features")
        if said is not None and said != prod(each or said for each in self.to.shape[1:]):
            come = prod(each or 1 for each in self.to.shape[1:])
            self.to.misfit(f"{reading.text!r} takes {said}, but {come} come in")
        if units is None:
            self.to.ask(f"{reading.text!r}: how many units? 1000 are taken")
        elif not self.to.is_pooled and not reading.posts and units == prod(each or 0 for each in self.to.shape[1:]):
            self.to.ask(f"{reading.text!r} gives as many numbers as come in: is it but a Flatten? A Dense is built")
        ways = "softmax" in reading.text.lower().replace("-", "")
        if ways and self.to.is_pooled and self.to.shape[1] == units:
            return  # So many ways are there already: a softmax over them is what is meant.
        output = reading.params.get("output", ())
        stepped = reading.params.get("steps") and len(self.to.shape) == STEPPED
        stepped = stepped and ("per_step" in reading.params or len(output) + 1 == STEPPED)
        if not stepped and not (at_each_step(reading) and len(self.to.shape) == STEPPED):
            self._flat()
        weights = prod(each or 1 for each in self.to.shape[1:]) * (units or 0)  # So many are printed: there is no bias.
        bias = reading.params.get("bias", not weights or reading.params.get("count") != weights)
        self.to.add(L.Dense(units=units or 1000, bias=bias), "fc")
        if len(output) == 3 and prod(output) == units and max(output[:2]) > 1:
            self._reshape(output)

    def _is_among_images(self, output: Sequence[int]) -> bool:
        """Tell what takes an image and gives one, which no Dense does: a `DenseLayer` of a block."""
        sides = [each or 0 for each in (*self.to.shape[2:], *output[:2])]
        return len(self.to.shape) == len("nchw") and len(output) == 3 and min(sides) > 1

    def _elements(self) -> int:
        """Return how many numbers come in, 0 where that is not known."""
        return prod(each or 0 for each in self.to.shape[1:])

    def _as_steps(self, sizes: Sequence[int], *, in_front: bool) -> None:
        """Make steps of features of what comes in, the features in front of the steps where windows go along these."""
        if min(sizes) == 1:
            self._flat()
            return
        channels, *space = self.to.shape[1:]
        each_place = len(space) > 1 and None not in space and tuple(sizes) == (prod(filter(None, space)), channels)
        in_front = in_front or (each_place and self.to.features == 1)  # The pixels of an image, one behind the other.
        self.to.add(L.Reshape(sizes=tuple(sizes[::-1] if in_front else sizes), axis=1), "reshape")

    def _reorg(self, reading: Reading) -> None:
        """Make channels of the pixels of each square. Source: Redmon and Farhadi, YOLO9000, section 2."""
        said = reading.params.get("stride") or reading.params.get("kernel") or ()
        size = self.to.shape[2] if len(self.to.shape) == len("nchw") else None
        told = (size or 0) // reading.params["output"][0] if reading.params.get("output") else 0
        factor = told if told > 1 else max(said, default=2)
        if "reorg" not in reading.text.lower():
            self.to.ask(f"{reading.text!r}: in which order are pixels made channels? In that of Darknet is taken")
        self.to.add(L.Reorg2D(factor=factor), "reorg")

    def _reshape(self, output: Sequence[int]) -> None:
        height, width, channels = output
        self.to.add(L.Reshape(sizes=(channels, height, width), axis=1), "reshape")


_UNTOLD_NORM = re.compile(r"(?:(?!lr)\w+ )?norm(?:ali[sz]ation|ali[sz]e)?(?: layer)?", re.IGNORECASE)
"""A normalisation of which it is not said which one it is."""


def _lrn(params: dict[str, Any]) -> L.LRN:
    """Return a normalisation with printed constants. Source: Krizhevsky et al., ImageNet Classification, section 3.3.

    There the weight is of the sum of squares, and in the catalogue of their mean.
    """
    size = int(params.get("n", 5))
    alpha = params["alpha"] * size if "alpha" in params else 1.0
    return L.LRN(size=size, alpha=alpha, beta=params.get("beta", 0.75), k=params.get("k", 1.0))


def _each_of(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Yield the layers of a block, one that comes several times as often; modules see to that themselves."""
    for each in readings:
        alone = each.kind in MODULES or each.times == 1
        yield from [each] if alone else [replace(each, times=1)] * each.times


def _stepping(layers: Sequence[Reading]) -> int:
    """Return which layer of a block makes the image smaller: the one whose filters see groups, or else the first.

    Sources: Xie et al., Aggregated Residual Transformations, section 4; He et al., Deep Residual Learning, table 1.
    """
    grouped = (i for i, each in enumerate(layers) if _is_grouped(each) and max(each.params.get("kernel", (1,))) > 1)
    return next(grouped, 0)


def _is_grouped(reading: Reading) -> bool:
    return reading.kind in ("gconv", "dwconv") or (reading.kind == "conv" and reading.params.get("groups", 1) > 1)


def _with_stride(reading: Reading, before: Shape) -> Reading:
    """Return a module with the stride that its printed output tells, where it has none of its own."""
    output = reading.params.get("output", ())
    widens = reading.kind in ("upsample", "deconv") or (reading.kind == "resblock" and bool(resampling(reading.text)))
    if widens or "stride" in reading.params or len(output) < 2 or len(before) != 4:
        return reading
    steps = tuple(max(1, round((size or 1) / after)) for size, after in zip(before[2:], output[:2], strict=True))
    return replace(reading, params={**reading.params, "stride": steps})


def _ratios(before: Shape, after: Shape) -> tuple[int, ...]:
    return tuple(max(1, round((a or 1) / (b or 1))) for a, b in zip(before[2:], after[2:], strict=False))
