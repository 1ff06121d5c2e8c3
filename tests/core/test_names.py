"""Names: what is one, and that nothing else is."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import days, model_ids, release_ids

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.names import AliasName, BadName, Digest, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference

ALIASES = [
    *("a", "a1", "x.1", "v1.2.3", "a-b.c-d", "code.fast", "auto.balanced"),
    *("console", "com", "com10", "code.con", "con-fast"),
]
NO_ALIASES = {
    "nothing": "",
    "upper case": "Code.Fast",
    "one upper letter": "code.Fast",
    "newline at the end": "code.fast\n",
    "carriage return": "code.fast\r",
    "space": "code fast",
    "space around": " code.fast ",
    "digit first": "1code",
    "dot first": ".code",
    "dot last": "code.",
    "two dots": "code..fast",
    "dot and dash": "code.-fast",
    "dash last": "code-",
    "underscore": "code_fast",
    "parent directory": "../x",
    "inside a directory": "a/b",
    "backslash": "a\\b",
    "zero byte": "code\x00fast",
    "at": "code.fast@x",
    "colon": "code:fast",
    "percent": "code%2efast",
    "glob": "code.*",
    "fullwidth digit": "code\uff11",
    "arabic digit": "code\u0663",
    "cyrillic letter": "\u0441\u043ede",
    "german letter": "größer",
    "combining accent": "cafe\u0301",
    "zero width space": "code\u200bfast",
    "right-to-left override": "code\u202efast",
    "option": "--help",
    "tilde": "~root",
}
DEVICES = [
    *("con", "prn", "aux", "nul", "com0", "com1", "com9", "lpt0", "lpt1", "lpt9"),
    *("con.fast", "nul.a.b"),
]


@pytest.mark.parametrize("text", ALIASES)
def test_valid_alias_names_are_read(text: str) -> None:
    assert AliasName(text) == text


@pytest.mark.parametrize("text", NO_ALIASES.values(), ids=NO_ALIASES)
def test_invalid_alias_names_are_refused(text: str) -> None:
    with pytest.raises(BadName, match="is not an alias name"):
        AliasName(text)


@pytest.mark.parametrize("text", DEVICES)
def test_windows_device_names_are_not_alias_names(text: str) -> None:
    with pytest.raises(BadName, match="device name on Windows"):
        AliasName(text)


def test_no_alias_has_the_name_of_the_list_of_drains() -> None:
    with pytest.raises(BadName, match="the list of drains"):
        AliasName("unavailable")
    for text in ("unavailable.fast", "unavailables", "not.unavailable"):
        assert AliasName(text) == text


def test_an_alias_has_at_most_64_characters() -> None:
    assert AliasName("a" * 64) == "a" * 64
    with pytest.raises(BadName):
        AliasName("a" * 65)


MODELS = [
    *("a/b", "a-1/b", "a/9", "a/B.b_c:d/e@f+g-h", "a/x//y", "a/x/.."),
    *("openai/gpt-5:high", "anthropic/claude-haiku-4-5", "openrouter/meta/llama-4:free"),
    "vertex/claude@20251001",
]
NO_MODELS = {
    "nothing": "",
    "no slash": "gpt-5",
    "no provider": "/gpt-5",
    "no model": "openai/",
    "upper case provider": "OpenAI/gpt-5",
    "digit first provider": "1a/b",
    "dash first provider": "-a/b",
    "dot in provider": "a.b/c",
    "underscore in provider": "a_b/c",
    "parent directory": "../b",
    "dot first": "a/.b",
    "slash first": "a//b",
    "colon first": "a/:b",
    "space": "a/b c",
    "newline": "a/b\n",
    "tab": "a/b\t",
    "equals": "a/b=c",
    "comma": "a/b,c",
    "star": "a/*",
    "question mark": "a/?",
    "backslash": "a/b\\c",
    "quote": "a/b'c",
    "markup": "a/<b>",
    "fullwidth digit": "a/\uff11",
    "fullwidth slash": "a\uff0fb",
    "cyrillic letter": "a/\u0441",
    "zero byte": "a/b\x00",
    "escape": "a/\x1b[31m",
}


@pytest.mark.parametrize("text", MODELS)
def test_valid_model_ids_are_read(text: str) -> None:
    assert ModelId(text) == text
    assert ModelId(text).provider == text[: text.index("/")]


@pytest.mark.parametrize("text", NO_MODELS.values(), ids=NO_MODELS)
def test_invalid_model_ids_are_refused(text: str) -> None:
    with pytest.raises(BadName, match="is not a model id"):
        ModelId(text)


def test_a_model_id_has_at_most_128_characters() -> None:
    assert ModelId("a/" + "m" * 126).provider == "a"
    with pytest.raises(BadName):
        ModelId("a/" + "m" * 127)


RELEASES = [
    "alr_2026_06_09_001",
    "alr_2026_06_09_999",
    "alr_2026_06_09_1000",
    "alr_2028_02_29_010",
    "alr_0001_01_01_001",
    "alr_9999_12_31_999999999",
]
NO_RELEASES = {
    "nothing": "",
    "no number": "alr_2026_06_09",
    "number zero": "alr_2026_06_09_000",
    "two digits": "alr_2026_06_09_01",
    "padded": "alr_2026_06_09_0001",
    "padded at thousand": "alr_2026_06_09_01000",
    "ten digits": "alr_2026_06_09_1000000000",
    "month 13": "alr_2026_13_09_001",
    "month 0": "alr_2026_00_09_001",
    "30 February": "alr_2026_02_30_001",
    "29 February, no leap year": "alr_2026_02_29_001",
    "year 0": "alr_0000_01_01_001",
    "dashes": "alr-2026-06-09-001",
    "upper case": "ALR_2026_06_09_001",
    "fullwidth digits": "alr_\uff12\uff10\uff12\uff16_06_09_001",
    "arabic digits": "alr_2026_06_09_\u0660\u0660\u0661",
    "newline": "alr_2026_06_09_001\n",
    "space": " alr_2026_06_09_001",
    "sign": "alr_2026_06_09_+01",
    "underscore in number": "alr_2026_06_09_1_000",
    "path": "../alr_2026_06_09_001",
    "json": "alr_2026_06_09_001.json",
}


@pytest.mark.parametrize("text", RELEASES)
def test_valid_release_ids_are_read(text: str) -> None:
    release = ReleaseId(text)
    assert f"{release.day:%m_%d}" in release
    assert str(release.number) in release


@pytest.mark.parametrize("text", NO_RELEASES.values(), ids=NO_RELEASES)
def test_invalid_release_ids_are_refused(text: str) -> None:
    with pytest.raises(BadName, match="is not a release id"):
        ReleaseId(text)


def test_releases_are_ordered_by_date_and_then_number() -> None:
    line = [
        "alr_2025_12_31_1000",
        "alr_2026_06_09_001",
        "alr_2026_06_09_999",
        "alr_2026_06_09_1000",
        "alr_2026_06_09_10000",
        "alr_2026_06_10_001",
    ]
    for earlier, later in pairwise(map(ReleaseId, line)):
        assert earlier.order < later.order


@pytest.mark.parametrize(
    ("day", "parent", "expected"),
    [
        (date(2026, 6, 9), None, "alr_2026_06_09_001"),
        (date(2026, 6, 9), "alr_2026_06_08_017", "alr_2026_06_09_001"),
        (date(2026, 6, 9), "alr_2026_06_09_001", "alr_2026_06_09_002"),
        (date(2026, 6, 9), "alr_2026_06_09_999", "alr_2026_06_09_1000"),
        (date(2026, 6, 9), "alr_2026_06_10_004", "alr_2026_06_10_005"),
        (date(2027, 1, 1), "alr_2026_12_31_1000", "alr_2027_01_01_001"),
    ],
)
def test_the_next_release_id(day: date, parent: str | None, expected: str) -> None:
    assert ReleaseId.next(day, parent and ReleaseId(parent)) == expected


@given(days, release_ids)
def test_the_next_release_follows_its_parent_and_is_never_dated_before_it(
    day: date, parent: ReleaseId
) -> None:
    following = ReleaseId.next(day, parent)
    assert following.order > parent.order
    assert following.day == max(day, parent.day)


@pytest.mark.parametrize(
    "text",
    ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", "\uff11" * 64, "0x" + "a" * 62],
)
def test_invalid_digests_are_refused(text: str) -> None:
    with pytest.raises(BadName, match="is not a SHA-256 digest"):
        Digest(text)


def test_the_short_digest_has_twelve_digits() -> None:
    assert Digest("0123456789abcdef" * 4).short == "0123456789ab"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code.fast", ("code.fast", None, None)),
        ("code.fast@alr_2026_06_09_003", ("code.fast", "alr_2026_06_09_003", None)),
        ("anthropic/claude-haiku-4-5", (None, None, "anthropic/claude-haiku-4-5")),
        ("openai/gpt-5:high", (None, None, "openai/gpt-5:high")),
        ("vertex/claude@20251001", (None, None, "vertex/claude@20251001")),
        ("a/b@alr_2026_06_09_003", (None, None, "a/b@alr_2026_06_09_003")),
    ],
)
def test_valid_references_are_read(
    text: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    reference = Reference.parse(text)
    assert (reference.alias, reference.release, reference.model) == expected
    assert reference.text == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "/", "a/", "con", "Code.Fast", "code.fast\n"),
        *("code.fast@", "code.fast@latest", "code.fast@a/b", "@alr_2026_06_09_003"),
        *("code.fast@alr_2026_06_09_003@x", "code.fast@alr_2026_06_09_003\n"),
    ],
)
def test_invalid_references_are_refused(text: str) -> None:
    with pytest.raises(BadName):
        Reference.parse(text)


RECEIPT = "code.fast@alr_2026_06_09_003:1a2b3c4d5e6f=anthropic/claude-haiku-4-5"


@pytest.mark.parametrize("model", MODELS)
def test_receipts_accept_every_model_id(model: str) -> None:
    receipt = Receipt.parse(f"code.fast@alr_2026_06_09_003:1a2b3c4d5e6f={model}")
    assert (receipt.alias, receipt.release) == ("code.fast", "alr_2026_06_09_003")
    assert (receipt.digest_prefix, receipt.model) == ("1a2b3c4d5e6f", model)


@given(release_ids, st.text("0123456789abcdef", min_size=12, max_size=12), model_ids)
def test_a_receipt_is_read_as_it_was_written(
    release: ReleaseId, prefix: str, model: ModelId
) -> None:
    receipt = Receipt(AliasName("code.fast"), release, prefix, model)
    assert Receipt.parse(str(receipt)) == receipt


@pytest.mark.parametrize(
    "text",
    [
        "",
        "code.fast",
        RECEIPT + "\n",
        " " + RECEIPT,
        RECEIPT.replace("1a2b3c4d5e6f", "1a2b3c4d5e6"),
        RECEIPT.replace("1a2b3c4d5e6f", "1a2b3c4d5e6f0"),
        RECEIPT.replace("1a2b3c4d5e6f", "1A2B3C4D5E6F"),
        RECEIPT.replace("code.fast", "Code.Fast"),
        RECEIPT.replace("code.fast", "a/b"),
        RECEIPT.replace("_003", "_3"),
        RECEIPT.replace("anthropic/", ""),
        RECEIPT.replace("=", ""),
        RECEIPT.replace("=", "=="),
        RECEIPT.replace(":", ""),
        RECEIPT.replace("@", ""),
        RECEIPT + "=x",
    ],
)
def test_invalid_receipts_are_refused(text: str) -> None:
    with pytest.raises(BadName):
        Receipt.parse(text)


LOWER = set(string.ascii_lowercase)
DIGITS = set(string.digits)
anything = st.one_of(
    st.text(max_size=70),
    st.text("aZ9.-_/:@+ \n\uff11", max_size=20),
    st.from_regex(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._:/@+-]*", fullmatch=True),
    st.from_regex(r"alr_\d{4}_\d{2}_\d{2}_\d{3,4}"),
)


def is_alias(text: str) -> bool:
    """The rule, spelled out without a pattern."""
    parts = text.replace("-", ".").split(".")
    return (
        0 < len(text) <= 64
        and text[0] in LOWER
        and all(part and set(part) <= LOWER | DIGITS for part in parts)
    )


def is_model(text: str) -> bool:
    provider, slash, name = text.partition("/")
    letters = LOWER | DIGITS | set(string.ascii_uppercase)
    return (
        len(text) <= 128
        and bool(slash and provider and name)
        and provider[0] in LOWER
        and set(provider) <= LOWER | DIGITS | {"-"}
        and name[0] in letters
        and set(name) <= letters | set("._:/@+-")
    )


def is_release(text: str) -> bool:
    parts = text.split("_")
    if len(parts) != 5 or parts[0] != "alr" or not set("".join(parts[1:])) <= DIGITS:
        return False
    if [len(part) for part in parts[1:4]] != [4, 2, 2] or not 3 <= len(parts[4]) <= 9:
        return False
    try:
        date(*map(int, parts[1:4]))
    except ValueError:
        return False
    return parts[4] == f"{int(parts[4]):03}" and int(parts[4]) > 0


@given(anything)
def test_names_accept_exactly_their_grammar(text: str) -> None:
    for kind, is_one in ((AliasName, is_alias), (ModelId, is_model), (ReleaseId, is_release)):
        try:
            accepted = kind(text) == text
        except BadName as error:
            accepted = "device" in error.message
        assert accepted == is_one(text), kind


@given(anything)
def test_quoted_text_cannot_steer_a_terminal(text: str) -> None:
    for safe in (neutral(text), shown(text)):
        assert safe.isprintable()
    assert len(shown(text, 10)) <= 13 * 10
    assert neutral(neutral(text)) == neutral(text)


def test_quoted_text_in_messages() -> None:
    assert shown("größer 😀") == "'größer 😀'"
    assert shown("\x1b[2J") == r"'\x1b[2J'"
    assert shown("a\u202eb") == r"'a\u202eb'"
    assert shown("\ud800") == r"'\ud800'"
    assert shown("x" * 81) == "'" + "x" * 80 + "…'"
    assert shown("x" * 80) == "'" + "x" * 80 + "'"


def complaint(parse: Callable[[str], object], text: str) -> str:
    """What is said of a text that is no such name; nothing where it is one."""
    try:
        parse(text)
    except BadName as error:
        return f"{error.message}{error.hint}"
    return ""


@given(anything)
def test_errors_quote_names_escaped(text: str) -> None:
    for parse in (AliasName, ModelId, ReleaseId, Digest, Reference.parse, Receipt.parse):
        assert complaint(parse, text).isprintable()
