"""`zumik serve`: what is live, over HTTP, read-only.

One process, on loopback by default, that writes no files. It carries no model traffic and sends no
request to a provider. It needs the extra `zumik[serve]`.
"""
