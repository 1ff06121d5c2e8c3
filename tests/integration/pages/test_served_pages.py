"""The pages of `zumik serve` in a browser: behind a key, and with what is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.integration.pages.reader import Reader
from tests.integration.pages.test_box import LINE, RECEIPT, Box
from tests.integration.pages.test_search import typed
from tests.integration.pages.test_verify_button import verified
from tests.integration.serve.server import (
    KEY,
    ROOT,
    Server,
    serving,
)

from zumik.serve.api_keys import hashed


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The example behind a key."""
    place = tmp_path_factory.mktemp("guarded")
    (place / "keys").write_text(f"{hashed('reader', KEY.encode())}\n")
    arguments = ["--api-keys", str(place / "keys")]
    with serving(place / "logs", *arguments, cwd=ROOT) as server:
        yield server


def test_behind_a_key_box_button_and_search_answer(
    guarded: Server, reader_of: Callable[..., Reader]
) -> None:
    reader = reader_of(guarded.url, http_credentials={"username": "ada", "password": KEY})
    # Before it has the key, the browser is asked for it.
    reader.expected = "401"
    assert Box(reader).explain(RECEIPT).startswith("Reproduced: ")
    page = reader.open(f"releases/{LINE['alias_release']}/")
    assert verified(page).startswith("Verified: ")
    assert typed(page, "code.fast").first.inner_text() == "code.fast"
