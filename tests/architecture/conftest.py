"""The desks of the whole-command tests."""

from tests.cli.conftest import desk_after, played

__all__ = ["desk_after", "played"]
