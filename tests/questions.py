"""What is asked of the designs of tests: these are small, and most say nothing of activations."""

from __future__ import annotations

from collections.abc import Iterable

from extract.designs.unheard import UNBENT
from ir.diagnostics import Diagnostic


def questions(report: Iterable[Diagnostic]) -> list[str]:
    """Return what is asked of a design, but for activations of which nothing is said."""
    return [each.message for each in report if each.code == "question" and each.message != UNBENT]
