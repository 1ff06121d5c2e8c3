"""Git attributes: what git would do to a file's bytes, as git itself reads `.gitattributes`.

For a commit they are read from the commit alone: its attribute files get an index of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from zumik.core.basics.tree import CONVERSIONS
from zumik.git.commit_tree import CommitTree
from zumik.git.repository import Repository

_FILE = ".gitattributes"


def attributes_of(
    repository: Repository, directory: str, paths: Iterable[str], tree: CommitTree | None = None
) -> dict[str, dict[str, str]]:
    """By path in the workspace, the attributes that decide about bytes. Raises GitFailed.

    They are the work tree's, or those of a `tree` in the object database.
    """
    prefix = "" if directory == "." else f"{directory}/"
    asked = "".join(f"{prefix}{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    with TemporaryDirectory(prefix="zumik-") as scratch:
        # The settings of one machine do not count: a release must keep its bytes on every other.
        env = {"GIT_ATTR_NOSYSTEM": "1"}
        where = []
        if tree is not None:
            # Another repository has no `info/attributes`, which this clone may have. This is the
            # least that git takes for one: `init` would obey the environment.
            Path(scratch, "HEAD").write_text("ref: refs/heads/main\n")
            for name in ("objects", "refs"):
                Path(scratch, name).mkdir()
            objects = repository.run("rev-parse", "--git-path", "objects").rstrip("\n")
            env["GIT_OBJECT_DIRECTORY"] = str(repository.root / objects)
            env["GIT_DIR"] = scratch
            env["GIT_INDEX_FILE"] = str(Path(scratch, "index"))
            where = ["--cached"]
            rows = "".join(_rows(repository, directory, tree)).encode("utf-8", "surrogateescape")
            repository.run("update-index", "-z", "--index-info", stdin=rows, env=env)
        said = repository.run(
            *("-c", f"core.attributesFile={os.devnull}"),
            *("check-attr", *where, "-z", "--stdin", *CONVERSIONS),
            stdin=asked,
            env=env,
        )
    found: dict[str, dict[str, str]] = {}
    for path, attribute, value in _triples(said):
        found.setdefault(path.removeprefix(prefix), {})[attribute] = value
    return found


def _rows(repository: Repository, directory: str, tree: CommitTree) -> Iterator[str]:
    """The attribute files above the workspace and in it, in the format of `update-index`."""
    above = [str(path / _FILE) for path in PurePosixPath(directory).parents]
    if above:
        listed = repository.run("ls-tree", "-z", "--full-tree", tree.tree, "--", *above)
        for row in listed.split("\0")[:-1]:
            facts, _, path = row.partition("\t")
            mode, _, blob = facts.split(" ")
            yield f"{mode} {blob} 0\t{path}\0"
    prefix = "" if directory == "." else f"{directory}/"
    for path, file in tree.files.items():
        if PurePosixPath(path).name == _FILE:
            yield f"{file.mode} {file.blob} 0\t{prefix}{path}\0"


def _triples(said: str) -> Iterator[tuple[str, str, str]]:
    fields = iter(said.split("\0")[:-1])
    return zip(fields, fields, fields, strict=True)
