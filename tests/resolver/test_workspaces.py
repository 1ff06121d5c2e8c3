"""A workspace as what is answered from: what lies on the disk, and what changes there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.core.builders import CODE_FAST
from tests.core.bundles import ONE, TWO, draining, pointed
from tests.resolver.files import put

from zumik import Resolver
from zumik.core.live.bundle import bundle_to_bytes
from zumik.core.live.drains import drains_to_bytes
from zumik.core.live.pointer import Pointer, pointer_to_bytes
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import VerifiedRelease, release_to_bytes
from zumik.errors import CannotRun, IntegrityError
from zumik.resolver import UnknownReference, bundle_of_workspace
from zumik.workspace.store import Store


def freeze(root: Path, source: VerifiedRelease) -> None:
    (root / "frozen" / source.ref.file_name).write_bytes(release_to_bytes(source.release))
    with (root / "SHA256SUMS").open("a") as ledger:
        ledger.write(LedgerLine.of(source.ref).to_text())


def point(root: Path, pointer: Pointer) -> None:
    (root / "live" / pointer.file_name).write_bytes(pointer_to_bytes(pointer))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one release, which `code.fast` stands for."""
    root = tmp_path / "releases"
    for directory in ("frozen", "live"):
        (root / directory).mkdir(parents=True)
    (root / "zumik.yaml").write_text("")
    freeze(root, ONE)
    point(root, pointed(ONE))
    return root


@pytest.mark.parametrize("where", [".", "..", "live"])
def test_a_workspace_is_found_as_in_the_commands(root: Path, where: str) -> None:
    resolver = Resolver.from_workspace(root / where)
    assert resolver.resolve("code.fast").model == "acme/small"
    assert resolver.bundle.commit is None


def test_a_move_in_the_workspace_changes_the_answer(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zumik.resolver._UNSETTLED_NS", 0)
    resolver = Resolver.from_workspace(root, check_every=0)
    freeze(root, TWO)
    assert resolver.resolve("bolt/big").revision == "big-1"
    assert resolver.resolve("code.fast").model == "acme/small"
    point(root, pointed(TWO, generation=2))
    assert resolver.resolve("code.fast").model == "bolt/big"
    point(root, pointed(TWO, "reasoning.best"))
    assert resolver.resolve("reasoning.best").model == "bolt/big"


def test_after_a_broken_workspace_the_last_good_one_answers(root: Path) -> None:
    resolver = Resolver.from_workspace(root, check_every=0)
    point(root, pointed(TWO, generation=2))
    assert resolver.resolve("code.fast").model == "acme/small"
    assert isinstance(resolver.problem, CannotRun)
    freeze(root, TWO)
    assert resolver.resolve("code.fast").model == "bolt/big"
    shutil.rmtree(root)
    assert resolver.resolve("code.fast").model == "bolt/big"
    assert resolver.problem is not None


def test_a_drain_in_the_workspace_counts_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zumik.resolver._UNSETTLED_NS", 0)
    resolver = Resolver.from_workspace(root, check_every=0)
    assert resolver.resolve("code.fast").model == "acme/small"
    listed = root / "live" / "unavailable.json"
    listed.write_bytes(drains_to_bytes(draining("acme/*")))
    assert resolver.resolve("code.fast").model == "bolt/big"
    listed.write_bytes(drains_to_bytes(draining(generation=2)))
    assert resolver.resolve("code.fast").model == "acme/small"
    assert resolver.problem is None


def _broken(path: Path) -> None:
    path.write_text('{"generation": 2, "drains": [{}]}')


def _linked(path: Path) -> None:
    path.rename(path.with_suffix(".away"))
    path.symlink_to(path.with_suffix(".away"))


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (_broken, CannotRun, "live/unavailable.json: missing 'models'"),
        (_linked, IntegrityError, "is a symlink"),
        (Path.unlink, CannotRun, "the list of drains has generation 0 in it, and had 1"),
    ],
    ids=["broken", "a link", "gone"],
)
def test_after_a_broken_list_of_drains_the_last_good_one_counts(
    root: Path, spoil: Callable[[Path], None], kind: type[Exception], words: str
) -> None:
    listed = root / "live" / "unavailable.json"
    listed.write_bytes(drains_to_bytes(draining("acme/*")))
    resolver = Resolver.from_workspace(root, check_every=0)
    spoil(listed)
    assert resolver.resolve("code.fast").model == "bolt/big"
    assert isinstance(resolver.problem, kind)
    assert words in resolver.problem.message


def test_a_pointer_to_other_bytes_is_refused(root: Path) -> None:
    other = pointed(ONE)._replace(target=ONE.ref._replace(sha256=TWO.ref.sha256))
    point(root, other)
    with pytest.raises(IntegrityError, match="points to"):
        Resolver.from_workspace(root)


def test_a_workspace_without_live_aliases_resolves_models(root: Path) -> None:
    shutil.rmtree(root / "live")
    resolver = Resolver.from_workspace(root)
    assert resolver.resolve("acme/small").revision == "small-1"
    with pytest.raises(UnknownReference):
        resolver.resolve("code.fast")


def test_a_missing_workspace_is_a_zumik_error(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no workspace"):
        Resolver.from_workspace(tmp_path)


def test_a_bundle_holds_the_live_and_newest_or_all_releases(root: Path) -> None:
    resolver = Resolver.from_workspace(root)
    freeze(root, TWO)
    store = Store.at(root)
    now = resolver.bundle.made_at
    point(root, pointed(TWO, generation=2))
    live = bundle_of_workspace(store, now)
    assert [*live.releases] == [TWO.ref.id]
    every = bundle_of_workspace(store, now, every=True)
    assert [*every.releases] == [ONE.ref.id, TWO.ref.id]
    assert every.pointers[CODE_FAST] == pointed(TWO, generation=2)


def test_a_bundle_answers_as_the_workspace_that_it_was_made_from(
    tmp_path: Path, desk_after: Callable[[str], Desk]
) -> None:
    of_workspace = Resolver.from_workspace(desk_after("promoted").repo)
    put(tmp_path / "live.json", of_workspace.bundle)
    of_bundle = Resolver.from_bundle(tmp_path / "live.json")
    assert of_bundle.bundle == of_workspace.bundle
    assert bundle_to_bytes(of_bundle.bundle) == (tmp_path / "live.json").read_bytes()
    for alias in of_workspace.bundle.pointers:
        assert of_bundle.resolve(alias) == of_workspace.resolve(alias)
