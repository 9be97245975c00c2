"""Check models: whether they are sound, what a profile allows, and what is sound and yet most likely not meant."""

from __future__ import annotations

import os
from contextlib import suppress

from ir.diagnostics import Diagnostic, Report, TranslationError
from ir.graph import Model
from translator.convert import read
from translator.options import ReadOptions


def check(
    source: str | os.PathLike[str],
    *,
    format: str | None = None,
    data: bytes | None = None,
    options: ReadOptions | None = None,
    grammar: str = "",
) -> tuple[Diagnostic, ...]:
    """Return all there is to say of a model: its syntax, values, arity, shapes, weights, and what the lints find.

    A `grammar`, the name of a profile or the path of its file, says which layers and values it may have.
    """
    report = Report()
    with suppress(TranslationError):
        examine(read(source, format=format, data=data, options=options, report=report), grammar, report)
    return tuple(report)


def examine(model: Model, grammar: str, report: Report) -> None:
    """Report what a profile does not allow of a sound model (`grammar`, `range`), and what the lints find."""
    from translator.checking.lints import lint

    if grammar:
        _check_profile(model, grammar, report)
    lint(model, report)


def _check_profile(model: Model, name: str, report: Report) -> None:
    from grammars.check import check_grammar, grammar
    from grammars.profiles import ProfileError

    try:
        rules = grammar(name)
    except ProfileError as error:
        report.add("file", str(error))
    except OSError as error:
        told = f"there is no grammar {name!r}: {error.strerror or error}"
        report.add("file", told, hint="`paper`, or a file with a profile")
    else:
        check_grammar(model.graph, rules, report)


__all__ = ["check", "examine"]
