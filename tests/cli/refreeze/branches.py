"""Two branches with a draft each: one lands, the other is brought up to date."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.cli.conversation import Desk, Turn

FASTER = ("globex.yaml", "s/bench.seconds: 2.4/bench.seconds: 1.2/")
CHEAPER = ("acme.yaml", "s/input: 1,/input: 0.5,/")
OLDER = ("initech.yaml", "s/open-7$/open-7b/")
REFREEZE = ("release", "refreeze")


LANDINGS = {
    "merge": (("merge", "--quiet", "--no-ff", "-m", "Merge", "{0}"),),
    "squash": (("merge", "--quiet", "--squash", "{0}"), ("commit", "--quiet", "-m", "Squash")),
    "fast-forward": (("merge", "--quiet", "--ff-only", "{0}"),),
}


def ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def make_branch(
    desk: Desk, name: str, edit: tuple[str, str], promoted: tuple[str, ...] = (), note: str = ""
) -> None:
    """A branch from main as it is on the remote, with a draft, and maybe with promotions."""
    desk.git("switch", "--quiet", "--create", name, "--no-track", "origin/main")
    file, change = edit
    ok(desk.do(["sed", "-i", change, f"releases/catalog/{file}"]))
    desk.git("commit", "--quiet", "--all", "-m", f"Edit for {name}")
    ok(desk.zumik("release", "create", "--note", note or f"For {name}"))
    if promoted:
        ok(desk.zumik("alias", "promote", *promoted, "--latest", "--reason", f"By {name}"))


def land(desk: Desk, name: str, how: str = "merge") -> None:
    desk.git("switch", "--quiet", "main")
    desk.git("reset", "--quiet", "--hard", "origin/main")
    for command in LANDINGS[how]:
        desk.git(*(word.format(name) for word in command))
    desk.git("push", "--quiet", "origin", "main")


def bring_up_to_date(desk: Desk, name: str, how: str) -> list[Turn]:
    """Bring a stale branch up to date, the way that the command's own hints go."""
    desk.git("switch", "--quiet", name)
    turns = []
    if how == "rebase":
        assert desk.do(["git", "rebase", "--quiet", "origin/main"]).exit_code == 1
        while (desk.repo / ".git" / "rebase-merge").exists():
            turns.append(ok(desk.zumik(*REFREEZE)))
            desk.do(["git", "-c", "core.editor=true", "rebase", "--continue"])
        turns.append(ok(desk.zumik(*REFREEZE)))
    else:
        words = ["--squash"] if how == "squash" else []
        assert desk.do(["git", "merge", "--quiet", *words, "origin/main"]).exit_code == 1
        turns.append(ok(desk.zumik(*REFREEZE)))
        desk.git("commit", "--quiet", "-m", "Update")
    assert desk.git("status", "--porcelain") == ""
    if how != "squash":  # where git no longer sees what was taken in, and conflicts once more
        ok(desk.zumik("check", "--base", "origin/main"))
    return turns


Stale = Callable[..., Desk]


def list_releases(desk: Desk) -> list[dict[str, object]]:
    listed = json.loads(ok(desk.zumik("release", "list", "--format", "json")).out)
    return list(reversed(listed["releases"]))


def read_pointer(desk: Desk, alias: str) -> dict[str, object]:
    found = json.loads((desk.releases / "live" / f"{alias}.json").read_bytes())
    assert isinstance(found, dict)
    return found


def require_in_line(desk: Desk, count: int) -> None:
    """So many releases, each the parent of the next, and nothing that a check finds."""
    checked = ok(desk.zumik("check"))
    assert "error" not in checked.out, checked
    releases = list_releases(desk)
    assert [item["parent"] for item in releases] == [None, *(i["id"] for i in releases)][:count]
    assert len(releases) == count
    assert len((desk.releases / "SHA256SUMS").read_text().splitlines()) == count
    proven = desk.do(["git", "diff", "--exit-code", "HEAD", "--", "releases/frozen"])
    assert proven.exit_code == 0


def expect_refusal(desk: Desk, code: int, words: str, **env: str) -> Turn:
    before = desk.holds()
    refused = desk.zumik(*REFREEZE, **env)
    assert refused.exit_code == code, refused
    assert refused.err.startswith("error: "), refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before
    return refused


def merged_by_hand(desk: Desk) -> None:
    """Somebody kept both lines of the ledger and committed that."""
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    ledger = desk.releases / "SHA256SUMS"
    lines = [line for line in ledger.read_text().splitlines() if line[0] not in "<=>"]
    ledger.write_text("".join(f"{line}\n" for line in lines))
    if desk.git("diff", "--name-only", "--diff-filter=U", "--", "releases/live"):
        desk.git("checkout", "--quiet", "--ours", "releases/live")
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "Merge")
