"""The pages of `zumik serve` in a browser: behind a key, and with what is not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.pages.reader import Reader
from tests.integration.pages.test_box import LINE, RECEIPT, Box, line
from tests.integration.pages.test_search import typed
from tests.integration.pages.test_verify_button import verified
from tests.integration.serve.server import (
    CONFIDENTIAL,
    KEY,
    ROOT,
    Server,
    confidential_bundle,
    serving,
    write_bundle,
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


def test_the_bytes_of_a_confidential_release_are_not_missed_without_a_word(
    tmp_path: Path, reader_of: Callable[..., Reader]
) -> None:
    write_bundle(tmp_path / "live.json", confidential_bundle())
    with serving(tmp_path / "logs", "--bundle", str(tmp_path / "live.json")) as server:
        reader = reader_of(server.url)
        release = CONFIDENTIAL.ref.id
        said = Box(reader).explain(line(alias_release=release, resolved_model="acme/small"))
        assert said == (
            f"Unreplayable: {release} holds confidential facts, so this site does not publish its "
            "bytes."
        )
        page = reader.open(f"releases/{release}/")
        assert page.get_by_role("button", name="Verify in this browser").count() == 0
        assert "hush" not in page.content()
