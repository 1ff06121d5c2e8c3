"""The resolver: what a gateway embeds to turn `code.fast` into a model, in microseconds.

It answers from one verified bundle, or from a workspace, and goes on with the last good one where a
new one is not. It carries no traffic and needs nothing but the standard library.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.tree import FROZEN, LEDGER, LIVE
from zumik.core.decisions.decision import Decision, resolve_target
from zumik.core.decisions.drained_decision import gone_from, resolve_without, steady
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import NOTHING_ASKED, Request, read_request
from zumik.core.live.bundle import (
    MAX_BUNDLE_BYTES,
    Bundle,
    Frozen,
    bundle_of,
    read_bundle,
    superseded_by,
)
from zumik.core.live.drains import Drains
from zumik.core.releases.release import MAX_RELEASE_BYTES, VerifiedRelease
from zumik.errors import CannotRun, UsageError, ZumikError
from zumik.workspace.store import Store, find_workspace

LOG = logging.getLogger("zumik")

Load = Callable[[Bundle | None], Bundle]
"""Reads the files anew; it is given what is answered from, of which it may keep parts."""

Stamp = Callable[[], object]
"""What changes whenever the files do: it is compared, and never read."""

_MOST_ANSWERS = 10_000
"""How many answers are kept: every alias pinned to every release is one."""

_MOST_COMPARED = 100
"""Among how many aliases one is looked for that was meant: it takes longer than to resolve."""

_UNSETTLED_NS = 50_000_000
"""A file this young may be written again within one tick of its clock."""

_TRY_AGAIN = 60.0
"""Seconds after which files that were refused are read again though they did not change."""


class UnknownReference(CannotRun):
    """What is asked for is not in what is answered from, or was retired."""


@dataclass(frozen=True)
class _Span:
    """A time in which no drain begins or ends: what was answered in it stays the answer.

    From `since` up to `until`, in seconds since 1970; `at` is a moment in it.
    """

    since: float
    until: float
    at: datetime
    answers: dict[str, Decision] = field(default_factory=dict)
    gone: dict[tuple[ReleaseId, AliasName], tuple[ModelId, ...]] = field(default_factory=dict)


@dataclass
class _View:
    """One bundle, ready to answer; nothing but the span changes once it is made."""

    bundle: Bundle
    models: Mapping[ModelId, Model]
    span: _Span

    def span_now(self) -> _Span:
        """The span that this moment is in; the clock is not asked where nothing is drained."""
        span, drains = self.span, self.bundle.drains
        if drains.drains:
            now = time.time()
            if not span.since <= now < span.until:
                span = self.span = _span_at(drains, now)
        return span


class Resolver:
    """Answers references, for any number of threads.

    `check_every` is how many seconds may pass before the files are looked at again. Whoever asks
    then does it, while all others are answered from what there is. In an event loop nobody may
    take that time: `watch` gives it to a thread, and with `math.inf` only `refresh` looks.
    """

    def __init__(self, load: Load, stamp: Stamp, *, check_every: float = 1.0) -> None:
        """Raises CannotRun and IntegrityError: there is no last good one yet."""
        self._load = load
        self._stamp = stamp
        self._check_every = check_every
        self._busy = threading.Lock()
        self._closed = threading.Event()
        self._seen = stamp()
        self._view = _view_of(load(None))
        self._next = time.monotonic() + check_every
        self._problem: ZumikError | None = None
        self._refused: object = None
        self._try_again = 0.0
        self._shouted: dict[AliasName, Drains] = {}

    @classmethod
    def from_bundle(cls, path: str | os.PathLike[str], *, check_every: float = 1.0) -> Resolver:
        """Answer from the file that `zumik bundle` writes, and from each that takes its place.

        Raises CannotRun where it is no bundle, IntegrityError where it is not intact.
        """
        place = Path(path).absolute()

        def load(known: Bundle | None) -> Bundle:
            # The path is the operator's, and a link is how Kubernetes mounts a file and swaps it.
            target = Path(os.path.realpath(place))
            try:
                data = read_bounded(target, MAX_BUNDLE_BYTES)
            except ZumikError as error:
                hint = "zumik bundle -o FILE makes it anew"
                raise CannotRun(error.message, hint=hint) from None
            return read_bundle(data, known)

        return cls(load, lambda: _stamp_of(place), check_every=check_every)

    @classmethod
    def from_workspace(
        cls, path: str | os.PathLike[str] = ".", *, check_every: float = 1.0
    ) -> Resolver:
        """Answer from a workspace as it lies on the disk, landed or not.

        Raises CannotRun where there is none, IntegrityError where it is not intact.
        """
        root = find_workspace(Path(path)).root
        places = [root / LIVE, root / LEDGER]
        return cls(
            lambda _: bundle_of_workspace(Store.at(root), datetime.now(UTC)),
            lambda: [_stamp_of(place) for place in (*places, *sorted((root / LIVE).glob("*")))],
            check_every=check_every,
        )

    @property
    def bundle(self) -> Bundle:
        """What is answered from now."""
        return self._view.bundle

    @property
    def age(self) -> timedelta:
        """How long ago what is answered from was put together."""
        return datetime.now(UTC) - self._view.bundle.made_at

    @property
    def problem(self) -> ZumikError | None:
        """Why the newest files are not answered from; None where they are."""
        return self._problem

    def resolve(
        self, reference: str, request: Request | Mapping[str, object] = NOTHING_ASKED
    ) -> Decision:
        """The model for an alias, for one pinned to a release (`ALIAS@RELEASE`), or for a target.

        `request` says what is needed: tokens, capabilities, kinds of input, and which models are
        unavailable. Raises UnknownReference, BadName for what is no reference, UsageError for what
        is no request, and NoCandidate where no model will do.
        """
        if time.monotonic() >= self._next:
            self.refresh()
        view = self._view
        if not isinstance(request, Request):
            request = _request(request)
        span = view.span_now()
        keeps = request.asks_nothing
        if keeps and reference in span.answers:
            return span.answers[reference]
        decision = _resolve(view, span, reference, request)
        if decision.drain_ignored:
            self._shout(decision, view.bundle.drains)
        if keeps and len(span.answers) < _MOST_ANSWERS:
            span.answers[reference] = decision
        return decision

    def _shout(self, decision: Decision, drains: Drains) -> None:
        """That a drain is ignored: once for each alias and list of drains."""
        alias = decision.alias
        if alias is None or self._shouted.get(alias) == drains:
            return
        self._shouted[alias] = drains
        LOG.warning(
            "zumik: %s: the drain of %s is IGNORED: nobody else could answer",
            decision.requested,
            ", ".join(decision.drain_ignored),
        )

    def refresh(self) -> bool:
        """Look at the files now; whether another bundle is answered from since.

        What cannot be read, is not intact or is older leaves the last good one in place, and is
        told by `problem`.
        """
        if not self._busy.acquire(blocking=False):
            return False
        try:
            if self._next != math.inf:
                self._next = time.monotonic() + self._check_every
            return self._reload()
        finally:
            self._busy.release()

    def watch(self) -> None:
        """Look at the files in a thread of its own from now on, so that nobody who asks waits.

        To be called in the process that asks: no thread outlives a fork. `close` ends it.
        """
        self._next = math.inf
        threading.Thread(target=self._watch, name="zumik-watch", daemon=True).start()

    def close(self) -> None:
        """Look at the files no more. What there is still answers."""
        self._next = math.inf
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self._check_every):
            self.refresh()

    def _reload(self) -> bool:
        stamp = self._stamp()
        if stamp == self._seen:
            self._problem = None
            return False
        if stamp == self._refused and time.monotonic() < self._try_again:
            return False
        try:
            bundle = self._load(self._view.bundle)
            older = superseded_by(self._view.bundle, bundle)
            if older is not None:
                raise CannotRun(
                    f"the new files are older than what is answered from: {older}",
                    hint="zumik alias rollback goes back; copying old files does not",
                )
        except Exception as error:  # noqa: BLE001 - whatever comes, the last good one answers
            self._problem = _told(error)
            self._refused, self._try_again = stamp, time.monotonic() + _TRY_AGAIN
            return False
        self._seen, self._problem = stamp, None
        if bundle == self._view.bundle:
            return False
        self._view = _view_of(bundle)
        return True


def bundle_of_workspace(
    store: Store, made_at: datetime, *, commit: str | None = None, every: bool = False
) -> Bundle:
    """What is live in a workspace, and the newest release for concrete targets; `every` for all.

    Raises CannotRun and IntegrityError.
    """
    pointers = list(store.pointers())
    wanted = {pointer.target.id for pointer in pointers if pointer.kind != "retire"}
    wanted |= set(store.releases) if every else {store.newest.id} if store.newest else set()
    frozen = []
    for release in sorted(wanted, key=lambda release: release.order):
        source = store.release(release)
        data = store.tree.read(f"{FROZEN}/{source.ref.file_name}", MAX_RELEASE_BYTES)
        frozen.append(Frozen(source, data))
    made_at = made_at.replace(microsecond=0)
    return bundle_of(pointers, frozen, drains=store.drains, commit=commit, made_at=made_at)


def _view_of(bundle: Bundle) -> _View:
    """With the newest facts of every model, for those who ask for one by its id."""
    models: dict[ModelId, Model] = {}
    for frozen in bundle.releases.values():
        models.update(frozen.source.models)
    return _View(bundle, models, _span_at(bundle.drains, time.time()))


def _span_at(drains: Drains, now: float) -> _Span:
    """The span around a time. Any moment in it will do for whoever asks what is drained."""
    since, until = steady(drains, datetime.fromtimestamp(now, UTC))
    return _Span(
        -math.inf if since is None else since.timestamp(),
        math.inf if until is None else until.timestamp(),
        since or datetime.min.replace(tzinfo=UTC),
    )


def _told(error: Exception) -> ZumikError:
    """An error as one of ours; any other is a bug, or a machine without memory."""
    if isinstance(error, ZumikError):
        return error
    return CannotRun(
        f"the new files could not be read: {type(error).__name__}",
        hint="zumik check looks at the workspace; a bundle is made again with: zumik bundle",
    )


def _stamp_of(path: Path) -> tuple[int, ...] | None:
    """None where there is nothing: reading it says what is wrong."""
    try:
        status = path.stat()
    except OSError:
        return None
    age = time.time_ns() - status.st_mtime_ns
    unsettled = time.monotonic_ns() if 0 <= age < _UNSETTLED_NS else 0
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, unsettled


def _request(needs: Mapping[str, object]) -> Request:
    try:
        return read_request(dict(needs), ("request",))
    except Malformed as error:
        raise UsageError(error.message, hint="as in the request of a log line") from None


def _resolve(view: _View, span: _Span, reference: str, request: Request) -> Decision:
    asked = Reference.parse(reference)
    if asked.model is not None:
        model = view.models.get(asked.model)
        if model is None:
            raise UnknownReference(
                f"no release knows {asked.model}", hint="zumik catalog list shows models"
            )
        return resolve_target(asked, model.id, model.revision)
    source, alias = _source(view, asked), asked.alias
    assert alias is not None
    frozen = source.aliases.get(alias)
    if frozen is None:
        raise UnknownReference(
            f"{source.ref.id} has no alias {alias}", hint=f"it has {', '.join(source.aliases)}"
        )
    gone = _gone(view, span, source, alias)
    return resolve_without(gone, source, alias, request, requested=reference)


def _gone(
    view: _View, span: _Span, source: VerifiedRelease, alias: AliasName
) -> tuple[ModelId, ...]:
    """What is drained of an alias in a span, looked for once."""
    if not view.bundle.drains.drains:
        return ()
    key = source.ref.id, alias
    found = span.gone.get(key)
    if found is None:
        found = span.gone[key] = gone_from(view.bundle.drains, source, alias, span.at)
    return found


def _source(view: _View, asked: Reference) -> VerifiedRelease:
    bundle = view.bundle
    if asked.release is not None:
        found = bundle.releases.get(asked.release)
        if found is None:
            raise UnknownReference(
                f"{asked.release} is not in what is answered from",
                hint="zumik bundle --all-releases puts every release in",
            )
        return found.source
    assert asked.alias is not None
    pointer = bundle.pointers.get(asked.alias)
    if pointer is None:
        raise UnknownReference(f"{asked.alias} is not live", hint=_meant(asked.alias, bundle))
    if pointer.kind == "retire":
        raise UnknownReference(
            f"{asked.alias} was retired: {shown(pointer.reason or 'no reason given')}",
            hint="zumik alias list shows what is live",
        )
    return bundle.releases[pointer.target.id].source


def _meant(alias: AliasName, bundle: Bundle) -> str:
    """The next step of somebody who asked for an alias that is not live."""
    from difflib import get_close_matches

    known = bundle.pointers if len(bundle.pointers) <= _MOST_COMPARED else ()
    close = get_close_matches(alias, known, n=1)
    return f"did you mean {close[0]}?" if close else "zumik alias list shows what is"
