"""Layers of kinds of their own: what stands right before the word tells that it is no plain convolution or pooling."""

from __future__ import annotations

import re

_OWN = re.compile(
    r"highway|learned group|\bL-?conv|octave|\bmask [AB]\b|capsule|involution"
    r"|conv\w*[ -]?(?:[123]-?d[ -]?)?(?:lstm|gru|rnn|caps)"
    r"|\b(?:graph|set|point|sparse|complex|quaternion|light|ghost|glu|coord) ?conv"
    r"|conv(?:olution(?:al)?)?[ -]?(?:block|module|unit)\b"
    r"|\b(?:fractional|stochastic|l[p2]|mixed|median|min|gem|generali[sz]ed|(?:self-?)?attenti\w+|roi|k-?max|second-order|soft"
    r"|bilinear|covariance|rank|weighted|gated|learned|dynamic)[ -](?:max[ -]|av\w*[ -]|mean[ -])?pool"
    r"|(?:avg|average|mean)\d?-?max-?pool|max\d?-?(?:avg|average|mean)-?pool"
    r"|\b(?:att(?:n|enti\w+)?\.?|peephole|skip|nested|tree|graph|phased|coupled|quasi)[ -](?:lstm|gru|rnn)",
    re.IGNORECASE,
)
"""What makes another layer of a convolution, of a pooling, of what recurs."""
_QUALIFIED = re.compile(
    r"\b([a-z]+(?:able|ed|ic|al|ive|ant|ent|ary))[ -]+(?:[123]-?d[ -]+|\d+ ?[x×] ?\d+ )?conv", re.IGNORECASE
)
"""An adjective before a convolution says what is done otherwise; a noun says where it is: `stem conv`."""
_PLACES = re.compile(
    r"(?:initi|fin|origin|norm|convention|tradition|typic|addition|option|spati|tempor|vertic|horizont|residu|ident|gener"
    r"|glob|loc|centr|dimension|classic|fraction|usu|speci|intern|extern)(?:al|ic|ed)|later(?:al)?|basic|primary|auxiliary"
    r"|(?:dilat|strid|pad|unpad|stack|shar|repeat|bas|follow|connect|transpos|group|preced|factor\w*|add|us|appli|need"
    r"|fus|bi)ed|separable|consecutive|successive|subsequent|adjacent|different",
    re.IGNORECASE,
)
"""Adjectives that leave a convolution what it is, or make one that has a kind of its own."""
_JOINED = re.compile(r"(?<![A-Za-z])([A-Za-z]+?)-?conv(?![a-z]*transp)", re.IGNORECASE)
_PREFIXES = re.compile(
    r"[abce-km-oruvwxyzst]|de|up|trans\w*|f?conv|fs|frac\w*|full|dw|pw|sep|ds|dep|depth\w*|point\w*|gd|group\w*|mb|fused\w*|st|in|out"
    r"|pre|post|mid|sub|down|first|last|final|stem|head|skip|res|bn|l?relu|non|the|to|left|right|top|bottom|my|std|same"
    r"|valid|dil\w*|atrous|local|block|basic|simple|strided?|stage|layer|enc\w*|dec\w*|main|bottleneck|proj",
    re.IGNORECASE,
)
"""What is written together with the word and leaves a convolution what it is, or makes one of a kind of its own."""


def is_changed(said: str) -> bool:
    """Tell a layer of a kind of its own, which a plain one in its place would not be.

    >>> [is_changed(each) for each in ("PConv 3 × 3", "Gated convolution", "deformable conv", "Masked 2D conv")]
    [True, True, True, True]
    >>> [is_changed(each) for each in ("DWConv", "initial conv", "stem conv, 32", "dilated convolution", "conv3_1")]
    [False, False, False, False, False]
    """
    said = said.replace("_", " ")
    if _OWN.search(said):
        return True
    if any(not _PLACES.fullmatch(word) for word in _QUALIFIED.findall(said)):
        return True
    return any(not _PREFIXES.fullmatch(word) for word in _JOINED.findall(said))
