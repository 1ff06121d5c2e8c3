"""How far a change has come, in words: whether it is live, the next command, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from zumik.core.basics.display import neutral
from zumik.core.live.published import Published

TRAFFIC_WORDS = ("LIVE", "IN FORCE")
"""The words for changes that reach gateways: by a bundle, which holds pointers and drains."""

DIGEST_NOT_KNOWN = "(the digest holds the time, so that only the real run gives it)"


def status_to_text(done: Published, live: str = "LIVE") -> str:
    """Whether the change is live, and where it is until then.

    `live` is the word for what it then is: LIVE, WITHDRAWN, IN FORCE.
    """
    if done.dry_run:
        return "dry run: nothing was written"
    if done.pull_request is not None:
        pushed = f"committed as {done.commit}, pushed to {done.pushed_to}"
        return f"NOT {live} until merged to {done.live_ref}; {pushed}"
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
    request = done.pull_request
    if request is not None and request.url is not None:
        step = "merge" if request.is_open else "open the pull request, and merge it:"
        return f"{step} {request.url}"
    if done.pushed_to is not None:
        return f"open the pull request for {done.pushed_to} where you host it"
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
        if done.pull_request is not None:
            lines += [f"the remote said: {line}" for line in done.pull_request.said]
        if done.branch is not None and (undo is not None or done.pull_request is not None):
            undo = _drop_branch(done, done.branch)
        step = then or next_step(done)
        parts = [f"next: {step}"] if step else []
        parts += [f"to undo: {undo}"] if undo else []
        lines += ["; ".join(parts)] if parts else []
        steps = steps_to_traffic(done) if live in TRAFFIC_WORDS and then is None else ()
        lines += [f"way to traffic: {' → '.join(steps)}"] if steps else []
    return "\n".join(lines)


def steps_to_traffic(done: Published) -> tuple[str, ...]:
    """What has to follow until gateways answer by a change, in order."""
    request, live_ref = done.pull_request, done.live_ref
    steps = ["commit"] if done.commit is None else []
    if live_ref is not None and not done.is_live:
        if request is not None or done.by_pull_request:
            is_open = request is not None and request.is_open
            steps += (
                [f"merge into {live_ref}"]
                if is_open
                else ["pull request", f"merge into {live_ref}"]
            )
        else:
            pushes = "git push" in (done.next_command or "")
            steps.append(f"{'push' if pushes else 'merge'} to {live_ref}")
    if done.bundle_job is not None:
        return (*steps, f"job {done.bundle_job} publishes live.json", "gateways fetch it")
    return (*steps, "zumik bundle -o live.json", "gateways read live.json")


def _along(done: Published) -> list[str]:
    """What the commit holds besides what the command wrote."""
    if not done.along:
        return []
    would = "would take" if done.dry_run else "took"
    return [f"the commit {would} your edits along: {', '.join(done.along)}"]


def _drop_branch(done: Published, branch: str) -> str:
    """The commands that leave a new branch and delete it, where it was pushed to as well."""
    name = quote(neutral(branch))
    if done.pull_request is not None and done.pushed_to is not None:
        remote = done.pushed_to.removesuffix(f"/{branch}")
        return f"git push {quote(neutral(remote))} --delete {name}"
    steps = ["git switch --detach -" if done.was_detached else "git switch -"]
    steps.append(f"git branch -D {name}")
    if done.pushed_to is not None:
        remote = done.pushed_to.removesuffix(f"/{branch}")
        steps.append(f"git push {quote(neutral(remote))} --delete {name}")
    return " && ".join(steps)


def published_to_json(
    done: Published | None, *, live: str = "LIVE", otherwise: str = "nothing to do"
) -> dict[str, object]:
    """How far a change has come; the same keys where nothing was done, as `otherwise` says."""
    made = done if done is not None and not done.dry_run else Published()
    request = made.pull_request
    return {
        "status": status_to_text(done, live) if done else otherwise,
        "dry_run": done is not None and done.dry_run,
        "commit": made.commit,
        "branch": made.branch,
        "pushed_to": made.pushed_to,
        "pull_request": None
        if request is None
        else {"base": request.base, "url": request.url, "open": request.is_open},
    }
