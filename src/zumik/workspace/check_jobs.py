"""Jobs that check pull requests: the file that `zumik init --ci` writes for GitHub or GitLab.

The job installs zumik from its git repository at a commit. No job names a package: until zumik is
published, its name on a package index is not ours.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.errors import SOURCE, CannotRun, ZumikError
from zumik.transaction.file_plan import NewBytes

SERVICES = ("github", "gitlab")

BUNDLE_JOB = "zumik-bundle"
"""The name of the job that publishes the bundle, and of its workflow."""

_MOST = 1024 * 1024

_HEAD = """\
# Checks what merging a change would do to the workspace {workspace}.
# It counts only where the check is required: zumik's .github/CHECKING.md has the settings.
"""

_GITHUB = """\
name: zumik check

on:
  pull_request:
    # `edited` is when a pull request is aimed at another branch.
    types: [opened, synchronize, reopened, edited]

permissions:
  contents: read

jobs:
  zumik:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    env:
      # zumik's git repository at a commit. Once zumik is published, a version: zumik==1.0.0
      ZUMIK: {source}
      WORKSPACE: {workspace}
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          fetch-depth: 0
          persist-credentials: false
      - name: zumik check
        env:
          BASE: ${{{{ github.base_ref }}}}
        run: |
          cd "$RUNNER_TEMP"
          python3 -I -m venv zumik-check
          zumik-check/bin/python -I -m pip install --quiet -- "$ZUMIK"
          status=0
          zumik-check/bin/python -I -m zumik --workspace "$GITHUB_WORKSPACE/$WORKSPACE" check \\
            --base "refs/remotes/origin/$BASE" --head HEAD \\
            --format github --output markdown=zumik.md || status=$?
          [ ! -f zumik.md ] || cat zumik.md >>"$GITHUB_STEP_SUMMARY"
          exit "$status"
"""

_GITLAB = """\
zumik-check:
  image: python:3.13
  variables:
    GIT_DEPTH: 0
    # zumik's git repository at a commit. Once zumik is published, a version: zumik==1.0.0
    ZUMIK: {source}
    WORKSPACE: {workspace}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - cd /tmp && python -I -m venv zumik-check
    - zumik-check/bin/python -I -m pip install --quiet -- "$ZUMIK"
    - |
      git -C "$CI_PROJECT_DIR" fetch --quiet --no-tags "$CI_MERGE_REQUEST_PROJECT_URL.git" \\
        "+refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME:refs/zumik/base"
    - |
      zumik-check/bin/python -I -m zumik --workspace "$CI_PROJECT_DIR/$WORKSPACE" check \\
        --base refs/zumik/base --head "$CI_COMMIT_SHA" \\
        --output junit=zumik.junit.xml --output markdown=zumik.md
  after_script:
    - cp /tmp/zumik.junit.xml /tmp/zumik.md "$CI_PROJECT_DIR/" || true
  artifacts:
    when: always
    paths: [zumik.md]
    reports: {{junit: zumik.junit.xml}}
"""


def check_job(service: str, top: Path, workspace: str, source: str | None) -> NewBytes:
    """The job's file below `top`, the top of the repository.

    `workspace` is the path of the workspace from there, and `source` the address of zumik as pip
    takes it, None where it is not known. Where GitLab has a file of jobs already, the job goes
    into one of its own, to be included. Raises CannotRun where the file exists.
    """
    path, template = top / ".github" / "workflows" / "zumik.yml", _GITHUB
    if service == "gitlab":
        path, template = top / ".gitlab-ci.yml", _GITLAB
        # A job of the same name in an included file would replace this one, and check less.
        if path.exists() and b"zumik-check:" not in path.read_bytes():
            path = top / ".gitlab" / "zumik.yml"
    if path.exists():
        raise CannotRun(
            f"{path.relative_to(top)} exists already", hint="drop --ci, or move the file away"
        )
    text = (_HEAD + template).format(workspace=_quoted(workspace), source=_quoted(source or SOURCE))
    return NewBytes(path, text.encode(), must_be_new=True)


def bundle_job_in(top: Path) -> str | None:
    """The job that publishes the bundle after a merge, by its name; None where there is none."""
    for name in (".github/workflows/zumik-bundle.yml", ".gitlab/zumik.yml", ".gitlab-ci.yml"):
        with suppress(ZumikError):
            if BUNDLE_JOB.encode() in read_bounded(top / name, _MOST):
                return BUNDLE_JOB
    return None


def _quoted(text: str) -> str:
    from zumik.yaml_text.writer import emit_text

    return emit_text(text)
