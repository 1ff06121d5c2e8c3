"""`zumik release sign`, and what other commands say of a signature."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.schemas.output_documents import require_valid

import zumik

RELEASE = "alr_2026_01_10_001"


@dataclass(frozen=True)
class Signing:
    """A desk with a release, and keys beside its repository that are thrown away after the test."""

    desk: Desk

    def make_key(self, name: str, passphrase: str = "") -> None:
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name]
        subprocess.run([*command, "-f", self.key(name)], check=True, stdin=subprocess.DEVNULL)

    def key(self, name: str) -> str:
        return str(self.desk.root / name)

    def public(self, name: str) -> str:
        """Type and key, without the comment."""
        return (self.desk.root / f"{name}.pub").read_text().removesuffix(f" {name}\n")

    def fingerprint(self, name: str) -> str:
        command = ["ssh-keygen", "-l", "-f", f"{self.key(name)}.pub"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]

    def allow(self, *lines: str) -> None:
        (self.desk.releases / "allowed_signers").write_text("".join(f"{line}\n" for line in lines))

    def spoil(self, namespace: str, *, nobody: bool = False) -> None:
        """Put Ada's signature of something else in the place of the release's."""
        command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", self.key("ada")]
        done = subprocess.run(command, input=b"else", capture_output=True, check=True)
        self.file.write_bytes(done.stdout)
        if not nobody:
            self.allow(f"ada@example.org {self.public('ada')}")

    @property
    def file(self) -> Path:
        (release,) = (self.desk.releases / "frozen").glob("*.json")
        return release.with_name(f"{release.name}.sig")


@pytest.fixture
def signing(desk_after: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch) -> Signing:
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    signing = Signing(desk_after("promoted"))
    signing.make_key("ada")
    signing.make_key("bob")
    return signing


def test_a_release_is_signed_beside_its_file_and_committed(signing: Signing) -> None:
    desk, key = signing.desk, signing.fingerprint("ada")
    signing.allow(f'ada@example.org namespaces="zumik-release" {signing.public("ada")}')
    done = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert done.exit_code == 0, done
    assert done.out == f"{RELEASE}  signed by ada@example.org, key {key}\n"
    commit = desk.git("rev-parse", "--short", "HEAD").strip()
    assert done.err == (
        f"\nNOT LIVE until merged to origin/main; committed as {commit}\n"
        "the commit took your edits along: releases/allowed_signers\nnext: git push\n"
        "way to traffic: push to origin/main → zumik bundle -o live.json → "
        "gateways read live.json\n"
    )
    assert desk.git("log", "-1", "--format=%s").strip() == f"Sign {RELEASE}"
    changed = desk.git("show", "--format=", "--name-status", "HEAD")
    # Who may sign lands together with the first signature, so that a check can judge it.
    assert changed == (f"A\treleases/allowed_signers\nA\treleases/frozen/{signing.file.name}\n")
    # The proof without zumik.
    who = ["-I", "ada@example.org", "-f", "releases/allowed_signers"]
    subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-n", "zumik-release", *who, "-s", str(signing.file)],
        input=signing.file.with_suffix("").read_bytes(),
        cwd=desk.repo,
        check=True,
        capture_output=True,
    )


def test_other_commands_show_the_signature(signing: Signing) -> None:
    desk = signing.desk
    before = desk.zumik("release", "show")
    assert "signed" not in before.out
    assert json.loads(desk.zumik("release", "show", "-f", "json").out)["signature"] is None
    unsigned = desk.zumik("explain", "code.fast", "-f", "json")
    assert json.loads(unsigned.out)["bytes"]["signature"] is None
    desk.zumik("release", "sign", "--key", signing.key("ada"))

    shown = desk.zumik("release", "show").out
    assert "  signed   not verified: releases/allowed_signers does not exist\n" in shown
    signing.allow(f"ada@example.org {signing.public('ada')}")
    shown = desk.zumik("release", "show").out
    assert "  signed   by ada@example.org: verified\n" in shown
    assert shown.replace("  signed   by ada@example.org: verified\n", "") == before.out
    assert json.loads(desk.zumik("release", "show", "-f", "json").out)["signature"] == {
        "state": "good",
        "reason": "an allowed signer vouches for it",
        "principal": "ada@example.org",
    }
    signing.allow(f'ada@example.org valid-before="20260101" {signing.public("ada")}')
    assert (
        "  signed   the key of ada@example.org was not valid at 2026-01-10T10:00:00Z: "
        "valid-before 20260101; zumik check judges it at the time when it landed\n"
    ) in desk.zumik("release", "show").out
    signing.allow(f"bob@example.org {signing.public('bob')}")
    assert (
        f"  signed   not verified: key {signing.fingerprint('ada')} is not in allowed_signers\n"
    ) in desk.zumik("release", "show").out

    explained = desk.zumik("explain", "code.fast")
    assert (
        "the ledger SHA256SUMS; a signature lies beside it, not verified here: zumik check\n"
    ) in explained.out
    told = json.loads(desk.zumik("explain", "code.fast", "-f", "json").out)
    assert told["bytes"]["signature"] == "not verified"


def test_without_allowed_signers_the_line_to_add_is_shown(signing: Signing) -> None:
    desk = signing.desk
    line = f'ada@example.org namespaces="zumik-release" {signing.public("ada")}'
    done = desk.zumik("release", "sign", RELEASE, "--key", signing.key("ada"))
    assert done.exit_code == 0, done
    assert done.out == f"{RELEASE}  signed by key {signing.fingerprint('ada')}\n"
    assert "make that file with this line:\n" + line + "\n" in done.err
    signing.allow(line)
    assert "verified" in desk.zumik("release", "show").out


def test_a_key_that_is_not_allowed_signs_nothing(signing: Signing) -> None:
    desk = signing.desk
    signing.allow(f"bob@example.org {signing.public('bob')}")
    before = desk.holds()
    refused = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code == 3
    assert f"key {signing.fingerprint('ada')} is not in allowed_signers" in refused.err
    line = f'ada@example.org namespaces="zumik-release" {signing.public("ada")}'
    assert refused.err.endswith(f"add this line to releases/allowed_signers: {line}\n")
    assert desk.holds() == before


def test_an_expired_key_signs_nothing(signing: Signing) -> None:
    desk = signing.desk
    signing.allow(f'ada@example.org valid-before="20260109" {signing.public("ada")}')
    before = desk.holds()
    refused = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code == 3
    assert "would not be good: the key of ada@example.org was not valid at" in refused.err
    assert desk.holds() == before


def test_a_dry_run_signs_and_writes_nothing(signing: Signing) -> None:
    desk = signing.desk
    before = desk.holds()
    arguments = ("release", "sign", "--key", signing.key("ada"), "--dry-run", "-f", "json")
    done = desk.zumik(*arguments)
    document = json.loads(done.out)
    assert require_valid(document) == "release-sign"
    assert document == {
        "schema": "zumik.release-sign/1",
        "id": RELEASE,
        "sha256": signing.file.name.split(".")[1],
        "file": signing.file.name,
        "key": signing.fingerprint("ada"),
        "signature": None,
        "status": "dry run: nothing was written",
        "dry_run": True,
        "commit": None,
        "branch": None,
        "pushed_to": None,
        "pull_request": None,
    }
    assert desk.holds() == before


def test_no_commit_writes_only_the_signature(signing: Signing) -> None:
    desk = signing.desk
    head = desk.git("rev-parse", "HEAD")
    done = desk.zumik("release", "sign", "--key", signing.key("ada"), "--no-commit")
    assert done.exit_code == 0, done
    assert "NOT LIVE until committed and merged to origin/main" in done.err
    assert signing.file.is_file()
    assert desk.git("rev-parse", "HEAD") == head


def test_a_signed_release_is_left_alone(signing: Signing) -> None:
    desk = signing.desk
    signing.allow(
        f"ada@example.org {signing.public('ada')}", f"bob@example.org {signing.public('bob')}"
    )
    desk.zumik("release", "sign", "--key", signing.key("ada"))
    before = desk.holds()
    for name in ("ada", "bob"):
        again = desk.zumik("release", "sign", "--key", signing.key(name))
        assert again.exit_code == 0
        assert again.out == (
            f"{RELEASE}  signed by ada@example.org, key {signing.fingerprint('ada')}\n"
        )
        assert again.err == (
            "\nnothing to do: it is signed already, and a release has one signature\n"
        )
        assert desk.holds() == before
    signing.allow(f'ada@example.org valid-before="20260101" {signing.public("ada")}')
    assert "zumik check judges it at the time when it landed" in desk.zumik("release", "sign").err
    (desk.releases / "allowed_signers").unlink()
    again = desk.zumik("release", "sign")
    assert again.exit_code == 0
    assert "note: not verified: releases/allowed_signers does not exist\n" in again.err


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda signing: signing.file.write_bytes(b"garbage"), "not an SSH signature"),
        (lambda signing: signing.file.write_bytes(b""), "the file is empty"),
        (lambda signing: signing.allow(f"bob@x {signing.public('bob')}"), "not in allowed_signers"),
        (lambda signing: signing.spoil("git"), "made for 'git', not for zumik-release"),
        (lambda signing: signing.spoil("zumik-release"), "not a signature of these bytes"),
        (lambda signing: signing.spoil("zumik-release", nobody=True), "not a signature of these"),
    ],
)
def test_a_bad_signature_is_never_replaced(
    signing: Signing, spoil: Callable[[Signing], object], words: str
) -> None:
    desk = signing.desk
    desk.zumik("release", "sign", "--key", signing.key("ada"))
    spoil(signing)
    before = desk.holds()
    refused = desk.zumik("release", "sign", "--key", signing.key("bob"))
    assert refused.exit_code == 3, refused
    assert f"{RELEASE} has a signature already, and it is not good: " in refused.err
    assert words in refused.err
    assert (
        f"git rm releases/frozen/{signing.file.name} && git commit, then zumik release sign"
        in refused.err
    )
    assert signing.public("ada") not in refused.err  # nobody is talked into trusting a key
    assert desk.holds() == before


@pytest.mark.parametrize("kind", ["symlink", "directory", "huge"])
def test_an_entry_that_is_not_a_file_is_not_a_signature(signing: Signing, kind: str) -> None:
    if kind == "symlink":
        signing.file.symlink_to("/etc/passwd")
    elif kind == "directory":
        signing.file.mkdir()
    else:
        signing.file.write_bytes(b"x" * 10_000)
    refused = signing.desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code in (4, 5), refused
    assert signing.file.name in refused.err


def test_a_release_that_is_not_committed_is_not_signed(signing: Signing) -> None:
    desk = signing.desk
    desk.zumik("release", "create", "--allow-unchanged", "--no-commit")
    before = desk.holds()
    refused = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code == 4
    assert "uncommitted changes in releases/frozen/" in refused.err
    assert desk.holds() == before


def test_a_hook_that_changes_the_signature_is_an_error(signing: Signing) -> None:
    desk = signing.desk
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        '#!/bin/sh\nfor f in releases/frozen/*.sig; do echo >> "$f"; git add "$f"; done\n'
    )
    hook.chmod(0o755)
    made = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert made.exit_code == 5, made
    assert "with other bytes: a hook or a filter changed them" in made.err


def test_changed_bytes_are_not_signed(signing: Signing) -> None:
    desk = signing.desk
    path = signing.file.with_suffix("")
    path.write_bytes(path.read_bytes().replace(b"acme/small", b"acme/smell"))
    refused = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code == 5
    assert not signing.file.exists()


# Which key.


def test_the_key_is_the_one_that_git_signs_with(signing: Signing) -> None:
    desk = signing.desk
    refused = desk.zumik("release", "sign")
    assert refused.exit_code == 4
    assert "git is not set up to sign with SSH" in refused.err
    desk.git("config", "user.signingkey", "~/ada")
    refused = desk.zumik("release", "sign")  # it would be a key of GnuPG
    assert "git is not set up to sign with SSH" in refused.err
    desk.git("config", "gpg.format", "ssh")
    done = desk.zumik("release", "sign", "--dry-run", HOME=str(desk.root))
    assert done.exit_code == 0, done
    assert signing.fingerprint("ada") in done.out


@pytest.mark.parametrize("prefix", ["key::", ""])
def test_a_public_key_in_gits_settings_is_looked_for_in_the_agent(
    signing: Signing, prefix: str
) -> None:
    desk = signing.desk
    desk.git("config", "gpg.format", "ssh")
    desk.git("config", "user.signingkey", prefix + signing.public("ada"))
    refused = desk.zumik("release", "sign")
    assert refused.exit_code == 4
    assert "No private key found for public key" in refused.err
    assert "ssh-add -l" in refused.err


def test_a_key_of_two_lines_in_gits_settings_is_refused(signing: Signing) -> None:
    desk = signing.desk
    desk.git("config", "gpg.format", "ssh")
    desk.git("config", "user.signingkey", "key::ssh-ed25519 AAAA\nssh-ed25519 AAAA")
    refused = desk.zumik("release", "sign")
    assert refused.exit_code == 4
    assert "user.signingkey is not a public key" in refused.err


@pytest.mark.parametrize(
    "email", ["ada example", "a,b", '"', "!ada@example.org", "-oX", "\x1b[2J", "*@x", "ü@x"]
)
def test_git_settings_cannot_inject_a_line_for_another_signer(signing: Signing, email: str) -> None:
    desk = signing.desk
    desk.git("config", "user.email", email)
    done = desk.zumik("release", "sign", "--key", signing.key("ada"), "--dry-run")
    line = f'you@example.org namespaces="zumik-release" {signing.public("ada")}'
    assert done.err.endswith(line + "\n"), done


def test_ssh_keygen_is_needed_to_sign_and_not_to_show(
    signing: Signing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = signing.desk
    signing.allow(f"ada@example.org {signing.public('ada')}")
    desk.zumik("release", "sign", "--key", signing.key("ada"), "--no-commit")
    monkeypatch.setattr("shutil.which", lambda name: None)
    shown = desk.zumik("release", "show")
    assert shown.exit_code == 0
    assert "signed   not verified: ssh-keygen was not found on this machine" in shown.out
    signing.file.unlink()
    refused = desk.zumik("release", "sign", "--key", signing.key("ada"))
    assert refused.exit_code == 4
    assert "ssh-keygen was not found" in refused.err
    assert "openssh-client" in refused.err


# The passphrase.


def test_a_passphrase_is_not_asked_for_without_a_terminal(signing: Signing) -> None:
    signing.make_key("secret", "correct horse")
    refused = signing.desk.zumik("release", "sign", "--key", signing.key("secret"))
    assert refused.exit_code == 4
    assert "needs the agent or a terminal" in refused.err
    assert not signing.file.exists()


def test_a_passphrase_is_asked_for_on_the_terminal_and_shown_nowhere(signing: Signing) -> None:
    signing.make_key("secret", "correct horse")
    code, seen = _at_terminal(
        signing, ["release", "sign", "--key", signing.key("secret"), "--no-commit"]
    )
    assert code == 0, seen
    assert "Enter passphrase" in seen
    assert "correct horse" not in seen
    assert f"signed by key {signing.fingerprint('secret')}" in seen
    assert signing.file.is_file()


def _at_terminal(signing: Signing, arguments: list[str]) -> tuple[int, str]:
    """Run zumik on a terminal of its own, and type the passphrase when it is asked for."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "zumik", *arguments],
        cwd=signing.desk.repo,
        env={**os.environ, "PYTHONPATH": str(Path(zumik.__file__).parents[1])},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    seen, typed = b"", False
    with process, os.fdopen(ours, "r+b", buffering=0) as terminal:
        while select.select([terminal], [], [], 60)[0]:
            try:
                seen += terminal.read(4096)
            except OSError:  # the other end is closed
                break
            if b"passphrase" in seen and not typed:
                terminal.write(b"correct horse\n")
                typed = True
        else:
            process.kill()
    return process.returncode, seen.decode()
