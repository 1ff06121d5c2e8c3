"""Rules for a release that has not landed: it is what policy and catalog beside it freeze to."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.tree import FROZEN
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import Policy
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.release import VerifiedRelease, content_to_json
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.changes import Changes, changes_between
from zumik.errors import ZumikError

_REFREEZE = "zumik release refreeze freezes it again"


def check_follows(source: VerifiedRelease, catalog: Catalog, policy: Policy) -> Iterator[Finding]:
    """Freezing this policy and catalog on the release's day gives the release.

    Its own incumbents are taken for granted; they are for `check_incumbents`.
    """
    incumbents = {name: a.incumbent for name, a in source.aliases.items() if a.incumbent}
    day = source.release.created_at.date()
    try:
        content = freeze(catalog, policy, derive_all(catalog, policy, day, incumbents))
    except ZumikError as error:
        yield _found("not-what-policy-freezes-to", source, error.message)
        return
    if content_to_json(content) != content_to_json(source.release.content):
        changes = changes_between(source.release.content, content)
        yield _found(
            "not-what-policy-freezes-to",
            source,
            f"policy and catalog beside {source.ref.id} freeze to something else: {_told(changes)}",
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
            yield _found(
                "incumbent-not-live", source, f"{name} was frozen as if nothing of it were live"
            )
        elif alias.incumbent is not None and alias.incumbent not in incumbents.get(name, ()):
            yield _found(
                "incumbent-not-live",
                source,
                f"{name} was frozen with {alias.incumbent.model} of {alias.incumbent.release} as "
                "its incumbent, which is not what is live",
            )


def not_compared(source: VerifiedRelease, newest: ReleaseId) -> Finding:
    """A release whose policy and catalog nobody can tell any more."""
    return _found(
        "not-compared-with-policy",
        source,
        f"{source.ref.id} came together with {newest}, so that what it was frozen from is not told",
        Severity.WARNING,
        "commit each release as zumik release create does",
    )


def _told(changes: Changes) -> str:
    aliases = [change.alias for change in changes.aliases]
    models = [change.model for change in changes.models]
    parts = [_few(aliases), _few(models), "measures or metrics" if changes.definitions else ""]
    return "; ".join(part for part in parts if part)


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def _found(
    code: str,
    source: VerifiedRelease,
    message: str,
    severity: Severity = Severity.ERROR,
    hint: str = _REFREEZE,
) -> Finding:
    return Finding(code, severity, message, Location(f"{FROZEN}/{source.ref.file_name}"), hint)
