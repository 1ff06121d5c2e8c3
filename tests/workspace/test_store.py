"""The store: where a workspace is found, and what is read from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zumik.bounded_file import read_bounded
from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.withdrawal import Withdrawal, withdrawal_to_bytes
from zumik.errors import CannotRun, IntegrityError
from zumik.workspace.store import Store, find_workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path.resolve() / "team" / "releases"
    path.mkdir(parents=True)
    (path / "zumik.yaml").write_text("{}\n")
    return path


@pytest.mark.parametrize("start", [".", "releases", "releases/policy", "docs/deep/down"])
def test_a_workspace_is_found_from_inside_and_from_beside(root: Path, start: str) -> None:
    directory = root.parent / start
    directory.mkdir(parents=True, exist_ok=True)
    assert find_workspace(directory) == Store.at(root)


def test_a_chosen_workspace_is_found_by_itself_and_by_its_parent(root: Path) -> None:
    assert (
        find_workspace(Path("/"), root) == find_workspace(Path("/"), root.parent) == Store.at(root)
    )


def test_a_workspace_has_one_path_however_it_is_reached(root: Path) -> None:
    link = root.parent.parent / "link"
    link.symlink_to(root)
    assert find_workspace(link) == find_workspace(Path("/"), link) == Store.at(root)


def test_a_missing_workspace_hints_at_init(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="or above it") as caught:
        find_workspace(tmp_path)
    assert "zumik init" in (caught.value.hint or "")
    with pytest.raises(CannotRun, match="no workspace in"):
        find_workspace(tmp_path, tmp_path)


def test_two_workspaces_in_one_directory_are_refused(root: Path) -> None:
    (root.parent / "zumik.yaml").write_text("{}\n")
    with pytest.raises(CannotRun, match="two workspaces"):
        find_workspace(root.parent)
    assert find_workspace(root) == Store.at(root)


def test_a_new_workspace_has_no_releases(root: Path) -> None:
    store = Store.at(root)
    assert dict(store.releases) == {}
    assert store.newest is None
    assert list(store.pointers()) == []
    assert store.pointer(AliasName("code.fast")) is None
    assert store.ledger_bytes() == b""
    assert (store.tree.entries("frozen"), store.tree.entries("live")) == ({}, {})


def test_releases_come_in_the_order_of_their_line(root: Path) -> None:
    (root / "frozen").mkdir()
    ids = ["alr_2026_01_10_001", "alr_2026_01_10_999", "alr_2026_01_10_1000", "alr_2026_02_01_001"]
    for name in reversed(ids):
        (root / "frozen" / f"{name}.{'0' * 64}.json").touch()
    (root / "frozen" / ".notes").touch()
    store = Store.at(root)
    assert list(store.releases) == ids
    assert store.newest is not None
    assert store.newest.id == ids[-1]


def test_two_files_with_one_id_are_refused(root: Path) -> None:
    (root / "frozen").mkdir()
    for digit in "01":
        (root / "frozen" / f"alr_2026_01_10_001.{digit * 64}.json").touch()
    with pytest.raises(IntegrityError, match="two files in frozen/ claim this id"):
        Store.at(root).release(ReleaseId("alr_2026_01_10_001"))


@pytest.mark.parametrize("name", ["frozen", "live"])
def test_a_file_in_place_of_a_directory_is_refused(root: Path, name: str) -> None:
    (root / name).write_text("")
    store = Store.at(root)
    with pytest.raises(CannotRun, match="cannot list") as caught:
        store.tree.entries(name)
    assert caught.value.hint
    with pytest.raises(CannotRun, match="cannot list"):
        list(store.pointers() if name == "live" else store.releases)


def test_entries_without_an_alias_name_are_left_to_the_checks(root: Path) -> None:
    (root / "live").mkdir()
    for name in ("con.json", "Code.Fast.json", "readme.txt", ".json"):
        (root / "live" / name).write_text("hello")
    assert list(Store.at(root).pointers()) == []
    assert len(Store.at(root).tree.entries("live")) == 4


def test_a_file_above_the_size_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert read_bounded(path, 10) == b"x" * 10
    with pytest.raises(CannotRun, match="10 bytes, more than the 9"):
        read_bounded(path, 9)
    with pytest.raises(CannotRun, match="cannot read"):
        read_bounded(tmp_path / "none", 9)


IDS = ["alr_2026_01_10_001", "alr_2026_01_10_999", "alr_2026_01_10_1000"]


def _withdrawn(root: Path, release: str, name: str | None = None) -> Withdrawal:
    ref = ReleaseRef(ReleaseId(release), Digest("0" * 64))
    mark = Withdrawal(ref, "wrong price", datetime(2026, 1, 11, tzinfo=UTC))
    (root / "withdrawn").mkdir(exist_ok=True)
    (root / "withdrawn" / (name or mark.file_name)).write_bytes(withdrawal_to_bytes(mark))
    return mark


def test_withdrawals_come_in_the_order_of_the_line(root: Path) -> None:
    marks = [_withdrawn(root, release) for release in reversed(IDS)]
    (root / "withdrawn" / "notes.txt").write_text("hello")
    (root / "withdrawn" / "alr_2026_01_11_001").write_text("hello")
    store = Store.at(root)
    assert list(store.withdrawals.items()) == [(mark.target.id, mark) for mark in reversed(marks)]
    assert store.withdrawal(ReleaseId(IDS[0])) == marks[-1]
    assert store.withdrawal(ReleaseId("alr_2026_01_12_001")) is None


def test_without_withdrawals_every_release_is_usable(root: Path) -> None:
    store = Store.at(root)
    assert dict(store.withdrawals) == {}
    assert store.withdrawal(ReleaseId(IDS[0])) is None
    assert store.newest_usable is None


def test_the_newest_usable_release_is_not_withdrawn(root: Path) -> None:
    (root / "frozen").mkdir()
    for release in IDS:
        (root / "frozen" / f"{release}.{'0' * 64}.json").touch()
    _withdrawn(root, IDS[2])
    newest = Store.at(root).newest_usable
    assert newest is not None
    assert newest.id == IDS[1]
    for release in IDS:
        _withdrawn(root, release)
    assert Store.at(root).newest_usable is None


def test_an_unreadable_withdrawal_is_an_error(root: Path) -> None:
    _withdrawn(root, IDS[0], name=f"{IDS[1]}.json")
    with pytest.raises(IntegrityError, match=f"{IDS[1]}.json is the withdrawal of {IDS[0]}"):
        Store.at(root).withdrawal(ReleaseId(IDS[1]))
    (root / "withdrawn" / f"{IDS[1]}.json").write_text("{}")
    for read in (lambda s: s.withdrawal(ReleaseId(IDS[1])), lambda s: s.withdrawals):
        with pytest.raises(CannotRun, match="missing 'release'") as caught:
            read(Store.at(root))
        assert caught.value.hint
