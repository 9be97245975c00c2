"""What tensors hold in another layout: where the source's axes stand, and what is put in to turn them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ir import layers as L
from ir.graph import Input, Layout, Model, Node, Ref, free_name
from ir.shapes import Shape
from ir.validate import Shapes, node_weights
from ir.weights import Tensor
from translator.passes.spreading import spread_vectors

Order = tuple[int, ...]


@dataclass(frozen=True)
class View:
    """How a tensor of the result holds one of the source: its axes in an order, or, flattened, its elements.

    `shape` is that of the source, before a flattening.
    """

    shape: Shape
    order: Order
    flat: bool = False

    @property
    def plain(self) -> bool:
        """Whether the elements stand as in the source: no axis moved but those of size 1."""
        kept = [axis for axis in self.order if self.shape[axis] != 1]
        return kept == sorted(kept)


def channels_to(layout: Layout, rank: int) -> Order:
    """Return the order that brings the channels to where a layout has them, from where the other one does.

    >>> channels_to("channels_last", 4), channels_to("channels_first", 4)
    ((0, 2, 3, 1), (0, 3, 1, 2))
    """
    if rank <= 2:
        return tuple(range(rank))
    return (0, *range(2, rank), 1) if layout == "channels_last" else (0, rank - 1, *range(1, rank - 1))


class Moving:
    """A model on its way to another layout: the nodes of the result, and what of the source its tensors hold.

    `images` are the tensors that have channels and space; `transposes` are what those are in front of that were not
    avoided. The kernels in `fixed` stay as they are.
    """

    def __init__(
        self, model: Model, layout: Layout, shapes: Shapes, images: set[Ref], fixed: frozenset[str] = frozenset()
    ) -> None:
        self.graph = model.graph
        self.layout = layout
        self.shapes = shapes
        self.weights = dict(model.weights)
        self.fixed = fixed
        self.taken: dict[str, set[View | None]] = {}
        self.nodes: list[Node] = []
        self.refs: dict[Ref, Ref] = {}
        self.views: dict[Ref, View] = {}
        self.before_flatten: dict[Ref, Ref] = {}
        self.converted: dict[tuple[Ref, Order], Ref] = {}
        self.transposes: list[str] = []
        self.names = {ref.node for ref in model.graph.refs()}
        self.spread = spread_vectors(model.graph, shapes, images)
        self.inputs = [self._input(each, Ref(each.name) in images) for each in model.graph.inputs]

    def natural(self, rank: int) -> Order:
        """Return the order of the axes in the new layout."""
        return channels_to(self.layout, rank)

    def _input(self, each: Input, image: bool) -> Input:
        rank = len(each.shape)
        order = self.natural(rank) if image else tuple(range(rank))
        self.views[Ref(each.name)] = View(each.shape, order)
        return replace(each, shape=tuple(each.shape[axis] for axis in order))

    def add(self, node: Node, inputs: Sequence[Ref], views: Sequence[View]) -> None:
        """Add a node that takes these tensors of the result, and say what it gives."""
        self.nodes.append(replace(node, inputs=tuple(inputs)))
        self.views.update(zip(node.refs, views, strict=True))

    def source_views(self, node: Node, order: Callable[[int], Order]) -> list[View]:
        """Return views of a node's outputs, each with its axes in the order that a rank asks for."""
        return [View(self.shapes[ref], order(len(self.shapes[ref]))) for ref in node.refs]

    def here(self, ref: Ref) -> Ref:
        """Return the tensor of the result that stands for one of the source."""
        return self.refs.get(ref, ref)

    def want(self, ref: Ref, order: Order, user: str) -> Ref:
        """Return a tensor of the source with its axes in an order, permuted for that where it must be."""
        here, view = self.here(ref), self.views[ref]
        if not view.flat and view.order == order:
            return here
        if (ref, order) not in self.converted:
            self.converted[ref, order] = (
                self._unflattened(ref, here, view, user) if view.flat else self._permute(here, view, order, user)
            )
        return self.converted[ref, order]

    def _permute(self, here: Ref, view: View, order: Order, user: str) -> Ref:
        sizes = tuple(view.shape[axis] for axis in order)
        both = View(tuple(view.shape[axis] for axis in view.order), tuple(view.order.index(axis) for axis in order))
        if both.plain and sizes.count(None) <= 1:
            return self._insert(
                here, "reshape", user, L.Reshape(sizes=tuple(-1 if size is None else size for size in sizes))
            )
        self.transposes.append(user)
        return self._insert(here, "transpose", user, L.Permute(order=both.order))

    def _unflattened(self, ref: Ref, here: Ref, view: View, user: str) -> Ref:
        """Return a flattened tensor in the source's order, flattened anew from what it was where that is at hand."""
        plain = tuple(range(len(view.shape)))
        spread = View(view.shape, view.order)
        source = self.before_flatten.get(ref)
        if source is None:
            sizes = [view.shape[axis] for axis in view.order]
            source = self._insert(
                here, "unflatten", user, L.Reshape(sizes=tuple(-1 if s is None else s for s in sizes))
            )
        turned = self._permute(source, spread, plain, user)
        return self._insert(turned, "flatten", user, L.Flatten())

    def _insert(self, here: Ref, what: str, user: str, layer: Any) -> Ref:
        name = free_name(f"{user}_{what}", self.names)
        self.names.add(name)
        self.nodes.append(Node(name, layer, (here,)))
        return Ref(name)

    def take_up(self, key: str, view: View) -> bool:
        """Bring a kernel's columns to the order of a flattened vector; tell whether it takes vectors in that order."""
        moves = view.flat and key not in self.fixed
        before = self.taken.setdefault(key, set())
        if moves and not before - {None} and key in self.weights:
            self.weights[key] = columns_reordered(self.weights[key], view)
        before.add(view if moves else None)
        return moves

    def disputed(self) -> frozenset[str]:
        """Return the kernels that some nodes take in one order and some in another."""
        nodes = [node for node in self.graph.nodes if node.shared]
        for node in self.graph.nodes if nodes else ():
            if not isinstance(node.layer, L.Dense):
                for role in node_weights(node, self.shapes, self.graph.layout):
                    self.taken.get(node.key(role), set()).add(None)
        return frozenset(key for key, views in self.taken.items() if len(views) > 1)

    def result(self) -> Model:
        outputs = []
        for ref in self.graph.outputs:
            view = self.views[ref]
            image = not view.flat and view.order == self.natural(len(view.shape)) and ref not in self.refs
            outputs.append(self.here(ref) if image else self.want(ref, tuple(range(len(self.shapes[ref]))), ref.node))
        graph = replace(
            self.graph,
            inputs=tuple(self.inputs),
            nodes=tuple(self.nodes),
            outputs=tuple(outputs),
            layout=self.layout,
        )
        return Model(graph, self.weights)


def rows_reordered(tensor: Tensor, view: View) -> Tensor:
    """Return a tensor whose first axis stands in the order of a flattened view."""
    sizes = [size or 0 for size in view.shape[1:]]
    order = [axis - 1 for axis in view.order[1:]]

    def reorder(array: Any) -> Any:
        rest = range(len(sizes), len(sizes) + array.ndim - 1)
        return array.reshape(*sizes, *array.shape[1:]).transpose(*order, *rest).reshape(array.shape)

    return tensor.map(reorder, tensor.shape)


def columns_reordered(kernel: Tensor, view: View) -> Tensor:
    """Return a Dense kernel (OI) whose inputs stand in the order of a flattened view."""
    sizes = [size or 0 for size in view.shape[1:]]

    def reorder(array: Any) -> Any:
        return array.reshape(-1, *sizes).transpose(view.order).reshape(array.shape)

    return kernel.map(reorder, kernel.shape)
