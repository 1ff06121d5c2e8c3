"""A database by its URL, as in postgresql://user@host/db?table=LiteLLM_SpendLogs."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode, urlsplit

from zumik.core.basics.display import neutral
from zumik.errors import UsageError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_EXAMPLE = "postgresql://USER@HOST/DATABASE?table=LiteLLM_SpendLogs"
_MAX_SHOWN = 200

_OF_FILES = frozenset(
    ("file", "http", "https", "hdfs", "s3", "s3a", "s3n", "gs", "az", "abfs", "abfss", "wasbs")
)
"""What the URLs of files begin with; no database has such a URL."""


def is_database(name: str) -> bool:
    """Whether a log is named by a URL, and so is a table of a database."""
    return _URL.match(name) is not None


def names_table(name: str) -> bool:
    """Whether a URL names a table, and so is of a database, and not of files."""
    return is_database(name) and any(key == "table" for key, _ in _query(name))


def _query(url: str) -> list[tuple[str, str]]:
    return parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True)


class DatabaseUrl(NamedTuple):
    """What a URL says: how to connect, and the table. `shown` is what may be printed of it.

    `secrets` are the texts in it that no message may repeat.
    """

    connect: str
    scheme: str
    table: str
    shown: str
    path: str
    secrets: tuple[str, ...]

    def reason(self, error: BaseException) -> str:
        """What a driver says, in one line that holds no secret; else the kind of its error."""
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        kind = type(error).__name__
        if not lines or any(secret in str(error) for secret in self.secrets):
            return kind
        return neutral(lines[0][:_MAX_SHOWN])


def database_url(name: str) -> DatabaseUrl:
    """The parts of a URL. Raises UsageError where it cannot be one, or names no table."""
    try:
        parts = urlsplit(name)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("the URL of a database cannot be read", hint=f"as {_EXAMPLE}") from None
    query = _query(name)
    tables = [value for key, value in query if key == "table" and value]
    user = f"{quote(unquote(parts.username))}@" if parts.username else ""
    at = f"{user}{host}" + (f":{port}" if port else "")
    shown = neutral(f"{parts.scheme}://{at}{parts.path}")
    if parts.scheme in _OF_FILES and not tables:
        raise UsageError(
            f"{shown} is a URL of files, and not of a table",
            hint="name files here by their paths; "
            "zumik replay and zumik logs read others with --engine spark",
        )
    if len(tables) != 1:
        raise UsageError(f"{shown} names no table", hint=f"add ?table=TABLE, as in {_EXAMPLE}")
    rest = [(key, value) for key, value in query if key != "table"]
    password = parts.password or ""
    secrets = {password, unquote(password), unquote_plus(password), *(value for _, value in rest)}
    return DatabaseUrl(
        connect=f"{parts.scheme}://{parts.netloc}{parts.path}"
        + (f"?{urlencode(rest)}" if rest else ""),
        scheme=parts.scheme,
        table=tables[0],
        shown=shown,
        path=parts.netloc + parts.path,
        # A value such as `1` is in any text, and no secret.
        secrets=tuple(secret for secret in secrets if len(secret) > 3),
    )
