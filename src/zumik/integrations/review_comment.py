"""One comment with a review, on a pull request of GitHub or GitLab, found again and kept current.

    python -I -m zumik.integrations.review_comment REVIEW.md [NAME]

A job runs this with the variables that the forge sets. The token is in GITHUB_TOKEN, or in
ZUMIK_COMMENT_TOKEN on GitLab. A comment is found again by a hidden mark with NAME, and only where
this token wrote it. Where the token may not write, that is said and is no failure: the review is in
the job too. It needs nothing but the standard library, and reads no file of a branch.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from zumik.core.basics.display import neutral

MAX_BYTES = 65_000
"""GitHub refuses a comment of more than 65,536 characters, and no character is less than a byte."""

_TIMEOUT = 30.0
_MAX_ANSWER = 64 * 1024 * 1024
_REFUSED = (401, 403, 404)

_COMMENTS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    id
    comments(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id body viewerDidAuthor }
    }
  } }
}"""
_CREATE = """
mutation($on: ID!, $body: String!) {
  addComment(input: {subjectId: $on, body: $body}) { clientMutationId }
}"""
_EDIT = """
mutation($on: ID!, $body: String!) {
  updateIssueComment(input: {id: $on, body: $body}) { clientMutationId }
}"""


class NotWritten(Exception):
    """The comment was not written, and why; `is_refusal` where the token may not write it."""

    def __init__(self, why: str, *, is_refusal: bool = False) -> None:
        super().__init__(why)
        self.is_refusal = is_refusal


class Comment(NamedTuple):
    """A comment that this token wrote, by the id that the forge edits it by."""

    id: str
    body: str


# What is written


def shortened(review: str, whole: str) -> str:
    """A review that fits a comment; where it is cut, a line says that `whole` has all of it."""
    if len(review.encode()) <= MAX_BYTES:
        return review
    note = f"**Cut here:** the whole review is in {whole}."
    room = MAX_BYTES - len(note.encode()) - 200
    lines: list[str] = []
    for line in review.splitlines():
        room -= len(line.encode()) + 1
        if room < 0:
            break
        lines.append(line)
    text = "\n".join(lines)
    # What comes after an open block would be a part of it.
    is_open = text.count("<details>") > text.count("</details>")
    return "\n\n".join([text, *(["</details>"] if is_open else []), note])


def body_of(review: str, name: str) -> str:
    """The comment: the mark that finds it again, and the review."""
    # A line that begins with a slash would be a command to GitLab.
    text = re.sub(r"(?m)^(\s*)/", r"\1&#47;", review.strip())
    return f"{_mark(name)}\n{text}"


def _mark(name: str) -> str:
    return f"<!-- zumik check: {re.sub(r'[^A-Za-z0-9._/-]|--', '_', name)} -->"


def _is_same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.strip()


# The forges


class GitHub:
    """The pull request of the event, by GraphQL, which knows whose comment is our own."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._url = env["GITHUB_GRAPHQL_URL"]
        self._token = env.get("GITHUB_TOKEN", "")
        self._owner, _, self._name = env["GITHUB_REPOSITORY"].partition("/")
        event = json.loads(Path(env["GITHUB_EVENT_PATH"]).read_bytes())
        self._number = (event.get("pull_request") or {}).get("number")
        self._on = ""

    def comments(self) -> Iterator[Comment]:
        """Those that this token wrote."""
        if not self._token or self._number is None:
            why = "there is no GITHUB_TOKEN" if self._number else "no pull request set this off"
            raise NotWritten(why, is_refusal=True)
        after = None
        while True:
            where = {"owner": self._owner, "name": self._name, "number": self._number}
            data = self._ask(_COMMENTS, {**where, "after": after})
            pull = (data.get("repository") or {}).get("pullRequest")
            if pull is None:
                raise NotWritten("the pull request cannot be read", is_refusal=True)
            self._on = pull["id"]
            for node in pull["comments"]["nodes"]:
                if node["viewerDidAuthor"]:
                    yield Comment(node["id"], node["body"])
            page = pull["comments"]["pageInfo"]
            if not page["hasNextPage"]:
                return
            after = page["endCursor"]

    def create(self, body: str) -> None:
        """Write a new one."""
        self._ask(_CREATE, {"on": self._on, "body": body})

    def edit(self, comment: Comment, body: str) -> None:
        """Write another text into one."""
        self._ask(_EDIT, {"on": comment.id, "body": body})

    def _ask(self, query: str, variables: Mapping[str, object]) -> dict[str, Any]:
        headers = {"Authorization": f"bearer {self._token}"}
        answer, _ = _asked("POST", self._url, headers, {"query": query, "variables": variables})
        errors = answer.get("errors")
        if errors:
            kinds = {error.get("type") for error in errors}
            is_refusal = bool(kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"})
            raise NotWritten(str(errors[0].get("message")), is_refusal=is_refusal)
        return answer.get("data") or {}


class GitLab:
    """The merge request of the pipeline, by the notes of its REST interface."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._api = env["CI_API_V4_URL"]
        self._token = env.get("ZUMIK_COMMENT_TOKEN", "")
        project, number = env.get("CI_MERGE_REQUEST_PROJECT_ID"), env.get("CI_MERGE_REQUEST_IID")
        self._number = number
        self._notes = f"{self._api}/projects/{project}/merge_requests/{number}/notes"

    def comments(self) -> Iterator[Comment]:
        """Those that the user of this token wrote."""
        if not self._token or self._number is None:
            why = (
                "there is no ZUMIK_COMMENT_TOKEN"
                if self._number
                else "no merge request set this off"
            )
            raise NotWritten(why, is_refusal=True)
        me, _ = self._ask("GET", f"{self._api}/user")
        page = "1"
        while page:
            query = urlencode({"per_page": 100, "page": page, "sort": "asc"})
            notes, page = self._ask("GET", f"{self._notes}?{query}")
            for note in notes:
                if note["author"]["id"] == me["id"]:
                    yield Comment(str(note["id"]), note["body"])

    def create(self, body: str) -> None:
        """Write a new one."""
        self._ask("POST", self._notes, {"body": body})

    def edit(self, comment: Comment, body: str) -> None:
        """Write another text into one."""
        self._ask("PUT", f"{self._notes}/{comment.id}", {"body": body})

    def _ask(self, method: str, url: str, body: object = None) -> tuple[Any, str]:
        return _asked(method, url, {"PRIVATE-TOKEN": self._token}, body)


def _asked(method: str, url: str, headers: Mapping[str, str], body: object) -> tuple[Any, str]:
    """The answer, and the number of the next page where there is one. Raises NotWritten."""
    data = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "User-Agent": "zumik", **headers}
    request = Request(url, data, sent, method=method)  # noqa: S310 (the forge names its own address)
    try:
        with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            found = json.loads(answer.read(_MAX_ANSWER))
            return found, answer.headers.get("x-next-page") or ""
    except HTTPError as error:
        with error:
            why = f"the forge answers {error.code}"
            raise NotWritten(why, is_refusal=error.code in _REFUSED) from None
    except (URLError, OSError, ValueError) as error:
        raise NotWritten(f"the forge cannot be asked: {error}") from None


# The command


def write(forge: GitHub | GitLab, body: str, name: str) -> str:
    """Create the comment, or edit the one that is there; what was done. Raises NotWritten."""
    mark = _mark(name)
    own = next((item for item in forge.comments() if item.body.startswith(mark)), None)
    if own is None:
        forge.create(body)
        return "wrote the comment with the review"
    if _is_same(own.body, body):
        return "the comment has this review already"
    forge.edit(own, body)
    return "edited the comment with the review"


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    """Write the review in a file, or of stdin for `-`; 0 also where the token may not."""
    is_cut_only = arguments[:1] == ["--cut"]
    file, name = (*arguments[is_cut_only:], "releases")[:2]
    data = sys.stdin.buffer.read() if file == "-" else _bytes(Path(file))
    is_gitlab = bool(env.get("GITLAB_CI"))
    review = shortened(data.decode("utf-8", "replace"), _place_of_whole(env, is_gitlab))
    if is_cut_only:
        sys.stdout.buffer.write(f"{review}\n".encode())
        return 0
    if not review.strip():
        _say("no comment was written: there is no review")
        return 0
    try:
        forge = GitLab(env) if is_gitlab else GitHub(env)
        _say(write(forge, body_of(review, name), name))
    except NotWritten as error:
        why = neutral(str(error))[:300]
        _say(f"no comment was written: {why}; {_place_of_whole(env, is_gitlab)} has the review")
        return 0 if error.is_refusal else 1
    return 0


def _bytes(path: Path) -> bytes:
    """A review; empty where the check ended before it wrote one."""
    return path.read_bytes() if path.is_file() else b""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _place_of_whole(env: Mapping[str, str], is_gitlab: bool) -> str:
    if is_gitlab:
        return f"the artifact zumik.md of {env.get('CI_JOB_URL', 'the job')}"
    run = f"{env.get('GITHUB_REPOSITORY')}/actions/runs/{env.get('GITHUB_RUN_ID')}"
    return f"the summary of {env.get('GITHUB_SERVER_URL')}/{run}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
