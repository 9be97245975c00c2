"""Rows that take what others give, by the names of these: `Concat | with conv2`, `iconv3 | upconv3 + conv2`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell
from extract.designs.assembly import POSTS, Assembly
from extract.designs.sums import is_printed
from extract.words.families import JOINS
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref

_NAME = re.compile(r"(?<![\w.])([A-Za-z]+)[ _-]?#?(\d+(?:[._-]\d+)*[a-z]?)(?!\w)")
"""A name that counts: conv2_1, layer 4."""
_NUMBERS = re.compile(r"\W*(?:with |of |from |and )?\W*\d+(?:\W{1,3}(?:and )?\d+)*\W*")
_LONGEST = 24
"""Letters of a name at most."""


def names_in(row: Sequence[Cell]) -> tuple[str, ...]:
    """Return what a row is called: by names that count, or by its number."""
    texts = [cell.text.strip() for cell in row]
    matches = [(text, match) for text in texts if (match := _NAME.match(text))]
    named = [_plain(*match.groups()) for text, match in matches if len(text) < _LONGEST or text[match.end()] == ":"]
    return (*named, *(f"layer{text}" for text in texts[:2] if text.isdecimal()))


def names_among(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return the names that cells of what comes in are made of, nothing where they say anything else.

    A sign beside a name says that what it gives is made larger: `↑upconv5`, `upconv5*`.
    """
    text = " ".join(cell.text.strip() for cell in cells if not _SIZES.fullmatch(cell.text.strip()))
    found = _LARGER.finditer(text)
    named = [f"{match[1]}{_plain(match[2], match[3])}{match[4]}".replace(" ", "") for match in found]
    return tuple(named) if named and not re.search(r"[\w*]", _LARGER.sub("", text)) else ()


_SIZES = re.compile(r"[(\[]?\d+(?: ?[×xX*,] ?\d+)+[)\]]?")
"""What comes in by its sizes, as a column beside one of names says it."""
_LARGER = re.compile(rf"(↑? ?){_NAME.pattern}((?: ?[*∗])?)")


INTO = "what comes into "
"""What a branch is said to take in front of which no layer is."""


def take(to: Assembly, reading: Reading) -> None:
    """Go on from the layers that a reading says it takes, where these are known and not the one above it."""
    names: tuple[str, ...] = tuple(dict.fromkeys(reading.params.get("taken", ())))
    if names and names[0].startswith(INTO) and to.inputs and to.nodes:
        to.ask(f"{reading.text!r} takes {names[0]}: has it an input of its own? It goes on from the first")
        to.go_to(Ref(to.inputs[0].name), to.inputs[0].shape)
        return
    known = [name for name in names if _bare(name) in to.named]
    strange = [_bare(name) for name in names if name not in known]
    if strange and to.nodes:
        goes = " and ".join(known) or "the layer above it"
        to.ask(f"{reading.text!r} takes {' and '.join(strange)}, which is not here: it goes on from {goes}")
    refs = [_larger(to, name) for name in known]
    if not refs or refs == [to.tip]:
        return
    if len(refs) == 1:
        to.go_to(refs[0], to.shapes[refs[0]])
        return
    if reading.kind in JOINS:
        to.add(JOINS[reading.kind], reading.kind, *(of_one_rank(to, refs) if reading.kind == "concat" else refs))
        return
    widths = [to.shapes[ref][1] for ref in refs]
    said = reading.params.get("in_channels")
    added = said is not None and {*widths} == {said}
    to.add(L.Add() if added else L.Concat(), "add" if added else "concat", *refs)
    how = "is the sum of" if added else "is, joined by channels,"
    to.infer(f"what {reading.text!r} takes {how} what {' and '.join(known)} give")


def of_one_rank(to: Assembly, refs: Sequence[Ref]) -> list[Ref]:
    """Return tensors that are strung together, as vectors where some of them are."""
    ranks = {len(to.shapes[ref]) for ref in refs}
    found = list(refs)
    for i, ref in enumerate(refs):
        if len(ranks) > 1 and len(to.shapes[ref]) > len("nc"):
            to.go_to(ref, to.shapes[ref])
            found[i] = to.add(L.Flatten(), "flatten")
    return found


def _bare(name: str) -> str:
    return name.strip("↑*∗ ")


def _larger(to: Assembly, name: str) -> Ref:
    """Return what a name stands for, made as much larger as the caption says of the sign beside it."""
    ref = to.named[_bare(name)]
    if name == _bare(name):
        return ref
    sign = "↑" if "↑" in name else "*"
    if sign not in to.larger:
        to.ask_once(f"what does {sign!r} beside a name say? That it is made twice as large is taken")
    to.go_to(ref, to.shapes[ref])
    times = to.larger.get(sign, 2)
    return to.add(L.Upsample2D(scale=(times, times)), "upsample")


def take_more(to: Assembly, reading: Reading) -> None:
    """Join the tip with what an earlier layer gives, where as many more channels are printed to come in as that has.

    Where nothing above fits, what differs is asked. Source: Ronneberger et al., U-Net, figure 1.
    """
    said, shape = reading.params.get("input", ()) or _wanted(to, reading), to.shape
    if len(said) < LEAST or len(shape) != len(said) + 1 or None in shape[1:] or is_printed(shape, said):
        return
    channels, *space = (int(each or 0) for each in shape[1:])
    if other := _missing(to, said):
        to.add(L.Concat(), "concat", to.tip, other)
        to.infer(f"what {reading.text!r} takes is, joined by channels, what the layers above and {other.node} give")
        return
    size, given = (" x ".join(map(str, each)) for each in (said, (*space, channels)))
    to.misfit(f"{reading.text or reading.kind!r} takes {size}, but {given} comes in: how is it meant?")


def _missing(to: Assembly, said: Sequence[int]) -> Ref | None:
    """Return what gives as many channels as a printed size has more than the tip, the last such ahead of a half."""
    channels, *space = (int(each or 0) for each in to.shape[1:])
    if len(space) != len(said) - 1 or len(said) < LEAST or list(said[:-1]) != space or said[-1] <= channels:
        return None
    wanted = (said[-1] - channels, *space)
    others = [ref for ref, other in to.shapes.items() if other[1:] == wanted and ref != to.tip]
    return next(reversed([ref for ref in others if _is_ahead(to, ref)] or others), None)


def _is_ahead(to: Assembly, ref: Ref) -> bool:
    """Tell what stands in front of where an image was made smaller, and then larger again: the other half of a net."""
    order = [*to.shapes]
    behind = [to.shapes[each] for each in order[order.index(ref) + 1 :]]
    side = to.shapes[ref][2]
    return any(len(each) > 2 and each[2] and side and each[2] < side for each in behind)


def _wanted(to: Assembly, reading: Reading) -> tuple[int, ...]:
    """Return what comes into a layer that says how many channels that are, more than the layer above gives.

    It stands where an image has been made larger again, and another layer gives as many as are missing.
    """
    taken, (channels, *space) = reading.params.get("in_channels", 0), to.shape[1:]
    if len(space) != len("hw") or None in to.shape[1:] or taken <= (channels or 0):
        return ()
    given = [shape[1:] for shape in to.shapes.values() if len(shape) == len(to.shape)]
    smaller = any(each[1] and each[1] < (space[0] or 0) for each in given)
    return (*(int(each or 0) for each in space), taken) if smaller and (taken - channels, *space) in given else ()


LEAST = 2
"""Sizes of what is no vector, at least."""


def _plain(stem: str, number: str) -> str:
    return f"{stem.lower()}{number.lower().replace('.', '_').replace('-', '_')}"


def told_in(row: Sequence[Cell], named: Cell) -> str:
    """Return what the cells of a row say that joins, of what it joins, but for sizes."""
    others = [
        cell.text for cell in row if cell is not named and not re.fullmatch(r"[\W\d]*[×xX][\W\dxXHWC]*", cell.text)
    ]
    return " ; ".join([re.sub(r"^\W*\w+\W?", "", named.text), *others])


_SKIP = re.compile(r"\bskip(?:s|ped)?(?:[ -]connections?)?:? (?:from|with|to|of) (?=.*\d)", re.IGNORECASE)
"""What says, beside a layer, from which other one its image is taken too."""


def with_skip(whole: Sequence[Reading], row: Sequence[Cell], named: Cell, skips: Sequence[Cell] = ()) -> list[Reading]:
    """Return the layers of a row with the join of what another cell says: `Upsample + Conv | skip from e3`.

    `skips` are the cells of a column of such names, `Skip | e3`.

    It stands behind what makes the image larger; whether it is joined or added is asked.
    """
    said = next((cell.text[found.end() :] for cell in row if (found := _SKIP.search(cell.text)) and cell != named), "")
    said = said or next((cell.text for cell in skips if _NAME.search(cell.text)), "")
    if not said or any(each.kind in JOINS or "taken" in each.params for each in whole):
        return list(whole)
    place = next((i for i, each in enumerate(whole, 1) if each.kind in ("upsample", "deconv", "subpixel")), 0)
    join = Reading("concat", {"joins": said}, text=f"skip from {said}", unclear=True)
    return [*whole[:place], join, *whole[place:]]


def keep_names(to: Assembly, reading: Reading, before: Ref) -> None:
    """Keep what the tip is called; what only normalises or activates what is called so gives it from then on."""
    if reading.kind in POSTS:
        to.named.update({name: to.tip for name, ref in to.named.items() if ref == before})
    to.named.update(dict.fromkeys(reading.names, to.tip))


def join(to: Assembly, reading: Reading) -> bool:
    """Join the tip with the layers that a reading names; tell whether it names any that are known.

    Raises ShapeError where they do not fit together.
    """
    if reading.kind in JOINS and len(reading.params.get("taken", ())) > 1 and to.nodes[-1].layer == JOINS[reading.kind]:
        return True  # It has joined what it takes.
    said = str(reading.params.get("joins") or re.sub(r"^\W*\w+\W?", "", reading.text))
    found = [to.named[name] for match in _NAME.finditer(said) if (name := _plain(*match.groups())) in to.named]
    own = said.split(" ; ")[0]  # Of other cells only one may number the row itself.
    if not found and (numbers := next((each for each in (own, said) if _NUMBERS.fullmatch(each)), "")):
        found = [to.named[name] for each in re.findall(r"\d+", numbers) if (name := f"layer{each}") in to.named]
    if len(to.inputs) == 1 and _THE_INPUT.search(said):
        found.append(Ref(to.inputs[0].name))
    others = [ref for ref in dict.fromkeys(found) if ref != to.tip]
    if not found and reading.kind == "concat" and (other := _missing(to, reading.params.get("output", ()))):
        to.infer(f"{reading.text!r} joins what {other.node} gives, which has as many channels as are missing")
        others = [other]
    if not others or reading.kind not in JOINS:
        return False
    refs = list(dict.fromkeys(found)) if to.tip in found or len(others) > 1 else [to.tip, *others]
    if to.nodes and to.nodes[-1].layer == JOINS[reading.kind] and [*to.nodes[-1].inputs] == refs:
        return True  # As often as it is said, it joins the same.
    to.add(JOINS[reading.kind], reading.kind, *refs)
    return True


_THE_INPUT = re.compile(
    r"(?:\bconcat\w*|\badd|\bwith|\band|[+&,;])(?: the| network'?s?)* input(?: image)?\W*$", re.IGNORECASE
)
"""What a row that joins says of what comes into the whole net: `Concatenate INPUT`."""
