"""Operators that bring an image to another size, or its elements to other places."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Open, Size, Value
from translator.mapping import Unsayable

REPEATING = {
    ("asymmetric", "floor"),
    ("half_pixel", "round_prefer_floor"),
    ("half_pixel", "round_prefer_ceil"),
    ("tf_half_pixel_for_nn", "floor"),
}
"""How pixels are placed, and which neighbour is taken, where a whole factor then repeats each pixel."""


def resize(site: Site) -> list[Value]:
    """Read a Resize or an Upsample of an image: by whole factors to the nearest pixel, or linear between corners."""
    x = site.x
    if x.rank != 4 or site.opset < 7:
        raise Unsayable(f"it is of {x.rank} axes, or of an old form")
    for name, value in (("antialias", 0), ("exclude_outside", 0), ("keep_aspect_ratio_policy", "stretch")):
        site.only(name, value)
    if "axes" in site.operator.attributes:
        raise Unsayable("it names axes")
    mode = site.get("mode", "nearest")
    placed = site.get("coordinate_transformation_mode", "half_pixel" if site.opset >= 11 else "asymmetric")
    near = site.get("nearest_mode", "round_prefer_floor" if site.opset >= 11 else "floor")
    scales = _scales(site, x)
    if mode == "nearest" and (placed, near) in REPEATING and all(scale == int(scale) for scale in scales):
        return site.add(L.Upsample2D(scale=[int(scale) for scale in scales]), x)
    if mode in ("linear", "bilinear") and placed == "align_corners":
        size = [size * scale for size, scale in zip(certain(x.dims[2:]), scales, strict=True)]
        found = _sizes(site) or [int(each) for each in size]
        if not site.has(3) and found != size:
            raise Unsayable("engines differ in where the corners are of a size that is not whole")
        return site.add(L.ResizeBilinear2D(size=found), x)
    raise Unsayable(f"it is {mode}, with pixels placed {placed} ({near})")


def _sizes(site: Site) -> list[int] | None:
    """Return the height and width that are asked for."""
    if site.opset < 11 or not site.has(3):
        return None
    return list(certain((site.sizes("sizes", 3) or [])[2:], "the size that it gives"))


def _scales(site: Site, x: Value) -> list[float]:
    """Return by how much both axes are longer; the batch and the channels must stay."""
    place = 1 if site.opset < 11 else 2
    if site.opset >= 11 and site.has(3):
        sizes = site.sizes("sizes", 3) or []
        if len(sizes) != 4 or any(new != old for new, old in zip(sizes[:2], x.dims, strict=False)):
            raise Unsayable("it changes the batch or the channels")
        if any(isinstance(new, Open) and new.symbol != getattr(old, "symbol", None) for new, old in _pairs(sizes, x)):
            raise Unsayable("the size that it gives is not known before it runs")
        return [_ratio(new, old) for new, old in _pairs(sizes, x)]
    scales = site.reals("scales", place)
    if scales is None or len(scales) != 4 or tuple(scales[:2]) != (1, 1) or min(scales) <= 0:
        raise Unsayable(f"it is scaled by {scales}")
    return [float(scale) for scale in scales[2:]]


def _pairs(sizes: list[Size], x: Value) -> list[tuple[Size, Size]]:
    return list(zip(sizes[2:], x.dims[2:], strict=True))


def _ratio(new: Size, old: Size) -> float:
    if isinstance(new, Open) and isinstance(old, Open):
        return new.factor / old.factor
    if isinstance(new, Open) or isinstance(old, Open):
        raise Unsayable("the size of the image is not known before it runs")
    if not old:
        raise ValueError("scales an image of no pixels")
    return new / old


def depth_to_space(site: Site) -> list[Value]:
    """Read a DepthToSpace: channels become pixels."""
    x, by, mode = site.x, site.get("blocksize", 0), site.get("mode", "DCR")
    channels, height, width = _image(x)
    if by < 1 or channels % by**2 or mode not in ("DCR", "CRD"):
        raise ValueError(f"deals {channels} channels to squares of {by} ({mode})")
    fewer = channels // by**2
    apart, order = ((by, by, fewer), (0, 3, 4, 1, 5, 2)) if mode == "DCR" else ((fewer, by, by), (0, 1, 4, 2, 5, 3))
    found = site.layer(L.Reshape(sizes=(0, *apart, height, width)), x)
    found = site.layer(L.Permute(order=order), found)
    return site.add(L.Reshape(sizes=(0, fewer, height * by, width * by)), found)


def space_to_depth(site: Site) -> list[Value]:
    """Read a SpaceToDepth: pixels become channels, as the first of the two that they are dealt to or the last."""
    x, by, mode = site.x, site.get("blocksize", 0), site.get("mode", "DCR")
    channels, height, width = _image(x)
    if by < 1 or height % by or width % by or mode not in ("DCR", "CRD"):
        raise ValueError(f"cuts {height} by {width} pixels into squares of {by}")
    found = site.layer(L.Reshape(sizes=(0, channels, height // by, by, width // by, by)), x)
    found = site.layer(L.Permute(order=(0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)), found)
    return site.add(L.Reshape(sizes=(0, channels * by**2, height // by, width // by)), found)


def _image(x: Value) -> tuple[int, ...]:
    if x.rank != 4:
        raise ValueError(f"wants an image, and is given {x.rank} axes")
    return certain(x.dims[1:])


READERS = {
    "Resize": resize,
    "Upsample": resize,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
}
