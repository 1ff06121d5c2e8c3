"""New files are taken up without a restart, never by half; bad ones change nothing."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
from tests.cli.conversation import Desk
from tests.integration.serve.server import (
    DEADLINE,
    ONE,
    ROOT,
    TWO,
    Server,
    both_at,
    until,
    write_bundle,
    write_bytes,
)

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.bundle import bundle_to_bytes
from zumik.core.live.pointer import pointer_to_bytes, read_pointer
from zumik.errors import IntegrityError
from zumik.resolver import Resolver
from zumik.serve.state import ServeState


@pytest.fixture
def example_copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "releases", tmp_path / "copy" / "releases")
    return tmp_path / "copy"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    return tmp_path / "live.json"


def winner(server: Server) -> str:
    return str(server.post("/v2/resolve", {"reference": "code.fast"}).json()["resolved_model"])


def problem(server: Server) -> Any:
    """What the probe says of the newest files. The server stays ready with a problem."""
    answer = server.get("/readyz")
    assert answer.status_code == 200
    return answer.json().get("problem")


def test_no_answer_mixes_two_bundles(start: Callable[..., Server], place: Path) -> None:
    server = start("--bundle", str(place))
    done = threading.Event()

    def promote() -> None:
        generation = 1
        while not done.wait(0.05):
            generation += 1
            write_bundle(place, both_at(TWO if generation % 2 else ONE, generation))

    promoting = threading.Thread(target=promote)
    promoting.start()
    seen: set[str] = set()
    lines: list[object] = []
    try:
        with httpx.Client(base_url=server.url, timeout=DEADLINE) as client:

            def ask() -> bool:
                aliases = client.get("/v2/model-aliases").json()["data"]
                assert len({(item["release"], item["generation"]) for item in aliases}) == 1
                assert len({item["winner"] for item in aliases}) == 1
                listed = client.get("/v2/alias-releases").json()["data"]
                assert sorted(len(item["live"]) for item in listed) == [0, 2]
                detail = client.get("/v2/model-aliases/code.fast").json()
                ranked = [row["model"] for row in detail["table"]["ranking"]]
                release = {ONE.ref.id: ONE, TWO.ref.id: TWO}[detail["pointer"]["release"]]
                assert ranked == list(release.aliases[release_alias].ranking)
                answer = client.post("/v2/resolve", json={"reference": "code.fast"})
                assert answer.status_code == 200
                lines.append(answer.json())
                seen.add(answer.json()["resolved_model"])
                return len(seen) == 2 and len(lines) > 300

            release_alias = next(iter(ONE.aliases))
            until(ask)
    finally:
        done.set()
        promoting.join()
    found = server.post("/v2/replay", {"log_lines": lines[:1000]}).json()
    assert found["verdicts"] == {"reproduced": min(len(lines), 1000)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        bundle_to_bytes(both_at(TWO, 2)).replace(b"acme/small", b"acme/smell", 1),
        bundle_to_bytes(both_at(TWO, 2))[:-200],
    ],
    ids=["empty", "half a brace", "nothing", "tampered", "cut"],
)
def test_readyz_reports_a_bad_bundle_and_the_last_good_one_answers(
    start: Callable[..., Server], place: Path, data: bytes
) -> None:
    server = start("--bundle", str(place))
    assert server.get("/readyz").json()["status"] == "ready"
    write_bytes(place, data)
    assert until(lambda: problem(server))["code"] == "last_good"
    assert winner(server) == "acme/small"
    assert server.get("/healthz").status_code == 200
    assert "zumik_problem 1.0" in server.get("/metrics").text
    write_bundle(place, both_at(TWO, 2))
    until(lambda: not problem(server))
    assert winner(server) == "bolt/big"
    assert "zumik_reloads_total 1.0" in server.get("/metrics").text


def test_readyz_reports_a_missing_bundle(start: Callable[..., Server], place: Path) -> None:
    server = start("--bundle", str(place))
    place.unlink()
    until(lambda: problem(server))
    assert winner(server) == "acme/small"


def test_an_older_bundle_is_not_loaded(start: Callable[..., Server], place: Path) -> None:
    write_bundle(place, both_at(TWO, 2))
    server = start("--bundle", str(place))
    write_bundle(place, both_at(ONE, 1))
    until(lambda: problem(server))
    assert winner(server) == "bolt/big"
    told = until(lambda: "going on with the last good files" in server.told() and server.told())
    assert "the new files are older than those in use: code.fast has generation 1" in told
    restart = "a process that is started now answers from the older files: code.fast from"
    assert f"{restart} {ONE.ref.id} and not from {TWO.ref.id}" in told


def test_a_bundle_that_was_put_back_gives_one_answer_before_and_after_a_restart(
    start: Callable[..., Server], place: Path
) -> None:
    write_bundle(place, both_at(TWO, 2))
    server = start("--bundle", str(place))
    assert "zumik_older_files_total 0.0" in server.get("/metrics").text
    write_bundle(place, both_at(ONE, 1))
    until(lambda: winner(server) == "acme/small")
    assert winner(start("--bundle", str(place))) == "acme/small"
    until(lambda: not problem(server))
    assert server.get("/readyz").json()["status"] == "ready"
    assert "zumik_older_files_total 1.0" in server.get("/metrics").text
    said = "older files were put back: code.fast has generation 1 in it, and had 2: answering from"
    assert said in server.told()


def test_after_the_bound_that_the_operator_set_it_is_not_ready(
    start: Callable[..., Server], place: Path
) -> None:
    server = start("--bundle", str(place), "--max-degraded", "2s")
    write_bytes(place, b"{}")
    found = until(lambda: "problem" in server.get("/readyz").json() and server.get("/readyz"))
    assert found.status_code == 200
    assert found.json()["status"] == "degraded"
    until(lambda: server.get("/readyz").status_code == 503)
    error = server.get("/readyz").json()["error"]
    assert error["code"] == "stale"
    assert "could not be used for" in error["message"]
    assert winner(server) == "acme/small"
    assert server.get("/healthz").status_code == 200
    text = server.get("/metrics").text
    assert float(re.search(r"^zumik_problem_seconds (\S+)$", text, re.M)[1]) > 2  # type: ignore[index]
    write_bundle(place, both_at(TWO, 2))
    until(lambda: server.get("/readyz").status_code == 200)
    assert "zumik_problem_seconds 0.0" in server.get("/metrics").text


def test_a_release_that_exists_is_never_unknown_while_the_workspace_is_rewritten(
    tmp_path: Path, example_copy: Path
) -> None:
    """git removes and writes files in steps; each moment between two steps is looked at here."""
    state = ServeState(Resolver.from_workspace(example_copy), root=example_copy / "releases")
    ledger = example_copy / "releases" / "SHA256SUMS"
    whole = ledger.read_bytes()
    lines = whole.splitlines(keepends=True)
    first = ReleaseId(lines[0].split(b"/")[-1].split(b".")[0].strip().decode())
    for part in (b"", b"".join(lines[1:]), b"".join(lines[:-1]), whole):
        ledger.write_bytes(part)
        (example_copy / "releases" / "zumik.yaml").touch()
        state.look()
        assert first in state.view.releases.ids
        assert state.view.releases.frozen(first).source.ref.id == first
    first = next(
        name for name in state.view.releases.ids[1:] if name not in state.view.bundle.releases
    )
    file = example_copy / "releases" / "frozen" / state.view.releases.ref(first).file_name
    data = file.read_bytes()
    file.unlink()
    (example_copy / "releases" / "zumik.yaml").touch()
    state.look()
    with pytest.raises(IntegrityError, match=r"is in SHA256SUMS, and its file cannot be read"):
        state.view.releases.frozen(first)
    file.write_bytes(data)
    assert state.view.releases.frozen(first).data == data


def test_a_stale_bundle_is_not_ready_and_still_answers(
    start: Callable[..., Server], place: Path
) -> None:
    server = start("--bundle", str(place), "--max-age", "1h")
    answer = server.get("/readyz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "stale")
    assert "more than 3,600 s" in answer.json()["error"]["message"]
    assert winner(server) == "acme/small"
    fresh = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    write_bundle(place, both_at(ONE, made_at=fresh))
    until(lambda: server.get("/readyz").status_code == 200)
    assert server.get("/readyz").json()["age_seconds"] >= 60


def test_readyz_gives_the_reason_only_with_a_key(
    start: Callable[..., Server], place: Path, keys: Path
) -> None:
    from tests.integration.serve.server import KEY

    server = start("--bundle", str(place), "--api-keys", str(keys))
    write_bytes(place, b"{}")
    until(lambda: problem(server))
    known = server.get("/readyz", headers={"authorization": f"Bearer {KEY}"}).json()
    assert problem(server)["message"].endswith("last good files: the newest files cannot be used")
    assert "not a bundle" in known["problem"]["message"]


def test_a_move_in_the_workspace_is_loaded(start: Callable[..., Server], desk: Desk) -> None:
    server = start(cwd=desk.repo)
    before = server.get("/v2/model-aliases/code.fast").json()["pointer"]["generation"]
    tag = server.get("/v2/model-aliases").headers["etag"]
    assert before == 1
    place = desk.releases / "live" / "code.fast.json"
    pointer = read_pointer(place.read_bytes())
    retired = pointer._replace(generation=2, kind="retire", reason="not needed")
    write_bytes(place, pointer_to_bytes(retired))
    answer = until(
        lambda: (a := server.get("/v2/model-aliases/code.fast")).status_code == 404 and a
    )
    assert answer.json()["error"]["message"] == "code.fast was retired"
    asked = {"reference": "code.fast"}
    assert server.post("/v2/resolve", asked).status_code == 404
    listed = server.get("/v2/model-aliases", headers={"if-none-match": tag})
    assert listed.status_code == 200
    item = next(item for item in listed.json()["data"] if item["id"] == "code.fast")
    assert (item["winner"], item["problem"]) == (None, "retired")


def test_a_retirement_is_by_the_catalog_and_the_horizon_as_they_are_now(desk: Desk) -> None:
    from zumik.resolver import Resolver
    from zumik.serve.alias_routes import alias
    from zumik.serve.state import ServeState

    state = ServeState(Resolver.from_workspace(desk.releases), root=desk.releases)

    def retirement() -> Any:
        state.look()
        return json.loads(alias(state.view, "code.fast", True, False).body)["retirement"]

    assert retirement() is None
    source = state.view.live(AliasName("code.fast"))
    assert source is not None
    provider, _, name = source.aliases[AliasName("code.fast")].winner.partition("/")
    catalog = desk.releases / "catalog" / f"{provider}.yaml"
    later = datetime.now(UTC).date() + timedelta(days=100)
    text = catalog.read_text().replace(f"  {name}:\n", f"  {name}:\n    retires_on: {later}\n", 1)
    write_bytes(catalog, text.encode())
    assert retirement() is None
    settings = desk.releases / "zumik.yaml"
    write_bytes(settings, b"live_ref: origin/main\nhorizons: {retirement_days: 120}\n")
    assert retirement()["retires_on"] == str(later)
    assert retirement()["retired"] is False
