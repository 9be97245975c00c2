"""Small nets in the style of real ones, as people write them in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """Two blocks of ResNet, one of which strides and projects."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.conv1, self.bn1 = nn.Conv2d(8, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = nn.Conv2d(16, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.down = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
        self.relu = nn.ReLU(inplace=True)
        self.gap = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.stem(x))
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.down(x)
        return self.fc(torch.flatten(self.gap(self.relu(y)), 1))


class Mobile(nn.Module):
    """Depthwise convolutions, an inverted residual, squeeze and excitation, hard swish."""

    def __init__(self) -> None:
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(4, 12, 1, bias=False), nn.BatchNorm2d(12, eps=1e-3), nn.Hardswish())
        self.depth = nn.Sequential(nn.Conv2d(12, 12, 3, 1, 1, groups=12, bias=False), nn.BatchNorm2d(12), nn.ReLU6())
        self.squeeze, self.excite = nn.Conv2d(12, 3, 1), nn.Conv2d(3, 12, 1)
        self.project = nn.Sequential(nn.Conv2d(12, 4, 1, bias=False), nn.BatchNorm2d(4))

    def forward(self, x: Tensor) -> Tensor:
        y = self.depth(self.expand(x))
        share = F.relu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))
        y = y * F.hardsigmoid(self.excite(share))
        return x + self.project(y)


class Plain(nn.Sequential):
    """Convolutions, poolings, and three products, as in VGG."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.ReLU(True),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding="same"),
            nn.LeakyReLU(0.1),
            nn.AvgPool2d(2, ceil_mode=True),
            nn.AdaptiveAvgPool2d((2, 2)),
            nn.Flatten(),
            nn.Linear(32, 10),
            nn.PReLU(),
            nn.Dropout(0.3),
            nn.Linear(10, 4),
            nn.Softmax(dim=1),
        )


class Words(nn.Module):
    """A classifier of sequences of numbers: a table, two layers of LSTM, the last state."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.lstm(self.table(x.long()))
        return self.fc(states[:, -1])


class BothWays(nn.Module):
    """A GRU in both directions, and the mean over time of what it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 3, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(6)

    def forward(self, x: Tensor) -> Tensor:
        states, last = self.gru(x)
        return self.norm(states).mean(dim=1) + torch.cat([last[0], last[1]], dim=1)


class Mixer(nn.Module):
    """The halves of a block of an MLP mixer: over places and over channels, with LayerNorm and GELU."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.norm1, self.norm2 = nn.LayerNorm(8), nn.LayerNorm(8)
        self.tokens = nn.Sequential(nn.Linear(6, 7), nn.GELU(), nn.Linear(7, 6))
        self.channels = nn.Sequential(nn.Linear(8, 9), nn.GELU(approximate="tanh"), nn.Linear(9, 8))
        self.gamma = nn.Parameter(torch.ones(8) * 0.3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.gamma * self.channels(self.norm2(x))
        return x.mean(1)


class Hourglass(nn.Module):
    """Down, and up again beside what was before, as in UNet."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 6, 2, 2)
        self.join = nn.Conv2d(12, 4, 3, padding=1)
        self.norm = nn.InstanceNorm2d(4, affine=True)
        self.wide = nn.Upsample(scale_factor=2)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        one = F.elu(self.down1(x))
        two = F.silu(self.down2(F.max_pool2d(one, 2)))
        y = self.join(torch.cat([one, self.up(two)], dim=1))
        return torch.sigmoid(self.last(self.wide(F.relu(self.norm(y))))), two


class Dealt(nn.Module):
    """Channels that are split, shuffled by hand, and joined, as in ShuffleNet, and a group norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3, 1, 1, groups=2)
        self.norm = nn.GroupNorm(2, 4)

    def forward(self, x: Tensor) -> Tensor:
        left, right = x.chunk(2, dim=1)
        x = torch.cat([left, self.conv(right)], dim=1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)
        return self.norm(F.pad(x, (1, 0, 0, 2)))


class Sound(nn.Module):
    """Convolutions over time with holes, gated, with weights given by direction and length, as in WaveNet."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(3, 8, 3, dilation=2, padding=2))
        self.up = nn.ConvTranspose1d(4, 3, 4, 2, 1)
        self.pool = nn.MaxPool1d(2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.up(self.pool(F.glu(self.conv(x), dim=1))))


class Tied(nn.Module):
    """One layer in two places, and a number and an array that are no parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.register_buffer("shift", torch.linspace(-1, 1, 6))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        a, b = self.fc(x - self.shift), self.fc(y / 3)
        return torch.maximum(a, b) * 2 + (a.pow(2) + 1).sqrt().clamp(min=0.5, max=4.0)


class Volume(nn.Sequential):
    """Convolutions and poolings through volumes."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv3d(2, 4, 3, padding=1),
            nn.BatchNorm3d(4),
            nn.ReLU(),
            nn.MaxPool3d((1, 2, 2)),
            nn.AdaptiveAvgPool3d(1),
            nn.Flatten(1),
            nn.Linear(4, 3),
        )


class Rotary(nn.Module):
    """Attention of a language model: places turn queries and keys, of which there are fewer, by the same angles."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(16, eps=1e-6)
        self.q, self.k, self.v = (
            nn.Linear(16, 16, bias=False),
            nn.Linear(16, 8, bias=False),
            nn.Linear(16, 8, bias=False),
        )
        self.out = nn.Linear(16, 16, bias=False)
        self.register_buffer("speeds", 100.0 ** -(torch.arange(0, 4, 2) / 4))

    @torch.no_grad()
    def angles(self, length: int) -> tuple[Tensor, Tensor]:
        found = torch.outer(torch.arange(length).float(), self.speeds)
        found = torch.cat([found, found], -1)
        return found.cos(), found.sin()

    def turned(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        return x * cosine + torch.cat([-x[..., 2:], x[..., :2]], -1) * sine

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        q, k, v = (each(y).unflatten(-1, (-1, 4)).transpose(1, 2) for each in (self.q, self.k, self.v))
        angles = self.angles(x.shape[1])
        q, k = self.turned(q, *angles), self.turned(k, *angles)
        k, v = k.repeat_interleave(2, 1), v.repeat_interleave(2, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return x + self.out(y.transpose(1, 2).flatten(2))


NETS: dict[str, tuple[Callable[[], nn.Module], list[tuple[int, ...]]]] = {
    "residual": (Residual, [(2, 3, 33, 29)]),
    "mobile": (Mobile, [(2, 4, 9, 7)]),
    "plain": (Plain, [(2, 3, 16, 16)]),
    "words": (Words, [(2, 7)]),
    "both ways": (BothWays, [(2, 5, 4)]),
    "mixer": (Mixer, [(2, 3, 8, 12)]),
    "hourglass": (Hourglass, [(2, 3, 8, 6)]),
    "dealt": (Dealt, [(2, 4, 5, 6)]),
    "sound": (Sound, [(2, 3, 12)]),
    "tied": (Tied, [(2, 6), (2, 6)]),
    "rotary": (Rotary, [(2, 7, 16)]),
    "volume": (Volume, [(2, 2, 4, 6, 6)]),
}
"""A net, and the shapes of what it takes, batch first."""


def made(name: str) -> tuple[Any, tuple[Tensor, ...]]:
    """Return a net with seeded weights and statistics, and seeded inputs."""
    make, shapes = NETS[name]
    torch.manual_seed(0)
    net = make().eval()
    for module in net.modules():
        for part in ("running_mean", "running_var"):
            held = getattr(module, part, None)
            if held is not None:
                held.copy_(torch.rand_like(held) + 0.5)
    if name == "words":
        return net, tuple(torch.randint(0, 20, shape).float() for shape in shapes)
    return net, tuple(torch.randn(shape) for shape in shapes)
