"""The example's site, built once and served, and a browser that reads it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.integration.pages.example_pages import build_site
from tests.integration.pages.reader import Reader, chromium
from tests.integration.pages.websites import Website, served

# The tests import it by themselves, so that without the extra they are not even collected.
collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the example."""
    return build_site(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="package")
def site(built: Path) -> Iterator[Website]:
    with served(built) as website:
        yield website


@pytest.fixture
def own_site(built: Path, tmp_path: Path) -> Iterator[Website]:
    """A copy that the test may damage."""
    directory = shutil.copytree(built, tmp_path / "site")
    with served(directory) as website:
        yield website


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # It ends with this folder: while it runs, asyncio has a loop that other tests must not meet.
    with sync_playwright() as playwright, chromium(playwright) as found:
        yield found


@pytest.fixture
def reader_of(browser: Any) -> Iterator[Callable[..., Reader]]:
    """Makes readers of a site, by the options of a browser's context; none may have a fault."""
    readers: list[Reader] = []
    with ExitStack() as contexts:

        def make(origin: str, **options: Any) -> Reader:
            context = browser.new_context(**{"locale": "en-GB", **options})
            contexts.callback(context.close)
            readers.append(Reader(context, origin))
            return readers[-1]

        yield make
        for reader in readers:
            assert reader.faults == []


@pytest.fixture
def reader(site: Website, reader_of: Callable[..., Reader]) -> Reader:
    return reader_of(site.origin)
