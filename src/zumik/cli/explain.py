"""`zumik explain`: why a model answered, from the release alone.

Needs neither git nor YAML nor the network; no setting influences it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, terminal_style
from zumik.cli.pasted import given_from
from zumik.core.basics.names import AliasName
from zumik.core.basics.references import Reference
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import rederive
from zumik.core.decisions.decision import Decision, NoCandidate, resolve
from zumik.core.decisions.drained_decision import DrainedDecision, resolve_under, taking
from zumik.core.decisions.explanation import Explanation
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.resolvers import resolver
from zumik.errors import CannotRun, ZumikError
from zumik.reports.explanation_report import explanation_to_json, explanation_to_text

if TYPE_CHECKING:
    from datetime import datetime

    from zumik.core.live.drains import Drain
    from zumik.core.releases.release import VerifiedRelease
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.workspace.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("explain")
def explain(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[LOG_LINE|RECEIPT|REFERENCE|-]",
            help="A log line as JSON, a receipt, a reference such as code.fast; - reads stdin.",
        ),
    ] = "-",
    everyone: Annotated[bool, typer.Option("--all", help="Show every excluded candidate.")] = False,
    form: FormatOption = Format.TEXT,
) -> int:
    """Explain a logged decision, or what a reference answers now: why, by how much, what flips it.

    Exits with 3 where the log does not follow from the release, 4 where that cannot be told, and 5
    where the release's bytes are not what their name says.
    """
    session = session_of(context)
    line = given_from(what)
    if line.reference.model is not None:
        return _explain_target(session, line, form)
    explanation = _explanation(session, line)
    emit(
        form,
        lambda: explanation_to_text(explanation, terminal_style(), everyone=everyone),
        lambda: explanation_to_json(explanation),
    )
    found = explanation.replay
    if not explanation.rederived.matches:
        return 5
    return 3 if found is not None and found.verdict is Verdict.DIVERGED else 0


def _explanation(session: Session, line: LogLine) -> Explanation:
    store, at = session.store, session.now()
    alias = line.reference.alias
    assert alias is not None
    found = _replayed(session, line) if line.is_logged else None
    if found is not None and found.verdict is Verdict.UNREPLAYABLE:
        raise found.cause or CannotRun(
            f"this cannot be replayed: {found.why}",
            hint="a line needs alias_release; a timestamp does where git knows what had landed",
        )
    source = found.source if found is not None else _release_of(store, line.reference, alias)
    assert source is not None
    if alias not in source.aliases:
        resolve(source, alias)  # raises, with who is meant
    request = line.request or (found and found.decision and found.decision.request) or NOTHING_ASKED
    decision = found.decision if found else _decided(store, source, line, request, at)
    return Explanation(
        alias=alias,
        source=source,
        rederived=rederive(source, alias),
        decision=decision,
        ledger=store.vouches(source.ref),
        replay=found,
        now=_live(store, alias, request, at),
        at=at,
        known_defects=resolver(source.release.resolver).known_defects,
        signature=store.is_signed(source.ref),
        withdrawal=_withdrawal(store, source),
        drains=_drains(store, line, decision, at),
    )


def _replayed(session: Session, line: LogLine) -> Replay:
    from zumik.actions.landed_pointers import LandedPointers, landed_at

    return replay(line, session.store.release, landed_at(LandedPointers(session)))


def _release_of(store: Store, reference: Reference, alias: AliasName) -> VerifiedRelease:
    if reference.release is not None:
        return store.release(reference.release)
    return store.live_release(alias)


def _decided(
    store: Store, source: VerifiedRelease, line: LogLine, request: Request, at: datetime
) -> Decision:
    """What a reference answers now: what is drained has its say, as it has when it is resolved."""
    alias, requested = line.reference.alias, line.reference.text
    assert alias is not None
    return resolve_under(store.drains, source, alias, request, at, requested=requested)


def _drains(
    store: Store, line: LogLine, decision: Decision | None, at: datetime
) -> tuple[Drain, ...]:
    """The listed drains that covered what could not be used, when it was decided.

    A list that nobody can read is told beside what is live, and keeps no line from being explained.
    """
    if not line.is_logged:
        gone = (*decision.request.unavailable, *decision.drain_ignored) if decision else ()
        return taking(store.drains, gone, at)
    gone = (*(line.request.unavailable if line.request else ()), *line.drain_ignored)
    if line.timestamp is None or not gone:
        return ()
    try:
        return taking(store.drains, gone, line.timestamp)
    except ZumikError:
        return ()


def _live(
    store: Store, alias: AliasName, request: Request, at: datetime
) -> DrainedDecision | Unknown:
    """What the live alias answers today to the same request, or why it cannot."""
    try:
        source, drains = store.live_release(alias), store.drains
        counting = taking(drains, source.aliases[alias].ranking, at)
        return DrainedDecision(resolve_under(drains, source, alias, request, at), counting, at)
    except NoCandidate:
        return Unknown(f"{alias} has no live candidate for this request")
    except ZumikError as error:
        return Unknown(error.message)


def _withdrawal(store: Store, source: VerifiedRelease) -> Withdrawal | Unknown | None:
    """The release's mark, or why nobody can tell: the rest is told all the same."""
    try:
        return store.withdrawal(source.ref.id)
    except ZumikError as error:
        return Unknown(error.message)


def _explain_target(session: Session, line: LogLine, form: Format) -> int:
    """A concrete target explains itself: no alias chose it."""
    from zumik.reports.target_report import target_to_json, target_to_text
    from zumik.workspace.target_facts import find_target

    assert line.reference.model is not None
    target = find_target(session.store, line.reference.model)
    found = replay(line, session.store.release) if line.is_logged else None
    emit(
        form,
        lambda: target_to_text(
            target.model, target.known_from, target.serves, found, terminal_style()
        ),
        lambda: target_to_json(target.model, target.known_from, target.serves, found),
    )
    return 3 if found is not None and found.verdict is Verdict.DIVERGED else 0
