"""Operators that bring an image to another size, or its elements to other places."""

from __future__ import annotations

from ir import layers as L
from translator.dialects.pytorch.exported import Size
from translator.dialects.pytorch.operators.mixing import antialiased, factors_of, resized
from translator.dialects.pytorch.reading import Site, certain
from translator.dialects.pytorch.values import Value
from translator.mapping import Unsayable


def _sizes(site: Site) -> tuple[Size, ...]:
    return site.builder.exported.tensors[site.operator.outputs[0]].dims[2:]


def nearest(site: Site) -> list[Value]:
    """Read an upsample_nearest of an image or a sequence."""
    x = site.x
    scales = None if "exact" in site.kind else _scales(site, x)
    if scales is None or x.rank == 5:
        return [resized(site, x, _sizes(site), "exact" if "exact" in site.kind else "nearest", False)]
    if x.rank == 4:
        return site.add(L.Upsample2D(scale=scales), x)
    image = site.layer(L.Reshape(sizes=(1,), axis=2, count=0), x)
    return site.add(L.Reshape(sizes=(), axis=2, count=1), site.layer(L.Upsample2D(scale=(1, scales[0])), image))


def _scales(site: Site, x: Value) -> list[int] | None:
    """Return the whole factors by which the axes grow; None where they are others.

    A factor that is said counts, not what it makes of the size, but where that stays or is doubled (`nearest_idx` in
    `aten/src/ATen/native/UpSample.h` of PyTorch 2.13).
    """
    old, new, said = x.dims[2:], _sizes(site), factors_of(site, x)
    if all(isinstance(size, int) and size for size in (*old, *new)):
        found = [after / before for before, after in zip(certain(old), certain(new), strict=True)]
        pairs = zip(found, said, strict=True)
        whole = all(each == int(each) and (each <= 2 or factor in (None, each)) for each, factor in pairs)
        return list(map(int, found)) if whole else None
    if any(each is None or each != int(each) for each in said):
        raise Unsayable("the size of the image is not known before it runs")
    return [int(each) for each in said if each]


def smooth(site: Site) -> list[Value]:
    """Read an upsampling by lines or cubes, along each axis on its own."""
    x, size = site.x, _sizes(site)
    corners, cubic = site.truth("align_corners"), "bicubic" in site.kind
    if size == x.dims[2:] and (corners or not any(factors_of(site, x))):
        return [x]
    if corners and not cubic and x.rank == 4:
        return site.add(L.ResizeBilinear2D(size=certain(size, "the size that it gives")), x)
    return [resized(site, x, size, "cubic" if cubic else "linear", corners)]


def without_aliases(site: Site) -> list[Value]:
    """Read an upsampling by lines or cubes that averages where an image becomes smaller."""
    if site.truth("align_corners"):
        raise Unsayable("it puts corners in corners")
    return [antialiased(site, site.x, _sizes(site), "bicubic" in site.kind)]


def pixel_shuffle(site: Site) -> list[Value]:
    """Read a pixel_shuffle: channels become pixels."""
    x, by = site.x, site.whole("upscale_factor")
    channels, height, width = _image(x)
    if by < 1 or channels % by**2:
        raise ValueError(f"deals {channels} channels to squares of {by}")
    fewer = channels // by**2
    found = site.layer(L.Reshape(sizes=(fewer, by, by, height, width), axis=1), x)
    found = site.layer(L.Permute(order=(0, 1, 4, 2, 5, 3)), found)
    return site.add(L.Reshape(sizes=(fewer, height * by, width * by), axis=1), found)


def pixel_unshuffle(site: Site) -> list[Value]:
    """Read a pixel_unshuffle: pixels become channels."""
    x, by = site.x, site.whole("downscale_factor")
    channels, height, width = _image(x)
    if by < 1 or height % by or width % by:
        raise ValueError(f"cuts {height} by {width} pixels into squares of {by}")
    found = site.layer(L.Reshape(sizes=(channels, height // by, by, width // by, by), axis=1), x)
    found = site.layer(L.Permute(order=(0, 1, 3, 5, 2, 4)), found)
    return site.add(L.Reshape(sizes=(channels * by**2, height // by, width // by), axis=1), found)


def _image(x: Value) -> tuple[int, ...]:
    if x.rank != 4:
        raise Unsayable(f"it is of {x.rank} axes")
    return certain(x.dims[1:])


def channel_shuffle(site: Site) -> list[Value]:
    """Read a channel_shuffle."""
    if site.x.rank != 4:
        raise Unsayable(f"it is of {site.x.rank} axes")
    return site.add(L.ChannelShuffle(groups=site.whole("groups")), site.x)


READERS = {
    **{f"{name}{rank}d": nearest for name in ("upsample_nearest", "_upsample_nearest_exact") for rank in (1, 2, 3)},
    **dict.fromkeys(["upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d"], smooth),
    **dict.fromkeys(["_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"], without_aliases),
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    **dict.fromkeys(["channel_shuffle", "native_channel_shuffle"], channel_shuffle),
}
