"""Text from outside in Markdown: it is shown as it is, and nothing in it acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from zumik.core.basics.display import neutral
from zumik.reports.markdown_text import code, details, md, md_table

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

NOTHING = "\u200b"

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="`*_[]()<>#|~\\&!@-+=.1a :/$w\n\"'", max_size=30),
)


def children(source: str) -> list[Token]:
    """Everything inline, wherever it is."""
    return [child for token in PARSER.parse(source) for child in token.children or ()]


def read(source: str) -> str:
    """What a person reads of it."""
    return "".join(child.content for child in children(source) if child.type == "text")


@pytest.mark.parametrize("around", ["{}", "- {}", "#### {}", "**bold** {}", "x\n{}", "1. {}"])
@given(TEXTS)
def test_any_text_is_shown_unchanged(around: str, text: str) -> None:
    source = around.format(md(text))
    found = {child.type for child in children(source)}
    html = [child.content for child in children(source) if child.type == "html_inline"]
    assert found <= {"text", "html_inline", "strong_open", "strong_close", "softbreak"}
    assert set(html) <= {"<span>", "</span>"}
    shown = read(source).replace(NOTHING, "").strip()
    assert shown.endswith(neutral(text).strip())
    if around == "{}":
        assert shown == neutral(text).strip()
        assert {token.type for token in PARSER.parse(source)} <= {
            "paragraph_open",
            "inline",
            "paragraph_close",
        }


@given(TEXTS, TEXTS)
def test_a_cell_stays_a_cell(left: str, right: str) -> None:
    source = "\n".join(md_table([["one", "two"], [md(left), md(right)]]))
    cells = [token for token in PARSER.parse(source) if token.type == "td_open"]
    assert len(cells) == 2
    shown = read(source).replace(NOTHING, "").replace(" ", "")
    assert shown == ("onetwo" + neutral(left) + neutral(right)).replace(" ", "")


@given(TEXTS)
def test_text_is_never_a_markdown_reference(text: str) -> None:
    shown = read(md(text)).replace(NOTHING, " ")
    assert not re.search(r"@\S|[!%~]\w|[#&][0-9]|\bGH-[0-9]", shown, re.ASCII | re.IGNORECASE)
    assert "://" not in md(text)
    assert "$$" not in md(text)


@given(TEXTS)
def test_escaped_text_is_one_line_without_control_characters(text: str) -> None:
    assert all(char.isprintable() for char in md(text))


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("anthropic/claude-haiku-4-5", "anthropic/claude-haiku-4-5"),
        ("alr_2026_06_09_003", "alr_2026_06_09_003"),
        ("$0.0062 → $0.0081 (+30 %)", "$0.0062 → $0.0081 (+30 %)"),
        ("_under_", r"\_under\_"),
        ("`code` <b>", r"\`code\` &lt;b&gt;"),
        ("a | b", "a &#124; b"),
        ("ask @team, see #12 and GH-3", "ask @&#8203;team, see \\#&#8203;12 and GH-&#8203;3"),
        ("1. first", r"1\. first"),
        ("1.63 s", "1.63 s"),
        ("- item", r"\- item"),
        ("  four", "&#32; four"),
        ("https://example.com/a_b www.example.com", r"https:\//example.com/a_b www\.example.com"),
        ("cost $x$", "cost <span>$</span>x<span>$</span>"),
        ("one\ntwo", r"one&#92;ntwo"),
        ("\u202eleft", "&#92;u202eleft"),
        ("", ""),
    ],
)
def test_markdown_escapes(text: str, markdown: str) -> None:
    assert md(text) == markdown


def test_a_name_is_a_code_span_where_one_can_hold_it() -> None:
    assert code("openai/gpt-5:high") == "`openai/gpt-5:high`"
    assert code("a`b") == r"a\`b"
    assert code("a|b") == "a&#124;b"
    assert code("a\nb") == r"a&#92;nb"


def test_details_hold_a_table() -> None:
    source = "\n".join(details("12 models", ["| a |", "| --- |", "| b |"]))
    assert [token.type for token in PARSER.parse(source)][:2] == ["html_block", "table_open"]
    assert source.endswith("\n\n</details>")


def test_figures_are_aligned_right() -> None:
    assert md_table([["a", "b"], ["x", "1"]], right=frozenset({1})) == [
        "| a | b |",
        "| --- | ---: |",
        "| x | 1 |",
    ]
