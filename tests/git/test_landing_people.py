"""Who moved a file on the line of commits: never more than git says, and no guess."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.git.ssh_keys import Keys

from zumik.core.live.move_people import Approval, MovePeople, Person
from zumik.git.first_parent_history import FirstParentHistory
from zumik.git.landing_people import LandingPeople
from zumik.git.repository import Repository

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FILE = "live/code.fast.json"
ADA, BOB, CAROL = (Person(name, f"{name.lower()}@example.org") for name in ("Ada", "Bob", "Carol"))
GITHUB = Person("GitHub", "noreply@github.com")
NO_MERGE = ("who merged is unknown: there is no merge commit",)


@dataclass
class Scene:
    """A repository with one file on main, which branches change."""

    root: Path
    count: int = field(default=0)

    def git(self, *words: str, author: Person = ADA, committer: Person | None = None) -> str:
        by = committer or author
        env = {
            **os.environ,
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_COMMITTER_NAME": by.name,
            "GIT_COMMITTER_EMAIL": by.email,
        }
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=env, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def change(
        self, author: Person = ADA, committer: Person | None = None, message: str = "m", *more: str
    ) -> None:
        self.count += 1
        (self.root / FILE).write_text(f"{self.count}\n")
        self.git("add", FILE, author=author)
        self.git(
            "commit", "--quiet", "--all", "-m", message, *more, author=author, committer=committer
        )

    def branch(self, name: str, *authors: Person) -> None:
        self.git("checkout", "--quiet", "-b", name, "main")
        for author in authors:
            self.change(author)
        self.git("checkout", "--quiet", "main")

    def aside(self) -> None:
        """A commit on main that changes something else."""
        self.git("commit", "--quiet", "--allow-empty", "-m", "aside")

    def merge(
        self, *branches: str, author: Person, committer: Person | None = None, message: str = "m"
    ) -> None:
        self.git(
            *("merge", "--quiet", "--no-ff", "-m", message, *branches),
            author=author,
            committer=committer,
        )

    def rewrite(self, old: bytes, new: bytes) -> None:
        """Make the newest commit's object another one, as it is."""
        data = subprocess.run(
            ["git", "cat-file", "commit", "HEAD"], cwd=self.root, capture_output=True, check=True
        ).stdout
        assert old in data
        made = subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
            input=data.replace(old, new),
            cwd=self.root,
            capture_output=True,
            check=True,
        ).stdout.decode()
        self.git("update-ref", "refs/heads/main", made.strip())

    def all(self, ref: str = "main") -> list[MovePeople]:
        """The people of each change on the line, newest first."""
        history = FirstParentHistory(Repository.containing(self.root), ref, NOW)
        commits = [version.commit for version in history.versions_of(self.root / FILE)]
        found = LandingPeople(history, self.root / FILE).of(commits)
        return [found[commit] for commit in commits if commit in found]

    def last(self) -> MovePeople:
        return self.all()[0]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    root = tmp_path / "repo"
    (root / "live").mkdir(parents=True)
    made = Scene(root)
    made.git("init", "--quiet", "-b", "main")
    made.change(ADA)
    return made


def test_a_merge_commit_names_the_branch_s_author_and_who_merged(scene: Scene) -> None:
    scene.branch("b", BOB)
    proposed = scene.git("rev-parse", "b")
    scene.aside()
    scene.merge("b", author=CAROL)
    found = scene.last()
    assert (found.proposer, found.merger, found.committer) == (BOB, CAROL, CAROL)
    assert (found.proposed_in, found.unknown) == (proposed[:10], ())


def test_of_a_merge_by_github_the_author_merged(scene: Scene) -> None:
    scene.branch("b", BOB)
    scene.merge("b", author=CAROL, committer=GITHUB)
    assert (scene.last().proposer, scene.last().merger) == (BOB, CAROL)


def test_a_merge_that_a_service_made_alone_names_nobody(scene: Scene) -> None:
    scene.branch("b", BOB)
    scene.merge("b", author=GITHUB)
    found = scene.last()
    assert (found.proposer, found.merger) == (BOB, None)
    assert found.unknown == (
        "who merged is unknown: GitHub committed it and does not record who merged",
    )


def test_a_bot_is_named_as_it_is(scene: Scene) -> None:
    bot = Person("queue[bot]", "1+queue[bot]@users.noreply.github.com")
    scene.branch("b", BOB)
    scene.merge("b", author=bot, committer=GITHUB)
    merger = scene.last().merger
    assert merger == bot
    assert merger.is_bot


def test_a_squash_by_github_does_not_say_who_merged(scene: Scene) -> None:
    scene.change(BOB, GITHUB, "Move (#7)")
    found = scene.last()
    assert (found.proposer, found.merger, found.committer) == (BOB, None, GITHUB)
    assert found.unknown == (
        "who merged is unknown: GitHub committed it and does not record who merged",
    )


def test_a_rebase_names_who_committed_and_no_merger(scene: Scene) -> None:
    scene.branch("b", BOB)
    scene.aside()
    scene.git("checkout", "--quiet", "b")
    scene.git("rebase", "--quiet", "main", author=CAROL)
    scene.git("checkout", "--quiet", "main")
    scene.git("merge", "--quiet", "--ff-only", "b")
    found = scene.last()
    assert (found.proposer, found.merger, found.committer) == (BOB, None, CAROL)
    assert found.unknown == NO_MERGE


def test_a_fast_forward_has_no_merger(scene: Scene) -> None:
    scene.branch("b", BOB, CAROL)
    scene.git("merge", "--quiet", "--ff-only", "b")
    assert [found.proposer for found in scene.all()] == [CAROL, BOB, ADA]
    assert {found.unknown for found in scene.all()} == {NO_MERGE}


def test_the_author_of_what_landed_proposed_it_and_not_an_earlier_commit(scene: Scene) -> None:
    scene.branch("b", BOB, CAROL)
    scene.git("checkout", "--quiet", "b")
    (scene.root / "other").write_text("later\n")
    scene.git("add", "other")
    scene.git("commit", "--quiet", "-m", "Something else", author=BOB)
    scene.git("checkout", "--quiet", "main")
    scene.merge("b", author=ADA)
    assert scene.last().proposer == CAROL


def test_an_octopus_finds_the_branch_that_changed_the_file(scene: Scene) -> None:
    scene.branch("b", BOB)
    for name in ("c", "d"):
        scene.git("checkout", "--quiet", "-b", name, "main")
        (scene.root / name).write_text(name)
        scene.git("add", name)
        scene.git("commit", "--quiet", "-m", name, author=ADA)
        scene.git("checkout", "--quiet", "main")
    scene.aside()
    scene.merge("c", "b", "d", author=CAROL)
    assert len(scene.git("rev-parse", "HEAD^@").split()) == 4
    assert (scene.last().proposer, scene.last().merger) == (BOB, CAROL)


def test_a_branch_that_came_through_another_keeps_its_author(scene: Scene) -> None:
    scene.branch("inner", BOB)
    scene.git("checkout", "--quiet", "-b", "outer", "main")
    scene.aside()
    scene.merge("inner", author=CAROL)
    scene.git("checkout", "--quiet", "main")
    scene.aside()
    scene.merge("outer", author=ADA)
    assert (scene.last().proposer, scene.last().merger) == (BOB, ADA)


def test_what_the_merge_itself_wrote_is_proposed_by_its_author(scene: Scene) -> None:
    scene.branch("b", BOB)
    scene.git("merge", "--quiet", "--no-ff", "--no-commit", "b")
    scene.change(CAROL, None, "Merged by hand")
    found = scene.last()
    assert (found.proposer, found.merger) == (CAROL, CAROL)
    assert found.proposed_in == scene.git("rev-parse", "HEAD")[:10]


def test_each_merge_has_the_author_of_its_own_branch(scene: Scene) -> None:
    for number, author in enumerate((BOB, CAROL, BOB)):
        scene.branch(f"b{number}", author)
        scene.aside()
        scene.merge(f"b{number}", author=ADA)
    assert [found.proposer for found in scene.all()] == [BOB, CAROL, BOB, ADA]


def test_a_removal_has_people_too(scene: Scene) -> None:
    scene.git("checkout", "--quiet", "-b", "b")
    scene.git("rm", "--quiet", FILE)
    scene.git("commit", "--quiet", "-m", "Remove", author=BOB)
    scene.git("checkout", "--quiet", "main")
    scene.merge("b", author=CAROL)
    assert (scene.last().proposer, scene.last().merger) == (BOB, CAROL)


# Trailers


def test_trailers_of_the_commit_that_landed_name_approvers(scene: Scene) -> None:
    message = "Move\n\nreviewed-by: Bob\nApproved-by: Carol\n Of X <c@x.org>\nAcked-by: X"
    scene.change(ADA, None, message)
    assert scene.last().approvals == (
        Approval("Reviewed-by", "Bob"),
        Approval("Approved-by", "Carol Of X <c@x.org>"),
    )


def test_only_the_last_paragraph_has_trailers_and_settings_add_none(scene: Scene) -> None:
    scene.git("config", "trailer.separators", "#=")
    scene.git("config", "trailer.approved-by.key", "Approved-by#")
    scene.change(ADA, None, "Move\n\nApproved-by: Bob\n\nThe end.")
    assert scene.last().approvals == ()
    scene.change(ADA, None, "Move\n\nApproved-by:\nApproved-by: Carol")
    assert scene.last().approvals == (Approval("Approved-by", "Carol"),)


# Signatures


@pytest.fixture
def signing(scene: Scene, keys: Keys) -> Callable[..., None]:
    """Makes a change, signed with a key; sets allowedSigners to the keys of these people."""

    def sign(key: str, *allowed: str, options: str = "") -> None:
        scene.git("config", "gpg.format", "ssh")
        scene.git("config", "user.signingKey", str(keys.file(key)))
        if allowed:
            lines = [f"{name}@example.org {options}{keys.public(name)}\n" for name in allowed]
            (scene.root.parent / "allowed").write_text("".join(lines))
            scene.git("config", "gpg.ssh.allowedSignersFile", str(scene.root.parent / "allowed"))
        scene.change(ADA, None, "signed", "-S")

    return sign


def test_a_commit_without_a_signature_is_not_signed(scene: Scene) -> None:
    assert scene.last().signature.word == "none"


def test_a_known_key_names_its_signer(scene: Scene, signing: Callable[..., None]) -> None:
    signing("ada", "ada", "bob")
    found = scene.last().signature
    assert (found.word, found.signer) == ("good", "ada@example.org")
    assert (found.key or "").startswith("SHA256:")


def test_a_key_that_is_not_allowed_is_unknown(scene: Scene, signing: Callable[..., None]) -> None:
    signing("bob", "ada")
    found = scene.last().signature
    assert (found.word, found.signer) == ("unknown-key", None)
    assert (found.key or "").startswith("SHA256:")


@pytest.mark.parametrize("allowed", [("ada",), ("bob",)])
def test_a_signature_of_another_commit_is_bad(
    scene: Scene, signing: Callable[..., None], allowed: tuple[str]
) -> None:
    signing("ada", *allowed)
    scene.rewrite(b"\n\nsigned", b"\n\nforged")
    assert scene.last().signature.word == "bad"


def test_a_key_that_may_not_sign_commits_is_not_good(
    scene: Scene, signing: Callable[..., None]
) -> None:
    signing("ada", "ada", options='namespaces="file" ')
    assert scene.last().signature.word in ("bad", "unknown-key")


@pytest.mark.parametrize("forged", [False, True])
def test_without_allowed_signers_nothing_was_checked(
    scene: Scene, signing: Callable[..., None], forged: bool
) -> None:
    signing("ada")
    if forged:
        scene.rewrite(b"\n\nsigned", b"\n\nforged")
    found = scene.last().signature
    assert found.word == "not-checked"
    assert found.why == "no allowedSigners: git config gpg.ssh.allowedSignersFile is not set"


@pytest.mark.parametrize("program", ["gpg", "/nonexistent/gpg"])
def test_a_pgp_signature_of_an_unknown_key_is_not_checked(scene: Scene, program: str) -> None:
    scene.git("config", "gpg.program", program)
    text = b"-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
    scene.rewrite(b"\n\n", b"\ngpgsig " + text + b"\n\n")
    assert scene.last().signature.word in ("not-checked", "bad")
    assert scene.last().signature.signer is None


# Hostile clones and commits


def test_a_mailmap_renames_nobody(scene: Scene) -> None:
    (scene.root / ".mailmap").write_text("Mallory <m@example.org> <ada@example.org>\n")
    scene.git("config", "log.mailmap", "true")
    assert scene.last().proposer == ADA


def test_replaced_and_grafted_objects_change_nothing(scene: Scene) -> None:
    scene.branch("b", BOB)
    scene.aside()
    scene.merge("b", author=CAROL)
    before = scene.all()
    merge, tree = scene.git("rev-parse", "HEAD", "HEAD^{tree}").split()
    other = scene.git("commit-tree", "-m", "x", "-p", "HEAD~1", tree, author=ADA)
    scene.git("replace", merge, other)
    grafts = scene.root / ".git/info/grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{merge}\n")
    assert scene.all() == before


@pytest.mark.parametrize(
    "name",
    [b"\xff\xfe", b"\x1b[31mred", b"A" * 10_000, b"", b"a\tb\x07", b"Ada\r\xe2\x80\xaeevil"],
)
def test_hostile_names_stay_in_their_place(scene: Scene, name: bytes) -> None:
    scene.change(BOB)
    scene.rewrite(b"author Bob <", b"author " + name + b" <")
    found = scene.all()
    assert [each.committer for each in found] == [BOB, ADA]
    assert found[0].proposer is not None
    assert found[0].proposer.email == BOB.email
    assert found[1].proposer == ADA


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"author Bob", b"author \0Mallory\0"),
        (b"author Bob <bob@example.org>", b"author Mallory"),
        (b"committer Bob", b"x y\ncommitter \0"),
        (b"\n\nm", b"\n\nm\0\n\nApproved-by: Mallory"),
    ],
)
def test_a_broken_commit_moves_no_name_to_another_commit(
    scene: Scene, old: bytes, new: bytes
) -> None:
    scene.change(BOB)
    scene.rewrite(old, new)
    found = scene.all()
    assert len(found) == 2
    assert (found[1].proposer, found[1].committer) == (ADA, ADA)
    assert "Mallory" not in str(found[0].approvals)


def test_a_shallow_clone_says_that_it_does_not_have_the_branch(
    scene: Scene, tmp_path: Path
) -> None:
    scene.branch("b", BOB)
    scene.git("checkout", "--quiet", "b")
    for _ in range(4):
        scene.aside()
    scene.git("checkout", "--quiet", "main")
    for _ in range(4):
        scene.aside()
    scene.merge("b", author=CAROL)
    known = []
    for depth in (2, 3, 5, 6, 9):
        clone = tmp_path / f"depth-{depth}"
        scene.git("clone", "--quiet", f"--depth={depth}", scene.root.as_uri(), str(clone))
        (found,) = [each for each in Scene(clone).all() if each.merger is not None]
        assert found.merger == CAROL
        assert found.proposer in (BOB, None)
        unknown = [word for word in found.unknown if word.startswith("who proposed is unknown")]
        assert bool(unknown) == (found.proposer is None)
        known.append(found.proposer is not None)
    assert (known[0], known[-1]) == (False, True)


def test_2000_commits_need_no_more_processes_than_few(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "started"
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    path = os.environ["PATH"]
    program.write_text(f"#!/bin/sh\necho >> '{log}'\nPATH='{path}' exec git \"$@\"\n")
    program.chmod(0o755)

    def counted(merges: int) -> int:
        stream = []
        for number in range(merges):
            change = f"M 100644 inline {FILE}\ndata 5\n{number:04}\n\n"
            start = "from refs/heads/main\n" if number else ""
            for name, parent in (("side", start), ("main", "merge refs/heads/side\n")):
                stream.append(
                    f"commit refs/heads/{name}\ncommitter {name} <{name}@example.org> "
                    f"{1_770_000_000 + number} +0000\ndata 2\nm\n{parent}{change}"
                )
        scene.git("checkout", "--quiet", "--detach")
        for name in ("main", "side"):
            scene.git("update-ref", "-d", f"refs/heads/{name}")
        subprocess.run(
            ["git", "fast-import", "--quiet"],
            input="".join(stream).encode(),
            cwd=scene.root,
            check=True,
        )
        log.write_text("")
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{program.parent}{os.pathsep}{path}")
            found = scene.all()
        assert len(found) == merges
        people = {(each.proposer, each.merger) for each in found[:-1]}
        assert [(str(by), str(merged)) for by, merged in people] == [
            ("side <side@example.org>", "main <main@example.org>")
        ]
        return len(log.read_text())

    assert 0 < counted(3) == counted(1000)
