"""The semantics: pure functions and frozen values, on the standard library alone.

Nothing in here opens a file, reads a clock or the environment, or prints. The folders are layers:
basics, facts, resolvers, releases, live, decisions, reviews; each uses those named before it.
"""
