"""`/v2/resolve`, `/v2/explain` and `/v2/replay`: the core's answers, rendered by the reports."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from zumik.actions.answers.explain_decision import CannotReplay, explain_decision
from zumik.actions.answers.explain_target import contradiction_of
from zumik.actions.answers.replay_decision import replayed
from zumik.actions.answers.resolve_reference import resolve_reference
from zumik.core.basics.names import BadName
from zumik.core.basics.references import Reference
from zumik.core.basics.times import moment_text
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay
from zumik.logs.one_decision import TakenDecision
from zumik.reports.decision_report import replay_to_json
from zumik.reports.explanation_report import explanation_to_json
from zumik.resolver import UnknownReference
from zumik.serve.alias_routes import Histories, alias_name
from zumik.serve.answers import (
    Answer,
    Headers,
    Refusal,
    deprecation_headers,
    uncached_json,
    withheld,
)
from zumik.serve.caller_answers import CallerAnswers
from zumik.serve.model_routes import model_to_json
from zumik.serve.request_bodies import ResolveBody
from zumik.serve.view import View, now


def decide(view: View, asked: ResolveBody, authenticated: bool) -> Decision:
    """The decision, for a caller who may see it. Raises Refusal and ZumikError."""
    text = asked.reference
    if "/" not in text and "@" not in text:
        if authenticated or not view.hides:
            # What `decide_live` does, without the objects on the way: gateways ask this most.
            try:
                return view.resolver.resolve(text, asked.request)
            except (UnknownReference, BadName) as error:
                # A Resolver knows the releases that are live, the server every release.
                otherwise = error.hint or "GET /v2/model-aliases lists them"
                hint = view.hint_of_meant(text, authenticated, otherwise)
                raise type(error)(error.message, hint=hint) from None
        # A text that is no alias name is refused like an alias without a pointer.
        alias_name(view, text, authenticated)
    return resolve_reference(
        CallerAnswers(view, authenticated), Reference.parse(text), asked.request, now()
    )


def decision_to_json(decision: Decision, now: datetime) -> dict[str, object]:
    """The log line, and its receipt."""
    receipt = decision.receipt
    return {
        **decision.to_json(moment_text(now)),
        "receipt": None if receipt is None else str(receipt),
    }


def deprecation_headers_of(decision: Decision) -> Headers:
    """The headers of a deprecated alias; none for a pinned release, which stays for ever."""
    if decision.deprecated is None or decision.source is None or decision.alias is None:
        return ()
    return deprecation_headers(decision.source, decision.alias)


def explained(
    view: View, given: TakenDecision, authenticated: bool, histories: Histories | None
) -> Answer:
    """Why a model answered, or would now. Raises Refusal and ZumikError."""
    line = given.line
    alias = line.reference.alias
    if alias is None:
        return _explained_target(view, given, authenticated)
    if not line.is_logged:
        # This API names the alias alone in a decision that is made now, also for a pinned release.
        line = line._replace(reference=line.reference._replace(text=alias))
    try:
        found = explain_decision(CallerAnswers(view, authenticated, histories), line, now())
    except CannotReplay as error:
        raise Refusal(409, "unreplayable", error.message, hint=error.hint) from None
    answer = {"object": "explanation", **given.taken_to_json(), **explanation_to_json(found)}
    shown = view.discreet(answer, authenticated)
    if shown is None:
        raise withheld("this answer")
    return uncached_json(shown)


def _explained_target(view: View, given: TakenDecision, authenticated: bool) -> Answer:
    """A concrete target explains itself: no alias chose it."""
    line = given.line
    model = line.reference.model
    assert model is not None
    tree = model_to_json(view, model, authenticated)
    found = replayed(CallerAnswers(view, authenticated), line) if line.is_logged else None
    if tree is None:
        problem = f"no release knows {model}"
        hint = view.hint_of_meant(model, authenticated, "GET /v1/models lists the models")
        contradiction = contradiction_of(found)
        if contradiction is not None:
            raise Refusal(409, "diverged", f"{problem}, {contradiction}", hint=hint)
        raise Refusal(404, "not_found", problem, hint=hint)
    replay = found and replay_to_json(found)
    return uncached_json(
        {"object": "explanation", **given.taken_to_json(), **tree, "replay": replay}
    )


def replays(
    view: View, lines: list[LogLine | str], authenticated: bool, histories: Histories | None
) -> Answer:
    """A verdict for each line, numbered from 1, and how many there are of each.

    What was served is counted for the lines whose verdict this caller may see.
    """
    answers = CallerAnswers(view, authenticated, histories)
    counts: Counter[str] = Counter()
    served: Counter[str] = Counter()
    data: list[dict[str, object]] = []
    for number, line in enumerate(lines, 1):
        if isinstance(line, str):
            item: dict[str, object] = {"verdict": "unreadable", "why": line}
        else:
            item = _verdict(view, replayed(answers, line), authenticated) or {"verdict": "withheld"}
        counts[str(item["verdict"])] += 1
        if "served_model" in item:
            served[str(item["served_model"])] += 1
        data.append({"line": number, **item})
    return uncached_json(
        {
            "object": "list",
            "data": data,
            "verdicts": dict(sorted(counts.items())),
            "served_models": dict(sorted(served.items())),
        }
    )


def _verdict(view: View, found: Replay, authenticated: bool) -> dict[str, object] | None:
    """What a caller may know of a verdict: it reveals what a release would have answered."""
    alias, model = found.line.reference.alias, found.line.reference.model
    if model is not None and not view.shows(model, authenticated):
        return None
    source = found.source
    if (
        alias is not None
        and source is not None
        and not view.shows_alias(source, alias, authenticated)
    ):
        return None
    return view.discreet(replay_to_json(found), authenticated)
