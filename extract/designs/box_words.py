"""The text of a box in plainer words: settings without their brackets, and without names, spaces and remarks."""

from __future__ import annotations

import re

from extract.words.families import FILTERED, POOLS, RECURRENT
from extract.words.lexicon import kind_of, posts_of

_SETTING = re.compile(r"\b(?:same|valid|max|avg|average|mean|global|stride|dilated|depthwise)\b", re.IGNORECASE)
_SPACE = (
    r"(?:[^\s∈]{1,8} ?)?∈ ?\S+(?: ?[×x] ?(?:\d+|[A-Z])\b)*|(?<![\w×])[Rℝ]?B(?: ?[×x] ?(?:\d+|[A-Z])\b)+|ℝ[\w× ]+(?=$| )"
)
"""The space that a tensor is of, with the batch in front: `ℝB×64×28×28`."""
_OF_ALL = (
    (_SPACE, " "),
    (r"^[+&] ?(?=[A-Za-z]{3})", ""),
    (r"(?i)^up ?(?:[,+&]|and) ?(?=conv)", "Upsample, "),
    (r"(?<=[\d,;]) ?[↑↓] ?([2-8])\b", r" stride \1"),
    (r"^[CFLPS]\d{1,2}:? (?=[A-Z][a-z])", ""),  # A layer by its place: C1, S2.
    (r"\b(\d{2,4}|[89]) ?ch\b", r"\1 channels"),
    (r"(?i)\bembedding ?\((\d+)\)", r"embedding \1"),
    (r"^C\d{1,2}(?= ?\+)", "Conv"),
    (r"(?i)^transition(?: layer)?:? (?=[^×x]*\d ?[×x] ?\d)", "conv "),
    (r"(?i)^out(?:put)?(?: layer)?[ :(]+(\d+)[ ,]+(sigmoid|softmax|tanh)\)?$", r"dense \1, \2"),
    (r"(?i)(?:^|(?<=[a-z] ))(\d{1,2}) (?=(?:[a-z]\w*[- ]){1,3}layers\b)", r"\1 × "),
    (r"(?i)^(?:output )?layer:? (\d+) (?:neurons?|units?|nodes?),? (?=\w)", r"dense \1, "),
    (r"\[([^\[\]]*=[^\[\]]*)\]", r"\1"),
    (r"(?i)\b(layer|block|stage)s? ?\d(?: ?(?:[&+,/–-]|and) ?\d)*\b(?! ?[×x])", r"\1"),
    (r"(?i)\b(linear|dense|fc) ?\d? ?\[[^\[\],]*, ?\D*(\d+)[^\d\[\],]*\]", r"\1 \2"),
    (r"(?i)\b(linear|dense|fc) ?\((\d+) ?(?:→|->) ?(\d+)\)", r"\1 \2→\3"),
    (r"(?i)\b(linear|dense|fc) ?\(?\d+(?: ?[×x*·] ?\d+)+ ?(?:→|->) ?(\d+)\)?", r"\1 \2"),
    (r"\b([A-Za-z]{2,}) ([1-5])(?= \d{1,2} ?[×x] ?\d)", r"\1\2"),  # Which of them it is.
    (r"^(.*\d ?[×x] ?\d) [×x]([2-9])$", r"\2 x \1"),  # So often.
    (r"(?i)\b(conv\w*) [1-9] ?(?=\(\d{2,}\))", r"\1 "),
    (r"(?i) ?\((?:enc|dec|stage|level|branch|stream|path)\w* ?\d\)$", ""),
)
_LARGER = ((r"\bby (?:a )?(?:factor (?:of )?)?(\d)\b", r"×\1"),)
_WINDOW = r"(?i)\(?\b(?:k|kernel|pool)(?:[ _]?size)? ?= ?(\d)\b"
_GIVEN = (
    (rf"{_WINDOW}, ?s(?:tride)?s? ?= ?(\d)\b\)?", r"\1, stride \2"),
    (rf"{_WINDOW}\)?", r"\1"),
    (r"[\s(:]*(?:→|->|=|:)[\s(]*\d+\)?$", ""),
)
_WIDE = ((r"\bd(?:_?(?:model|h|emb))? ?= ?(\d+)", r"\1"),)
_CHANGES = r"(?:expand|project|reduc|increas|squeez)\w*"
_TO = (
    (rf"(?i)^([^,]*?)((?:, .*?)?)[, ]+{_CHANGES} to (\d+)(?: (?:channels?|filters?))?$", r"\1, \3 filters\2"),
    (r"(?<![\d×x=] )(?<![\d×x=])\b([1-9]\d{1,2}) ?[×x] ?1(?=, ?\d)", r"kernel \1×1"),  # Over all of one axis.
)
_OVER_ALL = ((r"(?<![\d×x] )(?<![\d×x])\b([1-9]\d{1,2}) ?[×x] ?1\b(?! ?[×x])", r"kernel \1×1"),)
_OF_KIND = {
    "upsample": _LARGER,
    "dwconv": _OVER_ALL,
    **dict.fromkeys(FILTERED, _TO),
    **dict.fromkeys(POOLS, _GIVEN),
    **dict.fromkeys(("dense", "embedding", *RECURRENT), _WIDE),
}
"""What is said in other words of kinds of layers."""


_WEIGHTS = re.compile(r"(\w+) ?[⟨〈]([\d×x ]+)[⟩〉]")
_DENSE = ("gemm", "matmul", "dense", "linear", "fullyconnected", "innerproduct")


def _without_weights(text: str) -> str:
    """Return the text of a box that Netron drew, with what the sizes of weights say of its layer in place of them.

    >>> _without_weights("Conv W ⟨32×3×5×5⟩ B ⟨32⟩"), _without_weights("Dense ReLU kernel ⟨784×128⟩ bias ⟨128⟩")
    ('Conv 3→32, 5×5', 'Linear 784→128, ReLU')
    >>> _without_weights("Gemm B ⟨10×128⟩ C ⟨10⟩"), _without_weights("BatchNormalization scale ⟨64⟩ B ⟨64⟩")
    ('Linear 128→10', 'BatchNormalization')
    """
    drawn = {name: [int(each) for each in re.findall(r"\d+", sizes)] for name, sizes in _WEIGHTS.findall(text)}
    name, *more = _WEIGHTS.sub(" ", text).split()
    weights = next(((key, sizes) for key, sizes in drawn.items() if len(sizes) > 1), None)
    if weights is None:
        return " ".join([name, *more])
    key, sizes = weights
    if name.lower() in _DENSE and len(sizes) == 2:
        is_turned = name.lower() in ("matmul", "dense")
        says = "Linear {}→{}".format(*(sizes if is_turned else sizes[::-1]))
    elif "conv" in name.lower() and len(sizes) > 2:
        window, outer, inner = sizes[2:], sizes[0], sizes[1]
        if "kernel" in key:
            window, outer, inner = sizes[:-2], sizes[-1], sizes[-2]
        elif key in ("filter", "weights"):
            window, outer, inner = sizes[1:-1], sizes[0], sizes[-1]
        if "transpose" in name.lower() and key not in ("filter", "weights"):
            outer, inner = inner, outer
        many = "" if "depthwise" in name.lower() else f"{inner}→{outer}, "
        says = f"{name} {many}{'×'.join(map(str, window)) if len(window) > 1 else f'kernel {window[0]}'}"
    elif "recurrent_kernel" in drawn or "R" in drawn:
        says = f"{name} {drawn['recurrent_kernel'][0] if 'recurrent_kernel' in drawn else drawn['R'][-1]}"
    else:
        says = name
    return ", ".join([says, " ".join(more)]) if more else says


def plainly(text: str) -> str:
    """Return a text without brackets around settings, sizes that come in, and remarks that say no layer.

    >>> plainly("Conv2D 1 [Out=6, K=5]"), plainly("Linear1 [120, 84]"), plainly("FC 5 (grades)")
    ('Conv2D 1 Out=6, K=5', 'Linear 84', 'FC 5')
    >>> plainly("Proj 2 1x1"), plainly("Conv 2 (64)"), plainly("Conv 3x3 x2"), plainly("Linear layer d=512")
    ('Proj2 1x1', 'Conv (64)', '2 x Conv 3x3', 'Linear layer 512')
    """
    if _WEIGHTS.search(text):
        text = _without_weights(text)
    if kind_of(text) == "flatten" and re.fullmatch(r"\W*flatten\w*[\s\d×x→=,:()*-]*", text, re.IGNORECASE):
        return "Flatten"  # Of how many.
    for pattern, plain in (*_OF_KIND.get(kind_of(text), ()), *_OF_ALL):
        text = re.sub(pattern, plain, text).strip()
    remark = re.search(r"(?<=\w) ?\(([A-Za-z][A-Za-z -]+)\)$", text)
    if remark and not (kind_of(remark[1]) or posts_of(remark[1]) or _SETTING.search(remark[1])):
        text = text[: remark.start()]
    return text
