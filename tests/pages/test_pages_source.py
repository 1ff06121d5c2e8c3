"""What pages read of a workspace: bytes are published only where they are what their name says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.benchmarks.workspaces import write_line

from zumik.actions.session import Session
from zumik.actions.site.pages_source import PagesSource
from zumik.core.releases.release import digest_of
from zumik.errors import IntegrityError


def test_published_bytes_are_those_that_the_name_of_the_file_says(tmp_path: Path) -> None:
    root = write_line(tmp_path / "releases", releases=2)
    source = PagesSource(Session(root))
    first, second = source.releases
    data = source.release_bytes(first)
    assert data is not None
    assert digest_of(data) == source.ref(first).sha256
    file = root / "frozen" / source.ref(second).file_name
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"Number 1", b"Number 7"))
    with pytest.raises(IntegrityError, match="the bytes hash to"):
        PagesSource(Session(root)).release_bytes(second)
