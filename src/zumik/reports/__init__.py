"""Views: plain data in, text or JSON out. They compute nothing and print nothing.

Text reads without colour; JSON holds exact values. In text that came from a file or a log,
control characters are made visible.
"""
