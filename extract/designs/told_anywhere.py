"""What the running text of a paper says of all layers of its networks, where it names no table or figure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.designs.assembly import Assembly
from extract.designs.dropped_behind import with_dropout
from extract.designs.told import OTHERWISE, behind_all
from extract.designs.told_behind import with_told
from extract.words.families import ACTIVATIONS
from extract.words.languages import sentence_in_english
from extract.words.lexicon import posts_of
from extract.words.reading import Reading, leaves
from extract.words.remarks import slope_of

_LEAD = r"^\W*(?:(?:here|note that|throughout|(?:in|for) (?:our|all|this|the|both)\b[^,.;]{0,40}),? )?"
_ALL = r"\b(?:all|each|every)(?: of)? (?!(?:of )?(?:these|those|such|other)\b)"
_LAYERS = r"[^.;]{0,60}?\b(?:layers?|convolutions?|units?|neurons?)\b"
_HAVE = (
    r"[^.;]{0,80}?\b(?:us(?:e|es|ing)|employ|adopt|appl(?:y|ies)|ha(?:s|ve)\b"
    r"|(?:is|are)\b[^.;]{0,20}\b(?:follow|equip|activat))"
)
_ACTIVE = r"(?:re|e|ge|se)lus?\b|rectif\w+|\btanh\b|\bsigmoid|\bswish\b|\bmish\b"
_LAYERS_HAVE = re.compile(rf"{_LEAD}{_ALL}{_LAYERS}{_HAVE}", re.IGNORECASE)
"""Layers that have it: All hidden layers are equipped with the rectification non-linearity."""
_BEHIND_LAYERS = re.compile(
    rf"(?:{_ACTIVE})[^.;]{{0,60}}\b(?:after|behind|follow\w*|in|to|for|on|at|of)\b[^.;]{{0,30}}{_ALL}{_LAYERS}",
    re.IGNORECASE,
)
"""What layers have: The ReLU non-linearity is applied to the output of every convolutional layer."""
_OF_OTHERS = re.compile(
    rf"\b(?:{OTHERWISE}|rather|differ\w*|contrast\w*|baselines?|previous\w*"
    r"|originals?|originally|proposed (?:by|in)|they|their|authors?|could|should|would|may|might|if|when|ablat\w+"
    r"|analy\w+|respectively|et al)\b",
    re.IGNORECASE,
)
"""What tells that a sentence speaks of other networks, of what might be, or of parts."""


def with_activations_said_anywhere(
    to: Assembly, readings: list[Reading], said: Sequence[str], config: str
) -> list[Reading]:
    """Return layers of which nothing says an activation with that which the paper says all layers have."""
    told = of_all_layers(said)
    if not told or any({each.kind, *each.posts} & ACTIVATIONS for each in leaves(readings[:-1])):
        return readings
    to.slope = to.slope or slope_of(" ".join(said))
    heard = with_told(readings, sentence_in_english(told), config, residual=False)
    if heard != readings:
        to.infer(f"activations are as the text says: {told!r}")
    return heard


def with_dropout_said_anywhere(to: Assembly, readings: list[Reading], said: Sequence[str]) -> list[Reading]:
    """Return layers of which nothing says a Dropout with those that the paper says stand behind some of them."""
    parts = [
        match[0] for each in map(_uncited, said) if not _OF_OTHERS.search(each) and (match := _DROPPED.search(each))
    ]
    return with_dropout(to, readings, parts[0]) if len({*parts}) == 1 else readings


_DROPPED = re.compile(
    r"\bdrop-?out\b[^.;]{0,60}?"
    r"(?:\b(?:first (?:two|three|2|3)|both|all|two|three) (?:fully[- ]connected|fc|dense) layers?\b"
    r"|\b(?:after|behind) (?:the )?[a-z]+\d+\b).*",
    re.IGNORECASE,
)
"""Behind which layers there is Dropout: dropout for the first two fully-connected layers, Dropout after fire9."""


def of_all_layers(said: Sequence[str]) -> str:
    """Return those sentences of a paper that say of all layers which one activation they have; else nothing.

    >>> of_all_layers(["All hidden layers are equipped with the rectification (Kim et al., 2012) non-linearity."])
    'All hidden layers are equipped with the rectification non-linearity.'
    >>> of_all_layers(["The ReLU non-linearity is applied to the output of every convolutional layer."])
    'The ReLU non-linearity is applied to the output of every convolutional layer.'
    >>> of_all_layers(["Unlike [3], all layers use tanh."]), of_all_layers(["All layers use tanh.", "Each uses ELU."])
    ('', 'All layers use tanh.')
    >>> of_all_layers(["All layers use tanh.", "All layers use ELU."])
    ''
    """
    found = [each for each in map(_uncited, said) if _says_of_all(each)]
    kinds = {name for each in found for name in posts_of(each)}
    return " ".join(found) if len(kinds) == 1 else ""


def _uncited(sentence: str) -> str:
    """Return a sentence without the papers that it cites in brackets."""
    return re.sub(r" ?\((?:[^()]*?\b(?:et al\b|1[89]\d\d|20\d\d))[^()]*\)", "", sentence)


def _says_of_all(sentence: str) -> bool:
    if _OF_OTHERS.search(sentence) or not (_LAYERS_HAVE.search(sentence) or _BEHIND_LAYERS.search(sentence)):
        return False
    told = behind_all(sentence)
    return bool(told) and all(not each.open and ACTIVATIONS.issuperset(each.posts) for each in told)
