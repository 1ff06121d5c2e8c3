"""A branch from an old base, a merge that drops something, and refs that mislead git."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import append, commit, forge, freeze, frozen, land, relative, write
from tests.cli.attacks.frozen_files import MODIFIED
from tests.cli.attacks.new_releases import winner_by_hand
from tests.cli.conversation import Desk


def merge_that_drops_a_release(desk: Desk) -> None:
    """The branch is older than the newest release, and its merge with the base keeps its side."""
    before = desk.git("log", "--format=%H", "--reverse", "--", "releases/live").split()[0]
    desk.git("reset", "--quiet", "--hard", before)
    write(desk, "notes.txt", "mine\n")
    desk.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/main")


def stale(desk: Desk) -> None:
    freeze(desk, "Ours")
    land(desk, lambda desk: freeze(desk, "Theirs, and first"))


def stale_with_the_ledger_united(desk: Desk) -> None:
    """Both lines of the ledger kept, as a union merge or a hasty hand does it."""
    stale(desk)
    done = desk.do(["git", "merge", "--quiet", "origin/main"])
    assert done.exit_code != 0, "the ledger has to conflict"
    ledger = desk.releases / "SHA256SUMS"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(line for line in lines if line[:1] not in "<=>"))
    commit(desk, "Merge main")


def stale_on_another_day(desk: Desk) -> None:
    """The two drafts have different ids, so that no file is claimed twice."""
    freeze(desk, "Ours")
    desk.now -= timedelta(days=3)
    land(desk, lambda desk: freeze(desk, "Theirs, and first"))
    desk.now += timedelta(days=3)
    done = desk.do(["git", "merge", "--quiet", "origin/main"])
    assert done.exit_code != 0, done
    ledger = desk.releases / "SHA256SUMS"
    lines = [x for x in ledger.read_text().splitlines(keepends=True) if x[:1] not in "<=>"]
    ledger.write_text("".join(sorted(lines, key=lambda line: line.split("/")[-1])))
    commit(desk, "Merge main")


def replaced_objects(desk: Desk) -> None:
    """The edit is hidden in this clone: git shows the base's commit in its place."""
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("replace", "HEAD", "origin/main")


def tag_of_the_same_name(desk: Desk) -> None:
    """A tag has the name of the base, and more people may push tags than may merge."""
    forge(desk, winner_by_hand)
    desk.git("tag", "origin/main", "HEAD")


CASES = {
    "merge-drops": Case(
        "a merge commit takes its own side, without a release of the base",
        merge_that_drops_a_release,
        {
            "frozen-deleted",
            "generation-not-above",
            "ledger-rewritten",
            "pointer-removed",
            "unmarked-rollback",
        },
    ),
    "replaced-objects": Case(
        "git replace hides the edit in this clone",
        replaced_objects,
        MODIFIED | {"digest-mismatch"},
        5,
        frozenset({"replace-refs"}),
    ),
    "stale": Case("another release landed since", stale, {"merge-conflict"}),
    "stale-united": Case(
        "another release landed since, and both lines of the ledger were kept",
        stale_with_the_ledger_united,
        {"stale-parent", "ledger-rewritten"},
    ),
    "stale-another-day": Case(
        "another release landed since, under another id, and the ledger was put in order",
        stale_on_another_day,
        {"stale-parent"},
    ),
    "base-as-a-tag": Case(
        "a tag with a release written by hand has the name of the base",
        tag_of_the_same_name,
        {"ranking-differs", "not-what-policy-freezes-to"},
    ),
}
