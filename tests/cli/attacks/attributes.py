"""Attributes that let git change bytes in a checkout, an archive or a merge."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import commit
from tests.cli.attacks.withdrawals import after_withdrawal
from tests.cli.conversation import Desk

BYTES = {"attributes-change-bytes"}


def attribute(line: str, name: str = "releases/.gitattributes") -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        path = desk.repo / name
        path.write_text((path.read_text() if path.exists() else "") + line + "\n")
        # Only this file: `git add --all` would also add the files that the new attributes change.
        desk.git("add", name)
        desk.git("commit", "--quiet", "--message", f"Change {name}")

    return do


def entry(name: str, text: str, mode: str = "100644") -> Callable[[Desk], None]:
    """A file of this name, text and mode in git, whatever the file system makes of it."""

    def do(desk: Desk) -> None:
        made = desk.do(["git", "hash-object", "-w", "--stdin"], stdin=text.encode())
        place = f"{mode},{made.out.strip()},{name}"
        desk.git("update-index", "--add", "--cacheinfo", place)
        desk.git("commit", "--quiet", "--message", f"Change {name}")

    return do


def linked_attributes(desk: Desk) -> None:
    """Git reads the target as attributes from an index, and nothing from a work tree."""
    text = (desk.releases / ".gitattributes").read_text()
    entry("releases/.gitattributes", text, "120000")(desk)


def attributes_of_this_clone(desk: Desk) -> None:
    """This clone's own attributes override the branch's, and no other clone's do."""
    attribute("frozen/** text ident")(desk)
    info = desk.repo / ".git" / "info" / "attributes"
    info.write_text("releases/frozen/** -text -ident\n")


CASES = {
    "attributes-withdrawn": Case(
        "a filter reaches the withdrawals",
        after_withdrawal(attribute("withdrawn/* filter=tidy")),
        BYTES,
    ),
    "attributes-text": Case("frozen/ becomes text", attribute("frozen/** text"), BYTES),
    "attributes-ident": Case("frozen/ gets $Id$ expanded", attribute("frozen/** ident"), BYTES),
    "attributes-filter": Case(
        "a filter reaches one release", attribute("frozen/alr_2026_01* filter=tidy"), BYTES
    ),
    "attributes-export-subst": Case(
        "an archive would change frozen/", attribute("*.json export-subst"), BYTES
    ),
    "attributes-export-ignore": Case(
        "an archive would omit the ledger", attribute("SHA256SUMS export-ignore"), BYTES
    ),
    "attributes-encoding": Case(
        "frozen/ gets another encoding in checkouts",
        attribute("frozen/** working-tree-encoding=UTF-16"),
        BYTES,
    ),
    "attributes-union": Case(
        "the ledger is merged by union, so that stale branches do not conflict",
        attribute("SHA256SUMS merge=union"),
        BYTES,
    ),
    "attributes-above": Case(
        "the ledger is merged by union, by the attributes at the top of the repository",
        attribute("SHA256SUMS merge=union", ".gitattributes"),
        BYTES,
    ),
    "attributes-live": Case(
        "a filter reaches the live pointers", attribute("live/* filter=tidy"), BYTES
    ),
    "attributes-inside": Case(
        "an attributes file inside frozen/",
        attribute("* text=auto", "releases/frozen/.gitattributes"),
        BYTES | {"not-a-release-file"},
        5,
    ),
    "attributes-link": Case(
        "the workspace's attributes become a link with the same text",
        linked_attributes,
        BYTES,
        warnings=frozenset({"unread-file"}),
    ),
    "attributes-link-above": Case(
        "a link with attributes as its target is added at the top of the repository",
        entry(".gitattributes", "releases/catalog/* ident", "120000"),
        BYTES,
    ),
    "attributes-byte-order-mark": Case(
        "the catalog gets $Id$ expanded, after a byte order mark that git skips in a work tree",
        entry(".gitattributes", "\ufeffreleases/catalog/* ident\n"),
        BYTES,
    ),
    "attributes-another-case": Case(
        "attributes in another case, which another file system takes for .gitattributes",
        entry("releases/catalog/.GitAttributes", "* ident\n"),
        BYTES,
    ),
    "attributes-another-case-above": Case(
        "attributes in another case at the top of the repository",
        entry(".GITATTRIBUTES", "releases/catalog/* ident\n"),
        BYTES,
    ),
    "attributes-gone": Case(
        "the workspace's attributes are removed",
        lambda desk: (desk.git("rm", "-q", "releases/.gitattributes"), commit(desk))[1],
        BYTES,
    ),
    "attributes-of-the-clone": Case(
        "the clone's own attributes override the branch's", attributes_of_this_clone, BYTES
    ),
}
