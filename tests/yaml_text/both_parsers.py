"""What the reader makes of a text with libyaml, held to what it makes of it without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from zumik.yaml_text import reader
from zumik.yaml_text.reader import Reading, read_yaml


@contextmanager
def without_libyaml() -> Iterator[None]:
    with patch.object(reader, "libyaml_events", lambda text: None):
        yield


def everything(reading: Reading) -> object:
    """Values with their types, every offset of every value, and the findings."""
    document = reading.document
    if document is None:
        return reading.findings
    return repr(document.value), document._marks.tolist(), document.text, reading.findings


def assert_both_agree(data: bytes) -> None:
    found = everything(read_yaml("f", data))
    with without_libyaml():
        assert found == everything(read_yaml("f", data))
