"""What checks came to, for the tests of every format: clean, of every severity, and hostile."""

from __future__ import annotations

from datetime import date

from zumik.core.basics.findings import Acknowledgement, Finding, Location, Rule, Severity
from zumik.core.reviews.check_result import Checked

RULES = {
    rule.code: rule
    for rule in (
        Rule(
            "digest-mismatch",
            "integrity",
            Severity.ERROR,
            "A release's bytes do not hash to the digest in its name",
            "The bytes were changed after freezing. Restore the file from git.",
        ),
        Rule(
            "ledger-gap",
            "integrity",
            Severity.ERROR,
            "Ledger and frozen/ do not list the same releases",
            "SHA256SUMS shows when one was removed. Restore what is missing from git.",
        ),
        Rule(
            "stale-parent",
            "transition",
            Severity.ERROR,
            "A new release does not follow the newest release of the base",
            "The branch is older than what landed since. Run zumik release refreeze.",
        ),
        Rule(
            "upstream-changed",
            "transition",
            Severity.NOTICE,
            "What is sent to a provider changes",
            "It can send traffic elsewhere. It is shown so that nobody lands it unseen.",
        ),
        Rule(
            "floating-winner",
            "authoring",
            Severity.WARNING,
            "A winner's revision may change under the same id",
            "The provider can serve another model tomorrow. Require pinned revisions.",
        ),
        Rule(
            "autocrlf",
            "place",
            Severity.WARNING,
            "This clone changes line endings",
            "git may write other bytes. git config core.autocrlf false turns it off.",
        ),
        Rule(
            "price-jump",
            "import",
            Severity.ERROR,
            "A price would move by a large factor",
            "It may be a slip of unit. Check it against the provider's page.",
        ),
    )
}

CLEAN = Checked((), releases=11, looked_at=11, pointers=9)

_FROZEN = "releases/frozen/alr_2026_06_09_001.0123.json"
_POLICY = Location("releases/policy/code.yaml", 12, 5, 8, "    prefer: [listed]")

SEVERITIES = Checked(
    (
        Finding(
            "floating-winner",
            Severity.WARNING,
            "code.fast: the revision of the winner acme/large floats",
            _POLICY,
            "what it serves may change under the same id",
            in_base=False,
        ),
        Finding(
            "digest-mismatch",
            Severity.ERROR,
            "alr_2026_06_09_001: the bytes hash to 4f2a…, the name says 0123…",
            Location(_FROZEN),
            "git checkout -- restores it; git log shows who changed it",
        ),
        Finding("upstream-changed", Severity.NOTICE, "acme/large: model", Location("releases/x")),
        Finding(
            "ledger-gap",
            Severity.ERROR,
            "alr_2026_06_09_002 is not in the ledger",
            Location("releases/SHA256SUMS", 3),
        ),
        Finding(
            "ledger-gap",
            Severity.ERROR,
            "alr_2026_06_09_003 is not in the ledger",
            Location("releases/SHA256SUMS", 3),
        ),
        Finding(
            "floating-winner",
            Severity.WARNING,
            "code.deep: the revision of the winner acme/large floats",
            _POLICY._replace(line=30),
            "what it serves may change under the same id",
            in_base=True,
        ),
    ),
    releases=10_000,
    looked_at=1,
    pointers=9,
    base="origin/main",
    head="HEAD",
    not_done=("the rankings of 9,999 releases that landed before: --full derives them again",),
)

HOSTILE_TEXT = (
    "line one\n::error file=a,line=1::owned\r\n##[add-path]/tmp ::stop-commands::x "
    "]]> <script>alert(1)</script> a|b `code` **bold** @team #123 GH-7 acme/repo#9 "
    "[link](https://evil.example) ![pixel](https://evil.example/p.png) https://evil.example "
    "www.evil.example <!-- hidden --> $x$ 100% \x1b[31mred\x07 \u202egnp.exe \ud800 \x00 & "
    '"twice" \\ ~~gone~~ {0}'
)

HOSTILE = Checked(
    (
        Finding(
            "digest-mismatch",
            Severity.ERROR,
            HOSTILE_TEXT,
            Location(
                "releases/frozen/a b,c:d%|`<i>@team\n::error::x\ud800.json",
                3,
                4,
                2,
                "k: \x1b[31mv ]]> <b>",
            ),
            f"hint {HOSTILE_TEXT}",
        ),
        Finding(
            "code|`<b>\n::error::@team",
            Severity.WARNING,
            "no rule has this code",
            Location("::error file=x::y"),
        ),
        Finding(
            "ledger-gap", Severity.NOTICE, "very long " * 1000, Location("d/" * 2000, 1, 1, 1, "x")
        ),
        Finding("autocrlf", Severity.WARNING, "# 1. - heading", Location("- x"), "1. first"),
        Finding(
            "autocrlf",
            Severity.WARNING,
            HOSTILE_TEXT,
            Location("releases/x"),
            about=(HOSTILE_TEXT,),
            acknowledged=Acknowledgement(
                "autocrlf", (HOSTILE_TEXT,), date(2026, 7, 1), HOSTILE_TEXT, Location("z")
            ),
        ),
    ),
    releases=1,
    looked_at=0,
    pointers=0,
    base="main\n::error::base @team ##[x]",
    head="<script>`head`",
    not_done=(f"not {HOSTILE_TEXT}",),
)

_BY_MODEL = Acknowledgement(
    "floating-winner", ("acme/large",), date(2026, 7, 1), "no pinned id is offered", _POLICY
)


def _accepted(alias: str, entry: Acknowledgement, *, in_base: bool = False) -> Finding:
    return Finding(
        "floating-winner",
        Severity.WARNING,
        f"{alias}: the revision of the winner acme/large floats",
        _POLICY,
        "what it serves may change under the same id",
        in_base=in_base,
        about=(alias, "acme/large"),
        acknowledged=entry,
    )


ACKNOWLEDGED = Checked(
    (
        _accepted("code.fast", _BY_MODEL),
        _accepted("code.best", _BY_MODEL),
        _accepted(
            "code.deep",
            _BY_MODEL._replace(about=("code.deep", "acme/large"), reason="a trial"),
            in_base=True,
        ),
    ),
    releases=11,
    looked_at=11,
    pointers=9,
    base="main",
    head="HEAD",
)

CASES = {"clean": CLEAN, "severities": SEVERITIES, "hostile": HOSTILE, "acknowledged": ACKNOWLEDGED}
