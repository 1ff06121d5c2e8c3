"""The explanation for people: what it quotes of a resolver's known defects."""

from __future__ import annotations

from tests.core.builders import CODE_FAST, CREATED, alias, frozen, model

from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import rederive
from zumik.core.decisions.decision import resolve
from zumik.core.decisions.explanation import Explanation
from zumik.reports.explanation_report import explanation_report
from zumik.reports.plain import plain


def explained(*, oldest: str) -> str:
    """An alias with a young model and one whose figure is of a day, under two ages."""
    models = [
        model("a/young", metrics={"q": {"value": "1", "observed_on": "2026-06-09"}}),
        model("b/other", metrics={"q": {"value": "9", "observed_on": oldest}}),
    ]
    ages = {
        "fresh": {"metric": "q", "max_age_days": 10},
        "recent": {"metric": "q", "max_age_days": 20},
    }
    source = frozen(alias("maximize fresh", "maximize recent"), models=models, **ages)
    return plain(
        explanation_report(
            Explanation(
                alias=CODE_FAST,
                source=source,
                rederived=rederive(source, CODE_FAST),
                decision=resolve(source, CODE_FAST),
                ledger=None,
                now=Unknown("code.fast has no live pointer"),
                at=CREATED,
            )
        )
    )


def test_a_known_defect_is_quoted_where_it_shows_and_nowhere_else() -> None:
    assert "defect" in explained(oldest="2026-01-01")
    assert "defect" not in explained(oldest="2026-06-08")
