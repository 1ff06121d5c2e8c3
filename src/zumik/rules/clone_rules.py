"""Rules for the clone that zumik runs in, which can show other bytes than were committed."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

INTERRUPTED = Rule(
    "interrupted",
    "place",
    Severity.ERROR,
    "A command was killed half-way",
    "A command that writes says in a journal what it is going to do, and removes that when it "
    "is done. This one was killed before. Until zumik recover has finished it or taken it "
    "back, which depends on whether the branch has its commit, no other command writes here.",
)
REPLACE_REFS = Rule(
    "replace-refs",
    "place",
    Severity.WARNING,
    "This clone replaces git objects",
    "With refs under refs/replace git shows other objects than were committed, in this clone "
    "only. A check reads what was committed; other commands read the replacements. git replace "
    "-l lists them, git replace -d removes one.",
)
AUTOCRLF = Rule(
    "autocrlf",
    "place",
    Severity.WARNING,
    "This clone changes line endings",
    "With core.autocrlf git may write other bytes into the work tree than were committed. The "
    "attributes that zumik init writes keep it off the releases, and nothing keeps it off what "
    "they do not name. git config core.autocrlf false turns it off here.",
)
GRAFTS = Rule(
    "grafts",
    "place",
    Severity.WARNING,
    "This clone's history is grafted",
    "info/grafts gives commits other parents than they have, here and nowhere else. A check "
    "reads the real history, other commands the grafted one. Remove .git/info/grafts.",
)
