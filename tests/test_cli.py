"""The command line: what it prints, where, and how it exits."""

import subprocess
import sys
from pathlib import Path

import pytest

from ir.diagnostics import Report, TranslationError
from translator.convert import save
from translator.dialect import Output

FIXTURES = Path(__file__).parent.parent / "fixtures"
LENET = str(FIXTURES / "caffe" / "lenet.prototxt")


def run(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "translator", *args], input=stdin, capture_output=True, check=False)


def test_text_goes_to_standard_output() -> None:
    done = run(LENET, "--to", "keras")
    assert done.returncode == 0
    assert done.stderr == b""
    assert b'conv1 = layers.Conv2D(filters=20, kernel_size=5, name="conv1")(data)' in done.stdout


def test_standard_input_is_read() -> None:
    done = run("-", "--to", "keras", stdin=Path(LENET).read_bytes())
    assert done.stdout == run(LENET, "--to", "keras").stdout


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_text_with_a_mark_of_its_bytes_is_read(encoding: str, tmp_path: Path) -> None:
    """PowerShell writes what is sent to a file as UTF-16."""
    file = tmp_path / "lenet.prototxt"
    file.write_text(Path(LENET).read_text(), encoding=encoding)
    assert run(str(file), "--to", "keras").stdout == run(LENET, "--to", "keras").stdout
    design = tmp_path / "lenet.json"
    design.write_bytes(run(LENET, "--to", "design").stdout.decode().encode(encoding))
    assert run(str(design), "--to", "keras").stdout == run(LENET, "--to", "keras").stdout


def test_a_shape_for_what_is_not_there_is_told() -> None:
    done = run(LENET, "--to", "keras", "--shape", "dta=1,1,32,32", "--shape", "pool1=N,20,12,12")
    assert done.returncode == 0
    assert b"warning[unused-shape]: nothing is called 'dta', of which a shape was given" in done.stderr
    assert b"hint: the inputs are data" in done.stderr


def test_the_suffix_of_the_output_chooses_the_format(tmp_path: Path) -> None:
    assert run(LENET, "-o", str(tmp_path / "net.prototxt")).returncode == 0
    assert (tmp_path / "net.prototxt").read_text().startswith('name: "LeNet"')


def test_an_unclear_suffix_is_refused(tmp_path: Path) -> None:
    done = run(LENET, "-o", str(tmp_path / "net.py"))
    assert done.returncode == 2
    assert b"--to FORMAT" in done.stderr


@pytest.mark.parametrize("name", ["net.h5", "net.hdf5", "net.pt", "net.caffemodel"])
def test_a_file_of_a_kind_that_is_only_read_is_not_written_as_another(name: str, tmp_path: Path) -> None:
    done = run(LENET, "-o", str(tmp_path / name))
    assert done.returncode == 2
    assert b"are read, but not written" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "suffix"), [("net.caffemodel", ".caffemodel"), ("net.h5", ".weights.h5")])
def test_the_weights_do_not_take_the_place_of_the_text(name: str, suffix: str, tmp_path: Path) -> None:
    made = Output("text", companions={suffix: Path.touch})
    with pytest.raises(TranslationError, match="would be the file of the text"):
        save(tmp_path / name, made, Report())
    assert not list(tmp_path.iterdir())


def test_source_is_not_written_into_a_file_of_keras_2(tmp_path: Path) -> None:
    done = run(LENET, "--to", "keras", "-o", str(tmp_path / "net.h5"))
    assert done.returncode == 2
    assert b"name a .keras file" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("none.prototxt", "--to", "keras"), 2, b"none.prototxt: error[file]: cannot be read"),
        ((LENET, "--to", "tensorstorm"), 2, b"error[format]: 'tensorstorm' is not a format that can be written"),
        (
            (LENET, "--from", "pytorch", "--to", "caffe"),
            2,
            b"error[format]: 'pytorch' is not a format that can be read",
        ),
        ((LENET,), 2, b"say what to write"),
        ((LENET, "--to", "keras", "--shape", "data=x"), 2, b"is not NAME=SIZE"),
    ],
)
def test_what_cannot_run_exits_with_2(args: tuple[str, ...], code: int, told: bytes) -> None:
    done = run(*args)
    assert done.returncode == code
    assert told in done.stderr
    assert b"Traceback" not in done.stderr


def test_problems_of_a_model_exit_with_1(tmp_path: Path) -> None:
    file = tmp_path / "bad.prototxt"
    file.write_text(Path(LENET).read_text().replace("kernel_size: 5", "kernel_size: 99"))
    for args in ((str(file), "--to", "keras"), ("check", str(file))):
        done = run(*args)
        assert done.returncode == 1
        assert b"error[shape]: conv1 has a window of 99" in done.stderr


def test_check_says_which_files_are_sound(tmp_path: Path) -> None:
    done = run("check", LENET)
    assert (done.returncode, done.stdout.decode()) == (0, f"{LENET}: ok\n")


def test_formats_lists_every_format_asked_for() -> None:
    names = {line.split()[0] for line in run("formats").stdout.decode().splitlines()}
    assert names >= {"keras", "keras-json", "pytorch", "onnx", "caffe", "design", "dot", "mermaid"}


def test_layers_describes_a_layer() -> None:
    text = run("layers", "Conv2D").stdout.decode()
    assert "kernel" in text
    assert "Slide filters over an image." in text
    assert run("layers", "Nonesuch").returncode == 2


def test_an_output_already_there_survives_a_failure(tmp_path: Path) -> None:
    kept = tmp_path / "net.onnx"
    kept.write_bytes(b"precious")
    bad = tmp_path / "bad.prototxt"
    bad.write_text(Path(LENET).read_text().replace("kernel_size: 5", "kernel_size: 99"))
    assert run(str(bad), "-o", str(kept)).returncode == 1
    assert kept.read_bytes() == b"precious"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bad.prototxt", "net.onnx"]


LIGHT = """
import sys
from translator.cli import main
main([{lenet!r}, "--to", {to!r}])
heavy = set("numpy torch keras tensorflow onnx h5py cv2 jsonschema google lark safetensors".split())
print(sorted(heavy & {{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


@pytest.mark.parametrize("to", ["keras", "keras-json", "pytorch", "caffe", "design", "dot", "mermaid"])
def test_text_targets_import_nothing_heavy(to: str) -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT.format(lenet=LENET, to=to)], capture_output=True, check=True)
    assert done.stderr.decode().strip().splitlines()[-1] == "[]"


def test_lenet_to_keras_imports_just_these_modules() -> None:
    code = (
        "import sys\nfrom translator.cli import main\n"
        f"main([{LENET!r}, '--to', 'keras'])\n"
        "own = ('ir', 'translator', 'schemas', 'grammars')\n"
        "print(sorted(n for n in sys.modules if n.partition('.')[0] in own), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    imported = eval(done.stderr.decode().strip().splitlines()[-1])  # a list of names that this test printed
    expected = (FIXTURES / "imports_lenet_to_keras.txt").read_text().split()
    assert imported == expected
