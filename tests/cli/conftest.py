"""Desks: temporary repositories in the states that the cases leave them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every case, played when it is asked for."""
    return Played(tmp_path_factory.mktemp("cases"))


@pytest.fixture
def desk_after(played: Played, tmp_path: Path) -> Callable[[str], Desk]:
    """A desk of one's own, as a case leaves it."""
    return lambda name: played.desk(name).copy(tmp_path / name)
