"""`/v2/model-aliases` and `/v2/alias-releases`: shapes, pages, bytes and history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
from tests.cli.conversation import Desk
from tests.integration.serve.server import NOON, ONE, TWO, Server, until

from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.tree import WITHDRAWN
from zumik.core.releases.release import ReleaseRef, release_to_bytes
from zumik.core.releases.withdrawal import Withdrawal, withdrawal_to_bytes
from zumik.serve.answers import Refusal
from zumik.serve.list_pages import Page, list_page


def test_aliases_come_with_pointer_and_winner(of_bundle: Server) -> None:
    found = of_bundle.get("/v2/model-aliases").json()
    assert [item["id"] for item in found["data"]] == ["code.fast", "reasoning.best"]
    assert (found["object"], found["first_id"], found["last_id"], found["has_more"]) == (
        "list",
        "code.fast",
        "reasoning.best",
        False,
    )
    item = found["data"][0]
    assert (item["winner"], item["release"], item["generation"]) == ("acme/small", ONE.ref.id, 1)
    assert item["landed"] is None


def test_an_alias_comes_with_its_policy_and_table(of_bundle: Server) -> None:
    found = of_bundle.get("/v2/model-aliases/code.fast").json()
    assert found["pointer"]["sha256"] == ONE.ref.sha256
    assert found["policy"]["prefer"] == ["listed"]
    assert [row["model"] for row in found["table"]["ranking"]] == ["acme/small", "bolt/big"]
    assert found["rederived"] is True


def test_ranked_candidates_come_before_excluded_ones(example: Server) -> None:
    path = "/v2/model-aliases/code.fast/candidates?limit=100"
    rows = example.get(path).json()["data"]
    ranks = [row["rank"] for row in rows]
    ranked = [rank for rank in ranks if rank is not None]
    assert ranked == list(range(1, len(ranked) + 1))
    assert ranks[len(ranked) :] == [None] * (len(ranks) - len(ranked))
    assert all(row["failures"] for row in rows if row["rank"] is None)


@pytest.mark.parametrize("tail", ["", "/candidates", "/history"])
def test_an_alias_that_is_not_live_is_not_found(example: Server, tail: str) -> None:
    answer = example.get(f"/v2/model-aliases/code.fats{tail}")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], error["hint"]) == ("alias_not_found", "did you mean code.fast?")


def test_a_release_is_its_exact_bytes_and_is_cached_for_ever(of_bundle: Server) -> None:
    answer = of_bundle.get(f"/v2/alias-releases/{ONE.ref.id}")
    assert answer.content == release_to_bytes(ONE.release)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{ONE.ref.sha256}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = of_bundle.get(
        f"/v2/alias-releases/{ONE.ref.id}", headers={"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == answer.headers["cache-control"]


def test_releases_come_newest_first(of_bundle: Server) -> None:
    found = of_bundle.get("/v2/alias-releases").json()
    assert [item["id"] for item in found["data"]] == [TWO.ref.id, ONE.ref.id]
    assert found["data"][1]["live"] == ["code.fast", "reasoning.best"]
    assert found["data"][0]["live"] == []


def test_a_workspace_has_every_release_of_its_line(example: Server) -> None:
    found = example.get("/v2/alias-releases?limit=100").json()
    assert found["data"][-1]["id"] == "alr_2026_06_09_001"
    first = example.get("/v2/alias-releases/alr_2026_06_09_001")
    assert first.headers["etag"] == f'"{found["data"][-1]["sha256"]}"'


@pytest.mark.parametrize("name", ["alr_2026_06_09_009", "alr_2026_02_30_001", "..", "%00"])
def test_a_missing_release_is_not_found(of_bundle: Server, name: str) -> None:
    answer = httpx.get(f"{of_bundle.url}/v2/alias-releases/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"]["hint"]


IDS = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("page", "ids", "more"),
    [
        (Page(), "abcde", False),
        (Page(2), "ab", True),
        (Page(2, after="b"), "cd", True),
        (Page(2, after="c"), "de", False),
        (Page(2, after="e"), "", False),
        (Page(2, before="e"), "cd", True),
        (Page(2, before="c"), "ab", False),
        (Page(2, before="a"), "", False),
        (Page(2, order="desc"), "ed", True),
        (Page(2, after="d", order="desc"), "cb", True),
        (Page(2, before="b", order="desc"), "dc", True),
        (Page(2, after="a", before="d"), "bc", False),
        (Page(1, after="a", before="d"), "b", True),
        (Page(9, after="d", before="b"), "", False),
        (Page(5), "abcde", False),
    ],
)
def test_lists_are_paged(page: Page, ids: str, more: bool) -> None:
    found = list_page(IDS, page, "asc", lambda name: {"id": name})
    assert [item["id"] for item in found["data"]] == list(ids)  # type: ignore[index,attr-defined]
    assert found["has_more"] is more
    assert (found["first_id"], found["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))


def test_a_cursor_without_an_item_is_refused() -> None:
    with pytest.raises(Refusal, match="no item of this list has the id 'x'"):
        list_page(IDS, Page(after="x"), "asc", lambda name: {"id": name})


def test_pages_hold_each_item_once(example: Server) -> None:
    whole = [item["id"] for item in example.get("/v2/alias-releases?limit=100").json()["data"]]
    seen: list[str] = []
    query = "?limit=3"
    while True:
        page = example.get(f"/v2/alias-releases{query}").json()
        seen += [item["id"] for item in page["data"]]
        if not page["has_more"]:
            break
        query = f"?limit=3&after={page['last_id']}"
    assert seen == whole
    turned = example.get("/v2/alias-releases?limit=100&order=asc").json()["data"]
    assert [item["id"] for item in turned] == whole[::-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "order=up", "after=" + "a" * 200]
)
def test_an_invalid_page_size_is_refused(of_bundle: Server, query: str) -> None:
    answer = of_bundle.get(f"/v2/model-aliases?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("bad_request", query.split("=")[0])


def test_history_is_what_landed_in_git(start: Callable[..., Server], desk: Desk) -> None:
    server = start(cwd=desk.repo)
    found = server.get("/v2/model-aliases/code.fast/history").json()
    (move,) = found["data"]
    assert move["id"] == move["commit"] == found["first_id"]
    assert desk.git("log", "--format=%s", "-1", move["commit"]).startswith("Promote")
    assert (move["author"], move["pointer"]["generation"]) == ("Ada Example", 1)
    asked = {"log_line": {"requested_model": "code.fast", "timestamp": "2026-01-11T00:00:00Z"}}
    explained = server.post("/v2/explain", asked).json()
    assert explained["replay"]["assumed"][0].startswith("alr_2026_01_10_001")


def test_a_bundle_has_no_history(of_bundle: Server) -> None:
    answer = of_bundle.get("/v2/model-aliases/code.fast/history")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "no_history"
    assert "bundle" in error["message"]


def test_without_git_there_is_no_history(
    start: Callable[..., Server], desk: Desk, tmp_path: Path
) -> None:
    alone = tmp_path / "alone"
    desk.releases.rename(alone)
    server = start(cwd=tmp_path, env={"ZUMIK_WORKSPACE": str(alone)})
    answer = server.get("/v2/model-aliases/code.fast/history")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_history")
    assert server.get("/v2/model-aliases/code.fast").status_code == 200


def test_a_withdrawal_is_shown_without_a_restart(start: Callable[..., Server], desk: Desk) -> None:
    server = start(cwd=desk.repo)
    pointer = server.get("/v2/model-aliases/code.fast").json()["pointer"]
    assert server.get("/v2/model-aliases/code.fast").json()["withdrawn"] is None
    ref = ReleaseRef(ReleaseId(pointer["release"]), Digest(pointer["sha256"]))
    place = desk.releases / WITHDRAWN
    place.mkdir()
    mark = Withdrawal(ref, "wrong price", NOON)
    (place / mark.file_name).write_bytes(withdrawal_to_bytes(mark))
    told = until(lambda: server.get("/v2/model-aliases/code.fast").json()["withdrawn"])
    assert told["reason"] == "wrong price"
