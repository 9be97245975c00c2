"""Operators of language models that are plain arithmetic: places turned into angles, gates, and states step by step."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.onnx.operators.learned import part
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable

LONGEST = 64
"""Steps at most that are written one by one."""
RULES = ("linear", "gated", "delta", "gated_delta")


def rotary(site: Site) -> list[Value]:
    """Read a RotaryEmbedding: pairs of features are turned by an angle that follows from a token's place."""
    of, x = Terms(site), site.x
    apart = x.rank == 4
    heads = site.get("num_heads", 0)
    if apart:
        turned = of.permute(x, (0, 2, 1, 3))
    else:
        (size,) = certain(x.dims[2:])
        if x.rank != 3 or heads < 1 or size % heads:
            raise ValueError(f"deals {x.shape} to {heads} heads")
        turned = site.layer(L.Reshape(sizes=(heads, size // heads), axis=2, count=1), x)
    (size,) = certain(turned.dims[3:])
    count = site.get("rotary_embedding_dim", 0) or size
    if count % 2 or not 0 < count <= size:
        raise ValueError(f"turns {count} of {size} features")
    cosine, sine = (_of_places(site, place, count // 2) for place in (1, 2))
    found = _turned(of, part(site, turned, 3, 0, count), cosine, sine, bool(site.get("interleaved", 0)))
    if count < size:
        found = site.layer(L.Concat(axis=3), found, part(site, turned, 3, count, size))
    return [of.permute(found, (0, 2, 1, 3)) if apart else site.layer(L.Flatten(axis=2, end_axis=3), found)]


def _of_places(site: Site, place: int, half: int) -> Value:
    """Return the sines, or cosines, of each token: (batch, steps, 1, half)."""
    of, table = Terms(site), site.tensor(place)
    if site.has(3):
        numbers = site.tensor(3)
        (steps,) = certain(numbers.dims[1:2], "the number of steps")
        rows = site.layer(L.BatchReindex(), table, site.layer(L.Flatten(axis=0), numbers))
        table = of.reshape(rows, -1, steps, *certain(table.dims[1:]))
    if table.rank != 3 or table.dims[2] != half:
        raise ValueError(f"turns {half} pairs by angles of the shape {table.shape}")
    return site.layer(L.Reshape(sizes=(1,), axis=2, count=0), table)


def _turned(of: Terms, x: Value, cosine: Value, sine: Value, alternate: bool) -> Value:
    """Turn pairs of features: those side by side, or those of both halves."""
    (size,) = certain(x.dims[3:])
    if alternate:
        pairs = of.site.layer(L.Reshape(sizes=(size // 2, 2), axis=3, count=1), x)
        sides = of.site.add(L.Slice(axis=4, pieces=2), pairs)
        first, second = (of.site.layer(L.Reshape(sizes=(), axis=4, count=1), each) for each in sides)
    else:
        first, second = of.site.add(L.Slice(axis=3, pieces=2), x)
    real = of.subtract(of.multiply(first, cosine), of.multiply(second, sine))
    other = of.add(of.multiply(first, sine), of.multiply(second, cosine))
    if not alternate:
        return of.site.layer(L.Concat(axis=3), real, other)
    return of.site.layer(L.Flatten(axis=3), of.site.layer(L.Concat(axis=4), of.column(real), of.column(other)))


def gated(site: Site) -> list[Value]:
    """Read a SwiGLU: a gate, squashed and times itself, times a value."""
    return site.add(L.Multiply(), site.layer(L.Swish(beta=site.get("alpha", 1.0)), site.x), site.tensor(1))


def causal_convolution(site: Site) -> list[Value]:
    """Read a CausalConvWithState: each channel on its own, over what was before, which it gives too."""
    of, x, kernel = Terms(site), site.x, site.weight(1)
    site.only("activation", "none", "silu", "swish")
    if x.rank != 3 or len(kernel.shape) != 3 or kernel.shape[1] != 1:
        raise ValueError(f"works on {x.rank} axes with weights of the shape {kernel.shape}")
    channels, _, width = kernel.shape
    if width < 2:
        raise Unsayable("it looks at nothing that was before")
    if site.has(3):
        whole = site.layer(L.Concat(axis=2), site.tensor(3), x)
    else:
        whole = site.layer(L.Pad1D(pad=((width - 1, 0),)), x)
    weights = {"kernel": kernel} | ({"bias": site.weight(2)} if site.has(2) else {})
    layer = L.Conv1D(filters=channels, kernel=width, groups=channels, bias=site.has(2))
    found = site.layer(layer, whole, weights=weights)
    (length,) = certain(whole.dims[2:], "the number of steps")
    state = part(site, whole, 2, length - width + 1, length)
    plain = site.get("activation", "none") == "none"
    return [found if plain else site.layer(L.Swish(), found), of.typed(state, x.dtype)]


def linear_attention(site: Site) -> list[Value]:
    """Read a LinearAttention: what keys and values leave in a state, which queries read step by step."""
    heads, shared = site.get("q_num_heads", 0), site.get("kv_num_heads", 0)
    rule = site.get("update_rule", "gated_delta")
    (steps,) = certain(site.x.dims[1:2], "the number of steps")
    if rule not in RULES or shared < 1 or heads % shared or site.x.rank != 3:
        raise ValueError(f"deals {heads} heads to {shared}, by the rule {rule!r}")
    if steps > LONGEST:
        raise Unsayable(f"it takes {steps} steps, of at most {LONGEST} that are written one by one")
    queries, keys, values = (_steps(site, place, shared) for place in range(3))
    decays = _steps(site, 4, shared) if rule.startswith("gated") else None
    rates = _steps(site, 5, shared) if rule.endswith("delta") else None
    (size,) = certain(site.x.dims[2:])
    scale = site.get("scale", 0.0) or (size / heads) ** -0.5
    of, state, given = Terms(site), site.tensor(3) if site.has(3) else None, list[Value]()
    for step in range(steps):
        decay, rate = (None if each is None else each[step] for each in (decays, rates))
        state = _next(of, state, keys[step], values[step], decay, rate)
        query = of.site.layer(L.Reshape(sizes=(heads // shared, -1), axis=2, count=2), queries[step])
        read = of.line(site.layer(L.MatMul(), query, state), scale)
        given.append(site.layer(L.Reshape(sizes=(1, -1), axis=1, count=3), read))
    assert state is not None
    return [site.layer(L.Concat(axis=1), *given) if len(given) > 1 else given[0], state]


def _steps(site: Site, place: int, heads: int) -> list[Value]:
    """Return an input step by step, each as (batch, heads, 1, features); one for all heads stands for each."""
    x = site.tensor(place)
    (steps, size) = certain(x.dims[1:])
    own = heads if size % heads == 0 else 1
    spread = site.layer(L.Reshape(sizes=(steps, own, 1, size // own), axis=1, count=2), x)
    pieces = site.add(L.Slice(axis=1, pieces=steps), spread) if steps > 1 else [spread]
    return [site.layer(L.Reshape(sizes=(), axis=1, count=1), each) for each in pieces]


def _next(of: Terms, state: Value | None, key: Value, value: Value, decay: Value | None, rate: Value | None) -> Value:
    """Return the state behind a step; one that was not there before is 0."""
    column = of.permute(key, (0, 1, 3, 2))
    if state is not None and decay is not None:
        state = of.multiply(state, of.permute(of.site.layer(L.Exp(), decay), (0, 1, 3, 2)))
    if state is not None and rate is not None:
        value = of.subtract(value, of.site.layer(L.MatMul(), key, state))
    if rate is not None:
        value = of.multiply(value, rate)
    new = of.multiply(of.stretched(column, value), value)
    return new if state is None else of.add(state, new)


READERS = {
    "RotaryEmbedding": rotary,
    "SwiGLU": gated,
    "CausalConvWithState": causal_convolution,
    "LinearAttention": linear_attention,
}
