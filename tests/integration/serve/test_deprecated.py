"""What a server says of an alias that is about to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

from tests.core.builders import alias, frozen
from tests.core.bundles import BEST, MODELS, bundled, pointed
from tests.integration.serve.server import Server, write_bundle

SAID = {"replaced_by": "reasoning.best", "sunset": "2027-03-01"}


def deprecated_bundle(**said: str) -> Callable[[Path], None]:
    """Writes a bundle in which one of two aliases is about to end."""
    source = frozen(
        alias("listed", candidates=["acme/small", "bolt/big"], deprecated=said),
        alias("listed", name=BEST, candidates=["bolt/big"]),
        models=MODELS,
    )
    bundle = bundled(pointed(source), pointed(source, BEST), releases=(source,))
    return lambda place: write_bundle(place, bundle)


@pytest.fixture
def asked(start: Callable[..., Server], tmp_path: Path) -> Callable[..., Server]:
    """A server of a bundle in which `code.fast` is deprecated."""

    def serve(**said: str) -> Server:
        deprecated_bundle(**said)(tmp_path / "live.json")
        return start("--bundle", str(tmp_path / "live.json"))

    return serve


def test_resolving_a_deprecated_alias_sets_headers_and_leaves_the_line(
    asked: Callable[..., Server],
) -> None:
    server = asked(**SAID)
    answer = server.post("/v2/resolve", {"reference": "code.fast"})
    assert answer.headers["deprecation"] == "@1780995600"  # when the release was made
    assert answer.headers["sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
    assert "deprecated" not in answer.json()
    assert "link" not in answer.headers
    page = server.get("/v2/model-aliases/code.fast")
    assert (page.headers["deprecation"], page.headers["sunset"]) == (
        answer.headers["deprecation"],
        answer.headers["sunset"],
    )
    assert page.json()["policy"]["deprecated"] == SAID
    kept = server.get(
        "/v2/model-aliases/code.fast", headers={"if-none-match": page.headers["etag"]}
    )
    assert (kept.status_code, kept.headers["sunset"]) == (304, page.headers["sunset"])


@pytest.mark.parametrize(
    "reference", ["reasoning.best", "code.fast@alr_2026_06_09_001", "acme/small"]
)
def test_an_alias_without_deprecation_has_no_such_headers(
    asked: Callable[..., Server], reference: str
) -> None:
    headers = asked(**SAID).post("/v2/resolve", {"reference": reference}).headers
    assert not {"deprecation", "sunset"} & headers.keys()


def test_the_list_of_aliases_names_successor_and_date(asked: Callable[..., Server]) -> None:
    items = asked(**SAID).get("/v2/model-aliases").json()["data"]
    assert [item["deprecated"] for item in items] == [SAID, None]


def test_without_a_day_there_is_no_sunset(asked: Callable[..., Server]) -> None:
    headers = asked(replaced_by="reasoning.best").post("/v2/resolve", {"reference": "code.fast"})
    assert "deprecation" in headers.headers
    assert "sunset" not in headers.headers


def test_a_sunset_is_never_before_the_deprecation(asked: Callable[..., Server]) -> None:
    """RFC 9745, 4: a policy may name a day that had passed when it was frozen."""
    headers = asked(sunset="2026-01-31").post("/v2/resolve", {"reference": "code.fast"}).headers
    sunset = parsedate_to_datetime(headers["sunset"])
    since = datetime.fromtimestamp(int(headers["deprecation"].removeprefix("@")), UTC)
    assert since == sunset == datetime(2026, 1, 31, tzinfo=UTC)
