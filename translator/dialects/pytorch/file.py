"""A `.pt2` file to a program: the JSON of its graph, and its arrays where they lie.

Three forms are known. Since PyTorch 2.9 each array is a member of the archive, as it is; in 2.8 the arrays of a program
were one file of torch.save, as they were up to 2.7, where the archive had other names.
Source: `torch/export/pt2_archive/_package.py` of PyTorch 2.13, `torch/export/__init__.py` of 2.5
"""

from __future__ import annotations

from typing import Any

from ir.diagnostics import Report
from ir.origin import Source
from ir.weights import Tensor
from translator.dialects.pytorch import schema
from translator.dialects.pytorch.archive import SIGNATURE, Archive
from translator.dialects.pytorch.exported import Exported, Flaw
from translator.dialects.pytorch.pickled import Made, opened, plain, state_of, tensor_of
from translator.dialects.pytorch.storages import strided
from translator.json_document import parse

OLD_MODEL = "serialized_exported_program.json"
OLD_ARRAYS = ("serialized_constants.pt", "serialized_state_dict.pt")
EXPORT = "torch.export.save(torch.export.export(module.eval(), (example,)), 'net.pt2')"


class Refused(Exception):
    """A file of PyTorch is none of torch.export: the message says what it is, and the hint what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def load(view: memoryview, name: str, source: Source, report: Report) -> Exported:
    """Return the program of a file; what is no JSON in it is reported.

    Raises Refused where the file is another one of PyTorch's, and Flaw where it is none, or damaged.
    """
    if bytes(view[:4]) != SIGNATURE:
        raise _refusal(view, None)
    archive = Archive(view)
    models = [each for each in archive.names() if each.startswith("models/") and each.endswith(".json")]
    if OLD_MODEL in archive:
        arrays = {key: each for member in OLD_ARRAYS for key, each in _saved(archive, member).items()}
        model = OLD_MODEL
    elif models:
        model = "models/model.json" if "models/model.json" in models else models[0]
        called = model.removeprefix("models/").removesuffix(".json")
        arrays = _arrays(archive, "data/constants/", f"{called}_constants_config.json", f"{called}.pt", source, report)
        arrays |= _arrays(archive, "data/weights/", f"{called}_weights_config.json", f"{called}.pt", source, report)
    else:
        raise _refusal(view, archive)
    document = _json(archive, model, source, report)
    report.stop_on_errors()
    return schema.program(document, name, source, arrays)


def _json(archive: Archive, member: str, source: Source, report: Report) -> Any:
    document, _ = parse(f"{source.name}:{member}", archive.text(member), report, infinite=True)
    return document


def _saved(archive: Archive, member: str) -> dict[str, Tensor]:
    """Return the arrays of a member that torch.save wrote; there may be none."""
    if member not in archive or not len(archive.part(member)):
        return {}
    return state_of(archive.part(member), empty=True)


def _arrays(archive: Archive, folder: str, config: str, old: str, source: Source, report: Report) -> dict[str, Tensor]:
    """Return the arrays of a program; those that are one in the file are one here too."""
    if folder + config not in archive:
        return _saved(archive, folder + old)
    told = _json(archive, folder + config, source, report)
    report.stop_on_errors()
    found: dict[str, Tensor] = {}
    same: dict[Any, Tensor] = {}
    for name, (path, pickled, meta) in schema.payload(told).items():
        if pickled and meta is None:
            continue  # An object, and no array: its calls are told to be of no known layer.
        part = archive.part(folder + path)
        if pickled:
            found[name] = tensor_of(name, part)
            continue
        dtype, shape, strides, offset = schema.layout(meta)
        place = (path, dtype, shape, strides, offset)
        if place not in same:
            same[place] = strided(name, part, dtype, shape, strides, offset)
        found[name] = same[place]
    return found


def _refusal(view: memoryview, archive: Archive | None) -> Exception:
    """Return why a file is refused that is no program of torch.export."""
    hint = f"export the module in Python: {EXPORT}"
    if archive is not None and ("constants.pkl" in archive or any(n.startswith("code/") for n in archive.names())):
        return Refused("is TorchScript, a program that is code of its own and is not read", hint)
    try:
        found, _ = opened(view)
    except Flaw as flaw:
        return flaw
    if isinstance(found, Made):
        told = f"is a pickled {plain(found)}, which only its code can make: it is never unpickled"
        return Refused(told, hint)
    told = "holds weights alone, and not the model that they belong to"
    return Refused(told, f"translate the model, and name this file with --weights; {hint}")


__all__ = ["Refused", "load"]
