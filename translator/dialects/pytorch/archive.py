"""The zip archive that torch.save and torch.export.save write: members that lie in it as they are.

PyTorch never compresses, so that a member is a part of the file; one that is compressed could claim any size.
Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ir.kinds import short
from translator import bounds
from translator.dialects.pytorch.exported import Flaw

SIGNATURE = b"PK\x03\x04"
_END = struct.Struct("<4s6xHIIH")
"""The end of an archive: the number of its members, the bytes of their list and where it begins, and of a comment."""
_LOCATOR = struct.Struct("<4s4xQ4x")
_END_64 = struct.Struct("<4s28xQQQ")
"""The same in 64 bits, and what says where it is."""
_ENTRY = struct.Struct("<4s4xHH8xIIHHH8xI")
"""A member: its flags, method, sizes, the lengths of its name, of what is added and of a comment, and its place."""
_UNKNOWN = 0xFFFFFFFF
"""A number that has no room in 32 bits."""


class Member(NamedTuple):
    """A member: whether it lies in the file as it is, its bytes, and where its own header is."""

    is_plain: bool
    size: int
    place: int


class Archive:
    """An archive's members by name, without the folder that they all lie in."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        try:
            members = _members(view)
        except struct.error:
            raise Flaw("is no archive, or one that ends early") from None
        folder = _folder(list(members))
        self.members = {name[len(folder) :]: member for name, member in members.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def names(self) -> list[str]:
        """Return the names of the members."""
        return list(self.members)

    def part(self, name: str) -> memoryview:
        """Return a member's bytes, a part of the file."""
        called, member = short(name), self.members.get(name)
        if member is None:
            raise Flaw(f"has no member {called}")
        if not member.is_plain:
            raise Flaw(f"has its member {called} compressed or locked, which PyTorch never does")
        head = self.view[member.place : member.place + 30]
        if len(head) < 30 or head[:4] != SIGNATURE:
            raise Flaw(f"has its member {called} where none begins")
        start = member.place + 30 + sum(struct.unpack("<HH", head[26:30]))
        if start + member.size > len(self.view):
            raise Flaw(f"says {called} has {member.size} bytes, but the file ends before them")
        return self.view[start : start + member.size]

    def text(self, name: str) -> bytes:
        """Return a member that is a text, of no more than a text may have."""
        part = self.part(name)
        if len(part) > bounds.LARGEST:
            told = f"{len(part) >> 20} MiB; a model's has at most {bounds.LARGEST >> 20}"
            raise Flaw(f"has a text {short(name)} of {told}")
        return bytes(part)


def _members(view: memoryview) -> dict[str, Member]:
    """Return the members that the list at the end of an archive names."""
    count, at = _list(view)
    if count > bounds.LAYERS:
        raise Flaw(f"holds more than {bounds.LAYERS} members")
    found: dict[str, Member] = {}
    for _ in range(count):
        mark, flags, method, packed, size, *lengths, place = _ENTRY.unpack_from(view, at)
        if mark != b"PK\x01\x02":
            raise Flaw("has a list of members that is damaged")
        start = at + _ENTRY.size
        name = bytes(view[start : start + lengths[0]]).decode(errors="replace")
        more = view[start + lengths[0] : start + lengths[0] + lengths[1]]
        size, packed, place = _wide(more, [size, packed, place])
        if name in found:
            raise Flaw(f"has two members {short(name)}")
        found[name] = Member(not method and not flags & 1 and size == packed, size, place)
        at = start + sum(lengths)
    return found


def _list(view: memoryview) -> tuple[int, int]:
    """Return how many members an archive's list has, and where it begins."""
    tail = bytes(view[-_END.size - 0xFFFF :])
    at = len(view) - len(tail) + tail.rfind(b"PK\x05\x06")
    if b"PK\x05\x06" not in tail:
        raise Flaw("is an archive that ends early")
    _, count, size, start, _ = _END.unpack_from(view, at)
    if count == 0xFFFF or _UNKNOWN in (size, start):
        mark, place = _LOCATOR.unpack_from(view, max(0, at - _LOCATOR.size))
        if mark != b"PK\x06\x07" or place > len(view):
            raise Flaw("has a list of members that is damaged")
        mark, count, size, start = _END_64.unpack_from(view, place)
        if mark != b"PK\x06\x06":
            raise Flaw("has a list of members that is damaged")
    if start + size > len(view) or count * _ENTRY.size > size:
        raise Flaw(f"says it has {count} members, for which there is no room in it")
    return count, start


def _wide(more: memoryview, numbers: list[int]) -> list[int]:
    """Return numbers, those that have no room in 32 bits from what is added to the list (its part 1)."""
    while len(more) >= 4:
        kind, length = struct.unpack_from("<HH", more)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", more, 4))
            return [next(wide, each) if each == _UNKNOWN else each for each in numbers]
        more = more[4 + length :]
    return numbers


def _folder(names: list[str]) -> str:
    """Return the folder that all members lie in, with its slash; an empty text where there is none."""
    folder = names[0].partition("/")[0] + "/" if names and "/" in names[0] else ""
    return folder if folder and all(name.startswith(folder) for name in names) else ""


__all__ = ["SIGNATURE", "Archive"]
