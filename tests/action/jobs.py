"""What stands in for GitHub: a server of bare repositories, and jobs that run the action's scripts.

A job's clone is made as actions/checkout makes it: one commit deep, detached, with no other branch.
Its environment holds what GitHub sets and nothing of the machine but PATH and git's configuration.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.cli.conversation import Desk

ACTION = Path(__file__).parents[2] / ".github" / "actions" / "check"
REPOSITORY = "acme/app"
BRANCH = "change"
LATER = datetime.fromisoformat("2026-02-20T09:00:00Z")
NONE = "0" * 40

# Runs zumik as check.sh has it run, at the time of the desk; asked for anything else, it fails.
_ZUMIK = """\
#!/bin/sh
[ "$1 $2 $3" = "-I -m zumik.integrations.review_comment" ] && exec {python} "$@"
[ "$1 $2 $3" = "-I -m zumik" ] || exit 99
shift 3
exec {python} -I -c '
import datetime, sys
import zumik.actions.session
from zumik.cli.main import run
zumik.actions.session.utc_now = lambda: datetime.datetime.fromisoformat("{now}")
sys.exit(run(sys.argv[1:]))
' "$@"
"""

_KEPT = ("PATH", "HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "LANG", "TZ")


@dataclass(frozen=True)
class Said:
    """What a job said: its exit code, log, step summary and outputs."""

    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]

    @property
    def commands(self) -> list[str]:
        """The workflow commands that a runner would act on, which are not those of shown text."""
        return list(_commands(self.log))

    @property
    def clean(self) -> bool:
        """What the action's output `clean` comes to."""
        return self.outputs.get("clean", "false") == "true"


def _commands(log: str) -> Iterator[str]:
    token = None
    for line in log.splitlines():
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif (stop := re.fullmatch(r"::stop-commands::(\w+)", line)) is not None:
            token = stop[1]
        elif line.lstrip().startswith("::") or "##[" in line:
            yield line


@dataclass
class Forge:
    """A server, the desk of somebody who pushes to it, and the place where jobs run."""

    desk: Desk
    place: Path

    @classmethod
    def of(cls, desk: Desk, place: Path) -> Forge:
        """What the desk has on main, pushed; the desk goes on with a branch."""
        forge = cls(desk, place)
        forge.bare.mkdir(parents=True)
        desk.git("init", "--quiet", "--bare", "--initial-branch=main", str(forge.bare))
        desk.git("remote", "set-url", "origin", forge.url)
        desk.git("switch", "--quiet", "main")
        forge.push("main")
        desk.git("fetch", "--quiet", "origin")
        desk.now = LATER
        desk.git("switch", "--quiet", "--create", BRANCH)
        return forge

    @property
    def server(self) -> str:
        """The address that takes the place of https://github.com."""
        return f"file://{self.place}/server"

    @property
    def bare(self) -> Path:
        """The repository on the server."""
        return self.place / "server" / REPOSITORY

    @property
    def url(self) -> str:
        """Where it is cloned from."""
        return f"{self.server}/{REPOSITORY}"

    def push(self, branch: str, *options: str) -> str:
        """Push what the desk's HEAD is to a branch; its id."""
        self.desk.git("push", "--quiet", *options, "origin", f"HEAD:refs/heads/{branch}")
        return self.desk.git("rev-parse", "HEAD").strip()

    def tip(self, branch: str = "main") -> str:
        """Where a branch of the server is."""
        return self.desk.git(
            "--git-dir", str(self.bare), "rev-parse", f"refs/heads/{branch}"
        ).strip()

    def commit(self, name: str, text: str, message: str = "Change something") -> str:
        """A commit of the desk that writes one file; its id."""
        path = self.desk.repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.desk.git("add", "--all")
        self.desk.git("commit", "--quiet", "--message", message)
        return self.desk.git("rev-parse", "HEAD").strip()

    def freeze(self, note: str = "Once more") -> None:
        """A release and a promotion, as they should be."""
        for command in (
            ("release", "create", "--note", note, "--allow-unchanged"),
            ("alias", "promote", "code.fast", "--latest", "--reason", "Once more"),
        ):
            done = self.desk.zumik(*command)
            assert done.exit_code == 0, done

    def move_main(self, name: str = "README.md", text: str = "main moved on\n") -> str:
        """A commit that lands on main; the desk is back on its branch afterwards."""
        self.desk.git("switch", "--quiet", "main")
        self.commit(name, text, "Meanwhile")
        moved = self.push("main")
        self.desk.git("switch", "--quiet", BRANCH)
        return moved

    def merge(self, base: str, head: str, ref: str) -> str:
        """A merge commit as the server makes it, on a ref of its own; its id."""
        git = ("--git-dir", str(self.bare))
        tree = self.desk.git(*git, "merge-tree", "--write-tree", base, head).strip()
        parents = ("-p", base, "-p", head)
        merge = self.desk.git(*git, "commit-tree", *parents, "-m", "Merge", tree).strip()
        self.desk.git(*git, "update-ref", ref, merge)
        return merge

    # Events

    def pull_request(self, base: str = "main", **env: str) -> Job:
        """The desk's branch as a pull request; the merge commit is made now."""
        head = self.push(BRANCH)
        merge = self.merge(self.tip(base), head, "refs/pull/1/merge")
        return self.job(
            merge,
            GITHUB_EVENT_NAME="pull_request",
            GITHUB_BASE_REF=base,
            GITHUB_HEAD_REF=BRANCH,
            GITHUB_REF="refs/pull/1/merge",
            CHECK_PULL_HEAD=head,
            **env,
        )

    def merge_group(self, base: str) -> Job:
        """The desk's branch in the merge queue behind `base`."""
        head = self.merge(base, self.push(BRANCH), "refs/heads/gh-readonly-queue/main/pr-1")
        return self.job(
            head,
            GITHUB_EVENT_NAME="merge_group",
            CHECK_GROUP_BASE=base,
            CHECK_GROUP_HEAD=head,
        )

    def pushed(self, before: str, branch: str = "main", *options: str) -> Job:
        """The desk's HEAD, pushed to a branch that was at `before`."""
        after = self.push(branch, *options)
        return self.job(
            after,
            GITHUB_EVENT_NAME="push",
            GITHUB_REF=f"refs/heads/{branch}",
            CHECK_BEFORE=before,
        )

    def job(self, commit: str, **env: str) -> Job:
        """A job that has this commit checked out."""
        number = len(list(self.place.glob("job-*")))
        job = Job(self, self.place / f"job-{number}", commit, env)
        job.check_out()
        return job


@dataclass
class Job:
    """One job of a workflow: a clone, and the environment of its event."""

    forge: Forge
    place: Path
    commit: str
    env: dict[str, str]
    depth: tuple[str, ...] = field(default=("--depth=1",))

    @property
    def clone(self) -> Path:
        """What is checked out, and where steps run."""
        return self.place / "work"

    def git(self, *arguments: str) -> str:
        """What git says in the clone; it has to succeed."""
        return self.forge.desk.git("-C", str(self.clone), *arguments).strip()

    def check_out(self) -> None:
        """As actions/checkout does."""
        self.clone.mkdir(parents=True)
        (self.place / "temp").mkdir()
        python = self.place / "python"
        python.write_text(_ZUMIK.format(python=sys.executable, now=self.forge.desk.now.isoformat()))
        python.chmod(0o755)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", self.forge.url)
        self.git("fetch", "--quiet", "--no-tags", *self.depth, "origin", self.commit)
        self.git("checkout", "--quiet", "--detach", self.commit)

    def environment(self, **more: str) -> dict[str, str]:
        """What GitHub and action.yml set for a step."""
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": self.forge.server,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": self.commit,
            "GITHUB_REF": "",
            "GITHUB_BASE_REF": "",
            "GITHUB_WORKSPACE": str(self.clone),
            "RUNNER_TEMP": str(self.place / "temp"),
            "GITHUB_OUTPUT": str(self.place / "output"),
            "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
            "CHECK_DIRECTORY": ".",
            "CHECK_WORKSPACE": "releases",
            "CHECK_FROM_SOURCE": "false",
            "CHECK_TOKEN": "",
            "CHECK_PULL_HEAD": "",
            "CHECK_GROUP_BASE": "",
            "CHECK_GROUP_HEAD": "",
            "CHECK_BEFORE": "",
            "CHECK_DEFAULT_BRANCH": "main",
            "CHECK_LOGS": "",
            "CHECK_PYTHON": str(self.place / "python"),
            **self.env,
            **more,
        }

    def step(self, script: str, **env: str) -> Said:
        """Run one script of the action."""
        return self._bash([str(ACTION / script)], env)

    def shell(self, script: str, *arguments: str, **env: str) -> Said:
        """Run a few lines with what the scripts share."""
        return self._bash(["-c", f'. "{ACTION}/common.sh"; {script}', "bash", *arguments], env)

    def _bash(self, arguments: list[str], env: Mapping[str, str]) -> Said:
        for name in ("output", "summary"):
            (self.place / name).write_text("")
        done = subprocess.run(
            ["bash", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=self.clone,
            env=self.environment(**env),
        )
        return Said(
            done.returncode,
            done.stdout.decode("utf-8", "replace"),
            (self.place / "summary").read_text(),
            dict(_outputs((self.place / "output").read_text())),
        )

    def base(self, **env: str) -> Said:
        """Find what lands on what."""
        return self.step("base.sh", **env)

    def run(self, **env: str) -> Said:
        """The whole action but for the installing; the last step that ran decides."""
        found = self.base(**env)
        if found.code:
            return found
        ids = {f"CHECK_{name.upper()}": found.outputs[name] for name in ("base", "head")}
        said = self.step("check.sh", **env, **ids)
        outputs = {**found.outputs, **said.outputs}
        return Said(said.code, found.log + said.log, found.summary + said.summary, outputs)


def _outputs(text: str) -> Iterator[tuple[str, str]]:
    """Outputs as the runner reads them: `NAME=VALUE`, or lines from `NAME<<END` up to END."""
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            yield name, "\n".join(iter(lambda: next(lines), end))
        else:
            name, _, value = line.partition("=")
            yield name, value
