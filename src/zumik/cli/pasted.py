"""What a person passes to `explain`: a log line, a receipt or a reference."""

from __future__ import annotations

from zumik.cli.output import stdin
from zumik.core.basics.names import BadName
from zumik.core.basics.references import Receipt
from zumik.core.decisions.log_line import UnreadableLine, from_receipt, from_reference
from zumik.logs.one_decision import TakenDecision, decision_in

# What a gateway logs of one call, with its prompt, may take megabytes.
_MAX_BYTES = 16 * 1024 * 1024

# The last four begin a byte order mark (UTF-8, UTF-16) or packed bytes.
_NO_NAME = (b"[", b'"', b"\xef", b"\xff", b"\xfe", b"\x1f")


def given_from(text: str) -> TakenDecision:
    """The decision that is asked about; `-` reads it from stdin. Raises UnreadableLine."""
    if text == "-":
        data = stdin().read(_MAX_BYTES + 1).strip()
        if not data:
            raise UnreadableLine(
                "nothing on stdin", hint="tail -1 decisions.jsonl | zumik explain -"
            )
    else:
        data = text.encode("utf-8", "surrogateescape")
    if len(data) > _MAX_BYTES:
        raise UnreadableLine(
            f"more than the {_MAX_BYTES:,} bytes that are read of one logged call",
            hint="zumik replay judges each call of a log, also from stdin: zumik replay -",
        )
    # No name has a brace; the others begin a text, or bytes, that may hold a line.
    if b"{" in data or data.lstrip()[:1] in _NO_NAME:
        return decision_in(data)
    try:
        word = data.decode("utf-8")
        if "=" in word:
            return TakenDecision(from_receipt(Receipt.parse(word)))
        return TakenDecision(from_reference(word))
    except UnicodeDecodeError:
        raise UnreadableLine(
            "the input is not UTF-8", hint="a log line, a receipt, or a reference such as code.fast"
        ) from None
    except BadName as error:
        raise UnreadableLine(
            error.message,
            hint=f"{error.hint}; or pass a log line: tail -1 decisions.jsonl | zumik explain -",
        ) from None


def taken_section(given: TakenDecision) -> list[list[str]]:
    """What was taken off around the line, as the first section of a report; none for a bare one."""
    return [[f"taken from: {', '.join(given.taken_from)}"]] if given.taken_from else []
