"""Python and JavaScript answer alike, whatever hypothesis draws."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.browser.engines import Node
from tests.browser.mutations import (
    bent_lines,
    bent_trees,
    json_texts,
    served_names,
    time_texts,
)
from tests.browser.python_answers import answer
from tests.browser.resolver_2_releases import releases_of_1, releases_of_2
from tests.core.builders import CODE_FAST, verified
from tests.core.strategies import ranked_releases, releases, requests_of

from zumik.core.basics.strict_json import to_canonical
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.facts.request import Request
from zumik.core.releases.release import VerifiedRelease, digest_of, release_to_bytes

LAWS: dict[str, tuple[Callable[..., None], dict[str, Any]]] = {}


def law(**drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What must hold of everything that is drawn."""

    def register(check: Callable[..., None]) -> Callable[..., None]:
        LAWS[check.__name__] = (check, drawn)
        return check

    return register


def agree(node: Node, *, beside: tuple[str, ...] = (), **question: Any) -> None:
    """Both answer alike, but for the fields named in `beside`."""
    found, expected = node.ask(question), answer(question)
    for each in (found, expected):
        for field in beside if each is not None else ():
            del each[field]
    assert found == expected


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_file(source: VerifiedRelease) -> dict[str, str]:
    return {"file_name": source.ref.file_name, "bytes": packed(release_to_bytes(source.release))}


@law(release=releases)
def releases_are_derived_and_frozen_alike(node: Node, release: Any) -> None:
    agree(node, ask="release", **as_file(verified(release)))


@law(release=releases, data=st.data())
def a_bent_release_is_refused_or_derived_alike(node: Node, release: Any, data: Any) -> None:
    tree = json.loads(release_to_bytes(release))
    content = to_canonical(data.draw(bent_trees(tree)))
    name = f"{release.id}.{digest_of(content)}.json"
    # What is bent is no longer what freezing gives.
    agree(node, beside=("refrozen",), ask="release", file_name=name, bytes=packed(content))


def tree_as_file(tree: Any) -> dict[str, str]:
    content = to_canonical(tree)
    name = f"alr_2026_06_09_001.{digest_of(content)}.json"
    return {"file_name": name, "bytes": packed(content)}


def agree_on_resolver_2(node: Node, tree: Any) -> None:
    """Both refuse a release whose ranking is drawn, or read, derive, say and write it alike."""
    question = tree_as_file(tree)
    answers = [of({"ask": "release", **question}) for of in (node.ask, answer)]
    aliases = [found and found["aliases"] for found in answers]
    assert aliases[0] == aliases[1]
    agree(node, ask="written", **question)


@law(tree=releases_of_2())
def releases_of_resolver_2_are_derived_and_written_alike(node: Node, tree: Any) -> None:
    agree_on_resolver_2(node, tree)


@law(tree=releases_of_1)
def what_resolver_1_reads_of_them_is_derived_and_said_alike(node: Node, tree: Any) -> None:
    agree(node, beside=("refrozen",), ask="release", **tree_as_file(tree))
    agree(node, ask="written", **tree_as_file(tree))


@law(tree=releases_of_2().flatmap(bent_trees))
def a_bent_release_of_resolver_2_is_refused_or_derived_alike(node: Node, tree: Any) -> None:
    agree_on_resolver_2(node, tree)


NEEDS = st.fixed_dictionaries(
    {"unavailable": st.lists(st.sampled_from(["a/x", "b/x"]), max_size=1)},
    optional={
        "input_tokens": st.sampled_from([0, 1, 9, 10, 11]),
        "output_tokens": st.sampled_from([0, 1, 9, 990, 1000]),
        "capabilities": st.just(["tools"]),
        "input": st.just(["text"]),
    },
)


@law(tree=releases_of_2(only=True), needs=NEEDS, data=st.data())
def resolver_2_walks_alike(node: Node, tree: Any, needs: Any, data: Any) -> None:
    drains = [
        {
            "models": "a/*",
            "since": "2026-06-01T00:00:00Z",
            "until": "2026-06-20T00:00:00Z",
            "reason": "INC",
        }
    ]
    agree(
        node,
        ask="resolve",
        release=tree_as_file(tree),
        alias=CODE_FAST,
        request=json.dumps(needs),
        drains=json.dumps(data.draw(st.sampled_from([[], drains]))),
        now="2026-06-09T12:00:00Z",
    )
    line = {
        "requested_model": CODE_FAST,
        "alias_release": tree["id"],
        "resolved_model": data.draw(st.sampled_from(sorted(tree["models"]))),
        "resolution_reason": "next_ranked_meeting_request",
    }
    content = packed(json.dumps(line).encode())
    agree(node, ask="replay", releases=[tree_as_file(tree)], bytes=content, known="{}")
    asked = packed(json.dumps({**line, "request": needs}).encode())
    agree(node, ask="replay", releases=[tree_as_file(tree)], bytes=asked, known="{}")


@law(source=ranked_releases(), data=st.data())
def requests_are_resolved_alike(node: Node, source: VerifiedRelease, data: Any) -> None:
    request = data.draw(requests_of(source))
    globs = st.sampled_from(["a/*", "b/*", "*", "?/*", *source.models])
    times = st.sampled_from(["2026-06-01T00:00:00Z", "2026-06-09T12:00:00Z"])
    drains = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {"models": globs, "since": times, "until": st.just("2026-06-20T00:00:00Z")}
            ),
            max_size=2,
        )
    )
    agree(
        node,
        ask="resolve",
        release=as_file(source),
        alias=CODE_FAST,
        request=json.dumps(request.to_json()),
        drains=json.dumps([{**drain, "reason": "INC"} for drain in drains]),
        now="2026-06-09T12:00:00Z",
    )


def line_of(source: VerifiedRelease, request: Request) -> dict[str, Any]:
    """What a gateway logs for a request; where none answers, a line that claims an answer."""
    try:
        return resolve(source, CODE_FAST, request).to_json()
    except NoCandidate:
        first = source.aliases[CODE_FAST].ranking[0]
        return {
            "requested_model": CODE_FAST,
            "alias_release": source.ref.id,
            "resolved_model": first,
            "request": request.to_json(),
        }


@law(source=ranked_releases(), data=st.data())
def lines_are_judged_alike(node: Node, source: VerifiedRelease, data: Any) -> None:
    line = line_of(source, data.draw(requests_of(source)))
    models = [*source.models, "z/none"]
    text = data.draw(bent_lines(line, models))
    known = {model: [{"revision": "r1"}, {}] for model in models[:1]}
    landed = data.draw(st.none() | st.lists(st.none() | st.just(source.ref.id), max_size=2))
    question = {
        "releases": [as_file(source)],
        "bytes": packed(text.encode("utf-8", "surrogatepass")),
        "known": json.dumps(known),
        "is_future": data.draw(st.booleans()),
    }
    if landed is not None:
        question["landed"] = landed
    agree(node, ask="line", bytes=question["bytes"])
    agree(node, ask="replay", **question)


@law(source=ranked_releases(), data=st.data())
def lower_ranks_are_reached_alike(node: Node, source: VerifiedRelease, data: Any) -> None:
    ranking = source.aliases[CODE_FAST].ranking
    line = {
        "requested_model": CODE_FAST,
        "alias_release": source.ref.id,
        "resolved_model": data.draw(st.sampled_from(ranking)),
        "resolution_reason": "next_ranked_meeting_request",
    }
    content = packed(json.dumps(line).encode())
    agree(node, ask="replay", releases=[as_file(source)], bytes=content, known="{}")


@law(names=served_names())
def served_models_are_judged_alike(node: Node, names: Any) -> None:
    model, served, known = names
    line = {
        "requested_model": model["id"],
        "resolved_model": model["id"],
        "served_model": served,
        "resolved_revision": model.get("logged"),
    }
    facts = {key: value for key, value in model.items() if key not in ("id", "logged")}
    agree(
        node,
        ask="replay",
        releases=[],
        bytes=packed(json.dumps(line).encode()),
        known=json.dumps({**{other: [{}] for other in known}, model["id"]: [facts]}),
    )


@law(text=json_texts)
def json_is_read_alike(node: Node, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    agree(node, ask="strict", bytes=packed(data))
    line = b'{"requested_model": "code.fast", "x": %s}' % data
    agree(node, ask="line", bytes=packed(line))
    request = json.dumps({"requested_model": "code.fast", "request": text})
    agree(node, ask="line", bytes=packed(request.encode()))


@law(value=time_texts)
def times_are_read_alike(node: Node, value: Any) -> None:
    agree(node, ask="time", text=value if isinstance(value, str) else json.dumps(value[0]))
    line = b'{"requested_model": "code.fast", "timestamp": %s}'
    text = value if isinstance(value, str) else json.dumps(value[0])
    agree(node, ask="line", bytes=packed(line % text.encode()))


@law(text=st.text(st.characters(max_codepoint=0x2FFFF, exclude_categories=["Cn"]), max_size=90))
def texts_are_made_safe_alike(node: Node, text: str) -> None:
    agree(node, ask="shown", text=text)


@law(text=st.text(alphabet="acode.f-s/@_:=lr0123456789AZ +é\n", max_size=24))
def references_are_read_alike(node: Node, text: str) -> None:
    agree(node, ask="reference", text=text)
    agree(node, ask="receipt", text=f"code.fast@alr_2026_06_09_003:0123456789ab={text}")
    agree(node, ask="receipt", text=text)


@pytest.mark.parametrize("name", LAWS)
def test_python_and_javascript_agree(node: Node, name: str) -> None:
    check, drawn = LAWS[name]
    given(**drawn)(check)(node=node)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_they_agree_on_thousands_of_cases(node: Node, name: str) -> None:
    check, drawn = LAWS[name]
    settings(max_examples=800)(given(**drawn)(check))(node=node)
