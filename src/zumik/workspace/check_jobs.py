"""Jobs that check pull requests and publish the bundle: what `zumik init --ci` writes.

Each job installs zumik from its git repository at a commit. No job names a package: until zumik is
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

env:
  # zumik's git repository at a commit. Once zumik is published, a version: zumik==1.0.0
  ZUMIK: {source}
  WORKSPACE: {workspace}

jobs:
  zumik:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    outputs:
      review: ${{{{ steps.check.outputs.review }}}}
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          fetch-depth: 0
          persist-credentials: false
      - name: zumik check
        id: check
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
          if [ -f zumik.md ]; then
            cat zumik.md >>"$GITHUB_STEP_SUMMARY"
            end=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')
            {{
              echo "review<<$end"
              zumik-check/bin/python -I -m zumik.integrations.review_comment --cut zumik.md
              echo "$end"
            }} >>"$GITHUB_OUTPUT"
          fi
          exit "$status"

  zumik-comment:
    # Keeps one comment with the review on the pull request. No file of the branch is here, and the
    # token of a fork may not write: then the review is in the summary of the job above alone.
    needs: zumik
    if: ${{{{ !cancelled() }}}}
    concurrency: zumik-comment-${{{{ github.event.number }}}}
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      pull-requests: write
    steps:
      - name: Install zumik
        run: |
          cd "$RUNNER_TEMP"
          python3 -I -m venv zumik-comment
          zumik-comment/bin/python -I -m pip install --quiet --no-deps -- "$ZUMIK"
      - name: Write the comment
        env:
          GITHUB_TOKEN: ${{{{ github.token }}}}
          REVIEW: ${{{{ needs.zumik.outputs.review }}}}
        run: |
          cd "$RUNNER_TEMP"
          printf '%s' "$REVIEW" |
            zumik-comment/bin/python -I -m zumik.integrations.review_comment - "$WORKSPACE"
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
    # Keeps one comment on the merge request, where ZUMIK_COMMENT_TOKEN is set.
    - cd /tmp && zumik-check/bin/python -Im zumik.integrations.review_comment zumik.md "$WORKSPACE"
  artifacts:
    when: always
    paths: [zumik.md]
    reports: {{junit: zumik.junit.xml}}
"""


_GITHUB_BUNDLE = """\
# Publishes what is live in the workspace {workspace} as one file, after each merge. Gateways get it
# by `zumik bundle --fetch URL -o live.json`; URL is
# https://github.com/OWNER/NAME/releases/download/zumik-bundle/live.json
# Beside it all.json has every release, for `zumik explain --bundle all.json` of older log lines.
name: zumik bundle

on:
  push:
    branches: [{branch}]
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  # One after the other; of those that wait, the newest counts.
  group: zumik-bundle
  cancel-in-progress: false

jobs:
  zumik-bundle:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: write
    env:
      # zumik's git repository at a commit. Once zumik is published, a version: zumik==1.0.0
      ZUMIK: {source}
      WORKSPACE: {workspace}
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          # The newest commit, where several merges came at once.
          ref: {branch}
          persist-credentials: false
      - name: Build the bundle
        run: |
          cd "$RUNNER_TEMP"
          python3 -I -m venv zumik-bundle
          zumik-bundle/bin/python -I -m pip install --quiet -- "$ZUMIK"
          zumik-bundle/bin/python -I -m zumik --workspace "$GITHUB_WORKSPACE/$WORKSPACE" bundle \\
            --ref HEAD --output live.json
      - name: Publish it
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          GH_REPO: ${{{{ github.repository }}}}
        run: |
          cd "$RUNNER_TEMP"
          gh release view zumik-bundle >/dev/null 2>&1 || gh release create zumik-bundle \\
            --latest=false --title "Live aliases" --notes "live.json is what is live now."
          gh release upload zumik-bundle live.json --clobber
      - name: Publish every release beside it
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          GH_REPO: ${{{{ github.repository }}}}
        run: |
          cd "$RUNNER_TEMP"
          zumik-bundle/bin/python -I -m zumik --workspace "$GITHUB_WORKSPACE/$WORKSPACE" bundle \\
            --ref HEAD --all-releases --output all.json
          gh release upload zumik-bundle all.json --clobber
"""

_GITLAB_BUNDLE = """
# Publishes what is live as one file, after each merge. Gateways get it by
# `zumik bundle --fetch URL -o live.json`; URL is
# https://HOST/api/v4/projects/ID/packages/generic/zumik-bundle/live/live.json
# Beside it all.json has every release, for `zumik explain --bundle all.json` of older log lines.
zumik-bundle:
  image: python:3.13
  variables:
    ZUMIK: {source}
    WORKSPACE: {workspace}
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == {branch}
  resource_group: zumik-bundle
  script:
    - cd /tmp && python -I -m venv zumik-bundle
    - zumik-bundle/bin/python -I -m pip install --quiet -- "$ZUMIK"
    # The newest commit, where several merges came at once.
    - git -C "$CI_PROJECT_DIR" fetch --quiet --no-tags --depth 1 origin "$CI_COMMIT_BRANCH"
    - |
      zumik-bundle/bin/python -I -m zumik --workspace "$CI_PROJECT_DIR/$WORKSPACE" bundle \\
        --ref FETCH_HEAD --output live.json
    - |
      curl --fail --silent --show-error --header "JOB-TOKEN: $CI_JOB_TOKEN" \\
        --upload-file live.json \\
        "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/generic/zumik-bundle/live/live.json"
    # After live.json, which no old release keeps from the gateways.
    - |
      zumik-bundle/bin/python -I -m zumik --workspace "$CI_PROJECT_DIR/$WORKSPACE" bundle \\
        --ref FETCH_HEAD --all-releases --output all.json
    - |
      curl --fail --silent --show-error --header "JOB-TOKEN: $CI_JOB_TOKEN" \\
        --upload-file all.json \\
        "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/generic/zumik-bundle/live/all.json"
"""


def jobs_of(
    service: str, top: Path, workspace: str, source: str | None, branch: str
) -> tuple[NewBytes, ...]:
    """The files of the jobs below `top`, the top of the repository; one that exists stays.

    `workspace` is the path of the workspace from there, `source` the address of zumik as pip takes
    it, None where it is not known, and `branch` what is merged to. Where GitLab has a file of jobs
    already, they go into one of their own, to be included. Raises CannotRun where all exist.
    """
    flows = top / ".github" / "workflows"
    jobs = {flows / "zumik.yml": _HEAD + _GITHUB, flows / f"{BUNDLE_JOB}.yml": _GITHUB_BUNDLE}
    if service == "gitlab":
        path = top / ".gitlab-ci.yml"
        # A job of the same name in an included file would replace this one, and check less.
        if path.exists() and b"zumik-check:" not in path.read_bytes():
            path = top / ".gitlab" / "zumik.yml"
        jobs = {path: _HEAD + _GITLAB + _GITLAB_BUNDLE}
    values = {
        "workspace": _quoted(workspace),
        "source": _quoted(source or SOURCE),
        "branch": f'"{branch}"' if service == "gitlab" else _quoted(branch),
    }
    made = tuple(
        NewBytes(path, template.format(**values).encode(), must_be_new=True)
        for path, template in jobs.items()
        if not path.exists()
    )
    if not made:
        names = " and ".join(path.relative_to(top).as_posix() for path in jobs)
        raise CannotRun(f"{names} exists already", hint="drop --ci, or move the file away")
    return made


def bundle_job_in(top: Path) -> str | None:
    """The job that publishes the bundle after a merge, by its name; None without one."""
    for name in (".github/workflows/zumik-bundle.yml", ".gitlab/zumik.yml", ".gitlab-ci.yml"):
        with suppress(ZumikError):
            if BUNDLE_JOB.encode() in read_bounded(top / name, _MOST):
                return BUNDLE_JOB
    return None


def _quoted(text: str) -> str:
    from zumik.yaml_text.writer import emit_text

    return emit_text(text)
