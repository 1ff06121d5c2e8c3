"""Whether LiteLLM is installed, without importing it: that would look for a newer price list.

It is asked for as a distribution. As a module, this folder itself may be found under its name.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

import pytest


def require_litellm() -> None:
    """Skip the module that calls this where LiteLLM is not installed."""
    try:
        distribution("litellm")
    except PackageNotFoundError:
        pytest.skip("needs the integration extra", allow_module_level=True)
