"""An explanation: a decision, the proof of its release, the table behind it, and what is live."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.secret_keys import masked, masked_value
from zumik.core.basics.times import moment_text
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.drained_decision import DrainedDecision
from zumik.core.decisions.explanation import Explanation
from zumik.core.decisions.replay import Verdict
from zumik.core.decisions.resolver_before import passed_over
from zumik.core.live.pointer_pair import PointerPair
from zumik.reports import sentences
from zumik.reports.blocks import Fields, Report, Section, bad, doubtful, good, strong
from zumik.reports.decision_report import (
    differences_to_text,
    replay_to_json,
    served_to_text,
    verdict_text,
)
from zumik.reports.drain_report import IGNORED, drain_to_text, drains_to_json
from zumik.reports.live_ref_report import elsewhere_to_text, pair_to_json, pair_to_text
from zumik.reports.ranking_table import (
    excluded_section,
    flips_section,
    not_compared_to_text,
    ranking_table,
    table_to_json,
)
from zumik.reports.resolver_report import (
    before_to_json,
    passed_over_to_text,
    resolver_to_text,
)
from zumik.reports.retirement_report import retirement_to_json, retirement_to_text
from zumik.reports.text import joined, plural, safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text


def explanation_report(what: Explanation, *, everyone: bool = False) -> Report:
    """The explanation for people."""
    table = what.rederived.table
    return [
        list(_head(what)),
        [_facts(what)],
        [ranking_table(table)],
        flips_section(table),
        _excluded(what, everyone),
        _now(what),
    ]


def explanation_to_json(what: Explanation) -> dict[str, object]:
    """The explanation for machines, with exact values."""
    release = what.source.release
    mark = what.withdrawal
    return {
        "alias": what.alias,
        "decision": what.decision and masked_value(what.decision.to_json()),
        "replay": what.replay and replay_to_json(what.replay),
        "drains": drains_to_json(what.drains),
        "drain_ignored": list(what.drain_ignored),
        "release": {
            "id": release.id,
            "sha256": what.source.ref.sha256,
            "created_at": moment_text(release.created_at),
            "backfilled": release.backfilled,
            "note": release.note,
            "resolver": release.resolver,
            "known_defects": _defects(what),
            "resolver_before": before_to_json(what.resolver_before),
            "withdrawn": None if isinstance(mark, Unknown) else withdrawal_to_json(mark),
            "withdrawn_why_not_known": mark.why if isinstance(mark, Unknown) else None,
            "read_from": what.read_elsewhere.ref if what.read_elsewhere else None,
        },
        "bytes": {
            "name": True,
            "ledger": what.ledger,
            "log_line": _digest_in_line(what),
            "signature": "not verified" if what.signature else None,
        },
        "ranking_rederived": what.rederived.matches,
        **_incumbent_to_json(what.incumbent_fault),
        "table": table_to_json(what.rederived.table),
        **_now_to_json(what.now),
        "live_now_retirement": retirement_to_json(what.retirement),
        "landed_instead": pair_to_json(what.beside),
    }


def _incumbent_to_json(fault: str | Unknown | None) -> dict[str, object]:
    unknown = isinstance(fault, Unknown)
    return {
        "incumbent_fault": None if unknown else fault,
        "incumbent_why_not_known": fault.why if isinstance(fault, Unknown) else None,
    }


def _now_to_json(now: DrainedDecision | Unknown) -> dict[str, object]:
    known = None if isinstance(now, Unknown) else now
    return {
        "live_now": masked_value(known.decision.to_json()) if known else None,
        "live_now_why_not": now.why if isinstance(now, Unknown) else None,
        "live_now_drains": drains_to_json(known.drains if known else ()),
    }


def _digest_in_line(what: Explanation) -> str | None:
    line = what.replay.line if what.replay else None
    digest = line.digest_start if line else None
    if line is None or digest is None or not what.source.ref.sha256.startswith(digest):
        return None
    return "whole" if line.sha256 else "first 12 digits"


def _head(what: Explanation) -> Iterator[str]:
    asked = f"{what.alias}@{what.source.ref.id}"
    if what.replay is None:
        yield f"{strong(asked)} → {strong(_answer(what))}"
        return
    logged = what.replay.line.model
    head = f"{strong(asked)} → {strong(logged) if logged else 'not logged'}"
    yield f"{head}   {verdict_text(what.replay.verdict)}"
    for difference in differences_to_text(what.replay):
        yield bad(f"  {difference}")
    if what.replay.why:
        yield f"  {safe(what.replay.why)}"


def _facts(what: Explanation) -> Fields:
    table = what.rederived.table
    rows: list[tuple[str, str | None]] = [
        ("promise", table.alias.description and safe(table.alias.description)),
        ("answer", _answer_beside_log(what)),
        ("why", _why(what)),
        ("margin", _margin(what)),
        ("request", _request(what)),
        *_drained(what),
        ("workload", sentences.workload(table)),
        ("note", sentences.latency_note(table)),
        ("note", sentences.cost_note(table.ranked)),
        ("release", _release(what)),
        ("read from", what.read_elsewhere and doubtful(elsewhere_to_text(what.read_elsewhere))),
        ("withdrawn", _withdrawn(what)),
        ("bytes", _bytes(what)),
        ("ranking", _rederived(what)),
        ("resolver", resolver_to_text(what.rederived.resolver, what.resolver_before)),
        ("incumbent", _incumbent(what)),
        ("served", _served(what)),
    ]
    rows += [("defect", safe(defect)) for defect in _defects(what)]
    return Fields([(name, text) for name, text in rows if text], width=9)


def _defects(what: Explanation) -> list[str]:
    """The known defects of the resolver that made the release, where they show."""
    passed = passed_over(what.decision) if what.decision else ()
    return [
        *what.rederived.known_defects,
        *([passed_over_to_text(passed)] if passed else []),
    ]


def _answer(what: Explanation) -> str:
    return what.decision.model if what.decision else "no candidate"


def _answer_beside_log(what: Explanation) -> str | None:
    """What the release answers, where the head shows that the line logs something else."""
    if what.replay is None or _answer(what) == what.replay.line.model:
        return None
    return f"the release gives {strong(_answer(what))}"


def _why(what: Explanation) -> str:
    decision = what.decision
    if decision is None or decision.rank == 1:
        return sentences.why(what.rederived.table)
    if what.replay is not None and what.replay.verdict is Verdict.CONSISTENT:
        return f"rank {decision.rank} of the ranking below"
    passed = "; ".join(f"{model}: {why}" for model, why in decision.passed)
    return f"rank {decision.rank}, because the request could not use {passed}"


def _margin(what: Explanation) -> str:
    """The margin of rank 1, which is named where another model answered."""
    table = what.rederived.table
    margin = sentences.margin(table)
    if what.decision is None or what.decision.rank == 1 or table.winner is None:
        return margin
    return f"{table.winner.model.id} (rank 1): {margin}"


def _request(what: Explanation) -> str | None:
    if what.replay is None:
        return None
    if what.replay.assumed:
        return f"assumed: {safe('; '.join(what.replay.assumed))}"
    line = what.replay.line
    if line.request is None:
        return None
    asked = {k: v for k, v in line.request.to_json().items() if v or k != "unavailable"}
    words = ", ".join(f"{key}: {_plain(value)}" for key, value in asked.items())
    return masked(words) or "nothing special"


def _drained(what: Explanation) -> list[tuple[str, str | None]]:
    """The drains behind what could not be used, and what stayed though it was drained."""
    rows: list[tuple[str, str | None]] = [
        ("drained", doubtful(drain_to_text(d, what.at))) for d in what.drains
    ]
    if what.drain_ignored:
        without = ", ".join(what.drain_ignored)
        rows.append(("ignored", bad(f"DRAIN IGNORED: no model could answer without {without}")))
    return rows


def _plain(value: object) -> str:
    return safe(", ".join(map(str, value)) if isinstance(value, list) else value)


def _release(what: Explanation) -> str:
    release = what.source.release
    note = f": {safe(release.note)}" if release.note else ""
    return sentences.frozen(release.backfilled, moment_text(release.created_at)) + note


def _withdrawn(what: Explanation) -> str | None:
    if isinstance(what.withdrawal, Unknown):
        return doubtful(f"not known: {safe(what.withdrawal.why)}")
    return bad(withdrawal_to_text(what.withdrawal)) if what.withdrawal else None


def _bytes(what: Explanation) -> str:
    proofs = ["their name"]
    if what.ledger:
        proofs.append("the ledger SHA256SUMS")
    digest = _digest_in_line(what)
    if digest:
        proofs.append(f"the log line ({digest})")
    text = f"{good('intact')}: sha256 {what.source.ref.sha256.short}… agrees with "
    text += joined(proofs)
    if what.signature:
        text += "; a signature lies beside it, not verified here: zumik check"
    if what.ledger is None:
        return f"{text}; a bundle has no ledger to ask"
    return text if what.ledger else text + doubtful("; the ledger does not have it")


def _rederived(what: Explanation) -> str:
    if what.rederived.matches:
        return f"re-derived from the frozen facts: {good('the same')}"
    return bad("re-deriving gives another ranking; the stored one stands. Run zumik check")


def _incumbent(what: Explanation) -> str | None:
    """What is wrong with the incumbent, since the ranking may follow from it."""
    fault = what.incumbent_fault
    if isinstance(fault, Unknown):
        return doubtful(f"not known whether it was live: {safe(fault.why)}")
    if fault is None:
        return None
    return bad(f"this release names one which {safe(fault)}. Run zumik check --full")


def _served(what: Explanation) -> str | None:
    return None if what.replay is None else served_to_text(what.replay)


def _excluded(what: Explanation, everyone: bool) -> Section:
    table = what.rederived.table
    if not table.excluded:
        return []
    count = plural(len(table.excluded), "candidate")
    missing = not_compared_to_text(table, with_edit=False)
    return [
        strong(f"{count} excluded by requirement, nearest first"),
        *excluded_section(table, everyone=everyone),
        *([f"  {missing}"] if missing else []),
    ]


def _now(what: Explanation) -> Section:
    landed = f"; {doubtful(pair_to_text(what.beside))}" if what.beside else ""
    if isinstance(what.now, Unknown):
        return [f"{strong('Today')}  {safe(what.now.why)}{landed}"]
    now = what.now.decision
    if now.source is None:
        return []
    release = now.source.ref.id
    if what.beside is not None and _is_live_elsewhere(what.beside):
        # What answers requests comes first; the files here are only behind.
        live = "this" if what.beside.landed_release == what.source.ref.id else "another"
        here = f"this checkout points to {release} and answers {now.model}"
        drained = _drained_now(what, what.now)
        return [
            f"{strong('Today')}  {what.alias} is live at {live} release{landed}; {here}{drained}"
        ]
    same = what.decision is not None and now.model == what.decision.model
    # What the files here say is only called live where nothing else is known to have landed.
    differs = what.beside is not None and not what.beside.is_same_release
    points = "points here to" if differs else "is live at"
    if release == what.source.ref.id:
        still = "still points here to" if differs else "is still live at"
        answer = f"{what.alias} {still} this release"
        answer += "" if same else f" and answers {now.model}"
    elif same:
        answer = f"{what.alias} {points} {release} and still answers {now.model}"
    else:
        answer = f"{what.alias} {points} {release} and answers {now.model}"
    if what.retirement is not None:
        answer += f"; {bad(retirement_to_text(what.retirement))}"
    return [f"{strong('Today')}  {answer}{_drained_now(what, what.now)}{landed}"]


def _is_live_elsewhere(beside: PointerPair) -> bool:
    """Whether another release is live than the files here say, and nothing here waits to land."""
    differs = beside.landed_release is not None and not beside.is_same_release
    return differs and beside.is_behind and not beside.is_ahead


def _drained_now(what: Explanation, now: DrainedDecision) -> str:
    """What is drained now, where the facts above do not show it already."""
    shown = ""
    if now.drains and now.drains != what.drains:
        drains = "; ".join(drain_to_text(drain, what.at) for drain in now.drains)
        shown = f"; drained: {doubtful(drains)}"
    if now.decision.drain_ignored and what.replay is not None:
        shown += f"; {bad(IGNORED)}"
    return shown
