"""The catalogue in words."""

import subprocess
import sys

import pytest

from ir import CATALOGUE
from tests.layer_cases import CASES
from translator.cli import main
from translator.describe import describe, layers_page, summarize, support, tables, weights


def test_a_layer_is_described_in_full() -> None:
    assert describe("PReLU") == "\n".join(
        [
            "PReLU: Multiply negative values by a learned slope.",
            "",
            "inputs: 1    grammar: any -> same",
            "",
            "parameters:",
            "  axis (default 1): Axis of the channels. It is a whole number.",
            "  shared (default False): Whether all channels share one slope. It is true or false.",
            "",
            "weights: slope C",
            "said by: Caffe yes, Keras yes, ONNX yes, PyTorch yes",
        ]
    )


def test_every_layer_is_listed_and_described() -> None:
    listed = [line.split()[0] for line in summarize().splitlines()]
    assert listed == sorted(CATALOGUE)
    for name, layer in CATALOGUE.items():
        text = describe(name) or ""
        assert all(f"\n  {param} (" in text for param in layer.params)
        assert f"\n## {name}\n" in layers_page()


def test_weights_are_found_wherever_a_layer_has_some() -> None:
    from ir.validate import infer, weight_shapes
    from tests.test_keras_layers import model_of

    for case in CASES:
        graph = model_of(case).graph
        from ir import Report

        for key, (axes, _, node) in weight_shapes(graph, infer(graph, Report())).items():
            role = key.rpartition(".")[2]
            assert len(weights(type(node.layer))[role]) >= min(len(axes), 1), key


def test_support_is_that_of_the_formats_tables() -> None:
    assert list(tables()) == ["Caffe", "Keras", "ONNX", "PyTorch"]
    assert support(CATALOGUE["Conv2D"]) == dict.fromkeys(tables(), "yes")
    assert support(CATALOGUE["MVN"])["Keras"] == "by others"
    assert support(CATALOGUE["GELU"])["Caffe"] == "by others"
    assert support(CATALOGUE["Select"])["Caffe"] == "no"


def test_an_unknown_layer_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert describe("Nonesuch") is None
    assert main(["layers", "Nonesuch"]) == 2
    assert "there is no layer type Nonesuch" in capsys.readouterr().err


def test_describing_imports_no_framework() -> None:
    code = (
        "import sys; from translator.describe import layers_page; layers_page(); "
        "print([name for name in ('torch', 'keras', 'tensorflow', 'onnx', 'h5py') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
