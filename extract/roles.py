"""What the columns of a table are for, by the words of their headers and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.by_content import role_by_content
from extract.cells import read_cell
from extract.grids import Cell, Grid
from extract.lexicon import POSTS, kind_of, posts_of
from extract.spellings import normalized
from extract.strangers import is_set

ROLES: tuple[tuple[str, str], ...] = (
    (
        "ignored",
        r"mult-?adds|^mul\w*\.?$|^par(?:am)?\.$|\bops\b"
        r"|fl[oa]?ps?\b|learned|channel-(?:shared|wise)|\bratio\b|sparsity|#?bits?"
        r"|prun|\bmacs?\b|%$|^weights?\b ?#|complexity|\berror|top-|#?params?\b"
        r"|^connected to|^(?:filt|filter|kernel) dim\w*$|^(?:rf|jump)\b"
        r"|^in[ _-]?(?:channels?|ch|features|maps|planes)\b|^c[ _]?in$",
    ),
    (
        "filters",
        r"(?:number|num|no|#)\W*(?:of )?\s*(?:kernel|filter|filt|channel|feature map|map|neuron|unit|node|output)s?\b",
    ),
    ("inner", r"sub-? ?blocks"),
    ("ignored", r"^(?:inner|bottleneck|hidden) (?:size|dim\w*)"),
    ("context", r"^(?:layer |frame |temporal )?context"),
    ("ignored", r"^total context|receptive field|^output stride"),
    ("poolsize", r"^(?:max-?)?pool(?:ing)? ?-?(?:size|kernel|window)"),
    ("poolstride", r"^(?:max-?)?pool(?:ing)? strides?"),
    ("stride", r"^conv\w*\.? strides?$"),
    ("filters", r"^chan\w*\.? map"),
    ("filters", r"^in(?:put)?s? ?[×x/→-] ?out(?:put)?s?$|^(?:\w+ )?features?$"),
    ("filters", r"^n[ _]?out$|^out-?f$|^(?:kernel|filter)s? (?:number|num|count)$|^(?:other )?layer param"),
    ("filters", r"^(?:hidden )?(?:units|neurons|nodes)$|^numb?(?:er)?$"),
    ("norm", r"^(?:batch[ -]?)?norm(?:ali[sz]ation)?\??$|^bn\??$"),
    ("padding", r"^(?:zero-?)?pad(?:ding)?(?: size)?$"),
    ("dilation", r"^dilat"),
    ("dropout", r"^drop-?out"),
    ("resample", r"^(?:re|up|down)-?sampl\w*$|^up ?/ ?down\w*$"),
    ("pool", r"^(?:max|avg|average)?[- ]?pool(?:ing)?$"),
    ("repeat", r"repe(?:at|tition)|#\s*(?:layers|blocks)|number of (?:blocks|layers)|^times$|^blocks$"),
    ("groups", r"^#?\s*groups?$|^cardinality"),
    ("branch", r"#\s?\d\s?×\s?\d|reduce|proj|squeeze|expand\)|\b[se]\s?\d\s?×\s?\d"),
    ("expand", r"^#?\s*exp(?:ansion)?\b"),
    ("gate", r"^se$|squeeze-and-excit"),
    ("output", r"^(?:activation|out\.?) (?:size|shape|dim)"),
    ("input", r"^in\.? (?:size|shape|dim)|^(?:shape )?in$"),
    ("output", r"^(?:shape )?out$"),
    ("kernel", r"^k[ _]?l$"),
    ("stride", r"^s[ _]?l$"),
    ("activation", r"^nl$|^act\b|activation|non-?linearity"),
    ("output", r"^(?:shapes?|dimensions?)$"),
    ("output", r"^(?:sortie|ausgabe|salida|saída|uscita)$"),
    ("output", r"output(?! channels)|map size|^data (?:size|shape)|size-? ?out|^out-?res"),
    ("input", r"^(?:layer )?input|resolution|input size|size-? ?in\b|^inp?-?res"),
    ("kernel", r"patch|k-?size|kernel|filter size|window|^support$|^ps$"),
    ("stride", r"^str(?:ides?)?\.?$"),
    (
        "filters",
        r"channel|\bch\b|#\s*(?:filters|maps|out)|filter shape|^size|^width|feature maps?$|^maps$"
        r"|configuration|^filters?",
    ),
    ("depth", r"^depth"),
    (
        "type",
        r"type|layer|name|operat(?:or|ion)|module|stage|block|model|arch|^(?:couche|schicht|capa|camada|strato)s?$",
    ),
    ("stride", r"\bstrides?\b|^steps?$"),
)
"""What a column is for, by the words of its header; the first that fits."""
LETTERS = {
    "t": "expand",
    "c": "filters",
    "n": "repeat",
    "s": "stride",
    "k": "kernel",
    "f": "filters",
    "x": "output",
    "d": "dilation",
    "i": "",
    "g": "",
    "l": "",
}
"""What a header of one letter stands for, in tables whose headers of one letter are all of these."""
_NAMED = """
conv dwconv gconv sepconv deconv maxpool avgpool pool gavgpool gmaxpool dense softmax input mbconv bottleneck inception
fire dense_block transition resblock stage lstm bilstm gru rnn embedding columns spp dropout flatten reshape upsample
concat add shuffle block decoding shortcut fusedmbconv ghost local subpixel activation mfm
"""
LAYERS = frozenset(_NAMED.split()) | {name for name, _ in POSTS}
"""The kinds of reading that are layers of a design."""
SIZED = frozenset(("kernel", "stride", "filters", "output", "input", "repeat", "expand", "branch"))
"""What columns are for that a table of results does not have."""
_FACTS = re.compile(
    r"(?:total|(?:trunk |network )?depth|(?:network|model|net) (?:param(?:eter)?s?|flops|macs)"
    r"|complexity|cost(?! vol)|[#№]?\s*(?:params?|parameters|weights|flops?|macs?|mult-?adds|ops)"
    r"|receptive field"
    r"|(?:number|amount|no\.?|#) of (?:param\w*|weights|layers|epochs|iterations|clusters|classes|steps)"
    r"|cluster number|top-?[15]|accuracy|(?:test|val\w*)? ?error|latency|speed"
    r"|model size|memory|runtime|(?:leaky ?)?relu slope|optimi[sz]er|learning rate|batch size|iterations|epochs"
    r"|normali[sz]ation$|padding mode$|parameter updates"
    r"|weights?(?: decay|,? (?:and )?(?:bias )?init\w*)|momentum|loss(?: function)?$)\b",
    re.IGNORECASE,
)
"""What the first cell of a row begins with that is no layer."""
DEEP = 16
"""Of how many layers no module is: where a column of depths has such a number, it says how many filters there are."""
COUNT = re.compile(
    r"(?:(?:#|no\.?|num\.?|number|total|amount)\s*)*(?:of )?\s*(?:(?:trainable|learnable|free) )?"
    r"param(?:eter)?s?\.?\s*#?"
)
"""The header of a column of how many weights layers have, or else of what they are made with."""
_SCALE = re.compile(r"\d+(?:\.\d+)? ?×")
"""What names a design by how many times as wide it is as another."""
_SIZES = re.compile(r"(?:\d+ ?@ ?)?\d+\s*×\s*\d+(?:\s*×\s*\d+){,2}")
_IMAGE = re.compile(r"\d+ ?× ?\d+ ?× ?(?:\d+|[A-Z])")
"""The size of an image with its channels."""
_LISTED = re.compile(r"[\[(](?:(?:none|samples|batch(?:[_ ]size)?), ?)?\d+(?:, ?\d+)+[\])]", re.IGNORECASE)
"""A size in brackets: [64, 32, 32]."""

_OPEN = re.compile(r"\[(?=[^\]]*\d)[A-Za-z\d×]{1,6}(?:, ?[A-Za-z\d×]{1,6})+\]")
"""One of which some are left open: [B, 64, T]."""
_WEIGHTS = re.compile(r"\d+ ?× ?\d+ ?× ?(\d) ?× ?\1")
"""The shape of the weights of a convolution: 32 × 16 × 3 × 3."""


@dataclass(frozen=True)
class Columns:
    """Where a table's body begins, and for each column its header and what it is for."""

    start: int
    headers: tuple[str, ...]
    roles: tuple[str, ...]


def columns_of(grid: Grid) -> Columns:
    """Return what the columns of a table are for."""
    start = _body(grid)
    headers = tuple(header(grid, column, start) for column in range(grid.width))
    roles = [role_of(each) or _role_of_content(grid, i, start) for i, each in enumerate(headers)]
    titled = under_titles(grid, headers, start, "filters")
    letters = all(
        each.lower() in LETTERS or not each.isalpha() or _counts(grid, i, start)
        for i, each in enumerate(headers)
        if len(each) == 1 and i not in titled
    )
    several = letters and sum(len(each) == 1 for each in headers) > 2
    if "filters" not in roles and "branch" not in roles and "depth" in roles:
        texts = [cell.text.strip() for cell in grid.column(roles.index("depth"), start)]
        if max((int(text) for text in texts if text.isdecimal()), default=0) >= DEEP:
            roles[roles.index("depth")] = "filters"
    for i, name in enumerate(headers):
        if i in titled:
            roles[i] = "filters"  # Its header names a design.
        elif letters and len(name) == 1 and name.isalpha():
            roles[i] = LETTERS.get(name.lower(), "")
            if name.lower() == "n" and "filters" not in roles and not {"c", "f"} & {each.lower() for each in headers}:
                roles[i] = "filters"
        elif several and len(name) == 2 and not roles[i]:
            roles[i] = "ignored"  # A sign of something that follows from the others.
        texts = [normalized(cell.text) for cell in grid.column(i, start) if cell.first == cell.last]
        if roles[i] in ("groups", "repeat", "expand") and sum(map(bool, map(kind_of, texts))) >= 0.6 * len(texts) > 0:
            roles[i] = "type"
        listed = any(_LISTED.fullmatch(cell.text.strip()) for cell in grid.column(i, start))
        if roles[i] in ("input", "output") and not listed and _say_whole_layers(texts):
            roles[i] = ""  # Of what comes in, what is made of it.
        if "receptive field" in name.lower() and "kernel" not in roles and _are_windows(texts):
            roles[i] = "kernel"
        if _count(texts) and (roles[i] != "type" or any(_names_layers(grid, start, j) for j in range(grid.width))):
            roles[i] = "counter"  # Which one each is.
        if roles[i] == "output" and sum(bool(_WEIGHTS.fullmatch(text)) for text in texts) >= 0.5 * len(texts) > 0:
            roles[i] = "filters"  # Of what is learned, windows with how many there are.
        told = [text for text in texts if re.search(r"\d", text) and not re.fullmatch(r"[A-Za-z -]+\W*[\d.]+\W*", text)]
        if roles[i] == "activation" and len(told) > max(1, 0.3 * len(texts)):
            roles[i] = ""  # Of each all that is said.
        if roles[i] == "type" and sum("[" in text for text in texts) >= 0.4 * len(texts) > 0:
            roles[i] = ""  # Whole layers, and no names of any.
        plain = name.lower().strip()
        if COUNT.fullmatch(plain):
            # Numbers of weights, or else what a layer is made with.
            counts = all(re.fullmatch(r"[\d,.]+\s?[kKMBG%]?(?: ?× ?\d+)?|-?", text) for text in texts)
            counts |= sum(bool(_SUM.fullmatch(text)) for text in texts) > 0.3 * len(texts)
            roles[i] = "count" if counts else "filters"
        sized = [[*map(int, re.findall(r"\d+", text))] for text in texts if _IMAGE.fullmatch(text)]
        images = len(sized) if any(sum(side > LARGEST_SIDE for side in each) > 1 for each in sized) else 0
        if re.fullmatch(r"sizes?", plain) and ("kernel" in roles or images >= 0.6 * len(texts) > 1):
            roles[i] = "output"
        elif re.fullmatch(r"sizes?", plain) and "filters" in [*roles[:i], *roles[i + 1 :]]:
            roles[i] = "kernel"
        numbers = [text for text in texts if text.strip(" -")]
        bare = "kernel" in roles and "filters" not in roles
        if re.fullmatch(r"in|out(?:puts?)?", plain) and bare and all(map(str.isdecimal, numbers)):
            roles[i] = "filters" if plain.startswith("out") else "ignored"
    bare = (
        start == 0 and grid.width > 1 and not any(_names_layers(grid, start, i, kind_of) for i in range(1, grid.width))
    )
    first = next((i for i, role in enumerate(roles) if role != "counter"), 0)
    bare |= roles[:1] == ["counter"] and "type" not in roles
    if (
        "type" not in roles
        and roles[first:][:1] == [""]
        and _names_layers(grid, start, first)
        and (SIZED & {*roles} or bare)
    ):
        roles[first] = "type"
    if "type" not in roles and start == 0:
        for i in range(min(2, grid.width)):
            if not roles[i] and _names_layers(grid, start, i, _is_bare_kind):
                roles[i] = "type"
    if "type" not in roles and start == 0 and grid.width > 1:
        named = [i for i, role in enumerate(roles) if not role and _names_layers(grid, start, i, kind_of)]
        roles[:] = ["type" if [i] == named else role for i, role in enumerate(roles)]
    if "type" in roles:
        _tell_by_content(grid, start, headers, roles)
    if not any(headers) and roles.count("output") == 2:
        roles[roles.index("output")] = "input"
    if not any(headers) and "activation" in roles:
        roles[:] = [
            "type" if not role and _names_layers(grid, start, i, kind_of) else role for i, role in enumerate(roles)
        ]
    _weigh(grid, start, roles)
    return Columns(start, headers, tuple(roles))


def _counts(grid: Grid, column: int, start: int) -> bool:
    """Tell a column of whole numbers."""
    texts = [cell.text.strip() for cell in grid.column(column, start) if cell.first == cell.last]
    return bool(texts) and all(text.isdecimal() or text in ("-", "–") for text in texts)


def under_titles(grid: Grid, headers: Sequence[str], start: int, role: str) -> list[int]:
    """Return the columns whose headers name designs, under a title that says what they hold of each."""
    titles = [cell for row in grid.rows[:start] for cell in row if cell.last > cell.first]
    places = [i for cell in titles if role_of(cell.text) == role for i in range(cell.first, cell.last + 1)]
    return [i for i in places if not role_of(headers[i])]


def _count(texts: Sequence[str]) -> bool:
    """Tell cells that count from 0 or 1 on."""
    numbers = [text for text in texts if text.strip(" -")]
    return len(numbers) > 3 and numbers in ([str(k + j) for k in range(len(numbers))] for j in (0, 1))


def _tell_by_content(grid: Grid, start: int, headers: Sequence[str], roles: list[str]) -> None:
    """Fill in what columns are for whose headers do not say it, where no other such column looks alike."""
    found = {
        i: role_by_content([cell.text for cell in grid.column(i, start) if cell.first == cell.last], {*roles})
        for i, role in enumerate(roles)
        if not role and (headers[i] or not any(headers))
    }
    for i, role in found.items():
        many = list(found.values()).count(role)
        if role and (many == 1 or (many == 2 and role == "output" and not any(headers))):
            roles[i] = role


_BARE = re.compile(r"(?:\D|\d(?=-?[dD]\b|[dD][A-Z]))+(?:[ _.-]?\d{1,2}){0,2}")


def _is_bare_kind(text: str) -> bool:
    """Tell the name of a layer with no more than which one of its kind it is."""
    return bool(kind_of(text) or posts_of(text)) and bool(_BARE.fullmatch(text.strip()))


def _say_whole_layers(texts: Sequence[str]) -> bool:
    """Tell cells that say layers with their windows, or blocks of such."""
    kinds = [kind_of(text) if re.search(r"[×(\[]", text) else "" for text in texts]
    return sum(kind not in ("", "input") for kind in kinds) > 0.5 * len(texts) > 1


def _are_windows(texts: Sequence[str]) -> bool:
    """Tell the sizes of windows from those of all that a layer sees, which grow from each to the next."""
    found = [re.fullmatch(r"(\d{1,2}) ?× ?\d{1,2}", text) for text in texts]
    sides = [int(each[1]) for each in found if each]
    return len(sides) >= 0.6 * len(texts) > 1 and max(sides) <= LARGEST_SIDE and any(a > b for a, b in pairwise(sides))


_SUM = re.compile(r"[\d\s,.×+()-]*\d[\s,.×()]*[+=][\d\s,.×+=()≈-]*")
"""How a number of weights is worked out: 6 × 25 + 6 = 156."""


def _weigh(grid: Grid, start: int, roles: list[str]) -> None:
    """Change roles that the cells speak against: filters that are windows beside windows that are numbers of filters.

    What is called feature maps beside a column of windows, and has three sizes, is what layers give.
    """
    if "kernel" not in roles and roles.count("filters") == 2:
        for i in (i for i, role in enumerate(roles) if role == "filters"):
            texts = [text for cell in grid.column(i, start) if (text := normalized(cell.text)).strip(" -")]
            if sum(bool(re.fullmatch(r"(\d{1,2}) ?× ?\d{1,2}", text)) for text in texts) >= 0.6 * len(texts) > 0:
                roles[i] = "kernel"
    if "kernel" not in roles or "filters" not in roles:
        return
    kernel, filters = roles.index("kernel"), roles.index("filters")
    said = {
        i: [normalized(cell.text) for cell in grid.column(i, start) if re.search(r"\d", cell.text)]
        for i in (kernel, filters)
    }
    square = {i: sum(bool(re.match(r"(\d{1,2}) ?× ?\d{1,2}$", text)) for text in said[i]) for i in said}
    large = sum(text.isdecimal() and int(text) > LARGEST_SIDE for text in said[kernel])
    if square[filters] >= 0.6 * len(said[filters]) > 0 and large and not square[kernel]:
        roles[kernel], roles[filters] = "filters", "kernel"
    three = sum(bool(re.fullmatch(r"\d+ ?× ?\d+ ?× ?\d+", text)) for text in said[filters])
    if three >= 0.6 * len(said[filters]) > 1 and square[kernel] and "output" not in roles:
        roles[filters] = "output"


LARGEST_SIDE = 15
"""The side of a window at most, where it may as well be how many filters there are."""


def _names_layers(
    grid: Grid, start: int, column: int = 0, tells: Callable[[str], object] = lambda text: names_layer(text)
) -> bool:
    """Tell whether most cells of a column, the first, say layers, or name them by a word."""
    texts = [cell.text for cell in grid.column(column, start) if cell.first == cell.last]
    return sum(bool(tells(text)) for text in texts) >= 0.6 * len(texts) > 0


def says_fact(text: str) -> bool:
    """Tell the first cell of a row that says something of a whole design, and is no layer: what it costs, its depth.

    >>> says_fact("depth (conv+fc)"), says_fact("Complexity"), says_fact("Depthwise conv"), says_fact("FLOPs")
    (True, True, False, True)
    """
    return bool(_FACTS.match(normalized(text)))


def is_layer(text: str) -> bool:
    """Tell whether a cell says a layer, if only by how many units it has."""
    return any(each.kind in LAYERS for each in read_cell(text))


def names_layer(text: str) -> bool:
    """Tell whether a cell says a layer, and not by a number alone."""
    return not text.strip().isdecimal() and is_layer(text)


def header(grid: Grid, column: int, start: int) -> str:
    """Return the header of a column; what stands alone in its row is a title of all columns."""
    filled = [sum(bool(cell.text.strip(" -–—")) for cell in row) for row in grid.rows[:start]]
    rows = [row for row, many in zip(grid.rows, filled, strict=False) if many > 1 or grid.width < 3]
    texts = [cell.text for row in rows for cell in row if cell.first == cell.last == column and cell.text.strip(" -–")]
    return normalized(" ".join(dict.fromkeys(texts)).replace("\n", " "))


def _takes_in(row: Sequence[Cell], *, first: bool) -> bool:
    """Tell a row that says what comes in with its size: `Input | 32 × 32 × 1`; below a header, a number is one."""
    named = bool(row) and kind_of(row[0].text) == "input"
    texts = [normalized(cell.text) for cell in row]
    sized = re.compile(r"\W*(?:(?:[A-Za-z]+|-1|\?) ?[×,] ?)?\d+(?: ?[×,@] ?\d+)+\W*")
    if named and any(map(sized.fullmatch, texts)):
        return True
    bare = all(text.strip(" -").isdecimal() or kind_of(text) == "input" or not text.strip(" -") for text in texts)
    if named and first and bare and any(re.search(r"\d", text) for text in texts):
        return True
    numbered = not first and any(re.search(r"\d", text) for text in texts)
    return named and (numbered or (len(row) < 4 and any(_SIZES.search(text) or _LISTED.search(text) for text in texts)))


def _is_header(text: str) -> bool:
    plain = normalized(text).lower()
    if re.search(r"^input\b.*(?:\d ?×|∈|\br ?\^)|\w ?[=:] ?[\d(]|^\d+ (?:filters|units|kernels)|\bstrides? \d", plain):
        return False  # What comes in, with its size, or what a layer is made with.
    return any(re.search(pattern, plain) for _, pattern in ROLES) and len(plain) < 40


def _body(grid: Grid) -> int:
    """Return the first row that is no header."""
    if (above := _above_the_input(grid)) is not None:
        return above
    for i, cells in enumerate(grid.rows[:6]):
        row = [cell for cell in cells if cell.text.strip(" -–—")]
        if _takes_in(row, first=i == 0):
            return i
        layers = [cell for cell in row if is_layer(cell.text)]
        heads = [cell for cell in row if _is_header(cell.text)]
        named = bool(layers) and any(cell in layers for cell in row[:2]) and bool(kind_of(layers[0].text))
        many = len(layers) >= 0.3 * len(row) or (i > 0 and (row[:1] == layers[:1] != [] or named))
        beside = i > 0 and len(grid.rows[i - 1]) > 1  # What is over all columns names a network.
        if beside and row and all(any(_is_over(above, cell) for above in grid.rows[i - 1]) for cell in row):
            continue  # What is under titles names designs, whatever it looks like.
        texts = [normalized(cell.text) for cell in row]
        if i == 0 and layers and any(_SIZES.fullmatch(text) or _LISTED.fullmatch(text) for text in texts):
            return 0
        if i and any(any(each.fullmatch(text) for each in (_SIZES, _LISTED, _OPEN)) or is_set(text) for text in texts):
            return i
        if i == 0 and _are_numbered(row):
            continue
        first = all(len(before) < 2 for before in grid.rows[:i])
        if first and len(row) > 1 and layers and all(map(_is_title, row)):
            continue
        if (
            i == 0
            and len(row) > 2
            and role_of(row[0].text) in ("output", "input")
            and not re.search(r"\d", row[0].text)
        ):
            continue  # What names designs behind it may sound like layers: Conv-4.
        if i and row and all(_SCALE.fullmatch(normalized(cell.text)) for cell in row):
            continue
        if many and ((len(heads) < 0.5 * len(row) and (i > 0 or len(heads) < 2)) or (i and len(heads) <= 1)):
            return i
    return 1


def _above_the_input(grid: Grid) -> int | None:
    """Return the row of what comes in, where titles alone stand above it, whatever they sound like."""
    for i, row in enumerate(grid.rows[:3]):
        if i and len(row) == 1 and _takes_in(row, first=False):
            return i
        if any(re.search(r"\d ?×", normalized(cell.text)) for cell in row):
            return None
    return None


def _is_over(title: Cell, cell: Cell) -> bool:
    return title.first <= cell.first <= cell.last <= title.last > title.first


def _are_numbered(row: Sequence[Cell]) -> bool:
    """Tell the names of designs that are numbered alike: CNN-1, CNN-2."""
    found = [re.fullmatch(r"([A-Za-z]+)[ _-]?(\d{1,3})", cell.text.strip()) for cell in row]
    alike = len(row) > 1 and all(found) and len({each[1] for each in found if each}) == 1
    return alike and len({each[2] for each in found if each}) == len(row)


def _is_title(cell: Cell) -> bool:
    """Tell a cell that may be the name of a design, though it sounds like a layer's: it says no numbers."""
    return not re.search(r"\d", cell.text) and kind_of(cell.text) != "input" and not posts_of(cell.text)


def role_of(text: str) -> str:
    """Return what a column under a header is for, or nothing."""
    plain = text.lower().strip()
    return next((role for role, pattern in ROLES if plain and re.search(pattern, plain)), "")


def _role_of_content(grid: Grid, column: int, start: int) -> str:
    """Return what a column without a header of its own is for: one of sizes has those of outputs."""
    texts = [normalized(cell.text) for cell in grid.column(column, start) if cell.first == cell.last]
    sizes = [text for text in texts if _SIZES.fullmatch(text)]
    return "output" if len(sizes) >= 3 and len(sizes) >= 0.8 * len(texts) else ""
