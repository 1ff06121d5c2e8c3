"""libyaml and PyYAML's own parser are held to each other: what is installed changes no answer."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.yaml_text.both_parsers import assert_both_agree

from zumik.yaml_text import reader
from zumik.yaml_text.reader import read_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("tests/**/*.yaml"), *ROOT.glob("releases/**/*.yaml")])

needs_libyaml = pytest.mark.skipif(
    not pyyaml.__with_libyaml__, reason="PyYAML was built without libyaml"
)


@needs_libyaml
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_both_parsers_read_a_file_alike(file: Path) -> None:
    assert_both_agree(file.read_bytes())
    assert_both_agree(file.read_bytes().replace(b"\n", b"\r\n"))


# What only one of the two parsers accepts, found by holding them to each other.


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: |\n \tb\n", "yaml-tab", "2:2"),
        ("a: >-  # c\n\n \n \t\nb: 1\n", "yaml-tab", "4:2"),
        ("{a:[b]}", "yaml-syntax", "1:3"),
        ("[a :{b: c}]", "yaml-syntax", "1:4"),
        ("a: [b?, c]", "yaml-syntax", "1:6"),
        ("a: |# c\n  b\n", "yaml-syntax", "1:5"),
        ("-\ta\n", "yaml-tab", "1:2"),
        ("a: b\tc\n", "yaml-tab", "1:5"),
        ("a: |\n  b\n\t\n", "yaml-tab", "3:1"),
        ("a:\n  b\n\t\n  c\n", "yaml-tab", "3:1"),
        ('a: "b"#c\n', "yaml-syntax", "1:7"),
        ("a: [b]#c\n", "yaml-syntax", "1:7"),
        ("a: {b: c}#d\n", "yaml-syntax", "1:10"),
        ("a: [b,#c\n  d]\n", "yaml-syntax", "1:7"),
        ("a: [#c\n  d]\n", "yaml-syntax", "1:5"),
        ('{"a":#c\n  d}\n', "yaml-syntax", "1:6"),
        ("a: [b,\nc]\n", "yaml-syntax", "2:1"),
        ("a:\n  b: {c: 1,\n  d: 2}\n", "yaml-syntax", "3:3"),
        ("- a: [b,\n  c]\n", "yaml-syntax", "2:3"),
        ("a:\n  b: [c\n]\n", "yaml-syntax", "3:1"),
        ('a: "b\nc"\n', "yaml-syntax", "2:1"),
        ('a: ["b\n# c"]\n', "yaml-syntax", "2:1"),
        ("a: 'b\n\tc'\n", "yaml-syntax", "2:1"),
        ("a: |\n  b\n   ", "yaml-syntax", "3:1"),
        ("a: |\n  b\n  c ", "yaml-syntax", "3:4"),
        ("a: >+\n  b", "yaml-syntax", "2:3"),
        ("a:\n|\n  b\n", "yaml-syntax", "2:1"),
        ("a: >\n \n  \n # c\n", "yaml-syntax", "2:1"),
        ("|2\n  b\n", "yaml-syntax", "1:1"),
        ("|-\n# b\n", "yaml-syntax", "1:1"),
        ("- |+\n   ", "yaml-syntax", "2:1"),
    ],
)
def test_text_that_one_parser_refuses_is_refused_with_either(
    text: str, code: str, place: str
) -> None:
    [finding] = read_yaml("f", text.encode()).findings
    assert (finding.code, str(finding.location)) == (code, f"f:{place}")
    assert_both_agree(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "a: |1\n \tb\n",
        "a: |\n  b\n  \tc\n",
        "a: 'x\ty'",
        "a: b?\n",
        "a: |-\n  b\n  c ",
        "a: b\t\n",
        "a: b \t # c\n",
        "a: 1\n\t\nb: 2\n \t \n",
        '{\n\t"a": [\n\t\t1\n\t]\n}\n',
        "a: [\n  b\n]\n",
        "- a: {\n    b: c\n  }\n",
        "a: [b, # c\n# d\n  e]\n",
        "a: [b,\n\n  c]\n",
        'a: "b\n\n  c"\n',
        "[a,\nb]\n",
        'a: ["#b", "c"] #d\n',
        "a: b#c\n",
        "a: |\n  b\n \n",
        "{'a':[b]}",
        "{a: [b]}",
    ],
)
def test_text_that_both_parsers_accept_is_accepted(text: str) -> None:
    assert read_yaml("f", text.encode()).findings == ()
    assert_both_agree(text.encode())


def test_a_text_that_only_libyaml_refuses_is_never_accepted() -> None:
    class Refusing:
        def __call__(self) -> object:
            raise pyyaml.scanner.ScannerError("while", None, "no", None)

    with patch.object(reader, "libyaml_events", lambda text: Refusing()):
        reading = read_yaml("f", b"a: 1\n")
    assert reading.document is None
    [finding] = reading.findings
    assert finding.code == "yaml-syntax"
    assert "one YAML parser reads this and another refuses it" in finding.message


@needs_libyaml
def test_a_good_file_is_parsed_once_and_a_bad_one_again() -> None:
    with patch.object(reader, "python_events", wraps=reader.python_events) as slow:
        assert read_yaml("f", b"a: [1, 'b']\n").document is not None
        assert slow.call_count == 0
        assert read_yaml("f", b"a: yes\n").document is not None
        assert slow.call_count == 1


@needs_libyaml
@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: "])
def test_no_nesting_exhausts_the_stack_of_libyaml(opening: str) -> None:
    [finding] = read_yaml("f", (opening * 2_000_000).encode()).findings
    assert finding.code in {"yaml-depth", "yaml-key"}


# Any text: pieces of YAML in any order, and real files with pieces of others put into them.

PIECES = [
    *"-?:,[]{}#&*!|>'\"%@` \n\\~0+.a=\t",
    *("a", "b: ", "- ", "? ", ": ", ", ", "key", "on", "1", "é", "日本", "\N{GRINNING FACE}"),
    *("\n  ", "\n    ", "\n\n", "\r\n", "\n- ", "\n-\n", "# c", " #", "a: b\n", "- - "),
    *("---\n", "--- ", "...\n", "%YAML 1.1\n", "<<: ", "!!x ", "http://x:y", "a:b", ":a", "?a"),
    *("|\n ", ">-\n  ", "|2\n", "|+\n", "|-", "''", '""', "[]", "{}", "'x\n y'", '"x\n y"'),
    *('"\\x41"', "\\x", "\\u0041", "\\/", "\\ ", "\\_", "\\\n", "\N{NO-BREAK SPACE}"),
]
pieces = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
SMALL = [text for file in FILES if len(text := file.read_bytes()) < 3000]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SMALL))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.sampled_from([0, 0, 1, 2, 5]))
        data = data[:start] + draw(pieces | st.sampled_from(PIECES)).encode() + data[end:]
    return data


@needs_libyaml
@settings(deadline=None, max_examples=500)
@given(pieces)
def test_both_parsers_read_any_text_alike(text: str) -> None:
    assert_both_agree(text.encode())


@needs_libyaml
@settings(deadline=None, max_examples=200)
@given(mutations())
def test_both_parsers_read_any_change_of_a_file_alike(data: bytes) -> None:
    assert_both_agree(data)


@needs_libyaml
@settings(deadline=None)
@given(st.binary(max_size=40))
def test_both_parsers_read_any_bytes_alike(data: bytes) -> None:
    assert_both_agree(data)
