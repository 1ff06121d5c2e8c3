"""Start a workspace: a `releases/` directory with the example's policy and catalog, or a frame.

For a team's own providers the example is kept to their models.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from zumik.actions.own_source import own_source
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.tree import MARKER
from zumik.core.reviews.outcomes import MadeWorkspace
from zumik.core.reviews.team_policy import TeamAlias, team_policy
from zumik.errors import SOURCE, AnswerIsNo, CannotRun, UsageError, ZumikError
from zumik.resources import example_files
from zumik.transaction.file_plan import NewBytes, write_together
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.check_jobs import jobs_of
from zumik.workspace.example_tree import ExampleTree
from zumik.workspace.new_workspace import LIVE_REF, new_workspace
from zumik.workspace.settings import ref_name
from zumik.workspace.store import BESIDE, DIRECTORY, workspaces_at

if TYPE_CHECKING:
    from zumik.git.repository import Repository


def example_providers() -> Mapping[str, int]:
    """The providers of the example's catalog, each with the number of its models."""
    found: dict[str, int] = {}
    for model in sorted(_example().models.values()):
        if model.variant_of is None:
            found[model.id.provider] = found.get(model.id.provider, 0) + 1
    return found


def init_workspace(
    directory: Path,
    *,
    empty: bool,
    dry_run: bool,
    providers: Sequence[str] = (),
    service: str | None = None,
    today: date | None = None,
) -> MadeWorkspace:
    """Write the files of a new workspace; nothing is committed.

    With `providers` it holds their models alone, and the aliases that these can serve `today`. With
    `service`, github or gitlab, the jobs that check pull requests and publish the bundle are
    written too; where there is a workspace already, the jobs alone.

    Raises UsageError for an unknown provider, AnswerIsNo where the providers can serve no alias,
    and CannotRun where the directory is missing or has a workspace. Beside another `releases` the
    workspace is called `aliases`.
    """
    team: tuple[TeamAlias, ...] = ()
    if providers:
        assert today is not None, "what is eligible depends on the day"
        team = _team(providers, today)
    if not directory.is_dir():
        raise CannotRun(
            f"no directory {neutral(str(directory))}",
            hint=f"make it first: mkdir -p {quote(neutral(str(directory)))}",
        )
    target = directory.resolve()
    repository, problem = _repository(target)
    only_job = service is not None and is_workspace(target) and not providers and not empty
    live_ref = _live_ref(repository)
    files: list[NewBytes] = []
    if not only_job:
        files = new_workspace(
            target,
            empty=empty,
            live_ref=live_ref,
            providers=providers,
            team=team,
            elsewhere=_elsewhere(directory, providers, service, empty),
        )
    inside = workspaces_at(target)[0] if only_job else _directory_of(files)
    notes = _beside(target, inside)
    if service is not None:
        jobs, said = _jobs(service, inside, repository, problem, live_ref)
        notes, files = (*notes, *said), [*files, *jobs]
    if not dry_run:
        write_together(files)
    names = tuple(os.path.relpath(file.path, target) for file in files)
    return MadeWorkspace(
        str(target),
        names,
        empty,
        dry_run,
        problem,
        live_ref=live_ref,
        providers=tuple(providers),
        team=team,
        notes=notes,
        steps=_steps(target, names, repository, live_ref, frozen=not (empty or only_job)),
    )


def _directory_of(files: Sequence[NewBytes]) -> Path:
    """The directory of a new workspace, which its settings mark."""
    return next(file.path.parent for file in files if file.path.name == MARKER)


def _beside(target: Path, inside: Path) -> tuple[str, ...]:
    """Where the workspace is, when that is not where a person looks for it."""
    if inside.name != BESIDE or inside.parent != target:
        return ()
    return (f"{DIRECTORY} holds something else and stays; the workspace is {BESIDE}",)


def _example() -> Authored:
    return read_authored(ExampleTree(example_files()))


def _team(providers: Sequence[str], today: date) -> tuple[TeamAlias, ...]:
    """How each alias of the example chooses among these providers' models."""
    known = example_providers()
    for name in providers:
        if name not in known:
            raise UsageError(
                f"no provider {shown(name)} in zumik's catalog",
                hint=did_you_mean(name, known, f"there are {', '.join(known)}"),
            )
    authored = _example()
    team = team_policy(authored.catalog, authored.policy, providers, today)
    if all(each.alias is None for each in team):
        raise AnswerIsNo(
            f"the models of {', '.join(providers)} can serve none of the example's aliases",
            hint="name more providers, or begin with the frame: zumik init --empty",
        )
    return team


def is_workspace(directory: Path) -> bool:
    """Whether a directory is a workspace, or has one where `init` would make it."""
    return bool(workspaces_at(directory))


def _repository(directory: Path) -> tuple[Repository | None, str | None]:
    """The repository of a directory; None and why, without one."""
    from zumik.git.repository import Repository

    try:
        return Repository.containing(directory), None
    except ZumikError as error:
        return None, error.message


def _live_ref(repository: Repository | None) -> str:
    """The default branch of the remote, where git knows it and settings can name it."""
    from zumik.git.remotes import default_branch

    try:
        found = default_branch(repository) if repository is not None else None
        return LIVE_REF if found is None else ref_name(found)
    except ZumikError:
        return LIVE_REF


def _elsewhere(directory: Path, providers: Sequence[str], service: str | None, empty: bool) -> str:
    """The command that makes the workspace in a new directory, beside what is there."""
    number = 2
    while (place := directory / f"{BESIDE}-{number}").exists():
        number += 1
    name = quote(neutral(str(place)))
    options = [f"--provider {','.join(providers)}"] if providers else []
    options += [f"--ci {service}"] if service else []
    options += ["--empty"] if empty else []
    return " ".join([f"mkdir {name} && zumik init {name}", *options])


def _jobs(
    service: str, inside: Path, repository: Repository | None, problem: str | None, live_ref: str
) -> tuple[tuple[NewBytes, ...], tuple[str, ...]]:
    """The jobs that check pull requests to the workspace `inside` and publish its bundle, and what
    a person has to do.
    """
    if repository is None:
        raise CannotRun(f"--ci writes to a git repository: {problem}", hint="git init, then again")
    source = own_source()
    top = repository.root.resolve()
    branch = live_ref.partition("/")[2] or live_ref
    jobs = jobs_of(service, top, inside.relative_to(top).as_posix(), source, branch)
    names = [job.path.relative_to(top).as_posix() for job in jobs]
    notes = []
    if source is None:
        notes.append(
            f"set ZUMIK in {' and '.join(names)}: {SOURCE} names the git repository of zumik "
            "and a commit"
        )
    if names == [".gitlab/zumik.yml"]:
        notes.append("add to .gitlab-ci.yml: include: [{local: .gitlab/zumik.yml}]")
    notes.append("require the check before merging: in the settings of the repository")
    return jobs, tuple(notes)


def _steps(
    target: Path,
    names: Sequence[str],
    repository: Repository | None,
    live_ref: str,
    *,
    frozen: bool,
) -> tuple[str, ...]:
    """The next commands, from the directory in which `init` was called."""
    steps = [] if target == Path.cwd().resolve() else [f"cd {quote(_typed(target))}"]
    if repository is None:
        steps.append("git init -b main")
    add = dict.fromkeys(
        quote(neutral(name if name.startswith("..") else name.partition("/")[0]))
        if not name.startswith(".git")
        else quote(neutral(name))
        for name in names
    )
    steps.append(f"git add {' '.join(add)}")
    steps.append('git commit -m "Start with zumik"')
    if frozen:
        steps += [
            "zumik plan",
            'zumik release create --note "First release"',
            'zumik alias promote --all --latest --reason "First aliases"',
        ]
    return (*steps, *_push(repository, live_ref))


def _typed(path: Path) -> str:
    return neutral(min(os.path.relpath(path), str(path), key=len))


def _push(repository: Repository | None, live_ref: str) -> tuple[str, ...]:
    """How the commits come to the remote; a comment where there is no remote or branch yet."""
    remote, _, live = live_ref.partition("/")
    branch = repository.branch if repository is not None else live
    remotes = repository.run("remote").splitlines() if repository is not None else []
    push = f"git push -u {quote(remote)} {quote(neutral(branch or live))}"
    if remote not in remotes:
        return (f"# git remote add {remote} URL, then: {push}",)
    if branch != live:
        return (push, f"# open a pull request to {live}: what is merged there is live")
    return (push,)
