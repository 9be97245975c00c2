"""A layer as a framework spells it: fields with values, and where each was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ir.origin import Origin, Source


class Symbol(str):
    """A word that stands without quotes: a value of an enum that no schema knows."""

    __slots__ = ()


class Attrs(dict[str, Any]):
    """Fields by name. A field that repeats holds a tuple; a message within holds Attrs.

    `places` maps a field to the offset of its first value in the source; `offset` is that of the whole.
    """

    __slots__ = ("offset", "places", "source")

    def __init__(
        self,
        fields: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        source: Source | None = None,
        offset: int | None = None,
        places: dict[str, int] | None = None,
    ) -> None:
        super().__init__(fields)
        self.source = source
        self.offset = offset
        self.places = {} if places is None else places

    def origin(self, field: str | None = None) -> Origin | None:
        """Return where a field, or the whole, was written."""
        if self.source is None:
            return None
        return Origin(self.source, self.places.get(field, self.offset) if field else self.offset)

    def message(self, field: str) -> Attrs:
        """Return the message that a field holds, an empty one if there is none."""
        found = self.get(field)
        return found if isinstance(found, Attrs) else Attrs({}, self.source, self.offset)

    def repeated(self, field: str) -> tuple[Any, ...]:
        """Return the values of a field that may repeat."""
        found = self.get(field, ())
        return found if isinstance(found, tuple) else (found,)
