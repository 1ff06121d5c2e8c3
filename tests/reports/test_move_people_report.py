"""The line of people below a move: who, as who says, and what is not known."""

from __future__ import annotations

import pytest

from zumik.core.live.move_people import Approval, CommitSignature, MovePeople, Person
from zumik.reports.blocks import without_marks
from zumik.reports.move_people_report import people_to_row, people_to_text

ADA, BOB = Person("Ada", "ada@example.org"), Person("Bob", "bob@example.org")
GITHUB = Person("GitHub", "noreply@github.com")
MERGED = MovePeople(ADA, "c1", BOB, BOB, CommitSignature("none"), (), ())
SQUASHED = MERGED._replace(merger=None, committer=GITHUB, unknown=("who merged is unknown: x",))


def said(people: MovePeople) -> str:
    return without_marks(people_to_text(people))


def test_each_person_is_named_once() -> None:
    assert said(MERGED) == "merged by Bob; not signed"
    assert said(SQUASHED) == "who merged is unknown: x; not signed"
    rebased = SQUASHED._replace(committer=BOB)
    assert said(rebased) == "committed by Bob; who merged is unknown: x; not signed"


def test_approvals_are_what_the_commit_says() -> None:
    found = MERGED._replace(
        approvals=(
            Approval("Reviewed-by", "R"),
            *(Approval("Approved-by", str(number)) for number in range(5)),
        )
    )
    assert said(found) == (
        "merged by Bob; the commit says: approved by 0, 1, 2 and 2 more, reviewed by R; not signed"
    )
    assert str(people_to_row(found)["approvers"]).startswith("Reviewed-by: R; Approved-by: 0; ")


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        (CommitSignature("good", "ada@example.org", "K"), "signed by ada@example.org"),
        (CommitSignature("unknown-key", None, "K"), "signed with K, a key that is not trusted"),
        (CommitSignature("bad"), "BAD SIGNATURE"),
        (CommitSignature("expired", None, "K"), "signed by K, but the signature has expired"),
        (CommitSignature("expired-key", None, "K"), "signed by K, but the key has expired"),
        (CommitSignature("revoked-key", None, "K"), "signed by K, but the key was REVOKED"),
        (CommitSignature("not-checked", why="w"), "signature not checked: w"),
    ],
)
def test_a_signature_is_called_what_git_calls_it(signature: CommitSignature, words: str) -> None:
    assert words in said(MERGED._replace(signature=signature))


def test_a_bot_is_called_one() -> None:
    bot = Person("queue[bot]", "1+queue[bot]@users.noreply.github.com")
    assert said(MERGED._replace(merger=bot)).startswith(
        "merged by queue[bot], a bot: git does not say for whom; "
    )
