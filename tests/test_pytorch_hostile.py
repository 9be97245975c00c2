"""Files of PyTorch that make no sense, or mean harm: a diagnostic, no traceback, soon, and in little memory."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import pickle
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from ir import TranslationError
from tests.test_keras_hostile import ODD, places
from tests.test_pytorch_files import Trap, exported, parts_of, torch_saved, zipped
from translator import ReadOptions, read, write
from translator.dialects.pytorch.exported import Flaw
from translator.dialects.pytorch.pickled import unpickled

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


class Images(nn.Module):
    """Operators of images, and of their channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 4, 3, padding=1, groups=2), nn.BatchNorm2d(4)
        self.up = nn.ConvTranspose2d(4, 2, 2, 2)
        self.fc = nn.Linear(2, 3)
        self.register_buffer("shift", torch.ones(1, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu_(self.norm(self.conv(x)) * 2 + self.shift)
        a, b = x.chunk(2, dim=1)
        y = torch.cat([b, a.clamp(0, 6)], 1).permute(0, 1, 3, 2).flip(2)
        y = self.up(nn.functional.pad(nn.functional.max_pool2d(y, 2, 1, 1), (0, 1)))
        y = nn.functional.interpolate(y, scale_factor=2.0)[:, :, 1:]
        n, c, h, w = y.shape
        return torch.softmax(self.fc(y.reshape(n, c, h * w).mean(2)), -1)


class Steps(nn.Module):
    """Operators over time, and of arrays that the program holds."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.norm = nn.LSTM(4, 3, batch_first=True), nn.LayerNorm(3)
        self.table = nn.Parameter(torch.ones(6, 3))

    def forward(self, x: Tensor) -> Tensor:
        states = self.norm(self.rnn(x)[0])
        places = torch.arange(states.shape[1])
        grown = (states + self.table[places]).unsqueeze(1).expand(-1, 2, -1, -1).sum(1)
        return (grown @ self.table.t())[:, -1].pow(2) - torch.sqrt(torch.ones(6))


MAKERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "images": (Images, (2, 4, 6, 5)),
    "steps": (Steps, (2, 5, 4)),
}


@cache
def whole(name: str) -> dict[str, bytes]:
    """Return the parts of a file, its calls without the notes of where each comes from, which nobody reads."""
    make, shape = MAKERS[name]
    torch.manual_seed(0)
    buffer = io.BytesIO()
    torch.export.save(exported(make().eval(), (torch.randn(shape),)), buffer)
    parts = parts_of(buffer)
    document = json.loads(parts["models/model.json"])
    for call in document["graph_module"]["graph"]["nodes"]:
        call["metadata"] = {key: each for key, each in call["metadata"].items() if key == "nn_module_stack"}
    parts["models/model.json"] = json.dumps(document).encode()
    return parts


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    return zipped(io.BytesIO(), {f"net/{name}": each for name, each in parts.items()}, compression).getvalue()


def told(data: bytes, options: ReadOptions | None = None) -> str:
    """Return the errors of a file; anything but a TranslationError is a defect."""
    try:
        model = read("net.pt2", data=data, options=options, format="pytorch-export")
    except TranslationError as error:
        return _short(str(error))
    for tensor in model.weights.values():
        assert tensor.numpy().shape == tensor.shape
    return ""


def _short(message: str) -> str:
    assert len(message) < 3000
    return message


@pytest.mark.parametrize("name", MAKERS)
def test_what_the_other_tests_are_made_of_is_sound(name: str) -> None:
    assert not told(packed(whole(name)))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document with another value in one place."""
    found = within = copy.copy(document)
    for key in path[:-1]:
        within[key] = copy.copy(within[key])
        within = within[key]
    within[path[-1]] = value
    return found


def fields(document: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of what is read of a document; of what is said about each value, those of two alone."""
    often: dict[str, int] = {}
    for path in places(document):
        if "metadata" in path[4:] or "range_constraints" in path or "module_call_graph" in path:
            continue
        if len(path) > 3 and path[2] == "tensor_values":
            value = often.setdefault(path[3], len(often))
            if value % 17 != 3:
                continue
        yield path


@pytest.mark.parametrize("name", MAKERS)
def test_any_value_in_any_place_is_read_or_told(name: str) -> None:
    parts = dict(whole(name))
    document = json.loads(parts["models/model.json"])
    rng = random.Random(0)
    for path in fields(document):
        for odd in rng.sample(ODD, 2):
            parts["models/model.json"] = json.dumps(changed(document, path, odd)).encode()
            with contextlib.suppress(TranslationError):
                write(read("net.pt2", data=packed(parts)), "design")


@pytest.mark.parametrize(
    "member", ["data/weights/model_weights_config.json", "data/constants/model_constants_config.json"]
)
def test_any_value_in_the_lists_of_arrays_is_read_or_told(member: str) -> None:
    parts = dict(whole("images"))
    document, rng = json.loads(parts[member]), random.Random(0)
    for path in places(document):
        for odd in rng.sample(ODD, 4):
            parts[member] = json.dumps(changed(document, path, odd)).encode()
            told(packed(parts))


def in_weights(parts: dict[str, bytes], **meta: Any) -> dict[str, bytes]:
    """Return parts whose convolution's kernel is said to be otherwise."""
    member = "data/weights/model_weights_config.json"
    document = json.loads(parts[member])
    document["config"]["conv.weight"]["tensor_meta"] |= meta
    return {**parts, member: json.dumps(document).encode()}


def sizes(*numbers: int) -> list[dict[str, int]]:
    return [{"as_int": each} for each in numbers]


ARRAYS = {
    "more numbers than there are": ({"sizes": sizes(1 << 20, 2, 3, 3)}, "reaches to element"),
    "strides beyond the end": ({"strides": sizes(1 << 40, 9, 3, 1)}, "reaches to element"),
    "strides of nothing": ({"sizes": sizes(1 << 30, 2, 3, 3), "strides": sizes(0, 0, 0, 0)}, "of which 72 are there"),
    "backwards": ({"strides": sizes(18, 9, 3, -1)}, "of the shape"),
    "before the start": ({"storage_offset": {"as_int": -4}}, "of the shape"),
    "a size below zero": ({"sizes": sizes(4, 2, -3, 3)}, "of the shape"),
    "fewer strides": ({"strides": sizes(1)}, "4 sizes and 1 strides"),
    "many axes": ({"sizes": sizes(*[1] * 99), "strides": sizes(*[1] * 99)}, "99 sizes"),
    "an unknown type": ({"dtype": 9}, "of the type 9"),
    "a sparse array": ({"layout": 1}, "sparse"),
    "another shape": ({"sizes": sizes(4, 2, 9, 1), "strides": sizes(18, 9, 1, 1)}, "where its graph has"),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_an_array_that_is_not_what_it_says_is_told(case: str) -> None:
    meta, wanted = ARRAYS[case]
    assert wanted in told(packed(in_weights(whole("images"), **meta)))


def test_a_file_that_ends_anywhere_is_told() -> None:
    data = packed(whole("images"))
    for end in (*range(4, 200, 7), *range(200, len(data), 997), len(data) - 1):
        assert told(data[:end])


@pytest.mark.parametrize("seed", range(6))
def test_bytes_that_change_are_told_or_change_numbers_alone(seed: int) -> None:
    data, rng = packed(whole("steps")), random.Random(seed)
    listed = data.rindex(b"PK\x05\x06") - 1000
    for _ in range(40):
        found = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(listed, len(data)) if rng.random() < 0.5 else rng.randrange(len(data))
            found[place] = rng.randrange(256)
        told(bytes(found))


def test_members_that_are_compressed_are_not_unpacked() -> None:
    parts = {**whole("images"), "models/model.json": b" " * (100 << 20)}
    assert "compressed or locked" in told(packed(parts, zipfile.ZIP_DEFLATED))


def test_a_list_of_members_without_end_is_told() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    assert "holds more than" in told(
        b"PK\x03\x04" + entry * 200_000 + ended(200_000, 46 * 200_000, 4, 4 + 46 * 200_000)
    )
    assert "for which there is no room" in told(b"PK\x03\x04" + ended(1 << 40, 46 << 40, 0))
    assert "for which there is no room" in told(b"PK\x03\x04" + ended(1 << 40, 46, 0))


def ended(count: int, size: int, start: int, place: int = 4) -> bytes:
    """Return the end of an archive, in 64 bits, and at a place."""
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    where = struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)
    return wide + where + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def test_two_members_of_one_name_are_told() -> None:
    parts = whole("images")
    buffer = io.BytesIO(packed(parts))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("net/models/model.json", parts["models/model.json"])
    assert "has two members 'net/models/model.json'" in told(buffer.getvalue())


def edited(change: Callable[[dict[str, Any]], None], name: str = "images") -> bytes:
    """Return a file whose graph is changed."""
    parts = dict(whole(name))
    document = json.loads(parts["models/model.json"])
    change(document["graph_module"])
    parts["models/model.json"] = json.dumps(document).encode()
    return packed(parts)


def call_of(module: dict[str, Any], target: str) -> dict[str, Any]:
    return next(each for each in module["graph"]["nodes"] if target in each["target"])


def _round(module: dict[str, Any]) -> None:
    """Have the convolution take what is made of what it gives."""
    last = call_of(module, "softmax")["outputs"][0]
    call_of(module, "conv2d")["inputs"][0]["arg"] = last


def _itself(module: dict[str, Any]) -> None:
    call = call_of(module, "softmax")
    call["inputs"][0]["arg"] = call["outputs"][0]


def _backwards(module: dict[str, Any]) -> None:
    module["graph"]["nodes"].reverse()


def _without_calls(module: dict[str, Any]) -> None:
    module["graph"]["nodes"] = []


def _without_outputs(module: dict[str, Any]) -> None:
    module["signature"]["output_specs"] = []


def _axis(module: dict[str, Any]) -> None:
    call = call_of(module, "permute")
    call["inputs"][1]["arg"] = {"as_ints": [0, 1, 2, 2]}


def _pad(module: dict[str, Any]) -> None:
    call_of(module, "pad")["inputs"][1]["arg"] = {"as_ints": [0, 1 << 60]}


GRAPHS = {
    "a cycle": _round,
    "a call that waits for itself": _itself,
    "calls in the wrong order": _backwards,
    "no calls": _without_calls,
    "no outputs": _without_outputs,
    "axes that stand twice": _axis,
    "a border without end": _pad,
}


@pytest.mark.parametrize("case", GRAPHS)
def test_a_graph_that_makes_no_sense_is_told(case: str) -> None:
    assert "error[" in told(edited(GRAPHS[case]))


def test_names_without_end_are_cut() -> None:
    long = "n" * 1_000_000
    data = json.dumps({"graph_module": {"graph": {"tensor_values": {}, "nodes": [], long: 1}}, "schema_version": long})
    assert told(packed({"models/model.json": data.encode()}))

    def rename(module: dict[str, Any]) -> None:
        call_of(module, "conv2d")["target"] = f"torch.ops.aten.{long}.default"
        call_of(module, "chunk")["inputs"][0]["arg"]["as_tensor"]["name"] = long

    assert told(edited(rename))


PICKLES = {
    "keys that take long to compare": b"\x80\x02}" + b")" + b"2\x86" * 90 + b"K\x01s.",
    "nests": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "laughs": b"\x80\x02]q\x00" + b"".join(b"](h%ch%ce" % (i, i) + b"q%c" % (i + 1) for i in range(90)) + b".",
    "a number of many digits": b"\x80\x02\x8b" + struct.pack("<i", 1 << 16) + b"\x7f" * (1 << 16) + b".",
    "steps without end": b"\x80\x02" + b"N0" * (3 << 20) + b".",
    "nothing to take": b"\x80\x02R.",
    "no mark": b"\x80\x02]e.",
    "no end": b"\x80\x02]",
    "a length below zero": b"\x80\x02\x8b\xff\xff\xff\xff.",
    "memory that is not there": b"\x80\x02h\x07.",
    "an extension": b"\x80\x02\x82\x01.",
    "a buffer": b"\x80\x05\x97.",
    "a frame beyond the end": b"\x80\x04\x95" + b"\xff" * 8 + b"N.",
}


@pytest.mark.parametrize("case", PICKLES)
def test_a_pickle_that_means_harm_is_told_soon(case: str, tmp_path: Path) -> None:
    parts = {"data.pkl": PICKLES[case], "version": b"3"}
    assert "error[" in told(packed(parts))
    (tmp_path / "w.pt").write_bytes(packed(parts))
    assert "error[weights]" in told(packed(whole("images")), ReadOptions(weights=tmp_path / "w.pt"))


def test_a_pickle_says_more_numbers_than_there_are() -> None:
    data = torch_saved({"w": torch.ones(3)})
    for old, new in ((b"K\x03", b"K\xff"), (b"K\x00", b"K\xfe"), (b"\x85", b"\x86")):
        assert old in data
        told(data.replace(old, new))


@pytest.mark.parametrize("new", [True, False])
def test_bytes_of_weights_that_change_are_read_or_told(new: bool, tmp_path: Path) -> None:
    net, rng = MAKERS["images"][0]().eval(), random.Random(1)
    data, model = torch_saved(net.state_dict(), _use_new_zipfile_serialization=new), packed(whole("images"))
    start = data.index(b"data.pkl") if new else 0
    for _ in range(80):
        found = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            found[rng.randrange(start, min(len(data), start + 2500))] = rng.randrange(256)
        (tmp_path / "w.pt").write_bytes(bytes(found[: rng.randrange(len(found))] if rng.random() < 0.2 else found))
        told(model, ReadOptions(weights=tmp_path / "w.pt"))


def test_safetensors_that_change_are_read_or_told(tmp_path: Path) -> None:
    net, rng = MAKERS["images"][0]().eval(), random.Random(2)
    data, model = save(net.state_dict()), packed(whole("images"))
    for _ in range(80):
        found = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            found[rng.randrange(900)] = rng.randrange(256)
        (tmp_path / "w.safetensors").write_bytes(found[: rng.randrange(len(found))] if rng.random() < 0.2 else found)
        told(model, ReadOptions(weights=tmp_path / "w.safetensors"))


def test_nothing_in_a_file_is_called(tmp_path: Path) -> None:
    trap = pickle.dumps(Trap(tmp_path / "trace"), protocol=2)
    for parts in (
        {"data.pkl": trap, "version": b"3"},
        {
            "models/model.json": whole("images")["models/model.json"],
            "data/weights/model.pt": packed({"data.pkl": trap}),
        },
        {"serialized_exported_program.json": b"{}", "serialized_state_dict.pt": packed({"data.pkl": trap})},
    ):
        assert "error[" in told(packed(parts))
    with contextlib.suppress(Flaw):
        unpickled(io.BytesIO(trap))
    assert not (tmp_path / "trace").exists()


MEMORY = """
import resource, sys
from translator import TranslationError, read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    try:
        read(path)
    except TranslationError as error:
        assert str(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def test_what_files_claim_takes_no_memory(tmp_path: Path) -> None:
    claims = {
        "sizes": packed(in_weights(whole("images"), sizes=sizes(1 << 30, 2, 3, 3), strides=sizes(0, 0, 0, 0))),
        "unpacked": packed({"models/model.json": b" " * (400 << 20)}, zipfile.ZIP_DEFLATED),
        "members": b"PK\x03\x04" + ended(1 << 40, 46 << 40, 0),
        "border": edited(_pad),
    }
    for name, data in claims.items():
        (tmp_path / f"{name}.pt2").write_bytes(data)
    command = [sys.executable, "-c", MEMORY, *(str(tmp_path / f"{name}.pt2") for name in claims)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100
