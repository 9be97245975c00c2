"""A table as rows of cells, wherever it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cell:
    """A cell: its text, a line of it for each that it has, the first and the last of its columns, and its place."""

    text: str
    first: int
    last: int
    box: Box | None = None

    def covers(self, column: int) -> bool:
        """Tell whether the cell stands in a column."""
        return self.first <= column <= self.last

    def moved(self, by: int) -> Cell:
        """Return the cell so many columns to the left."""
        return replace(self, first=self.first - by, last=self.last - by)

    @property
    def tells(self) -> bool:
        """Tell a cell that says something: a dash says nothing."""
        return bool(self.text.strip(" -–—·"))


def filled(row: Sequence[Cell]) -> list[Cell]:
    """Return the cells of a row that say something."""
    return [cell for cell in row if cell.tells]


def said(row: Sequence[Cell]) -> list[str]:
    """Return what the cells of a row say, however their letters are."""
    return [cell.text.strip().lower() for cell in row]


@dataclass(frozen=True)
class Grid:
    """The rows of a table, from the top down; a cell that spans columns stands once."""

    rows: tuple[tuple[Cell, ...], ...]
    width: int

    def at(self, row: int, column: int) -> Cell | None:
        """Return the cell of a row that stands in a column, if there is one: its own before one over several."""
        own = (cell for cell in self.rows[row] if cell.covers(column))
        return min(own, key=lambda cell: cell.last - cell.first, default=None)

    def column(self, column: int, start: int = 0) -> Iterator[Cell]:
        """Yield the cells of a column from some row on, those that span it too."""
        for row in range(start, len(self.rows)):
            cell = self.at(row, column)
            if cell is not None and cell.text:
                yield cell

    def texts(self, column: int, start: int = 0) -> list[str]:
        """Return what the cells of a column say that span no other, from some row on."""
        return [cell.text for cell in self.column(column, start) if cell.first == cell.last]

    def counts(self, column: int, start: int = 0) -> bool:
        """Tell a column that says nothing but whole numbers, from some row on."""
        texts = [text.strip() for text in self.texts(column, start)]
        return bool(texts) and all(text.isdecimal() or text in ("-", "–") for text in texts)

    def retold(self, said: Callable[[Cell], str], start: int = 0) -> Grid:
        """Return the table with what each cell says anew, from some row on."""
        rows = (
            tuple(cell if (text := said(cell)) == cell.text else replace(cell, text=text) for cell in row)
            for row in self.rows[start:]
        )
        return Grid((*self.rows[:start], *rows), self.width)

    def turned(self) -> Grid:
        """Return the table with its columns for rows; a cell that spans several stands in each."""
        rows = [
            tuple(
                Cell(cell.text, row, row, cell.box)
                for row in range(len(self.rows))
                if (cell := self.at(row, column)) is not None
            )
            for column in range(self.width)
        ]
        return Grid(tuple(rows), len(self.rows))


def plain_grid(rows: Sequence[Sequence[str]]) -> Grid:
    """Return a grid of texts in which no cell spans another."""
    cells = [tuple(Cell(text.strip(), i, i) for i, text in enumerate(row)) for row in rows]
    return Grid(tuple(cells), max((len(row) for row in rows), default=0))
