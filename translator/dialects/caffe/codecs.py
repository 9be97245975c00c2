"""How Caffe's messages spell a layer's parameters."""

from __future__ import annotations

from typing import Any

from ir.layer import LayerError
from translator.attrs import Attrs
from translator.mapping import At, Codec, Field, Unsayable


class Window(Codec):
    """A size along each spatial axis: `kernel_size`, once or once for each axis, or `kernel_h` and `kernel_w`."""

    def __init__(self, stem: str, plain: str, *, absent: int | None = None, repeats: bool = True) -> None:
        self.stem, self.plain, self.absent, self.repeats = stem, plain, absent, repeats
        self.keys = (plain, f"{stem}_h", f"{stem}_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        plain, high, wide = self.keys[:3]
        if high in attrs or wide in attrs:
            if plain in attrs:
                raise ValueError(f"gives {plain} as well as {high} and {wide}")
            missing = self.absent
            if missing is None and not (high in attrs and wide in attrs):
                raise ValueError(f"needs both {high} and {wide}")
            return (attrs.get(high, missing), attrs.get(wide, missing))
        sizes = attrs.repeated(plain)
        if not sizes:
            if self.absent is None:
                raise ValueError(f"needs {plain}")
            return self.absent
        return sizes[0] if len(sizes) == 1 else sizes

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if len(set(value)) == 1:
            return {} if value[0] == self.absent else {self.plain: value[0]}
        if len(value) == 2:
            return {f"{self.stem}_h": value[0], f"{self.stem}_w": value[1]}
        if not self.repeats:
            raise Unsayable("sizes differ along more than two axes")
        return {self.plain: tuple(value)}


class ConvolutionKernel(Window):
    """The window of a convolution, whose channels are on axis 1: `axis` can say otherwise, the catalogue cannot."""

    def __init__(self) -> None:
        super().__init__("kernel", "kernel_size")
        self.keys = (*self.keys, "axis")

    def read(self, attrs: Attrs, at: At) -> Any:
        axis = attrs.get("axis", 1)
        if axis not in (1, -at.rank - 1):
            raise LayerError(f"has its channels on axis {axis}; only axis 1 is known", "axis")
        return super().read(attrs, at)


class SymmetricPad(Window):
    """A border that is the same before and after an axis: all that Caffe has."""

    def __init__(self, *, repeats: bool = True) -> None:
        super().__init__("pad", "pad", absent=0, repeats=repeats)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(before != after for before, after in value):
            raise Unsayable("Caffe pads both sides alike")
        return super().write(tuple(before for before, _ in value), at)


class Dilation(Codec):
    """`dilation`, once or once for each axis; DeepLab, which had it first, calls it `hole`, or `hole_h` and `hole_w`.

    Source: https://bitbucket.org/aquariusjay/deeplab-public-ver2, src/caffe/layers/base_conv_layer.cpp
    """

    keys = ("dilation", "hole", "hole_h", "hole_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        if "hole_h" in attrs or "hole_w" in attrs:
            return (attrs.get("hole_h", 1), attrs.get("hole_w", 1))
        sizes = attrs.repeated("dilation") or attrs.repeated("hole")
        return 1 if not sizes else sizes[0] if len(sizes) == 1 else sizes

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if len(set(value)) == 1:
            return {} if value[0] == 1 else {"dilation": value[0]}
        return {"dilation": tuple(value)}


class Rounding(Codec):
    """BVLC's `round_mode`, and what forks have for it: `ceil_mode` and `torch_pooling`.

    `ceil_mode` is written: it is what OpenCV and the forks read, and BVLC's own field, of 2018, makes OpenCV fail.
    """

    keys = ("round_mode", "ceil_mode", "torch_pooling")

    def read(self, attrs: Attrs, at: At) -> Any:
        floor = (
            attrs.get("round_mode") == "FLOOR" or attrs.get("ceil_mode") is False or attrs.get("torch_pooling") is True
        )
        if not floor and any(_windows_behind(at)):
            raise ValueError("has a last window wholly behind the input, of which Caffe makes no sensible number")
        return "floor" if floor else "ceil"

    def write(self, value: Any, at: At) -> dict[str, Any]:
        exact = [
            size is not None and (size + sum(p) - k) % s == 0
            for size, k, s, p in zip(at.space, at.values["kernel"], at.values["stride"], at.values["pad"], strict=True)
        ]
        behind = _windows_behind(at)
        if value == "ceil" and any(behind):
            # The catalogue counts no such window. Where that leaves whole ones alone, rounding down says the same.
            if not all(map(max, exact, behind)):
                raise Unsayable("Caffe adds a window behind the input")
            return {"ceil_mode": False}
        # Where the windows fit exactly the two are one, and Caffe's default says it shorter.
        return {"ceil_mode": False} if value == "floor" and not all(exact) else {}


def _windows_behind(at: At, apart: bool = False) -> list[bool]:
    """Tell for each axis whether Caffe, rounding up, counts a last window that starts behind the input.

    It drops such a window only where there is a border: along any axis, or `apart` along that one, as forks do.
    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/pooling_layer.cpp
    """
    if not at.inputs:
        return []
    kernel, stride, pad = (
        value if isinstance(value, tuple) else (value,) * len(at.space)
        for value in (at.values[name] for name in ("kernel", "stride", "pad"))
    )
    bordered = [each not in (0, (0, 0)) for each in pad]
    if (any(bordered) and not apart) or any(step < 1 for step in stride):
        return []
    return [
        size is not None and not border and -(-(size - k) // s) * s >= size
        for size, k, s, border in zip(at.space, kernel, stride, bordered, strict=True)
    ]


class RoundsUp(Codec):
    """Rounding up, which is all that the poolings of forks do."""

    def read(self, attrs: Attrs, at: At) -> Any:
        if any(_windows_behind(at, apart=True)):
            raise ValueError("has a last window wholly behind the input, of which Caffe makes no sensible number")
        return "ceil"

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value != "ceil":
            raise Unsayable("")
        if any(_windows_behind(at, apart=True)):
            raise Unsayable("Caffe adds a window behind the input")
        return {}


class OfImages(Field):
    """A field of a layer that gives four axes whatever it takes: on an image alone it is the catalogue's."""

    def read(self, attrs: Attrs, at: At) -> Any:
        if at.inputs and at.rank != 2:
            raise ValueError("gives four axes whatever it takes; only on an image is that known")
        return super().read(attrs, at)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if at.rank != 2:
            raise Unsayable("Caffe gives four axes whatever it takes")
        return super().write(value, at)


class Levels(Field):
    """The levels of a pyramid; with one alone Caffe flattens nothing, which is a global pooling."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value == 1:
            raise Unsayable("Caffe does not flatten a single level")
        return super().write(value, at)


class LegacyAxis(Codec):
    """`axis`, or the field that had its place in Caffe's first year."""

    def __init__(self, legacy: str) -> None:
        self.keys = ("axis", legacy)

    def read(self, attrs: Attrs, at: At) -> Any:
        return attrs.get("axis", attrs.get(self.keys[1], 1))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {} if value == 1 else {"axis": value}


class Sizes(Codec):
    """A `shape` with its `dim`s."""

    keys = ("shape",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if "shape" not in attrs:
            raise ValueError("needs shape")
        return attrs["shape"].repeated("dim")

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"shape": Attrs({"dim": tuple(value)})}


class Pieces(Codec):
    """The number of tops."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return at.results

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {}


class EachChannel(Codec):
    """One group for each channel: what a depthwise layer of a fork means without saying it."""

    def read(self, attrs: Attrs, at: At) -> Any:
        if not at.inputs or at.channels is None:
            raise ValueError("needs to know the number of channels")
        return at.channels

    def write(self, value: Any, at: At) -> dict[str, Any]:
        raise Unsayable("Convolution says it with its groups")


class Covered(Field):
    """The first axis that a second bottom goes with, which has the sizes of the axes there.

    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/scale_layer.cpp, `Reshape`
    """

    def __init__(self) -> None:
        super().__init__("axis", absent=1)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        x, by = at.inputs
        start = value + len(x) if value < 0 else value
        if any(size == 1 != wanted for size, wanted in zip(by, x[start:], strict=False)):
            raise Unsayable("a size of 1 does not stretch")
        return super().write(value, at)


class Order(Codec):
    """`order` of SSD's Permute: axes that it leaves out follow in their own order."""

    keys = ("order",)

    def read(self, attrs: Attrs, at: At) -> Any:
        order = attrs.repeated("order")
        whole = sorted(order) == list(range(len(order)))
        rank = len(at.inputs[0]) if at.inputs else len(order) if whole else max(4, len(order))
        return (*order, *(axis for axis in range(rank) if axis not in order))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"order": tuple(value)}


class Base(Field):
    """A base, where -1 stands for e."""

    def __init__(self) -> None:
        super().__init__(
            "base",
            absent=-1.0,
            decode=lambda value, at: None if value == -1 else value,
            encode=lambda value, at: -1.0 if value is None else value,
        )
