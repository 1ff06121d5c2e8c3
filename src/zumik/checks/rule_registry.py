"""The registry: every rule by the code that its findings carry.

A code never changes its meaning and is never used again: pipelines and suppressed alerts hold on to
it. The texts may be bettered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from zumik.checks.rules import (
    authoring_rules,
    branch_rules,
    clone_rules,
    export_rules,
    import_rules,
    integrity_rules,
    yaml_rules,
)
from zumik.core.basics.findings import Rule


def _by_code(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    """The rules in the order of their lists; one code twice is a bug."""
    registry: dict[str, Rule] = {}
    for rule in rules:
        if registry.setdefault(rule.code, rule) is not rule:
            raise AssertionError(f"two rules have the code {rule.code}")
    return MappingProxyType(registry)


RULES: Mapping[str, Rule] = _by_code(
    [
        *integrity_rules.RULES,
        *branch_rules.RULES,
        *clone_rules.RULES,
        *yaml_rules.RULES,
        *authoring_rules.RULES,
        *import_rules.RULES,
        *export_rules.RULES,
    ]
)
"""Every rule, those about what was released first."""
