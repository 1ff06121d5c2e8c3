"""`zumik alias history`: which pointers of an alias landed, when, by whom and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell, terminal_style
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.times import utc_from_iso
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import AnswerIsNo, CannotRun, UsageError, ZumikError
from zumik.workspace.store import Store, parse_pointer

if TYPE_CHECKING:
    from zumik.git.first_parent_history import FirstParentHistory, LandedVersion


class LandedPointers:
    """The pointers that landed on `live_ref`; on HEAD where that is not set or not known here.

    Each release is verified once, and the line of commits is read once, however many are asked for.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pasts: dict[AliasName, tuple[LandedPointer, ...]] = {}
        self._releases: dict[ReleaseId, VerifiedRelease | None] = {}

    @cached_property
    def line(self) -> FirstParentHistory:
        """The commits that count. Raises CannotRun without git."""
        from zumik.git.first_parent_history import FirstParentHistory

        repository, live_ref = self._session.repository, self._session.settings.live_ref
        known = live_ref is not None and repository.has_ref(live_ref)
        return FirstParentHistory(repository, live_ref if live_ref and known else "HEAD")

    @property
    def stand_in(self) -> str | None:
        """Why HEAD was asked instead, in words; None where `live_ref` was."""
        live_ref = self._session.settings.live_ref
        if live_ref is None:
            return "no live_ref is set, so this is what landed on the current branch"
        if self.line.ref != live_ref:
            return f"{live_ref} is not known here, so this is what landed on the current branch"
        return None

    def of(self, alias: AliasName) -> tuple[LandedPointer, ...]:
        """Every landing of an alias's pointer, newest first. Raises CannotRun."""
        if alias not in self._pasts:
            path = self._session.store.live / f"{alias}.json"
            self._pasts[alias] = tuple(
                self._past(path.name, version) for version in self.line.versions_of(path)
            )
        return self._pasts[alias]

    def at(self, alias: AliasName, moment: datetime) -> LandedPointer | None:
        """The pointer that was live at a moment; None where none was.

        Raises CannotRun where a shallow clone does not reach back that far.
        """
        pasts = self.of(alias)
        self.line.require_reaches(moment)
        return next((past for past in pasts if past.landed_at <= moment), None)

    def require_whole(self) -> None:
        """Raises CannotRun where the line began before what is here."""
        if self.line.boundary is not None:
            self.line.require_reaches(datetime.min.replace(tzinfo=UTC))

    def _past(self, name: str, version: LandedVersion) -> LandedPointer:
        pointer = None
        if version.blob is not None:
            try:
                pointer = parse_pointer(name, self.line.repository.blob(version.blob))
            except ZumikError:
                pointer = None
        winner = winner_of(self._session.store, pointer, self._release)
        return LandedPointer(
            None if version.boundary else version.commit,
            version.committed_at,
            version.landed_at,
            version.author,
            pointer,
            winner,
        )

    def _release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, verified once: a line of promotions names the same few again and again."""
        if release not in self._releases:
            try:
                self._releases[release] = self._session.store.release(release)
            except ZumikError:
                self._releases[release] = None
        found = self._releases[release]
        if found is None:
            raise CannotRun(f"no intact release {release}")
        return found


def winner_of(
    store: Store,
    pointer: Pointer | None,
    lookup: Callable[[ReleaseId], VerifiedRelease] | None = None,
) -> str | None:
    """Who answered by a pointer; None where its release is not here or not intact."""
    if pointer is None:
        return None
    try:
        source = (lookup or store.release)(pointer.target.id)
        return source.aliases[pointer.alias].winner if source.ref == pointer.target else None
    except (ZumikError, KeyError):
        return None


def history(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="Only what was live then, in UTC; a date alone is the end of that day.",
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show every move of an alias that landed on live_ref: when, who, why, release and model.

    The order of the commits counts: one that claims to be older than the one before it landed with
    that. Exits with 3 where nothing was live at that time, 4 where a shallow clone cannot know.
    """
    session = session_of(context)
    name, landed = AliasName(alias), LandedPointers(session)
    moment = _moment(at, session.now()) if at is not None else None
    if moment is not None:
        _show_at(session, landed, name, moment, form)
    else:
        _show_all(session, landed, name, form)
    if landed.stand_in is not None:
        tell(f"\n{landed.stand_in}")


def _show_all(session: Session, landed: LandedPointers, alias: AliasName, form: Format) -> None:
    from zumik.reports.alias_report import history_to_json, history_to_text

    found, ref = landed.of(alias), landed.line.ref
    waiting = list(_not_landed(session, alias, found))
    if not found:
        landed.require_whole()
        session.store.live_pointer(alias)
    emit(
        form,
        lambda: history_to_text(found, waiting, ref, terminal_style()),
        lambda: history_to_json(found),
    )
    if landed.line.boundary is not None:
        from zumik.git.first_parent_history import UNSHALLOW

        tell(
            f"\nthis is a shallow clone: what landed on {ref} before "
            f"{landed.line.boundary:%Y-%m-%d %H:%M} is not here: {UNSHALLOW}"
        )


def _not_landed(
    session: Session, alias: AliasName, found: tuple[LandedPointer, ...]
) -> Iterator[tuple[Pointer, str | None]]:
    """The pointer in the work tree, where it is another than the one that landed last."""
    try:
        pointer = session.store.pointer(alias)
    except ZumikError:
        return
    if pointer is not None and (not found or found[0].pointer != pointer):
        yield pointer, winner_of(session.store, pointer)


def _show_at(
    session: Session, landed: LandedPointers, alias: AliasName, moment: datetime, form: Format
) -> None:
    from zumik.reports.alias_report import past_to_json, past_to_text

    past = landed.at(alias, moment)
    if past is None or past.pointer is None or past.pointer.kind == "retire":
        why = "nothing had landed"
        if past is not None:
            why = "it was retired" if past.pointer is not None else "its pointer was gone or broken"
            why += f" by {past.commit or 'an unknown commit'} of {past.landed_at:%Y-%m-%d %H:%M}"
        raise AnswerIsNo(
            f"{alias} was not live on {landed.line.ref} at {moment:%Y-%m-%dT%H:%M:%SZ}: {why}",
            hint=f"zumik alias history {alias} shows when it was",
        )
    emit(
        form,
        lambda: past_to_text(past, moment, landed.line.ref, terminal_style()),
        lambda: past_to_json(past),
    )


def _moment(text: str, now: datetime) -> datetime:
    """The time that a person means; a day means all of it, as far as it has gone.

    Raises UsageError for what is no time, or lies in the future.
    """
    try:
        moment = _parsed(text)
    except ValueError:
        raise UsageError(
            "--at takes a date or a UTC time", hint="--at 2026-06-09, or --at 2026-06-09T08:00:00Z"
        ) from None
    if isinstance(moment, datetime) and moment <= now:
        return moment
    if not isinstance(moment, datetime) and moment <= now.date():
        return min(datetime.combine(moment, time.max, UTC), now)
    raise UsageError("--at lies in the future", hint="nobody knows what will be live then")


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return utc_from_iso(text)
