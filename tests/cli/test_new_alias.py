"""`alias new`: what a person asks for becomes a policy file that is valid and has a winner."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

import zumik.cli.new_alias

_CHEAP = ("--prefer", "expected_cost", "--workload", "input_tokens=4000,output_tokens=800")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("new"), datetime(2026, 11, 28, 9, tzinfo=UTC))
    desk.repo.mkdir()
    desk.git("init", "--quiet", "--initial-branch=main")
    assert desk.zumik("init", "--provider", "openai,mistral").exit_code == 0
    desk.git("add", "--all")
    desk.git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Start")
    return desk


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Desk:
    return made.copy(tmp_path)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zumik.cli.new_alias, "people_at_terminal", lambda: True)


def test_the_file_is_valid_planned_and_not_committed(desk: Desk) -> None:
    turn = desk.zumik("alias", "new", "support.eu", "--require", "tools", *_CHEAP)
    assert turn.exit_code == 0, turn
    assert turn.out.startswith("releases/policy/support.eu.yaml\n")
    assert "support.eu: not live → " in turn.out
    assert "capabilities: [tools]" in (desk.releases / "policy/support.eu.yaml").read_text()
    assert desk.git("status", "--porcelain").split() == ["??", "releases/policy/support.eu.yaml"]
    assert desk.zumik("validate").exit_code == 0
    planned = desk.zumik("plan", "support.eu").out
    said = next(line for line in turn.out.splitlines() if line.startswith("support.eu: not"))
    assert said in planned


def test_the_next_commands_make_it_answer(desk: Desk) -> None:
    turn = desk.zumik("alias", "new", "support.eu", *_CHEAP)
    desk.git("config", "user.name", "A")
    desk.git("config", "user.email", "a@example.org")
    for line in turn.err.partition("next:\n")[2].splitlines():
        said = desk.say(line.strip())
        assert said.exit_code == 0, said
    assert desk.zumik("resolve", "support.eu").exit_code == 0


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (("--require", "tools", "--require", "structured_output"), "[tools, structured_output]"),
        (("--require", "context_tokens=100000"), "limits: {context_tokens: 100000}"),
        (("--require", "expected_cost<=0.05"), "measures: {expected_cost: {at_most: 0.05}}"),
        (("--require", "price.output<=2.5"), "price: {output: {at_most: 2.5}}"),
        (("--require", "floating_allowed=true"), "floating_allowed: true"),
        (("--candidates", "openai/*,mistral/*"), '      - "openai/*"\n      - "mistral/*"\n'),
        (("--exclude", "openai/gpt-5*"), '    exclude:\n      - "openai/gpt-5*"\n'),
        (("--description", "Tickets: '%s' \"…\""), 'description: "Tickets: \'%s\' \\"…\\""'),
    ],
)
def test_words_become_fields(desk: Desk, asked: tuple[str, ...], written: str) -> None:
    turn = desk.zumik("alias", "new", "support.eu", *_CHEAP, *asked)
    assert turn.exit_code == 0, turn
    assert written in (desk.releases / "policy/support.eu.yaml").read_text()
    assert desk.zumik("validate").exit_code == 0


def test_a_metric_becomes_a_measure_and_is_preferred_by_its_better_end(desk: Desk) -> None:
    prefer = ("--prefer", "epoch.swe_bench_verified within 10%")
    turn = desk.zumik("alias", "new", "code.review", *prefer, *_CHEAP)
    assert turn.exit_code == 0, turn
    text = (desk.releases / "policy/code.review.yaml").read_text()
    assert "  epoch.swe.bench.verified:\n    metric: epoch.swe_bench_verified\n" in text
    assert "      - maximize: epoch.swe.bench.verified\n        within: 10%\n" in text


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ((), 2, "--prefer says which of the candidates is best, and is missing"),
        (("--prefer", "expected_cost"), 2, "no workload says how many"),
        (("--prefer", "expected_csot"), 2, "did you mean expected_cost?"),
        (("--prefer", "listed", "--require", "data_residncy=EU"), 2, "mean data_residency?"),
        (("--prefer", "listed", "--require", "a b"), 2, "'a b' is no requirement"),
        (("--prefer", "listed", "--require", "x.y<=1"), 2, "no measure x.y in the policy"),
        (("--prefer", "listed", "--workload", "4000"), 2, "'4000' is no part of a workload"),
        (("--prefer", "listed", "--workload", "input=4"), 3, "unknown key 'input'"),
        (("--prefer", "listed within 5%"), 2, "listed has no band"),
        (("--prefer", "expected_cost within 5%", *_CHEAP[2:]), 3, "'within' on the last"),
        (("--prefer", "listed", "--candidates", "openai/gpt-5-min"), 3, "mean openai/gpt-5-mini?"),
        (("--prefer", "listed", "--candidates", "anthropic/*"), 3, "matches only models of"),
        (("--prefer", "listed", "--require", "capabilities=tool"), 3, "no model would win"),
        (("--prefer", "listed", "--require", "outlives_days=soon"), 3, "outlives_days"),
        (("--prefer", "listed", "--description", "a\x07b"), 4, "holds a character"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    desk: Desk, asked: tuple[str, ...], code: int, said: str
) -> None:
    before = desk.holds()
    turn = desk.zumik("alias", "new", "support.eu", *asked)
    assert turn.exit_code == code, turn
    assert said in turn.out + turn.err, turn
    assert desk.holds() == before


def test_without_a_winner_the_plan_says_who_fails_what(desk: Desk) -> None:
    asked = ("--prefer", "listed", "--require", "data_residency=EU")
    turn = desk.zumik("alias", "new", "support.eu", *asked)
    assert turn.exit_code == 3
    assert "none of " in turn.out
    assert "says its data_residency: write it there, with a source" in turn.out
    assert "data_residency unknown" in turn.out


def test_an_alias_that_exists_is_named_with_its_place(desk: Desk) -> None:
    turn = desk.zumik("alias", "new", "code.fast", "--prefer", "listed")
    assert turn.exit_code == 4
    assert "there is an alias code.fast already: releases/policy/code.yaml:" in turn.err


def test_a_file_of_that_name_stays_as_it_is(desk: Desk) -> None:
    before = (desk.releases / "policy/code.yaml").read_bytes()
    assert desk.zumik("alias", "new", "code", *_CHEAP).exit_code == 0
    assert (desk.releases / "policy/code.yaml").read_bytes() == before
    assert "  code:\n" in (desk.releases / "policy/code-2.yaml").read_text()


def test_faults_of_other_files_are_named_first(desk: Desk) -> None:
    (desk.releases / "policy/bad.yaml").write_text("aliases: {x: {prefer: [listed]}}\n")
    turn = desk.zumik("alias", "new", "support.eu", *_CHEAP)
    assert turn.exit_code == 3
    assert "policy/bad.yaml:1" in turn.err
    assert "correct these first" in turn.err


def test_a_dry_run_shows_the_file_and_writes_nothing(desk: Desk) -> None:
    before = desk.holds()
    turn = desk.zumik("alias", "new", "support.eu", *_CHEAP, "--dry-run")
    assert turn.exit_code == 0
    assert "aliases:\n  support.eu:\n" in turn.out
    assert "dry run: releases/policy/support.eu.yaml not written" in turn.err
    assert desk.holds() == before


@pytest.mark.usefixtures("person")
def test_answers_give_what_the_command_that_they_become_gives(desk: Desk, tmp_path: Path) -> None:
    again = desk.copy(tmp_path / "again")
    answers = ("Tickets", "openai/*", "tools input=text", "expected_cost", "4000", "800")
    typed = "\n".join(answers) + "\n"
    asked = desk.zumik("alias", "new", "support.eu", stdin=typed.encode())
    assert asked.exit_code == 0, asked
    (command,) = [line for line in asked.err.splitlines() if line.startswith("as a command: ")]
    told = again.zumik(*shlex.split(command.removeprefix("as a command: "))[1:])
    assert told.exit_code == 0, told
    file = "policy/support.eu.yaml"
    assert (desk.releases / file).read_bytes() == (again.releases / file).read_bytes()
    assert "description: Tickets\n" in (desk.releases / file).read_text()


@pytest.mark.usefixtures("person")
def test_an_answer_that_means_nothing_is_asked_again(desk: Desk) -> None:
    answers = ("", "", "vision", "cheap=1", "tools", "cheapest", "", "many", "-4", "4000", "800")
    turn = desk.zumik("alias", "new", "support.eu", stdin=("\n".join(answers) + "\n").encode())
    assert turn.exit_code == 0, turn
    assert "no model has the capability 'vision'" in turn.err
    assert "'cheap' is nothing that an alias can require" in turn.err
    assert "'cheapest' is neither a measure of the policy nor a metric" in turn.err
    assert turn.err.count("a whole number") == 2


@pytest.mark.usefixtures("person")
def test_a_model_that_is_not_known_is_asked_again_at_once(desk: Desk) -> None:
    answers = ("", "nobody/*", "openai", "openai/*", "tools, structured_output,", "listed")
    turn = desk.zumik("alias", "new", "support.eu", stdin=("\n".join(answers) + "\n").encode())
    assert turn.exit_code == 0, turn
    assert "no model 'nobody/*' in the catalog; zumik catalog list shows what is known" in turn.err
    assert "no model 'openai' in the catalog; all models of the provider are openai/*" in turn.err
    assert "--require tools --require structured_output" in turn.err


@pytest.mark.usefixtures("person")
def test_a_person_who_stops_has_written_nothing(desk: Desk) -> None:
    before = desk.holds()
    turn = desk.zumik("alias", "new", "support.eu", stdin=b"Tickets\n")
    assert turn.exit_code == 130
    assert desk.holds() == before
