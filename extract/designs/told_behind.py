"""Layers with what a caption says that stands behind all of their kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.designs.told import FILTERING, NORMS, NOT, OPEN_END, Behind, behind_all, sentences
from extract.words.families import ACTIVATIONS, LOCAL_POOLS
from extract.words.lexicon import axes_of, posts_of
from extract.words.reading import Reading

_DENIED = re.compile(r"\b(?:no|without|w/o)\b([^,;()]*)", re.IGNORECASE)
"""What a row says that its layer does not have."""


def with_told(readings: Sequence[Reading], said: str, config: str, *, residual: bool) -> list[Reading]:
    """Return layers with what a caption says that stands behind all of their kind, where their rows do not say it."""
    if any(each.kind == "resblock" for each in readings) and (inside := _of_blocks(said)):
        readings = _with_blocks_told(readings, inside)
        said = ". ".join(each for each in sentences(said) if each not in inside)
    own = {each.kind for each in readings}
    told = _Told(tuple(each for each in behind_all(said, config) if not own & {*each.posts}), residual)
    if not told.behind:  # Or rows of their own say it.
        return list(readings)
    learned = [i for i, each in enumerate(readings) if each.kind in (*FILTERING, "dense")]
    last = learned[-1] if learned else -1
    dense = bool(learned) and readings[last].kind == "dense"
    if any(each.kind in LOCAL_POOLS for each in readings[last + 1 :]) or OPEN_END.search(said):
        last = -1  # What a pooling takes is no output, nor is any layer where that is left out.
    if any(each.open for each in told.behind) and learned:  # Of some layers it is not so.
        first = learned[0]
        readings = [replace(each, unclear=True) if i == first else each for i, each in enumerate(readings)]
    active = {i - 1 for i, each in enumerate(readings) if each.kind in ACTIVATIONS}  # The row below has its own.
    return [
        whole
        for i, each in enumerate(readings)
        for whole in told.around(each, final=i == last and (dense or len(learned) > 1), bare=i in active)
    ]


@dataclass(frozen=True)
class _Told:
    """What is said to stand behind all layers of some kinds, and whether there is a way around blocks."""

    behind: tuple[Behind, ...]
    residual: bool

    def around(self, reading: Reading, *, final: bool, bare: bool) -> list[Reading]:
        """Return a layer with what stands ahead of it, and behind."""
        before = [
            Reading(post, text=post)
            for each in self.behind
            if each.ahead and reading.kind in each.kinds and not reading.block and not reading.posts
            for post in each.posts
        ]
        whole = self._block(reading) if reading.block else self._with_posts(reading, final=final, bare=bare)
        return [*before, whole]

    def _block(self, reading: Reading) -> Reading:
        inner = [each for each in reading.block if each.kind != "shortcut"]
        held = self.residual or len(inner) < len(reading.block)
        parts = (self.around(each, final=False, bare=held and each is inner[-1]) for each in reading.block)
        return replace(reading, block=tuple(each for part in parts for each in part))

    def _with_posts(self, reading: Reading, *, final: bool, bare: bool) -> Reading:
        posts = list(reading.posts)
        denied = {name for match in _DENIED.finditer(reading.text) for name in posts_of(match[1])}
        for each in self.behind:
            if not _is_said_of(each, reading, final=final):
                continue
            norms = [post for post in each.posts if post in NORMS and post not in denied]
            acts = [post for post in each.posts if post not in NORMS and post not in denied]
            if norms and not NORMS & {*posts}:
                posts = [*norms, *posts] if not acts or each.posts[0] in NORMS else [*posts, *norms]
            if acts and not {*posts} - NORMS and not bare:
                posts = [*posts, *acts] if posts[-1:] != norms or each.posts[0] in NORMS else [*acts, *posts]
        shifted = posts[:1] == ["bn"] and not reading.posts and "count" not in reading.params
        own = {"bias": False} if shifted else {}  # The normalisation's shift stands for it, as in blocks.
        return replace(reading, posts=tuple(posts), params={**own, **reading.params})


def _is_said_of(told: Behind, reading: Reading, *, final: bool) -> bool:
    """Tell whether what stands behind layers is said of one of them."""
    if told.ahead or reading.kind not in told.kinds or (final and (told.hidden or reading.kind == "dense")):
        return False
    if told.name and told.name.lower() not in " ".join((reading.text, *reading.names)).lower():
        return False
    if told.volumes and not (axes_of(reading.text) == len("whd") or "window" in reading.params):
        return False
    return not told.window or reading.params.get("kernel", told.window) == told.window


_BLOCKS = re.compile(
    r"\bres(?:idual|net)?[ -]?(?:block|blk|unit)s?\b[^.;]{0,40}?"
    r"\b(?:consists?|contains?|compris\w+|has|have|made|includes?|uses?)\b",
    re.IGNORECASE,
)
"""What tells that a sentence speaks of what residual blocks are made of."""


def _of_blocks(said: str) -> list[str]:
    """Return the sentences that say what residual blocks are made of."""
    return [each for each in sentences(said) if _BLOCKS.search(each) and not NOT.search(each)]


def _with_blocks_told(readings: Sequence[Reading], told: Sequence[str]) -> list[Reading]:
    """Return layers, residual blocks with the normalisation and the activation that sentences say they have."""
    posts = tuple(dict.fromkeys(post for each in told for post in posts_of(each)))
    return [replace(each, posts=posts) if each.kind == "resblock" and not each.posts else each for each in readings]
