"""The review: what merging a branch would change, for the person who decides.

A branch adds releases, moves live pointers, or both. Freezing alone moves no traffic, and a pointer
may move to a release that was frozen long ago. So aliases are compared with what is live now, and
facts with the newest release before.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from zumik.core.basics.findings import Acknowledgement
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.alias_table import Rederived, rederive
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.decisions.resolver_before import RankingBefore, frozen_ranking_before
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.live.drains import Drain, Drains
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.changes import (
    AliasChange,
    Changes,
    FieldChange,
    ModelChange,
    alias_change,
    changes_between,
    model_change,
    touched_aliases,
)
from zumik.core.reviews.plan import AliasPlan, LiveView
from zumik.errors import CannotRun, IntegrityError

REMOVED = "remove"
"""The kind of a move whose pointer file was removed, and so cannot say its kind."""

_SERVED = ("revision", "upstream")

Lookup = Callable[[ReleaseId], VerifiedRelease]


class NewRelease(NamedTuple):
    """A release that this change brings."""

    ref: ReleaseRef
    created_at: datetime
    note: str | None
    backfilled: bool


class PointerMove(NamedTuple):
    """How a live pointer changes on landing; None is no release, or no model that answers."""

    alias: AliasName
    kind: str
    reason: str | None
    before: ReleaseId | None
    after: ReleaseId | None
    winner_before: ModelId | None
    winner_after: ModelId | None


class DrainLists(NamedTuple):
    """The lists of drains before and after, and the time that they are looked at."""

    before: Drains
    after: Drains
    now: datetime


class DrainChange(NamedTuple):
    """A drain before and after; None where it is not on the list."""

    before: Drain | None
    after: Drain | None


class AcknowledgementChange(NamedTuple):
    """A warning's acknowledgement before and after; None where it has none."""

    before: Acknowledgement | None
    after: Acknowledgement | None


class Drained(NamedTuple):
    """What an alias answers now and on landing, where a drain names a model that it ranks.

    `ranked` is the winner of the release that it then points to. `ignored`: the drains would leave
    the alias without a model, so they do not apply. None is no model.
    """

    alias: AliasName
    before: ModelId | None
    after: ModelId | None
    ranked: ModelId | None
    ignored: bool


class TrafficMove(NamedTuple):
    """An alias that another model answers once this lands; None for no model."""

    alias: AliasName
    before: ModelId | None
    after: ModelId | None


class AliasReview(NamedTuple):
    """An alias that this change touches: what answers now, and what is proposed.

    `proposed` is the release it is proposed from: where its pointer moves to, else the newest.
    `change` is what differs between the two as frozen. `facts` are the winner's, where both have
    the same one and something of it differs.
    """

    plan: AliasPlan
    proposed: ReleaseId | None
    move: PointerMove | None
    change: AliasChange | None
    facts: ModelChange | None

    @property
    def differs(self) -> bool:
        """Whether the proposed winner is not the one that answers now; None counts as one."""
        return self.plan.winner_before != self.plan.winner_after

    @property
    def served(self) -> tuple[FieldChange, ...]:
        """What differs in how the same winner is asked for: its revision, its upstream."""
        fields = self.facts.fields if self.facts else ()
        return tuple(field for field in fields if field.kind in _SERVED)


class WaitingAlias(NamedTuple):
    """An alias that this branch leaves alone, but whose winner in the newest release is another."""

    alias: AliasName
    live: ModelId
    newest: ModelId


class Review(NamedTuple):
    """What merging a branch would change.

    `aliases` are those that it touches, the ones with another winner first; `unchanged` are the
    others. `changes` are of policy and facts since the newest release before, None without a new
    one. `units` gives the unit of each metric. `withdrawn` are the marks that are new, `drains` the
    drains that change, `drained` the aliases whose answer this change and drains decide together.
    `retiring` are the aliases that then are live with a model that retires. `acknowledged` are the
    acknowledgements of warnings that change.
    """

    releases: tuple[NewRelease, ...]
    moves: tuple[PointerMove, ...]
    aliases: tuple[AliasReview, ...]
    waiting: tuple[WaitingAlias, ...]
    unchanged: tuple[AliasName, ...]
    changes: Changes | None
    units: Mapping[str, str]
    withdrawn: tuple[Withdrawal, ...] = ()
    drains: tuple[DrainChange, ...] = ()
    drained: tuple[Drained, ...] = ()
    retiring: tuple[LiveRetirement, ...] = ()
    acknowledged: tuple[AcknowledgementChange, ...] = ()

    @property
    def traffic_moves(self) -> tuple[TrafficMove, ...]:
        """The aliases that another model answers once this lands, drains regarded."""
        answers = {move.alias: (move.winner_before, move.winner_after) for move in self.moves}
        answers |= {item.alias: (item.before, item.after) for item in self.drained}
        return tuple(
            TrafficMove(alias, before, after)
            for alias, (before, after) in sorted(answers.items())
            if before != after
        )

    @property
    def served_otherwise(self) -> tuple[AliasReview, ...]:
        """Aliases that keep their winner on landing, at another revision or upstream."""
        return tuple(item for item in self.aliases if item.move and item.served)

    @property
    def upstream(self) -> tuple[tuple[ModelId, FieldChange], ...]:
        """Every change of what a provider is asked for, by model."""
        models = [*(self.changes.models if self.changes else ())]
        models += [item.facts for item in self.aliases if item.facts]
        found = {
            (change.model, field.path): (change.model, field)
            for change in reversed(models)
            for field in change.fields
            if field.kind == "upstream"
        }
        return tuple(found[key] for key in sorted(found))

    @property
    def pointed_to(self) -> frozenset[ReleaseId]:
        """The releases that pointers move to."""
        return frozenset(move.after for move in self.moves if move.after)


def review_of(
    pointers_before: Mapping[AliasName, Pointer],
    pointers_after: Mapping[AliasName, Pointer],
    new: Sequence[VerifiedRelease],
    parent: VerifiedRelease | None,
    lookup: Lookup,
    withdrawn: Sequence[Withdrawal] = (),
    drain_lists: DrainLists | None = None,
) -> Review:
    """What landing would do: `new` releases in their order, after `parent`, and other pointers.

    Without a `drain_lists` nothing is drained, before or after. `lookup` finds releases of either
    side. Raises what it raises; CannotRun and IntegrityError where a pointer names what its release
    is not.
    """
    found = cache(lookup)
    sides = _Sides(pointers_before, pointers_after, parent, new[-1] if new else None, found)
    moves = tuple(sides.moves())
    changes = (
        changes_between(parent.release.content if parent else None, sides.newest.release.content)
        if sides.newest
        else None
    )
    moved = {move.alias: move for move in moves}
    touched = {*moved}
    if changes and sides.newest:
        touched.update(touched_aliases(changes, sides.newest.release.content))
    reviews = [sides.review(alias, moved.get(alias)) for alias in sorted(touched)]
    drained = tuple(sides.drained(drain_lists, moved)) if drain_lists else ()
    rest = [alias for alias in sides.answering() if alias not in touched]
    waiting = tuple(sides.waiting(rest))
    listed = {item.alias for item in waiting} | {item.alias for item in drained}
    return Review(
        releases=tuple(
            NewRelease(
                item.ref, item.release.created_at, item.release.note, item.release.backfilled
            )
            for item in new
        ),
        moves=moves,
        aliases=tuple(sorted(reviews, key=lambda item: not item.differs)),
        waiting=waiting,
        unchanged=tuple(alias for alias in rest if alias not in listed),
        changes=changes,
        units=_units(sides, moves),
        withdrawn=tuple(withdrawn),
        drains=tuple(_changed_drains(drain_lists.before, drain_lists.after)) if drain_lists else (),
        drained=drained,
    )


def changed_acknowledgements(
    before: Iterable[Acknowledgement], after: Iterable[Acknowledgement]
) -> Iterator[AcknowledgementChange]:
    """Each warning that is accepted otherwise than before: until another day, or with other words.

    Of two entries for one warning the first counts; the second is an error.
    """
    old, new = (
        {(item.code, tuple(sorted({*item.about}))): item for item in reversed([*entries])}
        for entries in (before, after)
    )
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if (
            left is None
            or right is None
            or (left.until, left.reason) != (right.until, right.reason)
        ):
            yield AcknowledgementChange(left, right)


class _Sides(NamedTuple):
    """The live pointers and the newest release before and after."""

    before: Mapping[AliasName, Pointer]
    after: Mapping[AliasName, Pointer]
    parent: VerifiedRelease | None
    newest: VerifiedRelease | None
    lookup: Lookup

    def release(self, pointer: Pointer | None) -> VerifiedRelease | None:
        """The release that answers under a pointer; None where nothing does."""
        if pointer is None or pointer.is_retired:
            return None
        source = self.lookup(pointer.target.id)
        if source.ref != pointer.target:
            raise IntegrityError(
                f"{pointer.alias} points to {pointer.target.id} with the digest "
                f"{pointer.target.sha256.short}…, and that release has {source.ref.sha256.short}…",
                hint="zumik alias promote writes the pointer again",
            )
        if pointer.alias not in source.aliases:
            raise CannotRun(
                f"{pointer.alias} points to {source.ref.id}, which has no such alias",
                hint="promote it to a release that has it",
            )
        return source

    def moves(self) -> Iterator[PointerMove]:
        """What each pointer that changes does."""
        for alias in sorted({*self.before, *self.after}):
            old, new = self.before.get(alias), self.after.get(alias)
            if old == new:
                continue
            left, right = self.release(old), self.release(new)
            yield PointerMove(
                alias,
                new.kind if new else REMOVED,
                new.reason if new else None,
                left.ref.id if left else None,
                right.ref.id if right else None,
                left.aliases[alias].winner if left else None,
                right.aliases[alias].winner if right else None,
            )

    def drained(self, drain_lists: DrainLists, moved: Container[AliasName]) -> Iterator[Drained]:
        """The aliases whose answer a drain may decide and this branch may change."""
        lists = drain_lists.before, drain_lists.after
        for alias in sorted({*self.before, *self.after}):
            if alias not in moved and lists[0].drains == lists[1].drains:
                continue
            releases = self.release(self.before.get(alias)), self.release(self.after.get(alias))
            left, right = (
                resolve_under(drains, source, alias, NOTHING_ASKED, drain_lists.now)
                if source
                else None
                for drains, source in zip(lists, releases, strict=True)
            )
            found = [item for item in (left, right) if item]
            if any(item.request.unavailable or item.drain_ignored for item in found):
                yield Drained(
                    alias,
                    left.model if left else None,
                    right.model if right else None,
                    releases[1].aliases[alias].winner if releases[1] else None,
                    bool(right and right.drain_ignored),
                )

    def answering(self) -> list[AliasName]:
        """The aliases that have an answer now, or that the newest release has."""
        retired = {alias for alias, pointer in self.before.items() if pointer.is_retired}
        newest = self.newest.aliases if self.newest else ()
        return sorted({*self.before, *newest} - retired)

    def review(self, alias: AliasName, move: PointerMove | None) -> AliasReview:
        """One alias, live beside proposed."""
        live = self.release(self.before.get(alias))
        proposed = self.release(self.after.get(alias)) if move else self.newest
        if proposed is not None and alias not in proposed.aliases:
            proposed = None
        old, new = (side.release.content if side else None for side in (live, proposed))
        after = rederive(proposed, alias) if proposed else None
        plan = AliasPlan(
            alias,
            LiveView(live.ref.id, rederive(live, alias).table) if live else None,
            after.table if after else None,
            resolver_before=_resolver_before(live, proposed, alias, after),
        )
        same = live.aliases[alias].winner if live else None
        if proposed is None or proposed.aliases[alias].winner != same:
            same = None
        return AliasReview(
            plan,
            proposed.ref.id if proposed else None,
            move,
            alias_change(alias, old, new),
            model_change(same, old, new) if same else None,
        )

    def waiting(self, aliases: Sequence[AliasName]) -> Iterator[WaitingAlias]:
        """Those of `aliases` that the newest release would move, if they were promoted."""
        for alias in aliases:
            frozen = self.newest.aliases.get(alias) if self.newest else None
            live = self.release(self.before.get(alias)) if frozen else None
            if frozen and live and live.aliases[alias].winner != frozen.winner:
                yield WaitingAlias(alias, live.aliases[alias].winner, frozen.winner)


def _resolver_before(
    live: VerifiedRelease | None,
    proposed: VerifiedRelease | None,
    alias: AliasName,
    after: Rederived | None,
) -> RankingBefore | None:
    """What the resolver of what is live gives otherwise, where another made what is proposed."""
    if live is None or proposed is None or after is None:
        return None
    if live.release.resolver >= proposed.release.resolver:
        return None
    return frozen_ranking_before(proposed, alias, after.table)


def _changed_drains(before: Drains, after: Drains) -> Iterator[DrainChange]:
    """Every drain that comes, goes or is another, by its glob."""
    for glob in sorted({drain.models for drain in (*before.drains, *after.drains)}):
        sides = ([d for d in side.drains if d.models == glob] for side in (before, after))
        for old, new in zip_longest(*sides):
            if old != new:
                yield DrainChange(old, new)


def _units(sides: _Sides, moves: Sequence[PointerMove]) -> Mapping[str, str]:
    """The unit of each metric that a change could be of, the newest release's last."""
    sources = [sides.release(sides.before.get(move.alias)) for move in moves]
    sources += [sides.release(sides.after.get(move.alias)) for move in moves]
    sources += [sides.parent, sides.newest]
    return {
        name: metric.unit
        for source in sources
        if source
        for name, metric in source.release.content.metrics.items()
    }
