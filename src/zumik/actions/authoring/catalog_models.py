"""The models of the catalog, and one of them by its id."""

from __future__ import annotations

from zumik.core.basics.findings import Invalid, has_errors
from zumik.core.basics.names import ModelId
from zumik.core.facts.candidate_globs import glob_matcher
from zumik.core.facts.catalog import Model
from zumik.core.facts.meant_name import meant_name
from zumik.errors import CannotRun
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.store import Store


def read_catalog(store: Store) -> Authored:
    """What was written. Raises Invalid where a file of the catalog cannot be used."""
    authored = read_authored(store.tree)
    if authored.catalog_broken:
        errors = [finding for finding in authored.findings if has_errors([finding])]
        raise Invalid("the catalog is not valid", errors)
    return authored


def matching_models(authored: Authored, globs: list[str]) -> list[Model]:
    """The models whose ids match any of the globs, sorted by id."""
    patterns = [glob_matcher(glob) for glob in globs]
    return [
        model
        for name, model in sorted(authored.models.items())
        if any(pattern.fullmatch(name) for pattern in patterns)
    ]


def catalog_model(authored: Authored, name: ModelId) -> Model:
    """A model of the catalog. Raises CannotRun where it is not there."""
    found = authored.models.get(name)
    if found is None:
        raise CannotRun(
            f"no model {name} in the catalog",
            hint=meant_name(name, (), authored.models, "zumik catalog list shows them"),
        )
    return found
