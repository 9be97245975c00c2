"""Rules of layers for which Keras source brings a class along; `definitions.py` has their texts."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.dialects.keras.codecs import KnownPlane, OneAxis
from translator.dialects.keras.definitions import stub_name
from translator.dialects.keras.op import Op
from translator.mapping import At, Blob, Field, Rule, Said, alike, carried


def _resized(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("ResizeBilinear", inputs, {"size": _plane(at)})


def _unpooled(layer: Any, at: At, inputs: list[Any]) -> Op:
    return Op("Unpool", [inputs], {"size": _plane(at)})


def _plane(at: At) -> tuple[Any, ...]:
    """Return the height and width of the result."""
    shape = at.outputs[0]
    return tuple(shape[2:] if at.layout == "channels_first" else shape[1:3])


def _indexed(layer: Any, at: At, inputs: list[Any]) -> Op:
    before = tuple(before for before, _ in layer.pad)
    config = {"pool_size": layer.kernel, "strides": layer.stride, "padding": before, "size": _plane(at)}
    return Op("MaxPoolIndices", inputs, config)


def _columns(layer: Any, at: At, inputs: list[Any]) -> Op:
    config = {"kernel_size": layer.kernel, "strides": layer.stride, "dilation_rate": layer.dilation, "size": _plane(at)}
    return Op("Im2Col", inputs, config)


def _local(layer: Any, at: At, inputs: list[Any]) -> Op:
    config = {"filters": layer.filters, "kernel_size": layer.kernel, "strides": layer.stride, "size": _plane(at)}
    return Op("LocallyConnected", inputs, config | ({} if layer.bias else {"use_bias": False}))


def _stub(layer: Any, at: At, inputs: list[Any]) -> Op:
    config = {"output_shapes": [tuple(shape) for shape in at.outputs], "arguments": layer.arguments}
    if layer.arrays:
        config["blob_shapes"] = list(layer.arrays)
    return Op(stub_name(layer.type), inputs if len(inputs) == 1 else [inputs], config)


def recurrent(layer: Any, *roles: str) -> Rule:
    """Return the rule of a recurrent layer, whose matrices are the other way round than Caffe's."""
    blobs = [Blob(role, "IO" if role.endswith("kernel") else "") for role in roles]
    return Rule(layer.__name__, layer, blobs=blobs, units=Field("units"))


WITH_CLASSES = [
    Rule("ResizeBilinear", L.ResizeBilinear2D, size=KnownPlane(), shrink=Said(), zoom=Said(), build=_resized),
    Rule("PriorBox", L.PriorBox, **alike(L.PriorBox)),
    Rule("DetectionOutput", L.DetectionOutput, **alike(L.DetectionOutput)),
    Rule("PSROIPool", L.PSROIPool2D, **alike(L.PSROIPool2D)),
    Rule("Proposals", L.Proposals, **alike(L.Proposals)),
    Rule("ROIPool", L.ROIPool2D, size=Field("size"), scale=Field("scale", absent=1.0)),
    Rule("Unpool", L.Unpool2D, size=KnownPlane(), scale=Said(), build=_unpooled),
    Rule("Im2Col", L.Im2Col, kernel=KnownPlane(), stride=Said(), dilation=Said(), build=_columns),
    Rule(
        "LocallyConnected",
        L.LocallyConnected2D,
        blobs=[Blob("kernel"), Blob("bias")],
        kernel=KnownPlane(),
        filters=Said(),
        stride=Said(),
        bias=Said(),
        build=_local,
    ),
    Rule("Reorg", L.Reorg2D, factor=Field("factor")),
    Rule(
        "MaxPoolIndices",
        L.MaxPoolIndices2D,
        kernel=KnownPlane(),
        stride=Said(),
        pad=Said(),
        rounding=Said(),
        build=_indexed,
    ),
    Rule(
        "ArgMax",
        L.ArgMax,
        axis=OneAxis("axis"),
        top=Field("top", absent=1),
        values=Field("values", absent=False),
    ),
    Rule("Constant", L.Constant, blobs=[Blob("value")], sizes=Field("shape")),
    Rule("SequenceStart", L.SequenceStart, steps=Said(), batch=Said()),
    carried("stub", _stub),
    recurrent(L.ContinuedLSTM, "kernel", "bias", "static_kernel", "recurrent_kernel"),
    recurrent(L.ContinuedRNN, "kernel", "bias", "static_kernel", "recurrent_kernel", "output_kernel", "output_bias"),
    Rule(
        "LRN",
        L.LRN,
        size=Field("size", absent=5),
        alpha=Field("alpha", absent=1.0),
        beta=Field("beta", absent=0.75),
        k=Field("k", absent=1.0),
    ),
]
