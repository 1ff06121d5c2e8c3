"""Changes: every difference between two contents is told, and told for what it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from tests.core.builders import CODE_FAST, FIRST, alias, but, frozen, model
from tests.core.strategies import contents, few_examples

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.policy import Deprecation, Measure
from zumik.core.releases.release import Content, content_to_json
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.changes import (
    CHANGED,
    CORRECTION,
    FIRST_KNOWN,
    NO_LONGER_KNOWN,
    FieldChange,
    alias_change,
    changes_between,
    model_change,
    unchanged,
)

BEFORE = frozen(
    alias("maximize q", require={"floating_allowed": True}),
    models=[
        model(
            "a/x",
            metrics={"q": "2"},
            input="1",
            output="2",
            limits={"context_tokens": 1},
            takes=["text"],
            capabilities=["tools"],
            upstream={"model": "x"},
            released_on="2026-01-01",
            source="s",
            sources={"price": "t"},
            note="n",
        ),
        model("a/y", metrics={"q": "1"}),
    ],
).release.content


ENDING = Deprecation(AliasName("code.balanced"), date(2027, 3, 1))


def with_model(**fields: object) -> Content:
    """The content in which a/x says something else."""
    other = model(
        "a/x",
        **{
            "metrics": {"q": "2"},
            "input": "1",
            "output": "2",
            "limits": {"context_tokens": 1},
            "takes": ["text"],
            "capabilities": ["tools"],
            "upstream": {"model": "x"},
            "released_on": "2026-01-01",
            "source": "s",
            "sources": {"price": "t"},
            "note": "n",
            **fields,
        },
    )
    return but(BEFORE, models={**BEFORE.models, other.id: other})


@few_examples
@given(contents())
def test_equal_contents_have_no_changes(content: Content) -> None:
    changes = changes_between(content, content)
    assert not changes
    assert unchanged(content, content)


@few_examples
@given(contents(), contents())
def test_contents_that_differ_have_changes(before: Content, after: Content) -> None:
    same = content_to_json(before) == content_to_json(after)
    assert bool(changes_between(before, after)) != same
    if same:
        assert unchanged(before, after)


@few_examples
@given(contents(), contents())
def test_changes_read_backwards_are_the_same_changes(before: Content, after: Content) -> None:
    forth, back = changes_between(before, after), changes_between(after, before)
    turn = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(c.model, turn[c.kind]) for c in forth.models] == [
        (c.model, c.kind) for c in back.models
    ]
    assert [
        (c.alias, turn[c.kind], c.after, c.before, c.changes_winner) for c in forth.aliases
    ] == [(c.alias, c.kind, c.before, c.after, c.changes_winner) for c in back.aliases]
    for one, other in zip(forth.models, back.models, strict=True):
        assert [(f.path, f.after, f.before) for f in one.fields] == [
            (f.path, f.before, f.after) for f in other.fields
        ]


@few_examples
@given(contents())
def test_without_a_before_everything_is_added(content: Content) -> None:
    changes = changes_between(None, content)
    assert [(c.model, c.kind) for c in changes.models] == [
        (name, "added") for name in sorted(content.models)
    ]
    assert [(c.alias, c.kind, c.before) for c in changes.aliases] == [
        (name, "added", None) for name in sorted(content.aliases)
    ]
    assert all(change.before is None for change in changes.definitions)


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"revision": "r2"}, FieldChange("revision", "r1", "r2", "revision")),
        ({"pinned": False}, FieldChange("pinned", True, False, "revision")),
        ({"upstream": {"model": "y"}}, FieldChange("upstream.model", "x", "y", "upstream")),
        ({"input": "1.5"}, FieldChange("price.input", "1", "1.5", "price")),
        (
            {"cache_read": "0"},
            FieldChange("price.cache_read", None, "0", "price", FIRST_KNOWN),
        ),
        ({"limits": {"context_tokens": 2}}, FieldChange("limits.context_tokens", 1, 2, "limit")),
        (
            {"limits": None},
            FieldChange("limits.context_tokens", 1, None, "limit", NO_LONGER_KNOWN),
        ),
        ({"takes": ["image"]}, FieldChange("input", ["text"], ["image"], "capability")),
        ({"capabilities": []}, FieldChange("capabilities", ["tools"], [], "capability")),
        (
            {"retires_on": "2027-01-01"},
            FieldChange("retires_on", None, "2027-01-01", "lifecycle", FIRST_KNOWN),
        ),
        (
            {"released_on": None},
            FieldChange("released_on", "2026-01-01", None, "lifecycle", NO_LONGER_KNOWN),
        ),
        ({"metrics": {"q": "3"}}, FieldChange("metrics.q", "2", "3", "metric")),
        (
            {"metrics": {"q": "2", "b.note": "1"}},
            FieldChange("metrics.b.note", None, "1", "metric", FIRST_KNOWN),
        ),
        ({"metrics": {"q": {"value": "3"}}}, FieldChange("metrics.q", "2", "3", "metric")),
        (
            {"metrics": {"q": {"value": "2", "source": "s"}}},
            FieldChange("metrics.q.source", None, "s", "provenance"),
        ),
        (
            {"upstream": {"model": "x", "params": {"verbosity": "low"}}},
            FieldChange("upstream.params.verbosity", None, "low", "upstream"),
        ),
        ({"open_weights": True}, FieldChange("open_weights", None, True, "other", FIRST_KNOWN)),
        ({"source": "t"}, FieldChange("source", "s", "t", "provenance")),
        ({"note": None}, FieldChange("note", "n", None, "provenance")),
        (
            {"observed_on": "2026-01-01"},
            FieldChange("observed_on", None, "2026-01-01", "provenance"),
        ),
        ({"sources": {"price": "u"}}, FieldChange("sources.price", "t", "u", "provenance")),
    ],
    ids=str,
)
def test_changes_of_a_model(fields: dict[str, object], change: FieldChange) -> None:
    (found,) = changes_between(BEFORE, with_model(**fields)).models
    assert (found.model, found.kind, found.fields) == ("a/x", "changed", (change,))
    assert found.provenance_only == (change.kind == "provenance")


def dated(
    metric_observed_on: str | None = None, *, price_date: str | None = None, **fields: object
) -> Content:
    """One model, and one metric that may have a date of its own."""
    if price_date is not None:
        fields["price"] = {"input": fields.pop("input"), "observed_on": price_date}
    item = model("a/x", **fields)
    source = frozen(alias("listed"), models=[item]).release.content
    day = date.fromisoformat(metric_observed_on) if metric_observed_on else None
    metrics = {name: but(found, observed_on=day) for name, found in source.metrics.items()}
    return but(source, metrics=metrics)


MAY, JUNE = "2026-05-01", "2026-06-01"


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        (dated(input="1", price_date=MAY), dated(input="2", price_date=JUNE), CHANGED),
        (dated(input="1", price_date=MAY), dated(input="2", price_date=MAY), CORRECTION),
        (dated(input="1", price_date=JUNE), dated(input="2", price_date=MAY), CORRECTION),
        (dated(input="1"), dated(input="2"), CHANGED),
        (dated(input="1", price_date=MAY), dated(input="2"), CHANGED),
        (dated(input="1"), dated(input="2", price_date=MAY), CHANGED),
        (dated(input="1", observed_on=MAY), dated(input="2", observed_on=MAY), CORRECTION),
        (
            dated(input="1", observed_on=MAY, price_date=MAY),
            dated(input="2", observed_on=MAY, price_date=JUNE),
            CHANGED,
        ),
        (
            dated(input="1", observed_on=MAY, price_date=MAY),
            dated(input="2", observed_on=JUNE, price_date=MAY),
            CORRECTION,
        ),
        (dated(revision="r1", observed_on=MAY), dated(revision="r2", observed_on=MAY), CORRECTION),
        (dated(revision="r1", observed_on=MAY), dated(revision="r2", observed_on=JUNE), CHANGED),
        (dated(MAY, metrics={"q": "1"}), dated(MAY, metrics={"q": "2"}), CORRECTION),
        (dated(MAY, metrics={"q": "1"}), dated(JUNE, metrics={"q": "2"}), CHANGED),
        (
            dated(MAY, metrics={"q": "1"}),
            dated(MAY, metrics={"q": {"value": "2", "observed_on": JUNE}}),
            CHANGED,
        ),
        (
            dated(JUNE, metrics={"q": {"value": "1", "observed_on": MAY}}),
            dated(JUNE, metrics={"q": {"value": "2", "observed_on": MAY}}),
            CORRECTION,
        ),
        (
            dated(observed_on=MAY, metrics={"q": "1"}),
            dated(observed_on=MAY, metrics={"q": "2"}),
            CHANGED,
        ),
        (dated(observed_on=MAY), dated(input="2", observed_on=MAY), FIRST_KNOWN),
        (dated(input="1", observed_on=MAY), dated(observed_on=MAY), NO_LONGER_KNOWN),
        (
            dated(upstream={"model": "x"}, observed_on=MAY),
            dated(upstream={"model": "y"}, observed_on=MAY),
            CHANGED,
        ),
        (dated(note="n", observed_on=MAY), dated(note="m", observed_on=MAY), CHANGED),
    ],
)
def test_causes_of_a_changed_fact(before: Content, after: Content, how: str) -> None:
    """A correction is a value replaced although its own date did not move on."""
    (found,) = changes_between(before, after).models
    paths = {"price.input", "revision", "metrics.q", "upstream.model", "note"}
    assert [field.how for field in found.fields if field.path in paths] == [how]
    dates = [field.how for field in found.fields if field.path.endswith("observed_on")]
    assert set(dates) <= {CHANGED}


@few_examples
@given(contents(), contents())
def test_a_fact_that_becomes_known_is_lost_backwards(before: Content, after: Content) -> None:
    turn = {FIRST_KNOWN: NO_LONGER_KNOWN, NO_LONGER_KNOWN: FIRST_KNOWN}
    forth, back = changes_between(before, after), changes_between(after, before)
    for one, other in zip(forth.models, back.models, strict=True):
        for left, right in zip(one.fields, other.fields, strict=True):
            if left.how in turn or right.how in turn:
                assert right.how == turn[left.how]


@few_examples
@given(contents(), contents())
def test_one_alias_s_changes_equal_those_among_all(before: Content, after: Content) -> None:
    found = changes_between(before, after)
    models = sorted({*before.models, *after.models})
    aliases = sorted({*before.aliases, *after.aliases})
    assert found.models == tuple(filter(None, (model_change(m, before, after) for m in models)))
    assert found.aliases == tuple(filter(None, (alias_change(a, before, after) for a in aliases)))


def test_added_and_removed_models() -> None:
    after = but(BEFORE, models={"a/x": BEFORE.models[ModelId("a/x")], "a/z": model("a/z")})
    found = changes_between(BEFORE, after).models
    assert [(change.model, change.kind) for change in found] == [
        ("a/y", "removed"),
        ("a/z", "added"),
    ]
    assert not any(change.provenance_only for change in found)


def aliased(**changed: object) -> Content:
    return but(BEFORE, aliases={CODE_FAST: but(BEFORE.aliases[CODE_FAST], **changed)})


def test_a_new_winner_changes_the_alias() -> None:
    after = aliased(ranking=(ModelId("a/y"), ModelId("a/x")))
    (change,) = changes_between(BEFORE, after).aliases
    assert (change.kind, change.before, change.after) == ("changed", "a/x", "a/y")
    assert change.changes_winner
    assert [(f.path, f.kind) for f in change.fields] == [("ranking", "ranking")]


def test_a_changed_policy_may_keep_the_winner() -> None:
    policy = but(BEFORE.aliases[CODE_FAST].policy, description="other")
    (change,) = changes_between(BEFORE, aliased(policy=policy)).aliases
    assert not change.changes_winner
    assert [(f.path, f.kind) for f in change.fields] == [("policy.description", "policy")]


def test_added_and_removed_aliases() -> None:
    renamed = but(BEFORE, aliases={AliasName("x"): BEFORE.aliases[CODE_FAST]})
    found = changes_between(BEFORE, renamed).aliases
    assert [(c.alias, c.kind, c.before, c.after, c.changes_winner) for c in found] == [
        ("code.fast", "removed", "a/x", None, True),
        ("x", "added", None, "a/x", True),
    ]


def test_changed_definitions_are_listed() -> None:
    after = but(
        BEFORE,
        measures={"q": Measure("q", "q", max_age_days=3)},
        metrics={"q": but(BEFORE.metrics["q"], unit="percent")},
    )
    assert changes_between(BEFORE, after).definitions == (
        FieldChange("measures.q.max_age_days", None, 3, "definition"),
        FieldChange("metrics.q.unit", "points", "percent", "definition"),
    )


@pytest.mark.parametrize(
    ("after", "same"),
    [
        (aliased(incumbent=Incumbent(ModelId("a/x"), FIRST)), True),
        (aliased(reason="incumbent_within_margin_under_policy"), True),
        (aliased(ranking=(ModelId("a/x"),)), False),
        (aliased(policy=but(BEFORE.aliases[CODE_FAST].policy, description="other")), False),
        (aliased(policy=but(BEFORE.aliases[CODE_FAST].policy, deprecated=ENDING)), False),
        (with_model(note="other"), False),
        (but(BEFORE, measures={}), False),
        (but(BEFORE, metrics={}), True),
    ],
    ids=["incumbent", "reason", "ranking", "policy", "deprecated", "fact", "measure", "metric"],
)
def test_only_new_content_needs_a_release(after: Content, same: bool) -> None:
    assert unchanged(BEFORE, after) == same
    assert changes_between(BEFORE, after)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (None, ENDING, "policy.deprecated"),
        (ENDING, None, "policy.deprecated"),
        (ENDING, but(ENDING, sunset=date(2027, 4, 1)), "policy.deprecated.sunset"),
        (ENDING, but(ENDING, sunset=None), "policy.deprecated.sunset"),
    ],
)
def test_a_changed_deprecation_needs_a_release(
    before: Deprecation | None, after: Deprecation | None, path: str
) -> None:
    policy = BEFORE.aliases[CODE_FAST].policy
    old, new = (aliased(policy=but(policy, deprecated=said)) for said in (before, after))
    assert not unchanged(old, new)
    (change,) = changes_between(old, new).aliases
    assert not change.changes_winner
    assert [(f.path, f.kind) for f in change.fields] == [(path, "policy")]


def test_comparing_changes_neither_side() -> None:
    live = Incumbent(ModelId("a/x"), FIRST)
    content = aliased(incumbent=live)
    assert unchanged(content, BEFORE)
    assert content.aliases[CODE_FAST].incumbent == live
