"""`zumik catalog import`: what its options take, and what its exit code says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played

PRICES = str(Path(__file__).parent / "cases" / "catalog" / "litellm.json")

BAD_OPTIONS = {
    ("1.90.0\nsource: mine", "2026-01-19"): "'1.90.0\\nsource: mine' is no version of a source",
    ("1.90.0, 2031-01-01", "2026-01-19"): "is no version of a source",
    ("newest", "2026-01-19"): "is no version of a source",
    ("1.90.0", "2062-01-19"): "--observed-on 2062-01-19 is in the future",
    ("1.90.0", "2026-01-12T00:00:00Z"): "--observed-on takes a date",
    ("1.90.0", "20260119"): "--observed-on takes a date",
    ("1.90.0", "0026-01-19"): "--observed-on 0026-01-19 is before 2020-01-01",
}


@pytest.mark.parametrize(("options", "problem"), BAD_OPTIONS.items())
def test_a_version_or_a_day_that_no_fact_may_cite_is_refused(
    played: Played, options: tuple[str, str], problem: str
) -> None:
    version, day = options
    turn = played.desk("small").zumik(
        "catalog", "import", PRICES, "--version", version, "--observed-on", day, "--dry-run"
    )
    assert (turn.exit_code, turn.out) == (2, ""), turn
    assert problem in turn.err, turn


def test_the_exit_code_says_that_a_fact_waits_until_it_is_accepted(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("small")
    command = ["catalog", "import", PRICES, "--version", "1.90.0", "--observed-on", "2026-01-09"]
    only = ["--only", "acme/small"]
    turn = desk.zumik(*command, *only)
    assert turn.exit_code == 3, turn
    assert "3 facts waiting for --accept or --keep: acme/small#price, acme/small#limits" in turn.out
    accepted = ["--accept", "acme/small#price", "--accept", "acme/*#limits"]
    turn = desk.zumik(*command, *only, *accepted)
    assert turn.exit_code == 3, turn
    assert "1 fact waiting for --accept or --keep: acme/small#capabilities" in turn.out
    turn = desk.zumik(*command, *only, "--accept", "acme/small")
    assert (turn.exit_code, "waiting" in turn.out) == (0, False), turn
    again = desk.zumik(*command, *only)
    assert (again.exit_code, "0 files changed" in again.out) == (0, True), again


def test_a_question_that_was_answered_with_no_is_not_asked_again_until_the_value_moves(
    desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("small")
    prices = tmp_path / "prices.json"
    prices.write_bytes(Path(PRICES).read_bytes())
    command = ["catalog", "import", str(prices), "--version", "1.90.0"]
    command += ["--observed-on", "2026-01-09", "--only", "acme/small"]
    turn = desk.zumik(*command, "--keep", "acme/small")
    assert (turn.exit_code, "1 file changed" in turn.out) == (0, True), turn
    text = (desk.releases / "catalog" / "acme.yaml").read_text()
    assert "price: {input: 1, output: 4, cache_read: 0.1, source: " in text
    assert "acme price list; kept over litellm: price.input 0.4, price.output 1.6" in text
    assert "by hand; kept over litellm: limits.input_tokens 128000" in text
    again = desk.zumik(*command)
    assert (again.exit_code, "0 files changed" in again.out) == (0, True), again
    assert "left alone" not in again.out
    prices.write_text(prices.read_text().replace("1.6e-06", "1.7e-06"))
    moved = desk.zumik(*command)
    assert moved.exit_code == 3, moved
    assert "1 fact waiting for --accept or --keep: acme/small#price" in moved.out
    assert desk.zumik(*command, "--accept", "acme/small#price").exit_code == 0
    assert desk.zumik("validate").exit_code == 0
