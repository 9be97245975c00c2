"""How Keras spells a layer's parameters."""

from __future__ import annotations

from typing import Any

from ir.kinds import short
from ir.shapes import axis_of, same_pad, window_count
from translator.attrs import Attrs
from translator.mapping import At, Codec, Field, Said, Unsayable


class ConvPadding(Codec):
    """`padding`: `valid` adds nothing, `same` what TensorFlow's rule gives for the input's size.

    `causal` adds all of it in front, along a sequence. `half` is what Theano did for `same`: half a window on a side,
    and of an even one no more behind than is needed.
    """

    keys = ("padding",)

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("padding", "valid") == "valid":
            return 0
        values, rank = at.values, at.rank
        axes = [_each(values[name], rank) for name in ("kernel", "stride", "dilation")]
        if attrs.get("padding") == "causal" and rank == 1:
            return [(d * (k - 1), 0) for k, _, d in zip(*axes, strict=True)]
        if _padding(attrs) == "half":
            reach = [d * (k - 1) + 1 for k, _, d in zip(*axes, strict=True)]
            return [(each // 2, (each - 1) // 2) for each in reach]
        return [_same(size, k, s, d) for size, k, s, d in zip(at.space, *axes, strict=True)]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if not any(map(any, value)):
            return {}
        sizes = zip(at.space, at.values["kernel"], at.values["stride"], at.values["dilation"], value, strict=True)
        if all(_is_same(size, k, s, d, pad) for size, k, s, d, pad in sizes):
            return {"padding": "same"}
        raise Unsayable("neither 'valid' nor 'same'")


def _padding(attrs: Attrs) -> str:
    word = attrs.get("padding") or "valid"
    if word not in ("valid", "same", "half"):
        raise Unsayable(f"the padding {word!r}")
    return str(word)


def _half(size: int | None, kernel: int, stride: int) -> tuple[int, int]:
    """Return the border of a pooling of Theano's, `pool2d` in Keras 1.2: as many windows as with `same`."""
    if size is None:
        raise Unsayable("'same' of Theano, on an image of no known size")
    before = kernel - 2 if kernel > 2 and kernel % 2 else kernel - 1
    behind = (-(-size // stride) - 1) * stride + kernel - size - before
    if behind < 0:
        raise Unsayable("'same' of Theano, with a window left over")
    return before, behind


def _each(value: Any, rank: int) -> list[int]:
    """Return a value for each axis; raise ValueError where a field holds neither one number nor as many as axes."""
    values = list(value) if isinstance(value, (list, tuple)) else [value] * rank
    if len(values) != rank or not all(isinstance(each, int) and 0 < each < 1 << 31 for each in values):
        raise ValueError(f"{short(value)} is neither a whole number above 0 nor {rank} of them")
    return values


def _same(size: int | None, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return the border of `same`, which at stride 1 does not depend on the size."""
    if size is None and stride > 1:
        raise Unsayable("'same' with a stride, on an image of no known size")
    return same_pad(kernel * dilation if size is None else size, kernel, stride, dilation)


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

    def read(self, attrs: Attrs, at: At) -> Any:
        if _padding(attrs) == "valid":
            return 0
        axes = [_each(at.values[name], at.rank) for name in ("kernel", "stride")]
        border = _half if _padding(attrs) == "half" else _same
        return [border(size, k, s) for size, k, s in zip(at.space, *axes, strict=True)]

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

    keys = ("padding", "output_padding")

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("output_padding") is not None:
            raise Unsayable("output_padding")
        axes = [_each(at.values[name], at.rank) for name in ("kernel", "stride", "dilation")]
        totals = [d * (k - 1) + 1 - s for k, s, d in zip(*axes, strict=True)]
        if min(totals) < 0:
            raise Unsayable("windows with gaps between them")
        if _padding(attrs) == "half":
            raise Unsayable("'same' of Theano")
        return 0 if _padding(attrs) == "valid" else [(total // 2, total - total // 2) for total in totals]

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

    def read(self, attrs: Attrs, at: At) -> Any:
        if not at.channels:
            raise Unsayable("the number of channels is not known")
        return at.channels

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value == 1 or value != at.channels:
            raise Unsayable("not one group for each channel")
        return {}


class Multiplier(Codec):
    """`depth_multiplier`: filters for each channel."""

    keys = ("depth_multiplier",)

    def read(self, attrs: Attrs, at: At) -> Any:
        times = attrs.get("depth_multiplier", 1)
        if not isinstance(times, int):
            raise ValueError(f"depth_multiplier is {short(times)}, and no whole number")
        return (at.channels or 1) * times

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


class Moot(Said):
    """A parameter whose value makes no difference here; it is read as one that has none."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self, attrs: Attrs, at: At) -> Any:
        return self.value


class Counted(Codec):
    """Whether a border counts in a mean: in Keras it never does, so that there must be none that counts."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return not any(map(any, at.values["pad"])) if isinstance(at.values["pad"], list) else True

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value and any(map(any, at.values["pad"])):
            raise Unsayable("a border that counts")
        return {}


class ZeroPadding(Codec):
    """`padding` of ZeroPadding: pairs, or one number for each axis where both sides are alike."""

    keys = ("padding",)

    def read(self, attrs: Attrs, at: At) -> Any:
        return _sides(attrs.get("padding", 1), at.rank, 1)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(side < 0 for axis in value for side in axis):
            raise Unsayable("a border that is cut away")
        return {"padding": _borders(value)}


class Cropping(Codec):
    """`cropping`: what is cut away."""

    keys = ("cropping",)

    def read(self, attrs: Attrs, at: At) -> Any:
        return _sides(attrs.get("cropping", 1 if at.rank > 1 else (1, 1)), at.rank, -1)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(side > 0 for axis in value for side in axis):
            raise Unsayable("a border that is added")
        return {"cropping": _borders(tuple((-before, -after) for before, after in value))}


def _sides(value: Any, rank: int, sign: int) -> list[tuple[int, int]]:
    """Return both sides of each axis, from one number, one for each axis, or a pair for each; `sign` for a cut."""
    if rank == 1 and isinstance(value, (list, tuple)) and len(value) == 2:
        value = [value]
    axes = list(value) if isinstance(value, (list, tuple)) else [value] * rank
    if len(axes) != rank:
        raise ValueError(f"{short(value)} is no border of {rank} axes")
    pairs = [tuple(axis) if isinstance(axis, (list, tuple)) else (axis, axis) for axis in axes]
    if not all(len(pair) == 2 and all(isinstance(side, int) and side >= 0 for side in pair) for pair in pairs):
        raise ValueError(f"{short(value)} is no border: whole numbers from 0 on")
    return [(sign * before, sign * behind) for before, behind in pairs]


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

    def read(self, attrs: Attrs, at: At) -> Any:
        return 1

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if axis_of(value, len(at.inputs[0])) != 1:
            raise Unsayable("an axis other than 1")
        return {}


class LastAxis(Codec):
    """The last axis."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return -1

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

    def read(self, attrs: Attrs, at: At) -> Any:
        return self.values[0]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value not in self.values:
            raise Unsayable(f"{value!r}")
        return {}


class Gate(Field):
    """`recurrent_activation`: the function of the gates."""

    def __init__(self) -> None:
        super().__init__("recurrent_activation", absent="sigmoid")


class GateSlope(Codec):
    """The slope of a hard_sigmoid, which in Keras 3 is 1/6."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if at.values["gate"] == "hard_sigmoid" and value != 1 / 6:
            raise Unsayable("a hard_sigmoid of another slope than 1/6")
        return {}
