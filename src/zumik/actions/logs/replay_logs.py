"""Replaying logs: the verdict on each logged call, and what another release would answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from zumik.actions.answers.answer_source import AnswerSource
from zumik.actions.answers.bundle_answers import answers_of
from zumik.actions.answers.replay_decision import replayed
from zumik.actions.session import Session
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, Verdict
from zumik.core.facts.catalog import Model
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers.latest import LATEST
from zumik.core.traffic.audit import Audit, JudgedCall
from zumik.core.traffic.impact import Impact, Side, SideOf
from zumik.core.traffic.logged_call import LoggedCall, ReadEntry, UnreadEntry
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.token_edges import TokenEdges, token_edges
from zumik.errors import ZumikError
from zumik.workspace.store import Store

UNREAD = "unread"
"""The format of an entry that no format could be read from."""

# Distinct decisions are few: tokens are the only part of one that differs from call to call.
_MAX_KEPT = 100_000


def judged_calls(
    entries: Iterable[ReadEntry],
    answers: AnswerSource,
    audit: Audit,
    selection: Selection = EVERY_CALL,
) -> Iterator[JudgedCall]:
    """Each call that is asked about with its verdict, one by one, counted in `audit`."""
    judge = _judge(answers)
    for entry in audit.asked(entries, selection):
        if isinstance(entry, UnreadEntry):
            yield JudgedCall(LoggedCall(entry.place, UNREAD, fault=entry.why), None)
        else:
            judged = JudgedCall(entry, judge(entry.decision) if entry.decision else None)
            audit.add(judged)
            yield judged


def _judge(answers: AnswerSource) -> Callable[[LogLine], Replay]:
    """The verdict on a line, derived once for all lines that say the same."""

    @lru_cache(maxsize=_MAX_KEPT)
    def verdict(line: LogLine) -> Replay:
        return replayed(answers, line)

    def judge(line: LogLine) -> Replay:
        return replayed(answers, line) if line.needs_time else verdict(line.deciding())

    return judge


class HasVerdict:
    """Whether the verdict on a call is one of some. Another process finds its verdicts itself."""

    def __init__(
        self, workspace: Path | None, bundle: Path | None, verdicts: Collection[Verdict]
    ) -> None:
        self._given = workspace, bundle, verdicts
        self._verdicts = verdicts
        self._judge = _judge(answers_of(Session(workspace, bundle=bundle)))

    def __reduce__(self) -> tuple[object, ...]:
        return HasVerdict, self._given

    def __call__(self, call: LoggedCall) -> bool:
        """Whether it is, or may be."""
        line = call.decision
        # Where the time decides, no two calls are equal; and only git knows what had landed then.
        return line is not None and (line.needs_time or self._judge(line).verdict in self._verdicts)


def limits_of(session: Session, answers: AnswerSource) -> TokenEdges:
    """Where the tokens of a request can change a verdict: the limits in any release here.

    A release that cannot be read has no verdict that tokens could change; where they cannot even be
    listed, none has.
    """

    def models() -> Iterator[Model]:
        releases: Iterable[ReleaseId] = ()
        with suppress(ZumikError):
            releases = session.store.releases
        for release in releases:
            with suppress(ZumikError):
                yield from answers.release(release).models.values()

    return token_edges(models())


def impact_of(session: Session, text: str) -> Impact:
    """The impact, still empty, against what `--against` names.

    That is a release, an alias with or without its release, a model, or `live`. Raises CannotRun
    where there is no such thing.
    """
    return Impact(text, _side_named(session, text))


def _side_named(session: Session, text: str) -> SideOf:
    from zumik.workspace.target_facts import find_target

    store = session.store
    if text == "live":
        return of_live(store)
    if text.startswith("alr_"):
        return of_release(store.release(ReleaseId(text)))
    reference = Reference.parse(text)
    if reference.model is not None:
        target = find_target(store, reference.model)
        facts = target.known_from.release.facts
        only = Side((target.model.id,), facts, LATEST)
        return lambda _: only
    assert reference.alias is not None
    pinned, asked = reference.release, reference.alias
    chosen = store.release(pinned) if pinned else store.live_release(asked)
    one = Side.of_release(chosen, asked)
    return lambda _: one


def of_release(source: VerifiedRelease) -> SideOf:
    """The aliases as one release has them."""
    return lambda alias: Side.of_release(source, alias)


def of_live(store: Store) -> SideOf:
    """The aliases as they are live in a workspace."""
    return lambda alias: Side.of_release(store.live_release(alias), alias)
