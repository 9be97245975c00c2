"""The zip archive that torch.save and torch.export.save write: members that lie in it as they are.

PyTorch never compresses, so that a member is a part of the file; one that is compressed could claim any size.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from translator import bounds
from translator.dialects.pytorch.exported import Flaw

SIGNATURE = b"PK\x03\x04"
_FAULTS = (OSError, ValueError, RuntimeError, KeyError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error)
"""What `zipfile` raises of archives that are none."""


class _Window(io.BufferedIOBase):
    """Bytes at hand as a file, without a copy of them; no more is read than is there, whatever is asked for."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.at = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        place = (0, self.at, len(self.view))[whence] + offset
        if place < 0:
            raise OSError("seeks before the start")
        self.at = place
        return place

    def read(self, size: int | None = -1) -> bytes:
        end = len(self.view) if size is None or size < 0 else self.at + size
        part = bytes(self.view[self.at : end])
        self.at += len(part)
        return part


class Archive:
    """An archive's members by name, without the folder that they all lie in."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        try:
            with zipfile.ZipFile(_Window(view)) as archive:
                infos = archive.infolist()
        except _FAULTS as error:
            raise Flaw(f"is no archive, or a damaged one: {error}") from None
        if len(infos) > bounds.LAYERS:
            raise Flaw(f"holds more than {bounds.LAYERS} members")
        folder = _folder([info.filename for info in infos])
        self.members = {info.filename[len(folder) :]: info for info in infos}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def names(self) -> list[str]:
        """Return the names of the members."""
        return list(self.members)

    def part(self, name: str) -> memoryview:
        """Return a member's bytes, a part of the file."""
        info = self.members.get(name)
        if info is None:
            raise Flaw(f"has no member {name!r}")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise Flaw(f"has its member {name!r} compressed or locked, which PyTorch never does")
        head = self.view[info.header_offset : info.header_offset + 30]
        if len(head) < 30 or bytes(head[:4]) != SIGNATURE:
            raise Flaw(f"has its member {name!r} where none begins")
        start = info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        if start + info.file_size > len(self.view):
            raise Flaw(f"says {name!r} has {info.file_size} bytes, but the file ends before them")
        return self.view[start : start + info.file_size]

    def text(self, name: str) -> bytes:
        """Return a member that is a text, of no more than a text may have."""
        part = self.part(name)
        if len(part) > bounds.LARGEST:
            raise Flaw(f"has a text {name!r} of {len(part) >> 20} MiB; a model's has at most {bounds.LARGEST >> 20}")
        return bytes(part)


def _folder(names: list[str]) -> str:
    """Return the folder that all members lie in, with its slash; an empty text where there is none."""
    folder = names[0].partition("/")[0] + "/" if names and "/" in names[0] else ""
    return folder if folder and all(name.startswith(folder) for name in names) else ""


__all__ = ["SIGNATURE", "Archive"]
