"""`zumik resolve`: what a reference answers, as the log line that a gateway writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.answers.bundle_answers import answers_of
from zumik.actions.answers.resolve_reference import resolve_reference
from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.history import AtOption, moment_at
from zumik.cli.options import BundleOption
from zumik.cli.output import Format, FormatOption, json_text, show, tell
from zumik.cli.read_elsewhere_note import tell_read_elsewhere
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.references import Reference
from zumik.core.basics.times import moment_text
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import drains_behind
from zumik.core.facts.request import Request, once
from zumik.reports.decision_report import decision_report
from zumik.reports.drain_report import drain_to_text, ignored_to_text

if TYPE_CHECKING:
    from zumik.actions.live.workspace_then import WorkspaceThen

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("resolve")
def resolve(
    context: typer.Context,
    reference: Annotated[
        str,
        typer.Argument(help="code.fast, code.fast@alr_2026_06_09_003, or a provider/model-id."),
    ],
    input_tokens: Annotated[
        int | None, typer.Option("--input-tokens", min=0, help="Tokens going in.")
    ] = None,
    output_tokens: Annotated[
        int | None, typer.Option("--output-tokens", min=0, help="Tokens wanted out.")
    ] = None,
    capability: Annotated[
        list[str] | None, typer.Option("--capability", help="Needed; repeatable.")
    ] = None,
    input_kind: Annotated[
        list[str] | None, typer.Option("--input", help="image, pdf …; repeatable.")
    ] = None,
    unavailable: Annotated[
        list[str] | None, typer.Option("--unavailable", help="A model not to use; repeatable.")
    ] = None,
    at: AtOption = None,
    bundle: BundleOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Resolve a reference to a model, as a gateway does.

    With --format json it prints the log line, ready for a log.
    With --at it answers as live_ref would have at that moment, by the commit that had landed last.
    A drained model is passed over, unless no other can answer. Exits with 3 where no ranked model
    can take the request.
    """
    from zumik.workspace.target_facts import names_meant

    session = session_of(context)
    session.bundle = bundle
    with names_meant(session.store, *(unavailable or ())):
        gone = once(map(ModelId, unavailable or ()))
    with names_meant(session.store, reference):
        asked = Reference.parse(reference)
    request = Request(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        capabilities=once(capability),
        input=once(input_kind),
        unavailable=gone,
    )
    answers, now, then = answers_of(session), session.now(), None
    if at is not None:
        then = _then(session, at)
        answers, now = WorkspaceAnswers(session, then.store), then.at
    decision = resolve_reference(answers, asked, request, now)
    _tell_deprecated(decision, now.date())
    _tell_unknown(session, decision, gone)
    if form is Format.JSON:
        # Last, because the first five fields of a log line come first.
        line = {**decision.to_json(moment_text(now)), "schema": "zumik.logline/1"}
        if then is not None:
            line |= {"live_at": moment_text(then.at), "commit": then.commit}
        typer.echo(json_text(line))
    else:
        # A concrete target is never drained, so it resolves also where the list cannot be read.
        drains = drains_behind(decision, request, answers.drains, now) if decision.alias else ()
        show(decision_report(decision, [drain_to_text(drain, now) for drain in drains]))
    tell_read_elsewhere(answers)
    if then is not None:
        tell(f"on {then.ref} by commit {then.commit}, which landed {moment_text(then.landed_at)}")
        tell(then.stand_in)
        return
    if decision.alias is not None and decision.requested == decision.alias:
        _tell_landed(answers, decision.alias)
    _tell_retirement(session, decision, now.date())
    if decision.drain_ignored:
        tell(f"warning: {ignored_to_text(decision)}")


def _then(session: Session, at: str) -> WorkspaceThen:
    """The workspace of a moment. Imported here, because only --at asks git for the past."""
    from zumik.actions.live.workspace_then import workspace_then

    return workspace_then(session, moment_at(at, session.now()))


def _tell_unknown(session: Session, decision: Decision, unavailable: Sequence[ModelId]) -> None:
    """Warn of a model not to use that the release does not know, so that it changes nothing."""
    store = session.store
    source = decision.source or (store.release(store.newest.id) if store.newest else None)
    for model in unavailable:
        if source is not None and model not in source.models:
            from zumik.core.facts.meant_name import meant_name

            hint = meant_name(model, (), source.models, "zumik catalog list shows the models")
            tell(f"warning: --unavailable {model}: {source.ref.id} has no such model; {hint}")


def _tell_landed(answers: WorkspaceAnswers, alias: AliasName) -> None:
    """Warn where `live_ref` has another pointer, or a newer list of drains."""
    on_ref = answers.on_live_ref(alias)
    if on_ref is not None and (on_ref.pairs or on_ref.drains_behind):
        from zumik.reports.live_ref_report import differing_to_lines

        tell("\n".join(differing_to_lines(on_ref)))


def _tell_retirement(session: Session, decision: Decision, today: date) -> None:
    """Warn that the model has retired, or soon will, by the catalog as it is now."""
    from zumik.actions.live.live_retirements import retirements_of

    retirement = retirements_of(session.store, today)
    item = retirement(decision.alias, decision.source, decision.model)
    if item is not None:
        from zumik.reports.retirement_report import retirement_to_text

        of = f"{decision.requested}: " if decision.alias else ""
        tell(f"warning: {of}{retirement_to_text(item)}")


def _tell_deprecated(decision: Decision, today: date) -> None:
    """Warn that the alias is about to end."""
    said = decision.deprecated
    if said is not None:
        from zumik.reports.sentences import deprecation

        sentence = deprecation(said, overdue=said.has_ended(today))
        tell(f"warning: {decision.alias} is deprecated: {sentence}")
