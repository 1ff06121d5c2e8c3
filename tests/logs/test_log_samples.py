"""Every format, on entries of its own: what is read, and the table of what each format has.

To write `samples/expected.txt` and `schemas/LOG-FORMATS.md` again after a change, run with
UPDATE_EXPECTED=1 in the environment, and then read what they say.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry
from zumik.logs.calls import calls_in
from zumik.logs.files.entry import Entry
from zumik.logs.formats.format_reader import read_entry
from zumik.logs.formats.known_formats import FORMATS
from zumik.logs.formats.log_format import LogFormat

SAMPLES = Path(__file__).parent / "samples"
TABLE = Path(__file__).parents[2] / "schemas" / "LOG-FORMATS.md"
BEGIN, END = "<!-- written by tests/logs -->\n", "<!-- end -->\n"

FIELDS = {
    "time": "at",
    "decision": "decision",
    "served": "served",
    "tokens in": "input_tokens",
    "tokens out": "output_tokens",
    "cached": "cached_tokens",
    "reasoning": "reasoning_tokens",
    "cost": "cost_usd",
    "seconds": "seconds",
    "first token": "first_token_seconds",
    "failed": "failed",
    "call id": "call_id",
}


def read_sample(file: Path) -> Iterator[ReadEntry]:
    if file.suffix != ".csv":
        yield from calls_in([str(file)])
        return
    with file.open(newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows), start=2):
            yield from read_entry(Entry(Place(str(file), number), ForeignJson(row, {}, [])))


def files() -> list[Path]:
    return sorted(file for file in SAMPLES.iterdir() if file.suffix in (".jsonl", ".csv"))


def described(call: LoggedCall) -> str:
    line = call.decision
    fields = {
        "decision": line and f"{line.reference.text} -> {line.model} ({line.release})",
        "fault": call.fault,
        "called": call.called,
        "served": call.served,
        "at": call.at and call.at.isoformat(),
        "tokens": f"{call.input_tokens} in, {call.output_tokens} out, {call.cached_tokens} cached,"
        f" {call.reasoning_tokens} reasoning",
        "cost": call.cost_usd,
        "seconds": call.seconds,
        "first token": call.first_token_seconds,
        "failed": call.failed,
        "error": call.error,
        "call id": call.call_id,
        "calls": call.calls,
    }
    place = call.place._replace(file=Path(call.place.file).name)
    head = f"{place} {call.format}\n"
    return head + "".join(
        f"  {name}: {value}\n" for name, value in fields.items() if value is not None
    )


def compare(file: Path, found: str) -> None:
    if os.environ.get("UPDATE_EXPECTED"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_every_sample_is_read_as_expected() -> None:
    found = ""
    for file in files():
        for call in read_sample(file):
            assert isinstance(call, LoggedCall)
            found += described(call)
    compare(SAMPLES / "expected.txt", found)


def test_each_format_has_a_sample_that_is_recognised_as_it() -> None:
    seen = {call.format for file in files() for call in read_sample(file) if call.format}
    assert seen == {form.name for form in FORMATS}


def _cell(form: LogFormat, calls: list[LoggedCall], field: str) -> str:
    if any(getattr(call, field) is not None for call in calls):
        return "yes"
    sources = {"failed": "outcomes"}.get(field, field)
    return "(yes)" if getattr(form, sources) else "no"


def _row(form: LogFormat) -> str:
    calls = [
        call
        for file in files()
        for call in read_sample(file)
        if isinstance(call, LoggedCall) and call.format == form.name
    ]
    cells = ["yes" if calls else "no"]
    cells += [_cell(form, calls, field) for field in FIELDS.values()]
    return f"| `{form.name}` | {form.writer} | " + " | ".join(cells) + " |\n"


def test_the_table_of_what_each_format_has_is_up_to_date() -> None:
    text = TABLE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    table = "| `--log-format` | writer | recognised | " + " | ".join(FIELDS) + " |\n"
    table += "|---|---|---|" + "---|" * len(FIELDS) + "\n"
    table += "".join(map(_row, FORMATS))
    compare(TABLE, before + BEGIN + table + END + after)
