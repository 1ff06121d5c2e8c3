"""Pull requests: on which page of a forge one is opened, and opening it by the forge's program.

GitHub and GitLab are known by the address of the remote, or by what they say of a push. All others
say themselves what a person does next. A user, password or token in an address goes nowhere.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from zumik.core.basics.display import neutral
from zumik.core.basics.secret_keys import masked, without_credentials
from zumik.errors import CannotRun

GITHUB, GITLAB = "github", "gitlab"

_PROGRAMS = {GITHUB: "gh", GITLAB: "glab"}

_LONGEST = 45.0
"""Seconds for `gh` or `glab`: at night a page to open is better than a program that waits."""

# Nothing is asked on the terminal, and nothing but the pull request is written.
_UNATTENDED = {
    "GH_PROMPT_DISABLED": "1",
    "GH_NO_UPDATE_NOTIFIER": "1",
    "GLAB_CHECK_UPDATE": "false",
    "NO_PROMPT": "1",
    "NO_COLOR": "1",
}

# `git@github.com:acme/models.git`, which is no URL.
_SCP = re.compile(r"(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!//)(\S+)")

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")

_PROJECT = re.compile(r"[A-Za-z0-9_.~-]+(?:/[A-Za-z0-9_.~-]+)+")

# Hosts of the same forge where port 22 is closed.
_SAME_HOST = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}

_URL = re.compile(r"https?://[!-~]+")

_PAGE_FORMS = {
    GITHUB: re.compile(r"https?://([^/]+)/(.+?)/(?:pull/new|compare)/"),
    GITLAB: re.compile(r"https?://([^/]+)/(.+?)/-/merge_requests/new\b"),
}


class NotOpened(CannotRun):
    """The branch is pushed, and the forge's program did not open the pull request."""


class Project(NamedTuple):
    """A project on GitHub or GitLab: the forge's kind, its host, and the path there."""

    forge: str
    host: str
    path: str

    @property
    def program(self) -> str | None:
        """Where the forge's program is; None where it is not installed."""
        return shutil.which(_PROGRAMS[self.forge])

    def page(self, branch: str, base: str) -> str:
        """The page on which a person opens the pull request of a branch."""
        if self.forge == GITHUB:
            names = f"{quote(base)}...{quote(branch)}"
            return f"https://{self.host}/{self.path}/compare/{names}?expand=1"
        names = urlencode(
            {"merge_request[source_branch]": branch, "merge_request[target_branch]": base}
        )
        return f"https://{self.host}/{self.path}/-/merge_requests/new?{names}"


def project_at(addresses: Iterable[str]) -> Project | None:
    """The project that one of a remote's addresses names; None where it is on another forge."""
    for address in addresses:
        scp = _SCP.fullmatch(address)
        if scp is not None:
            host, path = scp[1], scp[2]
        else:
            try:
                parts = urlsplit(address)
                # A port is that of the pages only where pages and git come the same way.
                port = f":{parts.port}" if parts.port and parts.scheme in ("https", "http") else ""
            except ValueError:
                continue
            if parts.scheme not in ("https", "http", "ssh", "git"):
                continue
            host, path = f"{parts.hostname or ''}{port}", parts.path
        host = _SAME_HOST.get(host.lower(), host.lower())
        for forge in (GITHUB, GITLAB):
            if forge in host:
                found = _project(forge, host, path.strip("/").removesuffix(".git"))
                if found is not None:
                    return found
    return None


def page_said(remarks: Sequence[str]) -> tuple[str | None, Project | None]:
    """The page that a remote names on a push, and the project, where its form is a known one."""
    first = None
    for url in (match[0] for line in remarks for match in _URL.finditer(line)):
        first = first or url
        for forge, form in _PAGE_FORMS.items():
            found = form.match(url)
            if found is not None:
                return url, _project(forge, found[1].lower(), found[2])
    return first, None


def _project(forge: str, host: str, path: str) -> Project | None:
    """A project whose host and path can be nothing else."""
    parts = path.split("/")
    is_path = _PROJECT.fullmatch(path) and not {".", ".."} & {*parts}
    if not is_path or not _HOST.fullmatch(host) or (forge == GITHUB and len(parts) != 2):
        return None
    return Project(forge, host, path)


def open_pull_request(
    project: Project,
    directory: Path,
    environment: Mapping[str, str],
    *,
    branch: str,
    base: str,
    title: str,
    text: str,
) -> str:
    """Open the pull request of a pushed branch by `gh` or `glab`; its page.

    Raises NotOpened, in the program's words.
    """
    program = _PROGRAMS[project.forge]
    words = [project.program or program, *_words(project, branch, base, title, text)]
    try:
        done = subprocess.run(
            words,
            cwd=directory,
            env={**environment, **_UNATTENDED},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotOpened(f"{program} did not answer within {_LONGEST:.0f} s") from None
    except KeyboardInterrupt:
        # The branch is pushed by now, and that has to be reported.
        raise NotOpened(f"{program} was stopped by Ctrl-C") from None
    except OSError as error:
        raise NotOpened(f"{program} does not start: {error.strerror}") from None
    said = done.stdout.decode("utf-8", "replace")
    pages = [url for url in _URL.findall(said) if f"//{project.host}/" in url]
    if done.returncode != 0 or not pages:
        raise NotOpened(f"{program} failed: {_first_lines(done.stderr) or 'it named no page'}")
    return without_credentials(pages[-1])


def _words(project: Project, branch: str, base: str, title: str, text: str) -> list[str]:
    """Each value is part of its option, so that none can be read as another option."""
    if project.forge == GITHUB:
        place = f"--repo={project.host}/{project.path}"
        return [
            *("pr", "create", place, f"--head={branch}", f"--base={base}"),
            *(f"--title={title}", f"--body={text}"),
        ]
    return [
        *("mr", "create", f"--repo=https://{project.host}/{project.path}", "--yes"),
        *(f"--source-branch={branch}", f"--target-branch={base}"),
        *(f"--title={title}", f"--description={text}"),
    ]


def _first_lines(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").splitlines()
    plain = (masked(without_credentials(neutral(line.strip()))) for line in lines)
    return "; ".join([line for line in plain if line][:3])[:300]
