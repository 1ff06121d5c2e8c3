"""All or nothing: files written and committed together, whenever the command ends.

See `commit` for the protocol. It decides nothing about what is written.
"""
