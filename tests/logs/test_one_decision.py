"""Anything that holds one decision is taken as that decision, and says what it was taken from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.logs.test_damage import WRAPS
from tests.logs.verdicts import DAMAGE, by_line_reader, lines_in

from zumik.core.decisions.log_line import UnreadableLine, read_log_line
from zumik.logs.one_decision import decision_in

GOOD = lines_in(DAMAGE[0])[0][1]
LINE = json.loads(GOOD)
SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_a_wrapped_line_is_the_decision_that_the_bare_line_is(wrap: Callable[[str], str]) -> None:
    taken = decision_in(wrap(GOOD.decode()).encode())
    assert taken.line == read_log_line(GOOD)
    assert taken.taken_from


def test_a_bare_line_is_taken_from_nothing() -> None:
    assert decision_in(GOOD) == (read_log_line(GOOD), ())


@pytest.mark.parametrize(
    ("text", "taken_from"),
    [
        (json.dumps({"log": GOOD.decode(), "stream": "stdout"}), ("Docker log field",)),
        (json.dumps(GOOD.decode()), ("escaped text",)),
        (GOOD.decode().replace('"', '\\"'), ("escaped text",)),
        (GOOD.decode().replace('"', '""'), ("escaped text",)),
        ('"' + GOOD.decode().replace('"', '""') + '"', ("escaped text",)),
        (f"logs/day.jsonl:3:{GOOD.decode()}", ("file:line: prefix",)),
        (f"\ufeff{GOOD.decode()}", ()),
        (json.dumps(LINE, indent=2), ()),
        (json.dumps([LINE], indent=2), ()),
        (f"'{GOOD.decode()}'", ("text before the JSON",)),
        (
            json.dumps({"log": json.dumps({"message": f"INFO:zumik:{GOOD.decode()}"}), "time": 1}),
            ("Docker log field", "message field", "logger prefix"),
        ),
        (
            json.dumps({"request_id": "x", "metadata": {"spend_logs_metadata": LINE}}),
            ("LiteLLM metadata.spend_logs_metadata",),
        ),
        (
            json.dumps({"metadata": json.dumps({"spend_logs_metadata": json.dumps(LINE)})}),
            ("metadata field", "spend_logs_metadata field"),
        ),
    ],
)
def test_what_was_taken_off_is_named_from_the_outside_in(
    text: str, taken_from: tuple[str, ...]
) -> None:
    assert decision_in(text.encode()) == (read_log_line(GOOD), taken_from)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_line_that_a_shell_wrote_in_another_encoding_is_taken(encoding: str) -> None:
    assert decision_in((GOOD.decode() + "\r\n").encode(encoding)).line == read_log_line(GOOD)


@pytest.mark.parametrize("path", DAMAGE, ids=lambda path: path.stem)
def test_a_bare_line_gets_what_the_line_reader_says(path: Path) -> None:
    for _, line in lines_in(path):
        try:
            found: object = decision_in(line).line
        except UnreadableLine as error:
            found = error.message.removeprefix("the log line: ")
        assert found == by_line_reader(line)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"log": "{\\"requested_model\\": \\"a", "stream": "x"}', "in the Docker log field"),
        ('{"log": "started", "stream": "x"}', "missing 'requested_model'"),
        (json.dumps({"log": '{"requested_model": 7}', "time": 1}), "in the Docker log field"),
        (f"{GOOD.decode()}\n{GOOD.decode()}", "more than one logged call"),
        (json.dumps({"events": [{"message": GOOD.decode()}] * 2}), "more than one logged call"),
    ],
)
def test_what_holds_no_single_decision_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UnreadableLine) as refused:
        decision_in(text.encode())
    assert why in refused.value.message


def test_an_entry_without_a_decision_says_what_it_is_and_where_the_decision_goes() -> None:
    with pytest.raises(UnreadableLine) as refused:
        decision_in((SAMPLES / "envoy.jsonl").read_bytes().splitlines()[0])
    said = "no line of zumik and no receipt: it was read as Envoy AI Gateway, access log in JSON"
    assert said in refused.value.message
    assert "schemas/LOG-FORMATS.md" in (refused.value.hint or "")


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.jsonl")))
def test_a_line_of_any_writer_is_taken_with_its_name(name: str) -> None:
    taken = 0
    for line in (SAMPLES / name).read_bytes().splitlines():
        try:
            found = decision_in(line)
        except UnreadableLine as error:
            taken += error.message == "more than one logged call"
            continue
        taken += 1
        assert bool(found.taken_from) is (name != "zumik.jsonl")
    if not name.startswith(("openrouter-activity", "opentelemetry-openai", "vllm")):
        assert taken, name
