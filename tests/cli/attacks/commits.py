"""What one commit of the branch does and a later one undoes: the result shows no trace of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.attacks.attributes import BYTES, linked_attributes
from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import (
    append,
    commit,
    forge,
    freeze,
    frozen,
    replace_text,
    write,
    write_pointer,
)
from tests.cli.attacks.ledger import ledger_in_another_order
from tests.cli.attacks.new_releases import winner_by_hand
from tests.cli.attacks.pointers import unmarked_rollback
from tests.cli.conversation import Desk

SECRET = "The key was sk-a1B2a1B2a1B2a1B2a1B2a1B2"


def put_back(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    """The work, and a commit that leaves everything as it was before."""

    def do(desk: Desk) -> None:
        start = desk.git("rev-parse", "HEAD").strip()
        work(desk)
        desk.git("rm", "--quiet", "-r", "--cached", "--", ".")
        desk.git("read-tree", "--reset", "-u", start)
        desk.git("commit", "--quiet", "--allow-empty", "--message", "As it was")

    return do


def then_promoted(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    """The work, and a release to which the alias is promoted afterwards."""

    def do(desk: Desk) -> None:
        work(desk)
        freeze(desk)
        write_pointer(
            desk,
            kind="promote",
            reason=None,
            generation=9,
            proposed_at="2026-02-20T09:00:00Z",
            release=frozen(desk, -1).name.split(".")[0],
            sha256=frozen(desk, -1).name.split(".")[1],
        )

    return do


def in_the_other_order(desk: Desk) -> None:
    """A pointer is committed before the release that it names."""
    freeze(desk)
    done = desk.zumik("alias", "promote", "code.fast", "--latest")
    assert done.exit_code == 0, done
    desk.git("reset", "--quiet", "--soft", "origin/main")
    desk.git("restore", "--staged", "releases/frozen", "releases/SHA256SUMS")
    desk.git("commit", "--quiet", "--message", "The pointer")
    commit(desk, "The release")


def frozen_again(desk: Desk) -> None:
    """What people do: freeze, edit, and freeze again."""
    freeze(desk)
    edit = replace_text("releases/policy/aliases.yaml", "description: ", "description: Really ")
    edit(desk)
    done = desk.zumik("release", "refreeze")
    assert done.exit_code == 0, done


def linked(desk: Desk) -> None:
    (desk.releases / "policy").rename(desk.repo / "elsewhere")
    (desk.releases / "policy").symlink_to("../elsewhere")
    commit(desk)


def merge_keeps_its_own_side(desk: Desk) -> None:
    """The branch is older than what landed last; its merge with the base drops that again."""
    before = desk.git("log", "--format=%H", "--reverse", "--", "releases/live").split()[0]
    desk.git("reset", "--quiet", "--hard", before)
    write(desk, "notes.txt", "mine\n")
    desk.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/main")
    desk.git("rm", "--quiet", "-r", "--cached", "releases")
    desk.git("checkout", "--quiet", "origin/main", "--", "releases")
    commit(desk, "As it landed")


def attributes(name: str) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        path = desk.repo / name
        path.write_text((path.read_text() if path.exists() else "") + "SHA256SUMS merge=union\n")
        desk.git("add", name)
        desk.git("commit", "--quiet", "--message", f"Change {name}")

    return do


CASES = {
    "commit-ledger-order": Case(
        "the ledger is put in another order and back",
        put_back(ledger_in_another_order),
        {"ledger-rewritten"},
    ),
    "commit-settings": Case(
        "the settings are opened and closed",
        put_back(lambda desk: append(desk, "releases/zumik.yaml", "signatures: optional\n")),
        {"wrong-type"},
        warnings=frozenset({"settings-changed"}),
    ),
    "commit-settings-valid": Case(
        "a setting is changed and put back",
        put_back(lambda desk: append(desk, "releases/zumik.yaml", "providers: [acme, globex]\n")),
        set(),
        0,
        frozenset({"settings-changed"}),
    ),
    "commit-workspace-removed": Case(
        "zumik.yaml is removed and put back",
        put_back(lambda desk: (desk.git("rm", "-q", "releases/zumik.yaml"), commit(desk))[1]),
        {"workspace-removed"},
    ),
    "commit-attributes": Case(
        "the workspace's attributes are opened and closed",
        put_back(attributes("releases/.gitattributes")),
        {"attributes-change-bytes"},
    ),
    "commit-attributes-above": Case(
        "the attributes at the top of the repository are opened and closed",
        put_back(attributes(".gitattributes")),
        {"attributes-change-bytes"},
    ),
    "commit-merge-drops": Case(
        "a merge commit takes its own side, and a later commit brings back what landed",
        merge_keeps_its_own_side,
        {
            "frozen-touched",
            "generation-not-above",
            "ledger-rewritten",
            "pointer-removed",
            "unmarked-rollback",
        },
        warnings=frozenset({"pointer-touched"}),
    ),
    "commit-attributes-link": Case(
        "the workspace's attributes become a link and a file again",
        put_back(linked_attributes),
        BYTES,
    ),
    "commit-forged": Case(
        "a release with a ranking written by hand is added and removed",
        put_back(lambda desk: forge(desk, winner_by_hand)),
        {"ranking-differs", "not-what-policy-freezes-to"},
        warnings=frozenset({"draft-removed"}),
    ),
    "commit-draft": Case(
        "a correct release is added and removed",
        put_back(freeze),
        set(),
        0,
        frozenset({"draft-removed"}),
    ),
    "commit-frozen-again": Case(
        "a release is frozen, policy edited, and the release frozen again",
        frozen_again,
        set(),
        0,
        frozenset({"draft-removed"}),
    ),
    "commit-no-release": Case(
        "a file that is no release is added to frozen/ and removed",
        put_back(lambda desk: write(desk, "releases/frozen/notes.txt", "hello\n")),
        {"not-a-release-file"},
        5,
    ),
    "commit-pointer-back": Case(
        "a pointer goes back as a promotion, and is promoted to a new release afterwards",
        then_promoted(unmarked_rollback),
        {"unmarked-rollback"},
    ),
    "commit-pointer-secret": Case(
        "a reason with a key is replaced by the next move",
        then_promoted(lambda desk: write_pointer(desk, reason=SECRET, generation=3)),
        {"secret-in-text"},
    ),
    "commit-pointer-first": Case(
        "a pointer is committed before its release",
        in_the_other_order,
        set(),
        0,
        frozenset({"pointer-to-nothing"}),
    ),
    "commit-policy-linked": Case(
        "policy/ becomes a link and a directory again", put_back(linked), {"foreign-entry"}, 5
    ),
}
