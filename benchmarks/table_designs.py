"""Random sensible designs of the kinds that papers put into tables.

What is drawn here knows nothing of how it will be printed but two things: whether sizes or borders are said at all, as
windows without a border need that, and whether anything stands behind layers (`Freedom`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from random import Random

from table_graphs import Drawn, Network


@dataclass(frozen=True)
class Freedom:
    """What a design may have: windows without a border, and what stands behind its layers."""

    unbordered: bool
    posts: bool
    norms: bool = True


def _acts(rng: Random, may: Freedom) -> tuple[tuple[str, ...], float]:
    """Return what stands behind the hidden layers of a design, and the slope of a leaky ReLU."""
    if not may.posts:
        return (), 0.0
    act = rng.choice(("relu",) * 6 + ("leakyrelu", "leakyrelu", "elu", "tanh"))
    return (*(("bn",) if may.norms and rng.random() < 0.4 else ()), act), rng.choice((0.2, 0.1, 0.01))


def _without_norm(posts: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in posts if each != "bn")


def _head(rng: Random, posts: tuple[str, ...], may: Freedom, classes: int, block: int) -> Iterator[Drawn]:
    """Yield the layers behind the last image: hidden ones, what is dropped, and one unit a class."""
    for units in sorted(rng.sample((64, 100, 128, 256, 500, 512, 1024, 2048, 4096), rng.choice((0, 1, 1, 2)))):
        yield Drawn("dense", units, posts=_without_norm(posts), block=block)
        if rng.random() < 0.5:
            yield Drawn("dropout", rate=rng.choice((0.2, 0.25, 0.3, 0.4, 0.5, 0.5, 0.5)), block=block)
    yield Drawn("dense", classes, posts=("softmax",) if may.posts and rng.random() < 0.7 else (), block=block)


def _convolved(
    rng: Random, may: Freedom, axes: int, taken: tuple[int, ...]
) -> tuple[list[Drawn], tuple[str, ...], float]:
    """Return blocks of convolutions, each with a pooling behind it or a stride, as deep as the input allows."""
    posts, slope = _acts(rng, may)
    layers: list[Drawn] = []
    width = rng.choice((8, 16, 16, 32, 32, 32, 64, 64, 20, 96))
    side, pad = min(taken[1:]), "valid" if may.unbordered and rng.random() < 0.35 else "same"
    strided, many = rng.random() < 0.2, rng.choice((1, 1, 2, 2, 3))
    pool, one = rng.choice(("maxpool", "maxpool", "maxpool", "avgpool")), (1,) * axes
    first = rng.choice((3, 3, 3, 5, 5, 7, 11 if axes == 1 else 7))
    deep = rng.choice((2, 3, 3, 4, 4, 5))
    for block in range(deep):
        side_left = side // 2
        if side_left < 4:
            break
        kernel = (first if block == 0 else rng.choice((3, 3, 3, 5, first)),) * axes
        lost = (kernel[0] - 1) * many if pad == "valid" else 0
        if side - lost < 6:
            if layers:
                break
            kernel, lost, pad = (3,) * axes, 0, "same"
        for i in range(many):
            stride = one if not (strided and i == many - 1) else (2,) * axes
            layers.append(Drawn("conv", width, kernel, stride, pad, posts=posts, block=block))
        side -= lost
        if not strided:
            window = 3 if may.unbordered and rng.random() < 0.15 and side > 8 else 2
            layers.append(Drawn(pool, 0, (window,) * axes, (2,) * axes, "valid", block=block))
            if rng.random() < 0.15:
                layers.append(Drawn("dropout", rate=rng.choice((0.1, 0.2, 0.25, 0.3)), block=block))
            side = (side - window) // 2 + 1
        else:
            side = (side - lost + 1) // 2
        width = min(512, width * 2) if rng.random() < 0.85 else width
    return layers, posts, slope


def classifier(rng: Random, may: Freedom) -> Network:
    sides = rng.choice((28, 32, 32, 48, 64, 96, 128, 224, 224))
    taken = (rng.choice((1, 3, 3)), sides, sides if rng.random() < 0.9 else sides // 2)
    layers, posts, slope = _convolved(rng, may, 2, taken)
    block = layers[-1].block + 1
    if rng.random() < 0.35:
        layers.append(Drawn("gavgpool", block=block))
    elif rng.random() < 0.5:
        layers.append(Drawn("flatten", block=block))
    classes = rng.choice((2, 5, 7, 10, 10, 10, 43, 100, 1000))
    return Network("classifier", taken, (*layers, *_head(rng, posts, may, classes, block)), slope)


def sequences(rng: Random, may: Freedom) -> Network:
    """Return a net with windows along one axis, as those of signals."""
    taken = (rng.choice((1, 1, 2, 6, 9, 12)), rng.choice((128, 187, 256, 500, 1000, 1024, 2048)))
    layers, posts, slope = _convolved(rng, may, 1, taken)
    block = layers[-1].block + 1
    layers.append(Drawn(rng.choice(("gavgpool", "flatten")), block=block))
    return Network("1-D", taken, (*layers, *_head(rng, posts, may, rng.choice((2, 4, 5, 6)), block)), slope)


def volumes(rng: Random, may: Freedom) -> Network:
    taken = (rng.choice((1, 1, 3)), *(rng.choice((16, 32, 64)),) * 3)
    layers, posts, slope = _convolved(rng, may, 3, taken)
    block = layers[-1].block + 1
    layers.append(Drawn("flatten", block=block))
    return Network("3-D", taken, (*layers, *_head(rng, posts, may, rng.choice((2, 3, 10, 40)), block)), slope)


def perceptron(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    layers = []
    for units in sorted(rng.sample((16, 32, 50, 64, 128, 256, 512, 1024), rng.choice((2, 3, 4))), reverse=True):
        layers.append(Drawn("dense", units, posts=posts))
        if rng.random() < 0.4:
            layers.append(Drawn("dropout", rate=rng.choice((0.1, 0.2, 0.5))))
    last = rng.choice((("softmax",), ("sigmoid",), ())) if may.posts else ()
    units = 1 if last == ("sigmoid",) else rng.choice((3, 10, 26))
    return Network("MLP", (rng.choice((13, 30, 64, 784)),), (*layers, Drawn("dense", units, posts=last)), slope)


def texts(rng: Random, may: Freedom) -> Network:
    layers = [Drawn("embedding", rng.choice((50, 100, 128, 200, 300)), vocabulary=rng.choice((5000, 10000, 20000)))]
    posts = _without_norm(_acts(rng, replace(may, norms=False))[0][:1])
    posts = () if posts == ("leakyrelu",) else posts
    if rng.random() < 0.4:
        layers.append(Drawn("conv", rng.choice((32, 64, 128)), (rng.choice((3, 5)),), (1,), "same", posts=posts))
        layers.append(Drawn("maxpool", 0, (2,), (2,), "valid"))
    kind, many = rng.choice(("lstm", "lstm", "bilstm", "gru")), rng.choice((1, 1, 2))
    units = rng.choice((32, 64, 100, 128, 256))
    for i in range(many):
        layers.append(Drawn(kind, units, sequences=i < many - 1))
        if rng.random() < 0.4:
            layers.append(Drawn("dropout", rate=rng.choice((0.2, 0.3, 0.5))))
    if rng.random() < 0.5:
        layers.append(Drawn("dense", rng.choice((32, 64)), posts=posts))
    last = rng.choice((("softmax",), ("sigmoid",))) if may.posts else ()
    units = 1 if last == ("sigmoid",) else rng.choice((2, 5, 6))
    return Network("text", (rng.choice((50, 100, 200, 500)),), (*layers, Drawn("dense", units, posts=last)))


def autoencoder(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    side, width, deep = rng.choice((64, 128, 256)), rng.choice((16, 32, 64)), rng.choice((2, 3, 4))
    kernel = (rng.choice((3, 3, 4, 5)),) * 2
    layers = [Drawn("conv", width * 2**i, kernel, (2, 2), posts=posts, block=i) for i in range(deep)]
    colours = rng.choice((1, 3))
    mirrored = [width * 2**i for i in reversed(range(deep - 1))] + [colours]
    last = (rng.choice(("sigmoid", "tanh")),) if may.posts else ()
    by_repeating = rng.random() < 0.25 and kernel[0] % 2
    for i, filters in enumerate(mirrored):
        behind = last if i == deep - 1 else posts
        if by_repeating:
            layers.append(Drawn("upsample", 0, (2, 2), (2, 2), block=deep + i))
            layers.append(Drawn("conv", filters, kernel, (1, 1), posts=behind, block=deep + i))
        else:
            layers.append(Drawn("deconv", filters, kernel, (2, 2), posts=behind, block=deep + i))
    return Network("autoencoder", (colours, side, side), tuple(layers), slope)


def generator(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    deep, width = rng.choice((2, 3, 4)), rng.choice((128, 256, 512))
    sizes = (width, 4, 4)
    layers = [Drawn("dense", prod(sizes), posts=posts), Drawn("reshape", kernel=sizes)]
    for i in range(1, deep):
        layers.append(Drawn("deconv", width >> i, (4, 4), (2, 2), posts=posts, block=i))
    last = ("tanh",) if may.posts else ()
    layers.append(Drawn("deconv", rng.choice((1, 3)), (4, 4), (2, 2), posts=last, block=deep))
    return Network("generator", (rng.choice((64, 100, 128)),), tuple(layers), slope, title="Generator")


def discriminator(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    deep, width = rng.choice((2, 3, 4)), rng.choice((32, 64))
    layers = [Drawn("conv", width << i, (4, 4), (2, 2), posts=posts, block=i) for i in range(deep)]
    if rng.random() < 0.6:
        layers.append(Drawn("flatten", block=deep))
    layers.append(Drawn("dense", 1, posts=("sigmoid",) if may.posts else (), block=deep))
    taken = (rng.choice((1, 3)), *(rng.choice((32, 64)),) * 2)
    return Network("discriminator", taken, tuple(layers), slope, title="Discriminator")


def separable(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    width = rng.choice((16, 32))
    layers = [Drawn("conv", width, (3, 3), (2, 2), posts=posts)]
    for i in range(rng.choice((3, 5, 7))):
        stride = rng.choice((1, 2)) if i < 5 else 1
        layers.append(Drawn("dwconv", 0, (3, 3), (stride,) * 2, posts=posts, block=i + 1))
        width = min(512, width * 2) if rng.random() < 0.7 else width
        layers.append(Drawn("conv", width, (1, 1), (1, 1), posts=posts, block=i + 1))
    layers.append(Drawn("gavgpool", block=20))
    layers.append(Drawn("dense", rng.choice((10, 100, 1000)), posts=("softmax",) if may.posts else (), block=20))
    return Network("separable", (3, *(rng.choice((96, 128, 224)),) * 2), tuple(layers), slope)


def u_net(rng: Random, may: Freedom) -> Network:
    posts, slope = _acts(rng, may)
    side, width, deep = rng.choice((64, 128, 256)), rng.choice((16, 32, 64)), rng.choice((2, 3))
    layers: list[Drawn] = []
    ends = []
    for i in range(deep):
        layers += [Drawn("conv", width << i, (3, 3), (1, 1), posts=posts, block=i)] * 2
        ends.append(len(layers) - 1)
        layers.append(Drawn("maxpool", 0, (2, 2), (2, 2), "valid", block=i))
    layers += [Drawn("conv", width << deep, (3, 3), (1, 1), posts=posts, block=deep)] * 2
    for i in reversed(range(deep)):
        block = 2 * deep - i
        layers.append(Drawn("deconv", width << i, (2, 2), (2, 2), block=block))
        layers.append(Drawn("concat", join=ends[i], block=block))
        layers += [Drawn("conv", width << i, (3, 3), (1, 1), posts=posts, block=block)] * 2
    last = ("sigmoid",) if may.posts else ()
    layers.append(Drawn("conv", 1, (1, 1), (1, 1), posts=last, block=2 * deep + 1))
    return Network("U-Net", (rng.choice((1, 3)), side, side), tuple(layers), slope)


def dilated(rng: Random, may: Freedom) -> Network:
    """Return a net that sees more and more of an image of one size."""
    posts, slope = _acts(rng, may)
    width, side = rng.choice((16, 32, 64)), rng.choice((64, 96, 128))
    steps = rng.choice(((1, 1, 2, 4, 8), (1, 2, 4), (1, 2, 4, 8, 16, 1)))
    layers = [Drawn("conv", width, (3, 3), (1, 1), posts=posts, dilation=d, block=i) for i, d in enumerate(steps)]
    layers.append(Drawn("conv", rng.choice((1, 21)), (1, 1), (1, 1), block=len(steps)))
    return Network("dilated", (rng.choice((1, 3)), side, side), tuple(layers), slope)


FAMILIES: dict[Callable[[Random, Freedom], Network], int] = {
    classifier: 10,
    sequences: 4,
    volumes: 2,
    perceptron: 2,
    texts: 3,
    autoencoder: 3,
    generator: 2,
    discriminator: 2,
    dilated: 1,
    separable: 2,
    u_net: 2,
}
"""How often each family is drawn."""
