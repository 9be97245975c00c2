"""Keras's layers over time: recurrent ones, and attention.

Source: https://keras.io/api/layers/recurrent_layers/ and https://keras.io/api/layers/attention_layers/
"""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.dialects.keras.codecs import CausalHeads, Gate, GateSlope
from translator.dialects.keras.op import Op
from translator.mapping import At, Blob, Field, Rule, Said


def recurrent(layer: Any, **codecs: Any) -> list[Rule]:
    """Return the rules of a layer over time, of which the second is given a state, or which steps count, as well."""
    facts: dict[str, Any] = {
        "blobs": (Blob("kernel", "IO", "cell"), Blob("recurrent_kernel", "IO", "cell"), Blob("bias", name="cell")),
        "units": Field("units"),
        "sequences": Field("return_sequences", absent=False),
        "states": Field("return_state", absent=False),
        "activation": Field("activation", absent="tanh"),
        **codecs,
    }
    alone = Rule(f"layers.{layer.__name__}", layer, **facts)

    def build(each: Any, at: At, inputs: list[Any]) -> Op:
        x, *others = inputs
        mask = [Op("ops.cast", [others.pop()], {"dtype": "bool"})] if each.masked else []
        start = others if each.started else None
        config = alone.write(each.replace(started=False, masked=False), at)
        return Op(alone.foreign, [x, start[0] if start and len(start) == 1 else start, *mask], config)

    return [alone, Rule(alone.foreign, layer, started=Said(), masked=Said(), build=build, **facts)]


def _attention(layer: Any, at: At, inputs: list[Any]) -> Op:
    """Keras has the heads behind the steps."""
    query, key, value = (Op("ops.transpose", [ref], {"axes": (0, 2, 1, 3)}) for ref in inputs)
    config = {"is_causal": True} | ({} if layer.scale is None else {"scale": layer.scale})
    return Op("ops.transpose", [Op("ops.dot_product_attention", [query, key, value], config)], {"axes": (0, 2, 1, 3)})


def _multi_head(layer: Any, at: At, inputs: list[Any]) -> Op:
    query, key, value = inputs
    config = {"num_heads": layer.heads, "key_dim": layer.key_size}
    said = {"value_dim": (layer.value_size, None), "output_shape": (layer.units, None), "use_bias": (layer.bias, True)}
    config |= {name: given for name, (given, default) in said.items() if given != default}
    given = [query, value] if key == value else [query, value, key]
    return Op("layers.MultiHeadAttention", given, config, said={"use_causal_mask": True} if layer.causal else {})


OVER_TIME = [
    *recurrent(L.LSTM, gate=Gate(), slope=GateSlope()),
    *recurrent(L.GRU, gate=Gate(), slope=GateSlope(), reset_after=Field("reset_after", absent=True)),
    *recurrent(L.SimpleRNN),
    Rule("ops.dot_product_attention", L.Attention, scale=Said(), causal=CausalHeads(), build=_attention),
    Rule(
        "layers.MultiHeadAttention",
        L.MultiHeadAttention,
        blobs=[
            Blob(f"{name}_{role}", "IO" if role == "kernel" else "", f"{place}_dense")
            for name, place in (("query", "query"), ("key", "key"), ("value", "value"), ("result", "output"))
            for role in ("kernel", "bias")
        ],
        heads=Field("num_heads"),
        key_size=Field("key_dim"),
        value_size=Field("value_dim", absent=None),
        units=Field("output_shape", absent=None),
        bias=Field("use_bias", absent=True),
        causal=Said(),
        build=_multi_head,
    ),
]
"""The rules of layers over time."""
