"""Servers for the tests of this part: most ask the same few, which nobody changes.

What needs an extra is imported by the fixtures, so that tests can be skipped without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conversation import Desk, Played

if TYPE_CHECKING:
    from tests.integration.serve.server import Server


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The workspace of this repository."""
    from tests.integration.serve.server import ROOT, serving

    with serving(tmp_path_factory.mktemp("example"), cwd=ROOT) as running:
        yield running


@pytest.fixture(scope="session")
def of_bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A bundle with two releases and two aliases, which lists aliases too."""
    from tests.integration.serve.server import ONE, both_at, serving, write_bundle

    place = tmp_path_factory.mktemp("bundle")
    write_bundle(place / "live.json", both_at(ONE))
    with serving(place, "--bundle", "live.json", "--list-aliases") as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers of one's own."""
    from tests.integration.serve.server import serving

    with ExitStack() as stack:
        count = iter(range(100))

        def begin(*arguments: str, **more: object) -> Server:
            logs = tmp_path / f"server-{next(count)}"
            return stack.enter_context(serving(logs, *arguments, **more))  # type: ignore[arg-type]

        yield begin


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file with one key in it."""
    from tests.integration.serve.server import KEY

    from zumik.serve.api_keys import hashed

    place = tmp_path / "keys"
    place.write_text(f"# who may ask\n{hashed('gateway', KEY.encode())}\n")
    return place


@pytest.fixture(scope="session")
def _played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("cases"))


@pytest.fixture
def desk(_played: Played, tmp_path: Path) -> Desk:
    """A repository with aliases that have landed."""
    return _played.desk("promoted").copy(tmp_path / "desk")
