"""The rows of a table's body with a layer each: stacked cells are taken apart, and sizes brought to one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.columns.batches import without_batches
from extract.columns.channel_order import evidence
from extract.columns.grids import Cell, Grid
from extract.columns.layer_names import is_layer
from extract.columns.roles import Columns
from extract.words.families import POSTED
from extract.words.lexicon import axes_of, kind_of, posts_of
from extract.words.spellings import normalized

Row = tuple[Cell, ...]


def single_rows(grid: Grid, columns: Columns) -> Iterator[tuple[int, list[Row]]]:
    """Yield the rows of a table's body, with how often those that stand together in a brace are repeated."""
    yield from _groups(grid.rows[columns.start :], columns)


def with_sizes(grid: Grid, columns: Columns) -> Grid:
    """Return a table whose printed sizes have one form: the channels last, no batches, and no superscripts lost."""
    rows = without_batches(_with_sides(_with_sums(_with_squares(grid, columns), columns), columns), columns)
    rows = _unremarked(_uncounted(_channels_last(_in_order(rows, columns), columns)), columns)
    rows = _without_purposes(rows, columns)
    rows = [_as_input(row) if row and kind_of(row[0].text) == "input" else row for row in rows]
    return Grid((*grid.rows[: columns.start], *rows), grid.width)


_SUM = re.compile(r"\((\d+(?: ?\+ ?\d+)+)\)(?= ?[x×X,])|(?<=[×xX,] )\((\d+(?: ?\+ ?\d+)+)\)")
"""How many channels are brought together, among sizes: (96 + 96) × 8 × 8."""


def _with_sums(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows, the channels of several layers that come in together as how many these are."""
    return [
        tuple(
            replace(cell, text=_SUM.sub(lambda found: str(sum(map(int, re.findall(r"\d+", found[0])))), cell.text))
            if cell.first == cell.last and columns.roles[cell.first] in ("input", "output")
            else cell
            for cell in row
        )
        for row in rows
    ]


def _with_sides(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows with both sides of images of which a column says but one: `Spatial | 224 → 112`."""
    sized = [i for i, role in enumerate(columns.roles) if role == "output"]
    places = [i for i, head in enumerate(columns.headers) if re.match(r"spatial\b", head, re.IGNORECASE)]
    said = {i: [cell.text.strip() for row in rows for cell in row if cell.first == cell.last == i] for i in sized}
    plain = [i for i in sized if all(map(str.isdecimal, said[i]))]
    places += [i for i in plain if re.fullmatch(r"sizes?|resolution", columns.headers[i].strip(), re.IGNORECASE)]
    places += _sides_by_steps(rows, columns)
    return [
        tuple(
            replace(cell, text=f"{sizes[-1]} × {sizes[-1]}")
            if cell.first in places and (sizes := re.findall(r"\d+", cell.text)) and "×" not in normalized(cell.text)
            else cell
            for cell in row
        )
        for row in rows
    ]


def _sides_by_steps(rows: Sequence[Row], columns: Columns) -> list[int]:
    """Return the columns of what comes in and goes out that are sides of images, which strides divide: 512 | 2 | 256.

    How many channels there are another column says.
    """
    roles = ("input", "stride", "output")
    if any(columns.roles.count(role) != 1 for role in roles) or "filters" not in columns.roles:
        return []
    places = [columns.roles.index(role) for role in roles]
    texts = [[next((cell.text.strip() for cell in row if cell.first == i), "") for i in places] for row in rows]
    told = [[int(text) for text in each] for each in texts if all(map(str.isdecimal, each))]
    divided = [(given - 1) * step < taken <= (given + 1) * step for taken, step, given in told]
    along = any(axes_of(cell.text) == 1 for row in rows for cell in row)
    whole = len(told) == len(texts) and all(divided) and any(step > 1 for _, step, _ in told)
    return [places[0], places[-1]] if whole and not along else []


_PURPOSE = re.compile(r"purpose|rationale|reason|why", re.IGNORECASE)


def _without_purposes(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows without what their layers are for, but where that says how a layer ends: `Softmax probabilities`."""
    places = [i for i, head in enumerate(columns.headers) if _PURPOSE.fullmatch(head.strip())]
    return [
        tuple(
            replace(cell, text="")
            if cell.first in places and any(map(_is_named, row[: row.index(cell)])) and not _ends(cell.text)
            else cell
            for cell in row
        )
        for row in rows
    ]


def _ends(text: str) -> bool:
    return kind_of(text) in {*POSTED, "softmax"} or bool(posts_of(text))


def _is_named(cell: Cell) -> bool:
    return bool(kind_of(cell.text))


_RELU = re.compile(r"(relu)[ _-]?(\d+)", re.IGNORECASE)


def _uncounted(rows: list[Row]) -> list[Row]:
    """Return rows, `relu6` without its number where others of its kind are numbered too: relu5, relu6."""
    found = {match[2] for row in rows for cell in row if (match := _RELU.fullmatch(cell.text.strip()))}
    if not found - {"6"}:
        return rows
    return [
        tuple(replace(cell, text=match[1]) if (match := _RELU.fullmatch(cell.text.strip())) else cell for cell in row)
        for row in rows
    ]


_MANY = re.compile(
    r"(\d{1,5}) ?\([^()]*\b(?:features?|inputs?|values|variables|attributes|pixels|class(?:es)?|digits)\b[^()]*\)",
    re.IGNORECASE,
)
"""How many there are, with a remark of what they are: 10 (digits 0-9)."""


def _unremarked(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows, how many units there are without a remark of what they are."""
    return [
        tuple(
            replace(cell, text=f"{match[1]} features" if kind_of(row[0].text) == "input" else match[1])
            if columns.roles[cell.first] == "filters" and (match := _MANY.fullmatch(cell.text.strip()))
            else cell
            for cell in row
        )
        for row in rows
    ]


_FEATURES = re.compile(r"\d+ (?:input )?(?:features?|inputs|variables|attributes)", re.IGNORECASE)


def _as_input(row: Row) -> Row:
    """Return the row of an input without the layer that a column of types calls it, where features come in."""
    if not any(_FEATURES.fullmatch(cell.text.strip()) for cell in row):
        return row
    return tuple(
        replace(cell, text="") if cell is not row[0] and kind_of(cell.text) == "dense" else cell for cell in row
    )


def _with_squares(grid: Grid, columns: Columns) -> list[Row]:
    """Return the rows of a table's body, in which `2242 × 3` is 224 × 224 × 3 where a column lost its superscripts."""
    rows = list(grid.rows[columns.start :])
    lost = re.compile(r"(\d+)2 ?×(?= ?\d+$)")
    for column, role in enumerate(columns.roles):
        if role not in ("input", "output"):
            continue
        cells = [cell for row in rows for cell in row if cell.first == cell.last == column]
        pairs = [text for cell in cells if re.fullmatch(r"\d+ ?× ?\d+", text := normalized(cell.text))]
        square = all(re.fullmatch(r"(\d+) ?× ?\1", text) for text in pairs)
        sides = {int(found[1]) for text in pairs if (found := lost.match(text))}
        varied = len(sides) > 1 and max(sides) > LEAST_SIDE  # Else they are as many steps: 12 × 64.
        if len(pairs) >= 3 and not square and varied and all(map(lost.match, pairs)):
            rows = [
                tuple(
                    replace(cell, text=lost.sub(r"\1 × \1 ×", normalized(cell.text))) if cell in cells else cell
                    for cell in row
                )
                for row in rows
            ]
    return rows


LEAST_SIDE = 4
"""The side of the largest image is more."""
_LETTERS = re.compile(
    r"(?<![A-Za-z])(?:[NB] ?[×x*,] ?)?([CDTHWL]['′’]?(?: ?[×x*,] ?[CDTHWL]['′’]?){2,3})(?![A-Za-z])", re.IGNORECASE
)
"""The order of sizes, as a header has it: C × H × W, C' × H' × W'."""


def _in_order(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows whose sizes have the order height, width and channels, where a header says in which they stand."""
    for column in range(len(columns.roles)):
        places = _order_said(columns, column)
        if places != sorted(places):
            rows = [tuple(_placed(cell, places) if cell.first == cell.last == column else cell for cell in row)
                    for row in rows]  # fmt: skip
    return rows


def _order_said(columns: Columns, column: int) -> list[int]:
    """Return at which places a header says that depth or time, height, width and channels stand, where it does."""
    found = _LETTERS.search(columns.headers[column]) if columns.roles[column] in ("input", "output") else None
    letters = re.sub(r"[^cdthwl]", "", found[1].lower()) if found else ""
    return [letters.index(each) for each in "dtlhwc" if each in letters] if "c" in letters else []


def _placed(cell: Cell, places: Sequence[int]) -> Cell:
    """Return a cell with its sizes in another order, where it has as many."""
    sizes = re.findall(r"\d+", cell.text)
    plain = re.fullmatch(r"[\s()\[\]\dxX×*,]+", cell.text)
    return replace(cell, text=" × ".join(sizes[i] for i in places)) if plain and len(sizes) == len(places) else cell


def _with_front(cell: Cell) -> Cell:
    """Return a cell of a size in whose front stands how many channels there are, 64@32×32, with these behind it."""
    found = re.fullmatch(r"\W*(\d+) ?@ ?(\d+(?: ?[×,] ?\d+)*)\W*", normalized(cell.text))
    return replace(cell, text=f"{found[2]} × {found[1]}") if found else cell


_THREE = re.compile(r"((?:\W*(?:-1|none|n|b|\?) ?[,×])?\W*)(?<!-)(\d+)( ?[×,] ?)(\d+)( ?[×,] ?)(\d+)(\W*)", re.I)
"""Three sizes, maybe behind that of the batch."""


def _channels_last(rows: list[Row], columns: Columns) -> list[Row]:
    """Return rows in which the channels of sizes stand last: of three sizes the two that are equal are an image's."""
    places = [i for i, role in enumerate(columns.roles) if role in ("input", "output") and not _order_said(columns, i)]
    told = {cell: _with_front(cell) for row in rows for cell in row if cell.first in places}
    rows = [tuple(told.get(cell, cell) for cell in row) for row in rows]
    settled = {after for before, after in told.items() if after != before}
    cells = [cell for row in rows for cell in row if cell.first == cell.last and cell.first in places]
    cells = [cell for cell in cells if cell not in settled]
    sizes = {
        cell: match
        for cell in cells
        for line in [normalized(cell.text)]
        if (match := _THREE.fullmatch(line)) is not None
    }
    first, last = evidence(rows, columns, sizes)
    if first == last:
        each_one = {match[0]: match for match in sizes.values()}.values()
        first = sum(match[2] != match[4] == match[6] for match in each_one)
        last = sum(match[2] == match[4] != match[6] for match in each_one)
    if first <= last or _are_volumes(rows, columns):
        return rows
    return [
        tuple(
            replace(cell, text=f"{match[1]}{match[4]}{match[3]}{match[6]}{match[5]}{match[2]}{match[7]}")
            if (match := sizes.get(cell)) and not (match[2] == match[4] and match[6] in ("1", "3"))
            else cell
            for cell in row
        )
        for row in rows
    ]


_WINDOW = re.compile(r"(?:\W*|.*\()1?\d ?[×,] ?\d ?[×,] ?\d\b")
_STEPS = re.compile(r"\bstride \d ?× ?\d ?× ?\d\b")
"""A step along each of three axes."""
_THREE_STEPS = re.compile(r"\W*\d ?[×,] ?\d ?[×,] ?\d\W*")
"""Such steps, in a column of them."""
_VOLUME = re.compile(r"(?<![A-Za-z])[TD] ?[×x*,] ?H ?[×x*,] ?W(?! ?[×x*,])")
"""The order of sizes without channels, of what has a depth or goes on in time."""


def _are_volumes(rows: Sequence[Row], columns: Columns) -> bool:
    """Tell rows whose windows have three sizes, so that the sizes of what they give have too."""
    sizes = [i for i, role in enumerate(columns.roles) if role in ("input", "output")]
    if any(_VOLUME.search(columns.headers[i]) for i in sizes):
        return True
    texts = [normalized(cell.text) for row in rows for cell in row if cell.first not in sizes]
    steps = [normalized(cell.text) for row in rows for cell in row if columns.roles[cell.first] == "stride"]
    stepped = any(_STEPS.search(text) for text in texts) or any(_THREE_STEPS.fullmatch(text) for text in steps)
    return stepped or any(axes_of(text) == 3 for text in texts) or sum(bool(_WINDOW.match(text)) for text in texts) > 1


def _groups(rows: Sequence[Row], columns: Columns) -> Iterator[tuple[int, list[Row]]]:
    """Yield rows, those that hold several layers below each other apart, with how often a brace repeats them all."""
    for row in rows:
        split = [[line for line in cell.text.split("\n") if line] for cell in row]
        open_ = [each for cell, each in zip(row, split, strict=True) if not _is_idle(cell, columns)]
        times = [int(match[1]) for lines in open_ for line in lines if (match := re.fullmatch(r"(\d+)\s*×", line))]
        resized = any(kind_of(cell.text) == "upsample" for cell in row)  # So many times larger.
        times = times if len(times) == 1 and not resized else []  # Several are how much smaller images are.
        lines = [[line for line in each if not (times and re.fullmatch(r"\d+\s*×", line))] for each in split]
        many = max((len(each) for each in lines), default=0)
        others = [len(each) for cell, each in zip(row[1:], lines[1:], strict=True) if not _is_idle(cell, columns)]
        alike = many > 1 and all(map(is_layer, lines[0])) and len(lines[0]) == many
        alike &= not others or max(others) > 1
        said = {columns.roles[cell.first] for cell, each in zip(row, lines, strict=True) if len(each) == many}
        each_way = {len(each) for cell, each in zip(row, lines, strict=True) if columns.roles[cell.first]}
        label = [
            cell
            for cell, each in zip(row, lines, strict=True)
            if len(each) == 1 and columns.roles[cell.first] == "type"
        ]
        labelled = bool(row) and label == [row[0]]
        each_way -= {1} if labelled else set()  # Beside the lines of which it is the label.
        sized = said & {"output", "input", *(("filters", "kernel") if labelled else ())}
        alike |= many > 1 and each_way == {many} and "type" in said and bool(sized)
        if not alike and not (
            many > 1 and said & {"stride", "repeat"} and said & {"output", "input", "kernel", "type"}
        ):
            bare = tuple(replace(cell, text="\n".join(each)) for cell, each in zip(row, lines, strict=True))
            yield times[0] if times else 1, [bare if times else row]
            continue
        over = _over_all_lines(row, lines, many, columns)
        times = times or [int(cell.text) for cell in over]
        spread = [(cell, [""] * many if cell in over else each) for cell, each in zip(row, lines, strict=True)]
        parts = [_spread(cell, each, many, row) for cell, each in spread]
        single = [
            tuple(replace(cell, text=part[i]) for cell, part in zip(row, parts, strict=True)) for i in range(many)
        ]
        yield times[0] if times else 1, single


def _over_all_lines(row: Row, lines: Sequence[Sequence[str]], many: int, columns: Columns) -> list[Cell]:
    """Return the cell of how often all lines of a row come, beside how often each does: modules, repeats."""
    often = [(cell, each) for cell, each in zip(row, lines, strict=True) if columns.roles[cell.first] == "repeat"]
    each_one = any(len(each) == many for _, each in often)
    return [cell for cell, each in often if each_one and len(each) == 1 and each[0].isdecimal()][:1]


def _is_idle(cell: Cell, columns: Columns) -> bool:
    """Tell a cell that says nothing of a design."""
    return columns.roles[cell.first] in ("ignored", "counter", "count")


def _spread(cell: Cell, lines: Sequence[str], many: int, row: Row) -> list[str]:
    """Return the text of a cell for each of the lines of its row, by its height; in the middle it is for all."""
    if len(lines) == many or cell.box is None:
        return [*lines, *[""] * (many - len(lines))]
    boxes = [each.box for each in row if each.box is not None]
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    place = ((cell.box[1] + cell.box[3]) / 2 - top) / max(bottom - top, 1.0) * many
    if len(lines) != 1:
        before = min(max(0, round(place - len(lines) / 2)), many - len(lines))
        return [*[""] * before, *lines, *[""] * (many - len(lines) - before)]
    if abs(place - many / 2) < 0.25:
        return [lines[0]] * many
    return [lines[0] if i == min(int(place), many - 1) else "" for i in range(many)]
