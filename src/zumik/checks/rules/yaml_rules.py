"""Rules for YAML: what one reader takes for this and another for that is refused."""

from __future__ import annotations

from zumik.core.basics.findings import Rule


def _rule(code: str, title: str, why: str) -> Rule:
    return Rule(code, "authoring", title, why)


RULES = (
    _rule(
        "yaml-encoding",
        "A file is not UTF-8 text",
        "Readers that guess an encoding guess differently, and so read different facts. Save the "
        "file as UTF-8 without a byte order mark.",
    ),
    _rule(
        "yaml-character",
        "A character that is not seen",
        "Control characters and unusual line ends are not seen in review, and to some readers "
        "they end a line or the file. Remove it, or write one that can be seen.",
    ),
    _rule(
        "yaml-size",
        "A file is too large to be read",
        "Whoever may open a pull request must not be able to use up the machine that checks it. "
        "Split the file: policy and catalog may have any number of them.",
    ),
    _rule(
        "yaml-depth",
        "Lists and mappings lie too deep inside each other",
        "No file of this kind needs it, and deep nesting has exhausted readers. Write it flatter.",
    ),
    _rule(
        "yaml-unread",
        "The rest of a file was not read",
        "So much is wrong before it that more findings would help nobody. There may be more. Mend "
        "what was found and run it again.",
    ),
    _rule(
        "yaml-empty",
        "A file says nothing",
        "An empty file is most often one that was not saved, and would take its definitions away "
        "without a word. Write it, or remove the file.",
    ),
    _rule(
        "yaml-syntax",
        "A file is not YAML",
        "Nothing after this place can be read for certain. The line and the caret show where the "
        "reader gave up, which can be a little after the fault. Mend it and run it again.",
    ),
    _rule(
        "yaml-tab",
        "A tab stands where only spaces may",
        "How wide a tab is depends on who looks, and in YAML the indentation decides what belongs "
        "to what. Indent and align with spaces.",
    ),
    _rule(
        "yaml-directive",
        "A file has a directive",
        "Directives change how the rest is read, from a line that few reviewers know. Remove it.",
    ),
    _rule(
        "yaml-document",
        "A file has a second document",
        "Many readers stop after the first document, and would not see the rest. Make it a file "
        "of its own.",
    ),
    _rule(
        "yaml-anchor",
        "A value has an anchor",
        "With anchors what is written in one place changes what is read in another, and a review "
        "shows only the one. Repeat the value where it is needed. If text is meant, quote it.",
    ),
    _rule(
        "yaml-alias",
        "A value is an alias",
        "With aliases what is written in one place changes what is read in another. A glob that "
        "begins with * is taken for one: quote it. Else repeat the value.",
    ),
    _rule(
        "yaml-tag",
        "A value has a tag",
        "Tags say what a value is to be turned into, and readers have run code for them. Remove "
        "it. If text is meant, quote it.",
    ),
    _rule(
        "yaml-merge",
        "A mapping takes over another",
        "Merge keys have left YAML, and readers differ in which value wins. Write the keys out.",
    ),
    _rule(
        "yaml-key",
        "A key is no plain text",
        "Readers differ in what keys that are numbers, truth values, lists or mappings come to. "
        "Write the key as text, in quotes where it looks like something else.",
    ),
    _rule(
        "yaml-duplicate-key",
        "A key is there twice",
        "Most readers take the last one and say nothing, so that a reviewer who saw the first is "
        "wrong. Keep one of the two.",
    ),
    _rule(
        "yaml-no-value",
        "A key or item has no value",
        "It may mean nothing, or that the value was forgotten or the space after a colon. Write "
        "null if nothing is meant.",
    ),
    _rule(
        "yaml-number",
        "A number has too many digits",
        "Numbers are read exactly, and no price or figure needs so many digits. Round it, or "
        "quote it if text is meant.",
    ),
    _rule(
        "yaml-ambiguous-scalar",
        "A value means one thing to some readers and another to others",
        "Unquoted yes, 010, 1e3 or 1:30 have been truth values, octal numbers and times. What an "
        "editor shows and what is frozen would differ. Write it the plain way, or in quotes.",
    ),
)
