"""A pull request from what is live now: beside the checkout, in any state of that.

What is live is fetched; the change is made and committed in a work tree of its own; its commit is
pushed as a new branch, and the pull request is opened. Until the push nothing is left of a failure,
here or there. After it all that can fail is the opening, and the page for that is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from zumik.actions.publishing.own_work_tree import own_work_tree
from zumik.actions.session import Session
from zumik.core.basics.display import neutral
from zumik.core.live.published import AnswerChange, Published, PullRequest
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.settings_in_text import live_ref_setting

if TYPE_CHECKING:
    from zumik.git.repository import Repository

_LONGEST_NAME = 60


@contextmanager
def work_tree_of_live(
    session: Session, command: str, waiting: Callable[[str], None]
) -> Iterator[Session]:
    """The session of a writer in a work tree of what `live_ref` has now, after a fetch.

    The settings of the checkout need not be valid. Raises CannotRun where there is no remote to
    fetch from, or nothing came.
    """
    from zumik.git.remotes import fetch_branch, live_branch

    repository = session.repository
    live_ref = live_ref_setting(session.store.tree)
    remote, base = live_branch(repository, live_ref)
    assert live_ref is not None
    session.progress(f"fetching {live_ref}")
    fetch_branch(repository, remote, base)
    with own_work_tree(session, command, waiting, f"refs/remotes/{remote}/{base}") as inner:
        landed = inner.settings.live_ref
        if landed != live_ref:
            raise CannotRun(
                f"zumik.yaml on {live_ref} has the live_ref {landed}, and here it has {live_ref}",
                hint=f"set live_ref: {landed} here too, and run the command again",
            )
        yield inner


def branch_for(message: str, now: datetime) -> str:
    """The name of a new branch: what the change does, and when, so that no two are the same."""
    # The release is in the pull request, and would make the name as long again.
    subject = message.partition("\n")[0].partition(" to alr_")[0].lower()
    words = re.sub(r"[^a-z0-9]+", "-", subject)[:_LONGEST_NAME].strip("-")
    return f"zumik/{words}-{now:%Y%m%d-%H%M%S}"


def proposed(session: Session, done: Published, message: str) -> Published:
    """A commit on a new branch, pushed, and its pull request opened or its page found.

    The branch is the remote's alone: here only the commit stays. Raises CannotRun where the push
    failed; nothing is left then.
    """
    from zumik.git.remotes import live_branch, push_new, remote_urls

    assert session.checkout is not None
    assert done.branch is not None
    # A remote's address may be relative to the checkout.
    repository = session.checkout.repository
    remote, base = live_branch(repository, done.live_ref)
    commit = _taken_off(session.repository, done.branch)
    session.checkout.progress(f"pushing {done.branch} to {remote}")
    remarks = push_new(repository, remote, done.branch, commit)
    done = done._replace(pushed_to=f"{remote}/{done.branch}")
    try:
        addresses = remote_urls(repository, remote)
        request = _opened(session, done, addresses, remarks, base, message)
    except ZumikError as error:
        # It is pushed, and that has to be reported even if something else fails.
        request = PullRequest(base, None, is_open=False, said=remarks, problem=error)
    return done._replace(pull_request=request)


def _taken_off(repository: Repository, branch: str) -> str:
    """The commit of the branch in the work tree of its own, which is on no branch from now on."""
    from zumik.git.repository import HEADS

    commit = repository.parsed("HEAD^{commit}")
    assert commit is not None
    repository.change("update-ref", "--no-deref", "HEAD", commit)
    repository.change("update-ref", "-d", f"{HEADS}{branch}", commit)
    return commit


def _opened(
    session: Session,
    done: Published,
    addresses: Sequence[str],
    remarks: tuple[str, ...],
    base: str,
    message: str,
) -> PullRequest:
    from zumik.git.pull_requests import NotOpened, open_pull_request, page_said, project_at

    assert done.branch is not None
    named, project = page_said(remarks)
    project = project_at(addresses) or project
    page = project.page(done.branch, base) if project is not None else named
    request = PullRequest(base, page, is_open=False, said=() if page else remarks)
    if project is None or project.program is None:
        return request
    assert session.checkout is not None
    session.checkout.progress("opening the pull request")
    title, _, reason = message.partition("\n")
    try:
        url = open_pull_request(
            project,
            session.repository.root,
            session.environment,
            branch=done.branch,
            base=base,
            title=title,
            text=_text_of(reason, done.answers),
        )
    except NotOpened as error:
        hint = f"the branch is pushed to {done.pushed_to}; open the pull request: {page}"
        return request._replace(problem=NotOpened(error.message, hint=hint))
    return request._replace(url=url, is_open=True)


def _text_of(reason: str, answers: Sequence[AnswerChange]) -> str:
    """What the pull request says: why, and who answers for each alias once it is merged."""
    rows = [
        f"| `{each.alias}` | {_model(each.before)} | {_model(each.after)} |" for each in answers
    ]
    table = ["| alias | answers now | answers when this is merged |", "|---|---|---|", *rows]
    parts = [_neutral_lines(reason.strip()), "\n".join(table) if rows else ""]
    return "\n\n".join(part for part in parts if part)


def _model(name: str | None) -> str:
    return "no model" if name is None else f"`{name}`"


def _neutral_lines(text: str) -> str:
    """A text with what could steer a terminal made visible; its lines stay."""
    return "\n".join(neutral(line) for line in text.splitlines())
