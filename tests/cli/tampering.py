"""Every way that we know of to get a wrong release or pointer past a check, and what catches it.

A case does its worst on a branch that leaves `origin/main`; `codes` are the errors that checking it
against the base has to give, all of them and no other, and `warns` the rest of what is told.
`python -m tests.cli.tampering` prints the table.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conversation import Desk, Played

from zumik.core.basics.strict_json import to_canonical
from zumik.core.releases.release import digest_of

BRANCH = "change"
LATER = datetime.fromisoformat("2026-02-20T09:00:00Z")


@dataclass(frozen=True)
class Case:
    """What somebody does, and what is told of it. `exit_code` 5 says that bytes are not right."""

    says: str
    do: Callable[[Desk], None]
    codes: set[str]
    exit_code: int = 3
    warns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What the check said of a branch."""

    exit_code: int
    errors: set[str]
    others: set[str]


def prepare(desk: Desk) -> Desk:
    """A branch of what has landed, ten days later."""
    desk.now = LATER
    desk.git("switch", "--quiet", "--create", BRANCH, "--no-track", "origin/main")
    return desk


def check(desk: Desk) -> Answer:
    """Check the branch against the base; the codes that are told."""
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH, "--format", "json")
    assert turn.out, turn
    findings = json.loads(turn.out)["findings"]
    assert all(item["hint"] for item in findings), findings
    errors = {item["code"] for item in findings if item["severity"] == "error"}
    return Answer(turn.exit_code, errors, {item["code"] for item in findings} - errors)


# What a case is made of


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


def freeze(desk: Desk, note: str = "Once more") -> None:
    """A release as it should be."""
    done = desk.zumik("release", "create", "--note", note, "--allow-unchanged")
    assert done.exit_code == 0, done


def forge(desk: Desk, spoil: Callable[[dict[str, Any]], object], *, indent: int = 2) -> None:
    """The next release as somebody would write it by hand, under its own right digest."""
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


def pointer(desk: Desk, name: str = "code.fast", **changed: object) -> None:
    """A live pointer with other values, written as zumik writes it."""
    path = desk.releases / "live" / f"{name}.json"
    tree = json.loads(path.read_text()) | {"generation": 9} | changed
    path.write_bytes(to_canonical(tree))
    commit(desk, f"Move {name}")


def replaced_by_symlink(desk: Desk) -> None:
    path = frozen(desk)
    copy = desk.repo / "elsewhere.json"
    path.rename(copy)
    path.symlink_to("../../elsewhere.json")
    commit(desk)


def replaced_by_submodule(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    head = desk.git("rev-parse", "HEAD").strip()
    desk.git("rm", "--quiet", name)
    desk.git("update-index", "--add", "--cacheinfo", f"160000,{head},{name}")
    desk.git("commit", "--quiet", "--message", "A submodule")


def replaced_by_lfs(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    oid, size = "0" * 64, 12345
    write(
        desk, name, f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
    )


def executable(desk: Desk) -> None:
    desk.git("update-index", "--chmod=+x", relative(desk, frozen(desk)))
    desk.git("commit", "--quiet", "--message", "Make it executable")


def renamed(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    desk.git("mv", name, name.replace("alr_2026_01_10_001", "alr_2026_01_10_007"))
    desk.git("commit", "--quiet", "--message", "Rename")


def moved_away(desk: Desk) -> None:
    desk.git("mv", "releases/frozen", "releases/old")
    desk.git("commit", "--quiet", "--message", "Tidy up")


def removed(desk: Desk) -> None:
    desk.git("rm", "--quiet", relative(desk, frozen(desk)))
    desk.git("commit", "--quiet", "--message", "Remove")


def removed_and_added_again(desk: Desk) -> None:
    removed(desk)
    desk.git("revert", "--no-edit", "HEAD")


def edited_and_reverted(desk: Desk) -> None:
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("revert", "--no-edit", "HEAD")


def edited_in_a_merge(desk: Desk) -> None:
    """The edit is in a merge commit alone, where no parent has it, and undone after it."""
    desk.git("switch", "--quiet", "--create", "side")
    write(desk, "notes.txt", "a side\n")
    desk.git("switch", "--quiet", BRANCH)
    write(desk, "more.txt", "another side\n")
    desk.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    path = frozen(desk)
    before = path.read_bytes()
    path.write_bytes(before + b" ")
    commit(desk, "Merge")
    path.write_bytes(before)
    commit(desk, "Mend")


def merge_that_drops_a_release(desk: Desk) -> None:
    """A branch from before the newest release, merged with the base so that its own side wins."""
    before = desk.git("log", "--format=%H", "--reverse", "--", "releases/live").split()[0]
    desk.git("reset", "--quiet", "--hard", before)
    write(desk, "notes.txt", "mine\n")
    desk.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/main")


def land(desk: Desk, work: Callable[[Desk], None]) -> None:
    """Something else lands on the base while the branch is open."""
    desk.git("switch", "--quiet", "main")
    work(desk)
    desk.git("push", "--quiet", "origin", "main")
    desk.git("switch", "--quiet", BRANCH)


def stale(desk: Desk) -> None:
    freeze(desk, "Ours")
    land(desk, lambda desk: freeze(desk, "Theirs, and first"))


def stale_with_the_ledger_united(desk: Desk) -> None:
    """Both lines of the ledger kept, as a union merge or a hasty hand does it."""
    stale(desk)
    done = desk.do(["git", "merge", "--quiet", "origin/main"])
    assert done.exit_code != 0, "the ledger has to conflict"
    ledger = desk.releases / "SHA256SUMS"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(line for line in lines if line[:1] not in "<=>"))
    commit(desk, "Merge main")


def stale_on_another_day(desk: Desk) -> None:
    """The two drafts have different ids, so that no file is claimed twice."""
    freeze(desk, "Ours")
    desk.now -= timedelta(days=3)
    land(desk, lambda desk: freeze(desk, "Theirs, and first"))
    desk.now += timedelta(days=3)
    done = desk.do(["git", "merge", "--quiet", "origin/main"])
    assert done.exit_code != 0, done
    ledger = desk.releases / "SHA256SUMS"
    lines = [x for x in ledger.read_text().splitlines(keepends=True) if x[:1] not in "<=>"]
    ledger.write_text("".join(sorted(lines, key=lambda line: line.split("/")[-1])))
    commit(desk, "Merge main")


def same_id_again(desk: Desk) -> None:
    forge(desk, lambda tree: tree.update(id=tree["parent"]["id"], note="another"))


def edited_after_freezing(desk: Desk) -> None:
    freeze(desk)
    path = desk.releases / "policy" / "aliases.yaml"
    write(
        desk, relative(desk, path), path.read_text().replace("description: ", "description: Not ")
    )


def facts_by_hand(tree: dict[str, Any]) -> None:
    for model in tree["models"].values():
        model["owned_by"] = "somebody"


def winner_by_hand(tree: dict[str, Any]) -> None:
    ranking = tree["aliases"]["code.fast"]["ranking"]
    ranking[0], ranking[1] = ranking[1], ranking[0]


def incumbent_by_hand(tree: dict[str, Any]) -> None:
    tree["aliases"]["auto.balanced"]["incumbent"]["release"] = "alr_2026_02_10_001"


def unmarked_rollback(desk: Desk) -> None:
    done = desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42")
    assert done.exit_code == 0, done
    pointer(desk, kind="promote")


def moved_and_moved_back(desk: Desk) -> None:
    before = (desk.releases / "live" / "code.fast.json").read_bytes()
    assert desk.zumik("alias", "rollback", "code.fast").exit_code == 0
    (desk.releases / "live" / "code.fast.json").write_bytes(before)
    commit(desk, "As it was")


def attribute(line: str, name: str = "releases/.gitattributes") -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        path = desk.repo / name
        path.write_text((path.read_text() if path.exists() else "") + line + "\n")
        # Git would see other files through the new attributes, and add those too.
        desk.git("add", name)
        desk.git("commit", "--quiet", "--message", f"Change {name}")

    return do


def replaced_objects(desk: Desk) -> None:
    """The edit is hidden in this clone: git shows the base's commit in its place."""
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("replace", "HEAD", "origin/main")


def with_secret(desk: Desk) -> None:
    forge(desk, lambda tree: tree.update(note="use sk-" + "a1B2" * 8 + " for it"))


def secret_reason(desk: Desk) -> None:
    pointer(desk, reason="ask with ghp_" + "a1B2" * 9)


def upstream(desk: Desk) -> None:
    path = desk.releases / "catalog" / "globex.yaml"
    text = path.read_text()
    model = "  swift:\n"
    assert model in text
    text = text.replace(model, f"{model}    upstream: {{model: swift-x}}\n")
    write(desk, relative(desk, path), text)
    freeze(desk)


def ledger_in_another_order(desk: Desk) -> None:
    ledger = desk.releases / "SHA256SUMS"
    lines = ledger.read_text().splitlines(keepends=True)
    write(desk, relative(desk, ledger), "".join(reversed(lines)))


def unmarked(desk: Desk) -> None:
    desk.git("rm", "--quiet", "releases/zumik.yaml")
    commit(desk, "Not a workspace")
    # Whoever runs the check stands on the base; there is no workspace to stand in on the branch.
    desk.git("switch", "--quiet", "main")


def signed_by_nobody(desk: Desk) -> None:
    """The base demands signatures; the branch freezes without one, and switches that off."""
    _require_signatures(desk)
    freeze(desk)
    append(desk, "releases/zumik.yaml", "# nothing to see here\n")
    path = desk.releases / "zumik.yaml"
    kept = [line for line in path.read_text().splitlines() if "signatures" not in line]
    write(desk, relative(desk, path), "\n".join(kept) + "\n")


def signed_by_a_stranger(desk: Desk) -> None:
    _require_signatures(desk)
    freeze(desk)
    key = _key(desk, "stranger")
    path = frozen(desk, -1)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "zumik-release", path],
        check=True,
        capture_output=True,
    )
    commit(desk, "Sign")


def _require_signatures(desk: Desk) -> None:
    key = _key(desk, "release-manager")
    public = key.with_suffix(".pub").read_text()

    def work(desk: Desk) -> None:
        write(desk, "releases/allowed_signers", f'manager namespaces="zumik-release" {public}')
        append(desk, "releases/zumik.yaml", "signatures: {required: true}\n")

    land(desk, work)
    desk.git("reset", "--quiet", "--hard", "origin/main")


def _key(desk: Desk, name: str) -> Path:
    path = desk.root / name
    arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True)
    return path


def _edit(path: str, before: str, after: str) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        text = (desk.repo / path).read_text()
        assert before in text
        write(desk, path, text.replace(before, after))

    return do


def linked_workspace(desk: Desk) -> None:
    """The workspace lies elsewhere, where nothing landed yet, and a link leads there."""
    desk.git("mv", "releases", "other")
    (desk.repo / "releases").symlink_to("other")
    append(desk, "other/" + frozen(desk).relative_to(desk.releases).as_posix(), " ")


def moved_workspace(desk: Desk) -> None:
    for name in ("zumik.yaml", "frozen", "live", "policy", "catalog", "SHA256SUMS"):
        desk.git("mv", f"releases/{name}", name)
    desk.git("mv", "releases/.gitattributes", ".gitattributes")
    commit(desk)


def tag_of_the_same_name(desk: Desk) -> None:
    """Whoever may push a tag calls it as the base is called."""
    forge(desk, winner_by_hand)
    desk.git("tag", "origin/main", "HEAD")


def attributes_of_this_clone(desk: Desk) -> None:
    """What the branch says of attributes is overruled, in this clone alone."""
    attribute("frozen/** text ident")(desk)
    info = desk.repo / ".git" / "info" / "attributes"
    info.write_text("releases/frozen/** -text -ident\n")


def forged_incumbent(tree: dict[str, Any]) -> None:
    alias = tree["aliases"]["auto.balanced"]
    alias["incumbent"]["model"] = alias["ranking"][1]


def secret_description(desk: Desk) -> None:
    secret = "sk-" + "a1B2" * 8
    _edit("releases/policy/aliases.yaml", "Low-latency coding tasks.", secret)(desk)
    freeze(desk)


def promoted_before_the_newest(desk: Desk) -> None:
    freeze(desk)
    done = desk.zumik("alias", "promote", "code.fast", "--latest")
    assert done.exit_code == 0, done
    freeze(desk)


def other_case_above(desk: Desk) -> None:
    shutil.copytree(desk.releases / "live", desk.repo / "Releases" / "live")
    commit(desk)


def retiring_winner(desk: Desk) -> None:
    """The policy is about to choose another, and the alias is moved to who leaves all the same."""
    done = desk.zumik("alias", "rollback", "code.fast")
    assert done.exit_code == 0, done
    catalog = desk.releases / "catalog" / "globex.yaml"
    text = catalog.read_text().replace("  swift:\n", "  swift:\n    retires_on: 2026-02-25\n")
    land(desk, lambda desk: (write(desk, relative(desk, catalog), text), freeze(desk))[1])
    desk.git("reset", "--quiet", "--hard", "origin/main")
    done = desk.zumik("alias", "rollback", "code.fast")
    assert done.exit_code == 0, done
    _edit("releases/policy/aliases.yaml", '["*"]', '["acme/*", "globex/swift"]')(desk)
    done = desk.zumik("alias", "promote", "code.fast", "--latest")
    assert done.exit_code == 0, done


def confidential_dropped(desk: Desk) -> None:
    catalog = "releases/catalog/acme.yaml"
    text = (desk.repo / catalog).read_text()
    hidden = text.replace("provider: acme\n", "provider: acme\nconfidential: true\n")
    land(desk, lambda desk: (write(desk, catalog, hidden), freeze(desk))[1])
    desk.git("reset", "--quiet", "--hard", "origin/main")
    write(desk, catalog, text)
    freeze(desk)


def settings_linked(desk: Desk) -> None:
    path = desk.releases / "zumik.yaml"
    path.rename(desk.releases / "settings.yaml")
    path.symlink_to("settings.yaml")
    commit(desk)


def withdrawn(desk: Desk) -> None:
    """The first release is withdrawn on the base."""
    words = ("alr_2026_01_10_001", "--reason", "Not measured")
    done = desk.zumik("alias", "promote", "--all", "--latest")
    assert done.exit_code == 0, done
    done = desk.zumik("release", "withdraw", *words)
    assert done.exit_code == 0, done


def after_withdrawal(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        land(desk, withdrawn)
        desk.git("reset", "--quiet", "--hard", "origin/main")
        work(desk)

    return do


def mark_by_hand(desk: Desk, place: int, **changed: object) -> None:
    """The withdrawal of a release, written as zumik writes it but for what is changed."""
    release, digest, _ = frozen(desk, place).name.split(".")
    tree = {
        "release": release,
        "sha256": digest,
        "reason": "By hand",
        "withdrawn_at": f"{desk.now:%Y-%m-%dT%H:%M:%SZ}",
    }
    path = desk.releases / "withdrawn" / f"{changed.get('release', release)}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(to_canonical(tree | changed))
    commit(desk, "Withdraw by hand")


def to_withdrawn(desk: Desk) -> None:
    release, digest, _ = frozen(desk).name.split(".")
    pointer(desk, release=release, sha256=digest, kind="rollback")


def withdrawn_and_restored(desk: Desk) -> None:
    desk.git("rm", "--quiet", MARK)
    commit(desk, "Not withdrawn")
    desk.git("revert", "--no-edit", "HEAD")


def promoted_meanwhile(desk: Desk) -> None:
    """It is withdrawn on the base while a branch goes back to it; neither sees the other."""
    done = desk.zumik("alias", "rollback", "auto.balanced", "--to", "alr_2026_01_10_001")
    assert done.exit_code == 0, done
    land(desk, lambda desk: mark_by_hand(desk, 0))


def a_drain(desk: Desk, models: str = "globex/swift", **changed: str) -> dict[str, str]:
    """A drain as zumik writes it but for what is changed: for an hour, from now."""
    times = {"since": desk.now, "until": desk.now + timedelta(hours=1)}
    return {
        "models": models,
        "reason": "INC-42",
        **{key: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for key, moment in times.items()},
        **changed,
    }


def drains(desk: Desk, generation: int, *listed: dict[str, str]) -> None:
    """A list of drains, written as zumik writes it."""
    path = desk.repo / DRAINS
    path.write_bytes(to_canonical({"generation": generation, "drains": listed}))
    commit(desk, "Drain by hand")


def after_drain(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    """Something is drained on the base: the list is of generation 3."""

    def do(desk: Desk) -> None:
        land(desk, lambda desk: drains(desk, 3, a_drain(desk)))
        desk.git("reset", "--quiet", "--hard", "origin/main")
        work(desk)

    return do


def drained_meanwhile(desk: Desk) -> None:
    drains(desk, 4, a_drain(desk), a_drain(desk, "initech/*"))
    land(desk, lambda desk: drains(desk, 4, a_drain(desk), a_drain(desk, "acme/small")))


def drain_dropped_in_a_merge(desk: Desk) -> None:
    """A branch with a list of its own, merged with the base so that its own side wins."""
    drained_meanwhile(desk)
    desk.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/main")


def drained_and_put_back(desk: Desk) -> None:
    drains(desk, 4)
    desk.git("revert", "--no-edit", "HEAD")


def drains_linked(desk: Desk) -> None:
    path = desk.repo / DRAINS
    path.rename(desk.repo / "elsewhere.json")
    path.symlink_to("../../elsewhere.json")
    commit(desk)


def drains_executable(desk: Desk) -> None:
    desk.git("update-index", "--chmod=+x", DRAINS)
    desk.git("commit", "--quiet", "--message", "Make it executable")


def secret_drain(desk: Desk) -> None:
    drains(desk, 1, a_drain(desk, reason="ask with ghp_" + "a1B2" * 9))


def alias_called_as_the_list(desk: Desk) -> None:
    """Its pointer would lie where the list of drains lies."""

    def spoil(tree: dict[str, Any]) -> None:
        tree["aliases"]["unavailable"] = tree["aliases"].pop("code.fast")

    forge(desk, spoil)


DRAINS = "releases/live/unavailable.json"
MARK = "releases/withdrawn/alr_2026_01_10_001.json"
MODIFIED = {"frozen-modified", "ledger-mismatch", "pointer-to-nothing"}
MODE = {"frozen-mode-changed", "foreign-entry", "pointer-to-nothing"}
BYTES = {"attributes-change-bytes"}
DAY = "alr_2026_02_20"

CASES = {
    # What has landed
    "frozen-edited": Case(
        "a release is edited",
        lambda desk: append(desk, relative(desk, frozen(desk)), " "),
        MODIFIED | {"digest-mismatch"},
        5,
    ),
    "frozen-removed": Case(
        "a release is removed", removed, {"frozen-deleted", "ledger-gap", "pointer-to-nothing"}, 5
    ),
    "frozen-renamed": Case(
        "a release is renamed, with the same bytes",
        renamed,
        {
            "frozen-renamed",
            "digest-mismatch",
            "ledger-gap",
            "pointer-to-nothing",
            "stale-parent",
        },
        5,
    ),
    "frozen-moved": Case(
        "frozen/ is moved away",
        moved_away,
        {"frozen-renamed", "ledger-gap", "pointer-to-nothing"},
        5,
    ),
    "frozen-added-again": Case(
        "a release is removed and added again", removed_and_added_again, {"frozen-touched"}
    ),
    "frozen-reverted": Case(
        "a release is edited and the edit reverted", edited_and_reverted, {"frozen-touched"}
    ),
    "frozen-edited-in-merge": Case(
        "a release is edited in a merge commit alone, and mended",
        edited_in_a_merge,
        {"frozen-touched"},
    ),
    "frozen-executable": Case("a release becomes executable", executable, MODE, 5),
    "frozen-symlink": Case("a release becomes a symlink", replaced_by_symlink, MODE, 5),
    "frozen-submodule": Case("a release becomes a submodule", replaced_by_submodule, MODE, 5),
    "frozen-lfs": Case(
        "a release becomes a Git LFS pointer", replaced_by_lfs, MODIFIED | {"lfs-pointer"}, 5
    ),
    "merge-drops": Case(
        "a merge commit takes its own side, without a release of the base",
        merge_that_drops_a_release,
        {
            "frozen-deleted",
            "generation-not-above",
            "ledger-rewritten",
            "pointer-removed",
            "unmarked-rollback",
        },
    ),
    "replaced-objects": Case(
        "git replace hides the edit in this clone",
        replaced_objects,
        MODIFIED | {"digest-mismatch"},
        5,
        frozenset({"replace-refs"}),
    ),
    "unknown-in-frozen": Case(
        "a file that is no release lies in frozen/",
        lambda desk: write(desk, "releases/frozen/notes.txt", "hello\n"),
        {"not-a-release-file"},
        5,
    ),
    "ledger-order": Case(
        "the ledger is put in another order", ledger_in_another_order, {"ledger-rewritten"}
    ),
    "ledger-line-gone": Case(
        "a line is taken out of the ledger",
        lambda desk: write(
            desk,
            "releases/SHA256SUMS",
            (desk.releases / "SHA256SUMS").read_text().split("\n", 1)[1],
        ),
        {"ledger-rewritten", "ledger-gap"},
        5,
    ),
    "ledger-digest": Case(
        "a digest in the ledger is changed",
        lambda desk: write(
            desk, "releases/SHA256SUMS", "0" * 64 + (desk.releases / "SHA256SUMS").read_text()[64:]
        ),
        {"ledger-rewritten", "ledger-mismatch"},
        5,
    ),
    "ledger-text": Case(
        "a line that is none is added to the ledger",
        lambda desk: append(desk, "releases/SHA256SUMS", "hello\n"),
        {"ledger-malformed"},
    ),
    # A new release
    "edited-after-freezing": Case(
        "policy is edited after the release was frozen",
        edited_after_freezing,
        {"not-what-policy-freezes-to"},
        warns=frozenset({"unreleased-changes"}),
    ),
    "bytes-under-another-name": Case(
        "a new release is edited, and keeps its name",
        lambda desk: (freeze(desk), append(desk, relative(desk, frozen(desk, -1)), " "))[0],
        {"digest-mismatch", "ledger-mismatch"},
        5,
    ),
    "not-canonical": Case(
        "a new release is written in another layout",
        lambda desk: forge(desk, lambda tree: None, indent=4),
        {"not-canonical"},
    ),
    "facts-by-hand": Case(
        "a new release has facts that the catalog has not",
        lambda desk: forge(desk, facts_by_hand),
        {"not-what-policy-freezes-to"},
    ),
    "winner-by-hand": Case(
        "a new release has a ranking that its facts do not give",
        lambda desk: forge(desk, winner_by_hand),
        {"ranking-differs", "not-what-policy-freezes-to"},
    ),
    "incumbent-by-hand": Case(
        "a new release keeps an incumbent that was never live",
        lambda desk: forge(desk, incumbent_by_hand),
        {"incumbent-not-live"},
    ),
    "incumbent-model": Case(
        "a new release has another incumbent than the one that is live",
        lambda desk: forge(desk, forged_incumbent),
        {"incumbent-not-live"},
    ),
    "backdated": Case(
        "a new release is dated after its parent and long ago",
        lambda desk: (
            setattr(desk, "now", LATER + timedelta(days=30)),
            forge(
                desk,
                lambda tree: tree.update(
                    id="alr_2026_02_11_001", created_at="2026-02-11T09:00:00Z"
                ),
            ),
        )[1],
        set(),
        0,
        frozenset({"made-long-ago"}),
    ),
    "long-note": Case(
        "the note of a new release is a book",
        lambda desk: forge(desk, lambda tree: tree.update(note="word " * 1000)),
        {"text-too-long"},
    ),
    "secret-description": Case(
        "the description of an alias holds a key", secret_description, {"secret-in-text"}
    ),
    "signature-junk": Case(
        "what lies beside a release as its signature is none",
        lambda desk: write(desk, f"{relative(desk, frozen(desk))}.sig", "hello\n" * 3000),
        {"bad-signature"},
    ),
    "unknown-key": Case(
        "a new release says something that no schema knows",
        lambda desk: forge(desk, lambda tree: tree.update(approved_by="me")),
        {"malformed-release"},
    ),
    "same-id": Case(
        "a new release takes the id of one that landed", same_id_again, {"duplicate-id"}
    ),
    "id-skipped": Case(
        "a new release skips an id",
        lambda desk: forge(desk, lambda tree: tree.update(id=f"{DAY}_005")),
        {"id-out-of-line"},
    ),
    "before-its-parent": Case(
        "a new release is dated before its parent",
        lambda desk: forge(
            desk,
            lambda tree: tree.update(id="alr_2026_02_10_002", created_at="2026-02-10T01:00:00Z"),
        ),
        {"time-goes-back"},
    ),
    "from-the-future": Case(
        "a new release is dated tomorrow",
        lambda desk: forge(
            desk,
            lambda tree: tree.update(id="alr_2026_02_21_001", created_at="2026-02-21T09:00:00Z"),
        ),
        {"created-in-the-future"},
    ),
    "stale": Case("another release landed since", stale, {"merge-conflict"}),
    "stale-united": Case(
        "another release landed since, and both lines of the ledger were kept",
        stale_with_the_ledger_united,
        {"stale-parent", "ledger-rewritten"},
    ),
    "stale-another-day": Case(
        "another release landed since, under another id, and the ledger was put in order",
        stale_on_another_day,
        {"stale-parent"},
    ),
    "secret-note": Case("the note of a new release holds a key", with_secret, {"secret-in-text"}),
    "unsigned": Case(
        "a new release has no signature, and the branch switches the rule off",
        signed_by_nobody,
        {"unsigned-release"},
        warns=frozenset({"settings-changed"}),
    ),
    "signed-by-a-stranger": Case(
        "a new release is signed by somebody who may not", signed_by_a_stranger, {"bad-signature"}
    ),
    "stray-signature": Case(
        "a signature lies there without its release",
        lambda desk: write(desk, f"releases/frozen/{DAY}_001.{'0' * 64}.json.sig", "hello\n"),
        {"stray-signature"},
    ),
    "upstream": Case(
        "a gateway would ask the provider for another model under the same id",
        upstream,
        set(),
        0,
        frozenset({"upstream-changed"}),
    ),
    # Pointers
    "pointer-to-nothing": Case(
        "a pointer names a release that is not there",
        lambda desk: pointer(desk, release="alr_2026_02_10_777"),
        {"pointer-to-nothing"},
    ),
    "pointer-digest": Case(
        "a pointer names a release under another digest",
        lambda desk: pointer(desk, sha256="0" * 64),
        {"pointer-mismatch"},
    ),
    "pointer-alias": Case(
        "a pointer names a release that has no such alias",
        lambda desk: (
            shutil.copy(
                desk.releases / "live" / "code.fast.json", desk.releases / "live" / "code.new.json"
            ),
            pointer(desk, "code.new", alias="code.new"),
        )[1],
        {"pointer-to-nothing"},
    ),
    "pointer-misnamed": Case(
        "a pointer lies under another alias's name",
        lambda desk: pointer(desk, alias="auto.balanced"),
        {"misnamed-pointer"},
    ),
    "pointer-by-hand": Case(
        "a pointer is written in another layout",
        lambda desk: _edit("releases/live/code.fast.json", '"generation": 2', '"generation":  3')(
            desk
        ),
        {"not-canonical"},
    ),
    "pointer-generation": Case(
        "a pointer keeps its generation",
        lambda desk: pointer(desk, generation=2, reason="another"),
        {"generation-not-above"},
    ),
    "pointer-generation-back": Case(
        "a pointer's generation goes back",
        lambda desk: pointer(desk, generation=1),
        {"generation-not-above"},
    ),
    "pointer-generation-far": Case(
        "a pointer's generation leaves no room for another move",
        lambda desk: pointer(desk, generation=2**53 - 1),
        {"generation-jumps"},
    ),
    "pointer-from-the-future": Case(
        "a pointer is dated in years to come",
        lambda desk: pointer(desk, proposed_at="2099-01-01T00:00:00Z"),
        {"created-in-the-future"},
    ),
    "pointer-behind": Case(
        "a pointer moves to a draft that the same branch followed with another",
        promoted_before_the_newest,
        set(),
        0,
        frozenset({"behind-the-newest"}),
    ),
    "pointer-retiring": Case(
        "an alias moves to a model that is about to retire",
        retiring_winner,
        set(),
        0,
        frozenset({"winner-retires-soon"}),
    ),
    "pointer-back": Case(
        "a pointer goes back to an older release as a promotion",
        unmarked_rollback,
        {"unmarked-rollback"},
    ),
    "pointer-removed": Case(
        "a pointer is removed",
        lambda desk: (desk.git("rm", "-q", "releases/live/code.fast.json"), commit(desk))[1],
        {"pointer-removed"},
    ),
    "pointer-touched": Case(
        "a pointer is moved and moved back",
        moved_and_moved_back,
        set(),
        0,
        frozenset({"pointer-touched"}),
    ),
    "pointer-symlink": Case(
        "a pointer becomes a symlink",
        lambda desk: (
            (desk.releases / "live" / "code.fast.json").unlink(),
            (desk.releases / "live" / "code.fast.json").symlink_to("auto.balanced.json"),
            commit(desk),
        )[2],
        {"foreign-entry"},
        5,
    ),
    "unknown-in-live": Case(
        "a file that is no pointer lies in live/",
        lambda desk: write(desk, "releases/live/README", "hello\n"),
        {"not-a-pointer-file"},
    ),
    # Withdrawals
    "pointer-to-withdrawn": Case(
        "a pointer is moved to a withdrawn release by hand",
        after_withdrawal(to_withdrawn),
        {"pointer-to-withdrawn"},
    ),
    "withdrawn-meanwhile": Case(
        "a pointer moves to a release that is withdrawn since",
        promoted_meanwhile,
        {"pointer-to-withdrawn"},
    ),
    "withdrawn-while-live": Case(
        "a release is withdrawn by hand while it answers",
        lambda desk: mark_by_hand(desk, -1),
        {"pointer-to-withdrawn"},
    ),
    "withdrawal-removed": Case(
        "a withdrawal is removed",
        after_withdrawal(lambda desk: (desk.git("rm", "-q", MARK), commit(desk))),
        {"withdrawal-changed"},
    ),
    "withdrawal-changed": Case(
        "the reason of a withdrawal is changed",
        after_withdrawal(lambda desk: mark_by_hand(desk, 0, reason="Not so bad")),
        {"withdrawal-changed"},
    ),
    "withdrawal-touched": Case(
        "a withdrawal is removed and put back",
        after_withdrawal(withdrawn_and_restored),
        {"withdrawal-changed"},
    ),
    "withdrawal-executable": Case(
        "a withdrawal becomes executable",
        after_withdrawal(
            lambda desk: (
                desk.git("update-index", "--chmod=+x", MARK),
                desk.git("commit", "--quiet", "--message", "Make it executable"),
            )
        ),
        {"withdrawal-changed", "foreign-entry"},
        5,
    ),
    "withdrawal-of-nothing": Case(
        "a release that is not there is withdrawn",
        lambda desk: mark_by_hand(desk, 0, release="alr_2026_02_10_777"),
        {"withdrawal-of-nothing"},
    ),
    "withdrawal-digest": Case(
        "a release is withdrawn under another digest",
        lambda desk: mark_by_hand(desk, 0, sha256="0" * 64),
        {"withdrawal-of-nothing", "pointer-to-withdrawn"},
    ),
    "unknown-in-withdrawn": Case(
        "a file that is no withdrawal lies in withdrawn/",
        lambda desk: write(desk, "releases/withdrawn/README", "hello\n"),
        {"malformed-withdrawal"},
    ),
    "secret-withdrawal": Case(
        "the reason of a withdrawal holds a key",
        lambda desk: (freeze(desk), mark_by_hand(desk, -1, reason="not sk-" + "a1B2" * 8))[1],
        {"secret-in-text"},
    ),
    "attributes-withdrawn": Case(
        "a filter reaches the withdrawals",
        after_withdrawal(attribute("withdrawn/* filter=tidy")),
        BYTES,
    ),
    # Drains
    "drains-removed": Case(
        "the list of drains is removed",
        after_drain(lambda desk: (desk.git("rm", "-q", DRAINS), commit(desk))),
        {"drains-removed"},
    ),
    "drains-emptied": Case(
        "a drain is taken off the list, which does not count up",
        after_drain(lambda desk: drains(desk, 3)),
        {"generation-not-above"},
    ),
    "drains-back": Case(
        "the list of drains is put back to an older one",
        after_drain(lambda desk: drains(desk, 2, a_drain(desk, "*"))),
        {"generation-not-above"},
        warns=frozenset({"drain-ignored"}),
    ),
    "drains-far": Case(
        "the list of drains uses the numbers up",
        after_drain(lambda desk: drains(desk, 10**9, a_drain(desk))),
        {"generation-jumps"},
    ),
    "drains-from-nothing": Case(
        "the first list of drains counts from nothing",
        lambda desk: drains(desk, 0, a_drain(desk)),
        {"generation-not-above", "against-schema"},
    ),
    "drains-meanwhile": Case(
        "somebody else drained a model since",
        after_drain(drained_meanwhile),
        {"merge-conflict"},
    ),
    "drains-dropped": Case(
        "a merge commit takes its own list of drains, without the one of the base",
        after_drain(drain_dropped_in_a_merge),
        {"generation-not-above"},
    ),
    "drains-touched": Case(
        "the list of drains is changed and put back",
        after_drain(drained_and_put_back),
        set(),
        0,
        frozenset({"drains-touched"}),
    ),
    "drains-symlink": Case(
        "the list of drains becomes a symlink", after_drain(drains_linked), {"foreign-entry"}, 5
    ),
    "drains-executable": Case(
        "the list of drains becomes executable",
        after_drain(drains_executable),
        {"foreign-entry", "generation-not-above"},
        5,
    ),
    "drains-key": Case(
        "a drain says something that no schema knows",
        lambda desk: drains(desk, 1, a_drain(desk, alias="code.fast")),
        {"malformed-drains"},
    ),
    "drains-layout": Case(
        "the list of drains is written in another layout",
        lambda desk: write(
            desk,
            DRAINS,
            json.dumps({"generation": 1, "drains": [a_drain(desk)]}) + "\n",
        ),
        {"not-canonical"},
    ),
    "drains-too-many": Case(
        "more is drained than a list may hold",
        lambda desk: drains(desk, 1, *[a_drain(desk, f"acme/m{n}") for n in range(101)]),
        {"malformed-drains"},
    ),
    "drain-for-ever": Case(
        "a model is drained until nobody remembers why",
        lambda desk: drains(desk, 1, a_drain(desk, until="2099-01-01T00:00:00Z")),
        {"drain-too-long"},
    ),
    "drain-from-the-future": Case(
        "a model is drained from tomorrow on",
        lambda desk: drains(
            desk,
            1,
            a_drain(desk, since="2026-02-21T09:00:00Z", until="2026-02-21T10:00:00Z"),
        ),
        {"created-in-the-future"},
    ),
    "drain-everything": Case(
        "everything is drained, so that nobody would be left",
        lambda desk: drains(desk, 1, a_drain(desk, "*")),
        set(),
        0,
        frozenset({"drain-ignored"}),
    ),
    "drain-nothing": Case(
        "what nobody ranks is drained",
        lambda desk: drains(desk, 1, a_drain(desk, "globex/swfit")),
        set(),
        0,
        frozenset({"drain-matches-nothing"}),
    ),
    "secret-drain": Case("the reason of a drain holds a key", secret_drain, {"secret-in-text"}),
    "alias-unavailable": Case(
        "an alias has the name of the list of drains",
        alias_called_as_the_list,
        {"malformed-release"},
    ),
    "secret-reason": Case("the reason of a move holds a token", secret_reason, {"secret-in-text"}),
    # Bytes on the way, and names
    "attributes-text": Case("frozen/ becomes text", attribute("frozen/** text"), BYTES),
    "attributes-ident": Case("frozen/ gets $Id$ expanded", attribute("frozen/** ident"), BYTES),
    "attributes-filter": Case(
        "a filter reaches one release", attribute("frozen/alr_2026_01* filter=tidy"), BYTES
    ),
    "attributes-export-subst": Case(
        "an archive would change frozen/", attribute("*.json export-subst"), BYTES
    ),
    "attributes-export-ignore": Case(
        "an archive would leave the ledger out", attribute("SHA256SUMS export-ignore"), BYTES
    ),
    "attributes-encoding": Case(
        "frozen/ gets another encoding in checkouts",
        attribute("frozen/** working-tree-encoding=UTF-16"),
        BYTES,
    ),
    "attributes-union": Case(
        "the ledger is merged by union, so that stale branches do not conflict",
        attribute("SHA256SUMS merge=union"),
        BYTES,
    ),
    "attributes-above": Case(
        "the same from the top of the repository",
        attribute("SHA256SUMS merge=union", ".gitattributes"),
        BYTES,
    ),
    "attributes-live": Case(
        "a filter reaches the live pointers", attribute("live/* filter=tidy"), BYTES
    ),
    "attributes-inside": Case(
        "an attributes file inside frozen/",
        attribute("* text=auto", "releases/frozen/.gitattributes"),
        BYTES | {"not-a-release-file"},
        5,
    ),
    "attributes-gone": Case(
        "the workspace's attributes are removed",
        lambda desk: (desk.git("rm", "-q", "releases/.gitattributes"), commit(desk))[1],
        BYTES,
    ),
    "case-collision": Case(
        "two names differ by case alone",
        lambda desk: write(desk, "releases/policy/ALIASES.yaml", "aliases: {}\n"),
        {"case-collision"},
    ),
    "confidential": Case(
        "a provider is confidential no longer",
        confidential_dropped,
        set(),
        0,
        frozenset({"confidential-no-longer"}),
    ),
    "case-above": Case(
        "another directory is called as the workspace but for case",
        other_case_above,
        {"case-collision"},
    ),
    "one-name-in-unicode": Case(
        "two names are written otherwise and are one",
        lambda desk: (
            write(desk, "releases/policy/caf\u00e9.yaml", "aliases: {}\n"),
            write(desk, "releases/policy/cafe\u0301.yaml", "aliases: {}\n"),
        )[1],
        {"case-collision"},
    ),
    "attributes-of-the-clone": Case(
        "the clone's own attributes hide what the branch's say", attributes_of_this_clone, BYTES
    ),
    "base-as-a-tag": Case(
        "a tag with a release written by hand is called as the base is",
        tag_of_the_same_name,
        {"ranking-differs", "not-what-policy-freezes-to"},
    ),
    # Settings, and the workspace itself
    "settings-unreadable": Case(
        "the settings cannot be read any more",
        lambda desk: write(desk, "releases/zumik.yaml", "live_ref: [\n"),
        {"yaml-syntax"},
        warns=frozenset({"settings-changed"}),
    ),
    "settings-unknown": Case(
        "the settings say what nobody knows",
        lambda desk: append(desk, "releases/zumik.yaml", "nonsense: 1\n"),
        {"unknown-key"},
        warns=frozenset({"settings-changed"}),
    ),
    "settings-symlink": Case(
        "the settings become a symlink",
        settings_linked,
        {"foreign-entry"},
        5,
        frozenset({"settings-changed"}),
    ),
    "settings-version": Case(
        "the settings ask for a version that there is not",
        lambda desk: append(desk, "releases/zumik.yaml", 'required_version: ">=99"\n'),
        set(),
        0,
        frozenset({"settings-changed", "other-version-required"}),
    ),
    "signers-unreadable": Case(
        "allowed_signers holds no signers",
        lambda desk: write(desk, "releases/allowed_signers", "hello world\n"),
        {"bad-allowed-signers"},
    ),
    "workspace-linked": Case(
        "the workspace is moved, and a link put in its place",
        linked_workspace,
        {
            "workspace-removed",
            "broken-line",
            "digest-mismatch",
            "incumbent-not-live",
            "ledger-mismatch",
            "pointer-to-nothing",
        },
        5,
    ),
    "workspace-moved": Case(
        "the workspace is moved to the top",
        moved_workspace,
        {"workspace-removed"},
        warns=frozenset({"not-compared-with-policy"}),
    ),
    "workspace-removed": Case("the workspace is unmarked", unmarked, {"workspace-removed"}),
}


def answers(names: list[str] | None = None) -> dict[str, Answer]:
    """What is told of each case, in a scratch directory."""
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        config = Path(scratch, "gitconfig")
        config.write_text("[user]\n    name = Ada Example\n    email = ada@example.org\n")
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        played = Played(Path(scratch, "cases"))
        found = {}
        for name in names or CASES:
            desk = prepare(played.desk("february").copy(Path(scratch, name)))
            CASES[name].do(desk)
            found[name] = check(desk)
            shutil.rmtree(Path(scratch, name))
        return found


if __name__ == "__main__":
    print("| what is done | told as | exit code |\n|---|---|---|")
    for name, answer in answers().items():
        told = ", ".join([*sorted(answer.errors), *(f"({code})" for code in sorted(answer.others))])
        print(f"| {CASES[name].says} | {told} | {answer.exit_code} |")
