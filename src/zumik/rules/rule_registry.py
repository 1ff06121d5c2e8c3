"""The registry: every rule by the code that its findings carry.

A code never changes its meaning and is never used again: pipelines and suppressed alerts depend on
it. The texts may be improved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from zumik.core.basics.findings import Rule
from zumik.rules import (
    authoring_rules,
    branch_rules,
    clone_rules,
    export_rules,
    import_rules,
    integrity_rules,
    yaml_rules,
)

_MODULES = (
    integrity_rules,
    branch_rules,
    clone_rules,
    yaml_rules,
    authoring_rules,
    import_rules,
    export_rules,
)


def _rules_of(module: ModuleType) -> Iterator[Rule]:
    """The rules that a module names. Reading its names means that no list can miss one."""
    return (value for value in vars(module).values() if isinstance(value, Rule))


def _by_code() -> Mapping[str, Rule]:
    """The rules in the order in which they are written; one code twice is a bug."""
    registry: dict[str, Rule] = {}
    for module in _MODULES:
        for rule in _rules_of(module):
            if registry.setdefault(rule.code, rule) is not rule:
                raise AssertionError(f"two rules have the code {rule.code}")
    return MappingProxyType(registry)


RULES: Mapping[str, Rule] = _by_code()
"""Every rule, those about what was released first."""
