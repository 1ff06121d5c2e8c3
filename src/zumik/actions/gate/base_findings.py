"""Which findings of a branch its base has too, and so are none of the branch's making."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

from zumik.actions.gate.acknowledge_warnings import acknowledge_in_branch
from zumik.actions.gate.branch_findings import findings_of
from zumik.actions.gate.branch_trees import Branch
from zumik.checks.all_history import judge_history
from zumik.core.basics.findings import Finding
from zumik.errors import ZumikError
from zumik.git.merge_result import Merge
from zumik.rules.rule_registry import RULES


def compared_with_base(
    branch: Branch, found: Sequence[Finding], *, full: bool
) -> tuple[list[Finding], str | None]:
    """The same findings, each with whether the base has it; or why that is not known.

    The base is judged as a branch that changes nothing, by the same checks at the same time.
    """
    if not found:
        return [], None
    try:
        known = _base_findings(branch, full=full)
    except ZumikError as error:
        return list(found), f"findings were not compared with the base's: {error.message}"
    return list(_compared(found, known)), None


def _base_findings(branch: Branch, *, full: bool) -> list[Finding]:
    merge = branch.merge
    nothing = Merge(merge.base_name, merge.base, merge.base, f"{merge.base}^{{tree}}", ())
    # What was verified for the branch has the same digest here.
    base = Branch(branch.session, nothing, verified=branch.verified)
    history = judge_history(base.after, base.scope(full=full))
    return acknowledge_in_branch(base, findings_of(base, history), history.chain)


def _compared(found: Iterable[Finding], known: Iterable[Finding]) -> Iterator[Finding]:
    left = Counter(map(_claim, known))
    for finding in found:
        rule = RULES.get(finding.code)
        if rule is not None and rule.kind == "place":
            # What is wrong with this clone is in no commit, and so not in the base.
            yield finding
            continue
        claim = _claim(finding)
        # Of equal findings, as many are the base's as the base has.
        is_known = left[claim] > 0
        left[claim] -= is_known
        yield finding._replace(in_base=is_known)


def _claim(finding: Finding) -> Hashable:
    """What a finding says of which place, whichever line that is on.

    The place is the keys that lead to a value. Positions in a list are no part of it, because
    another item moves them; where no keys are known, the line is the place.
    """
    where = finding.location
    keys = tuple(key for key in where.path if isinstance(key, str))
    line = None if keys else where.line
    return finding.code, finding.severity, finding.message, where.file, keys, line
