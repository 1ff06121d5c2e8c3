"""Where this zumik came from: its git repository at a commit, as pip takes it."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from zumik.errors import ZumikError


def own_source() -> str | None:
    """As `git+https://HOST/OWNER/zumik@COMMIT`; None where no address is known that others reach.

    What pip recorded at the installation; for a checkout, its origin and the commit that is there.
    """
    try:
        recorded: Any = json.loads(distribution("zumik").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    url, commit = str(recorded.get("url", "")), recorded.get("vcs_info", {}).get("commit_id")
    if commit is None and url.startswith("file://"):
        url, commit = _of_checkout(Path(unquote(urlsplit(url).path)))
    if not commit or not url.startswith(("https://", "ssh://")):
        return None
    return f"git+{_without_secret(url)}@{commit}"


def _of_checkout(directory: Path) -> tuple[str, str | None]:
    """The address of a checkout's origin and its commit; no commit where one is not known."""
    from zumik.git.repository import Repository

    try:
        repository = Repository.containing(directory)
        url = repository.run("config", "--get", "remote.origin.url").strip()
        return url, repository.parsed("HEAD^{commit}")
    except ZumikError:
        return "", None


def _without_secret(url: str) -> str:
    """The address without a password or token in it; `git@` of ssh stays."""
    parts = urlsplit(url)
    if parts.scheme == "ssh" and parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
