"""Who moved a pointer: what the commit that brought it says, and what git does not say.

Every name here is what somebody wrote into a commit. Git proves none of them but the signer.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

# GitHub, GitHub Enterprise and GitLab commit what a person does in the browser under such an
# address; a person's private one is at users.noreply.github.com.
_SERVICE = re.compile(r"no-?reply@.+", re.IGNORECASE | re.DOTALL)

SignatureWord = Literal[
    "good", "unknown-key", "bad", "expired", "expired-key", "revoked-key", "not-checked", "none"
]


class Person(NamedTuple):
    """A name and an e-mail address, as a commit has them."""

    name: str
    email: str

    def __str__(self) -> str:
        """As git writes it."""
        return f"{self.name} <{self.email}>"

    @property
    def is_service(self) -> bool:
        """Whether this is a forge that commits for a person who works in its pages."""
        return _SERVICE.fullmatch(self.email) is not None

    @property
    def is_bot(self) -> bool:
        """Whether this is an app of GitHub's, whose names end so."""
        return self.name.endswith("[bot]")


class CommitSignature(NamedTuple):
    """What git says of a commit's signature, with the keys that this machine knows.

    `why` says why git did not check it.
    """

    word: SignatureWord
    signer: str | None = None
    key: str | None = None
    why: str | None = None


class Approval(NamedTuple):
    """A trailer of a commit's message, such as `Approved-by`; anyone can write one."""

    trailer: str
    who: str


class MovePeople(NamedTuple):
    """Who proposed, merged, committed, signed and approved one move that landed.

    `proposed_in` is the commit that made the change. `unknown` has a sentence for each of proposer
    and merger that git does not name: they are None then.
    """

    proposer: Person | None
    proposed_in: str | None
    merger: Person | None
    committer: Person
    signature: CommitSignature
    approvals: tuple[Approval, ...]
    unknown: tuple[str, ...]


def merger_of(author: Person, committer: Person, *, is_merge: bool) -> Person | None:
    """Who merged, from the people of the commit that landed; None where that is not recorded.

    GitHub's merge button makes the person the author and itself the committer:
    https://github.com/isaacs/github/issues/1368 and
    https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
    A squash or a rebase has one parent, and its committer is GitHub, or who rebased.
    """
    if not is_merge:
        return None
    person = author if committer.is_service else committer
    return None if person.is_service else person


def why_no_merger(committer: Person, *, is_merge: bool) -> str:
    """Why the commit does not say who merged."""
    if committer.is_service:
        return f"{committer.name} committed it and does not record who merged"
    if is_merge:
        return "a service made the merge commit and does not record who merged"
    return "there is no merge commit"
