"""An `nn.Module`, or what torch.export made of one, to a program. PyTorch is there: the object is one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Declared, Exported, Flaw, Held, Named, Operator, Size
from translator.dialects.pytorch.inlining import WRAPPERS, Inner, inline, is_wrapper
from translator.dialects.pytorch.leaves import Leaf, as_operators, leaves


def exported(module: Any, inputs: Any, dynamic_shapes: Any, report: Report) -> Any:
    """Return what torch.export makes of a module, as it works at inference, and its parts that are layers of ours.

    Without `dynamic_shapes` the first axis of each input is left open where the module allows it.
    """
    import torch

    origin = Origin(Source(type(module).__name__))
    if inputs is None:
        told = "a module needs example inputs to be exported"
        report.add("value", told, origin, hint="read(module, (torch.randn(1, 3, 224, 224),))")
        report.stop_on_errors()
    given = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    own = leaves(module)
    with _at_inference(module), as_operators(module, own):
        if dynamic_shapes is None:
            found = _with_open_batch(module, given)
            if found is not None:
                return found, own
        try:
            return torch.export.export(module, given, dynamic_shapes=dynamic_shapes or None), own
        except Exception as error:  # What a module does may fail in any way.
            report.add("value", f"torch.export cannot follow the module: {_first_line(error)}", origin)
            report.stop_on_errors()


@contextmanager
def _at_inference(module: Any) -> Iterator[None]:
    """Bring a module to inference, and afterwards each of its parts back to what it was."""
    were = [(each, each.training) for each in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for each, training in were:
            each.training = training


def _with_open_batch(module: Any, given: tuple[Any, ...]) -> Any:
    """Export a module with the first axis of each input open; None where it has none, or fixes it.

    An axis of size 1 would be fixed, so that such inputs are doubled.
    """
    import torch

    tensors = [each for each in given if isinstance(each, torch.Tensor)]
    if len(tensors) < len(given) or not tensors or any(each.dim() < 2 for each in tensors):
        return None
    if len({each.shape[0] for each in tensors}) > 1:
        return None
    doubled = tuple(torch.cat([each, each]) if each.shape[0] == 1 else each for each in tensors)
    batch = torch.export.Dim("batch", min=1)
    try:
        return torch.export.export(module, doubled, dynamic_shapes=tuple({0: batch} for _ in doubled))
    except Exception:  # Then it is exported as it is.
        return None


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def program(found: Any, name: str, own: dict[str, Leaf] | None = None) -> Exported:
    """Return an ExportedProgram as plain data, its arrays left where they are; `own` are its parts that are layers."""
    made = Exported(name, Source(name), own=own or {})
    signature = found.graph_signature
    for node in found.graph.nodes:
        _declare(made, node)
    arrays = {**found.constants, **found.state_dict}
    for spec in signature.input_specs:
        called, target = getattr(spec.arg, "name", ""), spec.target
        if spec.kind.name == "USER_INPUT" and called in made.tensors:
            made.inputs.append(called)
        elif target is not None and hasattr(arrays.get(target), "detach"):
            made.held[called] = Held(target, lazy(target, arrays[target]))
    for spec in signature.output_specs:
        if spec.kind.name == "USER_OUTPUT":
            called = getattr(spec.arg, "name", "")
            if called in made.tensors:
                made.outputs.append(called)
            elif getattr(spec.arg, "value", called) is not None:
                made.left_out.append(f"the output {called or spec.arg.value!r}")
    made.operators = _operators(made, found.graph_module)
    return made


def _operators(made: Exported, module: Any) -> list[Operator]:
    """Return the operators of a graph, those of graphs within it among them where they are only run."""
    operators = []
    for node in module.graph.nodes:
        if node.op == "call_function":
            operators += _inlined(made, node, module) or [_operator(node)]
    return operators


def _inlined(made: Exported, node: Any, module: Any) -> list[Operator] | None:
    """Return the operators of the graph that a call runs; None where it is another call."""
    target = f"{getattr(node.target, 'namespace', '')}.{getattr(node.target, '__name__', '')}"
    if not is_wrapper(target, node.args):
        return None
    place = WRAPPERS[target]
    within = getattr(module, str(node.args[place].target))
    values = Exported(made.name, made.source)
    inputs, outputs = [], []
    for each in within.graph.nodes:
        _declare(values, each)
        if each.op == "placeholder":
            inputs.append(each.name)
        elif each.op == "output":
            outputs = [_argument(given) for given in each.args[0]]
    if not all(isinstance(each, Named) for each in outputs):
        return None
    called = _operator(node)
    value = node.meta.get("val")
    call = replace(called, outputs=tuple(_part(node, at) for at in range(len(value))))
    names = [each.name for each in outputs if isinstance(each, Named)]
    inner = Inner(inputs, names, _operators(values, within), values.tensors, values.sizes)
    return inline(made, call, inner, [_argument(each) for each in node.args[place + 1 :]])


def _declare(made: Exported, node: Any) -> None:
    """Note what a node of the graph stands for: a tensor, or a size."""
    value = node.meta.get("val")
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        made.tensors[node.name] = Declared(tuple(map(_size, value.shape)), _dtype(value.dtype))
    elif isinstance(value, (list, tuple)):
        for place, each in enumerate(value):
            if hasattr(each, "dtype") and hasattr(each, "shape"):
                made.tensors[_part(node, place)] = Declared(tuple(map(_size, each.shape)), _dtype(each.dtype))
    elif type(value).__name__ == "SymInt":
        made.sizes[node.name] = _size(value)


def _part(node: Any, place: int) -> str:
    """Return the name of one of several values that a call gives."""
    return f"{node.name}:{place}"


def _size(value: Any) -> Size:
    return value if type(value) is int else str(value)


def _dtype(value: Any) -> str:
    return str(value).removeprefix("torch.")


def lazy(name: str, tensor: Any) -> Tensor:
    """Return a tensor of PyTorch as a lazy one that shares its memory."""
    dtype = _dtype(tensor.dtype)
    if str(tensor.layout) != "torch.strided":
        raise Flaw(f"has a sparse array {name!r}")

    def load() -> Any:
        plain = tensor.detach().cpu().resolve_conj().resolve_neg()
        return plain.float().numpy() if dtype == "bfloat16" else plain.numpy()

    return Tensor(tuple(tensor.shape), load, "float32" if dtype == "bfloat16" else dtype)


def _operator(node: Any) -> Operator:
    target = node.target
    module, of = _place(node)
    if not hasattr(target, "_schema"):
        return _of_python(node)
    names = [each.name for each in target._schema.arguments]
    arguments = dict(zip(names, map(_argument, node.args), strict=False))
    arguments.update((key, _argument(each)) for key, each in node.kwargs.items())
    value = node.meta.get("val")
    outputs = [_part(node, place) for place in range(len(value))] if isinstance(value, (list, tuple)) else [node.name]
    called = f"{target.namespace}.{target._opname}.{target._overloadname}"
    return Operator(called, node.name, arguments, tuple(outputs), module, of)


def _of_python(node: Any) -> Operator:
    """Return a call of Python's own: one that picks a value of several, or does something with sizes."""
    kind = getattr(node.target, "__name__", str(node.target))
    if kind == "getitem" and hasattr(node.args[0], "op"):
        return Operator("python.getitem", node.name, {"self": Named(_part(*node.args))}, (node.name,))
    return Operator(f"python.{kind}", node.name, {}, (node.name,))


def _argument(value: Any) -> Any:
    """Return an argument of a call as plain data."""
    if hasattr(value, "op") and hasattr(value, "name"):
        return Named(value.name)
    if isinstance(value, (list, tuple)):
        return [_argument(each) for each in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    kind = type(value).__name__
    return _dtype(value) if kind == "dtype" else None


def _place(node: Any) -> tuple[str, str]:
    """Return the path of the innermost module that a call stands in, and its class."""
    stack = node.meta.get("nn_module_stack")
    if not stack:
        return "", ""
    path, of = list(stack.values())[-1]
    return path, of if isinstance(of, str) else f"{of.__module__}.{of.__qualname__}"


__all__ = ["exported", "lazy", "program"]
