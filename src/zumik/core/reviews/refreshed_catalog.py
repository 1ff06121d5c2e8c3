"""A refresh of the catalog: what each source brought, and what that changes beside a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from zumik.core.reviews.catalog_changes import CatalogChanges
from zumik.core.reviews.outcomes import ImportedFacts


class ReadSource(NamedTuple):
    """A source as the settings name it, with what it brought, or why it could not be read."""

    source: str
    imported: ImportedFacts | None = None
    problem: str | None = None


class RefreshedCatalog(NamedTuple):
    """The sources in the order in which they were read, and the catalog beside the newest release.

    `commit` is the commit of the `branch` that was made, None where nothing was committed.
    """

    sources: tuple[ReadSource, ...]
    changes: CatalogChanges
    branch: str | None = None
    commit: str | None = None
    dry_run: bool = False

    @property
    def waiting(self) -> tuple[str, ...]:
        """The questioned facts that a person has to accept or leave, as MODEL#FIELD, each once."""
        return tuple(self.sources_by_fact)

    @property
    def sources_by_fact(self) -> Mapping[str, tuple[str, ...]]:
        """The sources that ask about each fact that waits, in the order in which they were read."""
        found: dict[str, tuple[str, ...]] = {}
        for plan in (one.imported.plan for one in self.sources if one.imported is not None):
            for fact in plan.waiting:
                found[fact] = (*found.get(fact, ()), plan.source)
        return found

    @property
    def has_edits(self) -> bool:
        """Whether any file of the catalog was changed."""
        return any(one.imported is not None and one.imported.files for one in self.sources)
