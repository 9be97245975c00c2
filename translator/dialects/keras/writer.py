"""A model to Keras source with its weights beside it, or to a `.keras` archive or a `.weights.h5` file alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.layers import Custom
from ir.validate import Shapes, weight_shapes
from translator.dialect import Output, Target
from translator.dialects.keras.config import config
from translator.dialects.keras.definitions import DEFINITIONS, stub
from translator.dialects.keras.json_writer import model_name
from translator.dialects.keras.mapping import RULES, SOURCE_RULES
from translator.dialects.keras.op import Op
from translator.dialects.keras.program import Program, program
from translator.dialects.keras.weights import save_archive, save_weights
from translator.options import WriteOptions
from translator.source import Assign, Block, Call, Line, Name, Names, Return, Statement, function_name, render


def target(options: WriteOptions) -> Target:
    """Return what can be said: an archive brings no classes along."""
    return Target(RULES if _suffix(options) == ".keras" else SOURCE_RULES, "channels_last", joins_borders="never")


def _suffix(options: WriteOptions) -> str:
    name = options.path.name.lower() if options.path else ""
    return next((suffix for suffix in (".keras", ".weights.h5") if name.endswith(suffix)), "")


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the source and its weights, or the kind of file that the suffix asks for."""
    suffix = _suffix(options)
    if not suffix and options.path and options.path.suffix.lower() in (".h5", ".hdf5"):
        report.add(
            "format",
            f"{options.path.suffix} files of whole models are of Keras 2, which is read, but not written",
            hint="name a .keras file, .weights.h5 for the weights alone, or .py for source",
        )
        return Output()
    made = program(model, shapes, RULES if suffix == ".keras" else SOURCE_RULES, report)

    def save(path: Path) -> None:
        save_weights(path, model, made)

    if suffix:
        if not model.weights and weight_shapes(model.graph, shapes):
            report.add(
                "weights", f"a {suffix} file holds weights, but the source has none", hint="give them: --weights FILE"
            )
            return Output()
        if suffix == ".weights.h5":
            return Output(save=save)
        return Output(save=lambda path: save_archive(path, config(made, model_name(model)), model, made))
    with_weights = bool(model.weights and options.weights)
    text = "\n".join(render(_module(model, made, with_weights))) + "\n"
    return Output(text, companions={".weights.h5": save} if with_weights else {})


def _module(model: Model, made: Program, with_weights: bool) -> list[Statement]:
    functions = {part.function for op in made.ops.values() for part in _all_parts(op)}
    defined = [DEFINITIONS[name][made.graph.layout] for name in sorted(functions & DEFINITIONS.keys())]
    stubs = [
        stub(kind) for kind in sorted({node.layer.type for node in made.graph.nodes if isinstance(node.layer, Custom)})
    ]
    uses_ops = defined or any(name.startswith("ops.") for name in functions)
    name = model.graph.name
    doc = f"{name or 'A model'} in Keras 3."
    uses_layers = defined or stubs or any(name.startswith("layers.") for name in functions)
    modules = ", ".join(["layers"] * bool(uses_layers) + ["ops"] * bool(uses_ops))
    statements: list[Statement] = [Line(f'"""{_docstring(doc)}"""'), Line()]
    if any("math." in text for text in defined):
        statements += [Line("import math"), Line()]
    statements.append(Line("import keras"))
    if modules:
        statements.append(Line(f"from keras import {modules}"))
    for text in [*defined, *stubs]:
        statements += [Line(), Line(), Line(text)]
    return [*statements, Line(), Line(), _builder(model, made)]


def _docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''").replace("\n", " ")


def _all_parts(op: Op) -> list[Op]:
    return [op, *(part for operand in op.operands() if isinstance(operand, Op) for part in _all_parts(operand))]


def _builder(model: Model, made: Program) -> Block:
    graph = model.graph
    names = Names({"keras", "layers", "ops", "model", "weights", *DEFINITIONS})
    body: list[Statement] = [
        Line(f'"""Build {_docstring(graph.name or "the model")}; `weights` names a .weights.h5 file to load."""')
    ]
    for each in graph.inputs:
        shape: dict[str, Any] = {"shape": each.shape[1:]} if each.shape[:1] == (None,) else {"batch_shape": each.shape}
        value = Call("keras.Input", kwargs={**shape, "name": made.names[each.name]})
        body.append(Assign(names.of(Ref(each.name), each.name), value))
    called = Counter(made.owners.values())
    for node in graph.nodes:
        body += _statements(node, made, names, called)
    inputs = [Name(names.of(Ref(each.name), each.name)) for each in graph.inputs]
    outputs = [Name(names.of(ref, ref.node)) for ref in graph.outputs]
    parts = [each[0] if len(each) == 1 else each for each in (inputs, outputs)]
    body.append(Assign("model", Call("keras.Model", parts, {"name": model_name(model)})))
    body.append(Block("if weights is not None:", [Line("model.load_weights(weights)")]))
    body.append(Return(Name("model")))
    return Block(f"def {function_name(graph.name)}(weights=None):", body)


def _statements(node: Node, made: Program, names: Names, called: Counter[str]) -> list[Statement]:
    op, owner = made.ops[node.name], made.owners[node.name]
    target = ", ".join(names.of(ref, str(ref) if ref.index else node.name) for ref in node.refs)
    if called[owner] == 1 or not op.is_layer:
        return [Assign(target, _expression(op, names))]
    before: list[Statement] = []
    shared = names.of(("layer", owner), f"{owner}_layer")
    if owner == node.name:
        before.append(Assign(shared, _made(op)))
    return [*before, Assign(target, Call(shared, [_argument(each, names) for each in op.args], dict(op.said)))]


def _made(op: Op) -> Call:
    return Call(op.function, kwargs={**op.config, **({"name": op.name} if op.name else {})})


def _expression(op: Op, names: Names) -> Call:
    args = [_argument(each, names) for each in op.args]
    if op.is_layer:
        return Call(_made(op), args, dict(op.said))
    return Call(op.function, args, dict(op.config))


def _argument(value: Any, names: Names) -> Any:
    if isinstance(value, list):
        return [_argument(each, names) for each in value]
    if isinstance(value, Op):
        return _expression(value, names)
    return Name(names.of(value, value.node)) if isinstance(value, Ref) else value
