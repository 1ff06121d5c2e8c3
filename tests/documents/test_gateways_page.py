"""GATEWAYS.md: the bundle, LiteLLM's configuration, and the answers over HTTP and in Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.cli.test_bundle_fetch import Web
from tests.documents.pages import block_with
from tests.documents.typed import place_of, type_lines

import zumik

PAGE = ".github/GATEWAYS.md"
SOURCE = Path(zumik.__file__).parents[1]


def test_the_bundle_is_written_and_fetched(started: Desk, web: Web) -> None:
    (made,) = type_lines(started, block_with(PAGE, "zumik bundle -o").commands)
    assert "9 live aliases" in made.out
    web.files["/live.json"] = (place_of(started) / "live.json").read_bytes()
    (line,) = block_with(PAGE, "zumik bundle --fetch URL").commands
    (place_of(started) / "live.json").unlink()
    (fetched,) = type_lines(started, [line.replace("URL", web.url)])
    assert "9 live aliases" in fetched.out


def test_the_configuration_of_litellm_is_written(started: Desk) -> None:
    type_lines(started, block_with(PAGE, "litellm --bundle live.json -o config").commands)
    written = (place_of(started) / "config.yaml").read_text()
    keys = set(re.findall(r"os\.environ/(\w+_API_KEY)", written))
    named = re.findall(r"(\w+_API_KEY)=", block_with(PAGE, "litellm --config config.yaml &").text)
    assert {*named} <= keys


def test_an_own_configuration_has_the_lines_that_are_wanted(started: Desk) -> None:
    (line,) = block_with(PAGE, "litellm --config config.yaml -o").commands
    config = place_of(started) / "config.yaml"
    config.write_text("model_list: []\n")
    assert started.say(line).exit_code == 3
    config.write_text(block_with(PAGE, "include: [").text)
    type_lines(started, [line])


def test_python_answers_from_the_bundle(started: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place_of(started))
    names: dict[str, object] = {}
    exec(block_with(PAGE, "from zumik import Resolver").text, names)
    assert names["decision"].model == "anthropic/claude-haiku-5-5"  # type: ignore[attr-defined]


@contextmanager
def served(desk: Desk, line: str) -> Iterator[int]:
    """The server that a line starts, on loopback and at a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = line.replace("--host 0.0.0.0 ", "").split()[1:]
    process = subprocess.Popen(
        [sys.executable, "-m", "zumik", *words, "--port", str(port)],
        cwd=place_of(desk),
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)


def ask(line: str, port: int, *more: str) -> dict[str, object]:
    """The answer to the page's question."""
    command = [*line.replace("8642", str(port)).split(" ", 1)]
    done = subprocess.run(
        ["bash", "-c", f"{command[0]} --silent {' '.join(more)} {command[1]}"],
        capture_output=True,
        check=True,
        text=True,
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_http_answers_with_and_without_keys(started: Desk) -> None:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    start = block_with(PAGE, "zumik serve --bundle live.json\n").commands[0]
    question = block_with(PAGE, "/v2/resolve").commands[0]
    with served(started, start) as port:
        assert ask(question, port)["resolved_model"] == "anthropic/claude-haiku-5-5"
    made, guarded = block_with(PAGE, "--hash-key").commands
    zumik_here = f'zumik() {{ PYTHONPATH="{SOURCE}" "{sys.executable}" -m zumik "$@"; }}; {made}'
    subprocess.run(["bash", "-c", zumik_here], cwd=place_of(started), check=True)
    key = (place_of(started) / "key").read_text().strip()
    with served(started, guarded) as port:
        assert "resolved_model" not in ask(question, port)
        authorized = ask(question, port, f"-H 'authorization: Bearer {key}'")
        assert authorized["resolved_model"] == "anthropic/claude-haiku-5-5"
