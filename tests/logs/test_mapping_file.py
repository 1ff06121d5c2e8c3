"""A format of the user's own: what its file may say, and what is said of its slips."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zumik.core.basics.findings import Invalid
from zumik.core.traffic.logged_call import LoggedCall, NotACall, Place, UnreadEntry
from zumik.errors import CannotRun, UsageError
from zumik.logs.calls import calls_in
from zumik.logs.formats.known_formats import log_format_named

MAPPING = """\
name: our-gateway
calls:
  - {path: kind, is: [chat]}
decision: [[headers, x-receipt], zumik]
called: {path: model, under: provider}
at: started
input_tokens: {path: [usage, total], minus: [[usage, out]]}
output_tokens: [usage, out]
cost_usd: {path: cost.total, unit: cents}
seconds: {path: took, unit: ms}
outcomes:
  - {path: status, is: ["2??"], failed: false}
  - {path: status, failed: true}
call_id: req
"""
ENTRY: dict[str, Any] = {
    "kind": "chat",
    "headers": {"x-receipt": "code.fast@alr_2026_06_09_003:1a2b3c4d5e6f=acme/fast-1"},
    "model": "fast-1",
    "provider": "acme",
    "started": 1781000000000,
    "usage": '{"total": 120, "out": "20"}',
    "cost.total": 0.5,
    "took": 1500,
    "status": 200,
    "req": "r-1",
}


def calls(tmp_path: Path, mapping: str, *entries: object) -> list[Any]:
    (tmp_path / "our.yaml").write_text(mapping)
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return list(calls_in([str(log)], log_format_named(str(tmp_path / "our.yaml"))))


def test_a_mapping_reads_the_log_of_any_gateway(tmp_path: Path) -> None:
    call, skipped = calls(tmp_path, MAPPING, ENTRY, {**ENTRY, "kind": "tool"})
    assert isinstance(call, LoggedCall)
    assert isinstance(skipped, NotACall)
    assert call.decision is not None
    assert (call.format, call.called) == ("our-gateway", "acme/fast-1")
    assert call.decision.model == "acme/fast-1"
    assert (call.input_tokens, call.output_tokens) == (100, 20)
    assert (call.cost_usd, call.seconds, call.failed) == (Decimal("0.005"), 1.5, False)
    assert call.at == datetime(2026, 6, 9, 10, 13, 20, tzinfo=UTC)


def test_a_line_of_zumik_with_more_fields_is_mapped_by_an_empty_path(tmp_path: Path) -> None:
    mapping = "name: ours\ndecision: [[]]\nseconds: took_s\n"
    (call,) = calls(tmp_path, mapping, {"requested_model": "acme/a", "took_s": 2})
    assert (call.decision.reference.text, call.seconds) == ("acme/a", 2.0)


def test_a_mapping_in_json_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "our.json"
    file.write_text('{"name": "ours", "at": "t"}')
    assert log_format_named(str(file)).name == "ours"


def test_a_key_that_no_entry_has_is_named_at_its_line_of_the_mapping(tmp_path: Path) -> None:
    mapping = MAPPING.replace("took, unit", "tok, unit")
    first, unseen = calls(tmp_path, mapping, ENTRY)
    assert first.seconds is None
    place = Place(str(tmp_path / "our.yaml"), 10)
    assert unseen == UnreadEntry(place, "seconds: no entry has the key 'tok'", is_whole=True)


def test_a_key_with_a_null_is_a_key_that_an_entry_has(tmp_path: Path) -> None:
    (call,) = calls(tmp_path, MAPPING, {**ENTRY, "took": None})
    assert call.seconds is None


def test_an_entry_with_none_of_the_mapped_keys_is_not_one_of_the_format(tmp_path: Path) -> None:
    _, other = calls(tmp_path, MAPPING, ENTRY, {"level": "info"})
    assert isinstance(other, UnreadEntry)


def test_slips_of_a_mapping_have_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "our.yaml"
    file.write_text("name: ours\ninput_token: [usage, in]\n")
    with pytest.raises(Invalid) as caught:
        log_format_named(str(file))
    (finding,) = caught.value.findings
    assert (finding.location.line, finding.location.column) == (2, 1)
    assert finding.message == "unknown key 'input_token'"
    assert finding.hint == "did you mean input_tokens?"


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"cannot read .*our\.yaml"):
        log_format_named(str(tmp_path / "our.yaml"))


def test_a_name_of_no_format_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        log_format_named("langfuze")
    assert caught.value.hint == "did you mean langfuse?"
