"""What the texts of a figure say that people drew: the layers of a box, and the shape of what comes in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.layer_names import LAYERS
from extract.designs.assembly import POSTS, USUAL
from extract.designs.box_words import plainly
from extract.designs.sizes_given import giving, image_of, without_sizes
from extract.drawings.drawn import DrawnLayer
from extract.words.cells import read_cell
from extract.words.lexicon import SIGNS, kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized
from ir.shapes import Shape

WIDTH = 64
"""Filters of a convolution whose number is not said."""
DIGITS = (28, 28)
"""The sides of images of digits, which have no colours."""
_KERNEL = re.compile(r"(?P<kernel>\d{1,2} ?× ?\d{1,2})(?P<rest>\D.*)?")
_CHANNELS = re.compile(r"(\d+) ?-? ?d(?:im\w*)?")
_NUMBERED = re.compile(r"[CFPS]\d|P\d[,.:]? ?\d{2,4}")
_LARGER = re.compile(r"[↑↓] ?[×x]? ?(\d)[×x]?")
_SIGNS = {**SIGNS, "σ": "sigmoid"}
_SIZES = re.compile(r"(\d+) ?× ?(\d+) ?× ?(\d+)")


def said(text: str) -> list[Reading]:
    """Return the layers that the text of a box says; a size alone is the kernel of a convolution.

    >>> [(each.kind, each.params) for each in said("3x3 stride 2")]
    [('conv', {'stride': (2, 2), 'kernel': (3, 3)})]
    >>> [each.kind for each in said("1x1")], [each.kind for each in said("Add & Norm")], said("Previous layer")
    (['conv'], ['add', 'ln'], [])
    >>> said("8x8x1280")
    []
    """
    text, sizes = without_sizes(plainly(text))
    if sizes:
        return giving(said(text), sizes)
    plain = re.sub(r"[~˜\s]+", " ", normalized(text)).strip()
    if _SIZES.fullmatch(plain):
        return []  # The shape of what goes through.
    if _NUMBERED.fullmatch(plain):
        return []  # A map, by its number, and how many channels it has.
    if plain in _SIGNS:
        return [Reading(_SIGNS[plain], text=text)]
    if larger := _LARGER.fullmatch(plain):
        return [Reading("upsample", {"kernel": (int(larger[1]),) * 2}, text=text)] if plain[0] == "↑" else []
    if re.fullmatch(r"scale|multiply|mul|product|element-?wise product", plain, re.IGNORECASE):
        return [Reading("multiply", text=text)]
    if re.fullmatch(r"mlp(?: ?(?:block|layers?|module))?", plain, re.IGNORECASE):
        return []  # Of several layers, of which nothing is said.
    if re.match(r"sub-?pixel conv", plain, re.IGNORECASE):
        return []  # A convolution and the shuffling of what it gives.
    if re.fullmatch(r"add ?(?:&|and) ?norm\w*", plain, re.IGNORECASE):
        return [Reading("add", text=text), Reading("ln", text=text)]
    parts = [str(each) for each in re.split(r"\s*[-,→]\s*(?=[A-Za-z])", plain)]
    if len(parts) > 1 and posts_of(parts[0]) and not kind_of(parts[0]):
        # What stands in front of a layer comes before it.
        return [each for part in parts for each in said(part)]
    found = [each for each in read_cell(text) if each.kind in LAYERS or each.kind in POSTS or each.block]
    if found:
        return [each for each in found if each.kind != "input"]
    match = _KERNEL.fullmatch(plain)
    if match is None or not _is_small(match["kernel"]):
        return []
    rest = f" {match['rest']}" if match["rest"] else ""
    return [replace(each, text=text, inferred=("kind",)) for each in read_cell(f"{match['kernel']} conv{rest}")]


def is_size(text: str) -> bool:
    """Tell a text that says how large something is, and nothing else.

    >>> is_size("[Batch, W=28, H=28, C=6]"), is_size("28 x 28 x 6"), is_size("conv 3"), is_size("64")
    (True, True, False, False)
    """
    rest = re.sub(
        r"\b(?:batch ?(?:size|sise)?|none|height|width|channels?|[bnwhcdtf])\b ?=?",
        "",
        normalized(text),
        flags=re.IGNORECASE,
    )
    return bool(re.fullmatch(r"[\s\d×,;:/@()\[\]-]*", rest)) and len(re.findall(r"\d+", text)) > 1


def _is_small(kernel: str) -> bool:
    return all(int(each) <= 11 for each in kernel.split("×"))


def taken_in(text: str) -> Shape | None:
    """Return the shape that the text of what comes in says: sizes, or how many channels.

    >>> taken_in("3x224x224 image"), taken_in("64-d"), taken_in("previous layer"), taken_in("16x112x112x3 clip")
    ((None, 3, 224, 224), (None, 64, None, None), None, (None, 3, 16, 112, 112))
    >>> taken_in("Input (batch, 3, 32, 32)"), taken_in("Noise z (100)"), taken_in("Input vector 784")
    ((None, 3, 32, 32), (None, 100), (None, 784))
    """
    plain = normalized(text)
    if match := re.search(r"(\d+) ?× ?(\d+) ?× ?(\d+) ?× ?(\d+)", plain):
        *space, channels = map(int, match.groups())
        return (None, channels, *space)
    if match := _SIZES.search(plain):
        height, width, channels = image_of([int(each) for each in match.groups()])
        return (None, channels, height, width)
    if match := _LISTED.search(plain):
        height, width, channels = image_of([int(each) for each in match.groups()])
        return (None, channels, height, width)
    if found := re.search(r"\b(\d+) channels\b", plain):
        return (None, int(found[1]), None, None)
    if found := re.search(r"\b(\d+) features\b", plain) or _VECTOR.search(plain):
        return (None, int(found[1]))
    sides = {name.upper(): int(size) for name, size in re.findall(r"\b([WHC]) ?= ?(\d+)", plain, re.IGNORECASE)}
    if len(sides) == 3:
        return (None, sides["C"], sides["H"], sides["W"])
    if match := _CHANNELS.fullmatch(plain):
        return (None, int(match[1]), None, None)
    return None


_LISTED = re.compile(r"[\[(](?:[A-Za-z]+, ?)?(\d+), ?(\d+), ?(\d+)[\])]")
_VECTOR = re.compile(r"\b(?:vector|noise|latent|z)\b[^\d×]{0,12}\b(\d{2,5})\b(?![ ]?[×,]|-d conv)", re.IGNORECASE)
_FLAT = re.compile(r"(?<![\d×])(\d{2,4}) ?× ?(\d{2,4})(?! ?×)")
_GREY = re.compile(r"\bgr[ae]y|spectrogram|\bmel\b|\bmfcc", re.IGNORECASE)


def many_in(lines: Sequence[str]) -> int:
    """Return how many units what comes out has, as a line of its own or a word behind them says; 0 where none does.

    >>> many_in(["Output", "10"]), many_in(["Output (10 classes)"]), many_in(["Output 84"]), many_in(["Output 2"])
    (10, 10, 84, 0)
    """
    found = [re.fullmatch(r"[\[(]?(\d+)[\])]?", line.strip()) for line in lines[1:]]
    found += [
        re.search(r"(?<![\d×x] )\b(\d+)[ -](?:class(?:es)?|units?|neurons?|labels|categories|way)\b", line)
        for line in lines
    ]
    if len(lines) == 1:  # A small number may count the outputs.
        found.append(re.fullmatch(r"(?:out\w*|predict\w*|class\w*):? ?\(?([4-9]|\d{2,5})\)?", lines[0], re.IGNORECASE))
    return next((int(each[1]) for each in found if each), 0)


def sequence_in(text: str) -> Shape | None:
    """Return the shape of a sequence by its length and the width of its vectors, which stand behind it.

    >>> sequence_in("DNA 23 × 4"), sequence_in("Input: (N, 1)"), sequence_in("64")
    ((None, 23, 4), (None, None, 1), None)
    """
    found = re.search(r"(?<![\d×,] )(?<![\d×])\b(\d+|[NTL])\b ?[×,] ?(\d+)\b(?! ?[×,])", normalized(text))
    return (None, int(found[1]) if found[1].isdecimal() else None, int(found[2])) if found else None


def usual(text: str) -> Shape:
    """Return the shape that is taken where none is said: an image, or, for a part of a net, what its layers give.

    >>> usual("Image (256x128)"), usual("Spectrogram 40 x 100")
    ((None, 3, 256, 128), (None, 1, 40, 100))
    """
    if flat := _FLAT.search(normalized(text)):
        sides = int(flat[1]), int(flat[2])
        return (None, 1 if _GREY.search(text) or sides == DIGITS else 3, *sides)
    return USUAL if not text or said(text) or kind_of(text) == "input" else (None, WIDTH, 56, 56)


def is_drawn_by_hand(layer: DrawnLayer) -> bool:
    """Tell a box of which nothing but its texts is known."""
    return not layer.name and not layer.params.keys() - {"num_output"}
