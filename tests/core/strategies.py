"""What hypothesis draws: small worlds full of ties and edges, and whole releases full of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from tests.core.builders import CREATED, DAY, FIRST, but, verified

from zumik.core.basics.decimals import MAX_DIGITS
from zumik.core.basics.names import AliasName, Digest, ModelId, ReleaseId
from zumik.core.facts.catalog import LIMITS, Catalog, Figure, Metric, Model, Upstream
from zumik.core.facts.policy import (
    Alias,
    Bound,
    Deprecation,
    Goal,
    Measure,
    Policy,
    Preference,
    Requirements,
    Workload,
)
from zumik.core.facts.price import RATES, Price, Tier
from zumik.core.facts.request import Request
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.release import Content, Release, ReleaseRef, VerifiedRelease
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.resolvers.latest import LATEST

WORDS = ("q", "r", "c")

# Few values, so that models tie, meet the edges of bands, and cross zero.
values = st.one_of(
    st.integers(0, 2).map(Fraction),
    st.integers(-4, 12).map(Fraction),
    st.sampled_from([Fraction(n, 10) for n in (-11, -9, 9, 11, 99, 101, 105, 110)]),
)
shares = st.sampled_from([Fraction(n, 100) for n in (0, 5, 10, 25, 50, 100)])
model_ids = st.builds(
    "{}/{}".format,
    st.sampled_from(["a", "b", "a-b"]),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,3}", fullmatch=True),
).map(ModelId)


@dataclass(frozen=True)
class World:
    """One alias, the facts it chooses from, and the winner that is live."""

    alias: Alias
    facts: Facts
    incumbent: Incumbent | None = None

    def derive(self) -> Derivation:
        return LATEST.derive(self.alias, self.facts, self.incumbent)

    def with_models(self, *models: Model) -> World:
        """The world in which these models are as given."""
        changed = {**self.facts.models, **{model.id: model for model in models}}
        return replace(self, facts=but(self.facts, models=changed))

    def with_alias(self, **changed: Any) -> World:
        """The world in which the alias says something else."""
        return replace(self, alias=but(self.alias, **changed))

    def with_figure(self, model: ModelId, word: str, value: Fraction) -> World:
        """The world in which one figure of one model is another."""
        old = self.facts.models[model]
        return self.with_models(but(old, metrics={**old.metrics, word: Figure(value)}))


def made(kind: Callable[..., Any]) -> Callable[..., Any]:
    """A class whose fields hypothesis draws only where they are named."""
    return lambda *values, **fields: kind(*values, **fields)


def preferences(*, bands: int = 2, repeats: bool = False) -> st.SearchStrategy[Any]:
    """One to three preferences, at most `bands` of them with a band; words once or `repeats`."""

    @st.composite
    def draw_preferences(draw: st.DrawFn) -> tuple[Preference, ...]:
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=not repeats))
        left = bands
        prefer = []
        for place, word in enumerate(words):
            within = None
            if left and place < len(words) - 1:
                within = draw(st.none() | shares)
                left -= within is not None
            prefer.append(Preference(draw(st.sampled_from(list(Goal))), word, within))
        return tuple(prefer)

    return draw_preferences()


@st.composite
def worlds(
    draw: st.DrawFn,
    *,
    models: int = 1,
    bands: int = 2,
    repeats: bool = False,
    incumbents: bool = True,
) -> World:
    """A world of so many models or more, each with most figures; now and then one is live."""
    ids = draw(st.lists(model_ids, min_size=models, max_size=7, unique=True))
    known = {
        model: Model(
            model,
            revision="r1",
            pinned=draw(st.sampled_from([True, True, True, True, False])),
            metrics={word: Figure(draw(values)) for word in WORDS},
        )
        for model in ids
    }
    margin = draw(st.none() | shares) if incumbents else None
    incumbent = draw(st.none() | st.sampled_from(ids)) if incumbents else None
    alias = Alias(
        AliasName("code.fast"),
        ("*",),
        draw(preferences(bands=bands, repeats=repeats)),
        incumbent_margin=margin,
    )
    facts = Facts(
        known,
        {word: Metric(word, "points", "higher") for word in WORDS},
        {word: Measure(word, word) for word in WORDS},
        DAY,
    )
    return World(alias, facts, incumbent and Incumbent(incumbent, FIRST))


def eligible_worlds(*, least: int = 1, **options: Any) -> st.SearchStrategy[World]:
    """Worlds in which at least so many models are eligible."""

    def with_eligible(world: World) -> World:
        known = world.facts.models.values()
        lacking = least - sum(model.pinned is True for model in known)
        others = [but(model, pinned=True) for model in known if not model.pinned]
        return world.with_models(*others[: max(lacking, 0)])

    return worlds(models=least, **options).map(with_eligible)


# Whole releases

few_examples = settings(max_examples=settings.default.max_examples // 3)
"""For tests that draw whole releases, each of which is a great many draws."""


@st.composite
def decimals(draw: st.DrawFn, *, negative: bool = True) -> Fraction:
    """Any number that has a canonical decimal."""
    places = draw(st.integers(0, MAX_DIGITS - 1))
    size = 10 ** draw(st.integers(1, MAX_DIGITS)) - 1
    number = draw(st.integers(-size if negative else 0, size))
    return Fraction(number, 10**places)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
some_words = st.lists(
    st.sampled_from(["tools", "reasoning", "text", "image", "größer"]), unique=True
)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
maybe = st.none
rates = st.dictionaries(st.sampled_from(RATES[:7]), decimals(negative=False), max_size=5)
limits = st.dictionaries(st.sampled_from(LIMITS), st.integers(0, 2000))
prices = st.builds(
    made(Price),
    rates,
    st.lists(st.builds(made(Tier), st.integers(0, 2000), rates), max_size=2).map(tuple),
    maybe() | texts,
    maybe() | days,
)
upstreams = st.builds(
    Upstream,
    maybe() | texts,
    st.fixed_dictionaries(
        {},
        optional={
            "reasoning_effort": st.sampled_from(["low", "xhigh"]),
            "thinking_budget_tokens": st.integers(0, 99),
            "verbosity": st.just("low"),
        },
    ),
)
figures = st.builds(made(Figure), decimals(), maybe() | texts, maybe() | days)


def mostly(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> Any:
    """Three times of four the usual."""
    return st.integers(0, 3).flatmap(lambda dice: other if dice == 3 else usual)


def models_called(name: ModelId) -> st.SearchStrategy[Model]:
    """Any model of this name."""
    return st.builds(
        made(Model),
        id=st.just(name),
        revision=maybe() | texts,
        pinned=maybe() | st.booleans(),
        owned_by=maybe() | texts,
        released_on=maybe() | mostly(st.dates(date(2020, 1, 1), DAY), days),
        retires_on=mostly(maybe(), days),
        open_weights=maybe() | st.booleans(),
        upstream=upstreams,
        limits=limits,
        input=maybe() | some_words.map(frozenset),
        capabilities=maybe() | some_words.map(frozenset),
        price=maybe() | prices,
        metrics=mostly(
            st.fixed_dictionaries(dict.fromkeys(WORDS, figures)),
            st.dictionaries(st.sampled_from(WORDS), figures),
        ),
        variant_of=maybe() | model_ids,
        source=maybe() | texts,
        observed_on=maybe() | days,
        sources=st.dictionaries(texts, texts, max_size=2),
        note=maybe() | texts,
        confidential=st.booleans(),
    )


bounds = st.builds(Bound, maybe() | decimals(), maybe() | decimals())
requirements = st.builds(
    made(Requirements),
    capabilities=some_words.map(tuple),
    input=some_words.map(tuple),
    limits=limits,
    measures=st.dictionaries(st.sampled_from(WORDS), bounds, max_size=2),
    price=st.dictionaries(st.sampled_from(["input", "output", "cache_read"]), bounds, max_size=2),
    open_weights=st.booleans(),
    floating_allowed=st.booleans(),
    outlives_days=st.integers(0, 90),
)
workloads = st.builds(
    made(Workload),
    st.integers(0, 2000),
    st.integers(0, 2000),
    shares,
    st.sampled_from(["standard", "batch"]),
)


other_names = st.sampled_from(["code.fast", "auto.balanced", "code.best"]).map(AliasName)
endings = st.builds(Deprecation, other_names, maybe() | days) | st.builds(
    Deprecation, st.none(), days
)


def aliases_called(name: AliasName, ids: list[ModelId]) -> st.SearchStrategy[Alias]:
    """An alias of any requirement, which somebody may or may not meet."""
    some = st.lists(st.sampled_from(["a/*", "*b*", "?/*", *ids]), min_size=1, unique=True)
    return st.builds(
        Alias,
        name=st.just(name),
        candidates=mostly(st.just(("*",)), some.map(tuple)),
        prefer=preferences(),
        exclude=mostly(st.just(()), some.map(tuple)),
        # An empty description is no description.
        description=maybe() | texts.filter(bool),
        workload=maybe() | workloads,
        require=mostly(st.just(Requirements(floating_allowed=True)), requirements),
        incumbent_margin=maybe() | shares,
        deprecated=mostly(maybe(), endings),
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """The content of a release, as freezing makes it: two aliases at most, those that can be."""
    ids = draw(st.lists(model_ids, min_size=1, max_size=4, unique=True))
    catalog = Catalog(
        {model: draw(models_called(model)) for model in ids},
        {word: Metric(word, "points", "higher", draw(maybe() | texts)) for word in WORDS},
    )
    measures = {word: Measure(word, word, description=draw(maybe() | texts)) for word in WORDS}
    names = [AliasName("code.fast"), AliasName("auto.balanced")]
    wanted = {name: draw(aliases_called(name, ids)) for name in names}
    live = {name: Incumbent(draw(st.sampled_from(ids)), FIRST) for name in names}
    derivations = derive_all(catalog, Policy(measures, wanted), DAY, live)
    can_be = {name: derivation for name, derivation in derivations.items() if derivation.ranking}
    return freeze(catalog, Policy(measures, wanted), can_be)


release_ids = st.builds(
    ReleaseId.next,
    days,
    maybe() | st.sampled_from([ReleaseId("alr_2031_01_01_999"), ReleaseId("alr_2030_12_31_003")]),
)
refs = st.builds(ReleaseRef, release_ids, st.just(Digest("0f" * 32)))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
releases = st.builds(
    Release,
    id=release_ids,
    created_at=st.just(datetime(2026, 6, 9, 9, tzinfo=UTC)),
    parent=maybe() | refs,
    content=contents(),
    resolver=st.just(1),
    backfilled=st.booleans(),
    note=maybe() | texts,
)


def requests_of(source: VerifiedRelease) -> st.SearchStrategy[Request]:
    """Requests around what the models of a release can take."""
    ranked = sorted({model for alias in source.aliases.values() for model in alias.ranking})
    tokens = maybe() | st.integers(0, 2200)
    return st.builds(
        Request,
        input_tokens=tokens,
        output_tokens=tokens,
        capabilities=some_words.map(tuple) | st.just(()),
        input=some_words.map(tuple) | st.just(()),
        unavailable=st.lists(st.sampled_from(ranked) | model_ids, max_size=3, unique=True).map(
            tuple
        ),
    )


@st.composite
def ranked_releases(draw: st.DrawFn) -> VerifiedRelease:
    """Releases with one alias of which all models are ranked, and can take different requests."""
    ids = draw(st.lists(model_ids, min_size=1, max_size=4, unique=True))
    models = {
        model: Model(
            model,
            revision=draw(st.sampled_from([None, "r1", "r2"])),
            limits=draw(limits),
            input=draw(maybe() | some_words.map(frozenset)),
            capabilities=draw(maybe() | some_words.map(frozenset)),
            metrics={"q": Figure(draw(values))},
        )
        for model in ids
    }
    catalog = Catalog(models, {"q": Metric("q", "points", "higher")})
    alias = Alias(
        AliasName("code.fast"),
        ("*",),
        (Preference(Goal.MAXIMIZE, "q"),),
        require=Requirements(floating_allowed=True),
    )
    policy = Policy({"q": Measure("q", "q")}, {alias.name: alias})
    content = freeze(catalog, policy, derive_all(catalog, policy, DAY, {}))
    return verified(Release(FIRST, CREATED, None, content))
