"""The words: every rule has its texts, one fault has one wording, and no text has a banned word."""

from __future__ import annotations

import ast
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zumik.core.basics.findings import Rule
from zumik.rules.rule_registry import RULES

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "src" / "zumik").rglob("*.py"))

BANNED = re.compile(
    r"\b(?i:"
    r"told|tells?|nobody|no one|whoever|whatever|strange(ly)?|gone|anew|stands? for|"
    r"by other hands|what it was to do|what it comes to|takes? part|there is nothing here|"
    r"as it lies|leave \S+( \S+)? away|it has happened"
    r")\b"
    # Python's None is a value, and "there is none" is plain.
    r"|\bis none\b(?<!there is none)"
)
ALLOWED = {
    # The code of a rule is frozen for ever, since programs and suppressions name it.
    "requirement-nobody-meets",
    # A case of the table of attacks, named where SECURITY.md gives its proof.
    "ledger-line-gone",
    "attributes-gone",
    # What statistics say of two figures; no other word is as short.
    "told apart",
}
"""Exact words in which a banned one is part of a name that must not change."""


def banned_in(text: str) -> list[str]:
    for name in ALLOWED:
        text = text.replace(name, "")
    return [match[0] for match in BANNED.finditer(text)]


def texts_of(module: Path) -> Iterator[tuple[int, str]]:
    """The strings, docstrings and comments of a module, by line."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())
    with tokenize.open(module) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_the_program_has_a_banned_word(module: Path) -> None:
    assert not [(line, words) for line, text in texts_of(module) if (words := banned_in(text))]


PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob(".github/*.md"),
    *ROOT.glob("schemas/*.md"),
    *ROOT.glob("releases/*.md"),
    ROOT / "tests" / "README.md",
    ROOT / "tests" / "conformance" / "README.md",
    *(ROOT / ".github").rglob("*.sh"),
    *(ROOT / ".github").rglob("*.yml"),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_has_a_banned_word(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert not [(n, words) for n, line in enumerate(lines, 1) if (words := banned_in(line))]


SHOWN = {"title", "description", "summary", "patternErrorMessage"}


def prose(schema: Any) -> Iterator[str]:
    """What a schema says to people."""
    if isinstance(schema, list):
        for item in schema:
            yield from prose(item)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key in SHOWN and isinstance(value, str):
                yield value
            yield from prose(value)


@pytest.mark.parametrize("schema", sorted(ROOT.glob("schemas/*.json")), ids=lambda path: path.name)
def test_no_schema_has_a_banned_word(schema: Path) -> None:
    texts = prose(json.loads(schema.read_text(encoding="utf-8")))
    assert not [(text, words) for text in texts if (words := banned_in(text))]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_a_title_and_a_reason(rule: Rule) -> None:
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert len(rule.why.split()) >= 8
    assert rule.title not in {other.title for other in RULES.values() if other is not rule}


# One fault, one wording


def template(node: ast.expr) -> str | None:
    """A message with {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(template(part) or "{}" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return f"{template(node.left) or '{}'}{template(node.right) or '{}'}"
    return None


def messages() -> Iterator[tuple[str, str]]:
    """Every message of an error or a finding, with the module that words it."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            first: ast.expr | None = None
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first = node.exc.args[0]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[1] if node.func.attr == "at" and len(node.args) > 1 else None
            text = template(first) if first is not None else None
            if text is not None:
                yield text, str(module.relative_to(ROOT / "src" / "zumik"))


MESSAGES = sorted(set(messages()))

ONE_WORDING: dict[str, tuple[str, str]] = {
    "an alias without a live pointer": (
        r"live pointer|\blive\b.*\balias|point(s|er)? to nothing",
        r"(.*has no live pointer|no alias has a live pointer|no live alias ranks .*"
        r"|the live pointer of \{\} was removed|.* no live alias ranks a model like that"
        r"|.*\{\} is live for .*)",
    ),
    "a release that does not exist": (
        r"\bno (such |intact )?release\b|release .*(not found|does not exist|unknown)",
        r"(no release \{\} in (\{\}|the workspace)|no intact release \{\}|no release knows \{\}"
        r"|\{\}: no release before \{\} to go back to\{\}|there is no release yet)",
    ),
    "an alias that is unknown": (
        r"\bno (such )?alias\b|alias .*(not found|does not exist|unknown)",
        r"(no alias \{\} in the policy|.*has no alias \{\}|.*which has no such alias"
        r"|no alias has a live pointer|there is nothing to freeze: the policy has no alias)",
    ),
    "a release that is withdrawn": (
        r"withdrawn|withdrawal",
        r"(\{\} is withdrawn: \{\}|\{\} points to \{\}, which is withdrawn: \{\}"
        r"|it is the withdrawal of \{\}|a withdrawal that landed was \{\}"
        r"|withdrawn on \{\} UTC, which is in the future)",
    ),
    "an alias that is retired": (
        r"retired",
        r"(\{\} was retired: \{\}|\{\} is retired by this very command)",
    ),
    "a text that is no id": (
        r"is not (a|an|the name of a) (release|model|alias|receipt|SHA|digest)",
        r"\{\} is not (a|an|the name of a) "
        r"(release id|model id|alias name|receipt|SHA-256 digest|release file)",
    ),
    "a directory that does not exist": (r"\bno (such )?directory\b", r"no directory \{\}"),
    "a file that cannot be read": (r"\b(cannot|could not) (read|open) \{", r"cannot read \{\}: .*"),
    "a time in the future": (
        r"\bfuture\b",
        r"(--[\w-]+ lies in the future|.*, which is in the future)",
    ),
    "bytes beyond a bound": (
        r"\bbytes\b.*\b(than|limit|most)\b.*read",
        r"(.+ has )?\{\} bytes, more than the \{\} that are read",
    ),
    "text that is not UTF-8": (
        r"UTF-8",
        r"(not UTF-8 at (byte )?\{\}|\{\} is not UTF-8|the input is not UTF-8)",
    ),
    "JSON that is not JSON": (r"\bnot JSON|malformed|invalid JSON", r"not JSON: \{\} at \{\}:\{\}"),
    "files that are not canonical": (r"canonical ones|canonical (form|bytes)", r"the bytes are .*"),
    "another version is required": (
        r"requires zumik|needs zumik",
        r"this (workspace|branch) requires zumik \{\}; this is \{\}",
    ),
    "an interrupted command": (r"\binterrupted\b", r"\{\} was interrupted before it was done"),
    "nothing was changed": (r"nothing (was|is|has been) (chang|writ)", r".*; nothing was \w+"),
}
"""Each fault: by which words a message about it is known, and how all such messages are worded.

A new message that speaks of one of these either has the wording, or is another fault: then its own
wording belongs here, beside the ones that it must not be confused with."""


@pytest.mark.parametrize("fault", ONE_WORDING)
def test_one_fault_has_one_wording(fault: str) -> None:
    about, wording = (re.compile(pattern) for pattern in ONE_WORDING[fault])
    found = [(text, where) for text, where in MESSAGES if about.search(text)]
    assert found, "no message speaks of this fault"
    assert not [(text, where) for text, where in found if not wording.fullmatch(text)]


def test_messages_are_phrases_that_a_hint_can_follow() -> None:
    assert len(MESSAGES) > 200
    assert not [(text, where) for text, where in MESSAGES if text.endswith((".", "!", " "))]


def test_no_two_messages_differ_only_in_filler_words() -> None:
    filler = re.compile(r"\b(the|a|an|this|that|there|is|are|was|it|has|have|not|no|does)\b|\W+")
    seen: dict[str, str] = {}
    for text, _ in MESSAGES:
        kernel = filler.sub(" ", text.replace("{}", "X")).strip().lower()
        if len(kernel.split()) > 2:
            assert seen.setdefault(" ".join(kernel.split()), text) == text
