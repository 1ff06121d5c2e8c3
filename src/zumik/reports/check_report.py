"""What a check came to, as text and JSON; and what the other formats of it share."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from zumik.core.basics.findings import Finding, Rule, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.blocks import Report, Section, bad, good
from zumik.reports.escapes import MAX_SHOWN, one_line
from zumik.reports.finding_report import findings_report, findings_to_json
from zumik.reports.text import plural

_JUDGES = {
    "authoring": "policy and catalog, always",
    "import": "what a price list offers, in zumik catalog import",
    "integrity": "everything that was released, always",
    "transition": "what a branch changes, with --base",
    "place": "the clone that zumik runs in, always",
    "export": "the configuration of a gateway, in zumik export",
}


def checked_report(checked: Checked) -> Report:
    """The findings, the verdict, what was not done, and what landing this would change."""
    word = good("intact") if checked.clean else bad("not clean")
    *found, count = findings_report(checked.findings)
    not_done = [f"not done: {one_line(item)}" for item in checked.not_done]
    sections: list[Section] = [*found, [*count, f"{word}: {extent(checked)}", *not_done]]
    if checked.review is not None:
        from zumik.reports.review_report import review_report

        sections += review_report(checked.review)
    if checked.traffic is not None:
        from zumik.reports.impact_report import weighed_report

        sections += weighed_report(checked.traffic)
    return sections


def checked_to_json(checked: Checked) -> dict[str, object]:
    """Everything, for machines; `review` is null where nothing was compared.

    `logged_traffic` is null where no logs were given, or none could be read.
    """
    review = None
    if checked.review is not None:
        from zumik.reports.review_report import review_to_json

        review = review_to_json(checked.review)
    traffic = None
    if checked.traffic is not None:
        from zumik.reports.impact_report import weighed_to_json

        traffic = weighed_to_json(checked.traffic)
    return {
        "clean": checked.clean,
        "releases": checked.releases,
        "looked_at": checked.looked_at,
        "pointers": checked.pointers,
        "base": checked.base,
        "head": checked.head,
        "findings": findings_to_json(checked.findings),
        "not_done": list(checked.not_done),
        "review": review,
        "logged_traffic": traffic,
    }


def rule_to_text(rule: Rule) -> str:
    """What a code means, why it matters and what to do."""
    why = textwrap.fill(rule.why, 80, initial_indent="  ", subsequent_indent="  ")
    return f"{rule.code}: {rule.title}\n\n{why}\n\n  judges: {_JUDGES[rule.kind]}"


def rule_to_json(rule: Rule) -> dict[str, object]:
    """The same for machines."""
    return {"code": rule.code, "kind": rule.kind, "title": rule.title, "why": rule.why}


# For all formats


def verdict(checked: Checked) -> str:
    """The answer in words."""
    return "intact" if checked.clean else "not clean"


def extent(checked: Checked) -> str:
    """How much was looked at, and what it was compared with."""
    parts = [
        f"{plural(checked.releases, 'release')} and "
        f"{plural(checked.pointers, 'live pointer')} checked"
    ]
    if 0 < checked.looked_at < checked.releases:
        parts.append(f"{plural(checked.looked_at, 'release')} read and derived again")
    if checked.base is None:
        parts.append("not compared with a base")
    elif checked.head is None:
        parts.append(f"compared with {_named(checked.base)}")
    else:
        parts.append(f"as {_named(checked.head)} would land on {_named(checked.base)}")
    return ", ".join(parts)


def _named(revision: str) -> str:
    """A revision as it was named; of a commit's id as much as people compare."""
    is_id = len(revision) >= 40 and set(revision) <= set("0123456789abcdef")
    return revision[:10] if is_id else one_line(revision)


def ordered_findings(checked: Checked) -> list[Finding]:
    """The findings, errors first, with every text on one line and none very long."""
    weights = list(Severity)
    return [
        _one_lined(finding)
        for finding in sorted(checked.findings, key=lambda item: weights.index(item.severity))
    ]


def rules_applied(checked: Checked, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """The rules that were applied, by code, and any other code that was found."""
    kinds = {"authoring", "integrity", "place"}
    if checked.base is not None:
        kinds.add("transition")
    found = {one_line(finding.code) for finding in checked.findings}
    applied = {code: rule for code, rule in rules.items() if rule.kind in kinds or code in found}
    for code in sorted(found - applied.keys()):
        applied[code] = Rule(
            code, "integrity", Severity.ERROR, code, "This version has no more to say of it."
        )
    return applied


def _one_lined(finding: Finding) -> Finding:
    place = finding.location
    # The source line stays as it is, because columns are counted in it.
    source = place.source if place.source and len(place.source) <= MAX_SHOWN else None
    return finding._replace(
        code=one_line(finding.code),
        message=one_line(finding.message),
        hint=finding.hint and one_line(finding.hint),
        location=place._replace(file=one_line(place.file), source=source),
    )
