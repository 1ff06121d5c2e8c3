"""The box for a log line or a receipt: what it answers, and what hostile input cannot do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.engines import ROOT
from tests.integration.pages.reader import FORBIDDEN_HOST, Reader
from tests.integration.pages.websites import Website

HOME = ""
LINE = {
    "requested_model": "code.fast",
    "alias_release": "alr_2026_06_09_003",
    "resolved_model": "anthropic/claude-haiku-4-5",
    "candidates_considered": 3,
    "resolution_reason": "lowest_expected_latency_under_policy",
}
RECEIPT = "code.fast@alr_2026_06_09_003:1a673eeacc7d=anthropic/claude-haiku-4-5"
MIB = 1_048_576


class Box:
    """The box of the home page."""

    def __init__(self, reader: Reader, address: str = HOME) -> None:
        self._page = reader.open(address)
        self._box = self._page.locator("[data-box]")

    def paste(self, text: str) -> None:
        """As a person does: into the field, through the clipboard's event."""
        self._box.get_by_role("textbox").focus()
        self._page.evaluate(
            """(text) => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const event = new ClipboardEvent("paste",
                {clipboardData: data, bubbles: true, cancelable: true});
              if (document.activeElement.dispatchEvent(event)) {
                document.execCommand("insertText", false, text);
              }
            }""",
            text,
        )

    def explain(self, text: str) -> str:
        """The sentence that answers what is pasted."""
        self._box.get_by_role("textbox").fill(text)
        self._box.get_by_role("button", name="Explain").click()
        self._page.wait_for_function(
            """() => !["", "Reading …"].includes(
              document.querySelector("[data-box] [role=status]").textContent)"""
        )
        return self.sentence

    @property
    def sentence(self) -> str:
        return self._box.get_by_role("status").inner_text()

    @property
    def text(self) -> str:
        return self._box.inner_text()

    @property
    def html(self) -> str:
        return str(self._box.locator(".answer").inner_html())

    @property
    def fields(self) -> dict[str, str]:
        names = self._box.locator("dt").all_inner_texts()
        return dict(zip(names, self._box.locator("dd").all_inner_texts(), strict=True))


@pytest.fixture
def box(reader: Reader) -> Box:
    return Box(reader)


def line(**changed: object) -> str:
    return json.dumps({**LINE, **changed})


def test_the_line_of_the_readme_is_explained_as_in_the_terminal(box: Box) -> None:
    (pasted,) = re.findall(r"zumik explain '(\{.*?\})'", (ROOT / "README.md").read_text())
    assert box.explain(pasted) == (
        "Reproduced: code.fast@alr_2026_06_09_003 answers with anthropic/claude-haiku-4-5, as the "
        "log says."
    )
    assert box.fields == {
        "promise": "Low-latency coding.",
        "why": "lowest expected_latency: 1.68 s",
        "margin": "leads anthropic/claude-sonnet-4-5 (rank 2) by 2.63 s of expected_latency",
        "request": "assumed: a request that asks for nothing special",
        "release": "frozen afterwards for 2026-06-09T13:00:00Z: code.fast asks for half of "
        "SWE-bench Verified.",
        "served": "not logged",
        "bytes": "intact: sha256 1a673eeacc7d… agrees with their name",
        "ranking": "re-derived from the frozen facts: the same",
        "resolver": "1; new releases are made by 2",
    }
    assert "anthropic/claude-haiku-4-5 winner\t1.68 s\t≥ $0.0062\t0.606" in box.text


def test_what_is_pasted_is_explained_without_a_click(box: Box, reader: Reader) -> None:
    box.paste(RECEIPT)
    expect(reader.page.locator("[data-box] [role=status]")).to_contain_text("Reproduced: ")


def test_ctrl_enter_explains_what_was_typed(box: Box, reader: Reader) -> None:
    field = reader.page.locator("[data-box]").get_by_role("textbox")
    field.press_sequentially(RECEIPT)
    field.press("Control+Enter")
    expect(reader.page.locator("[data-box] [role=status]")).to_contain_text("Reproduced: ")


def test_the_example_on_a_page_is_its_own_receipt(reader: Reader) -> None:
    box = Box(reader, "aliases/code.fast/")
    reader.page.get_by_role("button", name="Try the receipt").click()
    status = reader.page.locator("[data-box] [role=status]")
    expect(status).to_contain_text("Reproduced: code.fast@alr_2026_11_28_001 answers with")
    assert box.fields["ranking"] == "re-derived from the frozen facts: the same"


def test_a_receipt_is_explained(box: Box) -> None:
    assert box.explain(f"\n {RECEIPT} \n").startswith("Reproduced: code.fast@alr_2026_06_09_003 ")
    assert box.fields["bytes"].endswith("their name and the log line (first 12 digits)")


def test_a_line_inside_a_gateways_entry_is_found(box: Box) -> None:
    entry = {"model": "x", "metadata": {"spend_logs_metadata": json.dumps(LINE)}, "again": [LINE]}
    assert box.explain(json.dumps(entry)).startswith("Reproduced: ")
    two = json.dumps([LINE, {**LINE, "candidates_considered": 4}])
    assert "more than one logged decision" in box.explain(json.dumps({"calls": two}))


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        (
            line(resolved_model="openai/gpt-4.1"),
            "Diverged: the log does not follow from alr_2026_06_09_003, in resolved_model.",
        ),
        (
            line(resolved_model="openai/gpt-5-mini", resolution_reason=None),
            "Consistent: code.fast@alr_2026_06_09_003 can have answered with openai/gpt-5-mini, "
            "and the log does not prove it.",
        ),
        (
            line(resolved_model=None),
            "Unreplayable: the line does not say which model answered: it has no resolved_model.",
        ),
        (
            line(alias_release="alr_2031_01_01_001"),
            "Unreplayable: there is no release alr_2031_01_01_001 on this site.",
        ),
        (
            line(alias_release=None),
            "Unreplayable: the line names no release and has no time.",
        ),
        ("code.fast", "code.fast is a reference: it records no decision that could be checked."),
        (" ", "Paste a log line or a receipt first."),
        ("good morning", "This is no log line and no receipt: it is no receipt."),
        ("{}", "This is no log line and no receipt: requested_model is not logged."),
    ],
)
def test_the_answer_begins_with_the_verdict(
    box: Box, reader: Reader, pasted: str, sentence: str
) -> None:
    # Chromium writes in the console that a release is not there.
    reader.expected = "404"
    assert box.explain(pasted) == sentence


HOSTILE_TEXTS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u2066\u200b\ufeff",
    "`${alert(1)}`{{7*7}}",
    "\ud800",
    "%s%n\0",
]


UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_is_shown_as_text(box: Box, text: str) -> None:
    sentence = box.explain(line(resolution_reason=text, served_model=text, resolved_revision=text))
    assert sentence.startswith("Diverged: ")
    assert not re.search(r"<(img|script|svg)", box.html)
    unseen = re.compile(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    )
    assert not unseen.search(box.text)
    for field in ("requested_model", "alias_release", "resolved_model"):
        assert box.explain(line(**{field: text})).startswith("This is no log line")
    assert box.explain(text).startswith("This is no log line")
    assert not UNSEEN.search(box.text)


@pytest.mark.parametrize(
    "key", ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]
)
def test_no_key_reaches_a_prototype(box: Box, reader: Reader, key: str) -> None:
    inner = {"isPolluted": True, "requested_model": "x", "unavailable": ["a/x"]}
    plain = f'{{"{key}": {json.dumps(inner)}, {line()[1:]}'
    assert box.explain(plain).startswith("Reproduced: ")
    asked = line(request={key: inner})
    assert "a key that is not known" in box.explain(asked)
    assert reader.page.evaluate("() => [({}).isPolluted, [].isPolluted]") == [None, None]


def test_no_key_and_no_secret_is_repeated(box: Box) -> None:
    secret = "sk-ant-api03-THIS-IS-A-SECRET"
    for pasted in (
        secret,
        line(**{secret: secret}),
        line(request={secret: secret}),
        line(requested_model=secret),
        line(alias_release=secret),
        line(resolved_model=secret),
        json.dumps({secret: {"authorization": secret, "inner": LINE}}),
    ):
        box.explain(pasted)
        assert "SECRET" not in box.text


def test_depth_is_bounded(box: Box) -> None:
    deep = "[" * 200_000
    assert "nests more than 100 deep" in box.explain(f'{{"requested_model": {deep}')
    assert "nests more than 100 deep" in box.explain('{"a":' * 200_000)


def test_what_is_too_long_is_not_read(box: Box, reader: Reader) -> None:
    box.paste("x" * 50_000_000)
    assert box.sentence.startswith("This has more than the 1,048,576 characters")
    assert reader.page.get_by_role("textbox").first.input_value() == ""
    assert box.explain(line()).startswith("Reproduced: ")
    assert box.explain(line(padding="x" * MIB)).startswith("This has more than")
    # As many characters, but more bytes.
    wide = line(padding="é" * (MIB - 1000)).encode().decode("unicode_escape")
    assert "more than the 1,048,576 bytes" in box.explain(wide)


def test_a_long_line_that_is_read_leaves_the_page_alive(box: Box, reader: Reader) -> None:
    models = [f"a/{number}" for number in range(60_000)]
    assert box.explain(line(request={"unavailable": models})).startswith("Reproduced: ")
    assert len(box.text) < 20_000


def test_nothing_that_is_pasted_leaves_the_browser(box: Box, reader: Reader) -> None:
    before = len(reader.asked)
    box.explain(line(served_model="a-name-of-ours", timestamp="2026-06-09T14:00:00Z"))
    asked = reader.asked[before:]
    assert asked
    assert not [url for url in asked if "a-name-of-ours" in url or "haiku" in url]


@pytest.mark.parametrize("fault", ["byte", "name", "page"])
def test_a_damaged_release_gets_no_verdict(
    own_site: Website, reader_of: Callable[..., Reader], fault: str
) -> None:
    folder = own_site.directory / "data" / "releases"
    (file,) = folder.glob("alr_2026_06_09_003.*.json")
    if fault == "byte":
        file.write_bytes(file.read_bytes().replace(b"1.68", b"9.68", 1))
    else:
        page = folder / "alr_2026_06_09_003.json"
        (other,) = folder.glob("alr_2026_06_09_001.?*.json")
        name = other.name if fault == "name" else f"../../x#{file.name}"
        page.write_text(json.dumps({"published_bytes": f"data/releases/{name}"}))
    box = Box(reader_of(own_site.origin))
    assert box.explain(line()).startswith("NOT INTACT: ")
    assert box.fields == {}


def test_plain_http_says_what_to_do_instead(
    site: Website, reader_of: Callable[..., Reader]
) -> None:
    reader = reader_of(site.origin.replace("127.0.0.1", FORBIDDEN_HOST))
    box = Box(reader)
    assert box.explain(line()).startswith("This could not be checked: this browser hashes only on")
    assert "zumik explain -" in box.text


@pytest.fixture
def history(own_site: Website, reader_of: Callable[..., Reader]) -> Box:
    """The box of a site on which code.fast was live at two releases, one after the other."""
    page = own_site.directory / "data" / "aliases" / "code.fast.json"
    moves = [
        {"landed_at": at, "clock_holds": True, "pointer": {"release": release, "kind": "promote"}}
        for at, release in (
            ("2026-07-03T00:00:00Z", "alr_2026_07_02_001"),
            ("2026-06-09T14:00:00Z", "alr_2026_06_09_003"),
            ("2026-06-09T10:00:00Z", "alr_2026_06_09_001"),
        )
    ]
    page.write_text(json.dumps({"history": moves}))
    return Box(reader_of(own_site.origin))


@pytest.mark.parametrize(
    ("at", "model", "begin", "assumed"),
    [
        (
            "2026-06-10T00:00:00Z",
            "anthropic/claude-haiku-4-5",
            "Reproduced: code.fast@alr_2026_06_09_003 answers",
            "alr_2026_06_09_003, the release that had landed by then",
        ),
        (
            "2026-06-09T14:05:00Z",
            "openai/gpt-4.1",
            "Consistent: code.fast@alr_2026_06_09_001 can have answered",
            "alr_2026_06_09_001, live before: a gateway that had not read what landed since",
        ),
        ("2026-06-08T00:00:00Z", "openai/gpt-4.1", "Unreplayable: the line names no release", ""),
        (
            "2199-01-01T00:00:00Z",
            "anthropic/claude-haiku-4-5",
            "Consistent: code.fast@alr_2026_07_02_001 can have answered",
            "alr_2026_07_02_001, which is live now: the line's time is later than now",
        ),
    ],
)
def test_a_line_without_a_release_is_judged_by_what_was_live(
    history: Box, at: str, model: str, begin: str, assumed: str
) -> None:
    old = {"requested_model": "code.fast", "resolved_model": model, "timestamp": at}
    assert history.explain(json.dumps(old)).startswith(begin)
    assert assumed in history.fields.get("request", "")


def test_without_a_history_that_is_said(own_site: Website, reader_of: Any) -> None:
    page = own_site.directory / "data" / "aliases" / "code.fast.json"
    page.write_text(json.dumps({"history": []}))
    said = Box(reader_of(own_site.origin)).explain(
        line(alias_release=None, timestamp="2026-06-10T00:00:00Z")
    )
    assert said.endswith("names no release, and what was live then is not known.")


@pytest.mark.parametrize(
    ("revision", "begin"),
    [
        (None, "Reproduced: anthropic/claude-haiku-4-5 answers with "),
        ("claude-haiku-4-5-20251001", "Reproduced: "),
        ("claude-haiku-4-5-20240101", "Diverged: "),
    ],
)
def test_a_concrete_target_is_judged_by_the_releases_that_know_it(
    box: Box, revision: str | None, begin: str
) -> None:
    model = "anthropic/claude-haiku-4-5"
    target = {"requested_model": model, "resolved_model": model, "resolved_revision": revision}
    target |= {"resolution_reason": "pinned_target", "candidates_considered": 1}
    assert box.explain(json.dumps(target)).startswith(begin)


def test_an_unknown_target_is_not_replayed(box: Box, reader: Reader) -> None:
    reader.expected = "404"
    target = {"requested_model": "acme/none", "resolved_model": "acme/none"}
    assert box.explain(json.dumps(target)) == "Unreplayable: no release here knows acme/none."
