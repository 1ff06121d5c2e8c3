"""Drain models: take them away from every alias until a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from zumik.actions.live.live_on_ref import require_up_to_date
from zumik.actions.moves.drain_change import LiveSources, change_drains, live_sources
from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.session import Session
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.core.basics.times import moment_text, span_from_text, utc_from_iso
from zumik.core.decisions.drained_decision import with_drain
from zumik.core.facts.candidate_globs import glob_matcher
from zumik.core.facts.meant_name import meant_name
from zumik.core.live.drains import (
    LONGEST,
    MAX_DRAINS,
    MAX_DRAINS_BYTES,
    Drain,
    Drains,
    drains_to_bytes,
)
from zumik.core.reviews.outcomes import ChangedDrains
from zumik.errors import AnswerIsNo, CannotRun, UsageError

_MAX_GLOB = 128
"""Characters in a glob: as many as the longest model id."""

_UNTIL = "30m, 4h, 2d, or a UTC time as in 2026-11-25T18:00Z"


def drain_models(
    session: Session, models: str, until: str, reason: str, options: PublishOptions
) -> ChangedDrains:
    """Drain the models that match a glob; where the list says just that, there is nothing to do.

    Raises UsageError and CannotRun for a glob that matches no ranked model, AnswerIsNo where the
    list is full, IntegrityError.
    """
    options.require_possible(session)
    require_up_to_date(session, drains=True)
    now = session.now()
    live, before = live_sources(session), session.store.drains
    wanted = Drain(models, now, until_from(until, now), reason)
    _require_ranked(models, live)
    after = with_drain(before, wanted, now)
    _require_room(after)
    made = after.drains[-1]
    if made in before.drains:
        return ChangedDrains(now, made)
    replaced = tuple(d for d in before.drains if d.models == models and d.in_force(now))
    what = ChangedDrains(now, made, restores=replaced)
    return change_drains(session, live, after, what, f"Drain {models}\n\n{reason}", options)


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
            hint="to take models away for longer, exclude them in the policy: exclude: in policy/",
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
        raise UsageError(f"--until {shown(text)} is not a time", hint=_UNTIL) from None


def _require_ranked(models: str, live: LiveSources) -> None:
    """Raises UsageError and CannotRun for a glob that matches no model that a live alias ranks."""
    if len(models) > _MAX_GLOB:
        raise UsageError(f"MODELS has {len(models):,} characters", hint=f"at most {_MAX_GLOB}")
    known = sorted(live.ranked)
    if any(map(glob_matcher(models).fullmatch, known)):
        return
    providers = sorted({f"{model.provider}/*" for model in known})
    otherwise = "no alias has a live pointer: zumik alias list"
    if known:
        otherwise = f"they rank models of {', '.join(providers)}"
    facts = {m: source.models[m] for _, source in live.sources for m in source.models}
    ranked = {model: facts[model] for model in known if model in facts}
    if set(models) & set("*?"):
        # Only within its provider: the nearest other one may be healthy.
        provider = models.lower().partition("/")[0]
        same = [name for name in (*known, *providers) if name.partition("/")[0] == provider]
        hint = did_you_mean(models.lower(), same, otherwise)
    else:
        hint = meant_name(models, (), ranked, otherwise)
    raise CannotRun(f"no live alias ranks a model like {shown(models)}", hint=hint)


def _require_room(drains: Drains) -> None:
    """Raises AnswerIsNo where the list would be longer than a reader accepts."""
    if len(drains.drains) > MAX_DRAINS or len(drains_to_bytes(drains)) > MAX_DRAINS_BYTES:
        raise AnswerIsNo(
            f"the list of drains is full: {len(drains.drains) - 1} of them",
            hint="zumik status shows them; remove one, use one glob for many, or shorten reasons",
        )
