"""Every way that we know of to get a wrong release or pointer past a check, and what finds it.

An attack does its worst on a branch that leaves `origin/main`. `errors` are the codes that checking
it against the base gives, all of them and no other; `warnings` are some of the other codes.
`python -m tests.cli.attacks` runs all attacks and prints the table.
"""
