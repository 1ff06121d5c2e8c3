"""Long lines that a container runtime split: Docker and containerd cut at 16 KiB, and mark it.

A gateway's log with its prompts is longer than that in every second call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zumik.core.basics.foreign_json import foreign_json
from zumik.core.basics.strict_json import MalformedJson
from zumik.logs.files.log_files import MAX_ENTRY_BYTES

_PART_BYTES = 16 * 1024

_CRI = re.compile(rb"(\S+ (stdout|stderr) )([PF])((?::\S+)? )")
_DOCKER = re.compile(rb'(\{"log":")((?:[^"\\]|\\.)*+)(","stream":"(\w+)".*)', re.DOTALL)


class RuntimeParts:
    """The parts of lines that are not yet whole, by the stream that they came from."""

    def __init__(self) -> None:
        self._begun: dict[bytes, tuple[int, bytearray, bytes]] = {}

    @property
    def is_open(self) -> bool:
        """Whether more is to come."""
        return bool(self._begun)

    def after(self, lines: int) -> RuntimeParts:
        """The same, for lines that are numbered from so many lines later on."""
        parts = RuntimeParts()
        for stream, (first, begun, tail) in self._begun.items():
            parts._begun[stream] = first - lines, begun, tail
        return parts

    def add(self, number: int, data: bytes) -> tuple[int, bytes] | None:
        """The line, whole, with the number of its first part; None while more is to come."""
        if b" P" not in data[:80] and not self._begun and len(data) < _PART_BYTES:
            return number, data
        if match := _CRI.match(data):
            head, stream, flag, tail = match.groups()
            text = data[match.end() :].rstrip(b"\r\n")
            return self._joined(number, stream, head + b"F" + tail, text, b"\n", flag == b"P")
        if match := _DOCKER.match(data):
            head, text, tail, stream = match.groups()
            is_part = not text.endswith(b"\\n") and (
                stream in self._begun or len(text) >= _PART_BYTES
            )
            return self._joined(number, stream, head, text, tail, is_part)
        return number, data

    def _joined(
        self, number: int, stream: bytes, head: bytes, text: bytes, tail: bytes, is_part: bool
    ) -> tuple[int, bytes] | None:
        first, begun, _ = self._begun.pop(stream, (number, bytearray(head), b""))
        begun += text
        if is_part and len(begun) <= MAX_ENTRY_BYTES and not _is_whole(bytes(begun[len(head) :])):
            self._begun[stream] = first, begun, tail
            return None
        return first, bytes(begun) + tail

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """What was begun and never ended."""
        for first, begun, tail in self._begun.values():
            yield first, bytes(begun) + tail
        self._begun.clear()


def _is_whole(text: bytes) -> bool:
    """Whether the text of a part is JSON: some shippers drop the newline that ends a whole line."""
    if not text.rstrip().endswith((b"}", b"]")):
        return False
    try:
        inner = foreign_json(b'"' + text + b'"') if text.startswith(b'{\\"') else None
        foreign_json(text if inner is None else inner.value.encode())
    except (MalformedJson, UnicodeEncodeError):
        return False
    return True
