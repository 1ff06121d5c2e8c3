"""Ctrl-C inside a query of DuckDB, which takes the signal and raises an error of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_SAID = "Query interrupted"


@contextmanager
def query_interrupts() -> Iterator[None]:
    """Raises KeyboardInterrupt where DuckDB says that its query was interrupted."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != _SAID:
            raise
        raise KeyboardInterrupt from None
