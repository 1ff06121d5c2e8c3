"""Log lines, receipts and references that cannot be used: told, bounded, and never echoed raw."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk

LINE = {
    "requested_model": "code.fast",
    "alias_release": "alr_2026_01_10_001",
    "resolved_model": "acme/small",
    "candidates_considered": 4,
    "resolution_reason": "lowest_expected_latency_under_policy",
    "request": {"unavailable": []},
}


def line(**changed: object) -> bytes:
    fields = {**LINE, **changed}
    return json.dumps({k: v for k, v in fields.items() if v is not ...}).encode()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "nothing on stdin"),
    "blank": (b" \n\n", "nothing on stdin"),
    "not JSON": (b"{requested_model: code.fast}", "not JSON"),
    "half of a line": (line()[:-20], "not JSON"),
    "two lines": (line() + b"\n" + line(), "more than one logged call"),
    "a list of a text": (b'["code.fast"]', "expected a JSON object"),
    "a text": (b'"code.fast"', "expected a JSON object"),
    "the same key twice": (
        b'{"requested_model": "code.fast", "requested_model": "code.slow"}',
        "has the key 'requested_model' twice",
    ),
    "the same key twice, once escaped": (
        b'{"requested_model": "code.fast", "requested_mod\\u0065l": "code.slow"}',
        "has the key 'requested_model' twice",
    ),
    "no requested_model": (line(requested_model=...), "missing 'requested_model'"),
    "a requested_model that is null": (line(requested_model=None), "missing 'requested_model'"),
    "NaN": (line(candidates_considered=float("nan")), "whole number"),
    "a number with 400 digits": (line(candidates_considered=10**400), "whole number"),
    "a negative count": (line(candidates_considered=-1), "whole number"),
    "a count that is text": (line(candidates_considered="4 models"), "whole number"),
    "invalid UTF-8": (line().replace(b"lowest", b"\xff"), "not UTF-8"),
    "a NUL": (line().replace(b"lowest", b"\0"), "not JSON"),
    "a 100,000-deep nest": (b'{"request": ' + b"[" * 100_000, "deep"),
    "a 100,000-deep closed nest": (
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "deep",
    ),
    "an alias named con": (line(requested_model="con"), "device name"),
    "an alias named ../x": (line(requested_model="../x"), "not a model id"),
    "an alias named Code.Fast": (line(requested_model="Code.Fast"), "not an alias name"),
    "an alias with a newline": (line(requested_model="code.fast\n"), "not an alias name"),
    "a release of no calendar": (line(alias_release="alr_2026_02_30_001"), "not a release id"),
    "a release with a newline": (line(alias_release="alr_2026_01_10_001\n"), "not a release id"),
    "a release elsewhere": (line(alias_release="../../etc/passwd"), "not a release id"),
    "a model without a provider": (line(resolved_model="small"), "not a model id"),
    "a digest too short": (line(alias_release_sha256="abc"), "not a SHA-256 digest"),
    "a request that asks for what is not known": (
        line(request={"unavailable": [], "region": "eu"}),
        "unknown key",
    ),
    "a request that is text": (line(request="none"), "not JSON"),
}


# A log may be an array, and may begin with a byte order mark.
READ_IN_A_LOG = ("a list", "a BOM")


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unusable_line_is_refused_with_a_reason(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    data, words = UNREADABLE[name]
    desk = desk_after("promoted")
    before = desk.holds()
    refused = desk.zumik("explain", "-", stdin=data)
    assert refused.exit_code == 4, refused
    assert refused.out == ""
    assert refused.err.startswith("error: ")
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err
    assert len(refused.err) < 1500
    assert desk.holds() == before

    replayed = desk.zumik("replay", "-", stdin=data)
    if name in READ_IN_A_LOG:
        assert replayed.exit_code == 0, replayed
        assert "1 reproduced" in replayed.out
    elif data.strip() and name != "two lines":
        assert replayed.exit_code == 4, replayed
        assert replayed.out.startswith("1 call: 1 unreadable\n")
        assert "\n\n1 unreadable\n  -:1" in replayed.out


@pytest.mark.parametrize(
    ("data", "taken_from"),
    [
        (b"\xef\xbb\xbf" + line() + b"\0", None),
        (b"[" + line() + b"]", None),
        (json.dumps(json.loads(line()), indent=4).encode(), None),
        (
            json.dumps({"log": line().decode() + "\n", "stream": "stdout"}).encode(),
            "Docker log field",
        ),
        (b"\x1b[32mINFO\x1b[0m:zumik:" + line(), "logger prefix"),
    ],
)
def test_explain_takes_what_a_person_pastes_and_says_what_it_took(
    data: bytes, taken_from: str | None, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    bare = desk.zumik("explain", "-", stdin=line())
    pasted = desk.zumik("explain", "-", stdin=data)
    first = f"taken from: {taken_from}\n\n" if taken_from else ""
    assert (pasted.exit_code, pasted.out) == (bare.exit_code, first + bare.out)
    shown = json.loads(desk.zumik("explain", "-", "--format", "json", stdin=data).out)
    assert shown["taken_from"] == (taken_from.split(", ") if taken_from else [])
    assert shown["replay"]["verdict"] == "reproduced"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"alias_release": "alr_2026_01_10_002"}, "no release alr_2026_01_10_002"),
        ({"alias_release": ...}, "names no release"),
        ({"requested_model": "code.slow"}, "has no alias code.slow"),
        (
            {"requested_model": "code.fast@alr_2026_01_09_001"},
            "it asks for alr_2026_01_09_001 and names alr_2026_01_10_001",
        ),
    ],
)
def test_an_unreplayable_line_gets_the_reason(
    changed: dict[str, object], words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    refused = desk.zumik("explain", "-", stdin=line(**changed))
    assert refused.exit_code == 4, refused
    assert words in refused.err
    assert "\n\nhint: " in refused.err
    replayed = desk.zumik("replay", "-", stdin=line(**changed))
    assert replayed.exit_code == 4
    assert "unreplayable" in replayed.out


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2028\r\x7f[bold red]m[/bold red][link=http://x]y"


@pytest.mark.parametrize("field", [*LINE, "resolved_revision", "served_model", "timestamp", "new"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_escapes_and_markup_in_any_field_come_out_as_text(
    field: str, form: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    data = line(**{field: HOSTILE})
    for command in ("explain", "replay"):
        told = desk.zumik(command, "-", "--format", form, stdin=data)
        assert told.exit_code in (0, 3, 4), told
        shown = told.out + told.err
        assert all(char == "\n" or char.isprintable() for char in shown), told
        if "owned" in shown:
            assert "[bold red]m[/bold red]" in shown, told


def test_escapes_in_a_request_come_out_as_text(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    request = {"unavailable": [], "capabilities": [HOSTILE], "input": [HOSTILE]}
    told = desk.zumik("explain", "-", stdin=line(request=request))
    assert told.exit_code == 3, told
    assert all(char == "\n" or char.isprintable() for char in told.out + told.err)


def test_a_line_of_50_megabytes_is_refused_and_the_next_one_read(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    log = desk.root / "log.jsonl"
    with log.open("wb") as file:
        file.write(b'{"requested_model": "')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + line() + b"\n")
    told = desk.zumik("replay", str(log))
    assert told.exit_code == 4, told
    assert "log.jsonl:1: " in told.out
    assert told.out.startswith("2 calls: 1 reproduced, 1 unreadable; "), told
    refused = desk.zumik("explain", "-", stdin=log.read_bytes())
    assert refused.exit_code == 4
    assert "more than the 16,777,216" in refused.err
    assert len(refused.err) < 500


@pytest.mark.parametrize(
    "argument",
    [
        "code.fast@alr_2026_01_10_001:123=acme/small",
        "code.fast@alr_2026_01_10_001:123456789ABC=acme/small",
        "code.fast@=acme/small",
        "code.fast@",
        "@alr_2026_01_10_001",
        "acme/",
        "/small",
        "code.fast\n",
        "code.fast\x1b[31m",
        "\udcff",
        "--",
        "{",
        "{}",
        "x" * 10_000,
    ],
)
def test_a_bad_argument_is_refused_with_a_reason(
    argument: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    refused = desk.zumik("explain", "--", argument)
    assert refused.exit_code == 4, refused
    assert refused.err.startswith("error: ")
    assert "\n\nhint: " in refused.err
    assert all(char == "\n" or char.isprintable() for char in refused.err)
    assert len(refused.err) < 1500


NAMES = ["con", "com1.x", "../x", "Code.Fast", "code.fast\n", "code..fast", "a" * 65, "", "code.f٣"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command",
    [
        ["alias", "show"],
        ["alias", "history"],
        ["alias", "promote", "--latest"],
        ["alias", "rollback"],
        ["resolve"],
        ["plan"],
    ],
    ids=" ".join,
)
def test_a_malformed_name_is_refused_everywhere(
    name: str, command: list[str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    before = desk.holds()
    refused = desk.zumik(*command, "--", name)
    assert refused.exit_code == 4, refused
    assert refused.err.startswith("error: '")
    assert "\n\nhint: " in refused.err
    assert desk.holds() == before


@pytest.mark.parametrize(
    "command",
    [
        ["release", "create", "--allow-unchanged", "--note"],
        ["alias", "promote", "--all", "--to", "alr_2026_01_10_001", "--reason"],
        ["alias", "rollback", "code.fast", "--to", "alr_2026_01_10_001", "--reason"],
    ],
    ids=lambda command: command[1],
)
@pytest.mark.parametrize("text", ["\udcff", "x" * 2001])
def test_an_invalid_note_is_refused(
    text: str, command: list[str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    before = desk.holds()
    refused = desk.zumik(*command, text)
    assert refused.exit_code == 2, refused
    assert "\n\nhint: " in refused.err
    assert desk.holds() == before


def test_a_note_may_hold_any_text(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    note = f"-m --amend {HOSTILE} «né» 🙂\n\nsecond paragraph"
    made = desk.zumik("release", "create", "--allow-unchanged", "--note", note)
    assert made.exit_code == 0, made
    for command in (["release", "list"], ["release", "show"], ["explain", "code.fast"]):
        told = desk.zumik(*command)
        assert told.exit_code == 0
        assert all(char == "\n" or char.isprintable() for char in told.out)
    newest = json.loads(desk.zumik("release", "list", "--format", "json").out)["releases"][0]
    assert newest["note"] == note
    assert desk.zumik("check").exit_code == 0
