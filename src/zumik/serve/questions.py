"""`/v2/resolve`, `/v2/explain` and `/v2/replay`: the core's answers, rendered by the reports."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from zumik.actions.landed_pointers import landed_at
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.references import Reference
from zumik.core.basics.times import moment_text
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.decision import Decision, NoCandidate, resolve
from zumik.core.decisions.drained_decision import DrainedDecision, resolve_under, taking
from zumik.core.decisions.explanation import Explanation
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers import resolver
from zumik.errors import CannotRun, ZumikError
from zumik.reports.decision_report import replay_to_json
from zumik.reports.explanation_report import explanation_to_json
from zumik.serve.alias_routes import Histories, pointed
from zumik.serve.answers import (
    Answer,
    Headers,
    Refusal,
    deprecation_headers,
    refusal_of,
    uncached_json,
    withheld,
)
from zumik.serve.model_routes import model_to_json
from zumik.serve.request_bodies import ResolveBody
from zumik.serve.view import View, now


def decide(view: View, asked: ResolveBody, authenticated: bool) -> Decision:
    """The decision, for a caller who may see it. Raises Refusal and ZumikError."""
    if "@" in asked.reference and "/" not in asked.reference:
        return _decide_pinned(view, Reference.parse(asked.reference), asked.request, authenticated)
    if not authenticated and view.hidden:
        _require_shown(view, asked.reference)
    return view.resolver.resolve(asked.reference, asked.request)


def _require_shown(view: View, reference: str) -> None:
    """Before anything is resolved: an error tells who was ranked, too."""
    if "/" not in reference:
        pointed(view, reference, authenticated=False)
    elif not view.shows(ModelId(reference), authenticated=False):
        raise CannotRun(f"no release knows {reference}", hint="GET /v1/models lists what there is")


def _decide_pinned(view: View, asked: Reference, request: Request, authenticated: bool) -> Decision:
    """From any release on the shelf: a workspace has more of them than are live."""
    assert asked.alias is not None
    assert asked.release is not None
    source = view.release(asked.release)
    if not view.shows_alias(source, asked.alias, authenticated):
        raise withheld(f"how {asked.alias} was ranked")
    if asked.release in view.bundle.releases:
        return view.resolver.resolve(asked.text, request)
    drains = view.bundle.drains
    return resolve_under(drains, source, asked.alias, request, now(), requested=asked.text)


def decision_to_json(decision: Decision, now: datetime) -> dict[str, object]:
    """The log line, and its receipt."""
    receipt = decision.receipt
    return {
        **decision.to_json(moment_text(now)),
        "receipt": None if receipt is None else str(receipt),
    }


def deprecation_headers_of(decision: Decision) -> Headers:
    """That the alias is about to end; not where a release was pinned, which stays for ever."""
    if decision.alias is None or decision.source is None or "@" in decision.requested:
        return ()
    return deprecation_headers(decision.source, decision.alias)


def explained(
    view: View, line: LogLine, authenticated: bool, histories: Histories | None
) -> Answer:
    """Why a model answered, or would now. Raises Refusal and ZumikError."""
    alias = line.reference.alias
    if alias is None:
        return _explained_target(view, line, authenticated)
    found = None
    if line.is_logged:
        found = replay(line, view.release, landed_at(histories()) if histories else None)
    if found is not None and found.verdict is Verdict.UNREPLAYABLE:
        raise _unreplayable(found)
    source = found.source if found is not None else _source(view, line, alias, authenticated)
    assert source is not None
    if alias not in source.aliases:
        resolve(source, alias)  # raises, with who is meant
    if not view.shows_alias(source, alias, authenticated):
        raise withheld(f"how {alias} was ranked")
    tree = explanation_to_json(_explanation(view, line, source, alias, found, authenticated))
    bytes_ = tree["bytes"]
    assert isinstance(bytes_, dict)
    bytes_["ledger"] = view.releases.vouched(source.ref)
    shown = view.discreet({"object": "explanation", **tree}, authenticated)
    if shown is None:
        raise withheld("this")
    return uncached_json(shown)


def _unreplayable(found: Replay) -> Refusal:
    if found.cause is not None:
        return refusal_of(found.cause)
    return Refusal(
        409,
        "unreplayable",
        f"this cannot be replayed: {found.why}",
        hint="a line needs alias_release; a timestamp does where git knows what had landed",
    )


def _source(view: View, line: LogLine, alias: AliasName, authenticated: bool) -> VerifiedRelease:
    if line.reference.release is not None:
        return view.release(line.reference.release)
    return pointed(view, alias, authenticated)[1]


def _explanation(
    view: View,
    line: LogLine,
    source: VerifiedRelease,
    alias: AliasName,
    found: Replay | None,
    authenticated: bool,
) -> Explanation:
    request = line.request or (found and found.decision and found.decision.request) or NOTHING_ASKED
    at, drains = now(), view.bundle.drains
    if found is not None:
        decision, decided_at = found.decision, line.timestamp
        gone = (*(line.request.unavailable if line.request else ()), *line.drain_ignored)
    else:
        decision, decided_at = resolve_under(drains, source, alias, request, at), at
        gone = (*decision.request.unavailable, *decision.drain_ignored)
    mark, mark_why = view.releases.withdrawal(source.ref.id)
    return Explanation(
        alias=alias,
        source=source,
        rederived=view.table(source, alias, authenticated),
        decision=decision,
        ledger=bool(view.releases.vouched(source.ref)),
        replay=found,
        now=_now(view, alias, request, at, authenticated),
        at=at,
        known_defects=resolver(source.release.resolver).known_defects,
        signature=view.releases.signed(source.ref),
        withdrawal=mark if mark_why is None else Unknown(mark_why),
        drains=view.visible_drains(taking(drains, gone, decided_at), authenticated)
        if decided_at
        else (),
    )


def _now(
    view: View, alias: AliasName, request: Request, at: datetime, authenticated: bool
) -> DrainedDecision | Unknown:
    """What the live alias answers to the same request, or why it cannot."""
    source = view.live(alias)
    if source is not None and not view.shows_alias(source, alias, authenticated):
        return Unknown("what it answers now is confidential")
    try:
        decision = view.resolver.resolve(alias, request)
    except NoCandidate:
        return Unknown(f"{alias} has no live candidate for this request")
    except ZumikError as error:
        return Unknown(error.message)
    ranking = decision.source.aliases[alias].ranking if decision.source else ()
    return DrainedDecision(
        decision, view.visible_drains(taking(view.bundle.drains, ranking, at), authenticated), at
    )


def _explained_target(view: View, line: LogLine, authenticated: bool) -> Answer:
    """A concrete target explains itself: no alias chose it."""
    model = line.reference.model
    assert model is not None
    tree = model_to_json(view, model, authenticated)
    if tree is None:
        raise Refusal(
            404, "not_found", f"no release knows {model}", hint="GET /v1/models lists what there is"
        )
    found = replay(line, view.release) if line.is_logged else None
    return uncached_json(
        {"object": "explanation", **tree, "replay": found and replay_to_json(found)}
    )


def replayed(
    view: View, lines: list[LogLine | str], authenticated: bool, histories: Histories | None
) -> Answer:
    """A verdict for each line, numbered from 1, and how many there are of each."""
    landed = landed_at(histories()) if histories else None
    counts: Counter[str] = Counter()
    data: list[dict[str, object]] = []
    for number, line in enumerate(lines, 1):
        item: dict[str, object] | None
        if isinstance(line, str):
            item = {"verdict": "unreadable", "why": line}
        else:
            found = replay(line, view.release, landed)
            item = _verdict(view, found, authenticated) or {"verdict": "withheld"}
        counts[str(item["verdict"])] += 1
        data.append({"line": number, **item})
    return uncached_json({"object": "list", "data": data, "verdicts": dict(sorted(counts.items()))})


def _verdict(view: View, found: Replay, authenticated: bool) -> dict[str, object] | None:
    """What a caller may know of a verdict: it tells what a release would have answered."""
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
