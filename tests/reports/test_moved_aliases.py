"""What a reviewer reads first: whose traffic moves, and how much of it."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from tests.core.builders import CODE_FAST, CREATED
from tests.core.reviews import BOTH, OTHER, R3, UPSTREAM, moved, review

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.live.drains import Drain, Drains
from zumik.core.reviews.review import DrainLists, Review
from zumik.core.traffic.impact import Impact, Move, Moved, Outcome
from zumik.reports.moved_aliases_report import moved_aliases_report, moved_aliases_to_markdown
from zumik.reports.plain import plain

X, Y = ModelId("a/x"), ModelId("a/y")


def logs(*ways: tuple[AliasName, Outcome, int]) -> Impact:
    """An impact of so many requests of an alias with an outcome."""
    impact = Impact("merged", lambda _: None, "base", lambda _: None)
    for alias, outcome, count in ways:
        after = {Outcome.SAME: X, Outcome.MOVED: Y}.get(outcome)
        impact.moves[Move(alias, X, after, outcome)] = Moved(
            count, count, Fraction(count), Fraction(count, 2)
        )
    return impact


def lines(found: Review, share: Impact | str) -> list[str]:
    return plain(moved_aliases_report(found, share)).splitlines()


def both_moved() -> Review:
    """A drain of the model that answers both aliases."""
    drain = Drain("a/x", CREATED - timedelta(hours=1), CREATED + timedelta(hours=1), "INC-41")
    return review(BOTH, BOTH, drain_lists=DrainLists(Drains(), Drains(1, (drain,)), CREATED))


def test_the_largest_share_comes_first() -> None:
    impact = logs(
        (CODE_FAST, Outcome.MOVED, 10), (CODE_FAST, Outcome.SAME, 20), (OTHER, Outcome.MOVED, 70)
    )
    told = lines(both_moved(), impact)
    assert told[0] == (
        "On merge traffic moves: another model answers for 2 aliases. "
        "This concerns 80.0 % of the logged requests: 80 of 100."
    )
    heads = [line for line in told if "→" in line and not line.startswith(" ")]
    assert heads == ["other: a/x → a/y", "code.fast: a/x → a/y"]
    at_other = told.index(heads[0])
    assert told[at_other + 1 : at_other + 3] == [
        "  share: 70.0 % of the logged requests: 70 of 100",
        "  of these: cost $70 → $35 (-50.0 %)",
    ]
    table = moved_aliases_to_markdown(both_moved(), impact)
    assert table[2].startswith("| alias | now | on merge | share |")
    assert [row.split(" | ")[3] for row in table[4:6]] == ["70.0 %", "10.0 %"]


def test_without_logs_the_share_is_not_known_and_the_way_to_know_it_is_said() -> None:
    how = "not known without logs; shown with: zumik check --base main --logs LOGS"
    assert lines(both_moved(), how)[1] == f"share of the requests: {how}"
    assert f"Share of the requests: {how}." in moved_aliases_to_markdown(both_moved(), how)
    assert "share" not in "".join(lines(review(BOTH, BOTH), how))


def test_an_alias_of_which_only_some_requests_move_is_named_too() -> None:
    found = review(BOTH, moved(R3), R3)
    told = lines(found, logs((CODE_FAST, Outcome.UNSERVED, 1), (CODE_FAST, Outcome.SAME, 3)))
    assert told == [
        "On merge some traffic moves: 25.0 % of the logged requests, 1 of 4, "
        "which ask for more than others.",
        "",
        "code.fast: a/x → no model can take them",
        "  share: 25.0 % of the logged requests: 1 of 4",
        "  of these: cost $1 → $0.5 (-50.0 %)",
        "  way: that of most of them; requests that ask for less stay",
    ]


def test_all_requests_of_an_alias_count_that_is_served_otherwise() -> None:
    found = review(BOTH, moved(UPSTREAM), UPSTREAM)
    told = lines(found, logs((CODE_FAST, Outcome.SAME, 30), (OTHER, Outcome.SAME, 70)))
    assert told[0].endswith(
        "for code.fast. This concerns 30.0 % of the logged requests: 30 of 100."
    )
    assert told[2] == "code.fast: a/x (the same model)"


def test_logs_without_a_request_that_moves_say_so() -> None:
    told = lines(review(BOTH, BOTH), logs((CODE_FAST, Outcome.SAME, 30)))
    assert told[0].endswith("no live pointer moves. No logged request moves.")
    assert len(told) == 1
