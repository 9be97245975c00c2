"""Layers that a cell lists without their kind: by numbers below a heading, or by how wide they are behind arrows."""

from __future__ import annotations

import re

from extract.words.lexicon import kind_of, posts_of

_HEADED = re.compile(r"^\s*(?P<head>[^;\n:]*):\s*[;\n]\s*(?=1[.)] )(?P<lines>.*)$", re.DOTALL)
_FLAT = re.compile(r"\b(?:flatten|global|gap|fc|dense|linear|fully)\b[^→;(]*(?:\([^()]*\)[^→;()]*)?", re.IGNORECASE)
_ACTIVE = re.compile(r"(?<=[a-z]) ?[→,] ?(\d+)(?= (?:\w{,7}LU|tanh|sigmoid|linear|soft-?max)\b)", re.IGNORECASE)
"""How wide a layer is that its activation alone tells, behind another with one."""
_STEPS = re.compile(
    r"((?: ?→ ?\d+(?![\d×. ]*[×(]))*)(?P<last> ?→ ?(?:output\w*|(?:\w+ )?class\w*|N)\b)?", re.IGNORECASE
)


_NEXT = re.compile(
    r"([\d)%]|\w*LU|tanh|BN|flatten) (?=(?:conv(?:olution)?(?:[123]d)?|fc|dense|linear|lstm|gru|drop-?out"
    r"|(?:max|avg|average)[ -]?pool(?:ing)?(?:[123]d)?)\d? [\d(])",
    re.IGNORECASE,
)
"""Where the name of a layer with its number begins behind what is said of another."""


def parted(text: str) -> str:
    """Return what names a layer, says a number of it, and names another with its own, with a comma between them.

    >>> parted("FC 256 LSTM 128"), parted("conv 3×3 16 conv 3×3 32"), parted("3×3 conv 64 pool")
    ('FC 256, LSTM 128', 'conv 3×3 16, conv 3×3 32', '3×3 conv 64 pool')
    """
    return _NEXT.sub(r"\1, ", text) if kind_of(text.split(" ")[0]) else text


def of_one_kind(text: str) -> str:
    """Return a list below a heading of a kind of layer with that kind in front of what names none.

    >>> of_one_kind("2 Conv Blocks:; 1. 16 filters (7×1), MP(2); 2. 32 filters (5×1)")
    'Conv 16 filters (7×1), MP(2); Conv 32 filters (5×1)'
    """
    found = _HEADED.match(text)
    kind = found and kind_of(re.sub(r"^\s*\d+ ", "", found["head"]))
    if not found or kind not in ("conv", "dense"):
        return text
    lines = [re.sub(r"^\s*\d+[.)] ", "", line).strip() for line in re.split(r"[;\n]", found["lines"])]
    name = "Conv" if kind == "conv" else "FC"
    named = [
        kind_of(re.split(r"[,+]", line)[0]) == kind or (posts_of(line) and not re.match(r"\d", line)) for line in lines
    ]
    return "; ".join(line if is_named else f"{name} {line}" for line, is_named in zip(lines, named, strict=True))


def behind_arrows(text: str) -> str:
    """Return a chain that goes on in numbers alone behind what gives a vector with the Dense that these are.

    >>> behind_arrows("Flatten (192 units) → 120 → 84 → Output"), behind_arrows("conv 3 → 64")
    ('Flatten (192 units) → FC 120 → FC 84 → FC', 'conv 3 → 64')
    >>> behind_arrows("Dense 128 ReLU → 64 ReLU, 9 tanh")
    'Dense 128 ReLU → FC 64 ReLU → FC 9 tanh'
    >>> behind_arrows("FC, 128 ReLU, 10 softmax")
    'FC, 128 ReLU → FC 10 softmax'
    """
    if kind_of(re.split(r"[→,]", text)[0]) == "dense":
        wide = re.search(r"\d", text)  # Only behind a width is one of another layer.
        first = wide.start() if wide else len(text)
        text = text[:first] + _ACTIVE.sub(r" → FC \1", text[first:])
    flat = _FLAT.match(text)
    found = _STEPS.match(text, flat.end()) if flat else None
    if not flat or not found or (found[1].count("→") < 2 and not found["last"]):
        return text
    steps = "".join(f" → FC {each}" for each in re.findall(r"\d+", found[1]))
    return f"{flat[0].rstrip()}{steps}{' → FC' if found['last'] else ''}{text[found.end() :]}"
