"""Answers: a status, bytes and headers. Every refusal has one shape."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.core.basics.names import AliasName
from zumik.core.decisions.decision import NoCandidate
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, IntegrityError, UsageError, ZumikError

Headers = tuple[tuple[bytes, bytes], ...]

JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
"""Made once: with other separators `json.dumps` makes an encoder in each call."""

SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Answers are no pages: a browser is to load, frame and guess nothing."""


class Answer(NamedTuple):
    """A whole answer. `etag` is quoted; it is set where a caller may keep the answer."""

    status: int
    body: bytes
    headers: Headers
    etag: bytes | None = None

    def for_etags(self, if_none_match: bytes | None) -> Answer:
        """This answer, or 304 where the caller has its bytes already (RFC 9110, 13.1.2)."""
        if if_none_match is None or self.etag is None or not _matches(if_none_match, self.etag):
            return self
        kept = tuple(pair for pair in self.headers if not pair[0].startswith(b"content-"))
        return self._replace(status=304, body=b"", headers=kept)


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether the header names this tag. A weak tag counts, as RFC 9110 says."""
    if if_none_match == etag:
        return True
    tags = [tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")]
    return etag in tags or tags == [b"*"]


def to_json(value: object) -> bytes:
    """JSON in visible ASCII, so that no character of it can control a terminal."""
    return _ENCODER.encode(value).replace("\x7f", "\\u007f").encode("ascii")


def cached_json(value: object, *, private: bool) -> Answer:
    """An answer that a cache may keep, and must revalidate. Its tag is a hash of its bytes."""
    body = to_json(value)
    etag = b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()
    scope = b"private, no-cache" if private else b"no-cache"
    return Answer(200, body, (JSON, (b"cache-control", scope), (b"etag", etag)), etag)


def uncached_json(value: object, headers: Headers = ()) -> Answer:
    """An answer that no cache may keep."""
    return Answer(200, to_json(value), (JSON, NO_STORE, *headers))


def deprecation_headers(source: VerifiedRelease, alias: AliasName) -> Headers:
    """`Deprecation` (RFC 9745) and `Sunset` (RFC 8594) of a deprecated alias; else none.

    The alias is deprecated since its release was made. No `Link` names the alias to use instead:
    an alias is no version of another (RFC 5829), and `/v2/model-aliases/{alias}` has the name.
    """
    deprecated = source.aliases[alias].policy.deprecated
    if deprecated is None:
        return ()
    since, headers = source.release.created_at, []
    if deprecated.sunset is not None:
        end = datetime.combine(deprecated.sunset, time(), UTC)
        headers.append((b"sunset", format_datetime(end, usegmt=True).encode()))
        # A sunset must not lie before the deprecation (RFC 9745, 4).
        since = min(since, end)
    return ((b"deprecation", b"@%d" % since.timestamp()), *headers)


class Refusal(Exception):
    """A request that is answered with an error. The caller sees these fields and no more."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        param: str | None = None,
        headers: Headers = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.param = param
        self.headers = headers

    def answer(self, path: str) -> Answer:
        """OpenAI's error body under /v1; the same with our hint elsewhere."""
        return Answer(self.status, to_json(self.to_json(path)), (JSON, NO_STORE, *self.headers))

    def to_json(self, path: str) -> dict[str, object]:
        """The body: message, type, param and code are OpenAI's."""
        error: dict[str, object] = {
            "message": _neutral_text(self.message),
            "type": "server_error" if self.status >= 500 else "invalid_request_error",
            "param": self.param,
            "code": self.code,
        }
        if not path.startswith("/v1/"):
            error["hint"] = self.hint and _neutral_text(self.hint)
        return {"error": error}


def _neutral_text(text: str) -> str:
    return "\n".join(neutral(line) for line in text.splitlines())


def refusal_of(error: ZumikError) -> Refusal:
    """A ZumikError as an HTTP error. A text that is no name is a 404, like an unknown name."""
    if isinstance(error, NoCandidate):
        return Refusal(409, error.code, error.message, hint=error.hint)
    if isinstance(error, UsageError):
        return Refusal(400, "bad_request", error.message, hint=error.hint)
    if isinstance(error, IntegrityError):
        return Refusal(503, "not_intact", error.message, hint=error.hint)
    if isinstance(error, CannotRun):
        return Refusal(404, "not_found", error.message, hint=error.hint)
    return Refusal(409, "answer_is_no", error.message, hint=error.hint)


def model_not_found(model: str) -> Refusal:
    """OpenAI's answer to a model that it does not have."""
    cut = model if len(model) <= 80 else model[:80] + "…"
    return Refusal(
        404,
        "model_not_found",
        f"The model '{cut}' does not exist or you do not have access to it.",
        hint="GET /v1/models lists the models",
        param="model",
    )


def withheld(what: str) -> Refusal:
    """The refusal of confidential facts to a caller without a key."""
    return Refusal(
        403,
        "withheld",
        f"{what} rests on facts that are confidential",
        hint="send an API key; a server that has none is started with --api-keys FILE",
    )
