"""What attacks are made of: commits on the branch, and what else lands meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.attacks.case import BRANCH
from tests.cli.conversation import Desk

from zumik.core.basics.strict_json import to_canonical
from zumik.core.releases.release import digest_of


def frozen(desk: Desk, place: int = 0) -> Path:
    """A release file, the first or the one at `place`."""
    return sorted((desk.releases / "frozen").glob("*.json"))[place]


def commit(desk: Desk, message: str = "Change something") -> None:
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", message)


def relative(desk: Desk, path: Path) -> str:
    return str(path.relative_to(desk.repo))


def write(desk: Desk, name: str, text: str) -> None:
    path = desk.repo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    commit(desk, f"Write {name}")


def append(desk: Desk, name: str, text: str) -> None:
    write(desk, name, (desk.repo / name).read_text() + text)


def replace_text(path: str, before: str, after: str) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        text = (desk.repo / path).read_text()
        assert before in text
        write(desk, path, text.replace(before, after))

    return do


def freeze(desk: Desk, note: str = "Once more") -> None:
    """Create a correct release."""
    done = desk.zumik("release", "create", "--note", note, "--allow-unchanged")
    assert done.exit_code == 0, done


def forge(desk: Desk, spoil: Callable[[dict[str, Any]], object], *, indent: int = 2) -> None:
    """Write the next release by hand, under the digest of its bytes."""
    freeze(desk)
    path = frozen(desk, -1)
    tree = json.loads(path.read_text())
    spoil(tree)
    data = to_canonical(tree)
    if indent != 2:
        data = (json.dumps(tree, indent=indent, sort_keys=True) + "\n").encode()
    ledger = desk.releases / "SHA256SUMS"
    *kept, _ = ledger.read_text().splitlines(keepends=True)
    path.unlink()
    name = f"frozen/{tree['id']}.{digest_of(data)}.json"
    (desk.releases / name).write_bytes(data)
    ledger.write_text("".join([*kept, f"{digest_of(data)}  {name}\n"]))
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--amend", "--no-edit")


def write_pointer(desk: Desk, name: str = "code.fast", **changed: object) -> None:
    """A live pointer with other values, written as zumik writes it."""
    path = desk.releases / "live" / f"{name}.json"
    tree = json.loads(path.read_text()) | {"generation": 9} | changed
    path.write_bytes(to_canonical(tree))
    commit(desk, f"Move {name}")


def land(desk: Desk, work: Callable[[Desk], None]) -> None:
    """Something else lands on the base while the branch is open."""
    desk.git("switch", "--quiet", "main")
    work(desk)
    desk.git("push", "--quiet", "origin", "main")
    desk.git("switch", "--quiet", BRANCH)
