"""How attention is read: Keras's layer of several heads, and its dot product alone.

Source: `keras/src/layers/attention` of 3
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from ir.graph import Ref
from translator.dialects.keras.mapping import RULES
from translator.dialects.keras.operations import operation
from translator.dialects.keras.readings import reads
from translator.dialects.keras.site import Site
from translator.mapping import Blob

TRAINED = ("dropout", "flash_attention", "attention_axes", "output_shape", "seed", "query_shape", "key_shape")
"""Fields that say how to compute and how to train, or that are looked at."""


@reads("MultiHeadAttention")
def multi_head(site: Site) -> Ref:
    """Read MultiHeadAttention, which takes queries and values, and keys where they are others than the values."""
    called = site.options
    site.need(not any(called.get(each) for each in MASKS), "it is given a mask")
    site.need(not called.get("return_attention_scores"), "it gives its scores")
    site.need(site.get("attention_axes") in (None, 1, [1]), "it attends along other axes than the steps")
    site.need(not site.get("use_gate") and not site.get("sliding_window"), "it has a gate or a window")
    query, value, key = _given(site)
    units: Any = site.get("output_shape")
    units = units[0] if isinstance(units, list) and len(units) == 1 else units
    site.taken += [*TRAINED, "value_shape"]
    layer = L.MultiHeadAttention(
        heads=site.get("num_heads"),
        key_size=site.get("key_dim"),
        value_size=None if site.get("value_dim") == site.get("key_dim") else site.get("value_dim"),
        units=units,
        bias=bool(site.get("use_bias", True)),
        causal=bool(called.get("use_causal_mask")),
    )
    (rule,) = RULES.of(L.MultiHeadAttention)
    return site.add(layer, query, key, value, blobs=rule.blobs_of(layer))


def _given(site: Site) -> tuple[Ref, Ref, Ref]:
    """Return queries, values and keys; a call has them in this order, or by name."""
    named = sum(isinstance(each, Ref) for each in site.options.values())
    places = list(site.places or site.inputs[: len(site.inputs) - named])
    places += [site.options[each] for each in ("query", "value", "key")[len(places) :] if each in site.options]
    tensors = [each for each in places if isinstance(each, Ref)]
    site.need(len(tensors) in (2, 3) and len(tensors) == len(places), "it is not given queries and values alone")
    return tensors[0], tensors[1], tensors[-1]


@reads("Attention")
def attention(site: Site) -> Ref:
    """Read attention by products: queries, values, and keys where they are others than the values.

    What it multiplies the products by is one number, which stands for each feature here.
    """
    query, value, key = _plain(site)
    site.need(site.get("score_mode", "dot") == "dot", "it does not multiply queries and keys")
    layer = L.Attention(scale=1.0, causal=bool(site.options.get("use_causal_mask") or site.get("causal")))
    if site.get("use_scale"):
        query = site.add(L.Scale(axis=2), query, part="scaled", blobs=[Blob("gamma", name="alike")])
    return site.add(layer, query, key, value)


@reads("AdditiveAttention")
def additive(site: Site) -> Ref:
    """Read attention by sums: the weight of a value is the sum of tanh(query + key), each element by its factor."""
    query, value, key = _plain(site)
    site.need(not site.options.get("use_causal_mask") and not site.get("causal"), "it hides what is behind")
    rows = site.add(L.Reshape(sizes=(1,), axis=2, count=0), query, part="rows")
    columns = site.add(L.Reshape(sizes=(1,), axis=1, count=0), key, part="columns")
    turned = site.add(L.Power(scale=-1.0), columns, part="turned")
    both = site.add(L.Tanh(), site.add(L.Subtract(), rows, turned, part="sums"), part="tanh")
    if site.get("use_scale", True):
        both = site.add(L.Scale(axis=3), both, part="scaled", blobs=[Blob("gamma")])
    scores = site.add(L.Reduction(axis=3), both, part="scores")
    weights = site.add(L.Softmax(axis=-1), scores, part="weights")
    return site.add(L.MatMul(), weights, value)


def _plain(site: Site) -> tuple[Ref, Ref, Ref]:
    """Return queries, values and keys of a layer of one head, which is given them in a list."""
    site.need(not site.options.keys() - {"use_causal_mask", "mask", "return_attention_scores"}, "it is given more")
    site.need(site.mask() is None and not site.options.get("return_attention_scores"), "it has a mask, or gives scores")
    site.need(len(site.inputs) in (2, 3) and site.rank == 3, "it is not given queries and values alone")
    site.taken += ["dropout", "seed"]
    return site.inputs[0], site.inputs[1], site.inputs[-1]


MASKS = ("query_mask", "value_mask", "key_mask", "attention_mask")
"""What a call may be given that hides something."""


@operation("DotProductAttention")
def dot_product(site: Site) -> Ref:
    """Read the operation, which has the heads behind the steps."""
    site.need(len(site.inputs) == 3 and not site.options.keys() - {"scale"}, "it is given a mask")
    given = [site.add(L.Permute(order=(0, 2, 1, 3)), ref, part=f"heads{i}") for i, ref in enumerate(site.inputs)]
    site.taken += ["flash_attention", "attn_logits_soft_cap"]
    layer = L.Attention(scale=site.options.get("scale"), causal=bool(site.get("is_causal")))
    return site.add(L.Permute(order=(0, 2, 1, 3)), site.add(layer, *given, part="mixed"))
