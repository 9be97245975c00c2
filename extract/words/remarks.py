"""What texts say in forms of their own: the constants of a normalisation, the shape of an image."""

from __future__ import annotations

import re


def neighbours(said: str) -> dict[str, float]:
    """Return the constants of a local response normalisation, as papers print them; 10-4 lost its superscript.

    >>> neighbours("α = 10-4, β = 0.75 k = 2, n = 5")
    {'alpha': 0.0001, 'beta': 0.75, 'k': 2.0, 'n': 5.0}
    """
    found = {}
    for name, signs in (("alpha", "alpha|α"), ("beta", "beta|β"), ("k", "k"), ("n", "n|size")):
        if match := re.search(rf"(?<![A-Za-z])(?:{signs}) ?= ?(10 ?\^? ?-|[\d.]+(?:e-)?)(\d*)", said, re.IGNORECASE):
            found[name] = float(f"{'1e-' if match[1].startswith('10') and '-' in match[1] else match[1]}{match[2]}")
    if "n" not in found and (many := re.search(r"\b(\d+) channels per element", said)):
        found["n"] = float(many[1])  # As MATLAB says it.
    return found


def slope_of(said: str) -> float | None:
    """Return the slope of a leaky ReLU below 0, where a text says one.

    >>> slope_of("conv, BN, LeakyReLU(0.2)"), slope_of("lReLU, slope = 0.1"), slope_of("LReLU"), slope_of("ReLU 0.5")
    (0.2, 0.1, None, None)
    >>> slope_of("The slopes of all lReLU functions in the networks are set to 0.1.")
    0.1
    >>> slope_of("Leaky ReLU slope, maxout pieces 0.1, 2")
    0.1
    >>> slope_of("Each Leaky ReLU has a slope of 0.2."), slope_of("with a slope of 0.3 for the leaky ReLU")
    (0.2, 0.3)
    """
    words = (
        r"(?:negative[_ ]?slope|slopes?|alpha|α|a|of|the|leak\w*|with|is|are|was|were|set|to|all|functions?|units?"
        r"|layers?|activations?|in|networks?|coefficient|rate|parameter|maxout|pieces|use[sd]?|ha(?:s|ve|ving)|=|[\s(,:*])*"
    )
    behind = r"(?![\d%]* ?(?:drop|momentum))"
    leaky = r"\bl(?:eaky)?[- ]?\s?relus?\b"
    ahead = rf"\bslope (?:of |= ?|is )?(0?\.\d+) (?:for|in|of) (?:\w+ ){{0,2}}{leaky}"
    found = re.search(rf"{leaky}{words}(0?\.\d+){behind}|{ahead}", said, re.IGNORECASE)
    return float(found[1] or found[2]) if found else None


_PIXELS = r"\b(?:[xX]|values?|pixels?|images?|img|inputs?)"
_SCALED = re.compile(
    rf"{_PIXELS} ?/ ?(\d+(?:\.\d*)?) ?([-−+]) ?(\d+(?:\.\d*)?)"  # x / 127.5 - 1
    rf"|\( ?{_PIXELS} ?([-−+]) ?(\d+(?:\.\d*)?) ?\) ?/ ?(\d+(?:\.\d*)?)"  # (x - 128) / 128
    rf"|(?:{_PIXELS}|\b1\.?) ?/ ?(\d{{2,3}}(?:\.\d*)?)\b"  # 1 / 255
)


def scaled(said: str) -> tuple[float, float] | None:
    """Return by what pixels are multiplied and what is added to them then, where a text says it.

    >>> scaled("x/127.5 - 1"), scaled("lambda x: (x - 128) / 64"), scaled("Rescaling(1./255)"), scaled("conv 1/2")
    ((0.00784313725490196, -1.0), (0.015625, -2.0), (0.00392156862745098, 0.0), None)
    """
    found = _SCALED.search(said)
    if found is None:
        return None
    by, sign, after, first, before, over, alone = found.groups()
    if alone or by:
        shift = float(after) * (1 if sign == "+" else -1) if after else 0.0
        return (1 / float(alone or by), shift) if float(alone or by) else None
    shift = float(before) * (1 if first == "+" else -1)
    return (1 / float(over), shift / float(over)) if float(over) else None


def larger_by(said: str) -> dict[str, int]:
    """Return by how much what is beside a sign is made larger, as a text says of the sign.

    >>> larger_by("where ↑ is a 2× nearest-neighbor upsampling of the layer"), larger_by("* denotes 2 × upsampling")
    ({'↑': 2}, {'*': 2})
    """
    stands = r"(?:is|denotes?|means?|indicates?|represents?|corresponds to|refers to)"
    words = rf"([↑*∗])['’\"”]? {stands} (?:an? |the )?(?:\w+ ){{0,2}}?(\d) ?×[\w -]{{0,30}}?(?:up-?sampl|larger|resiz)"
    found = re.finditer(words, said, re.IGNORECASE)
    return {match[1].replace("∗", "*"): int(match[2]) for match in found}


def norm_groups_of(said: str) -> int | None:
    """Return in how many groups a GroupNorm parts the channels, where a text says it.

    >>> norm_groups_of("GroupNorm(n=8)"), norm_groups_of("Conv, GN (32)"), norm_groups_of("group norm with 4 groups")
    (8, 32, 4)
    """
    words = r"(?:num[_ ]?groups|groups|n|g|with|of|=|[\s(,:])*"
    found = re.search(rf"\b(?:gn|group-?\s?norm\w*){words}(\d+)\b", said, re.IGNORECASE)
    return int(found[1]) if found else None


def several_windows(said: str) -> tuple[int, ...]:
    """Return the lengths of windows that stand beside each other, where a text lists them.

    >>> several_windows("100 filters each of sizes 3, 4, 5"), several_windows("sizes 35"), several_windows("size 3, 2")
    ((3, 4, 5), (), ())
    """
    listed = r"(\d+(?: ?(?:, and|,|;|&|and) ?\d+)+)"
    found = re.search(rf"\b(?:sizes|windows|heights|widths|kernels)\b[^\d;]{{0,12}}{listed}", said)
    return tuple(map(int, re.findall(r"\d+", found[1]))) if found else ()


def vector(said: str) -> dict[str, tuple[int, ...]]:
    """Return the size of a vector that comes in, where a text says of which space it is.

    >>> vector("z ∈ R^128 ~ N(0, I)"), vector("x ∈ R ^ 32 × 32 × 3")
    ({'output': (128,)}, {})
    """
    found = re.search(r"(?:∈|\bin\b|\s)\s*[Rℝ] ?\^? ?\{?(\d+)\b(?! ?×)", said)
    found = found or re.search(r"\b(?:noise|latent|code)\b[^\d×]{0,12}\b(\d+)$", said)
    found = found or re.fullmatch(r"\W*input(?: layer)?[ ([=:]+(\d+)[)\] ]*", said, re.IGNORECASE)
    return {"output": (int(found[1]),)} if found else {}


def pictured(said: str) -> dict[str, tuple[int | None, ...]]:
    """Return the shape of an image that comes in: its sides, of which a letter leaves one open, and its colours.

    >>> pictured("input (224 × 224 RGB image)"), pictured("W × 32 gray-scale image")
    ({'shape': (224, 224, 3)}, {'shape': (None, 32, 1)})
    """
    match = re.search(r"(?<![\w])(?<!× )(?<!×)(\d+|[WHNM]) ?× ?(\d+|[WHNM])(?: ?× ?(\d+))?(?! ?×)(?![\w])", said)
    if match is None or not (match[1] + match[2]).strip("WHNM"):
        return {}
    colours = 3 if re.search(r"\brgb\b|colou?r", said, re.IGNORECASE) else 1
    known = match[3] or (str(colours) if re.search(r"\brgb\b|colou?r|gr[ae]y", said, re.IGNORECASE) else "")
    sides = tuple(int(each) if each.isdecimal() else None for each in (match[1], match[2]))
    return {"shape": (*sides, int(known)) if known else sides}
