"""A new alias: its policy file, checked and planned before it is written."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from zumik.actions.authoring.authored_edit import write_edited
from zumik.actions.releases.plan_aliases import PlannedAliases, plan_aliases
from zumik.actions.session import Session
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.core.basics.findings import Finding, Invalid, has_errors
from zumik.core.basics.names import AliasName
from zumik.core.facts.alias_words import Preferred, requirements_of, workload_of
from zumik.core.facts.candidate_globs import KnownIds
from zumik.core.facts.policy import COST, LATENCY, LISTED
from zumik.core.reviews.outcomes import NewAlias
from zumik.errors import CannotRun, UsageError
from zumik.rules.authoring_rules import NO_ELIGIBLE_MODEL, REQUIREMENT_NOBODY_MEETS
from zumik.transaction.file_plan import NewBytes
from zumik.workspace.added_files import AddedFiles
from zumik.workspace.alias_file import AliasChoices, alias_file
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.input_files import POLICY
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from datetime import date

_EDITOR_LINE = "# yaml-language-server: $schema=../.schemas/policy.schema.json"
_NO_WINNER = (NO_ELIGIBLE_MODEL.code, REQUIREMENT_NOBODY_MEETS.code)


class Wanted(NamedTuple):
    """What a person asks of a new alias, in their words; see `core.facts.alias_words`."""

    name: str
    prefer: list[str]
    candidates: list[str]
    exclude: list[str]
    require: list[str]
    workload: list[str]
    description: str | None = None


class KnownWords(NamedTuple):
    """What a new alias can choose from: models by provider, and what can be required and preferred.

    `metrics` are those that no measure reads yet, and `places` requirements that some model meets,
    as in `data_residency=EU`.
    """

    authored: Authored
    providers: Mapping[str, int]
    words: tuple[str, ...]
    metrics: tuple[str, ...]
    capabilities: tuple[str, ...]
    places: tuple[str, ...]

    def judge(self, require: list[str]) -> None:
        """Raises UsageError for what nothing can require, and for what no model can do."""
        for word in requirements_of(require).get("capabilities", ()):
            if word not in self.capabilities:
                known = ", ".join(self.capabilities)
                raise UsageError(
                    f"no model has the capability {shown(word)}",
                    hint=did_you_mean(word, self.capabilities, f"there are {known}"),
                )

    def require_models(self, globs: list[str]) -> None:
        """Raises UsageError for a glob that names no model."""
        ids = KnownIds(self.authored.catalog.models)
        for glob in globs:
            if ids.matching(glob):
                continue
            otherwise = "zumik catalog list shows what is known"
            raise UsageError(
                f"no model {shown(glob)} in the catalog",
                hint=f"all models of the provider are {glob}/*"
                if glob in self.providers
                else did_you_mean(glob, self.authored.catalog.models, otherwise),
            )

    def need_workload(self, prefer: list[str], require: list[str]) -> bool:
        """Whether these count tokens, so that a workload must say how many. Raises UsageError."""
        preferred = Preferred(prefer, self.authored.measures, self.authored.metrics)
        return _counts_tokens(preferred, requirements_of(require))


def known_words(session: Session, name: str) -> KnownWords:
    """What the catalog and the policy offer to a new alias.

    Raises BadName, and CannotRun where the alias exists.
    """
    authored = read_authored(session.store.tree)
    _require_free(authored, AliasName(name))
    models = authored.catalog.models.values()
    providers: dict[str, int] = {}
    for model in models:
        providers[model.id.provider] = providers.get(model.id.provider, 0) + 1
    measured = {name for measure in authored.measures.values() for name in measure.metrics}
    places = [
        f"{key}={value}"
        for key in ("data_residency", "region", "mode")
        for value in sorted({getattr(model, key) for model in models} - {None})
    ]
    return KnownWords(
        authored,
        dict(sorted(providers.items())),
        (*_words(authored), LISTED),
        tuple(sorted({*authored.metrics} - measured)),
        tuple(sorted({word for model in models for word in model.capabilities or ()})),
        tuple(places),
    )


def _words(authored: Authored) -> list[str]:
    """What aliases can be compared by."""
    computed = [COST, *([LATENCY] if "latency" in authored.measures else [])]
    return [*computed, *(word for word in authored.measures if word != "latency")]


def _require_free(authored: Authored, alias: AliasName) -> None:
    place = authored.place_of("aliases", alias)
    if place is not None:
        raise CannotRun(
            f"there is an alias {alias} already: {place[0].locate(place[1], key=True)}",
            hint=f"edit it there, and see what changes: zumik plan {alias}",
        )


def _counts_tokens(preferred: Preferred, require: Mapping[str, Mapping[str, object]]) -> bool:
    return preferred.needs_workload or COST in require.get("measures", {})


def new_alias(session: Session, wanted: Wanted, *, dry_run: bool) -> NewAlias:
    """Write the policy file of a new alias, once it is valid and a model would win it.

    Without a winner nothing is written, and the outcome's plan says who fails what. Commits
    nothing. Raises UsageError for words that mean nothing, CannotRun where the alias exists, and
    Invalid with what is wrong.
    """
    authored, name = read_authored(session.store.tree), AliasName(wanted.name)
    _require_free(authored, name)
    file = f"{POLICY}/{_file_name(session.store, name)}"
    data = alias_file(_choices(wanted, authored), _editor_line(authored))
    day = session.now().date()
    findings, planned = _judged(session, file, data, name, day)
    path = session.store.root / file
    named = f"{session.store.root.name}/{file}"
    made = NewAlias(named, data.decode(), planned.plans[0], findings, dry_run=dry_run)
    if made.plan.winner_after is None:
        return made
    write_edited(session, [NewBytes(path, data, must_be_new=True)], dry_run=dry_run)
    return made._replace(written=not dry_run)


def _judged(
    session: Session, file: str, data: bytes, name: AliasName, day: date
) -> tuple[tuple[Finding, ...], PlannedAliases]:
    """What is said of the new file, and the plan of its alias. Raises Invalid."""
    from zumik.actions.releases.proposal import propose

    looked = copy.copy(session)
    looked.__dict__["store"] = Store(
        session.store.root, AddedFiles(session.store.tree, {file: data})
    )
    proposal = propose(looked, day)
    own = tuple(found for found in proposal.findings if found.location.file.endswith(f"/{file}"))
    errors = [found for found in proposal.findings if has_errors([found])]
    others = [found for found in errors if found.code not in _NO_WINNER or found not in own]
    if others:
        whose = (
            f"{name} would not be valid" if others[0] in own else "policy and catalog are not valid"
        )
        raise Invalid(
            whose,
            others,
            hint="nothing was written; "
            + ("correct what you asked" if others[0] in own else "correct these first"),
        )
    return own, plan_aliases(looked, day, [name], of=proposal)


def _choices(wanted: Wanted, authored: Authored) -> AliasChoices:
    """The words as a policy file holds them. Raises UsageError."""
    preferred = Preferred(wanted.prefer, authored.measures, authored.metrics)
    require, known = requirements_of(wanted.require), _words(authored)
    for word in require.get("measures", {}):
        if word not in known:
            raise UsageError(
                f"no measure {word} in the policy",
                hint=did_you_mean(word, authored.measures, f"there are {', '.join(known)}"),
            )
    workload = workload_of(wanted.workload) if wanted.workload else {}
    if not workload and _counts_tokens(preferred, require):
        raise UsageError(
            f"{COST} counts the tokens of a usual request, and no workload says how many",
            hint="add --workload input_tokens=4000,output_tokens=800, as it is in your traffic",
        )
    return AliasChoices(
        name=wanted.name,
        prefer=preferred.fields,
        candidates=wanted.candidates or ["*"],
        exclude=wanted.exclude,
        description=wanted.description,
        workload=workload,
        require=require,
        measures=preferred.new_measures,
    )


def _file_name(store: Store, name: AliasName) -> str:
    """A file of the alias alone, under a name that no other file has."""
    taken = store.tree.entries(POLICY)
    found, number = f"{name}.yaml", 2
    while found in taken:
        found, number = f"{name}-{number}.yaml", number + 1
    return found


def _editor_line(authored: Authored) -> str:
    """The editor line of the policy's other files, so that the new one is completed like them."""
    for section in ("aliases", "measures"):
        for document, _ in authored.places(section):
            first = document.text.partition("\n")[0]
            if first.startswith("# yaml-language-server:"):
                return first
    return _EDITOR_LINE


def names_of(texts: Sequence[str]) -> list[str]:
    """Names that options give, each once: repeated, or with commas between."""
    parts = (part.strip() for text in texts for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))
