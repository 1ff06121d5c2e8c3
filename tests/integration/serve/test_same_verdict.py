"""One line, one verdict: from the core, from `explain`, from `replay` and from the server.

Each field of lines that replay is dropped, nulled, retyped and changed, alone and several at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("prometheus_client", reason="needs the extra serve")

from tests.cli.conversation import Desk, Played

from zumik.actions.answers.replay_decision import replayed
from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.session import Session
from zumik.core.basics.references import Reference
from zumik.core.decisions.decision import resolve, resolve_target
from zumik.core.decisions.log_line import UnreadableLine, read_log_line
from zumik.core.facts.request import Request

if TYPE_CHECKING:
    from zumik.core.releases.release import VerifiedRelease

Line = dict[str, Any]
DROPPED = object()
WHEN = "2026-02-20T00:00:00Z"
SERVED = "served_model"
SEVERAL = 450
EXIT_CODES = {"reproduced": 0, "consistent": 0, "diverged": 3, "unreplayable": 4, "unreadable": 4}

OTHER: list[Any] = [
    DROPPED, None, "", 0, 1, 3, "3", 4.0, True, [], {}, "acme/small", "acme/large", "a/none",
    "none",
    "code.fast", "code.fast@alr_2026_02_10_001", "no.such", "alr_2026_02_10_001",
    "alr_2020_01_01_001", "next_ranked_meeting_request", "next_ranked_after_unavailable",
    "pinned_target", WHEN, "2020-01-01T00:00:00Z", {"input_tokens": 300000},
    {"input_tokens": 10**12}, {"unavailable": ["acme/small"]}, {"unknown": 1}, "0" * 64,
]  # fmt: skip


def good_lines(releases: list[VerifiedRelease]) -> Iterator[Line]:
    """What each release answers, at each rank, live and pinned; and a concrete target."""
    for source in releases:
        for name, alias in source.aliases.items():
            for rank in range(len(alias.ranking)):
                asked = Request(unavailable=alias.ranking[:rank])
                pinned = f"{name}@{source.ref.id}" if rank == 1 else name
                yield resolve(source, name, asked, requested=pinned).to_json(WHEN)
    small = Reference.parse("acme/small")
    assert small.model is not None
    yield resolve_target(small, small.model, None).to_json(WHEN)
    yield {"requested_model": "a/none"}
    yield {"requested_model": "code.fast"}
    yield {"requested_model": f"code.fast@{releases[-1].ref.id}"}


def with_change(line: Line, field: str, value: object) -> Line:
    """The line with one field changed, or without it."""
    changed = {**line, field: value}
    return {key: item for key, item in changed.items() if item is not DROPPED}


def mutated(good: list[Line]) -> list[Line]:
    """Good lines; each change of each field of a few; several changes at once."""
    random = Random(11)
    fields = sorted({SERVED, *good[0]})
    lines = list(good)
    for line in (good[0], good[1], *good[-4:]):
        lines += [with_change(line, field, value) for field in fields for value in OTHER[:2]]
    for field in fields:
        lines += [with_change(random.choice(good), field, value) for value in OTHER]
    for _ in range(SEVERAL):
        line = random.choice(good)
        for field in random.sample(fields, random.randint(2, 6)):
            elsewhere = random.choice(good).get(field, DROPPED)
            line = with_change(line, field, random.choice([DROPPED, DROPPED, elsewhere]))
        if random.random() < 0.2:
            line = with_change(line, random.choice(fields), random.choice(OTHER))
        lines.append(line)
    return [json.loads(text) for text in dict.fromkeys(map(json.dumps, lines))]


@pytest.fixture(scope="module")
def march(_played: Played) -> Desk:
    """A repository with three releases, each of which was live. Nothing here changes it."""
    return _played.desk("march")


@pytest.fixture(scope="module")
def lines(march: Desk) -> list[Line]:
    store = Session(march.releases).store
    return mutated(list(good_lines([store.release(name) for name in store.releases])))


@pytest.fixture(scope="module")
def verdicts(march: Desk, lines: list[Line]) -> list[tuple[str, str | None]]:
    """The verdict of the core on each line, and on what was served."""
    answers = WorkspaceAnswers(Session(march.releases))
    found: list[tuple[str, str | None]] = []
    for line in lines:
        try:
            replay = replayed(answers, read_log_line(json.dumps(line).encode()))
            found.append((replay.verdict.value, replay.served.value))
        except UnreadableLine:
            found.append(("unreadable", None))
    return found


def test_the_lines_get_every_verdict(verdicts: list[tuple[str, str | None]]) -> None:
    counts = {name: [verdict for verdict, _ in verdicts].count(name) for name in EXIT_CODES}
    assert min(counts.values()) > 20, counts


def test_replay_gives_the_verdict_of_the_core(
    march: Desk, lines: list[Line], verdicts: list[tuple[str, str | None]]
) -> None:
    log = "\n".join(map(json.dumps, lines)).encode()
    turn = march.zumik("replay", "-", "--each", "--format", "json", stdin=log)
    items = map(json.loads, turn.out.splitlines())
    shown = {int(item["place"].rpartition(":")[2]): item for item in items}
    for number, (line, expected) in enumerate(zip(lines, verdicts, strict=True), 1):
        item = shown.get(number, {"verdict": "unreadable", SERVED: None})
        assert (item["verdict"], item[SERVED]) == expected, line


def test_the_server_gives_the_verdict_of_the_core(
    march: Desk, lines: list[Line], verdicts: list[tuple[str, str | None]]
) -> None:
    from zumik.actions.live.landed_pointers import LandedPointers
    from zumik.resolver import Resolver
    from zumik.serve.questions import replays
    from zumik.serve.request_bodies import MAX_LINES, read_replay_body
    from zumik.serve.state import ServeState

    history = LandedPointers(Session(march.releases))
    state = ServeState(Resolver.from_workspace(march.releases), root=march.releases)
    given: list[tuple[str, str | None]] = []
    for start in range(0, len(lines), MAX_LINES):
        body = json.dumps({"log_lines": lines[start : start + MAX_LINES]}).encode()
        answer = replays(state.view, read_replay_body(body), True, lambda: history)
        given += [(item["verdict"], item.get(SERVED)) for item in json.loads(answer.body)["data"]]
    for line, expected, found in zip(lines, verdicts, given, strict=True):
        assert found == expected, line


def test_explain_gives_the_verdict_of_the_core(
    march: Desk, lines: list[Line], verdicts: list[tuple[str, str | None]]
) -> None:
    """Where there is nothing to explain, its exit code is the verdict's and it says why."""
    for number, (line, (verdict, served)) in enumerate(zip(lines, verdicts, strict=True)):
        if verdict == "unreadable" and number % 8:
            continue  # one reader refuses them all, before any verdict
        turn = march.zumik("explain", json.dumps(line), "--format", "json")
        assert turn.exit_code == EXIT_CODES[verdict], (line, turn)
        if turn.out:
            shown = json.loads(turn.out)["replay"]
            assert (shown["verdict"], shown[SERVED]) == (verdict, served), line
        else:
            assert json.loads(turn.err)["schema"] == "zumik.error/1", line


def test_the_server_says_that_a_line_about_an_unknown_model_diverged(march: Desk) -> None:
    """As `explain` does: where nothing is known to explain, the line still contradicts itself."""
    from zumik.resolver import Resolver
    from zumik.serve.answers import Refusal
    from zumik.serve.questions import explained
    from zumik.serve.request_bodies import read_explain_body
    from zumik.serve.state import ServeState

    state = ServeState(Resolver.from_workspace(march.releases), root=march.releases)

    def refusal(body: Line) -> Refusal:
        with pytest.raises(Refusal) as refused:
            explained(state.view, read_explain_body(json.dumps(body).encode()), True, None)
        return refused.value

    line = {"requested_model": "a/none", "resolved_model": "acme/small"}
    said = "no release knows a/none, and the line diverged: resolved_model: the log has"
    diverged = refusal({"log_line": line})
    assert (diverged.status, diverged.code) == (409, "diverged")
    assert str(diverged).startswith(said)
    turn = march.zumik("explain", json.dumps(line))
    assert turn.exit_code == 3
    assert said in turn.err
    same = {**line, "resolved_model": "a/none"}
    assert (refusal({"log_line": same}).status, refusal({"reference": "a/none"}).status) == (
        404,
    ) * 2


@pytest.mark.parametrize("more", [{}, {"request": {}}, {SERVED: "small"}, {"resolved_model": None}])
def test_the_server_explains_a_line_as_a_decision_and_a_reference_as_a_question(
    march: Desk, more: Line
) -> None:
    from zumik.resolver import Resolver
    from zumik.serve.answers import Refusal
    from zumik.serve.questions import explained
    from zumik.serve.request_bodies import read_explain_body
    from zumik.serve.state import ServeState

    state = ServeState(Resolver.from_workspace(march.releases), root=march.releases)

    def asked(name: str, value: object) -> Any:
        line = read_explain_body(json.dumps({name: value}).encode())
        return json.loads(explained(state.view, line, True, None).body)["replay"]

    pinned = "code.fast@alr_2026_02_10_001"
    assert asked("reference", "code.fast") is None
    assert asked("reference", "acme/small") is None
    for name in (pinned, "acme/small"):
        assert asked("log_line", {"requested_model": name, **more})["verdict"] == "unreplayable"
    with pytest.raises(Refusal, match="names no release") as refused:
        asked("log_line", {"requested_model": "code.fast", **more})
    assert refused.value.code == "unreplayable"


def test_a_wrapped_line_gets_the_verdict_of_the_bare_line_everywhere(
    march: Desk, lines: list[Line], verdicts: list[tuple[str, str | None]]
) -> None:
    from zumik.resolver import Resolver
    from zumik.serve.questions import replays
    from zumik.serve.request_bodies import read_replay_body
    from zumik.serve.state import ServeState

    some = range(0, len(lines), max(1, len(lines) // 300))
    wrapped = [{"log": f"INFO:zumik:{json.dumps(lines[n])}\n", "stream": "stdout"} for n in some]
    log = "\n".join(map(json.dumps, wrapped)).encode()
    turn = march.zumik("replay", "-", "--each", "--format", "json", stdin=log)
    items = map(json.loads, turn.out.splitlines())
    shown = {int(item["place"].rpartition(":")[2]): item for item in items}
    state = ServeState(Resolver.from_workspace(march.releases), root=march.releases)
    body = read_replay_body(json.dumps({"log_lines": wrapped}).encode())
    answer = json.loads(replays(state.view, body, True, None).body)["data"]
    for number, at in enumerate(some, 1):
        item = shown.get(number, {"verdict": "unreadable", SERVED: None})
        assert (item["verdict"], item[SERVED]) == verdicts[at], lines[at]
        served = answer[number - 1]
        if verdicts[at][0] == "unreadable" or lines[at].get("alias_release"):
            assert (served["verdict"], served.get(SERVED)) == verdicts[at], lines[at]
