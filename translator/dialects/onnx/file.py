"""The bytes of an ONNX model: the graph as protobuf, with initializers that are read as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ir.weights import Tensor
from translator.dialects.onnx.emission import Op
from translator.wire import Pieces, Stream

LIMIT = (1 << 31) - 1
"""The size in bytes of the largest protobuf message; weights beyond it go to a file of their own."""
TYPES = {"float32": 1, "int64": 7}
"""TensorProto.DataType, of what is written here."""
WIDTHS = {"float32": 4, "int64": 8}
"""The bytes of an element."""
PAGE = 4096
"""How bytes are aligned that an engine may map: https://onnx.ai/onnx/repo-docs/ExternalData.html."""


def to_node(op: Op) -> Any:
    """Return an operator as a NodeProto."""
    from onnx import NodeProto, helper

    node = NodeProto(op_type=op.kind, input=op.inputs, output=op.outputs, name=op.name, domain=op.domain)
    node.attribute.extend(helper.make_attribute(name, _plain(value)) for name, value in sorted(op.attributes.items()))
    return node


def _plain(value: Any) -> Any:
    """Return an attribute's content as ONNX's own functions take it: an array as a message."""
    from onnx import numpy_helper

    return numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value


@dataclass
class Beside:
    """Weights in a file of their own: its name, and what it holds so far."""

    name: str
    data: Pieces = field(default_factory=Pieces)

    def place(self, stream: Stream) -> tuple[int, int]:
        """Add bytes where a page of memory may begin, so that they can be mapped; return the offset and the size."""
        self.data.add(bytes(-self.data.size % PAGE))
        offset = self.data.size
        self.data.add(stream)
        return offset, stream.size


def to_message(model: Any, initializers: Mapping[str, Tensor], beside: Beside | None = None) -> Pieces:
    """Return a ModelProto, and initializers that are not in it, as one message; large ones may lie in another file.

    The fields of a message may come in any order, so that the initializers can follow the rest of the graph.
    Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
    """
    graph = Pieces()
    graph.add(model.graph.SerializeToString())
    for name, tensor in initializers.items():
        graph.message(5, _tensor(name, tensor, beside))
    shell = type(model)()
    shell.CopyFrom(model)
    shell.ClearField("graph")
    whole = Pieces()
    whole.add(shell.SerializeToString())
    whole.message(7, graph)
    return whole


def _tensor(name: str, tensor: Tensor, beside: Beside | None) -> Pieces:
    proto = Pieces()
    for size in tensor.shape:
        proto.number(1, size)
    proto.number(2, TYPES[tensor.dtype])
    proto.text(8, name)
    stream = Stream(tensor.size * WIDTHS[tensor.dtype], lambda: (tensor.bytes(),))
    if beside is None or stream.size < PAGE:
        proto.stream(9, stream)
        return proto
    offset, length = beside.place(stream)
    for entry in (("location", beside.name), ("offset", str(offset)), ("length", str(length))):
        pair = Pieces()
        for number, text in enumerate(entry, 1):
            pair.text(number, text)
        proto.message(13, pair)
    proto.number(14, 1)
    return proto
