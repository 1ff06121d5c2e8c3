"""zumik: release manager for reproducible model aliases.

Importing this package loads nothing but itself; see `zumik.core` for the semantics and `zumik.cli`
for the command line.
"""

__version__ = "0.1.0"
