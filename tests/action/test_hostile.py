"""Names, texts, inputs and files that want to be more than what they are."""

from __future__ import annotations

import sys

import pytest
from tests.action.jobs import ACTION, Forge, Job, Said

COMMANDS = (
    "$(touch${IFS}pwned)",
    "`touch${IFS}pwned`",
    ";touch${IFS}pwned;",
    "a&&touch${IFS}pwned",
    "a|touch${IFS}pwned",
    "'\"touch${IFS}pwned",
    "--upload-pack=touch${IFS}pwned",
    "-x",
    "${{github.token}}",
    "%0A##set-output",
)


def untouched(job: Job, said: Said) -> None:
    """Nothing was run, and no command was given but those of the action and of `zumik check`."""
    assert not list(job.forge.place.rglob("pwned"))
    for line in said.commands:
        assert line.startswith(("::error ", "::warning ", "::notice ")), line


@pytest.mark.parametrize("name", COMMANDS)
def test_a_base_branch_may_have_any_name_that_git_takes(forge: Forge, name: str) -> None:
    forge.desk.git("push", "--quiet", "origin", f"main:refs/heads/{name}")
    forge.freeze()
    job = forge.pull_request(name)
    said = job.run()
    assert said.code == 0, said.log
    assert said.outputs["base"] == forge.tip(name)
    untouched(job, said)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a..b",
        "a:b",
        "../main",
        "/main",
        "main:refs/heads/main",
        "a\nb",
        "main\n::error::pwned",
        "a\\b",
        "x.lock",
        "*",
        "main^{commit}",
        "main@{0}",
        "##[error]pwned",
    ],
)
def test_a_base_branch_that_git_does_not_take_is_refused(pull_request: Job, name: str) -> None:
    said = pull_request.run(GITHUB_BASE_REF=name)
    assert said.code == 4
    assert "not the name of a branch" in said.summary
    assert len(said.commands) == 1
    untouched(pull_request, said)


def test_the_name_of_the_branch_itself_is_never_used(pull_request: Job) -> None:
    said = pull_request.run(GITHUB_HEAD_REF="\n".join(COMMANDS), GITHUB_ACTOR="$(touch pwned)")
    assert said.code == 0, said.log
    untouched(pull_request, said)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHECK_PULL_HEAD", "HEAD"),
        ("CHECK_PULL_HEAD", "--all"),
        ("CHECK_PULL_HEAD", ""),
        ("CHECK_PULL_HEAD", "0123abc"),
        ("CHECK_PULL_HEAD", "$(touch pwned)"),
        ("CHECK_DIRECTORY", "nowhere"),
        ("CHECK_DIRECTORY", "releases"),
        ("CHECK_WORKSPACE", "elsewhere"),
        ("CHECK_WORKSPACE", "releases/frozen"),
        ("CHECK_WORKSPACE", "releases/zumik.yaml"),
        ("CHECK_WORKSPACE", "."),
    ],
)
def test_an_invalid_input_is_refused(pull_request: Job, variable: str, value: str) -> None:
    said = pull_request.run(**{variable: value})
    assert said.code == 4
    assert (said.outputs["exit-code"], said.outputs["clean"]) == ("4", "false")
    assert said.outputs["review"].strip() == said.summary.strip()
    assert said.summary.startswith("## zumik check: could not judge\n")
    assert len(said.commands) == 1
    untouched(pull_request, said)


@pytest.mark.parametrize("variable", ["CHECK_DIRECTORY", "CHECK_WORKSPACE"])
@pytest.mark.parametrize(
    "value", ["-x", "--help", "a b", "$(touch pwned)", "a;b", "a\nb", "*", "a:b", "ä"]
)
def test_a_path_has_only_plain_characters(pull_request: Job, variable: str, value: str) -> None:
    said = pull_request.base(**{variable: value})
    assert said.code == 4
    assert "not a plain relative path" in said.summary
    untouched(pull_request, said)


@pytest.mark.parametrize("variable", ["CHECK_DIRECTORY", "CHECK_WORKSPACE"])
@pytest.mark.parametrize("value", ["", "..", "../work", "a/../b", "/releases", "releases/", "a//b"])
def test_a_path_cannot_leave_the_repository(pull_request: Job, variable: str, value: str) -> None:
    said = pull_request.base(**{variable: value})
    assert said.code == 4
    assert "not a path below where it starts" in said.summary


@pytest.mark.parametrize("value", ["HEAD", "", "--base", "$(touch pwned)", "1" * 39, "g" * 40])
@pytest.mark.parametrize("event", ["push", "merge_group"])
def test_an_event_without_a_commit_is_refused(pull_request: Job, event: str, value: str) -> None:
    said = pull_request.run(
        GITHUB_EVENT_NAME=event,
        GITHUB_REF="refs/heads/main",
        CHECK_BEFORE=value,
        CHECK_GROUP_BASE=value,
        CHECK_GROUP_HEAD=pull_request.commit,
    )
    assert said.code == 4
    assert "not the id of a commit" in said.summary
    untouched(pull_request, said)


def test_text_of_a_branch_gives_the_runner_no_command(forge: Forge) -> None:
    text = "\n::error::pwned\n::add-mask::a\n##[error]pwned\n<script>$(touch pwned)</script>"
    desk = forge.desk
    forge.commit("README.md", "x\n", f"A title{text}")
    made = desk.zumik("release", "create", "--note", text.replace("\n", " "), "--allow-unchanged")
    assert made.exit_code == 0, made
    forge.commit("releases/policy/a\n::error::pwned.yaml", "aliases: [\n::error::pwned\n")
    job = forge.pull_request()
    said = job.run()
    assert said.code == 3
    assert "<script>" not in said.summary
    assert all(" file=" in line for line in said.commands)
    untouched(job, said)


def test_git_s_output_gives_the_runner_no_command(forge: Forge) -> None:
    """A server's error is shown, and a server may say anything."""
    forge.freeze()
    job = forge.pull_request()
    server = job.place / "server.sh"
    server.write_text("printf '::error::pwned\\n::add-mask::a\\n' >&2; exit 1\n")
    job.git("config", "remote.origin.uploadpack", f"bash {server}")
    said = job.run()
    assert said.code == 4
    assert "::error::pwned" in said.log
    assert said.commands == [line for line in said.commands if "title=zumik" in line]
    assert len(said.commands) == 1


def test_nothing_of_a_branch_is_run_or_imported(forge: Forge) -> None:
    act = f"open({str(forge.place / 'pwned')!r}, 'w')\n"
    for name in (
        "git",
        "yaml",
        "typer",
        "sitecustomize",
        "usercustomize",
        "json",
        "zumik/__init__",
    ):
        forge.commit(f"{name}.py", act)
        forge.commit(f"releases/{name}.py", act)
    for name in (".venv/bin/python", ".venv/bin/zumik", "bin/git", "git", "zumik/__main__.py"):
        forge.commit(name, f"#!/bin/sh\ntouch {forge.place}/pwned\n")
        (forge.desk.repo / name).chmod(0o755)
    forge.commit(".githooks/post-checkout", f"#!/bin/sh\ntouch {forge.place}/pwned\n")
    forge.commit("pyvenv.cfg", "home = .\n")
    job = forge.pull_request()
    said = job.run(CHECK_PYTHON=sys.executable)
    assert said.code == 0, said.log
    assert "## zumik check: intact" in said.summary
    untouched(job, said)


def test_no_script_works_in_the_branchs_directory(pull_request: Job) -> None:
    assert pull_request.shell("pwd").log.strip() == str(pull_request.place / "temp")
    for script in ACTION.glob("*.sh"):
        assert 'cd "$repo' not in script.read_text()


def test_rules_and_signers_come_from_the_base(forge: Forge) -> None:
    """A branch that asks for another version and other settings is judged by the old ones."""
    path = forge.desk.releases / "zumik.yaml"
    path.write_text(f"{path.read_text()}required_version: '>=99'\n")
    forge.commit("README.md", "x\n")
    job = forge.pull_request()
    found = job.base()
    assert found.code == 0, found.log
    assert found.outputs["source"] == found.outputs["base"] == forge.tip()
    assert job.run().code == 0


def test_only_git_gets_the_token(pull_request: Job) -> None:
    """As a header for the one server, in place of what a checkout may have left there."""
    script = (
        'repo="$GITHUB_WORKSPACE"; authorize; git config --get-urlmatch http.extraheader "$1";'
        ' git config --get-all "http.https://git.example/.extraheader"; echo "${CHECK_TOKEN-gone}"'
    )
    said = pull_request.shell(
        script,
        "https://git.example/acme/app",
        CHECK_TOKEN="s3cret",
        GITHUB_SERVER_URL="https://git.example",
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="http.https://git.example/.extraheader",
        GIT_CONFIG_VALUE_0="AUTHORIZATION: basic old",
    )
    header = "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46czNjcmV0"
    assert said.log.splitlines() == [header, "AUTHORIZATION: basic old", "", header, "gone"]
    elsewhere = pull_request.shell(
        'repo="$GITHUB_WORKSPACE"; authorize; git config --get-urlmatch http.extraheader "$1"',
        "https://elsewhere.example/acme/app",
        CHECK_TOKEN="s3cret",
        GITHUB_SERVER_URL="https://git.example",
    )
    assert elsewhere.log == ""
