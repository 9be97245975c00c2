"""ONNX files are read: what our own writer says comes back, and so do the forms of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Model
from ir import layers as L
from ir.layer import Layer
from tests.test_onnx_layers import CASES, model_of, names, run, values_of
from translator import TranslationError, read

CARRIED = (
    L.ArgMax,
    L.ContinuedLSTM,
    L.ContinuedRNN,
    L.DetectionOutput,
    L.LocallyConnected2D,
    L.MaxPoolIndices2D,
    L.PSROIPool2D,
    L.Proposals,
    L.Unpool2D,
)
"""Layers that ONNX says with operators that have no layer of their own."""
WHOLE = [case for case in CASES if not isinstance(case[0], CARRIED)]


def has_custom(model: Model) -> bool:
    return any(isinstance(node.layer, L.Custom) for node in model.graph.nodes)


@pytest.mark.parametrize("case", WHOLE, ids=names(WHOLE))
def test_what_is_written_computes_the_same_when_it_is_read(case: tuple[Layer, list[Any]], tmp_path: Path) -> None:
    values = values_of(case)
    wanted = run(model_of(case[0], [each.shape for each in values]), values, tmp_path / "net.onnx")
    again = read(tmp_path / "net.onnx")
    assert not has_custom(again)
    taken = {each.name for each in again.graph.inputs}
    given = [value for i, value in enumerate(values) if f"x{i}" in taken]
    for a, b in zip(run(again, given, tmp_path / "again.onnx"), wanted, strict=True):
        # Products that were factors of a layer are operators of their own, and round on their own.
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize(
    "case", [case for case in CASES if isinstance(case[0], CARRIED)], ids=lambda case: repr(case[0])
)
def test_what_no_layer_says_is_never_something_else(case: tuple[Layer, list[Any]], tmp_path: Path) -> None:
    values = values_of(case)
    wanted = run(model_of(case[0], [each.shape for each in values]), values, tmp_path / "net.onnx")
    try:
        again = read(tmp_path / "net.onnx")
    except TranslationError:
        return
    if not has_custom(again):
        for a, b in zip(run(again, values, tmp_path / "again.onnx"), wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)
