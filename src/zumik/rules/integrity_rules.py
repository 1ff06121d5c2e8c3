"""Rules for everything that was released, over all history, on any base."""

from __future__ import annotations

from zumik.core.basics.findings import Rule, Severity

FOREIGN_ENTRY = Rule(
    "foreign-entry",
    "integrity",
    Severity.ERROR,
    "Something else lies where a plain file must be",
    "A symlink, directory, submodule or executable can hold other bytes in each clone, or "
    "none. A release is trusted because every clone has the same bytes under its name. Restore "
    "the file from git, and see with git log who replaced it.",
)
NOT_A_RELEASE_FILE = Rule(
    "not-a-release-file",
    "integrity",
    Severity.ERROR,
    "A file in frozen/ is not a release",
    "frozen/ holds releases, their signatures and nothing else, so that the purpose of each file "
    "there is clear. A release that was renamed by hand looks like this too. Move the file out, "
    "or restore its name from git.",
)
NOT_A_POINTER_FILE = Rule(
    "not-a-pointer-file",
    "integrity",
    Severity.ERROR,
    "A file in live/ is not a live pointer",
    "live/ holds one pointer for each alias, the list of drains and nothing else. zumik never "
    "reads a file with another name there, and a person may believe that it does. Remove it.",
)
STRAY_SIGNATURE = Rule(
    "stray-signature",
    "integrity",
    Severity.ERROR,
    "A signature's release is not there",
    "A signature lies beside the release that it signs and stays as long as that. Alone it "
    "means that a release was removed or renamed. Restore the release from git.",
)
DIGEST_MISMATCH = Rule(
    "digest-mismatch",
    "integrity",
    Severity.ERROR,
    "A release's bytes do not hash to the digest in its name",
    "The bytes were changed after freezing: by hand, by a line-ending filter, or by a damaged "
    "disk. Every log line that names this release would be explained from other facts than "
    "those that decided. Restore the file from git; if git has the wrong bytes too, find the "
    "commit that changed them.",
)
LFS_POINTER = Rule(
    "lfs-pointer",
    "integrity",
    Severity.ERROR,
    "A Git LFS pointer lies where a release must be",
    "With LFS the bytes are on a server, and what is in git names them only. A clone without "
    "that server could not explain anything. Exempt releases/ from LFS in .gitattributes and "
    "restore the file.",
)
MALFORMED_RELEASE = Rule(
    "malformed-release",
    "integrity",
    Severity.ERROR,
    "A release cannot be read",
    "Its bytes are those that its name promises, and they are no release that this version "
    "understands. Either it was written by hand, or a newer zumik made it. Update zumik, or "
    "have zumik release create make it again.",
)
NEWER_FORMAT = Rule(
    "newer-format",
    "integrity",
    Severity.ERROR,
    "This zumik is too old for a file",
    "The file names a resolver or a format that this version does not know. What it means must "
    "not be guessed, so nothing else was checked in it. Upgrade the program here and where the "
    "check runs. With required_version in zumik.yaml an older version refuses at once.",
    lesser=Severity.WARNING,
)
NOT_CANONICAL = Rule(
    "not-canonical",
    "integrity",
    Severity.ERROR,
    "The bytes are not the canonical ones for what they say",
    "The same content has to give the same bytes everywhere, or two people who freeze the same "
    "facts would get two digests. Only hand editing or another program writes it otherwise. "
    "Let zumik make the file.",
)
AGAINST_SCHEMA = Rule(
    "against-schema",
    "integrity",
    Severity.ERROR,
    "A file is not as its published schema has it",
    "Other programs read releases and pointers by their schema and would stumble here. zumik "
    "itself never writes such a file. Let zumik make it, and do not edit it by hand.",
)
DUPLICATE_ID = Rule(
    "duplicate-id",
    "integrity",
    Severity.ERROR,
    "Two releases have one id",
    "A log line names a release by its id, so an id has to mean one release for ever. Two "
    "branches that each froze one on the same day give this when both are merged. Freeze the one "
    "that has not landed again: zumik release refreeze.",
)
BROKEN_LINE = Rule(
    "broken-line",
    "integrity",
    Severity.ERROR,
    "A release's parent is not the release before it",
    "Releases are a line, each named by the next, so that none can be slipped in or left out "
    "unseen. A release is missing, or two branches each made one on the same parent. Restore "
    "the missing one, or freeze the draft again with zumik release refreeze.",
)
TIME_GOES_BACK = Rule(
    "time-goes-back",
    "integrity",
    Severity.ERROR,
    "A release was created before its parent",
    "The order of the line says what was live when, and the dates must not contradict it. A "
    "clock was wrong, or a release was backdated past its parent. Freeze the draft again with "
    "the right time. What has landed stays as it is.",
    lesser=Severity.WARNING,
)
ID_OUT_OF_LINE = Rule(
    "id-out-of-line",
    "integrity",
    Severity.ERROR,
    "A release's id is not the next one",
    "Ids follow from date and number, so that a gap would show that one is missing. zumik "
    "never leaves one out. Freeze the draft again; it gets the right id.",
)
CREATED_IN_THE_FUTURE = Rule(
    "created-in-the-future",
    "integrity",
    Severity.ERROR,
    "A release is dated after now",
    "It would claim to have been made before it was, and every later release would have to be "
    "dated after it. The clock of the machine that froze it is wrong, or ours is. Set the "
    "clock and freeze the draft again.",
    lesser=Severity.WARNING,
)
LEDGER_GAP = Rule(
    "ledger-gap",
    "integrity",
    Severity.ERROR,
    "Ledger and frozen/ do not list the same releases",
    "SHA256SUMS proves the releases without zumik, and shows when one was removed. It is "
    "written together with each release and never edited. Restore what is missing from git.",
)
LEDGER_MALFORMED = Rule(
    "ledger-malformed",
    "integrity",
    Severity.ERROR,
    "The ledger has a malformed line",
    "sha256sum -c reads the ledger, and a line that it cannot read proves nothing. A merge by "
    "hand or an editor did this. Restore SHA256SUMS from git.",
)
LEDGER_MISMATCH = Rule(
    "ledger-mismatch",
    "integrity",
    Severity.ERROR,
    "The ledger has another digest for a release",
    "Name, bytes and ledger have to agree, so that changing one of them shows. One of them was "
    "changed. See with git log which, and restore it.",
)
RANKING_DIFFERS = Rule(
    "ranking-differs",
    "integrity",
    Severity.ERROR,
    "A stored ranking does not follow from the facts frozen with it",
    "The ranking was written by hand, or derived by code with a defect. Gateways follow what is "
    "stored, and no fact would explain why this model answers. Do not land it; zumik explain "
    "shows both rankings.",
)
INCUMBENT_NOT_RANK_ONE = Rule(
    "incumbent-not-rank-one",
    "integrity",
    Severity.ERROR,
    "An incumbent was not the winner of the release that it names",
    "An incumbent keeps rank 1 because it was live, and a model was live only where an earlier "
    "release ranked it first for that alias. This release names one for which that is not true, so "
    "that a ranking that agrees with its facts may still have the wrong winner. It was written by "
    "hand, or landed without zumik check --base. Find out with git log who made it, and replace it "
    "with a new release.",
)
MALFORMED_POINTER = Rule(
    "malformed-pointer",
    "integrity",
    Severity.ERROR,
    "A live pointer cannot be read",
    "An alias whose pointer cannot be read resolves to nothing, and its requests fail. It was "
    "edited by hand or merged with conflict marks. Restore it from git, then move it with "
    "zumik alias promote.",
)
MISNAMED_POINTER = Rule(
    "misnamed-pointer",
    "integrity",
    Severity.ERROR,
    "A live pointer lies under another alias's name",
    "An alias is looked up by the file's name, and the file says that it is another's. One of "
    "two aliases answers with what was meant for the other. Restore the file from git.",
)
POINTER_TO_NOTHING = Rule(
    "pointer-to-nothing",
    "integrity",
    Severity.ERROR,
    "A live pointer names a release or alias that is not there",
    "The alias cannot be resolved, and its requests fail. The release was removed or never "
    "landed, or has no such alias. Point to one that has it: zumik alias rollback. Of a single "
    "commit of a branch it is a warning: a rebase leads there, until the draft is frozen again.",
    lesser=Severity.WARNING,
)
POINTER_MISMATCH = Rule(
    "pointer-mismatch",
    "integrity",
    Severity.ERROR,
    "A live pointer names other bytes than its release has",
    "The pointer carries the digest so that a release cannot be changed behind it. One of the "
    "two was changed by hand. Check the release first; if it is intact, promote it again. Of a "
    "single commit of a branch it is a warning: a rebase leads there, until the draft is frozen "
    "again.",
    lesser=Severity.WARNING,
)
POINTER_TO_WITHDRAWN = Rule(
    "pointer-to-withdrawn",
    "integrity",
    Severity.ERROR,
    "A live pointer names a withdrawn release",
    "A release is withdrawn because it must not answer, and here it does. Move the alias: zumik "
    "alias rollback takes the newest usable release that was live before.",
)
MALFORMED_WITHDRAWAL = Rule(
    "malformed-withdrawal",
    "integrity",
    Severity.ERROR,
    "A file in withdrawn/ is not a withdrawal as zumik writes it",
    "The mark cannot be read, lies under another release's name, or was written by hand. It "
    "leaves open whether its release may be used. Restore it from git, or withdraw the release "
    "again with zumik release withdraw.",
)
WITHDRAWAL_OF_NOTHING = Rule(
    "withdrawal-of-nothing",
    "integrity",
    Severity.ERROR,
    "A withdrawal names a release or bytes that are not there",
    "The person who withdrew it believes that a release is out of use, but no release is. "
    "The release was removed, never landed, or is another than was meant. Restore the release, "
    "or remove the mark and withdraw the right one.",
)
MALFORMED_DRAINS = Rule(
    "malformed-drains",
    "integrity",
    Severity.ERROR,
    "The list of drains cannot be read",
    "While the list cannot be read, zumik resolves nothing new: it could hand out a model that "
    "must not be used. The list was edited by hand or merged with conflict marks. Restore "
    "live/unavailable.json from git, then drain again with zumik drain.",
)
DRAIN_TOO_LONG = Rule(
    "drain-too-long",
    "integrity",
    Severity.ERROR,
    "A model is drained for longer than a drain may last",
    "A drain is for an incident: it ends by itself, and no release says it. What is to be away "
    "for longer is a decision about the policy, and is reviewed, frozen and explained as one. "
    "Drain it for less, and exclude it in the policy.",
)
DRAIN_MATCHES_NOTHING = Rule(
    "drain-matches-nothing",
    "integrity",
    Severity.WARNING,
    "A drain names no model that any live alias ranks",
    "The drain has no effect, and a person may believe that it has one. The glob is misspelt, or "
    "the aliases rank other models by now. Drain the model that is meant, or remove the drain "
    "with zumik undrain.",
    about=("MODELS",),
)
DRAIN_IGNORED = Rule(
    "drain-ignored",
    "integrity",
    Severity.WARNING,
    "A drain is ignored, because it would leave an alias without any model",
    "An alias that answers badly is better than one that does not answer, so the drained models "
    "keep answering. Traffic goes where the drain was meant to stop it. Promote a release that "
    "ranks another model, or drain fewer models.",
    about=("ALIASES",),
)
DRAIN_OVER = Rule(
    "drain-over",
    "integrity",
    Severity.NOTICE,
    "A drain has ended and is still on the list",
    "It has no effect any more and shows what was drained. The next change of the list removes "
    "it. There is nothing to do.",
)
CASE_COLLISION = Rule(
    "case-collision",
    "integrity",
    Severity.ERROR,
    "Two names differ only in upper and lower case",
    "On a disk that ignores case, as on most laptops, a clone gets one of the two files, and "
    "which one is chance. Rename one of them.",
)
ATTRIBUTES_CHANGE_BYTES = Rule(
    "attributes-change-bytes",
    "integrity",
    Severity.ERROR,
    "A .gitattributes lets git change the bytes of what is released",
    "With text, ident, filter, export-subst or working-tree-encoding a checkout or an archive "
    "has other bytes than were frozen; with merge=union two ledgers melt into one without a "
    "conflict. The last match wins, and a file nearer to the releases goes before one above. "
    "Restore the attributes that zumik init writes.",
)
SECRET_IN_TEXT = Rule(
    "secret-in-text",
    "integrity",
    Severity.ERROR,
    "A note or reason holds something that looks like a key",
    "Notes and reasons are frozen and published for ever; git keeps them even if a file is "
    "replaced. If it is a key, revoke it first: it may have been read already. Then make the "
    "release or the move again without it.",
    lesser=Severity.WARNING,
)
BAD_SIGNATURE = Rule(
    "bad-signature",
    "integrity",
    Severity.ERROR,
    "A signature does not hold",
    "It is of other bytes, of a key that allowed_signers does not name, or of one that was not "
    "valid then. A signature that does not hold says less than none. Find out who made it; the "
    "release's author can sign again with zumik release sign.",
)
TEXT_TOO_LONG = Rule(
    "text-too-long",
    "integrity",
    Severity.ERROR,
    "A note or a reason is longer than 2,000 characters",
    "A note, or the reason of a withdrawal, is kept for ever and shown wherever the release "
    "is. Two thousand characters say why; the discussion is better linked to. Make it again "
    "with a shorter one.",
    lesser=Severity.WARNING,
)
MISSING_FILE = Rule(
    "missing-file",
    "integrity",
    Severity.ERROR,
    "The last commit has a file that the work tree has not",
    "A release, pointer or ledger that is not there cannot be looked at, and a line of nothing "
    "is always in order. Somebody removed it, or the checkout is sparse. Restore it, or judge "
    "the commit itself: zumik check --base.",
)
BAD_ALLOWED_SIGNERS = Rule(
    "bad-allowed-signers",
    "integrity",
    Severity.ERROR,
    "A line of allowed_signers cannot be read",
    "Such a line allows no signer, and a signature that it was meant for proves nothing. A "
    "mistake here may lock out the only signer. The format is OpenSSH's, under ALLOWED SIGNERS "
    "in ssh-keygen(1).",
)
