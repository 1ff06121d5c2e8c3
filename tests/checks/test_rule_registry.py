"""The registry of rules: every finding is made by a rule, and every rule has its texts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import zumik
from zumik.cli.main import COMMANDS
from zumik.core.basics.findings import Rule, Severity
from zumik.rules.rule_registry import RULES

SOURCES = Path(zumik.__file__).parent
DEFINITIONS = SOURCES / "rules"
# The one module that makes findings from rules.
MAKER = SOURCES / "core" / "basics" / "findings.py"
# Shows a code of another version, for which this one has no rule.
STANDS_IN = SOURCES / "reports" / "check_report.py"

CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def calls_of(name: str, *but: Path) -> Iterator[str]:
    """Where the sources call something by name, as file:line."""
    for file in sorted(SOURCES.rglob("*.py")):
        if file in but or (set(but) & set(file.parents)):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield f"{file.relative_to(SOURCES)}:{node.lineno}"


def test_only_rules_make_findings() -> None:
    assert list(calls_of("Finding", MAKER)) == []


def test_rules_are_defined_in_one_room() -> None:
    assert list(calls_of("Rule", DEFINITIONS, STANDS_IN)) == []


def test_every_rule_is_named_by_a_check() -> None:
    text = "\n".join(
        file.read_text() for file in SOURCES.rglob("*.py") if DEFINITIONS not in file.parents
    )
    words = set(re.findall(r"\b[A-Z_]{3,}\b", text))
    assert {rule.code.upper().replace("-", "_") for rule in RULES.values()} - words == set()


def test_the_registry_has_every_rule_that_is_defined() -> None:
    defined = re.findall(
        r"^([A-Z_]+) = Rule\(\n    \"([a-z-]+)\"",
        "".join(file.read_text() for file in DEFINITIONS.glob("*.py")),
        re.MULTILINE,
    )
    assert sorted(code for _, code in defined) == sorted(RULES)
    assert [name for name, code in defined if name != code.upper().replace("-", "_")] == []


def test_no_two_rules_have_the_same_title() -> None:
    titles = Counter(rule.title.lower() for rule in RULES.values())
    assert [title for title, number in titles.items() if number > 1] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_has_a_title_a_reason_and_a_remedy(rule: Rule) -> None:
    sentences = re.split(r"(?<=[.:]) (?=[A-Z])", rule.why)
    assert 10 <= len(rule.title) <= 80
    assert rule.title[0].isupper() or rule.title.split()[0] in {
        "replaced_by",
        "upstream",
        "zumik.yaml",
    }
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert 2 <= len(sentences) <= 5, sentences
    assert len(rule.why) <= 1024, "more than code scanning shows of a description"
    assert (rule.title + rule.why).isascii()


@pytest.mark.parametrize("code", RULES)
def test_a_code_is_in_kebab_case(code: str) -> None:
    assert CODE.fullmatch(code)
    assert RULES[code].code == code


def test_a_finding_has_the_severity_of_its_rule() -> None:
    secret, tab = RULES["secret-in-text"], RULES["yaml-tab"]
    assert secret.at("file", "message").severity is Severity.ERROR
    assert secret.at("file", "message", lesser=True).severity is Severity.WARNING
    with pytest.raises(ValueError, match="yaml-tab has one severity"):
        tab.at("file", "message", lesser=True)


def test_commands_in_rule_texts_exist() -> None:
    words = {
        match[1]
        for rule in RULES.values()
        for match in re.finditer(r"\bzumik ([a-z]+)\b", rule.why)
    }
    verbs = {
        "does",
        "fills",
        "itself",
        "made",
        "make",
        "never",
        "resolves",
        "runs",
        "would",
        "writes",
    }
    assert words - verbs <= set(COMMANDS)
