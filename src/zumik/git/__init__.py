"""Git: the repository, commits as trees, merges, history, remotes and signatures.

Git itself answers every question. This room writes no file of the workspace; `transaction` does.
"""
