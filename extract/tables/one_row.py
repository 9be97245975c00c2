"""One row of a table's body: its cells by what their columns are for, and what they say beside its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from extract.columns.grids import Cell
from extract.columns.layer_names import layers_in, names_layer
from extract.columns.numbers import larger, whole
from extract.columns.roles import Columns
from extract.columns.stacked import Row
from extract.tables.column_cells import PAIR, going_out, window_parted, window_said
from extract.words.argued import are_arguments
from extract.words.counted import named_in, times_in
from extract.words.families import POOLS, RECURRENT, UNITED
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized

_BEHIND = (*POOLS, "dropout", "flatten")
"""What cells may list behind the layer of their row."""
MOST_WORDS = 5
"""Words of what names a layer behind another at most: more are a sentence."""
_MODE = re.compile(r"(?:up|down)-?sampling", re.IGNORECASE)
"""What a block does beside what its name says."""
_MANNER = re.compile(r"element-?wise|normali[sz]es?|(?:re)?shapes?", re.IGNORECASE)
"""How a layer does what its name says: `ReLU | elementwise`, `Softmax | normalize`."""
_LETTER = re.compile(r"\d*[A-Za-z]|\d*[A-WYZa-wyz] ?_?\d")
"""A number of filters that is left open, by a letter, maybe with an index."""
_STRUCTURE = re.compile(r"\d ?× ?\d+ ?, ?\d")
"""A window with how many filters it has, beside which other numbers are of something else."""
_HIDDEN = re.compile(r"hidden(?: layer)?[ _#-]*\d{0,2}", re.IGNORECASE)
_SIZE = re.compile(r"^(?:layer )?(?:size|width|dim\w*)$", re.IGNORECASE)
_UNITS = re.compile(
    r"^(?:(?:number|num|no|#)\.?\W*(?:of )?)?(?:hidden )?(?:units|nodes|n[eö]u?r[oôó]n\w*)\b", re.IGNORECASE
)
"""The header of a column of how many units layers have, and no filters."""
_COUNTED_NAME = re.compile(r"(?!.*[123][dD]$)[A-Za-z]+[ _-]?\d{1,2}(?:[._-]\d{1,2})*[a-z]?")
"""A name that says which one of its kind a layer is: another cell may say more of its kind."""
_PART = re.compile(r"blocks?|stages?|parts?|sections?|groups?|components?", re.IGNORECASE)
"""The header of a column that says which part of a net each layer belongs to."""
_OWN_COLUMN = re.compile(r"\W*(?:layers?|operat\w+|types?)\b", re.IGNORECASE)
"""That of the layers themselves."""
_COUNTER = re.compile(r"output\s*\d|(?:layer|stage|block)\s*\d{1,2}", re.IGNORECASE)
"""What tells which one a layer is."""
_CALLED = re.compile(r"[A-Za-z][\w.]*\([^()]*\d")
"""A layer with what it is made with: Linear(64 → 16)."""
_CLASS = re.compile(r"(?:\d+ ?× ?)?[A-Z][a-z]+[A-Z]\w*(?: ?\([^()]*\))?$")
"""The name of a class of layers: RepBlock (linear)."""
_OFTEN = re.compile(r"(?<=\d\d)(?:, ?| ?\( ?)[xX×] ?[2-9]\)?$")
"""How often a layer comes, behind how wide it is."""
_WITHIN = re.compile(r"\b(?:inter-?layer|recurrent(?:_\w+)?|variational|between (?:the )?layers)\b", re.IGNORECASE)
"""What is said of a Dropout within a layer, and not behind it."""
_CALLED_WITH = re.compile(r"layers|directional|recurrent|in(?:put)?[ _]", re.IGNORECASE)
"""What is set of a recurrent layer where a framework calls it: its Dropout is within it."""
_BLOCKS = re.compile(r"(\d{1,2}) blocks\b", re.IGNORECASE)
"""How often blocks come that have no other name than that of their row."""
_MORE = {"pool": POOLS, "conv": ("deconv", "dwconv", "sepconv", "gconv"), "lstm": ("bilstm",),
         "lrn": ("bn", "ln", "gn", "in")}  # fmt: skip
"""Kinds of layers of which others are kinds of their own."""
_BOTH = re.compile(r"\bbi-?(?:directional\b|lstm|gru|rnn)", re.IGNORECASE)
"""What goes over a sequence in both ways."""
_WAYS = ("forwards", "backwards")
_ONES = re.compile(r"(\d{1,2})(?: ?× ?\1)+")
"""A window that says nothing of a layer that sees all."""
VECTOR = re.compile(r"^\W*(\d+) ?[,×xX*] ?1\W*$")
"""How many numbers a vector has, as a column: (256, 1)."""
_LAST = re.compile(r"(?:final |last )?outputs?(?: layer)?", re.IGNORECASE)
_OPEN = re.compile(r"\d+ ?× ?[A-Za-z]|[A-Za-z] ?× ?\d+")
"""One as long as what comes in may be: 1 × n."""


class OneRow:
    """The cells of a row by what their columns are for."""

    def __init__(self, row: Row, columns: Columns, width: int | None) -> None:
        self.cells, self.columns = row, columns
        own = [cell for cell in row if width is not None and cell.covers(width)]
        self.said: dict[str, list[Cell]] = {}
        for cell in row:
            self.said.setdefault(columns.roles[cell.first], []).append(cell)
        types = sorted(self.said.get("type", []), key=lambda cell: not self._tells(cell))
        types = self._telling(types)
        self.named = self._named([*types, *(self.said.get("", ()) if width is None else ())]) or list(row[:1])
        first = kind_of(re.split(r" ?[+,&] ?", self.named[0].text)[0])
        vector = _LAST.fullmatch(self.named[0].text.strip()) and any(
            VECTOR.match(cell.text) for cell in self.said.get("kernel", ())
        )
        dense = bool(vector) or (first or kind_of(self.named[0].text)) in UNITED  # Its number is no window's side.
        unsaid = _ONES if dense else _OPEN if first in POOLS else None
        windows = [
            cell for cell in self.said.get("kernel", ()) if not (unsaid and unsaid.fullmatch(normalized(cell.text)))
        ]
        kernels = [
            VECTOR.sub(r"\1", cell.text)
            if dense
            else window_said(window_parted(cell, columns.headers[cell.first]), columns.roles)
            for cell in windows
        ]
        # A number in front of the name counts the layers; one behind it is a size.
        behind = [cell for cell in self.named[1:] if not self._is_name(cell) and not _COUNTER.fullmatch(cell.text)]
        behind = [cell for cell in behind if cell.first > self.named[0].first or not self._is_label(cell)]
        behind = [cell for cell in behind if not _MANNER.fullmatch(cell.text.strip())]
        told = types or kind_of(self.named[0].text) == "activation"
        plain = [*(behind if told else ()), *(self.said.get("resample", ()) if self._is_plain() else ())]
        others = [*self.said.get("filters", ()), *plain] if width is None else own
        if "filters" in columns.roles or any(_STRUCTURE.search(normalized(cell.text)) for cell in others):
            others = [cell for cell in others if columns.roles[cell.first] or not cell.text.strip().isdecimal()]
        counted = dense and any(text.strip().isdecimal() and int(text) > 1 for text in kernels)
        others = [cell for cell in others if not (counted and cell.text.strip() == "1")]
        texts = [
            _OFTEN.sub("", going_out(cell, columns.headers[cell.first]))
            for cell in others
            if cell.text and not _LETTER.fullmatch(cell.text.strip())
        ]
        self.attributes, self.more = self._apart(" ; ".join([*filter(None, kernels), *texts]))
        for cell in self.said.get("activation", ()):
            self.more += self._apart(cell.text)[1]  # Behind the activation, as it is said there.
        self.is_told = False
        """Whether its layers are those of one cell, which says all of each."""
        self.says_often = False
        """Whether the cell of its layers says how often they come."""
        self.is_of_last = False
        """Whether the other cells are of the layer behind what pools in front of it."""
        self.is_listed = False
        """Whether they are those that a cell lists, behind a name that says no more."""
        self.width = whole(own if width is not None else self.said.get("filters", ()))

    @staticmethod
    def _telling(types: Sequence[Cell]) -> list[Cell]:
        """Return cells that name a layer, in front of the first one that says more: `GlobalMaxPooling2D | Pooling`."""
        kinds = [kind_of(cell.text) or next(iter(posts_of(cell.text)), "") for cell in types]
        if types and re.search(r"\d", types[0].text):
            return list(types)
        more = [i for i, kind in enumerate(kinds) if i and kind != kinds[0] and kind in _MORE.get(kinds[0], ())]
        return [types[i] for i in more[:1]] + [cell for i, cell in enumerate(types) if i not in more[:1]]

    def _named(self, cells: Sequence[Cell]) -> list[Cell]:
        """Return cells, the one in front that names a layer by a word."""
        cells = [cell for i, cell in enumerate(cells) if not (i and self._is_prose(cell))]
        told = [cell for cell in cells if kind_of(cell.text) or posts_of(cell.text) or self.is_class(cell)]
        told = [*filter(self.is_class, told)] or told
        typed = [
            cell
            for cell in told[1:]
            if cell in self.said.get("type", ())
            if not (_MODE.fullmatch(cell.text.strip()) or _MANNER.fullmatch(cell.text.strip()))
        ]
        whole = (cell for cell in typed if kind_of(cell.text) or re.fullmatch(r"[A-Za-z -]+", cell.text.strip()))
        head = self.columns.headers[told[0].first].strip() if told else ""
        middle = bool(told) and kind_of(told[0].text) == "bottleneck"  # Of a U-Net.
        beside = [
            cell
            for cell in typed
            if re.search(r"[\d(]", cell.text)
            and kind_of(cell.text)
            and _OWN_COLUMN.match(self.columns.headers[cell.first])
        ]
        part = bool(_PART.fullmatch(head)) and (middle or bool(beside))
        named = bool(told) and (part or _COUNTED_NAME.fullmatch(told[0].text.strip()))
        first = next(whole, told[0]) if named else next(iter(told), None)
        if first is not None and not re.search(
            r"\d", first.text
        ):  # Another of its kind may say its size: Input (64×64×1).
            own = kind_of(first.text)
            first = next((cell for cell in typed if own == kind_of(cell.text) == "input"), first)
        return list(cells) if first is None else [first, *(cell for cell in cells if cell is not first)]

    def _is_prose(self, cell: Cell) -> bool:
        """Tell a cell of a column that nobody knows the use of, which says what a layer does with what comes in."""
        plain = re.sub(r" ?\(\d+\)$", "", cell.text.strip())
        long = len(re.findall(r"[A-Za-z]{2,}", plain)) > len("in") and not re.search(r"\d", plain)
        return long and not self.columns.roles[cell.first] and kind_of(cell.text) == "input"

    def _tells(self, cell: Cell) -> bool:
        """Tell a cell that says what a layer is from one that is its name, where there is a column for each."""
        if self.is_class(cell):
            return True
        called = _CALLED.match(normalized(cell.text)) and kind_of(cell.text.partition("(")[0])
        manner = _MODE.fullmatch(cell.text.strip()) or _MANNER.fullmatch(cell.text.strip())
        return bool(called or self.is_typed(cell)) and names_layer(cell.text) and not manner

    def is_class(self, cell: Cell) -> bool:
        """Tell the class of a unit that nobody knows, which says more than what the row is called."""
        plain = normalized(cell.text)
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)  # SimpleLSTM is an LSTM.
        return self.is_typed(cell) and bool(_CLASS.match(plain)) and not (kind_of(plain) or kind_of(apart))

    def _is_plain(self) -> bool:
        """Tell the row of a convolution from that of a block, of which it says no layer behind it what is resampled."""
        return kind_of(self.named[0].text) in ("conv", "deconv", "sepconv")

    def is_typed(self, cell: Cell) -> bool:
        """Tell a cell of a column of types from one of names."""
        return bool(re.search(r"type|operat|module", self.columns.headers[cell.first], re.IGNORECASE))

    def _apart(self, text: str) -> tuple[str, list[Reading]]:
        """Return what cells say of the row's own layer, and the layers that they list behind it: `3×3, max pool`."""
        own = kind_of(self.named[0].text)
        parts = [part.strip() for part in re.split(r"(?:[,;+]|→(?! ?\d))(?![^(\[]*[)\]])", normalized(text))]
        short = [len(re.findall(r"[A-Za-z]{2,}", part)) <= MOST_WORDS and not _WITHIN.search(part) for part in parts]
        known = [kind_of(part) if is_short else "" for part, is_short in zip(parts, short, strict=True)]
        if own in UNITED and "flatten" in known:  # As a Dense takes it, or a recurrent layer gives no vector.
            parts = [part for part, kind in zip(parts, known, strict=True) if kind != "flatten"]
            text, known = ", ".join(parts), [kind for kind in known if kind != "flatten"]
        behind = [i for i, kind in enumerate(known) if kind in _BEHIND and own not in ("", *_BEHIND, "input")]
        dropped = [known[i] for i in behind[:1]] == ["dropout"] and own in RECURRENT and not _CALLED_WITH.search(text)
        argued = are_arguments(text) and not dropped
        if not behind or argued or any(kind_of(part) in UNITED or "[" in part for part in parts):
            return text, []
        more = ", ".join(parts[behind[0] :])
        said = layers_in(more)
        return ", ".join(parts[: behind[0]]), [each for each in said if each.kind != own]

    def heed_list(self, cell: Cell) -> None:
        """Take a cell for the list of the row's layers: what others say is of these, and its name counts blocks."""
        self.leave_out(cell)
        self.more, self.is_listed, self.is_told = [], True, not self.attributes

    def leave_out(self, cell: Cell) -> None:
        """Leave a cell out of what is said of the row's own layer."""
        self.attributes = self.attributes.replace(self._attribute(cell), "").strip(" ;,")

    def _attribute(self, cell: Cell) -> str:
        """Return how a cell stands among the attributes."""
        apart = self._apart(going_out(cell, self.columns.headers[cell.first]))[0]
        forms = [text for text in (cell.text, normalized(cell.text), apart) if text in self.attributes]
        return max(forms, key=len, default=cell.text)

    @staticmethod
    def _is_label(cell: Cell) -> bool:
        """Tell what counts or names layers in front of the cell that says what they are: `3`, `Convolution 1`."""
        numbers = re.findall(r"\d+", cell.text)
        return cell.text.isdecimal() or not (
            re.search(r"[×=:,]", normalized(cell.text)) or any(len(each) > 2 for each in numbers)
        )

    def _is_name(self, cell: Cell) -> bool:
        """Tell the name of a layer whose type stands in another column."""
        return bool(re.fullmatch(r"(?:layer )?names?", self.columns.headers[cell.first], re.IGNORECASE))

    @property
    def widens(self) -> bool:
        """Tell a row whose stride is less than one."""
        return any(map(larger, self.said.get("stride", ())))

    @property
    def window(self) -> tuple[int, ...]:
        """The sizes of the window that a column of them says, none where it says none."""
        texts = [normalized(cell.text) for cell in self.said.get("kernel", ())]
        return next((tuple(map(int, text.split("×"))) for text in texts if PAIR.fullmatch(text)), ())

    @property
    def units(self) -> int | None:
        """How many units a column of them says, none where it says none."""
        hidden = any(_HIDDEN.fullmatch(cell.text.strip()) for cell in self.named)
        heads = {cell: self.columns.headers[cell.first] for cell in self.said.get("filters", ())}
        places = [cell for cell, head in heads.items() if _UNITS.search(head) or (hidden and _SIZE.search(head))]
        return whole(places)

    @property
    def numbers_through(self) -> tuple[int, ...]:
        """How many numbers come in and go out, by a column of each, where both say one alone: `784 | 256`."""
        said = [[cell.text for cell in self.said.get(role, ()) if cell.tells] for role in ("input", "output")]
        found = [re.fullmatch(r"(\d+)(?: ?\([^()×]*\))?", normalized(" ".join(each)).strip()) for each in said]
        return tuple(int(each[1]) for each in found if each) if all(found) else ()

    @property
    def repeat(self) -> int:
        """How often the layers of the row come."""
        if self.says_often:
            return 1
        often = {cell.first: cell.text.strip(" ×xX") for cell in self.said.get("repeat", ())}
        whole_ones = [many for text in often.values() if (many := times_in(text))]
        listed = any(re.search(r"\d, ?\d", cell.text) for cell in self.said.get("filters", ()))
        several = 1 if listed else max((named_in(cell.text)[1] for cell in self.said.get("type", ())), default=1)
        others = [cell.text for role in ("", "filters") for cell in self.said.get(role, ()) if "[" not in cell.text]
        behind = [re.search(r"[,;)\]] ?× ?(\d{1,2})$", normalized(text)) for text in others if not kind_of(text)]
        behind += [_BLOCKS.match(text) for text in others if not kind_of(self.named[0].text)]
        told = next((int(found[1]) for found in behind if found), several)
        if told == len(_WAYS) and _BOTH.search(self.named[0].text):
            told = 1  # Forwards and backwards.
        return prod(whole_ones) if whole_ones and 0 not in whole_ones else told

    def says(self, word: str) -> bool:
        """Tell a row of which a cell beside the name is a word alone."""
        return any(cell.text.strip().lower() == word for cell in self.cells if cell is not self.named[0])

    @property
    def is_nameless(self) -> bool:
        """Tell a row with a dash for a name."""
        names = [cell.text.strip() for cell in self.said.get("type", ())]
        beside = [cell for cell in self.cells if cell not in self.said.get("type", ())]
        bare = not any(cell.tells and cell not in self.said.get("input", ()) for cell in beside)
        typed = [cell.text.strip() for cell in self.said.get("type", ()) if bare and self.is_typed(cell)]
        return any(texts and all(name in ("-", "–", "—") for name in texts) for texts in (names, typed))

    def goes_on(self) -> bool:
        """Tell whether the row has no name, but sizes as the one above it."""
        return not any(cell.text.strip() for cell in self.said.get("type", ())) and bool(
            self.said.get("stride") or self.said.get("repeat")
        )

    @property
    def numbers(self) -> list[int]:
        """The whole numbers that cells beside the name are, with what they are made of in brackets: 12 (11 + 1)."""
        own = [*self.said.get("filters", ()), *self.said.get("", ())]
        found = [re.fullmatch(r"(\d{1,5}) ?(?:\([^()]*\)|[a-z]+s)?", cell.text.strip()) for cell in own]
        return [int(each[1]) for each in found if each]
