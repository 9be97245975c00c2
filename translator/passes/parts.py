"""Everything that is known by its parts, for targets that have layers where sources have their parts."""

from __future__ import annotations

from ir.graph import Model
from translator.passes.averages import join_averages
from translator.passes.heads import join_heads
from translator.passes.narrowing import join_zeros
from translator.passes.patterns import join_patterns
from translator.passes.simplify import drop_unused
from translator.passes.turning import join_turned
from translator.passes.unrolling import join_steps


def join_parts(model: Model) -> Model:
    """Make one layer of those that people would name so, in a model with its channels first."""
    model = join_heads(drop_unused(join_patterns(join_zeros(model))))
    return join_steps(drop_unused(join_turned(join_averages(model))))


__all__ = ["join_parts"]
