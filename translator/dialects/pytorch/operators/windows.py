"""Convolutions, pooling and borders."""

from __future__ import annotations

from math import prod
from typing import Any

from ir import layers as L
from ir.shapes import same_pad
from ir.weights import Tensor
from translator.dialects.pytorch.operators.cutting import part
from translator.dialects.pytorch.operators.mixing import averaged
from translator.dialects.pytorch.operators.reduce import total_over
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.gathering import of_rank
from translator.mapping import Unsayable

Pads = list[tuple[int, int]]
MOST = 64
"""Windows of several sizes at most."""


def batched(site: Site, rank: int) -> tuple[Value, bool]:
    """Return the input with a batch in front, and whether it had none, which PyTorch allows."""
    x = site.x
    if x.rank == rank + 1:
        return site.layer(L.Reshape(sizes=(1,), axis=0, count=0), x), True
    if x.rank != rank + 2:
        raise ValueError(f"works over {rank} axes of an input of {x.rank}")
    return x, False


def as_it_was(site: Site, found: Value, lone: bool) -> list[Value]:
    """Return a result without the batch that was put in front of the input."""
    return site.add(L.Reshape(sizes=(), axis=0, count=1), found) if lone else [found]


def _convolve(site: Site, rank: int, transposed: bool, pad: Pads, extra: list[int]) -> list[Value]:
    x, lone = batched(site, rank)
    kernel, groups = site.weight("weight"), site.whole("groups", 1)
    if len(kernel.shape) != rank + 2 or groups < 1:
        raise ValueError(f"has weights of the shape {kernel.shape}, in {groups} groups")
    filters = kernel.shape[1] * groups if transposed else kernel.shape[0]
    weights = site.weights(kernel="weight", bias="bias")
    _check_bias(weights, filters)
    facts: dict[str, Any] = {"output_pad": extra} if transposed else {}
    layer = of_rank("ConvTranspose" if transposed else "Conv", rank)(
        filters=filters,
        kernel=kernel.shape[2:],
        stride=site.per_axis("stride", rank, 1, 1),
        pad=pad,
        dilation=site.per_axis("dilation", rank, 1, 1),
        groups=groups,
        bias="bias" in weights,
        **facts,
    )
    return as_it_was(site, site.layer(layer, x, weights=weights), lone)


def _check_bias(weights: dict[str, Tensor], filters: int) -> None:
    if "bias" in weights and weights["bias"].shape != (filters,):
        raise ValueError(f"has a bias of the shape {weights['bias'].shape} for {filters} filters")


def _even(pads: list[int]) -> Pads:
    return [(pad, pad) for pad in pads]


def convolution(site: Site) -> list[Value]:
    """Read a conv1d, conv2d or conv3d; its border may be the word `same`, with the odd element behind."""
    rank = int(site.kind[4])
    if isinstance(site.operator.arguments.get("padding"), str):
        word = site.text("padding")
        if word not in ("same", "valid"):
            raise ValueError(f"has the unknown padding {word!r}")
        kernel, dilation = site.weight("weight").shape[2:], site.per_axis("dilation", rank, 1, 1)
        # PyTorch allows `same` without strides alone, where the size makes no difference.
        room = [same_pad(1 << 20, k, 1, d) for k, d in zip(kernel, dilation, strict=True)]
        return _convolve(site, rank, False, room if word == "same" else [(0, 0)] * rank, [])
    return _convolve(site, rank, False, _even(site.per_axis("padding", rank, 0)), [])


def transposed(site: Site) -> list[Value]:
    """Read a conv_transpose1d, 2d or 3d."""
    rank = int(site.kind[len("conv_transpose")])
    extra = site.per_axis("output_padding", rank, 0)
    return _convolve(site, rank, True, _even(site.per_axis("padding", rank, 0)), extra)


def any_convolution(site: Site) -> list[Value]:
    """Read a convolution of core ATen, which is of any rank, and either way."""
    rank = len(site.weight("weight").shape) - 2
    extra = site.per_axis("output_padding", rank, 0)
    return _convolve(site, rank, site.truth("transposed"), _even(site.per_axis("padding", rank, 0)), extra)


def _pool_rank(site: Site) -> int:
    return int(site.kind[site.kind.index("pool") + 4])


def _pooling(site: Site, rank: int) -> dict[str, Any]:
    kernel = site.per_axis("kernel_size", rank, 0, 1)
    return {
        "kernel": kernel,
        "stride": site.per_axis("stride", rank, kernel, 1),
        "pad": _even(site.per_axis("padding", rank, 0)),
        "rounding": "ceil" if site.truth("ceil_mode") else "floor",
    }


def max_pool(site: Site) -> list[Value]:
    """Read a max_pool; of one with indices, over images, both outputs."""
    rank = _pool_rank(site)
    dilation = site.per_axis("dilation", rank, 1, 1)
    x, lone = batched(site, rank)
    facts = _pooling(site, rank)
    if site.is_wanted(1):
        if rank != 2 or lone or set(dilation) != {1}:
            raise Unsayable("it tells where the largest values stood")
        return site.add(L.MaxPoolIndices2D(**facts), x)
    return as_it_was(site, site.layer(of_rank("MaxPool", rank)(**facts, dilation=dilation), x), lone)


def avg_pool(site: Site) -> list[Value]:
    """Read an avg_pool."""
    rank = _pool_rank(site)
    x, lone = batched(site, rank)
    facts = _pooling(site, rank)
    if site.has("divisor_override"):
        if facts["rounding"] == "ceil":
            raise Unsayable("it divides windows that reach beyond the border by a number of its own")
        mean = site.layer(of_rank("AvgPool", rank)(**facts, count_pad=True), x)
        scale = prod(facts["kernel"]) / site.whole("divisor_override")
        return as_it_was(site, site.layer(L.Power(scale=scale), mean), lone)
    counted = site.truth("count_include_pad", True) or not any(map(any, facts["pad"]))
    return as_it_was(site, site.layer(of_rank("AvgPool", rank)(**facts, count_pad=counted), x), lone)


def adaptive(site: Site) -> list[Value]:
    """Read an adaptive pooling: to one element, to as many as there are, or by windows that fit evenly."""
    site.one_output()
    rank = _pool_rank(site)
    kind = "Max" if "max" in site.kind else "Avg"
    x, lone = batched(site, rank)
    sizes = site.sizes("output_size")
    sizes = sizes * rank if len(sizes) == 1 else sizes
    if len(sizes) != rank:
        raise ValueError(f"has {sizes} for output_size, of {rank} axes")
    if set(sizes) == {1}:
        return as_it_was(site, site.layer(of_rank(f"Global{kind}Pool", rank)(), x), lone)
    if tuple(sizes) == x.dims[2:]:
        return as_it_was(site, site.layer(L.Identity(), x), lone)
    space, wanted = certain(x.dims[2:], "the size that it pools"), certain(sizes)
    uneven = any(want < 1 or size % want for size, want in zip(space, wanted, strict=True))
    if uneven and kind == "Avg" and min(wanted) > 0:
        for axis, want in enumerate(wanted):
            x = averaged(site, x, axis + 2, want)
        return as_it_was(site, x, lone)
    if uneven:
        if min(wanted) < 1 or sum(wanted) > MOST:
            raise Unsayable(f"its windows are of several sizes, from {space} to {wanted}")
        for axis, (size, want) in enumerate(zip(space, wanted, strict=True), 2):
            spans = [(at * size // want, -(-(at + 1) * size // want)) for at in range(want)]
            largest = [total_over(site, part(site, x, axis, *span), [axis], True, "max") for span in spans]
            x = site.layer(L.Concat(axis=axis), *largest) if want > 1 else largest[0]
        return as_it_was(site, x, lone)
    steps = [size // want for size, want in zip(space, wanted, strict=True)]
    return as_it_was(site, site.layer(of_rank(f"{kind}Pool", rank)(kernel=steps, stride=steps), x), lone)


MODES = {"replicate": "edge", "reflect": "reflect", "circular": "wrap"}
"""What a border of another mode than one value holds, in the catalogue's words."""


def pad(site: Site) -> list[Value]:
    """Read a border around the last axes: of one value, or of what is in the tensor."""
    said = site.text("mode", "constant") if site.kind == "pad" else "constant"
    mode = MODES.get(said)
    x, given = site.x, site.wholes("pad")
    value = site.operator.arguments.get("value")
    lowest = isinstance(value, float) and value == float("-inf")
    border = None if lowest else site.real("value", 0.0)
    if len(given) % 2 or len(given) > 2 * x.rank:
        raise ValueError(f"has {len(given)} borders for {x.rank} axes")
    pairs = list(zip(given[::2], given[1::2], strict=True))
    pairs = (pairs + [(0, 0)] * x.rank)[: x.rank][::-1]
    if not any(map(any, pairs)):
        return [x]
    first = next(axis for axis, pair in enumerate(pairs) if any(pair))
    if mode is not None and first >= 2 and x.rank <= 5:
        return site.add(of_rank("Pad", x.rank - 2)(pad=pairs[2:], mode=mode), x)
    if said != "constant":
        raise Unsayable(f"its border is of the mode {said!r}")
    if x.rank >= 3 and first >= 2 and x.rank <= 5:
        return site.add(of_rank("Pad", x.rank - 2)(pad=pairs[2:], value=border), x)
    if x.rank < 5 and first >= 1 and x.rank >= 2:
        # Channels become an axis of the image for a while.
        image = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), x)
        found = site.layer(of_rank("Pad", x.rank - 1)(pad=pairs[1:], value=border), image)
        return site.add(L.Reshape(sizes=(), axis=1, count=1), found)
    raise Unsayable("it adds to the batch")


READERS = {
    **dict.fromkeys(["conv1d", "conv2d", "conv3d"], convolution),
    **dict.fromkeys(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], transposed),
    "convolution": any_convolution,
    **{f"max_pool{rank}d{more}": max_pool for rank in (1, 2, 3) for more in ("", "_with_indices")},
    **dict.fromkeys(["avg_pool1d", "avg_pool2d", "avg_pool3d"], avg_pool),
    **{
        f"{name}_pool{rank}d": adaptive
        for name in ("adaptive_avg", "_adaptive_avg", "adaptive_max")
        for rank in (1, 2, 3)
    },
    "pad": pad,
    "constant_pad_nd": pad,
}
