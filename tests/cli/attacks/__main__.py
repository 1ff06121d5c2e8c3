"""Run every attack in a temporary directory, and print what the check finds as a table."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from tests.cli.attacks.case import Answer, check, prepare
from tests.cli.attacks.table import CASES
from tests.cli.conversation import Played


def answers() -> dict[str, Answer]:
    """What the check finds in each case."""
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        config = Path(scratch, "gitconfig")
        config.write_text("[user]\n    name = Ada Example\n    email = ada@example.org\n")
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        played = Played(Path(scratch, "cases"))
        found = {}
        for name, case in CASES.items():
            desk = prepare(played.desk("february").copy(Path(scratch, name)))
            case.do(desk)
            found[name] = check(desk)
            shutil.rmtree(Path(scratch, name))
        return found


if __name__ == "__main__":
    print("| attack | errors (other findings) | exit code |\n|---|---|---|")
    for name, answer in answers().items():
        codes = [*sorted(answer.errors), *(f"({code})" for code in sorted(answer.warnings))]
        print(f"| {CASES[name].what} | {', '.join(codes)} | {answer.exit_code} |")
