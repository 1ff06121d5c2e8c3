"""The two engines that run the implementation in JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.engines import Chromium, Node


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    engine = Node()
    yield engine
    engine.close()


@pytest.fixture(params=["node", "chromium"])
def engine(request: Any, tmp_path: Any) -> Any:
    """Node, then Chromium."""
    return request.getfixturevalue("node") if request.param == "node" else Chromium(tmp_path)
