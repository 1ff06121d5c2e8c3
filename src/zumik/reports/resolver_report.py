"""Which resolver decided, and what the one before it would answer from the same facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zumik.core.basics.names import ModelId
from zumik.core.decisions.resolver_before import RankingBefore
from zumik.core.resolvers import NEWEST
from zumik.core.resolvers.derivation import Candidate
from zumik.reports import sentences
from zumik.reports.fact_changes import listed

_MAX_MODELS = 3


def before_to_text(found: RankingBefore) -> str:
    """`resolver 1 would put a/x first: it leaves out a/y (limits.context_tokens unknown)`."""
    before = f"resolver {found.version - 1}"
    if not found.ranking_before:
        said = f"{before} would find no eligible model"
    elif found.changes_winner:
        said = f"{before} would put {found.ranking_before[0]} first"
    else:
        said = f"{before} would put the same model first, and rank the others otherwise"
    reasons = list(_reasons(found))
    return f"{said}: {'; '.join(reasons)}" if reasons else said


def _reasons(found: RankingBefore) -> Iterator[str]:
    if found.left_out:
        yield f"it leaves out {_with_why(found.left_out)}"
    if found.let_in:
        yield f"it ranks what resolver {found.version} leaves out: {_with_why(found.let_in)}"
    if found.costs_differ:
        yield "it counts other costs"


def _with_why(candidates: Sequence[Candidate]) -> str:
    """The candidates with what they fail, those that fail the same together."""
    alike: dict[str, list[str]] = {}
    for candidate in candidates:
        alike.setdefault(sentences.failures(candidate.failures), []).append(str(candidate.model))
    return ", ".join(f"{listed(models, _MAX_MODELS)} ({why})" for why, models in alike.items())


def resolver_to_text(version: int, found: RankingBefore | None = None) -> str:
    """The resolver that decided, and where the one before it answers otherwise."""
    if found is not None:
        return f"{version}; {before_to_text(found)}"
    return str(version) if version == NEWEST else f"{version}; new releases are made by {NEWEST}"


def changed_resolver_to_text(found: RankingBefore) -> str:
    """The same where what is live was made by the resolver before."""
    return f"made by resolver {found.version}, unlike what is live: {before_to_text(found)}"


def passed_over_to_text(models: Sequence[ModelId]) -> str:
    """That resolver 1 passed over models that hold the request."""
    return (
        f"resolver 1 does not give this request to {listed(models, _MAX_MODELS)}: context_tokens "
        "is unknown, although another limit is as large as all tokens that are asked for"
    )


def before_to_json(found: RankingBefore | None) -> dict[str, object] | None:
    """What the resolver before answers otherwise; null where it answers the same."""
    if found is None:
        return None
    return {
        "resolver": found.version - 1,
        "ranking": list(found.ranking_before),
        "left_out": [_to_json(candidate) for candidate in found.left_out],
        "let_in": [_to_json(candidate) for candidate in found.let_in],
    }


def _to_json(candidate: Candidate) -> dict[str, object]:
    return {
        "model": candidate.model,
        "failures": [
            {"code": f.code, "field": f.field, "wanted": f.wanted, "found": f.found}
            for f in candidate.failures
        ],
    }
