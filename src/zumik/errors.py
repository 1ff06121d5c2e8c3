"""The error family: what went wrong, where, and the next step.

Every error a person can cause is one of these, and each carries the exit code that the command line
promises for it, and a `kind` that names that code for programs. A bug is anything else. This module
does not print and does not exit.
"""

from __future__ import annotations

SOURCE = "git+https://ADDRESS/OF/zumik@COMMIT"
"""zumik as pip takes it, to be filled in: its name on a package index is not ours yet."""

INSTALL = f"pip install 'zumik @ {SOURCE}'"

UPGRADE = f"install a newer one from its repository: {INSTALL}"
"""The hint wherever this zumik is too old for a file."""


class ZumikError(Exception):
    """Something a person can act on: `message` says what and where, `hint` the next step."""

    exit_code = 4
    kind = "cannot_run"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ZumikError):
    """The command was called in a way that cannot be meant."""

    exit_code = 2
    kind = "usage"


class AnswerIsNo(ZumikError):
    """The command ran well and the answer is no: invalid, nothing eligible, refused."""

    exit_code = 3
    kind = "answer_is_no"


class CannotRun(ZumikError):
    """The command could not run: input unreadable or unknown, git failed, the disk is full."""

    exit_code = 4
    kind = "cannot_run"


class NewerFormat(CannotRun):
    """A file that a newer zumik made: this one must not guess what it means.

    `certain` is False for a key that is not known: somebody may also have edited the file by hand.
    """

    def __init__(self, message: str, *, certain: bool = True) -> None:
        super().__init__(message, hint=UPGRADE)
        self.certain = certain


class IntegrityError(ZumikError):
    """Bytes do not match the name, the ledger or the digest that vouches for them."""

    exit_code = 5
    kind = "integrity"


class Interrupted(ZumikError):
    """The person stopped the command, as with Ctrl-C."""

    exit_code = 130
    kind = "interrupted"
