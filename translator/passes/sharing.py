"""Layers that share their weights, where a pass changes which layers there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ir.graph import Model
from ir.weights import Tensor


def apart(model: Model) -> Model:
    """Return a model in which each layer has its weights under its own name, the arrays being the same ones."""
    weights = dict(model.weights)
    nodes = []
    for node in model.graph.nodes:
        kept = []
        for role, key in node.shared:
            if key in model.weights:
                weights[f"{node.name}.{role}"] = model.weights[key]
            else:
                kept.append((role, key))
        nodes.append(replace(node, shared=tuple(kept)))
    return Model(replace(model.graph, nodes=tuple(nodes)), weights)


def together(model: Model) -> Model:
    """Return a model in which a layer has from an earlier one of its type what arrays are the same, role by role."""
    weights = dict(model.weights)
    owned: dict[tuple[int, str, str], str] = {}
    by_node: dict[str, list[tuple[str, Tensor]]] = {}
    for key, tensor in model.weights.items():
        name, _, role = key.rpartition(".")
        by_node.setdefault(name, []).append((role, tensor))
    nodes = []
    for node in model.graph.nodes:
        shared = list(node.shared)
        for role, tensor in by_node.get(node.name, ()):
            key = f"{node.name}.{role}"
            owner = owned.setdefault((id(tensor), role, type(node.layer).__name__), key)
            if owner != key:
                shared.append((role, owner))
                del weights[key]
        nodes.append(replace(node, shared=tuple(shared)))
    return Model(replace(model.graph, nodes=tuple(nodes)), weights)


def as_if_apart(change: Callable[[Model], Model], model: Model) -> Model:
    """Return what a pass makes of a model whose layers share nothing; those share again that have the same arrays."""
    if not any(node.shared for node in model.graph.nodes):
        return change(model)
    return together(change(apart(model)))


__all__ = ["apart", "as_if_apart", "together"]
