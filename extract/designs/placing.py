"""Put the layers of a reading behind each other in a graph: what its table leaves open is inferred, or asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.designs.axes import CONVOLUTIONS, axes_for, sides, space_of
from extract.designs.branches import widths_of
from extract.designs.carrying import carry
from extract.designs.fitting import by, fit
from extract.designs.joining import join
from extract.designs.mobile import gate
from extract.designs.modules import MODULES
from extract.designs.padding import bordered
from extract.designs.plain_layers import PLAIN, as_wide, softmax
from extract.designs.pooling import adapted, over_all, pooled
from extract.designs.styles import Style
from extract.designs.sums import compare_channels
from extract.designs.unsaid_windows import window_of
from extract.words.families import ACTIVATIONS, LOCAL_POOLS, POSTED, SLIDING, WHOLE_POOLS, resampling
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import Layer
from ir.shapes import Shape

_HIDDEN = (*SLIDING, "dense")
_LINEAR = re.compile(r"linear (?=\S*conv|depth|global|\d)", re.IGNORECASE)
"""A convolution that says it has no activation, in front of its name: linear 1 × 1 conv."""


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
        elif kind in PLAIN and PLAIN[kind](self.to, reading, output):
            pass
        elif kind in POSTED:
            as_wide(self.to, reading)
            self.to.act(kind, params.get("slope"))
        elif not join(self.to, reading):
            self.to.ask(f"{reading.text or kind!r} is not known here: what is it made of?")
            carry(self.to, reading)
        if norm and kind in _HIDDEN:
            self.to.add(L.BatchNorm(), "norm")
            self.to.infer_once("a BatchNorm stands behind each convolution, as is usual in such nets")
        for post in reading.posts:
            if post == "softmax":
                softmax(self.to)
            elif post in POSTED:
                self.to.act(post, params.get("slope"))
        hidden = kind in _HIDDEN and not bare and not linear and not (kind == "dense" and self.is_last)
        if hidden and (self.to.relu or norm) and not set(reading.posts) & ACTIVATIONS:
            self.to.act(self.style.activation)

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
