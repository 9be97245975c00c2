"""A network that a table says by its settings alone: how many hidden layers, how wide, with which activation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extract.columns.grids import Grid
from extract.columns.table_design import TableDesign
from extract.words.families import RECURRENT
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.signs import signed

_OWN = r"(?:(?:bi-?lstm|lstm|gru|rnn|mlp|[ad]?nn|dense|fc|feed-?forward|fully[- ]connected|neural|network|model) )*"
_MANY = r"(?:(?:total )?(?:number|no\.?|num\.?|#) ?(?:of )?)?"
_SIZE = r"(?: (?:dim\w*|sizes?|features?|nodes?|neurons?|units?|variables?|widths?|cells?))?"
_NAMES = (
    (
        "training",
        r".*\b(?:epochs?|batch size|batches|optimi[sz]er|learning|lr|loss|decay|schedul\w*|patience|\w*stopping|seeds?"
        r"|momentum|beta\w*|regulari[sz]\w*|l[12]|clip\w*|iterations?|initiali[sz]\w*|split|folds?|time|gpu|samples?"
        r"|data ?sets?|param(?:eter)?s?|warm-?up|steps?|tokens?|discount|gamma|tau|buffer|metrics?|software|weights?"
        r"|hardware|environment|frameworks?|librar\w+|devices?|\w*checkpoint\w*|callbacks?"
        r")\b.*",
    ),
    ("last activation", r"(?:output|last|final)(?: layers?)? activations?(?: functions?)?"),
    ("activation", rf"{_OWN}(?:hidden )?(?:layers? )?(?:activations?|non-?linearity)(?: functions?)?"),
    ("norm", r"(?:batch[ -]?|layer[ -]?)?norm(?:ali[sz]ation)?"),
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
    ("width", rf"{_MANY}(?:hidden )?(?:neurons|units|nodes) (?:per |in each |in the )?(?:hidden )?layers?"),
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
HEAD = re.compile(
    r"(?:hyper-?)?param\w*(?: names?)?|settings?|components?|propert(?:y|ies)|items?|attributes?|options?|names?"
    r"|configurations?|characteristics?|(?:network |model )?(?:hyper-?)?parameters?",
    re.IGNORECASE,
)
"""The header of the column of what is set."""
_VALUE = re.compile(r"(?:\w+ )?(?:values?|settings?|specifications?|configurations?|choices?|details)", re.IGNORECASE)
_BESIDE = re.compile(r"descriptions?|notes?|comments?|remarks?|symbols?|meaning|units?|ranges?|.*space|reason.*|source")
"""The header of a column that says no value."""
_SEARCHED = re.compile(r"(?:search|tuning|(?:search )?ranges?\b|candidates?|tested|grid|possible|explored)")
"""The header of a column of settings that were tried."""
_UNITS = r"(?:hidden |fully[- ]connected |dense )?(?:units|neurons|nodes|cells)"
MOST_LAYERS = 64
LEAST_SAID = 2
"""How much is said of a network at least."""


def designs_by_settings(grid: Grid) -> list[TableDesign]:
    """Return the networks of a table that names settings in its first column, one for each column of values."""
    heads, rows = _pairs(grid)
    names = [setting_of(name) for name, _ in rows]
    told = [name for name in names if name not in ("", "training")]
    if "foreign" in told or len(told) < LEAST_SAID or not any(re.match("hidden|width|encoder", name) for name in told):
        return []
    if any(re.search(r"\d", name) and kind_of(name) for name, _ in rows):
        return []  # A layer a row.
    if any(_SEARCHED.match(head.lower()) for head in heads.values()) and not {*told} - {"depth", "width", "dropout"}:
        return []  # Of any network whose settings are sought.
    found = []
    for column in sorted({column for _, values in rows for column in values}):
        head = heads.get(column, "")
        if _BESIDE.fullmatch(head.lower()):
            continue
        said = {key: values[column] for key, (_, values) in zip(names, rows, strict=True) if key and column in values}
        readings = _network(said, [name for name, _ in rows], strange="" in names)
        if readings:
            found.append(TableDesign("" if _VALUE.fullmatch(head) else head, "settings", tuple(readings)))
    return found


LEAST_TRAINING = 0.2
"""The share of the settings of training in a table that says no layers, at least, and that none of them is."""


def is_of_settings(grid: Grid) -> bool:
    """Tell a table whose rows are settings, several of them of training, and none of a single layer."""
    for i in range(min(grid.width, len(("group", "names")))):
        head, *cells = [cell.text.strip() for cell in grid.column(i)] or [""]
        names = [text for text in cells if text]
        single = any(re.search(r"[A-Za-z] ?\d|\d ?×", signed(text)) and kind_of(text) for text in names)
        if HEAD.fullmatch(head) and head.lower().rstrip("s") != "name" and not single:
            training = [setting_of(text.replace("_", " ")) == "training" for text in names]
            return sum(training) >= max(LEAST_SAID, LEAST_TRAINING * len(names))
    return False


def _pairs(grid: Grid) -> tuple[dict[int, str], list[tuple[str, dict[int, str]]]]:
    """Return the headers of a table of settings, and each setting with its values by their columns."""
    head = grid.rows[0] if grid.rows else ()
    if (
        len(grid.rows) == len(("names", "values"))
        and grid.width > len(grid.rows)
        and all(setting_of(each.text) for each in head)
    ):
        return {}, [(each.text, {0: cell.text}) for each in head for cell in grid.rows[1] if cell.first == each.first]
    named = next((cell.first for cell in head[:2] if HEAD.fullmatch(cell.text.strip())), None)
    if named is None and (not head or head[0].text.strip() or "training" not in map(setting_of, grid.texts(0))):
        return {}, []  # Without a header of its own the names must tell.
    place = named or 0  # Behind a column of what belongs together.
    rows = [row for row in grid.rows[1:] if any(cell.first > place and cell.tells for cell in row)]
    names = [(cell, row) for row in rows for cell in row if cell.first == place and cell.text.strip()]
    heads = {cell.first: " ".join(cell.text.split()) for cell in head}
    return heads, [(name.text, {cell.first: cell.text for cell in row if cell.first > place}) for name, row in names]


_NUMBERED = re.compile(rf"hidden layer (\d)(?:{_SIZE})?|(first|second|third|fourth) hidden layer(?:{_SIZE})?")


def setting_of(name: str) -> str:
    """Return what a setting says of a network, by its name; of one hidden layer with its number."""
    plain = re.sub(r"\([^()]*\)", " ", signed(name).lower())
    plain = " ".join(re.sub(r"[^a-z0-9#.-]+", " ", plain).split())
    if one := _NUMBERED.fullmatch(plain):
        return f"hidden {one[1] or ('first', 'second', 'third', 'fourth').index(one[2]) + 1}"
    return next((said for said, pattern in _NAMES if re.fullmatch(pattern, plain)), "")


def _network(said: dict[str, str], names: Sequence[str], *, strange: bool) -> list[Reading]:
    """Return the layers that settings say, none where it is not said how wide they are."""
    texts = {name: signed(" ".join(text.split())) for name, text in said.items()}
    kind = _kind([*names, texts.get("kind", ""), texts.get("hidden", "")])
    coded = _coded(texts) if "encoder" in texts else []
    hidden = coded[1:] or _hidden(texts)
    embedded = _sum(texts.get("embedding", ""))
    if (
        not kind
        or not hidden
        or len(hidden) > MOST_LAYERS
        or ("embedding" in texts) > (embedded > 0 and kind != "dense")
    ):
        return []
    if kind == "dense" and not {"depth", "input", "output", "latent", "kind"} & {*said} and {"width"} == _hiding(said):
        return []  # How wide what nobody knows is hidden, and not how many layers there are.
    if strange:  # Of what is set some is not known here.
        hidden[0] = replace(hidden[0], unclear=True)
    normed = re.match("yes|true|✓", texts.get("norm", ""), re.I)
    norms = [name for name in names if setting_of(name) == "norm"] if normed else []
    posts = _posts(" ".join([texts.get("norm", ""), *norms])) + _posts(texts.get("activation", ""))
    own = tuple(post for post in posts if kind not in RECURRENT or post not in ("tanh", "sigmoid"))
    hidden = [replace(each, kind=kind, posts=each.posts or own) for each in hidden]
    last = _posts(texts.get("last activation", "")) or _posts(texts.get("output", ""))
    if coded:
        return [coded[0], *hidden[:-1], replace(hidden[-1], posts=last)]
    comes_in, goes_out = _sum(texts.get("input", "")), _sum(texts.get("output", ""))
    found = [Reading("input", {"output": (comes_in,)}, text="input")] if comes_in and kind not in RECURRENT else []
    found += [Reading("embedding", {"units": embedded}, text=f"embedding {embedded}")] if embedded else []
    found += _dropped(hidden, texts.get("dropout", ""))
    if goes_out or last:
        units = {"units": goes_out} if goes_out else {}
        found.append(Reading("dense", units, last, text=f"output {goes_out or ''}".strip()))
    return found


def _hiding(said: Iterable[str]) -> set[str]:
    """Return which settings say hidden layers."""
    return {name for name in said if re.match("hidden|width|encoder", name)}


def _coded(texts: dict[str, str]) -> list[Reading]:
    """Return what comes into an encoder, and its layers and those of the decoder: 50 → 20 → 8 and 8 → 20 → 50."""
    inner, outer = _listed(texts["encoder"]), _listed(texts.get("decoder", ""))
    if not inner or not outer or inner[-1] != outer[0]:
        return []
    return [Reading("input", {"output": inner[:1]}, text="input"), *map(_wide, [*inner[1:], *outer[1:]])]


def _hidden(texts: dict[str, str]) -> list[Reading]:
    """Return the hidden layers, each by its number, or all by how wide they are."""
    numbered = sorted((int(name.split()[1]), text) for name, text in texts.items() if re.match(r"hidden \d", name))
    if numbered:
        sizes = [(re.match(r"\d+", text), text) for _, text in numbered]
        whole = [number for number, _ in numbered] == [*range(1, len(numbered) + 1)] and all(size for size, _ in sizes)
        return [replace(_wide(int(size[0])), posts=_posts(text)) for size, text in sizes if size] if whole else []
    widths = _widths(texts)
    return [replace(_wide(widths[0]), times=len(widths))] if len({*widths}) == 1 else [*map(_wide, widths)]


def _wide(units: int) -> Reading:
    return Reading("dense", {"units": units}, text=f"hidden layer of {units}")


def _dropped(hidden: Sequence[Reading], text: str) -> list[Reading]:
    """Return hidden layers with what is dropped behind those that a text says, or behind the last, which is asked."""
    listed = (
        [float(each) for each in re.findall(r"\d*\.\d+|\d+", text)] if re.fullmatch(r"[(\[][\d., ]+[)\]]", text) else []
    )
    if len(listed) == sum(each.times for each in hidden) > 1:  # One for each.
        each_one = [replace(each, times=1) for each in hidden for _ in range(each.times)]
        behind = [[Reading("dropout", {"rate": each}, text=f"dropout {each}")] if each else [] for each in listed]
        return [one for each, drops in zip(each_one, behind, strict=True) for one in (each, *drops)]
    rate = re.match(r"(0?\.\d+)|(\d{1,2}) ?%", text)
    if not rate:
        return list(hidden)
    share = float(rate[1]) if rate[1] else int(rate[2]) / 100
    dropped = Reading("dropout", {"rate": share}, text=f"dropout {rate[0]}")
    order = re.search(r"\b(?:after|behind|following) (?:the |both )?(each|every|all|first|second|last|hidden)\b", text)
    after = {"first": 0, "second": 1, "last": len(hidden) - 1}.get(order[1]) if order else None
    if order and after is None and all(each.times == 1 for each in hidden):
        return [one for each in hidden for one in (each, dropped)]
    if after is None or after >= len(hidden):
        return [*hidden, replace(dropped, unclear=True)]
    return [*hidden[: after + 1], dropped, *hidden[after + 1 :]]


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
        re.fullmatch(r"(\d+)(?:(?: [A-Za-z]+)+| ?\([^()]*\))*[^A-Za-z\d]*", part.strip()) for part in text.split("+")
    ]
    return sum(int(part[1]) for part in parts if part) if all(parts) else 0


def _posts(text: str) -> tuple[str, ...]:
    """Return the activation or the normalisation that a value names."""
    return (*posts_of(text), *(("softmax",) if re.search(r"soft-?max", text, re.IGNORECASE) else ()))
