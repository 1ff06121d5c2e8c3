"""The semantics: pure functions and frozen values, on the standard library alone.

Nothing in here opens a file, reads a clock or the environment, or prints.
"""
