"""What papers call layers, and which layer of the catalogue that is."""

from __future__ import annotations

import re
from functools import lru_cache

RATIO = (
    r"^\W*(?:[123]-?d )?(?:se|squeeze[- ]?(?:and|&)[- ]?excitation)[- ]?(?:block|layer|module)?s?(?: ?\d)?"
    r"[ ,;(]*(?:r|ratio|reduction(?: ratio)?)(?: of)? ?[=:]? ?(\d+)\W*$"
)
"""A squeeze-and-excitation, with how many times narrower it is inside."""
KINDS: tuple[tuple[str, str], ...] = (
    (
        "pad",
        r"^\W*(?:nn\.)?(?:zeros?|constant|reflect\w*|mirror\w*|replicat\w*|edge|circular|symmetric)[ -]?pad(?:ding)?"
        r"(?:[ -]?[123]-?d)?\b(?=\W*(?:$|[\d,;:&/([+]|layer))|^pad(?:ding)?[ -]?[123]-?d\b",
    ),
    ("crop", r"^\W*(?:cropping(?:[ -]?[123]-?d)?\b(?=\W*(?:$|[\d(,;:]|layer|image))|crop layer)"),
    ("concat", r"^\W*concat\w*\b(?!.*\d ?×)"),
    ("softmax", r"(?<!ada)(?<!adaptive )soft-?\s?max|\bsoftmx\b|^soft$"),
    ("mfm", r"\bmfm(?:_?[a-z]*\d|\b)"),
    ("statistics", r"(?<!attentive )\bstat(?:istic)?s?\.?[ -]pool\w*|\bmean ?(?:\+|&|and) ?std\.?(?: pool\w*)?"),
    (
        "input",
        r"\binput(?:\b|layer|_?\d\b)|\bspectrograms?\b|^raw waveform|^\W*z\b|^\W*x ?∈"
        r"|\bimages?\b(?! ?net| (?:generator|discriminator|encoder|decoder|classifier|branch))"
        r"|^data(?: layer)?$"
        r"|\blatent (?:vector|code|variable)",
    ),
    ("sepconv", r"separable|\bdepth-?\s?wise[- ]sep\b|\b(?:depth(?:wise)?-?)?(?:sep|ds)-?conv"),
    ("dwconv", r"depth-?\s?wise|\bgd-?conv|\bdwise\b|\bdw-?conv|conv\w*\.? ?/? ?dw\b|\bdw\b"),
    ("ghost", r"\bg-?bneck\b|\bghost[ -]?(?:bottleneck|bneck)"),
    ("fusedmbconv", r"\bfused[- ]?mbconv"),
    ("mbconv", r"(?:\bmbconv\d*|\bbneck)\b(?!-(?!block|layer|unit|module|se\b|[ks]\d)[a-z]{2})"),
    ("bottleneck", r"bottleneck|inverted|\bmv2\b"),
    ("inception", r"\binception\b(?![ -]?(?:v\d|resnet))"),
    ("fire", r"\bfire\s?\d*\b"),
    ("dense_block", r"dense ?block"),
    ("transition", r"\btransition\b"),
    ("stage", r"\bstage[ _-]?\d"),
    ("resblock", r"\bres(?:idual)?[ -]?(?:block|blk|unit|module)|^\W*residual[ _-]?\d+\W*$"),
    ("spp", r"(?<!atrous )spatial pyramid|\bspp\b"),
    ("gmaxpool", r"global[ _-]?max|adaptive ?max|max-?over-?time|max(?:[- ]?pool\w*)? over time"),
    (
        "gavgpool",
        r"adaptive ?(?:avg|average)|glob\w*[- ]?(?:spatial[- ])?(?:avg|average|averaging|mean|pool)|\bgap\b"
        r"|averaging over|spatio-?temporal (?:avg |average )?pool",
    ),
    (
        "avgpool",
        r"\bpool(?:ing)?[._](?:avg|mean)\b|(?:avg|ave|average|mean)[- ]?\.?\s?pool|^(?:avg|average)(?=\W*\d ?×)"
        r"|\bavgpo?o?l|averaging|\bapool\d*\b|\bap\d\b",
    ),
    (
        "maxpool",
        r"max[- ]?\s?-?pool|(?:^|\d )max(?=$|[,;]| stride)|^max(?=\W*\d ?×)"
        r"|\bpool(?:ing)?[._]max\b|\bmp\b|\bmaxpool|\bmpool\d*\b",
    ),
    (
        "pool",
        r"(?<!stats )(?<!statistics )(?<!statistical )(?<!pyramid )\bpool(?:ing)?(?:\b|\d)(?! module)"
        r"|\bsub-?sampling\b",
    ),
    ("local", r"local(?:ly)?[- ]?(?:conn\w*|conv\w*)|(?<!non-)(?<!non )\blocal\d?\b(?! [a-z]{3}(?!.*\d))"),
    (
        "deconv",
        r"de-?conv|\bu(?:p[- ]?|-)?conv|up-?conv|\bfull-?\s?conv|\btrans(?:p(?:osed?)?)?\.?[ -]?conv"
        r"|conv\w*[ -]?(?:[123]-?d[ -]?)?\(?transpose|conv\w*[ -](?:[123]-?d[ -])?trans\b"
        r"|frac\w*\.?[- ]?(?:strided?[- ]?)?conv|\b(?:fs?|t)-?conv|\bconv(?:[123]d)?-?t\b(?!-)",
    ),
    ("gconv", r"group(?:ed|-wise)? conv|\bg-?conv\b"),
    (
        "conv",
        r"conv(?!-?ne[tx]|er[gst]|ent|ex\b|ey|ict|(?:olution(?:al)?)?[. -]{1,2}(?:en|de)coder\b(?! ?(?:conv|layer)))"
        r"|(?<![\w-])(?:(?:st|[123]-?d[ -]?)cnn(?![\w-])|cnn(?= layer|\(|[ _-]?\d{1,2}$))|\bfaltung",
    ),
    ("bilstm", r"\bb(?:i[- ]?(?:directional[- ])?|-?)lstm"),
    ("lstm", r"\blstm"),
    ("gru", r"\b(?:bi-?)?gru"),
    ("rnn", r"\b(?:simple)?rnn\b"),
    (
        "embedding",
        r"(?<!linear )(?<!patch )(?<!patch-)(?<!flow )(?<!feature )(?<!point )(?<!edge )\bembed|^look-?up(?: table)?$",
    ),
    (
        "dense",
        r"\bfc\b|\bfull\d*(?=[,(]|$)|\bf\.?c\.?\d*\b|full(?:y)?[- ]?conn|\bconn(?:ected|\.)? ?layer|^connected$"
        r"|^fully[ _-]?\d+$|\blinear\b|^lin$|^dnn$|\bdense\b|inner ?product|\bmlp\b|affine|\bproject\w*\b(?=.*reshape)"
        r"|\bvoll\w* ?(?:verbunde|verkn|vernetz)|\benti\S{1,3}rement connect"
        r"|\b(?:total|completa)mente conect|\bdensa\b",
    ),
    ("shortcut", r"^\W*(?:residual|shortcut|skip|identity)(?:[ -]connection| add)?\W*$"),
    ("squeezing", RATIO),
    (
        "decoding",
        r"^(?:classification|regression) output$|\bcross-?entropyex\b"
        r"|\btranscription\b|\bctc\b|\bnms\b|non-?max\w* suppression",
    ),
    ("dropout", r"drop-?out|\bdrop\d*\b(?![ -]?path)"),
    ("reorg", r"\bre-?org\d?\b|\bspace[-_ ]?to[-_ ]?depth\b|\bpass-?through layer\b"),
    ("noise", r"\bgaussiannoise\b|\badditive gaussian noise\b"),
    ("flatten", r"(?<!un)flatt?er?n|\baplana|\baplati|^squeeze(?: layer)?$"),
    ("columns", r"map-?to-?sequence"),
    ("repeat", r"\brepeat[ _-]?vector"),
    ("reshape", r"\breshape|\bunflatten"),
    ("unpool", r"\b(?:max[- ]?)?un-?pool(?:ing|ed)?(?:2d)?(?![a-z])"),
    ("upsample", r"^up(?=\W*(?:[x×] ?\d|\d ?[x×])\W*$)|\bup[- ]?sampl|up-?sampl|\bresize\b|\bbilinear\b"),
    ("concat", r"concat|\bmerge\b|depth ?concat"),
    (
        "add",
        r"\badd\b|\bsum\b|eltwise|\bplus\b|^\+$|\baddition\b"
        r"|element-?wise(?! (?:\w*re?lu|\w*sigmoid|tanh|softmax|swish|gelu|activation|non-?linear))",
    ),
    ("multiply", r"^\W*(?:element-?wise )?multipl(?:y|ication)(?:[ _]?\d+)?\W*$"),
    ("subpixel", r"pixel-? ?shuff\w*|sub-?pixel|depth[- ]?to[- ]?space"),
    ("shuffle", r"(?<!phase )(?<!phase-)shuffle(?![ -]?(?:block|unit|net|module))"),
    ("scale", r"\bscale\b"),
    ("activation", r"\bactivation\b"),
)
"""The kinds of layer and how their names are spelt; the first that a text has is its own, the most telling first."""
_RECTIFIED = r"rectif\w+(?:[- ]linear(?:[- ](?:units?|functions?|activations?))?)?(?: ?\(\w*relus?\))?"
"""ReLU in words, maybe with its letters in brackets: Rectified Linear Unit (ReLU)."""
POSTS: tuple[tuple[str, str], ...] = (
    ("bn", r"\bb-?n(?:orm)?\d*\b|batch-?\s?norm\w*"),
    ("gn", r"\bgn\b|group-?\s?norm\w*"),
    ("ln", r"\bln\b|layer-?\s?norm\w*"),
    ("in", r"(?<!conditional )(?<!adaptive )\binstance ?norm\w*|(?:[,;+/-] ?in(?=,|$)|^in(?=,)|(?-i:\bIN)(?=,|$))"),
    (
        "lrn",
        r"\bcross[- ]channel norm\w*|\blrn\b|\blr-?norm\w*\b|local[- ]?resp(?:onse)?[- ]?norm\w*"
        r"|(?<!max )(?<!max-)(?<!2 )(?<!2-)(?<!weight )(?<!spectral )\br?norm(?!al\b|ali[sz]|\w*ed\b)\w*\b"
        r"|^normali[sz]ation\b|^normali[sz]e$",
    ),
    ("l2norm", r"\blength[- ]normali[sz]\w*|(?:\bl|ℓ)[ _-]?2[ _-]?(?:normali[sz]\w*|norm\b)(?!\W*\d)"),
    ("leakyrelu", rf"leaky[- ]?\s?(?:relu|{_RECTIFIED})|\bl-?relu\b"),
    ("prelu", rf"\bprelu\b|\bparametric[- ](?:relu\b|{_RECTIFIED})"),
    ("relu6", r"\brelu6\b"),
    ("relu", rf"\brelu[\d_]*\b|{_RECTIFIED}"),
    ("selu", r"\bselu\b|\bscaled exponential linear units?\b(?: ?\(selus?\))?"),
    ("elu", r"\belu\b|\bexponential linear units?\b(?: ?\(elus?\))?"),
    ("hsigmoid", r"hard[- ]?sigmoid|\bh-?sigmoid\b"),
    ("mish", r"\bmish\b"),
    ("exp", r"\bexponential\b(?! linear)"),
    ("sigmoid", r"sigmoid|logistic"),
    ("tanh", r"\btanh\b"),
    ("hswish", r"\bhs\b|\bh-?swish|hard[- ]?swish"),
    ("swish", r"\bswish\b|\bsilu\b"),
    ("gelu", r"\bgelu\b"),
    ("softplus", r"softplus"),
    ("abs", r"\babs\b|\babsolute(?: values?)?(?=\W*$|[,;+&)]| layer)"),
)
"""What stands behind a layer, or alone: normalisations and activations."""
SIGNS = {"+": "add", "⊕": "add", "×": "multiply", "⊗": "multiply", "⊙": "multiply"}
"""Signs that stand for a layer by themselves."""
_COUNTER = re.compile(r"(?<=[A-Za-z]{2})[ _-]?\d{1,2}(?:[._-]\d{1,2})*(?![\w×]| ?[×x*] ?\d)")
"""What tells which one of its kind a layer is: dwconv1, bn2_1."""
_ALL = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in KINDS]
_PLACES = {name: i for i, (name, _) in reversed([*enumerate(_ALL)])}
_BEHIND = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in POSTS]


PLACE = re.compile(r"^\W*stage[ _-]?\d+[ :.,-]+(?=(?:conv|pool|max|avg|fc|dense)\w*$)", re.IGNORECASE)
"""Where in a network a layer stands: `Stage 1 Conv`."""


_CLASS_OF_LAYER = re.compile(r"(?<=[a-z\dDNU])Layer\b")
"""What classes of layers are called by behind what they do: DenseLayer, Conv2DLayer."""


@lru_cache(maxsize=8192)
def kind_of(text: str) -> str:
    """Return the kind of layer that a text names, or nothing.

    >>> kind_of("3 × 3 max pooling"), kind_of("Conv dw / s1"), kind_of("28 × 28")
    ('maxpool', 'dwconv', '')
    """
    text = _CLASS_OF_LAYER.sub(" ", PLACE.sub("", text))
    text = re.sub(r"\bpool(?:ing)?(?= size\b)", "window", text.replace("_", " "), flags=re.IGNORECASE)
    text = _FIRST_OF_ALL.sub("", text)
    plain = _COUNTER.sub("", text)
    found = next((name for name, pattern in _ALL if pattern.search(text)), "")
    bare = next((name for name, pattern in _ALL if pattern.search(plain)), "") if plain != text else found
    return bare if bare and (not found or _PLACES[bare] < _PLACES[found]) else found


_NETWORK = re.compile(
    r"\b(?!sub-?net)\w*net(?:[-_ ]?[vbslm]?\d[\w-]*)?\b(?! input)"
    r"|\bvgg|\bxception|\binception[- ]?v\d|\bbert\b|\bvit\b",
    re.IGNORECASE,
)


def names_network(text: str) -> bool:
    """Tell the name of a whole network that others have published, and no layer.

    >>> names_network("MobileNetV2 (base)"), names_network("VGG16"), names_network("net input"), names_network("conv")
    (True, True, False, False)
    """
    named = re.split(r" ?[(,]", text)[0]
    return bool(_NETWORK.search(named)) and not kind_of(named)


_FIRST_OF_ALL = re.compile(
    r"^\s*input (?=(?:dense|linear|fc|fully[ -]connected|embedding)(?: layer)?\s*$)", re.IGNORECASE
)
"""Which of several layers takes the input: Input Dense, Hidden Dense, Output Dense."""


EITHER = re.compile(r"\b([BGIL]N) ?(?:/|or) ?[BGIL]N\b")
"""One of two normalisations, of which it is not said where which is."""


def posts_of(text: str) -> list[str]:
    """Return what a text says that stands behind its layer, in its order.

    >>> posts_of("conv, BN, LeakyReLU(0.2)"), posts_of("Leaky Rectified Linear Unit (LReLU)")
    (['bn', 'leakyrelu'], ['leakyrelu'])
    """
    text = re.sub(r"\b(?:no|without|w/o) [^),;&]*", lambda match: " " * len(match[0]), text, flags=re.IGNORECASE)
    text = re.sub(r"\b[Ii]n ?[=:]? ?(?=\d)", " ", text)  # So many come in.
    text = re.sub(r"(?<=[a-z])_in\b", "", text).replace("_", " ")  # What takes the input: conv_in.
    text = EITHER.sub(lambda match: match[1], text)
    text = text if re.search(r"\brelu ?6\b", text, re.IGNORECASE) else _COUNTER.sub("", text)
    found: list[tuple[int, str]] = []
    taken: list[tuple[int, int]] = []
    for name, pattern in _BEHIND:
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                found.append((match.start(), name))
    return [name for _, name in sorted(found)]


_AXES = re.compile(
    r"(?:conv\w*|pool\w*)[ _-]?([123])-?d(?![a-z])|\b([123])-?d[ -]?(?:\w+[ -])?(?:conv|pool)", re.IGNORECASE
)


def axes_of(text: str) -> int:
    """Return along how many axes a text says that windows go, where it says one or three, and else 0.

    >>> axes_of("Conv3D"), axes_of("1-D max pooling"), axes_of("conv2d 3x3"), axes_of("conv3-64")
    (3, 1, 0, 0)
    """
    found = _AXES.search(text)
    axes = int(found[1] or found[2]) if found else 0
    return axes if axes != 2 else 0


SO_MANY = re.compile(r"\b\d+ (?:hidden |output )?(?:units?|neurons?|nodes?|class(?:es)?|logits?)\b", re.IGNORECASE)
"""How many units a layer has, in words."""
_MODES = {"reflect": "reflect|mirror", "edge": "replic|edge", "wrap": "circ|period|wrap", "constant": "zero|const"}


def mode_of(text: str) -> str:
    """Return what a text says that a border holds, as the catalogue calls it, and nothing where it does not.

    >>> mode_of("3×3 conv, 64, reflection padding"), mode_of("padding='reflect'"), mode_of("edge conv, pad 1")
    ('reflect', 'reflect', '')
    """
    said = re.findall(r"\b([a-z]{2,16})[ -]?pad|pad[a-z]{0,8}(?:[ _]?mode)? ?[=:]? ?\W?([a-z]+)", text, re.IGNORECASE)
    words = [(before or behind).lower() for before, behind in said]
    return next((name for name, begins in _MODES.items() if any(re.match(begins, word) for word in words)), "")
