"""What holds of every document: its blocks are run or say why not, and its links lead somewhere."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
import typer
import yaml
from markdown_it import MarkdownIt
from tests.documents.pages import DOCUMENTS, ROOT, Block, blocks_of, name_of, shows

from zumik.cli.main import app

WITH_BLOCKS = [
    name_of(page)
    for page in DOCUMENTS
    if page.parent in (ROOT, ROOT / ".github", ROOT / "schemas") and page.name != "CHANGELOG.md"
]

OF_PAGE = {
    ".github/AUDITING.md": "tests/cli/test_auditing_page.py",
    ".github/POLICIES.md": "tests/policies/test_policies.py",
}
"""The tests that run the blocks of a page that have no mark `run by`."""

OF_MARK = {"walk": ".ci/run", "tests": ".ci/run"}
"""The README's two commands, which `.ci/run` reads."""

NOT_RUN = {
    "zumik is not published": "the address of its repository is not known yet",
    "needs GitHub": "a workflow runs on GitHub alone; its steps are those of tests/action",
    "needs GitLab": "a job runs on GitLab alone",
    "needs the address of zumik": "pre-commit clones it; tests/action runs the hooks",
    "needs keys of providers": "a real proxy with a provider of its own is in tests/integration",
    "asks a package index": "as .ci/run does",
    "needs Ajv": "from npm",
    "needs cron": "cron waits a minute, and mails",
    "needs containers": "images of one's own",
}
"""Every reason why a block is not run; the mark on the block may say more after it."""


@pytest.mark.parametrize(
    "block",
    [block for name in WITH_BLOCKS for block in blocks_of(name)],
    ids=lambda block: f"{block.page}:{block.line}",
)
def test_each_block_is_run_by_a_test_or_says_why_not(block: Block) -> None:
    if block.mark.startswith("not run: "):
        assert any(block.mark.startswith(f"not run: {reason}") for reason in NOT_RUN), block.mark
        return
    found = re.fullmatch(r"run by (\S+)", block.mark)
    test = found[1] if found else OF_MARK.get(block.mark) or OF_PAGE.get(block.page)
    assert test, f"{block.page}:{block.line} has a block with no mark"
    assert Path(block.page).name in (ROOT / test).read_text(encoding="utf-8"), test


READ_AS = {"yaml": yaml.safe_load, "json": json.loads, "python": ast.parse}


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_each_block_is_well_formed(name: str) -> None:
    for block in blocks_of(name):
        # One job of a workflow is indented as in its file.
        READ_AS.get(block.language, str)(textwrap.dedent(block.text))


def test_all_blocks_are_found_and_all_reasons_are_used() -> None:
    marks = []
    for name in WITH_BLOCKS:
        fences = re.findall(r"(?m)^ *```", (ROOT / name).read_text(encoding="utf-8"))
        assert len(blocks_of(name)) * 2 == len(fences), name
        marks += [block.mark for block in blocks_of(name)]
    assert [r for r in NOT_RUN if not any(m.startswith(f"not run: {r}") for m in marks)] == []


@pytest.mark.parametrize(
    ("shown", "printed", "holds"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n…\n", "a\nb\n", True),
        ("a\n  …\nc\n", "a\nb\nc\n", True),
        ("a\n…\nc\n", "a\nb\nc\nd\n", False),
        ("…\nc\n", "a\nbc\n", False),
        ("b\n…\n", "a\nb\n", False),
        ("a\n…\nd\n…\n", "a\nb\nc\n", False),
    ],
)
def test_what_a_block_shows_is_what_was_printed_but_for_the_dots(
    shown: str, printed: str, holds: bool
) -> None:
    assert shows(shown, printed) is holds


# Links


class Link(NamedTuple):
    """A link of a document to a file, to a heading, or to both."""

    page: str
    target: str


def tokens(page: Path) -> Iterator[tuple[str, str]]:
    """The links and headings of a document, as those who render it see them."""
    parsed = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    for token, following in zip(parsed, [*parsed[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            yield "heading", following.content
        for child in token.children or ():
            if child.type in ("link_open", "image"):
                yield "link", str(child.attrs.get("href") or child.attrs.get("src"))
            if child.type == "html_inline":
                yield from (("link", src) for src in re.findall(r'src="([^"]+)"', child.content))
        if token.type == "html_block":
            yield from (("link", src) for src in re.findall(r'src="([^"]+)"', token.content))


def anchors_of(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub and GitLab make them."""
    plain = (re.sub(r"[`*]", "", text) for kind, text in tokens(page) if kind == "heading")
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in plain}


LINKS = sorted(
    {
        Link(name_of(page), target)
        for page in DOCUMENTS
        for kind, target in tokens(page)
        if kind == "link" and not re.match(r"https?:", target)
    }
)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.page}: {link.target}")
def test_each_link_leads_to_a_file_and_a_heading(link: Link) -> None:
    page = ROOT / link.page
    path, _, anchor = unquote(link.target).partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    assert target.is_relative_to(ROOT)
    if anchor:
        assert anchor in anchors_of(target), sorted(anchors_of(target))


def test_the_documents_have_links() -> None:
    assert len(LINKS) > 40


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_each_path_that_a_document_names_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:src|tests|schemas|\.github|\.ci)/[\w./-]+)`", page.read_text(encoding="utf-8")
    )
    if page.name != "CHANGELOG.md":
        assert [path for path in named if not (ROOT / path).exists()] == []


# The README leads to all

READERS = {
    path.name for path in (ROOT / ".github").glob("*.md") if path.name not in ("JOURNEYS.md",)
}


def test_the_readme_leads_to_the_page_of_each_reader() -> None:
    linked = {Path(link.target).name for link in LINKS if link.page == "README.md"}
    assert linked >= READERS


def test_the_readme_can_be_read_in_a_few_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 1200


@pytest.mark.parametrize("name", [name for name in WITH_BLOCKS if "/" in name])
def test_a_page_says_first_for_whom_it_is(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.match(r"# [^\n]+\n\nFor (the|those) ", text), text[:80]


# Commands


def mentions(page: Path) -> Iterator[str]:
    """What a document writes in code, in a line or in a block, that begins with `zumik`."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for block in re.findall(r"(?ms)^ *```\w*\n(.*?)^ *```", text):
        code = re.sub(r"(?m)(^|\s)#.*", "", block)
        yield from re.findall(r"(?<![\w./@~-])zumik (?!import)[a-z-][^\n#;|&]*", code)
    inline = re.sub(r"(?ms)^ *```.*?^ *```", "", text)
    for code in re.findall(r"(?s)(?<!`)`(zumik [^`]+)`", inline):
        parts = re.split(r"&&|;|\|", " ".join(code.split()))
        yield from (part.strip() for part in parts if part.strip().startswith("zumik "))


def unknown_in(text: str) -> list[str]:
    """The words and options of a command line that zumik does not have."""
    quoted = re.sub(r"'[^']*'|\"[^\"]*\"", "QUOTED", text)
    words = re.sub(r"[\[\]]", " ", quoted).split()[1:]
    command: Any = typer.main.get_command(app)
    options = {"--help", "-h", "--workspace", "-w", "--version", "--install-completion"}
    while hasattr(command, "get_command") and words:
        name = words.pop(0).rstrip(",.:…")
        if name in ("--workspace", "-w"):
            words.pop(0)
        elif name in options or name.isupper():
            return []
        else:
            below = [command.get_command(None, part) for part in name.split("|")]
            if None in below:
                return [name]
            command = below[0]
    options.update(*(option.opts for option in getattr(command, "params", ())))
    written = [word.rstrip(",.…").partition("=")[0] for word in words]
    return [word for word in written if re.match(r"--?[a-z]", word) and word not in options]


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_each_command_in_a_document_is_one_of_zumik(page: Path) -> None:
    # The changelog names what there was.
    if page.name != "CHANGELOG.md":
        assert [(text, unknown) for text in mentions(page) if (unknown := unknown_in(text))] == []


def test_commands_are_found_in_documents() -> None:
    assert sum(len(list(mentions(page))) for page in DOCUMENTS) > 150
    assert unknown_in("zumik alias promoted code.fast") == ["promoted"]
    assert unknown_in("zumik drain 'a/*' --untill 4h") == ["--untill"]
