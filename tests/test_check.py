"""`translate check`: every lint fires and keeps silent, findings in every form, settings, baselines, and mending."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ir.diagnostics import CODES
from translator import check, read
from translator.checking.lints import FIXES, LINTS
from translator.cli import main

FIRES = {
    "unreachable-layer": "image(8, 8, 3) > a: ReLU\n@a > b: Tanh\noutputs(@a)",
    "unused-output": "image(8, 8, 4) > s: Slice(pieces=2)\n@s > ReLU > r: Tanh\noutputs(@r)",
    "repeated-activation": "image(8, 8, 3) > ReLU > ReLU > Tanh",
    "bias-before-norm": "image(8, 8, 3) > Conv2D(4, 3) > BatchNorm",
    "symbolic-flatten": "image(?, 8, 3) > Flatten",
    "names-differ-in-case": "image(8, 8, 3) > conv1: ReLU > Conv1: Tanh",
    "window-beyond-input": "image(4, 4, 3) > Conv2D(4, 5, pad=2)",
    "stride-beyond-kernel": "image(16, 16, 3) > MaxPool2D(2, stride=3)",
    "small-receptive-field": "image(32, 32, 3) > Conv2D(4, 3) > MaxPool2D(2, stride=2) > GlobalAvgPool2D",
}
SILENT = {
    "unreachable-layer": ["image(8, 8, 3) > a: ReLU\n@a > b: Tanh\noutputs(@a, @b)", "image(8, 8, 3) > ReLU"],
    "unused-output": ["image(8, 8, 4) > Slice(pieces=2) > Concat", "image(8, 8, 4) > Slice(pieces=2)"],
    "repeated-activation": ["image(8, 8, 3) > ReLU > Conv2D(3, 1) > ReLU", "image(8, 8, 3) > ReLU > Tanh"],
    "bias-before-norm": [
        "image(8, 8, 3) > Conv2D(4, 3, bias=false) > BatchNorm",
        "image(8, 8, 3) > c: Conv2D(4, 3) > BatchNorm > ReLU\n@c > Tanh",
        "image(8, 8, 3) > c: Conv2D(4, 3) > b: BatchNorm\noutputs(@c, @b)",
    ],
    "symbolic-flatten": ["image(8, 8, 3) > Flatten", "image(?, 8, 3) > GlobalAvgPool2D > Flatten"],
    "names-differ-in-case": ["image(8, 8, 3) > conv1: ReLU > conv2: Tanh"],
    "window-beyond-input": ["image(5, 5, 3) > Conv2D(4, 5, pad=2)", "image(1, 1, 3) > Conv2DTranspose(4, 5)"],
    "stride-beyond-kernel": ["image(16, 16, 3) > Conv2D(4, 1, stride=2)", "image(16, 16, 3) > MaxPool2D(2, stride=2)"],
    "small-receptive-field": [
        "image(8, 8, 3) > Conv2D(4, 3, pad=1, stride=2) x2 > Conv2D(4, 3, pad=1) > GlobalAvgPool2D",
        "image(8, 8, 3) > Flatten > Dense(64) > Reshape((-1, 1, 8, 8)) > Conv2D(4, 3) > GlobalAvgPool2D",
    ],
}
LOSS = """
input: "data" input_shape {{ dim: 1 dim: 4 }}
layer {{ name: "label" type: "Input" top: "label" input_param {{ shape {{ dim: 1 }} }} }}
layer {{ name: "fc" type: "InnerProduct" bottom: "data" top: "fc" inner_product_param {{ num_output: 3 }} }}
layer {{ name: "prob" type: "{0}" bottom: "fc" top: "prob" }}
layer {{ name: "loss" type: "{1}" bottom: "prob" bottom: "label" top: "loss" }}
"""


def codes(text: str) -> list[str]:
    return [each.code for each in check("design.net", data=text.encode(), format="notation")]


def test_every_lint_has_its_cases_and_its_words() -> None:
    assert set(LINTS) == set(FIRES) == set(SILENT)
    assert set(LINTS) <= set(CODES)
    assert set(FIXES) <= set(LINTS)


@pytest.mark.parametrize("code", LINTS)
def test_a_lint_fires(code: str) -> None:
    assert code in codes(FIRES[code])


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SILENT.items() for text in texts])
def test_a_lint_keeps_silent(code: str, text: str) -> None:
    assert code not in codes(text)


@pytest.mark.parametrize(
    ("layer", "loss", "told"),
    [
        ("Softmax", "SoftmaxWithLoss", True),
        ("Sigmoid", "SigmoidCrossEntropyLoss", True),
        ("Softmax", "MultinomialLogisticLoss", False),
        ("ReLU", "SoftmaxWithLoss", False),
    ],
)
def test_a_softmax_before_a_loss_that_applies_it(layer: str, loss: str, told: bool) -> None:
    found = [each.code for each in check("net.prototxt", data=LOSS.format(layer, loss).encode())]
    assert ("softmax-before-loss" in found) == told
    assert "training-layer" in found


@pytest.mark.parametrize("code", FIXES)
def test_what_is_mended_is_found_no_more_and_computes_the_same(code: str, tmp_path: Path) -> None:
    file = tmp_path / "design.net"
    file.write_text(FIRES[code])
    assert main(["check", str(file), "--fix"]) == 0
    assert code not in [each.code for each in check(file)]
    before, after = read("b.net", data=FIRES[code].encode(), format="notation").graph, read(file).graph
    assert before != after
    assert len(before.outputs) == len(after.outputs)


def test_a_bias_stays_where_there_are_weights(tmp_path: Path) -> None:
    from ir import Model, Report
    from ir.seeding import seeded_weights
    from ir.validate import infer
    from translator import write

    graph = read("b.net", data=FIRES["bias-before-norm"].encode(), format="notation").graph
    write(Model(graph, seeded_weights(graph, infer(graph, Report()))), "design", tmp_path / "net.json")
    assert main(["check", str(tmp_path / "net.json"), "--fix"]) == 0
    assert read(tmp_path / "net.json").graph == graph


TWICE = """name: "net"  # { not a bracket
input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer {
  name: "relu"
  type: "ReLU"
  bottom: "conv"
  top: "conv"
}
layer {
  name: "again"  # } for luck
  type: "ReLU"
  bottom: "conv"
  top: "conv"
}
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }
"""


def test_a_layer_in_place_that_changes_nothing_is_taken_out_of_a_prototxt(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    file.write_text(TWICE)
    assert main(["check", str(file), "--fix"]) == 0
    start, end = TWICE.index('layer {\n  name: "again"'), TWICE.index('layer { name: "pool"')
    assert file.read_text() == TWICE[:start] + TWICE[end:]
    assert "repeated-activation" not in [each.code for each in check(file)]


def test_a_layer_of_a_prototxt_with_a_blob_of_its_own_stays(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    text = TWICE.replace(
        'top: "conv"\n}\nlayer { name: "pool" type: "Pooling" bottom: "conv"',
        'top: "b"\n}\nlayer { name: "pool" type: "Pooling" bottom: "b"',
    )
    file.write_text(text)
    assert main(["check", str(file), "--fix"]) == 0
    assert file.read_text() == text
    assert "repeated-activation" in [each.code for each in check(file)]


def test_a_notation_with_comments_is_left_to_its_author(tmp_path: Path) -> None:
    file = tmp_path / "net.net"
    file.write_text("# why\n" + FIRES["repeated-activation"])
    assert main(["check", str(file), "--fix"]) == 0
    assert file.read_text().startswith("# why")


def test_a_file_of_another_format_is_not_touched_by_mending(tmp_path: Path) -> None:
    file = tmp_path / "net.prototxt"
    text = LOSS.format("ReLU", "SoftmaxWithLoss")
    file.write_text(text)
    assert main(["check", str(file), "--fix", "--quiet"]) == 0
    assert file.read_text() == text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "good.net").write_text("image(8, 8, 3) > Conv2D(4, 3) > ReLU\n")
    (tmp_path / "lint.net").write_text("image(8, 8, 3) > Conv2D(4, 3) > ReLU > ReLU\n")
    (tmp_path / "sub" / "bad.net").write_text("image(8, 8, 3) > Conv2D(4, 9)\n")
    (tmp_path / "sub" / "notes.txt").write_text("not a model\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_files_patterns_and_folders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = output(capsys, "**/*.net", "--jobs", "1")
    assert code == 1
    assert out.splitlines() == ["good.net: ok", "lint.net: ok"]
    assert "sub/bad.net:1:18: error[shape]: conv2d_1 has a window of 9" in err
    assert err.splitlines()[-1] == "3 files checked: 1 error, 1 warning"
    assert output(capsys, ".")[2].splitlines()[-1] == "3 files checked: 1 error, 1 warning"
    assert output(capsys, "none*.net")[::2] == (2, "there are no files to check\n")
    assert output(capsys, "gone.net")[0] == 2


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = output(capsys, "good.net", "sub/bad.net", "--format", "json")
    found = json.loads(out)
    assert (code, found["files"], len(found["findings"])) == (1, 2, 1)
    assert found["findings"][0] == {
        "file": "sub/bad.net",
        "line": 1,
        "column": 18,
        "code": "shape",
        "severity": "error",
        "message": "conv2d_1 has a window of 9, wider than the input with its border, 8",
    }


def test_sarif(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = output(capsys, ".", "--format", "sarif")
    log = json.loads(out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert {each["id"] for each in run["tool"]["driver"]["rules"]} == {"shape", "repeated-activation"}
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] in ("error", "warning", "note")
    (place,) = [each["locations"][0]["physicalLocation"] for each in run["results"] if each["ruleId"] == "shape"]
    assert place == {"artifactLocation": {"uri": "sub/bad.net"}, "region": {"startLine": 1, "startColumn": 18}}


def test_junit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "odd.net").write_text("image(8, 8, 3) > \x01\ud7ff<&]]>")
    _, out, _ = output(capsys, ".", "--format", "junit")
    suite = ElementTree.fromstring(out)
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    failed = {case.get("classname"): case.find("failure") is not None for case in suite.iter("testcase")}
    assert failed == {"good.net": False, "lint.net": False, "odd.net": True, "sub/bad.net": True}
    assert "repeated-activation" in "".join(each.text or "" for each in suite.iter("system-out"))


def test_github(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = output(capsys, ".", "--format", "github")
    assert out.splitlines() == [
        "::warning file=lint.net,line=1,col=40,title=repeated-activation::relu_2 is a ReLU behind the ReLU relu_1, "
        "which changes nothing",
        "::error file=sub/bad.net,line=1,col=18,title=shape::conv2d_1 has a window of 9, wider than the input with its "
        "border, 8",
    ]


def test_findings_go_into_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, ".", "--format", "sarif", "--output", "found.sarif")[:2] == (1, "")
    assert json.loads((folder / "found.sarif").read_text())["version"] == "2.1.0"


def test_codes_are_chosen_and_weighed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, ".", "--ignore", "shape")[0] == 0
    assert output(capsys, ".", "--select", "repeated-activation")[2].splitlines()[-1] == "3 files checked: 1 warning"
    assert output(capsys, "lint.net", "--fail-on", "warning")[0] == 1
    assert output(capsys, "lint.net", "--ignore", "shap")[::2] == (
        2,
        "arguments: there is no code 'shap'; did you mean shape?\n",
    )
    (folder / "broken.net").write_text("image(")
    assert output(capsys, "broken.net", "--ignore", "syntax")[0] == 1


def test_a_baseline_accepts_what_there_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = output(capsys, ".", "--write-baseline", "accepted.json")
    assert (code, out) == (0, "accepted.json: 3 files checked: 1 error, 1 warning, which is accepted from now on\n")
    assert output(capsys, ".", "--baseline", "accepted.json")[::2] == (0, "3 files checked: nothing found\n")
    text = (folder / "lint.net").read_text()
    (folder / "lint.net").write_text("# moved\n" + text.replace("ReLU\n", "ReLU > ReLU\n"))
    code, _, err = output(capsys, ".", "--baseline", "accepted.json")
    assert code == 0
    assert "relu_3 is a ReLU behind the ReLU relu_2" in err
    assert "relu_2 is a ReLU" not in err
    (folder / "accepted.json").write_text("[]")
    assert output(capsys, ".", "--baseline", "accepted.json")[0] == 2


SETTINGS = """
ignore = ["bias-before-norm"]
fail-on = "warning"
exclude = ["sub"]
severity = { repeated-activation = "error" }
per-file-ignores = { "old/*" = ["repeated-activation"] }
"""


@pytest.mark.parametrize(
    ("name", "head"), [("translate.toml", ""), ("pyproject.toml", '[project]\nname = "x"\n[tool.translate]\n')]
)
def test_settings_of_a_project(name: str, head: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_text(head + SETTINGS)
    (folder / "old").mkdir()
    (folder / "old" / "lint.net").write_text((folder / "lint.net").read_text())
    code, _, err = output(capsys, ".")
    assert code == 1
    assert "lint.net:1:40: error[repeated-activation]" in err
    assert err.splitlines()[-1] == "3 files checked: 1 error"


def test_a_grammar_of_the_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ours.toml").write_text("[layers.Conv2D]\nfilters = [8]\n[layers.ReLU]\n")
    (folder / "translate.toml").write_text('grammar = "ours.toml"\n')
    code, _, err = output(capsys, "good.net")
    assert code == 1
    assert "error[range]: filters of conv2d_1 is 4, which this grammar does not allow: 8" in err
    code, _, err = output(capsys, "good.net", "--grammar", "none.toml")
    assert (code, "there is no grammar 'none.toml'" in err) == (2, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 3", "there is no setting 'colour'"),
        ("select = 3", "select is a list of texts"),
        ('select = ["none"]', "there is no code 'none'"),
        ('fail-on = "never"', "there is no severity 'never'"),
        ("[", "is no TOML"),
    ],
)
def test_odd_settings_are_refused(text: str, told: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "translate.toml").write_text(text)
    code, _, err = output(capsys, "good.net")
    assert (code, told in err) == (2, True)


def test_many_files_go_through_several_processes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(30):
        (folder / "sub" / f"net{number:02}.net").write_text((folder / "lint.net").read_text())
    code, out, _ = output(capsys, ".", "--jobs", "2", "--format", "json")
    one = output(capsys, ".", "--jobs", "1", "--format", "json")
    assert (code, json.loads(out)) == (one[0], json.loads(one[1]))
    assert json.loads(out)["files"] == 33


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", code]) == 0
    assert CODES[code].doc in capsys.readouterr().out


def test_codes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CODES)
    assert main(["check", "--explain", "nothing"]) == 2


def test_standard_input(folder: Path) -> None:
    command = [sys.executable, "-m", "translator", "check", "-", "--format", "json"]
    found: Any = subprocess.run(command, input=b"image(8, 8, 3) > Conv2D(4, 9)", capture_output=True, check=False)
    assert found.returncode == 1
    assert json.loads(found.stdout)["findings"][0]["file"] == "-"


def test_the_hook_and_the_action_name_what_there_is() -> None:
    root = Path(__file__).parent.parent
    hook, action = (root / name for name in (".pre-commit-hooks.yaml", "action.yml"))
    assert "entry: translate check --quiet" in hook.read_text()
    assert "check --format github" in action.read_text()
    with pytest.raises(SystemExit):
        main(["check", "--format", "github"])
