"""What `/openapi.json` says of bodies. Answers are rendered elsewhere; tests hold them to this."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zumik.serve.request_bodies import MAX_LINES, MAX_TOKENS

_ALIAS = "[a-z][a-z0-9]*([.-][a-z0-9]+)*"
_MODEL = "[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._:/@+-]*"
_RELEASE = "alr_[0-9]{4}_[0-9]{2}_[0-9]{2}_[0-9]{3,9}"

Obj = dict[str, Any]


class Body(BaseModel):
    """A body without more than is said here."""

    model_config = ConfigDict(extra="forbid", title=None)


class Model(Body):
    """OpenAI's model object. `created` is 0 where nobody knows."""

    id: str
    object: Literal["model"]
    created: int = Field(json_schema_extra={"format": "unixtime"})
    owned_by: str
    shutdown_date: str = Field(default="", json_schema_extra={"format": "date"})


class Models(Body):
    """OpenAI's list of models."""

    object: Literal["list"]
    data: list[Model]


class OpenAIErrorBody(Body):
    """What went wrong, as OpenAI says it."""

    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None
    code: str


class OpenAIError(Body):
    """OpenAI's error."""

    error: OpenAIErrorBody


class ErrorBody(OpenAIErrorBody):
    """The same, and the next step."""

    hint: str | None


class Error(Body):
    """An error."""

    error: ErrorBody


class Withheld(Body):
    """What rests on confidential facts shows its name alone."""

    id: str
    object: str
    alias: str = ""
    withheld: Literal[True]


class Withdrawal(Body):
    """Since when a release must not be used again, and why."""

    withdrawn_at: str
    reason: str


class Deprecation(Body):
    """That an alias is about to end: what to ask for instead, and the day on which it ends."""

    replaced_by: str = ""
    sunset: str = Field(default="", json_schema_extra={"format": "date"})


class Pointer(BaseModel):
    """Where an alias points."""

    alias: str
    release: str
    sha256: str
    generation: int
    kind: Literal["promote", "rollback", "retire"]
    reason: str | None
    proposed_at: str


class Drain(Body):
    """Models that are not to be used for a while; no reason where that is not for everybody."""

    models: str
    since: str
    until: str
    reason: str


class Answered(BaseModel):
    """What an alias answers now, and which of its models are drained, until when.

    `drain_ignored` are those that were drained and answer all the same, as nobody else can.
    """

    answers: str | None
    drained: list[str]
    drain_ignored: list[str]
    drains: list[Drain]


class Alias(Pointer, Answered):
    """An alias and what it answers; the winner is who would if nothing were drained."""

    id: str
    object: Literal["model_alias"]
    winner: str | None
    landed: bool | None
    problem: str | None
    withdrawn: Withdrawal | None
    deprecated: Deprecation | None


class Failure(Body):
    """A requirement that a candidate does not meet."""

    code: str
    field: str
    wanted: str | None
    found: str | None


class Standing(Body):
    """Where a candidate stands, with exact figures as decimal strings."""

    model: str
    rank: int | None
    revision: str | None
    figures: dict[str, str]
    failures: list[Failure]


class Candidate(Standing):
    """A candidate of an alias."""

    id: str
    object: Literal["model_alias.candidate"]


class Table(Body):
    """The table behind an alias."""

    alias: str
    reason: str
    units: dict[str, str]
    workload: Obj | None
    ranking: list[Standing]
    excluded: list[Standing]
    not_compared: list[str]
    would_change_the_winner: list[Obj]
    would_win_if_eligible: list[str]


class AliasDetail(Answered):
    """An alias with its pointer, what it answers now, its policy as frozen and its table."""

    id: str
    object: Literal["model_alias"]
    pointer: Pointer
    withdrawn: Withdrawal | None
    policy: Obj
    rederived: bool
    table: Table


class Move(BaseModel):
    """A move of an alias that landed; null where a shallow clone does not know."""

    id: str
    object: Literal["model_alias.move"]
    commit: str | None
    committed_at: str | None
    landed_at: str | None
    author: str | None
    pointer: Pointer | None
    winner: str | None


class Release(BaseModel):
    """A release in the line."""

    id: str
    object: Literal["alias_release"]
    sha256: str
    created_at: str
    backfilled: bool
    parent: str | None
    note: str | None
    resolver: int
    bytes: int
    live: list[str]
    withdrawn: Withdrawal | None


class ReleaseFile(BaseModel):
    """The file as it was frozen: schemas/release.schema.json says all of it."""

    schema_: str = Field(alias="schema")
    id: str
    created_at: str


class ListOf(Body):
    """A page of a list."""

    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Aliases(ListOf):
    """Aliases by name."""

    data: list[Alias | Withheld]


class Candidates(ListOf):
    """Candidates, those with a rank first."""

    data: list[Candidate]


class Moves(ListOf):
    """Moves, newest first."""

    data: list[Move | Withheld]


class Releases(ListOf):
    """Releases, newest first."""

    data: list[Release | Withheld]


class Facts(Body):
    """A model's facts, the release that they are from, and the live aliases that it answers."""

    id: str
    object: Literal["model"]
    model: str
    known_from: str
    serves: list[str]
    facts: Obj


class Decision(Body):
    """The fields of the log line, and its receipt."""

    requested_model: str
    alias_release: str | None
    resolved_model: str
    candidates_considered: int
    resolution_reason: str
    alias_release_sha256: str | None
    resolved_revision: str | None
    request: Obj
    drain_ignored: list[str] = []
    timestamp: str
    receipt: str | None


class Explanation(BaseModel):
    """Why a model answered: of an alias with its table, of a target with its facts."""

    object: Literal["explanation"]
    replay: Obj | None


class Verdict(BaseModel):
    """What a replay of one line found."""

    line: int
    verdict: Literal[
        "reproduced", "consistent", "diverged", "unreplayable", "unreadable", "withheld"
    ]


class Verdicts(Body):
    """The verdicts, and how many there are of each."""

    object: Literal["list"]
    data: list[Verdict]
    verdicts: dict[str, int]


class Health(Body):
    """The process is there."""

    status: Literal["alive"]


class Readiness(Body):
    """Whether this should be asked."""

    status: Literal["ready"]
    age_seconds: int


REQUEST: Obj = {
    "type": "object",
    "description": "What is needed of the model; nothing where it is left out.",
    "properties": {
        "input_tokens": {"type": "integer", "minimum": 0, "maximum": MAX_TOKENS},
        "output_tokens": {"type": "integer", "minimum": 0, "maximum": MAX_TOKENS},
        "capabilities": {"type": "array", "items": {"type": "string"}},
        "input": {"type": "array", "items": {"type": "string"}},
        "unavailable": {
            "type": "array",
            "items": {"type": "string", "pattern": f"^{_MODEL}$", "maxLength": 128},
        },
    },
    "additionalProperties": False,
}

REFERENCE: Obj = {
    "type": "string",
    "description": "code.fast, code.fast@alr_2026_06_09_003, or provider/model-id",
    "pattern": f"^({_ALIAS}(@{_RELEASE})?|{_MODEL})$",
    "maxLength": 128,
}

RECEIPT: Obj = {
    "type": "string",
    "pattern": f"^{_ALIAS}@{_RELEASE}:[0-9a-f]{{12}}={_MODEL}$",
    "maxLength": 256,
}

LOG_LINE: Obj = {
    "type": "object",
    "description": "A log line; fields that are not known are not read.",
    "properties": {"requested_model": REFERENCE},
    "required": ["requested_model"],
}

RESOLVE: Obj = {
    "type": "object",
    "properties": {"reference": REFERENCE, "request": REQUEST},
    "required": ["reference"],
    "additionalProperties": False,
}

EXPLAIN: Obj = {
    "oneOf": [
        RESOLVE,
        {
            "type": "object",
            "properties": {"receipt": RECEIPT},
            "required": ["receipt"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"log_line": LOG_LINE},
            "required": ["log_line"],
            "additionalProperties": False,
        },
    ]
}

REPLAY: Obj = {
    "type": "object",
    "description": "Log lines; one that is none gets its verdict, too.",
    "properties": {"log_lines": {"type": "array", "items": {}, "maxItems": MAX_LINES}},
    "required": ["log_lines"],
    "additionalProperties": False,
}
