"""Who may ask from where, and what is confidential."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("openai", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
import openai
from tests.core.bundles import bundled, pointed
from tests.integration.serve.server import (
    CONFIDENTIAL,
    DEADLINE,
    KEY,
    ONE,
    WRONG,
    Server,
    both_at,
    command,
    confidential_bundle,
    until,
    write_bundle,
    write_bytes,
)

from zumik.serve import alias_routes
from zumik.serve.answers import Refusal
from zumik.serve.api_keys import KeyFile, Keys, hashed
from zumik.serve.list_pages import Page
from zumik.serve.release_source import BundleReleases
from zumik.serve.view import View

OTHER = WRONG
BEARER = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def live(tmp_path: Path) -> Path:
    place = tmp_path / "live.json"
    write_bundle(place, both_at(ONE))
    return place


@pytest.fixture
def hushed(tmp_path: Path) -> Path:
    place = tmp_path / "hushed.json"
    write_bundle(place, confidential_bundle())
    return place


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
@pytest.mark.parametrize("no_auth", [False, True])
def test_loopback_needs_no_key(
    start: Callable[..., Server], live: Path, host: str, no_auth: bool
) -> None:
    server = start("--bundle", str(live), "--host", host, *["--no-auth"] * no_auth)
    assert server.get("/v1/models").status_code == 200
    assert server.get("/v1/models", headers={"authorization": "Bearer any"}).status_code == 200
    assert "warning" not in server.told()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_listening_beyond_loopback_without_keys_is_refused(
    live: Path, tmp_path: Path, host: str
) -> None:
    done = subprocess.run(
        command("--bundle", str(live), "--host", host, "--port", "0"),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    if "cannot listen" in done.stderr:
        pytest.skip("there is no IPv6 here")
    assert done.returncode == 2
    assert "other machines can reach" in done.stderr
    assert "--api-keys FILE" in done.stderr
    assert "--hash-key" in done.stderr
    assert "--no-auth" in done.stderr


def _at_loopback(server: Server) -> None:
    server.url = server.url.replace("0.0.0.0", "127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_with_keys_a_request_needs_a_key(
    start: Callable[..., Server], live: Path, keys: Path, host: str
) -> None:
    server = start("--bundle", str(live), "--host", host, "--api-keys", str(keys))
    _at_loopback(server)
    for path in ("/v1/models", "/v2/model-aliases", "/metrics", "/openapi.json", "/nothing"):
        for headers in (
            {},
            {"authorization": f"Bearer {WRONG}"},
            {"authorization": KEY},
            {"authorization": f"Basic {KEY}"},
            {"authorization": f"Bearer {KEY} x"},
            {"authorization": "Bearer"},
        ):
            answer = server.get(path, headers=headers)
            assert answer.status_code == 401, (path, headers)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["code"] == "invalid_api_key"
        known = server.get(path, headers=BEARER)
        assert known.status_code == (404 if path == "/nothing" else 200)
        assert known.headers["vary"] == "authorization"
    assert server.post("/v2/resolve", {"reference": "code.fast"}).status_code == 401
    assert server.get("/healthz").status_code == server.get("/readyz").status_code == 200
    release = server.get(f"/v2/alias-releases/{ONE.ref.id}", headers=BEARER)
    assert release.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert server.get("/v1/models", headers=BEARER).headers["cache-control"].startswith("private")


def test_the_key_file_may_be_a_symlink(
    start: Callable[..., Server], live: Path, keys: Path, tmp_path: Path
) -> None:
    (tmp_path / "mounted").symlink_to(keys)
    server = start("--bundle", str(live), "--api-keys", str(tmp_path / "mounted"))
    assert server.get("/v1/models", headers=BEARER).status_code == 200


def test_two_keys_in_one_request_are_refused(
    start: Callable[..., Server], live: Path, keys: Path
) -> None:
    server = start("--bundle", str(live), "--api-keys", str(keys))
    pairs = [("authorization", f"Bearer {KEY}")] * 2
    assert httpx.get(f"{server.url}/v1/models", headers=pairs).status_code == 401


def test_the_stock_client_raises_an_authentication_error(
    start: Callable[..., Server], live: Path, keys: Path
) -> None:
    server = start("--bundle", str(live), "--api-keys", str(keys))
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key=WRONG, max_retries=0) as asked,
        pytest.raises(openai.AuthenticationError) as raised,
    ):
        asked.models.list()
    assert raised.value.code == "invalid_api_key"
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as asked:
        assert asked.models.list().data


def test_no_auth_beyond_loopback_warns(start: Callable[..., Server], live: Path) -> None:
    server = start("--bundle", str(live), "--host", "0.0.0.0", "--no-auth")
    _at_loopback(server)
    assert server.get("/v1/models").status_code == 200
    assert "warning: --no-auth: everyone who reaches this address can read" in server.told()


def test_confidential_facts_are_hidden_without_a_key(
    start: Callable[..., Server], hushed: Path, keys: Path
) -> None:
    server = start("--bundle", str(hushed), "--api-keys", str(keys), "--no-auth")
    told = []

    def get(path: str, status: int) -> object:
        answer = server.get(path)
        told.append(answer.text)
        assert answer.status_code == status, (path, answer.text)
        return answer.json()

    def post(path: str, body: object, status: int) -> object:
        answer = server.post(path, body)
        assert answer.status_code == status, (path, body, answer.text)
        told.append(answer.text)
        return answer.json()

    models = get("/v1/models", 200)
    assert [m["id"] for m in models["data"]] == ["acme/small", "bolt/big"]  # type: ignore[index]
    alias_routes = get("/v2/model-aliases", 200)["data"]  # type: ignore[index]
    assert alias_routes[0]["winner"] == "bolt/big"
    assert alias_routes[1] == {
        "id": "reasoning.best",
        "object": "model_alias",
        "alias": "reasoning.best",
        "withheld": True,
    }
    get("/v2/model-aliases/code.fast", 200)
    get("/v2/model-aliases/code.fast/candidates", 200)
    get("/v2/model-aliases/reasoning.best", 403)
    get("/v2/model-aliases/reasoning.best/candidates", 403)
    get("/v2/alias-releases", 200)
    get(f"/v2/alias-releases/{CONFIDENTIAL.ref.id}", 403)
    assert get("/v2/models/acme/small", 200)["serves"] == []  # type: ignore[index]
    post("/v2/resolve", {"reference": "code.fast"}, 200)
    pinned = f"reasoning.best@{CONFIDENTIAL.ref.id}"
    for reference in ("reasoning.best", pinned):
        for needs in ({}, {"input_tokens": 400}, {"input_tokens": 10**9}):
            post("/v2/resolve", {"reference": reference, "request": needs}, 403)
        post("/v2/explain", {"reference": reference}, 403)
    post("/v2/explain", {"reference": "code.fast"}, 200)
    line = {"requested_model": "reasoning.best", "alias_release": CONFIDENTIAL.ref.id}
    post("/v2/explain", {"log_line": line}, 403)
    found = post("/v2/replay", {"log_lines": [line, {**line, "requested_model": "code.fast"}]}, 200)
    verdicts = [item["verdict"] for item in found["data"]]  # type: ignore[index]
    assert verdicts[0] == "withheld"
    assert verdicts[1] != "withheld"
    assert "hush" not in "".join(told)
    assert "quiet" not in "".join(told)
    for path in ("/v1/models/hush/quiet", "/v2/models/hush/quiet"):
        assert server.get(path).json()["error"]["code"] == "model_not_found"
    assert server.post("/v2/resolve", {"reference": "hush/quiet"}).status_code == 404


def test_confidential_facts_are_shown_with_a_key(
    start: Callable[..., Server], hushed: Path, keys: Path
) -> None:
    server = start("--bundle", str(hushed), "--api-keys", str(keys), "--no-auth")
    open_to_all = server.get("/v1/models")
    known = server.get("/v1/models", headers=BEARER)
    assert "hush/quiet" in known.text
    assert known.headers["etag"] != open_to_all.headers["etag"]
    assert known.headers["cache-control"].startswith("private")
    best = {"reference": "reasoning.best"}
    answer = server.post("/v2/resolve", best, headers=BEARER)
    assert answer.json()["resolved_model"] == "hush/quiet"
    release = server.get(f"/v2/alias-releases/{CONFIDENTIAL.ref.id}", headers=BEARER)
    assert release.headers["cache-control"].startswith("private")
    wrong = {"authorization": f"Bearer {WRONG}"}
    assert server.get("/v1/models", headers=wrong).status_code == 401
    metrics = server.get("/metrics").text
    assert 'zumik_resolved_total{alias="reasoning.best",reason="withheld"} 1.0' in metrics


@pytest.mark.parametrize("words", ["cheaper than hush", "as good as quiet-1", "unlike hush/quiet"])
def test_a_reason_that_names_a_confidential_model_is_hidden(words: str) -> None:
    told = bundled(pointed(CONFIDENTIAL, reason=words), releases=(CONFIDENTIAL,))
    view = View(told, BundleReleases(told))
    everybody = alias_routes.aliases(view, Page(), authenticated=False, private=False).body.decode()
    assert '"withheld":true' in everybody
    assert words not in everybody
    with pytest.raises(Refusal) as refused:
        alias_routes.alias(view, "code.fast", authenticated=False, private=False)
    assert refused.value.status == 403
    assert (
        words
        in alias_routes.alias(view, "code.fast", authenticated=True, private=True).body.decode()
    )


def test_without_keys_the_log_says_that_facts_are_hidden(
    start: Callable[..., Server], hushed: Path
) -> None:
    server = start("--bundle", str(hushed))
    assert "hush/quiet" not in server.get("/v1/models").text
    until(lambda: "what is confidential is hidden" in server.told())


def test_a_key_is_hashed_from_stdin(tmp_path: Path) -> None:
    done = subprocess.run(
        command("--hash-key", "gateway"),
        input=f"{KEY}\n".encode(),
        capture_output=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == f"{hashlib.sha256(KEY.encode()).hexdigest()}  gateway\n"
    (tmp_path / "keys").write_bytes(done.stdout)
    assert KeyFile(tmp_path / "keys").holder(KEY.encode()) == "gateway"


@pytest.mark.parametrize("key", ["short", "has a space in it somewhere", "ü" * 20, "x" * 600])
def test_a_malformed_key_is_not_hashed(key: str) -> None:
    with pytest.raises(Exception, match="a key on stdin has 16 to 512 characters"):
        hashed("gateway", key.encode())


def test_keys_are_read_again_while_it_runs(start: Callable[..., Server], tmp_path: Path) -> None:
    file, place = tmp_path / "live-keys", tmp_path / "live.json"
    write_bundle(place, both_at(ONE))
    one, two = (hashed(name, key.encode()) for name, key in (("one", KEY), ("two", OTHER)))
    file.write_text(f"{one}\n{two}\n")
    server = start("--bundle", str(place), "--api-keys", str(file))

    def status(key: str) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return int(server.get("/v1/models", headers=headers).status_code)

    assert (status(KEY), status(OTHER)) == (200, 200)
    write_bytes(file, f"{two}\n".encode())
    until(lambda: status(KEY) == 401)
    assert status(OTHER) == 200
    write_bytes(file, b"not a line of keys\n")
    until(lambda: server.get("/readyz").json()["status"] == "degraded")
    assert (status(KEY), status(OTHER)) == (401, 200), "the last good keys"
    write_bytes(file, b"# none\n")
    until(lambda: status(OTHER) == 401)
    write_bytes(file, f"{one}\n".encode())
    until(lambda: status(KEY) == 200)
    assert server.get("/readyz").json()["status"] == "ready"
    assert "new API keys: 1 accepted, 1 removed or replaced" in server.told()
    assert KEY not in server.told()
    assert one.split()[0] not in server.told()


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", f"{KEY}\n", "0" * 63 + "  name\n", ("0" * 64 + "  name\n") * 2]
)
def test_a_malformed_key_file_is_refused_and_not_quoted(
    live: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "keys").write_text(text)
    done = subprocess.run(
        command("--bundle", str(live), "--api-keys", str(tmp_path / "keys"), "--port", "0"),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 4
    assert KEY not in done.stderr
    assert done.stderr.startswith("error: ")


def test_every_hash_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    import hmac

    asked = []
    same = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        asked.append(other)
        return same(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    digests = {n: hashlib.sha256(n.encode()).digest() for n in ("a", "b", "c")}
    assert Keys(digests).holder(b"a") == "a"
    assert asked == list(digests.values())
    assert Keys(digests).holder(b"d") is None
