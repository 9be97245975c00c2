"""Layers of Caffe that are several of the catalogue's, or another, as the layers of Caffe that say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ir.shapes import Shape
from translator.attrs import Attrs
from translator.dialects.caffe import activations, fused
from translator.dialects.caffe.faces import product_alone, unit_length
from translator.dialects.caffe.mapping import RULES
from translator.dialects.caffe.sequences import unrolled

Shapes = Sequence[Shape | None]
"""The shapes of a layer's bottoms, None for one that is not known."""


def parts_of(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a layer as those that say the same; most are said by themselves alone."""
    split = PARTS.get(str(layer.get("type", "")))
    return split(layer) if split else (layer,)


def scale_and_bias(layer: Attrs, shapes: Shapes) -> tuple[Attrs, ...]:
    """Return a Scale by its second bottom that adds a learned bias too as a Scale and a Bias.

    The bias covers the axes that the factors do. The Bias keeps the name, for the layer's one blob is the bias.
    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/scale_layer.cpp
    """
    name, bottoms, tops = layer.get("name", ""), layer.repeated("bottom"), layer.repeated("top")
    param = layer.message("scale_param")
    if len(bottoms) != 2 or not param.get("bias_term"):
        return (layer,)
    x, rank = bottoms[0], len(shapes[1] or (None,))
    middle = x if tops == (x,) else f"{name}_product"
    scale = {**layer, "name": f"{name}_product", "top": (middle,), "param": ()}
    scale["scale_param"] = Attrs({**param, "bias_term": False}, param.source, param.offset, param.places)
    bias = {**layer, "type": "Bias", "bottom": (middle,)}
    bias["bias_param"] = Attrs({"axis": param.get("axis", 1), "num_axes": rank}, param.source, param.offset)
    del bias["scale_param"]
    return _changed(layer, scale), _changed(layer, bias)


def norm_and_scale(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a `BN` of a fork as a BatchNorm and a Scale, each with its blobs if there are any.

    Three families of forks have it. With `bn_mode` it is SegNet's: LEARN takes the statistics of the batch, INFERENCE
    only scales and shifts, and the two blobs are the factors and biases. The others have a mean and a variance behind
    these. Sources: bn_layer.cpp and caffe.proto of https://github.com/alexgkendall/caffe-segnet,
    https://github.com/yjxiong/caffe (`eps`, `momentum`) and https://github.com/HyeonwooNoh/caffe (`var_eps`, `decay`).
    """
    param, blobs = layer.message("bn_param"), layer.repeated("blobs")
    norm, scale = _norm_then_scale(layer, "bn_param", _statistics(param), blobs[2:], blobs[:2])
    if param.get("bn_mode") in ("INFERENCE", 1):
        return (_changed(layer, {**scale, "bottom": layer.repeated("bottom")}),)
    return norm, scale


def scaled_norm(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a BatchNorm of NVIDIA's fork that multiplies and adds learned values too as that and a Scale.

    Source: https://github.com/NVIDIA/caffe, src/caffe/layers/batch_norm_layer.cpp
    """
    param, blobs = layer.message("batch_norm_param"), layer.repeated("blobs")
    if not (param.get("scale_bias") or param.keys() & {"scale_filler", "bias_filler"}):
        return (layer,)
    return _norm_then_scale(layer, "batch_norm_param", param, blobs[:3], blobs[3:])


def _norm_then_scale(
    layer: Attrs, group: str, param: Attrs, statistics: Sequence[object], learned: Sequence[object]
) -> tuple[Attrs, Attrs]:
    """Return a BatchNorm with such parameters and a Scale behind it in the place of a layer, each with its blobs."""
    name, bottoms, tops = layer.get("name", ""), layer.repeated("bottom"), layer.repeated("top")
    middle = tops if tops == bottoms else (f"{name}_norm",)
    shared = {key: value for key, value in layer.items() if key not in (group, "param", "blobs")}
    norm = {**shared, "name": f"{name}_norm", "type": "BatchNorm", "top": middle, "batch_norm_param": param}
    scale = {**shared, "type": "Scale", "bottom": middle, "scale_param": Attrs({"bias_term": True})}
    if "blobs" in layer:
        norm["blobs"], scale["blobs"] = tuple(statistics), tuple(learned)
    return _changed(layer, norm), _changed(layer, scale)


def _statistics(param: Attrs) -> Attrs:
    """Return what BatchNorm has for the fields of a fork; each family has a default of its own for epsilon."""
    if "bn_mode" in param:
        return Attrs({"eps": 1e-9, "use_global_stats": False})
    if any(field in param for field in ("var_eps", "decay", "moving_average")):
        gathered = param.get("moving_average", True)
        return Attrs({"eps": param.get("var_eps", 1e-9), "use_global_stats": gathered})
    return Attrs({"eps": param.get("eps", 1e-5), "moving_average_fraction": param.get("momentum", 0.9)})


def loss_and_softmax(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a SoftmaxWithLoss that gives probabilities too as that loss and a Softmax.

    Source: https://github.com/BVLC/caffe/blob/master/src/caffe/layers/softmax_loss_layer.cpp
    """
    tops = layer.repeated("top")
    if len(tops) != 2:
        return (layer,)
    softmax = {
        "name": tops[1],
        "type": "Softmax",
        "bottom": layer.repeated("bottom")[:1],
        "top": tops[1:],
        "softmax_param": layer.message("softmax_param"),
    }
    return _changed(layer, {**layer, "top": tops[:1]}), _changed(layer, softmax)


def like_another(layer: Attrs, shapes: Shapes) -> tuple[Attrs, ...]:
    """Return an Interp that takes its size from a second bottom as one that says the size.

    Source: interp_layer.cpp of forks of https://github.com/hszhao/PSPNet
    """
    bottoms, size = layer.repeated("bottom"), (shapes[1] or ())[2:] if len(shapes) == 2 else ()
    if len(size) != 2 or None in size:
        return (layer,)
    param = layer.message("interp_param")
    kept = {key: value for key, value in param.items() if key not in ("zoom_factor", "shrink_factor")}
    sized = Attrs({**kept, "height": size[0], "width": size[1]}, param.source, param.offset, param.places)
    return (_changed(layer, {**layer, "bottom": bottoms[:1], "interp_param": sized}),)


def in_python(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a Python layer by its module and class, where the table has it.

    One whose class is called a dropout is one: a deployed model passes its input on.
    """
    param = layer.message("python_param")
    named = f"Python:{param.get('module')}.{param.get('layer')}"
    if named in RULES:
        return (_changed(layer, {**layer, "type": named}),)
    name = str(param.get("layer", "")).lower().removesuffix("layer")
    if not name.endswith("dropout"):
        return (layer,)
    return (
        _changed(layer, {key: value for key, value in {**layer, "type": "Dropout"}.items() if key != "python_param"}),
    )


def _changed(layer: Attrs, fields: dict[str, object]) -> Attrs:
    return Attrs(fields, layer.source, layer.offset, layer.places)


PARTS: Mapping[str, Callable[[Attrs], tuple[Attrs, ...]]] = {
    **activations.PARTS,
    **fused.PARTS,
    "BN": norm_and_scale,
    "BatchNorm": scaled_norm,
    "SoftmaxWithLoss": loss_and_softmax,
    "MarginInnerProduct": product_alone,
    "LargeMarginInnerProduct": product_alone,
    "Python": in_python,
}

BY_SHAPE = {"Interp": like_another, "Scale": scale_and_bias, "Lstm": unrolled, "Normalize": unit_length}
"""Those whose parts the shapes of the bottoms decide."""
