"""What torch.save writes, read without unpickling: no name in it is looked up, and nothing in it is called.

A pickle is a program for a stack. The few steps of it that build plain data are done here; what a function or class is
to make is kept as its name and arguments (`Made`), of which those that stand for tensors are understood.
Source: https://docs.python.org/3/library/pickletools.html, and `torch/serialization.py` of PyTorch 2.13
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ir.kinds import LARGEST, short
from ir.weights import Tensor
from translator import bounds
from translator.dialects.pytorch.archive import SIGNATURE, Archive
from translator.dialects.pytorch.exported import Flaw
from translator.dialects.pytorch.storages import strided, width

LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How a file begins that torch.save wrote before PyTorch 1.6: a pickle of the number 0x1950a86a20f9469cfc6c."""
STORAGES = {
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "ShortStorage": "int16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "HalfStorage": "float16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "BoolStorage": "bool",
    "BFloat16Storage": "bfloat16",
}


class Global(NamedTuple):
    """A function or a class that is named, and not looked up."""

    name: str


class Made(NamedTuple):
    """What a function or a class would make of arguments."""

    by: str
    arguments: Any


class Storage(NamedTuple):
    """A run of elements that lies beside the pickle."""

    dtype: str
    key: str
    length: int


class Stored(NamedTuple):
    """A tensor: its storage, and how its elements lie in it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


_MARK = object()


class _Machine:
    """The stack and the memory of a pickle."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[Any, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Do one step; raise Flaw where it is none that plain data needs."""
        stack = self.stack
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name]())
        elif name in _ARGUMENTS:
            stack.append(argument)
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self.memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self.memo[argument])
        elif name == "GLOBAL":
            stack.append(Global(argument.replace(" ", ".")))
        elif name not in ("PROTO", "FRAME"):
            if name not in _STEPS:
                raise Flaw(f"has a pickle with the step {name}, which plain data does not need")
            _STEPS[name](self)

    def marked(self) -> list[Any]:
        """Take what stands above the mark, and the mark."""
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
        found = self.stack[place + 1 :]
        del self.stack[place:]
        return found

    def top(self, count: int) -> list[Any]:
        """Take the last values."""
        if len(self.stack) < count:
            raise IndexError
        found = self.stack[-count:]
        del self.stack[-count:]
        return found


def _extend(machine: _Machine, items: list[Any]) -> None:
    if isinstance(machine.stack[-1], list):
        machine.stack[-1].extend(items)


def _put(machine: _Machine, items: list[Any]) -> None:
    """Put keys and values into a dictionary; into what is none it makes no difference."""
    if isinstance(machine.stack[-1], dict):
        machine.stack[-1].update(_by_text(zip(items[::2], items[1::2], strict=True)))


def _by_text(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return what has a text for its key: tensors have, and to compare other keys may take long."""
    return {key: value for key, value in pairs if isinstance(key, str)}


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def _reduce(machine: _Machine) -> None:
    by, arguments = machine.top(2)
    machine.stack.append(_made(by.name if isinstance(by, Global) else "", arguments))


def _persistent(machine: _Machine) -> None:
    (told,) = machine.top(1)
    if told[0] == "module":  # A class, with the text of its source.
        machine.stack.append(told[1])
        return
    tag, kind, key, _, count = told[:5]
    dtype = STORAGES.get(kind.name.rpartition(".")[2], "") if isinstance(kind, Global) else ""
    dtype = "uint8" if isinstance(kind, Global) and kind.name.endswith("UntypedStorage") else dtype
    if tag != "storage" or not dtype or not isinstance(key, str) or not _is_size(count):
        raise Flaw("has a pickle that refers to something which is no storage of numbers that are read")
    machine.stack.append(Storage(dtype, key, count))


def _named(machine: _Machine) -> None:
    module, name = machine.top(2)
    machine.stack.append(Global(f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else ""))


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
    "MARK": lambda: _MARK,
}
_ARGUMENTS = frozenset(
    [
        "BININT",
        "BININT1",
        "BININT2",
        "LONG1",
        "LONG4",
        "INT",
        "LONG",
        "BINFLOAT",
        "FLOAT",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "UNICODE",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BINSTRING",
        "SHORT_BINSTRING",
    ]
)
_STEPS: dict[str, Callable[[_Machine], Any]] = {
    "TUPLE": lambda machine: machine.stack.append(tuple(machine.marked())),
    "TUPLE1": lambda machine: machine.stack.append(tuple(machine.top(1))),
    "TUPLE2": lambda machine: machine.stack.append(tuple(machine.top(2))),
    "TUPLE3": lambda machine: machine.stack.append(tuple(machine.top(3))),
    "LIST": lambda machine: machine.stack.append(machine.marked()),
    "APPEND": lambda machine: _extend(machine, machine.top(1)),
    "APPENDS": lambda machine: _extend(machine, machine.marked()),
    "ADDITEMS": lambda machine: _extend(machine, machine.marked()),
    "SETITEM": lambda machine: _put(machine, machine.top(2)),
    "SETITEMS": lambda machine: _put(machine, machine.marked()),
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "BUILD": lambda machine: machine.top(1),
    "BINPERSID": _persistent,
    "STACK_GLOBAL": _named,
    "POP": lambda machine: machine.top(1),
    "STOP": lambda machine: None,
}


def _made(by: str, arguments: Any) -> Any:
    """Return what a function makes of arguments, where it is one of those that rebuild tensors."""
    if by == "collections.OrderedDict":
        return _by_text(arguments[0]) if arguments else {}
    if by in ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"):
        return arguments[0]
    if by in ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"):
        storage, offset, shape, strides = arguments[:4]
        numbers = (offset, *shape, *strides)
        if not isinstance(storage, Storage) or not all(map(_is_size, numbers)):
            raise Flaw("has a pickle with a tensor that has no storage, or no shape")
        return Stored(storage, offset, tuple(shape), tuple(strides))
    return Made(by, arguments)


def unpickled(stream: io.BytesIO) -> Any:
    """Return the plain data of the pickle that a stream holds next; raise Flaw where there is none."""
    machine = _Machine()
    try:
        for count, (step, argument, _) in enumerate(pickletools.genops(stream)):
            if count > bounds.VALUES:
                raise Flaw(f"has a pickle of more than {bounds.VALUES} steps")
            machine.step(step.name, argument)
        return machine.stack[-1]
    except Flaw:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError):
        raise Flaw("has a damaged pickle") from None


Parts = Callable[[Storage], memoryview]
"""Gives the bytes of a storage."""


def opened(view: memoryview) -> tuple[Any, Parts]:
    """Return what torch.save wrote, as plain data, and where its numbers are.

    Raises Flaw where it is no such file, or code (TorchScript).
    """
    if bytes(view[:4]) != SIGNATURE:
        return _legacy(view)
    archive = Archive(view)
    if "constants.pkl" in archive or any(name.startswith("code/") for name in archive.names()):
        raise Flaw("is TorchScript, a program that only PyTorch can run: export its module anew with torch.export")
    if bytes(archive.part("byteorder") if "byteorder" in archive else b"little").strip() != b"little":
        raise Flaw("has its bytes in the order of another machine")
    found = unpickled(io.BytesIO(archive.text("data.pkl")))
    return found, lambda storage: archive.part(f"data/{storage.key}")


def _legacy(view: memoryview) -> tuple[Any, Parts]:
    """Read a file from before PyTorch 1.6: pickles one after the other, and the storages behind them."""
    if bytes(view[: len(LEGACY)]) != LEGACY:
        raise Flaw("is none that torch.save wrote")
    stream = io.BytesIO(view[: bounds.LARGEST])
    *_, found, keys = (unpickled(stream) for _ in range(5))
    at = stream.tell()
    parts: dict[str, memoryview] = {}
    storages = {storage.key: storage for storage in _storages(found)}
    for key in keys if isinstance(keys, list) and not isinstance(found, Made) else ():
        if not isinstance(key, str) or key not in storages:
            raise Flaw("has numbers of an unknown kind, so that it is not known where the others are")
        end = at + 8 + int.from_bytes(view[at : at + 8], "little") * width(storages[key].dtype)
        if end > len(view):
            raise Flaw("ends before the numbers that it says it has")
        parts[key], at = view[at + 8 : end], end
    return found, lambda storage: parts.get(storage.key, memoryview(b""))


def _inner(value: Any) -> Iterator[Any]:
    """Yield a value and all that lies within it, each once, what is less deep first."""
    seen: set[int] = set()
    level = [value]
    while level:
        yield from level
        within = [each.values() if isinstance(each, dict) else each for each in level if type(each) in (dict, list)]
        new = [each for values in within for each in values]
        level = []
        for each in new:
            if id(each) not in seen:
                seen.add(id(each))
                level.append(each)


def _storages(value: Any) -> Iterator[Storage]:
    return (each.storage for each in _inner(value) if isinstance(each, Stored))


def plain(found: Made) -> str:
    """Return the name of what a function or class would make, as a message has it."""
    return found.by[:80] or "object"


def state_of(view: memoryview, *, empty: bool = False) -> dict[str, Tensor]:
    """Return the state dictionary that torch.save wrote, alone or within a checkpoint, with lazy tensors.

    Raises Flaw where there is none (unless it may be `empty`), or its tensors do not lie in the file.
    """
    found, part = opened(view)
    if isinstance(found, Made):
        raise Flaw(f"is a pickled {plain(found)}, which only its code can make: save its state_dict() instead")
    for each in _inner(found):
        if isinstance(each, dict):
            stored = {key: value for key, value in each.items() if isinstance(value, Stored) and isinstance(key, str)}
            if stored:
                return {key: _lazy(key, value, part(value.storage)) for key, value in stored.items()}
    if empty and isinstance(found, dict):
        return {}
    raise Flaw("holds no tensors by their names")


def tensor_of(name: str, view: memoryview) -> Tensor:
    """Return the one tensor that torch.save wrote."""
    found, part = opened(view)
    if not isinstance(found, Stored):
        raise Flaw(f"has something else than a tensor for {short(name)}")
    return _lazy(name, found, part(found.storage))


def _lazy(name: str, stored: Stored, data: memoryview) -> Tensor:
    storage = stored.storage
    if storage.length * width(storage.dtype) > len(data):
        raise Flaw(
            f"says that an array {short(name)} lies in {storage.length} numbers, but {len(data)} bytes are there"
        )
    return strided(name, data, storage.dtype, stored.shape, stored.strides, stored.offset)


__all__ = ["LEGACY", "Made", "opened", "plain", "state_of", "tensor_of"]
