"""Serving: what is live, over HTTP, read-only.

Loopback by default, one process, nothing of its own on the disk. It carries no model traffic and
never asks a provider anything. Needs the extra `zumik[serve]`.
"""
