"""What was ever confidential is in no answer to a caller without a key, on any route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra serve")
pytest.importorskip("httpx", reason="needs the extra integration")

from starlette.testclient import TestClient
from tests.cli.confidential_provider import CATALOG, NAMES
from tests.cli.conversation import Desk
from tests.integration.serve.server import KEY

from zumik.actions.gateways.write_bundle import write_bundle
from zumik.actions.live.landed_pointers import LandedPointers
from zumik.actions.session import Session
from zumik.resolver import Resolver
from zumik.resources import api_document_bytes
from zumik.serve.api_keys import KeyFile, hashed
from zumik.serve.asgi import Authentication
from zumik.serve.routes import new_application
from zumik.serve.state import ServeState
from zumik.serve.view import now

ALIAS = "review.listed"
PATHS: dict[str, dict[str, Any]] = json.loads(api_document_bytes())["paths"]


@pytest.fixture
def line(desk: Desk) -> list[str]:
    """The releases of a workspace that ranked a confidential provider once, oldest first."""
    workspace = desk.releases
    catalog = workspace / "catalog" / "hush.yaml"
    policy = next(p for p in (workspace / "policy").glob("*.yaml") if ALIAS in p.read_text())
    before = policy.read_text()
    catalog.write_text(CATALOG)
    listed = "candidates: [hush/quiet, hush/whisper-7b, "
    policy.write_text(
        before.replace('candidates: ["acme/large:deep"', f'{listed}"acme/large:deep"')
    )
    desk.git("add", "-A")
    desk.git("commit", "-qm", "Try hush")
    assert desk.zumik("release", "create", "--note", "hush/quiet is a bargain").exit_code == 0
    moved = desk.zumik("alias", "promote", ALIAS, "--latest", "--reason", "whisper-7b was slower")
    assert moved.exit_code == 0, moved.err
    catalog.unlink()
    policy.write_text(before)
    desk.git("add", "-A")
    desk.git("commit", "-qm", "Forget it")
    assert desk.zumik("release", "create", "--note", "Without shh-2026").exit_code == 0
    assert desk.zumik("alias", "promote", ALIAS, "--latest", "--reason", "Back").exit_code == 0
    desk.git("update-ref", "refs/remotes/origin/main", "HEAD")
    return sorted(path.name[:18] for path in (workspace / "frozen").glob("*.json"))


@contextmanager
def asking(desk: Desk, tmp_path: Path, *, bundle: bool = False) -> Iterator[TestClient]:
    """A client of a server in this process, which has keys and answers without one too."""
    keys = tmp_path / "keys"
    keys.write_text(f"{hashed('gateway', KEY.encode())}\n")
    authentication = Authentication(KeyFile(keys), optional=True)
    root = desk.releases
    if bundle:
        write_bundle(Session(root), tmp_path / "live.json", "HEAD", every=False)
        state = ServeState(Resolver.from_bundle(tmp_path / "live.json"), list_aliases=True)
    else:
        state = ServeState(
            Resolver.from_workspace(root),
            root=root,
            histories=lambda: LandedPointers(Session(root)),
            list_aliases=True,
        )
    with TestClient(new_application(state, authentication)) as client:
        yield client


def requests_to(path: str, releases: list[str], models: list[str]) -> Iterator[tuple[str, Any]]:
    """Every way to ask a described path about each alias, release and model."""
    for name, values in (("alias", [ALIAS]), ("release", releases), ("model", models)):
        if f"{{{name}}}" in path:
            yield from ((path.replace(f"{{{name}}}", value), None) for value in values)
            return
    if "post" not in PATHS[path]:
        yield from ((f"{path}?order={order}&limit=100", None) for order in ("asc", "desc"))
        return
    references = [ALIAS, *(f"{ALIAS}@{release}" for release in releases)]
    lines = [
        {"requested_model": ALIAS, "alias_release": release, "resolved_model": "openai/gpt-5"}
        for release in releases
    ]
    if path == "/v2/replay":
        yield path, {"log_lines": lines}
        return
    for reference in references:
        yield path, {"reference": reference}
        yield path, {"reference": reference, "request": {"capabilities": ["no-such-thing"]}}
    if path == "/v2/explain":
        yield from ((path, {"log_line": line}) for line in lines)


@pytest.mark.parametrize("bundle", [False, True])
def test_no_route_names_what_any_release_kept_confidential(
    desk: Desk, line: list[str], tmp_path: Path, bundle: bool
) -> None:
    with asking(desk, tmp_path, bundle=bundle) as client:
        models = [item["id"] for item in client.get("/v1/models").json()["data"]][:3]
        asked = 0
        for path in PATHS:
            for url, body in requests_to(path, line, models):
                answer = client.get(url) if body is None else client.post(url, json=body)
                found = [name for name in NAMES if name in answer.text.lower()]
                assert found == [], (url, body, answer.text)
                assert answer.status_code != 500, (url, answer.text)
                asked += 1
        assert asked > 20


@pytest.mark.parametrize("bundle", [False, True])
def test_no_page_names_it_even_to_a_caller_with_a_key(
    desk: Desk, line: list[str], tmp_path: Path, bundle: bool
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra pages")
    from zumik.pages.site import Site
    from zumik.serve.view_source import ViewSource

    with asking(desk, tmp_path, bundle=bundle) as client:
        view = client.app.state.view  # type: ignore[attr-defined]
        addresses = [*Site(ViewSource(view, None, {}, now())).addresses()]
        addresses += ["models/hush/quiet/", f"aliases/{ALIAS}/{line[-2]}/"]
        shown = 0
        for address in addresses:
            for headers in ({}, {"authorization": f"Bearer {KEY}"}):
                answer = client.get(f"/{address}", headers=headers)
                # What ships with zumik, and so the name of a class, says nothing of a workspace.
                said = re.sub(r' class="[^"]*"', "", answer.text).lower()
                found = [name for name in NAMES if name in said]
                assert found == [] or address.endswith((".js", ".css")), (address, answer.text)
                assert answer.status_code in (200, 404), (address, answer.text)
                shown += answer.status_code == 200
        assert shown > 100


def test_a_caller_with_a_key_sees_it_and_others_see_that_it_is_there(
    desk: Desk, line: list[str], tmp_path: Path
) -> None:
    bearer = {"authorization": f"Bearer {KEY}"}
    pinned = {"reference": f"{ALIAS}@{line[-2]}"}
    with asking(desk, tmp_path) as client:
        assert "hush/quiet" in client.get(f"/v2/alias-releases/{line[-2]}", headers=bearer).text
        assert "hush/quiet" in client.post("/v2/resolve", json=pinned, headers=bearer).text
        assert client.post("/v2/resolve", json=pinned).status_code == 403
        assert client.get(f"/v2/alias-releases/{line[-2]}").status_code == 403
        # What names nothing confidential is answered as ever.
        assert client.get(f"/v2/alias-releases/{line[0]}").status_code == 200
        assert client.post("/v2/resolve", json={"reference": ALIAS}).status_code == 200
        moves = client.get(f"/v2/model-aliases/{ALIAS}/history").json()["data"]
        assert [move.get("withheld", False) for move in moves] == [False, True, False]


def test_a_person_s_word_in_the_catalog_shows_it(
    desk: Desk, line: list[str], tmp_path: Path
) -> None:
    catalog = desk.releases / "catalog" / "hush.yaml"
    catalog.write_text(CATALOG.replace("confidential: true", "confidential: false"))
    with asking(desk, tmp_path) as client:
        assert "hush/quiet" in client.get(f"/v2/alias-releases/{line[-2]}").text


def test_the_names_that_a_caller_asks_with_reveal_nothing(
    desk: Desk, line: list[str], tmp_path: Path
) -> None:
    with asking(desk, tmp_path) as client:
        known, unknown = (
            client.post("/v2/resolve", json={"reference": model})
            for model in ("hush/quiet", "none/quiet")
        )
        assert known.status_code == unknown.status_code == 404
        assert known.text.replace("hush/", "none/") == unknown.text


@pytest.mark.parametrize(
    "text", ["quiet", "Quiet", "shh-2026", "hush/quite", "whisper-7b", "prod-shh"]
)
def test_no_hint_proposes_what_is_confidential(
    desk: Desk, line: list[str], tmp_path: Path, text: str
) -> None:
    asked = [("/v2/resolve", {"reference": text}), ("/v2/explain", {"reference": text})]
    with asking(desk, tmp_path) as client:
        answers = [client.post(path, json=body) for path, body in asked]
        answers.append(client.get(f"/v2/model-aliases/{text}"))
        for answer in answers:
            assert answer.status_code == 404, answer.text
            assert "hush/" not in answer.text.replace(text, ""), answer.text
            assert "did you mean" not in answer.text, answer.text
        bearer = {"authorization": f"Bearer {KEY}"}
        hint = "did you mean hush/whisper-7b?"
        found = client.post("/v2/resolve", json={"reference": "whisper/whisper-7b"}, headers=bearer)
        assert found.json()["error"]["hint"] == hint


def test_a_hint_proposes_a_model_that_an_older_release_has(
    desk: Desk, line: list[str], tmp_path: Path
) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    with asking(desk, tmp_path) as client:
        for body in ({"reference": "quiet"}, {"reference": "Quiet"}, {"reference": "hush/quite"}):
            found = client.post("/v2/resolve", json=body, headers=headers)
            assert found.json()["error"]["hint"] == "did you mean hush/quiet?", found.text
        found = client.get("/v2/model-aliases/quiet", headers=headers)
        assert found.json()["error"]["hint"] == "did you mean hush/quiet?"
