"""One call of a model, as the log of any gateway lists it.

Every reader of a format gives these values, and everything that is counted over logs takes them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from zumik.core.decisions.log_line import LogLine


class Place(NamedTuple):
    """Where an entry stands: the file as it was named, its line from 1, its part of the line.

    `part` is from 1 where one line holds many entries, as an array or a batch of spans; else 0.
    In a database, `file` is the table, `line` the row in the order in which it was read, and `row`
    names the row by its key, which says more.
    """

    file: str
    line: int
    part: int = 0
    row: str = ""

    def __str__(self) -> str:
        if self.row:
            return f"{self.file} {self.row}"
        return f"{self.file}:{self.line}" + (f" (entry {self.part})" if self.part else "")


NO_DECISION = "the entry carries no line of zumik and no receipt"
"""The `fault` of a call that zumik did not resolve, or whose log does not keep the decision."""

HOW_TO_LOG = (
    "let the gateway log the line of zumik with each call, or its receipt under the key",
    "zumik.receipt; schemas/LOG-FORMATS.md has the place for each gateway",
)
"""What helps then, as lines."""

NOT_OF_FORMAT = "not an entry of the format "
"""How `why` begins for an entry that is not of the format that the person named."""


class UnreadEntry(NamedTuple):
    """An entry that cannot be read, and why: it is counted and listed, never dropped in silence.

    `is_whole` where more than one entry is lost, as the rest of a file or a mapped key:
    it is listed before those of one entry, of which a log may have any number.
    """

    place: Place
    why: str
    is_whole: bool = False


class NotACall(NamedTuple):
    """An entry of a known format that is no call of a model, as a router's span: it is counted."""

    place: Place
    format: str


class LoggedCall(NamedTuple):
    """One call of a model, which is one attempt of a request. What is not logged is None.

    `decision` is the line of zumik that the entry carries, with `served_model` filled from the
    format's own field where that can be trusted; it is None where the entry carries no line, and
    `fault` says so, or why the line cannot be read. `called` is the model by the log's own name.
    Input tokens include those that came from a cache; output tokens include those of reasoning.
    `first_token_seconds` is None for an answer that was not streamed. Attempts of one request have
    the same `call_id`. `calls` is how many equal calls this value counts for. `served` is the model
    that the provider said it used, where the log can be trusted to say it. `taken_from` names what
    was taken off around the decision, from the outside in; a bare line has nothing.
    """

    place: Place
    format: str
    decision: LogLine | None = None
    fault: str | None = None
    called: str | None = None
    at: datetime | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: Decimal | None = None
    seconds: float | None = None
    first_token_seconds: float | None = None
    failed: bool | None = None
    error: str | None = None
    call_id: str | None = None
    calls: int = 1
    served: str | None = None
    taken_from: tuple[str, ...] = ()


ReadEntry = LoggedCall | NotACall | UnreadEntry
"""What an entry of a log is read as."""
