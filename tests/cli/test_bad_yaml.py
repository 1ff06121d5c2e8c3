"""Policy, catalog and settings that cannot be meant: told with line and hint, and nothing written.

What the reader makes of each byte is tested beside it; this is what a person gets to see.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk, Turn

ALIAS = "aliases:\n  code.fast:\n    candidates: ['*']\n    prefer: [listed]\n"
MODEL = "provider: acme\nmodels:\n  small:\n    revision: small-1\n"

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

# What is written to policy/aliases.yaml, and the code and place of the first finding.
POLICIES: dict[str, tuple[str | bytes, str, str]] = {
    "duplicate keys": (ALIAS + "  code.fast: {}\n", "yaml-duplicate-key", ":5:3"),
    "no as a value": (
        ALIAS.replace("['*']", "['*']\n    description: no"),
        "yaml-ambiguous-scalar",
        ":4:18",
    ),
    "a tab": ("aliases:\n\tcode.fast: {}\n", "yaml-tab", ":2:1"),
    "a 100,000-deep list": ("a: " + "[" * 100_000, "yaml-depth", ":1:"),
    "a 100,000-deep mapping": ("{a: " * 100_000, "yaml-depth", ":1:"),
    "a billion laughs": (LAUGHS, "yaml-anchor", ":1:4"),
    "a number with 400 digits": (
        ALIAS + f"    require: {{outlives_days: {'9' * 400}}}\n",
        "yaml-number",
        ":5:",
    ),
    "NaN": (
        ALIAS + "    require: {measures: {w: {at_least: .nan}}}\n",
        "yaml-ambiguous-scalar",
        ":5:",
    ),
    "a key that is not a string": (ALIAS + "  7: {}\n", "yaml-key", ":5:3"),
    "a key that is a list": (ALIAS + "  ? [a]\n  : {}\n", "yaml-key", ":5:"),
    "invalid UTF-8": (b"aliases: {}\n# \xff\n", "yaml-encoding", ":2:3"),
    "UTF-16": ("aliases: {}\n".encode("utf-16"), "yaml-encoding", ":1:1"),
    "a BOM": (b"\xef\xbb\xbfaliases: {}\n", "yaml-encoding", ":1:1"),
    "an empty file": ("", "yaml-empty", ""),
    "only a comment": ("# nothing\n", "yaml-empty", ""),
    "a second document": (ALIAS + "---\naliases: {}\n", "yaml-document", ":5:1"),
    "an unquoted glob": (ALIAS.replace("'*'", "*"), "yaml-alias", ":3:18"),
    "an unquoted glob with a provider": (ALIAS.replace("'*'", "*/small"), "yaml-alias", ":3:18"),
    "a tag": (ALIAS.replace("[listed]", "!!python/name:os.system"), "yaml-tag", ":4:13"),
    "an unknown key": (ALIAS + "    prefers: [listed]\n", "unknown-key", ":5:5"),
    "a list where a mapping must be": ("- aliases\n", "wrong-type", ":1:1"),
    "a model that does not exist": (
        ALIAS.replace("'*'", "acme/smal"),
        "unknown-model",
        ":3:18",
    ),
    "a glob that matches nothing": (
        ALIAS.replace("'*'", "'umbrella/*'"),
        "glob-matches-nothing",
        ":3:18",
    ),
    "a metric that does not exist": (
        "measures:\n  latency: {metric: bench.second}\n" + ALIAS,
        "unknown-metric",
        ":2:21",
    ),
    "a measure that does not exist": (
        ALIAS.replace("[listed]", "[{maximize: quality.codin}]"),
        "unknown-measure",
        ":4:25",
    ),
    "an alias named con": (ALIAS.replace("code.fast", "con"), "bad-key", ":2:3"),
    "an alias named ../x": (ALIAS.replace("code.fast", "../x"), "bad-key", ":2:3"),
    "an alias named Code.Fast": (ALIAS.replace("code.fast", "Code.Fast"), "bad-key", ":2:3"),
    "an alias with a newline": (
        ALIAS.replace("code.fast", '"code.fast\\n"'),
        "bad-key",
        ":2:3",
    ),
    "an alias of 65 letters": (ALIAS.replace("code.fast", "a" * 65), "bad-key", ":2:3"),
    "an alias with another script's digit": (
        ALIAS.replace("code.fast", "code.f٣st"),
        "bad-key",
        ":2:3",
    ),
}


def _findings(turn: Turn) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(turn.out)["findings"]
    return found


@pytest.mark.parametrize("name", POLICIES)
def test_a_bad_policy_is_located_and_never_frozen(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    text, code, place = POLICIES[name]
    desk = desk_after("promoted")
    path = desk.releases / "policy" / "aliases.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    before = desk.holds()

    for command in (["release", "create"], ["plan"]):
        refused = desk.zumik(*command)
        assert refused.exit_code == 3, refused
        assert refused.err.startswith("error: policy and catalog are not valid: "), refused
        assert f"releases/policy/aliases.yaml{place}" in refused.err, refused
        assert "\n\nhint: nothing was written" in refused.err

    validated = desk.zumik("validate", "--format", "json")
    assert validated.exit_code == 3
    first = _findings(validated)[0]
    assert first["code"] == code, first
    assert first["hint"] or code == "wrong-type", first
    assert desk.zumik("validate").exit_code == 3
    assert desk.zumik("check").exit_code == 3
    assert desk.zumik("status").exit_code == 0  # what is live is no worse for it
    assert desk.holds() == before


# What is written to catalog/acme.yaml: the same, for what only a catalog has.
CATALOGS: dict[str, tuple[str, str]] = {
    "no as a country": (MODEL + "    note: no\n", "yaml-ambiguous-scalar"),
    "a float that is infinite": (MODEL + "    price: {input: .inf}\n", "yaml-ambiguous-scalar"),
    "an exponent": (MODEL + "    price: {input: 1e400}\n", "yaml-ambiguous-scalar"),
    "a negative price": (MODEL + "    price: {input: -1, output: 2}\n", "out-of-range"),
    "a date that no calendar has": (MODEL + "    retires_on: 2026-02-30\n", "bad-value"),
    "a metric that does not exist": (
        MODEL + "    metrics: {bench.second: 1}\n",
        "unknown-metric",
    ),
    "a figure out of range": (
        MODEL + "    metrics: {bench.coding: 55}\n",
        "figure-out-of-range",
    ),
    "a fact of tomorrow": (
        MODEL + "    price: {input: 1, output: 2, observed_on: 2026-01-11}\n",
        "fact-from-the-future",
    ),
    "a provider with a slash": (MODEL.replace("acme", "ac/me"), "bad-value"),
    "an escape sequence": (MODEL + '    note: "\\e[2J"\n', "yaml-character"),
    "a model of another file": (MODEL.replace("acme", "globex"), "unknown-model"),
}


@pytest.mark.parametrize("name", CATALOGS)
def test_a_bad_catalog_is_located_and_never_frozen(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    text, code = CATALOGS[name]
    desk = desk_after("promoted")
    (desk.releases / "catalog" / "acme.yaml").write_text(text)
    before = desk.holds()
    refused = desk.zumik("release", "create")
    assert refused.exit_code == 3, refused
    codes = [found["code"] for found in _findings(desk.zumik("validate", "--format", "json"))]
    assert code in codes, codes
    assert desk.holds() == before


# What is written to zumik.yaml, and what the error says.
SETTINGS = {
    "not YAML": ("live_ref: [", 3, "releases/zumik.yaml is not valid"),
    "an unknown key": ("liveref: origin/main\n", 3, "live_ref"),
    "a ref that git could read as an option": ("live_ref: --output=x\n", 3, "zumik.yaml"),
    "a range": ("live_ref: main..other\n", 3, "zumik.yaml"),
    "another version": ('required_version: ">=99"\n', 4, "this workspace requires zumik >=99"),
    "no version": ("required_version: newest\n", 3, "zumik.yaml"),
    "a negative horizon": ("horizons: {retirement_days: -1}\n", 3, "zumik.yaml"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_bad_settings_stop_only_writing_commands(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    text, code, words = SETTINGS[name]
    desk = desk_after("february")
    desk.git("add", "--all")
    (desk.releases / "zumik.yaml").write_text(text)
    before = desk.holds()
    for command in (
        ["validate"],
        ["status"],
        ["release", "create", "--allow-unchanged"],
        ["alias", "promote", "--all", "--latest"],
        ["alias", "promote", "--all", "--latest", "--no-commit"],
        ["alias", "rollback", "code.fast"],
    ):
        refused = desk.zumik(*command)
        assert refused.exit_code == code, refused
        if command == ["validate"] and code == 3:
            assert "releases/zumik.yaml:1:" in refused.out, refused
            continue
        assert words in refused.err, refused
        assert "\n\nhint: " in refused.err, refused
    # A decision needs no setting, and no setting can change one.
    assert desk.zumik("explain", "code.fast").exit_code == 0
    assert desk.zumik("resolve", "code.fast").exit_code == 0
    assert desk.holds() == before


def test_a_policy_of_20_megabytes_is_not_read(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    (desk.releases / "policy" / "big.yaml").write_bytes(b"# " + b"x" * 20_000_000)
    refused = desk.zumik("validate")
    assert refused.exit_code == 3
    assert "releases/policy/big.yaml: error: the file has 20,000,002 bytes, more" in refused.out
    assert "   hint: " in refused.out


def test_faulty_settings_hide_no_fault_of_policy_and_catalog(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    (desk.releases / "zumik.yaml").write_text("liveref: ${REF}\n")
    (desk.releases / "policy" / "more.yml").write_text(ALIAS)
    (desk.releases / "catalog" / "acme.yaml~").write_text(MODEL)
    aliases = desk.releases / "policy" / "aliases.yaml"
    aliases.write_text(aliases.read_text() + "  code.extra:\n    candidates: ['*']\n")
    found = _findings(desk.zumik("validate", "--format", "json"))
    codes = {(item["code"], item["file"]) for item in found}
    assert {
        ("unknown-key", "releases/zumik.yaml"),
        ("placeholder", "releases/zumik.yaml"),
        ("unread-file", "releases/policy/more.yml"),
        ("unread-file", "releases/catalog/acme.yaml~"),
        ("missing-key", "releases/policy/aliases.yaml"),
    } <= codes


TIERS = "[{above_input_tokens: 5, input: 1}, {above_input_tokens: 5, input: 2}]"


@pytest.mark.parametrize(
    "text",
    [
        f"{MODEL}    colour: red\n    price: {{input: 1, output: 2, tiers: {TIERS}}}\n",
        f"{MODEL}    price: {{input: 1, output: 2, colour: red, tiers: {TIERS}}}\n",
        f"colour: red\n{MODEL}    price: {{input: 1, output: 2, tiers: {TIERS}}}\n",
        f"{MODEL}    price: {{input: 1, output: 2, tiers: {TIERS}}}\n  large: {{colour: red}}\n",
    ],
)
def test_an_unknown_key_hides_no_other_fault_of_its_file(
    text: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    (desk.releases / "catalog" / "acme.yaml").write_text(text)
    found = _findings(desk.zumik("validate", "--format", "json"))
    codes = [item["code"] for item in found if item["severity"] == "error"]
    assert sorted(codes) == ["duplicate-tier", "unknown-key"], found


def test_a_fault_of_one_value_has_one_finding(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    text = MODEL + "    price: {input: -1, output: 2}\n  large: {retires_on: soon}\n"
    (desk.releases / "catalog" / "acme.yaml").write_text(text)
    found = _findings(desk.zumik("validate", "--format", "json"))
    assert sorted(item["code"] for item in found) == ["bad-value", "out-of-range"], found


UNREAD = {
    "policy/more.yml": ALIAS.replace("code.fast", "code.more"),
    "policy/team/more.yaml": ALIAS.replace("code.fast", "code.more"),
    "catalog/xai.yml": MODEL.replace("acme", "xai"),
    "polcy/more.yaml": ALIAS.replace("code.fast", "code.more"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_file_that_is_not_read_stops_a_release_and_a_branch(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    path = desk.releases / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(UNREAD[name])
    before = desk.holds()
    refused = desk.zumik("release", "create", "--allow-unchanged")
    assert refused.exit_code == 3, refused
    assert "unread-file" in refused.err
    assert f"releases/{name.removesuffix('/more.yaml')}" in refused.err
    assert desk.holds() == before
    desk.git("switch", "--quiet", "--create", "more")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Add a file")
    checked = desk.zumik("check", "--base", "origin/main")
    assert checked.exit_code == 3, checked
    assert "[unread-file]" in checked.out
    assert f"releases/{name.removesuffix('/more.yaml')}" in checked.out


@pytest.mark.parametrize(("said", "codes"), [("", ["confidential-unsaid"]), ("false", [])])
def test_a_provider_that_was_confidential_needs_a_word_in_the_work_tree_too(
    said: str, codes: list[str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    catalog = desk.releases / "catalog" / "acme.yaml"
    text = catalog.read_text()
    catalog.write_text(text.replace("provider: acme\n", "provider: acme\nconfidential: true\n"))
    assert desk.zumik("release", "create").exit_code == 0
    flag = f"provider: acme\nconfidential: {said}\n" if said else "provider: acme\n"
    catalog.write_text(text.replace("provider: acme\n", flag))
    checked = desk.zumik("check", "--format", "json")
    found = [item["code"] for item in json.loads(checked.out)["findings"]]
    assert [code for code in found if code.startswith("confidential")] == codes, checked
    assert checked.exit_code == (3 if codes else 0)


def test_one_run_reports_every_fault(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    (desk.releases / "policy" / "aliases.yaml").write_text(
        "aliases:\n  Code.Fast: {}\n  b:\n    candidates: [yes]\n    prefer: listed\n"
    )
    (desk.releases / "policy" / "more.yaml").write_text("measures: {x: {}}\nextra: 1\n")
    (desk.releases / "catalog" / "acme.yaml").write_text("provider: acme\nmodels: {small: 7}\n")
    found = _findings(desk.zumik("validate", "--format", "json"))
    assert {str(finding["file"]) for finding in found} == {
        "releases/catalog/acme.yaml",
        "releases/policy/aliases.yaml",
        "releases/policy/more.yaml",
    }
    assert len(found) >= 6
