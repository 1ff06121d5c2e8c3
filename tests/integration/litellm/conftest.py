"""One upstream, one workspace and one proxy for all tests of this part."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.gateway import (
    KEY,
    Gateway,
    bundle,
    export,
    make_workspace,
    run_zumik,
)
from tests.integration.litellm.limited import limited_gateway
from tests.integration.litellm.recorded import Recorded, record
from tests.integration.litellm.upstream import Upstream

# LiteLLM looks for a newer price list in the network when it is imported, unless it is told not to.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture(autouse=True)
def _behaves_well(request: pytest.FixtureRequest) -> None:
    if "upstream" in request.fixturenames:
        request.getfixturevalue("upstream").forget()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("desk") / "repo"
    make_workspace(root)
    return root


@pytest.fixture(scope="session")
def live(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("live") / "live.json"
    bundle(workspace, file)
    return file


@pytest.fixture(scope="session")
def gateway(
    workspace: Path, live: Path, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    running = Gateway(
        tmp_path_factory.mktemp("gateway"), export(workspace, upstream.base, "--bundle", str(live))
    )
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def limited(
    workspace: Path, live: Path, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    running = limited_gateway(tmp_path_factory.mktemp("limited"), workspace, live, upstream)
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def open_ai(gateway: Gateway) -> Iterator[Any]:
    openai = pytest.importorskip("openai", reason="needs the integration extra")
    with openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=KEY, max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def claude(gateway: Gateway) -> Iterator[Any]:
    anthropic = pytest.importorskip("anthropic", reason="needs the integration extra")
    with anthropic.Anthropic(base_url=gateway.base, api_key=KEY, max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def recorded(
    workspace: Path, live: Path, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Recorded:
    found = json.loads(run_zumik(workspace, "resolve", "code.fast", "--format", "json"))
    place = tmp_path_factory.mktemp("recorded")
    return record(workspace, live, upstream, place, found["alias_release"])


@pytest.fixture
def call() -> str:
    """Marks one call in LiteLLM's log, as callers mark theirs."""
    return uuid.uuid4().hex
