"""The inputs of a net: where they are declared, and what shape they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ir.diagnostics import Report
from ir.kinds import MAX_RANK
from ir.origin import Origin
from ir.shapes import Dim, Shape, show
from translator.attrs import Attrs
from translator.dialects.caffe.mapping import DATA, RULES


class Declared(NamedTuple):
    """An input that a net declares, its shape where the file says it, and else what it most likely is, or its batch.

    It is `implied` where a layer takes what no other layer gives. `prepared` says what its layer does to its images.
    """

    name: str
    shape: Shape | None
    origin: Origin | None
    likely: Shape | None = None
    batch: Dim = None
    implied: bool = False
    prepared: str = ""

    @property
    def unsaid(self) -> str:
        """What is the matter with a shape that the file does not say."""
        if self.implied:
            return f"no layer gives {self.name!r}, so it is an input, and the file does not say what shape it has"
        return f"the file does not say what shape {self.name!r} has"


def net_inputs(net: Attrs, report: Report) -> list[Declared]:
    """Return the inputs that stand in the net's own fields: `input` with `input_shape` or `input_dim`."""
    names = net.repeated("input")
    shapes = [each.repeated("dim") for each in net.repeated("input_shape")]
    dims = net.repeated("input_dim")
    if dims and not shapes:
        if len(dims) % 4 and len(names) != 1:
            report.add(
                "value",
                f"input_dim comes in fours, one for each axis, but there are {len(dims)}",
                net.origin("input_dim"),
            )
        per = 4 if len(names) != 1 else len(dims)
        shapes = [dims[i : i + per] for i in range(0, len(dims), per)]
    if len(shapes) == 1 < len(names):
        shapes *= len(names)
    if len(shapes) > len(names):
        report.add("value", f"there are {len(shapes)} input shapes for {len(names)} inputs", net.origin("input_shape"))
    return [
        Declared(name, tuple(shapes[i]) if i < len(shapes) else None, net.origin("input"))
        for i, name in enumerate(names)
    ]


NO_IMAGES = ("HDF5Data", "Input", "DummyData", "MemoryData", "RandVec", "SparseData")
"""Data layers of which it cannot be said what they most likely bring."""


class Use(NamedTuple):
    """What the layers behind say of a blob: how many channels it has at least, and whether it is a volume."""

    channels: int = 1
    volume: bool = False


def layer_inputs(layer: Attrs, uses: Mapping[str, Use] | None = None) -> list[Declared]:
    """Return the inputs that a data layer brings, one for each top."""
    shapes = _data_shapes(layer)
    tops = layer.repeated("top")
    kind = str(layer.get("type"))
    images = kind not in NO_IMAGES and (kind == "Python" or kind in DATA or kind.lower().endswith("data"))
    open_ended = not images or not tops
    likely = None if open_ended else _likely_shape(layer, (uses or {}).get(tops[0], Use()))
    batch = _data_param(layer).get("batch_size")
    declared = [
        Declared(top, shapes[i] if i < len(shapes) else None, layer.origin(), batch=batch) for i, top in enumerate(tops)
    ]
    return [each._replace(likely=likely, prepared=_prepared(layer)) for each in declared[:1]] + declared[1:]


def _prepared(layer: Attrs) -> str:
    """Return the formula by which a data layer prepares its images; empty where it leaves their values as they are.

    Source: https://github.com/BVLC/caffe (src/caffe/data_transformer.cpp); older files have the fields in the
    parameters of the layer's own kind (upgrade_proto.cpp, UpgradeNetDataTransformation).
    """
    transform, param = layer.message("transform_param"), _data_param(layer)
    file, factor = (transform.get(field) or param.get(field) for field in ("mean_file", "scale"))
    means = ", ".join(f"{each:.9g}" for each in transform.repeated("mean_value"))
    mean = f"the mean in {file}" if file else f"({means})" if "," in means else means
    formula = f"image - {mean}" if mean else "image"
    if factor in (None, 1):
        return formula if mean else ""
    return f"{factor:.9g} * ({formula})" if mean else f"{factor:.9g} * image"


def uses_of(layers: Iterable[Attrs]) -> dict[str, Use]:
    """Return what layers say of the blobs that they take.

    One that is cut along its channels has as many as there are if the last piece is like the first.
    """
    found: dict[str, Use] = {}
    for layer in layers:
        points = layer.message("slice_param").repeated("slice_point")
        if layer.get("type") == "Slice" and points and layer.message("slice_param").get("axis", 1) == 1:
            found.update(dict.fromkeys(layer.repeated("bottom"), Use(points[-1] + points[0])))
        elif str(layer.get("type")).endswith("3D"):
            found.update(dict.fromkeys(layer.repeated("bottom"), Use(volume=True)))
    return found


def is_data(layer: Attrs) -> bool:
    """Tell whether a layer brings data in: it says so, or it takes nothing and what it gives is not learned."""
    kind = layer.get("type", "")
    return kind in DATA or (bool(layer.repeated("top")) and not (layer.repeated("bottom") or kind in RULES))


def settled_first(declared: Iterable[Declared]) -> list[Declared]:
    """Return what is declared, once for each name: where several speak of one, the first that says its shape."""
    found: dict[str, Declared] = {}
    for each in declared:
        if each.name not in found or (found[each.name].shape is None and each.shape is not None):
            found[each.name] = each
    return list(found.values())


def _data_shapes(layer: Attrs) -> list[Shape | None]:
    """Return the shapes of a data layer's tops, as far as the file says them."""
    kind = layer.get("type")
    if kind == "Input":
        shapes: list[Shape | None] = [each.repeated("dim") for each in layer.message("input_param").repeated("shape")]
        return shapes * len(layer.repeated("top")) if len(shapes) == 1 else shapes
    if kind == "DummyData":
        return _dummy_shapes(layer.message("dummy_data_param"))
    if kind == "MemoryData":
        param = layer.message("memory_data_param")
        sizes = tuple(param.get(field) for field in ("batch_size", "channels", "height", "width"))
        return [sizes if None not in sizes else None]
    if kind == "RandVec":
        return [_noise_shape(layer.message("randvec_param") or layer.message("rand_vec_param"))]
    return [_image_shape(layer)]


def _noise_shape(param: Attrs) -> Shape | None:
    """Return the shape of the noise that a GAN is given.

    Source: https://github.com/samson-wang/dcgan.caffe and its kind, src/caffe/layers/randvec_layer.cpp
    """
    sizes = (param.get("batch_size"), param.get("dim"))
    space = (param.get("height", 0), param.get("width", 0))
    return None if None in sizes else (*sizes, *space) if all(space) else sizes


def _dummy_shapes(param: Attrs) -> list[Shape | None]:
    if param.repeated("shape"):
        return [each.repeated("dim") for each in param.repeated("shape")]
    sizes = [param.repeated(field) for field in ("num", "channels", "height", "width")]
    count = max(map(len, sizes))
    full = [each * count if len(each) == 1 else each for each in sizes]
    return [tuple(sizes) for sizes in zip(*full, strict=False)]


def _image_size(transform: Attrs, param: Attrs) -> tuple[Dim, Dim]:
    """Return the height and width that a data layer crops or scales its images to."""
    crop, resize = transform.get("crop_size") or param.get("crop_size"), transform.message("resize_param")
    height = transform.get("crop_height") or crop or resize.get("height") or param.get("new_height")
    width = transform.get("crop_width") or crop or resize.get("width") or param.get("new_width")
    return height, width


def _data_param(layer: Attrs) -> Attrs:
    """Return the parameters of a data layer's own kind."""
    return next(
        (each for name, each in layer.items() if name.endswith("data_param") and isinstance(each, Attrs)), Attrs()
    )


def _image_shape(layer: Attrs) -> Shape | None:
    """Return what a data layer says of its images: their size and colours; None where that is not enough."""
    transform, param = layer.message("transform_param"), _data_param(layer)
    height, width = _image_size(transform, param)
    gray = transform.get("force_gray") or param.get("is_color") is False
    means = len(transform.repeated("mean_value"))
    coloured = means == 3 or transform.get("force_color") or param.get("is_color") or layer.get("type") == "ImageData"
    channels = 1 if gray else 3 if coloured else None
    if not height or not width or channels is None:
        return None
    frames = param.repeated("new_length")
    return param.get("batch_size"), channels, *frames, height, width


CLIP = 16
"""Frames of a clip where the file does not say it: the length that C3D takes for granted."""


DATA_SETS = {"mnist": (1, 28, 28), "cifar": (3, 32, 32)}
"""Shapes of public data sets, by what the path of a data layer's source calls them."""


def _likely_shape(layer: Attrs, use: Use) -> Shape:
    """Return the likeliest shape of a data layer's images, where the file does not say it."""
    transform, param = layer.message("transform_param"), _data_param(layer)
    source = str(param.get("source", "")).lower()
    channels, high, wide = next((shape for name, shape in DATA_SETS.items() if name in source), (3, 224, 224))
    height, width = _image_size(transform, param)
    frames = param.repeated("new_length") or (CLIP,) * use.volume
    return param.get("batch_size"), max(channels, use.channels), *frames, height or high, width or wide


def settle(declared: Declared, given: Mapping[str, Shape], report: Report) -> Shape | None:
    """Return an input's shape: the one the user gave, or else the file's, or else the likeliest."""
    shape = given.get(declared.name, declared.shape)
    if shape is None and declared.likely is not None:
        shape = declared.likely
        sizes = ",".join(str(size) for size in (1, *shape[1:]))
        report.add(
            "assumed-shape",
            f"{declared.unsaid}; {show(shape)} is assumed",
            declared.origin,
            hint=f"give it: --shape {declared.name}={sizes} (batch, channels, height, width)",
        )
    if shape is None:
        report.add(
            "input-shape",
            declared.unsaid,
            declared.origin,
            hint=f"give it: --shape {declared.name}=1,3,224,224 (batch, channels, height, width)",
        )
        return None
    if len(shape) > MAX_RANK:
        report.add("value", f"the input {declared.name!r} has {len(shape)} axes, more than {MAX_RANK}", declared.origin)
        return None
    if any(size is not None and (not isinstance(size, int) or size < 1) for size in shape[1:]):
        report.add("value", f"the input {declared.name!r} has a size that is none: {show(shape)}", declared.origin)
        return None
    return shape
