"""Bring nets of Caffe's first years to today's form.

Source: https://github.com/BVLC/caffe/blob/master/src/caffe/util/upgrade_proto.cpp
"""

from __future__ import annotations

from ir.diagnostics import Report
from translator.attrs import Attrs
from translator.dialects.caffe.mapping import DATA, RULES, TRAINING
from translator.dialects.caffe.parts import PARTS, parts_of

V1_TYPES = {
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "DUMMY_DATA": "DummyData",
    "ELTWISE": "Eltwise",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "MVN": "MVN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
    "THRESHOLD": "Threshold",
    "WINDOW_DATA": "WindowData",
}

V0_TYPES = {
    "accuracy": "Accuracy",
    "bnll": "BNLL",
    "concat": "Concat",
    "conv": "Convolution",
    "data": "Data",
    "dropout": "Dropout",
    "euclidean_loss": "EuclideanLoss",
    "flatten": "Flatten",
    "hdf5_data": "HDF5Data",
    "hdf5_output": "HDF5Output",
    "im2col": "Im2col",
    "images": "ImageData",
    "infogain_loss": "InfogainLoss",
    "innerproduct": "InnerProduct",
    "lrn": "LRN",
    "multinomial_logistic_loss": "MultinomialLogisticLoss",
    "pool": "Pooling",
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softmax_loss": "SoftmaxWithLoss",
    "split": "Split",
    "tanh": "TanH",
    "window_data": "WindowData",
}

_V0_GROUPS = {
    "conv": "convolution_param",
    "innerproduct": "inner_product_param",
    "pool": "pooling_param",
    "lrn": "lrn_param",
    "dropout": "dropout_param",
    "concat": "concat_param",
    "data": "data_param",
    "images": "image_data_param",
    "hdf5_data": "hdf5_data_param",
    "window_data": "window_data_param",
}
_V0_FIELDS = {
    "biasterm": "bias_term",
    "kernelsize": "kernel_size",
    "batchsize": "batch_size",
    "cropsize": "crop_size",
    "meanfile": "mean_file",
    "shuffle_images": "shuffle",
}
_V0_LAYER = ("name", "type", "blobs", "blobs_lr", "weight_decay")
_V1_ONLY = ("param", "blobs_lr", "weight_decay", "blob_share_mode", "layer", "type")


def _plain(kind: object) -> str:
    return str(kind).replace("_", "").lower()


_KNOWN = RULES.names() | DATA | TRAINING | PARTS.keys()
_LIKE = {_plain(kind): kind for kind in sorted(_KNOWN)}
"""Layer types by their letters alone: forks of Caffe's first years wrote theirs in capitals, and later ones differ."""


def whole_layers(net: Attrs) -> list[Attrs]:
    """Return the layers of a net of any age in today's form, in the order of the file, each as it was written."""
    found = [each for each in (*map(_of_v1, net.repeated("layers")), *map(_named, net.repeated("layer"))) if each]
    if net.repeated("layers") and net.repeated("layer"):
        found.sort(key=lambda each: each.offset or 0)
    return found


def layers_of(net: Attrs, report: Report) -> list[Attrs]:
    """Return the layers of a net of any age, those that are several of the catalogue's as their parts."""
    return _without_padding_layers([part for each in whole_layers(net) for part in parts_of(each)], report)


def _named(layer: Attrs) -> Attrs:
    """Return a layer with its type as the table writes it, where a fork writes some letters otherwise."""
    kind = str(layer.get("type", ""))
    known = kind if kind in _KNOWN or kind in RULES else _LIKE.get(_plain(kind), kind)
    if known == kind:
        return layer
    return Attrs({**layer, "type": known}, layer.source, layer.offset, layer.places)


def _of_v1(old: Attrs) -> Attrs:
    new = Attrs({}, old.source, old.offset, dict(old.places))
    inner = old.message("layer")
    for field, value in old.items():
        if field not in _V1_ONLY:
            new[field] = value
    if inner:
        _of_v0(inner, new)
    elif "type" in old:
        new["type"] = V1_TYPES.get(old["type"]) or _LIKE.get(_plain(old["type"]), old["type"])
        if str(new["type"]).endswith("3D"):
            # In C3D the fields stood among those of the layers for images.
            for group in ("convolution", "pooling"):
                if f"{group}_param" in new:
                    new[f"{group}3d_param"] = new.pop(f"{group}_param")
    names = old.repeated("param")
    new["param"] = tuple(Attrs({"name": each}) if isinstance(each, str) else each for each in names)
    return new


def _of_v0(inner: Attrs, new: Attrs) -> None:
    kind = inner.get("type", "")
    new["name"], new["type"] = inner.get("name", ""), V0_TYPES.get(kind, kind)
    new.places.update(inner.places)
    group = _V0_GROUPS.get(kind, f"{kind}_param")
    fields = {_V0_FIELDS.get(field, field): value for field, value in inner.items() if field not in _V0_LAYER}
    if kind in ("conv", "innerproduct", "pool", "im2col"):
        fields = {
            field: (value,) if field in ("pad", "stride", "kernel_size") and kind == "conv" else value
            for field, value in fields.items()
        }
    new[group] = Attrs(fields, inner.source, inner.offset, {_V0_FIELDS.get(f, f): at for f, at in inner.places.items()})
    if "blobs" in inner:
        new["blobs"] = inner["blobs"]


def _without_padding_layers(layers: list[Attrs], report: Report) -> list[Attrs]:
    """Move the border of a V0 padding layer into the convolution or pooling behind it."""
    pads = {top: each for each in layers if each.get("type") == "padding" for top in each.repeated("top")}
    kept = []
    for each in layers:
        if each.get("type") == "padding":
            continue
        bottoms = each.repeated("bottom")
        if any(bottom in pads for bottom in bottoms):
            group = {"Convolution": "convolution_param", "Pooling": "pooling_param"}.get(each.get("type", ""))
            if group is None or len(bottoms) != 1:
                report.add(
                    "unsupported",
                    f"{each.get('name')} takes a padding layer's output, which is for a convolution",
                    each.origin(),
                )
                continue
            pad = pads[bottoms[0]]
            border = pad.message("padding_param").get("pad", 0)
            each[group] = Attrs({**each.message(group), "pad": border}, each.source, each.offset)
            each["bottom"] = pad.repeated("bottom")
        kept.append(each)
    return kept
