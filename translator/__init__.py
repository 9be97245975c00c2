"""Translate neural networks between formats.

from translator import translate
translate("deploy.prototxt", "keras", "net.py")
"""

from __future__ import annotations

from ir.diagnostics import Diagnostic, Report, TranslationError
from ir.graph import Graph, Model
from translator.checking import check
from translator.convert import Translation, read, translate, write
from translator.options import ReadOptions, WriteOptions

__all__ = [
    "Diagnostic",
    "Graph",
    "Model",
    "ReadOptions",
    "Report",
    "Translation",
    "TranslationError",
    "WriteOptions",
    "check",
    "read",
    "translate",
    "write",
]
