"""ONNX: a protobuf file with graph and weights."""

from __future__ import annotations

from translator.dialect import Dialect

DIALECTS = (Dialect("onnx", "ONNX model", folder="onnx", suffixes=(".onnx",), extra="onnx"),)
