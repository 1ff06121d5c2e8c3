"""Draining: what is refused, what is left alone, and that every decision under it replays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.attacks.edits import write
from tests.cli.conversation import Desk, Turn

from zumik import Resolver
from zumik.actions.moves.drain_models import until_from
from zumik.core.decisions.log_line import read_log_line
from zumik.core.decisions.replay import Verdict, replay
from zumik.core.live.drains import MAX_DRAINS, Drain, Drains, drains_to_bytes, read_drains
from zumik.errors import UsageError

DeskAfter = Callable[[str], Desk]
LIST = "releases/live/unavailable.json"
DRAIN = ("drain", "acme/*", "--until", "4h", "--reason", "INC-42")
HOSTILE = "\x1b[31m\u202ered\x07\n"


@pytest.fixture
def desk(desk_after: DeskAfter) -> Desk:
    """Three aliases that have landed."""
    return desk_after("promoted")


def _ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def _json(turn: Turn) -> Any:
    return json.loads(_ok(turn).out)


def _refused(desk: Desk, code: int, words: str, *command: str) -> Turn:
    before = desk.holds()
    refused = desk.zumik(*command)
    assert refused.exit_code == code, refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before
    return refused


def _listed(desk: Desk) -> Drains:
    return read_drains((desk.repo / LIST).read_bytes())


def _put(desk: Desk, *drains: Drain, generation: int = 1) -> None:
    """A list that somebody wrote by hand."""
    (desk.repo / LIST).write_bytes(drains_to_bytes(Drains(generation, drains)))


def _around(desk: Desk, models: str, reason: str = "INC-42", hours: float = 1) -> Drain:
    return Drain(models, desk.now - timedelta(hours=1), desk.now + timedelta(hours=hours), reason)


# Every decision made under a drain replays


REQUESTS: list[tuple[str, ...]] = [
    (),
    ("--input-tokens", "9000"),
    ("--capability", "tools", "--output-tokens", "10"),
    ("--unavailable", "globex/steady"),
]


def _decided(desk: Desk) -> list[str]:
    """The log lines of what is answered now, from the command line and from a resolver."""
    resolver = Resolver.from_workspace(desk.releases)
    timestamp = f"{desk.now:%Y-%m-%dT%H:%M:%SZ}"
    lines = []
    for alias in ("code.fast", "auto.balanced", "review.listed"):
        lines.append(json.dumps(resolver.resolve(alias).to_json(timestamp)))
        for needs in REQUESTS:
            done = desk.zumik("resolve", alias, *needs, "--format", "json")
            if done.exit_code == 0:
                lines.append(done.out.strip())
    return lines


@pytest.mark.parametrize("drained", [["acme/*"], ["acme/small"], ["globex/*", "acme/*"], ["*"]])
def test_decisions_before_under_and_after_a_drain_replay(desk: Desk, drained: list[str]) -> None:
    # The resolver has a clock of its own.
    desk.now = datetime.now(UTC).replace(microsecond=0)
    before = _decided(desk)
    for models in drained:
        _ok(desk.zumik("drain", models, "--until", "4h", "--reason", "INC-42"))
    during = _decided(desk)
    desk.now += timedelta(minutes=10)
    _ok(desk.zumik("undrain", "--all"))
    assert [_answers(line) for line in _decided(desk)] == [_answers(line) for line in before]
    assert [_answers(line) for line in during] != [_answers(line) for line in before]
    log = "\n".join(during).encode()
    told = _ok(desk.zumik("replay", "-", stdin=log)).out
    assert told.startswith(f"{len(during)} calls: {len(during)} reproduced; served: "), told
    releases = {
        f.source.ref.id: f.source
        for f in Resolver.from_workspace(desk.releases).bundle.releases.values()
    }
    for line in during:
        found = replay(read_log_line(line.encode()), releases.__getitem__)
        assert found.verdict is Verdict.REPRODUCED, found.differences
        assert "reproduced" in _ok(desk.zumik("explain", line)).out


def _answers(line: str) -> object:
    """All of a line but when it was written."""
    return {k: v for k, v in json.loads(line).items() if k != "timestamp"}


# What is written


def test_only_the_list_is_committed(desk: Desk) -> None:
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    before = {path: path.read_bytes() for path in desk.releases.rglob("*") if path.is_file()}
    for command in (DRAIN, ("undrain", "acme/*")):
        _ok(desk.zumik(*command))
        assert desk.git("show", "--format=", "--name-only", "HEAD").split() == [LIST]
        assert desk.git("status", "--porcelain") == "A  staged.txt\n"
        assert {path: path.read_bytes() for path in before} == before


def test_a_dry_run_writes_nothing_and_says_the_same(desk: Desk) -> None:
    before = desk.holds()
    dry = _ok(desk.zumik(*DRAIN, "--dry-run"))
    assert desk.holds() == before
    assert _ok(desk.zumik(*DRAIN)).out == dry.out
    before = desk.holds()
    dry = _ok(desk.zumik("undrain", "--all", "--dry-run"))
    assert desk.holds() == before
    assert _ok(desk.zumik("undrain", "--all")).out == dry.out


def test_no_commit_leaves_the_commit_to_the_user(desk: Desk) -> None:
    done = _ok(desk.zumik(*DRAIN, "--no-commit"))
    assert "NOT IN FORCE until committed and merged to origin/main" in done.err
    assert desk.git("status", "--porcelain") == f"?? {LIST}\n"


def test_a_pushed_branch_is_ready_for_a_pull_request(desk: Desk) -> None:
    done = _ok(desk.zumik(*DRAIN, "--branch", "drain-acme", "--push"))
    assert "on the new branch drain-acme, pushed to origin/drain-acme" in done.err
    assert "to undo: git switch - && git branch -D drain-acme" in done.err
    assert desk.git("diff", "--name-only", "origin/main", "origin/drain-acme") == f"{LIST}\n"


def test_a_failed_push_is_reported_after_the_commit(desk: Desk) -> None:
    desk.git("remote", "set-url", "origin", str(desk.root / "nowhere.git"))
    done = desk.zumik(*DRAIN, "--branch", "drain-acme", "--push")
    assert done.exit_code == 4
    assert "drains acme/* until" in done.out
    assert "NOT IN FORCE" in done.err


def test_a_drain_reaches_gateways_once_it_landed(desk: Desk) -> None:
    _ok(desk.zumik(*DRAIN))
    assert "NOT LIVE yet" in _ok(desk.zumik("status")).out
    assert _json(desk.zumik("status", "--format", "json"))["drains_landed"] is False
    desk.git("push", "--quiet", "origin", "main")
    assert "NOT LIVE yet" not in _ok(desk.zumik("status")).out
    told = _json(desk.zumik("status", "--format", "json"))
    assert (told["drains_landed"], told["drains"][0]["models"]) == (True, "acme/*")


def test_a_bundle_holds_the_landed_drains(desk: Desk) -> None:
    file = desk.root / "live.json"
    _ok(desk.zumik(*DRAIN))
    told = _json(desk.zumik("bundle", "-o", str(file), "--format", "json"))
    assert told["drains"] == []
    desk.git("push", "--quiet", "origin", "main")
    told = _json(desk.zumik("bundle", "-o", str(file), "--format", "json"))
    assert [drain["models"] for drain in told["drains"]] == ["acme/*"]
    assert Resolver.from_bundle(file).bundle.drains == _listed(desk)


def test_expired_drains_are_removed_with_the_next_change(desk: Desk) -> None:
    _ok(desk.zumik(*DRAIN))
    desk.now += timedelta(hours=5)
    assert "drained" not in _ok(desk.zumik("status")).out
    assert _json(desk.zumik("status", "--format", "json"))["drains"] == []
    _ok(desk.zumik("drain", "globex/*", "--until", "1h", "--reason", "INC-43"))
    assert (_listed(desk).generation, [d.models for d in _listed(desk).drains]) == (2, ["globex/*"])
    desk.now += timedelta(hours=2)
    over = _ok(desk.zumik("undrain", "--all"))
    assert "(over)" in over.out
    assert "to undo" not in over.err
    assert _listed(desk) == Drains(3, ())


def test_the_undo_hint_restores_the_earlier_drain(desk: Desk) -> None:
    assert "to undo: zumik undrain 'acme/*'\n" in _ok(desk.zumik(*DRAIN)).err
    again = ("drain", "acme/*", "--until", "6h", "--reason", "INC-43")
    undo = "to undo: zumik drain 'acme/*' --until 2026-01-10T14:00:00Z --reason INC-42\n"
    assert undo in _ok(desk.zumik(*again)).err
    desk.now += timedelta(hours=7)
    assert "to undo: zumik undrain 'acme/*'\n" in _ok(desk.zumik(*DRAIN)).err


def test_a_retired_alias_is_not_listed(desk: Desk) -> None:
    _ok(desk.zumik("alias", "retire", "code.fast", "--reason", "Nobody asks for it"))
    done = _ok(desk.zumik(*DRAIN))
    assert "code.fast" not in done.out + done.err
    assert "review.listed" in done.out


def test_an_unreadable_alias_does_not_stop_a_drain(desk: Desk) -> None:
    path = desk.releases / "live" / "code.fast.json"
    digest = json.loads(path.read_text())["sha256"]
    write(desk, "releases/live/code.fast.json", path.read_text().replace(digest, "0" * 64))
    done = _ok(desk.zumik(*DRAIN))
    assert "warning: not looked at: code.fast: code.fast points to" in done.err
    assert "review.listed" in done.out


# What is refused


@pytest.mark.parametrize(
    ("models", "code", "hint"),
    [
        ("", 4, "acme/*, globex/*"),
        ("nobody/*", 4, "acme/*, globex/*"),
        ("ACME/*", 4, "did you mean 'acme/*'?"),
        ("acme/smalll", 4, "did you mean acme/small?"),
        ("initech/*", 4, "acme/*, globex/*"),
        ("acme/[a-z]*", 4, "did you mean"),
        (HOSTILE, 4, "acme/*"),
        ("*" * 129, 2, "at most 128"),
    ],
)
def test_a_glob_that_matches_no_candidate_is_refused(
    desk: Desk, models: str, code: int, hint: str
) -> None:
    words = "MODELS has 129" if code == 2 else "no live alias ranks a model like"
    refused = _refused(desk, code, words, "drain", models, "--until", "4h", "--reason", "x")
    assert hint in refused.err
    assert all(char == "\n" or char.isprintable() for char in refused.err)


NOW = datetime(2026, 11, 25, 14, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        ("4h", NOW + timedelta(hours=4)),
        ("30d", NOW + timedelta(days=30)),
        ("2026-11-25T18:00Z", datetime(2026, 11, 25, 18, tzinfo=UTC)),
        ("2026-11-25T18:00", datetime(2026, 11, 25, 18, tzinfo=UTC)),
        ("2026-11-25 18:00:01.9", datetime(2026, 11, 25, 18, 0, 1, tzinfo=UTC)),
        ("2026-11-25T18:00+02:00", datetime(2026, 11, 25, 16, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_drain_is_read_from_a_time_or_a_span(text: str, until: datetime) -> None:
    assert until_from(text, NOW) == until


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(
            (text, "is not a time")
            for text in ("", "4", "h", "0h", "-4h", "4 h", "4H", "1.5h", "٤h")
        ),
        *((text, "is not a time") for text in ("2026-11-25", "18:00", "tomorrow", "4h\n", HOSTILE)),
        ("0001-01-01T00:00+23:00", "is not a time"),
        ("2026-11-25T14:00:07Z", "is over"),
        ("2025-11-25T18:00Z", "is over"),
        ("31d", "more than 30 days ahead"),
        ("999999d", "more than 30 days ahead"),
        ("2026-12-25T14:00:08Z", "more than 30 days ahead"),
        ("9999-12-31T23:59:59Z", "more than 30 days ahead"),
    ],
)
def test_an_invalid_end_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        until_from(text, NOW)
    assert refused.value.hint
    assert refused.value.message.isprintable()


@pytest.mark.parametrize("arguments", [(), ("--reason", ""), ("--reason", " \n\t")])
def test_a_drain_needs_a_reason(arguments: tuple[str, ...], desk: Desk) -> None:
    before = desk.holds()
    refused = desk.zumik("drain", "acme/*", "--until", "4h", *arguments)
    assert refused.exit_code == 2
    assert "--reason" in refused.err
    assert desk.holds() == before


def test_a_list_above_its_limits_is_not_written(desk: Desk) -> None:
    _put(desk, *[_around(desk, f"acme/{n}") for n in range(MAX_DRAINS)])
    desk.git("add", "-A")
    desk.git("commit", "--quiet", "-m", "Many")
    _refused(desk, 3, "the list of drains is full: 100 of them", *DRAIN)
    desk.now += timedelta(hours=2)
    _ok(desk.zumik(*DRAIN))


@pytest.mark.parametrize("arguments", [(), ("acme/*", "--all")])
def test_undrain_needs_models_or_all(desk: Desk, arguments: tuple[str, ...]) -> None:
    _refused(desk, 2, "name MODELS, or give --all", "undrain", *arguments)


def test_undrain_of_another_glob_lists_the_drains(desk: Desk) -> None:
    _refused(desk, 4, "'acme/*' is not drained", "undrain", "acme/*")
    _ok(desk.zumik(*DRAIN))
    assert "the list has 'acme/*'" in _refused(desk, 4, "is not drained", "undrain", "x").err
    assert "did you mean 'acme/*'" in _refused(desk, 4, "is not drained", "undrain", "acme").err


# A list that cannot be read


def _broken(desk: Desk) -> None:
    (desk.repo / LIST).write_text('{"generation": 1, "drains": [{"models": "\\u001b[31m"}]}')


def _linked(desk: Desk) -> None:
    (desk.repo / LIST).symlink_to("/etc/hostname")


def _too_large(desk: Desk) -> None:
    (desk.repo / LIST).write_text(" " * 70_000)


UNREADABLE = [(_broken, 4), (_linked, 5), (_too_large, 4)]


@pytest.mark.parametrize(
    ("spoil", "code"), UNREADABLE, ids=lambda value: getattr(value, "__name__", "")
)
def test_an_unreadable_list_stops_commands_that_need_the_drains(
    desk: Desk, spoil: Callable[[Desk], None], code: int
) -> None:
    line = _ok(desk.zumik("resolve", "code.fast", "--format", "json")).out
    spoil(desk)
    for command in (
        ("resolve", "code.fast"),
        ("explain", "code.fast"),
        ("explain", "code.fast@alr_2026_01_10_001"),
        DRAIN,
        ("undrain", "--all"),
    ):
        refused = _refused(desk, code, "live/unavailable.json", *command)
        # The list was never committed, so there is nothing to restore it from.
        assert "git has no file of this name: restore a backup, or remove it" in refused.err
    assert "reproduced" in _ok(desk.zumik("replay", "-", stdin=line.encode())).out
    _ok(desk.zumik("resolve", "acme/small"))
    explained = _ok(desk.zumik("explain", line)).out
    assert "reproduced" in explained
    assert "live/unavailable.json" in explained.split("\nToday  ")[1]


@pytest.mark.parametrize(
    ("spoil", "code"), UNREADABLE, ids=lambda value: getattr(value, "__name__", "")
)
def test_status_says_that_the_list_is_unreadable(
    desk: Desk, spoil: Callable[[Desk], None], code: int
) -> None:
    spoil(desk)
    for command in (("status",), ("alias", "list"), ("alias", "show", "code.fast")):
        told = _ok(desk.zumik(*command)).out
        assert "not known: " in told
        assert "git has no file of this name: restore a backup, or remove it" in told
        assert "code.fast" in told
        assert "\x1b" not in told
    told = _json(desk.zumik("status", "--format", "json"))
    assert told["drains"] is None
    assert "live/unavailable.json" in told["drains_problem"]


# What is shown


def test_text_in_the_list_cannot_steer_a_terminal(desk: Desk) -> None:
    _put(desk, _around(desk, "acme/*", HOSTILE), _around(desk, f"{HOSTILE}*"))
    line = _ok(desk.zumik("resolve", "code.fast", "--format", "json")).out
    for command in (
        ("status",),
        ("alias", "list"),
        ("alias", "show", "code.fast"),
        ("resolve", "code.fast"),
        ("explain", "code.fast"),
        ("explain", line),
        ("undrain", "x"),
        ("undrain", "--all", "--no-commit"),
    ):
        done = desk.zumik(*command)
        assert all(char == "\n" or char.isprintable() for char in done.out + done.err), done
        assert "\\x1b[31m" in done.out + done.err


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(seconds=60), "1 min left"),
        (timedelta(hours=3, minutes=12, seconds=50), "3 h 12 min left"),
        (timedelta(hours=4), "4 h left"),
        (timedelta(days=2, hours=1, minutes=30), "2 d 1 h left"),
        (timedelta(days=2, minutes=30), "2 d left"),
    ],
)
def test_remaining_time_is_shown_in_two_units(desk: Desk, left: timedelta, words: str) -> None:
    until = desk.now + left
    _put(desk, Drain("acme/*", desk.now, until, "INC-42"))
    told = f"drained   acme/* until {until:%Y-%m-%d %H:%M} UTC ({words}): INC-42"
    assert told in _ok(desk.zumik("status")).out


def test_a_future_drain_shows_its_beginning(desk: Desk) -> None:
    begins = desk.now + timedelta(hours=1)
    _put(desk, Drain("acme/*", begins, begins + timedelta(hours=1), "INC-42"))
    told = _ok(desk.zumik("status")).out
    assert "drained   acme/* from 2026-01-10 11:00 UTC until 2026-01-10 12:00 UTC: INC-42" in told
    assert "acme/small is drained" not in told
    assert "drained" not in _ok(desk.zumik("alias", "show", "code.fast")).out


def test_json_has_winners_and_drains(desk: Desk) -> None:
    _put(desk, _around(desk, "acme/*"), _around(desk, "globex/steady", hours=2))
    rows = {
        row["alias"]: row
        for row in _json(desk.zumik("alias", "list", "--format", "json"))["aliases"]
    }
    fast = rows["code.fast"]
    assert (fast["winner"], fast["answers"]) == ("acme/small", "acme/small")
    assert fast["drain_ignored"] == fast["drained"]
    assert [drain["models"] for drain in fast["drains"]] == ["acme/*", "globex/steady"]
    _put(desk, _around(desk, "acme/*"), generation=2)
    fast = _json(desk.zumik("alias", "show", "code.fast", "--format", "json"))
    assert (fast["answers"], fast["drain_ignored"]) == ("globex/steady", [])
    assert fast["drained"] == ["acme/small", "acme/large", "acme/large:deep"]


def test_explain_shows_the_drain_at_the_time_of_the_line(desk: Desk) -> None:
    _put(desk, _around(desk, "acme/*", "INC-42"), _around(desk, "globex/*", "INC-43", hours=0.1))
    line = json.loads(_ok(desk.zumik("resolve", "code.fast", "--format", "json")).out)
    assert line["drain_ignored"]
    desk.now += timedelta(minutes=30)
    told = _ok(desk.zumik("explain", json.dumps(line))).out
    assert "drained   acme/* until 2026-01-10 11:00 UTC (30 min left): INC-42" in told
    assert "drained   globex/* until 2026-01-10 10:06 UTC (over): INC-43" in told
    assert "DRAIN IGNORED: no model could answer without acme/small" in told
    assert "still live at this release and answers globex/steady; drained: acme/*" in told
    told = _json(desk.zumik("explain", json.dumps(line), "--format", "json"))
    assert [drain["reason"] for drain in told["drains"]] == ["INC-42", "INC-43"]
    assert told["drain_ignored"] == line["drain_ignored"]
    assert [drain["reason"] for drain in told["live_now_drains"]] == ["INC-42"]
    # Before it, or with no time, nobody knows of one.
    for when in ({"timestamp": "2026-01-10T08:00:00Z"}, {"timestamp": None}):
        assert (
            "INC-4" not in _ok(desk.zumik("explain", json.dumps(line | when))).out.split("Today")[0]
        )


def test_ignored_drains_in_a_line_do_not_change_the_verdict(desk: Desk) -> None:
    line = json.loads(_ok(desk.zumik("resolve", "code.fast", "--format", "json")).out)
    for said in ([], ["acme/small"], ["nobody/knows"]):
        told = _ok(desk.zumik("explain", json.dumps(line | {"drain_ignored": said}))).out
        assert "reproduced" in told
        assert ("DRAIN IGNORED" in told) == bool(said)
    hostile = _ok(desk.zumik("explain", json.dumps(line | {"drain_ignored": HOSTILE}))).out
    assert "reproduced" in hostile
    assert HOSTILE not in hostile


def test_a_target_is_not_drained(desk: Desk, tmp_path: Path) -> None:
    _ok(desk.zumik(*DRAIN))
    assert _ok(desk.zumik("resolve", "acme/small")).out.startswith("acme/small\n")
