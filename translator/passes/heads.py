"""Know attention in several heads by its parts: projections, brought to heads and back in any way, around attention.

How the elements of a projection come to stand in the heads is followed element by element, so that it does not matter
in how many steps, or in which, a file says it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from math import isclose
from operator import itemgetter
from typing import Any, NamedTuple

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.shapes import Shape, product
from ir.validate import Shapes, infer
from ir.weights import Tensor
from translator.passes.simplify import drop_unused, redirected

LARGEST = 1 << 23
"""Elements at most that are followed."""
MOVES = (L.Permute, L.Reshape, L.Flatten, L.Slice)
TURN = L.Permute(order=(1, 0, 2))


class _Side(NamedTuple):
    """A projection: its layer's node, which of its rows the heads take in their order, and if time is before batch."""

    dense: Node
    rows: Any
    turned: bool


def join_heads(model: Model) -> Model:
    """Make one MultiHeadAttention of the layers that say it; what only these needed is left out.

    It bears the name of the projection of what all heads give.
    """
    if not any(isinstance(node.layer, L.Attention) for node in model.graph.nodes):
        return model
    parts = _Parts(model)
    made: dict[str, list[Node]] = {}
    moved: dict[Ref, Ref] = {}
    weights = dict(model.weights)
    shared = {key for node in model.graph.nodes for _, key in node.shared}
    gone = set()
    for node in model.graph.nodes:
        if isinstance(node.layer, L.Attention) and (found := parts.joined(node)) is not None:
            last, nodes, arrays = found
            made[last.name] = nodes
            moved[last.refs[0]] = nodes[-1].refs[0]
            gone.add(next(each.name for each in nodes if isinstance(each.layer, L.MultiHeadAttention)))
            weights.update(arrays)
    if not made:
        return model
    for key in {f"{name}.{role}" for name in gone for role in ("kernel", "bias")} - shared:
        weights.pop(key, None)
    kept = [node for node in model.graph.nodes if node.name not in gone or node.name in made]
    graph = redirected(model.graph, [each for node in kept for each in made.get(node.name, [node])], moved)
    return drop_unused(Model(graph, weights))


class _Parts:
    def __init__(self, model: Model) -> None:
        self.model, graph = model, model.graph
        self.makers = {ref: node for node in graph.nodes for ref in node.refs}
        self.users, self.given = graph.users(), set(graph.outputs)
        # For a size that is open stands one that is no other's, so that nothing fits by chance.
        sizes = {size for shape in infer(graph, Report()).values() for size in shape}
        some = next(size for size in count(2) if size not in sizes)
        inputs = tuple(replace(each, shape=tuple(size or some for size in each.shape)) for each in graph.inputs)
        self.shapes: Shapes = infer(replace(graph, inputs=inputs), Report())

    def joined(self, node: Node) -> tuple[Node, list[Node], dict[str, Tensor]] | None:
        """Return the last of the nodes that are joined, those that stand for it, and their arrays."""
        shapes = [self.shapes.get(ref, ()) for ref in node.inputs]
        if len(shapes) != 3 or any(len(shape) != 4 for shape in shapes) or not self._is_usual(node, shapes):
            return None
        sides = [self._side(ref) for ref in node.inputs]
        end = self._end(node)
        denses = [side.dense for side in sides if side] + ([end[0]] if end else [])
        if len(denses) != 4 or end is None or len({getattr(dense.layer, "bias", None) for dense in denses}) != 1:
            return None
        result, last, turned = end
        return last, *self._nodes(node, [side for side in sides if side], result, last, turned)

    def _is_usual(self, node: Node, shapes: list[Shape]) -> bool:
        """Tell whether all take as many heads of as many items, and attention has its usual scale."""
        size, scale = shapes[0][3], getattr(node.layer, "scale", None)
        alike = len({shape[:2] for shape in shapes}) == 1
        return alike and size is not None and (scale is None or isclose(scale, size**-0.5, rel_tol=1e-6))

    def _side(self, ref: Ref) -> _Side | None:
        """Return the projection of what goes into attention, (batch, heads, steps, features)."""
        steps, start = [], ref
        while (maker := self.makers.get(start)) is not None and isinstance(maker.layer, MOVES):
            steps.append((maker, start))
            start = maker.inputs[0]
        shape = self.shapes.get(start, ())
        if maker is None or not isinstance(maker.layer, L.Dense) or len(shape) != 3 or not self._is_last(maker):
            return None
        places = _places(shape)
        if places is None:
            return None
        found = places
        for node, taken in reversed(steps):
            found = self._moved(found, node, taken)
        heads = self.shapes[ref]
        rows = (found[0, :, 0, :] % places.shape[2]).reshape(-1)
        for turned in (False, True):
            plain = (places.transpose(1, 0, 2) if turned else places)[..., rows]
            wanted = (heads[0], heads[2], heads[1], heads[3])
            if plain.shape[:2] != wanted[:2]:  # Of one item the elements stand alike either way.
                continue
            if plain.size == found.size and (plain.reshape(wanted).transpose(0, 2, 1, 3) == found).all():
                return _Side(maker, rows, turned)
        return None

    def _end(self, node: Node) -> tuple[Node, Node, bool] | None:
        """Return the projection behind attention, the node that gives the result, and if that has time before batch."""
        shape = self.shapes.get(node.refs[0], ())
        places = _places(shape)
        if places is None:
            return None
        found, last = places, node
        while (following := self._only_user(last)) is not None and isinstance(following.layer, MOVES[:3]):
            found, last = self._moved(found, following, following.refs[0]), following
        if following is None or not isinstance(following.layer, L.Dense) or not self._is_last(following):
            return None
        flat = len(found.shape) == 2
        after = self._only_user(following) if flat else following
        if after is None or (flat and not isinstance(after.layer, L.Reshape)):
            return None
        for turned in (False, True):
            wanted = places.transpose((2, 0, 1, 3) if turned else (0, 2, 1, 3))
            units = self.shapes[following.refs[0]][-1]
            fits = self.shapes[after.refs[0]] == (*wanted.shape[:2], units) and len(found.shape) in (2, 3)
            if fits and found.shape[-1] == wanted[0, 0].size and (wanted.reshape(-1) == found.reshape(-1)).all():
                back = self._only_user(after) if turned else None
                return (
                    (following, back, False) if back is not None and back.layer == TURN else (following, after, turned)
                )
        return None

    def _only_user(self, node: Node) -> Node | None:
        users = self.users.get(node.refs[0], [])
        lone = len(users) == 1 and node.refs[0] not in self.given and users[0].refs[0] in self.shapes
        return users[0] if lone else None

    def _is_last(self, node: Node) -> bool:
        """Tell whether a Dense works along the last axis, and has its arrays."""
        axis = getattr(node.layer, "axis", None)
        roles = ("kernel", "bias")[: 1 + bool(getattr(node.layer, "bias", False))]
        held = all(node.key(role) in self.model.weights for role in roles)
        return held and axis in (-1, len(self.shapes.get(node.inputs[0], ())) - 1)

    def _moved(self, places: Any, node: Node, taken: Ref) -> Any:
        """Return where elements come to stand."""
        import numpy as np

        if isinstance(node.layer, L.Permute):
            return places.transpose(node.layer.order)
        if isinstance(node.layer, L.Slice):
            axis = node.layer.axis
            sizes = [self.shapes[ref][axis] or 0 for ref in node.refs]
            return np.split(places, np.cumsum(sizes)[:-1], axis)[taken.index]
        return places.reshape(self.shapes[taken])

    def _nodes(
        self, node: Node, sides: list[_Side], result: Node, last: Node, turned: bool
    ) -> tuple[list[Node], dict[str, Tensor]]:
        _, heads, _, size = self.shapes[node.inputs[0]]
        inner, bias = self.shapes[node.inputs[2]][3], bool(getattr(result.layer, "bias", False))
        features, units = self.shapes[sides[0].dense.inputs[0]][-1], self.shapes[result.refs[0]][-1]
        layer = L.MultiHeadAttention(
            heads=heads,
            key_size=size,
            value_size=None if inner == size else inner,
            units=None if units == features else units,
            bias=bias,
            causal=getattr(node.layer, "causal", False),
        )
        own = result.name
        nodes: list[Node] = []
        arrays: dict[str, Tensor] = {}
        given: list[Ref] = []
        for name, side in zip(("query", "key", "value"), sides, strict=True):
            given.append(self._batch_first(side, last, nodes))
            for role in ("kernel", "bias")[: 1 + bias]:
                tensor = self.model.weights[side.dense.key(role)]
                arrays[f"{own}.{name}_{role}"] = tensor.map(itemgetter(side.rows), (len(side.rows), *tensor.shape[1:]))
        for role in ("kernel", "bias")[: 1 + bias]:
            arrays[f"{own}.result_{role}"] = self.model.weights[result.key(role)]
        nodes.append(Node(own, layer, tuple(given), origin=result.origin))
        if turned:
            nodes.append(
                Node(last.name if last is not result else f"{own}/turned", TURN, nodes[-1].refs, origin=last.origin)
            )
        return nodes, arrays

    def _batch_first(self, side: _Side, last: Node, nodes: list[Node]) -> Ref:
        """Return what is projected with batch before time; what turns it is added to the nodes."""
        (ref,) = side.dense.inputs
        if not side.turned:
            return ref
        if (maker := self.makers.get(ref)) is not None and maker.layer == TURN:
            return maker.inputs[0]
        known = next((node for node in nodes if node.inputs == (ref,)), None)
        if known is None:
            known = Node(f"{last.name}/steps{len(nodes) or ''}", TURN, (ref,), origin=last.origin)
            nodes.append(known)
        return known.refs[0]


def _places(shape: Shape) -> Any:
    """Return the places of a tensor's elements, in its shape; None where it has too many, or a size is not known."""
    import numpy as np

    size = product(shape)
    return np.arange(size, dtype=np.int32).reshape([each or 0 for each in shape]) if size and size <= LARGEST else None


__all__ = ["join_heads"]
