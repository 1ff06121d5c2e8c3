"""Catalog sources: what others publish about models, read and held against the catalog.

Bytes in, offers and plans out. Nothing here opens a file, asks a network or writes YAML.
"""
