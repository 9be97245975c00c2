"""How the layers are read that prepare data within a model: those that change it at random, and scales.

Source: `keras/layers/preprocessing` of 2.9, `keras/src/layers/preprocessing` of 3
"""

from __future__ import annotations

from math import prod, sqrt

from ir import layers as L
from ir.graph import Ref
from ir.shapes import axis_of
from translator.dialects.keras.channels import lines, numbers
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
    return lines(site, site.x, numbers(site, site.x, site.get("scale")), numbers(site, site.x, site.get("offset", 0.0)))


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
    means, variances = numbers(site, site.x, mean), numbers(site, site.x, variance)
    site.need(min(variances) >= 0, "its variance is below 0")
    scales = [1 / max(sqrt(each), SMALLEST) for each in variances]
    many = max(len(means), len(scales))
    scales, means = scales * (many // len(scales)), means * (many // len(means))
    return lines(site, site.x, scales, [-a * b for a, b in zip(means, scales, strict=True)])


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
