"""Rules for YAML: what one reader takes for this and another for that is refused."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

YAML_ENCODING = Rule(
    "yaml-encoding",
    "authoring",
    Severity.ERROR,
    "A file is not UTF-8 text",
    "Readers that guess an encoding guess differently, and so read different facts. Save the "
    "file as UTF-8 without a byte order mark.",
)
YAML_CHARACTER = Rule(
    "yaml-character",
    "authoring",
    Severity.ERROR,
    "A character that is not seen",
    "Control characters and unusual line ends are not seen in review, and to some readers they "
    "end a line or the file. Remove it, or write one that can be seen.",
)
YAML_SIZE = Rule(
    "yaml-size",
    "authoring",
    Severity.ERROR,
    "A file is too large to be read",
    "A person who opens a pull request must not be able to exhaust the machine that checks it. "
    "Split the file: policy and catalog may have any number of them.",
)
YAML_DEPTH = Rule(
    "yaml-depth",
    "authoring",
    Severity.ERROR,
    "Lists and mappings lie too deep inside each other",
    "No file of this kind needs it, and deep nesting has exhausted readers. Write it flatter.",
)
YAML_UNREAD = Rule(
    "yaml-unread",
    "authoring",
    Severity.ERROR,
    "The rest of a file was not read",
    "So much is wrong before this place that more findings would not help. There may be more. "
    "Mend what was found and run the command again.",
)
YAML_EMPTY = Rule(
    "yaml-empty",
    "authoring",
    Severity.ERROR,
    "A file says nothing",
    "An empty file is most often one that was not saved, and would take its definitions away "
    "without a word. Write it, or remove the file.",
)
YAML_CONFLICT = Rule(
    "yaml-conflict",
    "authoring",
    Severity.ERROR,
    "A merge conflict is not resolved",
    "git wrote both sides into the file, and only a person can say which of them counts. Keep "
    "what is right, and remove the lines of <<<<<<<, ======= and >>>>>>>.",
)
YAML_SYNTAX = Rule(
    "yaml-syntax",
    "authoring",
    Severity.ERROR,
    "A file is not YAML",
    "Nothing after this place can be read for certain. The line and the caret show where the "
    "reader gave up, which can be a little after the fault. Mend it and run it again.",
)
YAML_TAB = Rule(
    "yaml-tab",
    "authoring",
    Severity.ERROR,
    "A tab is where only spaces are allowed",
    "The width of a tab depends on the editor, and in YAML the indentation decides which values "
    "belong together. Indent and align with spaces.",
)
YAML_DIRECTIVE = Rule(
    "yaml-directive",
    "authoring",
    Severity.ERROR,
    "A file has a directive",
    "Directives change how the rest is read, from a line that few reviewers know. Remove it.",
)
YAML_DOCUMENT = Rule(
    "yaml-document",
    "authoring",
    Severity.ERROR,
    "A file has a second document",
    "Many readers stop after the first document, and would not see the rest. Make it a file of "
    "its own.",
)
YAML_ANCHOR = Rule(
    "yaml-anchor",
    "authoring",
    Severity.ERROR,
    "A value has an anchor",
    "With anchors what is written in one place changes what is read in another, and a review "
    "shows only the one. Repeat the value where it is needed. If text is meant, quote it.",
)
YAML_ALIAS = Rule(
    "yaml-alias",
    "authoring",
    Severity.ERROR,
    "A value is an alias",
    "With aliases what is written in one place changes what is read in another. A glob that "
    "begins with * is taken for one: quote it. Else repeat the value.",
)
YAML_TAG = Rule(
    "yaml-tag",
    "authoring",
    Severity.ERROR,
    "A value has a tag",
    "Tags say what a value is to be turned into, and readers have run code for them. Remove "
    "it. If text is meant, quote it.",
)
YAML_MERGE = Rule(
    "yaml-merge",
    "authoring",
    Severity.ERROR,
    "A mapping takes over another",
    "Merge keys have left YAML, and readers differ in which value wins. Write the keys out.",
)
YAML_KEY = Rule(
    "yaml-key",
    "authoring",
    Severity.ERROR,
    "A key is not plain text",
    "YAML readers disagree about keys that are numbers, truth values, lists or mappings. Write "
    "the key as text, in quotes where it looks like something else.",
)
YAML_DUPLICATE_KEY = Rule(
    "yaml-duplicate-key",
    "authoring",
    Severity.ERROR,
    "A key is there twice",
    "Most readers take the last one and say nothing, so that a reviewer who saw the first is "
    "wrong. Keep one of the two.",
)
YAML_NO_VALUE = Rule(
    "yaml-no-value",
    "authoring",
    Severity.ERROR,
    "A key or item has no value",
    "It may mean nothing, or that the value was forgotten or the space after a colon. Write "
    "null if nothing is meant.",
)
YAML_NUMBER = Rule(
    "yaml-number",
    "authoring",
    Severity.ERROR,
    "A number has too many digits",
    "Numbers are read exactly, and no price or figure needs so many digits. Round it, or quote "
    "it if text is meant.",
)
YAML_AMBIGUOUS_SCALAR = Rule(
    "yaml-ambiguous-scalar",
    "authoring",
    Severity.ERROR,
    "A value means one thing to some readers and another to others",
    "Unquoted yes, 010, 1e3 or 1:30 have been truth values, octal numbers and times. What an "
    "editor shows and what is frozen would differ. Write it the plain way, or in quotes.",
)
