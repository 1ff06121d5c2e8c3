"""`--bundle`: explain, resolve and replay where there is a bundle and no workspace."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """A gateway's directory, with the bundle and a line that was logged, beside the workspace."""
    desk = desk_after("february")
    assert desk.zumik("bundle", "--ref", "HEAD", "-o", "../live.json").exit_code == 0
    (desk.root / "gateway").mkdir()
    return desk


def test_a_bundle_answers_as_its_workspace_does(desk: Desk) -> None:
    asked = ("resolve", "code.fast", "--format", "json")
    line = desk.zumik(*asked).out
    inside = json.loads(desk.zumik("explain", line, "--format", "json").out)
    desk.below = "../gateway"
    given = ("--bundle", "../live.json")
    assert desk.zumik(*asked, *given).out == line
    outside = json.loads(desk.zumik("explain", line, *given, "--format", "json").out)
    differing = {key for key in inside if inside[key] != outside.get(key)}
    assert differing == {"bytes", "release"}
    for part in differing:
        inside[part], outside[part] = dict(inside[part]), dict(outside[part])
        assert {key for key in inside[part] if inside[part][key] != outside[part].get(key)} <= {
            *("ledger", "withdrawn", "withdrawn_why_not_known")
        }
    (desk.root / "gateway" / "many.jsonl").write_text(line * 20_000)
    replayed = desk.zumik("replay", *given, "many.jsonl")
    assert replayed.exit_code == 0, replayed
    assert replayed.out.startswith("20,000 calls: 20,000 reproduced")
    assert len(replayed.out.splitlines()) < 8
    listed = desk.zumik("replay", *given, line, "--only", "reproduced")
    assert "reproduced" in listed.out


def test_what_a_bundle_does_not_hold_is_said(desk: Desk) -> None:
    desk.below = "../gateway"
    given = ("--bundle", "../live.json")
    explained = desk.zumik("explain", "code.fast", *given).out
    assert "a bundle has no ledger to ask" in explained
    assert "not known: a bundle does not hold which releases are withdrawn" in explained
    absent = desk.zumik("explain", "code.fast@alr_2026_01_09_001", *given)
    assert absent.exit_code == 4
    assert "alr_2026_01_09_001 is not in this bundle, which holds 2 releases" in absent.err
    assert "in a workspace zumik bundle --all-releases -o all.json; and run this" in absent.err
    undated = {
        "requested_model": "code.fast",
        "resolved_model": "globex/swift",
        "timestamp": "2026-02-10T10:00:00Z",
    }
    unknown = desk.zumik("explain", json.dumps(undated), *given)
    assert unknown.exit_code == 4, unknown
    assert desk.zumik("resolve", "code.fats", *given).err.endswith("did you mean code.fast?\n")


@pytest.mark.parametrize("data", [None, b"{}", b"\xff", b"[]"])
def test_what_is_no_bundle_is_refused(desk: Desk, data: bytes | None) -> None:
    path = desk.root / "gateway" / "bad.json"
    if data is not None:
        path.write_bytes(data)
    desk.below = "../gateway"
    for command in ("explain", "resolve"):
        turn = desk.zumik(command, "code.fast", "--bundle", "bad.json")
        assert (turn.exit_code, turn.out) == (4, ""), turn
    whole = (desk.root / "live.json").read_bytes()
    path.write_bytes(whole.replace(b"globex/swift", b"globex/swoft"))
    assert desk.zumik("resolve", "code.fast", "--bundle", "bad.json").exit_code == 5
