"""ONNX: a protobuf file with graph and weights."""

from __future__ import annotations

from translator import wire
from translator.dialect import Dialect

_IR_VERSION, _GRAPH = 1, 7


def _sniff(head: bytes) -> bool:
    """Tell whether a file begins as a ModelProto: with its version, or with other fields of it before the graph.

    A NetParameter of Caffe may begin alike, but its field 7 is a flag, and its field 1 a text.
    """
    at, data = 0, memoryview(head)
    try:
        while at < len(data):
            key, at = wire.read_varint(data, at)
            number, kind = key >> 3, key & 7
            if (number, kind) in ((_IR_VERSION, wire.VARINT), (_GRAPH, wire.BYTES)):
                return True
            if kind not in (wire.VARINT, wire.BYTES) or number not in (2, 3, 4, 5, 6, 8, 14):
                return False
            size, at = wire.read_varint(data, at)
            at += size if kind == wire.BYTES else 0
    except wire.WireError:
        return False
    return False


DIALECTS = (Dialect("onnx", "ONNX model", folder="onnx", suffixes=(".onnx",), reads=True, extra="onnx", sniff=_sniff),)
