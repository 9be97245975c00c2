"""Shapes that a file leaves open, of inputs and of what unknown layers give, as the layers around them suggest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Node, Ref
from ir.layers import Custom
from ir.shapes import Shape, product
from ir.validate import Shapes, infer

Assumed = Mapping[Ref, Shape]

IMAGE: Shape = (None, 3, 224, 224)
"""What a layer of images most likely is given."""

BOXES: dict[str, Shape] = {"im_info": (None, 3), "rois": (None, 5), "gt_boxes": (None, 5)}
"""Shapes of the inputs that detectors have beside the image, by the names that everybody gives them.

Source: https://github.com/rbgirshick/py-faster-rcnn/blob/master/lib/roi_data_layer/layer.py
"""

VALUE: Shape = (None, 1)
"""What stands for the shape of an input that unknown layers alone take."""

KEEPING = (L.BatchNorm, L.Scale, L.Bias, L.PReLU, L.Concat, L.Slice)
"""Layers that give an image where they take one, beside those that work element by element."""


SIZES = (
    *((size, size) for size in (28, 32, 64, 96, 112, 128, 227, 256, 299, 300, 320, 321, 448, 500, 512, 513)),
    *((high, wide) for high in (32, 48, 64) for wide in (80, 96, 100, 120, 128, 160, 180, 200, 240, 256, 280, 320)),
)
"""Sizes of the images of many nets, then of lines of text: what is tried where the likeliest does not fit."""


def further(graph: Graph, assumed: Assumed, guessed: Assumed) -> dict[Ref, Shape]:
    """Return shapes to assume beside those that are, or nothing where none are open or nothing speaks for any.

    `guessed` are the shapes of inputs that the file does not say.
    """
    if not guessed and all(each.shape for each in graph.inputs) and not _unknown(graph):
        return {}
    found = {ref: shape for ref, shape in _of_inputs(graph) if ref not in assumed}
    if found:
        return found
    shapes = infer(graph, Report())
    return (
        _that_fits(graph, shapes, assumed)
        or _that_share(graph, shapes, assumed)
        or _of_another_size(graph, shapes, guessed, assumed)
    )


def _unknown(graph: Graph) -> bool:
    return any(isinstance(node.layer, Custom) for node in graph.nodes)


def _of_another_size(graph: Graph, shapes: Shapes, guessed: Assumed, assumed: Assumed) -> dict[Ref, Shape]:
    """Return another size of the guessed images, if that of now does not fit some layer and this one fits all."""
    images = {ref: shape for ref, shape in guessed.items() if len(shape) == 4 and assumed.get(ref, IMAGE) == IMAGE}
    if not images or all(ref in shapes for node in graph.nodes for ref in node.refs):
        return {}
    for size in SIZES:
        tried: dict[Ref, Shape] = {ref: (*shape[:2], *size) for ref, shape in images.items()}
        inputs = tuple(replace(each, shape=tried.get(Ref(each.name), each.shape)) for each in graph.inputs)
        found = infer(replace(graph, inputs=inputs), Report())
        if all(ref in found for node in graph.nodes for ref in node.refs):
            return tried
    return {}


def _of_inputs(graph: Graph) -> Iterator[tuple[Ref, Shape]]:
    likely: dict[Ref, Shape] = {
        **dict.fromkeys(_taken_by_unknown(graph), VALUE),
        **dict.fromkeys(_taken_as_images(graph), IMAGE),
        **dict(_asked(graph, infer(graph, Report()))),
    }
    for each in graph.inputs:
        shape = BOXES.get(each.name) or likely.get(Ref(each.name))
        if not each.shape and shape is not None:
            yield Ref(each.name), shape


def _asked(graph: Graph, shapes: Shapes) -> Iterator[tuple[Ref, Shape]]:
    """Yield tensors of which a layer leaves no doubt: regions, marks of a sequence, all that a reshape gives."""
    for node in graph.nodes:
        layer = node.layer
        if (second := _second(node, shapes)) is not None:
            yield node.inputs[1], second
        elif isinstance(layer, L.Reshape) and (layer.axis, layer.count) == (0, -1) and min(layer.sizes, default=0) > 0:
            yield node.inputs[0], (product(layer.sizes),)


def _second(node: Node, shapes: Shapes) -> Shape | None:
    """Return the shape of a layer's second input, where the layer says it."""
    if len(node.inputs) < 2:
        return None
    if isinstance(node.layer, L.ROIPool2D):
        return BOXES["rois"]
    if isinstance(node.layer, (L.ContinuedLSTM, L.ContinuedRNN)) and node.inputs[0] in shapes:
        return shapes[node.inputs[0]][:2]
    return None


def _taken_as_images(graph: Graph) -> set[Ref]:
    """Return the tensors that layers of images take, themselves or through layers that keep or join images.

    What is scaled or joined before unknown layers alone take it is most likely one too.
    """
    found: set[Ref] = set()
    unknown = _taken_by_unknown(graph)
    for node in reversed(graph.nodes):
        through = node.layer.elementwise or isinstance(node.layer, KEEPING)
        if node.layer.rank == 2 or (through and (found | unknown).intersection(node.refs)):
            found.update(node.inputs)
    return found


def _taken_by_unknown(graph: Graph) -> set[Ref]:
    """Return the tensors that unknown layers alone take."""
    return {ref for ref, users in graph.users().items() if all(isinstance(user.layer, Custom) for user in users)}


def _that_fits(graph: Graph, shapes: Shapes, assumed: Assumed) -> dict[Ref, Shape]:
    """Return shapes, for what lies before the first layer that does not fit its inputs, with which it does."""
    node = next((each for each in graph.nodes if _fails(each, shapes)), None)
    if node is None:
        return {}
    nearest = [_open_before(ref, graph, shapes, assumed) for ref in node.inputs]
    second = _second(node, shapes)
    if second is not None and nearest[1] is not None:
        return {nearest[1]: second}
    for known in (shapes[ref] for ref in node.inputs):
        for alike in (2, 0):
            # The neighbour's sizes behind the first two axes, or all of them.
            changed = {
                ref: (*shapes[ref][:alike], *known[alike:])
                for ref in nearest
                if ref is not None and len(shapes[ref]) == len(known)
            }
            if changed and _settles(node, graph, shapes, changed):
                return changed
    return {}


def _that_share(graph: Graph, shapes: Shapes, assumed: Assumed) -> dict[Ref, Shape]:
    """Return the shape of what an unknown layer gives with which two layers that share weights take inputs alike."""
    firsts: dict[str, Node] = {}
    for node in graph.nodes:
        if not isinstance(node.layer, L.Dense) or not node.inputs:
            continue
        ours, theirs = (each.inputs[0] for each in (node, firsts.setdefault(node.key("kernel"), node)))
        if shapes.get(ours, ())[1:] != shapes.get(theirs, ())[1:]:
            for ref, wanted in ((ours, shapes.get(theirs)), (theirs, shapes.get(ours))):
                if wanted and _open_before(ref, graph, shapes, assumed) == ref:
                    return {ref: wanted}
    return {}


def _fails(node: Node, shapes: Shapes) -> bool:
    return all(ref in shapes for ref in node.inputs) and any(ref not in shapes for ref in node.refs)


def _open_before(start: Ref, graph: Graph, shapes: Shapes, assumed: Assumed) -> Ref | None:
    """Return the nearest tensor of an open shape that an unknown layer gives: this one, or one before it."""
    owner = {ref: each for each in graph.nodes for ref in each.refs}
    waiting = [start]
    for ref in waiting:
        giver = owner.get(ref)
        if giver is None:
            continue
        if isinstance(giver.layer, Custom) and shapes.get(ref) and ref not in assumed:
            return ref
        waiting.extend(each for each in giver.inputs if each not in waiting)
    return None


def _settles(node: Node, graph: Graph, shapes: Shapes, changed: Assumed) -> bool:
    """Tell whether a node fits its inputs once tensors before it have certain shapes."""

    def told(each: Node) -> Node:
        if not any(ref in changed for ref in each.refs):
            return each
        sizes = [changed.get(ref, shapes[ref]) for ref in each.refs]
        wholes = [[-1 if size is None else size for size in shape] for shape in sizes]
        return replace(each, layer=each.layer.replace(sizes=wholes))

    tried = infer(replace(graph, nodes=tuple(map(told, graph.nodes))), Report())
    return all(ref in tried for ref in node.refs)
