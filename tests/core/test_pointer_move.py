"""Drafting the next release, planning what it would change, and moving the pointer to it."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from tests.core.builders import (
    CODE_FAST,
    CREATED,
    DAY,
    FIRST,
    alias,
    derived,
    facts,
    frozen,
    model,
    scored,
)
from tests.core.strategies import contents, few_examples

from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.decisions.alias_table import AliasTable, rederive, table_of
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import already_there, require_promotable, rollback_target
from zumik.core.releases.draft import draft
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import Content, ReleaseRef, VerifiedRelease, verify
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.resolvers.latest import LATEST
from zumik.core.reviews.plan import LiveView, plan_of
from zumik.errors import AnswerIsNo, CannotRun, UsageError

SOURCE = frozen(
    alias("maximize q"),
    models=[scored("a/x", q="2"), model("a/y", metrics={"q": "1"}, retires_on="2026-07-01")],
)


@few_examples
@given(contents())
def test_a_draft_is_verified_under_its_own_name(content: Content) -> None:
    ref, data = draft(content, None, None, CREATED, note="n", backfilled=True)
    release = verify(ref.file_name, data).release
    assert (release.id, release.parent, release.created_at) == (FIRST, None, CREATED)
    assert (release.note, release.backfilled, release.resolver) == ("n", True, LATEST.version)
    assert release.content == content


def test_a_draft_follows_its_parent() -> None:
    content = SOURCE.release.content
    ref, data = draft(content, SOURCE.ref, CREATED, CREATED, note=None, backfilled=False)
    assert ref.id == "alr_2026_06_09_002"
    assert verify(ref.file_name, data).release.parent == SOURCE.ref
    assert LedgerLine.of(ref).to_text() == f"{ref.sha256}  frozen/{ref.id}.{ref.sha256}.json\n"


def test_a_draft_is_never_dated_before_its_parent() -> None:
    earlier = CREATED - timedelta(seconds=1)
    with pytest.raises(UsageError, match="2026-06-09T08:59:59Z is before the newest release"):
        draft(SOURCE.release.content, SOURCE.ref, CREATED, earlier, note=None, backfilled=True)


def pointer(release: str, kind: str = "promote", sha256: str = "1" * 64) -> Pointer:
    target = ReleaseRef(ReleaseId(release), Digest(sha256))
    return Pointer(CODE_FAST, target, 1, kind, datetime(2026, 6, 9, tzinfo=UTC))


def test_a_move_to_the_live_release_changes_nothing() -> None:
    here = pointer("alr_2026_06_09_001")
    assert already_there(here, here.target)
    assert not already_there(None, here.target)
    assert not already_there(pointer("alr_2026_06_09_001", "retire"), here.target)
    assert not already_there(here, pointer("alr_2026_06_09_002").target)
    assert not already_there(here, pointer("alr_2026_06_09_001", sha256="2" * 64).target)


def test_only_an_alias_that_the_release_holds_can_be_promoted() -> None:
    require_promotable(SOURCE, CODE_FAST)
    with pytest.raises(CannotRun, match=r"has no alias auto\.balanced") as failed:
        require_promotable(SOURCE, AliasName("auto.balanced"))
    assert failed.value.hint == "it has code.fast"


def test_a_withdrawn_release_is_never_promoted() -> None:
    mark = Withdrawal(SOURCE.ref, "wrong\nprice", CREATED)
    with pytest.raises(AnswerIsNo, match="alr_2026_06_09_001 is withdrawn: 'wrong") as failed:
        require_promotable(SOURCE, CODE_FAST, mark, ReleaseId("alr_2026_06_08_001"))
    assert "\n" not in failed.value.message
    assert (failed.value.hint or "").startswith("the newest usable release is alr_2026_06_08_001; ")
    with pytest.raises(AnswerIsNo) as failed:
        require_promotable(SOURCE, CODE_FAST, mark)
    assert (failed.value.hint or "").startswith("no release is usable; ")


def line_of(*winners: str) -> dict[ReleaseId, VerifiedRelease]:
    """A line of releases, of which each has its own winner."""
    found = {}
    for number, winner in enumerate(winners, 1):
        release = frozen(
            alias("listed", candidates=[winner]),
            models=list(SOURCE.models.values()),
            id=f"alr_2026_06_09_{number:03}",
        )
        found[release.ref.id] = release
    return found


def rolled_back(
    line: dict[ReleaseId, VerifiedRelease],
    was_live: list[int],
    today: date = DAY,
    withdrawn: Container[ReleaseId] = (),
) -> str:
    ids = list(line)
    current = pointer(ids[-1], sha256=line[ids[-1]].ref.sha256)
    earlier = [line[ids[place]].ref for place in was_live]
    return rollback_target(
        CODE_FAST, current, earlier, line.__getitem__, today, withdrawn=withdrawn
    ).ref.id


def test_a_rollback_goes_to_the_newest_that_was_live_before() -> None:
    line = line_of("a/x", "a/x", "a/x")
    assert rolled_back(line, [1, 0]) == "alr_2026_06_09_002"
    assert rolled_back(line, [2, 1, 0]) == "alr_2026_06_09_002"
    assert rolled_back(line, [0]) == "alr_2026_06_09_001"


def test_a_rollback_skips_a_retired_winner() -> None:
    line = line_of("a/x", "a/y", "a/x")
    assert rolled_back(line, [1, 0], date(2026, 6, 30)) == "alr_2026_06_09_002"
    assert rolled_back(line, [1, 0], date(2026, 7, 1)) == "alr_2026_06_09_001"


def test_a_rollback_skips_a_withdrawn_release() -> None:
    line = line_of("a/x", "a/x", "a/x")
    first, second, _ = line
    assert rolled_back(line, [1, 0], withdrawn={second}) == first
    with pytest.raises(AnswerIsNo) as failed:
        rolled_back(line, [1, 0, 1], withdrawn={first, second})
    # Each is told once, however often it was live.
    assert f"({second}: withdrawn; {first}: withdrawn)" in failed.value.message


def test_without_an_earlier_release_there_is_no_rollback() -> None:
    with pytest.raises(AnswerIsNo, match="no release before alr_2026_06_09_001 to go back to"):
        rolled_back(line_of("a/x"), [])
    with pytest.raises(AnswerIsNo, match="a/y retired on 2026-07-01"):
        rolled_back(line_of("a/y", "a/x"), [0], date(2026, 7, 1))


def test_a_rollback_skips_a_release_with_another_digest() -> None:
    line = line_of("a/x", "a/x", "a/x")
    ids = list(line)
    other = ReleaseRef(ids[1], Digest("0" * 64))
    current = pointer(ids[2], sha256=line[ids[2]].ref.sha256)
    found = rollback_target(
        CODE_FAST, current, [other, line[ids[0]].ref], line.__getitem__, CREATED.date()
    )
    assert found.ref.id == ids[0]


def proposed(**figures: str) -> AliasTable:
    models = [scored(f"a/{name}", q=value) for name, value in figures.items()]
    return table_of(derived(alias("maximize q"), *models), facts(*models), LATEST)


def test_a_plan_names_the_old_and_new_winner() -> None:
    live = LiveView(FIRST, rederive(SOURCE, CODE_FAST).table)
    (plan,) = plan_of({CODE_FAST: live}, {CODE_FAST: proposed(x="2", z="3")})
    assert (plan.winner_before, plan.winner_after) == ("a/x", "a/z")
    assert plan.changes_winner
    assert plan.difference("q") == (Fraction(2), Fraction(3))
    assert plan.difference("expected_cost") is None
    assert plan.newly_excluded == ("a/y",)


def test_a_plan_without_a_move() -> None:
    table = rederive(SOURCE, CODE_FAST).table
    (plan,) = plan_of({CODE_FAST: LiveView(FIRST, table)}, {CODE_FAST: table})
    assert not plan.changes_winner
    assert plan.newly_excluded == ()


def test_a_plan_with_an_added_and_a_removed_alias() -> None:
    table = rederive(SOURCE, CODE_FAST).table
    gone, new = plan_of({CODE_FAST: LiveView(FIRST, table)}, {AliasName("z.new"): table})
    assert (gone.alias, gone.winner_before, gone.winner_after) == ("code.fast", "a/x", None)
    assert (new.alias, new.winner_before, new.winner_after) == ("z.new", None, "a/x")
    # What is no longer wanted stays live until somebody retires it.
    assert (gone.changes_winner, new.changes_winner) == (False, True)
    for plan in (gone, new):
        assert plan.difference("q") is None
        assert plan.newly_excluded == ()
