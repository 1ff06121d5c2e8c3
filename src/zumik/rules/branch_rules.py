"""Rules for what lies between a base and a head, and for nothing that landed before."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

MERGE_CONFLICT = Rule(
    "merge-conflict",
    "transition",
    Severity.ERROR,
    "The branch does not merge into its base",
    "What the merge would produce is not known, so it cannot be judged. Two branches that each "
    "made a release conflict here on purpose. Merge the base into the branch; zumik release "
    "refreeze then puts the draft behind the release that landed first.",
)
FROZEN_MODIFIED = Rule(
    "frozen-modified",
    "transition",
    Severity.ERROR,
    "A landed release would be changed",
    "A release is immutable once it landed: log lines, receipts and caches hold on to its "
    "bytes. A correction is a new release. Restore the file as the base has it.",
)
FROZEN_DELETED = Rule(
    "frozen-deleted",
    "transition",
    Severity.ERROR,
    "A landed release would be removed",
    "Log lines that name the release could never be explained again. A merge that took one side "
    "can do this by accident. Restore the file as the base has it; a release that must not be "
    "used is withdrawn, not removed.",
)
FROZEN_RENAMED = Rule(
    "frozen-renamed",
    "transition",
    Severity.ERROR,
    "A landed release would be renamed",
    "The name says id and digest, and is how a release is found. A rename is a removal for "
    "everybody who holds on to the old name. Give it its name back.",
)
FROZEN_MODE_CHANGED = Rule(
    "frozen-mode-changed",
    "transition",
    Severity.ERROR,
    "A landed release would become another kind of file",
    "As a symlink, submodule or executable it can hold other bytes in each clone. The bytes "
    "alone do not show it. Restore the file with the mode that the base has.",
)
FROZEN_TOUCHED = Rule(
    "frozen-touched",
    "transition",
    Severity.ERROR,
    "A commit of the branch changes a landed release, and another undoes it",
    "The merge would leave the file as it was, but a rebase that keeps only one of the two "
    "commits would not, and each commit in history can be checked out. Remove both commits from "
    "the branch.",
)
DRAFT_REMOVED = Rule(
    "draft-removed",
    "transition",
    Severity.NOTICE,
    "A commit of the branch adds a release, and another removes it",
    "zumik release refreeze does this where policy or catalog were edited after freezing. The "
    "result shows no trace of it, but merged commit by commit the first release would land and be "
    "removed again. Squash the branch, or rebase it without both commits.",
)
SIGNATURE_CHANGED = Rule(
    "signature-changed",
    "transition",
    Severity.ERROR,
    "The signature of a landed release would be changed or removed",
    "What was proved when it landed has to stay provable. A further signer does not replace a "
    "signature that is there. Restore it as the base has it.",
)
LEDGER_REWRITTEN = Rule(
    "ledger-rewritten",
    "transition",
    Severity.ERROR,
    "The ledger is not the base's ledger with lines added",
    "Lines are only ever added to the ledger: with an old copy of it anyone can prove that no "
    "release was taken back. Here lines were changed, removed or reordered. Restore it as the "
    "base has it; freezing adds its own line.",
)
STALE_PARENT = Rule(
    "stale-parent",
    "transition",
    Severity.ERROR,
    "A new release does not follow the newest release of the base",
    "The branch is older than the newest release, so it was compared with a release that has "
    "been replaced since, and it would break the line. Merge the base into the branch and run "
    "zumik release refreeze; it says whether a winner changed.",
)
NOT_WHAT_POLICY_FREEZES_TO = Rule(
    "not-what-policy-freezes-to",
    "transition",
    Severity.ERROR,
    "A new release is not what its policy and catalog freeze to",
    "Reviewers read policy and catalog, and the release answers. If the two differ, a release "
    "would land that was never reviewed. Freeze again after the last edit: zumik release "
    "refreeze.",
)
NOT_COMPARED_WITH_POLICY = Rule(
    "not-compared-with-policy",
    "transition",
    Severity.WARNING,
    "A new release was not held against policy and catalog",
    "Several releases come in one commit, and only the newest still has the policy and catalog "
    "beside it that it was made from. The others are intact, but nothing shows that they are "
    "what was reviewed. Commit each release on its own, as zumik release create does.",
)
INCUMBENT_NOT_LIVE = Rule(
    "incumbent-not-live",
    "transition",
    Severity.ERROR,
    "A new release's incumbent is not what is live",
    "An incumbent keeps its place within a margin because it answers now. Since this was "
    "frozen the alias has moved, or another release than the live one was taken for it. Freeze "
    "again on the base as it is: zumik release refreeze.",
)
POINTER_REMOVED = Rule(
    "pointer-removed",
    "transition",
    Severity.ERROR,
    "A live pointer would be removed",
    "The alias would stop resolving, and nothing would say that this was meant. An alias that "
    "has had its day is retired, which is on record: zumik alias retire. Restore the file.",
)
GENERATION_NOT_ABOVE = Rule(
    "generation-not-above",
    "transition",
    Severity.ERROR,
    "A pointer or list of drains has a generation not above the one it replaces",
    "Caches and gateways take what has the highest generation, so this change would be ignored "
    "by some and followed by others. The branch is older than the last move of the alias, or "
    "the last change of the drains. Bring the base into the branch and do it again.",
)
UNMARKED_ROLLBACK = Rule(
    "unmarked-rollback",
    "transition",
    Severity.ERROR,
    "A pointer moves to an older release and does not say that it is a rollback",
    "Going back brings old prices, limits and retirements back, and a reviewer should see that "
    "this is meant. A stale branch does it unseen. Use zumik alias rollback, or promote the "
    "newest release.",
)
NOT_A_ROLLBACK = Rule(
    "not-a-rollback",
    "transition",
    Severity.ERROR,
    "A move is marked as a rollback, and does not go back to what was live",
    "A rollback returns to a release that answered for the alias before, so that people know what "
    "to expect of it. A release that was never live answers for the first time: freeze one from "
    "what is known today, and promote it. A move to a newer release is a promotion.",
)
RETIREMENT_MOVES = Rule(
    "retirement-moves",
    "transition",
    Severity.ERROR,
    "A retirement changes the release that its alias points to",
    "A retired alias keeps the last release that it had, and a later promotion is compared with "
    "that one. A retirement that points elsewhere would let the next move go back in time unseen. "
    "Restore the pointer, and retire the alias with zumik alias retire.",
)
POINTER_TOUCHED = Rule(
    "pointer-touched",
    "transition",
    Severity.WARNING,
    "A commit of the branch moves a pointer, and another moves it back",
    "The merge would change nothing, but with a rebase or a merge of single commits the alias "
    "would have pointed elsewhere for a while, and alias history would say so. Take both "
    "commits out of the branch.",
)
DRAINS_REMOVED = Rule(
    "drains-removed",
    "transition",
    Severity.ERROR,
    "The list of drains would be removed",
    "The list's generation would be lost, and a resolver that holds the last list would take no "
    "newer one. An empty list says that nothing is drained. Restore the file, and empty it with "
    "zumik undrain --all.",
)
DRAINS_TOUCHED = Rule(
    "drains-touched",
    "transition",
    Severity.WARNING,
    "A commit of the branch changes the list of drains, and another puts it back",
    "The merge would change nothing, but after a rebase, or a merge of single commits, models "
    "would be drained or undrained for a while. Remove both commits from the branch.",
)
WITHDRAWAL_CHANGED = Rule(
    "withdrawal-changed",
    "transition",
    Severity.ERROR,
    "A withdrawal that landed would be changed or removed",
    "A withdrawn release is never used again: aliases were moved because of it, and an "
    "explanation of an old decision names it. Without the mark it could be promoted again "
    "unseen. Restore the mark; what was right in the release can be frozen in a new one.",
)
UNSIGNED_RELEASE = Rule(
    "unsigned-release",
    "transition",
    Severity.ERROR,
    "A new release has no signature, and the base demands one",
    "Where signatures are required, a release counts only with one from allowed_signers as the "
    "base has it. Sign it with zumik release sign and add the signature to the branch.",
)
REASON_MISSING = Rule(
    "reason-missing",
    "transition",
    Severity.ERROR,
    "A move, a drain, a withdrawal or a release has no reason",
    "The zumik.yaml that landed requires reasons, so that what lands says why it does, not only a "
    "chat. A reason lies in the pointer, in the list of drains and in the mark of a withdrawal, "
    "and a release has its note. Do it again with --reason or --note.",
)
SETTINGS_CHANGED = Rule(
    "settings-changed",
    "transition",
    Severity.NOTICE,
    "The branch changes the rules that it is judged by",
    "This check took settings and allowed signers from the base, so the change does not judge "
    "itself. It holds from the next branch on. Look at it as you would at a change of who may "
    "land what.",
)
WORKSPACE_REMOVED = Rule(
    "workspace-removed",
    "transition",
    Severity.ERROR,
    "The file that marks the workspace would be removed",
    "zumik.yaml marks the workspace and holds its settings. Without it nothing is found to "
    "check, and the next branch would land unchecked. Restore it as the base has it.",
)
CONFIDENTIAL_NO_LONGER = Rule(
    "confidential-no-longer",
    "transition",
    Severity.WARNING,
    "A provider was confidential, and would not be",
    "The catalog says confidential: false of a provider that was confidential. Once this lands, "
    "what is known of it is shown to everybody, in old releases too, and what was shown is not "
    "taken back. If that is not meant, write confidential: true in the provider's catalog file.",
    about=("PROVIDER",),
)
CONFIDENTIAL_UNSAID = Rule(
    "confidential-unsaid",
    "transition",
    Severity.ERROR,
    "The catalog does not say whether a provider is still confidential",
    "The provider was marked as confidential before, in the catalog or in any release of the line. "
    "It stays hidden until a person says otherwise, and a flag that is merely missing says "
    "nothing. Write confidential: true, or confidential: false, in the provider's catalog file.",
)
UPSTREAM_CHANGED = Rule(
    "upstream-changed",
    "transition",
    Severity.NOTICE,
    "What is sent to a provider changes",
    "upstream is the model id and the parameters that a gateway sends. A change of it can send "
    "traffic elsewhere while every ranking stays the same, so it is always shown on its own.",
)
GENERATION_JUMPS = Rule(
    "generation-jumps",
    "transition",
    Severity.ERROR,
    "The generation of a pointer or of the list of drains jumps ahead",
    "Each change adds one, and a reader takes the highest generation. A number near the end of "
    "the range would leave no room for any later change. zumik alias promote and zumik drain "
    "write the right number.",
)
BEHIND_THE_NEWEST = Rule(
    "behind-the-newest",
    "transition",
    Severity.WARNING,
    "An alias moves to a release that this branch already followed with another",
    "Policy and catalog land as the newest release has them, and a reviewer reads those. The "
    "alias would answer by others, which the branch wrote and took back. Promote the newest.",
    about=("ALIAS", "RELEASE"),
)
PROMOTED_BACKFILL = Rule(
    "promoted-backfill",
    "transition",
    Severity.WARNING,
    "An alias is promoted to a release that was backfilled to a day long ago",
    "With --as-of the maker of a release chooses the day by which its facts are judged: which "
    "models have retired by then, and how old a figure is. Backfilling is for history; freeze what "
    "answers from now on from what is known today: zumik release create.",
    about=("ALIAS", "RELEASE"),
)
MADE_LONG_AGO = Rule(
    "made-long-ago",
    "transition",
    Severity.WARNING,
    "A new release is dated days ago and not marked as backfilled",
    "Facts are judged by the day of their release: how old they are, and which models have "
    "retired. An old draft, or a date set by hand, judges them by a day that has passed. Freeze "
    "again, or say with --as-of that the release is backfilled.",
)
COMMIT_CLOCK_WRONG = Rule(
    "commit-clock-wrong",
    "transition",
    Severity.ERROR,
    "A commit of the branch claims a time that cannot be true",
    "alias history, --at and explain say when something landed by the order of commits and their "
    "clocks. A commit from the future, from before git, or from long before its parent is not "
    "believed, and then it is unknown when it landed. Set the clock and make the commit again.",
    lesser=Severity.WARNING,
    about=("COMMIT",),
)
CLOCK_GOES_BACK = Rule(
    "clock-goes-back",
    "transition",
    Severity.ERROR,
    "A move or a withdrawal is dated before its release",
    "It names a release that was created later. The clock of the machine that made it is wrong, "
    "or the file was edited by hand. Make it again.",
)
OTHER_VERSION_REQUIRED = Rule(
    "other-version-required",
    "transition",
    Severity.WARNING,
    "The branch requires another version of zumik",
    "The next check needs that version. If it does not exist, nothing can land any more, not "
    "even a repair. Make sure that it can be installed before this lands.",
)
