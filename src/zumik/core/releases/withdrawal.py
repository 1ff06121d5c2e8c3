"""The withdrawal: a mark that a release must not be promoted again.

The release itself never changes, and is explained and replayed for ever. Git shows who withdrew it
and when that landed.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.field_readers import JsonFields, Malformed, moment, named, text
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.basics.times import moment_text
from zumik.core.releases.release import ReleaseRef

MAX_WITHDRAWAL_BYTES = 64 * 1024


class Withdrawal(NamedTuple):
    """Which release must not be used, why, and since when (UTC, to the second)."""

    target: ReleaseRef
    reason: str
    withdrawn_at: datetime

    @property
    def file_name(self) -> str:
        """The name of its file in `withdrawn/`."""
        return f"{self.target.id}.json"


def read_withdrawal(data: bytes) -> Withdrawal:
    """A withdrawal from its bytes. Raises MalformedJson and Malformed."""
    fields = JsonFields(from_strict(data, max_bytes=MAX_WITHDRAWAL_BYTES), ())
    withdrawal = Withdrawal(
        target=ReleaseRef(
            fields.need("release", named(ReleaseId)), fields.need("sha256", named(Digest))
        ),
        reason=fields.need("reason", text),
        withdrawn_at=fields.need("withdrawn_at", moment),
    )
    fields.close()
    if not withdrawal.reason:
        raise Malformed("an empty text", ("reason",))
    return withdrawal


def withdrawal_to_bytes(withdrawal: Withdrawal) -> bytes:
    """The canonical bytes of a withdrawal."""
    return to_canonical(
        {
            "release": withdrawal.target.id,
            "sha256": withdrawal.target.sha256,
            "reason": withdrawal.reason,
            "withdrawn_at": moment_text(withdrawal.withdrawn_at),
        }
    )
