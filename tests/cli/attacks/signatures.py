"""A missing, foreign or stray signature, and an unreadable list of signers."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cli.attacks.case import DAY, Case
from tests.cli.attacks.edits import append, commit, freeze, frozen, land, relative, write
from tests.cli.conversation import Desk


def unsigned(desk: Desk) -> None:
    """The base demands signatures; the branch freezes without one, and switches that off."""
    require_signatures(desk)
    freeze(desk)
    append(desk, "releases/zumik.yaml", "# nothing to see here\n")
    path = desk.releases / "zumik.yaml"
    kept = [line for line in path.read_text().splitlines() if "signatures" not in line]
    write(desk, relative(desk, path), "\n".join(kept) + "\n")


def signed_by_a_stranger(desk: Desk) -> None:
    require_signatures(desk)
    freeze(desk)
    key = make_key(desk, "stranger")
    path = frozen(desk, -1)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "zumik-release", path],
        check=True,
        capture_output=True,
    )
    commit(desk, "Sign")


def require_signatures(desk: Desk) -> None:
    key = make_key(desk, "release-manager")
    public = key.with_suffix(".pub").read_text()

    def work(desk: Desk) -> None:
        write(desk, "releases/allowed_signers", f'manager namespaces="zumik-release" {public}')
        append(desk, "releases/zumik.yaml", "signatures: {required: true}\n")

    land(desk, work)
    desk.git("reset", "--quiet", "--hard", "origin/main")


def make_key(desk: Desk, name: str) -> Path:
    path = desk.root / name
    arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True)
    return path


CASES = {
    "unsigned": Case(
        "a new release has no signature, and the branch switches the rule off",
        unsigned,
        {"unsigned-release"},
        warnings=frozenset({"settings-changed"}),
    ),
    "signed-by-a-stranger": Case(
        "a new release is signed by somebody who may not", signed_by_a_stranger, {"bad-signature"}
    ),
    "stray-signature": Case(
        "a signature has no release beside it",
        lambda desk: write(desk, f"releases/frozen/{DAY}_001.{'0' * 64}.json.sig", "hello\n"),
        {"stray-signature"},
    ),
    "signature-junk": Case(
        "the signature file of a release holds no signature",
        lambda desk: write(desk, f"{relative(desk, frozen(desk))}.sig", "hello\n" * 3000),
        {"bad-signature"},
    ),
    "signers-unreadable": Case(
        "allowed_signers holds no signers",
        lambda desk: write(desk, "releases/allowed_signers", "hello world\n"),
        {"bad-allowed-signers"},
    ),
}
