"""The bytes of an ONNX model: the graph as protobuf, with initializers that are read as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ir.weights import Tensor
from translator.dialects.onnx.emission import Op
from translator.wire import Pieces, Stream

LIMIT = (1 << 31) - 1
"""The size in bytes of the largest protobuf message."""
TYPES = {"float32": 1, "int64": 7}
"""TensorProto.DataType, of what is written here."""


def to_node(op: Op) -> Any:
    """Return an operator as a NodeProto."""
    from onnx import NodeProto, helper

    node = NodeProto(op_type=op.kind, input=op.inputs, output=op.outputs, name=op.name, domain=op.domain)
    node.attribute.extend(helper.make_attribute(name, value) for name, value in sorted(op.attributes.items()))
    return node


def to_message(model: Any, initializers: Mapping[str, Tensor]) -> Pieces:
    """Return a ModelProto, and initializers that are not in it, as one message.

    The fields of a message may come in any order, so that the initializers can follow the rest of the graph.
    Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
    """
    graph = Pieces()
    graph.add(model.graph.SerializeToString())
    for name, tensor in initializers.items():
        graph.message(5, _tensor(name, tensor))
    whole = Pieces()
    model.ClearField("graph")
    whole.add(model.SerializeToString())
    whole.message(7, graph)
    return whole


def _tensor(name: str, tensor: Tensor) -> Pieces:
    proto = Pieces()
    for size in tensor.shape:
        proto.number(1, size)
    proto.number(2, TYPES[tensor.dtype])
    proto.text(8, name)
    width = {"float32": 4, "int64": 8}[tensor.dtype]
    proto.stream(9, Stream(tensor.size * width, lambda: (tensor.bytes(),)))
    return proto
