"""A forge that a branch has landed on, and jobs that check out from it as GitHub's runner does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.action.jobs import Forge, Job
from tests.cli.conftest import desk_after, played
from tests.cli.conversation import Desk, Played

__all__ = ["desk_after", "played"]


@pytest.fixture
def forge(desk_after: Callable[[str], Desk], tmp_path: Path) -> Forge:
    """The state after `february`, pushed; the desk is on a branch of it, ten days later."""
    return Forge.of(desk_after("february"), tmp_path)


@pytest.fixture(scope="module")
def pull_request(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A release pull request, for tests that only ask about it and change nothing."""
    place = tmp_path_factory.mktemp("forge")
    forge = Forge.of(played.desk("february").copy(place / "february"), place)
    forge.freeze()
    return forge.pull_request()
