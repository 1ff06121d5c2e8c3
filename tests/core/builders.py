"""Small builders: models, aliases, facts and releases in the fewest words that say what matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.restore_command import restore_command
from zumik.core.basics.tree import DIRECTORY, FILE
from zumik.core.facts.catalog import Catalog, Metric, Model, read_metric, read_model
from zumik.core.facts.policy import Alias, Measure, Policy, read_alias, read_measures
from zumik.core.facts.price import RATES
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.release import (
    Release,
    ReleaseRef,
    VerifiedRelease,
    digest_of,
    release_to_bytes,
    verify,
)
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.resolvers.latest import LATEST
from zumik.errors import CannotRun

DAY = date(2026, 6, 9)
CREATED = datetime(2026, 6, 9, 9, tzinfo=UTC)
FIRST = ReleaseId("alr_2026_06_09_001")
CODE_FAST = AliasName("code.fast")

T = TypeVar("T")


def but(value: T, **changed: Any) -> T:
    """The same value, but for what is said of it."""
    return value._replace(**changed)  # type: ignore[attr-defined,no-any-return]


def model(name: str, *, takes: Iterable[str] | None = None, **fields: Any) -> Model:
    """A pinned model; prices are given as `input="1"`, kinds of input as `takes`."""
    price = {rate: fields.pop(rate) for rate in (*RATES, "tiers", "also_charged") if rate in fields}
    tree = {"revision": "r1", "pinned": True, **fields}
    if price:
        tree["price"] = price
    if takes is not None:
        tree["input"] = list(takes)
    tree = {key: value for key, value in tree.items() if value is not None}
    return read_model(ModelId(name), tree, ())


def scored(name: str, **figures: str) -> Model:
    """A model of which only figures are known."""
    return model(name, metrics=figures)


def limited(name: str, context: int, tokens_in: int, tokens_out: int, **fields: Any) -> Model:
    """A model with all three limits."""
    limits = {
        "context_tokens": context,
        "input_tokens": tokens_in,
        "output_tokens": tokens_out,
    }
    return model(name, limits=limits, **fields)


def alias(
    *prefer: str, name: str = CODE_FAST, candidates: Iterable[str] = ("*",), **policy: Any
) -> Alias:
    """An alias whose preferences read `minimize c` or `maximize q within 10%` or `listed`."""
    tree = {"candidates": list(candidates), "prefer": [_preference(p) for p in prefer], **policy}
    return read_alias(name, tree, ())


def _preference(text: str) -> object:
    match text.split():
        case [goal, word, "within", share]:
            return {goal: word, "within": share}
        case [goal, word]:
            return {goal: word}
    return text


def measures(**declared: Any) -> dict[str, Measure]:
    """Measures as a release holds them; a text is short for its metric."""
    tree = {
        word: {"metric": item} if isinstance(item, str) else item for word, item in declared.items()
    }
    return {item.word: item for item in read_measures(tree, ())}


def metrics_of(models: Iterable[Model]) -> dict[str, Metric]:
    """A declaration of every metric that the models have a figure of."""
    names = sorted({name for item in models for name in item.metrics})
    return {n: read_metric(n, {"unit": "points", "better": "higher"}, ()) for n in names}


def facts(*models: Model, day: date = DAY, **declared: Any) -> Facts:
    """Facts in which every metric is declared, and is a measure of its own name."""
    metrics = metrics_of(models)
    return Facts(
        models={item.id: item for item in models},
        metrics=metrics,
        measures={**measures(**{name: name for name in metrics}), **measures(**declared)},
        day=day,
    )


def derived(policy: Alias, *models: Model, live: str | None = None, **known: Any) -> Derivation:
    """One alias derived, with the winner that is `live`."""
    incumbent = live and Incumbent(ModelId(live), FIRST)
    return LATEST.derive(policy, facts(*models, **known), incumbent or None)


def frozen(
    *aliases: Alias,
    models: Iterable[Model],
    id: str = FIRST,
    parent: ReleaseRef | None = None,
    incumbents: Mapping[AliasName, Incumbent] | None = None,
    made_by: int = 1,
    **known: Any,
) -> VerifiedRelease:
    """A release frozen from aliases and models, through its bytes and back.

    The newest resolver ranks; `made_by` is the one that it names.
    """
    known_facts = facts(*models, **known)
    catalog = Catalog(known_facts.models, known_facts.metrics)
    policy = Policy(known_facts.measures, {item.name: item for item in aliases})
    derivations = derive_all(catalog, policy, known_facts.day, incumbents or {})
    content = freeze(catalog, policy, derivations)
    return verified(Release(ReleaseId(id), CREATED, parent, content, resolver=made_by))


def verified(release: Release) -> VerifiedRelease:
    """A release through its bytes and back."""
    data = release_to_bytes(release)
    return verify(ReleaseRef(release.id, digest_of(data)).file_name, data)


def with_alias(source: VerifiedRelease, name: AliasName, **changed: Any) -> VerifiedRelease:
    """A release in which a frozen alias says something else."""
    content = source.release.content
    aliases = {**content.aliases, name: but(content.aliases[name], **changed)}
    return verified(but(source.release, content=but(content, aliases=aliases)))


class MemoryTree:
    """A workspace's files in memory; `kinds` says what is no plain file."""

    name = "releases"

    def __init__(self, files: Mapping[str, bytes], kinds: Mapping[str, str] | None = None) -> None:
        self.files = dict(files)
        self.kinds = dict.fromkeys(files, FILE) | dict(kinds or {})
        self.reads: list[str] = []

    def entries(self, directory: str) -> dict[str, str]:
        prefix = f"{directory}/" if directory else ""
        found: dict[str, str] = {}
        for path, kind in self.kinds.items():
            if path.startswith(prefix):
                name, _, below = path.removeprefix(prefix).partition("/")
                found[name] = DIRECTORY if below else kind
        return dict(sorted(found.items()))

    def kind(self, path: str) -> str | None:
        return self.kinds.get(path)

    def read(self, path: str, max_bytes: int) -> bytes:
        self.reads.append(path)
        if path not in self.files:
            raise CannotRun(f"cannot read {path}")
        return self.files[path][: max_bytes + 1]

    def restore_command(self, path: str) -> str:
        return restore_command(path)

    def is_committed(self, path: str) -> bool:
        return True
