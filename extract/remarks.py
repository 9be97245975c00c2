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
    return found


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
