"""What a caption says of what comes in: its sizes, or a set of images whose size is known."""

from __future__ import annotations

import re

from extract.words.spellings import normalized

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
