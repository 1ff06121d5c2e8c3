"""Benchmarks: ratios of two things measured side by side, printed beside the goal, never asserted.

`python -m tests.benchmarks` prints the table; README.md says what is measured and how.
"""
