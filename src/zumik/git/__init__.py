"""Git: the repository, commits as trees, merges, history, remotes and signatures.

Every question goes to git itself. It writes no file of the workspace; `transaction` does.
"""
