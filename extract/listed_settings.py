"""A network that a table says by its settings alone: how many hidden layers, how wide, with which activation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.families import RECURRENT
from extract.grids import Cell, Grid
from extract.lexicon import kind_of, posts_of
from extract.reading import Reading
from extract.signs import signed
from extract.table_design import TableDesign

_OWN = r"(?:(?:bi-?lstm|lstm|gru|rnn|mlp|[ad]?nn|dense|fc|feed-?forward|fully[- ]connected|neural|network|model) )*"
_MANY = r"(?:(?:total )?(?:number|no\.?|num\.?|#) ?(?:of )?)?"
_SIZE = r"(?: (?:dim\w*|sizes?|features?|nodes?|neurons?|units?|variables?|widths?|cells?))?"
_NAMES = (
    (
        "training",
        r".*\b(?:epochs?|batch size|batches|optimi[sz]er|learning|lr|loss|decay|schedul\w*|patience|stopping|seeds?"
        r"|momentum|beta\w*|regulari[sz]\w*|l[12]|clip\w*|iterations?|initiali[sz]\w*|split|folds?|time|gpu|samples?"
        r"|data ?sets?|param(?:eter)?s?|warm-?up|steps?|tokens?|discount|gamma|tau|buffer|metrics?|software|weights?"
        r")\b.*",
    ),
    ("last activation", r"(?:output|last|final)(?: layers?)? activations?(?: functions?)?"),
    ("activation", rf"{_OWN}(?:hidden )?(?:layers? )?(?:activations?|non-?linearity)(?: functions?)?"),
    ("norm", r"(?:batch |layer )?norm(?:ali[sz]ation)?"),
    ("dropout", rf"{_OWN}drop-?out(?: rates?| prob\w*| ratio)?"),
    ("input", rf"{_OWN}{_MANY}inputs?(?: layers?)?{_SIZE}|{_MANY}(?:input )?features"),
    ("output", rf"{_OWN}{_MANY}outputs?(?: layers?)?(?:{_SIZE}| classes)|{_MANY}(?:output )?classes"),
    ("depth", r"(?:number|no\.?|num\.?|#) ?(?:of )?(?:[a-z-]+ )*layers|(?:bi-?lstm|lstm|gru|rnn) layers"),
    (
        "hidden",
        rf"{_OWN}hidden layers?(?:{_SIZE}| structure| architecture| configuration)|hidden (?:structure|topology)",
    ),
    (
        "width",
        rf"{_OWN}{_MANY}(?:hidden|recurrent)(?: state)?{_SIZE}(?: per layer)?|(?:bi-?lstm|lstm|gru|rnn){_SIZE[:-1]}",
    ),
    ("width", rf"{_MANY}(?:hidden )?(?:neurons|units|nodes) (?:per|in each|in the) (?:hidden )?layers?"),
    ("latent", r"(?:latent|code|bottleneck)(?: (?:space|layer|vector))?(?: (?:dim\w*|sizes?|units))?"),
    ("embedding", r"(?:word |token |character )?embeddings?(?: (?:dim\w*|sizes?|units))?"),
    ("encoder", rf"encoder(?: layers?)?(?:{_SIZE}| structure| architecture)"),
    ("decoder", rf"decoder(?: layers?)?(?:{_SIZE}| structure| architecture)"),
    ("kind", r"(?:model|network|layer|cell|rnn)(?: types?)?|architecture|type"),
    (
        "foreign",
        r".*\b(?:attention|heads?|transformer\w*|d model|patch\w*|vocab\w*|conv\w*|filters?|kernels?|strides?|pool\w*"
        r"|backbone|embedding\w*|graph|message|trees?|estimators|blocks?|channels?|residual|skip"
        r"|feed-?forward dim\w*)\b.*",
    ),
)
"""What settings are called, and what they say of a network; the first that fits."""
_HEAD = re.compile(
    r"(?:hyper-?)?param\w*(?: names?)?|settings?|components?|propert(?:y|ies)|items?|attributes?|options?|names?"
    r"|configurations?|characteristics?|(?:network |model )?(?:hyper-?)?parameters?",
    re.IGNORECASE,
)
"""The header of the column of what is set."""
_VALUE = re.compile(r"(?:\w+ )?(?:values?|settings?|specifications?|configurations?|choices?|details)", re.IGNORECASE)
_BESIDE = re.compile(r"descriptions?|notes?|comments?|remarks?|symbols?|meaning|units?|ranges?|.*space|reason.*|source")
"""The header of a column that says no value."""
_UNITS = r"(?:hidden |fully[- ]connected |dense )?(?:units|neurons|nodes|cells)"
MOST_LAYERS = 64
LEAST_SAID = 2
"""How much is said of a network at least."""


def designs_by_settings(grid: Grid) -> list[TableDesign]:
    """Return the networks of a table that names settings in its first column, one for each column of values."""
    start = 1 if grid.rows and grid.rows[0] and _HEAD.fullmatch(grid.rows[0][0].text.strip()) else 0
    heads = {cell.first: " ".join(cell.text.split()) for row in grid.rows[:start] for cell in row}
    rows = [row for row in grid.rows[start:] if len(row) > 1 and row[0].first == 0 and row[0].text.strip()]
    names = [_said(row[0].text) for row in rows]
    told = [name for name in names if name not in ("", "training")]
    if not start or "foreign" in told or len(told) < LEAST_SAID or not {"hidden", "width", "encoder"} & {*told}:
        return []
    if any(re.search(r"\d", row[0].text) and kind_of(row[0].text) for row in rows):
        return []  # A layer a row.
    found = []
    for column in range(1, grid.width):
        head = heads.get(column, "")
        if _BESIDE.fullmatch(head.lower()):
            continue
        said = {
            name: cell for name, row in zip(names, rows, strict=True) if name for cell in row if cell.first == column
        }
        readings = _network(said, {row[0].text for row in rows if row[0].text.strip()}, "" in names)
        if readings:
            found.append(TableDesign("" if _VALUE.fullmatch(head) else head, "settings", tuple(readings)))
    return found


def _said(name: str) -> str:
    """Return what a setting says of a network, by its name."""
    plain = re.sub(r"\([^()]*\)", " ", signed(name).lower())
    plain = " ".join(re.sub(r"[^a-z0-9#.-]+", " ", plain).split())
    return next((said for said, pattern in _NAMES if re.fullmatch(pattern, plain)), "")


def _network(said: dict[str, Cell], names: set[str], strange: bool) -> list[Reading]:
    """Return the layers that settings say, none where it is not said how wide they are."""
    texts = {name: signed(" ".join(cell.text.split())) for name, cell in said.items()}
    kind = _kind([*names, texts.get("kind", ""), texts.get("hidden", "")])
    chain = [*_listed(texts.get("encoder", "")), *_listed(texts.get("decoder", ""))]
    widths = _widths(texts)
    if chain:
        both = _listed(texts.get("encoder", "")), _listed(texts.get("decoder", ""))
        widths = [width for each in both for width in each[1:]] if all(both) and both[0][-1] == both[1][0] else []
    if not kind or not widths or len(widths) > MOST_LAYERS:
        return []
    posts = (*_posts(texts.get("norm", "")), *_posts(texts.get("activation", "")))
    last = tuple(_posts(texts.get("last activation", ""))) or _posts(texts.get("output", ""))
    comes_in, goes_out = _sum(texts.get("input", "")), _sum(texts.get("output", ""))
    comes_in = _listed(texts.get("encoder", ""))[0] if chain else comes_in
    own = tuple(post for post in posts if kind not in RECURRENT or post not in ("tanh", "sigmoid"))
    hidden = [Reading(kind, {"units": width}, own, text=f"hidden layer of {width}") for width in widths]
    hidden = [replace(hidden[0], times=len(widths))] if len({*widths}) == 1 and not chain else hidden
    if chain:
        hidden[-1] = replace(hidden[-1], posts=last)
    embedded = _sum(texts.get("embedding", ""))
    if "embedding" in texts and not (embedded and kind in RECURRENT):
        return []
    found = [Reading("input", {"output": (comes_in,)}, text="input")] if comes_in and kind not in RECURRENT else []
    found += [Reading("embedding", {"units": embedded}, text=f"embedding {embedded}")] if embedded else []
    found += hidden
    if rate := re.match(r"0?\.\d+", texts.get("dropout", "")):
        found.append(Reading("dropout", {"rate": float(rate[0])}, text=f"dropout {rate[0]}", unclear=True))
    if goes_out and not chain:
        found.append(Reading("dense", {"units": goes_out}, last, text=f"output {goes_out}"))
    if strange:  # Of what is set some is not known here.
        found = [replace(each, unclear=True) if each is hidden[0] else each for each in found]
    return found


def _kind(texts: Sequence[str]) -> str:
    """Return what kind the hidden layers are: recurrent where that is said, or fully connected."""
    found = [kind for text in texts for word in re.findall(r"[A-Za-z-]+", text) if (kind := kind_of(word)) in RECURRENT]
    return "dense" if not found else found[0] if len({*found}) == 1 else ""


def _widths(texts: dict[str, str]) -> list[int]:
    """Return how wide each hidden layer is."""
    hidden, width = texts.get("hidden", ""), texts.get("width", "")
    if listed := _listed(hidden) or _listed(width):
        return listed
    depth = _sum(texts.get("depth", "")) or (_sum(hidden) if width else 0)
    wide = _sum(width) or (0 if width else _sum(hidden))
    return [wide] * (depth or 1) if wide and (depth or width) else []


def _listed(text: str) -> list[int]:
    """Return the widths that a value lists: 64 → 32, (64, 64), 3 layers (64, 64, 32 units), 2 × 128.

    >>> _listed("3 Dense Layers (64, 64, 32 units)"), _listed("[64, 32]"), _listed("2 × 128"), _listed("256")
    ([64, 64, 32], [64, 32], [128, 128], [])
    """
    often = r"(\d{1,2}) ?(?:×|(?:\w+[ -]){0,2}layers?,? ?(?:×|of|with)?)"
    times = re.fullmatch(rf"{often} ?\(?(\d+)(?: {_UNITS})?(?: each| per layer)?\)?", text)
    if times and int(times[1]) <= MOST_LAYERS:
        return [int(times[2])] * int(times[1])
    held = re.fullmatch(r"(?:(\d+) [A-Za-z -]+)?[(\[{]([^()\[\]{}]*)[)\]}](?: [A-Za-z ]+)?", text.strip())
    plain = held[2] if held else text
    listed = re.fullmatch(rf"\s*(\d+(?: ?(?:→|,|-|/|;|×|\band\b) ?\d+)+)(?: {_UNITS})?\s*", plain)
    found = [int(each) for each in re.findall(r"\d+", listed[1])] if listed else []
    return [] if held and held[1] and int(held[1]) != len(found) else found


def _sum(text: str) -> int:
    """Return a number with what it is of, or the sum of several: 32 (hash) + 12 (features)."""
    parts = [
        re.fullmatch(r"(\d+)(?: ?\([^()]*\))?(?: [A-Za-z ]+)?[^A-Za-z\d]*", part.strip()) for part in text.split("+")
    ]
    return sum(int(part[1]) for part in parts if part) if all(parts) else 0


def _posts(text: str) -> tuple[str, ...]:
    """Return the activation or the normalisation that a value names."""
    return (*posts_of(text), *(("softmax",) if re.search(r"soft-?max", text, re.IGNORECASE) else ()))
