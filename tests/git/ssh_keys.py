"""Keys for the tests, and a false ssh-keygen."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zumik.core.releases.signature import (
    SignatureVerdict,
)
from zumik.git.ssh_signatures import sign, verify

DATA = b'{\n  "id": "alr_2026_01_10_001"\n}\n'
NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Keys:
    """Keys made for these tests and thrown away after them."""

    root: Path

    def make(self, name: str, *more: str) -> None:
        keygen("-q", "-t", "ed25519", "-C", name, "-f", str(self.root / name), *more)

    def file(self, name: str) -> Path:
        return self.root / name

    def public(self, name: str) -> str:
        return (self.root / f"{name}.pub").read_text().strip()

    def sign(self, name: str, data: bytes = DATA) -> bytes:
        return sign(data, self.file(name), environment=os.environ, terminal=False)

    def sign_for(self, namespace: str) -> bytes:
        """A signature of Ada's that is meant for something else."""
        return keygen("-Y", "sign", "-n", namespace, "-f", str(self.file("ada")), data=DATA)


def keygen(*arguments: str, data: bytes = b"") -> bytes:
    done = subprocess.run(["ssh-keygen", *arguments], input=data, capture_output=True, check=True)
    return done.stdout


def judge(keys: Keys, allowed: str, signature: bytes | None = None) -> SignatureVerdict:
    """The verdict on Ada's signature, or on another one; `{ada}` is a key in `allowed`."""
    publics = {name: keys.public(name) for name in ("ada", "bob", "ca")}
    text = f"{allowed.format(**publics)}\n"
    return verify(DATA, signature or keys.sign("ada"), text.encode(), NOW)


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Another ssh-keygen, before everything else on PATH."""
    program = tmp_path / "bin" / "ssh-keygen"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
