"""Signing with the real ssh-keygen: what is good, and everything that is not."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zumik.core.releases.signature import (
    MAX_SIGNATURE_BYTES,
    SignatureState,
    SignatureVerdict,
    SignedBytes,
)
from zumik.errors import CannotRun
from zumik.git import ssh_signatures
from zumik.git.ssh_signatures import is_intact, judge_signatures, sign, verify

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


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    keys = Keys(tmp_path_factory.mktemp("keys"))
    for name in ("ada", "bob", "ca"):
        keys.make(name, "-N", "")
    keys.make("secret", "-N", "correct horse")
    names = ["-I", "ada", "-n", "ada@example.org", "-V", "20250101:20300101"]
    keygen("-q", "-s", str(keys.file("ca")), *names, str(keys.file("ada.pub")))
    return keys


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def judge(keys: Keys, allowed: str, signature: bytes | None = None) -> SignatureVerdict:
    """The verdict on Ada's signature, or on another one; `{ada}` is a key in `allowed`."""
    publics = {name: keys.public(name) for name in ("ada", "bob", "ca")}
    text = f"{allowed.format(**publics)}\n"
    return verify(DATA, signature or keys.sign("ada"), text.encode(), NOW)


@pytest.mark.parametrize(
    "allowed",
    [
        "ada@example.org {ada}",
        'ada@example.org namespaces="zumik-release" {ada}',
        'ada@example.org namespaces="git,zumik-*" {ada}',
        'ada@example.org valid-after="20260110090000",valid-before="20260110090001Z" {ada}',
        'ada@example.org valid-before="20260110" {ada}\nada@example.org {ada}',
        "bob@example.org {bob}\n\n# a line that cannot be read\noops\nada@example.org {ada}",
        "ca@example.org cert-authority {ada}\nada@example.org {ada}",
        "!eve@example.org,ada@example.org {ada}",
    ],
)
def test_a_signature_of_an_allowed_signer_is_good(keys: Keys, allowed: str) -> None:
    verdict = judge(keys, allowed)
    assert verdict == SignatureVerdict(
        SignatureState.GOOD, "an allowed signer vouches for it", "ada@example.org"
    )
    assert verdict.good


def test_a_principal_may_be_a_pattern(keys: Keys) -> None:
    assert judge(keys, "*@example.org {ada}").principal == "*@example.org"


NOT_GOOD = [
    ("wrong key", "bob@example.org {bob}", SignatureState.UNKNOWN_SIGNER, "SHA256:.* is not in"),
    ("no signer", "", SignatureState.UNKNOWN_SIGNER, "which lists no signer"),
    ("comment", "# ada@example.org {ada}", SignatureState.UNKNOWN_SIGNER, "which lists no signer"),
    (
        "unread",
        "bob@example.org {bob}\noops\n?",
        SignatureState.UNKNOWN_SIGNER,
        "cannot be read: 2, 3",
    ),
    (
        "unknown option",
        'ada@example.org trusted="yes" {ada}',
        SignatureState.UNKNOWN_SIGNER,
        "does not let ada@example.org sign",
    ),
    (
        "other namespace",
        'ada@example.org namespaces="git" {ada}',
        SignatureState.UNKNOWN_SIGNER,
        "does not let ada@example.org sign for zumik-release",
    ),
    (
        "authority",
        "ada@example.org cert-authority {ada}",
        SignatureState.UNKNOWN_SIGNER,
        "cert-authority",
    ),
    (
        "negated",
        "!ada@example.org,ada@example.org {ada}",
        SignatureState.UNKNOWN_SIGNER,
        "does not let",
    ),
    (
        "expired",
        'ada@example.org valid-before="20260110085959" {ada}',
        SignatureState.NOT_VALID_THEN,
        "not valid at 2026-01-10T09:00:00Z: valid-before 20260110085959",
    ),
    (
        "not yet",
        'ada@example.org valid-after="20260110090001Z" {ada}',
        SignatureState.NOT_VALID_THEN,
        "valid-after 20260110090001Z",
    ),
]


@pytest.mark.parametrize(
    ("allowed", "state", "words"), [row[1:] for row in NOT_GOOD], ids=[row[0] for row in NOT_GOOD]
)
def test_a_signature_of_another_key_is_not_good(
    keys: Keys, allowed: str, state: SignatureState, words: str
) -> None:
    verdict = judge(keys, allowed)
    assert verdict.state is state
    assert re.search(words, verdict.reason), verdict
    assert not verdict.good


def damaged(signature: bytes, change: str) -> bytes:
    body = signature.splitlines(keepends=True)
    return {
        "cut": b"".join(body[:-1]),
        "cut inside": b"".join([*body[:3], body[-1]]),
        "flipped": signature[:-60]
        + (b"A" if signature[-60:-59] != b"A" else b"B")
        # The last lines hold the signature proper, and no longer the key.
        + signature[-59:],
        "garbage": os.urandom(300),
        "empty": b"",
        "huge": signature + b"\n" * MAX_SIGNATURE_BYTES,
        "with more": b"Subject: hello\n\n" + signature,
    }[change]


@pytest.mark.parametrize(
    "change", ["cut", "cut inside", "flipped", "garbage", "empty", "huge", "with more"]
)
def test_a_damaged_signature_is_bad(keys: Keys, change: str) -> None:
    allowed = f"ada@example.org {keys.public('ada')}\n".encode()
    signature = damaged(keys.sign("ada"), change)
    assert verify(DATA, signature, allowed, NOW).state is SignatureState.BAD
    assert not is_intact(DATA, signature)


@pytest.mark.parametrize("data", [b"", DATA + b" ", DATA[:-1], DATA.replace(b"1", b"2")])
def test_a_signature_of_other_bytes_is_bad(keys: Keys, data: bytes) -> None:
    allowed = f"ada@example.org {keys.public('ada')}\n".encode()
    verdict = verify(data, keys.sign("ada"), allowed, NOW)
    assert verdict == SignatureVerdict(
        SignatureState.BAD, "not a signature of these bytes", "ada@example.org"
    )
    assert not is_intact(data, keys.sign("ada"))


@pytest.mark.parametrize("namespace", ["git", "zumik-release ", "zumik-releases", "file"])
def test_a_signature_for_another_namespace_is_bad(keys: Keys, namespace: str) -> None:
    verdict = judge(keys, "ada@example.org {ada}", keys.sign_for(namespace))
    assert verdict == SignatureVerdict(
        SignatureState.BAD, f"made for '{namespace}', not for zumik-release"
    )


@pytest.mark.parametrize(
    "allowed", ["ada@example.org cert-authority {ca}", "ada@example.org {ada}"]
)
def test_a_signature_with_a_certificate_is_not_good(keys: Keys, allowed: str) -> None:
    signature = keys.sign("ada-cert.pub")
    verdict = judge(keys, allowed, signature)
    assert verdict.state is SignatureState.UNKNOWN_SIGNER
    assert "certificate" in verdict.reason


def test_an_absent_signature_is_missing(keys: Keys) -> None:
    allowed = f"ada@example.org {keys.public('ada')}\n".encode()
    assert verify(DATA, None, allowed, NOW).state is SignatureState.MISSING


def test_an_expired_key_s_older_signatures_stay_good_and_a_removed_key_s_do_not(keys: Keys) -> None:
    allowed = f'ada@example.org valid-before="20260201" {keys.public("ada")}\n'.encode()
    signature = keys.sign("ada")
    january, february = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 2))
    items = [SignedBytes(DATA, signature, at) for at in (january, february, january)]
    states = [verdict.state for verdict in judge_signatures(items, allowed)]
    assert states == [SignatureState.GOOD, SignatureState.NOT_VALID_THEN, SignatureState.GOOD]
    assert verify(DATA, signature, b"", january).state is SignatureState.UNKNOWN_SIGNER


def test_the_time_zone_of_a_machine_changes_no_verdict(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = 'ada@example.org valid-after="202601100900",valid-before="202601100901" {ada}'
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        assert judge(keys, line).good


@pytest.mark.parametrize("second", [1, 0, -5])
def test_the_earliest_time_is_accepted(keys: Keys, second: int) -> None:
    at = datetime.fromtimestamp(second, UTC)
    for option, state in (
        ("before", SignatureState.GOOD),
        ("after", SignatureState.NOT_VALID_THEN),
    ):
        line = f'ada@example.org valid-{option}="20200101" {keys.public("ada")}\n'
        assert verify(DATA, keys.sign("ada"), line.encode(), at).state is state


def test_a_time_without_a_zone_is_a_bug(keys: Keys) -> None:
    with pytest.raises(ValueError, match="zone"):
        verify(DATA, keys.sign("ada"), b"", NOW.replace(tzinfo=None))


# ssh-keygen itself: missing, broken, or lying.


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Another ssh-keygen, before everything else on PATH."""
    program = tmp_path / "bin" / "ssh-keygen"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("exit 0", "exit 0"),
        ("echo Good signature", "exit 0"),
        ("kill -SEGV $$", "exit -11"),
        ("echo Could not verify signature.; kill -SEGV $$", "exit -11"),
        ("printf 'No user exists for uid 7\\n\\033[2J' >&2; exit 255", r"for uid 7; \\x1b\[2J"),
        ("echo 'Good \"zumik-release\" signature for ada@example.org'; exit 1", "exit 1"),
    ],
)
def test_without_a_positive_answer_the_signature_is_not_good(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    signature = keys.sign("ada")
    fake(tmp_path, monkeypatch, body)
    verdict = judge(keys, "ada@example.org {ada}", signature)
    assert verdict.state is SignatureState.NOT_JUDGED
    assert re.search(f"ssh-keygen did not say yes or no: .*{words}", verdict.reason), verdict
    assert not is_intact(DATA, signature)


def test_an_ssh_keygen_that_hangs_times_out(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = keys.sign("ada")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # A program of its own, as one that asks for a passphrase is, waits for what never comes.
    fake(tmp_path, monkeypatch, f"(exec 3<>'{pipe}'; read never <&3) & wait")
    monkeypatch.setattr(ssh_signatures, "_SECONDS", 0.5)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    verdict = judge(keys, "ada@example.org {ada}", signature)
    assert verdict.state is SignatureState.NOT_JUDGED
    assert "did not answer" in verdict.reason
    with pytest.raises(CannotRun, match="no signature with"):
        keys.sign("ada")
    # Nobody has the pipe open any more: that program ended too.
    assert select.select([reader], [], [], 30)[0]
    os.close(reader)


def test_environment_and_settings_do_not_change_a_verdict(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature, seen = keys.sign("ada"), tmp_path / "seen"
    fake(tmp_path, monkeypatch, "")
    (tmp_path / "bin" / "ssh-keygen").write_text(f"""\
#!{sys.executable}
import json, os, sys
files = [sys.argv[sys.argv.index(option) + 1] for option in ("-f", "-s")]
modes = [oct(os.stat(path).st_mode) for path in [*files, os.path.dirname(files[0])]]
with open({str(seen)!r}, "w") as file:
    json.dump([dict(os.environ), modes], file)
""")
    monkeypatch.setenv("SSH_SK_PROVIDER", "/tmp/evil.so")
    previous = os.umask(0)
    try:
        assert judge(keys, "ada@example.org {ada}", signature).state is SignatureState.NOT_JUDGED
    finally:
        os.umask(previous)
    environment, modes = json.loads(seen.read_text())
    assert environment.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"  # Python's own doing
    assert environment == {"TZ": "UTC", "LC_ALL": "C"}
    assert modes == ["0o100600", "0o100600", "0o40700"]


@pytest.mark.parametrize("path", ["/nowhere", ".", ""])
def test_ssh_keygen_is_never_taken_from_the_current_directory(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    signature = keys.sign("ada")
    fake(tmp_path, monkeypatch, "touch ran")
    monkeypatch.chdir(tmp_path / "bin")
    monkeypatch.setenv("PATH", path)
    for attempt in (
        lambda: judge(keys, "ada@example.org {ada}", signature),
        lambda: is_intact(DATA, signature),
        lambda: keys.sign("ada"),
    ):
        with pytest.raises(CannotRun, match="ssh-keygen was not found") as caught:
            attempt()
        assert caught.value.hint
    assert not (tmp_path / "bin" / "ran").exists()


def test_no_temporary_file_remains(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert judge(keys, "ada@example.org {ada}").good
    assert list(tmp_path.iterdir()) == []


# Signing.


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
