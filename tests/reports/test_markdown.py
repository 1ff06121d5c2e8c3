"""The summary of a CI step: how it renders, and that nothing in it acts."""

from __future__ import annotations

import re
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.reports.checked_values import CLEAN, HOSTILE, RULES, SEVERITIES

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.check_report import checked_report
from zumik.reports.github import checked_to_github
from zumik.reports.markdown import MAX_BYTES, checked_to_markdown
from zumik.reports.markdown_text import md
from zumik.reports.plain import plain

OURS = {"<br>", "<span>", "</span>"}
HARMLESS = {
    *("inline", "html_inline", "softbreak", "code_inline", "strong_open", "strong_close"),
    *("paragraph_open", "paragraph_close", "heading_open", "heading_close"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
}


def tokens(markdown: str) -> list[Token]:
    """The tokens of a text, those inside lines too."""
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = parsed.parse(markdown)
    return [inner for token in found for inner in (token, *(token.children or ()))]


def acting(markdown: str) -> list[str]:
    """What GitHub would do with a text beside showing it.

    Mentions and numbers it looks for in what is shown, addresses in the Markdown; neither in code.
    """
    found = re.findall(r"://|www\.", re.sub(r"`[^`]*`", "", markdown), re.IGNORECASE)
    for token in tokens(markdown):
        if token.type == "html_inline" and token.content not in OURS:
            found.append(token.content)
        elif token.type == "text":
            found += re.findall(r"@[a-z0-9]|#[0-9]|GH-[0-9]", token.content, re.IGNORECASE)
            found += re.findall(
                r":[a-z_+-][a-z0-9_+-]*:|:100:|:1234:|:1st_place_medal:", token.content
            )
        elif token.type not in HARMLESS:
            found.append(token.type)
    return found


def test_no_text_of_a_branch_is_active() -> None:
    assert acting(checked_to_markdown(HOSTILE, RULES)) == []


def test_the_link_detector_finds_a_link() -> None:
    told = "- [a](//evil.example) @team <i> https://evil.example\n> #1\n\n    code"
    assert acting(told) == [
        *("://", "link_open", "link_close", "@t", "<i>"),
        *("blockquote_open", "#1", "blockquote_close", "code_block"),
    ]


@given(st.text(st.sampled_from("a1 -#*_`|<>&[]()!@:/.\\~\n$'\"=+"), max_size=30))
def test_any_text_is_inactive(text: str) -> None:
    finding = Finding("ledger-gap", Severity.ERROR, text, Location(text), text)
    checked = CLEAN._replace(findings=(finding,), base=text, not_done=(text,))
    assert acting(checked_to_markdown(checked, RULES)) == []


def test_no_text_is_an_emoji_and_a_time_stays_as_it_is() -> None:
    for text in (
        "ok :smile: ok",
        ":+1:",
        "a::white_check_mark::b",
        ":_x_:",
        ":100:",
        ":1st_place_medal:",
    ):
        assert acting(md(text)) == [], text
        shown = "".join(token.content for token in tokens(md(text)) if token.type == "text")
        assert shown.replace("\u200b", "") == text
    assert (
        md("at 12:30:45 UTC, openai/gpt-5:high leads") == "at 12:30:45 UTC, openai/gpt-5:high leads"
    )


def test_no_text_makes_a_heading_or_an_item_of_its_own() -> None:
    texts = ("# a", "- a", "+ a", "1. a", "1) a", "=", "> a", "    a", "---", "| a |\n|---|")
    for text in texts:
        finding = Finding("ledger-gap", Severity.ERROR, text, Location(text), text)
        checked = CLEAN._replace(findings=(finding,), base=text, not_done=(text,))
        found = [token.type for token in tokens(checked_to_markdown(checked, RULES))]
        assert found.count("heading_open") == 2
        assert found.count("list_item_open") == 2


def headings(markdown: str) -> list[str]:
    found = tokens(markdown)
    return [
        found[place + 1].content
        for place, token in enumerate(found)
        if token.type == "heading_open"
    ]


def test_the_verdict_comes_first_and_findings_by_severity() -> None:
    assert headings(checked_to_markdown(SEVERITIES, RULES)) == [
        "zumik check: not clean",
        "Errors",
        "Warnings",
        "Notices",
    ]
    assert headings(checked_to_markdown(CLEAN, RULES)) == ["zumik check: intact"]


def test_what_the_base_has_too_is_one_line_that_opens() -> None:
    told = checked_to_markdown(SEVERITIES, RULES)
    summary = "<details><summary>1 warning that origin/main has too</summary>"
    assert told.count(summary) == 1
    before, inside = told.split(summary)
    assert "code.deep" not in before
    assert "code.deep" in inside.partition("</details>")[0]


@pytest.mark.parametrize("base", ["refs/zumik/base", "a" * 40, "<b>@team", "x y", "-o"])
def test_a_base_without_a_plain_name_is_the_base(base: str) -> None:
    told = checked_to_markdown(SEVERITIES._replace(base=base), RULES)
    assert "<summary>1 warning that the base has too</summary>" in told


def test_an_error_of_the_base_is_read_like_any_other() -> None:
    known = tuple(finding._replace(in_base=True) for finding in SEVERITIES.findings)
    told = checked_to_markdown(SEVERITIES._replace(findings=known), RULES)
    assert headings(told) == ["zumik check: not clean", "Errors"]


def test_a_summary_fits_github_s_limit_and_says_what_it_omits() -> None:
    mild = Finding("floating-winner", Severity.WARNING, "@" * 900, Location("f"))
    grave = Finding("ledger-gap", Severity.ERROR, "grave", Location("f"))
    told = checked_to_markdown(CLEAN._replace(findings=(*[mild] * 5000, grave)), RULES)
    shown = told.count("\n- **")
    assert len(told.encode()) < 1024 * 1024
    assert "grave" in told
    assert 0 < shown < 5001
    assert f"**Not shown:** {5001 - shown:,} more" in told


# The review, whose text is made elsewhere


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """A check with a review whose reporters say what they are given."""
    first, rest = ModuleType("moved_aliases_report"), ModuleType("review_report")
    first.moved_aliases_report = lambda review, share: [["FIRST"]]  # type: ignore[attr-defined]
    first.moved_aliases_to_markdown = lambda review, share: ["FIRST"]  # type: ignore[attr-defined]
    rest.review_details = lambda review: [[review]]  # type: ignore[attr-defined]
    rest.review_details_to_markdown = lambda review: review  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "zumik.reports.moved_aliases_report", first)
    monkeypatch.setitem(sys.modules, "zumik.reports.review_report", rest)
    return SEVERITIES._replace(review="REVIEW\n::error::x\n  ::warning::y ##[z]\n")  # type: ignore[arg-type]


def test_traffic_comes_first_then_findings_then_the_rest(reviewed: Checked) -> None:
    order = ("FIRST", "code.fast: the revision", "1 warning that origin/main has too", "REVIEW")
    for text in (plain(checked_report(reviewed)), checked_to_github(reviewed, RULES)):
        assert text.startswith("FIRST\n")
        assert text.index("FIRST") < text.index("digest-mismatch") < text.index("REVIEW")
    told = checked_to_markdown(reviewed, RULES)
    marks = [told.index(mark) for mark in ("not clean", "FIRST", "### Errors", *order[1:])]
    assert marks == sorted(marks)


def test_a_long_review_does_not_displace_the_findings(reviewed: Checked) -> None:
    long = reviewed._replace(review="x" * MAX_BYTES)  # type: ignore[arg-type]
    told = checked_to_markdown(long, RULES)
    assert "The review is too long for a summary" in told
    assert "### Notices" in told


def test_a_review_starts_no_command_in_a_log(reviewed: Checked) -> None:
    log = checked_to_github(reviewed, RULES)
    assert log.split("REVIEW\n")[1] == ": :error::x\n  : :warning::y ## [z]"
