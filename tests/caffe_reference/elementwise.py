"""Caffe's functions of each element, each as its .cpp file has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.caffe_reference.setting import Array, Setting, check, computes, stretched
from translator.attrs import Attrs


def sigmoid(x: Any) -> Any:
    return 0.5 * np.tanh(0.5 * x) + 0.5


@computes("PReLU")
def prelu(layer: Setting, x: Array) -> Array:
    check(x.ndim >= 2, "a PReLU's input has 2 axes or more")
    shared = layer.group("prelu_param").get("channel_shared", False)
    slope = layer.blob(() if shared else (x.shape[1],), "slope")
    slope = slope if shared else stretched(slope, 1, x.ndim)
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


@computes("ReLU")
def relu(layer: Setting, x: Array) -> Array:
    return np.maximum(x, 0) + layer.group("relu_param").get("negative_slope", 0.0) * np.minimum(x, 0)


@computes("ELU")
def elu(layer: Setting, x: Array) -> Array:
    return np.maximum(x, 0) + layer.group("elu_param").get("alpha", 1.0) * (np.exp(np.minimum(x, 0)) - 1)


@computes("Swish")
def swish(layer: Setting, x: Array) -> Array:
    return x * sigmoid(layer.group("swish_param").get("beta", 1.0) * x)


@computes("Clip")
def clip(layer: Setting, x: Array) -> Array:
    param = layer.group("clip_param")
    return np.maximum(param["min"], np.minimum(x, param["max"]))


@computes("Threshold")
def threshold(layer: Setting, x: Array) -> Array:
    return (x > layer.group("threshold_param").get("threshold", 0.0)).astype(float)


def _affine(param: Attrs, x: Array) -> Array:
    return np.asarray(param.get("shift", 0.0) + param.get("scale", 1.0) * x)


@computes("Power")
def power(layer: Setting, x: Array) -> Array:
    param = layer.group("power_param")
    return np.asarray(_affine(param, x) ** param.get("power", 1.0))


def _base(param: Attrs) -> float:
    base = float(param.get("base", -1.0))
    check(base == -1 or base > 0, "base must be strictly positive")
    return np.e if base == -1 else base


@computes("Exp")
def exp(layer: Setting, x: Array) -> Array:
    param = layer.group("exp_param")
    return np.asarray(_base(param) ** _affine(param, x))


@computes("Log")
def log(layer: Setting, x: Array) -> Array:
    param = layer.group("log_param")
    return np.asarray(np.log(_affine(param, x)) / np.log(_base(param)))


@computes("Eltwise")
def eltwise(layer: Setting, *xs: Array) -> Array:
    param = layer.group("eltwise_param")
    operation, coefficients = param.get("operation", "SUM"), param.repeated("coeff")
    check(len(xs) > 1 and all(each.shape == xs[0].shape for each in xs), "two inputs or more, of one shape")
    check(len(coefficients) in (0, len(xs)), "one coefficient per bottom blob")
    check(operation != "PROD" or not coefficients, "coefficients are for summation")
    if operation == "SUM":
        return np.asarray(sum(c * x for c, x in zip(coefficients or (1.0,) * len(xs), xs, strict=True)))
    result = xs[0]
    for each in xs[1:]:
        result = result * each if operation == "PROD" else np.maximum(result, each)
    return result


computes("Sigmoid")(lambda layer, x: sigmoid(x))
computes("TanH")(lambda layer, x: np.tanh(x))
computes("AbsVal")(lambda layer, x: np.abs(x))
computes("BNLL")(lambda layer, x: np.where(x > 0, x + np.log1p(np.exp(-np.abs(x))), np.log1p(np.exp(np.minimum(x, 0)))))


@computes("Dropout")
def dropout(layer: Setting, x: Array) -> Array:
    param = layer.group("dropout_param")
    return x if param.get("scale_train", True) else x * (1 - param.get("dropout_ratio", 0.5))
