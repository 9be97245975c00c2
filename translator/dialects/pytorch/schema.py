"""The JSON within a `.pt2` file to a program; whatever stands in a field, it is checked before it is used.

Source: `torch/_export/serde/schema.py`, schema 1 (PyTorch 2.1) to 8 (2.5 to 2.13)
"""

from __future__ import annotations

import re
from typing import Any

from ir.kinds import LARGEST, MAX_RANK, short
from ir.origin import Source
from ir.weights import Tensor
from translator.dialects.pytorch.exported import Declared, Exported, Flaw, Held, Named, Operator, Size
from translator.dialects.pytorch.inlining import WRAPPERS, Inner, inline, is_wrapper
from translator.dialects.pytorch.storages import SCALAR_TYPES

MAJOR = 8
"""The newest form of the schema that is known."""
_NUMBER = re.compile(r"Integer\((-?\d{1,18})\)")
_OPERATOR = re.compile(r"torch\.ops\.")


def fields(value: Any, what: str) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise Flaw(f"has {what} that is no object: {short(value)}")
    return value


def items(value: Any, what: str) -> list[Any]:
    """Return a JSON list."""
    if not isinstance(value, list):
        raise Flaw(f"has {what} that is no list: {short(value)}")
    return value


def words(value: Any, what: str) -> str:
    """Return a JSON text."""
    if not isinstance(value, str):
        raise Flaw(f"has {what} that is no text: {short(value)}")
    return value


def whole(value: Any, what: str) -> int:
    """Return a whole number of 64 bits."""
    if type(value) is not int or abs(value) > LARGEST:
        raise Flaw(f"has {what} that is no whole number: {short(value)}")
    return value


def _union(value: Any, what: str) -> tuple[str, Any]:
    """Return the one form of several that a value has, and what it holds."""
    held = [(key, each) for key, each in fields(value, what).items() if each is not None or key == "as_none"]
    if len(held) != 1:
        raise Flaw(f"has {what} of {len(held)} forms: {short(value)}")
    return held[0]


def _name(value: Any, what: str) -> str:
    return words(fields(value, what).get("name"), f"a name of {what}")


def size(value: Any) -> Size:
    """Return a size: a number, or the expression of an open one."""
    form, held = _union(value, "a size")
    if form == "as_int":
        return whole(held, "a size")
    text = words(fields(held, "a size").get("expr_str"), "the expression of a size")
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else text


def number(value: Any) -> float:
    """Return a real number; those that are not finite may be words."""
    if isinstance(value, str) and value.lower() in ("infinity", "-infinity", "nan"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Flaw(f"has a number that is none: {short(value)}")
    try:
        return float(value)
    except OverflowError:
        raise Flaw("has a number beyond all bounds") from None


def _argument(value: Any) -> Any:
    """Return an argument of a call as plain data, names as `Named`."""
    form, held = _union(value, "an argument")
    if form in _LISTS:
        return [_PLAIN[_LISTS[form]](each) for each in items(held, "an argument")]
    if form not in _PLAIN:
        raise Flaw(f"has an argument of the form {short(form)}, which is not known")
    return _PLAIN[form](held)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Flaw(f"has a truth that is none: {short(value)}")
    return value


def _open(value: Any) -> Any:
    """Return one of a list of numbers, some of which are names, and some of an optional tensor."""
    form, held = _union(value, "an argument")
    if form == "as_name":
        return Named(words(held, "the name of a number"))
    if form not in ("as_int", "as_float", "as_bool", "as_none", "as_tensor"):
        raise Flaw(f"has an argument of the form {short(form)}, which is not known")
    return _PLAIN[form](held)


_PLAIN: dict[str, Any] = {
    "as_none": lambda value: None,
    "as_tensor": lambda value: Named(_name(value, "a tensor")),
    "as_int": lambda value: whole(value, "an argument"),
    "as_float": number,
    "as_string": lambda value: words(value, "an argument"),
    "as_bool": _truth,
    "as_sym_int": _open,
    "as_sym_float": _open,
    "as_sym_bool": _open,
    "as_optional_tensor": _open,
    "as_scalar_type": lambda value: SCALAR_TYPES.get(whole(value, "a type"), "unknown"),
    "as_memory_format": lambda value: None,
    "as_layout": lambda value: None,
    "as_device": lambda value: None,
    "as_operator": lambda value: words(value, "an argument"),
}
_LISTS = {
    "as_tensors": "as_tensor",
    "as_ints": "as_int",
    "as_floats": "as_float",
    "as_strings": "as_string",
    "as_bools": "as_bool",
    "as_sym_ints": "as_sym_int",
    "as_sym_floats": "as_sym_float",
    "as_sym_bools": "as_sym_bool",
    "as_optional_tensors": "as_optional_tensor",
}


def declared(value: Any) -> Declared:
    """Return what is said of a tensor."""
    told = fields(value, "a tensor")
    dims = tuple(size(each) for each in items(told.get("sizes"), "the sizes of a tensor"))
    if len(dims) > MAX_RANK or any(isinstance(each, int) and each < 0 for each in dims):
        raise Flaw(f"has a tensor of the sizes {short(list(dims))}")
    return Declared(dims, SCALAR_TYPES.get(whole(told.get("dtype"), "the type of a tensor"), "unknown"))


def program(document: Any, name: str, source: Source, arrays: dict[str, Tensor]) -> Exported:
    """Return the program that a document describes; `arrays` are those of its state dictionary, and its constants."""
    top = fields(document, "a program")
    version = fields(top.get("schema_version", {"major": MAJOR}), "a version").get("major", MAJOR)
    if whole(version, "a version") > MAJOR:
        raise Flaw(f"is of the schema {version}; those up to {MAJOR} are known")
    module = fields(top.get("graph_module"), "a module")
    graph = fields(module.get("graph"), "a graph")
    found = Exported(name, source)
    found.tensors, found.sizes = _values(graph)
    found.operators = _operators(found, graph)
    signature = fields(module.get("signature"), "a signature")
    for each in items(signature.get("input_specs"), "the inputs of a signature"):
        _input(found, each, arrays)
    for each in items(signature.get("output_specs"), "the outputs of a signature"):
        form, held = _union(each, "an output")
        if form == "user_output":
            _output(found, fields(held, "an output").get("arg"))
    return found


def _values(graph: dict[str, Any]) -> tuple[dict[str, Declared], dict[str, Size]]:
    """Return the tensors and the sizes that the names of a graph stand for."""
    tensors = fields(graph.get("tensor_values"), "the values of a graph")
    sizes = fields(graph.get("sym_int_values") or {}, "the sizes of a graph")
    return {each: declared(told) for each, told in tensors.items()}, {each: size(told) for each, told in sizes.items()}


def _operators(found: Exported, graph: dict[str, Any]) -> list[Operator]:
    """Return the operators of a graph, those of graphs within it among them where they are only run."""
    operators: list[Operator] = []
    for node in items(graph.get("nodes"), "the calls of a graph"):
        told = fields(node, "a call")
        operator = _operator(told)
        arguments = [fields(each, "an argument").get("arg") for each in items(told.get("inputs"), "the arguments")]
        operators += _inlined(found, operator, arguments) or [operator]
    return operators


def _inlined(found: Exported, operator: Operator, arguments: list[Any]) -> list[Operator] | None:
    """Return the operators of the graph that a call runs; None where it is another call."""
    plain = [_lenient(each) for each in arguments]
    if not is_wrapper(operator.target, plain):
        return None
    place = WRAPPERS[operator.target]
    graph = fields(fields(fields(arguments[place], "a graph").get("as_graph"), "a graph").get("graph"), "a graph")
    inputs, outputs = _names(graph, "inputs"), _names(graph, "outputs")
    if inputs is None or outputs is None:
        return None
    inner = Inner(inputs, outputs, _operators(found, graph), *_values(graph))
    return inline(found, operator, inner, plain[place + 1 :])


def _names(graph: dict[str, Any], key: str) -> list[str] | None:
    """Return what a graph takes, or gives, by name; None where it is something else than values."""
    listed = [_argument(each) for each in items(graph.get(key), f"the {key} of a graph")]
    return [each.name for each in listed] if all(isinstance(each, Named) for each in listed) else None


def _input(found: Exported, value: Any, arrays: dict[str, Tensor]) -> None:
    """Add an input of the graph: one that is given, or an array of the program."""
    form, held = _union(value, "an input")
    told = fields(held, "an input")
    if form == "user_input":
        argument = _argument(told.get("arg"))
        if isinstance(argument, Named) and argument.name in found.tensors:
            found.inputs.append(argument.name)
        elif isinstance(argument, Named):
            found.left_out.append(argument.name)
        return
    key = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}.get(form)
    if key is None:
        return
    given, stored = _name(told.get("arg"), "an input"), words(told.get(key), "the name of an array")
    if stored not in arrays:
        raise Flaw(f"has no array {short(stored)}, which its graph takes")
    if given in found.tensors and arrays[stored].shape != found.tensors[given].dims:
        shape, dims = arrays[stored].shape, found.tensors[given].dims
        raise Flaw(f"has an array {short(stored)} of the shape {shape}, where its graph has {short(dims)}")
    found.held[given] = Held(stored, arrays[stored])


def _output(found: Exported, argument: Any) -> None:
    """Add an output of the graph; one that is no tensor is left out."""
    value = _argument(argument)
    if isinstance(value, Named) and value.name in found.tensors:
        found.outputs.append(value.name)
    elif value is not None:
        found.left_out.append(f"the output {value.name if isinstance(value, Named) else value!r}")


def _operator(node: dict[str, Any]) -> Operator:
    target = _OPERATOR.sub("", words(node.get("target"), "the target of a call"), count=1)
    arguments: dict[str, Any] = {}
    for each in items(node.get("inputs"), "the arguments of a call"):
        named = fields(each, "an argument")
        arguments[words(named.get("name"), "the name of an argument")] = _lenient(named.get("arg"))
    outputs: list[str] = []
    for each in items(node.get("outputs"), "the outputs of a call"):
        value = _lenient(each)
        outputs += [
            one.name if isinstance(one, Named) else "" for one in (value if isinstance(value, list) else [value])
        ]
    metadata = fields(node.get("metadata") or {}, "the notes of a call")
    module, of = _place(metadata.get("nn_module_stack"))
    called = node.get("name") if isinstance(node.get("name"), str) else ""
    return Operator(target, called or next(filter(None, outputs), target), arguments, tuple(outputs), module, of)


_STRANGE = frozenset(
    ["as_graph", "as_custom_obj", "as_complex", "as_nested_tensors", "as_int_lists", "as_string_to_argument"]
)


class Strange:
    """An argument that is none of plain data: a graph within the graph, an object."""


def _lenient(value: Any) -> Any:
    """Return an argument; one that is a graph or an object is kept as something strange."""
    if isinstance(value, dict) and not _STRANGE.isdisjoint(value):
        return Strange()
    return _argument(value)


def _place(stack: Any) -> tuple[str, str]:
    """Return the path of the innermost module that a call stands in, and its class.

    A stack is written as `key,path,class;...`; a comma within a key stands behind a backslash.
    """
    if not isinstance(stack, str):
        return "", ""
    parts = re.split(r"(?<!\\),", stack.rpartition(";")[2])
    if len(parts) != 3:
        return "", ""
    return parts[1], parts[2]


def payload(config: Any) -> dict[str, tuple[str, bool, Any]]:
    """Return for each array of an archive its member, whether that is a pickle, and what is said of it."""
    found = {}
    for name, value in fields(fields(config, "a list of arrays").get("config"), "a list of arrays").items():
        told = fields(value, "an array")
        pickle = told.get("use_pickle") is True
        found[name] = (words(told.get("path_name"), "the place of an array"), pickle, told.get("tensor_meta"))
    return found


def layout(meta: Any) -> tuple[str, tuple[int, ...], tuple[int, ...], int]:
    """Return the type of an array, its sizes, its strides, and where it begins."""
    told = fields(meta, "an array")
    dtype = SCALAR_TYPES.get(whole(told.get("dtype"), "the type of an array"))
    if dtype is None:
        raise Flaw(f"has an array of the type {told.get('dtype')}, which is not read")
    if told.get("layout", 7) != 7:
        raise Flaw("has a sparse array")
    shape, strides = (
        tuple(whole(size(each), "a size of an array") for each in items(told.get(key), f"the {key} of an array"))
        for key in ("sizes", "strides")
    )
    return dtype, shape, strides, whole(size(told.get("storage_offset", {"as_int": 0})), "the place of an array")


__all__ = ["Strange", "declared", "layout", "payload", "program"]
