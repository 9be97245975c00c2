"""A model to an `nn.Module` source file, and its weights to safetensors."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Node, Ref
from ir.validate import Shapes, weight_shapes
from ir.weights import Tensor, arranged
from translator.dialect import Output, Target
from translator.dialects.pytorch.helpers import HELPERS, stub, stub_name
from translator.dialects.pytorch.mapping import RULES
from translator.mapping import At, Rule
from translator.naming import Names, class_name
from translator.options import WriteOptions
from translator.source import Assign, Block, Call, Line, Name, Return, Statement, render, text

TAKEN = frozenset(
    [
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
"""Attributes of every nn.Module, which a layer must not hide."""


@dataclass
class _Program:
    """What a model becomes: attributes with the calls that make them, and the body of `forward`."""

    model: Model
    shapes: Shapes
    attributes: Names = field(default_factory=lambda: Names(TAKEN))
    variables: Names = field(default_factory=lambda: Names({"self", "torch", "nn", "F", "Tensor", "x"}))
    made: dict[str, Call] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    body: list[Statement] = field(default_factory=list)
    names: dict[Ref, str] = field(default_factory=dict)


def target(options: WriteOptions) -> Target:
    """Return what PyTorch source can say."""
    return Target(RULES, "channels_first")


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the source, and with weights the safetensors file that `load_state_dict` takes."""
    made = _program(model, shapes)
    source = "\n".join(render(_module(made))) + "\n"
    if not (model.weights and options.weights):
        return Output(source)

    def save(path: Path) -> None:
        from translator.safetensors import save as save_tensors

        save_tensors(path, _state(made))

    return Output(source, companions={".safetensors": save})


def _program(model: Model, shapes: Shapes) -> _Program:
    made = _Program(model, shapes)
    graph = model.graph
    users = graph.users()
    for each in graph.inputs:
        made.names[Ref(each.name)] = made.variables.of(Ref(each.name), each.name)
    firsts: dict[object, str] = {}
    for i, node in enumerate(graph.nodes):
        at = At(
            node.name, [shapes[ref] for ref in node.inputs], [shapes[ref] for ref in node.refs], results=len(node.refs)
        )
        rule, attrs = RULES.say(node.layer, at)
        made.rules[node.name] = rule
        keys = tuple(node.key(blob.role) for blob in rule.blobs)
        owner = made.owners[node.name] = firsts.setdefault((node.layer, keys), node.name) if keys else node.name
        args = [Name(made.names[ref]) for ref in node.inputs]
        if rule.foreign:
            if owner == node.name:
                made.made[node.name] = _construction(node, rule, dict(attrs), at)
            attribute = f"self.{made.attributes.of(owner, owner)}"
            if isinstance(node.layer, L.Embed):
                args = [Name(f"{args[0].text}.long()")]
            value: Any = Call(attribute, args)
        else:
            value = rule.build(node.layer, at, args)
        following = graph.nodes[i + 1].name if i + 1 < len(graph.nodes) else ""
        for ref in node.refs:
            passing = len(node.refs) == 1 and [user.name for user in users.get(ref, ())] == [following]
            last = ref in graph.outputs and ref not in users and len(graph.outputs) == 1
            plain = (passing and ref not in graph.outputs) or last
            made.names[ref] = "x" if plain else made.variables.of(ref, str(ref) if ref.index else node.name)
        made.body.append(Assign(", ".join(made.names[ref] for ref in node.refs), value))
    return made


def _construction(node: Node, rule: Rule, attrs: dict[str, Any], at: At) -> Call:
    layer = node.layer
    if isinstance(layer, L.Custom):
        return Call(stub_name(layer.type), kwargs=_keywords(layer.arguments))
    args = rule.build(layer, at) if rule.build else []
    if "kernel_size" in attrs and not args:
        args = [attrs.pop("kernel_size")]
    return Call(rule.foreign, args, attrs)


def _keywords(arguments: Any) -> dict[str, Any]:
    """Return a custom layer's parameters as keyword arguments, where they can be."""
    plain = {key: value for key, value in arguments.items() if key.isidentifier()}
    return plain if len(plain) == len(arguments) else {"arguments": arguments}


def _module(made: _Program) -> list[Statement]:
    graph = made.model.graph
    body = [*_layers(made), _forward(made)]
    name = class_name(graph.name)
    own = Block(f"class {name}(nn.Module):", [Line(f'"""{_doc(graph.name or "A model")}."""'), Line(), *body])
    functions = {call.function for call in made.made.values() if isinstance(call.function, str)}
    helpers = [HELPERS[kind] for kind in sorted(functions & HELPERS.keys())]
    kinds = sorted({node.layer.type for node in graph.nodes if isinstance(node.layer, L.Custom)})
    classes = [*helpers, *map(stub, kinds)]
    code = "\n".join([*classes, *render([own])])
    imports: list[Statement] = []
    if "torch." in code:
        imports.append(Line("import torch"))
    if "F." in code:
        imports.append(Line("import torch.nn.functional as F"))
    imports.append(Line("from torch import Tensor, nn"))
    doc = f"{graph.name or 'A model'} in PyTorch."
    statements: list[Statement] = [Line(f'"""{_doc(doc)}"""'), Line(), *imports]
    for each in classes:
        statements += [Line(), Line(), Line(each)]
    return [*statements, Line(), Line(), own]


def _doc(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"""', "'''").replace("\n", " ")


def _layers(made: _Program) -> list[Statement]:
    lines: list[Statement] = [Line("super().__init__()")]
    lines += [Assign(f"self.{made.attributes.of(name, name)}", call) for name, call in made.made.items()]
    return [Block("def __init__(self) -> None:", lines), Line()] if made.made else []


def _forward(made: _Program) -> Block:
    graph = made.model.graph
    inputs = "".join(f", {made.names[Ref(each.name)]}: Tensor" for each in graph.inputs)
    gives = "Tensor" if len(graph.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(graph.outputs))}]"
    outputs = [Name(made.names[ref]) for ref in graph.outputs]
    body = list(made.body)
    last = body[-1] if body else None
    if isinstance(last, Assign) and len(outputs) == 1 and last.target == outputs[0].text:
        body[-1] = Return(last.value)
    else:
        body.append(Return(outputs[0] if len(outputs) == 1 else Name(", ".join(each.text for each in outputs))))
    return Block(f"def forward(self{inputs}) -> {gives}:", body)


def _state(made: _Program) -> dict[str, Tensor]:
    """Return the state dictionary: every parameter and buffer by the name that PyTorch gives it."""
    graph, weights = made.model.graph, made.model.weights
    axes = {key: letters for key, (letters, _, _) in weight_shapes(graph, made.shapes).items()}
    state: dict[str, Tensor] = {}
    for node in graph.nodes:
        if made.owners[node.name] != node.name:
            continue
        name = made.attributes.of(node.name, node.name)
        for blob in made.rules[node.name].blobs:
            key = node.key(blob.role)
            if key in axes and key in weights:
                tensor = arranged(weights[key], axes[key], blob.axes) if blob.axes else weights[key]
                state[f"{name}.{blob.name}"] = _shaped(tensor, node, made)
        if isinstance(node.layer, L.BatchNorm) and f"{name}.running_mean" in state:
            state[f"{name}.num_batches_tracked"] = _ZERO
    return state


def _shaped(tensor: Tensor, node: Node, made: _Program) -> Tensor:
    layer = node.layer
    if isinstance(layer, L.PReLU) and layer.shared:
        return tensor.reshaped((1,))
    if isinstance(layer, L.Scale):
        return tensor.reshaped(made.made[node.name].args[0])
    return tensor


def _zero() -> Any:
    import numpy as np

    return np.zeros((), np.int64)


_ZERO = Tensor((), _zero, "int64")

__all__ = ["target", "text", "write"]
