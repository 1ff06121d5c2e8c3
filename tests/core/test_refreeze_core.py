"""Laws of drafts: which are in line, whose side of a conflict is taken, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import draft_side, follow
from zumik.core.releases.refreeze import continue_the_line, drafts_among, note_of, winners_changed
from zumik.core.releases.release import Content, Release, ReleaseRef, VerifiedRelease

NOW = datetime(2026, 2, 1, tzinfo=UTC)
EMPTY = Content({}, {}, {}, {})
REFS = st.builds(
    ReleaseRef,
    st.builds(lambda n: ReleaseId(f"alr_2026_01_01_{n:03}"), st.integers(1, 12)),
    st.builds(lambda n: Digest(f"{n:064x}"), st.integers(0, 3)),
)
POINTERS = st.builds(
    Pointer,
    st.just(AliasName("code.fast")),
    REFS,
    st.integers(1, 9),
    st.sampled_from(["promote", "rollback", "retire"]),
    st.just(NOW),
    st.none() | st.just("why"),
)


def _ref(number: int) -> ReleaseRef:
    return ReleaseRef(ReleaseId(f"alr_2026_01_01_{number:03}"), Digest(f"{number:064x}"))


def _release(number: int, parent: int | None, note: str | None = None) -> VerifiedRelease:
    ref = _ref(number)
    before = _ref(parent) if parent is not None else None
    return VerifiedRelease(ref, Release(ref.id, NOW, before, EMPTY, note=note), 0)


@given(st.frozensets(REFS), st.frozensets(REFS))
def test_drafts_are_the_unlanded_releases_in_order_of_id(
    here: frozenset[ReleaseRef], landed: frozenset[ReleaseRef]
) -> None:
    drafts = drafts_among(here, landed)
    assert set(drafts) == here - landed
    assert [ref.id.order for ref in drafts] == sorted(ref.id.order for ref in drafts)


def test_numbers_are_compared_as_numbers() -> None:
    late, early = (
        ReleaseRef(ReleaseId(f"alr_2026_01_01_{n}"), Digest("0" * 64)) for n in (1000, 999)
    )
    assert drafts_among([late, early], ()) == [early, late]


def test_drafts_are_in_line_after_the_newest_landed_release() -> None:
    assert continue_the_line([], None)
    assert continue_the_line([], _ref(1))
    assert continue_the_line([_release(1, None)], None)
    assert continue_the_line([_release(2, 1), _release(3, 2)], _ref(1))
    assert not continue_the_line([_release(2, 1)], _ref(2))
    assert not continue_the_line([_release(2, 1)], None)
    assert not continue_the_line([_release(2, 1), _release(3, 1)], _ref(1))
    assert not continue_the_line([_release(2, None)], _ref(1))


def test_the_newest_note_is_kept() -> None:
    assert note_of([_release(1, None, "a"), _release(2, 1, "b")]) == "b"
    assert note_of([_release(1, None, "a"), _release(2, 1)]) == "a"
    assert note_of([_release(1, None)]) is None


@given(st.lists(POINTERS, max_size=2), st.frozensets(REFS))
def test_the_draft_side_does_not_depend_on_the_order_of_sides(
    sides: list[Pointer], landed: frozenset[ReleaseRef]
) -> None:
    chosen, turned = draft_side(sides, landed), draft_side(sides[::-1], landed)
    if chosen is None or turned is None:
        assert chosen is turned
        assert all(pointer.target in landed for pointer in sides)
    else:
        assert chosen.target not in landed
        assert chosen.target == turned.target


@given(POINTERS, st.none() | POINTERS, REFS)
def test_a_reapplied_move_has_the_next_generation(
    proposed: Pointer, live: Pointer | None, target: ReleaseRef
) -> None:
    later = NOW.replace(day=2)
    moved = follow(proposed, live, target, later)
    assert moved.generation == (live.generation + 1 if live else 1)
    assert (moved.target, moved.proposed_at) == (target, later)
    assert (moved.alias, moved.kind, moved.reason) == (
        proposed.alias,
        proposed.kind,
        proposed.reason,
    )


def test_unchanged_winners_are_not_listed() -> None:
    assert winners_changed(EMPTY, EMPTY) == ()
