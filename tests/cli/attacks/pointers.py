"""A pointer to the wrong release, with a wrong generation, or in a wrong place."""

from __future__ import annotations

import shutil

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import (
    commit,
    freeze,
    frozen,
    land,
    relative,
    replace_text,
    write,
    write_pointer,
)
from tests.cli.conversation import Desk


def unmarked_rollback(desk: Desk) -> None:
    done = desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42")
    assert done.exit_code == 0, done
    write_pointer(desk, kind="promote")


def moved_and_moved_back(desk: Desk) -> None:
    before = (desk.releases / "live" / "code.fast.json").read_bytes()
    assert desk.zumik("alias", "rollback", "code.fast").exit_code == 0
    (desk.releases / "live" / "code.fast.json").write_bytes(before)
    commit(desk, "As it was")


def promoted_before_the_newest(desk: Desk) -> None:
    freeze(desk)
    done = desk.zumik("alias", "promote", "code.fast", "--latest")
    assert done.exit_code == 0, done
    freeze(desk)


def retiring_winner(desk: Desk) -> None:
    """The alias moves to a model that retires in five days."""
    done = desk.zumik("alias", "rollback", "code.fast")
    assert done.exit_code == 0, done
    catalog = desk.releases / "catalog" / "globex.yaml"
    text = catalog.read_text().replace("  swift:\n", "  swift:\n    retires_on: 2026-02-25\n")
    land(desk, lambda desk: (write(desk, relative(desk, catalog), text), freeze(desk))[1])
    desk.git("reset", "--quiet", "--hard", "origin/main")
    done = desk.zumik("alias", "rollback", "code.fast")
    assert done.exit_code == 0, done
    replace_text("releases/policy/aliases.yaml", '["*"]', '["acme/*", "globex/swift"]')(desk)
    done = desk.zumik("alias", "promote", "code.fast", "--latest")
    assert done.exit_code == 0, done


def _named(desk: Desk, place: int) -> dict[str, str]:
    """The fields of a pointer to the release at `place`."""
    release, sha256, _ = frozen(desk, place).name.split(".")
    return {"release": release, "sha256": sha256}


def retired_at_an_older_release(desk: Desk) -> None:
    """The next pull request would promote from there, and nothing would go back."""
    write_pointer(desk, kind="retire", reason="Not used", **_named(desk, 0))


def retired_before_it_was_live(desk: Desk) -> None:
    pointers = desk.releases / "live"
    shutil.copy(pointers / "code.fast.json", pointers / "code.new.json")
    write_pointer(desk, "code.new", alias="code.new", kind="retire", generation=1)


def promoted_back_from_a_retirement(desk: Desk) -> None:
    def retire(desk: Desk) -> None:
        done = desk.zumik("alias", "retire", "code.fast", "--reason", "Not used")
        assert done.exit_code == 0, done

    land(desk, retire)
    desk.git("reset", "--quiet", "--hard", "origin/main")
    write_pointer(desk, kind="promote", reason=None, **_named(desk, 0))


def rollback_to_what_was_never_live(desk: Desk) -> None:
    """A release that was made and not promoted, and one after it that answers."""

    def promote_the_second(desk: Desk) -> None:
        freeze(desk, "Never promoted")
        freeze(desk, "The one that is promoted")
        done = desk.zumik("alias", "promote", "code.fast", "--latest")
        assert done.exit_code == 0, done

    land(desk, promote_the_second)
    desk.git("reset", "--quiet", "--hard", "origin/main")
    write_pointer(desk, kind="rollback", reason="INC-42", **_named(desk, -2))


def rollback_that_goes_forward(desk: Desk) -> None:
    freeze(desk)
    move = {"kind": "rollback", "reason": "INC-42", "proposed_at": "2026-02-20T09:00:00Z"}
    write_pointer(desk, **move, **_named(desk, -1))


CASES = {
    "pointer-retire-moves": Case(
        "a retirement changes the release of its alias to an older one",
        retired_at_an_older_release,
        {"retirement-moves"},
    ),
    "pointer-retire-of-nothing": Case(
        "an alias that has no live pointer is retired",
        retired_before_it_was_live,
        {"pointer-to-nothing", "retirement-moves"},
    ),
    "pointer-back-after-retirement": Case(
        "a retired alias is promoted to an older release",
        promoted_back_from_a_retirement,
        {"unmarked-rollback"},
    ),
    "pointer-rollback-forward": Case(
        "a rollback goes to a newer release",
        rollback_that_goes_forward,
        {"not-a-rollback"},
    ),
    "pointer-rollback-never-live": Case(
        "a rollback goes to a release that was never live",
        rollback_to_what_was_never_live,
        {"not-a-rollback"},
    ),
    "pointer-to-nothing": Case(
        "a pointer names a missing release",
        lambda desk: write_pointer(desk, release="alr_2026_02_10_777"),
        {"pointer-to-nothing"},
    ),
    "pointer-digest": Case(
        "a pointer names a release under another digest",
        lambda desk: write_pointer(desk, sha256="0" * 64),
        {"pointer-mismatch"},
    ),
    "pointer-alias": Case(
        "a pointer names a release that has no such alias",
        lambda desk: (
            shutil.copy(
                desk.releases / "live" / "code.fast.json", desk.releases / "live" / "code.new.json"
            ),
            write_pointer(desk, "code.new", alias="code.new"),
        )[1],
        {"pointer-to-nothing"},
    ),
    "pointer-misnamed": Case(
        "a pointer has the file name of another alias",
        lambda desk: write_pointer(desk, alias="auto.balanced"),
        {"misnamed-pointer"},
    ),
    "pointer-by-hand": Case(
        "a pointer is written in another layout",
        replace_text("releases/live/code.fast.json", '"generation": 2', '"generation":  3'),
        {"not-canonical"},
    ),
    "pointer-generation": Case(
        "a pointer keeps its generation",
        lambda desk: write_pointer(desk, generation=2, reason="another"),
        {"generation-not-above"},
    ),
    "pointer-generation-back": Case(
        "a pointer's generation goes back",
        lambda desk: write_pointer(desk, generation=1),
        {"generation-not-above"},
    ),
    "pointer-generation-far": Case(
        "a pointer's generation leaves no room for another move",
        lambda desk: write_pointer(desk, generation=2**53 - 1),
        {"generation-jumps"},
    ),
    "pointer-from-the-future": Case(
        "a pointer is dated in years to come",
        lambda desk: write_pointer(desk, proposed_at="2099-01-01T00:00:00Z"),
        {"created-in-the-future"},
    ),
    "pointer-behind": Case(
        "a pointer moves to a draft, and the branch has a newer draft",
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
        "a file in live/ is not a pointer",
        lambda desk: write(desk, "releases/live/README", "hello\n"),
        {"not-a-pointer-file"},
    ),
}
