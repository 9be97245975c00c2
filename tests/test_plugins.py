"""Layers that users teach: a Python file, or an entry point."""

import subprocess
import sys
from pathlib import Path

import numpy as np

PLUGIN = Path(__file__).parent.parent / "fixtures" / "plugins" / "cube.py"
NET = """\
input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "cube" type: "Cube" bottom: "data" top: "cube" cube_param { gain: 0.5 } }
"""


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    (folder / "net.prototxt").write_text(NET)
    command = [sys.executable, "-m", "translator", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def translated(folder: Path, *to: str) -> str:
    done = run(folder, "net.prototxt", "--plugin", str(PLUGIN), "--to", *to)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_layer_is_said_by_the_rule_of_the_plugin(tmp_path: Path) -> None:
    assert "gain: 0.5" in translated(tmp_path, "caffe")
    source = translated(tmp_path, "keras")
    assert 'cube = Cube(gain=0.5, name="cube")(data)' in source
    assert "class Cube(layers.Layer):" in source


def test_a_design_holds_it_and_is_read_with_the_plugin(tmp_path: Path) -> None:
    translated(tmp_path, "design", "-o", "net.json")
    done = run(tmp_path, "net.json", "--plugin", str(PLUGIN), "--to", "caffe")
    assert done.stdout == translated(tmp_path, "caffe")


def test_a_lowering_says_it_in_the_other_targets(tmp_path: Path) -> None:
    import onnxruntime

    assert "x * 0.5" in translated(tmp_path, "pytorch")
    translated(tmp_path, "onnx", "-o", "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).standard_normal((1, 3, 8, 8)).astype(np.float32)
    np.testing.assert_allclose(session.run(None, {"data": x})[0], 0.5 * x**3, rtol=1e-5, atol=1e-6)


def test_a_plugin_that_fails_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("\nteach\n")
    done = run(tmp_path, "net.prototxt", "--plugin", "bad.py", "--to", "caffe")
    assert done.returncode == 1
    assert done.stderr == "bad.py: error[plugin]: line 2: NameError: name 'teach' is not defined\n"


def test_a_plugin_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    done = run(tmp_path, "net.prototxt", "--plugin", "none.py", "--to", "caffe")
    assert (done.returncode, done.stderr) == (2, "none.py: error[file]: is no Python file that can be run\n")


def test_an_installed_plugin_is_loaded_when_its_layer_is_met(tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "cubes-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "cubes.py").write_text(PLUGIN.read_text())
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cubes\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[model_zoo_translator.plugins]\ncubes = cubes\n")
    (tmp_path / "net.prototxt").write_text(NET)
    code = f"import sys; sys.path.append({str(site)!r}); from translator.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "net.prototxt", "--to", "keras"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Cube(gain=0.5" in done.stdout
