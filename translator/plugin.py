'''Teach the translator layers of your own: one Python file, `--plugin FILE`, or an entry point of an installed package.

A plugin is a program that the user names, and it is run. It defines the layer and says how frameworks have it:

    from translator.plugin import Field, Layer, Rule, param, teach

    class Cube(Layer, elementwise=True):
        """Raise to the third power."""

        gain: float = param("What the result is multiplied by.", default=1.0)

    teach("caffe", Rule("Cube", Cube, group="cube_param", gain=Field("gain", absent=1.0)))
    teach("pytorch", Rule("Cube", Cube, gain=Field("gain")), source=CUBE)

where CUBE is the text of a class that goes with the emitted source. Where a layer means the same as others of the
catalogue do, a lowering (`lowers`) says so for all targets at once. `fixtures/plugins/cube.py` is a whole one.
'''

from __future__ import annotations

import importlib
import importlib.util
import traceback
from collections.abc import Mapping
from pathlib import Path

from ir import layers
from ir.diagnostics import Report, TranslationError
from ir.graph import Node, Ref
from ir.kinds import Axis, Counts, Pads, Size, Sizes
from ir.layer import Layer, LayerError, Weight, param
from ir.origin import Origin, Source
from ir.shapes import Shape, ShapeError
from translator.mapping import Always, At, Blob, Codec, Field, Rule, Said, Unsayable, Word
from translator.passes.legalize import Place, Replacement, chain, lowers


def teach(framework: str, rule: Rule, source: str | Mapping[str, str] = "") -> None:
    """Add a rule to a framework's table, before those that it has.

    `source` is the text of the class that emitted Keras or PyTorch source brings along, named as the layer is there.
    For Keras a mapping gives one text for each layout, `channels_last` and `channels_first`.
    """
    table = importlib.import_module(f"translator.dialects.{framework}.mapping")
    table.teach(rule, *([source] if source else []))


def load_file(path: Path, report: Report) -> None:
    """Run a plugin; raise TranslationError where that fails (`file`, `plugin`)."""
    origin = Origin(Source(str(path)))
    spec = importlib.util.spec_from_file_location(f"plugin_{path.stem}", path.resolve())
    if not path.is_file() or spec is None or spec.loader is None:
        report.add("file", "is no Python file that can be run", origin)
        raise TranslationError(report)
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except Exception as error:  # A plugin may do anything.
        lines = [
            each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == str(path.resolve())
        ]
        where = f"line {lines[-1]}: " if lines else ""
        report.add("plugin", f"{where}{type(error).__name__}: {error}", origin)
        raise TranslationError(report) from None


__all__ = [
    "Always",
    "At",
    "Axis",
    "Blob",
    "Codec",
    "Counts",
    "Field",
    "Layer",
    "LayerError",
    "Node",
    "Pads",
    "Place",
    "Ref",
    "Replacement",
    "Rule",
    "Said",
    "Shape",
    "ShapeError",
    "Size",
    "Sizes",
    "Unsayable",
    "Weight",
    "Word",
    "chain",
    "layers",
    "lowers",
    "param",
    "teach",
]
