"""Warnings that the settings acknowledge, in the findings of a whole run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from zumik.actions.gate.branch_trees import Branch
from zumik.actions.gate.checked_workspace import moved
from zumik.checks.acknowledgements import check_acknowledgements
from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.acknowledged_warnings import acknowledged
from zumik.core.basics.findings import Acknowledgement, Finding, RuleKind, has_errors


def acknowledge_in_branch(
    branch: Branch, findings: Iterable[Finding], chain: ReleaseChain
) -> list[Finding]:
    """The findings of a branch, by the entries that its result has."""
    kinds = judged_kinds(whole=chain.read_whole == len(chain.releases))
    day, name = branch.now.date(), branch.after.name
    return acknowledge(findings, branch.acknowledged, day, name, branch.directory, kinds)


def judged_kinds(*, whole: bool) -> tuple[RuleKind, ...]:
    """The kinds of rules of which a check finds everything; `whole`: it read every release again.

    What a branch changes, and the clone, are other ones at the next check.
    """
    return ("authoring", "integrity") if whole else ("authoring",)


def acknowledge(
    findings: Iterable[Finding],
    entries: Iterable[Acknowledgement],
    day: date,
    name: str,
    directory: str,
    judged: Collection[str] = (),
) -> list[Finding]:
    """The findings, each with what acknowledges it, and what is wrong with the entries.

    The workspace `name` lies in `directory`. `judged` are the kinds of rules of which the run found
    everything; where there are errors it did not.
    """
    entries = tuple(entries)
    found = tuple(acknowledged(findings, entries, day, directory))
    whole = () if has_errors(found) else judged
    own = check_acknowledgements(entries, found, day, directory, whole)
    return [*found, *(moved(finding, name, directory) for finding in own)]
