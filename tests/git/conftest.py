"""Keys made for the tests, and no ssh-agent from outside."""

from __future__ import annotations

import pytest
from tests.git.ssh_keys import Keys, keygen


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    keys = Keys(tmp_path_factory.mktemp("keys"))
    for name in ("ada", "bob", "ca"):
        keys.make(name, "-N", "")
    keys.make("secret", "-N", "correct horse")
    names = ["-I", "ada", "-n", "ada@example.org", "-V", "20250101:20300101"]
    keygen("-q", "-s", str(keys.file("ca")), *names, str(keys.file("ada.pub")))
    return keys


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
