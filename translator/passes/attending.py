"""Raise the products, the softmax and the mask that files spell attention out in to the one layer."""

from __future__ import annotations

from typing import NamedTuple

from ir import layers as L
from ir.graph import Node, Ref
from ir.shapes import Shape
from translator.passes.trail import Found, Trail, close

LOWEST = -1e30
"""What is added to a score that is not to count is no more than this: no other score makes up for it."""
MOST = 1 << 24
"""Numbers of a mask at most that is looked at."""


class _Scores(NamedTuple):
    """Scores before they are masked, what is added to them, and whether each row sees what is up to it alone."""

    ref: Ref
    mask: tuple[Ref, ...] = ()
    causal: bool = False


def attention(trail: Trail, node: Node) -> Found | None:
    """Raise softmax(scale * Q K' + mask) V; where the keys are not turned, or otherwise, they are turned for it."""
    if len(node.inputs) != 2:
        return None
    shares = _through_dropout(trail, node.inputs[0])
    rank = len(trail.shapes.get(shares, ()))
    softmax = trail.layer(shares)
    if not isinstance(softmax, L.Softmax) or softmax.axis not in (-1, rank - 1):
        return None
    for scores in _masked(trail, trail.before(shares), rank):
        for scale, shift, inner in trail.lines(scores.ref):
            product = trail.makers.get(inner)
            if product is not None and isinstance(product.layer, L.MatMul) and shift == 0:
                return _raised(trail, node, product, scale, scores)
    return None


def _through_dropout(trail: Trail, ref: Ref) -> Ref:
    while isinstance(trail.layer(ref), (L.Dropout, L.Identity)):
        ref = trail.before(ref)
    return ref


def _masked(trail: Trail, ref: Ref, rank: int) -> list[_Scores]:
    """Return in what ways a tensor is scores and what is added to them."""
    node = trail.makers.get(ref)
    found = [_Scores(ref)]
    if node is not None and isinstance(node.layer, L.Bias) and _is_causal(trail, node, node.layer, rank):
        found.append(_Scores(node.inputs[0], causal=True))
    if node is None or len(node.inputs) != 2:
        return found
    a, b = node.inputs
    if isinstance(node.layer, L.BiasBy) and node.layer.axis + len(trail.shapes.get(b, ())) == rank:
        found.append(_Scores(a, (b,)))
    if node.layer == L.Add():
        found += [_Scores(a, (b,)), _Scores(b, (a,))]
    return found


def _is_causal(trail: Trail, node: Node, layer: L.Bias, rank: int) -> bool:
    """Tell whether biases leave each row what is up to its own column as it is, and nothing of what is behind it."""
    beta = trail.weights.get(node.key("beta"))
    if beta is None or len(beta.shape) != 2 or beta.shape[0] != beta.shape[1] or beta.size > MOST:
        return False
    if layer.axis not in (-2, rank - 2):
        return False
    import numpy as np

    array = beta.numpy()
    behind = np.triu(np.ones(array.shape, bool), 1)
    return bool((array[~behind] == 0).all() and (array[behind] <= LOWEST).all())


def _raised(trail: Trail, node: Node, product: Node, scale: float, scores: _Scores) -> Found | None:
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
    layer = L.Attention(scale=None if usual else scale, causal=scores.causal)
    return Found(layer, (query.inner, source, node.inputs[1], *scores.mask), extra)


def _last(shape: Shape) -> int | None:
    return shape[-1] if shape else None
