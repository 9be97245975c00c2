"""What is said beside a table of all its layers: what stands behind each, and what comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.words.families import ACTIVATIONS, CONVOLVED
from extract.words.lexicon import axes_of, posts_of
from extract.words.reading import Reading, leaves
from extract.words.spellings import normalized
from extract.words.strangers import FOREIGN

NORMS = frozenset(("bn", "ln", "in", "lrn"))
FILTERING = (*CONVOLVED, "local")
_MEANS = (
    r"(?:means?|denotes?|indicates?|represents?|stands? for|refers? to|consists? of"
    r"|(?:is|are) (?:composed of|followed by)|compris\w+|includes?)"
)
_OMITTED = r"\b(?:omit\w*|not (?:shown|listed|displayed))\b"
_LEFT_OUT = re.compile(_OMITTED, re.IGNORECASE)
_EACH = re.compile(
    r"\b(?:all|each|every|any)\b|\bhidden layers\b|\b(?:after|behind|follow\w*) (?:the )?conv"
    rf"|\bconv[a-z]*(?:[1-3]d)?\b[^.]{{0,20}} {_MEANS} |{_OMITTED}"
    r"|\bconv[a-z]*(?:[1-3]d)?(?: ?(?:→|->|=>|-|–|\+|/) ?(?:BN|batch ?norm\w*|\w*ReLU|ELU|GELU|SiLU))+ blocks?\b"
    r"|\bthroughout\b(?! training| the (?:training|paper|text|experiment|rest))"
    r"|\bas (?:the |our |an? )?(?:non-?linear(?:ity)?|activation)(?: (?:unit|function))?s?"
    r"(?= ?(?:$|\.|for the hidden))",
    re.IGNORECASE,
)
"""What tells that a sentence speaks of all layers of a kind: what their name means, or what is left out of a table."""
_OF_THEM = re.compile(
    r"\b(?:all|each|every|any)(?: of)?(?: the)? (?:leaky|parametric|[lp])?[- ]?(?:re|e|ge|se)lu\w*"
    r"(?! ?(?:activated|hidden|conv|dense|fully|linear))",
    re.IGNORECASE,
)
"""What tells that a sentence speaks of all activations of a kind, and not of what layers have: all lReLU functions."""
_LAST = re.compile(r"\b(?:last|final|output)\b", re.IGNORECASE)
OPEN_END = re.compile(rf"\b(?:last|final|output)\b[^.;]{{0,40}}{_OMITTED}", re.IGNORECASE)
"""What tells that the last layer is not in a table."""
_BUT = re.compile(r"\b(?:except|but|other than|apart from|excluding|besides)\b", re.IGNORECASE)
_BUT_FIRST = re.compile(rf"\W*{_BUT.pattern}(.*?), ((?:all|each|every)\b.*)", re.IGNORECASE)
_HIDDEN_FIRST = re.compile(r"\bhidden layers?\b[^.;]*?(?:,| and| while) [^.;]*\b(?:last|final|output)\b", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r",? (?:and|while|whereas) (?=[^,;]*\b(?:last|final|output)\b)|, (?=[^,;]*\boutput\b)")
_INSTEAD = re.compile(r",? ?\b(?:which|where|that|whose)\b.*", re.IGNORECASE)
"""What is said of the layer that a sentence excepts."""
_SCOPES = (
    (re.compile(r"\bconv\w*|\bfilters? layers?", re.IGNORECASE), FILTERING),
    (re.compile(r"\bfully[- ]connected|\bFC\b|\bdense\b|\blinear layers?", re.IGNORECASE), ("dense",)),
)
PARTS = re.compile(r"\b(?:generators?|discriminators?|encoders?|decoders?|critics?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Behind:
    """What stands behind layers of some kinds, and whether only behind those that are hidden.

    It may stand ahead of them, `BN-ReLU-Conv`, and be said of those of one `name` alone, or of those in volumes.
    Of convolutions it may be said by their `window`. It is `open` where it names layers without it that are not
    understood.
    """

    posts: tuple[str, ...]
    kinds: tuple[str, ...]
    hidden: bool
    ahead: bool = False
    name: str = ""
    volumes: bool = False
    open: bool = False
    window: tuple[int, ...] = ()


def sentences(said: str) -> Iterator[str]:
    """Yield the sentences of a caption.

    >>> list(sentences("Blocks are “conv 3×3”. ReLU is not shown; its rate is 50%. All are by Kim et al."))
    ['Blocks are “conv 3×3”', 'ReLU is not shown', 'its rate is 50%', 'All are by Kim et al.']
    """
    yield from filter(None, re.split(r"(?<=[\w)\]%”’\"'])[.;] (?=[A-Z*†“‘])|; ", said))


def behind_all(said: str, config: str = "") -> list[Behind]:
    """Return what a caption says that stands behind all layers of a kind.

    >>> behind_all("All convolutional layers are followed by BN and ReLU. The output is 10.")[0].posts
    ('bn', 'relu')
    >>> [(each.kinds, each.hidden) for each in behind_all("All hidden layers use ELU.")]
    [(('conv', 'gconv', 'deconv', 'dwconv', 'sepconv', 'local', 'dense'), True)]
    >>> [each.posts for each in behind_all("Batch normalization and ReLU are used throughout the network.")]
    [('bn', 'relu')]
    >>> behind_all("The slope of leaky ReLU is 0.2."), behind_all("The slopes of all lReLU functions are 0.2.")
    ([], [])
    """
    found = []
    for sentence in sentences(said):
        but = _BUT.search(sentence)
        told, exception = (sentence[: but.start()], sentence[but.end() :]) if but else (sentence, "")
        if turned := _BUT_FIRST.match(sentence):
            exception, told = turned.groups()
        # What the one that is excepted has instead is no other's.
        posts = tuple(dict.fromkeys(posts_of(told) or posts_of(_INSTEAD.sub("", sentence))))
        if FOREIGN.search(sentence):
            posts = tuple(each for each in posts if each not in NORMS)  # One of a kind of its own.
        named = PARTS.findall(sentence) + ([network[1]] if (network := _IN_NETWORK.match(sentence)) else [])
        if not posts or not _EACH.search(_OF_THEM.sub("", sentence)) or (named and not is_of(named, config)):
            continue
        if not but and _HIDDEN_FIRST.search(sentence):
            told, exception = _OTHER_CLAUSE.split(sentence)[0], "the last"  # Of the output another clause speaks.
            posts = tuple(dict.fromkeys(posts_of(told)))
        elif not but and _LAST.search(sentence) and not re.search(r"\boutput of\b", sentence, re.IGNORECASE):
            continue  # Of the last one it says something too.
        kinds = tuple(kind for scope, own in _SCOPES if scope.search(told) for kind in own)
        hidden = bool(_LAST.search(exception)) or "hidden" in told.lower()
        norms = tuple(each for each in posts if each in NORMS)
        if not kinds and _LEFT_OUT.search(told) and norms:
            found.append(Behind(norms, FILTERING, hidden=True))
            posts = tuple(each for each in posts if each not in NORMS)
        if posts:
            own = _OWN_NAME.search(told)
            name = own[1] if own and not _GENERIC.fullmatch(own[1]) else ""
            ahead = len(posts) > 1 and bool(_AHEAD.search(told))
            scoped, volumes = bool(kinds), axes_of(told) == len("whd") and not re.search(r"\b2-?D\b", told, re.I)
            some = bool(but) and not _LAST.search(exception)
            sides = _WINDOWED.search(normalized(told))
            window = tuple(map(int, sides.groups())) if sides else ()
            kinds = kinds or (*FILTERING, "dense")
            found.append(Behind(posts, kinds, hidden or not scoped, ahead, name, volumes, some, window))
    return found


_IN_NETWORK = re.compile(r"\W*[Ii]n ([A-Z][a-z]*(?:[A-Z]\w*|[Nn]ets?)[+\w-]*), ")
"""A network that a sentence begins with, of which alone it speaks: `In LeNets++, we use`."""
_OWN_NAME = re.compile(r"\b(conv[A-Z]\w*|CONV\w+|Conv[A-Z]\w*)\b")
"""A name that some convolutions have: CONVB."""
_GENERIC = re.compile(
    r"conv(?:s|olutions?|olutional)?(?:-?[123]-?d)?(?:trans\w+)?|convnets?|convlayers?", re.IGNORECASE
)
"""One that all have."""
_WINDOWED = re.compile(r"\b(?:all|each|every)(?: of)?(?: the)? (\d) ?× ?(\d) conv", re.IGNORECASE)
"""The window of the convolutions that a sentence speaks of."""
_AHEAD = re.compile(
    r"(?:\bBN|batch[- ]norm\w*)[^.;]{0,50}?(?:relu|elu|activation)\w*\W{0,4}(?:(?:and|then|followed by)\W{1,2})?"
    r"(?:an? |the )?(?:\d ?× ?\d )?conv",
    re.IGNORECASE,
)
"""A normalisation, an activation and a convolution behind them in the order in which they stand."""


def is_of(named: Sequence[str], config: str) -> bool:
    """Tell whether the parts of a net that a sentence names are those that a design is of, by its name."""
    return any(each.lower().rstrip("s") in config.lower() for each in named)


OTHERWISE = r"no|not|never|without|instead|replac\w+|remov\w+|unlike|compar\w+"
"""Words of a sentence that says how it is not, or how it is elsewhere."""
NOT = re.compile(rf"\b(?:{OTHERWISE}|neither|nor|vs)\b", re.IGNORECASE)


_BUT_THERE = re.compile(
    r"\bnot (?:used|applied|added|present) (?:in|to|after|for|at|on) the (?:first|last|final|input|output)\b",
    re.IGNORECASE,
)
"""What says of one layer alone that it has none, and so of the others that they do."""
_DEFINED = re.compile(
    r"\b[A-Z][A-Za-z]{1,5} ?(?:[:=]|is|are|denotes?|means?|stands? for|represents?|indicates?|refers? to) [^,.;]*"
)
"""What an abbreviation stands for, which says of no layer that it has it."""


def unplaced(said: str, readings: Sequence[Reading]) -> list[str]:
    """Return the normalisations that a caption names and no layer has, and activations where no layer has any.

    >>> unplaced("The network with batch normalization.", [Reading("conv", posts=("relu",)), Reading("dense")])
    ['bn']
    """
    own = {name for each in leaves(readings) for name in (each.kind, *each.posts)}
    told = _DEFINED.sub("", said)
    heard = [each for each in sentences(told) if not NOT.search(each) or _BUT_THERE.search(each)]
    named = [name for sentence in heard for name in posts_of(sentence)]
    sought = NORMS if own & ACTIVATIONS else NORMS | ACTIVATIONS
    return [name for name in dict.fromkeys(named) if name in sought - own]
