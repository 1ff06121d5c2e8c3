"""Frozen files, pointers and the ledger in every state that somebody could leave them in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

JANUARY = "code.fast@alr_2026_01_10_001"


def frozen(desk: Desk, release: str = "alr_2026_01_10_001") -> Path:
    (found,) = (desk.releases / "frozen").glob(f"{release}.*")
    return found


def crafted(desk: Desk, data: bytes) -> Path:
    """Put `data` where January's release is, under its right digest."""
    path = frozen(desk)
    name = f"alr_2026_01_10_001.{hashlib.sha256(data).hexdigest()}.json"
    path.unlink()
    path.with_name(name).write_bytes(data)
    return path.with_name(name)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def _renamed_to_other_digest(path: Path) -> None:
    path.rename(path.with_name(f"alr_2026_01_10_001.{'0' * 64}.json"))


def _symlink(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _second(path: Path) -> None:
    path.with_name(f"alr_2026_01_10_001.{'0' * 64}.json").write_bytes(b"{}\n")


NOT_INTACT = (
    _flip,
    _truncate,
    _empty,
    _crlf,
    _renamed_to_other_digest,
    _symlink,
    _directory,
    _pipe,
    _second,
)


@pytest.mark.parametrize("damage", NOT_INTACT, ids=lambda damage: damage.__name__.strip("_"))
def test_bytes_that_differ_from_their_name_exit_5_everywhere(
    damage: Callable[[Path], None], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    damage(frozen(desk))
    before = desk.holds() if damage is not _pipe else None
    for command in (
        ["explain", "code.fast"],
        ["explain", JANUARY],
        ["resolve", "code.fast"],
        ["resolve", JANUARY],
        ["release", "show"],
        ["release", "list"],
        ["release", "create", "--allow-unchanged"],
        ["plan"],
        ["alias", "show", "code.fast"],
        ["alias", "promote", "--all", "--latest"],
    ):
        refused = desk.zumik(*command)
        assert refused.exit_code == 5, refused
        assert refused.err.startswith("error: ")
        assert "\n\nhint: " in refused.err, refused
        assert refused.out == "", refused
    line = b'{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001"}'
    replayed = desk.zumik("replay", "-", stdin=line)
    assert replayed.exit_code == 5, replayed
    assert "unreplayable" in replayed.out
    if find_spec("ibis") is not None:
        mixed = desk.zumik("logs", "mix", "-", stdin=line)
        assert (mixed.exit_code, mixed.out) == (5, ""), mixed
    checked = desk.zumik("check")
    assert checked.exit_code == 5, checked
    assert "not clean" in checked.out
    if before is not None:
        assert desk.holds() == before


def test_a_renamed_release_is_read_where_it_landed_and_check_says_so(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    path = frozen(desk)
    path.rename(path.with_name(path.name.replace("_001.", "_002.")))
    landed = desk.zumik("explain", JANUARY)
    assert landed.exit_code == 0, landed
    assert "read from origin/main; this checkout does not have it" in landed.out
    moved = desk.zumik("explain", "code.fast@alr_2026_01_10_002")
    assert moved.exit_code == 5, moved
    assert "the file holds alr_2026_01_10_001" in moved.err
    assert "\n\nhint: " in moved.err
    assert desk.zumik("check").exit_code == 5


def _twice(data: bytes) -> bytes:
    return data.replace(b'"id":', b'"id": "alr_2026_01_10_002",\n  "id":', 1)


def _deep(data: bytes) -> bytes:
    return data.replace(b'"note": ', b'"note": ' + b"[" * 100_000, 1)


def _unknown_key(data: bytes) -> bytes:
    return data.replace(b'"id":', b'"extra": 1,\n  "id":', 1)


def _float(data: bytes) -> bytes:
    return data.replace(b'"resolver": 2', b'"resolver": 1.0', 1)


def _digits(data: bytes) -> bytes:
    return data.replace(b'"resolver": 2', b'"resolver": ' + b"1" * 400, 1)


def _future(data: bytes) -> bytes:
    return data.replace(b'"resolver": 2', b'"resolver": 99', 1)


def _other_schema(data: bytes) -> bytes:
    return data.replace(b"zumik.release/1", b"zumik.release/2", 1)


def _list(data: bytes) -> bytes:
    return b"[]\n"


def _not_utf8(data: bytes) -> bytes:
    return data.replace(b"First", b"\xff", 1)


def _bom(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def _nan(data: bytes) -> bytes:
    return data.replace(b'"resolver": 2', b'"resolver": NaN', 1)


def _alias_con(data: bytes) -> bytes:
    return data.replace(b'"code.fast": {', b'"con": {', 1)


def _alias_outside(data: bytes) -> bytes:
    return data.replace(b'"code.fast": {', b'"../x": {', 1)


def _no_model(data: bytes) -> bytes:
    return data.replace(b'"globex/steady": {', b'"globex/other": {', 1)


@pytest.mark.parametrize(
    "craft",
    [
        _twice,
        _deep,
        _unknown_key,
        _float,
        _digits,
        _future,
        _other_schema,
        _list,
        _not_utf8,
        _bom,
        _nan,
        _alias_con,
        _alias_outside,
        _no_model,
    ],
    ids=lambda craft: craft.__name__.strip("_"),
)
def test_a_crafted_release_under_its_right_digest_is_refused(
    craft: Callable[[bytes], bytes], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    original = frozen(desk).read_bytes()
    data = craft(original)
    assert data != original
    path = crafted(desk, data)
    before = desk.holds()
    for command in (
        ["explain", JANUARY],
        ["resolve", JANUARY],
        ["release", "show"],
        ["release", "create"],
    ):
        refused = desk.zumik(*command)
        # The pointers name the digest of the original, which weighs more where they are read.
        assert refused.exit_code == (5 if craft is _future and command[-1] == "create" else 4)
        assert refused.err.startswith("error: ")
        assert "\n\nhint: " in refused.err, refused
        assert len(refused.err) < 1000
    checked = desk.zumik("check", "--format", "json")
    assert checked.exit_code in (3, 5), checked
    files = {finding["file"] for finding in json.loads(checked.out)["findings"]}
    assert f"releases/frozen/{path.name}" in files
    assert desk.holds() == before


def test_escapes_in_a_crafted_release_come_out_as_text(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    data = frozen(desk).read_bytes()
    for text in (b"First figures of bench 3", b"small-2025-11-01", b"Low-latency coding tasks."):
        assert text in data
        data = data.replace(text, b"\\u001b[2J\\u009b[bold]\\u007f\\u202e")
    crafted(desk, data)
    for command in (
        ["explain", JANUARY],
        ["resolve", JANUARY],
        ["explain", "acme/small"],
        ["release", "show"],
        ["release", "list"],
        ["check"],
    ):
        for form in ("text", "json"):
            told = desk.zumik(*command, "--format", form)
            assert all(char == "\n" or char.isprintable() for char in told.out + told.err), told


def test_a_ranking_written_by_hand_is_found(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    release = json.loads(frozen(desk).read_bytes())
    release["aliases"]["code.fast"]["ranking"].reverse()
    text = json.dumps(release, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    crafted(desk, text.encode())
    told = desk.zumik("explain", JANUARY)
    assert told.exit_code == 5, told
    assert "re-deriving gives another ranking; the stored one stands" in told.out
    shown = desk.zumik("release", "show")
    assert "re-deriving gives other rankings for code.fast" in shown.out
    checked = desk.zumik("check", "--format", "json")
    codes = {finding["code"] for finding in json.loads(checked.out)["findings"]}
    assert {"ranking-differs", "ledger-gap"} <= codes


POINTER_FAULTS: dict[str, tuple[bytes, int]] = {
    "not JSON": (b"{", 4),
    "empty": (b"", 4),
    "a merge conflict": (b"<<<<<<< HEAD\n", 4),
    "the same key twice": (b'{"alias": "code.fast", "alias": "code.fast"}', 4),
    "100,000 deep": (b"[" * 60_000, 4),
    "70 KB": (b" " * 70_000, 4),
}


@pytest.mark.parametrize("name", POINTER_FAULTS)
def test_a_broken_pointer_is_an_error_and_check_finds_it(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    data, code = POINTER_FAULTS[name]
    desk = desk_after("february")
    (desk.releases / "live" / "code.fast.json").write_bytes(data)
    before = desk.holds()
    for command in (
        ["explain", "code.fast"],
        ["resolve", "code.fast"],
        ["alias", "show", "code.fast"],
        ["alias", "list"],
        ["status"],
        ["plan"],
        ["release", "create", "--allow-unchanged"],
        ["alias", "promote", "code.fast", "--latest"],
        ["alias", "rollback", "code.fast"],
    ):
        refused = desk.zumik(*command)
        assert refused.exit_code == code, refused
        assert "live/code.fast.json" in refused.err, refused
        assert "\n\nhint: " in refused.err, refused
    checked = desk.zumik("check", "--format", "json")
    assert checked.exit_code == 3, checked
    found = json.loads(checked.out)["findings"]
    assert [finding["code"] for finding in found] == ["malformed-pointer"]
    # The others are not the worse for it, and neither is the past.
    assert desk.zumik("explain", "auto.balanced").exit_code == 0
    assert desk.zumik("explain", JANUARY).exit_code == 0
    assert desk.zumik("alias", "history", "code.fast").exit_code == 0
    assert desk.holds() == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sha256", "0" * 64, "points to alr_2026_02_10_001 with digest 000000000000"),
        ("alias", "auto.balanced", "is the pointer of auto.balanced"),
    ],
)
def test_a_pointer_to_other_bytes_exits_5(
    field: str, value: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    path = desk.releases / "live" / "code.fast.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), field: value}))
    for command in (["explain", "code.fast"], ["resolve", "code.fast"], ["plan"]):
        refused = desk.zumik(*command)
        assert refused.exit_code == 5, refused
        assert words in refused.err
        assert "\n\nhint: " in refused.err, refused
    assert desk.zumik("check").exit_code == 3


def test_a_pointer_to_a_release_without_the_alias_exits_5(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    live = desk.releases / "live"
    pointer = json.loads((live / "code.fast.json").read_bytes())
    (live / "code.slow.json").write_text(json.dumps({**pointer, "alias": "code.slow"}))
    for command in (["explain", "code.slow"], ["resolve", "code.slow"], ["plan"]):
        refused = desk.zumik(*command)
        assert refused.exit_code == 5, refused
        assert "code.slow points to alr_2026_02_10_001, which has no such alias" in refused.err
    listed = desk.zumik("status")
    assert listed.exit_code == 0, listed
    assert "which has no such alias" in listed.out
    assert desk.zumik("check").exit_code == 3


def test_a_pointer_that_is_a_symlink_exits_5(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    path = desk.releases / "live" / "code.fast.json"
    _symlink(path)
    for command in (["explain", "code.fast"], ["alias", "promote", "code.fast", "--latest"]):
        refused = desk.zumik(*command)
        assert refused.exit_code == 5, refused
        assert "is a symlink; it must be a file" in refused.err
    assert desk.zumik("alias", "history", "code.fast").exit_code == 0
    assert desk.zumik("check").exit_code == 5


LEDGERS: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "a line less": (lambda data: data.split(b"\n", 1)[1], 5),
    "a digest changed": (lambda data: data.replace(data[:4], b"0000", 1), 5),
    "no last newline": (lambda data: data[:-1], 5),
    "a line twice": (lambda data: data * 2, 3),
    "a foreign line": (lambda data: data + b"hello\n", 3),
    "a merge conflict": (lambda data: b"<<<<<<< HEAD\n" + data, 3),
    "CRLF": (lambda data: data.replace(b"\n", b"\r\n"), 5),
    "not UTF-8": (lambda data: data + b"\xff\xfe\n", 3),
    "a release that is not there": (
        lambda data: data + b"0" * 64 + b"  frozen/alr_2026_02_10_002." + b"0" * 64 + b".json\n",
        5,
    ),
}


@pytest.mark.parametrize("name", LEDGERS)
def test_a_ledger_that_differs_from_the_files_is_found(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    change, code = LEDGERS[name]
    desk = desk_after("february")
    path = desk.releases / "SHA256SUMS"
    path.write_bytes(change(path.read_bytes()))
    before = desk.holds()
    checked = desk.zumik("check")
    assert checked.exit_code == code, checked
    assert "releases/SHA256SUMS" in checked.out
    told = desk.zumik("explain", "code.fast")
    assert told.exit_code in (0, 5), told
    # Nothing is appended to a ledger that is not as it was committed.
    refused = desk.zumik("release", "create", "--allow-unchanged")
    assert refused.exit_code in (4, 5), refused
    assert "\n\nhint: " in refused.err
    assert desk.holds() == before


def test_a_file_that_is_not_a_release_is_found_and_stops_no_command(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    (desk.releases / "frozen" / "notes\x1b[31m.txt").write_text("hello")
    (desk.releases / "live" / ".DS_Store").write_text("")
    assert desk.zumik("explain", "code.fast").exit_code == 0
    checked = desk.zumik("check")
    assert checked.exit_code == 5, checked
    assert "\x1b" not in checked.out
    assert "releases/live/.DS_Store" in checked.out


def test_a_check_of_an_intact_workspace_writes_nothing(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    before = desk.holds()
    assert desk.zumik("check").exit_code == 0
    assert desk.holds() == before
