"""What a check came to, as text and JSON; and what the other formats of it share."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING

from zumik.core.basics.findings import Finding, Rule, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.blocks import Report, Section, bad, good
from zumik.reports.escapes import MAX_SHOWN, one_line
from zumik.reports.finding_report import findings_report, findings_to_json, summary
from zumik.reports.text import plural

if TYPE_CHECKING:
    from zumik.core.traffic.impact import Impact

# A name that a person gave, and that no format takes for anything else.
_BRANCH = re.compile(r"(?!refs/)[A-Za-z0-9][A-Za-z0-9_/-]*")

_JUDGES = {
    "authoring": "policy and catalog, always",
    "import": "what a price list offers, in zumik catalog import",
    "integrity": "everything that was released, always",
    "transition": "what a branch changes, with --base",
    "place": "the clone that zumik runs in, always",
    "export": "the configuration of a gateway, in zumik export",
}


def checked_report(checked: Checked, *, everything: bool = False) -> Report:
    """Whose traffic moves, the findings, the verdict and what was not done; then what else changes.

    What the base has too is one line, unless `everything` is asked for.
    """
    word = good("intact") if checked.clean else bad("not clean")
    own, known = split_findings(checked.findings, everything=everything)
    *found, count = findings_report(own)
    lines = [*(count if own or not known else []), *known_to_text(checked, known)]
    not_done = [f"not done: {one_line(item)}" for item in checked.not_done]
    sections: list[Section] = [*found, [*lines, f"{word}: {extent(checked)}", *not_done]]
    if checked.review is not None:
        from zumik.reports.moved_aliases_report import moved_aliases_report
        from zumik.reports.review_report import review_details

        first = moved_aliases_report(checked.review, share_of(checked))
        sections = [*first, *sections, *review_details(checked.review)]
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
        "findings": [
            {**item, "in_base": finding.in_base}
            for item, finding in zip(
                findings_to_json(checked.findings), checked.findings, strict=True
            )
        ],
        "not_done": list(checked.not_done),
        "review": review,
        "logged_traffic": traffic,
    }


def rule_to_text(rule: Rule) -> str:
    """What a code means, why it matters and what to do."""
    why = textwrap.fill(rule.why, 80, initial_indent="  ", subsequent_indent="  ")
    text = f"{rule.code}: {rule.title}\n\n{why}\n\n  judges: {_JUDGES[rule.kind]}"
    return f"{text}\n\n{_entry(rule)}" if rule.can_be_acknowledged else text


def _names(rule: Rule) -> list[str]:
    """What an acknowledgement of such a warning has to name."""
    return [*rule.about] or ["FILE"]


def _entry(rule: Rule) -> str:
    """What to write to accept a warning of this rule for a while."""
    names = ", ".join(_names(rule))
    return (
        "  To accept such a warning for a while, at most a year, write into zumik.yaml:\n\n"
        "    acknowledged:\n"
        f"      - code: {rule.code}\n"
        f"        about: [{names}]\n"
        "        until: YYYY-MM-DD\n"
        "        reason: WHY"
    )


def rule_to_json(rule: Rule) -> dict[str, object]:
    """The same for machines."""
    return {
        "code": rule.code,
        "kind": rule.kind,
        "title": rule.title,
        "why": rule.why,
        "acknowledged_by": _names(rule) if rule.can_be_acknowledged else None,
    }


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
    return revision[:10] if _is_id(revision) else one_line(revision)


def _is_id(revision: str) -> bool:
    return len(revision) >= 40 and set(revision) <= set("0123456789abcdef")


def split_findings(
    findings: Sequence[Finding], *, everything: bool = False
) -> tuple[list[Finding], list[Finding]]:
    """What a reviewer reads one by one, and what the base has too.

    An error is always read; with `everything` so is the rest.
    """
    own: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        is_known = finding.in_base and finding.severity is not Severity.ERROR and not everything
        (known if is_known else own).append(finding)
    return own, known


def known_to_text(checked: Checked, known: Sequence[Finding]) -> list[str]:
    """One line for what the base has too, with the command that shows it; none for nothing."""
    if not known:
        return []
    return [f"{known_count(checked, known)}; listed with: {command(checked, '--all')}"]


def known_count(checked: Checked, known: Sequence[Finding]) -> str:
    """How many findings the base has too: `6 warnings, 1 notice that origin/main has too`."""
    base = checked.base or ""
    is_name = _BRANCH.fullmatch(base) and not _is_id(base)
    return f"{summary(known)} that {base if is_name else 'the base'} has too"


def share_of(checked: Checked) -> Impact | str:
    """What logs say of the requests that move; else how to know it."""
    if checked.traffic is not None and checked.traffic.impact.requests:
        return checked.traffic.impact
    if checked.unanswered:
        return "not known, because the logs give no answer"
    if checked.traffic is not None:
        return "not known, because the logs have no request of an alias"
    return f"not known without logs; shown with: {command(checked, '--logs LOGS')}"


def command(checked: Checked, *options: str) -> str:
    """The same check with other options."""
    head = [] if checked.head in (None, "HEAD") else ["--head", checked.head or ""]
    words = ["zumik", "check", "--base", checked.base or "", *head]
    return one_line(" ".join([*map(quote, words), *options]))


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
    place, accepted = finding.location, finding.acknowledged
    # The source line stays as it is, because columns are counted in it.
    source = place.source if place.source and len(place.source) <= MAX_SHOWN else None
    return finding._replace(
        code=one_line(finding.code),
        message=one_line(finding.message),
        hint=finding.hint and one_line(finding.hint),
        about=tuple(map(one_line, finding.about)),
        acknowledged=accepted
        and accepted._replace(
            about=tuple(map(one_line, accepted.about)), reason=one_line(accepted.reason)
        ),
        location=place._replace(file=one_line(place.file), source=source),
    )
