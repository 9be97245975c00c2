"""Classes that go with emitted source, where PyTorch has no such module."""

from __future__ import annotations

from translator.dialects.pytorch import detection, sequences
from translator.dialects.pytorch.names import printable
from translator.naming import class_name

SCALE = '''
class Scale(nn.Module):
    """Multiply by learned factors, and add learned biases."""

    def __init__(self, shape: tuple[int, ...], bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.weight
        return x if self.bias is None else x + self.bias
'''

CONSTANT = '''
class Constant(nn.Module):
    """Give learned values that depend on no input."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(shape))

    def forward(self) -> Tensor:
        return self.value
'''

ARG_MAX = '''
class ArgMax(nn.Module):
    """Find where the largest values stand, as numbers; of equal ones, the last."""

    def __init__(self, axis: int, top: int = 1, values: bool = False) -> None:
        super().__init__()
        self.axis, self.top, self.values = axis, top, values

    def forward(self, x: Tensor) -> Tensor:
        values, indices = torch.sort(x, dim=self.axis, stable=True)
        found = values if self.values else indices.to(x.dtype)
        return found.flip(self.axis).narrow(self.axis, 0, self.top)
'''

MAX_POOL_INDICES = '''
class MaxPoolIndices(nn.MaxPool2d):
    """Keep the largest value of each window, and where it stood in its channel's plane."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, return_indices=True, **kwargs)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        values, indices = super().forward(x)
        return values, indices.to(x.dtype)
'''

MVN = '''
class MVN(nn.Module):
    """Subtract the mean, and divide by the standard deviation, to which `eps` is added."""

    def __init__(
        self, normalize_variance: bool = True, across_channels: bool = False, eps: float = 1e-9
    ) -> None:
        super().__init__()
        self.normalize_variance, self.eps = normalize_variance, eps
        self.first = 1 if across_channels else 2

    def forward(self, x: Tensor) -> Tensor:
        axes = tuple(range(self.first, x.dim()))
        x = x - torch.mean(x, dim=axes, keepdim=True)
        if not self.normalize_variance:
            return x
        return x / (torch.sqrt(torch.mean(x * x, dim=axes, keepdim=True)) + self.eps)
'''

BIAS = '''
class Bias(nn.Module):
    """Add learned biases."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias
'''

UNPOOL = '''
class Unpool(nn.Module):
    """Put each value where it stood in its channel's plane before a pooling; the rest is 0."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor, places: Tensor) -> Tensor:
        plane = x.new_zeros(*x.shape[:2], self.size[0] * self.size[1])
        plane = plane.scatter(2, places.flatten(2).long(), x.flatten(2))
        return plane.unflatten(2, self.size)
'''

PRIOR_BOX = '''
class PriorBox(nn.Module):
    """Give boxes of some forms around each pixel of a grid, and their variances."""

    def __init__(
        self,
        grid: tuple[int, int],
        image: tuple[int, int],
        least: tuple[float, ...],
        step: tuple[float, float],
        most: tuple[float, ...] = (),
        ratios: tuple[float, ...] = (),
        variances: tuple[float, ...] = (0.1,),
        clip: bool = False,
        offset: float = 0.5,
    ) -> None:
        super().__init__()
        self.grid, self.image, self.step, self.offset = grid, image, step, offset
        self.least, self.most, self.ratios = least, most, ratios
        self.variances, self.clip = variances, clip
        down, across = ((torch.arange(n).double() + offset) * by for n, by in zip(grid, step))
        centres = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)[:, :, None]
        half = torch.tensor(self.forms(), dtype=torch.float64) / 2
        size = torch.tensor([image[1], image[0]] * 2)
        boxes = torch.cat([centres - half, centres + half], -1) / size
        boxes = boxes.clamp(0, 1) if clip else boxes
        spread = torch.tensor(variances).expand_as(boxes)
        boxes = torch.stack([boxes.flatten(), spread.flatten()])[None].float()
        self.register_buffer("boxes", boxes, persistent=False)

    def forms(self) -> list[tuple[float, float]]:
        """Return width and height of each box around a pixel."""
        found = []
        for i, side in enumerate(self.least):
            found.append((side, side))
            found += [((side * self.most[i]) ** 0.5,) * 2] if self.most else []
            found += [(side * ratio**0.5, side / ratio**0.5) for ratio in self.ratios]
        return found

    def forward(self, x: Tensor, image: Tensor) -> Tensor:
        return self.boxes
'''

ROI_POOL = '''
class ROIPool(nn.Module):
    """Keep the largest value of each part of a region: rows of image, left, top, right, bottom."""

    def __init__(self, size: int | tuple[int, int], scale: float = 1.0) -> None:
        super().__init__()
        self.size, self.scale = (size, size) if isinstance(size, int) else size, scale

    def forward(self, x: Tensor, regions: Tensor) -> Tensor:
        corners = regions[:, 1:5] * self.scale
        corners = torch.sign(corners) * torch.floor(corners.abs() + 0.5)
        rows = self.parts(corners[:, 1], corners[:, 3], self.size[0], x.shape[2])
        columns = self.parts(corners[:, 0], corners[:, 2], self.size[1], x.shape[3])
        pooled = [self.pool(x[int(i)], *of) for i, *of in zip(regions[:, 0], rows, columns)]
        return torch.stack(pooled) if pooled else x.new_zeros(0, x.shape[1], *self.size)

    @staticmethod
    def parts(start: Tensor, stop: Tensor, count: int, size: int) -> Tensor:
        """Tell for each part of each region which pixels along an axis are in it."""
        length = (stop - start + 1).clamp(min=1)[:, None] / count
        part = torch.arange(count, dtype=start.dtype, device=start.device)
        first = (torch.floor(part * length) + start[:, None])[..., None]
        last = (torch.ceil((part + 1) * length) + start[:, None])[..., None]
        pixel = torch.arange(size, device=start.device)
        return (pixel >= first) & (pixel < last)

    @staticmethod
    def pool(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        low = float("-inf")
        image = torch.stack([image.masked_fill(~part, low).amax(2) for part in columns], 2)
        image = torch.stack([image.masked_fill(~part[:, None], low).amax(1) for part in rows], 1)
        return image.masked_fill(image == low, 0.0)
'''

LOCALLY_CONNECTED = '''
class LocallyConnected(nn.Module):
    """Give each place of an image filters of its own, and each a bias of its own."""

    def __init__(
        self, channels, filters, size, kernel_size, stride=1, padding=0, bias=True
    ) -> None:
        super().__init__()
        self.size, places = size, size[0] * size[1]
        self.window = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
        high, wide = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
        self.weight = nn.Parameter(torch.zeros(filters, channels * high * wide, places))
        self.bias = nn.Parameter(torch.zeros(filters, places)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        x = torch.einsum("nkp,okp->nop", F.unfold(x, **self.window), self.weight)
        x = x if self.bias is None else x + self.bias
        return x.unflatten(2, self.size)
'''

REORG = '''
class Reorg(nn.Module):
    """Bring an image to a smaller size and more channels, in the order of Darknet."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        by, (channels, height, width) = self.factor, x.shape[1:]
        squares = x.reshape(-1, channels // by**2, height, by, width, by)
        turned = squares.permute(0, 3, 5, 1, 2, 4)
        return turned.reshape(-1, channels * by**2, height // by, width // by)
'''

STUB = '''
class {name}(nn.Module):
    """STUB: the layer type {type} is not known here. Put its computation into `forward`."""

    def __init__(self, **arguments) -> None:
        super().__init__()
        self.arguments = arguments

    def forward(self, *inputs: Tensor) -> {gives}:
        raise NotImplementedError("{type} is a stub")
'''

STUB_WITH_WEIGHTS = STUB.replace("self, **arguments", "self, shapes: list[tuple[int, ...]], **arguments").replace(
    "self.arguments = arguments",
    "self.arguments = arguments\n        self.blobs = nn.ParameterList(torch.zeros(shape) for shape in shapes)",
)

DEFINITIONS = {
    "ArgMax": ARG_MAX.strip(),
    "Bias": BIAS.strip(),
    "Constant": CONSTANT.strip(),
    "LocallyConnected": LOCALLY_CONNECTED.strip(),
    "MVN": MVN.strip(),
    "MaxPoolIndices": MAX_POOL_INDICES.strip(),
    "PriorBox": PRIOR_BOX.strip(),
    "ROIPool": ROI_POOL.strip(),
    "Reorg": REORG.strip(),
    "Scale": SCALE.strip(),
    **detection.DEFINITIONS,
    **sequences.DEFINITIONS,
    "Unpool": UNPOOL.strip(),
}
"""The text of each class by its name."""


def stub_name(kind: str) -> str:
    """Return the name of the stub class for a layer type."""
    return f"{class_name(kind)}Stub"


def stub(kind: str, results: int = 1, *, weights: bool = False) -> str:
    """Return the text of the stub class for a layer type."""
    shown = printable(kind).replace("\\", "").replace('"', "")[:60]
    gives = "Tensor" if results == 1 else f"tuple[{', '.join(['Tensor'] * results)}]"
    form = STUB_WITH_WEIGHTS if weights else STUB
    return form.strip().format(name=stub_name(kind), type=shown, gives=gives)
