"""What hypothesis draws for two implementations that must agree: right inputs, bent a little."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

WORDS: dict[str, list[str]] = json.loads((Path(__file__).parent / "words.json").read_bytes())

HARD_TEXTS = ["", " ", "__proto__", "constructor", "é", "😀", "\n", "a/x", "0", "-0", "1.0", "1e3"]
hard_values = st.sampled_from(
    [None, True, False, 0, 1, -1, 10**17, [], {}, ["a/x"], {"a": 1}, ["a", "a"], *HARD_TEXTS]
)


@st.composite
def bent_trees(draw: st.DrawFn, tree: Any) -> Any:
    """A tree of JSON with one place changed: a key more or less, another value."""
    # Parts of a tree may be shared by all that are drawn, such as the metrics of resolver 2.
    tree = deepcopy(tree)
    path: list[Any] = []
    node = tree
    while isinstance(node, dict | list) and node:
        if path and draw(st.integers(0, 3)) == 0:
            break
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        key = draw(st.sampled_from(list(keys)))
        path.append((node, key))
        node = node[key]
    parent, key = path[-1]
    what = draw(st.sampled_from(["value", "drop", "more", "double"]))
    if what == "value":
        parent[key] = draw(hard_values)
    elif what == "drop":
        del parent[key]
    elif isinstance(parent, list):
        parent.append(parent[key] if what == "double" else draw(hard_values))
    else:
        parent[draw(st.sampled_from([*HARD_TEXTS, "note", "pinned", "within", "metric"]))] = draw(
            hard_values
        )
    return tree


def bent_lines(line: dict[str, Any], models: Sequence[str]) -> Any:
    """The text of a line with some fields dropped, changed, or written as another program would."""
    likely = {
        "requested_model": ["code.fast", "code.fast@alr_2026_06_09_001", "code.slow", *models],
        "alias_release": ["alr_2026_06_09_001", "alr_2026_06_09_002", "", None],
        "resolved_model": [*models, None, ""],
        "candidates_considered": [1, 2, 3, "2", None],
        "resolution_reason": [*WORDS["reasons"], "", None],
        "alias_release_sha256": ["0" * 64, "", None],
        "resolved_revision": ["r1", "r2", None, "\ud800"],
        "timestamp": ["2026-06-09T12:00:00Z", 1795834971, "?"],
        "served_model": [*models, "code.fast", "x", 5],
        "drain_ignored": [["a/x"], [], ["?"], 5],
    }
    needs = {
        "input_tokens": [0, 5, "5", "5.0", None],
        "output_tokens": [0, 1000],
        "capabilities": [["tools"], [], "", ["a", "a"], [1]],
        "unavailable": [list(models), [], None, ["?"]],
        "temperature": [1],
    }

    @st.composite
    def draw_line(draw: st.DrawFn) -> str:
        bent = dict(line)
        if isinstance(bent.get("request"), dict) and draw(st.booleans()):
            bent["request"] = _changed(draw, dict(bent["request"]), needs)
        bent = _changed(draw, bent, likely)
        for key in draw(st.lists(st.sampled_from(sorted(bent)), max_size=3)):
            bent.pop(key, None)
        if "request" in bent and draw(st.integers(0, 4)) == 0:
            bent["request"] = json.dumps(bent["request"])
        members = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in bent.items()]
        if draw(st.integers(0, 4)) == 0:
            key = draw(st.sampled_from([*likely, "request", "other", "__proto__"]))
            value = draw(st.sampled_from([*WORDS["numbers"], *WORDS["other_json"]]))
            members.append(f"{json.dumps(key)}: {value}")
        return "{" + ", ".join(members) + "}"

    return draw_line()


def _changed(draw: st.DrawFn, tree: dict[str, Any], likely: dict[str, list[Any]]) -> dict[str, Any]:
    for key in draw(st.lists(st.sampled_from(sorted(likely)), max_size=3)):
        tree[key] = draw(st.sampled_from(likely[key]) | hard_values)
    return tree


_scalars = st.one_of(
    st.sampled_from([*WORDS["numbers"], *WORDS["other_json"], "true", "null"]),
    st.text(max_size=6).map(json.dumps),
    st.text(max_size=6).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.integers().map(str),
    st.floats().map(json.dumps),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + " , ".join(items) + "]"),
        st.lists(st.tuples(st.sampled_from(WORDS["keys"]), inner), max_size=3).map(
            lambda pairs: "{" + ",\n".join(f"{key}:{value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=6,
)
_needs = st.lists(
    st.tuples(
        st.sampled_from(["input_tokens", "output_tokens", "unavailable", "capabilities"]),
        st.sampled_from([*WORDS["numbers"], "[]", '["a/x"]', "null", '""', "{}"]),
    ),
    max_size=2,
).map(lambda pairs: "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}")


@st.composite
def _damaged(draw: st.DrawFn) -> str:
    text = draw(_values)
    at = draw(st.integers(0, len(text)))
    more = draw(st.sampled_from(WORDS["damage"]))
    return text[:at] + more + text[at + draw(st.integers(0, 1)) :]


json_texts = _values | _damaged() | _needs


@st.composite
def _moments(draw: st.DrawFn) -> str:
    date = draw(st.sampled_from(WORDS["dates"]))
    between = draw(st.sampled_from(["T", " ", "t", ":", "  ", "_", "", "/"]))
    time = draw(st.sampled_from(WORDS["clocks"]))
    zone = draw(st.sampled_from(WORDS["zones"]))
    around = draw(st.sampled_from(["", "", "", " ", "\t", "\n", "\xa0", "\x1c", "\ufeff"]))
    return around + date + between + time + zone + around


_counts = st.one_of(
    st.sampled_from([31535999, 31536000, 10413791999, 10413792000, 10**9, 17958349710]),
    st.integers(0, 10**20),
    st.integers(1, 400).map(lambda n: n * 26_000_000),
    st.integers(31_536_000, 10_413_791_999),
).flatmap(lambda n: st.sampled_from([n, n * 1000, n * 10**6, n * 10**9, -n]))
_decimals = st.sampled_from(WORDS["decimals"])
time_texts = st.one_of(
    _moments().map(json.dumps),
    _moments().map(lambda text: json.dumps({"$date": text})),
    st.builds("{}{}".format, _counts, _decimals),
    st.builds('"{}{}"'.format, _counts, _decimals),
    st.builds('{{"$date": {}{}}}'.format, _counts, _decimals),
    st.sampled_from(WORDS["other_times"]),
    st.text("0123456789-:TZ+. W/,", max_size=25).map(json.dumps),
)


@st.composite
def served_names(draw: st.DrawFn) -> tuple[dict[str, Any], str, list[str]]:
    """A model, what a provider says it served, and ids that are models of their own."""
    base = draw(st.sampled_from(WORDS["bases"]))
    mark = st.sampled_from(WORDS["marks"])
    provider = draw(st.sampled_from(WORDS["providers"]))
    maker = draw(st.sampled_from(["", "openai/", "a/b/"]))
    model: dict[str, Any] = {"id": f"{provider}/{maker}{base}{draw(mark)}"}
    if draw(st.booleans()):
        model["revision"] = base + draw(mark)
    if draw(st.booleans()):
        model["variant_of"] = f"{provider}/{base}{draw(mark)}"
        model["id"] += ":high"
    if draw(st.integers(0, 3)) == 0:
        model["upstream"] = {
            "model": draw(st.sampled_from([base + "-0613", "deployment-7", "us.anthropic." + base]))
        }
    model["pinned"] = draw(st.booleans())
    if draw(st.booleans()):
        model["released_on"] = draw(st.sampled_from(["2025-10-01", "2024-08-01"]))
    if draw(st.integers(0, 3)) == 0:
        model["logged"] = base + draw(mark)
    own = [provider + "/", provider + ":", provider.replace("-", "_") + "/"]
    prefix = st.sampled_from([*WORDS["prefixes"], *own, ""])
    inner = st.sampled_from(WORDS["paths"])
    tail = st.sampled_from(WORDS["tails"])
    name = st.sampled_from([base, base, base.upper(), "other", base.replace(".", "-")])
    parts = [prefix, prefix, inner, name, mark, tail]
    served = "".join(draw(part) for part in parts)
    known = draw(
        st.lists(st.builds("{}/{}{}".format, st.just(provider), st.just(base), mark), max_size=2)
    )
    return model, served, known
