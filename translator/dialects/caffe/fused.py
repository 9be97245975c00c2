"""Layers of forks that do the work of two, as the two.

Sources: dropout_layer.cpp of https://github.com/rbgirshick/caffe-fast-rcnn, and caffe.proto of
https://github.com/intel/caffe (`relu`) and of the branch `opencl` of https://github.com/BVLC/caffe (`fuse_type`).
"""

from __future__ import annotations

from translator.attrs import Attrs


def _without(layer: Attrs, group: str, *fields: str, **changed: object) -> Attrs:
    """Return a layer without some fields of a group, and with others of its own."""
    param = layer.message(group)
    rest = Attrs({k: v for k, v in param.items() if k not in fields}, param.source, param.offset, param.places)
    return Attrs({**layer, group: rest, **changed}, layer.source, layer.offset, layer.places)


def _behind(layer: Attrs, kind: str, called: str, **fields: object) -> Attrs:
    """Return a layer that changes in place what another gives."""
    tops = layer.repeated("top")
    phases = {key: layer[key] for key in ("phase", "include", "exclude") if key in layer}
    said = {**phases, "name": f"{layer.get('name', '')}_{called}", "type": kind, "bottom": tops, "top": tops, **fields}
    return Attrs(said, layer.source, layer.offset, layer.places)


def rectified(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a convolution that cuts off negative values too as that and a ReLU."""
    param = layer.message("convolution_param")
    if param.keys().isdisjoint(("fuse_type", "relu")):
        return (layer,)
    kind = param.get("fuse_type", "UNFUSED")
    slope = param.message("relu_param").get("negative_slope", param.get("negative_slope", 0.0))
    if kind not in ("UNFUSED", "FUSED_CONV_RELU"):
        return (layer,)
    plain = _without(layer, "convolution_param", "fuse_type", "relu", "relu_param", "negative_slope")
    if kind == "UNFUSED" and not param.get("relu"):
        return (plain,)
    return plain, _behind(layer, "ReLU", "relu", relu_param=Attrs({"negative_slope": slope}))


def pooled_norm(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a local response normalization that pools too as that and a pooling."""
    param = layer.message("lrn_param")
    kind = param.get("fuse_type")
    if kind not in ("UNFUSED", "FUSED_POOL_MAX"):
        return (layer,)
    middle = (f"{layer.get('name', '')}_norm",) if kind == "FUSED_POOL_MAX" else layer.repeated("top")
    norm = _without(layer, "lrn_param", "fuse_type", "pooling_param", top=middle)
    if kind == "UNFUSED":
        return (norm,)
    windows = Attrs({**param.message("pooling_param"), "pool": "MAX"})
    return norm, Attrs({**_behind(layer, "Pooling", "pool", pooling_param=windows), "bottom": middle}, layer.source)


def scaled_dropout(layer: Attrs) -> tuple[Attrs, ...]:
    """Return a Dropout that scales where it drops nothing, and not where it does, as one and a Power behind it."""
    param = layer.message("dropout_param")
    if "scale_train" not in param:
        return (layer,)
    plain = _without(layer, "dropout_param", "scale_train")
    if param["scale_train"]:
        return (plain,)
    kept = Attrs({"scale": 1 - param.get("dropout_ratio", 0.5)})
    return plain, _behind(layer, "Power", "scaled", power_param=kept)


PARTS = {"Convolution": rectified, "LRN": pooled_norm, "Dropout": scaled_dropout}
