"""What `/openapi.json` says holds: schemathesis asks with all its checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("schemathesis", reason="needs the extra integration")
pytest.importorskip("fastapi", reason="needs the extra serve")

from tests.cli.conversation import Desk
from tests.integration.serve.server import KEY, ONE, Server, both_at, write_bundle

ROUTES = {
    "/v1/models",
    "/v1/models/{model}",
    "/v2/models/{model}",
    "/v2/model-aliases",
    "/v2/model-aliases/{alias}",
    "/v2/model-aliases/{alias}/candidates",
    "/v2/model-aliases/{alias}/history",
    "/v2/alias-releases",
    "/v2/alias-releases/{release}",
    "/v2/resolve",
    "/v2/explain",
    "/v2/replay",
    "/healthz",
    "/readyz",
    "/metrics",
}


def test_every_route_is_described(of_bundle: Server) -> None:
    found = of_bundle.get("/openapi.json").json()
    assert set(found["paths"]) == ROUTES
    assert "HTTPValidationError" not in found["components"]["schemas"]
    for path, operations in found["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation.get("description"), path
            assert "200" in operation["responses"]
            assert "422" not in operation["responses"]


def test_the_security_scheme_is_there_with_keys(
    start: Callable[..., Server], tmp_path: Path, keys: Path
) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    server = start("--bundle", str(tmp_path / "live.json"), "--api-keys", str(keys))
    found = server.get("/openapi.json", headers={"authorization": f"Bearer {KEY}"}).json()
    assert found["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    assert found["paths"]["/v1/models"]["get"]["security"] == [{"key": []}]
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
