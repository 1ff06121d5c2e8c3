"""`/v2/resolve`, `/v2/explain` and `/v2/replay`."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
from tests.integration.serve.server import ONE, TWO, Server

FIVE = [
    "requested_model",
    "alias_release",
    "resolved_model",
    "candidates_considered",
    "resolution_reason",
]


def resolved(server: Server, reference: str, **request: Any) -> Any:
    answer = server.post("/v2/resolve", {"reference": reference, "request": request})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_resolve_answers_the_log_line_and_the_receipt(of_bundle: Server) -> None:
    found = resolved(of_bundle, "code.fast")
    assert list(found)[:5] == FIVE
    assert found["resolved_model"] == "acme/small"
    assert found["receipt"] == f"code.fast@{ONE.ref.id}:{ONE.ref.sha256.short}=acme/small"


@pytest.mark.parametrize(
    ("reference", "request_", "model", "reason"),
    [
        ("code.fast", {"input_tokens": 900}, "bolt/big", "next_ranked_meeting_request"),
        (
            "code.fast",
            {"unavailable": ["acme/small"]},
            "bolt/big",
            "next_ranked_after_unavailable",
        ),
        ("code.fast", {"input_tokens": 900.0}, "bolt/big", "next_ranked_meeting_request"),
        (f"code.fast@{TWO.ref.id}", {}, "bolt/big", "first_listed_under_policy"),
        ("bolt/big", {}, "bolt/big", "pinned_target"),
    ],
)
def test_needs_decide_the_answer(
    of_bundle: Server, reference: str, request_: dict[str, object], model: str, reason: str
) -> None:
    found = resolved(of_bundle, reference, **request_)
    assert (found["resolved_model"], found["resolution_reason"]) == (model, reason)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reference": "code.fats"}, 404, "not_found"),
        ({"reference": "Code Fast"}, 404, "not_found"),
        ({"reference": "acme/none"}, 404, "not_found"),
        ({"reference": "code.fast@alr_2026_06_09_009"}, 404, "not_found"),
        ({"reference": "code.fast", "request": {"input_tokens": 10**9}}, 409, "no_candidate"),
        ({"reference": 4}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ([], 400, "bad_request"),
        ({"reference": "code.fast", "prompt": "x"}, 400, "bad_request"),
        ({"reference": "code.fast", "request": {"colour": 1}}, 400, "bad_request"),
        ({"reference": "code.fast", "request": {"input_tokens": -1}}, 400, "bad_request"),
        ({"reference": "code.fast", "request": {"input_tokens": 1.5}}, 400, "bad_request"),
        ({"reference": "code.fast", "request": {"input_tokens": 10**10}}, 400, "bad_request"),
    ],
)
def test_a_request_without_an_answer_gets_the_reason(
    of_bundle: Server, body: object, status: int, code: str
) -> None:
    answer = of_bundle.post("/v2/resolve", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"][: len(code)]) == (status, code)
    assert set(error) == {"message", "type", "param", "code", "hint"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"reference": "a", "reference": "b"}', b"\xff", b"[" * 9000]
)
@pytest.mark.parametrize("path", ["/v2/resolve", "/v2/explain", "/v2/replay"])
def test_malformed_json_is_refused(of_bundle: Server, path: str, body: bytes) -> None:
    answer = httpx.post(of_bundle.url + path, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_json")


def test_another_content_type_is_refused(of_bundle: Server) -> None:
    answer = httpx.post(
        f"{of_bundle.url}/v2/resolve", content=b"{}", headers={"content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_json")


def test_a_logged_line_is_explained(of_bundle: Server) -> None:
    line = resolved(of_bundle, "code.fast", input_tokens=900)
    for asked in ({"log_line": line}, {"receipt": line["receipt"]}):
        found = of_bundle.post("/v2/explain", asked).json()
        assert found["decision"]["resolved_model"] == "bolt/big"
        assert found["release"]["sha256"] == ONE.ref.sha256
        assert found["bytes"]["ledger"] is None
        assert "bundle" in found["release"]["withdrawn_why_not_known"]
    assert found["replay"]["verdict"] == "consistent"


@pytest.mark.parametrize("asked", ["code.fast", "acme/small"])
def test_an_explanation_says_what_the_line_was_taken_from(of_bundle: Server, asked: str) -> None:
    line = resolved(of_bundle, asked)
    inside = {"log": json.dumps(line) + "\n", "stream": "stdout", "time": "2026-11-28T03:00:00Z"}
    found = of_bundle.post("/v2/explain", {"log_line": inside}).json()
    bare = of_bundle.post("/v2/explain", {"log_line": line}).json()
    assert found == {**bare, "taken_from": ["Docker log field"]}
    assert "taken_from" not in bare


def test_a_reference_is_explained(of_bundle: Server) -> None:
    found = of_bundle.post("/v2/explain", {"reference": "code.fast"}).json()
    assert found["replay"] is None
    assert found["live_now"]["resolved_model"] == "acme/small"
    target = of_bundle.post("/v2/explain", {"reference": "bolt/big"}).json()
    assert target["facts"]["revision"] == "big-1"


def test_an_explained_alias_shows_whether_the_ledger_has_its_digest(example: Server) -> None:
    found = example.post("/v2/explain", {"reference": "code.fast"}).json()
    assert found["bytes"]["ledger"] is True
    old = resolved(example, "code.fast@alr_2026_06_09_003")
    assert old["alias_release"] == "alr_2026_06_09_003"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_request"),
        ({"reference": "code.fast", "receipt": "x"}, 400, "bad_request"),
        ({"log_line": {}}, 409, "unreadable_line"),
        ({"log_line": 4}, 409, "unreadable_line"),
        ({"receipt": "x"}, 404, "not_found"),
        ({"receipt": "a@b:0=c", "request": {}}, 400, "bad_request"),
        ({"log_line": {"requested_model": "code.fast", "resolved_model": "a/b"}}, 409, "unrepl"),
        ({"reference": "acme/none"}, 404, "not_found"),
        ({"reference": "code.fats"}, 404, "alias_not_found"),
    ],
)
def test_an_unexplainable_line_gets_the_reason(
    of_bundle: Server, body: object, status: int, code: str
) -> None:
    answer = of_bundle.post("/v2/explain", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"][: len(code)]) == (status, code)


@pytest.mark.parametrize("strange", [10**40, 1e300, {"a": [None]}, "\ud800", "x" * 5000])
def test_unread_fields_may_have_any_value(of_bundle: Server, strange: object) -> None:
    line = {**resolved(of_bundle, "code.fast"), "strange": strange}
    body = json.dumps({"log_lines": [line]}).encode()
    found = httpx.post(f"{of_bundle.url}/v2/replay", content=body).json()
    verdict = found["data"][0]["verdict"]
    assert verdict == "reproduced"


def test_replay_gives_a_verdict_for_each_line(of_bundle: Server) -> None:
    good = resolved(of_bundle, "code.fast", input_tokens=900)
    lines = [
        good,
        {**good, "resolved_model": "acme/small"},
        {key: good[key] for key in FIVE},
        {**good, "alias_release": "alr_2026_06_09_009"},
        {"requested_model": 4},
        "text",
    ]
    found = of_bundle.post("/v2/replay", {"log_lines": lines}).json()
    verdicts = ["reproduced", "diverged", "consistent", "unreplayable", "unreadable", "unreadable"]
    assert [item["verdict"] for item in found["data"]] == verdicts
    assert [item["line"] for item in found["data"]] == [1, 2, 3, 4, 5, 6]
    assert found["verdicts"]["unreadable"] == 2
    assert found["data"][1]["differences"][0]["replayed"] == "bolt/big"


def test_replay_counts_what_was_served(of_bundle: Server) -> None:
    good = resolved(of_bundle, "code.fast", input_tokens=900)
    served = [good["resolved_model"], "acme/small", "code.fast", None]
    lines = [{**good, "served_model": name} for name in served]
    found = of_bundle.post("/v2/replay", {"log_lines": lines}).json()
    said = ["as_resolved", "other_model", "alias_echoed", "not_logged"]
    assert [item["served_model"] for item in found["data"]] == said
    assert found["verdicts"] == {"reproduced": 4}
    assert found["served_models"] == dict.fromkeys(sorted(said), 1)


def test_logged_text_is_not_echoed(of_bundle: Server) -> None:
    line = {"requested_model": "code.fast", "prompt": "a secret thing", "model_info": {"k": "v"}}
    text = of_bundle.post("/v2/replay", {"log_lines": [line]}).text
    assert "secret" not in text


def test_too_many_lines_are_refused(of_bundle: Server) -> None:
    body = {"log_lines": [{}] * 1001}
    assert of_bundle.post("/v2/replay", body).status_code == 400


def test_answers_are_counted_by_alias_and_reason(of_bundle: Server) -> None:
    resolved(of_bundle, "code.fast")
    of_bundle.post("/v2/resolve", {"reference": "made.up.by.a.stranger"})
    of_bundle.get("/made/up/by/a/stranger")
    httpx.request("PROPFIND", f"{of_bundle.url}/v1/models")
    text = of_bundle.get("/metrics").text
    assert 'zumik_resolved_total{alias="code.fast",reason="first_listed_under_policy"}' in text
    assert 'zumik_resolved_total{alias="none",reason="not_found"}' in text
    assert 'zumik_requests_total{method="GET",route="none",status="404"}' in text
    assert 'zumik_requests_total{method="POST",route="/v2/resolve",status="200"}' in text
    assert 'zumik_alias_generation{alias="code.fast"} 1.0' in text
    assert "zumik_problem 0.0" in text
    assert "zumik_bundle_age_seconds" in text
    assert "stranger" not in text
    assert 'zumik_requests_total{method="other",route="/v1/models",status="405"} 1.0' in text
    assert "PROPFIND" not in text


def test_json_is_visible_ascii(of_bundle: Server) -> None:
    body = json.dumps({"reference": "code.\u202e\u0007fast"})
    answer = httpx.post(f"{of_bundle.url}/v2/resolve", content=body)
    assert answer.content.isascii()
    assert answer.json()["error"]["message"].isprintable()


def test_a_target_of_an_older_revision_gets_the_verdict_that_replay_gives() -> None:
    """What only a release knows that is live no more is known to the server too."""
    from tests.core.builders import alias, frozen, limited
    from tests.core.bundles import bundled

    from zumik.actions.answers.replay_decision import replayed
    from zumik.core.decisions.log_line import read_log_line
    from zumik.core.live.bundle import Frozen
    from zumik.serve.caller_answers import CallerAnswers
    from zumik.serve.release_source import BundleReleases
    from zumik.serve.view import View

    old = frozen(
        alias("listed", candidates=["acme/small"]),
        models=[limited("acme/small", 100, 100, 50, revision="small-0")],
        id="alr_2026_06_08_001",
    )

    class Releases(BundleReleases):
        """The live release and, as in a workspace, one before it."""

        def frozen(self, release: Any) -> Frozen:
            return Frozen(old, b"") if release == old.ref.id else super().frozen(release)

    bundle = bundled()
    releases = Releases(bundle)
    releases.ids = (old.ref.id, *bundle.releases)
    answers = CallerAnswers(View(bundle, releases), authenticated=True)
    verdicts = {}
    for revision in ("small-0", "small-1", "small-9"):
        line = {"requested_model": "acme/small", "resolved_model": "acme/small"}
        data = json.dumps({**line, "resolved_revision": revision}).encode()
        verdicts[revision] = replayed(answers, read_log_line(data)).verdict.value
    assert verdicts == {"small-0": "reproduced", "small-1": "reproduced", "small-9": "diverged"}
