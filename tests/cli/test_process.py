"""Zumik as a process of its own: exit codes, streams that are closed or full, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest
from tests.cli.conversation import Desk, subprocess_zumik

import zumik
import zumik.__main__
import zumik.cli.main
from zumik.processors import starting_processes

ENV = {"PYTHONPATH": str(Path(zumik.__file__).parents[1])}
LINE = (
    b'{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001", '
    b'"resolved_model": "acme/small"}\n'
)


def shell(desk: Desk, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script in which `zumik` is this one."""
    return subprocess.run(
        ["bash", "-c", f'zumik() {{ "{sys.executable}" -m zumik "$@"; }}\n{script}'],
        cwd=desk.repo,
        env={**os.environ, **ENV, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["resolve", "code.fast"], 0),
        (["--version"], 0),
        (["--help"], 0),
        ([], 2),
        (["frobnicate"], 2),
        (["resolve", "code.fast", "--input-tokens", "2000000"], 3),
        (["explain", "code.slow@alr_2026_01_10_001"], 4),
    ],
    ids=str,
)
def test_the_process_exits_with_the_command_s_code(
    arguments: list[str], code: int, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    done = subprocess_zumik(desk, *arguments)
    assert done.returncode == code, done
    assert b"Traceback" not in done.stderr
    # The same words as in this process.
    turn = desk.zumik(*arguments)
    assert (turn.exit_code, turn.out) == (code, done.stdout.decode())


def test_commands_work_together_in_a_shell(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("small")
    script = """
        set -e
        zumik release create --note first >/dev/null
        zumik alias promote --all --latest >/dev/null
        zumik resolve code.fast --format json | zumik explain - | head -1
        zumik resolve code.fast --format json | zumik replay
        zumik check
    """
    done = shell(desk, script)
    assert done.returncode == 0, done
    assert "→ acme/small   reproduced\n" in done.stdout
    assert "1 call: 1 reproduced; served: 1 not logged\n" in done.stdout
    assert desk.git("status", "--porcelain") == ""


def test_a_closed_pipe_is_not_an_error(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    (desk.root / "log").write_bytes(LINE * 5000)
    done = shell(desk, 'zumik replay ../log | head -1; echo "${PIPESTATUS[@]}"')
    assert done.stdout.splitlines()[-1] == "0 0"
    assert done.stderr == ""


def test_a_full_disk_behind_stdout_is_an_error(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    done = shell(desk, "zumik alias list > /dev/full")
    assert done.returncode == 4, done
    assert done.stderr.startswith("error: No space left on device\n\nhint: ")
    assert "Traceback" not in done.stderr


def test_a_folder_that_was_deleted_is_an_error(desk_after: Callable[[str], Desk]) -> None:
    script = "mkdir away && cd away && rmdir ../away && zumik replay x.jsonl"
    done = shell(desk_after("promoted"), script)
    assert done.returncode == 4
    assert done.stderr == (
        "error: the current folder was deleted\n\nhint: cd to a folder that exists\n"
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
@pytest.mark.parametrize("command", ["alias list", "explain -", "replay", "stat", "status"])
def test_a_closed_stream_is_not_a_bug(
    command: str, closed: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    done = shell(desk, f"zumik {command} {closed}")
    assert done.returncode in (0, 2, 4), done
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "cp437"])
def test_an_ascii_terminal_gets_escapes(encoding: str, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    for arguments in (["explain", "code.fast"], ["release", "create"], ["plan"]):
        done = subprocess_zumik(desk, *arguments, PYTHONIOENCODING=encoding)
        assert done.returncode == 0, done
    shown = subprocess_zumik(desk, "explain", "code.fast", PYTHONIOENCODING=encoding).stdout
    assert b"code.fast@alr_2026_01_10_001 \\u2192 acme/small" in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_exits_130(
    number: signal.Signals, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    with subprocess.Popen(
        [sys.executable, "-m", "zumik", "replay", "--each", "-"],
        cwd=desk.repo,
        env={**os.environ, **ENV},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A test run in the background of a shell ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(LINE)
        process.stdin.flush()
        assert b"reproduced" in process.stdout.readline()  # now it waits for the next line
        process.send_signal(number)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"interrupted\n")


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), 130])
def test_ctrl_c_is_one_line_wherever_it_is_pressed(
    raised: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app(*_: object, **__: object) -> object:
        if isinstance(raised, BaseException):
            raise raised
        return raised

    monkeypatch.setattr(zumik.cli.main, "app", app)
    assert zumik.cli.main.run(["status"]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert zumik.cli.main.run(["status", "--format", "json"]) == 130
    assert json.loads(capsys.readouterr().err)["kind"] == "interrupted"


def test_ctrl_c_while_zumik_is_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(zumik.cli.main, "main", main)
    with pytest.raises(SystemExit) as ended:
        zumik.__main__.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_process_that_is_started_for_work_does_not_see_ctrl_c() -> None:
    code = "import signal; print(signal.SIGINT in signal.pthread_sigmask(0, ()))"
    with starting_processes():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_count_that_is_ended_leaves_no_table(desk_after: Callable[[str], Desk]) -> None:
    """A service manager ends a command by SIGTERM, and the table may be larger than the memory."""
    pytest.importorskip("ibis", reason="needs the extra logs")
    desk = desk_after("promoted")
    folder = desk.root / "temporary"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "zumik", "logs", "mix", "-"],
        cwd=desk.repo,
        env={**os.environ, **ENV, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while process.poll() is None and not list(folder.glob("*/calls.duckdb")):
            sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"interrupted\n")
    assert not list(folder.iterdir())


@pytest.mark.parametrize("refresh", [None, "quiet"])
def test_a_missing_git_stops_only_commands_that_need_it(
    refresh: str | None, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    before = desk.holds()
    nowhere = {"PATH": str(desk.root / "nowhere")}
    env = nowhere | ({"GIT_PYTHON_REFRESH": refresh} if refresh else {})
    for arguments in (
        ["release", "create", "--allow-unchanged"],
        ["alias", "rollback", "code.fast"],
        ["alias", "history", "code.fast"],
    ):
        refused = subprocess_zumik(desk, *arguments, **env)
        assert refused.returncode == 4, refused
        assert b"error: git" in refused.stderr, refused
        assert b"\n\nhint: " in refused.stderr, refused
        assert b"Traceback" not in refused.stderr
    for arguments in (
        ["explain", "code.fast"],
        ["explain", "-"],
        ["resolve", "code.fast"],
        ["alias", "list"],
        ["status"],
        ["plan"],
        ["check"],
    ):
        done = subprocess_zumik(desk, *arguments, stdin=LINE, **env)
        assert done.returncode == 0, done
    assert desk.holds() == before
    assert (
        subprocess_zumik(
            desk, "release", "create", "--allow-unchanged", "--no-commit", **env
        ).returncode
        == 0
    )
