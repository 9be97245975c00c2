"""Where the cells of a column speak against its header: filters that are windows, sizes that are numbers of weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, product

from extract.columns.by_content import LARGEST_SIDE
from extract.columns.grids import Grid
from extract.columns.header_rows import LISTED
from extract.columns.headers import COUNT, RELU
from extract.columns.layer_names import names_layers
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized

_IMAGE = re.compile(r"\d+ ?× ?\d+ ?× ?(?:\d+|[A-Z])")
"""The size of an image with its channels."""
_WEIGHTS = re.compile(r"\d+ ?× ?\d+ ?× ?(\d) ?× ?\1")
"""The shape of the weights of a convolution: 32 × 16 × 3 × 3."""
_SUM = re.compile(r"[\d\s,.×+()-]*\d[\s,.×()]*[+=][\d\s,.×+=()≈-]*")
"""How a number of weights is worked out: 6 × 25 + 6 = 156."""
_WINDOW = re.compile(r"(\d{1,2}) ?× ?\d{1,2}")
"""The sides of a window."""
_MANY = re.compile(r"[≈~∼]? ?[\d,.]+(?:[eE][+-]?\d+)?\s?[kKMBG%]?(?: ?× ?\d+)?|[-–—]*")
"""A number of weights."""
_SIDES = re.compile(r"\d+ ?× ?\d+")
"""Two sizes of what a layer gives."""
_LARGE = re.compile(r"[≈~∼]? ?\d{5,}\b(?! ?×)")
"""One of more than any layer has units, whatever is said behind it."""
_LONG = re.compile(r"(?:widths?|lengths?)(?: ?\[?\(?samples\)?\]?)?")
"""The header of how long windows are, or how wide layers where nothing else says that."""
_WIDE = re.compile(r"(?:in|out(?:puts?)?|(?:in|out)(?:put)? (?:dim\w*|planes|depth))\.?")
"""The header of how wide is what comes in or goes out, where windows have a column and filters have none."""

_NAMED = re.compile(r"[a-z]: ?[\[(]?\d", re.IGNORECASE)
"""A number behind its name."""
_FLAG = re.compile(r"yes|no|true|false|[✓✔√✗✘×]", re.IGNORECASE)
_SLOPED = re.compile(r"\b(?:leaky[ -]?relu|l-?relu|prelu|elu)\W{0,2}\d[\d.]*\W?", re.IGNORECASE)
"""An activation with its slope."""


def revise(grid: Grid, start: int, headers: Sequence[str], roles: list[str], i: int) -> None:
    """Change what a column is for, where its cells say something else than its header."""
    texts = [normalized(text) for text in grid.texts(i, start)]
    _heed_layers(grid, start, headers[i], roles, i, texts)
    _heed_numbers(headers[i].lower().strip(), roles, i, texts)


def _heed_layers(grid: Grid, start: int, name: str, roles: list[str], i: int, texts: Sequence[str]) -> None:
    """Change what a column is for that says layers, which layer each is, or what windows they have."""
    layers = re.search(r"\b(?:layer|operat\w*|module|type|name)\b", name, re.IGNORECASE)
    if (
        roles[i] in ("groups", "repeat", "expand", *(("kernel",) if layers else ()))
        and sum(map(bool, map(kind_of, texts))) >= 0.6 * len(texts) > 0
    ):
        roles[i] = "type"
    if roles[i] == "ignored" and re.match(r"(?:filter|kernel)", name.lower()) and _all_windows(texts):
        roles[i] = "kernel"
    sized = [text for text in texts if re.search(r"\d", text)]
    alone = roles[i] == "filters" and "kernel" not in roles and re.fullmatch("filters?", name.strip().lower())
    if alone and _all_windows(sized):
        roles[i] = "kernel"  # And not how many there are.
    if roles[i] == "ignored" and re.fullmatch(r"#? ?ops?", name.lower()) and _name_layers(texts):
        roles[i] = "type"  # Operations, and not how many.
    listed = any(LISTED.fullmatch(cell.text.strip()) for cell in grid.column(i, start))
    if roles[i] in ("input", "output") and not listed and _say_whole_layers(texts):
        roles[i] = ""  # Of what comes in, what is made of it.
    if roles[i] == "output" and texts and all(posts_of(text) and not re.search(r"\d", text) for text in texts):
        roles[i] = "activation"  # What it ends in.
    if "receptive field" in name.lower() and "kernel" not in roles and _are_windows(texts):
        roles[i] = "kernel"
    if texts and all(re.fullmatch(r"1/\d+", text) for text in texts):
        roles[i] = "output"  # As a share of what comes in.
    often = [text for text in texts if text.strip(" -")]
    beside = [j for j in range(grid.width) if j != i and names_layers(grid, start, j)]
    if re.fullmatch(r"layers|blocks", name.strip(), re.IGNORECASE) and beside and often and "repeat" not in roles:
        # How many of what stands in another column.
        roles[i] = "repeat" if all(re.fullmatch(r"\d{1,2}", text) for text in often) else roles[i]
    if _count_up(texts) and (roles[i] != "type" or any(names_layers(grid, start, j) for j in range(grid.width))):
        roles[i] = "counter"  # Which one each is.
    if roles[i] == "output" and sum(bool(_WEIGHTS.fullmatch(text)) for text in texts) >= 0.5 * len(texts) > 0:
        roles[i] = "filters"  # Of what is learned, windows with how many there are.
    flags = [text for text in texts if text.strip(" -")]
    if not roles[i] and flags and all(map(_FLAG.fullmatch, flags)) and RELU.fullmatch(name):
        roles[i] = "activation"  # Whether it is there.
    plain = [_SLOPED.sub("", text) for text in texts]
    told = [text for text in plain if re.search(r"\d", text) and not re.fullmatch(r"[A-Za-z -]+\W*[\d.]+\W*", text)]
    if roles[i] == "activation" and len(told) > max(1, 0.3 * len(texts)):
        roles[i] = ""  # Of each all that is said.
    if roles[i] == "type" and sum("[" in text for text in texts) >= 0.4 * len(texts) > 0:
        roles[i] = ""  # Whole layers, and no names of any.


def _heed_numbers(plain: str, roles: list[str], i: int, texts: Sequence[str]) -> None:
    """Change what a column is for by what its numbers can be: of weights, of filters, the sides of images."""
    if COUNT.fullmatch(plain):
        # Numbers of weights, or else what a layer is made with.
        counts = all(map(_MANY.fullmatch, texts)) or any(map(_LARGE.match, texts))
        counts |= sum(bool(_SUM.fullmatch(text)) for text in texts) > 0.3 * len(texts)
        counted = re.match(r"#|n(?:o|um)|total|amount", plain) is not None  # And not what they are made with.
        roles[i] = "count" if counts else "ignored" if counted else "filters"
    if not roles[i] and re.match("hyper-?param", plain) and 2 * sum(map(bool, map(_NAMED.search, texts))) > len(texts):
        roles[i] = "filters"  # With what else is said of layers, each by its name.
    sized = [[*map(int, re.findall(r"\d+", text))] for text in texts if _IMAGE.fullmatch(text)]
    images = len(sized) if any(sum(side > LARGEST_SIDE for side in each) > 1 for each in sized) else 0
    stepped = {"stride", "output"} <= {*roles}
    wide = [int(text) for text in texts if text.isdecimal()]
    others = "filters" in [*roles[:i], *roles[i + 1 :]]
    large = others and len(wide) == len(texts) > 2 and min(wide) > LARGEST_SIDE
    if re.fullmatch(r"sizes?|resolution", plain) and large:
        roles[i] = "output"  # Of images, for no window is so large.
        return
    if roles[i] == "filters" and roles.count("filters") > 1 and "output" not in roles and 2 * images > len(texts):
        roles[i] = "output"  # Of how many filters there are another column tells.
    if re.fullmatch(r"sizes?", plain) and ("kernel" in roles or images >= 0.6 * len(texts) > 1):
        roles[i] = "output"
    elif re.fullmatch(r"sizes?", plain) and (stepped or "filters" in [*roles[:i], *roles[i + 1 :]]):
        roles[i] = "kernel"
    elif _LONG.fullmatch(plain) and "kernel" not in roles and "filters" in [*roles[:i], *roles[i + 1 :]]:
        roles[i] = "kernel"  # Of how many filters there are another column tells.
    sides = sum(bool(_SIDES.fullmatch(text)) for text in texts)
    if re.search(r"neurons|nodes", plain) and sides >= 0.5 * len(texts) > 0:
        roles[i] = "ignored" if "output" in roles else "output"  # How long what is given is, and how many channels.


def _count_up(texts: Sequence[str]) -> bool:
    """Tell cells that count from 0 or 1 on, between those of what comes in and goes out."""
    numbers = [plain for text in texts if (plain := text.strip(" -.()"))]
    counted = numbers[numbers[:1] == ["Input"] : len(numbers) - (numbers[-1:] == ["Output"])]
    return len(numbers) > 3 and counted in ([str(k + j) for k in range(len(counted))] for j in (0, 1))


def _name_layers(texts: Sequence[str]) -> bool:
    """Tell cells of which most name layers or what stands behind them."""
    return sum(bool(kind_of(text) or posts_of(text)) for text in texts) >= 0.6 * len(texts) > 0


def _say_whole_layers(texts: Sequence[str]) -> bool:
    """Tell cells that say layers with their windows, or blocks of such."""
    kinds = [kind_of(text) if re.search(r"[×(\[]", text) else "" for text in texts]
    return sum(kind not in ("", "input") for kind in kinds) > 0.5 * len(texts) > 1


def _are_windows(texts: Sequence[str]) -> bool:
    """Tell the sizes of windows from those of all that a layer sees, which grow from each to the next."""
    found = [_WINDOW.fullmatch(text) for text in texts]
    sides = [int(each[1]) for each in found if each]
    return len(sides) >= 0.6 * len(texts) > 1 and max(sides) <= LARGEST_SIDE and any(a > b for a, b in pairwise(sides))


def _all_windows(texts: Sequence[str]) -> bool:
    """Tell windows, or the shapes of weights by their windows, alone."""
    return len(texts) > 1 and all(_WINDOW.fullmatch(text) or _SHAPE.fullmatch(text) for text in texts)


_SHAPE = re.compile(r"(\d{1,2}) ?× ?\d{1,2} ?× ?\d+ ?× ?\d+")
"""The shape of what is learned, its window first: 3 × 3 × 16 × 32."""


def weigh(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Change roles that the cells speak against: filters that are windows beside windows that are numbers of filters.

    What is called feature maps beside a column of windows, and has three sizes, is what layers give.
    """
    if "kernel" not in roles and roles.count("filters") == 2:
        for i in (i for i, role in enumerate(roles) if role == "filters"):
            texts = [text for cell in grid.column(i, start) if (text := normalized(cell.text)).strip(" -")]
            if sum(bool(_WINDOW.fullmatch(text)) for text in texts) >= 0.6 * len(texts) > 0:
                roles[i] = "kernel"
    if "kernel" not in roles and roles.count("filters") == 1 and "output" in roles:
        i = roles.index("filters")
        told = [text for cell in grid.column(i, start) if re.search(r"\d", text := normalized(cell.text))]
        if re.fullmatch(r"(?:filter|kernel)s?", headers[i].strip(), re.IGNORECASE) and _all_windows(told):
            roles[i] = "kernel"  # How wide each layer is, what it gives says.
    _leave_out_scales(grid, start, roles)
    _tell_widths(grid, start, headers, roles)
    _tell_given(grid, start, roles)
    if "kernel" not in roles or "filters" not in roles:
        return
    kernel, filters = roles.index("kernel"), roles.index("filters")
    said = {
        i: [normalized(cell.text) for cell in grid.column(i, start) if re.search(r"\d", cell.text)]
        for i in (kernel, filters)
    }
    square = {i: sum(bool(_WINDOW.fullmatch(text)) for text in said[i]) for i in said}
    large = sum(text.isdecimal() and int(text) > LARGEST_SIDE for text in said[kernel])
    if square[filters] >= 0.6 * len(said[filters]) > 0 and large and not square[kernel]:
        roles[kernel], roles[filters] = "filters", "kernel"
    three = sum(bool(re.fullmatch(r"\d+ ?× ?\d+ ?× ?\d+", text)) for text in said[filters])
    if three >= 0.6 * len(said[filters]) > 1 and square[kernel] and "output" not in roles:
        roles[filters] = "output"


def _tell_widths(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Take numbers of what comes in and goes out for channels, where windows have a column and filters have none."""
    if "kernel" not in roles or "filters" in roles:
        return
    for i, head in enumerate(headers):
        numbers = [text for cell in grid.texts(i, start) if (text := cell.strip(" -–—"))]
        wide = roles[i] != "scale" and _WIDE.fullmatch(head.lower().strip())
        if wide and all(map(str.isdecimal, numbers)):
            roles[i] = "filters" if head.lower().strip().startswith("out") else "ignored"


def _leave_out_scales(grid: Grid, start: int, roles: list[str]) -> None:
    """Leave out columns of how many times smaller images are than the first, which grow with each stride: 1 → 2 → 4.

    Where a layer makes images larger, they become less by its stride.
    """
    ways = product(*([i for i, role in enumerate(roles) if role in own] for own in _SCALED))
    taken, given = next(
        ((one, other) for one, step, other in ways if _are_scales(grid, start, (one, step, other))), 2 * (-1,)
    )
    if taken < 0:
        return
    roles[taken] = roles[given] = "scale"
    for i in (i for i, role in enumerate(roles) if not role and "filters" not in roles):
        if all(re.fullmatch(r"\d+ ?[/→] ?\d+", text.strip()) for text in grid.texts(i, start)):
            roles[i] = "filters"  # How many channels come in, and how many go out.


def _are_scales(grid: Grid, start: int, places: Sequence[int]) -> bool:
    rows = [
        [cell.text.strip() if (cell := grid.at(i, j)) else "" for j in places] for i in range(start, len(grid.rows))
    ]
    whole = [[int(text) for text in row] for row in rows if all(map(str.isdecimal, row))]
    grown = [taken * step == given or taken == step * given for taken, step, given in whole]
    stepped = [(taken, given) for taken, step, given in whole if step > 1]
    sides = stepped[:1] and max(stepped[0]) > LARGEST_SCALE and all(taken > given for taken, given in stepped)
    return bool(stepped) and not sides and len(whole) >= LEAST_SCALED and sum(grown) >= 0.8 * len(grown)


_SCALED = (("input", ""), ("stride",), ("output", ""))
"""What columns of scales, and that of the strides between them, are for by their headers."""
LEAST_SCALED = 4
"""Rows of which fewer do not tell scales from sizes."""
LARGEST_SCALE = 32
"""How many times smaller an image becomes at most; larger numbers that strides divide are its sides."""


def _tell_given(grid: Grid, start: int, roles: list[str]) -> None:
    """Take sizes under the name of what comes in for what is given, where they have as many channels as filters."""
    if roles.count("input") != 1 or "output" in roles:
        return
    column = roles.index("input")
    said: list[tuple[list[int], int]] = []
    for i in range(start, len(grid.rows)):
        size, others = grid.at(i, column), [cell.text for cell in grid.rows[i] if cell.first != column]
        wide = [found for text in others if (found := re.search(r"(\d+) (?:filters|kernels|feature maps)\b", text))]
        if size is not None and wide:
            said.append(([*map(int, re.findall(r"\d+", size.text))], int(wide[0][1])))
    own = [wide in sizes for sizes, wide in said]
    if len({wide for _, wide in said}) > 1 and all(own):
        roles[column] = "output"
