"""Signing: detached SSH signatures over release bytes, made and judged by ssh-keygen.

Offline, and without another library. A signature and `allowed_signers` may be hostile: ssh-keygen
gets them in files of a private directory, and one principal as an argument, which cannot be an
option. Only a positive answer of ssh-keygen counts as good. Private keys and passphrases stay with
ssh-keygen and never pass through here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.times import moment_text
from zumik.core.releases.signature import (
    MISSING,
    NAMESPACE,
    AllowedSigners,
    Claim,
    NotASignature,
    SignatureState,
    SignatureVerdict,
    SignedBytes,
    Signer,
    read_allowed_signers,
    read_signature,
)
from zumik.errors import CannotRun

_PROGRAM = "ssh-keygen"

_SECONDS = 60.0
"""How long ssh-keygen may take where no person is typing a passphrase."""

# With TZ, dates in allowed_signers without a Z are UTC on every machine. Nothing else of the
# environment can influence a verdict.
_HERMETIC = {"TZ": "UTC", "LC_ALL": "C"}


def judge_signatures(
    items: Iterable[SignedBytes], allowed_signers: bytes
) -> Iterator[SignatureVerdict]:
    """A verdict for each, in order; one process each, or two where the answer is no.

    Raises CannotRun where ssh-keygen is missing or `allowed_signers` is too large to be read.
    """
    allowed = read_allowed_signers(allowed_signers)
    for item in items:
        yield _judged(item, allowed)


def verify(
    data: bytes, signature: bytes | None, allowed_signers: bytes, at: datetime
) -> SignatureVerdict:
    """Whether an allowed signer, whose key was valid `at` that time, vouches for `data`.

    Raises CannotRun as `judge_signatures` does.
    """
    (verdict,) = judge_signatures([SignedBytes(data, signature, at)], allowed_signers)
    return verdict


def _judged(item: SignedBytes, allowed: AllowedSigners) -> SignatureVerdict:
    if item.at.tzinfo is None:
        raise ValueError("a time without a time zone")
    if item.signature is None:
        return MISSING
    try:
        claim = read_signature(item.signature)
    except NotASignature as error:
        return SignatureVerdict(SignatureState.BAD, error.message)
    if claim.namespace != NAMESPACE:
        return SignatureVerdict(
            SignatureState.BAD, f"made for {shown(claim.namespace)}, not for {NAMESPACE}"
        )
    if claim.by_certificate:
        return SignatureVerdict(
            SignatureState.UNKNOWN_SIGNER, "made with a certificate; only keys are supported"
        )
    same = [signer for signer in allowed.signers if signer.key == claim.key]
    signers = [signer for signer in same if not signer.authority]
    if not signers:
        return SignatureVerdict(
            SignatureState.UNKNOWN_SIGNER, _why_unknown(claim, allowed, authority=bool(same))
        )
    with _files(signature=item.signature) as directory:
        return _first_good(item, signers, directory)


def _why_unknown(claim: Claim, allowed: AllowedSigners, *, authority: bool) -> str:
    key = f"key {claim.fingerprint}"
    if authority:
        return f"{key} is a cert-authority in allowed_signers, which allows no signature"
    if allowed.unread:
        lines = ", ".join(map(str, allowed.unread[:5]))
        return f"{key} is not in allowed_signers, of which these lines cannot be read: {lines}"
    if not allowed.signers:
        return f"{key} is not in allowed_signers, which lists no signer"
    return f"{key} is not in allowed_signers"


def _first_good(item: SignedBytes, signers: Sequence[Signer], directory: Path) -> SignatureVerdict:
    """The verdict of the first line that allows the key. Each is asked alone, to know which did."""
    # ssh-keygen accepts no earlier time.
    at = max(item.at.astimezone(UTC), datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    ran = None
    for signer in signers:
        _write(directory / "allowed", f"{signer.line}\n".encode())
        ran = _run(
            _verify_command(directory, signer.principal, at),
            item.data,
            environment=_HERMETIC,
            seconds=_SECONDS,
        )
        if ran.code == 0 and ran.out.startswith(f'Good "{NAMESPACE}" signature for '.encode()):
            return SignatureVerdict(
                SignatureState.GOOD, "an allowed signer vouches for it", signer.principal
            )
    assert ran is not None
    signer = signers[-1]
    if not ran.refused:
        return SignatureVerdict(SignatureState.NOT_JUDGED, _why_not_judged(ran), signer.principal)
    if not _is_intact(item.data, directory):
        return SignatureVerdict(
            SignatureState.BAD, "not a signature of these bytes", signer.principal
        )
    if signer.validity:
        when = moment_text(item.at.astimezone(UTC))
        why = f"the key of {signer.principal} was not valid at {when}: {signer.validity}"
        return SignatureVerdict(SignatureState.NOT_VALID_THEN, why, signer.principal)
    why = f"allowed_signers does not let {signer.principal} sign for {NAMESPACE}"
    return SignatureVerdict(SignatureState.UNKNOWN_SIGNER, why, signer.principal)


def _verify_command(directory: Path, principal: str, at: datetime) -> list[str]:
    # Without a Z, which ssh-keygen reads only from 9.1 on: TZ is UTC instead.
    return [
        *("-Y", "verify", "-n", NAMESPACE, "-I", principal, f"-Overify-time={at:%Y%m%d%H%M%S}"),
        *("-f", str(directory / "allowed"), "-s", str(directory / "signature")),
    ]


def _why_not_judged(ran: _Ran) -> str:
    if ran.timed_out:
        return f"{_PROGRAM} did not answer in {_SECONDS:.0f} s"
    return f"{_PROGRAM} did not say yes or no: {ran.words or f'exit {ran.code}'}"


def is_intact(data: bytes, signature: bytes) -> bool:
    """Whether the key that a signature names made it over `data`; says nothing of whose it is.

    Raises CannotRun where ssh-keygen is missing.
    """
    try:
        read_signature(signature)
    except NotASignature:
        return False
    with _files(signature=signature) as directory:
        return _is_intact(data, directory)


def _is_intact(data: bytes, directory: Path) -> bool:
    command = ["-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(directory / "signature")]
    ran = _run(command, data, environment=_HERMETIC, seconds=_SECONDS)
    return ran.code == 0 and ran.out.startswith(f'Good "{NAMESPACE}" signature '.encode())


def sign(data: bytes, key: Path | str, *, environment: Mapping[str, str], terminal: bool) -> bytes:
    """A detached signature over `data`, armoured.

    `key` is a file with a private key, or with a public key whose private half ssh-agent has, or a
    public key as text. `environment` finds the agent. With a `terminal` a passphrase may be asked
    for there; without one nothing is asked. Raises CannotRun.
    """
    name = shown(str(key), 120)
    if isinstance(key, Path) and not key.is_file():
        raise CannotRun(f"no key in {name}: there is no such file", hint=_HINT)
    public = b"" if isinstance(key, Path) else f"{key}\n".encode()
    with _files(**{"key.pub": public}) as directory:
        path = key.absolute() if isinstance(key, Path) else directory / "key.pub"
        ran = _run(
            ["-Y", "sign", "-n", NAMESPACE, "-f", str(path)],
            data,
            environment=_asking(environment, terminal),
            seconds=None if terminal else _SECONDS,
            alone=not terminal,
        )
    if ran.timed_out:
        raise CannotRun(f"no signature with {name} in {_SECONDS:.0f} s", hint=_HINT)
    if ran.code != 0:
        words = ran.words.replace(f"{directory}{os.sep}", "")
        raise CannotRun(f"cannot sign with {name}: {words or f'exit {ran.code}'}", hint=_HINT)
    if not is_intact(data, ran.out):
        raise CannotRun(f"{_PROGRAM} made no signature of the release's bytes", hint=_HINT)
    return ran.out


_HINT = (
    "ssh-add -l shows the keys that the agent has, ssh-add FILE adds one; a key with a passphrase "
    "needs the agent or a terminal"
)


def _asking(environment: Mapping[str, str], terminal: bool) -> dict[str, str]:
    """An environment in which ssh-keygen asks for a passphrase on the terminal, or not at all.

    A user's own SSH_ASKPASS_REQUIRE is kept.
    """
    if environment.get("SSH_ASKPASS_REQUIRE"):
        return dict(environment)
    if terminal:
        return {**environment, "SSH_ASKPASS_REQUIRE": "never"}
    # Otherwise ssh-keygen would read the first line of the release as the passphrase.
    return {**environment, "SSH_ASKPASS_REQUIRE": "force", "SSH_ASKPASS": os.devnull}


class _Ran(NamedTuple):
    """How ssh-keygen ended; `words` is what it wrote to stderr, made safe to show."""

    code: int
    out: bytes
    words: str
    timed_out: bool = False

    @property
    def refused(self) -> bool:
        """Whether it judged the signature and refused it, as opposed to failing."""
        return self.code > 0 and b"Could not verify signature" in self.out


def _run(
    arguments: Sequence[str],
    data: bytes,
    *,
    environment: Mapping[str, str],
    seconds: float | None,
    alone: bool = True,
) -> _Ran:
    """Run ssh-keygen on `data`; `alone` takes the terminal from it. Raises CannotRun."""
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            [_program(), *arguments],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=dict(environment),
            start_new_session=alone,
        )
    except (OSError, ValueError) as error:
        words = neutral(getattr(error, "strerror", None) or str(error))
        raise CannotRun(f"{_PROGRAM} cannot be run: {words}", hint=_INSTALL) from None
    with process:
        try:
            out, err = process.communicate(data, seconds)
        except subprocess.TimeoutExpired:
            # The group includes any program that it started to ask for a passphrase.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return _Ran(-signal.SIGKILL, b"", "", timed_out=True)
        except BaseException:
            process.kill()
            raise
    return _Ran(process.returncode, out, _words(err))


_INSTALL = "it comes with OpenSSH: apt install openssh-client, or your system's package"


def _program() -> str:
    """The path of ssh-keygen. Raises CannotRun for none, and for a relative one, as from `.`."""
    found = shutil.which(_PROGRAM)
    if found is None or not Path(found).is_absolute():
        raise CannotRun(f"{_PROGRAM} was not found on this machine", hint=_INSTALL)
    return found


def _words(err: bytes) -> str:
    lines = [line.strip() for line in err[:4096].decode("utf-8", "replace").splitlines()]
    noise = ("@", "Signing data on", "ssh_askpass:")
    said = [neutral(line) for line in lines if line and not line.startswith(noise)]
    return "; ".join(said)[:300]


@contextlib.contextmanager
def _files(**contents: bytes) -> Iterator[Path]:
    """A directory that only this user can read, with these files in it."""
    with TemporaryDirectory(prefix="zumik-") as name:
        directory = Path(name)
        for file, data in contents.items():
            _write(directory / file, data)
        yield directory


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
