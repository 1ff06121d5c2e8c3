"""OPERATING.md: the night's commands, and a bundle with every release for an old line."""

from __future__ import annotations

import shlex

from tests.cli.conversation import Desk
from tests.cli.test_bundle_fetch import Web
from tests.documents.pages import block_with, show
from tests.documents.typed import place_of, type_lines

PAGE = ".github/OPERATING.md"


def test_a_provider_is_drained_from_a_stale_checkout(started: Desk) -> None:
    shown, done = type_lines(started, block_with(PAGE, "INC-42 --pr\n").commands)
    show(PAGE, shown.command, shown.out)
    assert "openai/" in shown.out
    assert shown.out == done.out
    assert "pushed to origin/zumik/drain" in done.err
    assert len(started.git("ls-remote", "--heads", "origin").splitlines()) == 2


def test_what_is_in_force_is_seen_after_the_merge_in_any_checkout(started: Desk) -> None:
    _, drain = block_with(PAGE, "INC-42 --pr\n").commands
    type_lines(started, [drain])
    (branch,) = [
        line.partition("refs/heads/")[2]
        for line in started.git("ls-remote", "--heads", "origin").splitlines()
        if "zumik/drain" in line
    ]
    started.git("push", "--quiet", "origin", f"origin/{branch}:main")
    _, live = type_lines(started, block_with(PAGE, "alias list --at now").commands)
    assert "drained  anthropic/* until" in live.out


def typed_with_line(desk: Desk, words: str, **replaced: str) -> list[str]:
    """The lines of a block, with a logged line in place of $LINE."""
    line = (place_of(desk) / "decisions.jsonl").read_text().splitlines()[0]
    commands = block_with(PAGE, words).commands
    return [command.replace('"$LINE"', shlex.quote(line)) for command in commands]


def test_a_line_is_explained_in_the_checkout(started: Desk) -> None:
    (explained,) = type_lines(started, typed_with_line(started, 'zumik explain "$LINE"'))
    assert explained.out.splitlines()[0].endswith("reproduced")


def test_a_line_is_explained_and_a_log_replayed_from_the_bundle(started: Desk) -> None:
    lines = typed_with_line(started, "explain --bundle live.json")
    explained, replayed = type_lines(started, lines)
    assert explained.out.splitlines()[0].endswith("reproduced")
    assert replayed.out.startswith("1 call: 1 reproduced; ")


def test_the_line_of_any_release_is_explained_from_the_bundle_with_all(
    started: Desk, web: Web
) -> None:
    made = started.zumik("bundle", "--all-releases", "-o", "every.json")
    assert made.exit_code == 0, made
    web.files["/all.json"] = (place_of(started) / "every.json").read_bytes()
    address = web.url.removesuffix("/live.json")
    lines = typed_with_line(started, "bundle --fetch https")
    _, explained = type_lines(started, [s.replace("https://example.org", address) for s in lines])
    assert explained.out.splitlines()[0].endswith("reproduced")
