"""Fetching a bundle: the newest that a web server has, verified, in place of the file of before.

A bundle that is not intact or is older than the file never takes its place. What a gateway reads is
replaced in one step. It needs no workspace.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from shlex import quote

from zumik.actions.session import Session
from zumik.bounded_download import address_from, download, shown_address, with_authorization
from zumik.bounded_file import read_bounded
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.core.live.bundle import MAX_BUNDLE_BYTES, Bundle, read_bundle, superseded_by
from zumik.core.live.fetched_bundle import FetchedBundle
from zumik.errors import AnswerIsNo, UsageError, ZumikError
from zumik.transaction.file_plan import NewBytes
from zumik.transaction.lock import this_process, writers_lock
from zumik.transaction.output_files import is_written_into, write_outputs

AUTHORIZATION = "ZUMIK_BUNDLE_AUTHORIZATION"
"""The variable with the header that logs in: a command line can be seen by others."""

LIVE_BUNDLE, ALL_BUNDLE = "live.json", "all.json"
"""What the job publishes: what is live, for gateways; every release, for those who ask why."""

_MAX_NOTE = 16 * 1024


def fetch_bundle(
    session: Session,
    url: str,
    file: Path,
    *,
    older: bool,
    longest: timedelta,
    dry_run: bool = False,
) -> FetchedBundle:
    """Fetch the bundle at an address into a file, unless the server says that it has not changed.

    With `older` one that is older than the file is taken too. Raises UsageError, AnswerIsNo for an
    older one, CannotRun where it cannot be fetched, and IntegrityError; the old file then stays.
    """
    from zumik import __version__

    address = with_authorization(address_from(url), session.environment, AUTHORIZATION)
    if is_written_into(file):
        raise UsageError("--fetch replaces a file", hint="name one: -o live.json")
    with _alone(session, file):
        data, before, unread = _before(file)
        etag = _known_etag(file, data, address.url) if before is not None else None
        found = download(
            address,
            etag,
            max_bytes=MAX_BUNDLE_BYTES,
            longest=longest.total_seconds(),
            agent=f"zumik/{__version__}",
        )
        where = shown_address(address.url)
        if before is not None and (found.data is None or found.data == data):
            if not dry_run:
                _note(file, data, found.etag, address.url)
            return FetchedBundle(before, len(data), changed=False, url=where)
        new = found.data or b""
        bundle = read_bundle(new, before)
        why = superseded_by(before, bundle) if before is not None else None
        if why is not None and not older:
            raise AnswerIsNo(
                f"the bundle at {where} is older than {file}: {why}",
                hint="the file stays; --allow-older takes it all the same",
            )
        if not dry_run:
            write_outputs([NewBytes(file, new)])
            _note(file, new, found.etag, address.url)
    return FetchedBundle(bundle, len(new), changed=True, url=where, before=before, unread=unread)


def how_to_get_all(file: Path) -> str:
    """The command that brings every release to a gateway that has the bundle `file`.

    The job publishes them beside what is live, so the address of the one gives that of the other.
    """
    again = f"; and run this again with --bundle {ALL_BUNDLE}"
    folder, _, name = str(_noted(file).get("url", "")).rpartition("/")
    if name in (LIVE_BUNDLE, ALL_BUNDLE):
        with suppress(ZumikError):
            url = quote(address_from(f"{folder}/{ALL_BUNDLE}").url)
            return f"zumik bundle --fetch {url} -o {ALL_BUNDLE}{again}"
    return (
        f"zumik bundle --fetch URL -o {ALL_BUNDLE}, from where the job publishes it, or in a "
        f"workspace zumik bundle --all-releases -o {ALL_BUNDLE}{again}"
    )


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f".{file.name}.{ending}")


@contextmanager
def _alone(session: Session, file: Path) -> Iterator[None]:
    """One fetch into a file at a time: the slower of two could put the older bundle back."""
    me = this_process("bundle --fetch", session.now())
    with writers_lock(_beside(file.absolute(), "fetch") / "lock", me, lambda text: None):
        yield


def _before(file: Path) -> tuple[bytes, Bundle | None, str | None]:
    """The bytes and the bundle of the file, or why it cannot be read; nothing without a file."""
    if not file.exists():
        return b"", None, None
    try:
        data = read_bounded(file, MAX_BUNDLE_BYTES)
        return data, read_bundle(data), None
    except ZumikError as error:
        # A gateway that starts has nothing to answer from, so that any bundle is better.
        return b"", None, error.message


def _noted(file: Path) -> Mapping[str, object]:
    """What was noted beside the file when it was fetched; nothing where that cannot be read."""
    with suppress(OSError, ZumikError, MalformedJson):
        note = from_strict(read_bounded(_beside(file, "etag"), _MAX_NOTE), max_bytes=_MAX_NOTE)
        return note if isinstance(note, dict) else {}
    return {}


def _known_etag(file: Path, data: bytes, url: str) -> str | None:
    """The ETag that came with these very bytes from this address."""
    note = _noted(file)
    etag = note.get("etag")
    if note.get("of") == _of(data, url) and isinstance(etag, str):
        return etag if etag.isascii() and etag.isprintable() else None
    return None


def _note(file: Path, data: bytes, etag: str | None, url: str) -> None:
    """Keep the ETag beside the file, and the address where it holds no key.

    Without them the next fetch takes longer, and a hint names no address; nothing else.
    """
    note = {
        "etag": etag,
        "of": _of(data, url),
        "url": url if shown_address(url) == url else None,
    }
    with suppress(OSError, ZumikError):
        if _noted(file) != note:
            write_outputs([NewBytes(_beside(file, "etag"), f"{json.dumps(note)}\n".encode())])


def _of(data: bytes, url: str) -> str:
    """What an ETag is of. An address may hold a key, so it is part of a digest."""
    return hashlib.sha256(url.encode() + b"\0" + data).hexdigest()
