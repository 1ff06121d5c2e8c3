"""Runs the vectors of what is logged: lines, times, receipts and the verdicts on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from tests.conformance.vectors import cases, lookup, raw, verified

from zumik.core.basics.names import AliasName, BadName, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.basics.times import moment_of_log
from zumik.core.decisions.decision import resolve, resolve_target
from zumik.core.decisions.log_line import LogLine, UnreadableLine, from_receipt, read_log_line
from zumik.core.decisions.replay import LandedBy, LandedThen, Replay, replay
from zumik.core.facts.catalog import Model, read_model
from zumik.core.facts.request import read_request


def fields_of(line: LogLine) -> dict[str, Any]:
    """The fields of the table that a line logs."""
    fields = {
        "requested_model": line.reference.text,
        "alias_release": line.release,
        "resolved_model": line.model,
        "candidates_considered": line.considered,
        "resolution_reason": line.reason,
        "alias_release_sha256": line.sha256,
        "resolved_revision": line.revision,
        "request": line.request and line.request.to_json(),
        "drain_ignored": list(line.drain_ignored) or None,
        "timestamp": line.timestamp and written(line.timestamp),
        "served_model": line.served_model,
    }
    return {name: value for name, value in fields.items() if value is not None}


def written(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"


@pytest.mark.parametrize("case", cases("lines"))
def test_line(case: Any) -> None:
    assert fields_of(read_log_line(raw(case))) == case["expect"]


@pytest.mark.parametrize("case", cases("lines", "refused"))
def test_refused_line(case: Any) -> None:
    with pytest.raises(UnreadableLine):
        read_log_line(raw(case))


def test_line_of_a_mebibyte() -> None:
    line = b'{"requested_model": "code.fast"}'
    assert read_log_line(line.ljust(1024 * 1024)).reference.alias == "code.fast"
    with pytest.raises(UnreadableLine):
        read_log_line(line.ljust(1024 * 1024 + 1))


@pytest.mark.parametrize("case", cases("lines", "written"))
def test_written_line(case: Any) -> None:
    source = verified(case["release"])
    reference = Reference.parse(case.get("requested", case["alias"]))
    if reference.model is not None:
        decision = resolve_target(reference, reference.model, case["revision"])
    else:
        asked, request = reference.text, read_request(case["request"], ())
        decision = resolve(source, AliasName(case["alias"]), request, requested=asked)
    line = decision.to_json(case.get("timestamp"))
    assert json.dumps(line, ensure_ascii=False) == case["text"]


@pytest.mark.parametrize("case", cases("times", "times"))
def test_time(case: Any) -> None:
    moment = moment_of_log(case["value"])
    assert (moment and written(moment)) == case["expect"]


@pytest.mark.parametrize("case", cases("receipts", "receipts"))
def test_receipt(case: Any) -> None:
    try:
        receipt = Receipt.parse(case["text"])
    except BadName:
        assert case["expect"] is None
        return
    assert receipt._asdict() == case["expect"]
    assert str(receipt) == case["text"]


def landed_by(case: Any) -> LandedBy | None:
    """What a case says had landed by any time; None where it does not say."""
    if "landed" not in case:
        return None
    known = [release and ReleaseId(release) for release in case["landed"]]
    return lambda alias, moment: LandedThen(known, is_future=case.get("in_the_future", False))


def known_as(facts: Sequence[Any]) -> Any:
    return lambda model: [read_model(model, each, ()) for each in facts]


def judged(found: Replay) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "differences": sorted(difference.field for difference in found.differences),
    }


@pytest.mark.parametrize("case", cases("replay"))
def test_verdict(case: Any) -> None:
    found = replay(
        read_log_line(raw(case)),
        lookup(case["releases"]),
        landed_by(case),
        known_as(case.get("known", ())),
    )
    expect = dict(case["expect"])
    release = expect.pop("release", None)
    if "served" in expect:
        assert found.served.value == expect.pop("served")
    assert judged(found) == expect
    if release is not None:
        assert found.source is not None
        assert found.source.ref.id == release


@pytest.mark.parametrize("case", cases("receipts", "verdicts"))
def test_verdict_on_a_receipt(case: Any) -> None:
    line = from_receipt(Receipt.parse(case["receipt"]))
    assert judged(replay(line, lookup(case["releases"]))) == case["expect"]


@pytest.mark.parametrize("case", cases("replay", "served_models"))
def test_served_model(case: Any) -> None:
    """An alias is held against a release with this model alone, a target against the model."""
    line = {"requested_model": case["requested"], "served_model": case["served_model"]}
    facts = dict(case["model"] or {})
    model = facts.pop("id", None)
    known = (
        [] if model is None else [(model, facts), *((also, {}) for also in case.get("also", ()))]
    )
    models = dict(known)
    releases = [] if model is None else [_release_of(model, models)]
    found = replay(
        read_log_line(
            json.dumps(
                {
                    **line,
                    "alias_release": "alr_2026_06_09_003" if "/" not in case["requested"] else None,
                    "resolved_model": model,
                    "resolved_revision": case.get("resolved_revision"),
                }
            ).encode()
        ),
        lookup(releases),
        known_as=lambda target: (
            [Model(target)] if model is None else _known(target, models.get(target))
        ),
    )
    assert found.served.value == case["served"]


def _known(model: ModelId, facts: Any) -> list[Model]:
    return [] if facts is None else [read_model(model, facts, ())]


def _release_of(model: str, models: Any) -> dict[str, Any]:
    policy = {"candidates": ["*"], "prefer": ["listed"]}
    alias = {"policy": policy, "ranking": [model], "reason": "x", "incumbent": None}
    return {
        "schema": "zumik.release/1",
        "id": "alr_2026_06_09_003",
        "created_at": "2026-06-09T09:00:00Z",
        "parent": None,
        "note": None,
        "resolver": 1,
        "measures": {},
        "metrics": {},
        "aliases": {"code.fast": alias},
        "models": models,
    }
