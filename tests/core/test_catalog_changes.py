"""The catalog beside a release: facts differ by kind, and winners only by facts and the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.core.builders import CODE_FAST, CREATED, alias, frozen, measures, metrics_of, model

from zumik.core.basics.field_readers import NOTHING
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.policy import Alias, Policy
from zumik.core.releases.freeze import derive_all
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.catalog_changes import CatalogChanges, catalog_changes
from zumik.core.reviews.changes import CORRECTION

TODAY = CREATED.date()
BEST = alias("maximize q")
X, Y = ModelId("a/x"), ModelId("a/y")


def compared(
    *models: Model,
    before: tuple[Model, ...] = (),
    policy: tuple[Alias, ...] = (BEST,),
    day: date = TODAY,
    incumbents: Mapping[AliasName, Incumbent] = NOTHING,
) -> CatalogChanges:
    """The changes from a release of `before`, under BEST, to a catalog of `models`."""
    old = before or (model("a/x", metrics={"q": "2"}), model("a/y", metrics={"q": "1"}))
    release = frozen(BEST, models=list(old))
    catalog = Catalog({item.id: item for item in models}, metrics_of(models))
    written = Policy(measures(q="q"), {item.name: item for item in policy})
    derivations = derive_all(catalog, written, day, incumbents)
    return catalog_changes(release, catalog, written, derivations, day, incumbents)


def test_the_same_facts_change_nothing() -> None:
    found = compared(model("a/x", metrics={"q": "2"}), model("a/y", metrics={"q": "1"}))
    assert not found.changes
    assert found.aliases == ()
    assert (found.total, found.unselected) == (1, 0)


def test_a_figure_that_changes_the_winner_touches_the_alias_that_ranks_it() -> None:
    found = compared(model("a/x", metrics={"q": "2"}), model("a/y", metrics={"q": "3"}))
    (alias_touched,) = found.aliases
    assert (alias_touched.before, alias_touched.after) == (X, Y)
    assert alias_touched.changes_winner
    assert alias_touched.models == (Y,)
    assert found.touched_by(Y) == (CODE_FAST,)
    assert found.touched_by(X) == ()
    assert found.answering == {X, Y}


def test_a_value_that_is_replaced_under_the_same_date_is_a_correction() -> None:
    old = model("a/x", metrics={"q": "2"}, input="1", output="2", observed_on="2026-01-01")
    new = model("a/x", metrics={"q": "2"}, input="3", output="2", observed_on="2026-01-01")
    (change,) = compared(new, before=(old,)).changes.models
    assert [(field.kind, field.how) for field in change.fields] == [("price", CORRECTION)]


def test_a_winner_that_the_catalog_no_longer_has_gives_way() -> None:
    found = compared(model("a/y", metrics={"q": "1"}))
    assert [(change.model, change.kind) for change in found.changes.models] == [(X, "removed")]
    assert [(item.before, item.after, item.models) for item in found.aliases] == [(X, Y, (X,))]


def test_a_model_that_no_alias_selects_is_counted_and_not_called_new() -> None:
    chosen = alias("maximize q", candidates=["a/x"])
    models = [model(name, metrics={"q": "2"}) for name in ("a/x", "b/z")]
    found = compared(*models, before=(models[0],), policy=(chosen,))
    assert not found.changes
    assert found.unselected == 1


def test_both_sides_are_derived_by_the_policy_of_now() -> None:
    lowest = alias("minimize q")
    models = model("a/x", metrics={"q": "2"}), model("a/y", metrics={"q": "1"})
    assert compared(*models, policy=(lowest,)).aliases == ()


def test_a_retirement_that_only_the_day_brings_changes_the_winner_without_a_changed_fact() -> None:
    ending = model("a/x", metrics={"q": "2"}, retires_on="2099-01-01")
    models = ending, model("a/y", metrics={"q": "1"})
    found = compared(*models, before=models, day=date(2099, 1, 1))
    assert not found.changes
    assert [(item.before, item.after, item.models) for item in found.aliases] == [(X, Y, ())]


def test_where_nothing_is_eligible_there_is_no_winner() -> None:
    found = compared(model("a/x"), before=(model("a/x", metrics={"q": "2"}),))
    assert [(item.before, item.after) for item in found.aliases] == [(X, None)]
