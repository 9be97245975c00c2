"""How layers are read that are several of the catalogue's, or one of those that their fields tell apart.

Source: the layers of Keras 1.2, 2.2 and 3, https://github.com/keras-team/keras
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ir import layers as L
from ir.graph import Ref
from ir.layer import Layer
from ir.shapes import axis_of
from translator.dialects.keras.channels import numbers
from translator.dialects.keras.functions import LAYERS, activate
from translator.dialects.keras.layers import READINGS, report_unknown, rule_of
from translator.dialects.keras.site import Mask, Site
from translator.mapping import Blob

Reading = TypeVar("Reading", bound=Callable[[Site], Ref | Sequence[Ref]])


def reads(*kinds: str) -> Callable[[Reading], Reading]:
    """Register how some classes are read; what no field says is reported when it has been."""

    def register(reading: Reading) -> Reading:
        def whole(site: Site) -> Sequence[Ref]:
            found = reading(site)
            report_unknown(site)
            return [found] if isinstance(found, Ref) else found

        READINGS.update(dict.fromkeys(kinds, whole))
        return reading

    return register


@reads(*LAYERS)
def _function(site: Site) -> Ref:
    if site.entry.kind == "ReLU" and (threshold := site.get("threshold")):
        return _rectified(site, threshold)
    return site.add(LAYERS[site.entry.kind](site))


def _rectified(site: Site, threshold: float) -> Ref:
    """Read a ReLU that starts at a threshold: what is below is as far below 0 as it is below that, by the slope."""
    slope, most = site.get("negative_slope") or 0.0, site.get("max_value")
    above = site.add(L.Threshold(threshold=threshold), part="above")
    kept = site.add(L.Multiply(), site.x, above, part="kept")
    if most is not None:
        kept = site.add(L.Clip(minimum=min(threshold, 0.0), maximum=most), kept, part="cut")
    if not slope:
        return site.add(L.Identity(), kept)
    off = site.add(L.Power(scale=-1.0, shift=threshold), part="off")
    below = site.add(L.ReLU(), off, part="below")
    return site.add(L.Add(coefficients=(1.0, -slope)), kept, below)


@reads("Activation")
def _activation(site: Site) -> Ref:
    # Keras 0 has these of its base class in it.
    site.taken += ["beta", "target"]
    return activate(site, site.get("activation"), site.x, part="")


@reads("InputLayer", "ActivityRegularization", "Identity")
def _nothing(site: Site) -> Ref:
    site.taken += ["l1", "l2"]
    return site.add(L.Identity())


@reads("GaussianNoise", "GaussianDropout", "AlphaDropout")
def _noise(site: Site) -> Ref:
    site.taken += ["stddev", "rate"]
    told = f"{site.entry.name} adds noise in training alone, and was left out"
    site.drawn.report.add("training-layer", told, site.entry.origin)
    return site.add(L.Identity())


@reads("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def _dropout(site: Site) -> Ref:
    return site.add(L.Dropout(rate=site.get("rate", 0.5)))


@reads("ThresholdedReLU")
def _thresholded(site: Site) -> Ref:
    above = site.add(L.Threshold(threshold=site.get("theta", 1.0)), part="above")
    return site.add(L.Multiply(), site.x, above)


@reads("PReLU")
def _prelu(site: Site) -> Ref:
    """Read PReLU, whose slopes cover the axes that do not share them; those of several axes are a Scale's."""
    shared = {axis_of(axis, site.rank) for axis in site.get("shared_axes") or ()}
    own = [axis for axis in range(1, site.rank) if axis not in shared]
    slopes = [Blob("slope")]
    if not own:
        return site.add(L.PReLU(shared=True), blobs=slopes)
    if len(own) == 1:
        return site.add(L.PReLU(axis=own[0]), blobs=slopes)
    site.need(not shared, "its slopes cover some of the axes")
    above = site.add(L.ReLU(), part="above")
    turned = site.add(L.Power(scale=-1.0), part="turned")
    below = site.add(L.ReLU(), turned, part="below")
    scaled = site.add(L.Scale(axis=1, count=-1), below, part="sloped", blobs=[Blob("gamma")])
    return site.add(L.Add(coefficients=(1.0, -1.0)), above, scaled)


@reads("Flatten")
def _flatten(site: Site) -> Ref:
    """Flatten channels last, whatever the layout, where a layout is said; before 2.1.3 none was."""
    if site.fields.get("data_format") != "channels_first" or site.rank < 3:
        return site.add(L.Flatten())
    order = (0, *range(2, site.rank), 1)
    return site.add(L.Flatten(), site.add(L.Permute(order=order), part="turned"))


@reads("Reshape")
def _reshape(site: Site) -> Ref:
    sizes = site.fields.get("target_shape", site.fields.get("dims"))
    site.taken += ["target_shape", "dims"]
    site.need(isinstance(sizes, list), "its shape is no list")
    return site.add(L.Reshape(sizes=(0, *(-1 if size is None else size for size in sizes or ()))))


@reads("Permute")
def _permute(site: Site) -> Ref:
    return site.add(L.Permute(order=(0, *site.get("dims", ()))))


@reads("RepeatVector")
def _repeat(site: Site) -> Ref:
    row = site.add(L.Reshape(sizes=(0, 1, -1)), part="row")
    return site.add(L.Tile(axis=1, times=site.get("n")), row)


@reads("UpSampling1D")
def _upsampling1d(site: Site) -> Ref:
    """Repeat each step, as an image of one column."""
    steps, channels = site.shapes[0][1:]
    scale = site.get("size", 2)
    image = site.add(L.Reshape(sizes=(0, -1 if steps is None else steps, 1, channels or 0)), part="image")
    wide = site.add(L.Upsample2D(scale=(scale, 1)), image, part="repeated", layout="channels_last")
    return site.add(L.Reshape(sizes=(0, -1 if steps is None else steps * scale, channels or 0)), wide)


@reads("UpSampling3D")
def _upsampling3d(site: Site) -> Ref:
    """Repeat along the depth, as an image of one column, and then along both axes, with the depth as more rows."""
    shape = site.shapes[0]
    site.need(site.layout == "channels_last" and None not in shape[1:], "its image is of no known size, or turned")
    depth, height, width, channels = (size or 0 for size in shape[1:])
    size = site.get("size", 2)
    d, h, w = size if isinstance(size, list) else [size] * 3
    column = site.add(L.Reshape(sizes=(0, depth, 1, height * width * channels)), part="column")
    deep = site.add(L.Upsample2D(scale=(d, 1)), column, part="deep")
    rows = site.add(L.Reshape(sizes=(0, depth * d * height, width, channels)), deep, part="rows")
    wide = site.add(L.Upsample2D(scale=(h, w)), rows, part="wide")
    return site.add(L.Reshape(sizes=(0, depth * d, height * h, width * w, channels)), wide)


@reads("UpSampling2D")
def _upsampling2d(site: Site) -> Ref:
    """Repeat each pixel, or interpolate between their middles."""
    how = site.get("interpolation", "nearest")
    size = site.get("size", 2)
    by = size if isinstance(size, list) else [size, size]
    if how == "nearest":
        return site.add(L.Upsample2D(scale=by))
    site.need(how == "bilinear", f"it interpolates by {how}")
    space = site.at().space
    site.need(None not in space, "the size of the image is not known")
    return site.add(L.ResizeBilinear2D(size=[(n or 0) * k for n, k in zip(space, by, strict=True)], corners=False))


@reads("Resizing")
def _resizing(site: Site) -> Ref:
    """Interpolate between the middles of pixels; only where nothing is cut off or added."""
    how = site.get("interpolation", "bilinear")
    site.need(how == "bilinear" and site.rank == 4, f"it interpolates by {how}")
    kept = [site.get(name) for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias")]
    site.need(not any(kept), "it keeps the proportions, or smooths")
    site.taken += ["fill_mode", "fill_value"]
    return site.add(L.ResizeBilinear2D(size=(site.get("height"), site.get("width")), corners=False))


@reads("LRN2D")
def _lrn(site: Site) -> Ref:
    """Read what Keras 0 had in `layers.normalization`; later it was in the code of those who used it."""
    if site.drawn.document.era.generation > 0:
        told = f"{site.entry.name} is a class that Keras 0 had, and is taken to be that one"
        site.drawn.report.add("assumed-value", told, site.entry.origin)
    size = site.get("n", 5)
    alpha = site.get("alpha", 1e-4) * size
    return site.add(L.LRN(size=size, alpha=alpha, beta=site.get("beta", 0.75), k=site.get("k", 2)))


def _mean_of_counted(site: Site, mask: Ref) -> Ref:
    """Return the mean over the steps that count."""
    counted = site.add(L.ScaleBy(axis=0), site.x, mask, part="counted")
    mean, share = site.add(L.Mean(axes=(1,)), counted, part="mean"), site.add(L.Mean(axes=(1,)), mask, part="share")
    site.need(site.layout == "channels_last" and not site.get("keepdims"), "it is channels first, or keeps the steps")
    return site.add(L.Divide(), site.add(L.Reshape(sizes=(), axis=1, count=1), mean, part="flat"), share)


def _global(name: str, rank: int) -> Callable[[Site], Ref]:
    layer: Any = getattr(L, f"Global{name}Pool{rank}D")

    def read(site: Site) -> Ref:
        if (name, rank) == ("Avg", 1) and (mask := site.mask()) is not None:
            return _mean_of_counted(site, mask)
        if site.get("keepdims"):
            return site.add(layer())
        return site.add(L.Flatten(), site.add(layer(), part="pool"))

    return read


for _rank in (1, 2, 3):
    reads(f"GlobalMaxPooling{_rank}D")(_global("Max", _rank))
    reads(f"GlobalAveragePooling{_rank}D")(_global("Avg", _rank))


@reads("BatchNormalization")
def _normalization(site: Site) -> Ref:
    """Read BatchNormalization; in Keras 1 its mode 1 works on each sample, and mode 2 on the batch at hand."""
    mode = site.get("mode", 0)
    site.need(mode in (0, 2), f"its mode is {mode}")
    site.need(not site.get("renorm"), "it renormalizes")
    # Keras 0 had at first statistics of their own for each element.
    site.need("axis" in site.fields or site.drawn.document.era.generation > 0, "it says no axis")
    layer, rule = rule_of(site)
    assert isinstance(layer, L.BatchNorm)
    site.taken += rule.keys
    if mode == 2:
        layer = layer.replace(batch_statistics=True)
    return site.add(layer, blobs=rule.blobs_of(layer))


@reads("SeparableConv1D", "SeparableConv2D")
def _separable(site: Site) -> Ref:
    """Read a convolution of each channel, and one over the channels behind it."""
    rank = int(site.entry.kind[-2])
    channels = site.at().channels
    site.need(channels, "the number of channels is not known")
    depthwise, _ = rule_of(site, f"DepthwiseConv{rank}D")
    assert isinstance(depthwise, (L.Conv1D, L.Conv2D))
    letters = "HW" if rank == 2 else "L"
    bias = bool(site.get("use_bias", True))
    pointwise: Any = L.Conv2D if rank == 2 else L.Conv1D
    deep = site.add(
        depthwise.replace(bias=False), part="depthwise", blobs=[Blob("kernel", f"{letters}IO", "depthwise")]
    )
    site.taken += ["kernel_size", "strides", "padding", "dilation_rate", "depth_multiplier"]
    flat: Layer = pointwise(filters=site.get("filters"), kernel=1, bias=bias)
    ref = site.add(flat, deep, blobs=[Blob("kernel", f"{letters}IO"), Blob("bias")])
    return activate(site, site.fields.get("activation"), ref)


@reads("LocallyConnected2D", "LocallyConnected1D")
def _locally_connected(site: Site) -> Ref:
    """Read filters for each place, of an image or of a sequence, which is an image of one column."""
    site.need(site.get("implementation", 1) == 1, "its kernel has another form")
    site.need(site.get("padding", "valid") == "valid" and site.layout == "channels_last", "its border, or its layout")
    kernel, stride = site.get("kernel_size"), site.get("strides", 1)
    flat = site.entry.kind == "LocallyConnected1D"
    x, sizes = site.x, site.shapes[0][1:]
    site.need(None not in sizes, "its sizes are not known")
    if flat:
        kernel, stride = ([*(each if isinstance(each, list) else [each]), 1] for each in (kernel, stride))
        x = site.add(L.Reshape(sizes=(0, sizes[0] or 0, 1, sizes[1] or 0)), part="image")
    layer = L.LocallyConnected2D(
        filters=site.get("filters"), kernel=kernel, stride=stride, bias=bool(site.get("use_bias", True))
    )
    blobs = [Blob("kernel", name="local"), Blob("bias", "PO" if flat else "", "local")]
    found = site.add(layer, x, part="each" if flat else "", blobs=blobs, layout="channels_last")
    if flat:
        shape = site.drawn.shapes[found]
        found = site.add(L.Reshape(sizes=(0, shape[1] or 0, shape[3] or 0)), found)
    return activate(site, site.fields.get("activation"), found)


@reads("Embedding")
def _embedding(site: Site) -> Ref:
    layer = L.Embed(vocabulary=site.get("input_dim"), units=site.get("output_dim"))
    site.taken.append("mask_zero")
    ref, words = site.add(layer, blobs=[Blob("kernel")]), site.x
    if site.fields.get("mask_zero"):
        site.drawn.masks[ref] = Mask(lambda: site.add(L.Threshold(), words, part="mask"))
    return ref


@reads("Masking")
def _masking(site: Site) -> Ref:
    """Leave out the steps all of whose numbers are one value: they become 0, and are no part of what is over time."""
    site.need(site.rank == 3, "its input is no sequence")
    (value,) = numbers(site, site.x, site.get("mask_value", 0.0))
    off = site.add(L.Power(shift=-value), part="off") if value else site.x
    size = site.add(L.Reduction(function="max", axis=2), site.add(L.Abs(), off, part="size"), part="largest")
    mask = site.add(L.Threshold(), size, part="mask")
    ref = site.add(L.ScaleBy(axis=0), site.x, mask)
    site.drawn.masks[ref] = Mask(lambda: mask)
    return ref


def _is_product(site: Site, equation: str) -> bool:
    """Tell whether an equation multiplies the last axis by a matrix, and what is added has the axis that this gives."""
    left, _, result = equation.partition("->")
    whole, _, matrix = left.partition(",")
    alike = len(matrix) == 2 and len(set(whole + matrix)) == len(whole) + 1
    fits = alike and whole.endswith(matrix[0]) and result == whole[:-1] + matrix[1]
    return fits and len(whole) == site.rank and site.fields.get("bias_axes") in (None, matrix[1])


@reads("EinsumDense")
def _einsum(site: Site) -> Ref:
    """Read an EinsumDense that is a Dense, or multiplies each element along some axes by a factor: a Scale."""
    if _is_product(site, str(site.get("equation", ""))):
        said = site.get("output_shape")
        units = said[-1] if isinstance(said, list) and said else said
        dense = L.Dense(units=units, bias=site.get("bias_axes") is not None)
        found = site.add(dense, blobs=[Blob("kernel", "IO"), Blob("bias")])
        return activate(site, site.fields.get("activation"), found)
    left, _, result = str(site.get("equation", "")).partition("->")
    whole, _, scaled = left.partition(",")
    start = whole.find(scaled)
    site.need(result == whole and scaled and start >= 0 and len(whole) == site.rank, "its equation is none of a Scale")
    bias = site.get("bias_axes")
    site.need(bias in (None, scaled), "its bias is along other axes")
    site.taken.append("output_shape")
    layer = L.Scale(axis=start, count=len(scaled), bias=bias is not None)
    return activate(site, site.fields.get("activation"), site.add(layer, blobs=[Blob("gamma"), Blob("beta")]))
