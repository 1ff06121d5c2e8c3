"""`/v1/models`, asked as applications ask it: with the stock client of OpenAI."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("openai", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
import openai
from tests.integration.serve.server import ONE, Server, both_at, write_bundle

GOLDEN = Path(__file__).parent / "golden" / "models.json"


def client(server: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused", max_retries=0)


def test_the_example_gives_exactly_these_bytes(example: Server) -> None:
    data = example.get("/v1/models").content
    if os.environ.get("UPDATE_EXPECTED"):
        GOLDEN.write_bytes(data)
    assert data == GOLDEN.read_bytes()


def test_the_stock_client_reads_every_field_of_every_model(example: Server) -> None:
    with client(example) as asked:
        models = asked.models.list().data
    assert len(models) == len(json.loads(GOLDEN.read_bytes())["data"]) > 20
    for model in models:
        assert not model.model_extra, model
        assert model.object == "model"
        assert isinstance(model.created, int)


def test_models_have_exactly_these_fields_in_this_order(example: Server) -> None:
    whole = ["id", "object", "created", "owned_by", "shutdown_date"]
    found = [list(model) for model in example.get("/v1/models").json()["data"]]
    assert all(keys in (whole, whole[:4]) for keys in found)
    assert whole in found


@pytest.mark.parametrize("name", ["anthropic/claude-haiku-4-5", "anthropic/claude-fable-5-1:xhigh"])
def test_the_stock_client_retrieves_ids_with_slashes_and_colons(example: Server, name: str) -> None:
    with client(example) as asked:
        assert asked.models.retrieve(name).id == name


@pytest.mark.parametrize(
    "path",
    [
        "anthropic/claude-fable-5-1:xhigh",
        "anthropic%2Fclaude-fable-5-1%3Axhigh",
        "anthropic%2fclaude-fable-5-1%3axhigh",
    ],
)
def test_an_id_may_be_percent_encoded(example: Server, path: str) -> None:
    answer = example.get(f"/v1/models/{path}")
    assert answer.status_code == 200
    assert answer.json()["id"] == "anthropic/claude-fable-5-1:xhigh"


def test_an_unknown_model_raises_not_found_in_the_stock_client(example: Server) -> None:
    with client(example) as asked, pytest.raises(openai.NotFoundError) as raised:
        asked.models.retrieve("acme/none")
    assert raised.value.code == "model_not_found"
    assert raised.value.param == "model"
    assert raised.value.type == "invalid_request_error"
    assert raised.value.body == {
        "message": "The model 'acme/none' does not exist or you do not have access to it.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


@pytest.mark.parametrize(
    "path",
    ["", "..%2f..%2fetc%2fpasswd", "%00", "acme/%00", "%ff%fe/%80", "a/" + "x" * 5000, "acme%0a/b"],
)
@pytest.mark.parametrize("place", ["/v1/models/", "/v2/models/", "/v2/model-aliases/"])
def test_a_hostile_id_is_not_found(example: Server, place: str, path: str) -> None:
    answer = httpx.get(f"{example.url}{place}{path}")
    assert answer.status_code == 404
    assert len(answer.content) < 600
    assert answer.json()["error"]["message"].isprintable()


def test_dots_are_not_resolved(example: Server) -> None:
    with socket.create_connection(("127.0.0.1", example.port), 10) as raw:
        raw.sendall(b"GET /v1/models/../../etc/passwd HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 404")


def test_aliases_are_not_listed(example: Server) -> None:
    ids = [model["id"] for model in example.get("/v1/models").json()["data"]]
    assert all("/" in name for name in ids)
    assert example.get("/v1/models/code.fast").status_code == 404


def test_aliases_are_listed_on_request_in_the_same_shape(
    of_bundle: Server,
) -> None:
    data = of_bundle.get("/v1/models").json()["data"]
    assert data == [
        {"id": "code.fast", "object": "model", "created": 1781006400, "owned_by": "zumik"},
        {"id": "reasoning.best", "object": "model", "created": 1781006400, "owned_by": "zumik"},
        {"id": "acme/small", "object": "model", "created": 0, "owned_by": "acme"},
        {"id": "bolt/big", "object": "model", "created": 0, "owned_by": "bolt"},
    ]
    assert of_bundle.get("/v1/models/code.fast").json() == data[0]
    with client(of_bundle) as asked:
        assert asked.models.retrieve("code.fast").owned_by == "zumik"


def test_facts_name_the_live_aliases_that_choose_the_model(of_bundle: Server) -> None:
    found = of_bundle.get("/v2/models/acme/small").json()
    assert found["serves"] == ["code.fast", "reasoning.best"]
    assert found["facts"]["revision"] == "small-1"
    assert of_bundle.get("/v2/models/bolt/big").json()["serves"] == []


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/acme/small", "/v2/models/acme/small"])
def test_a_matching_etag_gets_304(of_bundle: Server, path: str) -> None:
    first = of_bundle.get(path)
    etag = first.headers["etag"]
    for tags in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = of_bundle.get(path, headers={"if-none-match": tags})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), tags
        assert "content-length" not in again.headers
    other = of_bundle.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_head_is_get_without_a_body(of_bundle: Server) -> None:
    got = of_bundle.get("/v1/models")
    head = httpx.head(f"{of_bundle.url}/v1/models")
    assert head.content == b""
    assert head.headers["content-length"] == str(len(got.content))
    assert httpx.head(f"{of_bundle.url}/v1/models/acme/small").status_code == 200


def test_other_routes_are_not_found(of_bundle: Server) -> None:
    for path in ("/docs", "/redoc", "/v1/chat/completions", "/v2", "/v1/models/acme/small/"):
        answer = of_bundle.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["error"]["code"] in ("unknown_route", "model_not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused_in_the_openai_error_shape(
    of_bundle: Server, method: str
) -> None:
    answer = httpx.request(method, f"{of_bundle.url}/v1/models")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.json()["error"]["code"] == "wrong_method"
    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_has_the_security_headers(of_bundle: Server) -> None:
    for path in ("/v1/models", "/v2/model-aliases", "/nothing", "/metrics", "/v1/models/none/such"):
        headers = of_bundle.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "server" not in headers, path


def test_the_docs_page_is_served_on_request(start: Callable[..., Server], tmp_path: Path) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    server = start("--bundle", str(tmp_path / "live.json"), "--docs")
    answer = server.get("/docs")
    assert answer.status_code == 200
    assert "content-security-policy" not in answer.headers
