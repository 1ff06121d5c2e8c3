"""All attacks by name: the names that SECURITY.md gives as proof."""

from __future__ import annotations

from tests.cli.attacks import (
    attributes,
    authored_files,
    commits,
    drains,
    file_names,
    frozen_files,
    history,
    ledger,
    new_releases,
    pointers,
    secrets,
    settings,
    signatures,
    withdrawals,
)

_SUBJECTS = (
    frozen_files,
    ledger,
    history,
    commits,
    new_releases,
    signatures,
    secrets,
    pointers,
    withdrawals,
    drains,
    attributes,
    authored_files,
    file_names,
    settings,
)

CASES = {name: case for subject in _SUBJECTS for name, case in subject.CASES.items()}
assert len(CASES) == sum(len(subject.CASES) for subject in _SUBJECTS), "two attacks have one name"
