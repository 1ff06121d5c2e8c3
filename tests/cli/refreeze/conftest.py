"""Repositories in which one of two branches has landed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played
from tests.cli.refreeze.branches import CHEAPER, FASTER, Stale, land, make_branch


@pytest.fixture(scope="session")
def two_branches(
    played: Played, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[tuple[str, ...], tuple[str, ...]], Desk]:
    """The repository with both branches, by what each promotes. Made once: copy it."""

    @cache
    def made(first: tuple[str, ...], second: tuple[str, ...]) -> Desk:
        desk = played.desk("promoted").copy(tmp_path_factory.mktemp("two") / "desk")
        make_branch(desk, "faster", FASTER, first)
        make_branch(desk, "cheaper", CHEAPER, second, note="acme is cheaper")
        return desk

    return made


@pytest.fixture
def stale(two_branches: Callable[..., Desk], tmp_path: Path) -> Stale:
    """On the second branch, after the first landed with a promotion of code.fast."""

    def made(*second: str) -> Desk:
        desk = two_branches(("code.fast",), second).copy(tmp_path / "stale")
        land(desk, "faster")
        desk.git("switch", "--quiet", "cheaper")
        return desk

    return made
