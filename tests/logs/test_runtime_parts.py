"""Lines that Docker and containerd split at 16 KiB are read as the one line that they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.logs.verdicts import DAMAGE, lines_in, said_of

from zumik.core.decisions.log_line import read_log_line
from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_in
from zumik.logs.counted.counted_calls import counted_calls_in

GOOD = lines_in(DAMAGE[0])[0][1].decode()
READ = read_log_line(GOOD.encode())
LONG = (
    f'{{"call_type": "x", "messages": "{"é" * 30_000}", '
    f'"metadata": {{"spend_logs_metadata": {GOOD}}}}}'
)


def docker(text: str, stream: str = "stdout") -> str:
    fields = {"log": text, "stream": stream, "time": "2026-11-28T03:02:51.57Z"}
    return json.dumps(fields, separators=(",", ":")) + "\n"


def docker_parts(text: str, stream: str = "stdout") -> list[str]:
    text += "\n"
    return [docker(text[at : at + 16_384], stream) for at in range(0, len(text), 16_384)]


def cri_parts(text: str, stream: str = "stdout") -> list[str]:
    head = f"2026-11-28T03:02:51.570000000Z {stream} "
    parts = [text[at : at + 16_384] for at in range(0, len(text), 16_384)]
    flags = ["P"] * (len(parts) - 1) + ["F"]
    return [f"{head}{flag} {part}\n" for flag, part in zip(flags, parts, strict=True)]


Parts = Callable[..., list[str]]


@pytest.mark.parametrize("parts", [docker_parts, cri_parts])
def test_parts_are_joined_also_where_two_streams_mix(parts: Parts, tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    one, other = parts(LONG), parts(LONG, "stderr")
    mixed = [line for pair in zip(one, other, strict=True) for line in pair]
    log.write_text("".join([*parts(GOOD), *mixed, *parts(GOOD)]))
    assert said_of(log) == [READ] * 4
    assert [call.place.line for call in calls_in([str(log)])] == [1, 2, 3, 2 + len(mixed)]


@pytest.mark.parametrize("parts", [docker_parts, cri_parts])
def test_a_line_whose_last_part_is_missing_is_refused(parts: Parts, tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_text("".join([*parts(GOOD), *parts(LONG)[:-1]]))
    good, fault = said_of(log)
    assert good == READ
    assert isinstance(fault, str)
    assert fault.startswith("not JSON: ")


def test_a_long_line_that_a_shipper_left_without_its_newline_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_text(docker(LONG) + docker(GOOD) + docker(LONG) + docker(GOOD))
    assert said_of(log) == [READ] * 4


def test_calls_that_are_counted_are_joined_too(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_text("".join([*docker_parts(GOOD), *docker_parts(LONG), *docker_parts(GOOD)]))
    items = list(counted_calls_in([str(log)], TokenEdges((), (), ())))
    assert sum(item.calls for item in items if isinstance(item, LoggedCall)) == 3
    assert {item.decision for item in items if isinstance(item, LoggedCall)} == {READ}
