"""One comment on the pull request: created, edited, left alone, and never another person's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from zumik.integrations.review_comment import MAX_BYTES, body_of, main, shortened

ROOT = Path(__file__).parents[2]
MINE, OTHER = 1, 2


class Forge:
    """The comments of one pull request, as GitHub's GraphQL and GitLab's notes give them."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.writes: list[str] = []
        self.refuses: int | str | None = None
        self.url = ""

    def add(self, body: str, author: int) -> dict[str, Any]:
        comment = {"id": str(len(self.comments) + 100), "body": body, "author": {"id": author}}
        self.comments.append(comment)
        return comment

    def put(self, key: str, body: str) -> None:
        self.writes.append("edit")
        next(item for item in self.comments if item["id"] == key)["body"] = body

    def graphql(self, asked: dict[str, Any]) -> dict[str, Any]:
        values = asked["variables"]
        if "mutation" in asked["query"] and self.refuses == "FORBIDDEN":
            said = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
            return {"data": None, "errors": [said]}
        if "addComment" in asked["query"]:
            self.writes.append("create")
            self.add(values["body"], MINE)
        elif "updateIssueComment" in asked["query"]:
            self.put(values["on"], values["body"])
        else:
            start = int(values["after"] or 0)
            page = self.comments[start : start + 2]
            nodes = [{**c, "viewerDidAuthor": c["author"]["id"] == MINE} for c in page]
            more = {"hasNextPage": start + 2 < len(self.comments), "endCursor": str(start + 2)}
            pull = {"id": "PR", "comments": {"nodes": nodes, "pageInfo": more}}
            return {"data": {"repository": {"pullRequest": pull}}}
        return {"data": {}}


class _Handler(BaseHTTPRequestHandler):
    forge: Forge

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        asked = json.loads(self.rfile.read(size) or b"null")
        forge, path = self.forge, urlsplit(self.path)
        following = ""
        if isinstance(forge.refuses, int):
            self.send_response(forge.refuses)
            self.end_headers()
            return
        found: object = {}
        if path.path == "/graphql":
            assert self.headers["Authorization"] == "bearer secret"
            found = forge.graphql(asked)
        elif path.path == "/user":
            assert self.headers["PRIVATE-TOKEN"] == "secret"
            found = {"id": MINE}
        elif self.command == "GET":
            page = int(parse_qs(path.query)["page"][0])
            found = forge.comments[2 * page - 2 : 2 * page]
            following = str(page + 1) if 2 * page < len(forge.comments) else ""
        elif self.command == "POST":
            assert path.path == "/projects/7/merge_requests/5/notes"
            forge.writes.append("create")
            forge.add(asked["body"], MINE)
        else:
            forge.put(path.path.rpartition("/")[2], asked["body"])
        self.send_response(200)
        self.send_header("x-next-page", following)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 (the names that the server calls)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def forge() -> Iterator[Forge]:
    made = Forge()
    handler = type("Handler", (_Handler,), {"forge": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture(params=["github", "gitlab"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(
    forge: Forge, tmp_path: Path, review: str, service: str = "github", **env: str
) -> subprocess.CompletedProcess[str]:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 5}}))
    named = {
        "github": {
            "GITHUB_GRAPHQL_URL": f"{forge.url}/graphql",
            "GITHUB_REPOSITORY": "acme/models",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "42",
            "GITHUB_TOKEN": "secret",
        },
        "gitlab": {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": forge.url,
            "CI_MERGE_REQUEST_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "5",
            "CI_JOB_URL": "https://gitlab.example/job/42",
            "ZUMIK_COMMENT_TOKEN": "secret",
        },
    }
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    file = tmp_path / "review.md"
    file.write_text(review)
    return subprocess.run(
        [sys.executable, "-B", "-E", "-s", "-m", "zumik.integrations.review_comment", str(file)],
        env={**own, **named[service], **env},
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_run_creates_the_second_edits_and_the_same_does_nothing(
    forge: Forge, tmp_path: Path, service: str
) -> None:
    assert run(forge, tmp_path, "## One", service).stdout == "wrote the comment with the review\n"
    assert run(forge, tmp_path, "## Two", service).stdout == "edited the comment with the review\n"
    again = run(forge, tmp_path, "## Two\n", service)
    assert again.stdout == "the comment has this review already\n", again
    assert forge.writes == ["create", "edit"]
    assert [item["body"] for item in forge.comments] == [body_of("## Two", "releases")]


def test_every_page_is_searched_and_another_user_s_comment_is_left_alone(
    forge: Forge, tmp_path: Path, service: str
) -> None:
    copied = forge.add(body_of("## Copied", "releases"), OTHER)
    for number in range(5):
        forge.add(f"talk {number}", OTHER)
    forge.add(body_of("## Of another workspace", "other"), MINE)
    own = forge.add(body_of("## Old", "releases"), MINE)
    assert run(forge, tmp_path, "## New", service).returncode == 0
    assert forge.writes == ["edit"]
    assert own["body"] == body_of("## New", "releases")
    assert copied["body"] == body_of("## Copied", "releases")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_write_is_said_and_no_failure(
    forge: Forge, tmp_path: Path, service: str, status: int
) -> None:
    forge.refuses = status
    done = run(forge, tmp_path, "## One", service)
    assert done.returncode == 0, done
    assert done.stdout.startswith(f"no comment was written: the forge answers {status}; ")
    assert done.stdout.count("\n") == 1


def test_the_read_only_token_of_a_fork_is_said(forge: Forge, tmp_path: Path) -> None:
    forge.refuses = "FORBIDDEN"
    done = run(forge, tmp_path, "## One")
    assert (done.returncode, done.stdout) == (
        0,
        "no comment was written: Resource not accessible by integration; the summary of "
        "https://github.example/acme/models/actions/runs/42 has the review\n",
    )


def test_a_forge_that_fails_fails_the_step(forge: Forge, tmp_path: Path, service: str) -> None:
    forge.refuses = 500
    assert run(forge, tmp_path, "## One", service).returncode == 1


def test_without_a_token_nothing_is_asked(forge: Forge, tmp_path: Path) -> None:
    done = run(forge, tmp_path, "## One", "gitlab", ZUMIK_COMMENT_TOKEN="")
    assert done.stdout.startswith("no comment was written: there is no ZUMIK_COMMENT_TOKEN; ")
    assert done.returncode == 0


def test_an_empty_review_writes_nothing(forge: Forge, tmp_path: Path) -> None:
    done = run(forge, tmp_path, "\n")
    assert (done.returncode, forge.writes) == (0, [])
    assert main([str(tmp_path / "missing.md")], {}) == 0


def test_a_long_review_is_cut_at_a_line_and_says_where_the_whole_is(
    forge: Forge, tmp_path: Path
) -> None:
    long = "<details>\n\n" + "- ü and more\n" * 10_000 + "\n</details>\n"
    assert run(forge, tmp_path, long).returncode == 0
    (comment,) = forge.comments
    assert len(comment["body"]) <= 65_536
    assert comment["body"].endswith(
        "- ü and more\n\n</details>\n\n**Cut here:** the whole review is in the summary of "
        "https://github.example/acme/models/actions/runs/42."
    )
    assert len(shortened(long, "x").encode()) <= MAX_BYTES
    assert shortened("short", "x") == "short"


def test_no_line_of_a_review_is_a_command_of_gitlab() -> None:
    assert "\n/merge" not in body_of("- a\n/merge\n  /approve", "releases")
    assert "  /approve" not in body_of("- a\n/merge\n  /approve", "releases")


def test_the_action_runs_this_module_without_installing_anything(
    forge: Forge, tmp_path: Path
) -> None:
    action = ROOT / ".github/actions/comment"
    (step,) = yaml.safe_load((action / "action.yml").read_text())["runs"]["steps"]
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 5}}))
    env = {
        "PATH": os.environ["PATH"],
        "GITHUB_ACTION_PATH": str(action),
        "GITHUB_GRAPHQL_URL": f"{forge.url}/graphql",
        "GITHUB_REPOSITORY": "acme/models",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": "secret",
        "COMMENT_REVIEW": "## $(touch owned) `touch owned`",
        "COMMENT_WORKSPACE": "releases",
        # A branch's module of the same name is not imported.
        "PYTHONPATH": str(tmp_path),
    }
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n")
    subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], env=env, check=True)
    assert [item["body"] for item in forge.comments] == [
        body_of("## $(touch owned) `touch owned`", "releases")
    ]
