"""What an export writes, what it keeps of others, and the options that it saves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk

PROVIDERS = ("acme", "globex", "initech", "umbrella")
NAMED = [word for name in PROVIDERS for word in ("--provider", f"{name}=openai")]
OWN = """\
# The gateway of the platform team.
model_list:
  - model_name: house/small   # on our own machines
    litellm_params: {model: openai/small, api_base: "http://gpu:8000/v1", api_key: none}

router_settings: {num_retries: 1}
"""
LINES = """\
include: [zumik-models.yaml]
litellm_settings:
  callbacks: [prometheus, zumik.integrations.litellm.resolver]
  zumik: {bundle: live.json}
"""
EXPORT = ("export", "litellm")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after("february")


def test_options_are_saved_and_a_second_run_needs_none(desk: Desk) -> None:
    settings = desk.releases / "zumik.yaml"
    before = settings.read_text()
    first = desk.zumik(*EXPORT, *NAMED, "--api-base", "acme=https://host/v1", "-o", "config.yaml")
    assert first.exit_code == 0, first
    assert "releases/zumik.yaml: options saved under litellm" in first.err
    assert settings.read_text().startswith(before)
    written = (desk.repo / "config.yaml").read_bytes()
    saved = settings.read_bytes()
    second = desk.zumik(*EXPORT)
    assert second.exit_code == 0, second
    assert "saved" not in second.err
    assert (desk.repo / "config.yaml").read_bytes() == written
    assert settings.read_bytes() == saved
    assert desk.zumik("check").exit_code == 0
    commit = first.err.partition("to commit them: ")[2].partition("\n")[0]
    assert commit == "git add releases/zumik.yaml && git commit"
    for command in f"{commit} -m Options".split(" && "):
        assert desk.say(command).exit_code == 0
    assert desk.git("show", "--format=", "--name-only") == "releases/zumik.yaml\n"


def test_an_option_that_is_given_is_used_and_saved_in_place(desk: Desk) -> None:
    desk.zumik(*EXPORT, *NAMED, "-o", "config.yaml")
    settings = desk.releases / "zumik.yaml"
    settings.write_text("# kept\n" + settings.read_text())
    again = desk.zumik(*EXPORT, "--provider", "acme=hosted_vllm", "-o", "other.yaml")
    assert again.exit_code == 0, again
    assert "hosted_vllm/" in (desk.repo / "other.yaml").read_text()
    text = settings.read_text()
    assert text.startswith("# kept\n")
    assert "acme: hosted_vllm" in text
    assert "output: other.yaml" in text


def test_nothing_is_saved_where_the_result_is_printed(desk: Desk) -> None:
    before = (desk.releases / "zumik.yaml").read_bytes()
    printed = desk.zumik(*EXPORT, *NAMED)
    assert printed.exit_code == 0, printed
    assert (desk.releases / "zumik.yaml").read_bytes() == before


def test_a_path_outside_is_not_saved(desk: Desk) -> None:
    done = desk.zumik(*EXPORT, *NAMED, "-o", "../config.yaml")
    assert done.exit_code == 0, done
    assert "output" not in (desk.releases / "zumik.yaml").read_text()


def test_options_that_settings_cannot_have_are_not_saved(desk: Desk) -> None:
    before = (desk.releases / "zumik.yaml").read_bytes()
    refused = desk.zumik(*EXPORT, *NAMED, "--provider", "other=No Prefix", "-o", "config.yaml")
    assert refused.exit_code == 3, refused
    assert "the options cannot be saved" in refused.err
    assert (desk.releases / "zumik.yaml").read_bytes() == before


@pytest.mark.parametrize("path", ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", ".."])
def test_settings_name_no_file_outside(desk: Desk, path: str) -> None:
    settings = desk.releases / "zumik.yaml"
    settings.write_text(f"{settings.read_text()}litellm: {{output: {path}}}\n")
    refused = desk.zumik(*EXPORT, *NAMED)
    assert refused.exit_code == 3, refused
    assert "write a path below this folder" in refused.err


def test_a_configuration_of_your_own_is_never_overwritten(desk: Desk) -> None:
    own = desk.repo / "config.yaml"
    own.write_text(OWN)
    refused = desk.zumik(*EXPORT, *NAMED, "-o", "config.yaml")
    assert refused.exit_code == 4, refused
    assert "config.yaml was not written by this command" in refused.err
    assert "hint: zumik export litellm --config config.yaml -o zumik-models.yaml" in refused.err
    assert own.read_text() == OWN


def test_what_your_configuration_names_already_stays_in_the_hint(desk: Desk) -> None:
    own = "include: [a.yaml]\nlitellm_settings: {callbacks: prometheus}\n"
    (desk.repo / "config.yaml").write_text(own)
    words = (*EXPORT, *NAMED, "--config", "config.yaml", "-o", "gateway/zumik-models.yaml")
    (desk.repo / "gateway").mkdir()
    found = desk.zumik(*words)
    assert found.exit_code == 3, found
    assert "hint: include: [a.yaml, gateway/zumik-models.yaml]" in found.err
    assert "callbacks: [prometheus, zumik.integrations.litellm.resolver]" in found.err


def test_your_own_configuration_includes_the_models(desk: Desk) -> None:
    own = desk.repo / "config.yaml"
    own.write_text(OWN)
    words = (*EXPORT, *NAMED, "--config", "config.yaml", "-o", "zumik-models.yaml")
    first = desk.zumik(*words)
    assert first.exit_code == 3, first
    for line in (
        "hint: include: [zumik-models.yaml]",
        "hint: under litellm_settings: callbacks: [zumik.integrations.litellm.resolver]",
        "hint: under litellm_settings: zumik: {bundle: live.json}",
    ):
        assert line in first.err
    models = (desk.repo / "zumik-models.yaml").read_text()
    assert "config.yaml includes these models" in models
    assert "litellm_settings" not in models
    own.write_text(OWN + LINES)
    second = desk.zumik(*EXPORT)
    assert second.exit_code == 0, second
    assert own.read_text() == OWN + LINES
    assert (desk.repo / "zumik-models.yaml").read_text() == models


@pytest.mark.parametrize(
    ("added", "code", "words"),
    [
        ("  - {model_name: acme/quick-1}\n", 3, "it deploys acme/quick-1"),
        ("  - {model_name: code.fast}\n", 0, "it has the name of an alias: code.fast"),
    ],
)
def test_names_that_litellm_would_mix_up_are_found(
    desk: Desk, added: str, code: int, words: str
) -> None:
    live = desk.zumik(*EXPORT, *NAMED).out
    name = live.split("model_name: ", 1)[1].split("\n", 1)[0]
    own = OWN.replace("\nrouter", added.replace("acme/quick-1", name) + "\nrouter") + LINES
    (desk.repo / "config.yaml").write_text(own)
    found = desk.zumik(*EXPORT, *NAMED, "--config", "config.yaml", "-o", "zumik-models.yaml")
    assert found.exit_code == code, found
    assert words.replace("acme/quick-1", name) in found.err


@pytest.mark.parametrize("text", ["a: [", "- a\n", "", "a: !!python/object:os.system {}\n"])
def test_a_configuration_that_litellm_cannot_read_is_refused(desk: Desk, text: str) -> None:
    (desk.repo / "config.yaml").write_text(text)
    found = desk.zumik(*EXPORT, *NAMED, "--config", "config.yaml", "-o", "zumik-models.yaml")
    assert found.exit_code == 4, found
    assert "config.yaml" in found.err
    assert "Traceback" not in found.err
