"""Authored files: the policy and catalog files, read into one catalog and one policy.

Every file is read strictly, checked against its schema and turned into typed values. All faults are
collected; reading does not stop at the first. The checks judge what the values mean together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zumik.core.basics.display import neutral
from zumik.core.basics.field_readers import Malformed, UnknownKey
from zumik.core.basics.findings import Finding, Location, Path, has_errors
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.tree import Tree
from zumik.core.facts.catalog import Catalog, Metric, Model, read_metric, read_provider
from zumik.core.facts.policy import (
    Alias,
    Measure,
    MissingWorkload,
    Policy,
    of_providers,
    read_alias,
    read_measures,
)
from zumik.errors import ZumikError
from zumik.rules.authoring_rules import (
    DUPLICATE_DEFINITION,
    MALFORMED,
    MISSING_WORKLOAD,
    UNREAD_FILE,
)
from zumik.workspace.input_files import CATALOG, POLICY, NewNames, input_files, unknown_entries
from zumik.workspace.settings_in_text import providers_setting
from zumik.yaml_text.document import Document
from zumik.yaml_text.placeholders import check_placeholders
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape

MAX_YAML_BYTES = 16 * 1024 * 1024

METRICS_FILE = "metrics.yaml"

_MAX_FAULTS = 100
"""Faults of a catalog file that are set aside in order to read the rest."""


@dataclass
class Authored:
    """What people wrote, as far as it could be read, and every fault found while reading.

    `providers` are those that the settings let aliases choose from, none where all are allowed.
    With `catalog_broken` a catalog file could not be used, so a fact that seems unknown may be one
    that was not read.
    """

    models: dict[ModelId, Model] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    aliases: dict[AliasName, Alias] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    catalog_broken: bool = False
    providers: tuple[str, ...] = ()
    _places: dict[tuple[str, str], tuple[Document, Path]] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        """What aliases choose from: without the models of providers that the settings leave out."""
        return of_providers(self.whole_catalog, self.providers)

    @property
    def whole_catalog(self) -> Catalog:
        """The catalog, of all its files."""
        return Catalog(self.models, self.metrics)

    @property
    def policy(self) -> Policy:
        """The policy, of all its files."""
        return Policy(self.measures, self.aliases)

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Where a definition, or a value in it, is written: `("aliases", "code.fast")`.

        The location of a whole definition is its name.
        """
        document, base = self._places[str(path[0]), str(path[1])]
        return document.locate((*base, *path[2:]), key=key or len(path) == 2)

    def place_of(self, section: str, name: str) -> tuple[Document, Path] | None:
        """The document that defines a name, and the path to the definition in it."""
        return self._places.get((section, name))

    def places(self, section: str) -> list[tuple[Document, Path]]:
        """Where each name of a section is defined."""
        return [place for (found, _), place in self._places.items() if found == section]

    def define(self, section: str, name: str, document: Document, base: Path) -> bool:
        """Record where a name is defined. A second definition is a finding, and is ignored."""
        first = self._places.setdefault((section, name), (document, base))
        if first == (document, base):
            return True
        self.findings.append(
            DUPLICATE_DEFINITION.at(
                document.locate(base, key=True),
                f"{name} is defined a second time",
                f"the first is at {first[0].locate(first[1], key=True)}; keep one of them",
            )
        )
        return False


def read_authored(tree: Tree) -> Authored:
    """Everything in `catalog/` and `policy/`, and a finding for each file that is not read.

    Raises CannotRun where a directory cannot be listed.
    """
    authored, new_names = Authored(providers=providers_setting(tree)), NewNames(tree)
    for path in _files(authored, tree, CATALOG, new_names):
        schema, take = (
            ("metrics", _take_metrics)
            if path == f"catalog/{METRICS_FILE}"
            else ("catalog", _take_models)
        )
        if not _read_file(authored, tree, path, schema, take):
            authored.catalog_broken = True
    for path in _files(authored, tree, POLICY, new_names):
        _read_file(authored, tree, path, "policy", _take_policy)
    authored.findings += unknown_entries(tree, new_names)
    return authored


def _files(authored: Authored, tree: Tree, folder: str, new_names: NewNames) -> list[str]:
    """The files of a folder to read; each that is not read becomes a finding."""
    found = list(input_files(tree, folder, new_names))
    unread = [item for item in found if not isinstance(item, str)]
    authored.findings += unread
    if folder == CATALOG and has_errors(unread):
        authored.catalog_broken = True
    return [item for item in found if isinstance(item, str)]


def _read_file(
    authored: Authored,
    tree: Tree,
    path: str,
    schema: str,
    take: Callable[[Authored, Document, bool], None],
) -> bool:
    """Read one file into `authored`; whether all of it could be used."""
    name = f"{tree.name}/{path}"
    try:
        data = tree.read(path, MAX_YAML_BYTES)
    except ZumikError as error:
        # The finding has the place already, and the path of this machine says nothing to others.
        message = re.sub(rf"\S*{re.escape(path)}", "the file", error.message)
        authored.findings.append(UNREAD_FILE.at(neutral(name), neutral(message), error.hint))
        return False
    reading = read_yaml(name, data)
    findings = list(reading.findings)
    before = len(authored.findings)
    if reading.document is not None:
        # One fault, one finding: the schema does not repeat what the reader has refused.
        findings += check_placeholders(reading.document)
        faulty_places = {finding.location.start for finding in findings}
        shape = check_shape(reading.document, schema)
        findings += [finding for finding in shape if finding.location.start not in faulty_places]
        take(authored, reading.document, has_errors(findings))
    authored.findings[before:before] = findings
    return not has_errors(authored.findings[before:])


def _take_models(authored: Authored, document: Document, faulty: bool) -> None:
    """A provider's models. A fault of shape, which is reported, does not hide the others."""
    try:
        models = _readable_models(document.value) if faulty else read_provider(document.value)
    except Malformed as error:
        _note(authored, document, error)
        return
    for model in models:
        base: Path = (
            "models",
            (model.variant_of or model.id).removeprefix(f"{model.id.provider}/"),
        )
        if model.variant_of is not None:
            base = (*base, "variants", model.id.removeprefix(f"{model.variant_of}:"))
        if authored.define("models", model.id, document, base):
            authored.models[model.id] = model


def _readable_models(value: Any) -> list[Model]:
    """The models of a file with faults: without its unknown keys, and each that can be read."""
    for _ in range(_MAX_FAULTS):
        try:
            return read_provider(value)
        except Malformed as error:
            unknown = isinstance(error, UnknownKey)
            path = error.path if unknown else error.path[:2]
            if len(path) < 2 and not unknown:
                return []
            value = _without(value, path)
        except ZumikError:
            return []
    return []


def _without(tree: Any, path: Path) -> Any:
    """The tree without the value at a path; what is above it is copied, the rest shared."""
    first, *rest = path
    copied = tree.copy()
    if rest:
        copied[first] = _without(copied[first], tuple(rest))
    else:
        del copied[first]
    return copied


def _take_metrics(authored: Authored, document: Document, faulty: bool) -> None:
    for name, item in _section(document, "metrics").items():
        base = ("metrics", name)
        try:
            metric = read_metric(name, item, base)
        except Malformed as error:
            if not faulty:
                _note(authored, document, error)
            continue
        if authored.define("metrics", name, document, base):
            authored.metrics[name] = metric


def _take_policy(authored: Authored, document: Document, faulty: bool) -> None:
    """Measures and aliases; one that cannot be read does not hide the others."""
    for word, item in _section(document, "measures").items():
        base: Path = ("measures", word)
        try:
            measure = read_measures({word: item}, ("measures",))[0]
        except ZumikError as error:
            _note(authored, document, error, base, faulty)
            continue
        if authored.define("measures", word, document, base):
            authored.measures[word] = measure
    for name, item in _section(document, "aliases").items():
        base = ("aliases", name)
        try:
            alias = read_alias(name, item, base)
        except ZumikError as error:
            _note(authored, document, error, base, faulty)
            continue
        if authored.define("aliases", name, document, base):
            authored.aliases[alias.name] = alias


def _section(document: Document, key: str) -> dict[str, object]:
    found = document.value.get(key) if isinstance(document.value, dict) else None
    return found if isinstance(found, dict) else {}


def _note(
    authored: Authored,
    document: Document,
    error: ZumikError,
    base: Path = (),
    faulty: bool = False,
) -> None:
    """Record what a typed reader refused, unless the schema has reported it already."""
    malformed = error if isinstance(error, Malformed) else None
    path = malformed.path if malformed else base
    rule = MISSING_WORKLOAD if isinstance(error, MissingWorkload) else MALFORMED
    # No schema can say that a workload is missing, so that this was not reported yet.
    if faulty and rule is MALFORMED:
        return
    where = document.locate(path, key=len(path) <= 2)
    problem = malformed.problem if malformed else error.message
    authored.findings.append(rule.at(where, problem, error.hint))
