"""What the engine of a net's own format makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ir import Model
from translator import verification


def onnx_inputs(session: Any, model: Model, seed: int) -> dict[str, Any]:
    """Return inputs for an original of ONNX, those that are indices within their tables."""
    rng = np.random.default_rng(seed)
    drawn = verification.random_inputs(model.graph, seed)
    found = {}
    for each in session.get_inputs():
        dtype = np.dtype({"float": "float32", "double": "float64"}.get(each.type[7:-1], each.type[7:-1]))
        shape = [size if isinstance(size, int) else 1 for size in each.shape]
        value = drawn.get(each.name, rng.standard_normal(shape))
        found[each.name] = np.asarray(np.rint(value) if dtype.kind in "iu" else value).astype(dtype)
    return found


def run_onnx(path: Path, model: Model, seed: int = 0) -> tuple[dict[str, Any], list[Any]]:
    """Return seeded inputs, and what ONNX Runtime makes of them by the original, whatever ONNX's checker says of it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = onnx_inputs(session, model, seed)
    return inputs, list(session.run(None, inputs))


def onnx_reference(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """Return the inputs and outputs that came with a net, which says nothing of its own where there are none."""
    import onnx

    proto = onnx.load(path)
    folder = path.with_name(f"{path.name}.ref") / "test_data_set_0"
    held = {each.name for each in proto.graph.initializer}
    names = [each.name for each in proto.graph.input if each.name not in held]
    inputs = {name: _array(folder / f"input_{i}.pb") for i, name in enumerate(names)}
    return inputs, [_array(folder / f"output_{i}.pb") for i in range(len(proto.graph.output))]


def _array(path: Path) -> Any:
    import onnx

    return onnx.numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def onnx_truth(path: Path, model: Model) -> tuple[dict[str, Any], list[Any], str]:
    """Return what the original makes of seeded inputs, or, where ONNX Runtime does not run it, what came with it.

    The last is why it does not run, where it does not.
    """
    try:
        return *run_onnx(path, model), ""
    except Exception as error:
        return *onnx_reference(path), f"{type(error).__name__}: {' '.join(str(error).split())[:100]}"
