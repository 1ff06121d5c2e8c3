"""Two ranked models: which preference parts them, and how a sentence says it."""

from __future__ import annotations

import pytest
from tests.core.builders import CODE_FAST, FIRST, alias, frozen, scored

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import AliasTable, rederive
from zumik.core.decisions.ranked_pair import RankedPair, ranked_pair
from zumik.core.resolvers.facts import Incumbent
from zumik.reports.ranked_pair_report import pair_to_json, pair_to_text

X, Y, Z = (ModelId(f"a/{name}") for name in "xyz")


def table(*prefer: str, live: str | None = None, **policy: object) -> AliasTable:
    incumbents = {CODE_FAST: Incumbent(ModelId(live), FIRST)} if live else None
    source = frozen(
        alias(*prefer, **policy),
        models=[scored(X, q="10", c="3"), scored(Y, q="9.5", c="2"), scored(Z, q="5", c="2")],
        incumbents=incumbents,
    )
    return rederive(source, CODE_FAST).table


def pair(found: AliasTable, one: ModelId, other: ModelId) -> RankedPair:
    item = ranked_pair(found, one, other)
    assert item is not None
    return item


@pytest.mark.parametrize(
    ("found", "one", "other", "expected"),
    [
        (table("maximize q"), X, Y, "a/x (rank 1) before a/y (rank 2): q 10 against 9.5"),
        (
            table("maximize q within 10%", "minimize c"),
            X,
            Y,
            "a/y (rank 1) before a/x (rank 2): c 2 against 3",
        ),
        (
            table("maximize q within 10%", "minimize c"),
            X,
            Z,
            "a/x (rank 2) before a/z (rank 3): q 10 against 5, "
            "which is not within 10 % of the best",
        ),
        (
            table("listed", candidates=["a/z", "a/x", "a/y"]),
            X,
            Z,
            "a/z (rank 1) before a/x (rank 2): it comes earlier in the list",
        ),
        (
            table("minimize c"),
            Y,
            Z,
            "a/y (rank 1) before a/z (rank 2): both have c 2, and the tie-break decides",
        ),
        (
            table("maximize q", live="a/y", incumbent_margin="10%"),
            X,
            Y,
            "a/y (rank 1) before a/x (rank 2): the incumbent is kept, with q 9.5 against 10",
        ),
        (
            table("maximize q", live="a/y", incumbent_margin="10%"),
            Y,
            Z,
            "a/y (rank 1) before a/z (rank 3): q 9.5 against 5",
        ),
    ],
)
def test_the_sentence(found: AliasTable, one: ModelId, other: ModelId, expected: str) -> None:
    assert pair_to_text(pair(found, one, other)) == f"code.fast ranks {expected}"
    assert pair_to_text(pair(found, other, one)) == f"code.fast ranks {expected}"


def test_models_that_are_not_both_ranked_are_no_pair() -> None:
    found = table("maximize q", require={"measures": {"q": {"at_least": "9"}}})
    assert ranked_pair(found, X, Z) is None


def test_the_figures_for_machines_are_exact() -> None:
    assert pair_to_json(pair(table("maximize q"), X, Y)) == {
        "alias": "code.fast",
        "measure": "q",
        "unit": "points",
        "better": {"model": X, "rank": 1, "figure": "10"},
        "worse": {"model": Y, "rank": 2, "figure": "9.5"},
        "incumbent_kept": False,
    }
