"""Where the bundle lies, and the desks of the whole-command tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import desk_after, played

__all__ = ["desk_after", "file", "played"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "live.json"
