"""What tells a table of measurements before layers are read: ranks, times, what works, sums, broken numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Grid
from extract.columns.headers import SIZED, role_of
from extract.columns.roles import Columns, columns_of
from extract.tables.judging import WEIGHTED
from extract.tables.network_rows import models_of
from extract.tables.valued import are_settings
from extract.words.families import RECURRENT
from extract.words.lexicon import kind_of
from extract.words.spellings import normalized


def is_results(grid: Grid) -> bool:
    """Tell a table of measurements: it ranks, or times what it names, or many of its numbers are broken ones."""
    columns = columns_of(grid)
    roles, said = columns.roles, {role_of(head) for head in columns.headers}
    if any(_RANKED.fullmatch(head) for head in columns.headers[:1]) or are_settings(grid) or _explains(grid):
        return True
    timed = any(map(_TIMED.search, columns.headers))
    timed &= not SIZED & said or any(map(_RATED.search, columns.headers))
    measured = timed or any(_is_quality(grid, columns, i) for i in range(grid.width))
    if (measured or _tests(grid, columns) or _counts_layers(grid, columns)) and not models_of(grid):
        return True  # And no networks, a row each, with what came of them.
    if any(map(_LIMITED.fullmatch, columns.headers)) or sum(map(bool, map(_LESS.search, columns.headers))) > 1:
        return True
    if any(map(_COUNTED.fullmatch, columns.headers)) and any(map(_SHARED.fullmatch, columns.headers)):
        return True
    if any(map(_TUNED.fullmatch, columns.headers)) and not any(map(_OF_LAYERS.search, columns.headers)):
        return True
    if _works_out(grid, columns) or _compares(grid, columns) or _adds_up(grid, columns, _counts_layers(grid, columns)):
        return True
    cells = [
        cell for row in grid.rows[1:] for cell in row[1:] if roles[cell.first] not in ("ignored", "counter", "dropout")
    ]
    broken = [
        cell for cell in cells if re.fullmatch(r"\W{0,2}(?:\d+\.\d+|\d[\d.]*e-\d+)[^\w×]{0,2}", cell.text.strip())
    ]
    if sum(bool(_CHOICE.fullmatch(cell.text.strip())) for cell in cells) >= 0.4 * len(cells) > 0:
        return True
    setting = len({cell.first for cell in broken}) == 1 and _SETTING.fullmatch(columns.headers[broken[0].first])
    return not setting and len(broken) >= 0.4 * len(cells) > 0


def surveys(grid: Grid) -> bool:
    """Tell a table of what others have published, a row each, and of no networks whose layers it lists."""
    head = grid.rows[0][0].text.strip() if grid.rows and grid.rows[0] else ""
    return bool(_SURVEYED.fullmatch(head)) and not models_of(grid)


def _explains(grid: Grid) -> bool:
    """Tell a table of what symbols stand for."""
    heads = [cell.text.strip() for cell in grid.rows[0]] if grid.rows else []
    return len(heads) > 1 and bool(_SYMBOL.fullmatch(heads[0]) and _MEANING.fullmatch(heads[1]))


_SYMBOL = re.compile(r"(?:symbol|notation|variable|abbreviation|acronym|term)s?", re.IGNORECASE)
_MEANING = re.compile(r"(?:description|meaning|definition|explanation)s?", re.IGNORECASE)
_CHOICE = re.compile(r"\{ ?[\d.]+(?: ?, ?[\d.]+)+ ?\}")
"""What a search may choose from, which is no network yet."""
_SETTING = re.compile(r"[a-zα-ω]|rate|ratio|radius|slope|momentum|expansion|width multiplier|multiplier", re.IGNORECASE)
"""The header of a column of one setting of layers, which may be a broken number: r, ratio."""


_COUNTED = re.compile(r"counts?|#|occurrences|frequency|instances", re.IGNORECASE)
_SHARED = re.compile(r"(?:percent(?:age)?|share|fraction|%)(?: ?\(%\)| of .*)?", re.IGNORECASE)
"""The headers of how often each kind of layer comes, and of how much of all that is."""
_LIMITED = re.compile(r"(?:known )?(?:limitations?|restrictions?|constraints?)", re.IGNORECASE)
"""The header of what a tool does not do with a kind of layers, which are none of a design."""
_LESS = re.compile(r"\b(?:compressed|pruned|sparsified|quanti[sz]ed) (?:shapes?|sizes?|widths?)\b", re.IGNORECASE)
"""The header of what is left of layers by one way of several."""
_TUNED = re.compile(r"\W*(?:lr|learning[ -]rate|taxa de aprendizado|tasa de aprendizaje)\W*", re.IGNORECASE)
_OF_LAYERS = re.compile(r"\b(?:layers?|types?|couche|capa|camada|schicht|blocks?|modules?)\b", re.IGNORECASE)
"""The header of a column of how fast each network learns, and those of columns of layers."""


_SURVEYED = re.compile(
    r"ref(?:erence)?s?\.?|stud(?:y|ies)|authors?(?: and year)?|(?:related )?works?|papers?|articles?", re.I
)
"""The header of what others have published."""
_RANKED = re.compile(r"rank(?:ing)?|place", re.IGNORECASE)
"""The header of what stands in an order of its own, and not in that of a design."""
_TIMED = re.compile(
    r"^(?:avg\.? |mean |total )?(?:[mµμun]s|secs?|seconds|time|latency|latencia|latência|duration|speed-?up|fps)\b"
    r"|\b(?:time|latency|latencia|latência|speed-?up)\b|\((?:[mµμun]?s|fps)\)$",
    re.IGNORECASE,
)
"""The header of a column that says how long what a row names takes."""


def _is_quality(grid: Grid, columns: Columns, column: int) -> bool:
    """Tell a column of how good what each row names is: of a layer nobody says that."""
    texts = [text.strip() for text in grid.texts(column, columns.start)]
    said = [text for text in texts if re.fullmatch(r"\d{1,3}(?:\.\d+(?: ?± ?[\d.]+)? ?%?| ?%)", text)]
    return bool(_QUALITY.search(columns.headers[column])) and len(said) >= max(
        2, 0.8 * (len(grid.rows) - columns.start)
    )


def _counts_layers(grid: Grid, columns: Columns) -> list[int]:
    """Return the columns that say of each row how many layers of a kind it has: `FC | Conv | Pool` over 5, 16, 2."""
    kinds = {
        i: kind
        for i, head in enumerate(columns.headers)
        if (kind := kind_of(head)) and re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)?(?: layers?)?", head)
        if (texts := grid.texts(i, columns.start)) and all(text.strip(" -–").isdecimal() for text in texts)
    }
    return list(kinds) if len({*kinds.values()}) > 1 and {*kinds.values()} & WEIGHTED else []


def _adds_up(grid: Grid, columns: Columns, kinds: Sequence[int]) -> bool:
    """Tell such columns beside one of what they come to: how many layers there are, and not how wide they are."""
    rows = [[cell.text.strip() for cell in row] for row in grid.rows[columns.start :] if len(row) == grid.width]
    sums = [sum(int(row[i]) for i in kinds if row[i].isdecimal()) for row in rows]
    others = [i for i in range(grid.width) if i not in kinds]
    return bool(kinds) and len(rows) > 1 and any([row[i] for row in rows] == [*map(str, sums)] for i in others)


def _compares(grid: Grid, columns: Columns) -> bool:
    """Tell a table of which cell a network is made with, each row with another: `RNN` over LSTM, GRU."""
    kinds = [kind for text in grid.texts(0, columns.start) if (kind := kind_of(text)) in RECURRENT]
    named = bool(columns.headers) and kind_of(columns.headers[0]) in RECURRENT
    return named and len({*kinds}) == len(kinds) > 1


_QUALITY = re.compile(
    r"\b(?:m?iou|m?ap(?:_?\d\d)?|psnr|ssim|lpips|fid|wer|eer|auc|rmse|mae|epe|f1|acc(?:uracy|\.)?|top-?\s?[15]|err(?:or|\.)?|recall"
    r"|precision)\b",
    re.IGNORECASE,
)
"""The header of a column that says how good something is."""
_RATED = re.compile(r"\bthrough-?put\b|/ ?s(?:ec)?\b|\bper second\b", re.IGNORECASE)
"""That of one that says how often a second it may be done: each row is one by itself."""


_TESTED = re.compile(
    r"(?:\w+ )?(?:verdicts?|status|supported|(?<=\w )support|coverage|tests?|tested|implemented|ratings?|works)\b"
    r"|state$",
    re.IGNORECASE,
)
"""The header of a column that says what works of what a row names."""
_LEARNED = re.compile(r"\b(?:un)?(?:frozen|freez\w+|trainable|trained|tuned|fine-?tun\w+)\b", re.IGNORECASE)
"""What such a column may say of a layer: that it is learned, or not."""


def _tests(grid: Grid, columns: Columns) -> bool:
    """Tell a table of which a column says whether what is named works."""
    places = [i for i, head in enumerate(columns.headers) if _TESTED.match(head.strip())]
    return any(not any(map(_LEARNED.search, grid.texts(i, columns.start))) for i in places)


_SUM = re.compile(r"= ?\(?\d[\d ()]* ?[+*/-] ?\(?\d|\d\)? ?[+*/-] ?\(?\d[\d ()]*= ?\d")
_PRODUCT = re.compile(r"\d+(?: ?× ?\d+){4,}")
"""A product of more numbers than any size has."""


def _works_out(grid: Grid, columns: Columns) -> bool:
    """Tell a table that works something out for each row, and says neither how wide layers are nor what they give."""
    rows = len(grid.rows) - columns.start
    texts = [[normalized(text) for text in grid.texts(i, columns.start)] for i in range(grid.width)]
    if any(3 * sum(bool(_PRODUCT.fullmatch(text)) for text in column) >= rows > 2 for column in texts):
        return True
    summed = any(2 * sum(bool(_SUM.search(text)) for text in column) >= rows > 2 for column in texts)
    return summed and not {"filters", "output"} & {*columns.roles}
