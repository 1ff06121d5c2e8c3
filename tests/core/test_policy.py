"""The policy: globs, and what is and is not an alias or a measure."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.builders import alias, measures
from tests.core.strategies import aliases_called, model_ids

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts import candidate_globs
from zumik.core.facts.candidate_globs import KnownIds, glob_matcher
from zumik.core.facts.policy import (
    Alias,
    Bound,
    Deprecation,
    Goal,
    Preference,
    Requirements,
    Workload,
    alias_to_json,
    read_alias,
    selected,
)

NAME = AliasName("code.fast")
MINIMAL: dict[str, Any] = {"candidates": ["*"], "prefer": ["listed"]}


def fits(glob: str, text: str) -> bool:
    """What a glob means, one character at a time."""
    if not glob:
        return not text
    if glob[0] == "*":
        return fits(glob[1:], text) or bool(text and fits(glob, text[1:]))
    return bool(text) and glob[0] in ("?", text[0]) and fits(glob[1:], text[1:])


@st.composite
def globs_and_texts(draw: st.DrawFn) -> tuple[str, str]:
    """A glob, and a text that fits it or nearly does."""
    glob = draw(st.text("*?ab/:.", max_size=7))
    letters = st.text("ab/:.", max_size=2)
    parts = [draw(letters) if c in "*?" or draw(st.integers(0, 9)) == 9 else c for c in glob]
    return glob, "".join(parts)


@given(globs_and_texts())
@example(("a?", "a"))
@example(("a?", "ab/"))
@example(("a*b", "ab"))
@example(("*ab", "aab"))
def test_globs_mean_what_they_say(case: tuple[str, str]) -> None:
    glob, text = case
    assert bool(glob_matcher(glob).fullmatch(text)) == fits(glob, text)


@given(st.text(st.characters(exclude_characters="*?"), max_size=6), model_ids)
def test_only_stars_are_special(glob: str, model: ModelId) -> None:
    assert bool(glob_matcher(glob).fullmatch(model)) == (glob == model)
    assert glob_matcher(model).fullmatch(model)


@given(st.text(r"*?\[](){}^$.|+-ab", max_size=8), st.text(r"\[](){}^$.|+-ab", max_size=6))
def test_globs_match_exactly_what_their_characters_say(glob: str, text: str) -> None:
    assert bool(glob_matcher(glob).fullmatch(text)) == fits(glob, text)


def test_a_glob_of_many_stars_costs_no_more_than_its_length() -> None:
    """Matched by retrying, this would not come back."""
    assert not glob_matcher("*a" * 60 + "b").fullmatch("a/" + "a" * 126)
    assert glob_matcher("*a" * 60 + "*").fullmatch("a/" + "a" * 126)


short_ids = st.from_regex(r"[ab]/[ab]{1,4}", fullmatch=True).map(ModelId)


@given(st.lists(short_ids, unique=True), st.text("*?ab/:", max_size=6))
def test_known_ids_are_those_that_match_in_their_order(ids: list[ModelId], glob: str) -> None:
    assert KnownIds(ids).matching(glob) == [*filter(glob_matcher(glob).fullmatch, ids)]


def test_globs_are_not_each_held_against_each_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by their beginnings nor by their ends: 10,000 of both ask for no pattern at all."""
    asked: list[str] = []
    known = KnownIds(ModelId(f"acme/m{n:04}") for n in range(1000))
    monkeypatch.setattr(candidate_globs, "glob_matcher", asked.append)
    for n in range(10_000):
        assert known.matching(f"acme/x{n:05}*") == known.matching(f"*-x{n:05}") == []
    assert asked == []


def test_the_place_of_a_candidate_is_its_first_glob() -> None:
    policy = alias("listed", candidates=["b/x", "a/*", "*"], exclude=["*:free"])
    models = [ModelId(name) for name in ("a/x", "b/x", "b/y", "a/y:free", "c/z")]
    assert dict(selected(policy, models)) == {"b/x": 0, "a/x": 1, "b/y": 2, "c/z": 2}


@given(aliases_called(NAME, [ModelId("a/x")]))
def test_an_alias_is_read_as_it_was_written(policy: Alias) -> None:
    tree = alias_to_json(policy)
    assert read_alias(NAME, tree, ()) == policy
    assert alias_to_json(read_alias(NAME, tree, ())) == tree


def test_an_alias_as_people_write_it() -> None:
    tree = {
        "description": "Low-latency coding tasks.",
        "candidates": ["*"],
        "exclude": ["*:free"],
        "workload": {"input_tokens": 4000, "output_tokens": 800, "cached_input": "50%"},
        "require": {
            "capabilities": ["tools"],
            "input": ["text"],
            "limits": {"context_tokens": 128000},
            "measures": {"quality.coding": {"at_least": Decimal("0.5")}},
            "price": {"output": {"at_most": 20}},
            "outlives_days": 30,
        },
        "prefer": [{"maximize": "quality", "within": "10%"}, {"minimize": "expected_latency"}],
        "incumbent_margin": "2.5%",
        "deprecated": {"replaced_by": "code.balanced", "sunset": "2027-03-01"},
    }
    assert read_alias(NAME, tree, ()) == Alias(
        name=NAME,
        candidates=("*",),
        exclude=("*:free",),
        description="Low-latency coding tasks.",
        workload=Workload(4000, 800, Fraction(1, 2)),
        require=Requirements(
            capabilities=("tools",),
            input=("text",),
            limits={"context_tokens": 128000},
            measures={"quality.coding": Bound(at_least=Fraction(1, 2))},
            price={"output": Bound(at_most=Fraction(20))},
            outlives_days=30,
        ),
        prefer=(
            Preference(Goal.MAXIMIZE, "quality", Fraction(1, 10)),
            Preference(Goal.MINIMIZE, "expected_latency"),
        ),
        incumbent_margin=Fraction(1, 40),
        deprecated=Deprecation(AliasName("code.balanced"), date(2027, 3, 1)),
    )


def test_the_words_of_an_alias_are_those_it_prefers_and_requires() -> None:
    policy = alias(
        "maximize q within 10%",
        "minimize c",
        "maximize q",
        require={"measures": {"r": {"at_least": 1}, "c": {"at_most": 1}}},
    )
    assert policy.words == ("q", "c", "r")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"candidates": []}, "an empty list in 'x.candidates'"),
        ({"candidates": "*"}, "expected a list, found text in 'x.candidates'"),
        ({"candidates": [1]}, r"expected text, found a number in 'x.candidates\[0\]'"),
        ({"prefer": []}, "an empty list in 'x.prefer'"),
        ({"prefer": ["cheapest"]}, r"expected an object, found text in 'x.prefer\[0\]'"),
        ({"prefer": [{}]}, r"needs one of 'minimize' and 'maximize', or is 'listed'"),
        ({"prefer": [{"minimize": "q", "maximize": "q"}]}, "needs one of"),
        ({"prefer": [{"minimize": "listed"}]}, "'listed' has no direction"),
        ({"prefer": [{"minimize": "q", "within": "10%"}]}, "'within' on the last preference"),
        ({"prefer": [{"minimize": "q", "within": "101%"}, "listed"]}, "a share outside 0% to 100%"),
        ({"prefer": [{"minimize": "q", "by": 1}, "listed"]}, r"unknown key in 'x.prefer\[0\].by'"),
        ({"prefer": [{"minimize": "expected_cost"}]}, "'expected_cost' without a workload"),
        (
            {"require": {"measures": {"expected_cost": {"at_most": 1}}}},
            "'expected_cost' without a workload",
        ),
        ({"incumbent_margin": "5%"}, "a margin on a listed order"),
        ({"incumbent_margin": 5}, "a share outside"),
        ({"workload": {"input_tokens": 1}}, "missing 'output_tokens' in 'x.workload'"),
        ({"workload": {"input_tokens": -1, "output_tokens": 1}}, "expected a whole number"),
        (
            {"workload": {"input_tokens": 1, "output_tokens": 1, "tier": "Fast!"}},
            "expected the name of a service",
        ),
        ({"require": {"limits": {"tokens": 1}}}, "unknown key in 'x.require.limits.tokens'"),
        (
            {"require": {"price": {"cache_write": {}}}},
            "unknown key in 'x.require.price.cache_write'",
        ),
        ({"require": {"measures": {"q": {"min": 1}}}}, "unknown key in 'x.require.measures.q.min'"),
        ({"require": {"measures": {"q": 1}}}, "expected an object, found a number"),
        ({"require": {"open_weights": "yes"}}, "expected true or false, found text"),
        ({"require": {"outlives_days": "30"}}, "expected a whole number, found text"),
        ({"require": None}, "expected an object, found nothing"),
        ({"canary": "10%"}, "unknown key in 'x.canary'"),
        ({"deprecated": {}}, "needs 'replaced_by', 'sunset' or both in 'x.deprecated'"),
        ({"deprecated": True}, "expected an object, found true or false in 'x.deprecated'"),
        ({"deprecated": {"replaced_by": "A"}}, "in 'x.deprecated.replaced_by'"),
        ({"deprecated": {"sunset": "2027-02-30"}}, "expected a date, YYYY-MM-DD"),
        ({"deprecated": {"until": "2027-02-28"}}, "unknown key in 'x.deprecated.until'"),
        ({"deprecated": {"sunset": None}}, "expected a date, YYYY-MM-DD, found nothing"),
    ],
    ids=lambda value: re.sub(r"\W+", " ", str(value))[:40],
)
def test_malformed_aliases_are_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_alias(NAME, {**MINIMAL, **changed}, ("x",))


def test_an_alias_without_deprecation_writes_no_such_key() -> None:
    """Nothing is written for what is not said, so that old releases have the bytes they had."""
    assert read_alias(NAME, MINIMAL, ()).deprecated is None
    assert alias_to_json(read_alias(NAME, MINIMAL, ())) == MINIMAL


@pytest.mark.parametrize(
    "said", [{"replaced_by": "code.balanced"}, {"sunset": "2027-03-01"}], ids=lambda said: str(said)
)
def test_successor_and_date_are_each_optional(said: dict[str, str]) -> None:
    tree = {**MINIMAL, "deprecated": said}
    assert alias_to_json(read_alias(NAME, tree, ())) == tree


@pytest.mark.parametrize(
    ("sunset", "today", "ended"),
    [
        (date(2027, 3, 1), date(2027, 2, 28), False),
        (date(2027, 3, 1), date(2027, 3, 1), True),
        (date(2027, 3, 1), date(2028, 1, 1), True),
        (None, date(2028, 1, 1), False),
    ],
)
def test_an_alias_is_deprecated_from_its_date(
    sunset: date | None, today: date, ended: bool
) -> None:
    assert Deprecation(AliasName("code.balanced"), sunset).has_ended(today) is ended


@pytest.mark.parametrize("key", ["candidates", "prefer"])
def test_candidates_and_preferences_are_required(key: str) -> None:
    with pytest.raises(Malformed, match=f"missing '{key}' in 'x'"):
        read_alias(NAME, {k: v for k, v in MINIMAL.items() if k != key}, ("x",))


def test_an_error_names_its_path() -> None:
    with pytest.raises(Malformed) as failed:
        read_alias(NAME, {**MINIMAL, "exclude": [True]}, ("aliases", NAME))
    assert failed.value.path == ("aliases", NAME, "exclude", 0)
    assert failed.value.message == (
        "expected text, found true or false in 'aliases.code.fast.exclude[0]'"
    )


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ({}, "needs 'metric', or 'first_token' with 'tokens_per_second'"),
        ({"metric": "m", "first_token": "f"}, "needs 'metric', or"),
        ({"first_token": "f"}, "needs 'metric', or"),
        ({"tokens_per_second": "s"}, "needs 'metric', or"),
        ({"metric": "m", "max_age_days": -1}, "expected a whole number"),
        ({"metric": "m", "max_age_days": "365"}, "expected a whole number"),
        ({"metric": 1}, "expected text"),
        ({"metric": "m", "unit": "s"}, "unknown key"),
    ],
)
def test_malformed_measures_are_refused(tree: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        measures(latency=tree)


def test_only_latency_is_made_of_a_first_token_and_a_speed() -> None:
    pair = {"first_token": "f", "tokens_per_second": "s"}
    assert measures(latency=pair)["latency"].metrics == ("f", "s")
    assert measures(q={"metric": "m"})["q"].metrics == ("m",)
    with pytest.raises(Malformed, match="only 'latency'"):
        measures(q=pair)
