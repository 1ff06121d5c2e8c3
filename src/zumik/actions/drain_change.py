"""Drains on the command line: what is drained now, and one way to change it for two commands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zumik.actions.publish import Landing, landed_or_unknown
from zumik.actions.session import Session
from zumik.cli.output import Format, emit, tell
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.names import ModelId
from zumik.core.basics.times import moment_text, span_from_text, utc_from_iso
from zumik.core.basics.unknown import Unknown
from zumik.core.facts.policy import glob_matcher
from zumik.core.live.drains import (
    LONGEST,
    MAX_DRAINS,
    MAX_DRAINS_BYTES,
    Drain,
    Drains,
    DrainStatus,
    drains_to_bytes,
)
from zumik.errors import AnswerIsNo, CannotRun, UsageError, ZumikError

if TYPE_CHECKING:
    from zumik.actions.publish import Landed
    from zumik.core.basics.names import AliasName
    from zumik.core.decisions.drained_decision import DrainEffect
    from zumik.core.releases.release import VerifiedRelease

ModelsArgument = Annotated[
    str,
    typer.Argument(metavar="MODELS", help="Quoted, as 'anthropic/*': only * and ? are special."),
]

_MOST = 128
"""Characters in a glob: as many as the longest model id."""

_UNTIL = "30m, 4h, 2d, or a UTC time as in 2026-11-25T18:00Z"


class Change(NamedTuple):
    """A new list of drains: what is said of it, how it is landed, and how it is undone."""

    drains: Drains
    said: str
    subject: str
    reason: str | None
    undo: str | None
    stands_for: str
    done: dict[str, object]


def shown_now(session: Session) -> DrainStatus:
    """The list of drains as of now, or why it cannot be read; and whether it has landed."""
    now = session.now()
    try:
        drains = session.store.drains
    except ZumikError as error:
        return DrainStatus(Unknown(f"{error.message} ({error.hint})"), now)
    landed = None
    if drains.generation:
        path = session.store.drains_path
        landed = landed_or_unknown(session, path, drains_to_bytes(drains))
    return DrainStatus(drains, now, landed)


def until_from(text: str, now: datetime) -> datetime:
    """When a drain ends. Raises UsageError."""
    until = _moment(text, now)
    if until <= now:
        raise UsageError(
            f"--until {moment_text(until)} is over", hint=f"it is {moment_text(now)} now: {_UNTIL}"
        )
    if until > now + LONGEST:
        raise UsageError(
            f"--until lies more than {LONGEST.days} days ahead",
            hint="what is to be away for longer is the policy's to say: exclude: in policy/",
        )
    return until


def _moment(text: str, now: datetime) -> datetime:
    with suppress(ValueError):
        # Capped, so that adding it to a date cannot overflow: it is refused as too long anyway.
        return now + min(span_from_text(text, "mhd"), 2 * LONGEST)
    try:
        # A day alone could mean its beginning or its end.
        if "T" not in text and " " not in text:
            raise ValueError("a day alone")
        return utc_from_iso(text).replace(microsecond=0)
    except ValueError:
        raise UsageError(f"--until {shown(text)} is no time", hint=_UNTIL) from None


class LiveSources(NamedTuple):
    """The live aliases that can be read, and those that cannot, with why."""

    sources: tuple[tuple[AliasName, VerifiedRelease], ...]
    unread: tuple[str, ...]

    @property
    def ranked(self) -> dict[ModelId, list[AliasName]]:
        """Every model that any of them ranks, with those that do."""
        found: dict[ModelId, list[AliasName]] = {}
        for alias, source in self.sources:
            for model in source.aliases[alias].ranking:
                found.setdefault(model, []).append(alias)
        return found


def live_of(session: Session) -> LiveSources:
    """What is live. One alias that cannot be read must not hold up a drain."""
    sources, unread = [], []
    for pointer in session.store.pointers():
        if pointer.kind == "retire":
            continue
        try:
            sources.append((pointer.alias, session.store.live_release(pointer.alias)))
        except ZumikError as error:
            unread.append(f"{pointer.alias}: {error.message}")
    return LiveSources(tuple(sources), tuple(unread))


def require_known(models: str, live: LiveSources) -> None:
    """Raises UsageError and CannotRun for a glob that takes nothing away from anybody."""
    if len(models) > _MOST:
        raise UsageError(f"MODELS has {len(models):,} characters", hint=f"at most {_MOST}")
    known = sorted(live.ranked)
    if any(map(glob_matcher(models).fullmatch, known)):
        return
    providers = sorted({f"{model.provider}/*" for model in known})
    otherwise = "no alias has a live pointer: zumik alias list"
    if known:
        otherwise = f"they rank models of {', '.join(providers)}"
    hint = did_you_mean(models.lower(), [*known, *providers], otherwise)
    raise CannotRun(f"no live alias ranks a model like {shown(models)}", hint=hint)


def require_room(drains: Drains) -> None:
    """Raises AnswerIsNo where the list would be longer than is read."""
    if len(drains.drains) > MAX_DRAINS or len(drains_to_bytes(drains)) > MAX_DRAINS_BYTES:
        raise AnswerIsNo(
            f"the list of drains is full: {len(drains.drains) - 1} of them",
            hint="zumik undrain takes one off; one glob can stand for many models; shorter reasons",
        )


def restored_by(drains: Sequence[Drain]) -> str | None:
    """The command that drains again what was taken off the list."""
    if len(drains) != 1:
        return None
    (drain,) = drains
    until, reason = moment_text(drain.until), neutral(drain.reason)
    return f"zumik drain {quote(neutral(drain.models))} --until {until} --reason {quote(reason)}"


def apply(
    session: Session,
    live: LiveSources,
    change: Change,
    landing: Landing,
    form: Format,
    *,
    dry_run: bool,
) -> None:
    """Write the new list, commit it, and say who answers now. Raises as `land`."""
    from zumik.core.decisions.drained_decision import effects

    now = session.now()
    found = effects(live.sources, session.store.drains, change.drains, now)
    stands, done = "dry run: nothing was written", None
    if not dry_run:
        stands, done = _write(session, change, landing)
    _show(session, change, found, form, stands, done, dry_run=dry_run)
    for problem in live.unread:
        tell(f"warning: not looked at: {neutral(problem)}")
    ignored = [effect.alias for effect in found if effect.after.drain_ignored]
    if ignored:
        tell(
            f"warning: DRAIN IGNORED for {', '.join(ignored)}: no other model could answer; "
            "zumik alias show ALIAS shows who is ranked"
        )
    tell(f"\n{stands}")
    if done is not None:
        undo = change.undo
        if done.branch is not None:
            undo = neutral(f"git switch - && git branch -D {quote(done.branch)}")
        tell(f"next: {done.next}{f'; to undo: {undo}' if undo else ''}")
        done.require_pushed()


def _write(session: Session, change: Change, landing: Landing) -> tuple[str, Landed]:
    from zumik.actions.publish import land, where_it_stands
    from zumik.transaction.file_plan import NewBytes

    path, data = session.store.drains_path, drains_to_bytes(change.drains)
    message = "\n\n".join(part for part in (change.subject, change.reason) if part)
    done = land(session, [NewBytes(path, data)], message, landing)
    return where_it_stands(session, path, data, done, change.stands_for), done


def _show(
    session: Session,
    change: Change,
    found: Sequence[DrainEffect],
    form: Format,
    stands: str,
    done: Landed | None,
    *,
    dry_run: bool,
) -> None:
    from zumik.reports.drain_report import effects_section, effects_to_json

    landed = done.to_json() if done else {}
    emit(
        form,
        lambda: [[change.said], effects_section(found)],
        lambda: {
            **change.done,
            "list": change.drains.to_json(),
            "status": stands,
            "dry_run": dry_run,
            **landed,
            "aliases": effects_to_json(found),
        },
    )
