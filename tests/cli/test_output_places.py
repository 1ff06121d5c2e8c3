"""`--output`: files whole or as before; stdout, pipes and devices written into; no link touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, subprocess_zumik

from zumik.transaction.file_plan import NewBytes
from zumik.transaction.output_files import write_outputs

# Each command that writes a file of its own, with `{}` for its name.
WRITERS = {
    "bundle": ("bundle", "--output", "{}"),
    "export": (
        *("export", "litellm", "--provider", "acme=openai", "--provider", "globex=openai"),
        *("-o", "{}"),
    ),
    "check": ("check", "--output", "json={}"),
    "replay": ("replay", "-", "--output", "{}"),
    "mix": ("logs", "mix", "-", "--output", "{}"),
}
LINE = (
    b'{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001", "resolved_model": '
    b'"acme/swift", "candidates_considered": 2, "resolution_reason": '
    b'"lowest_expected_latency_under_policy", "timestamp": "2026-01-11T10:00:00Z"}\n'
)
NAMES = pytest.mark.parametrize("name", WRITERS)


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after("february")


def _write(desk: Desk, name: str, output: str) -> subprocess.CompletedProcess[bytes]:
    if name == "mix":
        pytest.importorskip("duckdb")
    words = [word.format(output) for word in WRITERS[name]]
    return subprocess_zumik(desk, *words, stdin=LINE)


def _read_from(pipe: Path, into: list[bytes]) -> threading.Thread:
    reader = threading.Thread(target=lambda: into.append(pipe.read_bytes()), daemon=True)
    reader.start()
    return reader


@NAMES
def test_a_hyphen_is_stdout_and_all_else_is_said_on_stderr(name: str, desk: Desk) -> None:
    file = "result.csv" if name == "mix" else "result.jsonl"
    said = _write(desk, name, file)
    written = (desk.repo / file).read_bytes()
    done = _write(desk, name, "-")
    assert done.returncode == said.returncode
    assert not (desk.repo / "-").exists()
    if name == "bundle":
        # Two bundles differ in when they were made.
        assert json.loads(done.stdout).keys() == json.loads(written).keys()
    else:
        assert done.stdout == written
    assert len(done.stderr) > len(said.stderr) or name == "replay"


@NAMES
def test_a_pipe_is_written_into_and_stays_a_pipe(name: str, desk: Desk) -> None:
    pipe, got = desk.repo / "pipe", []
    os.mkfifo(pipe)
    reader = _read_from(pipe, got)
    done = _write(desk, name, "pipe")
    reader.join(timeout=20)
    assert done.returncode in (0, 3, 4), done
    assert pipe.is_fifo()
    assert got[0], done


@NAMES
def test_a_link_is_neither_replaced_nor_followed(name: str, desk: Desk) -> None:
    ending = "csv" if name == "mix" else "jsonl"
    (desk.repo / "theirs").write_text("before")
    link = desk.repo / f"link.{ending}"
    link.symlink_to("theirs")
    done = _write(desk, name, link.name)
    assert done.returncode == 4, done
    assert b"it is a link, which is neither replaced nor followed\n\nhint: " in done.stderr
    assert link.is_symlink()
    assert (desk.repo / "theirs").read_text() == "before"


@NAMES
@pytest.mark.parametrize("device", ["/dev/full", "/dev/stdout"])
def test_a_device_is_written_into_and_stays_a_device(name: str, device: str, desk: Desk) -> None:
    before = os.lstat(device)
    done = _write(desk, name, device)
    after = os.lstat(device)
    assert (after.st_mode, after.st_ino, after.st_rdev) == (
        before.st_mode,
        before.st_ino,
        before.st_rdev,
    )
    if device == "/dev/full":
        assert done.returncode == 4, done
        assert b"cannot write /dev/full: No space left on device" in done.stderr
    elif device == "/dev/stdout":
        assert done.stdout == _write(desk, name, "-").stdout or name == "bundle"


def test_stderr_named_as_a_file_keeps_what_it_has(desk: Desk, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    errors.write_text("before\n")
    with errors.open("ab") as stream:
        subprocess.run(
            [sys.executable, "-m", "zumik", "check", "-o", "json=/dev/stderr"],
            cwd=desk.repo,
            stderr=stream,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    text = errors.read_text()
    assert text.startswith("before\n{")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_of_ones_own_is_not_replaced(tmp_path: Path) -> None:
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o600 | 0o020000, os.makedev(1, 3))
        device.open("wb").close()
    except OSError:
        pytest.skip("no device can be made here")
    write_outputs([NewBytes(device, b"x")])
    assert device.is_char_device()


@pytest.mark.parametrize("command", [["status"], ["--help"], ["--version"], ["check"], ["init"]])
def test_a_full_disk_on_stdout_is_exit_4(command: list[str], desk: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zumik", *command],
            cwd=desk.repo,
            stdout=full,
            stderr=full,
            check=False,
        )
    assert done.returncode == 4


def test_a_full_disk_on_stderr_hides_no_exit_code(desk: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        codes = [
            subprocess.run(
                [sys.executable, "-m", "zumik", *words], cwd=desk.repo, stderr=full, check=False
            )
            for words in (["nonsense"], ["resolve", "code.fats"])
        ]
    assert [done.returncode for done in codes] == [2, 4]


def test_a_site_is_no_stream(desk: Desk) -> None:
    assert desk.zumik("pages", "build", "--out", "-").exit_code == 2
