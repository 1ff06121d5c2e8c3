"""What `/openapi.json` says holds: of the routes, of real answers, and when schemathesis asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("openapi_spec_validator", reason="needs the extra integration")
pytest.importorskip("schemathesis", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.cli.conversation import Desk
from tests.integration.serve.server import (
    KEY,
    ONE,
    Server,
    both_at,
    confidential_bundle,
    write_bundle,
)

from zumik.resolver import Resolver
from zumik.resources import api_document_bytes
from zumik.serve.api_document import api_document
from zumik.serve.asgi import Authentication
from zumik.serve.routes import described_routes
from zumik.serve.state import ServeState

WRITTEN: dict[str, Any] = json.loads(api_document_bytes())

QUESTIONS: list[tuple[str, object]] = [
    ("/v2/resolve", {"reference": "code.fast"}),
    ("/v2/resolve", {"reference": "code.fast", "request": {"input_tokens": 80}}),
    ("/v2/resolve", {"reference": "bolt/big"}),
    ("/v2/resolve", {"reference": "no.such.alias"}),
    ("/v2/resolve", {"reference": 1}),
    ("/v2/explain", {"reference": "code.fast"}),
    ("/v2/explain", {"reference": "bolt/big"}),
    ("/v2/explain", {"log_line": {"requested_model": "code.fast"}}),
    ("/v2/explain", {"receipt": "not a receipt"}),
    ("/v2/replay", {"log_lines": [{"requested_model": "code.fast"}, 1]}),
    ("/v2/replay", {}),
]


def test_routes_and_described_paths_are_the_same(tmp_path: Path) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    state = ServeState(Resolver.from_bundle(tmp_path / "live.json"))
    with ThreadPoolExecutor(1) as pool:
        routes = [
            (route.path_format, method.lower())
            for route in described_routes(state, pool)
            for method in route.methods or ()
        ]
    described = [(path, method) for path, item in WRITTEN["paths"].items() for method in item]
    assert sorted(routes) == sorted(described)


def references(tree: object) -> Iterator[str]:
    if isinstance(tree, list):
        for item in tree:
            yield from references(item)
    elif isinstance(tree, dict):
        if "$ref" in tree:
            yield tree["$ref"]
        for value in tree.values():
            yield from references(value)


def test_the_served_document_is_complete_in_itself(of_bundle: Server) -> None:
    document = of_bundle.get("/openapi.json").json()
    for reference in set(references(document)):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert isinstance(found, dict), reference
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_served_document_is_valid_openapi(
    start: Callable[..., Server], of_bundle: Server, tmp_path: Path, keys: Path
) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    with_keys = start("--bundle", str(tmp_path / "live.json"), "--api-keys", str(keys))
    for server in (of_bundle, with_keys):
        answer = server.get("/openapi.json", headers={"authorization": f"Bearer {KEY}"})
        OpenAPIV31SpecValidator(answer.json()).validate()
        assert answer.json()["servers"] == WRITTEN["servers"]
        assert "security" in answer.json()


def test_each_reference_leads_to_a_component(of_bundle: Server) -> None:
    document = of_bundle.get("/openapi.json").json()
    for reference in set(references(document)):
        assert reference.count("/") == 3, reference


def test_an_empty_default_is_no_day() -> None:
    """A generator of clients parses the default of each `date`."""

    def require_default(tree: object) -> None:
        if isinstance(tree, list):
            for item in tree:
                require_default(item)
        elif isinstance(tree, dict):
            if "format" in tree and "default" in tree:
                Draft202012Validator(
                    tree, format_checker=Draft202012Validator.FORMAT_CHECKER
                ).validate(tree["default"])
            for value in tree.values():
                require_default(value)

    require_default(json.loads(api_document(Authentication())))


def test_every_operation_has_words_and_answers() -> None:
    tags = {tag["name"] for tag in WRITTEN["tags"]}
    names = set()
    for path, operations in WRITTEN["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert set(operation["tags"]) <= tags, path
            assert operation["description"].endswith("."), path
            assert "200" in operation["responses"]
            names.add(operation["operationId"])
    assert len(names) == len(WRITTEN["paths"])


def test_every_component_is_used() -> None:
    used = set(references(WRITTEN))
    for kind in ("parameters", "responses", "schemas"):
        for name in WRITTEN["components"][kind]:
            assert f"#/components/{kind}/{name}" in used


def require_described(
    document: dict[str, Any], template: str, method: str, status: int, body: object
) -> None:
    """That the document describes an answer, and that the answer is as it says."""
    response = document["paths"][template][method]["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(body)


def names_in(server: Server, headers: dict[str, str]) -> dict[str, list[str]]:
    """What there is to ask for, and one of each that there is not."""

    def ids(path: str) -> list[str]:
        return [item["id"] for item in server.get(path, headers=headers).json()["data"]]

    return {
        "alias": [*ids("/v2/model-aliases"), "no.such.alias"],
        "model": [*ids("/v1/models")[:10], "no/such-model"],
        "release": [*ids("/v2/alias-releases"), "alr_1999_01_01_001"],
    }


def require_answers_as_described(server: Server, headers: dict[str, str]) -> None:
    document = server.get("/openapi.json", headers=headers).json()
    names = names_in(server, headers)
    for template, operations in document["paths"].items():
        if "get" not in operations or template == "/metrics":
            continue
        _, opened, rest = template.partition("{")
        name = rest.partition("}")[0]
        for value in names[name] if opened else [""]:
            path = template.replace(f"{{{name}}}", value)
            answer = server.get(path, headers=headers)
            require_described(document, template, "get", answer.status_code, answer.json())
    for path, question in QUESTIONS:
        answer = server.post(path, question, headers=headers)
        require_described(document, path, "post", answer.status_code, answer.json())


def test_answers_from_a_workspace_are_as_described(example: Server) -> None:
    require_answers_as_described(example, {})


def test_answers_from_a_bundle_are_as_described(of_bundle: Server) -> None:
    require_answers_as_described(of_bundle, {})


@pytest.mark.parametrize("headers", [{}, {"authorization": f"Bearer {KEY}"}])
def test_answers_with_confidential_facts_are_as_described(
    start: Callable[..., Server], tmp_path: Path, keys: Path, headers: dict[str, str]
) -> None:
    write_bundle(tmp_path / "live.json", confidential_bundle())
    arguments = ("--bundle", str(tmp_path / "live.json"), "--api-keys", str(keys), "--no-auth")
    require_answers_as_described(start(*arguments), headers)


def test_the_document_asks_for_a_key_where_the_server_does(
    start: Callable[..., Server], of_bundle: Server, tmp_path: Path, keys: Path
) -> None:
    without = of_bundle.get("/openapi.json").json()
    assert without["security"] == []
    assert "securitySchemes" not in without["components"]
    write_bundle(tmp_path / "live.json", both_at(ONE))
    server = start("--bundle", str(tmp_path / "live.json"), "--api-keys", str(keys))
    found = server.get("/openapi.json", headers={"authorization": f"Bearer {KEY}"}).json()
    assert found["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    assert found["security"] == [{"key": []}]
    assert {} in found["paths"]["/healthz"]["get"]["security"]


def fuzzed(server: Server, logs: Path, *more: str) -> str:
    """Run schemathesis; it has to find nothing."""
    import subprocess
    import sys

    done = subprocess.run(
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("run", f"{server.url}/openapi.json", "--checks", "all", "--seed", "20261125"),
            *("--max-examples", "60", "--no-color", "--suppress-health-check", "all", *more),
        ],
        cwd=logs,
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Traceback" not in server.told()
    return done.stdout


def test_schemathesis_finds_nothing_in_a_bundle(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    print(fuzzed(start("--bundle", str(tmp_path / "live.json")), tmp_path))


def test_schemathesis_finds_nothing_with_keys_in_a_workspace(
    start: Callable[..., Server], desk: Desk, tmp_path: Path, keys: Path
) -> None:
    server = start("--api-keys", str(keys), cwd=desk.repo)
    print(fuzzed(server, tmp_path, "--header", f"Authorization: Bearer {KEY}"))
