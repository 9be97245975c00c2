"""Layers that are expressions in `forward`: each function gives one, of a layer and the names of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir.shapes import Shape, axis_of, window_count
from translator.mapping import At
from translator.source import Call, Index, Name, Sum, text

Names = Sequence[Name]


def method(x: Name, name: str, *args: Any, **kwargs: Any) -> Call:
    """Return the call of a tensor's method."""
    return Call(f"{x.text}.{name}", args, kwargs)


def pad(layer: Any, at: At, args: Names) -> Any:
    """Add a border, or cut one away where it is negative."""
    value: dict[str, Any] = {0.0: {}, None: {"value": float("-inf")}}.get(layer.value, {"value": layer.value})
    if layer.mode != "constant":
        value = {"mode": {"edge": "replicate", "wrap": "circular"}.get(layer.mode, layer.mode)}
    return Call("F.pad", [*args, _flat(layer.pad)], value)


def _flat(borders: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return borders as `F.pad` wants them: the last axis first."""
    return tuple(side for pair in reversed(borders) for side in pair)


def mean_of_inside(layer: Any, at: At, args: Names) -> Any:
    """Divide the mean that counts the border by the share of each window that lies inside."""
    borders = []
    space = at.space if layer.rounding == "ceil" else (None,) * layer.rank
    for size, kernel, stride, (before, after) in zip(space, layer.kernel, layer.stride, layer.pad, strict=True):
        if size is not None:
            count = window_count(size, kernel, stride, (before, after), ceil=True)
            after = max(0, (count - 1) * stride + kernel - size - before)
        borders.append((before, after))
    stride = {} if layer.stride == layer.kernel else {"stride": _plain(layer.stride)}

    def mean(of: Any) -> Call:
        return Call(f"F.avg_pool{layer.rank}d", [Call("F.pad", [of, _flat(borders)]), _plain(layer.kernel)], stride)

    inside = Index(args[0], [Name(":1"), Name(":1")])
    return Call("torch.div", [mean(args[0]), mean(Call("torch.ones_like", [inside]))])


def _plain(values: Sequence[int]) -> Any:
    return values[0] if len(set(values)) == 1 else tuple(values)


def resized(layer: Any, at: At, args: Names) -> Any:
    """Interpolate between pixels."""
    size = _plain([each or 0 for each in at.outputs[0][2:]])
    return Call("F.interpolate", args, {"size": size, "mode": "bilinear", "align_corners": layer.corners})


def columns(layer: Any, at: At, args: Names) -> Any:
    """Lay out the windows as channels."""
    values = {"dilation": layer.dilation, "padding": tuple(before for before, _ in layer.pad), "stride": layer.stride}
    said = {key: _plain(value) for key, value in values.items() if set(value) != {0 if key == "padding" else 1}}
    unfolded = Call("F.unfold", [*args, _plain(layer.kernel)], said)
    return Call("torch.reshape", [unfolded, _open(at.outputs[0])])


def _open(shape: Shape) -> tuple[int, ...]:
    return tuple(-1 if size is None else size for size in shape)


def capped(layer: Any, at: At, args: Names) -> Any:
    """Cut off above what a ReLU lets through."""
    if layer.negative_slope == 0:
        return Call("torch.clamp", [*args, 0.0, layer.maximum])
    return Call("torch.clamp", [Call("F.leaky_relu", [*args, layer.negative_slope])], {"max": layer.maximum})


def above(layer: Any, at: At, args: Names) -> Any:
    """Give 1 above the threshold, else 0."""
    return Name(f"({args[0].text} > {text(layer.threshold)}).float()")


def attention(layer: Any, at: At, args: Names) -> Any:
    """Mix values by how far their keys answer queries."""
    said: dict[str, Any] = {"attn_mask": args[3]} if len(args) > 3 else {}
    if layer.causal:
        said["is_causal"] = True
    if layer.scale is not None:
        said["scale"] = layer.scale
    return Call("F.scaled_dot_product_attention", args[:3], said)


RELATIONS = {"equal": "==", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}


def compared(layer: Any, at: At, args: Names) -> Any:
    """Give 1 where the relation holds, else 0."""
    return Name(f"({args[0].text} {RELATIONS[layer.relation]} {args[1].text}).float()")


def scaled(x: Any, scale: float, shift: float) -> Any:
    """Return shift + scale * x, without what changes nothing."""
    product = x if scale == 1 else Name(f"-{x.text}") if scale == -1 else Sum("*", [x, scale])
    return product if shift == 0 else Sum("-" if shift < 0 else "+", [product, abs(shift)])


def power(layer: Any, at: At, args: Names) -> Any:
    """Raise a product and sum to a power."""
    base = scaled(args[0], layer.scale, layer.shift)
    if layer.power == 1:
        return base
    named = {0.5: "torch.sqrt", 2.0: "torch.square"}.get(layer.power)
    return Call(named, [base]) if named else Call("torch.pow", [base, layer.power])


def exponential(layer: Any, at: At, args: Names) -> Any:
    """Raise a base to a product and sum."""
    x = scaled(args[0], layer.scale, layer.shift)
    if layer.base in (None, 2.0):
        return Call("torch.exp" if layer.base is None else "torch.exp2", [x])
    return Call("torch.pow", [layer.base, x])


def logarithm(layer: Any, at: At, args: Names) -> Any:
    """Take the logarithm of a product and sum."""
    named = {None: "torch.log", 2.0: "torch.log2", 10.0: "torch.log10"}[layer.base]
    return Call(named, [scaled(args[0], layer.scale, layer.shift)])


def swish(layer: Any, at: At, args: Names) -> Any:
    """Multiply by a sigmoid."""
    return Sum("*", [args[0], Call("torch.sigmoid", [scaled(args[0], layer.beta, 0)])])


def total(layer: Any, at: At, args: Names) -> Any:
    """Add up from the left, each term with its coefficient; one of -1 is subtracted."""
    factors = layer.coefficients or (1.0,) * len(args)
    if set(factors) == {1.0}:
        return Sum("+", args) if len(args) > 1 else args[0]
    result = scaled(args[0], factors[0], 0)
    for x, factor in zip(args[1:], factors[1:], strict=True):
        result = Sum("-" if factor < 0 else "+", [result, scaled(x, abs(factor), 0)])
    return result


def times(layer: Any, at: At, args: Names) -> Any:
    """Multiply the inputs."""
    return Sum("*", args) if len(args) > 1 else args[0]


def concatenation(layer: Any, at: At, args: Names) -> Any:
    """Join the inputs along an axis."""
    return Call("torch.cat", [list(args)], {"dim": layer.axis}) if len(args) > 1 else args[0]


def maximum(layer: Any, at: At, args: Names) -> Any:
    """Keep the largest of the inputs, two at a time."""
    result: Any = args[0]
    for other in args[1:]:
        result = Call("torch.maximum", [result, other])
    return result


def stretched(layer: Any, at: At, args: Names) -> Name | Index:
    """Return the second input with the axes behind it that it lacks."""
    x, by = at.inputs
    behind = len(x) - axis_of(layer.axis, len(x), end=True) - len(by)
    return Index(args[1], [Name("..."), *(None,) * behind]) if behind else args[1]


def flatten(layer: Any, at: At, args: Names) -> Any:
    """Join a range of axes."""
    rank = len(at.inputs[0])
    end = axis_of(layer.end_axis, rank)
    return Call("torch.flatten", [*args, layer.axis], {} if end == rank - 1 else {"end_dim": end})


def reshape(layer: Any, at: At, args: Names) -> Any:
    """Say every size that is known; of one that is not, where it comes from, unless it is the only one."""
    old, new = at.inputs[0], at.outputs[0]
    if new.count(None) <= 1:
        return method(args[0], "reshape", *(_open(new) or [()]))
    start = axis_of(layer.axis, len(old), end=True) if layer.axis >= 0 else layer.axis + len(old) + 1
    stop = len(old) if layer.count == -1 else start + layer.count
    middle = [start + i if size == 0 else None for i, size in enumerate(layer.sizes)]
    places = [*range(start), *middle, *range(stop, len(old))]
    said = [
        size if size is not None else -1 if place is None else Name(f"{args[0].text}.shape[{place}]")
        for size, place in zip(new, places, strict=True)
    ]
    return method(args[0], "reshape", *said)


def split(layer: Any, at: At, args: Names) -> Any:
    """Cut into pieces."""
    lengths = layer.lengths(at.inputs[0])
    if len(lengths) == 1:
        return args[0]
    return Call("torch.split", [*args, lengths[0] if layer.points is None else list(lengths)], {"dim": layer.axis})


def crop(layer: Any, at: At, args: Names) -> Any:
    """Cut to the size that the second input has at run time."""
    x, like = args
    axis = axis_of(layer.axis, len(at.inputs[0]))
    cuts = []
    for i, offset in enumerate(layer.offsets(len(at.inputs[0])), axis):
        size = f"{like.text}.shape[{i}]"
        cuts.append(Name(f"{offset} : {offset} + {size}" if offset else f": {size}"))
    return Index(x, [*(Name(":"),) * axis, *cuts])


def repeat(layer: Any, at: At, args: Names) -> Any:
    """Repeat along an axis."""
    times_ = [1] * len(at.inputs[0])
    times_[axis_of(layer.axis, len(times_))] = layer.times
    return method(args[0], "repeat", *times_)


def reduction(layer: Any, at: At, args: Names) -> Any:
    """Reduce the axes behind one to a number, times a coefficient."""
    rank = len(at.inputs[0])
    start = axis_of(layer.axis, rank)
    if layer.function in ("max", "min", "product"):
        return scaled(_extreme(layer.function, args, start, rank), layer.coefficient, 0)
    before = {"abs_sum": "torch.abs", "square_sum": "torch.square"}.get(layer.function)
    x = Call(before, args) if before else args[0]
    kind = "mean" if layer.function == "mean" else "sum"
    reduced = Call(f"torch.{kind}", [x], {"dim": tuple(range(start, rank))} if start else {})
    return reduced if layer.coefficient == 1 else Sum("*", [reduced, layer.coefficient])


def _extreme(function: str, args: Names, start: int, rank: int) -> Any:
    """Return the largest or smallest number of the axes behind one, or their product."""
    if function == "product":
        flat = args if rank - start < 2 or not start else [Call("torch.flatten", [*args, start])]
        return Call("torch.prod", flat, {"dim": start} if start else {})
    return Call(f"torch.a{function}", args, {"dim": tuple(range(start, rank))} if start else {})


def mean(layer: Any, at: At, args: Names) -> Any:
    """Take the mean over axes that stay."""
    return Call("torch.mean", args, {"dim": tuple(layer.axes), "keepdim": True})
