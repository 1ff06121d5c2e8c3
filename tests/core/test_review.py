"""Reviews: what landing a change would do, told from what answers now and what is newly frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.core.builders import CODE_FAST, CREATED, alias, but
from tests.core.reviews import (
    ALL,
    BEST,
    BOTH,
    ONLY,
    OTHER,
    R1,
    R2,
    R3,
    UPSTREAM,
    X,
    Y,
    at,
    moved,
    release,
    review,
)

from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.live.drains import Drain, Drains
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.changes import CHANGED
from zumik.core.reviews.review import DrainChange, DrainLists, Review, review_of
from zumik.errors import CannotRun, IntegrityError


def told(found: Review) -> list[tuple[str, str | None, str | None, bool]]:
    """The aliases that are told of: who answers, who would, and whether on merge."""
    return [
        (item.plan.alias, item.plan.winner_before, item.plan.winner_after, item.move is not None)
        for item in found.aliases
    ]


@pytest.mark.parametrize(
    ("found", "aliases", "traffic", "unchanged"),
    [
        (
            review(BOTH, moved(R2), parent=R2),
            [("code.fast", "a/x", "a/y", True)],
            ["code.fast"],
            ["other"],
        ),
        (review(BOTH, BOTH, R2), [("code.fast", "a/x", "a/y", False)], [], ["other"]),
        (
            review(BOTH, moved(R2), R2),
            [("code.fast", "a/x", "a/y", True)],
            ["code.fast"],
            ["other"],
        ),
        (
            review({**BOTH, CODE_FAST: at(R2)}, moved(R1, "rollback"), parent=R2),
            [("code.fast", "a/y", "a/x", True)],
            ["code.fast"],
            ["other"],
        ),
        (
            review(BOTH, moved(R1, "retire")),
            [("code.fast", "a/x", None, True)],
            ["code.fast"],
            ["other"],
        ),
        (
            review({OTHER: BOTH[OTHER]}, BOTH),
            [("code.fast", None, "a/x", True)],
            ["code.fast"],
            ["other"],
        ),
        (
            review({CODE_FAST: at(ONLY)}, {CODE_FAST: at(ONLY)}, R3, parent=ONLY),
            [("other", None, "a/x", False)],
            [],
            ["code.fast"],
        ),
        (review(BOTH, BOTH, ONLY), [("other", "a/x", None, False)], [], ["code.fast"]),
        (
            review(BOTH, BOTH, UPSTREAM),
            [("code.fast", "a/x", "a/x", False), ("other", "a/x", "a/x", False)],
            [],
            [],
        ),
        (review(BOTH, BOTH, R3), [], [], ["code.fast", "other"]),
        (review(BOTH, BOTH), [], [], ["code.fast", "other"]),
        (
            review({}, {}, R1, parent=None),
            [("code.fast", None, "a/x", False), ("other", None, "a/x", False)],
            [],
            [],
        ),
        (
            review(BOTH, {OTHER: BOTH[OTHER]}),
            [("code.fast", "a/x", None, True)],
            ["code.fast"],
            ["other"],
        ),
    ],
    ids=[
        "promote",
        "release",
        "release and promote",
        "rollback",
        "retire",
        "new pointer",
        "new alias",
        "alias no longer in the policy",
        "upstream",
        "fact of nobody who answers",
        "nothing",
        "first release",
        "pointer removed",
    ],
)
def test_what_landing_changes(
    found: Review, aliases: list[object], traffic: list[str], unchanged: list[str]
) -> None:
    assert told(found) == aliases
    assert [move.alias for move in found.traffic_moves] == traffic
    assert list(found.unchanged) == unchanged
    assert found.waiting == ()


A_X = Drain("a/x", CREATED - timedelta(hours=1), CREATED + timedelta(hours=1), "INC-42")
A_Y = but(A_X, models="a/y")
LATER = but(A_X, since=CREATED + timedelta(minutes=1))
OVER = but(A_X, until=CREATED)


def under(
    before: tuple[Drain, ...],
    after: tuple[Drain, ...],
    lands: dict[AliasName, Pointer] | None = None,
) -> Review:
    drain_lists = DrainLists(Drains(1, before), Drains(2, after), CREATED)
    return review(BOTH, lands or BOTH, R2, drain_lists=drain_lists)


@pytest.mark.parametrize(
    ("found", "drained", "traffic"),
    [
        (under((), ()), [], []),
        (
            under((), (A_X,)),
            [("code.fast", "a/x", "a/y", "a/x", False), ("other", "a/x", "a/y", "a/x", False)],
            ["code.fast", "other"],
        ),
        (
            under((A_X,), ()),
            [("code.fast", "a/y", "a/x", "a/x", False), ("other", "a/y", "a/x", "a/x", False)],
            ["code.fast", "other"],
        ),
        (
            under((), (A_X, A_Y)),
            [("code.fast", "a/x", "a/x", "a/x", True), ("other", "a/x", "a/x", "a/x", True)],
            [],
        ),
        # A list that is as it was is told of where a pointer moves under it, and nowhere else.
        (under((A_X,), (A_X,)), [], []),
        (under((A_X,), (A_X,), moved(R2)), [("code.fast", "a/y", "a/y", "a/y", False)], []),
        (
            under((A_Y,), (A_Y,), moved(R2)),
            [("code.fast", "a/x", "a/x", "a/y", False)],
            [],
        ),
        (
            under((A_X,), (A_X,), moved(R1, "retire")),
            [("code.fast", "a/y", None, None, False)],
            ["code.fast"],
        ),
        # What is over, or has not begun, takes nothing away.
        (under((), (OVER, LATER)), [], []),
        (under((OVER,), (), moved(R2)), [], ["code.fast"]),
    ],
    ids=[
        "nothing",
        "comes",
        "ends",
        "nobody left",
        "goes on",
        "goes on, of who leaves",
        "goes on, of who comes",
        "retires",
        "not in force",
        "over",
    ],
)
def test_winners_follow_the_drains(
    found: Review, drained: list[object], traffic: list[str]
) -> None:
    assert [tuple(item) for item in found.drained] == drained
    assert [move.alias for move in found.traffic_moves] == traffic
    assert not {item.alias for item in found.drained} & {*found.unchanged}


def test_every_changed_drain_is_in_the_review() -> None:
    longer = but(A_X, until=CREATED + timedelta(hours=4))
    found = under((A_X, OVER, A_Y), (A_Y, longer, LATER))
    assert set(found.drains) == {DrainChange(A_X, longer), DrainChange(OVER, LATER)}
    assert under((A_X, A_Y), (A_Y, A_X)).drains == ()
    assert under((A_X,), ()).drains == (DrainChange(A_X, None),)
    assert under((), (A_X,)).drains == (DrainChange(None, A_X),)


def test_every_alias_is_in_the_review_once() -> None:
    for after in (BOTH, moved(R2), moved(R1, "retire")):
        for new in ((), (R2,), (R3,), (ONLY,), (R2, R3)):
            found = review(BOTH, after, *new)
            names = [item.plan.alias for item in found.aliases]
            names += [item.alias for item in found.waiting] + list(found.unchanged)
            assert sorted(names) == ["code.fast", "other"]


def test_releases_are_listed_in_order_and_compared_as_one() -> None:
    found = review(BOTH, BOTH, R2, R3)
    assert [item.ref for item in found.releases] == [R2.ref, R3.ref]
    assert found.changes is not None
    assert [(c.model, [f.path for f in c.fields]) for c in found.changes.models] == [
        ("a/y", ["price.input"])
    ]


def test_without_a_new_release_no_fact_changes() -> None:
    assert review(BOTH, moved(R2)).changes is None


def test_a_move_names_both_releases() -> None:
    (move,) = review(BOTH, moved(R2), R2).moves
    assert move == (CODE_FAST, "promote", "why", R1.ref.id, R2.ref.id, "a/x", "a/y")
    (move,) = review(BOTH, moved(R1, "retire")).moves
    assert (move.kind, move.after, move.winner_after) == ("retire", None, None)
    (move,) = review(BOTH, {OTHER: BOTH[OTHER]}).moves
    assert (move.kind, move.reason, move.after) == ("remove", None, None)


def test_a_retired_alias_returns_without_an_old_winner() -> None:
    retired = moved(R1, "retire")
    again = {**retired, CODE_FAST: at(R2, CODE_FAST, retired[CODE_FAST])}
    (move,) = review(retired, again, parent=R2).moves
    assert (move.before, move.winner_before, move.winner_after) == (None, None, "a/y")


def test_a_retired_alias_is_neither_changed_nor_unchanged() -> None:
    retired = moved(R1, "retire")
    found = review(retired, retired, R3)
    assert told(found) == []
    assert found.unchanged == ("other",)


def test_a_pointer_may_go_elsewhere_than_the_newest_release() -> None:
    (item,) = review(BOTH, moved(R2), R3, parent=R2).aliases
    assert item.proposed == R2.ref.id
    assert item.plan.winner_after == "a/y"


def test_an_earlier_unpromoted_change_is_waiting() -> None:
    """A winner that an earlier release froze and nobody promoted is no change of this one."""
    later = release(6, x={**X, "source": "s"}, y={**Y, "metrics": {"q": "3"}}, parent=R2)
    found = review(BOTH, BOTH, later, parent=R2)
    assert told(found) == []
    assert found.waiting == ((CODE_FAST, "a/x", "a/y"),)
    assert found.unchanged == ("other",)


def test_the_same_model_at_another_upstream_is_traffic_of_its_own() -> None:
    found = review(BOTH, moved(UPSTREAM), parent=UPSTREAM)
    assert found.traffic_moves == ()
    assert [item.plan.alias for item in found.served_otherwise] == [CODE_FAST]
    assert [(m, f.before, f.after) for m, f in found.upstream] == [("a/x", "x", "x2")]
    draft = review(BOTH, BOTH, UPSTREAM)
    assert draft.served_otherwise == ()
    assert draft.upstream == (("a/x", ("upstream.model", "x", "x2", "upstream", CHANGED)),)


def test_aliases_with_another_winner_come_first() -> None:
    both = release(7, BEST, alias("listed", name=AliasName("a"), candidates=["a/y", "a/x"]))
    swapped = release(
        8,
        BEST,
        alias("listed", name=AliasName("a"), candidates=["a/y", "a/x"], description="d"),
        y={**Y, "metrics": {"q": "3"}},
        parent=both,
    )
    live = {AliasName("a"): at(both, AliasName("a")), CODE_FAST: at(both)}
    known = {both.ref.id: both, swapped.ref.id: swapped}
    found = review_of(live, live, [swapped], both, known.__getitem__)
    assert [item.plan.alias for item in found.aliases] == ["code.fast", "a"]


def test_differences_are_from_the_live_release() -> None:
    (item,) = review(BOTH, moved(R2), R2).aliases
    assert item.change is not None
    assert [field.path for field in item.change.fields] == ["ranking"]
    assert item.facts is None
    first, _ = review(BOTH, BOTH, UPSTREAM).aliases
    assert first.facts is not None
    assert [field.path for field in first.served] == ["upstream.model"]


def test_a_pointer_that_contradicts_its_release_is_refused() -> None:
    lying = BOTH[CODE_FAST]._replace(target=ReleaseRef(R1.ref.id, Digest("0" * 64)))
    with pytest.raises(IntegrityError, match="digest 000000000000"):
        review(BOTH, {**BOTH, CODE_FAST: lying})
    with pytest.raises(CannotRun, match="has no such alias"):
        review(BOTH, {**BOTH, OTHER: at(ONLY, OTHER)})


def test_each_release_is_looked_up_once() -> None:
    asked: list[ReleaseId] = []

    def lookup(name: ReleaseId) -> VerifiedRelease:
        asked.append(name)
        return ALL[name]

    review_of(BOTH, moved(R2), [R2], R1, lookup)
    assert sorted(asked) == [R1.ref.id, R2.ref.id]


def test_a_withdrawal_is_in_the_review_and_moves_nothing() -> None:
    mark = Withdrawal(R2.ref, "wrong price", CREATED)
    found = review_of(BOTH, BOTH, [], R2, ALL.__getitem__, [mark])
    assert found.withdrawn == (mark,)
    assert (found.moves, found.traffic_moves) == ((), ())
    assert review(BOTH, BOTH).withdrawn == ()
