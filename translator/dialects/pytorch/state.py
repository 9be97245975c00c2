"""Weights of another file laid over those of a program: safetensors, or a state dictionary that torch.save wrote."""

from __future__ import annotations

from pathlib import Path

from ir.diagnostics import Report
from ir.origin import Origin, Source
from ir.shapes import show
from ir.weights import Tensor
from translator import bounds
from translator.dialects.pytorch.archive import SIGNATURE
from translator.dialects.pytorch.exported import Exported, Flaw, Held
from translator.dialects.pytorch.pickled import LEGACY, state_of
from translator.safetensors import SafetensorsError
from translator.safetensors import load as load_safetensors

PREFIXES = ("module.", "model.", "_orig_mod.")
"""What wrappers put before every name: DataParallel, Lightning, torch.compile."""


def lay_over(exported: Exported, path: Path, report: Report) -> None:
    """Put the arrays of a file in the place of a program's own, by their names.

    Errors: `weights`. What the file lacks (`missing-weights`) stays as the program has it.
    """
    origin = Origin(Source(str(path)))
    try:
        arrays = _state(path)
    except (Flaw, SafetensorsError) as error:
        report.add("weights", str(error), origin)
        return
    arrays = _unprefixed(arrays, {held.key for held in exported.held.values()})
    laid: dict[int, Tensor] = {}
    for name, held in exported.held.items():
        found = arrays.get(held.key)
        if found is None and id(held.tensor) not in laid:
            if "float" in held.tensor.dtype:
                told = f"{held.key} is not in this file; it stays as the program has it"
                report.add("missing-weights", told, origin)
            continue
        found = laid.setdefault(id(held.tensor), found) if found is not None else laid[id(held.tensor)]
        if found.shape != held.tensor.shape:
            told = f"{held.key} is {show(found.shape)} here, but {show(held.tensor.shape)} in the program"
            report.add("weights", told, origin)
            continue
        exported.held[name] = Held(held.key, found)
    unused = arrays.keys() - {held.key for held in exported.held.values()}
    if unused:
        told = f"{len(unused)} arrays have no place in the program: {', '.join(sorted(unused)[:5])}"
        report.add("unused-weights", told, origin)


def _state(path: Path) -> dict[str, Tensor]:
    """Return the arrays of a file by their names."""
    view = bounds.mapped(path)
    if bytes(view[:4]) == SIGNATURE or bytes(view[: len(LEGACY)]) == LEGACY:
        return state_of(view)
    if path.suffix == ".safetensors" or bytes(view[8:9]) == b"{":
        return load_safetensors(path)
    raise Flaw("is neither safetensors nor a state dictionary that torch.save wrote; nothing else is unpickled")


def _unprefixed(arrays: dict[str, Tensor], wanted: set[str]) -> dict[str, Tensor]:
    """Return arrays without what a wrapper put before their names, where that makes names that are wanted."""
    for prefix in PREFIXES:
        cut = {name.removeprefix(prefix): tensor for name, tensor in arrays.items()}
        if not wanted & arrays.keys() and wanted & cut.keys():
            return cut
    return arrays


__all__ = ["lay_over"]
