"""Retire aliases: end them, with the reason and what to use instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zumik.actions.moves.move_aliases import PlannedMove, move_aliases, move_request
from zumik.actions.publishing.kept_text import require_text
from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.reviews.outcomes import MovedAliases
from zumik.errors import UsageError, ZumikError
from zumik.workspace.store import Store
from zumik.workspace.target_facts import alias_named


def retire_aliases(
    session: Session,
    aliases: Sequence[str],
    replacement: str | None,
    *,
    reason: str,
    as_of: str | None,
    options: PublishOptions,
) -> MovedAliases:
    """End aliases in one commit; without `replacement` their policies as frozen name one.

    What a policy names and cannot be used is left out and reported: it does not hold up a
    retirement. Raises UsageError, CannotRun and IntegrityError.
    """
    store = session.store
    names = list(dict.fromkeys(alias_named(store, alias) for alias in aliases))
    request = move_request(session, "retire", reason, as_of, options)
    unusable: dict[AliasName, str] = {}
    if replacement is not None:
        named = alias_named(store, replacement)
        _require_usable(store, named, names)
        replacements = dict.fromkeys(names, named)
    else:
        replacements = {}
        for name, named in _named_by_policies(store, names):
            try:
                _require_usable(store, named, names)
                replacements[name] = named
            except ZumikError as error:
                unusable[name] = error.message
    request = request._replace(replacements=replacements)
    planned: list[PlannedMove] = []
    retired: list[tuple[AliasName, ReleaseId]] = []
    for name in names:
        # The replacement is put before the reason, so that the two together have to be short.
        require_text(request.reason_for(name), "--reason")
        current = store.live_pointer(name)
        if current.is_retired:
            retired.append((name, current.target.id))
        else:
            planned.append(PlannedMove(name, current, store.live_release(name)))
    moved = move_aliases(session, request, planned)
    return moved._replace(unmoved=tuple(retired), without_replacement=unusable)


def _named_by_policies(
    store: Store, names: Sequence[AliasName]
) -> Iterator[tuple[AliasName, AliasName]]:
    """The aliases whose policy as frozen names what replaces them."""
    for name in names:
        if store.live_pointer(name).is_retired:
            continue
        deprecated = store.live_release(name).aliases[name].policy.deprecated
        if deprecated is not None and deprecated.replaced_by is not None:
            yield name, deprecated.replaced_by


def _require_usable(store: Store, replacement: AliasName, names: Sequence[AliasName]) -> None:
    """Raises UsageError and CannotRun where the replacement has no live pointer afterwards."""
    if replacement in names:
        raise UsageError(f"{replacement} is retired by this very command", hint="name another")
    store.live_release(replacement)
