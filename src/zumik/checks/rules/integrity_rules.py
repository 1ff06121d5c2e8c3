"""Rules for everything that was released, over all history, whatever it is compared with."""

from __future__ import annotations

from zumik.core.basics.findings import Rule


def _rule(code: str, title: str, why: str) -> Rule:
    return Rule(code, "integrity", title, why)


RULES = (
    _rule(
        "foreign-entry",
        "Something else lies where a plain file must be",
        "A symlink, directory, submodule or executable can hold other bytes in each clone, or "
        "none. A release is trusted because every clone has the same bytes under its name. "
        "Restore the file from git, and see with git log who replaced it.",
    ),
    _rule(
        "not-a-release-file",
        "A file in frozen/ is no release",
        "frozen/ holds releases, their signatures and nothing else, so that nobody has to wonder "
        "what a file there is for. A release that was renamed by hand looks like this too. Move "
        "the file out, or restore its name from git.",
    ),
    _rule(
        "not-a-pointer-file",
        "A file in live/ is no live pointer",
        "live/ holds one pointer for each alias, the list of drains and nothing else. A file with "
        "another name is read by nobody, and somebody may believe that it is. Remove it.",
    ),
    _rule(
        "stray-signature",
        "A signature's release is not there",
        "A signature lies beside the release that it signs and stays as long as that. Alone it "
        "means that a release was removed or renamed. Restore the release from git.",
    ),
    _rule(
        "digest-mismatch",
        "A release's bytes do not hash to the digest in its name",
        "The bytes were changed after freezing: by hand, by a line-ending filter, or by a damaged "
        "disk. Every log line that names this release would be explained from other facts than "
        "those that decided. Restore the file from git; if git has the wrong bytes too, find the "
        "commit that changed them.",
    ),
    _rule(
        "lfs-pointer",
        "A Git LFS pointer lies where a release must be",
        "With LFS the bytes are on a server, and what is in git names them only. A clone without "
        "that server could not explain anything. Exempt releases/ from LFS in .gitattributes and "
        "restore the file.",
    ),
    _rule(
        "malformed-release",
        "A release cannot be read",
        "Its bytes are those that its name promises, and they are no release that this version "
        "understands. Either it was written by hand, or a newer zumik made it. Update zumik, or "
        "have zumik release create make it again.",
    ),
    _rule(
        "not-canonical",
        "The bytes are not the canonical ones for what they say",
        "The same content has to give the same bytes everywhere, or two people who freeze the "
        "same facts would get two digests. Only hand editing or another program writes it "
        "otherwise. Let zumik make the file.",
    ),
    _rule(
        "against-schema",
        "A file is not as its published schema has it",
        "Other programs read releases and pointers by their schema and would stumble here. zumik "
        "itself never writes such a file. Let zumik make it, and do not edit it by hand.",
    ),
    _rule(
        "duplicate-id",
        "Two releases have one id",
        "A log line names a release by its id, and an id has to mean one release for ever. Two "
        "branches that each froze one on the same day come to this when both are merged. Freeze "
        "the one that has not landed again: zumik release refreeze.",
    ),
    _rule(
        "broken-line",
        "A release's parent is not the release before it",
        "Releases are a line, each named by the next, so that none can be slipped in or left out "
        "unseen. A release is missing, or two branches each made one on the same parent. Restore "
        "the missing one, or freeze the draft again with zumik release refreeze.",
    ),
    _rule(
        "time-goes-back",
        "A release was created before its parent",
        "What was live when is told from the order of the line, and must not contradict its "
        "dates. A clock was wrong, or a release was backdated past its parent. Freeze the draft "
        "again with the right time.",
    ),
    _rule(
        "id-out-of-line",
        "A release's id is not the next one",
        "Ids follow from date and number, so that a gap would show that one is missing. zumik "
        "never leaves one out. Freeze the draft again; it gets the right id.",
    ),
    _rule(
        "created-in-the-future",
        "A release is dated after now",
        "It would claim to have been made before it was, and every later release would have to be "
        "dated after it. The clock of the machine that froze it is wrong, or ours is. Set the "
        "clock and freeze the draft again.",
    ),
    _rule(
        "ledger-gap",
        "Ledger and frozen/ do not list the same releases",
        "SHA256SUMS proves the releases without zumik, and shows when one was removed. It is "
        "written together with each release and never edited. Restore what is missing from git.",
    ),
    _rule(
        "ledger-malformed",
        "The ledger has a line that is none",
        "sha256sum -c reads the ledger, and what it cannot read it does not prove. A merge by "
        "hand or an editor did this. Restore SHA256SUMS from git.",
    ),
    _rule(
        "ledger-mismatch",
        "The ledger has another digest for a release",
        "Name, bytes and ledger have to agree, so that changing one of them shows. One of them "
        "was changed. See with git log which, and restore it.",
    ),
    _rule(
        "ranking-differs",
        "A stored ranking does not follow from the facts frozen with it",
        "The winner was written by hand, or derived by code that has a defect. What is stored is "
        "what gateways follow, so nobody could explain why this model answers. Do not land it; "
        "zumik explain shows both rankings.",
    ),
    _rule(
        "malformed-pointer",
        "A live pointer cannot be read",
        "An alias whose pointer cannot be read resolves to nothing, and its requests fail. It was "
        "edited by hand or merged with conflict marks. Restore it from git, then move it with "
        "zumik alias promote.",
    ),
    _rule(
        "misnamed-pointer",
        "A live pointer lies under another alias's name",
        "An alias is looked up by the file's name, and the file says that it is another's. One of "
        "two aliases answers with what was meant for the other. Restore the file from git.",
    ),
    _rule(
        "pointer-to-nothing",
        "A live pointer names a release or alias that is not there",
        "The alias cannot be resolved, and its requests fail. The release was removed or never "
        "landed, or has no such alias. Point to one that has it: zumik alias rollback.",
    ),
    _rule(
        "pointer-mismatch",
        "A live pointer names other bytes than its release has",
        "The pointer carries the digest so that nobody can change a release behind it. One of the "
        "two was changed by hand. Check the release first; if it is intact, promote it again.",
    ),
    _rule(
        "pointer-to-withdrawn",
        "A live pointer names a withdrawn release",
        "A release is withdrawn because it must not answer, and here it does. Move the alias: "
        "zumik alias rollback takes the newest one that was live before and stands.",
    ),
    _rule(
        "malformed-withdrawal",
        "A file in withdrawn/ is no withdrawal as zumik writes it",
        "A mark that cannot be read, lies under another release's name or was written by hand "
        "leaves open whether its release may be used. Restore it from git, or withdraw the "
        "release again with zumik release withdraw.",
    ),
    _rule(
        "withdrawal-of-nothing",
        "A withdrawal names a release or bytes that are not there",
        "Whoever withdrew it believes that a release is out of use, and none is. The release was "
        "removed, never landed, or is another than was meant. Restore the release, or remove the "
        "mark and withdraw the right one.",
    ),
    _rule(
        "malformed-drains",
        "The list of drains cannot be read",
        "While nobody can tell what is drained, nothing new is answered: a model that must not be "
        "used must not look as if it could. It was edited by hand or merged with conflict marks. "
        "Restore live/unavailable.json from git, then drain again with zumik drain.",
    ),
    _rule(
        "drain-too-long",
        "A model is drained for longer than a drain may last",
        "A drain is for an incident: it ends by itself, and no release says it. What is to be away "
        "for longer is a decision about the policy, and is reviewed, frozen and explained as one. "
        "Drain it for less, and exclude it in the policy.",
    ),
    _rule(
        "drain-matches-nothing",
        "A drain names no model that any live alias ranks",
        "It takes nothing away, and somebody may believe that it does. The glob is misspelt, or "
        "the aliases have moved on since. Drain what is meant, or take it off the list with zumik "
        "undrain.",
    ),
    _rule(
        "drain-ignored",
        "A drain is ignored, as it would leave an alias with nobody",
        "An alias that answers badly is better than one that does not answer, so the drained "
        "models go on answering. Traffic goes where it was not to go. Promote a release that ranks "
        "another model, or drain fewer.",
    ),
    _rule(
        "drain-over",
        "A drain is over and still on the list",
        "It takes nothing away any more, and tells what was. The next change of the list leaves it "
        "out. Nothing has to be done.",
    ),
    _rule(
        "case-collision",
        "Two names differ only in upper and lower case",
        "Where case is not told, as on most laptops, a clone gets one of the two files and not "
        "the other. Which one is chance. Rename one of them.",
    ),
    _rule(
        "attributes-change-bytes",
        "A .gitattributes lets git change the bytes of what is released",
        "With text, ident, filter, export-subst or working-tree-encoding a checkout or an archive "
        "has other bytes than were frozen; with merge=union two ledgers melt into one without a "
        "conflict. The last match wins, and a file nearer to the releases goes before one above. "
        "Restore the attributes that zumik init writes.",
    ),
    _rule(
        "secret-in-text",
        "A note or reason holds something that looks like a key",
        "Notes and reasons are frozen and published for ever; git keeps them even where a file is "
        "replaced. If it is a key, revoke it first: somebody may have read it. Then make the "
        "release or the move again without it.",
    ),
    _rule(
        "bad-signature",
        "A signature does not hold",
        "It is of other bytes, of a key that allowed_signers does not name, or of one that was "
        "not valid then. A signature that does not hold says less than none. Find out who made "
        "it; the release's author can sign again with zumik release sign.",
    ),
    _rule(
        "text-too-long",
        "A note is longer than any reader's patience",
        "A note, or the reason of a withdrawal, is kept for ever and shown wherever the release "
        "is. Two thousand characters say why; the discussion is better linked to. Make it again "
        "with a shorter one.",
    ),
    _rule(
        "missing-file",
        "The last commit has a file that the work tree has not",
        "A release, pointer or ledger that is not there cannot be looked at, and a line of nothing "
        "is always in order. Somebody removed it, or the checkout is sparse. Restore it, or judge "
        "the commit itself: zumik check --base.",
    ),
    _rule(
        "bad-allowed-signers",
        "A line of allowed_signers cannot be read",
        "Such a line allows nobody, and a signature that it was meant for proves nothing. A slip "
        "here may lock out the only signer. The format is OpenSSH's, under ALLOWED SIGNERS in "
        "ssh-keygen(1).",
    ),
)
