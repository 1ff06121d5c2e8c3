"""Asks the implementation in JavaScript: in one process of Node, or in a real Chromium."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# A machine under load starts a browser slowly; a page that hangs must still fail.
PATIENCE = 300


class Node:
    """One process that answers a line with a line."""

    def __init__(self) -> None:
        program = shutil.which("node")
        if program is None:
            pytest.skip("there is no node on PATH")
        self._process = subprocess.Popen(
            [program, str(HERE / "node.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, question: Any) -> Any:
        """The answer to one question; null where it must be refused."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return read(self._process.stdout.readline())

    def ask_all(self, questions: Sequence[Any]) -> list[Any]:
        return [self.ask(question) for question in questions]

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)


def read(answer: str) -> Any:
    """An answer; an exception that is no refusal is a fault of the implementation."""
    found = json.loads(answer)
    assert not (isinstance(found, dict) and "crashed" in found), found["crashed"]
    return found


class _Handler(SimpleHTTPRequestHandler):
    """Serves the repository's files and the questions, and takes the answers."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def __init__(self, *given: Any, questions: bytes, answers: queue.Queue[Any]) -> None:
        self._questions, self._answers = questions, answers
        super().__init__(*given, directory=str(ROOT))

    def do_GET(self) -> None:
        if self.path != "/questions":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self._questions)))
        self.end_headers()
        self.wfile.write(self._questions)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(204)
        self.end_headers()
        self._answers.put((self.path, body))

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served(questions: Sequence[Any], answers: queue.Queue[Any]) -> Iterator[str]:
    body = "\n".join(json.dumps(question) for question in questions).encode()
    handler = partial(_Handler, questions=body, answers=answers)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tests/browser/page.html"
        finally:
            server.shutdown()
            thread.join()


class Chromium:
    """A real browser without a window, that loads a page of a loopback server."""

    def __init__(self, home: Path) -> None:
        found = [program for name in CHROMIUM if (program := shutil.which(name))]
        if not found:
            pytest.skip(f"there is none of {', '.join(CHROMIUM)} on PATH")
        self._program, self._home = found[0], home

    def ask_all(self, questions: Sequence[Any]) -> list[Any]:
        """The answers of one page load."""
        answers: queue.Queue[Any] = queue.Queue()
        with _served(questions, answers) as url, self._opened(url):
            path, body = answers.get(timeout=PATIENCE)
        assert path == "/answers", body
        return [read(answer) for answer in body.split("\n")]

    @contextmanager
    def _opened(self, url: str) -> Iterator[None]:
        options = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        if os.geteuid() == 0:
            # Chromium refuses to start its sandbox as root, which a container's user often is.
            options.append("--no-sandbox")
        process = subprocess.Popen(
            [self._program, *options, f"--user-data-dir={self._home}", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self._home)},
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()
