"""PyTorch: what torch.export makes is read; an `nn.Module` source file is written, and its weights as safetensors."""

from __future__ import annotations

from translator.dialect import Dialect

ZIP = b"PK\x03\x04"
PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def _sniff(head: bytes) -> bool:
    """Tell whether a file is a pickle, or an archive as PyTorch writes it: in a folder, or with old names."""
    if head.startswith(PICKLE):
        return True
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return head.startswith(ZIP) and (b"/" in name or name.startswith(b"serialized_") or name == b"version")


DIALECTS = (
    Dialect("pytorch", "PyTorch source with .safetensors", folder="pytorch"),
    Dialect(
        "pytorch-export",
        "PyTorch program of torch.export, and from Python an nn.Module",
        folder="pytorch",
        suffixes=(".pt2", ".pt", ".pth"),
        reads=True,
        writes=False,
        objects=True,
        sniff=_sniff,
    ),
)
