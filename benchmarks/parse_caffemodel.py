"""Parse a caffemodel into arrays with protobuf, and nothing else: what the speed of a translation is held to.

python benchmarks/parse_caffemodel.py FILE
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELDS = {
    "NetParameter": [("layer", 100, "LayerParameter")],
    "LayerParameter": [("name", 1, "string"), ("blobs", 7, "BlobProto")],
    "BlobProto": [("data", 5, "float"), ("shape", 7, "BlobShape")],
    "BlobShape": [("dim", 1, "int64")],
}
"""What of caffe.proto holds the weights."""

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {"string": Field.TYPE_STRING, "float": Field.TYPE_FLOAT, "int64": Field.TYPE_INT64}


def net_parameter() -> Any:
    """Return a class for the message of a net."""
    file = descriptor_pb2.FileDescriptorProto(name="weights.proto", package="weights", syntax="proto2")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            single = kind == "string" or field == "shape"
            added = message.field.add(name=field, number=number)
            added.label = Field.LABEL_OPTIONAL if single else Field.LABEL_REPEATED
            added.type = SCALARS.get(kind, Field.TYPE_MESSAGE)
            if kind not in SCALARS:
                added.type_name = f".weights.{kind}"
            elif not single:
                added.options.packed = True
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("weights.NetParameter"))


def arrays(path: Path) -> dict[str, list[Any]]:
    """Return the weights of each layer."""
    net = net_parameter().FromString(path.read_bytes())
    return {
        layer.name: [np.asarray(blob.data, np.float32).reshape(blob.shape.dim) for blob in layer.blobs]
        for layer in net.layer
    }


if __name__ == "__main__":
    found = arrays(Path(sys.argv[1]))
    print(sum(each.nbytes for blobs in found.values() for each in blobs) >> 20, "MiB of weights")
