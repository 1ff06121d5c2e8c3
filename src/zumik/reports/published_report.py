"""How far a change has come, in words: whether it is live, the next command, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from zumik.core.basics.display import neutral
from zumik.core.live.published import Published

DIGEST_NOT_KNOWN = "(the digest holds the time, so that only the real run gives it)"


def status_to_text(done: Published, live: str = "LIVE") -> str:
    """Whether the change is live, and where it is until then.

    `live` is the word for what it then is: LIVE, WITHDRAWN, IN FORCE.
    """
    if done.dry_run:
        return "dry run: nothing was written"
    if done.commit is None:
        until = f" until committed and merged to {done.live_ref}" if done.live_ref else ""
        return f"NOT {live}{until or ': not committed yet'}"
    where = f"committed as {done.commit}"
    if done.branch is not None:
        where += f" on the new branch {done.branch}"
    if done.pushed_to is not None:
        where += f", pushed to {done.pushed_to}"
    if done.live_ref is None:
        return f"{where}; no live_ref is set, so this branch is what counts"
    if done.problem is not None:
        return f"{where}; git cannot say whether it is {live}: {done.problem}"
    if done.is_live:
        return f"{live} on {done.live_ref}, {where}"
    unknown = "" if done.live_ref_is_known else f" ({done.live_ref} is not known here)"
    return f"NOT {live} until merged to {done.live_ref}{unknown}; {where}"


def next_step(done: Published) -> str | None:
    """What a person does next so that the change becomes live; None where nothing is left."""
    if done.pushed_to is not None:
        return f"open the pull request for {done.pushed_to}"
    further = done.next_command
    # A change on the live branch itself has no pull request: the push makes it live.
    if further is not None and done.by_pull_request:
        further += ", and open the pull request"
    commit = commit_command(done) if done.commit is None else None
    return ", then ".join(step for step in (commit, further) if step) or None


def commit_command(done: Published) -> str:
    """What a person types to commit what was only written."""
    return f"git add {done.directory} && git commit"


def same_options(done: Published | None) -> str:
    """Options for the command that undoes it: what is not committed cannot be committed over."""
    return " --no-commit" if done is not None and done.commit is None else ""


def published_to_text(
    done: Published,
    *,
    live: str = "LIVE",
    notes: Sequence[str] = (),
    then: str | None = None,
    undo: str | None = None,
) -> str:
    """The status, the notes below it, the next step and the way back.

    `then` is the next step where it is not to make the change live. A change on a new branch of its
    own is undone with the branch, even where `undo` says otherwise.
    """
    lines = ["", status_to_text(done, live), *_along(done), *notes]
    if not done.dry_run:
        if done.branch is not None and undo is not None:
            undo = _drop_branch(done, done.branch)
        step = then or next_step(done)
        parts = [f"next: {step}"] if step else []
        parts += [f"to undo: {undo}"] if undo else []
        lines += ["; ".join(parts)] if parts else []
    return "\n".join(lines)


def _along(done: Published) -> list[str]:
    """What the commit holds besides what the command wrote."""
    if not done.along:
        return []
    would = "would take" if done.dry_run else "took"
    return [f"the commit {would} your edits along: {', '.join(done.along)}"]


def _drop_branch(done: Published, branch: str) -> str:
    """The commands that leave a new branch and delete it, where it was pushed to as well."""
    name = quote(neutral(branch))
    steps = ["git switch --detach -" if done.was_detached else "git switch -"]
    steps.append(f"git branch -D {name}")
    if done.pushed_to is not None:
        remote = done.pushed_to.removesuffix(f"/{branch}")
        steps.append(f"git push {quote(neutral(remote))} --delete {name}")
    return " && ".join(steps)


def published_to_json(done: Published) -> dict[str, object]:
    """The commit and where it is; nothing for a dry run."""
    if done.dry_run:
        return {}
    return {"commit": done.commit, "branch": done.branch, "pushed_to": done.pushed_to}
