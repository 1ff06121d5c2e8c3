"""Landing: files that a command made, committed exactly, and whether that makes them live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zumik.cli.session import Session
from zumik.errors import IntegrityError, ZumikError
from zumik.workspace.git import Repository
from zumik.workspace.writing import NewBytes, write_together, writing


def land(
    session: Session,
    files: Sequence[NewBytes],
    message: str,
    *,
    commit: bool,
    relies_on: Sequence[Path] = (),
) -> str | None:
    """Write the files and commit them and nothing else; the commit, or None with `--no-commit`.

    `relies_on` are files that have to be committed before. Either all of it happens or nothing
    does. Raises CannotRun, and IntegrityError where a hook changed what was committed.
    """
    session.settings  # noqa: B018  # where they cannot be read, that is told before, not after
    if not commit:
        write_together(files)
        return None
    repository = session.repository
    paths = [file.path for file in files]
    repository.require_committable(paths, relies_on)
    with writing(files):
        made = repository.commit(paths, message)
    for file in files:
        if file.must_be_new and not repository.holds("HEAD", file.path, file.data):
            raise IntegrityError(
                f"{file.path.name} was committed as {made} with other bytes: a hook or a filter "
                "changed them",
                hint="git reset --soft HEAD~1, exempt releases/frozen from it, and do it again",
            )
    return made


def where_it_stands(session: Session, path: Path, data: bytes, commit: str | None) -> str:
    """Whether what was written has landed, in words for the person who wrote it."""
    live_ref = session.settings.live_ref
    if commit is None:
        return f"NOT LIVE{_until(live_ref, 'committed and ') or ': not committed yet'}"
    if live_ref is None:
        return f"committed as {commit}; no live_ref is set, so this branch is what counts"
    if landed(session.repository, live_ref, path, data):
        return f"LIVE on {live_ref}, committed as {commit}"
    unknown = "" if session.repository.has_ref(live_ref) else f" ({live_ref} is not known here)"
    return f"NOT LIVE{_until(live_ref)}{unknown}; committed as {commit}"


def landed(repository: Repository, live_ref: str, path: Path, data: bytes) -> bool:
    """Whether the live ref has exactly these bytes."""
    return repository.has_ref(live_ref) and repository.holds(live_ref, path, data)


def landed_or_unknown(session: Session, path: Path, data: bytes) -> bool | None:
    """As `landed`, and None where there is no git or no live ref to ask."""
    try:
        live_ref = session.settings.live_ref
        if live_ref is None or not session.repository.has_ref(live_ref):
            return None
        return landed(session.repository, live_ref, path, data)
    except ZumikError:
        return None


def _until(live_ref: str | None, first: str = "") -> str:
    return f" until {first}merged to {live_ref}" if live_ref else ""
