"""Classes of detectors that go with emitted source."""

from __future__ import annotations

DETECTION_OUTPUT = '''
class DetectionOutput(nn.Module):
    """Give the best boxes of each class: rows of image, class, score, left, top, right, bottom."""

    def __init__(
        self,
        classes: int,
        background: int = 0,
        code: str = "corner",
        scaled: bool = True,
        threshold: float | None = None,
        overlap: float = 0.3,
        candidates: int | None = None,
        keep: int | None = None,
    ) -> None:
        super().__init__()
        self.classes, self.background, self.code, self.scaled = classes, background, code, scaled
        self.threshold = -float("inf") if threshold is None else threshold
        self.overlap, self.candidates, self.keep = overlap, candidates, keep

    def forward(self, offsets: Tensor, scores: Tensor, priors: Tensor) -> Tensor:
        boxes = self.decode(offsets.reshape(len(offsets), -1, 4), *priors.reshape(2, -1, 4))
        scores = scores.reshape(len(scores), -1, self.classes)
        rows = torch.cat([self.best(i, *each) for i, each in enumerate(zip(boxes, scores))])
        if not len(rows):
            rows = boxes.new_full((len(boxes), 7), -1.0)
            rows[:, 0] = torch.arange(len(boxes))
        return rows[None, None]

    def decode(self, offsets: Tensor, priors: Tensor, variances: Tensor) -> Tensor:
        """Return the boxes that offsets say."""
        offsets = offsets * variances if self.scaled else offsets
        if self.code == "corner":
            return priors + offsets
        size = priors[:, 2:] - priors[:, :2]
        centre = offsets[..., :2] * size + (priors[:, :2] + priors[:, 2:]) / 2
        half = torch.exp(offsets[..., 2:]) * size / 2
        return torch.cat([centre - half, centre + half], -1)

    def best(self, image: int, boxes: Tensor, scores: Tensor) -> Tensor:
        """Return the rows of an image: by class, and of each by score."""
        rows = [boxes.new_zeros(0, 7)]
        for label in range(self.classes):
            if label != self.background:
                chosen = self.suppress(boxes, scores[:, label])
                head = boxes.new_tensor([image, label]).expand(len(chosen), 2)
                rows.append(torch.cat([head, scores[chosen, label, None], boxes[chosen]], 1))
        found = torch.cat(rows)
        if self.keep is None or len(found) <= self.keep:
            return found
        order = torch.sort(found[:, 2], descending=True, stable=True).indices
        return found[torch.sort(order[: self.keep]).values]

    def suppress(self, boxes: Tensor, scores: Tensor) -> Tensor:
        """Return which boxes of a class stand, the best first."""
        order = torch.sort(scores, descending=True, stable=True).indices
        order = order[scores[order] > self.threshold][: self.candidates]
        chosen = [order[:0]]
        while len(order):
            chosen.append(order[:1])
            order = order[1:][self.overlaps(boxes[order[0]], boxes[order[1:]]) <= self.overlap]
        return torch.cat(chosen)

    @staticmethod
    def overlaps(box: Tensor, others: Tensor) -> Tensor:
        """Return the intersection of a box with others over their union."""
        shared = torch.minimum(box[2:], others[:, 2:]) - torch.maximum(box[:2], others[:, :2])
        shared = shared.clamp(min=0).prod(1)
        areas = [(each[..., 2:] - each[..., :2]).clamp(min=0).prod(-1) for each in (box, others)]
        return torch.where(shared > 0, shared / (sum(areas) - shared), 0.0)
'''

PROPOSALS = '''
class Proposals(nn.Module):
    """Give the regions that most likely hold an object: rows of image, left, top, right, bottom."""

    def __init__(
        self,
        stride: int,
        scales: tuple[float, ...] = (8, 16, 32),
        ratios: tuple[float, ...] = (0.5, 1, 2),
        base: int = 16,
        least: float = 16,
        candidates: int = 6000,
        overlap: float = 0.7,
        keep: int = 300,
        scored: bool = False,
    ) -> None:
        super().__init__()
        self.stride, self.scales, self.ratios, self.base = stride, scales, ratios, base
        self.least, self.candidates, self.overlap, self.keep = least, candidates, overlap, keep
        self.scored = scored
        self.register_buffer("anchors", torch.tensor(self.forms()), persistent=False)

    def forms(self) -> list[tuple[float, ...]]:
        """Return left, top, right and bottom of each form around the first cell."""
        middle = (self.base - 1) / 2
        found = []
        for ratio in self.ratios:
            wide = round((self.base**2 / ratio) ** 0.5)
            for scale in self.scales:
                across, down = ((side * scale - 1) / 2 for side in (wide, round(wide * ratio)))
                found.append((middle - across, middle - down, middle + across, middle + down))
        return found

    def forward(
        self, scores: Tensor, offsets: Tensor, image: Tensor
    ) -> Tensor | tuple[Tensor, Tensor]:
        scores = scores[0, len(self.anchors) :].permute(1, 2, 0).flatten()
        boxes = self.decode(offsets[0])
        high, wide, scale = image[0]
        limit = torch.stack([wide, high, wide, high]) - 1
        boxes = torch.minimum(boxes.clamp(min=0), limit)
        sides = boxes[:, 2:] - boxes[:, :2] + 1
        large = (sides >= self.least * scale).all(1)
        boxes, scores = boxes[large], scores[large]
        order = torch.sort(scores, descending=True, stable=True).indices[: self.candidates]
        chosen = [order[:0]]
        while len(order) and len(chosen) <= self.keep:
            chosen.append(order[:1])
            order = order[1:][self.overlaps(boxes[order[0]], boxes[order[1:]]) <= self.overlap]
        kept = torch.cat(chosen)
        boxes = torch.cat([boxes.new_zeros(len(kept), 1), boxes[kept]], 1)
        return (boxes, scores[kept, None]) if self.scored else boxes

    def decode(self, offsets: Tensor) -> Tensor:
        """Return the boxes that offsets say, cell by cell."""
        rows, columns = (torch.arange(n, device=offsets.device) for n in offsets.shape[1:])
        down, across = torch.meshgrid(rows * self.stride, columns * self.stride, indexing="ij")
        corners = torch.stack([across, down, across, down], -1)[:, :, None] + self.anchors
        corners = corners.reshape(-1, 4)
        offsets = offsets.permute(1, 2, 0).reshape(-1, 4)
        size = corners[:, 2:] - corners[:, :2] + 1
        centre = offsets[:, :2] * size + corners[:, :2] + 0.5 * size
        half = 0.5 * torch.exp(offsets[:, 2:]) * size
        return torch.cat([centre - half, centre + half], 1)

    @staticmethod
    def overlaps(box: Tensor, others: Tensor) -> Tensor:
        """Return the intersection of a box with others over their union, both ends included."""
        low, high = torch.maximum(box[:2], others[:, :2]), torch.minimum(box[2:], others[:, 2:])
        shared = (high - low + 1).clamp(min=0).prod(1)
        areas = [(each[..., 2:] - each[..., :2] + 1).prod(-1) for each in (box, others)]
        return shared / (sum(areas) - shared)
'''

PSROI_POOL = '''
class PSROIPool(nn.Module):
    """Take the mean of each part of a region, each part out of channels of its own."""

    def __init__(self, channels: int, grid: int, scale: float = 1.0) -> None:
        super().__init__()
        self.channels, self.grid, self.scale = channels, grid, scale

    def forward(self, x: Tensor, regions: Tensor) -> Tensor:
        corners = torch.sign(regions[:, 1:]) * torch.floor(regions[:, 1:].abs() + 0.5)
        start, stop = corners[:, :2] * self.scale, (corners[:, 2:] + 1) * self.scale
        rows = self.parts(start[:, 1], stop[:, 1], x.shape[2])
        columns = self.parts(start[:, 0], stop[:, 0], x.shape[3])
        maps = x.unflatten(1, (self.channels, self.grid, self.grid))
        sums = [
            torch.einsum("cijhw,ih,jw->cij", maps[int(i)], *of)
            for i, *of in zip(regions[:, 0], rows, columns)
        ]
        areas = rows.sum(2)[:, None, :, None] * columns.sum(2)[:, None, None, :]
        empty = x.new_zeros(0, self.channels, self.grid, self.grid)
        return (torch.stack(sums) if sums else empty) / areas.clamp(min=1)

    def parts(self, start: Tensor, stop: Tensor, size: int) -> Tensor:
        """Tell for each part of each region which pixels along an axis are in it."""
        length = (stop - start).clamp(min=0.1)[:, None] / self.grid
        part = torch.arange(self.grid, dtype=start.dtype, device=start.device)
        first = torch.floor(part * length + start[:, None])[..., None]
        last = torch.ceil((part + 1) * length + start[:, None])[..., None]
        pixel = torch.arange(size, device=start.device)
        return ((pixel >= first) & (pixel < last)).to(start.dtype)
'''

DEFINITIONS = {
    "DetectionOutput": DETECTION_OUTPUT.strip(),
    "PSROIPool": PSROI_POOL.strip(),
    "Proposals": PROPOSALS.strip(),
}
"""The text of each class by its name."""
