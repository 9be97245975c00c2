"""Every layer of the catalogue, written as ONNX and run by ONNX Runtime, against plain numpy."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from ir import Graph, Model
from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Input, Node, Ref
from ir.layer import CATALOGUE, Layer
from ir.seeding import seeded_weights
from ir.validate import infer
from tests.numpy_layers import compute
from translator import TranslationError, WriteOptions, write

IMAGE, SEQUENCE, VOLUME = (2, 4, 9, 7), (2, 3, 11), (2, 3, 5, 6, 7)
CONT = np.array([[0, 0], [1, 1], [1, 0], [0, 1], [1, 1]], np.float32)
MASK = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0]], np.float32)
GLOBAL = [getattr(L, f"Global{function}Pool{rank}D") for function in ("Max", "Avg") for rank in (1, 2, 3)]

PLACES = np.array([[[0, 5, 2], [3, 1, 4]], [[4, 4, 4], [0, 2, 1]]], np.float32)
POINTS = np.random.default_rng(9).uniform(-1.6, 1.6, (2, 4, 5, 2)).astype(np.float32)
POINTS_OF_VOLUME = np.concatenate([POINTS, POINTS[..., :1]], -1)[:, None]

CASES: list[tuple[Layer, list[Any]]] = [
    (L.Conv1D(filters=4, kernel=3, pad=1, stride=2), [SEQUENCE]),
    (L.Conv2D(filters=6, kernel=3), [IMAGE]),
    (L.Conv2D(filters=6, kernel=(5, 2), pad=((2, 1), (0, 1)), stride=(1, 2), bias=False), [IMAGE]),
    (L.Conv2D(filters=6, kernel=3, groups=2, dilation=(2, 1), pad=2, stride=2), [IMAGE]),
    (L.Conv2D(filters=8, kernel=3, groups=4), [IMAGE]),
    (L.Conv3D(filters=4, kernel=3, pad=1, stride=2), [VOLUME]),
    (L.Conv1DTranspose(filters=4, kernel=4, stride=2, pad=1), [SEQUENCE]),
    (L.Conv2DTranspose(filters=6, kernel=(4, 3), stride=(2, 3), pad=((1, 1), (0, 1))), [IMAGE]),
    (L.Conv2DTranspose(filters=6, kernel=3, stride=2, pad=1, output_pad=1, groups=2), [IMAGE]),
    (L.Conv2DTranspose(filters=6, kernel=2, stride=3, bias=False), [IMAGE]),
    (L.Conv2DTranspose(filters=6, kernel=3, stride=2, dilation=2, pad=2), [IMAGE]),
    (L.Conv3DTranspose(filters=2, kernel=3, stride=2, pad=1), [VOLUME]),
    (L.Im2Col(kernel=(3, 2), pad=1, stride=2, dilation=(1, 2)), [IMAGE]),
    (L.MaxPool1D(kernel=3, stride=2, rounding="ceil"), [SEQUENCE]),
    (L.MaxPool2D(kernel=3, stride=2, rounding="ceil"), [(2, 4, 10, 8)]),
    (L.MaxPool2D(kernel=3, stride=2, pad=1, rounding="ceil"), [(2, 4, 10, 8)]),
    (L.MaxPool2D(kernel=3, pad=((3, 0), (0, 4))), [IMAGE]),
    (L.MaxPool2D(kernel=(2, 3), stride=(2, 1), pad=((0, 0), (0, 1))), [IMAGE]),
    (L.MaxPool3D(kernel=2, stride=2, rounding="ceil"), [VOLUME]),
    (L.MaxPool2D(kernel=(3, 2), dilation=(2, 3), pad=1), [IMAGE]),
    (L.MaxPool2D(kernel=2, dilation=2, stride=2, rounding="ceil"), [IMAGE]),
    (L.MaxPool1D(kernel=3, dilation=3), [SEQUENCE]),
    (L.AvgPool1D(kernel=3, stride=2, pad=1, count_pad=False), [SEQUENCE]),
    (L.AvgPool2D(kernel=3, stride=2, rounding="ceil"), [(2, 4, 10, 8)]),
    (L.AvgPool2D(kernel=3, stride=2, pad=1, rounding="ceil"), [(2, 4, 10, 8)]),
    (L.AvgPool2D(kernel=5, stride=2, pad=((2, 1), (0, 2)), rounding="ceil"), [(2, 4, 10, 8)]),
    (L.AvgPool2D(kernel=3, stride=2, pad=1, count_pad=False), [IMAGE]),
    (L.AvgPool3D(kernel=2, stride=2, rounding="ceil"), [VOLUME]),
    (L.MaxPoolIndices2D(kernel=3, stride=2, pad=1, rounding="ceil"), [(2, 4, 10, 8)]),
    (L.Upsample2D(scale=(3, 2)), [IMAGE]),
    (L.ResizeBilinear2D(size=(5, 11)), [IMAGE]),
    (L.ResizeBilinear2D(size=(1, 1)), [IMAGE]),
    (L.ResizeBilinear2D(zoom=3), [IMAGE]),
    (L.ResizeBilinear2D(size=(5, 11), corners=False), [IMAGE]),
    (L.ResizeBilinear2D(size=(18, 7), corners=False), [IMAGE]),
    (L.Unpool2D(size=(3, 4)), [(2, 1, 2, 2), np.array([[[[0.0, 3], [9, 11]]], [[[5, 1], [2, 10]]]])]),
    (L.ChannelShuffle(groups=2), [IMAGE]),
    (L.Reorg2D(factor=2), [(2, 8, 4, 6)]),
    (L.LocallyConnected2D(filters=3, kernel=(3, 2), stride=(2, 1), pad=1), [IMAGE]),
    (L.LocallyConnected2D(filters=2, kernel=2, bias=False), [IMAGE]),
    (L.DetectionOutput(classes=3), [(2, 24), (2, 18), (1, 2, 24)]),
    (
        L.DetectionOutput(classes=4, background=2, code="center_size", threshold=0.1, candidates=4, keep=5),
        [(2, 48), (2, 48), (1, 2, 48)],
    ),
    (L.DetectionOutput(classes=2, background=-1, scaled=False, overlap=0.05, keep=9), [(1, 24), (1, 12), (1, 2, 24)]),
    (L.DetectionOutput(classes=2, threshold=99.0, keep=3), [(3, 24), (3, 12), (1, 2, 24)]),
    (
        L.PSROIPool2D(channels=3, grid=2, scale=0.5),
        [(2, 12, 9, 7), np.array([[0.0, 0, 0, 13, 17], [1, 3, 5, 8, 6], [1, 9, 9, 2, 2], [0, 20, 30, 40, 50]])],
    ),
    (
        L.Proposals(stride=8, scales=(1, 3), ratios=(0.5, 2), candidates=30, keep=7),
        [(1, 8, 4, 5), (1, 16, 4, 5), np.array([[40.0, 50, 0.5]])],
    ),
    (
        L.Proposals(stride=16, least=9, overlap=0.4),
        [(1, 18, 3, 3), np.sin(np.arange(324.0)).reshape(1, 36, 3, 3), np.array([[48.0, 48, 2]])],
    ),
    (
        L.Proposals(stride=8, scales=(1, 3), ratios=(0.5, 2), keep=5, scored=True),
        [(1, 8, 4, 5), (1, 16, 4, 5), np.array([[40.0, 50, 0.5]])],
    ),
    (L.PriorBox(grid=(9, 7), image=(36, 42), least=(8,), ratios=(2, 0.5), step=(4, 6)), [IMAGE, IMAGE]),
    (
        L.ROIPool2D(size=(3, 2), scale=0.5),
        [IMAGE, np.array([[0.0, 0, 0, 13, 17], [1, 3, 5, 8, 6], [1, 9, 9, 2, 2], [0, 20, 30, 40, 50]])],
    ),
    (L.StochasticPool2D(kernel=3, stride=2, rounding="ceil"), [abs(np.sin(np.arange(640))).reshape(2, 4, 10, 8)]),
    *((kind(), [shape]) for kind, shape in zip(GLOBAL, (SEQUENCE, IMAGE, VOLUME) * 2, strict=True)),
    (L.SpatialPyramidPool2D(levels=3), [(2, 4, 9, 13)]),
    (L.SpatialPyramidPool2D(levels=2, function="average"), [(2, 4, 9, 7)]),
    (L.Pad1D(pad=((1, 2),), value=0.5), [SEQUENCE]),
    (L.Pad2D(pad=((1, 2), (0, 3))), [IMAGE]),
    (L.Pad2D(pad=((-1, 2), (0, -3)), value=None), [IMAGE]),
    (L.Pad3D(pad=1), [VOLUME]),
    *((L.Pad2D(pad=((1, 2), (0, 3)), mode=mode), [IMAGE]) for mode in ("edge", "reflect", "wrap")),
    (L.Pad1D(pad=((2, 1),), mode="reflect"), [SEQUENCE]),
    (L.Pad3D(pad=1, mode="edge"), [VOLUME]),
    (L.Dense(units=5), [(2, 12)]),
    (L.Dense(units=5, axis=0), [(12,)]),
    (L.Dense(units=5, bias=False, axis=1), [IMAGE]),
    (L.Dense(units=5, axis=2), [IMAGE]),
    (L.Dense(units=5, bias=False), [IMAGE]),
    (L.Dense(units=5, axis=0), [(3, 4)]),
    (L.Embed(vocabulary=11, units=3), [np.array([[0, 10, 3], [4, 4, 1]])]),
    (L.Embed(vocabulary=11, units=3, bias=True), [np.array([7, 0])]),
    (L.BatchNorm(), [IMAGE]),
    (L.BatchNorm(epsilon=0.01, scale=False, center=False), [(2, 4)]),
    (L.BatchNorm(axis=-1, scale=False), [IMAGE]),
    (L.BatchNorm(axis=0), [(4, 3)]),
    (L.BatchNorm(batch_statistics=True), [IMAGE]),
    (L.Scale(bias=True), [IMAGE]),
    (L.Scale(axis=1, count=2), [IMAGE]),
    (L.Scale(axis=2, count=-1, bias=True), [IMAGE]),
    (L.Scale(bias=True), [(2, 4, 3, 4)]),
    (L.Scale(axis=2, bias=True), [(2, 4, 4)]),
    (L.Bias(axis=-1), [IMAGE]),
    (L.BiasBy(axis=1), [(2, 4, 3, 4), (4,)]),
    (L.BiasBy(axis=2), [(2, 4, 4, 3), (4, 1)]),
    (L.ScaleBy(axis=0), [IMAGE, (2, 4)]),
    (L.ScaleBy(axis=2), [IMAGE, (9, 7)]),
    (L.BiasBy(axis=1), [IMAGE, (4,)]),
    (L.LRN(size=3, alpha=0.5, k=2.0), [IMAGE]),
    (L.LRN(size=3, alpha=0.5, region="within_channel"), [IMAGE]),
    (L.MVN(), [IMAGE]),
    (L.MVN(across_channels=True, epsilon=0.1), [IMAGE]),
    (L.MVN(normalize_variance=False), [IMAGE]),
    (L.PReLU(), [IMAGE]),
    (L.PReLU(shared=True), [(2, 5)]),
    (L.PReLU(axis=-1), [IMAGE]),
    *((each(units=3, sequences=all_), [(2, 5, 4)]) for each in (L.LSTM, L.SimpleRNN, L.GRU) for all_ in (False, True)),
    *(
        (each(units=3, gate="hard_sigmoid", slope=slope, sequences=True), [(2, 5, 4)])
        for each in (L.LSTM, L.GRU)
        for slope in (0.2, 1 / 6)
    ),
    *(
        (each(units=3, activation=function), [(2, 5, 4)])
        for each in (L.LSTM, L.SimpleRNN, L.GRU)
        for function in ("relu", "linear", "sigmoid", "elu", "softplus", "softsign")
    ),
    (L.LSTM(units=3, activation="elu", gate="hard_sigmoid", slope=0.2), [(2, 5, 4)]),
    (L.GRU(units=3, reset_after=False, sequences=True), [(2, 5, 4)]),
    *((each(units=3, states=True), [(2, 5, 4)]) for each in (L.LSTM, L.SimpleRNN, L.GRU)),
    *(
        (each(units=3, started=True, states=True, sequences=all_), [(2, 5, 4), *[(2, 3)] * each.cells])
        for each in (L.LSTM, L.SimpleRNN, L.GRU)
        for all_ in (False, True)
    ),
    *(
        (each(units=3, masked=True, sequences=all_), [(3, 5, 4), MASK])
        for each in (L.LSTM, L.SimpleRNN, L.GRU)
        for all_ in (False, True)
    ),
    *(
        (each(units=3, masked=True, started=True, states=True), [(3, 5, 4), *[(3, 3)] * each.cells, MASK])
        for each in (L.LSTM, L.SimpleRNN, L.GRU)
    ),
    (L.LSTM(units=3, activation="relu", states=True, started=True), [(2, 5, 4), (2, 3), (2, 3)]),
    (L.GELU(), [IMAGE]),
    (L.GELU(approximate=True), [IMAGE]),
    (L.HardSigmoid(), [np.array([[-5.0, -1.0, 0.0, 2.0, 4.0]])]),
    (L.HardSigmoid(slope=0.2), [np.array([[-5.0, -1.0, 0.0, 2.0, 4.0]])]),
    (L.HardSwish(), [np.array([[-5.0, -1.0, 0.0, 2.0, 4.0]])]),
    *((L.Function(function=each), [IMAGE]) for each in ("floor", "ceil", "sign", "erf", "sin", "cos", "tan", "atan")),
    *((L.Function(function=each), [IMAGE]) for each in ("sinh", "cosh", "asinh")),
    *((L.Function(function=each), [np.sin(np.arange(24)).reshape(2, 12)]) for each in ("asin", "acos", "atanh")),
    (L.Function(function="acosh"), [1 + np.arange(24.0).reshape(2, 12)]),
    (L.Function(function="round"), [np.array([[-2.5, -0.5, 0.5, 1.5, 1.6]])]),
    (L.Attention(), [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7)]),
    (L.Attention(scale=0.3), [(2, 4, 5), (2, 6, 5), (2, 6, 7), (2, 4, 6)]),
    (L.Attention(), [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 5), (1, 4, 6)]),
    (L.Attention(causal=True), [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 5)]),
    (L.Attention(causal=True, scale=1.0), [(2, 4, 5), (2, 4, 5), (2, 4, 7)]),
    (L.Attention(causal=True), [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7), (4, 6)]),
    (L.MultiHeadAttention(heads=2, key_size=4), [(2, 5, 8), (2, 5, 8), (2, 5, 8)]),
    (L.MultiHeadAttention(heads=2, key_size=4, causal=True), [(2, 5, 8), (2, 5, 8), (2, 5, 8)]),
    (L.MultiHeadAttention(heads=2, key_size=3, value_size=5, units=4, bias=False), [(2, 5, 8), (2, 6, 7), (2, 6, 9)]),
    (L.MatMul(), [(2, 4, 5), (2, 5, 3)]),
    (L.MatMul(), [(2, 3, 4, 5), (1, 3, 5, 4)]),
    (L.MatMul(), [(2, 3, 5), (5,)]),
    *(
        (L.Compare(relation=each), [np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]]), np.array([[1.0], [0.0]])])
        for each in ("equal", "less", "less_equal", "greater", "greater_equal")
    ),
    (L.Compare(relation="less"), [IMAGE, IMAGE]),
    (L.Select(), [np.array([[1.0, 0.0, -2.0], [0.0, 1.0, 0.0]]), (2, 3), (2, 1)]),
    (L.Select(), [IMAGE, IMAGE, (2, 4, 1, 1)]),
    *((L.LayerNorm(scale=a, center=b), [(2, 3, 5)]) for a in (True, False) for b in (True, False)),
    (L.ReLU(), [IMAGE]),
    (L.ReLU(negative_slope=0.1), [IMAGE]),
    (L.ReLU(negative_slope=0.01), [IMAGE]),
    (L.ReLU(negative_slope=-0.5), [IMAGE]),
    (L.ReLU(maximum=0.5), [IMAGE]),
    (L.ReLU(negative_slope=0.2, maximum=0.5), [IMAGE]),
    (L.ELU(alpha=0.5), [IMAGE]),
    (L.Sigmoid(), [IMAGE]),
    (L.Tanh(), [IMAGE]),
    (L.Abs(), [IMAGE]),
    (L.Softplus(), [np.array([[-200.0, -3.0, 0.0, 3.0, 200.0]])]),
    (L.Swish(), [IMAGE]),
    (L.Swish(beta=1.5), [IMAGE]),
    (L.Clip(minimum=-0.5, maximum=0.75), [IMAGE]),
    (L.Threshold(threshold=0.25), [IMAGE]),
    (L.Threshold(), [np.array([[-1.0, -0.0, 0.0, 1e-30]])]),
    (L.Power(), [IMAGE]),
    (L.Power(scale=-2.0, shift=1.0), [IMAGE]),
    (L.Power(power=2.0, shift=1.0), [IMAGE]),
    (L.Power(power=3.0), [IMAGE]),
    (L.Power(power=0.0), [IMAGE]),
    (L.Power(power=-0.5, scale=2.0), [abs(np.cos(np.arange(24))).reshape(2, 12)]),
    (L.Exp(), [IMAGE]),
    (L.Exp(base=2.0, scale=0.5, shift=1.0), [IMAGE]),
    (L.Log(), [abs(np.cos(np.arange(24))).reshape(2, 12)]),
    (L.Log(base=10.0, scale=2.0, shift=1.0), [abs(np.cos(np.arange(24))).reshape(2, 12)]),
    (L.Dropout(rate=0.4), [IMAGE]),
    (L.Identity(), [IMAGE]),
    *((L.Softmax(axis=axis), [IMAGE]) for axis in (1, 2, -1)),
    (L.Softmax(axis=1), [(2, 5, 1, 1)]),
    (L.ArgMax(axis=1), [IMAGE]),
    (L.ArgMax(axis=1), [np.array([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0]])]),
    (L.ArgMax(axis=2, top=3), [IMAGE]),
    (L.ArgMax(axis=1, top=2, values=True), [IMAGE]),
    (L.ArgMax(), [IMAGE]),
    (L.ArgMax(top=3, values=True), [np.array([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0]])]),
    (L.ArgMax(top=3), [IMAGE]),
    (L.Concat(axis=-1), [(2, 3), (2, 1), (2, 4)]),
    (L.Concat(), [IMAGE]),
    (L.Add(), [IMAGE, IMAGE]),
    (L.Add(coefficients=(1.0, -1.0, 0.5)), [IMAGE, IMAGE, IMAGE]),
    (L.Add(coefficients=(-2.0,)), [IMAGE]),
    (L.Multiply(), [IMAGE, IMAGE, IMAGE]),
    (L.Maximum(), [IMAGE, IMAGE, IMAGE]),
    (L.Maximum(), [IMAGE]),
    (L.Subtract(), [IMAGE, (2, 4, 1, 1)]),
    (L.Divide(), [IMAGE, (4, 1, 7)]),
    (L.Flatten(), [IMAGE]),
    (L.Flatten(axis=0), [IMAGE]),
    (L.Flatten(axis=1, end_axis=2), [IMAGE]),
    (L.Flatten(axis=-2), [IMAGE]),
    (L.Reshape(sizes=(0, 2, -1, 7)), [IMAGE]),
    (L.Reshape(sizes=(2, 2), axis=1, count=1), [IMAGE]),
    (L.Reshape(sizes=(1,), axis=-1, count=0), [IMAGE]),
    (L.Permute(order=(0, 2, 3, 1)), [IMAGE]),
    (L.Slice(points=(1, 3), pieces=3), [IMAGE]),
    (L.Slice(axis=-1, pieces=2), [(2, 6)]),
    (L.Slice(pieces=1), [IMAGE]),
    (L.Crop(offset=(1, 2)), [IMAGE, (2, 4, 5, 4)]),
    (L.Crop(axis=0, offset=(0,)), [IMAGE, (1, 2, 3, 4)]),
    (L.Tile(times=3), [IMAGE]),
    *((L.Reduction(function=each, axis=1), [IMAGE]) for each in ("sum", "abs_sum", "square_sum", "mean")),
    *((L.Reduction(function=each, axis=1), [IMAGE]) for each in ("max", "min", "product")),
    (L.Reduction(function="product", axis=0, coefficient=2.0), [(2, 3)]),
    (L.Reduction(function="max", axis=-1), [(2, 3)]),
    (L.Reduction(axis=0, coefficient=0.5), [IMAGE]),
    (L.Reduction(axis=-1, function="mean", coefficient=-2.0), [IMAGE]),
    (L.Axpy(), [(2, 4, 1, 1), IMAGE, IMAGE]),
    (L.Axpy(), [(2, 4), IMAGE, IMAGE]),
    *((L.L2Normalize(across_spatial=a, shared=b), [IMAGE]) for a in (True, False) for b in (True, False)),
    (L.L2Normalize(learned=False), [(2, 7)]),
    (L.L2Normalize(learned=False, across_spatial=False, epsilon=1e-6), [IMAGE]),
    (L.L2Normalize(shared=False), [(2, 7)]),
    (L.Mean(axes=(-1, 2)), [IMAGE]),
    (L.RaiseTo(), [np.array([[4.0, 2.5, 0.5], [1.0, 9.0, 3.0]]), np.array([[2.0], [-0.5]])]),
    (L.TakeAlong(), [(2, 4, 3), np.array([[[0, 3, 1]] * 5, [[2, 2, 0]] * 5])]),
    (L.TakeAlong(axis=-1), [(2, 3, 4), np.array([[[3, 0], [1, 1], [2, 3]]] * 2)]),
    *((L.PutAlong(how=how), [(2, 6, 3), PLACES, (2, 2, 3)]) for how in ("instead", "add", "multiply")),
    *(
        (L.GridSample2D(mode=mode, border=border, corners=corners), [(2, 3, 5, 4), POINTS])
        for mode in ("linear", "nearest", "cubic")
        for border in ("zeros", "edge", "mirror")
        for corners in (False, True)
    ),
    (L.GridSample3D(), [(2, 3, 5, 4, 3), POINTS_OF_VOLUME]),
    (L.GridSample3D(mode="nearest", border="mirror"), [(2, 3, 5, 4, 3), POINTS_OF_VOLUME]),
    (L.BatchReindex(), [IMAGE, np.array([1, 1, 0])]),
    (L.Constant(sizes=(2, 3)), []),
    (L.Reverse(), [(5, 2, 4)]),
    (L.Reverse(axis=-1), [IMAGE]),
    (L.SequenceStart(steps=5), [(5, 2, 4)]),
    (L.SequenceStart(steps=1), [(1, 2)]),
    (L.ContinuedLSTM(units=3), [(5, 2, 4), CONT]),
    (L.ContinuedLSTM(units=3), [(5, 2, 2, 3), CONT, (2, 2, 2)]),
    (L.ContinuedRNN(units=3), [(5, 2, 4), CONT]),
    (L.ContinuedRNN(units=3), [(5, 2, 4), CONT, (2, 6)]),
]  # fmt: skip


def values_of(case: tuple[Layer, list[Any]]) -> list[np.ndarray[Any, Any]]:
    """Return the inputs of a case: those given, or some of the shape that is."""
    generator = np.random.default_rng(zlib.crc32(repr(case[0]).encode()))
    drawn = [each if isinstance(each, np.ndarray) else generator.standard_normal(each) for each in case[1]]
    return [each.astype(np.float32) for each in drawn]


def model_of(layer: Layer, shapes: list[tuple[int | None, ...]]) -> Model:
    """Return a model of one layer, with random weights."""
    inputs = tuple(Input(f"x{i}", shape) for i, shape in enumerate(shapes))
    node = Node("layer", layer, tuple(Ref(each.name) for each in inputs))
    graph = Graph("net", inputs, (node,), node.refs)
    return Model(graph, seeded_weights(graph, infer(graph, Report())))


def run(model: Model, values: list[Any], path: Path, opset: int | None = None) -> list[Any]:
    """Return what ONNX Runtime makes of a model, checked in full."""
    write(model, "onnx", path, options=WriteOptions(opset=opset))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    named = dict(zip((each.name for each in session.get_inputs()), values, strict=True))
    return list(session.run(None, named))


def compare(case: tuple[Layer, list[Any]], path: Path, opset: int | None = None, batch: int | None = 2) -> None:
    layer, values = case[0], values_of(case)
    shapes = [(batch, *each.shape[1:]) for each in values] if batch is None else [each.shape for each in values]
    model = model_of(layer, shapes)
    weights = {key.removeprefix("layer."): tensor.numpy() for key, tensor in model.weights.items()}
    for got, wanted in zip(run(model, values, path, opset), compute(layer, values, weights), strict=True):
        assert got.shape == wanted.shape
        assert got.dtype == np.float32
        # Each is off by roundings of sums of at most some hundred terms.
        np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)


def names(cases: list[Any]) -> list[str]:
    return [f"{layer!r} {[each.shape if isinstance(each, np.ndarray) else each for each in of]}" for layer, of in cases]


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_layer_computes_what_numpy_does(case: tuple[Layer, list[Any]], tmp_path: Path) -> None:
    compare(case, tmp_path / "net.onnx")


NEWER: dict[Any, tuple[int, str]] = {
    L.Function(function="round"): (11, "it takes operators of set 11"),
    L.MaxPoolIndices2D: (10, "before operator set 10 a partial window never counts"),
    L.LocallyConnected2D: (12, "it takes operators of set 12"),
    L.PSROIPool2D: (12, "it takes operators of set 12"),
    L.Proposals: (11, "it takes operators of set 11"),
    L.TakeAlong: (11, "it takes operators of set 11"),
    L.PutAlong(): (11, "it takes operators of set 11"),
    L.PutAlong(how="add"): (16, "it takes operators of set 16"),
    L.PutAlong(how="multiply"): (16, "it takes operators of set 16"),
    L.GridSample2D: (11, "it takes operators of set 1"),
    L.GridSample3D: (11, "it takes operators of set"),
    L.Compare: (12, "it takes operators of set 12"),
    L.DetectionOutput: (11, "it takes operators of set 11"),
}
"""Layers, or types of them, that take newer operators, and what is said of older sets."""


@pytest.mark.parametrize("opset", [9, 10, 11, 12, 13, 18, 21])
@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_layer_is_the_same_in_every_operator_set(case: tuple[Layer, list[Any]], opset: int, tmp_path: Path) -> None:
    since, told = NEWER.get(case[0], NEWER.get(type(case[0]), (0, "")))
    if getattr(case[0], "masked", False) and getattr(case[0], "started", False):
        since, told = 12, "steps that do not count need operator set 12"
    if opset < since:
        with pytest.raises(TranslationError, match=told):
            compare(case, tmp_path / "net.onnx", opset)
        return
    compare(case, tmp_path / "net.onnx", opset)


FIRST_AXIS = (L.Dense, L.BatchNorm)
"""Layers whose weights may cover the first axis, which then cannot be left open."""
OPEN = [(layer, of) for layer, of in CASES if of and not (isinstance(layer, FIRST_AXIS) and layer.axis == 0)]


@pytest.mark.parametrize("case", OPEN, ids=names(OPEN))
def test_layer_takes_a_batch_of_any_size(case: tuple[Layer, list[Any]], tmp_path: Path) -> None:
    compare(case, tmp_path / "net.onnx", batch=None)


def test_every_layer_of_the_catalogue_is_tried() -> None:
    assert {type(layer) for layer, _ in CASES} == set(CATALOGUE.values()) - {L.Custom}
