"""Ctrl-C inside a query ends the command as anywhere else."""

from __future__ import annotations

import pytest

from zumik.logs.query_interrupts import query_interrupts


def test_what_duckdb_makes_of_a_signal_is_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), query_interrupts():
        raise RuntimeError("Query interrupted")


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="other"), query_interrupts():
        raise RuntimeError("other")
