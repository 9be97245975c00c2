"""How parameters are spelt as arguments of PyTorch's modules, and where PyTorch's limits are."""

from __future__ import annotations

from typing import Any

from ir.shapes import axis_of
from translator.mapping import At, Codec, Field, Unsayable


def sizes(key: str, *, absent: Any = None) -> Field:
    """Return a field with a value for each spatial axis; one value stands for equal ones."""

    def encode(value: Any, at: At) -> Any:
        return value[0] if len(set(value)) == 1 else tuple(value)

    return Field(key, absent=absent, encode=encode)


def one(value: Any, at: At) -> Any:
    """Refuse None, which stands for all axes together."""
    if value is None:
        raise Unsayable("all axes together")
    return value


class Only(Codec):
    """A few values of a parameter, all of which the call stands for."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value not in self.values:
            raise Unsayable("")
        return {}


class AxisIs(Codec):
    """An axis that must be a certain one, of tensors of a certain rank where one is given."""

    def __init__(self, wanted: int, rank: int | None = None) -> None:
        self.wanted = wanted
        self.rank = rank

    def write(self, value: Any, at: At) -> dict[str, Any]:
        rank = len(at.inputs[0])
        if self.rank not in (None, rank):
            raise Unsayable(f"it takes tensors of {self.rank} axes, not {rank}")
        if axis_of(value, rank) != axis_of(self.wanted, rank):
            raise Unsayable(f"axis {self.wanted} is the one it works along")
        return {}


class Padding(Codec):
    """`padding`: the same before and after an axis, and for a pooling at most half the window."""

    keys = ("padding",)

    def __init__(self, *, half: bool = False) -> None:
        self.half = half

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(before != after or before < 0 for before, after in value):
            raise Unsayable("PyTorch pads both sides alike")
        if self.half and any(2 * pad[0] > kernel for pad, kernel in zip(value, at.values["kernel"], strict=True)):
            raise Unsayable("PyTorch pads at most half the window")
        return sizes("padding", absent=0).write(tuple(before for before, _ in value), at)


class WindowPadding(Padding):
    """`padding` of a convolution, where its windows meet the image.

    On processors with AVX-512 PyTorch (2.13, by oneDNN) gives what it finds in memory where a window lies in the border
    alone, or reaches over both borders of a small image: SqueezeNet's 1 x 1 windows with a border, HED's of 35 pixels.
    A layer of its own for the border costs nothing, and is right everywhere.
    """

    SAFE = 2
    """Pixels of a border up to which windows larger than the image were right too."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        sizes_of = zip(value, at.values["kernel"], at.values["dilation"], at.space, strict=True)
        for (before, _), kernel, dilation, size in sizes_of:
            reach = dilation * (kernel - 1) + 1
            if before >= reach or (before > self.SAFE and size is not None and reach > size):
                raise Unsayable("some windows would lie in the border alone, or over both")
        return super().write(value, at)


class OutputPadding(Codec):
    """`output_padding`, which must be smaller than the stride or the dilation."""

    keys = ("output_padding",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        limits = zip(value, at.values["stride"], at.values["dilation"], strict=True)
        if any(extra >= max(stride, dilation) for extra, stride, dilation in limits):
            raise Unsayable("it must be smaller than the stride or the dilation")
        return sizes("output_padding", absent=0).write(value, at)


class PoolStride(Codec):
    """`stride`, which is the window's size where it is absent."""

    keys = ("stride",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {} if value == at.values["kernel"] else sizes("stride").write(value, at)


class Ceil(Codec):
    """`ceil_mode`, left out where every window is whole anyway."""

    keys = ("ceil_mode",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        values = at.values
        gaps = values.get("dilation", (1,) * len(at.space))
        reach = [gap * (size - 1) + 1 for size, gap in zip(values["kernel"], gaps, strict=True)]
        axes = zip(at.space, reach, values["stride"], values["pad"], strict=True)
        whole = all(size is not None and (size + sum(pad) - kernel) % stride == 0 for size, kernel, stride, pad in axes)
        return {"ceil_mode": True} if value == "ceil" and not whole else {}


class Counted(Codec):
    """`count_include_pad`, left out where there is no border."""

    keys = ("count_include_pad",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {} if value or not any(map(any, at.values["pad"])) else {"count_include_pad": False}


class WholeOrSized(Codec):
    """A rounding that leaves no partial window once the border is known."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value == "ceil" and None in at.space:
            raise Unsayable("the size is not known")
        return {}


class Affine(Codec):
    """`affine`: both gamma and beta, or neither."""

    keys = ("affine",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value != at.values["center"]:
            raise Unsayable("gamma and beta come together")
        return {} if value else {"affine": False}


class KnownOutput(Codec):
    """Any value, where no size of the output but the batch is open."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if None in at.outputs[0][1:]:
            raise Unsayable("the size is not known")
        return {}


class Momentum(Codec):
    """`momentum`: the share of new statistics in an update, where any are kept."""

    keys = ("momentum",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        share = round(1 - value, 12)
        return {} if share == 0.1 or at.values["batch_statistics"] else {"momentum": share}


class Gate(Codec):
    """`slope` of a hard_sigmoid, None for a sigmoid."""

    keys = ("slope",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"slope": value} if at.values["gate"] == "hard_sigmoid" else {}


class OneSize(Codec):
    """`key_size` of attention whose heads share out the features that go in, and that come out."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        features = {each[-1] for each in at.inputs}
        sizes = {value, at.values["value_size"] or value}
        if {at.values["heads"] * size for size in sizes} | {at.values["units"] or at.inputs[0][-1]} != features:
            raise Unsayable("PyTorch has one number of features for what goes in, in all heads, and what comes out")
        return {}


class Unmasked(Codec):
    """`is_causal`, which goes with no mask."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value and len(at.inputs) > 3:
            raise Unsayable("PyTorch takes a mask, or hides what follows, and not both")
        return {}
