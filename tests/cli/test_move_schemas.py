"""What the commands that move something write for programs is as its schemas say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.cli.conversation import Desk
from tests.schemas.test_output_schemas import check


def test_it_has_one_shape_whether_or_not_something_was_done(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("march")

    def says(*arguments: str) -> Any:
        return json.loads(desk.zumik(*arguments, "--format", "json").out)

    drain = ("drain", "acme/*", "--until", "4h", "--reason", "INC-42")
    done = [says(*drain, "--dry-run"), says(*drain, "--pr"), says(*drain), says(*drain)]
    check("changed-drains", *done, says("undrain", "--all"), says("undrain", "--all"))
    assert len({tuple(each) for each in done}) == 1
    back = ("alias", "rollback", "code.fast", "--reason", "INC-42")
    there = ("alias", "promote", "--all", "--to", "alr_2026_03_10_001")
    done = [says(*back, "--dry-run"), says(*back, "--pr"), says(*back), says(*there), says(*there)]
    done.append(says("alias", "retire", "code.fast", "--reason", "over"))
    check("moved-aliases", *done, says(*there))
    assert len({tuple(each) for each in done}) == 1
    withdraw = ("release", "withdraw", "alr_2026_02_10_001", "--reason", "wrong price")
    done = [says(*withdraw, "--pr"), says(*withdraw), says(*withdraw)]
    check("withdrawn-release", *done)
    assert len({tuple(each) for each in done}) == 1
