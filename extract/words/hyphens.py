"""Words that a hyphen at the end of a line parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.words.lexicon import kind_of, posts_of


def parted(last: str, first: str) -> bool:
    """Tell the last word of a line that goes on in the first one of the next."""
    return re.search(r"[A-Za-z]-$", last) is not None and first[:1].isalpha()


def put_together(last: str, first: str) -> str:
    """Return the two parts as one: a hyphen parts a word, but joins layers, or may be the word's own.

    >>> put_together("nor-", "malization"), put_together("Multi-", "Head"), put_together("BN-", "ReLU")
    ('normalization', 'Multi-Head', 'BN-ReLU')
    """
    hyphened, plain = f"{last}{first}", f"{last[:-1]}{first}"
    kinds = [kind_of(word) or "".join(posts_of(word)) for word in (last[:-1], first)]
    if all(kinds) and not all(kind.endswith("pool") for kind in kinds):
        return hyphened
    own = first[0].isupper() or kind_of(hyphened) or posts_of(hyphened)
    return hyphened if own and not (kind_of(plain) or posts_of(plain)) else plain


def whole_words(text: str) -> str:
    """Return a text of one line without the hyphens that parted words at the ends of lines.

    >>> whole_words("depthwise separa- ble convolution, max- and mean-pooling")
    'depthwise separable convolution, max- and mean-pooling'
    """
    return re.sub(r"(?<=[a-z])- (?!and |or )(?=[a-z])", "", text)


def unbroken(lines: Sequence[str]) -> list[str]:
    """Return the lines of a text, those whose last words go on in the next as one."""
    found: list[str] = []
    for line in lines:
        words = found[-1].split() if found else []
        first, _, rest = line.partition(" ")
        if words and parted(words[-1], first):
            found[-1] = " ".join([*words[:-1], put_together(words[-1], first), *([rest] if rest else [])])
        else:
            found.append(line)
    return found
