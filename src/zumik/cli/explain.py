"""`zumik explain`: why a model answered, from the release alone.

It needs neither YAML nor the network, and git only for what landed: for a log line without a
release, and to name what `live_ref` has. No setting influences what it answers.
"""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.answers.bundle_answers import answers_of
from zumik.actions.answers.explain_decision import explain_decision
from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.options import BundleOption
from zumik.cli.output import Format, FormatOption, emit
from zumik.cli.pasted import given_from, taken_section
from zumik.cli.read_elsewhere_note import tell_read_elsewhere
from zumik.core.decisions.replay import Replay, Verdict
from zumik.errors import IntegrityError
from zumik.logs.one_decision import TakenDecision
from zumik.reports.explanation_report import explanation_report, explanation_to_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("explain")
def explain(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[LOG_LINE|RECEIPT|REFERENCE|-]",
            help="A log line, in any wrapping; a receipt; a reference as code.fast; - reads stdin.",
        ),
    ] = "-",
    everyone: Annotated[bool, typer.Option("--all", help="Show every excluded candidate.")] = False,
    bundle: BundleOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Explain a logged decision, or what a reference answers now.

    Says why that model won, by how much, and what would flip it.
    Exits with 3 where the log does not follow from the release, 4 where the line proves nothing (it
    does not say which model answered, or which release decided), and 5 where the release's bytes do
    not match its name.
    """
    session = session_of(context)
    session.bundle = bundle
    given = given_from(what)
    answers = answers_of(session)
    if given.line.reference.model is not None:
        return _explain_target(session, answers, given, form)
    explanation = explain_decision(answers, given.line, session.now())
    emit(
        form,
        "explanation",
        lambda: [*taken_section(given), *explanation_report(explanation, everyone=everyone)],
        lambda: {"taken_from": list(given.taken_from), **explanation_to_json(explanation)},
    )
    return _exit_code(explanation.replay) if explanation.rederived.matches else 5


def _exit_code(found: Replay | None) -> int:
    if found is None:
        return 0
    if isinstance(found.cause, IntegrityError):
        return 5
    return {Verdict.DIVERGED: 3, Verdict.UNREPLAYABLE: 4}.get(found.verdict, 0)


def _explain_target(
    session: Session, answers: WorkspaceAnswers, given: TakenDecision, form: Format
) -> int:
    """A concrete target explains itself: no alias chose it."""
    from zumik.actions.answers.explain_target import explain_target
    from zumik.reports.target_report import target_report, target_to_json

    target, found, retires = explain_target(session, answers, given.line)
    emit(
        form,
        "target",
        lambda: [
            *taken_section(given),
            *target_report(target.model, target.known_from, target.serves, found, retires),
        ],
        lambda: {
            "taken_from": list(given.taken_from),
            **target_to_json(target.model, target.known_from, target.serves, found),
        },
    )
    tell_read_elsewhere(answers)
    return _exit_code(found)
