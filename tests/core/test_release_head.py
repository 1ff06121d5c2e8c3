"""A head is what reading the whole release gives, and its bytes are proven all the same."""

from __future__ import annotations

import pytest
from tests.core.builders import alias, frozen, model

from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.releases.release import Release, ReleaseRef, digest_of, release_to_bytes
from zumik.core.releases.release_head import verified_head
from zumik.errors import CannotRun, IntegrityError

FIRST = frozen(
    alias("minimize expected_cost", workload={"input_tokens": 10, "output_tokens": 10}),
    models=[model("acme/small", input="1", output="2"), model("acme/large", input="4", output="8")],
)
NOTE = 'Why: "aliases": {\n  "note": "x"'
SECOND = FIRST.release._replace(parent=FIRST.ref, note=NOTE, backfilled=True)


def name_of(data: bytes) -> str:
    return ReleaseRef(FIRST.ref.id, digest_of(data)).file_name


@pytest.mark.parametrize("release", [FIRST.release, SECOND], ids=["first", "second"])
def test_a_head_is_what_the_whole_release_says(release: Release) -> None:
    data = release_to_bytes(release)
    found = verified_head(name_of(data), data)
    for part in ("id", "created_at", "parent", "resolver", "backfilled", "note"):
        assert getattr(found.release, part) == getattr(release, part), part
    assert found.size == len(data)
    assert found.ref.sha256 == digest_of(data)


def test_other_bytes_are_refused() -> None:
    data = release_to_bytes(SECOND)
    with pytest.raises(IntegrityError, match="the bytes hash to"):
        verified_head(FIRST.ref.file_name, data)


@pytest.mark.parametrize("indent", [None, 4])
def test_bytes_in_another_layout_are_read_whole(indent: int | None) -> None:
    import json

    tree = json.loads(release_to_bytes(SECOND))
    data = json.dumps(tree, indent=indent, sort_keys=True).encode()
    assert verified_head(name_of(data), data).release.note == NOTE


def test_what_is_no_release_is_refused_as_ever() -> None:
    tree = from_strict(release_to_bytes(SECOND), max_bytes=10**6)
    assert isinstance(tree, dict)
    for wrong in ({"schema": "zumik.release/0"}, {"note": 3}, {"id": "x"}):
        data = to_canonical(tree | wrong)
        with pytest.raises(CannotRun):
            verified_head(name_of(data), data)
