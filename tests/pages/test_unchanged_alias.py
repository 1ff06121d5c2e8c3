"""An alias that a release leaves as it was: equal identities have equal pages.

A page that wrongly says "the same" would show the facts of another release, so identities are held
against the whole pages that they stand for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, DAY, FIRST, alias, but, facts, model, verified
from tests.core.strategies import contents, few_examples, models_called
from tests.pages.sources import MemorySource
from tests.pages.test_alias_page import text_of

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.alias_table import rederive
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import Policy
from zumik.core.releases.freeze import NoEligibleModel, derive_all, freeze
from zumik.core.releases.outline import OutlineReader, ReleaseOutline
from zumik.core.releases.release import Content, Release, VerifiedRelease, release_to_bytes
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.resolvers.facts import Incumbent
from zumik.errors import CannotRun
from zumik.pages.addresses import alias_address, data_address
from zumik.pages.alias_page import whole_page
from zumik.pages.marked_text import unbroken
from zumik.pages.site import Site
from zumik.pages.unchanged_alias import failed_by_day
from zumik.reports import sentences
from zumik.reports.text import day_in_words

VERSIONS = [1, 2]
BY_DAY = ("not_yet_released", "retires_too_soon", "no_longer_served", "fact_too_old")
ONE, TWO, THREE = (ReleaseId(f"alr_2026_06_09_00{number}") for number in (1, 2, 3))


def release(content: Content, name: ReleaseId, day: date, **fields: Any) -> VerifiedRelease:
    made = datetime.combine(day, time(9), UTC)
    return verified(Release(name, made, None, content, **fields))


def outline(source: VerifiedRelease) -> ReleaseOutline:
    reader = OutlineReader(lambda model: True)
    return reader.outline(source.ref, release_to_bytes(source.release))


# Changes of a content: each may or may not concern an alias.


def _another_policy(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    frozen = content.aliases[name]
    changes: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"description": "Other words."},
                {"exclude": ("zz/*",)},
                {"require": but(frozen.policy.require, outlives_days=7)},
            ]
        )
    )
    policy = but(frozen.policy, **changes)
    return but(content, aliases={**content.aliases, name: but(frozen, policy=policy)})


def _another_model(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    changed = draw(st.sampled_from(sorted(content.models)))
    return but(content, models={**content.models, changed: draw(models_called(changed))})


def _one_model_more(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    new = ModelId("zz/new")
    return but(content, models={**content.models, new: draw(models_called(new))})


def _another_metric(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    metrics = {word: but(item, licence="MIT") for word, item in content.metrics.items()}
    return but(content, metrics=metrics)


def _another_age(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    age = draw(st.integers(0, 900))
    measures = {word: but(item, max_age_days=age) for word, item in content.measures.items()}
    return but(content, measures=measures)


def _another_incumbent(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    incumbent = Incumbent(draw(st.sampled_from(sorted(content.models))), FIRST)
    frozen = but(content.aliases[name], incumbent=incumbent)
    return but(content, aliases={**content.aliases, name: frozen})


def _later_incumbent(content: Content, draw: st.DrawFn, name: AliasName) -> Content:
    frozen = content.aliases[name]
    held = frozen.incumbent and but(frozen.incumbent, release=ReleaseId("alr_2026_06_08_007"))
    return but(content, aliases={**content.aliases, name: but(frozen, incumbent=held)})


CHANGES: list[Callable[[Content, st.DrawFn, AliasName], Content]] = [
    lambda content, draw, name: content,
    _another_policy,
    _another_model,
    _one_model_more,
    _another_metric,
    _another_age,
    _another_incumbent,
    _later_incumbent,
]

near = st.integers(0, 3) | st.integers(0, 1200)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[VerifiedRelease, VerifiedRelease, AliasName]:
    """Two releases that may or may not say the same of an alias."""
    content = draw(contents())
    assume(content.aliases)
    name = draw(st.sampled_from(sorted(content.aliases)))
    if draw(st.booleans()):
        content = _another_age(content, draw, name)
    if draw(st.booleans()):
        content = _another_incumbent(content, draw, name)
    other = draw(st.sampled_from(CHANGES))(content, draw, name)
    first, by = DAY + timedelta(days=draw(near)), draw(st.sampled_from(VERSIONS))
    second = first + timedelta(days=draw(near))
    return (
        release(content, ONE, first, resolver=by),
        release(other, TWO, second, resolver=by, note="Another.", backfilled=True),
        name,
    )


def _without_own(source: VerifiedRelease, name: AliasName, html: str) -> str:
    """A whole page without what a release has of its own: name, digest, day, and what fails by it.

    The words of the day are on the short page, which another test holds against these.
    """
    made = source.release
    by_day = outline(source).identities[name].by_day
    for row in rederive(source, name).table.excluded:
        if row.model.id in by_day:
            html = html.replace(escape(sentences.failures(row.failures), quote=False), "FAILED")
    day = day_in_words(made.created_at.date())
    frozen = sentences.frozen(made.backfilled, day)
    for own in (frozen, unbroken(frozen)):
        html = html.replace(str(own), "FROZEN")
    return html.replace(made.id, "RELEASE").replace(source.ref.sha256, "DIGEST")


def _data_without_own(source: VerifiedRelease, name: AliasName, data: bytes) -> Any:
    tree = json.loads(data)
    tree["answer"] = re.sub(r"^In .*?20[0-9]{2}, ", "", tree["answer"])
    del tree["release"]
    kept = tree["table"]["incumbent_kept"]
    if kept:
        del kept["release"]
    by_day = outline(source).identities[name].by_day
    for row in tree["table"]["excluded"]:
        if row["model"] in by_day:
            del row["failures"]
    return tree


# Most changes give another identity, on purpose: three of four pairs are the next test's alone.
@settings(few_examples, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(pair=pairs())
def test_equal_identities_have_equal_pages(
    pair: tuple[VerifiedRelease, VerifiedRelease, AliasName],
) -> None:
    one, two, name = pair
    same = outline(one).identities[name].digest == outline(two).identities[name].digest
    assume(same)
    source = MemorySource(one, two)
    try:
        pages = [whole_page(source, name, each.ref.id).decode() for each in (one, two)]
    except CannotRun:
        return  # a release that its facts do not give: no alias is left, or a page says so
    first, second = (
        _without_own(each, name, page) for each, page in zip((one, two), pages, strict=True)
    )
    near = re.compile(r'<nav aria-label="Releases that.*?</nav>', re.DOTALL)
    assert near.sub("", first) == near.sub("", second)
    data = [whole_page(source, name, each.ref.id, as_data=True) for each in (one, two)]
    assert _data_without_own(one, name, data[0]) == _data_without_own(two, name, data[1])


@few_examples
@given(pair=pairs())
def test_short_page_says_what_the_whole_page_would_of_its_day(
    pair: tuple[VerifiedRelease, VerifiedRelease, AliasName],
) -> None:
    _, two, name = pair
    identity = outline(two).identities[name]
    try:
        whole = {row.model.id: row for row in rederive(two, name).table.excluded}
    except CannotRun:
        return
    by_day = {
        model
        for model, row in whole.items()
        if any(failure.code in BY_DAY for failure in row.failures)
    }
    assert by_day == {*identity.by_day}
    rows = failed_by_day(two, name, identity) if by_day else ()
    assert [row.failures for row in rows] == [whole[model].failures for model in sorted(by_day)]


# What the day decides, one by one.


def lines(
    *ages: int, require: dict[str, Any] | None = None, max_age: int | None = None
) -> list[VerifiedRelease]:
    """Releases of the same facts, so many days after the first day."""
    policy = alias(
        "maximize q",
        candidates=("*",),
        require={"outlives_days": 30, **(require or {})},
    )
    known = facts(
        model("a/best", metrics={"q": {"value": "3", "observed_on": "2026-06-01"}}),
        model("a/ends", metrics={"q": "2"}, retires_on="2026-08-08"),
        model("a/later", metrics={"q": "1"}, released_on="2026-06-20"),
        model("a/other", metrics={"q": "1"}),
        q={"metric": "q", **({"max_age_days": max_age} if max_age is not None else {})},
    )
    found = []
    for number, age in enumerate(ages, 1):
        day = DAY + timedelta(days=age)
        content = _frozen_on(day, Catalog(known.models, known.metrics), policy, known.measures)
        found.append(release(content, ReleaseId(f"alr_2026_06_09_{number:03}"), day))
    return found


def _frozen_on(day: date, catalog: Catalog, policy: Any, measures: Any) -> Content:
    whole = Policy(measures, {policy.name: policy})
    try:
        return freeze(catalog, whole, derive_all(catalog, whole, day, {}))
    except NoEligibleModel:
        pytest.fail("a release without a winner")


def first_of(source: MemorySource, name: ReleaseId) -> str | None:
    data = Site(source).rendered(data_address(alias_address(CODE_FAST, name)))
    assert data is not None
    found: str | None = json.loads(data).get("same_as")
    return found


# Of the releases of 2026-06-09 plus some days, a/later is out before the 20th, and from the 9th of
# July a/ends ends within 30 days.
@pytest.mark.parametrize(
    ("days", "same"),
    [
        ((0, 0), True),
        ((0, 10), True),
        ((10, 11), False),
        ((0, 11), False),
        ((11, 29), True),
        ((29, 30), False),
        ((30, 800), True),
        ((11, 30), False),
    ],
)
def test_days_on_which_nothing_turns_are_the_same(days: tuple[int, int], same: bool) -> None:
    first, second = lines(*days)
    assert first_of(MemorySource(first, second), TWO) == (ONE if same else None)


def test_alias_that_comes_back_leads_to_its_first_release() -> None:
    source = MemorySource(*lines(0, 11, 10))
    assert [first_of(source, name) for name in (ONE, TWO, THREE)] == [None, None, ONE]


def test_latency_that_no_policy_names_turns_too() -> None:
    policy = alias("maximize q", candidates=("*",))
    dated = {"value": "2", "observed_on": "2026-06-01"}
    known = facts(
        model("a/best", metrics={"q": "3", "t": dated}),
        latency={"metric": "t", "max_age_days": 10},
    )
    catalog = Catalog(known.models, known.metrics)
    content = _frozen_on(DAY, catalog, policy, known.measures)
    three = [
        release(content, name, DAY + timedelta(days=age))
        for name, age in ((ONE, 0), (TWO, 2), (THREE, 3))
    ]
    tables = [rederive(each, CODE_FAST).table.ranked[0].figures for each in three]
    assert ["expected_latency" in found for found in tables] == [True, True, False]
    source = MemorySource(*three)
    assert [first_of(source, name) for name in (TWO, THREE)] == [ONE, None]


def test_short_page_reads_as_a_person_would_say_it() -> None:
    source = MemorySource(*lines(30, 45), moves=[(10, CODE_FAST, lines(30)[0])])
    page = Site(source).rendered(alias_address(CODE_FAST, TWO))
    assert page is not None
    text = text_of(page.decode()).replace("\xa0", " ")
    assert (
        "In alr_2026_06_09_002, frozen on 24 July 2026, code.fast answered with a/best, "
        "by the same policy, facts and ranking as in alr_2026_06_09_001." in text
    )
    assert (
        "alr_2026_06_09_001 was the first release with exactly this: "
        "why this model, the ranking and the facts of each candidate." in text
    )
    assert "a/ends | retires on 2026-08-08, wanted after 2026-08-23" in text
    assert b'href="../../../aliases/code.fast/alr_2026_06_09_001/"' in page
    assert len(page) < 4000


def test_withdrawn_release_says_so_on_the_short_page() -> None:
    first, second = lines(0, 5)
    marks = {TWO: Withdrawal(second.ref, "Wrong price.", datetime(2026, 6, 20, 8, tzinfo=UTC))}
    page = Site(MemorySource(first, second, withdrawals=marks)).rendered(
        alias_address(CODE_FAST, TWO)
    )
    assert page is not None
    assert "Withdrawn:" in text_of(page.decode())
    assert "Wrong price." in text_of(page.decode())


def test_hidden_alias_is_never_the_same() -> None:
    first, second = lines(0, 5)
    hidden = {name: [CODE_FAST] for name in (ONE, TWO)}
    source = MemorySource(first, second, hidden_aliases=hidden)
    assert first_of(source, TWO) is None
