"""The bodies of POST requests, parsed strictly into what the core takes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import NamedTuple

from zumik.core.basics.field_readers import JsonFields, Malformed, as_is, list_of, text
from zumik.core.basics.findings import Path
from zumik.core.basics.names import BadName
from zumik.core.basics.references import Receipt
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.core.decisions.log_line import (
    LogLine,
    UnreadableLine,
    from_receipt,
    from_reference,
)
from zumik.core.facts.request import NOTHING_ASKED, Request, read_request
from zumik.logs.one_decision import TakenDecision, decision_in
from zumik.serve.answers import Refusal

MAX_TOKENS = 1_000_000_000
"""The most tokens that a request may name. No model takes as many."""

MAX_LINES = 1000
"""The most log lines in one replay. `zumik replay` takes files of any size."""


_SHORT = 512
"""Bytes of a body that is kept as it was read."""


class ResolveBody(NamedTuple):
    """A reference, and what the request needs of the model."""

    reference: str
    request: Request


def read_resolve_body(body: bytes) -> ResolveBody:
    """The body of `/v2/resolve`. Raises Refusal."""
    return _read_short(body) if len(body) <= _SHORT else _read_resolve_body(body)


@lru_cache(maxsize=1024)
def _read_short(body: bytes) -> ResolveBody:
    """A gateway sends the same few bodies again and again; what is refused is not kept."""
    return _read_resolve_body(body)


def _read_resolve_body(body: bytes) -> ResolveBody:
    try:
        fields = JsonFields(_tree(body), ())
        reference = fields.need("reference", text)
        request = fields.get("request", _request)
        fields.close()
    except Malformed as error:
        raise _refused(error) from None
    return ResolveBody(reference, request or NOTHING_ASKED)


def read_explain_body(body: bytes) -> TakenDecision:
    """The body of `/v2/explain`: a reference, a receipt or a log line. Raises Refusal."""
    try:
        fields = JsonFields(_with_lines(body), ())
        given = {
            name: value
            for name in ("reference", "receipt", "log_line")
            if (value := fields.get(name, as_is)) is not None
        }
        request = fields.get("request", _request)
        fields.close()
        if len(given) != 1:
            raise Malformed("expected one of reference, receipt and log_line", ())
        (name, value) = next(iter(given.items()))
        if request is not None and name != "reference":
            raise Malformed("only a reference takes a request", ("request",))
        if name == "log_line":
            return _taken(value)
        return TakenDecision(_named(name, text(value, (name,)), request))
    except Malformed as error:
        raise _refused(error) from None
    except UnreadableLine as error:
        raise Refusal(409, "unreadable_line", error.message, hint=error.hint) from None


def _named(name: str, value: str, request: Request | None) -> LogLine:
    try:
        if name == "receipt":
            return from_receipt(Receipt.parse(value))
        return from_reference(value, request)
    except BadName as error:
        raise Refusal(404, "not_found", error.message, hint=error.hint, param=name) from None


def read_replay_body(body: bytes) -> list[LogLine | str]:
    """The body of `/v2/replay`: each line, or why it cannot be read. Raises Refusal."""
    try:
        fields = JsonFields(_with_lines(body), ())
        lines = fields.need("log_lines", list_of(as_is))
        fields.close()
        if len(lines) > MAX_LINES:
            raise Malformed(f"more than {MAX_LINES:,} lines", ("log_lines",))
    except Malformed as error:
        raise _refused(error) from None
    found: list[LogLine | str] = []
    for line in lines:
        try:
            found.append(_taken(line).line)
        except UnreadableLine as error:
            found.append(error.message)
    return found


def _taken(value: object) -> TakenDecision:
    try:
        data = json.dumps(value).encode()
    except RecursionError:
        raise UnreadableLine("the log line: nested too deeply") from None
    return decision_in(data)


def _request(value: object, path: Path) -> Request:
    request = read_request(value, path)
    for name in ("input_tokens", "output_tokens"):
        if (getattr(request, name) or 0) > MAX_TOKENS:
            raise Malformed(f"more than {MAX_TOKENS:,} tokens", (*path, name))
    return request


def _tree(body: bytes) -> object:
    try:
        return from_strict(body, fraction=float)
    except MalformedJson as error:
        raise Refusal(400, "bad_json", f"the body: {error.message}") from None


def _with_lines(body: bytes) -> object:
    """A body with log lines, whose unknown fields may hold any JSON."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        # The strict reader says what is wrong: no JSON, or a key that is there twice.
        _tree(body)
        raise Refusal(400, "bad_json", "the body: not JSON") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("has the same key twice")
    return fields


def _refused(error: Malformed) -> Refusal:
    return Refusal(
        400,
        "bad_request",
        error.message,
        hint=error.hint or "/openapi.json describes the body",
        param=".".join(map(str, error.path)) or None,
    )
