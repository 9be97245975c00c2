"""The rows of a table that say something of whole designs, and of no layer: costs, sums, training, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.columns.layer_names import names_layer, says_fact
from extract.columns.totals import is_total
from extract.tables.layer_columns import is_layer_a_column
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized


def without_facts(grid: Grid) -> tuple[Grid, str]:
    """Return a table without the rows that say something of whole designs, and of no layer, and what these say."""
    across = is_layer_a_column(grid)
    facts = [
        row
        for i, row in enumerate(grid.rows)
        if i
        and row
        and (_is_fact(grid, i) or _is_note(row) or is_total(grid, i))
        and not (across and role_of(row[0].text) == "depth")
    ]
    facts = [*facts, *_among(grid.rows, facts)]
    told = "; ".join(" ".join(cell.text for cell in row) for row in grid.rows if row in facts)
    return Grid(tuple(row for row in grid.rows if row not in facts), grid.width), told


def _among(rows: Sequence[tuple[Cell, ...]], facts: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Return the rows that name no layer and stand among facts below all layers, of which there are more."""
    named = [i for i, row in enumerate(rows) if any(names_layer(cell.text) for cell in row) or _is_last(row)]
    last = max(named, default=len(rows))
    below = rows[last + 1 :]
    others = [row for row in below if row and row not in facts]
    return others if len(others) < len(below) - len(others) else []


def _is_last(row: Sequence[Cell]) -> bool:
    return bool(row) and bool(re.fullmatch(r"output(?: layer)?", row[0].text.strip(), re.IGNORECASE))


def _is_fact(grid: Grid, place: int) -> bool:
    """Tell a row that says something of the whole; of normalisation that is only what stands behind all layers."""
    name = next((cell.text for cell in grid.rows[place] if cell.tells), "")
    sized = any(re.search(r"\d ?×", normalized(cell.text)) for cell in grid.rows[place])
    below = grid.rows[place + 1 :]
    told = any(posts_of(cell.text) and " " not in cell.text.strip() for cell in grid.rows[place][1:])
    between = posts_of(name) and (sized or any(names_layer(cell.text) for row in below for cell in row[: 1 + told]))
    said = " ".join(cell.text for cell in grid.rows[place])
    last = not any(names_layer(cell.text) for row in below for cell in row)
    if last and (_is_measure(grid.rows[place]) or (_is_counted(grid.rows[place]) and not names_layer(name))):
        return True
    if last and _DEPTH.fullmatch(name.strip()) and len(grid.rows[place]) > len(("depth", "one")):
        return True
    if _is_of_each(grid, place, name):
        return True
    if _is_of_weights(grid.rows[place]):
        return True
    trained = of_training(said) and not (kind_of(name) or posts_of(name))
    return bool(trained or says_fact(name)) and not between


def _is_of_weights(row: Sequence[Cell]) -> bool:
    """Tell how weights are held small, maybe beside the label of a layer: `Regularizer | L2 = 0.01`."""
    name, *others = [cell.text.strip() for cell in row if cell.tells] or [""]
    labelled = len(others) > 1 and not _REGULARIZER.fullmatch(name)
    name, *others = others if labelled else [name, *others]
    return bool(_REGULARIZER.fullmatch(name)) and bool(re.fullmatch(r"L[12]\b[^A-Za-z]*", " ".join(others)))


_REGULARIZER = re.compile(r"(?:(?:kernel|weight)[ _])?regulari[sz](?:ation|er)", re.IGNORECASE)


def _is_of_each(grid: Grid, place: int, name: str) -> bool:
    """Tell the only row of a normalisation or an activation where it stands behind all layers: `after each conv`."""
    bare = bool(posts_of(name)) and not kind_of(name)
    others = [row for i, row in enumerate(grid.rows) if i != place and row and posts_of(row[0].text) == posts_of(name)]
    return bare and not others and any(_OF_EACH.search(cell.text) for cell in grid.rows[place][1:])


_OF_EACH = re.compile(
    r"\b(?:after|behind|follow\w*|to) (?:each|every|all)(?: of)?(?: the)?(?: \w+)? ?"
    r"(?:conv|layers?\b|dense|fully|fc\b)",
    re.IGNORECASE,
)
"""What says that something stands behind all layers, or all of a kind."""


def _is_measure(row: Sequence[Cell]) -> bool:
    """Tell what is counted or measured of designs: a label over the names and sizes of layers, and numbers alone."""
    label, *others = row
    plain = [normalized(cell.text) for cell in others if cell.tells]
    alone = label.last > label.first == 0 and not (kind_of(label.text) or posts_of(label.text))
    return alone and bool(plain) and all(_MEASURE.fullmatch(text) for text in plain)


def _is_counted(row: Sequence[Cell]) -> bool:
    """Tell a row of nothing but a name and how many millions or billions there are: `Comp | 145M`."""
    plain = [normalized(cell.text) for cell in row[1:] if cell.tells]
    return bool(plain) and all(re.fullmatch(r"\d[\d.,]* ?[MGBT](?:[A-Za-z-]*[A-Z]\w*)?", text) for text in plain)


_DEPTH = re.compile(r"(?:(?:total |weight(?:ed)? |number of |no\. of |#)*layers|depth)(?: in total)?", re.IGNORECASE)
"""How many layers there are in all."""
_MEASURE = re.compile(r"[\d.,]+ ?(?:[A-Za-zµ%]+|%)?(?: ?[/±] ?[\d.,]+ ?(?:[A-Za-zµ]+|%)?)?")
"""A number with its unit, or two."""
_TRAINING = re.compile(
    r"\bepochs?\b|\bmetrics?\b|\bcallbacks?\b|\bmean (?:squared|absolute)|\bearly[- ]stopping|\blearning rate"
    r"|\b(?:adamw?|sgd|rmsprop)\b|\bbatch size|\bcross-?entropy",
    re.IGNORECASE,
)
"""What is said of how a network is trained."""


def _is_note(row: Sequence[Cell]) -> bool:
    """Tell a note below a table: one cell behind the sign of a footnote."""
    return 0 < len(row) < 3 and bool(re.match(r"\s*(?:[*∗†‡§¶]|[Nn]otes?\b:)", row[0].text))


def of_training(said: str) -> bool:
    """Tell what is said of how a network is trained: `batch size`, `learning rate`."""
    return bool(_TRAINING.search(said))
