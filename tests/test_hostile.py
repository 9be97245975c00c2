"""Files that mean harm: a diagnostic, soon, and in little memory."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from translator import check
from translator.bounds import LARGEST

HEAD = b'input: "data" input_shape { dim: 1 dim: 3 dim: 9 dim: 7 }\n'
MILLION = 1_000_000
CASES = {
    "net.prototxt": {
        "a long line of junk": (b"x" * 20 * MILLION, "expected a value for 'xxxxxxx"),
        "a long string": (b'name: "' + b"x" * 20 * MILLION, "expected a value for 'name', found '\"'"),
        "a long number": (
            HEAD + b'layer { name: "c" type: "Convolution" bottom: "data" convolution_param { num_output: '
            b"%s kernel_size: 1 } }" % (b"9" * MILLION),
            "num_output must be a whole number",
        ),
        "braces": (b"layer {" * MILLION, "messages nest deeper than 64"),
        "brackets": (HEAD + b'layer { type: "X" p: ' + b"[" * MILLION, "expected a value or ']', found '['"),
        "nothing": (b"\0" * 20 * MILLION, "expected the name of a field"),
        "line ends": (b"\n" * 20 * MILLION, "there is no layer in this file"),
        "axes": (b'input: "a" ' + b"input_dim: 1 " * 40_000, "the input 'a' has 40000 axes, more than 32"),
        "sizes": (
            b'input: "a" input_shape { dim: 1 dim: 99999999999 dim: 99999999999 }\n'
            b'layer { name: "f" type: "Flatten" bottom: "a" top: "f" }',
            "which is no shape",
        ),
    },
    "net.caffemodel": {
        "fields": (b"\x0a\x01a" * 3 * MILLION, "has a message of more than 131072 fields"),
        "a claim": (b"\x0a\x04test\xa2\x06\xff\xff\xff\xff\x0f", "says a field has 4294967295 bytes"),
    },
    "net.json": {
        "depth": (b'{"inputs": ' + b"[" * MILLION, "nests deeper than 64 levels"),
        "a cycle": (
            b'{"inputs": [{"name": "a", "shape": [null, 3]}], "layers": ['
            b'{"layer_type": "Add", "layer_name": "x", "from_layers": ["y", "a"]},'
            b'{"layer_type": "Add", "layer_name": "y", "from_layers": ["x", "a"]}]}',
            "x, y wait for each other",
        ),
    },
}
ALL = [(name, case) for name, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("name", "case"), ALL)
def test_it_is_told_shortly(name: str, case: str, tmp_path: Path) -> None:
    data, told = CASES[name][case]
    (tmp_path / name).write_bytes(data)
    found = check(tmp_path / name)
    errors = [each for each in found if each.severity == "error"]
    assert told in errors[0].message
    assert len(str(errors[0])) < 1500
    assert len(errors) <= 20


@pytest.mark.parametrize("name", ["net.prototxt", "net.json"])
def test_a_text_that_is_too_large_is_not_read(name: str, tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"layer {" if name == "net.prototxt" else b'{"inputs": [], "layers": [')
        file.truncate(LARGEST + 1)
    assert [each.message for each in check(tmp_path / name)] == ["is a text of 64 MiB; a model's has at most 64"]


def test_a_hundred_megabytes_cost_neither_time_nor_memory(tmp_path: Path) -> None:
    """Measured in a process of its own, whose peak is that of importing and no more."""
    (tmp_path / "net.prototxt").write_bytes(b'name: "' + b"x" * 100 * MILLION + b'"')

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (5, 5))

    command = [sys.executable, "-m", "translator", "check", "net.prototxt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "net.prototxt: error[file]: is a text of 95 MiB; a model's has at most 64",
    )


@pytest.mark.parametrize("place", [".", "/dev/null"])
def test_what_is_no_file_is_a_diagnostic(place: str, tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").symlink_to(tmp_path if place == "." else place)
    assert {each.code for each in check(tmp_path / "net.prototxt")} <= {"file", "format"}
