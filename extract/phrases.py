"""What the words and numbers of a phrase say of one layer: `7×7, 64, stride 2` is a convolution with 64 filters."""

from __future__ import annotations

import re
from math import prod
from typing import Any

from lark import Token

from extract.cell_grammar import tokens_of
from extract.lexicon import axes_of, kind_of, posts_of
from extract.reading import Reading
from extract.remarks import neighbours, norm_groups_of, pictured, several_windows, slope_of, vector
from extract.signatures import CALLS, KEYS, LARGEST_KERNEL, order_of
from extract.strangers import is_set, names_another

MOST_UNITS = 65_536
"""Units that a number alone says at most; more are weights."""
LONGEST_POOL = 32
"""Frames that are pooled in a volume at most; more are channels."""
LONGEST_KERNEL = 512
"""That of a window along one axis."""
SMALL = 5
"""A number of less behind a window is its stride, and no number of filters."""
_WINDOWED = (
    *(
        "conv",
        "dwconv",
        "gconv",
        "sepconv",
        "deconv",
        "maxpool",
        "avgpool",
        "pool",
        "gavgpool",
        "mbconv",
        "fusedmbconv",
        "ghost",
        "local",
    ),
)
_POOLS = ("maxpool", "avgpool", "pool", "gavgpool", "gmaxpool")
_UNITS = ("dense", "lstm", "bilstm", "gru", "rnn", "softmax", "embedding")
_FILTERED = ("conv", "gconv", "deconv")


_BEHIND = {"padding": "p", "pad": "p", "stride": "s", "strides": "s", "kernel": "k", "window": "k"}
"""What a number is of which such a word stands behind: 1 padding."""
_PLAIN_WORDS = re.compile(
    r"\bvocab\w* (?:size )?\d|\b(?:stride|pad(?:ding)?|kernel|filters?|units) ?(?:of |: ?)?\d|\d (?:filters|units)\b",
    re.IGNORECASE,
)
"""What brackets hold that are no arguments of a call: `(3×3, 64, stride 2)`."""
_SAID = ("stride", "strides", "padding", "pad", "size", "dilation", "rate", "probability", "ratio")
_FILLERS = ("of", "is", "by")
"""What may stand between such words and the number that they speak of: a stride of 2."""
_VALUES = ("NUMBER", "EQUAL", "SIZE", "WORD")
"""What stands behind a word that says something of what follows: stride 2, kernel size 3."""


CHANGED = re.compile(
    r"highway|deformable|\bL-?conv|learned group|octave|\bmask [AB]\b|\bgated|masked|partial|graph conv|sparse conv"
    r"|capsule|involution|dynamic|causal",
    re.IGNORECASE,
)
"""Words that make another layer of a convolution."""
FOREIGN = re.compile(
    r"(?:[Ww]eight|[Ss]pectral|[Pp]ixel|[Ss]witchable)[- ]?[Nn]orm|\bAda-?IN\b|\bSPADE\b"
    r"|[Ll]og-?[Ss]oft-?max|\b[Ss]um[- ][Pp]ool|\b[Mm]ax-?out|(?:\b[Ll]|ℓ)_?2[- ][Nn]orm"
)
"""Normalisations, and what else, that are not known here."""


def _sides(values: tuple[int, ...]) -> tuple[int, ...]:
    """Return the sides of a window or a step: one number is of a square."""
    return values * 2 if len(values) == 1 else values[:3]


def _uneven(size: tuple[int, ...]) -> bool:
    """Tell four sizes of which the first two are those of no window."""
    return size[0] != size[1] or size[0] > LARGEST_KERNEL


class Phrase:
    """The tokens of a phrase, and what they add up to."""

    def __init__(self, said: str, tokens: list[Token]) -> None:
        self.said = said
        self.tokens = tokens
        self.params: dict[str, Any] = {}
        self.numbers: list[float] = []
        self.sizes: list[tuple[int, ...]] = []
        self.kind = ""
        self.extra: list[str] = []
        self.widths: tuple[int, ...] = ()
        self.wider = ""
        self.is_twofold = False

    def readings(self, posts: list[str], kind: str) -> list[Reading]:
        """Return the layer, and with a softmax of so many ways the Dense before it."""
        self.kind = kind
        place = 0
        while place < len(self.tokens):
            place += self._take(place)
        self._settle(posts)
        posts = [each for each in [*posts, *self.extra] if each != self.kind]
        if not self.kind:
            # What stands below a layer's name, as in Caffe's drawings, says the rest of it.
            return [self._layer("", self.params, ())] if "kernel" in self.params else []
        first = [] if self.kind != "softmax" or "units" not in self.params else [self._layer("dense", self.params, ())]
        params = {} if first else self.params
        behind = tuple(dict.fromkeys(posts))
        if self.widths:
            return [self._layer(self.kind, {**params, "units": width}, behind) for width in self.widths]
        return [*first, self._layer(self.kind, params, behind)]

    def _layer(self, kind: str, params: dict[str, Any], posts: tuple[str, ...]) -> Reading:
        return Reading(kind, params, posts, text=self.said, wider=self.wider, unclear=self._is_odd())

    def _is_odd(self) -> bool:
        """Tell a convolution of another kind than is known here, or so many of them in words: `3 highway conv`."""
        twice = bool(self.numbers) or any(each.type in ("FC_N", "N_FC") for each in self.tokens)
        if self.is_twofold or FOREIGN.search(self.said) or (self.kind == "dense" and self.sizes and twice):
            return True
        if self.kind not in ("conv", "gconv", "deconv"):
            return False
        counted = re.match(r"[2-9] [A-Za-z]", self.said) and "filters" in self.params and len(self.numbers) > 1
        return bool(counted or CHANGED.search(self.said))

    def _take(self, place: int) -> int:
        """Take a token, and those behind it that belong to it; return how many."""
        token = self.tokens[place]
        follows = self.tokens[place + 1 : place + 4]
        kinds = [each.type for each in follows]
        numbers = [int(each) for each in re.findall(r"\d+", token)]
        match token.type:
            case "CONV_N":
                self._say("conv", kernel=(numbers[0],) * 2, filters=numbers[1])
            case "C_S_N":
                self._say("conv", kernel=(numbers[0],) * 2, stride=(numbers[1],) * 2, filters=numbers[2])
            case "N_C":
                self._say("conv", filters=numbers[0], kernel=(numbers[1],) * 2)
            case "P_N" if self.kind in _FILTERED and token[0] in "pP":
                self.params["pad"] = numbers[0]
            case "P_N":
                self._say("maxpool", kernel=(numbers[0],) * 2)
            case "FC_N" if numbers[0] < 10 and kinds[:1] == ["NUMBER"] and "-" not in token:
                self.kind = "dense"  # Its name, with how many units behind it: fc6 4096.
            case "N_FC" | "FC_N" if self.kind != "mfm":
                self._say("dense", units=numbers[0])
            case "CONV_K" if numbers[-2] > LARGEST_KERNEL >= numbers[-1] and "NUMBER" not in kinds[:1]:
                self.params |= {"filters": numbers[-2], "kernel": (numbers[-1],) * 2}  # So many, and how large.
            case "NUMBER" if kinds[:1] == ["WORD"] and follows[0] in ("D", "d") and token in ("1", "2", "3"):
                return 2  # How many axes there are.
            case "K_SIZE" | "CONV_K":
                self.params["kernel"] = (numbers[-2], numbers[-1])
            case "INOUT" if self.kind in _WINDOWED:
                self.params |= {"in_channels": numbers[0], "filters": numbers[1]}
            case "INOUT":
                self.params |= {"in_features": numbers[0], "units": numbers[1]}
            case "SIZE" if len(numbers) == 2 and self._names_stride(follows):
                self.params["stride"] = (numbers[0], numbers[1])
                return 2
            case "SIZE":
                self.sizes.append(tuple(numbers))
            case "PERCENT":
                share = float(token.rstrip("% ")) / 100
                self.params["rate"] = round(1 - share, 6) if "keep" in self.said.lower() else share
            case "CALL" if _PLAIN_WORDS.search(token.partition("(")[2]):
                self.tokens[place + 1 : place + 1] = tokens_of(token.partition("(")[2].removesuffix(")"))
            case "CALL":
                self._call(str(token))
            case "SLASH" if kinds[:1] == ["NUMBER"]:
                self._stride(int(float(follows[0])))
                return 2
            case "SLASH" if kinds[:1] == ["WORD"] and re.fullmatch(r"s\d+", follows[0]):
                self._stride(int(follows[0][1:]))
                return 2
            case "WORD":
                return self._word(token, follows)
            case "NUMBER" if (window := self._counted_window(numbers, place)) is not None:
                filters, (*kernel, channels) = numbers[0], map(int, re.findall(r"\d+", self.tokens[window]))
                self.params |= {"filters": filters, "kernel": tuple(kernel), "in_channels": channels}
                return window - place + 1
            case "NUMBER" if (name := self._named_behind(follows)) and token.isdecimal():
                self._named(name, (int(token),))
                return 2
            case "NUMBER":
                self.numbers.append(float(token))
            case "WIDER":
                self.numbers.append(float(numbers[0]))
                self.wider = token.split("×")[-1].strip()
        return 1

    def _counted_window(self, numbers: list[int], place: int) -> int | None:
        """Return the place of the window with its channels behind how many there are: `256 filters of 5×5×48`."""
        behind = next((i for i in range(place + 1, len(self.tokens)) if self.tokens[i].type != "WORD"), place)
        sizes = [int(each) for each in re.findall(r"\d+", self.tokens[behind])]
        flat = self.tokens[behind].type == "SIZE" and len(sizes) == 3 and sizes[0] == sizes[1]
        many = self.kind in ("", *_FILTERED) and len(numbers) == 1 and numbers[0] > SMALL
        return behind if flat and many and sizes[0] <= LARGEST_KERNEL < sizes[2] else None

    @staticmethod
    def _names_stride(follows: list[Token]) -> bool:
        """Tell the word behind a size that says that it is a stride: `2×2 stride`, and not `2×2, stride 2`."""
        said = bool(follows) and follows[0].type == "WORD" and follows[0].lower().startswith("stride")
        return said and [each.type for each in follows[1:2]] not in (["NUMBER"], ["EQUAL"], ["SIZE"])

    def _named_behind(self, follows: list[Token]) -> str:
        """Return what the word behind a number says that it is: `1 padding`, and not `64, stride 2`."""
        if not follows or follows[0].type != "WORD" or (follows[1:] and follows[1].type in _VALUES):
            return ""
        name = _BEHIND.get(follows[0].lower(), "")
        return name if name != "k" or self.kind in _WINDOWED else ""

    def _say(self, kind: str, **params: Any) -> None:
        self.kind = kind
        self.params |= params

    def _stride(self, stride: int) -> None:
        self.params["stride"] = (stride, stride)

    def _word(self, token: Token, follows: list[Token]) -> int:
        word = token.lower().strip("'")
        filled = bool(follows) and (follows[0].type == "EQUAL" or (word in _SAID and follows[0].lower() in _FILLERS))
        behind = [each for each in follows[filled:] if each.type != "EQUAL"]
        used = 1 + filled
        number = behind[0] if behind and behind[0].type in ("NUMBER", "SIZE", "PERCENT") else None
        values = tuple(int(float(each)) for each in re.findall(r"\d+(?:\.\d+)?", number or ""))
        glued = re.fullmatch(rf"(k|s|p|n|c{'' if self.sizes else '(?=[0-9]{2})'})(\d+)", word)
        if glued:
            self._named(glued[1], (int(glued[2]),))
            return 1
        if number is None:
            if word in ("same", "valid", "padded"):
                self.params["pad"] = "same" if word == "padded" else word
            return 1
        if word in ("output", "outputs", "gives") and number.type != "PERCENT":
            self.params["output"] = values
        elif word in ("stride", "strides", "str", "st", "st.", "s"):
            self.params["stride"] = _sides(values)
        elif word in ("pad", "padding", "p") and self.kind != "dropout" and "." not in number:
            self.params |= {"pad": values[0] if len(set(values)) == 1 else values} if self.kind != "dense" else {}
        elif word == "filters" and used == 2 and number.type == "NUMBER":
            self.params["filters"] = values[0]
        elif word in ("vocabulary", "vocab") and number.type == "NUMBER":
            self.params["vocabulary"] = values[0]
        elif word == "kernel" and number.type == "SIZE" and len(values) == 2:
            self.params["kernel"] = values
        elif word in ("kernel", "filter", "window", "size", "k") and number.type == "SIZE":
            self.sizes.append(values)
        elif word in ("size", "k", "kernel"):
            self.params["kernel"] = _sides(values)
        elif word in ("g", "groups", "c"):
            self.params["groups"] = values[0]
        elif word in ("figure", "fig"):
            self.params["figure"] = values[0]
        elif word in ("rate", "dilation", "d", "dilated") and self.kind != "dropout":
            self.params["dilation"] = values[0]
        elif word in ("p", "rate", "dropout") and self.kind == "dropout" and number.type != "SIZE":
            self.params["rate"] = float(number.rstrip("%")) / (100 if "%" in number else 1)
        else:
            return 1
        return used + 1

    def _named(self, key: str, values: tuple[int, ...]) -> None:
        if key == "k":
            self.params["kernel"] = (values * 2)[:2]
        elif key == "s":
            self._stride(values[0])
        elif key == "p":
            self.params["pad"] = values[0]
        else:
            self.params["filters"] = values[0]

    def _call(self, token: str) -> None:
        """Take a name with arguments in brackets: a layer of a framework, or a word with its value."""
        name, _, inner = token.partition("(")
        name, inner = name.strip(" -"), inner.removesuffix(")")
        # PyTorch writes Conv2d, and Keras Conv2D.
        name = f"nn.{name.lower().removeprefix('nn.')}" if re.search(r"[a-z][123]d$", name) else name.lower()
        arguments = [each.strip() for each in re.split(r",(?![^(]*\))", inner) if each.strip()]
        if posts_of(name) and not kind_of(name):
            return  # How steep an activation is.
        order = CALLS.get(name)
        if order and order[0] == "in_features" and len(arguments) == 1:
            order = order[1:]  # What comes in need not be said.
        if order and name.removeprefix("nn.").startswith("conv") and not re.search(r"\d [a-z]", inner):
            self.params["unpadded"] = True  # As frameworks have it where nothing else is said.
        if (
            len(arguments) == 1
            and self.kind in ("dense", *_FILTERED)
            and (steps := re.split(r" ?→ ?", arguments[0]))[1:]
        ):
            self._through([int(each) for each in steps if each.isdecimal()])
            return
        if self.kind == "dense" and not order and all(map(str.isdecimal, arguments)):
            # Two may be how many come in and out; more are layers, one behind the other, as those of an MLP are.
            self.widths = tuple(map(int, arguments)) if len(arguments) > 2 or name == "mlp" else ()
        key = KEYS.get(" ".join(re.split(r"[_ ]+", name)), "") if not order else ""
        if key and re.fullmatch(r"\d+" if key == "filters" else r"\d+(?:, ?\d+)*", inner):
            self._argument(key, tuple(int(each) for each in re.findall(r"\d+", inner)), inner)  # Filters(64).
            return
        if self.kind == "input" and (sizes := re.findall(r"\d+(?:\s*×\s*\d+)+", inner)):
            self.sizes.append(tuple(int(each) for each in re.findall(r"\d+", sizes[0])))
        called = "conv" if self.kind in _FILTERED and name not in CALLS else name
        order = order_of(called, arguments) or order
        for i, argument in enumerate(arguments):
            key, equal, value = argument.partition("=")
            glued = re.fullmatch(r"([nksp])(\d+(?:×\d+)?)", argument, re.IGNORECASE)
            numbers = tuple(int(each) for each in re.findall(r"\d+", value if equal else argument))
            if glued:
                self._argument(KEYS[glued[1].lower()], numbers, argument)
            elif equal:
                self._argument(KEYS.get(" ".join(re.split(r"[_ ]+", key.strip().lower())), ""), numbers, value)
            elif self.kind in _WINDOWED and re.fullmatch(r"\d+(?: ?× ?\d+){1,2}", argument):
                self.params["kernel"] = numbers[:2]
                self._deep(numbers)
            elif self.kind in _FILTERED and not order and argument.isdecimal() and "×" in inner and i == 0:
                self.params["filters"] = numbers[0]  # So many, and behind it their window: conv (32, 3×3).
            elif self._goes_on(numbers, bool(order)):
                key = "stride" if numbers[0] < SMALL else "filters"
                self.params[key] = numbers * 2 if key == "stride" else numbers[0]
            elif order and i < len(order) and numbers and (order[i] != "kernel" or "kernel" not in self.params):
                self._argument(order[i], numbers, argument)
            elif self.kind in _POOLS and len(arguments) == 2 and numbers:
                self.params["kernel"] = (*self.params.get("kernel", ()), numbers[0])
            elif self.kind in _UNITS and numbers and "+" not in argument:
                self.params["units"] = numbers[0]
            elif self.kind == "dropout" and numbers:
                rate = float(re.findall(r"\d*\.?\d+", argument)[0])
                self.params["rate"] = round(1 - rate, 6) if "keep" in argument.lower() else rate

    def _through(self, widths: list[int]) -> None:
        """Take how many come in and go out of a layer, or of several Dense behind each other: `128 → 64 → 1`."""
        if len(widths) == 2:
            names = ("in_features", "units") if self.kind == "dense" else ("in_channels", "filters")
            self.params |= dict(zip(names, widths, strict=True))
        elif self.kind == "dense":
            self.widths = tuple(widths[1:])

    def _goes_on(self, numbers: tuple[int, ...], ordered: bool) -> bool:
        """Tell a number behind a window in brackets, as in `conv1 (7×7×3, 2)`."""
        windowed = self.kind in _WINDOWED and self.kind not in _POOLS
        return windowed and not ordered and len(self.params.get("kernel", ())) == 2 and len(numbers) == 1

    def _argument(self, key: str, numbers: tuple[int, ...], said: str) -> None:
        if key == "activation":
            self.extra.append(said.strip("'\" \u2018\u2019\u201c\u201d"))
        elif key == "rate" or (key == "pad" and self.kind == "dropout"):
            rate = float(re.findall(r"\d*\.?\d+", said)[0]) / (100 if "%" in said else 1)
            self.params["rate"] = round(1 - rate, 6) if "keep" in said.lower() else rate
        elif key in ("kernel", "stride") and numbers:
            self.params[key] = _sides(numbers)
        elif key == "pad" and len(set(numbers)) > 1:
            self.params[key] = numbers
        elif key == "pad" and (border := re.search(r"same|valid", said, re.IGNORECASE)):
            self.params[key] = border[0].lower()
        elif key == "units" and "×" in said:
            self.params[key] = prod(numbers)  # As a mean and a variance of each.
        elif key and numbers:
            self.params[key] = numbers[0]

    def _settle(self, posts: list[str]) -> None:
        """Give sizes and bare numbers their meaning, and a phrase without a name its kind."""
        numbers = [int(each) for each in self.numbers if each.is_integer() and each > 0]
        foreign = not self.kind and (is_set(self.said) or names_another(self.said))
        if not self.kind and self.sizes and (numbers or "stride" in self.params) and not foreign:
            small = max(self.sizes[0]) <= LARGEST_KERNEL if self._counts(numbers) else len(self.sizes[0]) != 3
            self.kind = "conv" if small and max(self.sizes[0][:2]) <= LARGEST_KERNEL else ""
        if not self.kind and len(self.sizes) == 2 and max(self.sizes[0]) <= LARGEST_KERNEL < self.sizes[1][0]:
            self.kind, self.is_twofold = "conv", True  # So many times as wide, or as often: 1 × 1, 96 × 3.
            self.params["filters"] = prod(self.sizes.pop())
        if not self.kind and [len(size) for size in self.sizes] == [4]:
            self.kind = "conv"
        if not self.kind and not self.sizes and len(numbers) == 1 and "stride" in self.params:
            self._say("stage", filters=numbers[0])  # Of so many channels: [60, s2].
        alone = not self.kind and not self.sizes and len(numbers) == 1 and numbers[0] <= MOST_UNITS
        if alone and re.fullmatch(r"\W*\d+\W*", self.said):
            self.kind = "dense"
        if not self.kind and posts and not self.sizes:
            self.kind = posts[0]
        if self.kind in ("mbconv", "fusedmbconv") and (factor := re.search(r"mbconv(\d+)", self.said, re.IGNORECASE)):
            self.params["expand"] = int(factor[1])
        for size in self.sizes:
            self._size(size)
        if self.kind in _WINDOWED and (axes := axes_of(self.said)):
            self.params["axes"] = axes
        if self.kind == "lrn":
            self.params |= neighbours(self.said)
        if (slope := slope_of(self.said)) is not None:
            self.params["slope"] = slope
        if (groups := norm_groups_of(self.said)) is not None:
            self.params["norm_groups"] = groups
        if self.kind == "conv" and not self.sizes and (listed := several_windows(self.said)):
            self.params["kernels"] = listed
            numbers = [each for each in numbers if each not in listed]
        if self.kind == "input":
            self.params |= vector(self.said) or pictured(self.said)
        if self.kind in _POOLS and numbers and numbers[0] <= LARGEST_KERNEL:
            # Behind a window stands its stride.
            key = "stride" if "kernel" in self.params and numbers[0] <= max(self.params["kernel"]) else "kernel"
            self.params.setdefault(key, (numbers[0],) * 2)
        elif self.kind == "spp" and (numbers or self.sizes):
            self.params["levels"] = tuple(numbers) or tuple(size[0] for size in self.sizes)
        elif self.kind in _UNITS and numbers:
            self.params.setdefault("units", numbers[0 if self.kind == "softmax" else -1])
        elif self.kind == "flatten" and len(numbers) == 1:
            self.params.setdefault("output", (numbers[0],))
        elif self.kind == "dropout" and self.numbers and self.numbers[0] < 1:
            kept = "keep" in self.said.lower()
            self.params.setdefault("rate", round(1 - self.numbers[0], 6) if kept else self.numbers[0])
        elif self.kind in _FILTERED and self._counts(numbers):
            # Of a window's three sizes the last is then how many channels come in, or the window is one of a volume.
            self.params |= {"in_channels": self.params["filters"], "filters": numbers[-1]}
        elif self.kind in _WINDOWED and self.kind not in _POOLS and numbers:
            self.params.setdefault("filters", numbers[-1])
        elif self.kind == "resblock" and self.wider and numbers:
            self.params["filters"] = numbers[-1]
        elif self.kind == "resblock" and (width := re.search(r"(\d+) (?:filter|channel|map|feature)s", self.said)):
            self.params["filters"] = int(width[1])
        elif self.kind in ("fire", "inception", "dense_block", "transition", "bottleneck", "resblock"):
            self.params |= {"number": numbers[0]} if numbers and "number" not in self.params else {}

    def _counts(self, numbers: list[int]) -> bool:
        """Tell a number behind a window of three sizes that is how many filters there are: `3×3×3, 64`."""
        deep = [size for size in self.sizes if len(size) == 3 and max(size) <= LARGEST_KERNEL]
        return bool(deep and numbers) and (axes_of(self.said) == 3 or numbers[-1] > max(SMALL, deep[0][2]))

    def _is_long(self, size: tuple[int, ...]) -> bool:
        """Tell the window along one axis beside a number of filters: `41×1, stride 4 conv 64`."""
        counted = bool(self.numbers) or "filters" in self.params
        return min(size) == 1 and max(size) <= LONGEST_KERNEL and counted

    def _deep(self, size: tuple[int, ...]) -> None:
        """Keep the three sizes of what may be the window of a volume: what tells it stands in other rows."""
        if len(size) == 3 and max(size) <= LARGEST_KERNEL:
            self.params["window"] = size

    def _size(self, size: tuple[int, ...]) -> None:
        if self.kind in _WINDOWED:
            self._deep(size)
        if self.kind == "dense" and set(size) == {1}:
            return  # At each place.
        if self.kind == "embedding" and len(size) == 2:
            self.params |= {"vocabulary": size[0], "units": size[1]}
            return
        if self.kind == "dense" and len(size) == 2 and size[0] == 2:
            self.params["units"] = prod(size)  # Of each unit two numbers, its mean and its variance.
        elif self.kind == "dense" and len(size) == 2 and "units" not in self.params:
            self.params |= {"in_features": size[0], "units": size[1]}
        elif self.kind == "dense" and len(size) == 3:
            self.params |= {"units": prod(size), "output": size}  # A vector that is seen as an image.
        elif self.kind in _POOLS and re.match(r"\W*\d+ ?× ?\d+ (?:avg|average|mean|max)", self.said):
            self.params.setdefault("kernel", size[:2])
        elif self.kind == "upsample" and len(size) == 2 and max(size) <= LARGEST_KERNEL:
            self.params.setdefault("kernel", size)
        elif self.kind in _WINDOWED and len(size) == 4 and size[2] == size[3] <= LARGEST_KERNEL and _uneven(size):
            self.params |= {"filters": size[0], "in_channels": size[1], "kernel": size[2:]}  # As PyTorch has them.
            if size[1] == size[2]:
                self._deep(size[1:])
        elif self.kind in _WINDOWED and len(size) == 4 and size[0] != size[1] == size[2]:
            self.params |= {"filters": size[0], "kernel": size[1:3], "in_channels": size[3]}
        elif self.kind in _WINDOWED and len(size) == 4:
            self.params |= {"kernel": size[:2], "in_channels": size[2], "filters": size[3]}
        elif self.kind in _POOLS and len(size) == 3 and LONGEST_POOL >= size[0] > LARGEST_KERNEL >= max(size[1:]):
            self.params |= {"kernel": size[1:], "window": size}
        elif (self.kind in _WINDOWED and len(size) == 3 and size[0] > LARGEST_KERNEL >= max(size[1:])) or (
            self.kind in (*_FILTERED, "dwconv")
            and len(size) == 3
            and size[0] != size[1] == size[2] > 1
            and not self.numbers
        ):
            self.params |= {("in_channels" if self.kind == "dwconv" else "filters"): size[0], "kernel": size[1:]}
        elif self.kind in _WINDOWED and len(size) == 3 and max(size[:2]) <= LARGEST_KERNEL:
            own = "in_channels" if self.kind == "dwconv" or "filters" in self.params else "filters"
            self.params |= {"kernel": size[:2]} | ({} if own in self.params else {own: size[2]})
        elif self.kind in _WINDOWED and len(size) == 2 and (max(size) <= LARGEST_KERNEL or self._is_long(size)):
            self.params.setdefault("kernel", size)
        elif self.kind in ("conv", "deconv") and len(size) == 2 and size[0] > LARGEST_KERNEL >= size[1]:
            self.params |= {"filters": size[0], "kernel": (size[1], size[1])}  # So many, and how large.
        elif self.kind or len(size) > 1:
            self.params["shape"] = size
