"""`init --provider`: a workspace of a team's own providers, from nothing to an answer."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from tests.cli.conversation import Desk, Turn
from tests.schemas.output_documents import require_valid

from zumik.actions import own_source
from zumik.actions.init_workspace import example_providers, init_workspace
from zumik.core.reviews.team_policy import team_policy
from zumik.resources import example_files
from zumik.workspace.authored_files import read_authored
from zumik.workspace.example_tree import ExampleTree

TODAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
WHOLE = {"anthropic", "google", "openai"}
"""Each of these serves all nine aliases alone."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, TODAY)
    desk.repo.mkdir()
    for words in (
        ("init", "--quiet", "--bare", "--initial-branch=trunk", "../origin.git"),
        ("init", "--quiet", "--initial-branch=trunk"),
        ("remote", "add", "origin", "../origin.git"),
        ("config", "user.name", "Ada Example"),
        ("config", "user.email", "ada@example.org"),
    ):
        desk.git(*words)
    return desk


def next_commands(turn: Turn) -> list[str]:
    """What `init` says to type next."""
    return [line.strip() for line in turn.err.partition("next:\n")[2].splitlines() if line.strip()]


def typed(desk: Desk, commands: list[str]) -> None:
    for command in commands:
        if not command.startswith("#"):
            turn = desk.say(command)
            assert turn.exit_code == 0, turn


@pytest.mark.parametrize(
    ("providers", "aliases"),
    [
        ("mistral", 6),
        ("openai", 9),
        ("google,mistral", 9),
        ("openai,google,mistral", 9),
        ("anthropic,xai,deepseek", 9),
    ],
)
def test_the_next_commands_lead_to_answers_of_the_team_alone(
    desk: Desk, providers: str, aliases: int
) -> None:
    made = desk.zumik("init", "--provider", providers)
    assert made.exit_code == 0, made
    assert f"{aliases} of 9 aliases" in made.err
    assert desk.zumik("validate").exit_code == 0
    typed(desk, next_commands(made))
    listed = json.loads(desk.zumik("alias", "list", "--format", "json").out)["aliases"]
    names = [item["alias"] for item in listed]
    assert len(names) == aliases
    for name in names:
        answer = desk.zumik("resolve", name)
        assert answer.exit_code == 0, answer
        assert answer.out.partition("/")[0] in providers.split(",")
    assert desk.zumik("check").exit_code == 0
    assert desk.git("rev-parse", "origin/trunk") == desk.git("rev-parse", "HEAD")


def test_an_alias_that_no_fact_supports_is_left_out_with_its_reason(desk: Desk) -> None:
    made = desk.zumik("init", "--provider", "cohere")
    policy = (desk.releases / "policy" / "batch.yaml").read_text()
    assert "aliases: {}" in policy
    for text in (made.err, re.sub(r"\n *# ", " ", policy)):
        assert "price.batch_input" in text
    assert "batch.standard" not in desk.zumik("plan").out


def test_every_one_and_two_providers_serve_what_their_facts_allow() -> None:
    authored = read_authored(ExampleTree(example_files()))
    known = example_providers()
    teams = [*((name,) for name in known), *combinations(known, 2)]
    for team in teams:
        found = team_policy(authored.catalog, authored.policy, team, TODAY.date())
        assert len(found) == 9
        served = [each for each in found if each.alias is not None]
        for each in served:
            assert each.winner is not None
            assert each.winner.provider in team
        if WHOLE & {*team}:
            assert len(served) == 9, team
        for each in found:
            assert each.alias is not None or each.lacking, (team, each)


def test_a_list_that_people_keep_stays_in_its_order(desk: Desk) -> None:
    desk.zumik("init", "--provider", "google,openai")
    text = (desk.releases / "policy" / "auto.yaml").read_text()
    best = re.findall(r"- (\S+)", text.partition("auto.best:")[2].partition("require")[0])
    assert best == ["openai/gpt-6-astra:xhigh", "google/gemini-4-argon", "openai/gpt-5.5:xhigh"]


def test_without_the_option_in_a_pipe_the_example_is_whole(desk: Desk) -> None:
    assert desk.zumik("init").exit_code == 0
    for name, data in example_files().items():
        if name.startswith("catalog/"):
            assert (desk.releases / name).read_bytes().splitlines()[1:] == data.splitlines()[1:]
    assert "\nproviders:" not in (desk.releases / "zumik.yaml").read_text()


@pytest.mark.parametrize(
    ("given", "hint"),
    [("opnai", "did you mean openai?"), ("OpenAI", "openai"), (",", "zumik init --provider")],
)
def test_an_unknown_provider_is_a_usage_error(desk: Desk, given: str, hint: str) -> None:
    turn = desk.zumik("init", "--provider", given)
    assert turn.exit_code == 2
    assert hint in turn.err
    assert not desk.releases.exists()


def test_another_provider_in_a_policy_is_found_with_its_place(desk: Desk) -> None:
    desk.zumik("init", "--provider", "openai")
    path = desk.releases / "policy" / "code.yaml"
    path.write_text(path.read_text().replace("openai/gpt-5.4-mini", "xai/grok-4.3"))
    turn = desk.zumik("validate")
    assert turn.exit_code == 3
    assert re.search(
        r"releases/policy/code\.yaml:\d+:\d+: error: xai/grok-4\.3 is a model", turn.out
    )
    assert "[other-provider]" in turn.out
    assert "add xai to providers in zumik.yaml" in turn.out


def test_a_glob_takes_no_model_of_another_provider(desk: Desk) -> None:
    desk.zumik("init")
    settings = desk.releases / "zumik.yaml"
    settings.write_text(f"{settings.read_text()}providers: [openai]\n")
    for path in (desk.releases / "policy").glob("*.yaml"):
        if path.name != "measures.yaml":
            path.unlink()
    policy = desk.releases / "policy" / "p.yaml"
    policy.write_text(
        'aliases:\n  any:\n    candidates: ["*"]\n    require: {floating_allowed: true}\n'
        "    workload: {input_tokens: 10, output_tokens: 10}\n"
        "    prefer:\n      - minimize: expected_cost\n"
    )
    answer = json.loads(desk.zumik("plan", "--format", "json", "any").out)
    assert set(re.findall(r"\b(openai|anthropic|xai|groq)/", json.dumps(answer))) == {"openai"}
    policy.write_text(policy.read_text().replace('"*"', '"xai/*"'))
    turn = desk.zumik("validate")
    assert "xai/* matches only models of xai" in turn.out


def test_settings_that_name_other_providers_are_committed_with_the_release(desk: Desk) -> None:
    made = desk.zumik("init", "--provider", "openai,google")
    typed(desk, next_commands(made))
    settings = desk.releases / "zumik.yaml"
    settings.write_text(settings.read_text().replace("[openai, google]", "[openai]"))
    for path in (desk.releases / "policy").glob("*.yaml"):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "- google/" not in line))
    desk.git("switch", "--quiet", "--create", "only-openai")
    created = desk.zumik("release", "create", "--note", "One provider")
    assert created.exit_code == 0, created
    assert "releases/zumik.yaml" in desk.git("show", "--name-only", "--format=", "HEAD")
    checked = desk.zumik("check", "--base", "origin/trunk")
    assert checked.exit_code == 0, checked


def test_beside_other_releases_every_next_command_works(desk: Desk) -> None:
    desk.releases.mkdir()
    (desk.releases / "notes.md").write_text("v1.2\n")
    made = desk.zumik("init", "--provider", "openai", "--ci", "github")
    assert made.exit_code == 0, made
    assert "releases holds something else and stays; the workspace is aliases" in made.err
    steps = next_commands(made)
    jobs = ".github/workflows/zumik.yml .github/workflows/zumik-bundle.yml"
    assert steps[0] == f"git add aliases {jobs}"
    typed(desk, steps)
    assert "WORKSPACE: aliases\n" in (desk.repo / ".github/workflows/zumik.yml").read_text()
    assert desk.zumik("resolve", "code.fast").exit_code == 0
    assert desk.zumik("check", "--base", "origin/trunk").exit_code == 0
    assert desk.git("status", "--porcelain").split() == ["??", "releases/"]


def test_a_place_that_is_taken_leads_to_another_that_works(desk: Desk) -> None:
    desk.releases.mkdir()
    (desk.releases / "notes.md").write_text("v1.2\n")
    (desk.repo / "aliases").write_text("code.fast\n")
    refused = desk.zumik("init", "--provider", "openai")
    assert refused.exit_code == 4
    hint = refused.err.partition("beside them: ")[2].strip()
    for command in hint.split(" && "):
        made = desk.say(command)
        assert made.exit_code == 0, made
    steps = next_commands(made)
    assert steps[0] == "cd aliases-2"
    typed(desk, steps)
    assert desk.zumik("resolve", "code.fast").exit_code == 0
    assert (desk.releases / "notes.md").read_text() == "v1.2\n"


def test_init_asks_a_person_at_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from zumik.cli import init as command

    monkeypatch.chdir(desk.repo)
    monkeypatch.setattr(command, "people_at_terminal", lambda: True)
    asked: list[str] = []

    def answer(text: str, **_: object) -> str:
        asked.append(text)
        return "google, openai,google"

    monkeypatch.setattr(command.typer, "prompt", answer)
    assert command._asked(Path(), empty=False) == ("google", "openai")
    assert len(asked) == 1
    assert command._asked(Path(), empty=True) == ()


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_job_checks_with_a_commit_of_zumik_and_no_package_name(desk: Desk, service: str) -> None:
    made = desk.zumik("init", "--provider", "openai", "--ci", service)
    assert made.exit_code == 0, made
    name = {"github": ".github/workflows/zumik.yml", "gitlab": ".gitlab-ci.yml"}[service]
    text = (desk.repo / name).read_text()
    assert re.search(r"ZUMIK: git\+\S+@\S+\n", text)
    installs = [line for line in text.splitlines() if "pip install" in line]
    found = {shlex.split(line.strip().removeprefix("- "))[-1] for line in installs}
    assert found == {"$ZUMIK"}
    assert any(name in command for command in next_commands(made))
    again = desk.zumik("init", "--ci", service)
    assert again.exit_code == 4
    assert "exists already" in again.err
    assert name in again.err


@pytest.mark.parametrize("options", [("--dry-run",), ()])
def test_a_workspace_of_a_team_is_a_document_for_programs(
    desk: Desk, options: tuple[str, ...]
) -> None:
    asked = ("init", "--provider", "openai", "--ci", "github", "--format", "json", *options)
    document = json.loads(desk.zumik(*asked).out)
    assert require_valid(document) == "made-workspace"
    assert document["dry_run"] is bool(options)
    assert ".github/workflows/zumik-bundle.yml" in document["files"]
    assert document["aliases"]
    assert all((desk.repo / name).exists() is not bool(options) for name in document["files"])


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_job_publishes_the_bundle_after_a_merge(desk: Desk, service: str) -> None:
    desk.zumik("init", "--provider", "openai")
    name = {"github": ".github/workflows/zumik.yml", "gitlab": ".gitlab-ci.yml"}[service]
    if service == "github":
        # One that was made before stays as it is.
        (desk.repo / name).parent.mkdir(parents=True)
        (desk.repo / name).write_text("mine\n")
    made = desk.zumik("init", "--ci", service)
    assert made.exit_code == 0, made
    if service == "github":
        assert (desk.repo / name).read_text() == "mine\n"
        name = ".github/workflows/zumik-bundle.yml"
    document = yaml.safe_load((desk.repo / name).read_text())
    jobs = document["jobs"] if service == "github" else document
    job = jobs["zumik-bundle"]
    if service == "github":
        assert document[True] == {"push": {"branches": ["trunk"]}, "workflow_dispatch": None}
        script = "\n".join(step.get("run", "") for step in job["steps"])
    else:
        (rule,) = job["rules"]
        expected = '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "trunk"'
        assert rule == {"if": expected}
        script = "\n".join(job["script"])
    lines = re.findall(r"-m zumik (.*\\\n.*)", script)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Start")
    desk.zumik("release", "create")
    desk.zumik("alias", "promote", "--all", "--latest")
    desk.git("update-ref", "FETCH_HEAD", "HEAD")
    for line, file in zip(lines, ("live.json", "all.json"), strict=True):
        words = shlex.split(line.replace("\\\n", " "))
        words[words.index("--workspace") + 1] = "releases"
        built = desk.zumik(*words)
        assert built.exit_code == 0, built
        assert json.loads((desk.repo / file).read_bytes())["commit"] is not None
        assert re.search(rf"(upload zumik-bundle|--upload-file) {file} ", script)
    # What is live reaches the gateways also where an old release is damaged.
    assert script.index("upload zumik-bundle live" if service == "github" else "-file live") < (
        script.index("--all-releases")
    )
    rolled = desk.zumik("drain", "openai/*", "--until", "1h", "--reason", "INC-42")
    assert "job zumik-bundle publishes live.json → gateways fetch it" in rolled.err


@pytest.mark.parametrize(
    ("recorded", "source"),
    [
        (None, None),
        ({"url": "file:///nowhere", "dir_info": {}}, None),
        (
            {"url": "https://x:secret@git.example/o/zumik", "vcs_info": {"commit_id": "ab12"}},
            "git+https://git.example/o/zumik@ab12",
        ),
        (
            {"url": "ssh://git@git.example/o/zumik", "vcs_info": {"commit_id": "ab12"}},
            "git+ssh://git@git.example/o/zumik@ab12",
        ),
        ({"url": "file:///o/zumik", "vcs_info": {"commit_id": "ab12"}}, None),
    ],
)
def test_a_job_names_the_address_from_which_zumik_was_installed(
    monkeypatch: pytest.MonkeyPatch, recorded: object, source: str | None
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            return None if recorded is None else json.dumps(recorded)

    monkeypatch.setattr(own_source, "distribution", lambda _: Installed())
    assert own_source.own_source() == source


def test_gitlab_with_jobs_of_its_own_gets_a_file_to_include(desk: Desk) -> None:
    (desk.repo / ".gitlab-ci.yml").write_text("stages: [test]\n")
    made = desk.zumik("init", "--provider", "openai", "--ci", "gitlab")
    assert (desk.repo / ".gitlab" / "zumik.yml").is_file()
    assert "include: [{local: .gitlab/zumik.yml}]" in made.err
    assert (desk.repo / ".gitlab-ci.yml").read_text() == "stages: [test]\n"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    made = init_workspace(
        tmp_path, empty=False, dry_run=True, providers=("mistral",), today=TODAY.date()
    )
    assert "releases/catalog/mistral.yaml" in made.files
    assert "releases/catalog/openai.yaml" not in made.files
    assert not (tmp_path / "releases").exists()


def test_what_an_unknown_revision_means_is_said_where_it_keeps_a_model_out(desk: Desk) -> None:
    desk.zumik("init", "--provider", "openai")
    assert "floating_allowed: true in require lets them in" in desk.zumik("plan").out
    for text in (
        desk.zumik("plan", "auto.best").out,
        desk.zumik("check", "--rule", "floating-winner").out,
        desk.zumik("check", "--rule", "requirement-nobody-meets").out,
    ):
        assert "no source says" in " ".join(text.split())
        assert "floating_allowed: true" in " ".join(text.split())
