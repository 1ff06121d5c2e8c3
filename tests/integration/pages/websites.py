"""Web servers on loopback for a built site, which write down what they are asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple


class Website(NamedTuple):
    """A site that is served: its files, its address without an end slash, and the paths asked."""

    directory: Path
    origin: str
    asked: list[str]


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def __init__(self, *given: Any, directory: Path, asked: list[str]) -> None:
        self._asked = asked
        super().__init__(*given, directory=str(directory))

    def do_GET(self) -> None:
        self._asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(directory: Path) -> Iterator[Website]:
    """A directory under `/`, until the block ends."""
    asked: list[str] = []
    handler = partial(_Handler, directory=directory, asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Website(directory, f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()
