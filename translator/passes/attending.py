"""Raise the products, the softmax and the mask that files spell attention out in to the one layer."""

from __future__ import annotations

from ir import layers as L
from ir.graph import Node, Ref
from ir.shapes import Shape
from translator.passes.trail import Found, Trail, close


def attention(trail: Trail, node: Node) -> Found | None:
    """Raise softmax(scale * Q K' + mask) V; where the keys are not turned, or otherwise, they are turned for it."""
    if len(node.inputs) != 2:
        return None
    shares = _through_dropout(trail, node.inputs[0])
    rank = len(trail.shapes.get(shares, ()))
    softmax = trail.layer(shares)
    if not isinstance(softmax, L.Softmax) or softmax.axis not in (-1, rank - 1):
        return None
    for scores, mask in _masked(trail, trail.before(shares), rank):
        for scale, shift, inner in trail.lines(scores):
            product = trail.makers.get(inner)
            if product is not None and isinstance(product.layer, L.MatMul) and shift == 0:
                return _raised(trail, node, product, scale, mask)
    return None


def _through_dropout(trail: Trail, ref: Ref) -> Ref:
    while isinstance(trail.layer(ref), (L.Dropout, L.Identity)):
        ref = trail.before(ref)
    return ref


def _masked(trail: Trail, ref: Ref, rank: int) -> list[tuple[Ref, tuple[Ref, ...]]]:
    """Return in what ways a tensor is scores and what is added to them."""
    node = trail.makers.get(ref)
    found: list[tuple[Ref, tuple[Ref, ...]]] = [(ref, ())]
    if node is None or len(node.inputs) != 2:
        return found
    a, b = node.inputs
    if isinstance(node.layer, L.BiasBy) and node.layer.axis + len(trail.shapes.get(b, ())) == rank:
        found.append((a, (b,)))
    if node.layer == L.Add():
        found += [(a, (b,)), (b, (a,))]
    return found


def _raised(trail: Trail, node: Node, product: Node, scale: float, mask: tuple[Ref, ...]) -> Found | None:
    """Return the layer, what it takes, and the keys as it wants them, where they have to be turned for it."""
    sides = [next(line for line in reversed(list(trail.lines(ref))) if line.shift == 0) for ref in product.inputs]
    query, keys = sides
    scale *= query.scale * keys.scale
    turn = trail.layer(keys.inner)
    rank = len(trail.shapes.get(product.refs[0], ())) or len(trail.shapes.get(keys.inner, ()))
    if rank < 2:
        return None
    order, source = list(range(rank)), keys.inner
    if isinstance(turn, L.Permute) and len(turn.order) == rank:
        order, source = list(turn.order), trail.before(keys.inner)
    elif len(trail.shapes.get(keys.inner, ())) != rank:
        return None
    order[-2:] = order[:-3:-1]
    extra = None
    if order != list(range(rank)):
        extra = Node(trail.free(f"{node.name}_turned"), L.Permute(order=order), (source,), origin=node.origin)
        source = extra.refs[0]
    size = _last(trail.shapes.get(query.inner, ()))
    usual = size is not None and close(scale, size**-0.5)
    layer = L.Attention(scale=None if usual else scale)
    return Found(layer, (query.inner, source, node.inputs[1], *mask), extra)


def _last(shape: Shape) -> int | None:
    return shape[-1] if shape else None
