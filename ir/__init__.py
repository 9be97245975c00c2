"""The intermediate representation: what a model is, whatever it was written in."""

from ir.diagnostics import CODES, Diagnostic, Report, TranslationError
from ir.graph import Graph, Input, Model, Node, Ref
from ir.layer import CATALOGUE, Layer, LayerError
from ir.origin import Origin, Source
from ir.weights import Tensor

__all__ = [
    "CATALOGUE",
    "CODES",
    "Diagnostic",
    "Graph",
    "Input",
    "Layer",
    "LayerError",
    "Model",
    "Node",
    "Origin",
    "Ref",
    "Report",
    "Source",
    "Tensor",
    "TranslationError",
]
