"""The resolver: what a gateway embeds to turn `code.fast` into a model, in microseconds.

It answers from one verified bundle or from a workspace. When the files change, it answers from the
new ones if they are good, and else goes on with the last good ones. It carries no traffic and needs
nothing but the standard library.
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
from typing import NamedTuple

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import AliasName, BadName, BadReleaseId, ModelId
from zumik.core.basics.references import Reference
from zumik.core.basics.tree import FROZEN, LEDGER, LIVE
from zumik.core.decisions.decision import Decision, resolve_target
from zumik.core.decisions.drained_decision import drained_models, resolve_without, steady
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
"""Reads the files. It is given the bundle in use, whose unchanged releases it may keep."""

Stamp = Callable[[], object]
"""A value that changes whenever the files do. It is compared, and never read."""

_MOST_ANSWERS = 10_000
"""How many answers and places are kept. Every alias pinned to every release is one."""

_MOST_COMPARED = 100
"""With more aliases than this no similar one is suggested: the search would take milliseconds."""

_MOST_NAMED = 3
"""How many aliases a line of the log names."""

_UNSETTLED_NS = 50_000_000
"""A file this young may change again within one tick of the clock, with the same time in it."""

_PUT_BACK_AFTER = 5.0
"""Seconds that older files must stay before they are used: a checkout passes through some."""

_TRY_AGAIN = 60.0
"""Seconds until refused files are read again though they did not change: the disk may be better."""


class UnknownReference(CannotRun):
    """The alias, release or model is not in the files, or the alias was retired."""


class _Place(NamedTuple):
    """What a reference to an alias leads to in a span: its release, and who is drained there."""

    source: VerifiedRelease
    alias: AliasName
    drained: tuple[ModelId, ...]


@dataclass(frozen=True)
class _Span:
    """A time in which no drain begins or ends, so that an answer given in it stays the answer.

    From `since` up to `until`, in seconds since 1970; `at` is a moment in it.
    """

    since: float
    until: float
    at: datetime
    answers: dict[str, Decision] = field(default_factory=dict)
    places: dict[str, _Place] = field(default_factory=dict)


@dataclass
class _Loaded:
    """One bundle, ready to answer. Only its span changes."""

    bundle: Bundle
    models: Mapping[ModelId, Model]
    span: _Span

    def span_now(self) -> _Span:
        """The span of this moment. Without drains there is one span, and the clock is not read."""
        span, drains = self.span, self.bundle.drains
        if drains.drains:
            now = time.time()
            if not span.since <= now < span.until:
                span = self.span = _span_at(drains, now)
        return span


class Resolver:
    """Answers references. Any number of threads may share one.

    After `check_every` seconds the next call of `resolve` checks whether the files changed, and
    reads them if they did; other threads are answered from the bundle in use meanwhile. An event
    loop must not wait for the disk: there, call `watch`, which checks in a thread, or pass
    `math.inf`, so that only `refresh` checks.
    """

    def __init__(self, load: Load, stamp: Stamp, *, check_every: float = 1.0) -> None:
        """Raises CannotRun and IntegrityError: at the start there is no last good bundle."""
        self._load = load
        self._stamp = stamp
        self._check_every = check_every
        self._refreshing = threading.Lock()
        self._closed = threading.Event()
        self._seen = stamp()
        self._loaded = _loaded_of(load(None))
        self._next = time.monotonic() + check_every
        self._problem: ZumikError | None = None
        self._reported: str | None = None
        self._refused: object = None
        self._try_again = 0.0
        self._warned: dict[AliasName, Drains] = {}
        self._older: tuple[object, float] | None = None
        self.put_back = 0
        """How often older files were taken into use, because someone put them back."""

    @classmethod
    def from_bundle(cls, path: str | os.PathLike[str], *, check_every: float = 1.0) -> Resolver:
        """Answer from a file that `zumik bundle` wrote, and from each file that replaces it.

        Raises CannotRun where it cannot be read as a bundle, IntegrityError where it is not intact.
        """
        file = Path(path).absolute()

        def load(known: Bundle | None) -> Bundle:
            # Kubernetes mounts a file as a link, and swaps the link. The operator chose the path,
            # so following it is safe.
            target = Path(os.path.realpath(file))
            try:
                data = read_bounded(target, MAX_BUNDLE_BYTES)
            except ZumikError as error:
                hint = "zumik bundle -o FILE makes it again"
                raise CannotRun(error.message, hint=hint) from None
            return read_bundle(data, known)

        return cls(load, lambda: _stamp_of(file), check_every=check_every)

    @classmethod
    def from_workspace(
        cls, path: str | os.PathLike[str] = ".", *, check_every: float = 1.0
    ) -> Resolver:
        """Answer from the files of a workspace as they are on the disk, landed or not.

        Raises CannotRun where `path` is in no workspace, IntegrityError where it is not intact.
        """
        root = find_workspace(Path(path)).root
        fixed = [root / LIVE, root / LEDGER]
        return cls(
            lambda _: bundle_of_workspace(Store.at(root), datetime.now(UTC)),
            lambda: [_stamp_of(file) for file in (*fixed, *sorted((root / LIVE).glob("*")))],
            check_every=check_every,
        )

    @property
    def bundle(self) -> Bundle:
        """The bundle in use."""
        return self._loaded.bundle

    @property
    def age(self) -> timedelta:
        """How long ago the bundle in use was made."""
        return datetime.now(UTC) - self._loaded.bundle.made_at

    @property
    def problem(self) -> ZumikError | None:
        """Why the newest files are not in use; None where they are."""
        return self._problem

    def resolve(
        self, reference: str, request: Request | Mapping[str, object] = NOTHING_ASKED
    ) -> Decision:
        """The decision for `ALIAS`, for `ALIAS@RELEASE`, or for a target `PROVIDER/MODEL`.

        `request` says what the model must do: `input_tokens`, `output_tokens`, `capabilities`,
        kinds of `input`, and which models are `unavailable`. Raises UnknownReference where the
        files do not have the reference, BadName where it is not written as one, UsageError where
        the request is not written as one, and NoCandidate where no ranked model meets it.
        """
        if time.monotonic() >= self._next:
            self.refresh()
        loaded = self._loaded
        if not isinstance(request, Request):
            request = _request(request)
        span = loaded.span_now()
        # 0 tokens ask nothing of a model either, but their log line has them.
        keeps = request is NOTHING_ASKED or request == NOTHING_ASKED
        if keeps and reference in span.answers:
            return span.answers[reference]
        decision = _resolve(loaded, span, reference, request)
        if decision.drain_ignored:
            self._warn_of_ignored_drain(decision, loaded.bundle.drains)
        if keeps and len(span.answers) < _MOST_ANSWERS:
            span.answers[reference] = decision
        return decision

    def _warn_of_ignored_drain(self, decision: Decision, drains: Drains) -> None:
        """Log that a drain is ignored, once for each alias and list of drains."""
        alias = decision.alias
        if alias is None or self._warned.get(alias) == drains:
            return
        self._warned[alias] = drains
        LOG.warning(
            "zumik: %s: the drain of %s is IGNORED: no other candidate could answer",
            decision.requested,
            ", ".join(decision.drain_ignored),
        )

    def refresh(self) -> bool:
        """Check the files now; whether another bundle is in use after it.

        Files that cannot be read or are not intact leave the last good bundle in use; `problem`
        then says why, and a warning is logged once: it also says what a process answers that is
        started now, because the two may differ. Older files are taken into use, with a warning,
        once they have stayed for some seconds: a process that is started now answers from them,
        and a fleet must not give two answers. Where another thread refreshes already, this returns
        False at once.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            if self._next != math.inf:
                self._next = time.monotonic() + self._check_every
            return self._reload()
        finally:
            self._refreshing.release()

    def watch(self) -> None:
        """Check the files in a thread from now on, so that no call of `resolve` waits for the disk.

        Call it in the process that resolves: a fork does not copy the thread. `close` ends it.
        """
        self._next = math.inf
        threading.Thread(target=self._watch, name="zumik-watch", daemon=True).start()

    def close(self) -> None:
        """Stop checking the files. The bundle in use goes on answering."""
        self._next = math.inf
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self._check_every):
            self.refresh()

    def _reload(self) -> bool:
        stamp = self._stamp()
        if stamp == self._seen:
            self._older = None
            self._report(None)
            return False
        if stamp == self._refused and time.monotonic() < self._try_again:
            return False
        restart, older = "a process that is started now has nothing to answer from", None
        try:
            bundle = self._load(self._loaded.bundle)
            older = superseded_by(self._loaded.bundle, bundle)
            if older is not None and not self._stayed(stamp):
                restart = _answers_after_restart(self._loaded.bundle, bundle)
                raise CannotRun(
                    f"the new files are older than those in use: {older}",
                    hint=f"if they stay for {_PUT_BACK_AFTER:.0f} s, they are taken into use",
                )
        except Exception as error:  # noqa: BLE001 - after any error the last good bundle answers
            if older is None:
                self._older = None
            self._report(_as_zumik_error(error), restart)
            wait = _TRY_AGAIN if self._older is None else 0.0
            self._refused, self._try_again = stamp, time.monotonic() + wait
            return False
        self._seen = stamp
        if older is not None:
            self._take_back(older, bundle)
        self._older = None
        self._report(None)
        if bundle == self._loaded.bundle:
            return False
        self._loaded = _loaded_of(bundle)
        return True

    def _stayed(self, stamp: object) -> bool:
        """Whether older files have been the same for long enough; the first look notes them."""
        now = time.monotonic()
        if self._older is None or self._older[0] != stamp:
            self._older = stamp, now
        return now - self._older[1] >= _PUT_BACK_AFTER

    def _take_back(self, older: str, bundle: Bundle) -> None:
        """Count and log that older files were put back, and what they change."""
        self.put_back += 1
        self._reported = None
        LOG.warning(
            "zumik: older files were put back: %s: answering from them%s",
            neutral(older),
            neutral(_differences(self._loaded.bundle, bundle)),
        )

    def _report(self, problem: ZumikError | None, restart: str = "") -> None:
        """Set the problem, and log each problem once, and when it is over."""
        self._problem = problem
        text = None if problem is None else f"{problem.message} ({problem.hint})"
        if text == self._reported:
            return
        self._reported = text
        if text is None:
            LOG.warning("zumik: answering from the newest files again")
        else:
            LOG.warning(
                "zumik: %s: going on with the last good files; %s", neutral(text), neutral(restart)
            )


def _answers_after_restart(used: Bundle, older: Bundle) -> str:
    """What a process answers that is started with the older files, in words."""
    differ = _differences(used, older)
    return f"a process that is started now answers from the older files{differ}"


def _differences(used: Bundle, older: Bundle) -> str:
    """Which aliases the older files have at another release, in words; empty where none."""
    differ = [
        f"{alias} from {other.target.id} and not from {pointer.target.id}"
        for alias, pointer in used.pointers.items()
        if (other := older.pointers.get(alias)) is not None and other.target != pointer.target
    ]
    more = f", and {len(differ) - _MOST_NAMED} more" if len(differ) > _MOST_NAMED else ""
    return f": {'; '.join(differ[:_MOST_NAMED])}{more}" if differ else ""


def bundle_of_workspace(
    store: Store, made_at: datetime, *, commit: str | None = None, every: bool = False
) -> Bundle:
    """The releases that live pointers name, and the newest one for targets; all with `every`.

    Raises CannotRun and IntegrityError.
    """
    pointers = list(store.pointers())
    wanted = {pointer.target.id for pointer in pointers if not pointer.is_retired}
    wanted |= set(store.releases) if every else {store.newest.id} if store.newest else set()
    frozen = []
    for release in sorted(wanted, key=lambda release: release.order):
        source = store.release(release)
        data = store.tree.read(f"{FROZEN}/{source.ref.file_name}", MAX_RELEASE_BYTES)
        frozen.append(Frozen(source, data))
    made_at = made_at.replace(microsecond=0)
    return bundle_of(pointers, frozen, drains=store.drains, commit=commit, made_at=made_at)


def _loaded_of(bundle: Bundle) -> _Loaded:
    """A bundle, with the newest facts of every model for references that name a target."""
    models: dict[ModelId, Model] = {}
    for frozen in bundle.releases.values():
        models.update(frozen.source.models)
    return _Loaded(bundle, models, _span_at(bundle.drains, time.time()))


def _span_at(drains: Drains, now: float) -> _Span:
    """The span around a time. What is drained is the same at every moment in it."""
    since, until = steady(drains, datetime.fromtimestamp(now, UTC))
    return _Span(
        -math.inf if since is None else since.timestamp(),
        math.inf if until is None else until.timestamp(),
        since or datetime.min.replace(tzinfo=UTC),
    )


def _as_zumik_error(error: Exception) -> ZumikError:
    """The error as a ZumikError. Any other kind is a bug, or a machine that is out of memory."""
    if isinstance(error, ZumikError):
        return error
    return CannotRun(
        f"the new files could not be read: {type(error).__name__}",
        hint="zumik check checks the workspace; zumik bundle makes a bundle again",
    )


def _stamp_of(path: Path) -> tuple[int, ...] | None:
    """None where there is no file: reading it then says what is wrong."""
    try:
        status = path.stat()
    except OSError:
        return None
    age = time.time_ns() - status.st_mtime_ns
    unsettled = time.monotonic_ns() if 0 <= age < _UNSETTLED_NS else 0
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, unsettled


def _request(needs: Mapping[str, object]) -> Request:
    try:
        return read_request(needs if type(needs) is dict else {**needs}, ("request",))
    except Malformed as error:
        raise UsageError(error.message, hint="as in the request of a log line") from None


def _resolve(loaded: _Loaded, span: _Span, reference: str, request: Request) -> Decision:
    place = span.places.get(reference)
    if place is None:
        try:
            parsed = Reference.parse(reference)
        except BadName as error:
            # Where the release id is refused, the alias before it is right.
            hint = _meant(reference, loaded, error.hint, alias=not isinstance(error, BadReleaseId))
            raise BadName(error.message, hint=hint) from None
        if parsed.model is not None:
            return _target(loaded, parsed, parsed.model)
        place = _place(loaded, span, parsed)
        if len(span.places) < _MOST_ANSWERS:
            span.places[reference] = place
    source, alias, drained = place
    return resolve_without(drained, source, alias, request, requested=reference)


def _target(loaded: _Loaded, parsed: Reference, name: ModelId) -> Decision:
    model = loaded.models.get(name)
    if model is None:
        raise UnknownReference(f"no release knows {name}", hint=_meant(name, loaded))
    return resolve_target(parsed, model.id, model.revision)


def _place(loaded: _Loaded, span: _Span, parsed: Reference) -> _Place:
    """Raises UnknownReference."""
    source, alias = _source(loaded, parsed), parsed.alias
    assert alias is not None
    if alias not in source.aliases:
        raise UnknownReference(
            f"{source.ref.id} has no alias {alias}", hint=f"it has {', '.join(source.aliases)}"
        )
    drained = drained_models(loaded.bundle.drains, source, alias, span.at)
    return _Place(source, alias, drained)


def _source(loaded: _Loaded, parsed: Reference) -> VerifiedRelease:
    bundle = loaded.bundle
    if parsed.release is not None:
        found = bundle.releases.get(parsed.release)
        if found is None:
            raise UnknownReference(
                f"{parsed.release} is not in the files in use",
                hint="zumik bundle --all-releases writes a bundle with every release",
            )
        return found.source
    assert parsed.alias is not None
    pointer = bundle.pointers.get(parsed.alias)
    if pointer is None:
        raise UnknownReference(
            f"{parsed.alias} has no live pointer", hint=_meant(parsed.alias, loaded)
        )
    if pointer.is_retired:
        raise UnknownReference(
            f"{parsed.alias} was retired: {shown(pointer.reason or 'no reason given')}",
            hint="zumik alias list shows the live aliases",
        )
    return bundle.releases[pointer.target.id].source


def _meant(name: str, loaded: _Loaded, instead: str | None = None, *, alias: bool = True) -> str:
    """The hint for a name that is neither a live alias nor a known model.

    `alias` says whether an alias can be what was meant.
    """
    # Imported here because a gateway asks for names that exist.
    from zumik.core.facts.meant_name import meant_name

    pointers = loaded.bundle.pointers
    aliases = pointers if alias and "/" not in name and len(pointers) <= _MOST_COMPARED else ()
    models = loaded.models if len(loaded.models) <= _MOST_COMPARED else {}
    otherwise = "zumik alias list shows the live aliases"
    if "/" in name:
        otherwise = "zumik catalog list shows models"
    return meant_name(name, aliases, models, instead or otherwise)
