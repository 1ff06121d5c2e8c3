"""Writing: whole files or none, whatever fails on the way."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zumik.errors import CannotRun
from zumik.transaction.file_plan import NewBytes, write_together, writing

# Each call through which a write can fail.
CALLS = ("open", "fsync", "link", "replace", "mkdir")


def tree(root: Path) -> dict[str, object]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else "directory"
        for path in root.rglob("*")
    }


def lay_out(place: Path) -> Path:
    """The files as they were, and no others."""
    for path in place.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (place / "ledger").write_bytes(b"one\n")
    (place / "live").mkdir()
    (place / "live" / "a.json").write_bytes(b"a before\n")
    return place


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def files(place: Path) -> list[NewBytes]:
    return [
        NewBytes(place / "frozen" / "new" / "release.json", b"release\n", must_be_new=True),
        NewBytes(place / "ledger", b"one\ntwo\n"),
        NewBytes(place / "live" / "a.json", b"a after\n"),
        NewBytes(place / "live" / "b.json", b"b\n"),
    ]


class Full:
    """A disk that fails with `code` from a number of calls on, or at one of them only."""

    def __init__(self, patch: pytest.MonkeyPatch, code: int, at: int, *, stays: bool) -> None:
        self.code, self.at, self.stays, self.count = code, at, stays, 0
        for name in CALLS:
            patch.setattr(os, name, self._failing(name, getattr(os, name)))

    def _failing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def failing(*arguments: Any, **named: Any) -> Any:
            reading = name == "open" and not arguments[1] & os.O_CREAT
            # Names can be moved on a disk that has no room for more bytes.
            moving = name == "replace" and self.stays
            if not (reading or moving):
                self.count += 1
                if self.count == self.at or (self.stays and self.count > self.at):
                    raise OSError(self.code, os.strerror(self.code))
            return call(*arguments, **named)

        return failing


def _calls(place: Path) -> Iterator[int]:
    """How many calls a write takes that goes well, so that each can be made to fail."""
    with pytest.MonkeyPatch.context() as patch:
        counting = Full(patch, errno.ENOSPC, 0, stays=False)
        write_together(files(place))
    return iter(range(1, counting.count + 1))


def _error_of(new: list[NewBytes]) -> CannotRun | None:
    try:
        write_together(new)
    except CannotRun as error:
        return error
    return None


def test_files_are_written_together(place: Path) -> None:
    write_together(files(place))
    assert tree(place) == {
        "frozen": "directory",
        "frozen/new": "directory",
        "frozen/new/release.json": b"release\n",
        "ledger": b"one\ntwo\n",
        "live": "directory",
        "live/a.json": b"a after\n",
        "live/b.json": b"b\n",
    }


@pytest.mark.parametrize("stays", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_failure_at_any_step_changes_nothing(
    code: int, stays: bool, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = tree(place)
    other = tmp_path_factory.mktemp("counting")
    (other / "live").mkdir()
    (other / "live" / "a.json").write_bytes(b"")
    (other / "ledger").write_bytes(b"")
    failed = 0
    for at in _calls(other):
        with pytest.MonkeyPatch.context() as patch:
            Full(patch, code, at, stays=stays)
            error = _error_of(files(place))
        if error is None:
            lay_out(place)  # a directory that cannot be synced is nothing to complain about
            continue
        failed += 1
        assert str(error).endswith("nothing was changed")
        assert error.hint
        assert tree(place) == before, f"call {at}"
    assert failed >= 8


def test_a_failure_after_writing_is_undone_on_a_full_disk(place: Path) -> None:
    before = tree(place)

    def interrupted(patch: pytest.MonkeyPatch) -> None:
        with writing(files(place)):
            assert tree(place) != before
            Full(patch, errno.ENOSPC, 1, stays=True)
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted(patch)
    assert tree(place) == before


def test_a_directory_in_use_by_another_process_stays(place: Path) -> None:
    def interrupted() -> None:
        with writing(files(place)):
            (place / "frozen" / "new" / "other.json").write_bytes(b"")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list((place / "frozen").rglob("*.json")) == [place / "frozen" / "new" / "other.json"]


def test_a_new_file_never_replaces_one(place: Path) -> None:
    path = place / "frozen" / "new" / "release.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"there before\n")
    before = tree(place)
    with pytest.raises(CannotRun, match="it exists already"):
        write_together(files(place))
    assert tree(place) == before


def test_no_second_name_of_a_file_remains(place: Path) -> None:
    write_together(files(place))
    assert all(path.stat().st_nlink == 1 for path in place.rglob("*") if path.is_file())


def test_a_symlink_is_replaced_and_not_followed(place: Path) -> None:
    outside = place / "outside"
    outside.write_bytes(b"mine\n")
    (place / "ledger").unlink()
    (place / "ledger").symlink_to(outside)
    write_together([NewBytes(place / "ledger", b"new\n")])
    assert outside.read_bytes() == b"mine\n"
    assert not (place / "ledger").is_symlink()


def test_files_are_removed_when_the_plan_succeeds(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"old")
    with writing([NewBytes(tmp_path / "new", b"new")], [old]):
        assert not old.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_removed_files_are_restored_when_the_plan_fails(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"old")
    old.chmod(0o640)
    before = old.stat()
    with pytest.raises(KeyError), writing([NewBytes(tmp_path / "new", b"new")], [old]):
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert old.stat()[:4] == before[:4]


def test_removing_a_missing_file_is_no_error(tmp_path: Path) -> None:
    with writing([NewBytes(tmp_path / "new", b"new")], [tmp_path / "old"]):
        pass
    assert tree(tmp_path) == {"new": b"new"}
