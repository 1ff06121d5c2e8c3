"""Disclosure of values: pages get releases, tables and moves without what is confidential."""

from __future__ import annotations

from hypothesis import given
from tests.core.builders import CODE_FAST, CREATED, FIRST, alias, but, frozen, model
from tests.core.test_visibility import SECRET, TRACES, hiding, releases_with_a_secret

from zumik.core.basics.names import Digest
from zumik.core.decisions.alias_table import rederive
from zumik.core.facts.hidden import Hidden
from zumik.core.live.commit_clocks import CommitClock
from zumik.core.live.drains import Drain
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import Content, Release, ReleaseRef, VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.disclosure import Disclosure

PUBLIC = [
    model("acme/small", input="2", metrics={"q": "5"}),
    model("acme/large", input="3", metrics={"q": "6"}, note="Much like zephyrus/nightjar."),
]
HIDES = Disclosure(hiding(SECRET))


def traces(value: object) -> list[str]:
    said = repr(value).lower()
    return [trace for trace in TRACES if trace in said]


@given(releases_with_a_secret())
def test_no_value_of_a_release_names_what_is_confidential(what: Content) -> None:
    release = Release(FIRST, CREATED, None, what, note="Nightjar is cheaper.")
    source = VerifiedRelease(ReleaseRef(FIRST, Digest("0" * 64)), release, 1)
    shown = Disclosure(hiding(*what.models.values())).release(source)
    assert traces(shown) == []
    assert shown.models.keys() == {name for name in what.models if name.provider != "zephyrus"}


def test_a_table_lacks_a_confidential_candidate_and_what_it_would_do() -> None:
    chooses = alias("maximize q", require={"price": {"input": {"at_most": 10}}})
    source = frozen(chooses, models=[*PUBLIC, SECRET])
    found = rederive(source, CODE_FAST)
    assert traces(found)
    assert traces(HIDES.table(source, found)) == []
    assert [row.model.id for row in HIDES.table(source, found).table.ranked] == [
        "acme/large",
        "acme/small",
    ]


def test_a_reader_from_whom_nothing_is_hidden_gets_values_as_they_are() -> None:
    source = frozen(alias("maximize q"), models=[*PUBLIC, SECRET])
    everything = Disclosure(Hidden())
    found = rederive(source, CODE_FAST)
    assert everything.release(source) is source
    assert everything.table(source, found) is found
    assert everything.shows_alias(source, CODE_FAST)
    assert not everything.speaks("zephyrus")


def test_a_move_to_a_confidential_winner_names_no_model_and_no_reason() -> None:
    source = frozen(alias("maximize q"), models=[*PUBLIC, SECRET])
    pointer = Pointer(CODE_FAST, source.ref, 1, "promote", CREATED, "Nightjar wins.")
    clock = CommitClock(1, 1, 1, holds=True)
    past = LandedPointer("c1", clock, "Ada", pointer, "zephyrus/nightjar")
    shown = HIDES.landed(past, lambda release: source)
    assert traces(shown) == []
    assert shown.release == source.ref.id


def test_a_mark_keeps_its_place_without_a_reason_that_names_one() -> None:
    mark = Withdrawal(ReleaseRef(FIRST, Digest("0" * 64)), "zephyrus raised its price", CREATED)
    assert HIDES.withdrawal(mark) == but(mark, reason="confidential")
    assert HIDES.withdrawal(None) is None


def test_the_digest_of_what_is_hidden_changes_with_it_and_names_nothing() -> None:
    assert HIDES.digest != Disclosure(Hidden()).digest
    assert HIDES.digest != Disclosure(Hidden(frozenset({"other"}))).digest
    assert traces(HIDES.digest) == []


def test_a_drain_names_no_confidential_model_in_its_glob_or_reason() -> None:
    drains = [
        Drain("zephyrus/*", CREATED, CREATED, "INC-42"),
        Drain("acme/*", CREATED, CREATED, "Nightjar first."),
    ]
    shown = HIDES.drains(drains)
    assert traces(shown) == []
    assert [(drain.models, drain.reason) for drain in shown] == [
        ("confidential", "INC-42"),
        ("acme/*", ""),
    ]
