"""Tables beside or below each other of one network: the next goes on from layers of those before it, by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.columns.table_design import TableDesign


def gone_on(designs: Sequence[TableDesign]) -> list[TableDesign]:
    """Return designs, as one those of which the first layer of the next takes layers of the one before it.

    Where one is left it needs no name.
    """
    found: list[TableDesign] = []
    for each in designs:
        if found and _takes(each, found[-1]):
            last = found.pop()
            found.append(
                replace(
                    last,
                    config=" ".join(filter(None, (last.config, each.config))),
                    readings=(*last.readings, *each.readings),
                    cells=(*last.cells, *each.cells),
                    remarks=" ".join(filter(None, (last.remarks, each.remarks))),
                    questions=(*last.questions, *each.questions),
                )
            )
        else:
            found.append(each)
    return [replace(found[0], config="")] if len(found) == 1 < len(designs) else found


def _takes(design: TableDesign, before: TableDesign) -> bool:
    """Tell a design whose first layer takes what one before it gives, and none of its own."""
    taken = set(design.readings[0].params.get("taken", ())) if design.readings else set()
    own, others = ({name for each in one.readings for name in each.names} for one in (design, before))
    return bool(taken) and taken <= others - own
