"""The whole catalogue against every target: what is written computes what numpy does, or a diagnostic says why not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from ir import CATALOGUE, Model, Report, TranslationError
from ir.layer import Layer
from ir.origin import Origin, Source
from tests.numpy_layers import compute
from tests.test_onnx_layers import CASES, OPEN, model_of, names, values_of
from translator import read, write
from translator.dialect import dialects

Case = tuple[Layer, list[Any]]
LOWEST = float(np.finfo(np.float32).min)
TARGETS = [each.name for each in dialects().values() if each.writes]


def model_and_values(case: Case) -> tuple[Model, list[Any]]:
    """Return a case's model, its batch left open where it can be."""
    values = values_of(case)
    is_open = any(case is each for each in OPEN)
    return model_of(case[0], [(None, *each.shape[1:]) if is_open else each.shape for each in values]), values


def refused(model: Model, to: str, path: Path) -> str:
    """Write a model; return what is said if it cannot be, with the layer named and a code that fits."""
    try:
        write(model, to, path)
    except TranslationError as error:
        errors = [each for each in error.report if each.severity == "error"]
        assert {each.code for each in errors} == {"unsupported"}, errors
        assert all("layer" in each.message for each in errors)
        return errors[0].message
    return ""


def run_keras(path: Path, values: list[Any]) -> list[Any]:
    from keras import ops

    names: dict[str, Any] = {}
    exec(compile(path.read_text(), "net.py", "exec"), names)
    weights = path.with_name("net.weights.h5")
    model = names["net"](str(weights) if weights.exists() else None)
    given = []
    for each in model.inputs:
        value = values[int(each.name[1:])]
        same = all(a in (None, b) for a, b in zip(each.shape, value.shape, strict=True))
        given.append(value if same else np.moveaxis(value, 1, -1))
    found = model(given[0] if len(given) == 1 else given, training=False)
    return [ops.convert_to_numpy(each) for each in (found if isinstance(found, (list, tuple)) else [found])]


def run_pytorch(path: Path, values: list[Any]) -> list[Any]:
    import torch
    from safetensors.torch import load_file

    names: dict[str, Any] = {}
    exec(compile(path.read_text(), "net.py", "exec"), names)
    model = names["Net"]()
    weights = path.with_name("net.safetensors")
    if weights.exists():
        model.load_state_dict(load_file(weights), strict=True)
    with torch.inference_mode():
        found = model.eval()(*map(torch.from_numpy, values))
    return [each.detach().numpy() for each in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize("to", ["keras", "pytorch"])
@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_layer_computes_what_numpy_does_or_is_refused(case: Case, to: str, tmp_path: Path) -> None:
    model, values = model_and_values(case)
    if refused(model, to, tmp_path / "net.py"):
        return
    weights = {key.removeprefix("layer."): tensor.numpy() for key, tensor in model.weights.items()}
    found = (run_keras if to == "keras" else run_pytorch)(tmp_path / "net.py", values)
    for got, wanted in zip(found, compute(case[0], values, weights), strict=True):
        same = got if got.shape == wanted.shape else np.moveaxis(got, -1, 1)
        # A window of border alone has no largest value: -inf here, the lowest float in Caffe and TensorFlow.
        np.testing.assert_allclose(np.fmax(same, LOWEST), np.fmax(wanted, LOWEST), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_layer_comes_back_from_caffe_or_is_refused(case: Case, tmp_path: Path) -> None:
    model, _ = model_and_values(case)
    if refused(model, "caffe", tmp_path / "net.prototxt"):
        return
    graph = read(tmp_path / "net.prototxt").graph
    again = write(Model(graph), "caffe").text or ""
    assert read("net.prototxt", data=again.encode()).graph == graph


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_every_format_says_a_layer_or_why_not(case: Case, to: str, tmp_path: Path) -> None:
    model, _ = model_and_values(case)
    suffix = {"onnx": "net.onnx"}.get(to, "net.txt")
    if not refused(model, to, tmp_path / suffix):
        assert (tmp_path / suffix).stat().st_size > 0


def test_a_custom_layer_becomes_a_stub_in_source_and_is_refused_where_it_cannot(tmp_path: Path) -> None:
    layer = CATALOGUE["Custom"](type="Weird", arguments={"depth": 3}, sizes=[[-1, 7]])
    model = model_of(layer, [(None, 4)])
    for to in ("keras", "pytorch"):
        text = write(model, to).text or ""
        assert "STUB: the layer type Weird is not known here" in text
        assert "depth" in text
    assert 'type: "Weird"' in (write(model, "caffe").text or "")
    assert "Custom" in refused(model, "keras-json", tmp_path / "net.json")


def test_a_refusal_has_a_place(tmp_path: Path) -> None:
    from dataclasses import replace

    model = model_of(CATALOGUE["Im2Col"](kernel=3), [(None, 3, None, 8)])
    origin = Origin(Source("net.prototxt", "layer {}\n"), 0)
    node = replace(model.graph.nodes[0], origin=origin)
    placed = Model(replace(model.graph, nodes=(node,)))
    with pytest.raises(TranslationError) as error:
        write(placed, "keras", report=Report())
    assert str(error.value).startswith(
        "net.prototxt:1:1: error[unsupported]: layer (Im2Col): Im2Col cannot say kernel=(3, 3)"
    )
