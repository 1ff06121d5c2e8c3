"""Members of a ZIP that somebody else made: found by name, unpacked to a bound, never extracted.

A name is only compared; no path is made of one.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter

from zumik.evaluations.run_figures import UnreadableRun

_MAX_MEMBERS = 200_000
_STORED, _DEFLATED, _ZSTANDARD = 0, 8, 93
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_BAD = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OSError)
_MAX_WINDOW = 128 * 1024 * 1024


class ZipMembers:
    """The members of a ZIP by name. Raises UnreadableRun."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            found = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except _BAD:
            raise UnreadableRun("not a ZIP, or a damaged one") from None
        if len(found) > _MAX_MEMBERS:
            raise UnreadableRun(f"a ZIP of more than {_MAX_MEMBERS:,} members")
        counts = Counter(info.filename for info in found)
        if len(counts) != len(found):
            raise UnreadableRun("a ZIP with two members of one name")
        self.by_name = {info.filename: info for info in found}

    def read(self, name: str, most: int) -> bytes:
        """What a member holds, up to `most` bytes. Raises UnreadableRun, also for a longer one.

        How large it is is found by unpacking it: what a ZIP says of itself is only a claim.
        """
        info = self.by_name[name]
        try:
            packed = self._packed(info)
            data = _unpacked(packed, info.compress_type, most)
        except (*_BAD, zlib.error):
            raise UnreadableRun(f"{_short(name)} in the ZIP is damaged") from None
        if len(data) > most:
            raise UnreadableRun(f"{_short(name)} in the ZIP unpacks to more than {most:,} bytes")
        if zlib.crc32(data) != info.CRC:
            raise UnreadableRun(f"{_short(name)} in the ZIP is damaged")
        return data

    def _packed(self, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & 1:
            raise UnreadableRun("an encrypted ZIP")
        start = info.header_offset
        mark, names, extra = _LOCAL_HEADER.unpack_from(self.data, start)
        if mark != b"PK\x03\x04":
            raise ValueError
        start += 30 + names + extra
        return self.data[start : start + info.compress_size]


def _short(name: str) -> str:
    """A member of a log by its kind: the name of a sample may be a question."""
    return "a sample" if name.startswith("samples/") else name


def _unpacked(packed: bytes, method: int, most: int) -> bytes:
    if method == _STORED:
        return packed[: most + 1]
    if method == _DEFLATED:
        return zlib.decompressobj(-15).decompress(packed, most + 1)
    if method != _ZSTANDARD:
        raise ValueError
    try:
        import zstandard
    except ImportError:
        raise UnreadableRun(
            "packed with zstandard, which needs another package",
            hint="pip install 'zumik[evaluations]'; or: inspect log convert LOG --to json "
            "--output-dir DIRECTORY",
        ) from None
    try:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        return unpacker.stream_reader(io.BytesIO(packed)).read(most + 1)
    except (zstandard.ZstdError, MemoryError):
        raise ValueError from None
