"""Disclosure: nothing of a confidential provider is shown, and all else is."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import alias, but, frozen, model
from tests.core.strategies import contents

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Figure, Model, Upstream, model_to_json, read_model
from zumik.core.facts.hidden import Hidden, confidential, hidden_among, marked_by, named_by
from zumik.core.facts.policy import Alias
from zumik.core.facts.price import Price
from zumik.core.releases.release import Content, content_to_json
from zumik.core.reviews.visibility import public

HIDDEN = "zephyrus"
SECRET = model(
    "zephyrus/nightjar",
    revision="build-njrx",
    confidential=True,
    input="81.379264917",
    upstream={"model": "njr-prod"},
    metrics={"q": "7.771340928"},
    note="Negotiated until vespers.",
)
TRACES = ("zephyrus", "nightjar", "njrx", "njr-prod", "81.379264917", "7.771340928", "vespers")
"""Every text by which the model or a fact of it could be known."""


def hiding(*models: Model) -> Hidden:
    """What is hidden, where these models are known."""
    return hidden_among(models, marked_by(models))


def content(*aliases: Alias, **known: Any) -> Content:
    public_models = [
        model("acme/small", input="2", metrics={"q": "5"}),
        model("acme/large", input="3", metrics={"q": "6"}, note="Much like zephyrus/nightjar."),
    ]
    source = frozen(*aliases, models=[*public_models, SECRET], **known)
    return source.release.content


def disclosed(what: Content, name: str = "code.fast") -> dict[str, Any]:
    tree: Any = public(what, hiding(SECRET))
    found = tree["aliases"][name]
    assert isinstance(found, dict)
    return found


def all_public(what: Content) -> Content:
    models = {name: but(item, confidential=False) for name, item in what.models.items()}
    return but(what, models=models)


@st.composite
def releases_with_a_secret(draw: st.DrawFn) -> Content:
    """A release of any content, in which a model with facts of its own is confidential."""
    drawn = all_public(draw(contents()))
    secret = Model(
        ModelId(f"{HIDDEN}/nightjar"),
        revision="nightjar-njrx",
        upstream=Upstream("njr-prod"),
        price=Price({"input": Fraction("81.379264917")}, source="nightjar letter"),
        metrics={"q": Figure(Fraction("7.771340928"))},
        note="until vespers",
        confidential=True,
    )
    aliases = {}
    for name, item in drawn.aliases.items():
        globs = draw(
            st.lists(
                st.sampled_from(
                    ["zephyrus/*", "*nightjar", "zephyrus/nightjar", "*", "a/*", "?ephyrus/n*"]
                )
            )
        )
        place = draw(st.none() | st.integers(0, len(item.ranking)))
        ranking = list(item.ranking)
        if place is not None:
            ranking.insert(place, secret.id)
        incumbent = item.incumbent
        if incumbent is not None and draw(st.booleans()):
            incumbent = incumbent._replace(model=secret.id)
        policy = item.policy._replace(
            candidates=(*item.policy.candidates, *globs),
            exclude=tuple(globs),
            description=draw(st.sampled_from([None, "As good as Nightjar, for less."])),
        )
        aliases[name] = but(item, policy=policy, ranking=tuple(ranking), incumbent=incumbent)
    return but(drawn, aliases=aliases, models={**drawn.models, secret.id: secret})


@given(releases_with_a_secret())
def test_nothing_of_a_confidential_model_is_disclosed(what: Content) -> None:
    told = json.dumps(public(what, hiding(*what.models.values()))).lower()
    assert [trace for trace in TRACES if trace in told] == []


@given(releases_with_a_secret())
def test_public_models_are_disclosed_as_they_are(what: Content) -> None:
    tree: Any = public(what, hiding(*what.models.values()))
    assert tree["models"].keys() == what.models.keys() - {f"{HIDDEN}/nightjar"}
    for name, told in tree["models"].items():
        known = model_to_json(what.models[name])
        for key in ("revision", "pinned", "retires_on", "limits", "metrics", "capabilities"):
            assert told.get(key) == known.get(key)


@given(contents())
def test_a_release_without_confidential_models_is_disclosed_whole(what: Content) -> None:
    what = all_public(what)
    assert public(what, hiding(*what.models.values())) == content_to_json(what)


def test_an_alias_that_ranks_a_confidential_model_shows_only_its_name() -> None:
    for chosen in ("minimize q", "maximize q"):
        assert disclosed(content(alias(chosen))) == {"withheld": True}


def test_an_alias_without_confidential_models_shows_its_policy() -> None:
    chooses = alias("maximize q", exclude=["zephyrus/*", "acme/old*"])
    told = disclosed(content(chooses))
    assert told["ranking"] == ["acme/large", "acme/small"]
    assert told["policy"]["exclude"] == ["acme/old*"]
    assert told["withheld"] is True


def test_an_excluded_confidential_model_is_hidden_and_the_ranking_stays() -> None:
    chooses = alias("maximize q", require={"price": {"input": {"at_most": 10}}})
    what = content(chooses)
    assert disclosed(what) == content_to_json(what)["aliases"]["code.fast"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("glob", "kept"),
    [
        ("*", True),
        ("acme/*", True),
        ("acme/gone", True),
        ("zephyrus/*", False),
        ("zephyrus/gone", False),
        ("*nightjar", False),
        ("?q/*", False),
        ("*/gone", False),
        ("*-preview", False),
    ],
)
def test_a_glob_that_reveals_no_hidden_model_is_shown(glob: str, kept: bool) -> None:
    what = content(alias("listed", candidates=["acme/*"]))
    name = AliasName("code.fast")
    policy = what.aliases[name].policy._replace(exclude=(glob,))
    what = but(what, aliases={name: but(what.aliases[name], policy=policy)})
    assert (glob in disclosed(what)["policy"].get("exclude", [])) == kept
    assert ("withheld" in disclosed(what)) != kept


def test_a_provider_that_becomes_confidential_is_so_for_older_releases() -> None:
    older = content(alias("maximize q", candidates=["acme/*"]))
    tree: Any = public(older, hiding(model("acme/new", confidential=True)))
    assert tree["models"] == {}
    assert tree["aliases"] == {"code.fast": {"withheld": True}}


def test_sentences_that_name_a_hidden_model_are_omitted() -> None:
    chooses = alias("maximize q", exclude=["zephyrus/*"], description="Not Nightjar.")
    tree: Any = public(content(chooses), hiding(SECRET))
    assert "note" not in tree["models"]["acme/large"]
    assert "description" not in tree["aliases"]["code.fast"]["policy"]


@pytest.mark.parametrize(
    "text",
    [
        "As zephyrus/nightjar.",
        "(NIGHTJAR)",
        "njr-prod,",
        "build-njrx",
        "of ZEPHYRUS",
        "x=zephyrus;",
    ],
)
def test_a_text_that_names_a_hidden_model_is_detected(text: str) -> None:
    assert named_by(hiding(SECRET))(text)


@pytest.mark.parametrize(
    "text", ["zephyrusx", "nightjars", "", "81.379264917 for a million", "acme/small"]
)
def test_other_texts_are_shown(text: str) -> None:
    assert not named_by(hiding(SECRET))(text)
    assert not named_by(Hidden())(text)


def test_a_word_that_says_nothing_of_a_hidden_model_is_shown() -> None:
    dated = but(SECRET, revision="2026-06-09", id=ModelId("zephyrus/large"))
    named = named_by(hiding(dated), ["zephyrus.fast"], [model("acme/large")])
    assert not named("acme/large, seen on 2026-06-09, for zephyrus.fast and ZEPHYRUS.fast")
    assert named("zephyrus.fast is zephyrus/large") == {"zephyrus"}


@pytest.mark.parametrize(
    ("marked", "said", "hidden"),
    [
        ([], {}, set()),
        (["a"], {}, {"a"}),
        ([], {"a": True}, {"a"}),
        (["a"], {"a": True}, {"a"}),
        (["a"], {"a": False}, set()),
        ([], {"a": False}, set()),
        (["a", "b"], {"a": False, "c": True}, {"b", "c"}),
    ],
)
def test_what_was_marked_once_stays_confidential_until_a_person_says_no(
    marked: list[str], said: dict[str, bool], hidden: set[str]
) -> None:
    assert confidential(marked, said) == hidden


def test_which_models_are_public() -> None:
    hidden = hiding(SECRET, model("acme/small"))
    assert hidden.providers == {"zephyrus"}
    assert hidden.shows(ModelId("acme/zephyrus"))
    assert not hidden.shows(ModelId("zephyrus/other"))
    ranked = content(alias("maximize q")).aliases[AliasName("code.fast")].ranking
    assert not hidden.shows_all(ranked)
    assert Hidden(frozenset({"globex"})).shows_all(ranked)
    assert read_model(SECRET.id, model_to_json(SECRET), ()).confidential
