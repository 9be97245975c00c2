"""Attention in several heads, as PyTorch's own module and as people write it, becomes one layer that gives the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ir import Model
from ir import layers as L
from translator import read, write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


class Net(nn.Module):
    """Attention by a module, or by two products and a function of what the first gives."""

    def __init__(self, use: Callable[..., Tensor], width: int = 24, **options: Any) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.attention = nn.MultiheadAttention(8, 2, **options)
        self.packed, self.result, self.use = nn.Linear(8, width), nn.Linear(8, 6), use
        for bias in filter(lambda each: each is not None, (self.attention.in_proj_bias, self.attention.out_proj.bias)):
            nn.init.normal_(bias)

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.use(self, *inputs)


def own(net: Net, query: Tensor, *others: Tensor) -> Tensor:
    key, value = others if len(others) == 2 else (others or (query,)) * 2
    return net.attention(query, key, value, need_weights=False)[0]


def packed(net: Net, x: Tensor) -> Tensor:
    """Attend as vision transformers do: one product for queries, keys and values."""
    n, t, _ = x.shape
    q, k, v = net.packed(x).reshape(n, t, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
    return net.result(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, 8))


def by_heads(net: Net, x: Tensor) -> Tensor:
    """Attend with the rows of each head behind those of the other, and those behind each other see none."""
    n, t, _ = x.shape
    q, k, v = net.packed(x).reshape(n, t, 2, 12).transpose(1, 2).chunk(3, -1)
    return net.result(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))


def crossed(net: Net, x: Tensor) -> Tensor:
    """Forget to bring the heads back before they are joined."""
    n, t, _ = x.shape
    q, k, v = net.packed(x).reshape(n, t, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
    return net.result(F.scaled_dot_product_attention(q, k, v).reshape(n, t, 8))


def scaled(net: Net, x: Tensor) -> Tensor:
    n, t, _ = x.shape
    q, k, v = net.packed(x).reshape(n, t, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
    return net.result(F.scaled_dot_product_attention(q, k, v, scale=0.3).transpose(1, 2).reshape(n, t, 8))


def compared(net: Net, *shapes: tuple[int, ...], path: Path, batch: int | None = None) -> list[Any]:
    """Return the layers that a net becomes, once they have given what it gives."""
    inputs = tuple(torch.randn(shape) for shape in shapes)
    sizes = {} if batch is None else {batch: torch.export.Dim("batch", min=1)}
    program = torch.export.export(net.eval(), inputs, dynamic_shapes=(tuple(sizes for _ in inputs),))
    model = read(program)
    write(Model(replace(model.graph, name="net"), model.weights), "onnx", path / "net.onnx")
    session = onnxruntime.InferenceSession(str(path / "net.onnx"), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    (found,) = session.run(None, {name: each.numpy() for name, each in zip(names, inputs, strict=True)})
    with torch.inference_mode():
        np.testing.assert_allclose(found, net(*inputs).numpy(), rtol=1e-5, atol=2e-6)
    return [node.layer for node in model.graph.nodes]


X, Y = (2, 5, 8), (2, 7, 8)
ONE = L.MultiHeadAttention(heads=2, key_size=4)
TURN = L.Permute(order=(1, 0, 2))


@pytest.mark.parametrize("shapes", [(X,), (X, Y), (X, Y, Y)], ids=["of itself", "of another", "of three"])
def test_the_module_is_one_layer(shapes: tuple[tuple[int, ...], ...], tmp_path: Path) -> None:
    assert compared(Net(own, batch_first=True), *shapes, path=tmp_path) == [ONE]


def test_time_before_batch_is_turned(tmp_path: Path) -> None:
    assert compared(Net(own), X, path=tmp_path) == [TURN, ONE, TURN]
    assert compared(Net(own), X, path=tmp_path, batch=1) == [TURN, ONE, TURN]


def test_time_is_before_a_batch_of_one_too(tmp_path: Path) -> None:
    assert compared(Net(own), (5, 1, 8), (7, 1, 8), path=tmp_path) == [TURN, TURN, ONE, TURN]
    assert compared(Net(own, batch_first=True), (1, 5, 8), (1, 7, 8), path=tmp_path) == [ONE]


def test_without_biases_and_with_an_open_batch(tmp_path: Path) -> None:
    found = compared(Net(own, bias=False, batch_first=True), X, Y, path=tmp_path, batch=0)
    assert found == [ONE.replace(bias=False)]


def test_what_people_write_is_one_layer_too(tmp_path: Path) -> None:
    assert compared(Net(packed), X, path=tmp_path, batch=0) == [ONE.replace(units=6)]
    assert compared(Net(by_heads), X, path=tmp_path, batch=0) == [ONE.replace(units=6, causal=True)]


@pytest.mark.parametrize("use", [crossed, scaled])
def test_what_is_no_such_attention_stays_in_its_parts(use: Callable[..., Tensor], tmp_path: Path) -> None:
    found = compared(Net(use), X, path=tmp_path)
    assert L.MultiHeadAttention not in map(type, found)
    assert L.Attention in map(type, found)
