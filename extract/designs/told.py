"""What is said beside a table of all its layers: what stands behind each, and what comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.words.families import ACTIVATIONS, CONVOLVED, LOCAL_POOLS
from extract.words.lexicon import axes_of, posts_of
from extract.words.phrases import FOREIGN
from extract.words.reading import Reading, leaves
from extract.words.spellings import normalized

NORMS = frozenset(("bn", "ln", "in", "lrn"))
_CONVOLUTIONS = (*CONVOLVED, "local")
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
_OPEN_END = re.compile(rf"\b(?:last|final|output)\b[^.;]{{0,40}}{_OMITTED}", re.IGNORECASE)
"""What tells that the last layer is not in a table."""
_BUT = re.compile(r"\b(?:except|but|other than|apart from|excluding|besides)\b", re.IGNORECASE)
_BUT_FIRST = re.compile(rf"\W*{_BUT.pattern}(.*?), ((?:all|each|every)\b.*)", re.IGNORECASE)
_HIDDEN_FIRST = re.compile(r"\bhidden layers?\b[^.;]*?(?:,| and| while) [^.;]*\b(?:last|final|output)\b", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r",? (?:and|while|whereas) (?=[^,;]*\b(?:last|final|output)\b)|, (?=[^,;]*\boutput\b)")
_INSTEAD = re.compile(r",? ?\b(?:which|where|that|whose)\b.*", re.IGNORECASE)
"""What is said of the layer that a sentence excepts."""
_SCOPES = (
    (re.compile(r"\bconv\w*|\bfilters? layers?", re.IGNORECASE), _CONVOLUTIONS),
    (re.compile(r"\bfully[- ]connected|\bFC\b|\bdense\b|\blinear layers?", re.IGNORECASE), ("dense",)),
)
_SET = re.compile(r"\bactivation ?= ?['‘’\"“”]?(\w+)", re.IGNORECASE)
"""What activation is set of all layers, as a framework calls it."""
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
    """Yield the sentences of a caption."""
    yield from filter(None, re.split(r"(?<=[\w)\]])[.;] (?=[A-Z*†])|; ", said))


def behind_all(said: str, config: str = "") -> list[Behind]:
    """Return what a caption says that stands behind all layers of a kind.

    >>> behind_all("All convolutional layers are followed by BN and ReLU. The output is 10.")[0].posts
    ('bn', 'relu')
    >>> [(each.kinds, each.hidden) for each in behind_all("All hidden layers use ELU.")]
    [(('conv', 'gconv', 'deconv', 'dwconv', 'sepconv', 'local', 'dense'), True)]
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
        if (held := _SET.search(sentence)) and (posts_of(held[1])):
            found.append(Behind(tuple(posts_of(held[1])), (*_CONVOLUTIONS, "dense"), hidden=False))
            continue
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
            found.append(Behind(norms, _CONVOLUTIONS, hidden=True))
            posts = tuple(each for each in posts if each not in NORMS)
        if posts:
            own = _OWN_NAME.search(told)
            name = own[1] if own and not _GENERIC.fullmatch(own[1]) else ""
            ahead = len(posts) > 1 and bool(_AHEAD.search(told))
            scoped, volumes = bool(kinds), axes_of(told) == len("whd") and not re.search(r"\b2-?D\b", told, re.I)
            some = bool(but) and not _LAST.search(exception)
            sides = _WINDOWED.search(normalized(told))
            window = tuple(map(int, sides.groups())) if sides else ()
            kinds = kinds or (*_CONVOLUTIONS, "dense")
            found.append(Behind(posts, kinds, hidden or not scoped, ahead, name, volumes, some, window))
    return found


_IN_NETWORK = re.compile(r"\W*[Ii]n ([A-Z][a-z]*(?:[A-Z]\w*|[Nn]ets?)[+\w-]*), ")
"""A network that a sentence begins with, of which alone it speaks: `In LeNets++, we use`."""
_DENIED = re.compile(r"\b(?:no|without|w/o)\b([^,;()]*)", re.IGNORECASE)
"""What a row says that its layer does not have."""
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


def with_told(readings: Sequence[Reading], said: str, config: str, *, residual: bool) -> list[Reading]:
    """Return layers with what a caption says that stands behind all of their kind, where their rows do not say it."""
    if any(each.kind == "resblock" for each in readings) and (inside := _of_blocks(said)):
        readings = _with_blocks_told(readings, inside)
        said = ". ".join(each for each in sentences(said) if each not in inside)
    told = behind_all(said, config)
    own = {each.kind for each in readings}
    told = [each for each in told if not own & {*each.posts}]  # Rows of their own say it.
    if not told:
        return list(readings)
    learned = [i for i, each in enumerate(readings) if each.kind in (*_CONVOLUTIONS, "dense")]
    last = learned[-1] if learned else -1
    dense = bool(learned) and readings[last].kind == "dense"
    if any(each.kind in LOCAL_POOLS for each in readings[last + 1 :]) or _OPEN_END.search(said):
        last = -1  # What a pooling takes is no output, nor is any layer where that is left out.

    def all_of(reading: Reading, *, final: bool, bare: bool) -> list[Reading]:
        """Return a layer with what stands ahead of it, and behind."""
        before = [
            Reading(post, text=post)
            for each in told
            if each.ahead and reading.kind in each.kinds and not reading.block and not reading.posts
            for post in each.posts
        ]
        return [*before, one(reading, final=final, bare=bare)]

    def one(reading: Reading, *, final: bool, bare: bool) -> Reading:
        if reading.block:
            inner = [each for each in reading.block if each.kind != "shortcut"]
            held = residual or len(inner) < len(reading.block)
            return replace(reading, block=tuple(whole for each in reading.block
                                                for whole in all_of(each, final=False, bare=held and each is inner[-1])
                                                ))  # fmt: skip
        posts = list(reading.posts)
        denied = {name for match in _DENIED.finditer(reading.text) for name in posts_of(match[1])}
        for each in told:
            if each.ahead or reading.kind not in each.kinds or (final and (each.hidden or reading.kind == "dense")):
                continue
            if each.name and each.name.lower() not in _called(reading):
                continue
            if each.volumes and not (axes_of(reading.text) == len("whd") or "window" in reading.params):
                continue
            if each.window and reading.params.get("kernel", each.window) != each.window:
                continue
            norms = [post for post in each.posts if post in NORMS and post not in denied]
            acts = [post for post in each.posts if post not in NORMS and post not in denied]
            if norms and not NORMS & {*posts}:
                posts = [*norms, *posts] if not acts or each.posts[0] in NORMS else [*posts, *norms]
            if acts and not {*posts} - NORMS and not bare:
                posts = [*posts, *acts] if posts[-1:] != norms or each.posts[0] in NORMS else [*acts, *posts]
        return replace(reading, posts=tuple(posts))

    if any(each.open for each in told) and learned:  # Of some layers it is not so.
        first = learned[0]
        readings = [replace(each, unclear=True) if i == first else each for i, each in enumerate(readings)]
    active = {i - 1 for i, each in enumerate(readings) if each.kind in ACTIVATIONS}  # The row below has its own.
    return [
        whole
        for i, each in enumerate(readings)
        for whole in all_of(each, final=i == last and (dense or len(learned) > 1), bare=i in active)
    ]


_BLOCKS = re.compile(
    r"\bres(?:idual|net)?[ -]?(?:block|blk|unit)s?\b[^.;]{0,40}?"
    r"\b(?:consists?|contains?|compris\w+|has|have|made|includes?|uses?)\b",
    re.IGNORECASE,
)
"""What tells that a sentence speaks of what residual blocks are made of."""


def _of_blocks(said: str) -> list[str]:
    """Return the sentences that say what residual blocks are made of."""
    return [each for each in sentences(said) if _BLOCKS.search(each) and not _NOT.search(each)]


def _with_blocks_told(readings: Sequence[Reading], told: Sequence[str]) -> list[Reading]:
    """Return layers, residual blocks with the normalisation and the activation that sentences say they have."""
    posts = tuple(dict.fromkeys(post for each in told for post in posts_of(each)))
    return [replace(each, posts=posts) if each.kind == "resblock" and not each.posts else each for each in readings]


def _called(reading: Reading) -> str:
    """Return what a layer is called, in its text or by its row."""
    return " ".join((reading.text, *reading.names)).lower()


_NOT = re.compile(
    r"\b(?:no|not|never|without|instead|replac\w+|remov\w+|unlike|neither|nor|compar\w+|vs)\b", re.IGNORECASE
)


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
    heard = [each for each in sentences(told) if not _NOT.search(each) or _BUT_THERE.search(each)]
    named = [name for sentence in heard for name in posts_of(sentence)]
    sought = NORMS if own & ACTIVATIONS else NORMS | ACTIVATIONS
    return [name for name in dict.fromkeys(named) if name in sought - own]


_SIZE = r"(\d+(?: ?× ?\d+){1,3})"
_THINGS = r"(?:input|image|spectrogram)s?"
_INPUT = re.compile(
    r"\b(?:input|image|spectrogram|takes|fed|accepts|receives|entrada|entr[ée]e|eingabe)\w*\b"
    rf"[^.;\d]{{0,60}}?{_SIZE}"
    r"(?![ \w]*(?:kernel|filter|conv|window|pool))"
    rf"|(?:for|on|of) {_SIZE} [\w ]{{0,20}}?{_THINGS}\b|{_SIZE} (?:[A-Za-z]+ )?{_THINGS}\b",
    re.IGNORECASE,
)
_STEPS = r"(?:time[ -]?(?:steps|points)|steps|frames|(?:sampling |data )?points|samples)"
_FEATURES = r"(?:features|channels|leads|variables|coefficients|electrodes|ax[ei]s|sensors)"
_SIGNAL = re.compile(
    rf"\b(?P<long>\d+) {_STEPS}(?: and| with| of|,| ×)+ (?P<wide>\d+) (?:\w+ )?{_FEATURES}\b"
    rf"|\b(?P<width>\d+)[ -](?:\w+ )?{_FEATURES}(?: and| with| of|,| ×)+ (?P<length>\d+) {_STEPS}\b",
    re.IGNORECASE,
)
"""How long a signal is, and how many numbers it has at each step."""
_VECTOR = re.compile(
    r"\binput\b[^.;\d]{0,30}\bvector\b[^.;\d]{0,20}?(\d+)\b"
    r"|(\d+)[- ]dim\w* (?:(?!feature|output|embed)\w+ )?(?:noise|latent|input|random|vector)",
    re.IGNORECASE,
)


def taken_in(said: str) -> tuple[int, ...]:
    """Return the sizes of what comes in as a caption says them, in its order; none where it says none, or several.

    >>> taken_in("The input size is 32 x 32 x 3."), taken_in("Nets for (28, 28, 1) images"), taken_in("3x3 filters")
    ((32, 32, 3), (28, 28, 1), ())
    >>> taken_in("The input has 168 time steps and 5 features."), taken_in("12 leads with 5000 samples each as input")
    ((168, 5), (5000, 12))
    """
    plain = re.sub(
        r"[(\[](?:[A-Za-z]\w{0,5}, ?)?(\d+(?:, ?\d+){1,3})[)\]]",
        lambda found: "×".join(re.findall(r"\d+", found[1])),
        normalized(said),
    )
    found = {next(filter(None, match.groups())) for match in _INPUT.finditer(plain)}
    found = found or {next(filter(None, match.groups())) for match in _VECTOR.finditer(plain)}
    found = found or {f"{match['long'] or match['length']} {match['wide'] or match['width']}"
                      for match in _SIGNAL.finditer(plain) if re.search(r"\binput", plain, re.IGNORECASE)}  # fmt: skip
    return tuple(map(int, re.findall(r"\d+", found.pop()))) if len(found) == 1 else ()


_DATA_SETS: tuple[tuple[str, tuple[int, int, int]], ...] = (
    (r"cifar|\bsvhn\b", (3, 32, 32)),
    (r"mnist\b", (1, 28, 28)),
    (r"\bstl-?10\b", (3, 96, 96)),
    (r"tiny[- ]?imagenet", (3, 64, 64)),
)
"""Sets of images whose size is known, as channels, height and width."""


def of_data_set(said: str) -> tuple[int, int, int] | None:
    """Return the size of the images of the only known data set that a caption names.

    >>> of_data_set("The CNN for CIFAR-10."), of_data_set("Networks for MNIST and CIFAR-10.")
    ((3, 32, 32), None)
    """
    found = {size for name, size in _DATA_SETS if re.search(name, said, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else None
