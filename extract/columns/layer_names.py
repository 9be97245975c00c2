"""What in a table is a layer, and what only a fact of the whole: what it costs, how it is trained."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from extract.columns.grids import Grid
from extract.words.cells import read_cell
from extract.words.lexicon import POSTS
from extract.words.reading import Reading
from extract.words.spellings import normalized

_NAMED = """
conv dwconv gconv sepconv deconv maxpool avgpool pool gavgpool gmaxpool dense softmax input mbconv bottleneck inception
fire dense_block transition resblock stage lstm bilstm gru rnn embedding columns spp dropout flatten reshape upsample
concat add multiply pad shuffle block decoding shortcut fusedmbconv ghost local subpixel activation mfm repeat
rescale crop noise reorg statistics squeezing unpool
"""
LAYERS = frozenset(_NAMED.split()) | {name for name, _ in POSTS}
"""The kinds of reading that are layers of a design."""
_FACTS = re.compile(
    r"(?:total|(?:[a-z]+[ -]){1,3}(?:sub-?)?totals?$|(?:trunk |network )?depth(?![- ]?(?:wise|conc|sep|to[- ]))"
    r"|(?:network|model|net) (?:param(?:eter)?s?|flops|macs)"
    r"|complexity|cost(?! vol)|[#№]?\s*(?:params?|parameters|weights|flops?|macs?|mult-?adds|ops)"
    r"|receptive field|[#№] ?(?:(?:conv\w*|weight(?:ed)?|fc|hidden) )?layers$"
    r"|(?:number|amount|no\.?|#) of (?:param\w*|weights|layers|epochs|iterations|clusters|classes|steps)"
    r"|(?:number|amount|no\.?|#) of (?:training |test )?(?:samples|examples)"
    r"|cluster number|top-?[15]|accuracy|(?:test|val\w*)? ?error|latency|speed"
    r"|model size|memory|runtime|(?:leaky ?|l)?relu slope|latent dim\w*"
    r"|optimi[sz]er|learning rate|batch size|iterations|epochs"
    r"|(?:framework|library|(?:cross-?|k-fold )validation|evaluation (?:sub)?set|early stopping)$"
    r"|training$|normali[sz]ation$|padding mode$|parameter updates"
    r"|fine-?tun\w+|(?:un)?frozen|trainable(?! (?:block|layer \d))"
    r"|weights?(?: decay|,? (?:and )?(?:bias )?init\w*)|momentum|loss(?: function)?$)\b",
    re.IGNORECASE,
)
"""What the first cell of a row begins with that is no layer."""


def says_fact(text: str) -> bool:
    """Tell the first cell of a row that says something of a whole design, and is no layer: what it costs, its depth.

    >>> says_fact("depth (conv+fc)"), says_fact("Complexity"), says_fact("Depth-wise conv"), says_fact("FLOPs")
    (True, True, False, True)
    """
    return bool(_FACTS.match(normalized(text)))


def layers_in(text: str) -> list[Reading]:
    """Return the layers that a text says, without what is none of a design's."""
    return [each for each in read_cell(text) if each.kind in LAYERS]


@lru_cache(maxsize=8192)
def is_layer(text: str) -> bool:
    """Tell whether a cell says a layer, if only by how many units it has."""
    return bool(layers_in(text))


def names_layer(text: str) -> bool:
    """Tell whether a cell says a layer, and not by a number alone."""
    return not text.strip(" .()").isdecimal() and is_layer(text)


def names_layers(
    grid: Grid, start: int, column: int = 0, tells: Callable[[str], object] = lambda text: names_layer(text)
) -> bool:
    """Tell whether most cells of a column, the first, say layers, or name them by a word."""
    texts = grid.texts(column, start)
    return sum(bool(tells(text)) for text in texts) >= 0.6 * len(texts) > 0
