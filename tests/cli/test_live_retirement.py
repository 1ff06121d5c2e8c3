"""A live model that has retired, or soon will, is named wherever the alias is shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk


@pytest.fixture
def announce(desk_after: Callable[[str], Desk]) -> Callable[[str], Desk]:
    """A desk whose catalog says when globex/swift, live for code.fast, retires."""

    def announced(day: str) -> Desk:
        desk = desk_after("february")
        catalog = desk.releases / "catalog" / "globex.yaml"
        text = catalog.read_text()
        assert "  swift:\n" in text
        catalog.write_text(text.replace("  swift:\n", f"  swift:\n    retires_on: {day}\n", 1))
        desk.git("commit", "--quiet", "-am", "globex/swift retires")
        desk.git("push", "--quiet", "origin", "main")
        return desk

    return announced


@pytest.mark.parametrize(("day", "verb"), [("2026-02-01", "retired"), ("2026-03-01", "retires")])
def test_a_live_model_that_retires_is_named(
    announce: Callable[[str], Desk], day: str, verb: str
) -> None:
    desk = announce(day)
    said = f"globex/swift {verb} on {day}; next in the ranking: acme/small"
    for command in (("status",), ("alias", "list"), ("alias", "show", "code.fast")):
        shown = desk.zumik(*command)
        assert said in shown.out, shown
    resolved = desk.zumik("resolve", "code.fast", "--format", "json")
    assert f"warning: code.fast: {said}" in resolved.err, resolved
    for base in ([], ["--base", "origin/main"]):
        checked = desk.zumik("check", *base)
        assert checked.exit_code == 0, checked
        assert "[live-model-retires]" in checked.out
        assert "releases/live/code.fast.json" in checked.out
    assert f"code.fast: {said}" in checked.out
    (told,) = (
        item
        for item in json.loads(desk.zumik("alias", "list", "--format", "json").out)
        if item["alias"] == "code.fast"
    )
    assert told["retirement"] == {
        "model": "globex/swift",
        "retires_on": day,
        "retired": verb == "retired",
        "next_ranked": "acme/small",
    }


def test_a_retirement_beyond_the_horizon_is_not_reported(announce: Callable[[str], Desk]) -> None:
    desk = announce("2026-12-01")
    assert "next in the ranking" not in desk.zumik("status").out
    assert not desk.zumik("resolve", "code.fast").err
    assert "live-model-retires" not in desk.zumik("check").out
