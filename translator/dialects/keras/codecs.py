"""How Keras spells a layer's parameters."""

from __future__ import annotations

from typing import Any

from ir.shapes import axis_of, product, same_pad, window_count
from translator.attrs import Attrs
from translator.mapping import At, Codec, Field, Unsayable


class ConvPadding(Codec):
    """`padding`: `valid` adds nothing, `same` what TensorFlow's rule gives for the input's size."""

    keys = ("padding",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("padding", "valid") == "valid":
            return 0
        sizes = zip(at.space, at.values["kernel"], at.values["stride"], at.values["dilation"], strict=True)
        return [same_pad(size or s, k, s, d) for size, k, s, d in sizes]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if not any(map(any, value)):
            return {}
        sizes = zip(at.space, at.values["kernel"], at.values["stride"], at.values["dilation"], value, strict=True)
        if all(_is_same(size, k, s, d, pad) for size, k, s, d, pad in sizes):
            return {"padding": "same"}
        raise Unsayable("neither 'valid' nor 'same'")


def _is_same(size: int | None, kernel: int, stride: int, dilation: int, pad: tuple[int, int]) -> bool:
    if size is None:
        # At stride 1 `same` does not depend on the size.
        return stride == 1 and pad == same_pad(kernel * dilation, kernel, 1, dilation)
    return pad == same_pad(size, kernel, stride, dilation)


class PoolPadding(Codec):
    """`padding` of a pooling, for a border and a rounding together.

    With `valid` a partial window is dropped; with `same` the border is TensorFlow's, and counts in no mean.
    """

    keys = ("padding",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        modes = {
            self._mode(*axis, at.values["rounding"] == "ceil")
            for axis in zip(at.space, at.values["kernel"], at.values["stride"], value, strict=True)
        } - {"either"}
        if len(modes) > 1:
            raise Unsayable("'valid' along one axis and 'same' along another")
        return {"padding": modes.pop() if modes else "valid"}

    def _mode(self, size: int | None, kernel: int, stride: int, pad: tuple[int, int], ceil: bool) -> str:
        if size is None:
            if pad == (0, 0) and not ceil:
                return "valid"
            raise Unsayable("the size is not known")
        count = window_count(size, kernel, stride, pad, ceil=ceil)
        behind = (count - 1) * stride + kernel - size - pad[0]
        total = pad[0] + max(behind, 0)
        valid = pad[0] == 0 and behind <= 0
        same = count == -(-size // stride) and (pad[0], max(behind, 0)) == (total // 2, total - total // 2)
        if valid and same:
            return "either"
        if valid or same:
            return "valid" if valid else "same"
        raise Unsayable("neither 'valid' nor 'same'")


class TransposePadding(Codec):
    """`padding` of a transposed convolution: `valid` cuts nothing, `same` cuts to size times stride."""

    keys = ("padding",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        values = at.values
        reach = [d * (k - 1) + 1 for k, d in zip(values["kernel"], values["dilation"], strict=True)]
        if not any(map(any, value)) and all(r >= s for r, s in zip(reach, values["stride"], strict=True)):
            return {}
        totals = [r - s for r, s in zip(reach, values["stride"], strict=True)]
        if all(t >= 0 and pad == (t // 2, t - t // 2) for t, pad in zip(totals, value, strict=True)):
            return {"padding": "same"}
        raise Unsayable("neither 'valid' nor 'same'")


def pair(key: str, *, absent: Any = None, shown: bool = False) -> Field:
    """Return a field with a value for each spatial axis; one value stands for equal ones unless `shown`."""

    def encode(value: Any, at: At) -> Any:
        return value if shown or len(set(value)) > 1 else value[0]

    return Field(key, absent=absent, encode=encode, shown=shown)


def axis_field(default: int) -> Field:
    """Return an axis, the last one written as -1."""

    def encode(value: Any, at: At) -> int:
        rank = len(at.inputs[0])
        axis = axis_of(value, rank)
        return -1 if axis == rank - 1 else axis

    return Field("axis", absent=default, encode=encode)


class Strides(Field):
    """`strides`; more than 1 along any axis goes with no dilation."""

    def __init__(self) -> None:
        super().__init__("strides", absent=1)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if max(value) > 1 and max(at.values["dilation"]) > 1:
            raise Unsayable("a stride together with a dilation")
        return pair("strides", absent=1).write(value, at)


class AllChannels(Codec):
    """Every channel a group of its own, for a depthwise convolution."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value == 1 or value != at.channels:
            raise Unsayable("not one group for each channel")
        return {}


class Multiplier(Codec):
    """`depth_multiplier`: filters for each channel."""

    keys = ("depth_multiplier",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        times, rest = divmod(value, at.channels or 1)
        if rest:
            raise Unsayable("not a multiple of the channels")
        return {} if times == 1 else {"depth_multiplier": times}


class EqualStrides(Strides):
    """`strides` of a depthwise convolution, which TensorFlow wants equal along both axes."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if len(set(value)) > 1:
            raise Unsayable("strides that differ")
        return super().write(value, at)


class Counted(Codec):
    """Whether a border counts in a mean: in Keras it never does, so that there must be none that counts."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value and any(map(any, at.values["pad"])):
            raise Unsayable("a border that counts")
        return {}


class ZeroPadding(Codec):
    """`padding` of ZeroPadding: pairs, or one number for each axis where both sides are alike."""

    keys = ("padding",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(side < 0 for axis in value for side in axis):
            raise Unsayable("a border that is cut away")
        return {"padding": _borders(value)}


class Cropping(Codec):
    """`cropping`: what is cut away."""

    keys = ("cropping",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(side > 0 for axis in value for side in axis):
            raise Unsayable("a border that is added")
        return {"cropping": _borders(tuple((-before, -after) for before, after in value))}


def _borders(value: Any) -> Any:
    if len(value) == 1:
        return value[0]
    if all(before == after for before, after in value):
        return value[0][0] if len(set(value)) == 1 else tuple(before for before, _ in value)
    return value


class Added(Codec):
    """A border that is added."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(side < 0 for axis in value for side in axis):
            raise Unsayable("a border that is cut away")
        return {}


class SharedAxes(Codec):
    """`shared_axes`: all but the channels', or all where one slope is shared."""

    keys = ("shared_axes",)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        rank = len(at.inputs[0])
        channel = axis_of(value, rank)
        axes = [axis for axis in range(1, rank) if at.values["shared"] or axis != channel]
        return {"shared_axes": axes} if axes else {}


class Broadcasts(Codec):
    """An axis at which the second input lines up with the first, counted from the right."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        x, by = at.inputs
        if axis_of(value, len(x), end=True) + len(by) != len(x) or (len(by) != len(x) and value == 0):
            raise Unsayable("inputs that do not line up on the right")
        return {}


class FlatAxis(Codec):
    """A range of axes that leaves the batch alone."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if axis_of(value, len(at.inputs[0])) != 1:
            raise Unsayable("an axis other than 1")
        return {}


class LastAxis(Codec):
    """The last axis."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if axis_of(value, len(at.inputs[0])) != len(at.inputs[0]) - 1 or len(at.inputs[0]) == 1:
            raise Unsayable("an axis other than the last of several")
        return {}


class KeepsBatch(Codec):
    """Anything that leaves the batch in its place, and one other size open at most."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        old, new = at.inputs[0], at.outputs[0]
        if not new or old[0] != new[0] or old[0] is not None or new[1:].count(None) > 1:
            raise Unsayable("a change of the batch")
        # Two open sizes are one where it stays in its place, or where as many elements are behind both.
        stays = at.values["axis"] % len(old) > 0 or at.values.get("sizes", ())[:1] == (0,)
        behind = product(old[1:])
        if not stays and (behind is None or behind != product(new[1:])):
            raise Unsayable("a change of the batch")
        return {}


class OneOpen(Codec):
    """Anything that leaves one size open at most."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if at.outputs[0].count(None) > 1:
            raise Unsayable("several sizes that are not known")
        return {}


class KnownPlane(Codec):
    """A value that is said where the sizes of the image and of the result are known."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if None in (at.channels, *at.space, *at.outputs[0][1:]):
            raise Unsayable("the size of the image is not known")
        return {}


class OneAxis(Codec):
    """One axis, not all together, in a field of that name if it has one."""

    def __init__(self, key: str = "") -> None:
        self.keys = (key,) if key else ()

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value is None or at.inputs[0][value] is None:
            raise Unsayable("all axes together, or one of no known size")
        return dict.fromkeys(self.keys, value)


class Simple(Codec):
    """One value of a parameter that the operation stands for."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value not in self.values:
            raise Unsayable(f"{value!r}")
        return {}
