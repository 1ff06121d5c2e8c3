"""Text from outside, as each format may hold it."""

from __future__ import annotations

import pytest

from zumik.reports.escapes import (
    command_data,
    command_property,
    log_line,
    one_line,
    relative_uri,
)


def test_text_becomes_one_visible_line() -> None:
    assert one_line("a\r\nb\x1b\ud800\u2028") == "a\\r\\nb\\x1b\\ud800\\u2028"


def test_cut_characters_are_counted() -> None:
    assert one_line("abcdef", 4) == "abcd… (2 more characters)"
    assert one_line("abcd", 4) == "abcd"


def test_workflow_commands_are_escaped_as_github_does() -> None:
    assert command_data("100%\r\na,b:c") == "100%25%0D%0Aa,b:c"
    assert command_property("100%\r\na,b:c") == "100%25%0D%0Aa%2Cb%3Ac"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("::error::x", ": :error::x"),
        ("\t ::error::x", "\t : :error::x"),
        ("a ##[error]x ###[y]", "a ## [error]x ### [y]"),
        ("a ::error::x", "a ::error::x"),
        (":x", ":x"),
    ],
)
def test_a_log_line_is_never_a_workflow_command(line: str, told: str) -> None:
    assert log_line(line) == told


def test_any_path_is_a_relative_reference() -> None:
    assert relative_uri("a:b/c d#e?f%\udc80") == "a%3Ab/c%20d%23e%3Ff%25%ED%B2%80"
