"""The laws of a bundle: it reads back as itself, or it is refused."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, FIRST, but, verified
from tests.core.bundles import (
    BEST,
    FOREVER,
    LONG_AGO,
    ONE,
    TWO,
    bundled,
    draining,
    pointed,
    release,
)
from tests.core.strategies import few_examples, moments, releases, texts

from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.strict_json import to_canonical
from zumik.core.live.bundle import (
    SCHEMA,
    Bundle,
    Frozen,
    bundle_of,
    bundle_to_bytes,
    read_bundle,
    superseded_by,
)
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.release import digest_of, release_to_bytes
from zumik.errors import CannotRun, IntegrityError, ZumikError

WHOLE = bundled(
    pointed(ONE, reason="größer"),
    pointed(TWO, BEST, generation=7),
    drains=draining("acme/*", generation=3),
)
DATA = bundle_to_bytes(WHOLE)


def sealed(tree: dict[str, Any]) -> bytes:
    """A tree as the bytes of a bundle, with the digest that it should have, made by other means."""
    open_ = to_canonical({**tree, "sha256": ""})
    digest = hashlib.sha256(open_).hexdigest()
    return open_.replace(b'\n  "sha256": ""', f'\n  "sha256": "{digest}"'.encode())


def with_field(path: tuple[str | int, ...], value: object) -> bytes:
    """The bundle in which one field is another; `...` takes it away."""
    tree: Any = json.loads(DATA)
    place = tree
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return sealed(tree)


def test_a_bundle_reads_back_unchanged() -> None:
    assert read_bundle(DATA) == WHOLE
    assert bundle_to_bytes(read_bundle(DATA)) == DATA


@few_examples
@given(st.data(), releases, moments, texts)
def test_any_bundle_reads_back_unchanged(
    data: st.DataObject, drawn: Any, made_at: Any, words: str
) -> None:
    source = verified(drawn)
    names = sorted(source.aliases)
    pointers = [
        pointed(source, name, generation=data.draw(st.integers(0, 10**17)), reason=words)
        for name in names
    ]
    bundle = bundle_of(
        pointers,
        [Frozen(source, release_to_bytes(drawn))],
        drains=Drains(len(words), (Drain(words, LONG_AGO, FOREVER, words),)),
        commit=data.draw(st.none() | texts),
        made_at=made_at,
    )
    assert read_bundle(bundle_to_bytes(bundle)) == bundle


def test_the_releases_in_it_are_the_bytes_that_were_frozen() -> None:
    for frozen in read_bundle(DATA).releases.values():
        assert digest_of(frozen.data) == frozen.source.ref.sha256
        assert frozen.data == release_to_bytes(frozen.source.release)


def test_its_own_digest_can_be_checked_without_zumik() -> None:
    assert sealed(json.loads(DATA)) == DATA


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, flip: int) -> None:
    changed = bytearray(DATA)
    changed[place] ^= flip
    with pytest.raises(ZumikError):
        read_bundle(bytes(changed))


def test_every_digit_outside_the_releases_is_covered_by_the_digest() -> None:
    outside = DATA.index(b'"releases": {\n    "alr')
    for place in [*range(outside), *range(len(DATA) - 400, len(DATA))]:
        if chr(DATA[place]).isdigit():
            changed = bytearray(DATA)
            changed[place] = ord("7" if changed[place] != ord("7") else "8")
            with pytest.raises((IntegrityError, CannotRun)):
                read_bundle(bytes(changed))


@given(st.integers(0, len(DATA) - 1))
def test_a_truncated_bundle_is_refused(length: int) -> None:
    with pytest.raises(ZumikError, match=r"not a bundle|digest does not match"):
        read_bundle(DATA[:length])


@given(st.randoms(use_true_random=False), st.booleans())
def test_reordered_lines_are_refused_or_make_no_difference(order: random.Random, two: bool) -> None:
    lines = DATA.splitlines(keepends=True)
    if two:
        one, other = order.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
    else:
        order.shuffle(lines)
    try:
        found = read_bundle(b"".join(lines))
    except ZumikError:
        return
    assert found == WHOLE


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_other_bytes_raise_a_zumik_error(data: bytes) -> None:
    with pytest.raises(ZumikError):
        read_bundle(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
PATHS: list[tuple[str | int, ...]] = [
    *((key,) for key in json.loads(DATA)),
    ("pointers", 0),
    *(("pointers", 0, key) for key in json.loads(DATA)["pointers"][0]),
    ("releases", FIRST),
    ("releases", FIRST, "text"),
    ("releases", FIRST, "sha256"),
    ("unavailable", "generation"),
    ("unavailable", "drains"),
    ("unavailable", "drains", 0),
    ("unavailable", "drains", 0, "until"),
]


@given(st.sampled_from(PATHS), json_values)
def test_a_field_of_another_type_raises_a_zumik_error(
    path: tuple[str | int, ...], value: object
) -> None:
    with contextlib.suppress(ZumikError):
        read_bundle(with_field(path, value))


REFUSED = {
    "another schema": (("schema",), "zumik.bundle/2", "schema 'zumik.bundle/2'"),
    "no schema": (("schema",), ..., "missing 'schema'"),
    "a field that nobody knows": (("extra",), 1, "unknown key in 'extra'"),
    "no pointers": (("pointers",), ..., "missing 'pointers'"),
    "no drains": (("unavailable",), ..., "missing 'unavailable'"),
    "a time without a zone": (("made_at",), "2026-06-09T12:00:00", "expected a UTC time"),
    "a pointer to nothing": (("pointers", 0, "release"), "alr_2026_06_09_009", "not in the bundle"),
    "a pointer to other bytes": (("pointers", 0, "sha256"), "0f" * 32, "not in the bundle"),
    "a pointer of no release's": (("pointers", 0, "alias"), "code.slow", "has no such alias"),
    "two of one alias": (("pointers", 0, "alias"), BEST, "reasoning.best has two pointers"),
    "a release under another name": (("releases", FIRST, "sha256"), "0f" * 32, "bytes hash to"),
    "other bytes": (("releases", FIRST, "text"), "{}\n", "bytes hash to"),
    "no release at all": (("releases",), {}, "not in the bundle"),
    "a release without a name": (("releases", "newest"), {}, "'newest' is not a release id"),
    "a bare list of drains": (("unavailable",), [], "expected an object"),
    "a key that no drain has": (("unavailable", "drains", 0, "by"), "ada", "unknown key"),
}


@pytest.mark.parametrize(("path", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_an_inconsistent_bundle_is_refused(
    path: tuple[str | int, ...], value: object, words: str
) -> None:
    with pytest.raises(ZumikError, match="(?s).*" + words.replace("'", ".")) as refused:
        read_bundle(with_field(path, value))
    assert refused.value.hint


def test_a_bundle_of_another_version_is_refused_as_such_before_its_digest() -> None:
    with pytest.raises(CannotRun, match=r"zumik\.bundle/2") as refused:
        read_bundle(b'{"schema": "zumik.bundle/2"}')
    assert refused.value.hint == f"this zumik reads {SCHEMA}"


def test_a_rewritten_bundle_is_refused() -> None:
    """Somebody's editor may keep the content and not the bytes; then nothing vouches for it."""
    with pytest.raises(IntegrityError, match="digest"):
        read_bundle(json.dumps(json.loads(DATA)).encode())


def test_a_live_release_of_a_future_resolver_is_refused() -> None:
    future = verified(but(TWO.release, resolver=9))
    with pytest.raises(CannotRun, match="made by resolver 9"):
        bundled(pointed(future), releases=[future])
    assert bundled(pointed(ONE), releases=[ONE, future]), "it may lie beside what is live"


def test_a_retired_alias_needs_no_release() -> None:
    bundle = bundled(pointed(ONE, kind="retire"), releases=[])
    assert read_bundle(bundle_to_bytes(bundle)) == bundle


def test_known_releases_are_reused_and_others_are_read() -> None:
    known = bundled(pointed(ONE), releases=[ONE])
    found = read_bundle(DATA, known)
    assert found == WHOLE
    assert found.releases[FIRST] is known.releases[FIRST]


def test_a_known_id_with_other_bytes_is_not_reused() -> None:
    other = release("bolt/big", id=FIRST)
    found = read_bundle(DATA, bundled(pointed(other), releases=[other]))
    assert found == WHOLE
    with pytest.raises(IntegrityError, match="bytes hash to"):
        read_bundle(with_field(("releases", FIRST, "text"), "{}\n"), WHOLE)


SECOND_LIST = draining("*", generation=2)


def moved(drains: Drains = SECOND_LIST, **changed: Any) -> Bundle:
    return bundled(pointed(ONE, **{"generation": 4, **changed}), drains=drains)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (moved(), None),
        (moved(generation=5), None),
        (moved(generation=5, kind="retire"), None),
        (moved(generation=3), "code.fast has generation 3 in it, and had 4"),
        (moved(generation=3, kind="retire"), "code.fast has generation 3 in it, and had 4"),
        (
            bundled(pointed(ONE, BEST), drains=draining(generation=2)),
            "code.fast is not in it, and was live",
        ),
        (
            bundled(pointed(ONE, generation=4), pointed(TWO, BEST), drains=draining(generation=2)),
            None,
        ),
        (moved(drains=draining(generation=2)), None),
        (moved(drains=draining("*", generation=3)), None),
        (
            moved(drains=draining(generation=1)),
            "the list of drains has generation 1 in it, and had 2",
        ),
    ],
)
def test_generations_only_grow_and_no_alias_is_dropped(new: Bundle, why: str | None) -> None:
    assert superseded_by(moved(), new) == why


def test_a_line_of_releases_only_grows() -> None:
    longer = bundled(pointed(ONE), releases=[ONE, TWO])
    shorter = bundled(pointed(ONE), releases=[ONE])
    why = "its newest release is alr_2026_06_09_001, and was alr_2026_06_09_002"
    assert superseded_by(longer, shorter) == why
    assert superseded_by(shorter, longer) is None
    # What is live alone holds fewer releases than all, and is as new.
    assert superseded_by(longer, bundled(pointed(TWO), releases=[TWO])) is None


def test_pointers_and_releases_are_sorted() -> None:
    given_so = bundled(pointed(TWO, BEST), pointed(ONE), releases=[TWO, ONE])
    assert list(given_so.pointers) == [CODE_FAST, BEST]
    assert list(given_so.releases) == [FIRST, ReleaseId("alr_2026_06_09_002")]
    assert bundle_to_bytes(given_so) == bundle_to_bytes(
        bundled(pointed(ONE), pointed(TWO, BEST), releases=[ONE, TWO])
    )


def test_a_pointer_to_a_release_of_another_digest_makes_no_bundle() -> None:
    wrong = but(pointed(ONE), target=but(ONE.ref, sha256=Digest("0f" * 32)))
    with pytest.raises(IntegrityError, match="not in the bundle"):
        bundled(wrong)
