"""The release file: its bytes, its name, and what is made of bytes that are not a release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import (
    CODE_FAST,
    CREATED,
    alias,
    but,
    frozen,
    limited,
    verified,
    with_alias,
)
from tests.core.strategies import few_examples, releases

from zumik.core.basics.names import AliasName, BadName, Digest, ModelId, ReleaseId
from zumik.core.basics.strict_json import to_canonical
from zumik.core.decisions.alias_table import rederive
from zumik.core.decisions.decision import resolve
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    Release,
    ReleaseRef,
    digest_of,
    read_release,
    release_to_bytes,
    verify,
)
from zumik.core.resolvers import resolver
from zumik.core.resolvers.facts import Incumbent
from zumik.core.resolvers.latest import LATEST
from zumik.errors import UPGRADE, CannotRun, IntegrityError, ZumikError

RICH = frozen(
    alias(
        "maximize q within 10%",
        "minimize expected_cost",
        description="Everything there is.",
        exclude=["b/*"],
        workload={
            "input_tokens": 4000,
            "output_tokens": 800,
            "cached_input": "50%",
            "tier": "batch",
        },
        require={
            "capabilities": ["tools"],
            "input": ["text"],
            "limits": {"context_tokens": 1000},
            "measures": {"q": {"at_least": "-1", "at_most": "100"}},
            "price": {"output": {"at_most": "20"}},
            "open_weights": True,
            "floating_allowed": True,
            "outlives_days": 30,
        },
        incumbent_margin="5%",
    ),
    models=[
        limited(
            name,
            1000,
            900,
            100,
            owned_by="a",
            released_on="2025-01-01",
            retires_on="2027-01-01",
            open_weights=True,
            upstream={"model": "x", "params": {"reasoning_effort": "low"}},
            takes=["text", "image"],
            capabilities=["tools"],
            batch_input="1.5",
            batch_output="2",
            tiers=[{"above_input_tokens": 200000, "batch_input": "3", "batch_output": "4"}],
            metrics={"q": {"value": "0.5", "source": "s", "observed_on": "2026-01-01"}, "r": "-1"},
            source="s",
            observed_on="2026-01-01",
            sources={"price": "t"},
            note="größer 😀",
        )
        for name in ("a/x", "a/y:high")
    ],
    incumbents={CODE_FAST: Incumbent(ModelId("a/y:high"), ReleaseId("alr_2026_05_01_001"))},
    latency={"first_token": "q", "tokens_per_second": "r", "max_age_days": 30},
)
DATA = release_to_bytes(RICH.release)
TREE: dict[str, Any] = json.loads(DATA)


@few_examples
@given(releases)
def test_parse_of_serialised_release_is_identity_on_bytes(release: Release) -> None:
    data = release_to_bytes(release)
    parsed = read_release(data)
    assert parsed == release
    assert release_to_bytes(parsed) == data


@few_examples
@given(releases)
def test_verify_takes_the_name_that_the_bytes_have(release: Release) -> None:
    source = verified(release)
    assert source.release == release
    assert source.ref == ReleaseRef(release.id, digest_of(release_to_bytes(release)))
    assert ReleaseRef.from_file_name(source.ref.file_name) == source.ref


def test_the_rich_release_uses_every_key() -> None:
    assert RICH.release.content.aliases[CODE_FAST].incumbent is not None
    assert release_to_bytes(read_release(DATA)) == DATA


@given(st.data())
def test_any_flipped_bit_is_an_integrity_error(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(DATA) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(DATA)
    changed[place] ^= 1 << bit
    with pytest.raises(IntegrityError, match="the bytes hash to"):
        verify(RICH.ref.file_name, bytes(changed))


@pytest.mark.parametrize(
    "data",
    [b"", DATA[:-1], DATA[1:], DATA + b"\n", DATA.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + DATA],
    ids=["emptied", "truncated", "beheaded", "longer", "crlf", "bom"],
)
def test_other_bytes_are_an_integrity_error(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="the bytes hash to") as failed:
        verify(RICH.ref.file_name, data)
    assert failed.value.exit_code == 5


def test_a_renamed_release_is_an_integrity_error() -> None:
    renamed = ReleaseRef(ReleaseId("alr_2026_06_09_002"), RICH.ref.sha256).file_name
    with pytest.raises(IntegrityError, match="the file holds alr_2026_06_09_001"):
        verify(renamed, DATA)


NAME = RICH.ref.file_name


@pytest.mark.parametrize(
    "name",
    [
        "",
        NAME + "\n",
        NAME.upper(),
        NAME.removesuffix(".json"),
        NAME + ".bak",
        "../" + NAME,
        NAME.replace(".", "_", 1),
        NAME[:-6] + "0.json",
        NAME[:-6] + ".json",
        "alr_2026_13_45_001" + NAME[18:],
        "alr_2026_06_09_000" + NAME[18:],
        "alr_2026_06_09_01" + NAME[18:],
        "\x1b[2J" + NAME,
    ],
)
def test_a_malformed_file_name_is_refused(name: str) -> None:
    with pytest.raises((IntegrityError, BadName)) as failed:
        verify(name, DATA)
    assert failed.value.message.isprintable()


def crafted(tree: object) -> tuple[str, bytes]:
    """Bytes under the digest that is right for them."""
    data = tree if isinstance(tree, bytes) else to_canonical(tree)
    return f"{RICH.ref.id}.{digest_of(data)}.json", data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"x"',
        b"\xff",
        b"[" * 100_000,
        DATA.replace(b'"0.5"', b"0.5", 1),
        DATA.replace(b'"id": ', b'"id": "x", "id": ', 1),
        DATA.replace(b'"note": null', b'"note": NaN', 1),
        b" " * (MAX_RELEASE_BYTES + 1),
    ],
    ids=lambda data: repr(data)[:20],
)  # fmt: skip
def test_intact_bytes_without_a_release_are_refused(data: bytes) -> None:
    with pytest.raises(CannotRun, match="the bytes are intact but are not a release") as failed:
        verify(*crafted(data))
    assert failed.value.exit_code == 4


def put(tree: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """The tree with one value replaced, or with `...` taken away."""
    changed = deepcopy(tree)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def places(tree: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)  # type: ignore[arg-type]
    for key, value in items:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


PLACES = sorted(places(TREE), key=str)
HOSTILE = [
    *(..., None, True, False, 0, -1, 1, 10**17, [], {}, [None], {"x": 1}, "", "x", "a/z"),
    *("-0", "0.10", "1e9", "nan%", "1e-999999999%", "50%", "9" * 100, "-1", "2", "\x1b[2J"),
    *("0000-00-00", "9999-12-31", "2026-06-09T09:00:00Z", "2026-06-09T09:00:00+00:00"),
    *("listed", "expected_cost", "expected_latency"),
]


def complaint(name: str, data: bytes) -> str:
    """What is said when everything is done with a release; only our own errors may come of it."""
    try:
        source = verify(name, data)
        for known in source.aliases:
            resolve(source, known)
            rederive(source, known)
    except ZumikError as error:
        return error.message.replace("\n", "")
    return ""


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:24])
def test_a_crafted_release_is_refused_or_used_and_never_crashes(value: object) -> None:
    for path in PLACES:
        assert complaint(*crafted(put(TREE, path, value))).isprintable()


@pytest.mark.parametrize("key", ["\x1b[2J", "x\u202e", "", "a/b", "../x"])
def test_a_crafted_key_is_refused_or_used_and_never_echoed_raw(key: str) -> None:
    for path in filter(_is_object, [(), *PLACES]):
        assert complaint(*crafted(put(TREE, (*path, key), {"x": "1"}))).isprintable()


def _is_object(path: tuple[Any, ...]) -> bool:
    at: Any = TREE
    for step in path:
        at = at[step]
    return isinstance(at, dict)


REQUIRED = ["schema", "id", "created_at", "parent", "note", "resolver", "measures", "metrics",
    "aliases", "models"]  # fmt: skip


@pytest.mark.parametrize("key", REQUIRED)
def test_every_top_level_key_is_required(key: str) -> None:
    with pytest.raises(CannotRun, match=f"missing '{key}'"):
        verify(*crafted(put(TREE, (key,), ...)))


def test_every_unknown_key_is_refused() -> None:
    objects = [(), *(path for path in PLACES if _is_object(path))]
    open_ended = {"measures", "metrics", "aliases", "models", "sources"}
    for path in objects:
        if path and (path[-1] in open_ended):
            continue
        with pytest.raises(CannotRun, match="unknown key"):
            verify(*crafted(put(TREE, (*path, "surprise"), "1")))


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("schema",), "zumik.release/2", "made as zumik.release/2"),
        (("id",), "alr_2026_06_31_001", "is not a release id"),
        (("created_at",), "2026-06-09T09:00:00+00:00", "a UTC time"),
        (("created_at",), "2026-06-09T09:00:00.5Z", "a UTC time"),
        (("created_at",), "2026-06-09 09:00:00Z", "a UTC time"),
        (("created_at",), "2026-06-09", "a UTC time"),
        (("parent",), {"id": "alr_2026_06_09_001"}, "missing 'sha256'"),
        (("resolver",), "1", "a whole number"),
        (("resolver",), True, "a whole number"),
        (("models", "a/x", "price", "batch_input"), "1.50", "a number"),
        (("models", "a/x", "released_on"), "20250101", "a date"),
        (("models", "a/x", "released_on"), "2025-W01-1", "a date"),
        (("models", "a/x", "revision"), None, "expected text, found nothing"),
        (("models", "a/x", "upstream", "params", "reasoning_effort"), "huge", "one of none"),
        (("models", "a/x", "upstream", "address"), "http://x", "unknown key"),
        (("models", "A/x"), {}, "is not a model id"),
        (("aliases", "Code.Fast"), {}, "is not an alias name"),
        (("aliases", "code.fast", "ranking"), [], "an empty ranking"),
        (("aliases", "code.fast", "ranking"), ["a/x", "a/x"], "a model ranked twice"),
        (("aliases", "code.fast", "ranking"), ["a/x", "a/z"], "no facts of a/z"),
        (("aliases", "code.fast", "incumbent"), {"model": "a/x"}, "missing 'release'"),
        (("aliases", "code.fast", "policy", "prefer"), [], "an empty list"),
        (("aliases", "code.fast", "policy", "candidates"), [], "an empty list"),
        (("aliases", "code.fast", "policy", "prefer", 1, "within"), "0.1", "'within' on the last"),
        (("aliases", "code.fast", "policy", "prefer", 0, "minimize"), "q", "one of 'minimize'"),
        (("aliases", "code.fast", "policy", "workload"), ..., "without a workload"),
        (("aliases", "code.fast", "policy", "incumbent_margin"), "1.01", "outside 0% to 100%"),
        (("measures", "latency", "metric"), "q", "needs 'metric', or"),
        (("metrics", "q", "range"), [], "an object"),
    ],
    ids=str,
)
def test_malformed_releases_are_refused(path: tuple[Any, ...], value: object, why: str) -> None:
    with pytest.raises(CannotRun, match=why):
        verify(*crafted(put(TREE, path, value)))


def test_a_release_of_a_later_resolver_is_read_but_not_resolved() -> None:
    later = verified(but(RICH.release, resolver=9))
    assert later.release.resolver == 9
    with pytest.raises(CannotRun, match="made by resolver 9, and this zumik knows 1, 2") as failed:
        resolve(later, CODE_FAST)
    assert failed.value.hint == UPGRADE
    assert resolver(2) is LATEST


def test_facts_are_dated_by_their_release() -> None:
    assert RICH.release.facts.day == CREATED.date()


def test_the_stored_ranking_is_kept_when_deriving_again_gives_another() -> None:
    """Another ranking is somebody's to explain; reading it is not refused."""
    stored = RICH.aliases[CODE_FAST].ranking
    turned = with_alias(RICH, CODE_FAST, ranking=stored[::-1])
    assert turned.aliases[CODE_FAST].ranking == stored[::-1]
    assert rederive(RICH, CODE_FAST).matches
    assert not rederive(turned, CODE_FAST).matches
    assert not rederive(with_alias(RICH, CODE_FAST, reason="x"), CODE_FAST).matches


def test_names_in_frozen_are_ids_and_digests() -> None:
    ref = ReleaseRef(ReleaseId("alr_2026_06_09_1000"), Digest("0" * 64))
    assert ref.file_name == f"alr_2026_06_09_1000.{'0' * 64}.json"
    assert ReleaseRef.from_file_name(ref.file_name) == ref
    assert isinstance(next(iter(RICH.aliases)), AliasName)
    assert isinstance(next(iter(RICH.models)), ModelId)
