"""Signatures and allowed signers as their files claim them, before anybody judges them."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.releases.signature import (
    MAX_ALLOWED_SIGNERS_BYTES,
    MAX_SIGNATURE_BYTES,
    NotASignature,
    read_allowed_signers,
    read_signature,
)
from zumik.errors import CannotRun


def wire(*strings: bytes) -> bytes:
    return b"".join(len(string).to_bytes(4) + string for string in strings)


def armoured(blob: bytes, width: int = 70) -> bytes:
    text = base64.b64encode(blob)
    lines = b"".join(text[i : i + width] + b"\n" for i in range(0, len(text), width))
    return b"-----BEGIN SSH SIGNATURE-----\n" + lines + b"-----END SSH SIGNATURE-----\n"


KEY = wire(b"ssh-ed25519", bytes(range(32)))
KEY_TEXT = base64.b64encode(KEY).decode()
BLOB = b"SSHSIG\0\0\0\1" + wire(
    KEY, b"zumik-release", b"", b"sha512", wire(b"ssh-ed25519", b"\7" * 64)
)


@pytest.mark.parametrize("width", [64, 70, 76])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_signature_names_its_key_and_namespace(width: int, end: bytes) -> None:
    claim = read_signature(armoured(BLOB, width).replace(b"\n", end))
    assert claim.key == KEY
    assert claim.namespace == "zumik-release"
    assert claim.public_key == f"ssh-ed25519 {KEY_TEXT}"
    assert claim.fingerprint == "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
    assert not claim.by_certificate


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"garbage", "not an SSH signature"),
        (b"\0" * 100, "not an SSH signature"),
        (armoured(BLOB) + b"more", "not an SSH signature"),
        (b" " + armoured(BLOB), "not an SSH signature"),
        (armoured(BLOB) * 2, "not an SSH signature"),
        (armoured(BLOB).replace(b"\n", b"\n\n"), "not an SSH signature"),
        (armoured(BLOB[:-1]), "cut short"),
        (armoured(BLOB[:20]), "cut short"),
        (armoured(BLOB + wire(b"one more")), "cut short"),
        (armoured(BLOB.replace(b"\0\1", b"\0\2", 1)), "no known version"),
        (armoured(b"SSHSIG" + BLOB), "no known version"),
        (armoured(BLOB.replace(b"zumik", b"\xffumik")), "cut short"),
        (armoured(BLOB.replace(b"ssh-ed25519", b"ssh ed25\x1b19", 1)), "no known type"),
        (armoured(b"SSHSIG\0\0\0\1" + wire(b"", b"n", b"", b"h", b"s")), "cut short"),
        (armoured(BLOB + b"\0" * MAX_SIGNATURE_BYTES), "where a signature has 8,192 at most"),
    ],
)
def test_bytes_that_are_not_a_signature_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(NotASignature, match=words):
        read_signature(data)


@given(st.integers(0, len(armoured(BLOB)) - 2))
def test_part_of_a_signature_is_refused(size: int) -> None:
    with pytest.raises(NotASignature):
        read_signature(armoured(BLOB)[:size])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, armoured(data), armoured(b"SSHSIG\0\0\0\1" + data)):
        with contextlib.suppress(NotASignature):
            read_signature(candidate)
    read_allowed_signers(data)


def test_a_line_allows_a_key_under_its_options() -> None:
    text = f"""\
# who may sign

ada@example.org ssh-ed25519 {KEY_TEXT}
\tbob@example.org,*@ops.example.org namespaces="zumik-release,git",Valid-Before="20270101"\
 ssh-ed25519 {KEY_TEXT} bob's laptop
ca@example.org cert-authority ssh-ed25519 {KEY_TEXT}\r
!eve@example.org,mia@example.org valid-after="20260101",valid-before="20270101" \
ssh-ed25519 {KEY_TEXT}
"""
    allowed = read_allowed_signers(text.encode())
    assert allowed.unread == ()
    assert [signer.principal for signer in allowed.signers] == [
        "ada@example.org",
        "bob@example.org",
        "ca@example.org",
        "mia@example.org",
    ]
    assert {signer.key for signer in allowed.signers} == {KEY}
    _, bob, authority, mia = allowed.signers
    assert bob.options == {"namespaces": "zumik-release,git", "valid-before": "20270101"}
    assert bob.validity == "valid-before 20270101"
    assert authority.authority
    assert not bob.authority
    assert mia.validity == "valid-after 20260101 and valid-before 20270101"


@pytest.mark.parametrize(
    "line",
    [
        "ada@example.org",
        "ada@example.org ssh-ed25519",
        "ada@example.org ssh-ed25519 AAAA*",
        "ada@example.org ssh-ed25519 AAAAA",
        f"ssh-ed25519 {KEY_TEXT}",
        f'"ada lovelace" ssh-ed25519 {KEY_TEXT}',
        f"-oProxyCommand=x ssh-ed25519 {KEY_TEXT}",
        f"!ada@example.org ssh-ed25519 {KEY_TEXT}",
        f'ada@example.org namespaces="open ssh-ed25519 {KEY_TEXT}',
        f"ada@example.org namespaces=git ssh-ed25519 {KEY_TEXT}",
        f"ada\0@example.org ssh-ed25519 {KEY_TEXT}",
        f"ada@example.org\x1b[2J ssh-ed25519 {KEY_TEXT}",
        f"ada@example.org ssh-ed25519 {KEY_TEXT} \u202e",
        f"{'a' * 20_000} ssh-ed25519 {KEY_TEXT}",
        '" ' * 5000,
    ],
)
def test_a_malformed_line_allows_no_signer(line: str) -> None:
    allowed = read_allowed_signers(f"# first\n{line}\n".encode())
    assert allowed.signers == ()
    assert allowed.unread == (2,)


def test_allowed_signers_above_the_size_limit_are_refused() -> None:
    read_allowed_signers(b"#" * MAX_ALLOWED_SIGNERS_BYTES)
    with pytest.raises(CannotRun, match="has 262,145 bytes"):
        read_allowed_signers(b"#" * (MAX_ALLOWED_SIGNERS_BYTES + 1))
