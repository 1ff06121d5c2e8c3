"""All or nothing: files that are written and committed together, even if zumik is killed.

The protocol, in the order in which it happens:

1. lock      `lock.writers_lock`: one writer at a time in all work trees; git inherits the lock.
2. journal   `journal.write_journal`: what will be written, on the disk before anything changes.
3. place     `file_plan.place_files`: new bytes beside each file, then a rename; the old file is
             kept under another name. Hooks read the work tree, so this precedes the commit.
4. commit    `commit.commit`: `git commit --only` on a copy of the index. Git moves the branch by
             compare-and-swap. That is the one moment: before it nothing has happened, after it all.
5. forget    `file_plan.remove_temporary`, `journal.remove_journal`, then the lock.

What a kill leaves, and what `recovery.finish_or_take_back` makes of it:

- before 2 ends: no journal. Nothing was changed.
- between 2 and 4: the journal, some of the files. The old files get their names back.
- after 4: the journal, old files under other names. The index is updated and they are removed.

The command itself runs `recovery` when it fails. After a kill the next command refuses to write and
names `zumik recover`, which runs it. Each step may run twice, so a killed recovery is run again.
Without a commit (`--no-commit`, or while git merges) 3, or staging the files, is the one moment.
"""
