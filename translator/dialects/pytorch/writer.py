"""A model to an `nn.Module` source file, and its weights to safetensors."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Model, Ref
from ir.shapes import show
from ir.validate import Shapes
from translator.dialect import Output, Target
from translator.dialects.pytorch.definitions import DEFINITIONS, stub, stub_name
from translator.dialects.pytorch.mapping import RULES
from translator.dialects.pytorch.names import model_class, printable
from translator.dialects.pytorch.program import Program, program, state
from translator.options import WriteOptions
from translator.source import WIDTH, Assign, Block, Call, Line, Name, Return, Statement, render


def target(options: WriteOptions) -> Target:
    """Return what PyTorch source can say."""
    return Target(RULES, "channels_first")


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the source, and with weights the safetensors file that `load_state_dict` takes."""
    made = program(model, shapes)
    weighed = bool(model.weights and options.weights and any(module.slots for module in made.modules.values()))
    file = f"{options.path.stem}.safetensors" if weighed and options.path else ""
    source = "\n".join(render(_module(made, shapes, file))) + "\n"
    if not weighed:
        return Output(source)

    def save(path: Path) -> None:
        from translator.safetensors import save as save_tensors

        save_tensors(path, state(made, model.weights), {"format": "pt"})

    return Output(source, companions={".safetensors": save})


def _module(made: Program, shapes: Shapes, file: str) -> list[Statement]:
    classes = _classes(made)
    name = model_class(made.graph.name, classes)
    body = [*_initialization(made), _forward(made)]
    own = Block(f"class {name}(nn.Module):", [_signature(made, shapes), Line(), *body])
    code = "\n".join([*classes.values(), *render([own])])
    imports: list[Statement] = []
    if re.search(r"(?<![\w.])torch\.", code):
        imports.append(Line("import torch"))
    if re.search(r"(?<![\w.])F\.", code):
        imports.append(Line("import torch.nn.functional as F"))
    imports.append(Line("from torch import Tensor, nn"))
    statements: list[Statement] = [*_docstring(made, name, file), Line(), *imports]
    for each in classes.values():
        statements += [Line(), Line(), Line(each)]
    return [*statements, Line(), Line(), own]


def _docstring(made: Program, name: str, file: str) -> list[Statement]:
    title = f"{printable(made.graph.name) or 'A model'} in PyTorch."
    if not file:
        return [Line(f'"""{title}"""')]
    lines = [
        f'"""{title}',
        "",
        f"model = {name}()",
        f'model.load_state_dict(safetensors.torch.load_file("{printable(file)}"))',
        "model.eval()",
        '"""',
    ]
    return [Line(line) for line in lines]


def _signature(made: Program, shapes: Shapes) -> Line:
    """Say what goes in and what comes out."""
    graph = made.graph
    taken = [f"{name} {show(shapes[Ref(each.name)])}" for each, name in zip(graph.inputs, made.inputs, strict=True)]
    given = [f"{printable(str(ref))} {show(shapes[ref])}" for ref in graph.outputs]
    words = f"Take {_listed(taken)}, give {_listed(given)}." if taken else f"Give {_listed(given)}."
    lines = textwrap.wrap(words, WIDTH - 4 - 6, break_long_words=False)
    return Line(f'"""{lines[0]}"""' if len(lines) == 1 else "\n".join([f'"""{lines[0]}', *lines[1:], '"""']))


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _classes(made: Program) -> dict[str, str]:
    """Return the text of each class that goes with the model's, by name."""
    called = {str(module.call.function) for module in made.modules.values()}
    classes = {name: DEFINITIONS[name] for name in sorted(called & DEFINITIONS.keys())}
    for node in made.graph.nodes:
        if isinstance(node.layer, L.Custom):
            name = stub_name(node.layer.type)
            weighed = any(module.slots for module in made.modules.values() if module.call.function == name)
            classes.setdefault(name, stub(node.layer.type, node.layer.results, weights=weighed))
    return classes


def _initialization(made: Program) -> list[Statement]:
    if not made.modules:
        return []
    lines: list[Statement] = [Line("super().__init__()")]
    lines += [Assign(f"self.{name}", module.call) for name, module in made.modules.items()]
    return [Block("def __init__(self) -> None:", [*lines, *made.ties]), Line()]


def _forward(made: Program) -> Block:
    gives = "Tensor" if len(made.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(made.outputs))}]"
    head = Call("def forward", [Name("self"), *(Name(f"{name}: Tensor") for name in made.inputs)])
    body = list(made.body)
    last = body[-1] if body else None
    if isinstance(last, Assign) and [last.target] == made.outputs:
        body[-1] = Return(last.value)
    else:
        body.append(Return(tuple(map(Name, made.outputs)) if len(made.outputs) > 1 else Name(made.outputs[0])))
    return Block(head, body, gives)
