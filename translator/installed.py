"""Plugins that installed packages bring along."""

from __future__ import annotations

from functools import cache

from ir.diagnostics import Report

GROUP = "model_zoo_translator.plugins"
"""The group of entry points that such packages declare; each names a module, and importing it teaches its layers."""


def load_installed(report: Report) -> None:
    """Import the plugins of installed packages: done where a layer type is met that nobody knows.

    Warnings: `plugin`, for each that fails.
    """
    for failure in _load():
        report.add("plugin", failure, severity="warning")


@cache
def _load() -> tuple[str, ...]:
    """Import the plugins, once; return what went wrong."""
    from importlib.metadata import entry_points

    failures = []
    for each in entry_points(group=GROUP):
        try:
            each.load()
        except Exception as error:  # A plugin may do anything.
            failures.append(f"the plugin {each.name} ({each.value}) failed: {type(error).__name__}: {error}")
    return tuple(failures)
