"""The index of models: the newest facts of each, and in which release each fact changed."""

from __future__ import annotations

from tests.core.builders import CODE_FAST, alias, frozen, model

from zumik.core.basics.names import ModelId, ReleaseId
from zumik.core.facts.catalog import Model
from zumik.core.releases.rank_index import RankSpan
from zumik.core.reviews.model_index import MAX_CHANGES, ModelIndex

X, Y = ModelId("a/x"), ModelId("a/y")


def release_id(number: int) -> ReleaseId:
    return ReleaseId(f"alr_2026_06_09_{number:03}")


def indexed(*contents: list[Model]) -> ModelIndex:
    """A line in which every release knows these models, ranked by price."""
    index = ModelIndex()
    cheapest = alias(
        "minimize expected_cost",
        require={"floating_allowed": True},
        workload={"input_tokens": 1000, "output_tokens": 100},
    )
    for number, models in enumerate(contents, 1):
        index.add(frozen(cheapest, models=models, id=release_id(number)))
    return index


def priced(name: str, rate: str, **fields: object) -> Model:
    return model(name, input=rate, output=rate, **fields)


def test_a_model_has_the_facts_of_the_newest_release_that_knows_it() -> None:
    index = indexed(
        [priced(X, "1"), priced(Y, "2")], [priced(X, "3"), priced(Y, "2")], [priced(Y, "2")]
    )
    known = index.known(X)
    assert (known.first, known.newest) == (release_id(1), release_id(2))
    assert known.model.price is not None
    assert known.model.price.rates["input"] == 3
    assert list(index) == [X, Y]


def test_each_change_names_its_release_newest_first() -> None:
    index = indexed([priced(X, "1")], [priced(X, "2")], [priced(X, "2", retires_on="2027-01-01")])
    found = [
        (item.release, [(field.path, field.before, field.after) for field in item.change.fields])
        for item in index.known(X).changes
    ]
    assert found == [
        (release_id(3), [("retires_on", None, "2027-01-01")]),
        (release_id(2), [("price.input", "1", "2"), ("price.output", "1", "2")]),
    ]


def test_a_model_that_leaves_and_comes_back_is_removed_and_added() -> None:
    both = [priced(X, "1"), priced(Y, "2")]
    index = indexed(both, both[1:], both[1:], both)
    assert [(item.release, item.change.kind) for item in index.known(X).changes] == [
        (release_id(4), "added"),
        (release_id(2), "removed"),
    ]
    assert index.known(X).ranks == {
        CODE_FAST: (
            RankSpan(1, release_id(4), release_id(4), 1),
            RankSpan(1, release_id(1), release_id(1), 1),
        )
    }


def test_newer_sources_alone_are_no_change() -> None:
    index = indexed([priced(X, "1", source="s")], [priced(X, "1", source="t")])
    known = index.known(X)
    assert known.changes == ()
    assert known.model.source == "t"


def test_old_changes_are_counted_and_not_kept() -> None:
    index = indexed(*([priced(X, str(number))] for number in range(1, MAX_CHANGES + 4)))
    known = index.known(X)
    assert len(known.changes) == MAX_CHANGES
    assert known.older_changes == 2
    assert known.changes[0].release == release_id(MAX_CHANGES + 3)
