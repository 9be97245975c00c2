"""The boxes of detectors, by NonMaxSuppression."""

from __future__ import annotations

from typing import Any

from translator.dialects.onnx.emission import Site
from translator.mapping import At, Unsayable


def known_boxes(layer: Any, at: At) -> None:
    """Require the number of boxes."""
    if at.inputs and at.inputs[2][-1] is None:
        raise Unsayable("the number of boxes is not known")


def since(opset: int) -> Any:
    """Refuse operator sets before one in which elements can be gathered by index, or sums be said."""

    def refuse(layer: Any, at: At) -> None:
        raise Unsayable(f"it takes operators of set {opset}")

    return refuse


def detections(site: Site) -> list[str]:
    """Give the best boxes of each class as rows: every class of every image is a batch of its own for the operator."""
    layer, boxes = site.layer, (site.shapes[2][-1] or 0) // 4
    labels = [label for label in range(layer.classes) if label != layer.background]
    many = min(layer.candidates or boxes, boxes)
    return [_rows(site, labels, many, *_of_each_class(site, labels, boxes, many))]


def _of_each_class(site: Site, labels: list[int], boxes: int, many: int) -> tuple[str, str]:
    """Return the corners (N * classes, many, 4) and scores (N * classes, 1, many) of each class, the best first."""
    layer = site.layer
    scores = site.op("Reshape", site.inputs[1], site.constant([-1, boxes, layer.classes], "by_box", "int64"))
    scores = site.op("Transpose", scores, perm=[0, 2, 1])
    scores = site.op("Gather", scores, site.constant(labels, "labels", "int64"), axis=1)
    scores, order = site.ops_of("TopK", scores, results=2, k=many, axis=2)
    spread = site.op("Expand", site.op("Unsqueeze", order, axes=[3]), site.constant([1, 1, 1, 4], "corners", "int64"))
    copies = site.constant([1, len(labels), 1, 1], "classes", "int64")
    corners = site.op("Expand", site.op("Unsqueeze", _decoded(site, boxes), axes=[1]), copies)
    corners = site.op("GatherElements", corners, spread, axis=2)
    corners = site.op("Reshape", corners, site.constant([-1, many, 4], "each_class", "int64"))
    return corners, site.op("Reshape", scores, site.constant([-1, 1, many], "each_score", "int64"))


def _decoded(site: Site, boxes: int) -> str:
    """Return the corners (N, boxes, 4) that the offsets say."""
    layer = site.layer
    offsets = site.op("Reshape", site.inputs[0], site.constant([-1, boxes, 4], "by_corner", "int64"))
    priors = site.op("Reshape", site.inputs[2], site.constant([2, boxes, 4], "by_prior", "int64"))
    variances, priors = _cut(site, priors, 0, 1, 2), _cut(site, priors, 0, 0, 1)
    offsets = site.op("Mul", offsets, variances) if layer.scaled else offsets
    if layer.code == "corner":
        return site.op("Add", priors, offsets)
    low, high = _cut(site, priors, 2, 0, 2), _cut(site, priors, 2, 2, 4)
    size, half = site.op("Sub", high, low), site.constant(0.5, "half")
    middle = site.op("Mul", site.op("Add", low, high), half)
    centre = site.op("Add", site.op("Mul", _cut(site, offsets, 2, 0, 2), size), middle)
    reach = site.op("Mul", site.op("Mul", site.op("Exp", _cut(site, offsets, 2, 2, 4)), size), half)
    return site.op("Concat", site.op("Sub", centre, reach), site.op("Add", centre, reach), axis=2)


def _cut(site: Site, x: str, axis: int, start: int, end: int) -> str:
    return site.op("Slice", x, starts=[start], ends=[end], axes=[axis])


def _rows(site: Site, labels: list[int], many: int, corners: str, scores: str) -> str:
    layer, total = site.layer, len(labels) * many
    limits: list[Any] = [site.constant([many], "all", "int64"), site.constant([layer.overlap], "overlap")]
    if layer.threshold is not None:
        limits.append(site.constant([layer.threshold], "threshold"))
    # To this operator corners may stand the other way round; to Caffe such a box has no area.
    low, high = _cut(site, corners, 2, 0, 2), _cut(site, corners, 2, 2, 4)
    sound = site.op("Concat", low, site.op("Max", low, high), axis=2)
    found = site.op("NonMaxSuppression", sound, scores, *limits)
    places = site.op(
        "Add", site.op("Mul", _column(site, found, 0), site.constant(many, "many", "int64")), _column(site, found, 2)
    )
    flat = site.constant([-1], "flat", "int64")
    if layer.keep is not None and layer.keep < total:
        places = _best(site, places, site.op("Reshape", scores, flat), total)
    wide, one = site.constant(total, "total", "int64"), site.constant([-1, 1], "column", "int64")
    image = site.op("Div", places, wide)
    label = site.op(
        "Div", site.op("Sub", places, site.op("Mul", image, wide)), site.constant(many, "of_class", "int64")
    )
    label = site.op("Gather", site.constant(labels, "numbers"), label)
    columns = [site.cast(image, "float32"), label, site.op("Gather", site.op("Reshape", scores, flat), places)]
    columns = [site.op("Reshape", each, one) for each in columns]
    chosen = site.op("Gather", site.op("Reshape", corners, site.constant([-1, 4], "boxes", "int64")), places)
    rows = site.op("Concat", *columns, chosen, axis=1)
    return site.op("Unsqueeze", _or_none(site, rows), axes=[0, 1])


def _column(site: Site, found: str, column: int) -> str:
    return site.op("Squeeze", _cut(site, found, 1, column, column + 1), axes=[1])


def _best(site: Site, places: str, scores: str, total: int) -> str:
    """Return those of some places, in their order, whose scores are the best of their image."""
    nothing = _full(site, -3e38, site.op("Shape", scores))
    standing = site.op("ScatterElements", nothing, places, site.op("Gather", scores, places), axis=0)
    by_image = site.op("Reshape", standing, site.constant([-1, total], "by_image", "int64"))
    _, best = site.ops_of("TopK", by_image, results=2, k=site.layer.keep, axis=1)
    kept, ones = (_full(site, value, site.op("Shape", like)) for value, like in ((0.0, by_image), (1.0, best)))
    kept = site.op("ScatterElements", kept, best, ones, axis=1)
    stands = site.op("Greater", by_image, site.constant(-2e38, "stands"))
    chosen = site.op("And", stands, site.op("Greater", kept, site.constant(0.5, "chosen")))
    chosen = site.op("NonZero", site.op("Reshape", chosen, site.constant([-1], "all_places", "int64")))
    return site.op("Squeeze", chosen, axes=[0])


def _or_none(site: Site, rows: str) -> str:
    """Return the rows, or where there are none one for each image, of -1 behind its number."""
    batch = site.op("Slice", site.op("Shape", site.inputs[0]), starts=[0], ends=[1])
    count = site.op("Slice", site.op("Shape", rows), starts=[0], ends=[1])
    empty = site.op("Equal", count, site.constant([0], "no_rows", "int64"))
    number = site.op("Mul", batch, site.cast(empty, "int64"))
    images = site.op("NonZero", _full(site, 1.0, number))
    images = site.cast(site.op("Transpose", images, perm=[1, 0]), "float32")
    others = site.op("Mul", images, site.constant([[0.0] * 6], "nothing"))
    others = site.op("Sub", others, site.constant(1.0, "minus"))
    return site.op("Concat", rows, site.op("Concat", images, others, axis=1), axis=0)


def _full(site: Site, value: float, shape: str) -> str:
    return site.op("Expand", site.constant(value, "value"), shape)


def known_cells(layer: Any, at: At) -> None:
    """Require the size of the maps."""
    if at.inputs and None in at.inputs[0][2:]:
        raise Unsayable("the size of the image is not known")


def proposals(site: Site) -> list[str]:
    """Give the best boxes of all cells; both ends of a box are included, so the operator sees it one wider."""
    layer = site.layer
    anchors = layer.anchors()
    flat = site.constant([-1], "flat", "int64")
    scores = site.op(
        "Transpose", _cut(site, _first(site, site.inputs[0]), 1, len(anchors), 2 * len(anchors)), perm=[0, 2, 3, 1]
    )
    boxes = _cut_at_border(site, _proposed(site, anchors))
    low, high = _cut(site, boxes, 1, 0, 2), _cut(site, boxes, 1, 2, 4)
    one = site.constant(1.0, "one")
    sides = site.op("Add", site.op("Sub", high, low), one)
    scale = _cut(site, _first(site, site.inputs[2]), 1, 2, 3)
    short = site.op("Less", sides, site.op("Mul", scale, site.constant(layer.least, "least")))
    short = site.op("ReduceMax", site.cast(short, "float32"), axes=[1], keepdims=0)
    few = site.op("Mul", short, site.constant(-1e30, "never"))
    scores = site.op("Add", site.op("Reshape", scores, flat), few)
    many = min(layer.candidates, len(anchors) * (site.shapes[0][2] or 0) * (site.shapes[0][3] or 0))
    best, order = site.ops_of("TopK", scores, results=2, k=many, axis=0)
    boxes = site.op("Gather", boxes, order, axis=0)
    wider = site.op("Concat", _cut(site, boxes, 1, 0, 2), site.op("Add", _cut(site, boxes, 1, 2, 4), one), axis=1)
    limits = [site.constant([layer.keep], "keep", "int64"), site.constant([layer.overlap], "overlap")]
    batches = [site.op("Unsqueeze", wider, axes=[0]), site.op("Unsqueeze", best, axes=[0, 1])]
    found = site.op("NonMaxSuppression", *batches, *limits, site.constant([-1e29], "threshold"))
    kept = _column(site, found, 2)
    boxes = site.op("Gather", boxes, kept, axis=0)
    nought = site.op("Mul", _cut(site, boxes, 1, 0, 1), site.constant(0.0, "image"))
    results = [site.op("Concat", nought, boxes, axis=1)]
    if layer.scored:
        results.append(site.op("Unsqueeze", site.op("Gather", best, kept, axis=0), axes=[1]))
    return results


def _first(site: Site, x: str) -> str:
    return _cut(site, x, 0, 0, 1)


def _proposed(site: Site, anchors: Any) -> str:
    """Return the corners that the offsets of each form in each cell say."""
    import numpy as np

    rows, columns = (np.arange(n or 0) * site.layer.stride for n in site.shapes[0][2:])
    across, down = np.meshgrid(columns, rows)
    corners = (np.stack([across, down, across, down], -1)[:, :, None] + np.array(anchors)).reshape(-1, 4)
    size = corners[:, 2:] - corners[:, :2] + 1
    offsets = site.op("Transpose", _first(site, site.inputs[1]), perm=[0, 2, 3, 1])
    offsets = site.op("Reshape", offsets, site.constant([-1, 4], "by_box", "int64"))
    moved = site.op("Mul", _cut(site, offsets, 1, 0, 2), site.constant(size, "size"))
    centre = site.op("Add", moved, site.constant(corners[:, :2] + 0.5 * size, "centre"))
    reach = site.op("Mul", site.op("Exp", _cut(site, offsets, 1, 2, 4)), site.constant(0.5 * size, "half"))
    return site.op("Concat", site.op("Sub", centre, reach), site.op("Add", centre, reach), axis=1)


def _cut_at_border(site: Site, boxes: str) -> str:
    image = _first(site, site.inputs[2])
    high, wide = _cut(site, image, 1, 0, 1), _cut(site, image, 1, 1, 2)
    limit = site.op("Sub", site.op("Concat", wide, high, wide, high, axis=1), site.constant(1.0, "last"))
    return site.op("Min", site.op("Max", boxes, site.constant(0.0, "border")), limit)


def parts(site: Site) -> list[str]:
    """Give the mean of each part of each region: a sum over rows and columns, which are in a part or not."""
    layer = site.layer
    corners = _cut(site, site.inputs[1], 1, 1, 5)
    whole = site.op("Floor", site.op("Add", site.op("Abs", corners), site.constant(0.5, "half")))
    corners = site.op("Mul", site.op("Sign", corners), whole)
    scale = site.constant(layer.scale, "scale")
    start = site.op("Mul", _cut(site, corners, 1, 0, 2), scale)
    stop = site.op("Mul", site.op("Add", _cut(site, corners, 1, 2, 4), site.constant(1.0, "one")), scale)
    height, width = site.shapes[0][2:]
    rows, columns = (_inside(site, start, stop, axis, size or 0) for axis, size in ((1, height), (0, width)))
    split = site.constant([-1, layer.channels, layer.grid, layer.grid, height, width], "maps", "int64")
    sums = site.op("Einsum", site.op("Reshape", site.x, split), columns, equation="ncijhw,rjw->nrcijh")
    sums = site.op("Einsum", sums, rows, equation="nrcijh,rih->rncij")
    index = site.cast(_cut(site, site.inputs[1], 1, 0, 1), "int64")
    sums = site.op("GatherND", sums, index, batch_dims=1)
    high, wide = (site.op("ReduceSum", each, axes=[2], keepdims=0) for each in (rows, columns))
    area = site.op("Mul", site.op("Unsqueeze", high, axes=[1, 3]), site.op("Unsqueeze", wide, axes=[1, 2]))
    return [site.op("Div", sums, site.op("Max", area, site.constant(1.0, "least")))]


def _inside(site: Site, start: str, stop: str, axis: int, size: int) -> str:
    """Tell for each part of each region (R, grid, size) which pixels along an axis are in it."""
    import numpy as np

    grid = site.layer.grid
    start, stop = (_cut(site, each, 1, axis, axis + 1) for each in (start, stop))
    length = site.op("Max", site.op("Sub", stop, start), site.constant(0.1, "shortest"))
    length = site.op("Div", length, site.constant(float(grid), "grid"))
    edges = [
        site.op("Add", site.op("Mul", length, site.constant([np.arange(grid) + more], "part")), start)
        for more in (0, 1)
    ]
    first, last = site.op("Floor", edges[0]), site.op("Ceil", edges[1])
    pixel = site.constant([[np.arange(size)]], "pixel")
    before = site.op("Less", pixel, site.op("Unsqueeze", first, axes=[2]))
    inside = site.op("And", site.op("Not", before), site.op("Less", pixel, site.op("Unsqueeze", last, axes=[2])))
    return site.cast(inside, "float32")
