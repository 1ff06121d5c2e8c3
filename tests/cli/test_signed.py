"""Signatures as the check sees them: at the time they landed, by the signers of that time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cli.attacks.case import BRANCH, prepare
from tests.cli.attacks.edits import freeze, frozen, relative, write
from tests.cli.conversation import Desk

ALLOWED = "releases/allowed_signers"


def _key(desk: Desk, name: str = "manager") -> Path:
    path = desk.root / name
    arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True)
    return path


def _allow(desk: Desk, key: Path, options: str = "") -> None:
    public = key.with_suffix(".pub").read_text()
    write(desk, ALLOWED, f'{key.name} namespaces="zumik-release"{options} {public}')


def _push(desk: Desk) -> None:
    desk.git("push", "--quiet", "origin", "HEAD:main")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """Signatures are required, and a release is signed by somebody whose key is good till March."""
    desk = prepare(desk_after("february"))
    settings = desk.releases / "zumik.yaml"
    write(desk, relative(desk, settings), settings.read_text() + "signatures: {required: true}\n")
    _allow(desk, _key(desk), ',valid-before="20260301"')
    _push(desk)
    freeze(desk)
    return desk


def _sign(desk: Desk) -> None:
    done = desk.zumik("release", "sign", "--key", str(desk.root / "manager"))
    assert done.exit_code == 0, done


def _codes(desk: Desk, *arguments: str) -> list[str]:
    out = desk.zumik("check", *arguments).out
    return [line.rsplit("[", 1)[1].rstrip("]") for line in out.splitlines() if line.endswith("]")]


def test_a_draft_needs_a_signature_and_one_is_enough(desk: Desk) -> None:
    assert _codes(desk) == _codes(desk, "--base", "origin/main") == ["unsigned-release"]
    _sign(desk)
    assert _codes(desk) == _codes(desk, "--base", "origin/main") == []


def test_releases_landed_before_signatures_were_required_need_none(desk: Desk) -> None:
    _sign(desk)
    assert _codes(desk, "--full") == []


def test_an_expired_key_keeps_its_signatures_and_signs_nothing_new(desk: Desk) -> None:
    _sign(desk)
    _push(desk)
    desk.now += timedelta(days=60)
    assert _codes(desk, "--full") == []
    freeze(desk)
    name = frozen(desk, -1)
    arguments = ["-q", "-Y", "sign", "-n", "zumik-release", "-f", str(desk.root / "manager"), name]
    subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Sign with what expired")
    assert _codes(desk, "--base", "origin/main") == ["bad-signature"]
    assert _codes(desk, "--full") == ["bad-signature"]


def test_a_removed_key_leaves_landed_releases_valid(desk: Desk) -> None:
    _sign(desk)
    _push(desk)
    _allow(desk, _key(desk, "successor"))
    _push(desk)
    assert _codes(desk, "--full") == []


def test_a_branch_cannot_allow_its_own_key(desk: Desk) -> None:
    stranger = _key(desk, "stranger")
    _allow(desk, stranger)
    done = desk.zumik("release", "sign", "--key", str(stranger))
    assert done.exit_code == 0, done
    assert sorted(_codes(desk, "--base", "origin/main")) == ["bad-signature", "settings-changed"]


def test_a_backdated_commit_does_not_revive_an_expired_key(desk: Desk) -> None:
    """Signed and landed by a thief after the key expired, in a commit dated before."""
    desk.now += timedelta(days=60)
    freeze(desk)
    name = frozen(desk, -1)
    arguments = ["-q", "-Y", "sign", "-n", "zumik-release", "-f", str(desk.root / "manager"), name]
    subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True)
    desk.now -= timedelta(days=60)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Sign, and say it was in February")
    _push(desk)
    desk.now += timedelta(days=60)
    assert "bad-signature" in _codes(desk, "--full")


def test_a_signature_changed_after_landing_is_found(desk: Desk) -> None:
    _sign(desk)
    _push(desk)
    desk.git("rm", "--quiet", f"{relative(desk, frozen(desk, -1))}.sig")
    desk.git("commit", "--quiet", "--message", "Unsign")
    assert _codes(desk, "--base", "origin/main", "--head", BRANCH) == ["signature-changed"]
