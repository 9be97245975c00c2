"""How Keras spells the borders of windows and images."""

from __future__ import annotations

from typing import Any

from ir.kinds import short
from ir.shapes import same_pad, window_count
from translator.attrs import Attrs
from translator.mapping import At, Codec, Unsayable


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
    count = -(-size // stride)
    behind = max(0, (count - 1) * stride + kernel - size - before)
    if window_count(size, kernel, stride, (before, behind)) != count:
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
    """`padding` of a transposed convolution: `valid` cuts nothing, `same` cuts to size times stride.

    With `output_padding`, `same` cuts half a window on each side, less what that says, as TensorFlow does.
    """

    keys = ("padding", "output_padding")

    def read(self, attrs: Attrs, at: At) -> Any:
        if _padding(attrs) == "half":
            raise Unsayable("'same' of Theano")
        cut = [max(0, each) for each in _overhang(attrs, at)]
        return 0 if _padding(attrs) == "valid" else [(total // 2, total - total // 2) for total in cut]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        values = at.values
        reach = [d * (k - 1) + 1 for k, d in zip(values["kernel"], values["dilation"], strict=True)]
        if not any(map(any, value)) and all(r >= s for r, s in zip(reach, values["stride"], strict=True)):
            return {}
        totals = [r - s for r, s in zip(reach, values["stride"], strict=True)]
        if all(t >= 0 and pad == (t // 2, t - t // 2) for t, pad in zip(totals, value, strict=True)):
            return {"padding": "same"}
        raise Unsayable("neither 'valid' nor 'same'")


def _overhang(attrs: Attrs, at: At) -> list[int]:
    """Return by how much what the windows cover is larger than the result along each axis, below 0 where it is smaller.

    Source: `deconv_output_length` in `keras/utils/conv_utils.py` of 2.2
    """
    axes = [_each(at.values[name], at.rank) for name in ("kernel", "stride", "dilation")]
    reach = [(d * (k - 1) + 1, s) for k, s, d in zip(*axes, strict=True)]
    said, valid = attrs.get("output_padding"), _padding(attrs) == "valid"
    if said is None:
        return [min(0, r - s) if valid else r - s for r, s in reach]
    extra = list(said) if isinstance(said, (list, tuple)) else [said] * at.rank
    if len(extra) != at.rank or not all(isinstance(each, int) and 0 <= each < 1 << 31 for each in extra):
        raise ValueError(f"output_padding is {short(said)}")
    return [(0 if valid else r // 2 * 2) - each for (r, _), each in zip(reach, extra, strict=True)]


class TransposeExtra(Codec):
    """What a transposed convolution adds behind what its windows cover: where these leave gaps, or `output_padding`."""

    keys = ("padding", "output_padding")

    def read(self, attrs: Attrs, at: At) -> Any:
        return [max(0, -each) for each in _overhang(attrs, at)]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if any(value):
            raise Unsayable("a border behind the result")
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
