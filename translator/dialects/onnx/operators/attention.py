"""Attention as an operator of its own: heads apart, or side by side in one axis; shared heads; a cache ahead."""

from __future__ import annotations

from typing import Any

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators.reduce import reduced
from translator.dialects.onnx.operators.scores import HIDDEN, attended
from translator.dialects.onnx.proto import Body
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.tensors import is_real
from translator.dialects.onnx.values import Value, known
from translator.mapping import Unsayable

MOST = 1 << 22
"""Numbers of a mask at most that is worked out."""
KNOWN = {"scale", "is_causal", "softcap", "q_num_heads", "kv_num_heads", "qk_matmul_output_mode"}
"""Attributes that are looked at, or say nothing where the scores are not asked for."""
MORE = {"softmax_precision", "left_window_size", "right_window_size"}
"""Attributes that it takes parts for: which keys are near enough; and how exact shares are, which are never less so."""


def attention(site: Site) -> list[Value]:
    """Read an Attention, which gives the keys and values with the cache ahead of them too."""
    if unknown := sorted(set(site.operator.attributes) - KNOWN - MORE):
        raise Unsayable(f"it has {unknown[0]}")
    side_by_side = site.x.rank == 3
    query, key, value = (_heads(site, place) for place in range(3))
    if site.has(4) != site.has(5):
        raise ValueError("has a cache of keys or of values alone")
    before = 0
    if site.has(4):
        (before,) = certain(site.tensor(4).dims[2:3], "the length of its cache")
        key = site.layer(L.Concat(axis=2), site.tensor(4), key)
        value = site.layer(L.Concat(axis=2), site.tensor(5), value)
    given = [key, value]
    heads, shared = certain((query.dims[1], key.dims[1]))
    if heads != shared:
        key, value = (_shared(site, each, heads, shared) for each in given)
    if site.is_wanted(3) or site.has(6) or MORE & set(site.operator.attributes) or _is_short(site, key):
        found, scores = attended(site, query, key, value, before)
        given.append(scores)
    else:
        found = _mixed(site, query, key, value, before)
    if side_by_side:
        found = site.layer(L.Flatten(axis=2, end_axis=3), site.layer(L.Permute(order=(0, 2, 1, 3)), found))
    return [found, *given]


def _is_short(site: Site, key: Value) -> bool:
    """Tell whether there is a mask that does not say of each key whether it counts."""
    return site.has(3) and site.value(3).dims[-1] not in (1, key.dims[2])


def _heads(site: Site, place: int) -> Value:
    """Return an input as (batch, heads, steps, features)."""
    x = site.tensor(place)
    if x.rank == 4:
        return x
    heads = site.get("q_num_heads" if place == 0 else "kv_num_heads", 0)
    (size,) = certain(x.dims[2:])
    if x.rank != 3 or heads < 1 or size % heads:
        raise ValueError(f"deals {size} features to {heads} heads")
    spread = site.layer(L.Reshape(sizes=(heads, size // heads), axis=2, count=1), x)
    return site.layer(L.Permute(order=(0, 2, 1, 3)), spread)


def _shared(site: Site, x: Value, heads: int, shared: int) -> Value:
    """Repeat each head as often as others share it."""
    if heads % shared:
        raise ValueError(f"shares {shared} heads between {heads}")
    alone = site.layer(L.Reshape(sizes=(1,), axis=2, count=0), x)
    repeated = site.layer(L.Tile(axis=2, times=heads // shared), alone)
    return site.layer(L.Flatten(axis=1, end_axis=2), repeated)


def _mixed(site: Site, query: Value, key: Value, value: Value, before: int) -> Value:
    """Attend; what the catalogue's layer does not know stands in the mask, or makes it parts."""
    scale, causal, cap = site.get("scale"), bool(site.get("is_causal", 0)), site.get("softcap", 0.0)
    truth = _truth(site, query, key, before if causal else None)
    masks = [site.tensor(3)] if site.has(3) and is_real(site.value(3).dtype) else []
    if truth is None and causal and (masks or before or cap):
        masks.append(_future(site, query, key, before))
    elif truth is not None:
        masks = [site.layer(L.Power(scale=-HIDDEN, shift=HIDDEN), truth)]
    causal = causal and not masks
    while len(masks) > 1:
        masks[:2] = [_added(site, *masks[:2])]
    found = _capped(site, query, key, value, masks, cap) if cap else None
    if found is None:
        found = site.layer(L.Attention(scale=scale, causal=causal), query, key, value, *masks)
    if truth is None:
        return found
    sees = reduced(site, truth, [truth.rank - 1], "max", True)
    return site.layer(L.ScaleBy(axis=found.rank - sees.rank), found, sees)


def _capped(site: Site, query: Value, key: Value, value: Value, masks: list[Value], cap: float) -> Value:
    """Attend by scores that come near a limit and never beyond it."""
    scale = site.get("scale")
    turned = site.layer(L.MatMul(), query, site.layer(L.Permute(order=(0, 1, 3, 2)), key))
    (size,) = certain(query.dims[3:])
    scores = site.layer(L.Power(scale=(size**-0.5 if scale is None else scale) / cap), turned)
    scores = site.layer(L.Power(scale=cap), site.layer(L.Tanh(), scores))
    for mask in masks:
        scores = _added(site, scores, mask)
    return site.layer(L.MatMul(), site.layer(L.Softmax(axis=-1), scores), value)


def _truth(site: Site, query: Value, key: Value, before: int | None) -> Value | None:
    """Return which keys a query sees, where the mask says it; `before` is for what is behind a query to be hidden."""
    if not site.has(3) or is_real(site.value(3).dtype):
        return None
    truth = site.tensor(3)
    if before is None:
        return truth
    seen = _triangle(query, key, before)
    seen = seen.reshape((1,) * (truth.rank - 2) + seen.shape)
    if truth.rank < 2:
        truth = site.layer(L.Reshape(sizes=(1,), axis=0, count=0), truth)
    whole = site.builder.as_tensor(known(seen, "float32"))
    return site.layer(L.Select(), truth, whole, site.layer(L.Power(scale=0.0), whole))


def _future(site: Site, query: Value, key: Value, before: int) -> Value:
    """Return a mask that hides from each query the keys behind it."""
    hidden = np.where(_triangle(query, key, before) > 0, 0, HIDDEN).astype(np.float32)
    return site.builder.as_tensor(known(hidden, "float32"))


def _triangle(query: Value, key: Value, before: int) -> Any:
    """Return a one for each key that a query sees where those behind it are hidden, else 0."""
    queries, keys = certain((query.dims[2], key.dims[2]))
    if queries * keys > MOST:
        raise Unsayable(f"it hides some of {keys} keys from {queries} queries")
    return np.tri(queries, keys, before, dtype=np.float32)


def _added(site: Site, a: Value, b: Value) -> Value:
    """Add tensors of which one stretches over the other."""
    if a.rank < b.rank:
        a, b = b, a
    if a.shape == b.shape:
        return site.layer(L.Add(), a, b)
    return site.layer(L.BiasBy(axis=a.rank - b.rank), a, b)


def flexible(site: Site) -> list[Value]:
    """Read a FlexAttention, whose scores, and shares, a graph within may change."""
    given = {"scale", "score_mod", "prob_mod", "softmax_precision"}
    if unknown := sorted(set(site.operator.attributes) - given):
        raise Unsayable(f"it has {unknown[0]}")
    query, key, value = (_heads(site, place) for place in range(3))
    (heads, shared, size) = certain((query.dims[1], key.dims[1], query.dims[3]))
    if heads != shared:
        key, value = (_shared(site, each, heads, shared) for each in (key, value))
    scale = site.get("scale") or size**-0.5
    turned = site.layer(L.Permute(order=(0, 1, 3, 2)), key)
    scores = site.layer(L.Power(scale=scale), site.layer(L.MatMul(), query, turned))
    shares = site.layer(L.Softmax(axis=-1), _changed(site, "score_mod", scores))
    return [site.layer(L.MatMul(), _changed(site, "prob_mod", shares), value)]


def _changed(site: Site, name: str, x: Value) -> Value:
    """Return what a graph within makes of a tensor, where there is one."""
    body = site.get(name)
    if not isinstance(body, Body):
        return x
    (settled,) = site.builder.settle(site, [x])
    site.pending.clear()
    (found,) = site.builder.inline(body, [settled])
    return site.builder.as_tensor(found)


READERS = {"Attention": attention}
OTHERS = {("ai.onnx.preview", "FlexAttention"): flexible}
"""Operators of other domains than ONNX's own."""
