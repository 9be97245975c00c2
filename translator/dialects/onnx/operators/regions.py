"""Operators that look at an image at places which another tensor says, by sampling it there."""

from __future__ import annotations

from math import prod

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable
from translator.terms import bounded, counted

MANY = 256
"""Times at most that an image is sampled, one for each part of a kernel."""


def _as_points(of: Terms, x: Value, y: Value, width: int, height: int) -> Value:
    """Return points as a grid has them, -1 to 1 between the outer pixels; the two stretch over each other."""
    lines = []
    for value, other, size in ((x, y, width), (y, x, height)):
        line = of.line(value, 2 / (size - 1), -1.0) if size > 1 else of.line(value, 2.0, -1.0)
        lines.append(of.column(of.add(line, of.line(other, 0.0))))
    return of.site.layer(L.Concat(axis=lines[0].rank - 1), *lines)


def align(site: Site) -> list[Value]:
    """Read a RoiAlign that takes the mean of a certain number of points in each part of a region."""
    of, x, regions = Terms(site), site.x, site.tensor(1)
    ratio, high, wide = (site.get(name, default) for name, default in (("sampling_ratio", 0), *_OUT))
    if ratio < 1 or site.get("mode", "avg") != "avg" or x.rank != 4 or min(high, wide) < 1:
        raise Unsayable("how many points it takes follows from the regions, or it takes the largest of them")
    half = site.opset >= 16 and site.get("coordinate_transformation_mode", "half_pixel") == "half_pixel"
    height, width = certain(x.dims[2:], "the size of the image")
    scaled = of.line(regions, site.get("spatial_scale", 1.0), -0.5 if half else 0.0)
    corners = [part(site, scaled, 1, place, place + 1) for place in range(4)]
    lines, inside = [], []
    for first, last, count, size in ((0, 2, wide, width), (1, 3, high, height)):
        length = of.subtract(corners[last], corners[first])
        length = length if half else site.layer(L.Clip(minimum=1.0, maximum=1e30), length)
        shares = of.constant(((counted(count * ratio) + 0.5) / (count * ratio))[None])
        places = of.add(site.layer(L.MatMul(), length, shares), corners[first])
        outside = of.add(of.is_("less", places, -1.0), of.is_("greater", places, float(size)))
        lines.append(places)
        inside.append(of.opposite(outside))
    rows = [site.layer(L.Reshape(sizes=(1,), axis=1, count=0), each) for each in (lines[0], inside[0])]
    grid = _as_points(of, rows[0], of.column(lines[1]), width, height)
    image = site.layer(L.BatchReindex(), x, site.tensor(2))
    found = site.layer(L.GridSample2D(border="edge", corners=True), image, grid)
    truth = site.layer(L.MatMul(), of.column(inside[1]), rows[1])
    truth = site.layer(L.Reshape(sizes=(1,), axis=1, count=0), truth)
    found = of.multiply(found, truth)
    return [site.layer(L.AvgPool2D(kernel=ratio, stride=ratio), found)]


_OUT = (("output_height", 1), ("output_width", 1))


def deformed(site: Site) -> list[Value]:
    """Read a DeformConv: the image is sampled where each part of the kernel goes, and a plain product follows."""
    of, x, kernel, offsets = Terms(site), site.x, site.weight(1), site.tensor(2)
    if x.rank != 4 or len(kernel.shape) != 4:
        raise Unsayable(f"it is over {x.rank - 2} axes")
    filters, _, *window = kernel.shape
    strides, gaps = (list(site.get(name) or (1, 1)) for name in ("strides", "dilations"))
    pads, groups, dealt = list(site.get("pads") or (0,) * 4), site.get("group", 1), site.get("offset_group", 1)
    channels, height, width, high, wide = certain((*x.dims[1:], *offsets.dims[2:]), "the size of the image")
    many = prod(window)
    bounded(many * dealt * high * wide)
    if many * dealt > MANY:
        raise Unsayable(f"it samples {many * dealt} times, of at most {MANY}")
    if offsets.dims[1] != dealt * many * 2 or channels % dealt or len(pads) != 4 or channels % groups:
        raise ValueError(f"moves {many} places in {dealt} groups by {offsets.shape}")
    images = site.add(L.Slice(axis=1, pieces=dealt), x) if dealt > 1 else [x]
    moves = site.layer(L.Reshape(sizes=(dealt * many, 2), axis=1, count=1), offsets)
    samples = []
    for group, image in enumerate(images):
        for place in range(many):
            at = group * many + place
            row, column = divmod(place, window[1])
            move = site.layer(L.Reshape(sizes=(2, high, wide), axis=1, count=4), part(site, moves, 1, at, at + 1))
            y, across = (
                site.layer(L.Reshape(sizes=(), axis=1, count=1), part(site, move, 1, each, each + 1)) for each in (0, 1)
            )
            rows = np.arange(high)[:, None] * strides[0] - pads[0] + row * gaps[0] + np.zeros((1, wide))
            columns = np.arange(wide)[None] * strides[1] - pads[1] + column * gaps[1] + np.zeros((high, 1))
            y, across = of.add(y, of.constant(rows[None])), of.add(across, of.constant(columns[None]))
            found = site.layer(L.GridSample2D(corners=True), image, _as_points(of, across, y, width, height))
            if site.has(4):
                found = of.multiply(found, part(site, site.tensor(4), 1, at, at + 1))
            samples.append(site.layer(L.Reshape(sizes=(1,), axis=2, count=0), found))
    # (N, channels of a group, places, ...) of each group, and then all channels with their places.
    stacks = [site.layer(L.Concat(axis=2), *samples[i * many : (i + 1) * many]) for i in range(dealt)]
    whole = site.layer(L.Concat(axis=1), *stacks) if dealt > 1 else stacks[0]
    flat = site.layer(L.Flatten(axis=1, end_axis=2), whole)
    weights = {"kernel": kernel.reshaped((filters, kernel.shape[1] * many, 1, 1))}
    weights |= {"bias": site.weight(3)} if site.has(3) else {}
    return site.add(L.Conv2D(filters=filters, kernel=1, groups=groups, bias=site.has(3)), flat, weights=weights)


READERS = {"RoiAlign": align, "DeformConv": deformed}
