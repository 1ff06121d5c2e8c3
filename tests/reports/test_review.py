"""The review as a person reads it: golden files, and what holds whatever the change is."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from tests.core.builders import CODE_FAST, CREATED, alias, but, frozen, model, with_alias
from tests.core.reviews import (
    BOTH,
    ONLY,
    OTHER,
    R1,
    R2,
    R3,
    UPSTREAM,
    X,
    Y,
    at,
    moved,
    release,
    review,
)
from tests.core.strategies import contents, few_examples

from zumik.core.basics.findings import Acknowledgement, Location
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.drains import Drain, Drains
from zumik.core.live.pointer import Pointer, next_pointer
from zumik.core.releases.release import Content, VerifiedRelease, verify
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.changes import CHANGED, changes_between
from zumik.core.reviews.review import DrainLists, Review, changed_acknowledgements, review_of
from zumik.reports.fact_changes import (
    KINDS,
    fact_rows,
    fact_to_text,
    models_to_text,
    policy_to_text,
)
from zumik.reports.moved_aliases_report import moved_aliases_report, moved_aliases_to_markdown
from zumik.reports.plain import plain
from zumik.reports.review_report import (
    review_details,
    review_details_to_markdown,
    review_to_json,
)
from zumik.reports.review_sentences import traffic, traffic_in_short

GOLDEN = Path(__file__).parent / "golden"
FROZEN = Path(__file__).parents[2] / "releases" / "frozen"
PARSER = MarkdownIt("commonmark").enable("table")

# The example line. What is frozen never changes, so neither do these reviews.


def example(name: str) -> VerifiedRelease:
    (path,) = FROZEN.glob(f"alr_2026_{name}.*.json")
    return verify(path.name, path.read_bytes())


def pointers(**targets: str) -> dict[AliasName, Pointer]:
    """Live pointers: `code_fast="06_09_001"`."""
    names = {name.replace("_", "."): target for name, target in targets.items()}
    return {
        AliasName(name): next_pointer(
            AliasName(name), example(target).ref, None, kind="promote", reason="First", now=CREATED
        )
        for name, target in names.items()
    }


def from_example(
    live: dict[AliasName, Pointer], after: dict[AliasName, Pointer], *new: str, parent: str
) -> Review:
    known: dict[ReleaseId, VerifiedRelease] = {}
    for path in FROZEN.glob("*.json"):
        found = verify(path.name, path.read_bytes())
        known[found.ref.id] = found
    return review_of(live, after, [example(n) for n in new], example(parent), known.__getitem__)


def promoted(
    live: dict[AliasName, Pointer], name: str, target: str, reason: str
) -> dict[AliasName, Pointer]:
    key = AliasName(name)
    moved_to = next_pointer(
        key, example(target).ref, live[key], kind="promote", reason=reason, now=CREATED
    )
    return {**live, key: moved_to}


JUNE = pointers(
    auto_balanced="06_09_001",
    auto_best="07_02_001",
    auto_cheapest="06_09_001",
    auto_fast="06_09_001",
    batch_standard="07_02_001",
    code_balanced="06_09_001",
    code_fast="06_09_003",
    reasoning_best="07_02_001",
    vision_balanced="06_09_001",
)
FIRST = pointers(**dict.fromkeys((name.replace(".", "_") for name in JUNE), "06_09_001"))


def small() -> Review:
    """A release that asks for more of one alias, and its promotion."""
    after = promoted(FIRST, "code.fast", "06_09_003", "Half of SWE-bench Verified.")
    return from_example(FIRST, after, "06_09_003", parent="06_09_002")


def large() -> Review:
    """A draft after a new price sheet: facts of fifty models, and two other winners."""
    return from_example(JUNE, JUNE, "08_22_001", parent="08_01_001")


def fresh_upstream() -> Review:
    """The same model, asked for otherwise; and a price that is mended."""
    before = release(1, x={**X, "observed_on": "2026-06-01"})
    after = release(
        2,
        x={
            **X,
            "upstream": {"model": "x2"},
            "revision": "r2",
            "observed_on": "2026-06-01",
            "output": "3",
        },
        y={**Y, "limits": {"context_tokens": 128000}, "metrics": {"q": "1.5"}},
        parent=before,
    )
    known = {before.ref.id: before, after.ref.id: after}
    live = {name: at(before, name) for name in (CODE_FAST, OTHER)}
    lands = {**live, CODE_FAST: at(after, CODE_FAST, live[CODE_FAST])}
    return review_of(live, lands, [after], before, known.__getitem__)


def waiting() -> Review:
    """A winner frozen before waits still, and a new release only says where a fact is from."""
    later = release(6, x={**X, "source": "s"}, y={**Y, "metrics": {"q": "3"}}, parent=R2)
    return review(BOTH, BOTH, later, parent=R2)


EVIL = (
    "# <b>x</b> [a](http://b.example) `c` | @team #1 ~~d~~ *e*\n- f \u202e\x1b[31m $x$ </details>"
)


def hostile() -> Review:
    """Everything that a stranger may write says something it must not do."""
    before = release(1)
    after = release(
        2,
        alias("maximize q", description=EVIL),
        x={**X, "revision": EVIL, "upstream": {"model": EVIL}, "owned_by": EVIL},
        y={**Y, "metrics": {"q": "3", EVIL: "1"}},
        parent=before,
    )
    after = after._replace(release=but(after.release, note=EVIL))
    known = {before.ref.id: before, after.ref.id: after}
    live = {name: at(before, name) for name in (CODE_FAST, OTHER)}
    move = but(at(after, CODE_FAST, live[CODE_FAST]), reason=EVIL)
    mark = Withdrawal(before.ref, EVIL, CREATED)
    drain_lists = DrainLists(NOBODY, drains(EVIL_DRAIN), CREATED)
    lands = {**live, CODE_FAST: move}
    found = review_of(live, lands, [after], before, known.__getitem__, [mark], drain_lists)
    return but(found, acknowledged=tuple(changed_acknowledgements([], [accepted(EVIL, EVIL)])))


def accepted(about: str, reason: str, until: int = 1) -> Acknowledgement:
    place = Location("releases/zumik.yaml", 5, 3)
    return Acknowledgement(
        "zero-price", (about, "acme/x"), CREATED.date() + timedelta(until), reason, place
    )


def acknowledged() -> Review:
    """Warnings that are accepted, for longer, for another reason, no longer and as before."""
    before = [accepted(name, "a trial") for name in ("gone", "later", "other", "same")]
    after = [
        accepted("same", "a trial")._replace(place=Location("releases/zumik.yaml", 9, 3)),
        accepted("new", "free for us"),
        accepted("later", "a trial", 30),
        accepted("other", "it is free"),
    ]
    changes = changed_acknowledgements(before, after)
    return but(review(BOTH, BOTH), acknowledged=tuple(changes))


def deprecated() -> Review:
    """One alias is said to end, another no longer, and the day of a third is put off."""
    third = AliasName("third")

    def of(number: int, *said: Any, parent: VerifiedRelease | None = None) -> VerifiedRelease:
        names = (CODE_FAST, OTHER, third)
        aliases = (
            alias("listed", name=name, **({"deprecated": item} if item else {}))
            for name, item in zip(names, said, strict=True)
        )
        return release(number, *aliases, parent=parent)

    before = of(1, None, {"replaced_by": "code.fast"}, {"sunset": "2027-03-01"})
    after = of(
        2,
        {"replaced_by": "third", "sunset": "2027-03-01"},
        None,
        {"sunset": "2027-06-01"},
        parent=before,
    )
    known = {before.ref.id: before, after.ref.id: after}
    live = {name: at(before, name) for name in (CODE_FAST, OTHER, third)}
    return review_of(live, live, [after], before, known.__getitem__)


HOUR = timedelta(hours=1)
A_X = Drain("a/x", CREATED - HOUR, CREATED + 4 * HOUR, "INC-42")
A_Y = Drain("a/y", CREATED, CREATED + HOUR, "INC-43")
OVER = Drain("a/*", CREATED - 3 * HOUR, CREATED - HOUR, "INC-41")
EVIL_DRAIN = Drain(EVIL, CREATED, CREATED + HOUR, EVIL)
NOBODY = Drains()


def drains(*listed: Drain, generation: int = 4) -> Drains:
    return Drains(generation, listed)


WITHDRAWN = Withdrawal(R2.ref, "The price of a/y was wrong.", CREATED)

CASES = {
    "small": small,
    "large": large,
    "upstream": fresh_upstream,
    "hostile": hostile,
    "draft": lambda: review(BOTH, BOTH, R2),
    "rollback": lambda: review({**BOTH, CODE_FAST: at(R2)}, moved(R1, "rollback"), parent=R2),
    "retire": lambda: review(BOTH, moved(R1, "retire"), ONLY),
    "waiting": waiting,
    "withdrawal": lambda: but(review(BOTH, BOTH), withdrawn=(WITHDRAWN,)),
    "deprecated": deprecated,
    "acknowledged": acknowledged,
    "drained": lambda: review(BOTH, BOTH, drain_lists=DrainLists(NOBODY, drains(A_X), CREATED)),
    "drained-promoted": lambda: review(
        BOTH, moved(R2), R2, drain_lists=DrainLists(drains(A_X), drains(OVER, A_X, A_Y), CREATED)
    ),
    "nothing": lambda: review(BOTH, BOTH),
}


def to_json(found: Review) -> str:
    return json.dumps(review_to_json(found), indent=2, ensure_ascii=False) + "\n"


NO_LOGS = "not known without logs"


def to_text(found: Review) -> str:
    return plain([*moved_aliases_report(found, NO_LOGS), *review_details(found)]) + "\n"


def to_markdown(found: Review) -> str:
    first = moved_aliases_to_markdown(found, NO_LOGS)
    return "\n".join([*first, "", review_details_to_markdown(found)])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("ending", "render"), [("txt", to_text), ("md", to_markdown), ("json", to_json)]
)
def test_review_is_as_expected(name: str, ending: str, render: Any) -> None:
    if (name, ending) == ("large", "json"):
        assert json.loads(render(large()))["traffic_moves"] is False
        return
    golden = GOLDEN / f"review-{name}.{ending}"
    text = render(CASES[name]())
    if os.environ.get("UPDATE_EXPECTED"):
        golden.write_text(text, encoding="utf-8")
    assert text == (golden.read_text(encoding="utf-8") if golden.exists() else "")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (review(BOTH, moved(R2)), "On merge traffic moves: code.fast from a/x to a/y."),
        (
            review(BOTH, moved(R2), R2, R3),
            "On merge traffic moves: code.fast from a/x to a/y. "
            "alr_2026_06_09_003 is a draft that nothing points to yet.",
        ),
        (
            review(BOTH, {**moved(R2), OTHER: at(R2, OTHER)}, R2),
            "On merge traffic moves: code.fast from a/x to a/y. "
            "1 other live pointer moves, and the same model answers.",
        ),
        (
            review(BOTH, moved(R1, "retire")),
            "On merge traffic moves: code.fast stops answering (now a/x).",
        ),
        (
            review({}, BOTH),
            "On merge traffic moves: code.fast starts to answer, with a/x; "
            "other starts to answer, with a/x.",
        ),
        (
            review(BOTH, BOTH, R2),
            "On merge no traffic moves: alr_2026_06_09_002 is a draft that nothing points to yet.",
        ),
        (
            review(BOTH, BOTH, R2, R3),
            "On merge no traffic moves: 2 releases are drafts that nothing points to yet: "
            "alr_2026_06_09_002, alr_2026_06_09_003.",
        ),
        (
            review(BOTH, moved(R3), R3),
            "On merge no traffic moves: 1 live pointer moves, and the same model answers.",
        ),
        (
            review(BOTH, moved(UPSTREAM), UPSTREAM),
            "On merge no alias gets another model, but not all are served the same. "
            "The same model answers at another revision or upstream for code.fast.",
        ),
        (
            review(BOTH, BOTH),
            "On merge no traffic moves: no release is new and no live pointer moves.",
        ),
        (
            review(BOTH, BOTH, drain_lists=DrainLists(NOBODY, drains(A_X), CREATED)),
            "On merge traffic moves: code.fast from a/x to a/y; other from a/x to a/y.",
        ),
        (
            review(BOTH, BOTH, drain_lists=DrainLists(drains(A_X), drains(), CREATED)),
            "On merge traffic moves: code.fast from a/y to a/x; other from a/y to a/x.",
        ),
        (
            review(BOTH, BOTH, drain_lists=DrainLists(NOBODY, drains(A_Y), CREATED)),
            "On merge no traffic moves: other models are drained, and the same models answer.",
        ),
        (
            review(BOTH, BOTH, drain_lists=DrainLists(drains(A_X), drains(A_X, A_Y), CREATED)),
            "On merge traffic moves: code.fast from a/y to a/x; other from a/y to a/x.",
        ),
        (
            review(BOTH, BOTH, drain_lists=DrainLists(drains(A_X), drains(A_X), CREATED)),
            "On merge no traffic moves: no release is new and no live pointer moves.",
        ),
        (
            review(BOTH, moved(R2), R2, drain_lists=DrainLists(drains(A_Y), drains(A_Y), CREATED)),
            "On merge no traffic moves: 1 live pointer moves, and the same model answers.",
        ),
        (
            review(BOTH, moved(R2), R2, drain_lists=DrainLists(NOBODY, drains(A_Y), CREATED)),
            "On merge no traffic moves: 1 live pointer moves, and the same model answers.",
        ),
        (
            review(
                BOTH, moved(R1, "retire"), drain_lists=DrainLists(drains(A_X), drains(A_X), CREATED)
            ),
            "On merge traffic moves: code.fast stops answering (now a/y).",
        ),
        (
            review(BOTH, moved(R2), R2, drain_lists=DrainLists(NOBODY, drains(OVER), CREATED)),
            "On merge traffic moves: code.fast from a/x to a/y.",
        ),
    ],
)
def test_the_first_sentence_says_whether_traffic_moves(found: Review, sentence: str) -> None:
    assert traffic(found) == sentence
    short = plain(moved_aliases_report(found, NO_LOGS)).splitlines()[0]
    assert short.partition(":")[0] == sentence.partition(":")[0]
    says = "traffic moves:" in sentence and "no traffic" not in sentence
    assert review_to_json(found)["traffic_moves"] is (says or "not all are served" in sentence)


def test_many_moves_are_counted_and_named() -> None:
    names = [AliasName(name) for name in ("a", "b", "c", "d")]
    one, two = (
        frozen(
            *(alias("maximize q", name=name) for name in names),
            models=[model("a/x", metrics={"q": "2"}), model("a/y", metrics={"q": score})],
            id=f"alr_2026_06_09_00{number}",
        )
        for number, score in ((1, "1"), (2, "3"))
    )
    known = {one.ref.id: one, two.ref.id: two}
    live = {name: at(one, name) for name in names}
    lands = {name: at(two, name, live[name]) for name in names}
    found = review_of(live, lands, [], two, known.__getitem__)
    assert traffic(found) == (
        "On merge traffic moves: another model answers for 4 aliases: a, b, c, d."
    )
    assert traffic_in_short(found) == "On merge traffic moves: another model answers for 4 aliases."


@pytest.mark.parametrize("name", CASES)
def test_no_text_of_a_branch_is_active_in_markdown(name: str) -> None:
    tokens = PARSER.parse(to_markdown(CASES[name]()))
    inline = [child for token in tokens for child in token.children or ()]
    assert not {"link_open", "image", "em_open", "s_open"} & {token.type for token in inline}
    html = {token.content.strip() for token in tokens if token.type == "html_block"}
    assert all(block.startswith("<details><summary>") or block == "</details>" for block in html)
    assert {t.content for t in inline if t.type == "html_inline"} <= {"<br>", "<span>", "</span>"}
    heads = {token.tag for token in tokens if token.type == "heading_open"}
    assert heads <= {"h3", "h4"}


@pytest.mark.parametrize("name", CASES)
def test_no_text_of_a_branch_can_steer_a_terminal(name: str) -> None:
    for render in (to_text, to_markdown):
        assert all(char == "\n" or char.isprintable() for char in render(CASES[name]()))


@pytest.mark.parametrize("name", CASES)
def test_every_table_has_as_many_cells_in_each_row(name: str) -> None:
    tokens = [token.type for token in PARSER.parse(to_markdown(CASES[name]()))]
    rows = " ".join(tokens).split("tr_open")[1:]
    widths = [row.count("td_open") + row.count("th_open") for row in rows]
    assert set(widths) <= {3, 5, 6}


@few_examples
@given(contents(), contents())
def test_every_fact_that_changed_is_in_a_row(before: Content, after: Content) -> None:
    changes = changes_between(before, after)
    rows = fact_rows(changes, frozenset(), {})
    told = {(m, kind, row.how) for kind, found in rows.items() for row in found for m in row.models}
    assert told == {
        (change.model, field.kind, field.how)
        for change in changes.models
        for field in change.fields
        if field.kind in KINDS and field.kind != "upstream"
    }


def test_models_that_changed_alike_share_a_row() -> None:
    before = release(1, x={**X, "input": "1"}, y={**Y, "input": "1"})
    after = release(2, x={**X, "input": "2"}, y={**Y, "input": "2"})
    changes = changes_between(before.release.content, after.release.content)
    (row,) = fact_rows(changes, frozenset(), {})["price"]
    assert (row.models, row.how, row.values) == (
        ("a/x", "a/y"),
        CHANGED,
        ("input $1 → $2 (+100 %)",),
    )
    first, second = fact_rows(changes, frozenset({"a/y"}), {})["price"]  # type: ignore[arg-type]
    assert (first.models, first.answers, second.answers) == (("a/y",), True, False)


LOW = {"above_input_tokens": 1000, "input": "1"}
HIGH = {"above_input_tokens": 200000, "input": "2"}


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"input": "1"}, {"input": "0.5"}, ["input $1 → $0.5 (-50 %)"]),
        ({"input": "0"}, {"input": "0.5"}, ["input $0 → $0.5"]),
        ({}, {"input": "0.5"}, ["input $0.5"]),
        ({"input": "0.5"}, {}, ["input (was $0.5)"]),
        (
            {"limits": {"context_tokens": 128000}},
            {"limits": {"context_tokens": 1000000}},
            ["context_tokens 128,000 → 1,000,000"],
        ),
        ({"pinned": True}, {"pinned": False}, ["pinned yes → no"]),
        (
            {"capabilities": ["tools"]},
            {"capabilities": ["prompt_caching"]},
            ["capabilities added prompt_caching; removed tools; now prompt_caching"],
        ),
        ({}, {"capabilities": []}, ["capabilities none"]),
        ({}, {"tiers": [LOW]}, ["above 1,000 tokens input $1"]),
        (
            {"tiers": [LOW]},
            {"tiers": [LOW, HIGH]},
            ["above 200,000 tokens input unknown → $2"],
        ),
        (
            {"tiers": [LOW, HIGH]},
            {"tiers": [{**LOW, "input": "3"}, HIGH]},
            ["above 1,000 tokens input $1 → $3 (+200 %)"],
        ),
        (
            {"tiers": [LOW, HIGH]},
            {"tiers": [HIGH, LOW]},
            ["the same tiers, written otherwise"],
        ),
        ({"metrics": {"q": "50"}}, {"metrics": {"q": "60.5"}}, ["q 50 % → 60.5 %"]),
    ],
)
def test_a_fact_is_shown_with_its_unit(
    before: dict[str, Any], after: dict[str, Any], lines: list[str]
) -> None:
    old, new = (
        frozen(alias("listed", require={"floating_allowed": True}), models=[model("a/x", **facts)])
        for facts in (before, after)
    )
    (change,) = changes_between(old.release.content, new.release.content).models
    assert [line for field in change.fields for line in fact_to_text(field, UNITS)] == lines


UNITS = {"q": "percent"}


def test_a_metric_has_the_unit_of_the_newest_release() -> None:
    found = review(BOTH, BOTH, R2)
    assert found.units == {"q": "points"}
    percent = but(R2.release.content.metrics["q"], unit="percent")
    content = but(R2.release.content, metrics={"q": percent})
    newest = but(R2, release=but(R2.release, content=content))
    assert review(BOTH, BOTH, newest).units == {"q": "percent"}


def test_variants_are_named_after_their_model_alone() -> None:
    names = ["a/x", "a/x:high", "a/y:low", "b/x", "b/x:high"]
    assert models_to_text(names) == "a/x, :high, a/y:low, b/x, :high"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"prefer": ["listed"]}, "prefer: highest q → first in the list"),
        ({"candidates": ["a/x"]}, "candidates: added a/x; removed *"),
        ({"exclude": ["b/*"]}, "exclude: unset → b/*"),
        ({"incumbent_margin": "5%"}, "incumbent_margin: unset → 5 %"),
        ({"require": {"open_weights": True}}, "require: unset → open_weights yes"),
        (
            {"require": {"limits": {"context_tokens": 128000}}},
            "require: unset → limits.context_tokens 128,000",
        ),
        ({"description": "New"}, "description: unset → New"),
        (
            {"deprecated": {"replaced_by": "other", "sunset": "2027-03-01"}},
            "deprecated: use other; ends 2027-03-01",
        ),
    ],
)
def test_a_policy_is_shown_in_words(changed: dict[str, Any], line: str) -> None:
    prefer = changed.pop("prefer", ["maximize q"])
    before = alias("maximize q")
    after = alias(*prefer, **changed)
    source = frozen(before, models=[model("a/x", metrics={"q": "1"})])
    other = with_alias(source, CODE_FAST, policy=after)
    (change,) = changes_between(source.release.content, other.release.content).aliases
    assert [policy_to_text(field) for field in change.fields] == [line]
