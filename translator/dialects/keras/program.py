"""A model as the Keras calls that make it: one expression a node, and what Keras will make of them.

Keras keeps weights by the place of a layer in the model, `layers/conv2d_1/vars/0`; `layer_paths` works that out as
`keras.src.ops.function.map_graph` and `keras.src.saving.saving_lib` do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ir.diagnostics import Report
from ir.graph import Graph, Input, Model, Node, Ref, free_name
from ir.validate import Shapes, node_weights
from translator.dialects.keras import detection, resampling
from translator.dialects.keras.op import Op
from translator.mapping import At, Blob, Rule, Rules


@dataclass
class Program:
    """The calls of a model in order, the rule of each node, and the names that Keras knows things by."""

    graph: Graph
    shapes: Shapes
    ops: dict[str, Op] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def at(self, node: Node) -> At:
        """Return where a node stands."""
        return At(
            node.name,
            [self.shapes[ref] for ref in node.inputs],
            [self.shapes[ref] for ref in node.refs],
            self.graph.layout,
            results=len(node.refs),
        )


def program(model: Model, shapes: Shapes, rules: Rules, report: Report) -> Program:
    """Return the calls that make a model."""
    graph = model.graph
    made = Program(graph, shapes, names=_names(graph, report))
    firsts: dict[object, str] = {}
    for node in graph.nodes:
        rule, attrs = rules.say(node.layer, at := made.at(node))
        # Keras has no layer without an input: such a one hangs on the model's first, and does nothing with it.
        inputs = list(node.inputs or [Ref(each.name) for each in graph.inputs[:1]])
        if not inputs:
            report.add(
                "unsupported", f"{node.name} takes nothing, and neither does the model: Keras has none", node.origin
            )
        name = made.names[node.name]
        if rule.build is not None:
            op = rule.build(node.layer, at, inputs)
            op = replace(op, name=name, node=node.name)
        elif rule.foreign.startswith("ops."):
            op = Op(rule.foreign, inputs, attrs, name, node.name)
        else:
            op = Op(rule.foreign, inputs if len(inputs) == 1 else [inputs], attrs, name, node.name)
        told = op.function.startswith("layers.") or op.function in resampling.DEFINITIONS | detection.DEFINITIONS
        if node.layer.spatial and graph.layout == "channels_first" and told:
            op = replace(op, config={**op.config, "data_format": "channels_first"})
        made.ops[node.name], made.rules[node.name] = op, rule
        held = node_weights(node, shapes, graph.layout)
        keys = tuple(node.key(blob.role) for blob in rule.blobs_of(node.layer) if blob.role in held)
        # A layer is shared where it is written in the same way: its configuration may hold sizes of its input.
        written = node.layer, keys, repr(op.config)
        made.owners[node.name] = firsts.setdefault(written, node.name) if keys else node.name
    _keep_apart(made, report)
    _report_copies(made, report)
    return made


def _keep_apart(made: Program, report: Report) -> None:
    """Rename layers that have a name which Keras may give an operation of its own accord: `mean`, `mean_1` ..."""
    waiting = list(made.ops.values())
    given: set[str] = set()
    while waiting:
        op = waiting.pop()
        given.update([] if op.is_layer else [op.kind])
        waiting += [each for each in op.operands() if isinstance(each, Op)]
    taken = set(made.names.values())
    for node, op in made.ops.items():
        if op.is_layer and re.sub(r"_\d+$", "", op.name) in given:
            name = free_name(f"{op.name}_layer", taken)
            taken.add(name)
            made.names[node] = name
            made.ops[node] = replace(op, name=name)
            report.add("renamed", f"Keras gives operations names like {op.name}, so the layer is named {name}")


def _report_copies(made: Program, report: Report) -> None:
    """Report weights that layers share which are not the same otherwise: Keras shares whole layers."""
    first: dict[str, str] = {}
    for node in made.graph.nodes:
        for blob in made.rules[node.name].blobs_of(node.layer):
            owner = first.setdefault(node.key(blob.role), made.owners[node.name])
            if owner != made.owners[node.name]:
                message = (
                    f"{node.name} and {owner} share a {blob.role} but no whole layer; in Keras each has its own copy"
                )
                report.add("inexact", message, node.origin)


def _names(graph: Graph, report: Report) -> dict[str, str]:
    """Give each node and input a name that Keras allows."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for name in [each.name for each in graph.inputs] + [node.name for node in graph.nodes]:
        plain = unique = re.sub(r"[^A-Za-z0-9_.\-]", "_", name) or "layer"
        count = 1
        while unique in taken:
            count += 1
            unique = f"{plain}_{count}"
        taken.add(unique)
        names[name] = unique
    changed = [name for name, new in names.items() if name != new]
    if changed:
        report.add(
            "renamed",
            f"Keras allows no {_odd(changed)} in a name: {len(changed)} layers have it as _, like {names[changed[0]]}",
        )
    return names


def _odd(names: Iterable[str]) -> str:
    return (
        " or ".join(sorted({repr(char) for name in names for char in re.findall(r"[^A-Za-z0-9_.\-]", name)}))
        or "empty name"
    )


def layer_paths(made: Program) -> dict[str, str]:
    """Return the group of the weights file that each layer's weights are in, by node."""
    order = _operations(made)
    counts: dict[str, int] = {}
    paths = {}
    for op in order:
        kind = snake_case("InputLayer" if isinstance(op, Input) else op.kind)
        if isinstance(op, Op) and not op.is_layer:
            continue
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        if isinstance(op, Op) and op.node:
            paths[op.node] = f"layers/{kind}_{number}" if number else f"layers/{kind}"
    return paths


def part_of(blob: Blob) -> str:
    """Return the part of a layer that keeps a weight, where it has such: its cell, one of attention's projections."""
    return blob.name if blob.name == "cell" or blob.name.endswith("_dense") else ""


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it in paths.

    >>> snake_case("Conv2DTranspose"), snake_case("BatchNormalization"), snake_case("PReLU")
    ('conv2d_transpose', 'batch_normalization', 'p_re_lu')
    """
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _operations(made: Program) -> list[Op | Input]:
    """Return all operations in Keras's order: by depth, counted from the outputs, and then by first visit."""
    graph = made.graph
    inputs: dict[Ref, Input] = {Ref(each.name): each for each in graph.inputs}
    owner = {ref: node.name for node in graph.nodes for ref in node.refs}

    def target(operand: Ref | Op) -> Op | Input:
        if isinstance(operand, Op):
            return operand
        return inputs[operand] if operand in inputs else made.ops[owner[operand]]

    visited: dict[Op | Input, int] = {}
    finished: list[Op | Input] = []
    done: set[int] = set()
    for output in graph.outputs:
        stack: list[tuple[Op | Input, Iterator[Ref | Op]]] = []
        start = target(output)
        if id(start) not in done:
            stack.append(_enter(start, made, visited))
        while stack:
            op, operands = stack[-1]
            for operand in operands:
                below = target(operand)
                if id(below) not in done and all(below is not each for each, _ in stack):
                    stack.append(_enter(below, made, visited))
                    break
            else:
                stack.pop()
                done.add(id(op))
                finished.append(op)
    return _by_depth(finished, visited, made, target)


def _enter(op: Op | Input, made: Program, visited: dict[Op | Input, int]) -> tuple[Op | Input, Iterator[Ref | Op]]:
    visited.setdefault(_shared(op, made), len(visited))
    return op, op.operands() if isinstance(op, Op) else iter(())


def _shared(op: Op | Input, made: Program) -> Op | Input:
    """Return the operation that a call is of: several nodes may call one layer."""
    return made.ops[made.owners[op.node]] if isinstance(op, Op) and op.node else op


def _by_depth(
    finished: list[Op | Input],
    visited: Mapping[Op | Input, int],
    made: Program,
    target: Callable[[Ref | Op], Op | Input],
) -> list[Op | Input]:
    depths: dict[Op | Input, int] = {}
    depth_of: dict[Op | Input, int] = {}
    for call in reversed(finished):
        shared = _shared(call, made)
        depth = max(depths.get(call, 0), depth_of.get(shared, 0))
        depth_of[shared] = depths[call] = depth
        if isinstance(call, Op):
            for operand in call.operands():
                below = target(operand)
                depths[below] = max(depth + 1, depths.get(below, 0))
    return sorted(depth_of, key=lambda op: (-depth_of[op], visited[op]))
