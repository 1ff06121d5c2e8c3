"""A signature is good only when ssh-keygen and allowed_signers say so."""

from __future__ import annotations

import json
import os
import re
import select
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.git.ssh_keys import DATA, NOW, Keys, fake, judge

from zumik.core.releases.signature import (
    MAX_SIGNATURE_BYTES,
    SignatureState,
    SignatureVerdict,
    SignedBytes,
)
from zumik.errors import CannotRun
from zumik.git import ssh_signatures
from zumik.git.ssh_signatures import is_intact, judge_signatures, verify


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
