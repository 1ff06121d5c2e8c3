"""What a person passes to `explain`: a log line, a receipt or a reference."""

from __future__ import annotations

from zumik.cli.output import stdin
from zumik.core.basics.names import BadName
from zumik.core.basics.references import Receipt
from zumik.core.decisions.log_line import (
    MAX_LINE_BYTES,
    LogLine,
    UnreadableLine,
    from_receipt,
    from_reference,
    read_log_line,
)


def given_from(text: str) -> LogLine:
    """The decision that is asked about; `-` reads one line from stdin. Raises UnreadableLine."""
    if text == "-":
        data = stdin().read(MAX_LINE_BYTES + 1).strip()
        if not data:
            raise UnreadableLine(
                "nothing on stdin", hint="tail -1 decisions.jsonl | zumik explain -"
            )
    else:
        data = text.encode("utf-8", "surrogateescape")
    # No name begins with any of these; the last is the first byte of a byte order mark.
    if data.lstrip()[:1] in (b"{", b"[", b'"', b"\xef"):
        return read_log_line(data)
    try:
        word = data.decode("utf-8")
        if "=" in word:
            return from_receipt(Receipt.parse(word))
        return from_reference(word)
    except UnicodeDecodeError:
        raise UnreadableLine(
            "the input is not UTF-8", hint="a log line, a receipt, or a reference such as code.fast"
        ) from None
    except BadName as error:
        raise UnreadableLine(
            error.message,
            hint=f"{error.hint}; or pass a log line: tail -1 decisions.jsonl | zumik explain -",
        ) from None
