"""How Keras spells a layer's parameters."""

from __future__ import annotations

from typing import Any

from ir.kinds import short
from ir.shapes import Shape, axis_of, product
from translator.attrs import Attrs
from translator.mapping import At, Codec, Field, Said, Unsayable


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


class NotNegative(Field):
    """A number of 0 or more."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value is not None and value < 0:
            raise Unsayable(f"{value:g}")
        return super().write(value, at)


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


def added_elsewhere(x: Shape, first: int, by: Shape) -> bool:
    """Tell whether TensorFlow's `ops.add` takes an array that covers axes of x, from one on, for one of other axes.

    What has one size other than 1 it adds to the last axis of that size, or to axis 1: https://github.com/
    keras-team/keras/blob/v3.15.1/keras/src/backend/tensorflow/numpy.py
    """
    axes = [axis for axis, size in enumerate(by, first) if size != 1]
    if len(axes) != 1 or axes[0] == len(x) - 1:
        return False
    size = by[axes[0] - first]
    return size is not None and (size == x[-1] or (size == x[1] and axes[0] != 1))


class Covered(Codec):
    """How many axes factors cover, which an equation says by a letter for each; it has no word for none."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if value == 0:
            raise Unsayable("one factor for all elements")
        return {}


class AddedBias(Codec):
    """A bias along axes where Keras adds it."""

    def read(self, attrs: Attrs, at: At) -> Any:
        return bool(attrs.get("bias_axes"))

    def write(self, value: Any, at: At) -> dict[str, Any]:
        x = at.inputs[0]
        first = axis_of(at.values["axis"], len(x), end=True)
        stop = len(x) if at.values["count"] == -1 else first + at.values["count"]
        if value and added_elsewhere(x, first, x[first:stop]):
            raise Unsayable("a bias along an axis that is as long as the last one")
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
        if not old or not new or old[0] != new[0] or old[0] is not None or new[1:].count(None) > 1:
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


class CausalHeads(Codec):
    """`is_causal` of attention in heads of one size; what hides nothing is better said by its products."""

    def write(self, value: Any, at: At) -> dict[str, Any]:
        query, *others = at.inputs
        if not value or len(others) > 2 or len(query) != 4 or any(x[:2] != query[:2] for x in others):
            raise Unsayable("ops.dot_product_attention takes heads of one batch, and no mask here")
        if others[1][3] != query[3]:
            raise Unsayable("ops.dot_product_attention takes values as long as the queries")
        return {}
