"""Pictures as `draw_net.py` of Caffe draws them, by the commits at which the drawing changed.

Source: python/caffe/draw.py of https://github.com/BVLC/caffe, from 2014-05 (6b85fd006) to 2018-03 (7b3ac40be).
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from translator.attrs import Attrs
from translator.dialects.caffe.upgrade import V1_TYPES
from translator.simulation.picture import Arrow, Box, Picture

VERSIONS = ("2014-05", "2014-12", "2015-02", "2015-10", "2018-03")
"""The months at which the drawing changed."""
_COLOURS = {"Convolution": "#FF5050", "Deconvolution": "#FF5050", "Pooling": "#FF9900", "InnerProduct": "#CC33FF"}
_PARAMS = {"Convolution": "convolution_param", "Deconvolution": "convolution_param", "Pooling": "pooling_param"}
_OLD = {new: old for old, new in V1_TYPES.items()}


def draw(net: Attrs, rng: Random, version: str = "") -> Picture:
    """Draw a net as some version does, with options drawn too."""
    version = version or rng.choice(VERSIONS)
    style: dict[str, Any] = {"drawer": "caffe", "version": version}
    style["rankdir"] = "BT" if version == "2014-05" else rng.choice(("LR", "LR", "TB", "BT"))
    style["dpi"] = rng.choice((72, 150, 200)) if rng.random() < 0.25 else 96
    boxes: dict[str, Box] = {}
    arrows: list[Arrow] = []
    for layer in net.repeated("layer"):
        box = _layer(layer, style)
        boxes[box.key] = box
        for bottom in layer.repeated("bottom"):
            boxes[f"{bottom}_blob"] = _blob(bottom, style, filled=True)
            arrows.append(Arrow(f"{bottom}_blob", box.key))
        for top in layer.repeated("top"):
            # A top is a plain box until a layer takes it, which is drawn over it.
            boxes[f"{top}_blob"] = _blob(top, style, filled=version == "2014-05")
            arrows.append(Arrow(box.key, f"{top}_blob", _beside(layer, style)))
    attributes = {"rankdir": style["rankdir"], "dpi": str(style["dpi"])}
    return Picture(style, attributes, list(boxes.values()), list(dict.fromkeys(arrows)))


def _blob(name: str, style: Mapping[str, Any], *, filled: bool) -> Box:
    colour = "#F0E68C" if style["version"] == "2014-05" else "#E0E0E0"
    looks = {"shape": "octagon", "fillcolor": colour, "style": "filled"} if filled else {}
    return Box(f"{name}_blob", (name,), {"label": name, **looks}, "blob", name)


def _layer(layer: Attrs, style: Mapping[str, Any]) -> Box:
    version, kind = style["version"], layer["type"]
    mark = " " if style["rankdir"] in ("TB", "BT") else "\n"
    texts = [layer["name"], f"({_type(layer, version)})"]
    if kind in _PARAMS and version != "2014-05" and not (kind == "Deconvolution" and version < "2015-10"):
        texts += _window(layer.message(_PARAMS[kind]))
    label = mark.join(texts)
    bottoms, tops = layer.repeated("bottom"), layer.repeated("top")
    in_place = len(bottoms) == len(tops) == 1 and bottoms == tops
    colour = "#90EE90" if in_place else "#6495ED" if version == "2014-05" else _COLOURS.get(kind, "#6495ED")
    looks = {"label": label, "shape": "record", "fillcolor": colour, "style": "filled"}
    # Two layers of one label are one box there; here each has its own, as their names differ.
    return Box(layer["name"], tuple(texts), looks, "layer", layer["name"], kind)


def _type(layer: Attrs, version: str) -> str:
    kind = layer["type"]
    if kind == "Pooling" and version != "2014-05":
        how = layer.message("pooling_param").get("pool", "MAX")
        return {"2014-12": f"{how} POOLING", "2018-03": f"Pooling {how}"}.get(version, f"{how} Pooling")
    return _OLD.get(kind, kind.upper()) if version < "2015" else str(kind)


def _window(param: Attrs) -> list[str]:
    def first(name: str, absent: int) -> Any:
        values = param.repeated(name)
        return values[0] if values else absent

    return [f"kernel size: {first('kernel_size', 1)}", f"stride: {first('stride', 1)}", f"pad: {first('pad', 0)}"]


def _beside(layer: Attrs, style: Mapping[str, Any]) -> str:
    """Return the text at the arrow from a layer: how many outputs it has, or how large its batch is."""
    if style["version"] == "2014-05":
        return ""
    groups = {"Convolution": "convolution_param", "InnerProduct": "inner_product_param"}
    if style["version"] >= "2015-10":
        groups["Deconvolution"] = "convolution_param"
    group = groups.get(layer["type"])
    return str(layer.message(group).get("num_output", "")) if group else ""
