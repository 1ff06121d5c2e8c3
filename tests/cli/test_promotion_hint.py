"""What `release create` proposes to promote: the aliases that the release changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk

from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.live.published import Published
from zumik.core.releases.release import ReleaseRef
from zumik.core.reviews.outcomes import CreatedRelease
from zumik.reports.creation_report import creation_notes

POLICY = "policy/aliases.yaml"


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """Three aliases are live at the first release."""
    return desk_after("promoted")


def _edited(desk: Desk, before: str, after: str) -> str:
    """What is proposed after a release with this edit of the policy: `NAMES --to RELEASE`."""
    path = desk.releases / POLICY
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))
    made = desk.zumik("release", "create", "--note", "An edit")
    assert made.exit_code == 0, made
    (step,) = (line for line in made.err.splitlines() if line.startswith("next: "))
    return step.removeprefix("next: zumik alias promote ").removesuffix(" --reason '…'")


DEPRECATE = "  review.listed:\n", "  review.listed:\n    deprecated: {sunset: 2026-12-01}\n"
SHORTER = "  code.fast:\n", "  code.fast:\n    deprecated: {sunset: 2026-11-01}\n"


def test_an_edit_of_one_alias_proposes_to_promote_that_alias(desk: Desk) -> None:
    assert _edited(desk, *DEPRECATE).startswith("review.listed --to ")


def test_a_second_draft_proposes_what_no_promotion_moved_yet(desk: Desk) -> None:
    first = _edited(desk, *DEPRECATE)
    assert _edited(desk, *SHORTER).startswith("code.fast review.listed --to ")
    desk.say(f"zumik alias promote {first}")
    third = _edited(desk, SHORTER[1], SHORTER[1].replace("11-01", "11-02"))
    assert third.startswith("code.fast --to ")
    moved = desk.say(f"zumik alias promote {third} --reason 'It ends'")
    assert moved.exit_code == 0, moved


def test_a_retired_alias_is_not_proposed(desk: Desk) -> None:
    assert desk.zumik("alias", "retire", "code.fast", "--reason", "Unused").exit_code == 0
    assert _edited(desk, *SHORTER).startswith("--all --to ")


@pytest.mark.parametrize(
    ("touched", "untouched", "proposed"),
    [(5, 95, "a1.x a2.x a3.x a4.x a5.x"), (6, 94, "--all"), (3, 0, "--all"), (0, 3, "--all")],
)
def test_a_long_list_is_not_proposed(touched: int, untouched: int, proposed: str) -> None:
    names = [AliasName(f"a{number}.x") for number in range(1, touched + untouched + 1)]
    ref = ReleaseRef(ReleaseId("alr_2026_03_01_001"), Digest("0" * 64))
    made = CreatedRelease(
        ref,
        Published(commit="abc1234"),
        touched=tuple(names[:touched]),
        untouched=tuple(names[touched:]),
    )
    assert f"next: zumik alias promote {proposed} --to {ref.id}" in creation_notes(made)
