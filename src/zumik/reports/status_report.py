"""The status of a workspace, as a person and as a program reads it."""

from __future__ import annotations

from zumik.core.reviews.workspace_status import WorkspaceStatus
from zumik.reports.alias_report import lives_section, lives_to_json, overruled
from zumik.reports.blocks import Fields, Report, bad, doubtful
from zumik.reports.drain_report import drains_to_json, drains_to_rows
from zumik.reports.text import safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text


def status_report(status: WorkspaceStatus) -> Report:
    """The facts of the workspace, then a table of its aliases."""
    changes = _changes(status)
    in_doubt = status.unreleased or status.withdrawal
    rows = [
        ("workspace", safe(status.directory)),
        ("releases", _releases(status)),
        ("live ref", _live_ref(status)),
        ("changes", doubtful(changes) if in_doubt else changes),
        *drains_to_rows(status.drains, overruled(status.aliases)),
    ]
    if status.interrupted:
        rows.append(("unsettled", bad(f"{status.interrupted}: zumik recover")))
    unread = [safe(f"{error.message}: {error.hint}") for error in status.unread]
    rows += [("unread", bad(text)) for text in unread]
    return [[Fields(rows, indent=0, width=9)], lives_section(status.aliases, status.only_landed)]


def status_to_json(status: WorkspaceStatus) -> dict[str, object]:
    """For machines."""
    drains = status.drains
    return {
        "workspace": status.directory,
        "releases": status.releases,
        "newest": status.newest,
        "newest_withdrawn": withdrawal_to_json(status.withdrawal),
        "live_ref": status.live_ref,
        "live_ref_problem": status.live_ref_problem,
        "unreleased_changes": status.unreleased,
        "interrupted": status.interrupted,
        "drains": None if drains.problem else drains_to_json(drains.listed),
        "drains_landed": drains.landed,
        "drains_problem": drains.problem,
        "only_landed": [pair.alias for pair in status.only_landed],
        "unread_pointers": [error.message for error in status.unread],
        "aliases": lives_to_json(status.aliases),
    }


def _live_ref(status: WorkspaceStatus) -> str:
    if status.live_ref_problem is not None:
        return doubtful(safe(status.live_ref_problem))
    return status.live_ref or "none set: the current branch counts"


def _releases(status: WorkspaceStatus) -> str:
    if status.newest is None:
        return "none yet"
    text = f"{status.releases}, newest {status.newest}"
    if status.withdrawal is not None:
        text += f", {bad(f'WITHDRAWN {withdrawal_to_text(status.withdrawal)}')}"
    return text


def _changes(status: WorkspaceStatus) -> str:
    if status.unreleased is None:
        return "policy or catalog is not valid, or a release is not intact: zumik check"
    if status.unreleased:
        return "unreleased changes: zumik plan shows them"
    if status.newest is None:
        return "nothing is written yet: describe models in catalog/, aliases in policy/"
    if status.withdrawal is not None:
        return "policy and catalog still say what is withdrawn: change them, and freeze again"
    return "policy and catalog say what the newest release says"
