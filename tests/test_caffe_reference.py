"""The reference of Caffe's layers against OpenCV, which was written by others and reads the same files."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.caffe_cases import CASES as OTHERS
from tests.caffe_reference import Refusal, Run, caffemodel, forward
from tests.layer_cases import CASES as COMMON
from tests.layer_cases import IMAGE, VECTOR, conv, declared, layer, pool

CASES = COMMON | OTHERS
NO_TYPES = {
    "ArgMax",
    "Axpy",
    "BN",
    "CReLU",
    "HSigmoid",
    "HSwish",
    "HardSigmoid",
    "BatchReindex",
    "Bias",
    "Clip",
    "ContinuationIndicator",
    "DepthwiseConvolution",
    "EltwiseAffine",
    "Embed",
    "Im2col",
    "L2Norm",
    "L2Normalization",
    "NormalizationL2",
    "LSTM",
    "Local",
    "Lstm",
    "PSROIPooling",
    "Parameter",
    "PoolingND",
    "Python",
    "RNN",
    "RReLU",
    "Reorg",
    "Reduction",
    "Reverse",
    "SPP",
    "Unpooling",
    "Upsample",
    "SparseInnerProduct",
    "Threshold",
    "Tile",
    "Transpose",
}
"""Layer types that OpenCV does not have, or not in Caffe's form."""
NO_CASES = {
    "BatchNorm, scaled",
    "BatchNorm, scaled, in place",
    "BatchNorm, statistics of the batch",
    "BatchNorm, statistics of the batch, vector",
    "Convolution, holes",
    "Convolution, not rectified",
    "Convolution, rectified",
    "Convolution, rectified, Intel",
    "Dropout, scaled here",
    "LRN, not pooled",
    "LRN, pooled",
    "Convolution, oblong holes",
    "Convolution, volume",
    "Convolution3D",
    "Deconvolution3D",
    "Pooling3D, AVE",
    "PriorBox, what is not said",
    "Pooling3D, MAX",
    "Pooling3D, padded",
    "Deconvolution, sequence",
    "Deconvolution, volume",
    "Interp, shrunk",
    "Interp, shrunk and zoomed",
    "DetectionOutput of nothing",
    "DetectionOutput, corners",
    "Normalize",
    "Normalize, each pixel, no factors",
    "Normalize, of a vector",
    "Normalize, of a vector, with factors",
    "PReLU, shared",
    "Pooling, AVE, floor",
    "Pooling, MAX, floor",
    "Pooling, STOCHASTIC",
    "Reshape, axis at the end",
    "Reshape, new axis",
    "Scale, negative axis",
    "Slice, equal",
    "Slice, old field",
}
"""Forms of layers that OpenCV does not take."""
FAULTS = {
    "Concat, old field": "concat_dim is left out",
    "Deconvolution, dilated": "dilation is left out",
    "DetectionOutput": "rows of an image go by their scores, not by their classes first",
    "InnerProduct, transposed": "transpose is left out",
    "InnerProduct, transposed, square": "transpose is left out",
    "LRN": "k is left out",
    "Log": "base is left out",
    "Log of e": "base is left out, and shift",
    "MVN, large eps": "eps stands within the root",
    "Scale by an input, in place, with a bias": "the bias is left out",
    "Scale by an input, with a bias": "the bias is left out",
    "Swish, scaled": "beta is left out",
}
"""Where OpenCV departs from Caffe's definition."""


def types(case: str) -> set[str]:
    return set(re.findall(r'type: "(\w+)"', CASES[case][1]))


def inputs_of(case: str) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in CASES[case][0].items()}


def in_opencv(text: str, inputs: dict[str, Any], run: Run) -> dict[str, Any]:
    import cv2

    files = [np.frombuffer(each, np.uint8) for each in (text.encode(), caffemodel(text, run.weights))]
    net = cv2.dnn.readNetFromCaffe(*files)
    for name, value in inputs.items():
        net.setInput(value, name)
    tops = {name: re.findall(r'top: "(\w+)"', rest) for name, rest in re.findall(r'name: "(\w+)"(.*)', text)}
    found: dict[str, Any] = {}
    names = net.getUnconnectedOutLayersNames()
    for name, each in zip(names, net.forwardAndRetrieve(names), strict=True):
        # A MAX pooling of OpenCV's has its mask, asked for or not.
        found.update(zip(tops.get(name, [name]), each, strict=False))
    assert found.keys() >= run.outputs.keys()
    return found


@pytest.mark.parametrize("case", [each for each in CASES if not types(each) & NO_TYPES and each not in NO_CASES])
def test_the_reference_computes_what_opencv_does(case: str) -> None:
    text, inputs = declared(CASES[case][0]) + CASES[case][1], inputs_of(case)
    run = forward(text, inputs)
    found = in_opencv(text, inputs, run)
    agrees = all(
        found[name].shape == want.shape and np.abs(found[name] - want).max() <= 2e-6 * np.abs(want).max()
        for name, want in run.outputs.items()
    )
    assert agrees == (case not in FAULTS)


def test_opencv_scales_the_third_bottom_of_an_axpy() -> None:
    """F = a * X + Y, as axpy_layer.hpp of https://github.com/hujie-frank/SENet has it, but not in OpenCV."""
    shapes = {"a": (1, 4, 1, 1), "x": (1, 4, 9, 7), "y": (1, 4, 9, 7)}
    text = declared(shapes) + layer("Axpy", bottoms="a x y")
    rng = np.random.default_rng(5)
    a, x, y = (rng.standard_normal(shape).astype(np.float32) for shape in shapes.values())
    run = forward(text, {"a": a, "x": x, "y": y})
    assert np.abs(run.outputs["out"] - (a * x + y)).max() < 1e-6
    assert np.abs(in_opencv(text, {"a": a, "x": x, "y": y}, run)["out"] - (a * y + x)).max() < 1e-6


BEHIND = pool("kernel_size: 1 stride: 3")


def test_a_window_behind_the_input_counts_where_there_is_no_border() -> None:
    """The numbers of pooling_layer.cpp: it drops such a window only with a border, and leaves -FLT_MAX in it."""
    top = forward(declared({"data": (1, 1, 8, 8)}) + BEHIND, {"data": np.ones((1, 1, 8, 8))}).outputs["out"]
    assert top.shape == (1, 1, 4, 4)
    assert (top[..., :3, :3] == 1).all()
    assert top[0, 0, 3, 3] == np.finfo(np.float32).min


@pytest.mark.parametrize(
    ("shapes", "text", "why"),
    [
        (IMAGE, pool("kernel_size: 2 pad: 2"), "narrower than the window"),
        (IMAGE, pool("kernel_h: 2"), "are required"),
        (IMAGE, pool("global_pooling: true pad: 1"), "pad 0"),
        (IMAGE, conv("num_output: 5 kernel_size: 3 group: 2"), "2 groups"),
        (IMAGE, layer("LRN", "lrn_param { local_size: 4 }"), "odd values"),
        (IMAGE, layer("Eltwise"), "two inputs or more"),
        (VECTOR, layer("ArgMax", "argmax_param { top_k: 13 }"), "top_k"),
        (VECTOR, layer("ReLU", tops="a") + layer("TanH", tops="a"), "multiple sources"),
        (VECTOR, layer("ReLU", bottoms="date"), "unknown bottom"),
    ],
)
def test_the_reference_refuses_what_caffe_refuses(shapes: Any, text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        forward(declared(shapes) + text, {name: np.ones(shape) for name, shape in shapes.items()})


def test_weights_must_have_the_shape_that_caffe_gives_them() -> None:
    text = declared(VECTOR) + layer("InnerProduct", "inner_product_param { num_output: 5 }")
    data, kernel, bias = {"data": np.ones((2, 12))}, np.ones((5, 12)), np.zeros(5)
    want = np.full((2, 5), 12.0)
    assert (forward(text, data, {"out": [kernel, bias]}).outputs["out"] == want).all()
    of_old = [kernel.reshape(1, 1, 5, 12), bias.reshape(1, 1, 1, 5)]
    assert (forward(text, data, {"out": of_old}).outputs["out"] == want).all()
    with pytest.raises(Refusal, match="blob 0"):
        forward(text, data, {"out": [kernel.T, bias]})
    with pytest.raises(Refusal, match="too many blobs"):
        forward(text, data, {"out": [kernel, bias, bias]})
