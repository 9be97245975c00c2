"""What a user is told, to the letter."""

from pathlib import Path

import pytest

from ir import Report, TranslationError
from ir.diagnostics import CODES, MOST
from ir.origin import Origin, Source
from translator import ReadOptions, check, translate
from translator.telling import told as told_lines


def told(tmp_path: Path, text: str, **options: object) -> str:
    """Return what `check` says of a prototxt, with the folder left out."""
    file = tmp_path / "net.prototxt"
    file.write_text(text)
    found = check(file, options=ReadOptions(**options))  # type: ignore[arg-type]
    return "\n".join(map(str, found)).replace(f"{tmp_path}/", "")


INPUT = 'input: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'

CASES = {
    "a convolution behind a vector": (
        INPUT
        + """layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
  inner_product_param { num_output: 500 } }
layer {
  name: "conv2" type: "Convolution" bottom: "ip1" top: "conv2"
  convolution_param { num_output: 8 kernel_size: 3 }
}
""",
        """\
net.prototxt:5:1: error[shape]: conv2 wants an image, but ip1 gives (N, 500)
    5 | layer {
      | ^""",
    ),
    "a missing colon": (
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c"\n'
        "  convolution_param { num_output 20 kernel_size: 3 } }\n",
        """\
net.prototxt:4:34: error[syntax]: expected ':' after 'num_output', found '20'
    4 |   convolution_param { num_output 20 kernel_size: 3 } }
      |                                  ^
  hint: write num_output: 20""",
    ),
    "an unclosed message": (
        INPUT + 'layer { name: "c" type: "ReLU" bottom: "data" top: "c"\n',
        """\
net.prototxt:3:1: error[syntax]: expected '}' to close this, found the end of the file
    3 | layer { name: "c" type: "ReLU" bottom: "data" top: "c"
      | ^""",
    ),
    "a word where a number goes": (
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c"\n'
        "  convolution_param { num_output: many kernel_size: 3 } }\n",
        """\
net.prototxt:4:35: error[value]: num_output must be a whole number, 0 or more, not 'many'
    4 |   convolution_param { num_output: many kernel_size: 3 } }
      |                                   ^
  hint: if this is a template, fill it in first""",
    ),
    "a size that a layer cannot have": (
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c"\n'
        "  convolution_param { num_output: 0 kernel_size: 3 } }\n",
        """\
net.prototxt:4:35: error[value]: c: filters of Conv2D must be a whole number, 1 or more, not 0
    4 |   convolution_param { num_output: 0 kernel_size: 3 } }
      |                                   ^""",
    ),
    "a kernel that does not fit": (
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c"\n'
        "  convolution_param { num_output: 2 kernel_size: 9 } }\n",
        """\
net.prototxt:3:1: error[shape]: c has a window of 9, wider than the input with its border, 8
    3 | layer { name: "c" type: "Convolution" bottom: "data" top: "c"
      | ^""",
    ),
    "a field that nobody knows": (
        INPUT + 'layer { name: "r" type: "ReLU" bottom: "data" top: "r"\n  relu_param { colour: 3 } }\n',
        """\
net.prototxt:4:24: warning[unknown-field]: r has a field 'colour' of no known meaning; it was left out
    4 |   relu_param { colour: 3 } }
      |                        ^""",
    ),
    "an input of no known shape": (
        'input: "data"\nlayer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n',
        """\
net.prototxt:1:8: error[input-shape]: the file does not say what shape 'data' has
    1 | input: "data"
      |        ^
  hint: give it: --shape data=1,3,224,224 (batch, channels, height, width)""",
    ),
    "a layer that nobody knows": (
        INPUT + 'layer { name: "w" type: "Weird" bottom: "data" top: "w" }\n',
        """\
net.prototxt:3:25: warning[unknown-layer]: w is of the unknown type Weird; it is carried as it is, \
and written as a stub. Its output is taken to be (N, 3, 8, 8), like its input
    3 | layer { name: "w" type: "Weird" bottom: "data" top: "w" }
      |                         ^
  hint: say it: --shape w=N,3,8,8""",
    ),
    "an unresolved merge": (
        INPUT
        + """\
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param {
<<<<<<< HEAD
<<<<<<< HEAD
  num_output: 20
||||||| base
  num_output: 10
=======
  num_output 30
>>>>>>> theirs
>>>>>>> mine
  kernel_size: 3 } }
=======
""",
        """\
net.prototxt:4:1: error[syntax]: an unresolved merge conflict begins here
    4 | <<<<<<< HEAD
      | ^
  hint: keep one of its sides, and delete the lines of <<<<<<<, ======= and >>>>>>>
net.prototxt:10:14: error[syntax]: expected ':' after 'num_output', found '30'
   10 |   num_output 30
      |              ^
  hint: write num_output: 30
net.prototxt:14:1: error[syntax]: a merge left this mark
   14 | =======
      | ^
  hint: keep one of its sides, and delete the lines of <<<<<<<, ======= and >>>>>>>""",
    ),
    "prose behind the net": (
        INPUT + 'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\nTerms of use and help\n',
        """\
net.prototxt:4:1: error[syntax]: expected a field, found prose
    4 | Terms of use and help
      | ^
  hint: this looks like text that came in with the net: delete it""",
    ),
    "a template of another kind": (
        INPUT + 'layer { name: "f" type: "InnerProduct" bottom: "data" inner_product_param {\n'
        "  num_output: {{ classes }} bias_term: @BIAS@\n} }\n",
        """\
net.prototxt:4:15: error[syntax]: expected a value for 'num_output', found '{{'
    4 |   num_output: {{ classes }} bias_term: @BIAS@
      |               ^
  hint: this looks like a template: fill it in first""",
    ),
    "a template": (
        INPUT
        + 'layer { name: "f" type: "InnerProduct" bottom: "data" inner_product_param {\n  num_output: ${n}\n} }\n',
        """\
net.prototxt:4:15: error[syntax]: expected a value for 'num_output', found '${n}'
    4 |   num_output: ${n}
      |               ^
  hint: this looks like a template: fill it in first""",
    ),
    "a solver": (
        'net: "train_val.prototxt"\nbase_lr: 0.01\n',
        """\
net.prototxt:1:6: error[format]: this is a solver; its net is in train_val.prototxt
    1 | net: "train_val.prototxt"
      |      ^
  hint: translate that file""",
    ),
    "a loss": (
        INPUT + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "data" bottom: "label" top: "loss" }\n'
        'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n',
        """\
net.prototxt:3:1: note[training-layer]: loss (SoftmaxWithLoss) works in training alone; it was left out
    3 | layer { name: "loss" type: "SoftmaxWithLoss" bottom: "data" bottom: "label" top: "loss" }
      | ^""",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check_tells_place_line_and_hint(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    assert told(tmp_path, text) == expected


def test_all_problems_of_a_file_come_in_one_run(tmp_path: Path) -> None:
    text = INPUT + "".join(
        f'layer {{ name: "c{i}" type: "Convolution" bottom: "data" top: "c{i}" '
        f"convolution_param {{ num_output: 2 kernel_size: {size} }} }}\n"
        for i, size in enumerate((9, 3, 10))
    )
    found = told(tmp_path, text)
    assert "c0 has a window of 9" in found
    assert "c2 has a window of 10" in found
    assert found.count("error[") == 2


def test_a_given_shape_settles_an_open_input(tmp_path: Path) -> None:
    text = 'input: "data"\nlayer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n'
    assert told(tmp_path, text, shapes={"data": (1, 3, 8, 8)}) == ""


def test_a_file_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    found = check(tmp_path / "none.prototxt")
    assert [each.code for each in found] == ["file"]
    assert "No such file" in found[0].message


def test_strict_makes_an_unknown_layer_an_error(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(INPUT + 'layer { name: "w" type: "Weird" bottom: "data" top: "w" }\n')
    options = ReadOptions(shapes={"w": (1, 3, 8, 8)})
    assert translate(file, "caffe", read_options=options).text
    with pytest.raises(TranslationError):
        translate(file, "caffe", read_options=options, report=Report(strict=True))


def test_no_output_is_left_half_written(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(INPUT + 'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n')
    with pytest.raises(TranslationError) as error:
        translate(file, "caffe", tmp_path / "no" / "such" / "folder.prototxt")
    assert [each.code for each in error.value.report if each.severity == "error"] == ["file"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.prototxt"]


def test_of_very_many_like_diagnostics_the_rest_is_counted() -> None:
    report = Report()
    for i in range(5000):
        report.add("value", f"number {i}")
    report.add("renamed", "another")
    found = [str(each) for each in report]
    assert len(found) == MOST + 2
    assert found[-2:] == ["note[renamed]: another", f"error[value]: and {5000 - MOST} more of these"]
    assert report.error_count() == 5000


def test_what_a_name_holds_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    found = told(tmp_path, INPUT + 'layer { name: "\x1b[31m\\n\u202e\\177" type: "Odd" bottom: "data" top: "r" }\n')
    assert "warning[unknown-layer]: \ufffd[31m\ufffd\ufffd\ufffd is of the unknown type Odd" in found
    assert not set("\x1b\u202e\x7f").intersection(found)


@pytest.mark.parametrize("code", sorted(CODES))
def test_in_strict_mode_what_is_not_certain_is_an_error(code: str) -> None:
    report, strict = Report(), Report(strict=True)
    report.add(code, "so it is")
    strict.add(code, "so it is")
    told = {"assumed-shape", "assumed-value", "inexact", "other-phase", "question", "unknown-field", "unknown-layer"}
    assert [each.severity for each in strict] == (["error"] if code in told else [each.severity for each in report])


def test_what_is_said_of_many_names_alike_is_told_once() -> None:
    report, page = Report(), Origin(Source("paper.pdf"), pointer="page 4")
    for name in ("conv1", "conv2", "conv2", *(f"block {i}" for i in range(7))):
        report.add("question", f"{name!r}: what is the kernel? 3 x 3 is taken", page)
    report.add("question", "'conv1': what is the kernel? 5 x 5 is taken", page)
    report.add("question", "'conv3': what is the kernel? 3 x 3 is taken", Origin(Source("paper.pdf"), pointer="page 5"))
    report.add("inferred", "'a' takes what 'b' gives", page)
    report.add("inferred", "'a' takes what 'c' gives", page)
    assert [*told_lines(report)] == [
        "paper.pdf:page 4: warning[question]: 'conv1': what is the kernel? 3 x 3 is taken",
        "  also: 'conv2', 'block 0', 'block 1', 'block 2', 'block 3', 'block 4', and 2 more",
        "paper.pdf:page 4: warning[question]: 'conv1': what is the kernel? 5 x 5 is taken",
        "paper.pdf:page 5: warning[question]: 'conv3': what is the kernel? 3 x 3 is taken",
        "paper.pdf:page 4: note[inferred]: 'a' takes what 'b' gives",
        "paper.pdf:page 4: note[inferred]: 'a' takes what 'c' gives",
    ]
