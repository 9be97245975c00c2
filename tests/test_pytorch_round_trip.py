"""What is written for PyTorch, exported and read back: the same layer, or layers that give the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ir import Model, TranslationError
from ir import layers as L
from ir.layer import Layer
from tests.test_onnx_layers import CASES, model_of, names, values_of
from tests.test_pytorch_reader import built
from translator import read

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")

LACKING: dict[type[Layer], str] = {
    **dict.fromkeys([L.DetectionOutput, L.Proposals, L.PSROIPool2D, L.ROIPool2D], "torch.export cannot follow"),
}
"""What is not read back, and what is said of it."""
SETTLES = (L.LocallyConnected2D, L.LRN, L.LSTM, L.GRU, L.SimpleRNN)
"""What takes one more turn to stay as it is.

Borders join the windows behind them as they are written, arrays find their side of a product, and steps become a layer.
"""
IMAGE = (2, 4, 9, 7)
COMMON: list[tuple[Layer, list[Any]]] = [
    (L.MaxPool1D(kernel=3, stride=2), [(2, 3, 11)]),
    (L.Bias(), [IMAGE]),
    (L.BiasBy(axis=0), [IMAGE, (2, 4, 1, 1)]),
    (L.ScaleBy(axis=0), [IMAGE, (2, 4, 1, 1)]),
    (L.Concat(), [IMAGE, IMAGE]),
    (L.Multiply(), [IMAGE, IMAGE]),
    (L.Maximum(), [IMAGE, IMAGE]),
    (L.Mean(axes=(1,)), [IMAGE]),
]
"""Layers in the form that people use most, where no other case has it."""
SAME: tuple[type[Layer], ...] = (
    *(L.Conv1D, L.Conv2D, L.Conv3D, L.Conv1DTranspose, L.Conv2DTranspose, L.Conv3DTranspose, L.Dense, L.Embed),
    *(L.MaxPool1D, L.MaxPool2D, L.MaxPool3D, L.AvgPool1D, L.AvgPool2D, L.AvgPool3D, L.MaxPoolIndices2D),
    *(L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D),
    *(L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D),
    *(L.Upsample2D, L.ResizeBilinear2D, L.ChannelShuffle, L.Pad1D, L.Pad2D, L.Pad3D, L.BatchNorm, L.Scale, L.Bias),
    *(L.LSTM, L.GRU, L.SimpleRNN, L.LayerNorm, L.GELU, L.PReLU, L.ReLU, L.ELU, L.Sigmoid, L.Tanh, L.Abs, L.Softplus),
    *(L.Swish, L.Clip, L.Threshold, L.Power, L.Exp, L.Log, L.Dropout, L.Identity, L.Softmax, L.Concat, L.Add),
    *(L.Multiply, L.Maximum, L.Subtract, L.Divide, L.Flatten, L.Reshape, L.Permute, L.Slice, L.Tile, L.Reduction),
    *(L.Mean, L.BatchReindex, L.Constant, L.Reverse, L.ScaleBy, L.BiasBy, L.ArgMax, L.MultiHeadAttention),
)
"""Layers that come back as they were in their common form: some case of each does."""


def as_net(model: Model) -> Model:
    return Model(replace(model.graph, name="net"), model.weights)


def given(model: Model, values: list[Any]) -> tuple[torch.Tensor, ...]:
    """Return the inputs that a model has; one that its layer does without is gone."""
    return tuple(torch.from_numpy(values[int(each.name[1:])]) for each in model.graph.inputs)


def outputs(module: Any, inputs: tuple[torch.Tensor, ...]) -> list[Any]:
    with torch.no_grad():
        found = module(*inputs)
    return [each.detach().numpy() for each in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_a_layer_comes_back_or_layers_that_do_the_same(case: tuple[Layer, list[Any]], tmp_path: Path) -> None:
    layer, values = case[0], values_of(case)
    model = as_net(model_of(layer, [each.shape for each in values]))
    net = built(model, tmp_path)
    if type(layer) in LACKING:
        with pytest.raises(TranslationError, match=LACKING[type(layer)]):
            read(net, given(model, values), dynamic_shapes={})
        return
    again = as_net(read(net, given(model, values), dynamic_shapes={}))
    assert not [node for node in again.graph.nodes if isinstance(node.layer, L.Custom)]
    other = built(again, tmp_path)
    for got, wanted in zip(outputs(other, given(again, values)), outputs(net, given(model, values)), strict=True):
        largest = np.abs(wanted, where=np.isfinite(wanted), out=np.ones_like(wanted)).max()
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=2e-6 * float(largest))
    third = as_net(read(other, given(again, values), dynamic_shapes={}))
    if isinstance(layer, SETTLES):
        again, third = third, as_net(read(built(third, tmp_path), given(third, values), dynamic_shapes={}))
    assert [node.layer for node in third.graph.nodes] == [node.layer for node in again.graph.nodes]
    assert len(third.weights) == len(again.weights)


def test_the_common_form_of_a_layer_comes_back_as_it_was(tmp_path: Path) -> None:
    back: set[type[Layer]] = set()
    for case in CASES + COMMON:
        kind = type(case[0])
        if kind in SAME and kind not in back:
            values = values_of(case)
            model = as_net(model_of(case[0], [each.shape for each in values]))
            found = read(built(model, tmp_path), given(model, values), dynamic_shapes={})
            if [node.layer for node in found.graph.nodes] == [case[0]]:
                back.add(kind)
                assert all(
                    np.array_equal(each.numpy(), found.weights[key].numpy()) for key, each in model.weights.items()
                )
    assert set(SAME) - back == set()
