"""Hostile entries: whatever stands where a field should be, it is unknown, and nothing fails."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.foreign_json import ForeignJson, foreign_json_of_text
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.traffic.logged_call import LoggedCall, NotACall, Place, ReadEntry
from zumik.logs.files.entry import Entry
from zumik.logs.formats.format_reader import read_entry
from zumik.logs.formats.known_formats import FORMATS
from zumik.logs.formats.log_format import FieldSource, KeyPath, LogFormat
from zumik.logs.formats.python_text import MAX_PYTHON_CHARS, foreign_python

HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        [
            *("1e999", "-1", "NaN", "9" * 400, "\x1b[2J", "2026-99-99", "(" * 300, "{" * 300),
            *("0001-01-01T00:00:00+23:59", "{", "[", "{'a': ", "{'a': 1, 'a': 2}"),
            *('{"requested_model": 1}', "{'requested_model': 1}", '["a@alr_"]'),
            *(
                "a@alr_2026_06_09_003:1a2b3c4d5e6f=x",
                "@alr_",
                "zumik_receipt:",
                "9" * 19,
                10**400,
            ),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def paths_of(form: LogFormat) -> list[KeyPath]:
    """Every path that a format reads."""
    found = {path for group in form.marks for path in group}
    found |= {condition.path for condition in form.calls} | set(form.decision) | set(form.python)
    found |= {outcome.condition.path for outcome in form.outcomes}
    for value in form:
        for source in value if isinstance(value, tuple) else ():
            if isinstance(source, FieldSource):
                found |= {source.path, source.since, source.before, source.under}
                found |= {*source.plus, *source.minus, *(each.path for each in source.where)}
    return sorted(path for path in found if path)


def put(entry: dict[str, Any], path: KeyPath, value: object) -> None:
    for key in path[:-1]:
        inner = entry.get(key)
        if not isinstance(inner, dict):
            inner = entry[key] = {}
        entry = inner
    entry[path[-1]] = value


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(data=st.data())
def test_hostile_values_in_known_fields_never_raise(form: LogFormat, data: st.DataObject) -> None:
    entry: dict[str, Any] = {}
    paths = paths_of(form)
    for path in data.draw(st.lists(st.sampled_from(paths), max_size=8)):
        put(entry, path, data.draw(HOSTILE))
    group = data.draw(st.sampled_from(form.marks))
    for path in group:
        put(entry, path, data.draw(HOSTILE))
    for condition in form.calls if data.draw(st.booleans()) else ():
        put(entry, condition.path, condition.words[0].replace("*", "x"))
    document = ForeignJson(entry, {}, [])
    for found in (
        *read_entry(Entry(Place("log", 1), document)),
        *read_entry(Entry(Place("log", 1), document), form),
    ):
        assert isinstance(found, ReadEntry)
        if isinstance(found, LoggedCall):
            _is_sane(found)


def _is_sane(call: LoggedCall) -> None:
    counts = (call.input_tokens, call.output_tokens, call.cached_tokens, call.reasoning_tokens)
    assert all(type(count) is int and count >= 0 for count in counts if count is not None)
    assert call.calls >= 1
    assert call.cost_usd is None or (call.cost_usd.is_finite() and call.cost_usd >= 0)
    for seconds in (call.seconds, call.first_token_seconds):
        assert seconds is None or 0 <= seconds < 1e9
    assert (call.decision is None) == (call.fault is not None)


@given(HOSTILE)
def test_any_value_at_all_is_read_or_said(value: Any) -> None:
    for found in read_entry(Entry(Place("log", 1), ForeignJson(value, {}, []))):
        assert isinstance(found, ReadEntry)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_a_value_as_python_prints_it_is_the_value(value: Any) -> None:
    assert foreign_python(repr(value)).value == value


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_reader_of_python_values(text: str) -> None:
    with suppress(MalformedJson):
        foreign_python(text)


@pytest.mark.parametrize(
    "text",
    [
        *("__import__('os')", "{**a}", "{1: 2}", "[x for x in y]", "f'{1}'", "lambda: 1", "1 + 1"),
        *(
            "b'a'",
            "{'a': open('x')}",
            "(" * 50_000,
            "-" * 50_000 + "1",
            "'" * 3,
            "\x00",
            "1j",
            "0x" + "f" * 9000,
        ),
        "'" + "a" * MAX_PYTHON_CHARS + "'",
    ],
)
def test_only_literals_are_read_and_nothing_is_run(text: str) -> None:
    with pytest.raises(MalformedJson):
        foreign_python(text)


def test_a_key_that_stands_twice_in_a_python_value_is_remembered() -> None:
    found = foreign_python("{'requested_model': 'a.b', 'requested_model': 'c.d'}")
    assert found.twice[id(found.value)] == {"requested_model"}


def test_attributes_that_are_written_twice_decide_nothing() -> None:
    text = json.dumps({"key": "zumik.receipt", "value": {"stringValue": "x"}})
    model = json.dumps({"key": "gen_ai.request.model", "value": {"stringValue": "m"}})
    span = f'{{"startTimeUnixNano": "1", "attributes": [{model}, {text}, {text}]}}'
    (call,) = read_entry(Entry(Place("log", 1), foreign_json_of_text(span)))
    assert isinstance(call, LoggedCall)
    assert call.fault == "the log line: has the key 'zumik.receipt' twice"


def test_the_parts_of_a_batch_are_numbered() -> None:
    span = {"spanId": "s", "attributes": [{"key": "a", "value": {"stringValue": "b"}}]}
    batch = {"resourceSpans": [{"scopeSpans": [{"spans": [span, span]}, {"spans": [span]}]}]}
    found = list(read_entry(Entry(Place("log", 7), ForeignJson(batch, {}, []))))
    assert found == [NotACall(Place("log", 7, part), "opentelemetry") for part in (1, 2, 3)]


SECRETS = Path(__file__).parent / "samples" / "litellm-payload.jsonl"


def test_nothing_of_a_prompt_or_an_answer_or_a_key_comes_out() -> None:
    for line in SECRETS.read_text().splitlines():
        entry = json.loads(line)
        entry["messages"] = [{"role": "user", "content": "SECRET"}]
        entry["response"] = {**(entry["response"] or {}), "choices": "SECRET"}
        entry["error_str"] = "SECRET"
        entry["metadata"]["user_api_key_hash"] = "SECRET"
        (call,) = read_entry(Entry(Place("log", 1), ForeignJson(entry, {}, [])))
        assert "SECRET" not in repr(call)
