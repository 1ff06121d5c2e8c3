"""Drains over HTTP: what is passed over, what is told of it, and that `/v1` never changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

from tests.cli.conversation import Desk
from tests.core.bundles import NOON, bundled, drain, draining, pointed
from tests.integration.serve.server import (
    BEST,
    CONFIDENTIAL,
    KEY,
    ONE,
    TWO,
    Server,
    both_at,
    until,
    write_bundle,
)

from zumik.serve import alias_routes
from zumik.serve.answers import Answer
from zumik.serve.list_pages import Page
from zumik.serve.release_source import BundleReleases
from zumik.serve.view import View

LIST = "live/unavailable.json"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The server's clock is the real one."""
    desk.now = datetime.now(UTC).replace(microsecond=0)
    return desk


def resolved(server: Server, reference: str = "code.fast", **request: Any) -> Any:
    body = {"reference": reference, "request": request}
    return server.post("/v2/resolve", body).json()


def test_a_provider_goes_and_comes_back_and_every_answer_replays(
    start: Callable[..., Server], desk: Desk
) -> None:
    server = start(cwd=desk.repo)
    models, tag = server.get("/v1/models").text, server.get("/v2/model-aliases").headers["etag"]
    lines = [resolved(server)]
    assert desk.zumik("drain", "acme/*", "--until", "4h", "--reason", "INC-42").exit_code == 0
    until(lambda: resolved(server)["resolved_model"] == "globex/steady")
    lines += [resolved(server), resolved(server, input_tokens=10)]
    lines.append(resolved(server, f"code.fast@{lines[0]['alias_release']}"))
    assert lines[1]["request"]["unavailable"] == ["acme/small", "acme/large", "acme/large:deep"]
    assert lines[3]["resolved_model"] == "globex/steady"
    assert resolved(server, "acme/small")["resolved_model"] == "acme/small"
    changed = server.get("/v2/model-aliases", headers={"if-none-match": tag})
    assert changed.status_code == 200
    shown = next(item for item in changed.json()["data"] if item["alias"] == "code.fast")
    assert (shown["winner"], shown["answers"]) == ("acme/small", "globex/steady")
    (drain,) = shown["drains"]
    assert (drain["models"], drain["reason"]) == ("acme/*", "INC-42")
    ends = datetime.fromisoformat(drain["until"]) - datetime.fromisoformat(drain["since"])
    assert ends == timedelta(hours=4)
    detail = server.get("/v2/model-aliases/code.fast").json()
    assert {k: detail[k] for k in ("answers", "drained", "drain_ignored", "drains")} == {
        "answers": "globex/steady",
        "drained": lines[1]["request"]["unavailable"],
        "drain_ignored": [],
        "drains": [drain],
    }
    assert "zumik_drains_in_force 1.0" in server.get("/metrics").text
    told = server.post("/v2/explain", {"reference": "code.fast"}).json()
    assert (told["decision"]["resolved_model"], told["drains"]) == ("globex/steady", [drain])
    told = server.post("/v2/explain", {"log_line": lines[1]}).json()
    assert (told["replay"]["verdict"], told["drains"]) == ("reproduced", [drain])
    assert told["live_now_drains"] == [drain]
    assert desk.zumik("undrain", "--all").exit_code == 0
    until(lambda: resolved(server)["resolved_model"] == "acme/small")
    found = server.post("/v2/replay", {"log_lines": [*lines, resolved(server)]}).json()
    assert found["verdicts"] == {"reproduced": 5}
    assert "zumik_drains_in_force 0.0" in server.get("/metrics").text
    assert server.get("/v1/models").text == models


def test_an_ignored_drain_is_logged_counted_and_warned_about(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    place = tmp_path / "live.json"
    write_bundle(place, both_at(ONE, drains=draining("*", drain("acme/*", NOON))))
    server = start("--bundle", str(place))
    assert "zumik_drains_in_force 1.0" in server.get("/metrics").text, "one is over"
    for _ in range(2):
        line = resolved(server)
    assert (line["resolved_model"], line["request"]) == ("acme/small", {"unavailable": []})
    assert line["drain_ignored"] == ["acme/small", "bolt/big"]
    assert server.post("/v2/replay", {"log_lines": [line]}).json()["verdicts"] == {"reproduced": 1}
    assert 'zumik_drain_ignored_total{alias="code.fast"} 2.0' in server.get("/metrics").text
    assert server.told().count("code.fast: the drain of acme/small, bolt/big is IGNORED") == 1
    detail = server.get("/v2/model-aliases/code.fast").json()
    assert (detail["answers"], detail["drain_ignored"]) == ("acme/small", line["drain_ignored"])


def test_after_a_malformed_list_the_last_good_one_is_used(
    start: Callable[..., Server], desk: Desk
) -> None:
    assert desk.zumik("drain", "acme/*", "--until", "4h", "--reason", "INC-42").exit_code == 0
    server = start(cwd=desk.repo)
    (desk.releases / LIST).write_text("{}")
    until(lambda: "problem" in server.get("/readyz").json())
    assert resolved(server)["resolved_model"] == "globex/steady"


def test_a_release_that_is_not_live_is_drained_too(
    start: Callable[..., Server], desk: Desk
) -> None:
    first = resolved(start(cwd=desk.repo))["alias_release"]
    for command in (
        ("release", "create", "--allow-unchanged"),
        ("alias", "promote", "--all", "--latest"),
        ("drain", "acme/*", "--until", "4h", "--reason", "INC-42"),
    ):
        assert desk.zumik(*command).exit_code == 0, command
    server = start(cwd=desk.repo)
    found = resolved(server, f"code.fast@{first}")
    assert (found["alias_release"], found["resolved_model"]) == (first, "globex/steady")


# What is rendered once


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 6, 9, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


def view_of(bundle: Any) -> View:
    return View(bundle, BundleReleases(bundle))


def body(answer: Answer) -> Any:
    return json.loads(answer.body)


def test_cached_answers_are_rebuilt_when_a_drain_begins_or_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(alias_routes, "now", clock)
    begins = clock.moment + timedelta(seconds=10)
    (drain,) = draining("acme/*").drains
    drain = drain._replace(since=begins, until=begins + timedelta(seconds=10))
    view = view_of(bundled(drains=draining(drain)))
    page = Page(20, None, None, None)
    seen = []
    for seconds in (0, 9, 10, 19, 20, 99):
        clock.moment = begins + timedelta(seconds=seconds - 10)
        one = alias_routes.alias(view, "code.fast", authenticated=False, private=False)
        again = alias_routes.alias(view, "code.fast", authenticated=False, private=False)
        assert one is again
        (item,) = body(alias_routes.aliases(view, page, authenticated=False, private=False))["data"]
        assert item["answers"] == body(one)["answers"]
        seen.append((body(one)["answers"], one.etag))
    answers = [answer for answer, _ in seen]
    small, big = "acme/small", "bolt/big"
    assert answers == [small, small, big, big, small, small]
    assert len({etag for _, etag in seen}) == 2


# What is confidential


@pytest.mark.parametrize("words", ["hush/quiet is out", "an outage at hush"])
def test_a_reason_that_names_a_confidential_model_is_omitted(words: str) -> None:
    (drain,) = draining("bolt/*").drains
    drains = draining(drain._replace(reason=words), "hush/*")
    view = view_of(
        bundled(
            pointed(CONFIDENTIAL),
            pointed(CONFIDENTIAL, BEST),
            releases=(CONFIDENTIAL,),
            drains=drains,
        )
    )
    page = Page(20, None, None, None)
    for authenticated in (False, True):
        listed = alias_routes.aliases(view, page, authenticated=authenticated, private=False)
        detail = alias_routes.alias(view, "code.fast", authenticated=authenticated, private=False)
        assert (b"hush" in listed.body) == authenticated
        assert [d["reason"] for d in body(detail)["drains"]] == [words if authenticated else ""]
        first = body(listed)["data"][1]
        assert first.get("withheld", False) == (not authenticated)


def test_metrics_do_not_reveal_which_confidential_alias_ignores_a_drain(
    start: Callable[..., Server], tmp_path: Path, keys: Path
) -> None:
    place = tmp_path / "live.json"
    both = [pointed(CONFIDENTIAL), pointed(CONFIDENTIAL, BEST)]
    write_bundle(place, bundled(*both, releases=(CONFIDENTIAL,), drains=draining("*")))
    server = start("--bundle", str(place), "--api-keys", str(keys))
    bearer = {"authorization": f"Bearer {KEY}"}
    for alias in ("code.fast", "reasoning.best"):
        found = server.post("/v2/resolve", {"reference": alias}, headers=bearer)
        assert found.json()["drain_ignored"]
    told = server.get("/metrics", headers=bearer).text
    assert 'zumik_drain_ignored_total{alias="withheld"} 1.0' in told
    assert 'zumik_drain_ignored_total{alias="reasoning.best"}' not in told


def test_an_older_list_is_not_loaded(start: Callable[..., Server], tmp_path: Path) -> None:
    place = tmp_path / "live.json"
    write_bundle(place, both_at(ONE, drains=draining("acme/*", generation=2)))
    server = start("--bundle", str(place))
    write_bundle(place, both_at(TWO, 2, drains=draining(generation=1)))
    until(lambda: "problem" in server.get("/readyz").json())
    assert resolved(server)["request"]["unavailable"] == ["acme/small"]
