"""The desks that the documents start from: the README's workspace, and a branch with a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.cli.test_bundle_fetch import web
from tests.documents.pages import block_with
from tests.documents.typed import TODAY, type_lines

__all__ = ["web"]

FIRST = "README.md", "git init --quiet --bare"
CHANGE = ".github/POLICIES.md", "git switch -c other-order"


@pytest.fixture(scope="session")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("documents"), TODAY)
    desk.repo.mkdir()
    type_lines(desk, block_with(*FIRST).commands)
    return desk


@pytest.fixture(scope="session")
def _proposed(_started: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = own(_started, tmp_path_factory.mktemp("proposed"))
    type_lines(desk, block_with(*CHANGE).commands)
    return desk


def own(desk: Desk, root: Path) -> Desk:
    """A desk like another, with a remote of its own."""
    copied = desk.copy(root)
    copied.below = desk.below
    copied.git("remote", "set-url", "origin", "../origin.git")
    copied.turns.extend(desk.turns)
    return copied


@pytest.fixture
def started(_started: Desk, tmp_path: Path) -> Desk:
    """Where the README's first aliases are live."""
    return own(_started, tmp_path / "started")


@pytest.fixture
def proposed(_proposed: Desk, tmp_path: Path) -> Desk:
    """On a branch that changes the order of code.fast, and is pushed."""
    return own(_proposed, tmp_path / "proposed")
