"""Checking what merging a branch would make of its base, from git's objects alone.

Settings, allowed signers and rules are the base's: a branch does not judge itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from zumik.actions.gate.acknowledge_warnings import acknowledge_in_branch
from zumik.actions.gate.base_findings import compared_with_base
from zumik.actions.gate.branch_commits import check_commits
from zumik.actions.gate.branch_findings import findings_of
from zumik.actions.gate.branch_trees import Branch, require_judgeable
from zumik.actions.gate.checked_workspace import below
from zumik.actions.live.live_retirements import live_retirements
from zumik.actions.live.remembered_winners import RememberedWinners, remembered_winners
from zumik.actions.session import Session
from zumik.checks.all_history import judge_history
from zumik.checks.merge_conflicts import check_conflicts
from zumik.checks.upstream_changes import check_upstream
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.tree import FILE, LIVE, UNAVAILABLE
from zumik.core.releases.release import VerifiedRelease
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.core.reviews.check_result import Checked
from zumik.core.reviews.review import (
    AliasReview,
    DrainLists,
    Review,
    changed_acknowledgements,
    review_of,
)
from zumik.errors import ZumikError
from zumik.git.merge_result import merge_of
from zumik.reports.text import plural

if TYPE_CHECKING:
    from zumik.actions.logs.weigh_logs import LoggedRequests
    from zumik.core.traffic.weighed_logs import WeighedLogs

_CONFLICTING = "what merging gives was not judged: there is none while it conflicts"


def judge_merge(
    session: Session,
    base: str,
    head: str,
    *,
    full: bool,
    logs: LoggedRequests | None = None,
) -> Checked:
    """What `head` would make of `base`, and what that would do to the requests in `logs`.

    Logs that cannot be read do not keep the rest from being judged. Raises Invalid and CannotRun.
    """
    merge = merge_of(session.repository, base, head)
    require_judgeable(session.repository, merge.base)
    branch = Branch(session, merge)
    if branch.conflicts:
        return Checked(
            findings=tuple(check_conflicts(branch.conflicts)),
            releases=len(branch.base.releases),
            looked_at=0,
            pointers=len({*branch.before.entries(LIVE)} - {UNAVAILABLE.removeprefix(f"{LIVE}/")}),
            base=base,
            head=head,
            not_done=(_CONFLICTING,),
        )
    history = judge_history(branch.after, branch.scope(full=full))
    chain = history.chain
    findings = list(findings_of(branch, history))
    findings += check_commits(branch, findings)
    review, problem = _review(branch)
    findings += below(branch.after, check_upstream(review)) if review else ()
    traffic, unread = _traffic(branch, logs) if logs is not None else (None, None)
    findings = acknowledge_in_branch(branch, findings, chain)
    findings, not_compared = compared_with_base(branch, findings, full=full)
    not_done = [
        *_not_read(len(chain.releases) - chain.read_whole),
        problem,
        not_compared,
        unread,
        *_left_out(branch, head),
    ]
    return Checked(
        findings=tuple(findings),
        releases=len(chain.releases),
        looked_at=chain.read_whole,
        pointers=len(history.pointers),
        base=base,
        head=head,
        review=review,
        not_done=tuple(filter(None, not_done)),
        traffic=traffic,
        unanswered=unread is not None,
    )


def _not_read(count: int) -> Iterator[str]:
    if count > 0:
        yield (
            f"{plural(count, 'release')} of the base not read again, being the same: --full does"
        )


def _review(branch: Branch) -> tuple[Review | None, str | None]:
    """What merging would change, or why that is not known."""

    def lookup(release: ReleaseId) -> VerifiedRelease:
        store = branch.merged if release in branch.merged.releases else branch.base
        return store.release(release)

    try:
        newest, known = branch.base.newest, branch.base.withdrawals
        drain_lists, problem = _drain_lists(branch)
        review = review_of(
            {pointer.alias: pointer for pointer in branch.base.pointers()},
            {pointer.alias: pointer for pointer in branch.merged.pointers()},
            [branch.merged.release(ref.id) for ref in branch.new],
            branch.base.release(newest.id) if newest else None,
            lookup,
            [mark for name, mark in branch.merged.withdrawals.items() if name not in known],
            drain_lists,
        )
    except ZumikError as error:
        return None, f"there is no summary of what would change: {error.message}"
    winners = {
        item.plan.alias: item.plan.winner_after
        for item in review.aliases
        if item.plan.winner_after is not None
    }
    back = remembered_winners(branch.session, winners, branch.base, branch.merge.base)
    return review._replace(
        aliases=tuple(_remembering(review.aliases, back)),
        retiring=tuple(live_retirements(branch.merged, branch.now.date())),
        acknowledged=tuple(
            changed_acknowledgements(branch.acknowledged_before, branch.acknowledged)
        ),
    ), problem


def _traffic(branch: Branch, logs: LoggedRequests) -> tuple[WeighedLogs | None, str | None]:
    """What merging would do to logged requests, or why that is not known."""
    from zumik.actions.logs.weigh_logs import weigh_merge

    try:
        weighed = weigh_merge(logs, branch.base, branch.merged)
    except ZumikError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return None, f"the logs were not weighed: {error.message}{hint}"
    if not weighed.impact.calls:
        return weighed, "the logs were not weighed: no call in them carries a decision of zumik"
    return weighed, None


def _remembering(aliases: Iterable[AliasReview], back: RememberedWinners) -> Iterator[AliasReview]:
    """The same, with what is known of winners that come back."""
    for item in aliases:
        yield item._replace(plan=back.on(item.plan))


def _drain_lists(branch: Branch) -> tuple[DrainLists | None, str | None]:
    """The drains of base and branch, or why they are not known; a finding says so too."""
    try:
        return DrainLists(branch.base.drains, branch.merged.drains, branch.now), None
    except ZumikError as error:
        return None, f"the summary takes no notice of drains: {error.message}"


def _left_out(branch: Branch, head: str) -> Iterator[str]:
    other = [path for path in branch.merge.conflicts if path not in branch.conflicts]
    if other:
        yield f"{plural(len(other), 'conflict')} outside {branch.directory}: not looked at"
    if head == "HEAD" and branch.repository.uncommitted([branch.session.store.root]):
        yield "uncommitted changes: what is judged is what was committed"
    signed = any(path.endswith(".sig") for path in branch.after.files)
    if signed and branch.before.kind(ALLOWED_SIGNERS) != FILE:
        yield "signatures were not verified: the base has no allowed_signers"
