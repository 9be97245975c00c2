"""Files of PyTorch: programs in each form, weights laid over them, and what is refused."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from ir import Model, Report, TranslationError
from tests.pytorch_nets import NETS, made
from translator import ReadOptions, read, translate, write
from translator.cli import main
from translator.verification import verify

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


def exported(net: Any, inputs: Any) -> Any:
    batch = torch.export.Dim("batch", min=1)
    return torch.export.export(net, inputs, dynamic_shapes=tuple({0: batch} for _ in inputs))


def saved(path: Path, net: Any, inputs: Any) -> Path:
    torch.export.save(exported(net, inputs), path)
    return path


def equal(a: Model, b: Model) -> bool:
    """Tell whether two models are the same but for their names, and their weights are to the bit."""
    arrays = a.weights.keys() == b.weights.keys()
    same = all(np.array_equal(a.weights[key].numpy(), b.weights[key].numpy()) for key in a.weights)
    return arrays and same and replace(a.graph, name="") == replace(b.graph, name="")


def told(path: Path, code: str, **options: Any) -> str:
    """Return the one error that a file gives."""
    with pytest.raises(TranslationError) as caught:
        read(path, options=ReadOptions(**options))
    errors = [each for each in caught.value.report if each.severity == "error"]
    assert {each.code for each in errors} == {code}
    return "\n".join(map(str, errors))


@pytest.mark.parametrize("name", NETS)
def test_a_file_and_a_module_are_one_model(name: str, tmp_path: Path) -> None:
    net, inputs = made(name)
    found = read(saved(tmp_path / "net.pt2", net, inputs))
    assert equal(found, read(net, inputs))
    assert equal(found, read(torch.export.load(tmp_path / "net.pt2")))


@pytest.mark.parametrize("name", NETS)
def test_a_decomposed_program_gives_the_same(name: str, tmp_path: Path) -> None:
    import onnxruntime

    net, inputs = made(name)
    report = Report()
    model = read(exported(net, inputs).run_decompositions(), report=report)
    assert not [each.message for each in report if each.code == "unknown-layer"]
    write(model, "onnx", tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    given = {each.name: value.numpy() for each, value in zip(session.get_inputs(), inputs, strict=True)}
    with torch.inference_mode():
        wanted = net(*inputs)
    for got, want in zip(session.run(None, given), wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        assert np.abs(got - want.numpy()).max() <= 1e-4 * np.abs(want.numpy()).max()


def test_a_file_needs_no_pytorch(tmp_path: Path) -> None:
    net, inputs = made("residual")
    path = saved(tmp_path / "net.pt2", net, inputs)
    code = (
        f"import sys; sys.modules['torch'] = None; from translator import read; print(len(read({str(path)!r}).weights))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(len(read(path).weights))


def parts_of(path: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def torch_saved(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def zipped(path: Any, parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Any:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_older_forms_of_the_file(tmp_path: Path) -> None:
    net, inputs = made("tied")
    program = exported(net, inputs)
    path = saved(tmp_path / "net.pt2", net, inputs)
    text = parts_of(path)["models/model.json"]
    weights, constants = torch_saved(program.state_dict), torch_saved(dict(program.constants))
    of_2_8 = {"models/model.json": text, "data/weights/model.pt": weights, "data/constants/model.pt": constants}
    of_2_5 = {
        "version": b"8.8",
        "serialized_exported_program.json": text,
        "serialized_state_dict.pt": weights,
        "serialized_constants.pt": constants,
    }
    now = read(path)
    assert equal(now, read(zipped(tmp_path / "of_2_8.pt2", {f"net/{name}": each for name, each in of_2_8.items()})))
    assert equal(now, read(zipped(tmp_path / "of_2_5.pt2", of_2_5)))


def test_the_weights_stay_in_the_file(tmp_path: Path) -> None:
    net, inputs = made("plain")
    model = read(saved(tmp_path / "net.pt2", net, inputs))
    kernel = model.weights["0.kernel"].numpy()
    assert not kernel.flags.owndata
    assert not kernel.flags.writeable
    assert np.array_equal(kernel, net.state_dict()["0.weight"].numpy())


class Turned(nn.Module):
    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.register_buffer("table", torch.arange(24, dtype=torch.float32).reshape(4, 6).t().to(dtype))
        self.part = nn.Parameter(torch.arange(40.0)[3:37:2].to(dtype)[:6])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x.to(self.table.dtype) @ self.table + self.part[:4]).float()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_arrays_of_any_type_and_order_are_read(dtype: torch.dtype, tmp_path: Path) -> None:
    net = Turned(dtype)
    torch.export.save(torch.export.export(net, (torch.randn(3, 6),)), tmp_path / "net.pt2")
    model = read(tmp_path / "net.pt2")
    kernel, bias = (next(t for key, t in model.weights.items() if key.endswith(role)) for role in ("kernel", "bias"))
    assert kernel.numpy().dtype == np.float32
    assert np.array_equal(kernel.numpy().T, net.table.float().numpy())
    assert np.array_equal(bias.numpy(), net.part[:4].detach().float().numpy())


WAYS = {
    "safetensors": lambda state, path: save_file(state, path),
    "pt": lambda state, path: torch.save(state, path),
    "legacy": lambda state, path: torch.save(state, path, _use_new_zipfile_serialization=False),
    "checkpoint": lambda state, path: torch.save({"epoch": 3, "best": 0.5, "state_dict": state, "names": ["a"]}, path),
    "parallel": lambda state, path: torch.save({f"module.{key}": each for key, each in state.items()}, path),
}


@pytest.mark.parametrize("way", WAYS)
def test_weights_of_another_file_are_laid_over(way: str, tmp_path: Path) -> None:
    net, inputs = made("residual")
    path = saved(tmp_path / "net.pt2", net, inputs)
    torch.manual_seed(5)
    other = NETS["residual"][0]()
    WAYS[way](other.state_dict(), tmp_path / "other.bin")
    report = Report()
    found = read(path, options=ReadOptions(weights=tmp_path / "other.bin"), report=report)
    assert not list(report)
    assert equal(found, read(other, inputs))
    assert equal(read(net, inputs, options=ReadOptions(weights=tmp_path / "other.bin")), read(other, inputs))


def test_weights_that_do_not_fit_are_told(tmp_path: Path) -> None:
    net, inputs = made("tied")
    path = saved(tmp_path / "net.pt2", net, inputs)
    save_file({"fc.weight": torch.ones(6, 6), "more": torch.ones(1)}, tmp_path / "a.safetensors")
    report = Report()
    model = read(path, options=ReadOptions(weights=tmp_path / "a.safetensors"), report=report)
    assert [each.code for each in report] == ["missing-weights", "missing-weights", "unused-weights"]
    assert np.array_equal(model.weights["fc.kernel"].numpy(), np.ones((6, 6)))
    assert np.array_equal(model.weights["fc.bias"].numpy(), net.fc.bias.detach().numpy())
    save_file({"fc.weight": torch.ones(6, 5)}, tmp_path / "b.safetensors")
    assert "fc.weight is (6, 5) here, but (6, 6)" in told(path, "weights", weights=tmp_path / "b.safetensors")
    (tmp_path / "c.bin").write_bytes(b"numbers")
    assert "is neither safetensors nor" in told(path, "weights", weights=tmp_path / "c.bin")


class Trap:
    """An object whose unpickling would run code."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("new", [True, False])
def test_pickles_are_refused_and_never_run(new: bool, tmp_path: Path) -> None:
    path, trace = tmp_path / "net.pt", tmp_path / "trace"
    torch.save(nn.Sequential(nn.Linear(2, 3)), path, _use_new_zipfile_serialization=new)
    assert "is a pickled torch.nn.modules.container.Sequential, which only its code can make" in told(path, "format")
    torch.save({"weight": torch.ones(2), "trap": Trap(trace)}, path, _use_new_zipfile_serialization=new)
    assert "holds weights alone" in told(path, "format")
    torch.save(Trap(trace), path, _use_new_zipfile_serialization=new)
    assert "is a pickled" in told(path, "format")
    path.write_bytes(pickle.dumps(Trap(trace)))
    assert "is none that torch.save wrote" in told(path, "syntax")
    assert not trace.exists()


def test_torchscript_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.jit.save(torch.jit.trace(nn.Linear(2, 3), torch.ones(1, 2)), path)
    assert "is TorchScript" in told(path, "format")
    net, inputs = made("tied")
    assert "is TorchScript" in told(saved(tmp_path / "net.pt2", net, inputs), "weights", weights=path)


def test_a_trap_among_weights_is_left_alone(tmp_path: Path) -> None:
    net, inputs = made("tied")
    path = saved(tmp_path / "net.pt2", net, inputs)
    torch.save({"trap": Trap(tmp_path / "trace"), **net.state_dict()}, tmp_path / "w.pt")
    assert equal(read(path, options=ReadOptions(weights=tmp_path / "w.pt")), read(path))
    assert not (tmp_path / "trace").exists()


def test_the_command_line(tmp_path: Path, capsys: Any) -> None:
    net, inputs = made("plain")
    path = saved(tmp_path / "net.pt2", net, inputs)
    save_file(NETS["plain"][0]().state_dict(), tmp_path / "w.safetensors")
    command = [str(path), "--weights", str(tmp_path / "w.safetensors"), "-o", str(tmp_path / "net.onnx")]
    assert main(command) == 0
    assert (tmp_path / "net.onnx").stat().st_size > 0
    assert main(["check", str(path)]) == 0
    assert main(["formats"]) == 0
    assert "pytorch-export" in capsys.readouterr().out


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    net, inputs = made("plain")
    path = saved(tmp_path / "net.pt2", net, inputs)
    assert equal(read("net", data=path.read_bytes()), read(path))
    path.rename(tmp_path / "net.bin")
    assert read(tmp_path / "net.bin").graph.name == "net"


def test_the_schema_has_a_number(tmp_path: Path) -> None:
    net, inputs = made("tied")
    parts = parts_of(saved(tmp_path / "net.pt2", net, inputs))
    document = json.loads(parts["models/model.json"])
    document["schema_version"]["major"] = 9
    parts["models/model.json"] = json.dumps(document).encode()
    path = zipped(tmp_path / "later.pt2", {f"net/{name}": each for name, each in parts.items()})
    assert "is of the schema 9; those up to 8 are known" in told(path, "syntax")


def test_a_program_is_held_to_what_pytorch_gives(tmp_path: Path) -> None:
    net, inputs = made("words")
    path = saved(tmp_path / "net.pt2", net, inputs)
    translate(path, "onnx", tmp_path / "net.onnx")
    found = verify(path, tmp_path / "net.onnx")
    assert found.first == "net.pt2 in PyTorch"
    assert found.agree
    torch.export.save(exported(NETS["words"][0]().eval(), inputs), path)
    assert not verify(path, tmp_path / "net.onnx").agree
    save_file(net.state_dict(), tmp_path / "w.safetensors")
    held = verify(path, tmp_path / "net.onnx", options=ReadOptions(weights=tmp_path / "w.safetensors"))
    assert held.first == "our ONNX of net.pt2 in ONNX Runtime"
    assert held.agree
