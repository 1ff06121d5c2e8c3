"""Signing with a key, a passphrase or an agent."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.git.ssh_keys import DATA, Keys, fake, judge

from zumik.errors import CannotRun
from zumik.git.ssh_signatures import is_intact, sign


def test_signing_twice_gives_the_same_bytes(keys: Keys) -> None:
    assert keys.sign("ada") == keys.sign("ada")


def test_a_key_with_a_passphrase_is_refused_without_a_terminal(keys: Keys) -> None:
    with pytest.raises(CannotRun, match=r"cannot sign with .*secret") as caught:
        keys.sign("secret")
    assert caught.value.hint
    assert "needs the agent or a terminal" in caught.value.hint
    assert "correct horse" not in caught.value.message
    assert "PRIVATE KEY" not in caught.value.message


def test_the_release_on_stdin_is_not_read_as_a_passphrase(keys: Keys) -> None:
    keys.make("brace", "-N", "{braces}")
    with pytest.raises(CannotRun, match="cannot sign with"):
        keys.sign("brace", b"{braces}\n}\n")


def test_a_passphrase_can_come_from_ssh_askpass(keys: Keys, tmp_path: Path) -> None:
    program = tmp_path / "askpass"
    program.write_text("#!/bin/sh\necho correct horse\n")
    program.chmod(0o700)
    chosen = {**os.environ, "SSH_ASKPASS": str(program), "SSH_ASKPASS_REQUIRE": "force"}
    signature = sign(DATA, keys.file("secret"), environment=chosen, terminal=False)
    assert is_intact(DATA, signature)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda path: None, "there is no such file"),
        (lambda path: path.write_text("not a key\n"), "cannot sign with"),
        (lambda path: path.mkdir(), "there is no such file"),
        (lambda path: path.write_text("\x1b[2J" * 10), "cannot sign with"),
    ],
)
def test_a_malformed_key_is_refused(tmp_path: Path, prepare, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "-oProxyCommand=touch ran"
    prepare(path)
    with pytest.raises(CannotRun, match=words) as caught:
        sign(DATA, path, environment=os.environ, terminal=False)
    assert caught.value.message.isprintable()


def test_a_public_key_alone_is_not_enough(keys: Keys, tmp_path: Path) -> None:
    alone = tmp_path / "alone.pub"
    alone.write_text(keys.public("ada"))
    for key in (alone, keys.public("ada")):
        with pytest.raises(CannotRun, match="No private key found for public key"):
            sign(DATA, key, environment=os.environ, terminal=False)


def test_a_key_that_others_can_read_is_refused(keys: Keys, tmp_path: Path) -> None:
    open_to_all = tmp_path / "ada"
    shutil.copy(keys.file("ada"), open_to_all)
    open_to_all.chmod(0o644)
    with pytest.raises(CannotRun, match="are too open"):
        sign(DATA, open_to_all, environment=os.environ, terminal=False)


@pytest.fixture
def agent(keys: Keys, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment with an agent that has Ada's key."""
    socket = tmp_path / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()  # it says where it listens once it does
        environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
        subprocess.run(
            ["ssh-add", "-q", str(keys.file("ada"))],
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        yield environment
        process.terminate()


def test_the_agent_signs_for_a_public_key(
    keys: Keys, tmp_path: Path, agent: dict[str, str]
) -> None:
    alone = tmp_path / "alone.pub"
    alone.write_text(keys.public("ada"))
    for key in (alone, keys.public("ada")):
        signature = sign(DATA, key, environment=agent, terminal=False)
        assert judge(keys, "ada@example.org {ada}", signature).good


@pytest.mark.parametrize(
    "body", ["exit 0", "echo hello", "cat /dev/zero | head -c 100000", "cat >/dev/null; cat $7"]
)
def test_ssh_keygens_output_is_verified(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    fake(tmp_path, monkeypatch, body)
    with pytest.raises(
        CannotRun, match=r"no signature of the release's bytes|cannot sign"
    ) as caught:
        keys.sign("ada")
    assert "PRIVATE KEY" not in caught.value.message
