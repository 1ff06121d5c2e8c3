"""What `live_ref` has, beside the work tree: the one look-up of every command that says "live".

It runs git once and needs neither GitPython nor YAML, so `explain` and `resolve` can afford it.
Without git, or where `live_ref` is not set or not known here, there is nothing to compare with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from zumik.actions.live.landed_pointers import winner_of
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, BadName, ModelId
from zumik.core.basics.tree import LEDGER, LIVE, UNAVAILABLE
from zumik.core.basics.unknown import Unknown
from zumik.core.live.drains import NO_DRAINS, Drains, read_drains
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_pair import LiveOnRef, PointerPair
from zumik.core.releases.ledger import releases_in
from zumik.core.releases.release import ReleaseRef
from zumik.errors import AnswerIsNo, CannotRun, ZumikError
from zumik.workspace.settings_in_text import live_ref_setting
from zumik.workspace.store import Store, parse_pointer

if TYPE_CHECKING:
    from zumik.git.files_on_ref import FilesOnRef


def live_on_ref(store: Store, aliases: Iterable[AliasName] | None = None) -> LiveOnRef | None:
    """Where work tree and `live_ref` differ, for these aliases, or for all that either has.

    None where what landed is not known.
    """
    live_ref = live_ref_setting(store.tree)
    # A commit is looked at as it is, and the directory of a bundle may be anywhere.
    if live_ref is None or not store.root.is_dir():
        return None
    from zumik.git.files_on_ref import files_on_ref, names_on_ref

    names = None if aliases is None else list(dict.fromkeys(aliases))
    if names is None:
        known = files_on_ref(store.root, live_ref, ())
        if known is None:
            return None
        names = _aliases_of([*store.tree.entries(LIVE), *names_on_ref(store.root, known[0], LIVE)])
    paths = {name: f"{LIVE}/{name}.json" for name in names}
    found = files_on_ref(store.root, live_ref, [*paths.values(), UNAVAILABLE])
    if found is None:
        return None
    drains, drains_behind = _drains(store, found.data[UNAVAILABLE])
    sides = [
        (name, here, _landed(name, found.data[paths[name]]))
        for name, here in _readable(store, names)
    ]
    differing = [side for side in sides if side[1] != side[2]]
    # Which command that is takes git a second run, so it is asked only where something differs.
    update = _update_command(store, live_ref) if differing or drains_behind else ""
    fork = _fork(store, found.full_name, [paths[name] for name, *_ in differing])
    pairs = {
        name: PointerPair(
            name, live_ref, here, landed, _winner(store, landed), update, _forked(name, fork)
        )
        for name, here, landed in differing
    }
    return LiveOnRef(live_ref, pairs, drains, drains_behind, update)


def pair_of(store: Store, alias: AliasName) -> PointerPair | None:
    """The pointers of one alias, where they differ."""
    found = live_on_ref(store, [alias])
    return found.pairs.get(alias) if found else None


def not_here(pair: PointerPair) -> CannotRun:
    """The error for an alias that landed and that this checkout does not have."""
    return CannotRun(
        f"{pair.alias} has no live pointer in this checkout",
        hint=f"{pair.live_ref} has one: {pair.update}",
    )


def require_up_to_date(
    session: Session,
    aliases: Collection[AliasName] = (),
    *,
    drains: bool = False,
    beside: bool = True,
) -> None:
    """Raises AnswerIsNo where what a command would change has changed on `live_ref` meanwhile.

    A change of the older file could not be merged: both sides would have written it. The hint names
    --pr where the command can work `beside` the checkout.
    """
    found = live_on_ref(session.store, aliases)
    if found is None:
        return
    behind = [pair for pair in found.pairs.values() if pair.is_behind]
    if behind:
        _refuse_behind(
            found, "; ".join(_behind_to_text(pair) for pair in behind[:5]), beside=beside
        )
    if drains and found.drains_behind:
        _refuse_behind(found, f"{found.live_ref} has a newer list of drains than this checkout")


def require_unused_on_live_ref(session: Session, ref: ReleaseRef) -> None:
    """Raises AnswerIsNo where an alias is live at a release and this checkout is behind."""
    found = live_on_ref(session.store)
    pairs = found.pairs.values() if found else ()
    behind = [pair for pair in pairs if pair.is_behind and pair.landed_release == ref.id]
    if found is not None and behind:
        _refuse_behind(found, f"{ref.id} is live there for {', '.join(p.alias for p in behind)}")


def require_newest_release(session: Session) -> None:
    """Raises AnswerIsNo where `live_ref` has releases or pointers that this checkout lacks.

    The next release would take an id, and a place in the line, that are taken.
    """
    store = session.store
    found = live_on_ref(store)
    if found is None:
        return
    from zumik.git.files_on_ref import files_on_ref

    ledger = files_on_ref(store.root, found.live_ref, [LEDGER])
    landed = releases_in((ledger.data[LEDGER] if ledger else None) or b"")
    missing = [ref.id for ref in landed if store.releases.get(ref.id) != ref]
    if missing:
        update = found.update or _update_command(store, found.live_ref)
        what = f"{found.live_ref} has {missing[-1]}, and this checkout does not"
        _refuse_behind(found._replace(update=update), what, beside=False)
    require_up_to_date(session, list(found.pairs), beside=False)


_BESIDE = "; or add --pr, which leaves this checkout as it is"


def _refuse_behind(found: LiveOnRef, what: str, *, beside: bool = True) -> NoReturn:
    raise AnswerIsNo(
        f"this checkout is behind {found.live_ref}: {what}",
        hint=f"{found.update}, and run the command again{_BESIDE if beside else ''}",
    )


def _behind_to_text(pair: PointerPair) -> str:
    landed, here = pair.landed, pair.here
    assert landed is not None
    mine = (
        "no live pointer" if here is None else f"{here.target.id} ({here.kind} {here.generation})"
    )
    theirs = f"{landed.target.id} ({landed.kind} {landed.generation})"
    return f"{pair.alias} has {theirs} there, and {mine} here"


def _aliases_of(names: Iterable[str]) -> list[AliasName]:
    found = set()
    for name in names:
        if name.endswith(".json") and f"{LIVE}/{name}" != UNAVAILABLE:
            try:
                found.add(AliasName(name.removesuffix(".json")))
            except BadName:
                continue
    return sorted(found)


def _readable(
    store: Store, aliases: Iterable[AliasName]
) -> Iterator[tuple[AliasName, Pointer | None]]:
    """The pointers here; one that cannot be read is left to the command, which reports it."""
    for alias in aliases:
        with suppress(ZumikError):
            yield alias, store.pointer(alias)


def _landed(alias: AliasName, data: bytes | None) -> Pointer | None:
    try:
        return None if data is None else parse_pointer(f"{alias}.json", data)
    except ZumikError:
        return None


def _fork(store: Store, full_name: str, paths: Sequence[str]) -> FilesOnRef | None:
    """The files where HEAD and `live_ref` parted; None where git does not know, as in a shallow
    clone, where nothing differs, and where HEAD has never had the workspace.
    """
    from zumik.git.files_on_ref import files_on_ref, fork_of

    commit = fork_of(store.root, full_name) if paths else None
    return files_on_ref(store.root, commit, paths) if commit else None


def _forked(alias: AliasName, fork: FilesOnRef | None) -> Pointer | Unknown | None:
    if fork is None:
        return Unknown("git does not know where the two parted")
    return _landed(alias, fork.data[f"{LIVE}/{alias}.json"])


def _winner(store: Store, landed: Pointer | None) -> ModelId | None:
    """What a landed pointer answers; None where its release is not here."""
    winner = None if landed is None or landed.is_retired else winner_of(store, landed)
    return None if winner is None else ModelId(winner)


def _drains(store: Store, data: bytes | None) -> tuple[Drains | None, bool]:
    """The list that landed, and whether this checkout has not seen its last change."""
    try:
        landed = NO_DRAINS if data is None else read_drains(data)
        here = store.drains
    except ZumikError:
        return None, False
    return landed, landed != here and landed.generation >= here.generation


def _update_command(store: Store, live_ref: str) -> str:
    """What brings here what landed: on the live branch itself a pull, elsewhere a merge."""
    from zumik.git.files_on_ref import branch_here

    remote, _, branch = live_ref.removeprefix("refs/remotes/").partition("/")
    on_live_branch = bool(remote) and branch == branch_here(store.root)
    return "git pull" if on_live_branch else f"git merge {live_ref}"
