"""Layers of Caffe that are two of the catalogue's, as the two layers of Caffe that say the same."""

from __future__ import annotations

from translator.attrs import Attrs


def is_scale_and_bias(layer: Attrs) -> bool:
    """Tell whether a layer is a Scale by its second bottom that adds a learned bias too."""
    takes_two = layer.get("type") == "Scale" and len(layer.repeated("bottom")) == 2
    return takes_two and bool(layer.message("scale_param").get("bias_term"))


def scale_and_bias(layer: Attrs, rank: int) -> tuple[Attrs, Attrs]:
    """Return such a layer as a Scale and a Bias; `rank` is that of the factors, whose axes the bias covers too.

    The Bias keeps the name, for the layer's one blob is the bias.
    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/scale_layer.cpp
    """
    name, (x, _), tops = layer.get("name", ""), layer.repeated("bottom"), layer.repeated("top")
    param = layer.message("scale_param")
    middle = x if tops == (x,) else f"{name}_product"
    scale = {**layer, "name": f"{name}_product", "top": (middle,), "param": ()}
    scale["scale_param"] = Attrs({**param, "bias_term": False}, param.source, param.offset, param.places)
    bias = {**layer, "type": "Bias", "bottom": (middle,)}
    bias["bias_param"] = Attrs({"axis": param.get("axis", 1), "num_axes": rank}, param.source, param.offset)
    del bias["scale_param"]
    return (
        Attrs(scale, layer.source, layer.offset, layer.places),
        Attrs(bias, layer.source, layer.offset, layer.places),
    )
