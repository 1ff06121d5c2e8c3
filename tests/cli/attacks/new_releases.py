"""A new release that policy and catalog do not give, or that breaks the line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.cli.attacks.case import DAY, LATER, Case
from tests.cli.attacks.edits import append, forge, freeze, frozen, land, relative, write
from tests.cli.conversation import Desk


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


def forged_incumbent(tree: dict[str, Any]) -> None:
    alias = tree["aliases"]["auto.balanced"]
    alias["incumbent"]["model"] = alias["ranking"][1]


def backfilled_and_promoted(desk: Desk) -> None:
    desk.now += timedelta(days=300)
    words = ("--as-of", "2026-02-12", "--note", "As it was", "--allow-unchanged")
    assert desk.zumik("release", "create", *words).exit_code == 0
    assert desk.zumik("alias", "promote", "code.fast", "--latest").exit_code == 0


def upstream(desk: Desk) -> None:
    path = desk.releases / "catalog" / "globex.yaml"
    text = path.read_text()
    model = "  swift:\n"
    assert model in text
    text = text.replace(model, f"{model}    upstream: {{model: swift-x}}\n")
    write(desk, relative(desk, path), text)
    freeze(desk)


def confidential_then(text: str) -> Callable[[Desk], None]:
    """A branch after a provider was confidential; `text` is what its file then says of it."""

    def do(desk: Desk) -> None:
        catalog = "releases/catalog/acme.yaml"
        before = (desk.repo / catalog).read_text()
        said = [
            before.replace("provider: acme\n", f"provider: acme\n{line}")
            for line in ("confidential: true\n", text)
        ]
        land(desk, lambda desk: (write(desk, catalog, said[0]), freeze(desk))[1])
        desk.git("reset", "--quiet", "--hard", "origin/main")
        write(desk, catalog, said[1])
        freeze(desk)

    return do


def confidential_came_back(desk: Desk) -> None:
    """A provider that only an older release marks is added again, without the flag."""
    catalog = "releases/catalog/acme.yaml"
    text = (desk.repo / catalog).read_text()
    hidden = text.replace("provider: acme\n", "provider: acme\nconfidential: true\n")
    land(desk, lambda desk: (write(desk, catalog, hidden), freeze(desk))[1])
    land(desk, lambda desk: (write(desk, catalog, "provider: acme\nmodels: {}\n"), None)[1])
    desk.git("reset", "--quiet", "--hard", "origin/main")
    write(desk, catalog, text)
    freeze(desk)


CASES = {
    "edited-after-freezing": Case(
        "policy is edited after the release was frozen",
        edited_after_freezing,
        {"not-what-policy-freezes-to"},
        warnings=frozenset({"unreleased-changes"}),
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
        "a new release has facts that the catalog lacks",
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
    "backfilled-and-promoted": Case(
        "a release is backfilled to a day long ago, and promoted",
        backfilled_and_promoted,
        set(),
        0,
        frozenset({"promoted-backfill"}),
    ),
    "long-note": Case(
        "the note of a new release has 5,000 characters",
        lambda desk: forge(desk, lambda tree: tree.update(note="word " * 1000)),
        {"text-too-long"},
    ),
    "unknown-key": Case(
        "a new release has an unknown key",
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
    "upstream": Case(
        "the same id now asks the provider for another model",
        upstream,
        set(),
        0,
        frozenset({"upstream-changed"}),
    ),
    "confidential": Case(
        "a provider's flag that it is confidential is dropped",
        confidential_then(""),
        {"confidential-unsaid"},
    ),
    "confidential-said-no": Case(
        "a provider is said to be confidential no longer",
        confidential_then("confidential: false\n"),
        set(),
        0,
        frozenset({"confidential-no-longer"}),
    ),
    "confidential-again": Case(
        "a provider that an older release marks comes back without the flag",
        confidential_came_back,
        {"confidential-unsaid"},
    ),
}
