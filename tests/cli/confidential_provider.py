"""A confidential provider, and every name by which its models could be known."""

from __future__ import annotations

NAMES = ("hush", "quiet", "whisper-7b", "shh-2026", "prod-shh")
"""Everything by which the confidential provider's models could be known."""

CATALOG = """\
provider: hush
confidential: true
models:
  quiet:
    revision: shh-2026
    pinned: true
    price: {input: 0.01, output: 0.01}
    limits: {input_tokens: 1000000, context_tokens: 1000000, output_tokens: 100000}
    upstream: {model: prod-shh}
  whisper-7b:
    revision: whisper-7b
    pinned: true
    price: {input: 0.02, output: 0.02}
"""
