"""Rules for a draft, a release that has not landed: it is what policy and catalog freeze to."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime

from zumik.checks.moved_aliases import LONG_AGO
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.tree import FROZEN
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import Policy
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.release import VerifiedRelease, content_to_json
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.changes import Changes, changes_between
from zumik.errors import ZumikError
from zumik.rules.branch_rules import (
    INCUMBENT_NOT_LIVE,
    MADE_LONG_AGO,
    NOT_COMPARED_WITH_POLICY,
    NOT_WHAT_POLICY_FREEZES_TO,
)

_REFREEZE = "zumik release refreeze freezes it again"


def check_follows(source: VerifiedRelease, catalog: Catalog, policy: Policy) -> Iterator[Finding]:
    """Freezing this policy and catalog on the release's day gives the release.

    The incumbents that it names are taken as given: `check_incumbents` judges them.
    """
    incumbents = {name: a.incumbent for name, a in source.aliases.items() if a.incumbent}
    day = source.release.created_at.date()
    try:
        content = freeze(catalog, policy, derive_all(catalog, policy, day, incumbents))
    except ZumikError as error:
        yield NOT_WHAT_POLICY_FREEZES_TO.at(_file(source), error.message, _REFREEZE)
        return
    if content_to_json(content) != content_to_json(source.release.content):
        changes = changes_between(source.release.content, content)
        yield NOT_WHAT_POLICY_FREEZES_TO.at(
            _file(source),
            f"policy and catalog beside {source.ref.id} freeze to something else: "
            f"{_changed_names(changes)}",
            _REFREEZE,
        )


def check_incumbents(
    source: VerifiedRelease,
    live: Container[AliasName],
    incumbents: Mapping[AliasName, Container[Incumbent]],
) -> Iterator[Finding]:
    """An incumbent keeps its place because it is live.

    `live` are the aliases that were live before the branch, `incumbents` who answered for each
    there, and by the releases that the branch itself makes and promotes.
    """
    for name, alias in source.aliases.items():
        if alias.policy.incumbent_margin is None:
            continue
        if alias.incumbent is None and name in live:
            message = f"{name} was frozen without an incumbent, but it is live"
            yield INCUMBENT_NOT_LIVE.at(_file(source), message, _REFREEZE)
        elif alias.incumbent is not None and alias.incumbent not in incumbents.get(name, ()):
            yield INCUMBENT_NOT_LIVE.at(
                _file(source),
                f"{name} was frozen with {alias.incumbent.model} of {alias.incumbent.release} as "
                "its incumbent, which is not what is live",
                _REFREEZE,
            )


def check_age(source: VerifiedRelease, now: datetime) -> Iterator[Finding]:
    """Facts are judged by the day of the release, which the person who freezes it chooses."""
    age = now - source.release.created_at
    if age > LONG_AGO and not source.release.backfilled:
        yield MADE_LONG_AGO.at(
            _file(source),
            f"{source.ref.id} is {age.days} days old, and not marked as backfilled",
            "zumik release create freezes what is known today",
        )


def not_compared(source: VerifiedRelease, newest: ReleaseId) -> Finding:
    """A release whose policy and catalog are in no commit: newer ones replaced them."""
    return NOT_COMPARED_WITH_POLICY.at(
        _file(source),
        f"one commit adds {source.ref.id} and {newest}, so that it is unknown what "
        f"{source.ref.id} was frozen from",
        "commit each release as zumik release create does",
    )


def _changed_names(changes: Changes) -> str:
    """The first aliases and models that differ."""
    aliases = [change.alias for change in changes.aliases]
    models = [change.model for change in changes.models]
    parts = [_few(aliases), _few(models), "measures or metrics" if changes.definitions else ""]
    return "; ".join(part for part in parts if part)


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def _file(source: VerifiedRelease) -> str:
    return f"{FROZEN}/{source.ref.file_name}"
