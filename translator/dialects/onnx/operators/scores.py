"""Attention by its parts, where its scores are asked for, or which keys a query sees is known at run time alone."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators.pointwise import HIGHEST
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.tensors import is_real
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable
from translator.terms import bounded

HIDDEN = -1e30
"""The score of a key that is not seen."""


def attended(site: Site, query: Value, key: Value, value: Value, before: int) -> tuple[Value, Value]:
    """Return what a query is given, and the scores, as they are asked for; `before` are the keys of a cache."""
    of, scale, cap = Terms(site), site.get("scale"), site.get("softcap", 0.0)
    (size,) = certain(query.dims[3:])
    turned = site.layer(L.MatMul(), query, of.permute(key, (0, 1, 3, 2)))
    scores = [of.line(turned, size**-0.5 if scale is None else scale)]
    scores.append(of.line(site.layer(L.Tanh(), of.line(scores[0], 1 / cap)), cap) if cap else scores[0])
    seen, bias = _seen(of, query, key, before), _bias(of, key)
    total = scores[1] if bias is None else of.add(scores[1], bias)
    scores.append(total if seen is None else of.select(seen, total, float("-inf")))
    shares = site.layer(L.Softmax(axis=-1), total if seen is None else of.select(seen, total, HIDDEN))
    if bias is not None:
        counts = of.is_("greater", bias, -HIGHEST)
        seen = counts if seen is None else of.select(seen, counts, 0.0)
    if seen is not None:
        shares = of.select(of.column(of.total(seen, -1, "max")), shares, 0.0)
    scores.append(shares)
    mode = site.get("qk_matmul_output_mode", 0)
    if not 0 <= mode < len(scores):
        raise ValueError(f"asks for scores in the way {mode}")
    return site.layer(L.MatMul(), shares, value), scores[mode]


def _bias(of: Terms, key: Value) -> Value | None:
    """Return what is added to the scores."""
    if not of.site.has(3) or not is_real(of.site.value(3).dtype):
        return None
    return _as_long(of, of.site.tensor(3), key, None)


def _as_long(of: Terms, mask: Value, key: Value, value: float | None) -> Value:
    """Return a mask for all keys: those beyond it are hidden."""
    keys, length = certain((key.dims[2], mask.dims[-1]), "the number of keys")
    if length == keys or length == 1:
        return mask
    if mask.rank < 2:
        mask = of.reshape(mask, 1, length)
    rows = of.reshape(mask, 1, -1, length)
    padded = of.site.layer(L.Pad1D(pad=((0, keys - length),), value=value), rows)
    return of.reshape(padded, *certain(mask.dims[:-1], "a size of its mask"), keys)


def _seen(of: Terms, query: Value, key: Value, before: int) -> Value | None:
    """Return which keys a query sees, as 1 or 0; None where it sees all."""
    site, found = of.site, list[Value]()
    left, right = site.get("left_window_size", -1), site.get("right_window_size", -1)
    if min(left, right) < -1:
        raise ValueError(f"has a window from {left} to {right}")
    right = 0 if site.get("is_causal", 0) else right
    if site.has(3) and not is_real(site.value(3).dtype):
        found.append(_as_long(of, site.tensor(3), key, 0.0))
    queries, keys = certain((query.dims[2], key.dims[2]), "the number of keys")
    bounded(queries * keys)
    away = np.arange(queries)[:, None] - np.arange(keys) + before
    if not site.has(6):
        near = ((left < 0) | (away <= left)) & ((right < 0) | (-away <= right))
        found += [] if near.all() else [of.constant(near)]
    else:
        if before:
            raise Unsayable("it has a cache, and sequences of several lengths")
        lengths = of.reshape(site.tensor(6), -1, 1, 1, 1)
        found.append(of.is_("less", of.constant(np.arange(keys)), lengths))
        distance = of.add(lengths, of.constant(away - queries)) if max(left, right) >= 0 else lengths
        found += [of.is_("less_equal", distance, float(left))] if left >= 0 else []
        found += [of.is_("greater_equal", distance, float(-right))] if right >= 0 else []
    while len(found) > 1:
        found[:2] = [of.select(found[0], found[1], 0.0)]
    return found[0] if found else None
