"""The registry of codes: every code that can be found has a rule, and every rule can be found.

The codes are read out of the sources: a call in a module that makes findings, one of whose first
two arguments is written like a code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import zumik
from zumik.checks.rule_registry import RULES
from zumik.cli.main import COMMANDS
from zumik.core.basics.findings import Rule

SOURCES = Path(zumik.__file__).parent
TEXTS = SOURCES / "checks" / "rules"
VIEWS = SOURCES / "reports"

# Rules whose checks are being written. Empty it.
PENDING: set[str] = set()

CODE = re.compile(r"[a-z]+(-[a-z]+)+")
ONE_WORD = {"autocrlf", "grafts", "interrupted", "malformed", "shape"}
MAKERS = {"Finding", "_Fault", "Malformed", "found", "_found", "error", "_error"}
"""What makes a finding of a code that it is given; a code of one word is known by them alone."""


def modules() -> dict[str, ast.Module]:
    """The sources that may make findings, by path."""
    parsed = {}
    for file in sorted(SOURCES.rglob("*.py")):
        text = file.read_text()
        if not {TEXTS, VIEWS} & {*file.parents} and re.search(
            r"\bfindings\b|\.found\(|\b(Malformed|Wrong)\b", text
        ):
            parsed[str(file.relative_to(SOURCES))] = ast.parse(text)
    return parsed


def texts(node: ast.AST | None) -> Iterator[str]:
    """The texts that an expression can come to, as far as they are written in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def emitted() -> dict[str, set[str]]:
    """Every code that the sources can give to a finding, and where."""
    found: dict[str, set[str]] = {}
    for path, module in modules().items():
        for node in ast.walk(module):
            for code in _codes(node):
                found.setdefault(code, set()).add(f"{path}:{node.lineno}")  # type: ignore[attr-defined]
    return found


def _codes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        named = [word.value for word in node.keywords if word.arg == "code"]
        for given in (*node.args[:2], *named):
            for text in texts(given):
                if CODE.fullmatch(text) or (text in ONE_WORD and name in MAKERS):
                    yield text
    elif isinstance(node, ast.FunctionDef):
        # The code of Malformed where none is given.
        for default in (*node.args.defaults, *node.args.kw_defaults):
            yield from (text for text in texts(default) if text in ONE_WORD)
    elif isinstance(node, ast.Constant):
        # The YAML reader keeps its codes in tables.
        yield from (
            text for text in texts(node) if text.startswith("yaml-") and CODE.fullmatch(text)
        )


def test_every_code_that_can_be_found_has_a_rule() -> None:
    assert {code: places for code, places in emitted().items() if code not in RULES} == {}


def test_every_rule_can_be_found() -> None:
    assert RULES.keys() - emitted().keys() - PENDING == set()


def test_no_pending_code_exists_already() -> None:
    assert emitted().keys() & PENDING == set()


def test_sources_are_read() -> None:
    assert {"digest-mismatch", "yaml-tab", "shape", "malformed", "zero-price"} <= emitted().keys()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_has_a_title_a_reason_and_a_remedy(rule: Rule) -> None:
    sentences = re.split(r"(?<=[.:]) (?=[A-Z])", rule.why)
    assert 10 <= len(rule.title) <= 80
    assert rule.title[0].isupper() or rule.title.split()[0] in {"upstream"}
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert 2 <= len(sentences) <= 4, sentences
    assert len(rule.why) <= 1024, "more than code scanning shows of a description"
    assert (rule.title + rule.why).isascii()


@pytest.mark.parametrize("code", RULES)
def test_a_code_is_in_kebab_case(code: str) -> None:
    assert CODE.fullmatch(code) or code in ONE_WORD
    assert RULES[code].code == code


def test_commands_in_rule_texts_exist() -> None:
    words = {
        match[1]
        for rule in RULES.values()
        for match in re.finditer(r"\bzumik ([a-z]+)\b", rule.why)
    }
    assert words - {"itself", "made", "make", "never"} <= set(COMMANDS)
