"""Clients that others' generators make of `/openapi.json` call every operation of a real server.

`ZUMIK_CLIENT_GENERATORS` is a folder with openapi-python-client in `bin`, and with
openapi-typescript, openapi-fetch and TypeScript in `node_modules`; `.ci/run` fills one.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")
from tests.cli.conversation import Desk, Played
from tests.integration.serve.server import KEY, WRONG, Server, serving

GENERATORS = Path(os.environ.get("ZUMIK_CLIENT_GENERATORS", "none"))
pytestmark = pytest.mark.skipif(
    not GENERATORS.is_dir(), reason="needs the folder ZUMIK_CLIENT_GENERATORS"
)
CALLS = Path(__file__).parent / "clients" / "calls.ts"
PACKAGE = "zumik_generated_client"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workspace with aliases that landed, at which callers need a key."""
    from zumik.serve.api_keys import hashed

    place = tmp_path_factory.mktemp("clients")
    (place / "keys").write_text(f"{hashed('gateway', KEY.encode())}\n")
    desk: Desk = Played(tmp_path_factory.mktemp("cases")).desk("promoted").copy(place / "desk")
    with serving(place, "--api-keys", str(place / "keys"), cwd=desk.repo) as running:
        yield running


@pytest.fixture(scope="module")
def document(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The served document, as a file."""
    place = tmp_path_factory.mktemp("document") / "openapi.json"
    answer = server.get("/openapi.json", headers={"authorization": f"Bearer {KEY}"})
    place.write_bytes(answer.content)
    return place


def operations(document: Path) -> dict[str, tuple[str, str]]:
    """The operations by id: what a generated client calls them by, and their method and path."""
    paths = json.loads(document.read_bytes())["paths"]
    return {
        operation["operationId"]: (operation["tags"][0], f"{method} {path}")
        for path, item in paths.items()
        for method, operation in item.items()
    }


def run(*arguments: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "PATH": f"{GENERATORS / 'bin'}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


# --- Python


@pytest.fixture(scope="module")
def generated(document: Path) -> Iterator[SimpleNamespace]:
    """The package that openapi-python-client makes of the whole document, without a warning."""
    target = document.parent / PACKAGE
    said = run(
        *(GENERATORS / "bin" / "openapi-python-client", "generate", "--meta", "none"),
        *("--path", document, "--output-path", target, "--fail-on-warning"),
        cwd=document.parent,
    )
    assert "Warning" not in said, said
    with ExitStack() as stack:
        sys.path.insert(0, str(document.parent))
        stack.callback(sys.path.remove, str(document.parent))
        package, models = (importlib.import_module(PACKAGE + more) for more in ("", ".models"))
        yield SimpleNamespace(package=package, models=models)


def function(tag: str, operation: str) -> Callable[..., Any]:
    """The function of the package that calls an operation."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    found: Callable[..., Any] = importlib.import_module(f"{PACKAGE}.api.{tag}.{name}").sync_detailed
    return found


def arguments_by_operation(server: Server, models: Any) -> dict[str, list[dict[str, Any]]]:
    """What each operation is asked, once or of each name, as the generated function takes it."""
    headers = {"authorization": f"Bearer {KEY}"}

    def each(name: str, path: str) -> list[dict[str, Any]]:
        listed = server.get(path, headers=headers).json()["data"]
        return [{name: item["id"]} for item in listed]

    by_model, by_alias = each("model", "/v1/models"), each("alias", "/v2/model-aliases")
    questions = [
        {"reference": named["alias"], "request": {"input_tokens": 80}} for named in by_alias
    ]
    lines = [server.post("/v2/resolve", body, headers=headers).json() for body in questions]
    return {
        "listModels": [{}],
        "retrieveModel": by_model,
        "showModel": by_model,
        "listAliases": [{}, {"limit": 1}],
        "showAlias": by_alias,
        "listCandidates": by_alias,
        "listMoves": by_alias,
        "listReleases": [{}, {"limit": 1}],
        "showRelease": each("release", "/v2/alias-releases"),
        "resolve": [{"body": models.ReferenceBody.from_dict(body)} for body in questions],
        "explain": [
            *({"body": models.ReferenceBody.from_dict(body)} for body in questions),
            *({"body": models.ReceiptBody(receipt=line["receipt"])} for line in lines),
            *({"body": models.LogLineBody.from_dict({"log_line": line})} for line in lines),
        ],
        "replay": [{"body": models.ReplayBody(log_lines=lines)}],
        "showHealth": [{}],
        "showReadiness": [{}],
        "showMetrics": [{}],
    }


@pytest.mark.parametrize("workspace", ["server", "example"])
def test_the_python_client_calls_every_operation(
    workspace: str, document: Path, generated: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(workspace)
    arguments = arguments_by_operation(server, generated.models)
    described = operations(document)
    assert set(arguments) == set(described)
    assert all(arguments.values())
    client = generated.package.AuthenticatedClient(
        base_url=server.url, token=KEY, raise_on_unexpected_status=True
    )
    with client:
        for operation, (tag, _) in described.items():
            for given in arguments[operation]:
                answer = function(tag, operation)(client=client, **given)
                assert answer.status_code == 200, (operation, given, answer.content)
                if operation == "showMetrics":
                    assert answer.parsed == answer.content.decode()
                else:
                    # Its models hold the whole answer: nothing is lost, and nothing is added.
                    assert answer.parsed.to_dict() == json.loads(answer.content), operation


def test_the_python_client_reads_errors(server: Server, generated: SimpleNamespace) -> None:
    def error_of(key: str, tag: str, operation: str, *given: Any) -> Any:
        client = generated.package.AuthenticatedClient(
            base_url=server.url, token=key, raise_on_unexpected_status=True
        )
        with client:
            return function(tag, operation)(*given, client=client).parsed.error

    assert error_of(KEY, "aliases", "showAlias", "no.such.alias").hint
    assert error_of(KEY, "openai", "retrieveModel", "no/such-model").code == "model_not_found"
    assert error_of(WRONG, "aliases", "listAliases").code == "invalid_api_key"


def test_the_python_client_keeps_an_answer_that_did_not_change(
    server: Server, generated: SimpleNamespace
) -> None:
    client = generated.package.AuthenticatedClient(base_url=server.url, token=KEY)
    with client:
        first = function("aliases", "listAliases")(client=client)
        etag = first.headers["etag"]
        assert (
            function("aliases", "listAliases")(client=client, if_none_match=etag).status_code == 304
        )


# --- TypeScript


def test_the_typescript_client_calls_every_operation(server: Server, document: Path) -> None:
    place = document.parent / "typescript"
    place.mkdir()
    (place / "node_modules").symlink_to(GENERATORS / "node_modules")
    (place / "package.json").write_text('{"type": "module"}')
    (place / "calls.ts").write_bytes(CALLS.read_bytes())
    programs = GENERATORS / "node_modules" / ".bin"
    run(programs / "openapi-typescript", document, "--output", "schema.ts", cwd=place)
    run(
        *(programs / "tsc", "--strict", "--target", "es2022", "--module", "nodenext"),
        *("--lib", "es2022,dom", "--types", "node", "calls.ts"),
        cwd=place,
    )
    found = json.loads(run("node", "calls.js", server.url, KEY, cwd=place))
    assert found["called"] == {asked: 200 for _, asked in operations(document).values()}
    assert found["answers"]["verdict"] == "reproduced"
    assert found["answers"]["resolved"] == found["answers"]["winner"]
