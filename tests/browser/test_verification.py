"""What a page checks for its reader: the example's releases, and what is pasted."""

from __future__ import annotations

import base64
import json
import re
from pathlib import PurePosixPath
from typing import Any

from tests.browser.engines import ROOT, Node

from zumik.pages.site_files import scripts

FROZEN = sorted((ROOT / "releases" / "frozen").glob("*.json"))
RECEIPT = "code.fast@alr_2026_06_09_003:0123456789ab=a/x"


def question_of(name: str, data: bytes) -> dict[str, str]:
    content = base64.b64encode(data).decode()
    return {"ask": "verification", "file_name": name, "bytes": content}


def test_every_release_of_the_example_is_verified(engine: Any) -> None:
    found = engine.ask_all([question_of(file.name, file.read_bytes()) for file in FROZEN])
    assert FROZEN
    for file, aliases in zip(FROZEN, found, strict=True):
        assert aliases == dict.fromkeys(json.loads(file.read_bytes())["aliases"], True)


def test_a_site_has_every_script_that_its_scripts_import() -> None:
    shipped = scripts()
    for name, text in shipped.items():
        for imported in re.findall(r'(?:from|import)[ (]"(\.[^"]+)"', text.decode()):
            parts: list[str] = []
            for part in (PurePosixPath(name).parent / imported).parts:
                parts[-1:] = [] if part == ".." else [*parts[-1:], part]
            assert "/".join(parts) in shipped, f"{name} imports {imported}"


def test_a_byte_more_is_no_release(node: Node) -> None:
    assert node.ask(question_of(FROZEN[0].name, FROZEN[0].read_bytes() + b" ")) is None


def test_a_receipt_and_a_line_are_pasted_with_space_around_them(node: Node) -> None:
    receipt = node.ask({"ask": "pasted", "text": f"\n {RECEIPT}\n"})
    assert receipt["alias_release_sha256"] == "0123456789ab"
    line = node.ask({"ask": "pasted", "text": ' {"requested_model": "code.fast"}\n'})
    assert line == {"requested_model": "code.fast"}
    assert node.ask({"ask": "pasted", "text": "<script>alert(1)</script>"}) is None
