"""How the layers are read that prepare data within a model: those that change it at random, and scales.

Source: `keras/layers/preprocessing` of 2.9, `keras/src/layers/preprocessing` of 3
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

from ir import layers as L
from ir.graph import Ref
from ir.shapes import axis_of
from translator.dialects.keras.readings import reads
from translator.dialects.keras.site import Site
from translator.mapping import Blob

AT_RANDOM = (
    *(f"Random{each}" for each in ("Flip", "Rotation", "Zoom", "Contrast", "Translation", "Brightness", "Height")),
    *(f"Random{each}" for each in ("Width", "Hue", "Saturation", "Sharpness", "Shear", "Grayscale", "ColorJitter")),
    *(f"Random{each}" for each in ("ColorDegeneration", "GaussianBlur", "Erasing", "Perspective", "Posterization")),
    *("RandomElasticTransform", "RandomInvert", "RandAugment", "AugMix", "MixUp", "CutMix"),
)
"""Layers that pass their input on where nothing is trained. RandomCrop is none of them: it cuts the middle out."""
MOST = 64
"""Channels that get numbers of their own at most."""
SMALLEST = 1e-7
"""What Keras divides by at least."""


@reads(*AT_RANDOM)
def _at_random(site: Site) -> Ref:
    site.taken += site.fields
    told = f"{site.entry.name} changes its input at random in training alone, and was left out"
    site.drawn.report.add("training-layer", told, site.entry.origin)
    return site.add(L.Identity())


@reads("Rescaling")
def _rescaling(site: Site) -> Ref:
    return _lines(site, _numbers(site, site.get("scale")), _numbers(site, site.get("offset", 0.0)))


@reads("Normalization")
def _normalization(site: Site) -> Ref:
    """Subtract the mean and divide by the deviation, of what the layer has seen or what its fields say."""
    axes = site.get("axis", -1)
    axes = axes if isinstance(axes, list) else [axes]
    site.need([axis_of(each, site.rank) for each in axes] == [site.rank - 1], "its axes are not the last one")
    site.need(not site.get("invert"), "it goes the other way")
    site.taken.append("input_mean")
    mean, variance = site.get("mean"), site.get("variance")
    if mean is None:
        layer = L.BatchNorm(axis=-1, epsilon=SMALLEST**2, scale=False, center=False)
        return site.add(layer, blobs=[Blob("mean"), Blob("variance")])
    means, variances = _numbers(site, mean), _numbers(site, variance)
    site.need(min(variances) >= 0, "its variance is below 0")
    scales = [1 / max(sqrt(each), SMALLEST) for each in variances]
    many = max(len(means), len(scales))
    scales, means = scales * (many // len(scales)), means * (many // len(means))
    return _lines(site, scales, [-a * b for a, b in zip(means, scales, strict=True)])


def _numbers(site: Site, value: Any) -> list[float]:
    """Return the numbers in a field: one for all channels, or one for each."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    numbers = value if isinstance(value, list) else [value]
    plain = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in numbers)
    site.need(plain and len(numbers) <= MOST, "its numbers")
    site.need(len(numbers) == 1 or len(numbers) == site.shapes[0][-1], "it has not a number for each channel")
    return [float(each) for each in numbers]


def _lines(site: Site, scales: list[float], shifts: list[float]) -> Ref:
    """Multiply, and add: by one number each, or by one for each channel, which are then taken apart."""
    many = max(len(scales), len(shifts))
    lines = list(zip(scales * (many // len(scales)), shifts * (many // len(shifts)), strict=True))
    if len(set(lines)) == 1:
        return site.add(L.Power(scale=lines[0][0], shift=lines[0][1]))
    pieces = site.add(L.Slice(axis=-1, pieces=many), part="channels")
    scaled = [
        site.add(L.Power(scale=scale, shift=shift), Ref(pieces.node, i), part=f"channel{i}")
        for i, (scale, shift) in enumerate(lines)
    ]
    return site.add(L.Concat(axis=-1), *scaled)


@reads("CenterCrop")
def _center_crop(site: Site) -> Ref:
    """Cut the middle out; Keras makes an image larger first that is too small."""
    wanted = (site.get("height"), site.get("width"))
    space = site.at().space
    known = site.rank == 4 and None not in space and all(isinstance(each, int) for each in wanted)
    site.need(known and prod(wanted) > 0, "the size of its image is not known")
    site.need(all(size >= least for size, least in zip(space, wanted, strict=True) if size), "its image is too small")
    starts = [((size or 0) - least) // 2 for size, least in zip(space, wanted, strict=True)]
    sides = [(-at, at + least - (size or 0)) for at, least, size in zip(starts, wanted, space, strict=True)]
    return site.add(L.Pad2D(pad=sides))
