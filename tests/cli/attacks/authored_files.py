"""Policy or catalog, or a file of theirs, becomes something else than a plain file."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import commit, freeze
from tests.cli.conversation import Desk

FOREIGN = {"foreign-entry"}
UNREAD = FOREIGN | {"unread-file"}


def linked(name: str) -> Callable[[Desk], None]:
    """The entry is moved away, and a link to it takes its place."""

    def do(desk: Desk) -> None:
        path = desk.releases / name
        path.rename(desk.repo / "elsewhere")
        path.symlink_to("../" * name.count("/") + "../elsewhere")
        commit(desk)

    return do


def submodule(name: str) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        head = desk.git("rev-parse", "HEAD").strip()
        desk.git("rm", "--quiet", "-r", f"releases/{name}")
        desk.git("update-index", "--add", "--cacheinfo", f"160000,{head},releases/{name}")
        desk.git("commit", "--quiet", "--message", "A submodule")

    return do


def replaced_by_a_file(name: str) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        path = desk.releases / name
        shutil.rmtree(path)
        path.write_text("aliases: {}\n")
        commit(desk)

    return do


def another_link(desk: Desk) -> None:
    (desk.releases / "catalog" / "x.yaml").symlink_to("globex.yaml")
    commit(desk)


def frozen_beside_a_link(desk: Desk) -> None:
    freeze(desk)
    another_link(desk)


def executable(desk: Desk) -> None:
    desk.git("update-index", "--chmod=+x", "releases/catalog/globex.yaml")
    desk.git("commit", "--quiet", "--message", "Make it executable")


def directory_named_as_a_file(desk: Desk) -> None:
    path = desk.releases / "policy" / "x.yaml" / "more.yaml"
    path.parent.mkdir()
    path.write_text("aliases: {}\n")
    commit(desk)


CASES = {
    "policy-symlink": Case("policy/ becomes a symlink", linked("policy"), UNREAD, 5),
    "policy-submodule": Case("policy/ becomes a submodule", submodule("policy"), UNREAD, 5),
    "policy-file": Case("policy/ becomes a file", replaced_by_a_file("policy"), UNREAD, 5),
    "catalog-symlink": Case("catalog/ becomes a symlink", linked("catalog"), UNREAD, 5),
    "catalog-submodule": Case("catalog/ becomes a submodule", submodule("catalog"), UNREAD, 5),
    "catalog-file": Case("catalog/ becomes a file", replaced_by_a_file("catalog"), UNREAD, 5),
    "catalog-link-inside": Case("a link is added to catalog/", another_link, UNREAD, 5),
    "catalog-link-beside-a-release": Case(
        "a release is frozen, and a link added to catalog/", frozen_beside_a_link, UNREAD, 5
    ),
    "catalog-file-linked": Case(
        "a file of catalog/ becomes a symlink", linked("catalog/globex.yaml"), UNREAD, 5
    ),
    "catalog-executable": Case("a file of catalog/ becomes executable", executable, FOREIGN, 5),
    "policy-directory-inside": Case(
        "a directory in policy/ has the name of a file", directory_named_as_a_file, UNREAD, 5
    ),
}
