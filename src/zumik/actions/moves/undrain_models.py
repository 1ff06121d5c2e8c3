"""Undrain models: give them back before their time."""

from __future__ import annotations

from shlex import quote

from zumik.actions.live.live_on_ref import require_up_to_date
from zumik.actions.moves.drain_change import change_drains, live_sources
from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.session import Session
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.decisions.drained_decision import without_drains
from zumik.core.facts.catalog import Model
from zumik.core.facts.meant_name import meant_name
from zumik.core.live.drains import Drain, Drains
from zumik.core.reviews.outcomes import ChangedDrains
from zumik.errors import CannotRun


def undrain_models(
    session: Session, models: str | None, reason: str | None, options: PublishOptions
) -> ChangedDrains:
    """Remove the drains of one glob from the list, or all; nothing to do where it is empty.

    The reason is kept in the commit's message, because the list has no place for it. Raises
    UsageError, CannotRun and IntegrityError.
    """
    options.require_possible(session)
    require_up_to_date(session, drains=True)
    now, before = session.now(), session.store.drains
    removed = tuple(_removed(before, models))
    if not removed:
        return ChangedDrains(now)
    after = without_drains(before, models, now)
    # What is over by now would be refused as a new drain, and takes nothing away.
    restores = tuple(drain for drain in removed if now < drain.until)
    what = ChangedDrains(now, undrained=removed, restores=restores)
    subject = f"Undrain {neutral(models) if models is not None else 'everything'}"
    message = f"{subject}\n\n{reason or ''}".strip()
    return change_drains(session, live_sources(session), after, what, message, options)


def _removed(before: Drains, models: str | None) -> list[Drain]:
    """The drains that are meant. Raises CannotRun for a glob that is not in the list."""
    removed = [drain for drain in before.drains if models is None or drain.models == models]
    if removed or models is None:
        return removed
    listed = [neutral(drain.models) for drain in before.drains]
    otherwise = "nothing is drained: zumik status"
    if listed:
        otherwise = f"the list has {', '.join(map(quote, listed))}; --all removes them all"
    # A glob means what it matches, so only a glob that names one model has other spellings.
    named = {ModelId(glob): Model(ModelId(glob)) for glob in listed if _names_a_model(glob)}
    hint = meant_name(models, (), named, did_you_mean(models, listed, otherwise))
    raise CannotRun(f"{shown(models)} is not drained", hint=hint)


def _names_a_model(glob: str) -> bool:
    try:
        return ModelId(glob) == glob
    except BadName:
        return False
