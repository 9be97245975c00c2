"""Functions of each element that forks have by names of their own, as layers of Caffe that say the same.

Sources: hard_swish_layer.cpp and hard_sigmoid_layer.cpp of
https://github.com/foss-for-synopsys-dwc-arc-processors/synopsys-caffe, hswish_layer.cpp and hsigmoid_layer.cpp of
https://github.com/aovoc/caffe, mish_layer.cpp of https://github.com/troyliu0105/caffe, crelu_layer.cpp of
https://github.com/Cambricon/caffe.
"""

from __future__ import annotations

from translator.attrs import Attrs

_SIX = Attrs({"min": 0.0, "max": 6.0})
_UP = Attrs({"shift": 3.0})
_SIXTH = Attrs({"scale": 1 / 6})
_PRODUCT = Attrs({"operation": "PROD"})


class Chain:
    """Layers one behind the other that stand for a single one, whose name the last of them has."""

    def __init__(self, layer: Attrs) -> None:
        self.layer = layer
        self.name = layer.get("name") or layer.repeated("top")[0]
        self.x = layer.repeated("bottom")[:1]
        self.parts: list[Attrs] = []

    def add(self, kind: str, *bottoms: str, called: str = "", **fields: Attrs) -> str:
        """Add a layer, the last one if it is not `called` anything; return the blob that it gives."""
        name = f"{self.name}_{called}" if called else self.name
        tops: tuple[str, ...] = (name,) if called else self.layer.repeated("top")
        phases = {key: self.layer[key] for key in ("phase", "include", "exclude") if key in self.layer}
        said = {**phases, "name": name, "type": kind, "bottom": bottoms, "top": tops, **fields}
        self.parts.append(Attrs(said, self.layer.source, self.layer.offset, self.layer.places))
        return tops[0]

    def whole(self) -> tuple[Attrs, ...]:
        return tuple(self.parts)


def hard_swish(layer: Attrs) -> tuple[Attrs, ...]:
    """Return x * min(max(x + 3, 0), 6) / 6."""
    chain = Chain(layer)
    up = chain.add("Power", *chain.x, called="up", power_param=_UP)
    gate = chain.add(
        "Power", chain.add("Clip", up, called="clipped", clip_param=_SIX), called="gate", power_param=_SIXTH
    )
    chain.add("Eltwise", *chain.x, gate, eltwise_param=_PRODUCT)
    return chain.whole()


def hard_sigmoid(layer: Attrs) -> tuple[Attrs, ...]:
    """Return min(max(alpha * x + beta, 0), 1); of what these are where they are not said, forks differ."""
    chain, param = Chain(layer), layer.message("hard_sigmoid_param")
    if not {"alpha", "beta"} <= param.keys():
        return (layer,)
    line = Attrs({"scale": param["alpha"], "shift": param["beta"]})
    up = chain.add("Power", *chain.x, called="line", power_param=line)
    chain.add("Clip", up, clip_param=Attrs({"min": 0.0, "max": 1.0}))
    return chain.whole()


def sixth_sigmoid(layer: Attrs) -> tuple[Attrs, ...]:
    """Return min(max(x + 3, 0), 6) / 6."""
    chain = Chain(layer)
    up = chain.add("Power", *chain.x, called="up", power_param=_UP)
    chain.add("Power", chain.add("Clip", up, called="clipped", clip_param=_SIX), power_param=_SIXTH)
    return chain.whole()


def mish(layer: Attrs) -> tuple[Attrs, ...]:
    """Return x * tanh(log(1 + exp(x)))."""
    chain = Chain(layer)
    gate = chain.add("TanH", chain.add("BNLL", *chain.x, called="softplus"), called="gate")
    chain.add("Eltwise", *chain.x, gate, eltwise_param=_PRODUCT)
    return chain.whole()


def both_signs(layer: Attrs) -> tuple[Attrs, ...]:
    """Return the rectified values, and behind them those of the opposite sign."""
    chain, param = Chain(layer), layer.message("crelu_param")
    slope = Attrs({"negative_slope": param.get("negative_slope", 0.0)})
    positive = chain.add("ReLU", *chain.x, called="positive", relu_param=slope)
    opposite = chain.add("Power", *chain.x, called="opposite", power_param=Attrs({"scale": -1.0}))
    negative = chain.add("ReLU", opposite, called="negative", relu_param=slope)
    chain.add("Concat", positive, negative, concat_param=Attrs({"axis": param.get("concat_axis", 1)}))
    return chain.whole()


PARTS = {
    "HardSwish": hard_swish,
    "HSwish": hard_swish,
    "HardSigmoid": hard_sigmoid,
    "HSigmoid": sixth_sigmoid,
    "Mish": mish,
    "CReLU": both_signs,
}
