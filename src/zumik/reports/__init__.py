"""Views: plain data in, text or JSON out. They compute nothing and print nothing.

Text reads without colour; JSON holds exact values. Whatever came from a file or a log is shown with
control characters made visible.
"""
