"""One server for all tests of this part; each test has the table to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.postgresql.cluster import TABLE, Server, running


@pytest.fixture(scope="session")
def _running() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def server(_running: Server) -> Server:
    with _running.connect() as connection:
        connection.execute(f'truncate "{TABLE}"')
    return _running
