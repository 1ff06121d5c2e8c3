"""The strict YAML reader.

A file in `yaml/positive/` reads as the JSON beside it says; a file in `yaml/negative/` gives the
findings in the text beside it. Dropping in a pair adds a test. To write that text, run the tests
with UPDATE_EXPECTED=1 in the environment, and then read what it says.
"""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.findings import Path as ValuePath
from zumik.yaml_text.document import Document
from zumik.yaml_text.event_reader import MAX_FINDINGS
from zumik.yaml_text.reader import MAX_BYTES, Reading, read_yaml

CASES = Path(__file__).parent / "yaml"
POSITIVE = sorted((CASES / "positive").glob("*.yaml"))
NEGATIVE = sorted((CASES / "negative").glob("*.yaml"))

unhurried = settings(deadline=None)


def rendered(finding: Finding) -> str:
    place = finding.location
    lines = [f"{place}: {finding.code}: {finding.message}"]
    if place.source is not None:
        lines.append(f"    {place.source}")
        lines.append(f"    {' ' * ((place.column or 1) - 1)}{'^' * place.width}")
    lines.append(f"    hint: {finding.hint}")
    return "\n".join(line.rstrip() for line in lines)


def read(text: str) -> Document:
    reading = read_yaml("f.yaml", text.encode())
    assert reading.findings == ()
    assert reading.document is not None
    return reading.document


def faults(text: str | bytes) -> list[tuple[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(f.code, str(f.location)) for f in read_yaml("f", data).findings]


# Files


@pytest.mark.parametrize("file", POSITIVE, ids=lambda file: file.stem)
def test_a_good_file_reads_as_its_json_does(file: Path) -> None:
    expected = file.with_suffix(".json").read_text(encoding="utf-8")
    reading = read_yaml(file.name, file.read_bytes())
    assert reading.findings == ()
    assert reading.document is not None
    assert exactly(reading.document.value) == exactly(json.loads(expected, parse_float=Decimal))


@pytest.mark.parametrize("file", NEGATIVE, ids=lambda file: file.stem)
def test_a_bad_file_gives_the_findings_beside_it(file: Path) -> None:
    reading = read_yaml(file.name, file.read_bytes())
    found = "".join(rendered(finding) + "\n" for finding in reading.findings)
    expected = file.with_suffix(".txt")
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert found


# Scalars


def exactly(value: object) -> object:
    """The value with its types, since 1 == True and Decimal("1.0") == 1."""
    if isinstance(value, dict):
        return {key: exactly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [exactly(inner) for inner in value]
    return type(value).__name__, str(value)


TEXTS = (
    "1.2.3 2026-06-09 50% claude-3:high anthropic/* a*b a&b a!b 1-2 0x 1e e3 -x none None nope oni"
    " yess trueish nano infinitely -inf1 1:x 12:30pm $1 == <"
    " \N{ARABIC-INDIC DIGIT THREE} \N{FULLWIDTH DIGIT ONE}"
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("-12", -12),
        ("0.10", Decimal("0.10")),
        ("-0.5", Decimal("-0.5")),
        ("9" * 40, int("9" * 40)),
        *((text, text) for text in TEXTS.split()),
    ],
)
def test_unquoted_scalars(text: str, value: object) -> None:
    assert exactly(read(f"a: {text}\n").value) == exactly({"a": value})


LOOKALIKES = (
    "yes Yes YES no No NO on On ON off OFF y Y n N True TRUE tRuE False FALSE Null NULL ~"
    " 010 00 -010 007.5 +1 +1.5 +0 .5 -.5 5. -5. 1_000 1_0.5 1_ 1e3 1E3 1.5e-3 -1e+3 .5e1 0x1F 0X1f"
    " -0x1 0o17 0b11 .inf -.inf +.INF .nan .NaN nan NaN inf Infinity -Infinity 1:30 12:30:45 -1:30"
    " 1:30.5 685.230_15e+03 1:30.5_0 -_1 ._5"
)
TRAPS = LOOKALIKES.split()


@pytest.mark.parametrize("text", TRAPS)
@pytest.mark.parametrize(("before", "after"), [("a: ", ""), ("- ", ""), ("[", "]"), ("{a: ", "}")])
def test_ambiguous_scalars_are_refused(text: str, before: str, after: str) -> None:
    reading = read_yaml("f", f"{before}{text}{after}\n".encode())
    [finding] = reading.findings
    assert finding.code == "yaml-ambiguous-scalar"
    assert finding.severity is Severity.ERROR
    assert finding.location.column == len(before) + 1
    assert finding.location.width == len(text)
    assert finding.hint is not None
    assert f'"{text}"' in finding.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: 1,5", 'write 15, or "1,5" if text is meant'),
        ("- 1,000", 'write 1000, or "1,000" if text is meant'),
        ("a: 685.230_15", 'write 685.23015, or "685.230_15" if text is meant'),
        ("a: =", 'put it in quotes: "="'),
        ("a: <<", 'put it in quotes: "<<"'),
        ("[-]", 'put it in quotes: "-"'),
        ("{a: -}", 'put it in quotes: "-"'),
    ],
)
def test_what_readers_take_for_several_things_is_refused_with_what_to_write(
    text: str, hint: str
) -> None:
    [finding] = read_yaml("f", text.encode()).findings
    assert (finding.code, finding.hint) == ("yaml-ambiguous-scalar", hint)


@pytest.mark.parametrize(
    "text", [*TRAPS, "null", "true", "1", "-1.5", "*", "&a", "!t", "@", "[", "=", "<<", ""]
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_quoted_is_always_text(text: str, quote: str) -> None:
    assert read(f"{quote}{text}{quote}: {quote}{text}{quote}\n").value == {text: text}


@pytest.mark.parametrize("text", [*TRAPS, "null", "1", "*", "&a", "!t"])
@pytest.mark.parametrize("sign", ["|-", ">-"])
def test_block_text_is_always_text(text: str, sign: str) -> None:
    assert read(f"a: {sign}\n  {text}\n").value == {"a": text}


def test_a_number_has_at_most_forty_digits() -> None:
    assert faults(f"a: {'1' * 41}") == [("yaml-number", "f:1:4")]
    assert faults(f"a: 0.{'1' * 40}") == [("yaml-number", "f:1:4")]
    assert faults(f"a: {'1' * 100_000}") == [("yaml-number", "f:1:4")]


@pytest.mark.parametrize("text", ["a:", "a: # c", "a:\nb: 1", "{a: , b: 1}", "{a}", "{a:b}"])
def test_a_key_without_a_value_is_refused_at_the_key(text: str) -> None:
    assert [code for code, _ in faults(text)] == ["yaml-no-value"]


# Keys


@pytest.mark.parametrize("key", [*TRAPS, "null", "true", "1", "1.5", "-1"])
def test_keys_are_text(key: str) -> None:
    assert faults(f"{key}: x\n") == [("yaml-key", "f:1:1")]
    assert faults(f"{{{key}: x}}\n") == [("yaml-key", "f:1:2")]


@pytest.mark.parametrize("key", ["[a]", "{a: b}", "{{ a }}", "? [a]\n", "? - a\n", "? a\n", "? "])
def test_keys_are_plain(key: str) -> None:
    assert "yaml-key" in [code for code, _ in faults(f"{key}: x")]


def test_a_repeated_key_names_the_first_and_is_dropped() -> None:
    text = "a: 1\nb: {x: [1, 2]}\na: {z: [3]}\n'b': 2\nc: 3\n"
    reading = read_yaml("f", text.encode())
    assert [(f.code, f.location.line) for f in reading.findings] == [
        ("yaml-duplicate-key", 3),
        ("yaml-duplicate-key", 4),
    ]
    assert "line 1" in reading.findings[0].message
    assert "line 2" in reading.findings[1].message
    document = reading.document
    assert document is not None
    assert document.value == {"a": 1, "b": {"x": [1, 2]}, "c": 3}
    assert document.text[slice(*document.span(("b", "x", 1)))] == "2"
    assert document.text[slice(*document.span(("c",)))] == "3"


def test_equal_keys_in_different_mappings_are_allowed() -> None:
    assert read("- {a: 1}\n- {a: 2, b: {a: 3}}\n").value == [{"a": 1}, {"a": 2, "b": {"a": 3}}]


# Bytes


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfa: 1", ("yaml-encoding", "f:1:1")),
        ("a: 1".encode("utf-16"), ("yaml-encoding", "f:1:1")),
        ("a: 1".encode("utf-16-le"), ("yaml-encoding", "f:1:2")),
        ("a: 1".encode("utf-16-be"), ("yaml-encoding", "f:1:1")),
        ("a: 1".encode("utf-32"), ("yaml-encoding", "f:1:1")),
        ("é: 1\nb: é".encode("latin-1"), ("yaml-encoding", "f:1:1")),
        ("a: 1\né: ".encode() + b"\xff", ("yaml-encoding", "f:2:4")),
        (b"a: \xed\xa0\x80", ("yaml-encoding", "f:1:4")),
        (b"a: \xf0\x9f\x98", ("yaml-encoding", "f:1:4")),
        (b"a: x\0y", ("yaml-encoding", "f:1:5")),
        (b"a: 1\rb: 2\r", ("yaml-character", "f:1:5")),
        (b"a: 1\r\r\nb: 2", ("yaml-character", "f:1:5")),
        (b"a: \x1b[31m", ("yaml-character", "f:1:4")),
        (b"# \x7f", ("yaml-character", "f:1:3")),
        ("a: \x85".encode(), ("yaml-character", "f:1:4")),
        ("a: \u2028b: 1".encode(), ("yaml-character", "f:1:4")),
        ("a: x\ufeff".encode(), ("yaml-encoding", "f:1:5")),
        ("a: \uffff".encode(), ("yaml-character", "f:1:4")),
        (b"", ("yaml-empty", "f")),
        (b" \n\n", ("yaml-empty", "f")),
        (b"# only this\n", ("yaml-empty", "f")),
        (b"---\n", ("yaml-empty", "f")),
        (b"---\n...\n", ("yaml-empty", "f")),
    ],
)
def test_bytes_that_are_not_text_are_refused(data: bytes, expected: tuple[str, str]) -> None:
    reading = read_yaml("f", data)
    assert reading.document is None
    assert faults(data)[0] == expected


def test_pyyaml_gets_only_characters_that_it_accepts() -> None:
    every = "".join(map(chr, range(0x110000)))
    refused = set(pyyaml.SafeLoader.NON_PRINTABLE.findall(every))
    refused -= {chr(number) for number in range(0xD800, 0xE000)}  # UTF-8 cannot say these
    for character in refused:
        assert read_yaml("f", f"a: {character}".encode()).document is None


@pytest.mark.parametrize("escape", [r"\0", r"\a", r"\e", r"\r", r"\x7f", r"\N", r"\L", r"\uD800"])
def test_escapes_cannot_add_forbidden_characters(escape: str) -> None:
    reading = read_yaml("f", f'a: "x{escape}"\n"k{escape}": 1\n'.encode())
    assert [f.code for f in reading.findings] == ["yaml-character", "yaml-character"]
    assert reading.document is not None
    assert reading.document.value == {"a": "x\ufffd", "k\ufffd": 1}


def test_size_is_bounded() -> None:
    assert faults(b"x" * (MAX_BYTES + 1)) == [("yaml-size", "f")]


def test_depth_is_bounded() -> None:
    assert read("[" * 32 + "]" * 32).value is not None
    assert faults("[" * 33 + "]" * 33) == [("yaml-depth", "f:1:33")]


@pytest.mark.parametrize("opening", ["[", "{", "[{", "- ", "? ", "[\n", "{a: ", "[a: ", "- - ? "])
def test_any_depth_of_nesting_is_refused_without_a_crash(opening: str) -> None:
    [finding] = read_yaml("f", (opening * 100_000).encode()).findings
    assert finding.code in {"yaml-depth", "yaml-key"}


def test_a_billion_laughs_stop_at_the_first_anchor() -> None:
    text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert {code for code, _ in faults(text)} == {"yaml-anchor", "yaml-alias"}


def test_findings_are_bounded_and_the_last_says_so() -> None:
    reading = read_yaml("f", b"- on\n" * 5_000)
    assert reading.document is None
    assert len(reading.findings) == MAX_FINDINGS + 1
    assert reading.findings[-1].code == "yaml-unread"


def test_one_run_finds_every_fault() -> None:
    text = "a: yes\na: &x 010\nb:\n1: *x\nc: !t [.5]\nd: [1\n"
    assert [code for code, _ in faults(text)] == [
        "yaml-ambiguous-scalar",
        "yaml-duplicate-key",
        "yaml-anchor",
        "yaml-no-value",
        "yaml-key",
        "yaml-alias",
        "yaml-tag",
        "yaml-ambiguous-scalar",
        "yaml-syntax",
    ]


# Places

PLACES = """\
aliases:   # what apps ask for
  code.fast:
    candidates: ["*", 'a b']  # globs
    "note": |
      one
      two\N{SPACE}\N{SPACE}

    # a comment
    prefer:
    - minimize: cost   # the last
      within: 10%

    -   - listed
  # later
more: {é: 日本, b: [x, -1.50]}
"""


@pytest.mark.parametrize(
    ("path", "key", "place", "marked"),
    [
        ((), False, "1:1", "aliases"),
        (("aliases",), True, "1:1", "aliases"),
        (("aliases",), False, "2:3", "code.fast"),
        (("aliases", "code.fast", "candidates"), False, "3:17", "[\"*\", 'a b']"),
        (("aliases", "code.fast", "candidates", 1), False, "3:23", "'a b'"),
        (("aliases", "code.fast", "candidates", 1), True, "3:23", "'a b'"),
        (("aliases", "code.fast", "note"), True, "4:5", '"note"'),
        (("aliases", "code.fast", "note"), False, "4:13", "|"),
        (("aliases", "code.fast", "prefer"), False, "10:5", "-"),
        (("aliases", "code.fast", "prefer", 0), False, "10:7", "minimize"),
        (("aliases", "code.fast", "prefer", 0, "within"), False, "11:15", "10%"),
        (("aliases", "code.fast", "prefer", 1), False, "13:9", "-"),
        (("aliases", "code.fast", "prefer", 1, 0), False, "13:11", "listed"),
        (("more", "é"), True, "15:8", "é"),
        (("more", "é"), False, "15:11", "日本"),
        (("more", "b", 1), False, "15:22", "-1.50"),
        # What is not there: the key of the deepest ancestor that is.
        (("absent",), False, "1:1", "aliases"),
        (("aliases", "code.fast", "require", "limits"), False, "2:3", "code.fast"),
        (("aliases", "code.fast", "candidates", 9), False, "3:5", "candidates"),
        (("aliases", "code.fast", "prefer", 0, "listed"), True, "10:7", "minimize"),
        (("more", "b", 1, "x"), False, "15:22", "-1.50"),
        (("more", 0), False, "15:1", "more"),
    ],
)
def test_locate_gives_line_and_column(path: ValuePath, key: bool, place: str, marked: str) -> None:
    found = read(PLACES).locate(path, key=key)
    assert str(found) == f"f.yaml:{place}"
    assert found.source == PLACES.splitlines()[(found.line or 0) - 1]
    assert found.column is not None
    assert found.source[found.column - 1 :][: found.width] == marked


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("aliases", "code.fast", "note"), "|\n      one\n      two  "),
        (("aliases", "code.fast", "prefer", 0), "minimize: cost   # the last\n      within: 10%"),
        (("aliases", "code.fast", "prefer", 1), "- listed"),
        (("aliases", "code.fast", "prefer", 0, "minimize"), "cost"),
        (("more",), "{é: 日本, b: [x, -1.50]}"),
        (("more", "b", 0), "x"),
    ],
)
def test_span_covers_the_value(path: ValuePath, text: str, line_break: str) -> None:
    document = read(PLACES.replace("\n", line_break))
    start, end = document.span(path)
    assert document.text[start:end] == text.replace("\n", line_break)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: |\n  x\n\n\n", "|\n  x"),
        ("a: |+\n  x\n\n# c\n", "|+\n  x"),
        ("a: |\n\n", "|"),
        ("a: |-", "|-"),
        ("a:\n  b: |\n    x\n\n", "b: |\n    x"),
        ("a: x\n  y   # c\n", "x\n  y"),
        ('a: "x\n\n  y"  # c\n', '"x\n\n  y"'),
        ("a: [b\n  , c\n  ]  # d\n", "[b\n  , c\n  ]"),
        ("a: [b: c , d]", "[b: c , d]"),
    ],
)
def test_a_span_ends_with_the_value(text: str, span: str) -> None:
    document = read(text)
    assert document.text[slice(*document.span(("a",)))] == span


def test_the_span_of_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        read("a: 1").span(("b",))
    assert read("[a: b , c]").span((0,)) == (1, 5)


def test_a_long_line_is_cut() -> None:
    document = read("{" + ", ".join(f"key{number}: value" for number in range(100)) + "}")
    near = document.locate(("key1",))
    assert near.source == document.text[:500]
    assert (near.column, near.width) == (21, 5)
    far = document.locate(("key99",))
    assert (far.source, far.line) == (None, 1)
    whole = document.locate(())
    assert (whole.column, whole.width) == (1, 500)


def test_messages_stay_short_and_printable() -> None:
    long = "on" + "n" * 1000
    for text in (f"{long}: 1\n{long}: 2", f"a: *{long}", f"a: !{long} x", f"{{{long}: }}"):
        for finding in read_yaml("f", text.encode()).findings:
            assert len(finding.message) < 140
            assert len(finding.hint or "") < 140
    [finding] = read_yaml("f", b'"a\\tb\\n": 1\n"a\\tb\\n": 2\n').findings
    assert r"'a\tb\n'" in finding.message


# Laws

BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
texts = st.text(max_size=12).filter(lambda text: not BAD.search(text))
digits = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
leaves = st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), digits, texts)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def json_text(value: object, indent: int | None = None) -> str:
    """JSON with decimals as numbers; a text cannot hold the marks that make them."""
    marked = json.dumps(
        value, ensure_ascii=False, indent=indent, default=lambda number: f"\x00{number:f}\x00"
    )
    return re.sub(r'"\\u0000(.*?)\\u0000"', r"\1", marked)


def block_text(value: object, column: int, styles: st.DataObject) -> str:
    """The value in block style, the way people write it: quoted, plain, folded over lines."""
    pad = "\n" + " " * column
    if isinstance(value, dict) and value:
        gap = styles.draw(st.sampled_from(["", "  # c", "\n"]))
        items = (
            f"{json_text(key)}: {block_text(inner, column + 2, styles)}"
            for key, inner in value.items()
        )
        return f"{gap}{pad}" + f"{gap}{pad}".join(items)
    if isinstance(value, list) and value:
        return pad + pad.join(f"- {block_text(inner, column + 2, styles)}" for inner in value)
    if isinstance(value, str):
        if re.fullmatch(r"[a-z]{4}[a-z /.*&!%-]*[a-z]", value) and value not in {
            "false",
            "infinity",
        }:
            return value
        if re.fullmatch(r"[!-~][ -~]*(\n[!-~][ -~]*)*\n", value):
            return "|" + "".join(f"\n{' ' * column} {line}" for line in value.splitlines()) + "\n"
        if re.fullmatch(r"[ -~]*", value):
            return "'" + value.replace("'", "''") + "'  # c"
    return json_text(value)


wordy = texts | st.from_regex(
    r"[a-z]{4}[a-z /.*&!%-]{0,9}[a-z]|([!-~][ -~]{0,9}\n){1,3}", fullmatch=True
)
blocks = st.recursive(
    leaves | wordy,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(wordy, inner, max_size=4),
    max_leaves=12,
)


def paths(value: object, above: ValuePath = ()) -> list[ValuePath]:
    below: list[ValuePath] = []
    if isinstance(value, dict):
        below = [path for key, inner in value.items() for path in paths(inner, (*above, key))]
    if isinstance(value, list):
        below = [path for at, inner in enumerate(value) for path in paths(inner, (*above, at))]
    return [above, *below]


def at(value: object, path: ValuePath) -> object:
    for step in path:
        assert isinstance(value, dict | list)
        value = value[step]  # type: ignore[index]
    return value


@unhurried
@given(trees, st.sampled_from([None, 0, 2]))
def test_plain_json_subset_reads_as_json_does(value: object, indent: int | None) -> None:
    text = json_text(value, indent)
    expected = json.loads(text, parse_float=Decimal)
    assert exactly(read(text).value) == exactly(expected)


@unhurried
@given(blocks, st.data())
def test_block_style_reads_back_the_value(value: object, styles: st.DataObject) -> None:
    text = block_text(value, 0, styles)
    assert exactly(read(text).value) == exactly(value)


@unhurried
@given(blocks, st.data())
def test_locate_points_to_the_value_that_was_read(value: object, styles: st.DataObject) -> None:
    document = read(block_text(value, 0, styles))
    for path in paths(document.value):
        start, end = document.span(path)
        column = start - document.text.rfind("\n", 0, start) - 1
        alone = read(" " * column + document.text[start:end] + "\n")
        assert exactly(alone.value) == exactly(at(document.value, path))
        place = document.locate(path)
        assert place.line == document.text.count("\n", 0, start) + 1
        assert place.column == column + 1
        assert place.source == document.text.split("\n")[place.line - 1]
        if path and isinstance(path[-1], str):
            marked = document.locate(path, key=True)
            assert marked.source is not None
            assert marked.column is not None
            written = marked.source[marked.column - 1 :][: marked.width]
            assert read(written).value == path[-1]


@unhurried
@given(blocks, st.data())
def test_an_edit_in_a_span_changes_only_its_value(value: object, styles: st.DataObject) -> None:
    document = read(block_text(value, 0, styles))
    path = styles.draw(st.sampled_from(paths(document.value)))
    start, end = document.span(path)
    edited = read(document.text[:start] + '"edited"' + document.text[end:])
    assert at(edited.value, path) == "edited"
    others = [other for other in paths(document.value) if other[: len(path)] != path]
    assert [other for other in paths(edited.value) if other[: len(path)] != path] == others
    for other in others:
        if other != path[: len(other)]:
            assert exactly(at(edited.value, other)) == exactly(at(document.value, other))


@unhurried
@given(blocks, st.data())
def test_line_endings_change_nothing(value: object, styles: st.DataObject) -> None:
    text = block_text(value, 0, styles)
    unix, windows = read(text), read(text.replace("\n", "\r\n"))
    assert exactly(unix.value) == exactly(windows.value)
    for path in paths(unix.value):
        assert unix.locate(path) == windows.locate(path)


yamlish = st.lists(
    st.sampled_from(
        [
            *"-?:,[]{}#&*!|>'\"%@` \n\t\r\\~0+.",
            "a",
            "b: ",
            "- ",
            "\n  ",
            "---\n",
            "...\n",
            "on",
            "1",
            "\r\n",
            '"\\U00110000"',
            "\\x",
            "\ud7ff",
            "\u2028",
            "\ufeff",
            "<<: ",
            "%YAML 1.1\n",
            "!!x ",
        ]
    ),
    max_size=25,
).map("".join)


def assert_honest(reading: Reading, text: str) -> None:
    """Something was read or something was found, and every finding can be shown."""
    assert reading.document is not None or reading.findings
    lines = text.split("\n")
    for finding in reading.findings:
        assert finding.severity is Severity.ERROR
        assert finding.message.isprintable()
        assert finding.hint is not None
        assert finding.hint.isprintable()
        place = finding.location
        if place.line is None:
            assert place == Location("f")
            continue
        assert place.column is not None
        assert place.source is not None
        assert len(place.source) == len(lines[place.line - 1].removesuffix("\r"))
        assert 1 <= place.column <= len(place.source) + 1
        assert place.column + place.width <= len(place.source) + 2
        assert not BAD.search(place.source)


@settings(unhurried, max_examples=5 * settings.default.max_examples)
@given(yamlish)
def test_any_text_gives_a_document_or_findings(text: str) -> None:
    assert_honest(read_yaml("f", text.encode()), text)


@unhurried
@given(st.binary(max_size=40))
def test_any_bytes_give_a_document_or_findings(data: bytes) -> None:
    assert_honest(read_yaml("f", data), data.decode("utf-8", "surrogateescape"))


def as_pyyaml_has_it(value: object, other: object) -> bool:
    """Whether PyYAML, which was asked for text only, read the same."""
    if isinstance(value, dict):
        assert isinstance(other, dict)
        return list(value) == list(other) and all(
            as_pyyaml_has_it(value[k], other[k]) for k in value
        )
    if isinstance(value, list):
        assert isinstance(other, list)
        return len(value) == len(other) and all(map(as_pyyaml_has_it, value, other))
    if isinstance(value, bool) or value is None:
        return other == {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return Decimal(str(other)) == value
    return value == other


@settings(unhurried, max_examples=5 * settings.default.max_examples)
@given(yamlish)
def test_pyyaml_reads_accepted_files_alike(text: str) -> None:
    reading = read_yaml("f", text.encode())
    if reading.document is not None and not reading.findings:
        try:
            other = pyyaml.load(text, Loader=pyyaml.BaseLoader)  # texts only; makes no objects
        except pyyaml.YAMLError:
            # It takes no tab between tokens, and so reads no other value.
            assert "\t" in text
            return
        assert as_pyyaml_has_it(reading.document.value, other)
