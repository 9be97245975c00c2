"""What is said of documents that are no designs: a diagnostic at its place, never a traceback."""

import pytest

from tests.test_design import X, told

BAD = {
    "no JSON": (b'{"layers": [}', "1:13: error[syntax]: is not JSON"),
    "a key twice": (b'{"layers": [], "layers": [], "inputs": []}', "1:16: error[value]: the key 'layers' stands twice"),
    "NaN": (b'{"layers": [NaN], "inputs": []}', "1:13: error[value]: NaN is no JSON number"),
    "too deep": (b'{"layers": ' + b"[" * 100_000, "error[syntax]"),
    "a huge number": (b'{"inputs": [' + b"9" * 10_000 + b'], "layers": []}', "error[value]"),
    "nested too deep for Python": (
        b'{"inputs": [], "layers": [], "name": ' + b"[" * 900 + b"]" * 900 + b"}",
        "error[syntax]: nests deeper than 64 levels",
    ),
    "bytes that are no text": (b'{"inputs": [],\n "name": "\xff"}', "net.json:2:11: error[syntax]: is not UTF-8 text"),
    "half a character": (b'{"inputs": [], "name": "\\ud800"}', "1:25: error[value]: holds half a character"),
    "nothing": (b"", "1:1: error[syntax]: is not JSON"),
    "a number without end": (
        b'{"inputs": [{"name": "x", "shape": [1e400]}], "layers": []}',
        "1:37: error[value]: an item of shape must be",
    ),
    "two inputs of one name": ({"inputs": X * 2, "layers": []}, "error[graph]: two inputs are named x"),
    "an input and a layer of one name": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "x", "from_layers": ["x"]}]},
        "error[graph]: an input and a layer are named x",
    ),
    "a layer that takes itself": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["a"]}]},
        "error[graph]: a takes its own output",
    ),
    "an output beyond the last": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["x"]}], "outputs": ["a:1"]},
        "error[graph]: a has no output 1",
    ),
    "sizes beyond all bounds": (
        {
            "inputs": X,
            "layers": [
                {
                    "layer_type": "Tile",
                    "layer_name": f"t{i}",
                    "layer_params": {"times": 2**62},
                    "from_layers": [f"t{i - 1}" if i else "x"],
                }
                for i in range(400)
            ],
        },
        "error[shape]: t0 gives (N, 18446744073709551616), which is no shape",
    ),
    "no object": ([], "error[value]: a design must be an object, not []"),
    "an unknown type": (
        {"inputs": X, "layers": [{"layer_type": "Nonesuch", "layer_name": "a"}]},
        "error[value]: there is no layer type 'Nonesuch'",
    ),
    "a wrong value": (
        {"inputs": X, "layers": [{"layer_type": "Dense", "layer_name": "a", "layer_params": {"units": "many"}}]},
        "units of Dense must be a whole number, not 'many'",
    ),
    "a missing parameter": (
        {"inputs": X, "layers": [{"layer_type": "Dense", "layer_name": "a"}]},
        "Dense needs 'units'",
    ),
    "an unknown parameter": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "layer_params": {"colour": 1}}]},
        "ReLU has no parameter 'colour'",
    ),
    "parameters that do not go together": (
        {
            "inputs": X,
            "layers": [{"layer_type": "Clip", "layer_name": "a", "layer_params": {"minimum": 2, "maximum": 1}}],
        },
        "a: the lower limit 2.0 is above the upper limit 1.0",
    ),
    "a cycle": (
        {
            "inputs": X,
            "layers": [
                {"layer_type": "ReLU", "layer_name": "a", "from_layers": ["b"]},
                {"layer_type": "ReLU", "layer_name": "b", "from_layers": ["a"]},
            ],
        },
        "error[graph]: a, b wait for each other",
    ),
    "an input that nothing gives": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["y"]}]},
        "error[graph]: a takes y, which nothing gives",
    ),
    "a name used twice": (
        {"inputs": X, "layers": [{"layer_type": "ReLU", "layer_name": "a", "from_layers": ["x"]}] * 2},
        "error[graph]: two layers are named a",
    ),
    "an output that nothing gives": (
        {"inputs": X, "layers": [], "outputs": ["y"]},
        "error[graph]: the output y is given by nothing",
    ),
    "a shape that does not fit": (
        {
            "inputs": X,
            "layers": [
                {
                    "layer_type": "Conv2D",
                    "layer_name": "c",
                    "layer_params": {"filters": 1, "kernel": 3},
                    "from_layers": ["x"],
                }
            ],
        },
        "error[shape]: c wants an image, but x gives (N, 4)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_design_is_a_diagnostic(case: str) -> None:
    document, expected = BAD[case]
    assert expected in told(document)


def test_problems_are_shown_at_their_line() -> None:
    found = told({"inputs": X, "layers": [{"layer_type": "Nonesuch", "layer_name": "a"}]})
    assert found.startswith("net.json:13:18: error[value]")
