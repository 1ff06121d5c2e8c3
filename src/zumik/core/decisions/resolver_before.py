"""What the resolver before the one that decided gives from the same facts, where that differs.

A new resolver mends the flaws of the one before and reads more. What it answers otherwise is no
change of a fact or a policy, so a reader who compares two releases has to be shown it.
"""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.decisions.decision import Decision
from zumik.core.facts.policy import COST, Alias, Workload
from zumik.core.facts.price import BATCH, STANDARD
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers import ResolverVersion, resolver
from zumik.core.resolvers.derivation import Candidate, Derivation
from zumik.core.resolvers.facts import Facts


class RankingBefore(NamedTuple):
    """The ranking of the resolver `version` - 1, beside the one that `version` gives.

    `left_out` are the candidates that only the newer one ranks, with what they fail by the older;
    `let_in` those that only the older one ranks, with what they fail by the newer. `costs_differ`:
    some model that both rank costs another sum.
    """

    version: int
    ranking: tuple[ModelId, ...]
    ranking_before: tuple[ModelId, ...]
    left_out: tuple[Candidate, ...]
    let_in: tuple[Candidate, ...]
    costs_differ: bool

    @property
    def changes_winner(self) -> bool:
        """Whether another model is first."""
        return self.ranking[:1] != self.ranking_before[:1]


def ranking_before(
    derivation: Derivation, facts: Facts, made_by: ResolverVersion
) -> RankingBefore | None:
    """What the resolver before gives instead; None where it gives the same.

    Also None where it cannot read the policy, and for the first resolver, which has none before it.
    """
    if made_by.version == 1 or not _is_read_by_first(derivation.alias):
        return None
    older = resolver(made_by.version - 1)
    other = older.derive(derivation.alias, facts, derivation.incumbent)
    if other.ranking == derivation.ranking:
        return None
    pairs = list(zip(derivation.candidates, other.candidates, strict=True))
    return RankingBefore(
        made_by.version,
        derivation.ranking,
        other.ranking,
        left_out=tuple(old for new, old in pairs if new.eligible and not old.eligible),
        let_in=tuple(new for new, old in pairs if old.eligible and not new.eligible),
        costs_differ=any(
            new.values.get(COST) != old.values.get(COST)
            for new, old in pairs
            if new.eligible and old.eligible
        ),
    )


def frozen_ranking_before(
    source: VerifiedRelease, alias: AliasName, table: AliasTable
) -> RankingBefore | None:
    """The same for an alias as it was frozen; None where it names a model that `table` hides."""
    made_by, frozen = source.release.made_by, source.aliases[alias]
    if made_by.version == 1:
        return None
    facts = source.release.facts
    derivation = made_by.derive(frozen.policy, facts, frozen.incumbent)
    shown = {row.model.id for row in (*table.ranked, *table.excluded)}
    if any(candidate.model not in shown for candidate in derivation.candidates):
        return None
    return ranking_before(derivation, facts, made_by)


def passed_over(decision: Decision) -> tuple[ModelId, ...]:
    """The models that resolver 1 passed over for an unknown context, and that hold the request.

    It is a known defect of that walk: another limit is as large as all tokens together.
    """
    source, asked = decision.source, decision.request
    if source is None or source.release.resolver != 1:
        return ()
    tokens = (asked.input_tokens or 0) + (asked.output_tokens or 0)
    return tuple(
        model
        for model, why in decision.passed
        if why.startswith("context_tokens unknown")
        and max(source.models[model].limits.values(), default=0) >= tokens
    )


def _is_read_by_first(alias: Alias) -> bool:
    """Whether the policy asks for nothing that only a later resolver than the first reads."""
    require, load = alias.require, alias.workload
    later = (require.mode, require.output, require.region, require.data_residency, require.labels)
    if any(later) or any(preference.within_error for preference in alias.prefer):
        return False
    if load is None:
        return True
    first = Workload(load.input_tokens, load.output_tokens, load.cached_input, load.tier)
    return load == first and load.tier in (STANDARD, BATCH)
