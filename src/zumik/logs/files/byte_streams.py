"""Bytes of a log while they are read: unpacked, and decoded to UTF-8, with bounded memory.

A fault in the middle of a file is kept, not raised: what was read before it is still used, and the
fault is reported after that.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, NamedTuple, Protocol

from zumik.core.basics.display import neutral
from zumik.errors import CannotRun

CHUNK_BYTES = 256 * 1024

# A frame of zstandard may hold 32,000 times its size, so that little is unpacked at a time.
_ZSTD_INPUT_BYTES = 1024

_ZIP = b"PK\x03\x04"


class LogStream(NamedTuple):
    """UTF-8 without a byte order mark. `notes` say what it was before, `faults` why it ended."""

    file: IO[bytes]
    notes: tuple[str, ...]
    faults: list[str]


def log_stream(chunks: Iterator[bytes], name: str) -> LogStream:
    """What raw bytes hold. Raises CannotRun for a form that cannot be read here."""
    faults: list[str] = []
    notes: list[str] = []
    raw = _reader(chunks, faults)
    head = raw.read(6)
    chunks = chain([head], _chunks_of(raw))
    for magic, form, unpack in _PACKED:
        if head.startswith(magic):
            raw = _reader(unpack(_reader(chunks, faults), name), faults, form)
            head = raw.read(6)
            chunks = chain([head], _chunks_of(raw))
            break
    if head.startswith(_ZIP):
        raise CannotRun(f"{name} is a zip archive", hint="unzip it, and name the files in it")
    encoding = _encoding(head)
    if encoding is not None:
        notes.append(f"{neutral(name)} is read as {encoding.upper()}")
        chunks = _decoded(chunks, encoding)
    elif head.startswith(codecs.BOM_UTF8):
        chunks = chain([head[3:]], _chunks_of(raw))
    return LogStream(_reader(chunks, faults), tuple(notes), faults)


def _chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    while data := file.read1(CHUNK_BYTES):  # type: ignore[attr-defined]
        yield data


def _gunzipped(file: IO[bytes], name: str) -> Iterator[bytes]:
    import gzip

    with gzip.GzipFile(fileobj=file) as unpacked:
        while data := unpacked.read1(CHUNK_BYTES):
            yield data


def _bunzipped(file: IO[bytes], name: str) -> Iterator[bytes]:
    from bz2 import BZ2Decompressor

    return _members(file, BZ2Decompressor)


def _unxz(file: IO[bytes], name: str) -> Iterator[bytes]:
    from lzma import LZMADecompressor

    return _members(file, LZMADecompressor)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _members(file: IO[bytes], member: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """What each member holds. (The standard library's files pass over a damaged one in silence.)"""
    data, current = b"", None
    while True:
        if current is None or current.needs_input:
            data = data or file.read(CHUNK_BYTES)
            if not data:
                break
        current = current or member()
        yield current.decompress(data, CHUNK_BYTES)
        data = b""
        if current.eof:
            data, current = current.unused_data, None
    if current is not None:
        raise EOFError


def _unzstd(file: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise CannotRun(
            f"{name} is packed with zstandard, which needs another package",
            hint="pip install 'zumik[logs]'",
        ) from None
    frame = None
    data = b""
    try:
        while data := data or file.read(_ZSTD_INPUT_BYTES):
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(data)
            data = b""
            if frame.eof:
                data, frame = frame.unused_data, None
    except zstandard.ZstdError:
        raise OSError("the zstandard data is damaged") from None
    if frame is not None:
        raise EOFError


_PACKED: tuple[tuple[bytes, str, Callable[[IO[bytes], str], Iterator[bytes]]], ...] = (
    (b"\x1f\x8b", "gzip", _gunzipped),
    (b"\x28\xb5\x2f\xfd", "zstandard", _unzstd),
    (b"BZh", "bzip2", _bunzipped),
    (b"\xfd7zXZ\x00", "xz", _unxz),
)


def _encoding(head: bytes) -> str | None:
    """The encoding that a file's first bytes show; None is UTF-8."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16 le"),
        (codecs.BOM_UTF16_BE, "utf-16 be"),
    ):
        if head.startswith(mark):
            return encoding
    # Without a mark, every other byte of ASCII in UTF-16 is zero.
    if len(head) >= 4 and b"\x00" not in (head[0:1], head[2:3]) and head[1] == head[3] == 0:
        return "utf-16 le"
    if len(head) >= 4 and b"\x00" not in (head[1:2], head[3:4]) and head[0] == head[2] == 0:
        return "utf-16 be"
    return None


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-8 from another encoding. Half a surrogate pair stays one, which no line may hold."""
    decoder = codecs.getincrementaldecoder(encoding.replace(" ", "-"))("surrogatepass")
    first = True
    for chunk in chunks:
        text = decoder.decode(chunk)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        yield text.encode("utf-8", "surrogatepass")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise EOFError from None


class _Chunks(io.RawIOBase):
    """A file from chunks of bytes."""

    def __init__(self, chunks: Iterator[bytes], faults: list[str], form: str | None) -> None:
        self._chunks = chunks
        self._faults = faults
        self._form = form
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = self._next()
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _next(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except CannotRun:
            raise
        except EOFError:
            self._faults.append(f"the {self._form or 'text'} data is cut off here")
        except UnicodeDecodeError as error:
            self._faults.append(f"not {error.encoding} from here on")
        except OSError as error:
            if self._form is None:
                self._faults.append(f"cannot be read further: {error.strerror or error}")
            else:
                self._faults.append(f"the {self._form} data is damaged from here on")
        except Exception as error:  # zlib.error and LZMAError share no base with the others
            if type(error).__module__ not in ("zlib", "_lzma"):
                raise
            self._faults.append(f"the {self._form} data is damaged from here on")
        return None


def _reader(
    chunks: Iterator[bytes], faults: list[str], form: str | None = None
) -> io.BufferedReader:
    return io.BufferedReader(_Chunks(chunks, faults, form), CHUNK_BYTES)
