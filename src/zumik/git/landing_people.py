"""Who is behind the commits that landed a file: proposer, merger, signer, approvers.

Git starts as often for one commit as for thousands, but for the signatures that it checks. No
mailmap counts: a file of the branch would choose the names. Trailers are read as
`git interpret-trailers` does, with `:` alone under any settings of the clone.
https://git-scm.com/docs/pretty-formats and https://git-scm.com/docs/git-interpret-trailers
GitLab writes `Approved-by` and `Reviewed-by` where the project's templates ask for it:
https://docs.gitlab.com/user/project/merge_requests/commit_templates/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from zumik.core.live.landed_pointer import UNSHALLOW
from zumik.core.live.move_people import (
    Approval,
    CommitSignature,
    MovePeople,
    Person,
    SignatureWord,
    merger_of,
    why_no_merger,
)
from zumik.git.first_parent_history import FirstParentHistory, LandedVersion
from zumik.git.merge_result import shallow_commits
from zumik.git.repository import Repository

_TRAILERS = ("Approved-by", "Reviewed-by")

# A clone may have other separators, and may rename a trailer where it is shown.
_TRAILER_SETTINGS = (
    *("-c", "trailer.separators=:"),
    *(word for key in _TRAILERS for word in ("-c", f"trailer.{key.lower()}.key={key}")),
)

_FORMAT = "%x00".join(
    (
        *("%H", "%P", "%an", "%ae", "%cn", "%ce", "%G?", "%GS", "%GK"),
        f"%(trailers:{','.join(f'key={key}' for key in _TRAILERS)},only,unfold)",
    )
)

_WORDS: Mapping[str, SignatureWord] = {
    "G": "good",
    "U": "unknown-key",
    "B": "bad",
    "X": "expired",
    "Y": "expired-key",
    "R": "revoked-key",
    "E": "not-checked",
}
"""What `%G?` of git means, but for N: no signature, or one that git did not check."""


_NO_BRANCH = f"who proposed is unknown: this shallow clone lacks the branch: {UNSHALLOW}"


class _Proposal(NamedTuple):
    """A commit that is no merge and changed the file: who wrote it, and what it left there."""

    commit: str
    author: Person
    left: str


class LandingPeople:
    """The people behind the versions of one file on a line of commits."""

    def __init__(self, history: FirstParentHistory, path: Path) -> None:
        self._history = history
        self._repository: Repository = history.repository
        self._path = path
        self._versions = {version.commit: version for version in history.versions_of(path)}

    def of(self, commits: Collection[str]) -> dict[str, MovePeople]:
        """By the commit as a LandedVersion has it; none for the boundary of a shallow clone.

        Raises GitFailed.
        """
        wanted = {
            version.full: version
            for commit, version in self._versions.items()
            if commit in commits and not version.boundary
        }
        if not wanted:
            return {}
        asked = "".join(f"{full}\n" for full in wanted).encode()
        said = self._repository.run(
            *_TRAILER_SETTINGS,
            *("log", "--no-walk=unsorted", "--no-show-signature", "--no-patch"),
            *("--encoding=UTF-8", "-z", f"--format={_FORMAT}", "--stdin"),
            stdin=asked,
        )
        fields = said.split("\0")
        width = _FORMAT.count("%x00") + 1
        rows = [fields[at : at + width] for at in range(0, len(fields) - 1, width)]
        return {wanted[row[0]].commit: self._people(wanted[row[0]], row) for row in rows}

    def _people(self, version: LandedVersion, row: list[str]) -> MovePeople:
        _, parents, name, email, committed_by, committed_at, word, signer, key, trailers = row
        author, committer = Person(name, email), Person(committed_by, committed_at)
        is_merge = len(parents.split()) > 1
        merger = merger_of(author, committer, is_merge=is_merge)
        own = _Proposal(version.full, author, version.left)
        proposal = self._proposal(version, own) if is_merge else own
        unknown = []
        if proposal is None:
            unknown.append(_NO_BRANCH)
        if merger is None:
            unknown.append(f"who merged is unknown: {why_no_merger(committer, is_merge=is_merge)}")
        return MovePeople(
            proposal and proposal.author,
            proposal and proposal.commit[:10],
            merger,
            committer,
            self._signature(version.full, word, signer, key),
            tuple(_approvals(trailers)),
            tuple(unknown),
        )

    # Proposals

    @cached_property
    def _cut(self) -> frozenset[str]:
        return shallow_commits(self._repository)

    def _proposal(self, version: LandedVersion, own: _Proposal) -> _Proposal | None:
        """The change that a merge commit brought; None where a shallow clone does not have it.

        What no commit of the branch left so was written in the merge itself, which is its `own`.
        """
        brought = self._brought.get(version.full, ())
        # The first commit that a shallow clone has of a branch seems to make all that it holds.
        known = [proposal for proposal in brought if proposal.commit not in self._cut]
        for proposal in known:
            if proposal.left == version.left:
                return proposal
        if len(known) < len(brought):
            return None
        return own

    @cached_property
    def _brought(self) -> Mapping[str, Sequence[_Proposal]]:
        """What each commit of the line brought from other parents, newest first.

        A commit of a branch came with the first commit of the line that contains it.
        """
        parents, proposals = self._graph()
        line = []
        commit = next(iter(self._versions.values())).full
        while commit in parents:
            line.append(commit)
            commit = next(iter(parents[commit]), "")
        came_with = dict.fromkeys(line, "")
        for landing in reversed(line):
            waiting = parents[landing][1:]
            while waiting:
                commit = waiting.pop()
                if commit not in came_with and commit in parents:
                    came_with[commit] = landing
                    waiting += parents[commit]
        brought = defaultdict[str, list[_Proposal]](list)
        for proposal in proposals:
            brought[came_with.get(proposal.commit, "")].append(proposal)
        return brought

    def _graph(self) -> tuple[dict[str, list[str]], list[_Proposal]]:
        """The merges and the commits that changed the file: parents of all, and the changes.

        Git drops the commits between them, and lists children before parents.
        """
        said = self._repository.run(
            *("log", "--full-history", "--parents", "--topo-order", "--no-diff-merges"),
            *("--no-renames", "--no-follow", "--no-show-signature", "--encoding=UTF-8"),
            *("--raw", "--no-abbrev", "-z", "--format=%H%x00%P%x00%an%x00%ae"),
            *("--end-of-options", self._repository.qualified(self._history.ref), "--"),
            self._path.relative_to(self._repository.root).as_posix(),
        )
        parents, proposals = dict[str, list[str]](), list[_Proposal]()
        fields = said.split("\0")
        at = 0
        while at + 4 < len(fields):
            commit, before, name, email = fields[at : at + 4]
            parents[commit] = before.split()
            at += 4
            raw = fields[at].lstrip("\n")
            if raw.startswith(":"):
                _, mode, _, blob, _ = raw.split()
                proposals.append(_Proposal(commit, Person(name, email), f"{mode} {blob}"))
                at += 2
        return parents, proposals

    # Signatures

    def _signature(self, commit: str, letter: str, signer: str, key: str) -> CommitSignature:
        word = _WORDS.get(letter)
        if word is not None and word != "not-checked":
            return CommitSignature(word, signer or None, key or None)
        kind = _signature_kind(self._repository.blob(commit))
        if kind is None:
            return CommitSignature("none")
        if word == "not-checked" and key:
            return CommitSignature(
                "not-checked", None, key, f"key {key} is not known on this machine"
            )
        if kind == "SSH" and not self._has_allowed_signers:
            why = "no allowedSigners: git config gpg.ssh.allowedSignersFile is not set"
            return CommitSignature("not-checked", why=why)
        return CommitSignature("not-checked", why=f"git cannot check {kind} signatures here")

    @cached_property
    def _has_allowed_signers(self) -> bool:
        return self._repository.run_any("config", "gpg.ssh.allowedSignersFile").text.strip() != ""


def _signature_kind(commit: bytes) -> str | None:
    """What a commit is signed with, from its header; None where it is not signed."""
    head = commit.partition(b"\n\n")[0]
    for line in head.split(b"\n"):
        if line.startswith(b"gpgsig "):
            return "SSH" if b"SSH SIGNATURE" in line else "PGP" if b"PGP" in line else "X.509"
    return None


def _approvals(trailers: str) -> Iterator[Approval]:
    for line in trailers.split("\n"):
        key, found, who = line.partition(":")
        for trailer in _TRAILERS:
            if found and key.strip().lower() == trailer.lower() and who.strip():
                yield Approval(trailer, who.strip())
