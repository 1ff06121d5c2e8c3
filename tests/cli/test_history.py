"""What was live when, and says who: the first-parent history of `live_ref`, and no guesses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.conversation import Desk, Turn

from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.live.landed_pointers import LandedPointers
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName
from zumik.core.live.pointer import Pointer, pointer_to_bytes, read_pointer

ALIAS = AliasName("code.fast")
FILE = f"releases/live/{ALIAS}.json"
HISTORY = ("alias", "history", ALIAS)
START = 1_770_000_000  # 2026-02-02T02:40:00Z


def _ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


class Step(NamedTuple):
    """A commit on the line: what its clock said, and whether it moved the alias."""

    seconds: int
    moves: bool = True


def _line(desk: Desk, steps: Sequence[Step]) -> list[Pointer]:
    """A line of commits on main and the remote, which begins anew; the pointers in their order."""
    first = read_pointer((desk.repo / FILE).read_bytes())
    pointers = [first._replace(generation=number + 1) for number in range(len(steps))]
    stream = []
    for number, (step, pointer) in enumerate(zip(steps, pointers, strict=True)):
        data = pointer_to_bytes(pointer)
        stream.append(
            f"commit refs/heads/main\ncommitter Ada {number} <ada@example.org> {step.seconds} "
            f"+0000\ndata 1\n.\n".encode()
        )
        if number == 0:
            stream.append(_everything(desk))
        if step.moves:
            stream.append(f"M 100644 inline {FILE}\ndata {len(data)}\n".encode() + data + b"\n")
    desk.do(["git", "update-ref", "-d", "refs/heads/main"])
    assert desk.do(["git", "fast-import", "--quiet"], stdin=b"".join(stream)).exit_code == 0
    desk.git("reset", "--quiet", "--hard", "main")
    desk.git("push", "--quiet", "--force", "origin", "main")
    return pointers


def _everything(desk: Desk) -> bytes:
    names = desk.git("ls-files").split()
    return b"".join(
        f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"
        for name in names
        if name != FILE and (data := (desk.repo / name).read_bytes()) is not None
    )


def _at(desk: Desk, moment: str) -> Turn:
    return desk.zumik(*HISTORY, "--at", moment, "--format", "json")


def _generation_at(desk: Desk, seconds: int) -> object:
    turn = _at(desk, datetime.fromtimestamp(seconds, UTC).isoformat())
    if turn.exit_code == 3:
        return None
    return _moves(_ok(turn))[0]["pointer"]["generation"]


def test_history_follows_the_live_ref_and_names_unlanded_moves(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    assert "not landed" not in _ok(desk.zumik(*HISTORY)).out
    _ok(desk.zumik("alias", "rollback", "code.fast", "--reason", "Slow\x1b[31m"))
    told = _ok(desk.zumik(*HISTORY)).out
    assert told.splitlines()[0] == (
        "not landed: rollback 3, proposed 2026-02-10T10:00:00Z: Slow\\x1b[31m "
        "→ alr_2026_01_10_001, which answers acme/small"
    )
    assert [line.split()[:2] for line in told.splitlines() if line.startswith("2026")] == [
        ["2026-02-10", "10:00"],
        ["2026-01-10", "10:00"],
    ]
    assert len(_moves(_ok(desk.zumik(*HISTORY, "--format", "json")))) == 2
    desk.git("push", "--quiet", "origin", "main")
    assert "not landed" not in _ok(desk.zumik(*HISTORY)).out


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{}", "no live_ref is set, so this is what landed on the current branch"),
        ("live_ref: upstream/main", "upstream/main is not known here, so this is what landed on"),
    ],
)
def test_without_a_live_ref_history_follows_the_branch_and_says_so(
    settings: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.releases / "zumik.yaml").write_text(f"{settings}\n")
    _ok(desk.zumik("alias", "rollback", "code.fast"))
    told = _ok(desk.zumik(*HISTORY))
    assert words in told.err
    assert told.out.count(", proposed ") == 3
    assert words in _ok(_at(desk, "2026-02-10")).err


@pytest.mark.parametrize(
    ("moment", "generation"),
    [
        ("2026-01-10T10:00:00Z", 1),
        ("2026-01-10T11:00:00+01:00", 1),
        ("2026-02-10T09:59:59", 1),
        ("2026-02-09", 1),
        ("2026-02-10T10:00:00Z", 2),
        ("2026-02-10", 2),
    ],
)
def test_at_shows_the_one_pointer_that_was_live_then(
    moment: str, generation: int, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.now = desk.now.replace(day=11)
    (found,) = _moves(_ok(_at(desk, moment)))
    assert found["pointer"]["generation"] == generation
    assert found["author"] == "Ada Example"
    assert desk.git("cat-file", "-t", found["commit"]) == "commit\n"
    assert found["winner"] == ("acme/small" if generation == 1 else "globex/swift")
    told = _ok(desk.zumik(*HISTORY, "--at", moment)).out
    reason = "First release" if generation == 1 else "globex/swift is faster"
    assert all(words in told for words in ("Ada Example", found["commit"], reason))


def test_today_ends_now(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    assert "at 2026-02-10T10:00:00Z" in _ok(desk.zumik(*HISTORY, "--at", "2026-02-10")).out


@pytest.mark.parametrize("moment", ["2026-02-11", "2026-02-10T10:00:01Z", "9999-12-31"])
def test_the_future_is_not_known(moment: str, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    refused = _at(desk, moment)
    assert (refused.exit_code, "--at lies in the future" in refused.err) == (2, True), refused


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-13-01", "-1", "0001-01-01T00:00+23:59"])
def test_an_invalid_time_is_refused(moment: str, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    refused = desk.zumik(*HISTORY, f"--at={moment}")
    assert (refused.exit_code, "--at takes a date" in refused.err) == (2, True), refused


def test_nothing_was_live_before_the_first_landing(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    refused = _at(desk, "2026-01-10T09:59:59Z")
    assert refused.exit_code == 3, refused
    assert "code.fast was not live on origin/main at 2026-01-10T09:59:59Z: nothing" in refused.err


def test_a_removed_or_retired_pointer_is_not_live(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    pointer = read_pointer((desk.repo / FILE).read_bytes())
    retired = pointer._replace(kind="retire", generation=3)
    for day, data in ((11, pointer_to_bytes(retired)), (12, b"")):
        desk.now = desk.now.replace(day=day)
        (desk.repo / FILE).write_bytes(data)
        desk.git("commit", "--quiet", "--all", "-m", "Retire")
    desk.git("push", "--quiet", "origin", "main")
    for day, words in (("11", "it was retired by"), ("12", "its pointer was removed or broken by")):
        refused = _at(desk, f"2026-02-{day}T10:00:00Z")
        assert (refused.exit_code, words in refused.err) == (3, True), refused


def test_the_order_of_commits_counts_and_not_their_clocks(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, [Step(START), Step(START + 100), Step(START + 40), Step(START + 200)])
    found = [_generation_at(desk, START + seconds) for seconds in (-1, 0, 40, 99, 100, 199, 200)]
    assert found == [None, 1, 1, 1, 3, 3, 4]
    landed = [item["landed_at"] for item in _all(desk)]
    assert landed == sorted(landed, reverse=True)


def _all(desk: Desk) -> list[Any]:
    return _moves(_ok(desk.zumik(*HISTORY, "--format", "json")))


def _moves(turn: Turn) -> list[Any]:
    moves = json.loads(turn.out)["moves"]
    assert isinstance(moves, list)
    return moves


@pytest.mark.parametrize("wrong", [253_402_300_800, 4_070_908_800, 9_999_999_999, 0, 99])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_clock_hides_no_rollback_and_is_marked(
    place: int, wrong: int, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    steps = _steps(3)
    steps[place] = Step(wrong)
    _line(desk, steps)
    assert _generation_at(desk, int(desk.now.timestamp())) == 3
    told = _ok(desk.zumik(*HISTORY)).out
    assert told.count("which cannot be true") == 1
    found = _all(desk)
    assert [item["clock_holds"] for item in found] == [number != place for number in (2, 1, 0)]
    line = json.dumps({"requested_model": ALIAS, "timestamp": "2026-05-01T00:00:00Z"})
    explained = desk.zumik("explain", "-", stdin=line.encode())
    assert "no resolved_model" in explained.out + explained.err, explained
    doubted = "the clock of the commit that brought it cannot be right"
    assert (doubted in explained.out) == (place == 2), explained
    later = json.loads(line) | {"timestamp": "2026-07-01T00:00:00Z"}
    later["resolved_model"] = json.loads(desk.zumik("resolve", ALIAS, "--format", "json").out)[
        "resolved_model"
    ]
    replayed = desk.zumik("replay", json.dumps(later))
    assert "1 consistent" in replayed.out, replayed
    assert "the line's time is later than now" in replayed.out


def test_a_commit_whose_time_git_cannot_read_has_landed(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    tree = desk.git("rev-parse", "main^{tree}").strip()
    parent = desk.git("rev-parse", "main~1").strip()
    for time in ("-5", "x99", str(2**63), str(2**64 + 5)):
        data = f"tree {tree}\nparent {parent}\n"
        data += f"author A <a@example.org> 1 +0000\ncommitter A <a@example.org> {time} +0000\n\nm\n"
        made = desk.do(
            ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
            stdin=data.encode(),
        )
        desk.git("update-ref", "refs/remotes/origin/main", made.out.strip())
        found = _all(desk)
        assert [item["clock_holds"] for item in found] == [False, True], time
        (told,) = _moves(_ok(_at(desk, desk.now.isoformat())))
        assert told["pointer"]["generation"] == 2


def test_commits_without_a_move_bound_the_time_too(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, [Step(START), Step(START + 100, moves=False), Step(START + 10)])
    assert [_generation_at(desk, START + seconds) for seconds in (10, 99, 100)] == [1, 1, 3]


@settings(max_examples=settings.default.max_examples // 2)
@given(st.data())
def test_at_agrees_with_a_walk_along_history(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    from tests.cli.conversation import Played

    root = tmp_path_factory.mktemp("walk")
    steps = data.draw(
        st.lists(st.builds(Step, st.integers(START, START + 9), st.booleans()), min_size=1)
    )
    asked = data.draw(st.integers(START - 1, START + 10))
    desk = _PLAYED.setdefault("played", Played(root)).desk("february").copy(root / "desk")
    pointers = _line(desk, steps)
    expected, landed = None, 0
    for step, pointer in zip(steps, pointers, strict=True):
        landed = max(landed, step.seconds)
        if landed <= asked and step.moves:
            expected = pointer
    landings = LandedPointers(Session(chosen_workspace=desk.releases))
    past = landings.at(ALIAS, datetime.fromtimestamp(asked, UTC))
    assert (past.pointer if past else None) == expected


_PLAYED: dict[str, object] = {}


def test_replay_and_history_agree_on_the_live_release(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    session = Session(chosen_workspace=desk.releases)
    landed_by = WorkspaceAnswers(session).landed_by
    for text in ("2026-01-09", "2026-01-10", "2026-02-10T09:00:00", "2026-02-11"):
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        turn = _at(desk, moment.isoformat())
        told = _moves(turn)[0]["pointer"]["release"] if turn.exit_code == 0 else None
        assert next(iter(landed_by(ALIAS, moment).releases), None) == told


def _shallow(desk: Desk, depth: int) -> Desk:
    """A shallow clone of the remote, in the place of the repository."""
    desk.git("push", "--quiet", "origin", "main")
    url = (desk.root / "origin.git").as_uri()
    desk.git("clone", "--quiet", f"--depth={depth}", url, "../shallow")
    clone = Desk(desk.root / "clone", desk.now)
    clone.root.mkdir()
    (desk.root / "shallow").rename(clone.repo)
    return clone


def _steps(count: int) -> list[Step]:
    return [Step(START + 100 * number) for number in range(count)]


def test_a_shallow_clone_gives_no_answer_beyond_its_history(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, _steps(6))
    whole = {seconds: _generation_at(desk, START + seconds) for seconds in range(-50, 600, 50)}
    for depth in (1, 2, 5):
        clone = _shallow(desk, depth)
        boundary = 100 * (6 - depth)
        for seconds, generation in whole.items():
            turn = _at(clone, datetime.fromtimestamp(START + seconds, UTC).isoformat())
            if seconds < boundary:
                assert turn.exit_code == 4, turn
                assert json.loads(turn.err)["hint"] == "git fetch --unshallow"
            else:
                (found,) = _moves(_ok(turn))
                assert found["pointer"]["generation"] == generation
                known = seconds >= boundary + 100
                assert (found["commit"] is not None) == known
                assert (found["author"] is not None) == known
        told = _ok(clone.zumik(*HISTORY))
        assert "this is a shallow clone: what landed on origin/main before" in told.err
        assert told.out.splitlines()[-2].startswith("earlier")
        assert told.out.count("not here") == 2
        clone.do(["rm", "-rf", "../../clone"])


def test_an_unshallowed_clone_answers_everything(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, _steps(4))
    clone = _shallow(desk, 2)
    clone.git("fetch", "--quiet", "--unshallow")
    told = _ok(clone.zumik(*HISTORY))
    assert told.err == ""
    assert told.out == _ok(desk.zumik(*HISTORY)).out


def test_a_rollback_in_a_shallow_clone_names_the_shallow_history(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    (desk.repo / "README.md").write_text("later\n")
    desk.git("add", "README.md")
    desk.git("commit", "--quiet", "-m", "Later")
    clone = _shallow(desk, 1)
    refused = clone.zumik("alias", "rollback", ALIAS)
    assert refused.exit_code == 4, refused
    assert "hint: git fetch --unshallow" in refused.err
    clone.git("fetch", "--quiet", "--unshallow")
    _ok(clone.zumik("alias", "rollback", ALIAS))


@pytest.mark.parametrize(
    "setting",
    ["log.showSignature=true", "log.follow=true", "diff.renames=copies", "log.date=relative"],
)
def test_git_configuration_changes_no_answer(
    setting: str, desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("february")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key))):
        desk.git("config", name, value)
    data = (desk.repo / FILE).read_bytes()
    desk.git("mv", FILE, FILE.replace("fast", "slow"))
    desk.git("commit", "--quiet", "-S", "-m", "Rename")
    desk.git("mv", FILE.replace("fast", "slow"), FILE)
    desk.git("commit", "--quiet", "-S", "-m", "Rename back")
    assert (desk.repo / FILE).read_bytes() == data
    desk.git("push", "--quiet", "origin", "main")
    before = _all(desk)
    desk.git("config", *setting.split("="))
    assert _all(desk) == before
    assert len(before) == 4


def test_a_tag_with_the_name_of_the_live_ref_is_ignored(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    before = _all(desk)
    _ok(desk.zumik("alias", "rollback", ALIAS))
    desk.git("tag", "origin/main")
    assert _all(desk) == before


def test_a_shallow_clone_does_not_say_that_an_alias_never_existed(
    desk_after: Callable[[str], Desk],
) -> None:
    clone = _shallow(desk_after("february"), 1)
    told = clone.zumik("alias", "history", "code.slow")
    assert told.exit_code == 4, told
    assert "hint: git fetch --unshallow" in told.err


def _counted(desk: Desk, count: int, *arguments: str) -> int:
    """How many git processes a command starts, with so many promotions in the history."""
    _line(desk, _steps(count))
    done, started = desk.counted(*arguments)
    assert done.exit_code in (0, 3), done  # 3: looked through all, and nothing to go back to
    return started


@pytest.mark.parametrize(
    "arguments",
    [
        HISTORY,
        (*HISTORY, "--at", "2026-02-02T02:42:00Z"),
        ("alias", "rollback", ALIAS, "--dry-run"),
    ],
    ids=["all", "at", "rollback"],
)
def test_200_promotions_need_as_many_processes_as_5(
    arguments: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    few = _counted(desk, 5, *arguments)
    assert 0 < few == _counted(desk, 200, *arguments)


def test_each_release_is_verified_once(
    desk_after: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    import zumik.workspace.store

    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, _steps(20))
    seen: list[str] = []
    verify = zumik.workspace.store.verify
    monkeypatch.setattr(
        zumik.workspace.store,
        "verify",
        lambda name, data: seen.append(name) or verify(name, data),  # type: ignore[func-returns-value]
    )
    _ok(desk.zumik(*HISTORY))
    assert len(seen) == 1


def test_hostile_names_and_trailers_steer_no_terminal_and_fill_no_screen(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    pointer = read_pointer((desk.repo / FILE).read_bytes())
    (desk.repo / FILE).write_bytes(pointer_to_bytes(pointer._replace(generation=3)))
    evil = "Eve\x1b[2J\u202e" + "A" * 10_000
    trailers = "\n".join(f"Approved-by: {number} {evil[:1000]}" for number in range(50))
    desk.git("-c", f"user.name={evil}", "commit", "--quiet", "-am", f"Move\n\n{trailers}")
    desk.git("push", "--quiet", "origin", "main")
    desk.terminal = True
    screen = _ok(desk.zumik(*HISTORY, TERM="xterm", NO_COLOR="1", COLUMNS="80")).out
    assert not {"\x1b", "\u202e"} & set(screen)
    assert len(screen) < 4000
    assert max(map(len, screen.splitlines())) <= 80
    assert "and 47 more; not signed" in " ".join(screen.split())
    assert "\x1b" not in _ok(desk.zumik(*HISTORY, "--format", "csv")).out
    moved = _all(desk)[0]["people"]
    assert (moved["proposer"]["name"], len(moved["approvers"])) == (evil, 50)


def test_a_damaged_release_names_no_winner(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    for path in sorted((desk.releases / "frozen").iterdir())[-1:]:
        path.write_bytes(path.read_bytes() + b" ")
    found = _all(desk)
    assert [item["winner"] for item in found] == [None, "acme/small"]


def test_a_workspace_outside_a_repository_has_no_history(
    desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("february")
    (desk.repo / ".git").rename(tmp_path / "elsewhere")
    refused = desk.zumik(*HISTORY)
    assert (refused.exit_code, "is not in a git repository" in refused.err) == (4, True), refused


def test_the_list_of_a_moment_agrees_with_the_history_of_each_alias(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.now = datetime(2026, 6, 1, tzinfo=UTC)
    _line(desk, [Step(START), Step(START + 100, moves=False), Step(START + 10), Step(START + 200)])
    for seconds in (0, 40, 99, 100, 150, 200, 300):
        moment = datetime.fromtimestamp(START + seconds, UTC).isoformat()
        listed = json.loads(
            _ok(desk.zumik("alias", "list", "--at", moment, "--format", "json")).out
        )
        (found,) = [item for item in listed["aliases"] if item["alias"] == ALIAS]
        assert found["generation"] == _generation_at(desk, START + seconds), seconds
        resolved = json.loads(
            _ok(desk.zumik("resolve", ALIAS, "--at", moment, "--format", "json")).out
        )
        assert resolved["alias_release"] == found["release"]
        assert resolved["commit"] == listed["commit"]
