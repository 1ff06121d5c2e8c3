"""What the implementation in Python answers to the questions of `answers.js`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from tests.conformance.test_line_vectors import fields_of, written

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.foreign_json import foreign_json_of_text
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.basics.times import moment_from_text, moment_of_log
from zumik.core.decisions.alias_table import AliasTable, rederive
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.decisions.log_line import from_receipt, read_log_line
from zumik.core.decisions.replay import LandedThen, Verdict, replay
from zumik.core.facts.catalog import read_model
from zumik.core.facts.request import read_request
from zumik.core.live.drains import Drains, drains_to_bytes, read_drain, read_drains
from zumik.core.live.pointer import pointer_to_bytes, read_pointer
from zumik.core.releases.release import VerifiedRelease, release_to_bytes, verify
from zumik.core.releases.withdrawal import read_withdrawal, withdrawal_to_bytes
from zumik.errors import CannotRun, ZumikError
from zumik.reports import sentences
from zumik.reports.blocks import without_marks
from zumik.reports.decision_report import differences_to_text
from zumik.reports.ranking_table import ranking_table

FILES: dict[str, Any] = {
    "pointer": (read_pointer, pointer_to_bytes),
    "withdrawal": (read_withdrawal, withdrawal_to_bytes),
    "drains": (read_drains, drains_to_bytes),
}


def answer(question: Any) -> Any:
    """The answer; None where it must be refused."""
    try:
        return _KINDS[question["ask"]](question)
    except ZumikError:
        return None


def _strict(question: Any) -> str:
    return to_canonical(from_strict(_bytes(question))).decode()


def _line(question: Any) -> dict[str, Any]:
    return fields_of(read_log_line(_bytes(question)))


def _receipt(question: Any) -> dict[str, Any]:
    return Receipt.parse(question["text"])._asdict()


def _reference(question: Any) -> dict[str, Any]:
    found = Reference.parse(question["text"])._asdict()
    return {key: found[key] for key in ("alias", "release", "model") if found[key] is not None}


def _time(question: Any) -> str | None:
    moment = moment_of_log(foreign_json_of_text(question["text"]).value)
    return moment and written(moment)


def _file(question: Any) -> bool:
    FILES[question["kind"]][0](_bytes(question))
    return True


def _release(question: Any) -> dict[str, Any]:
    source = _verified(question)
    release, resolver = source.release, source.release.made_by
    aliases: dict[str, Any] = {}
    for name, frozen in release.content.aliases.items():
        derivation = resolver.derive(frozen.policy, release.facts, frozen.incumbent)
        aliases[name] = {
            "ranking": list(derivation.ranking),
            "reason": derivation.reason if derivation.ranking else None,
            "failures": {
                candidate.model: sorted(f"{why.code} {why.field}" for why in candidate.failures)
                for candidate in derivation.candidates
            },
            "defects": len(resolver.known_defects(derivation, release.facts)),
        }
        if derivation.ranking:
            aliases[name] |= _in_words(rederive(source, name).table)
    # An id that was drawn is any; a writer has one choice (1.5), which the vectors hold.
    lines = _bytes(question).decode().split("\n")
    kept = [line for line in lines if not line.startswith('  "id"')]
    return {"aliases": aliases, "refrozen": kept}


def _written(question: Any) -> dict[str, Any]:
    """The policies and models of a release, as it is written again."""
    release = json.loads(release_to_bytes(_verified(question).release))
    policies = {name: alias["policy"] for name, alias in release["aliases"].items()}
    return {"aliases": policies, "models": release["models"]}


def _in_words(table: AliasTable) -> dict[str, Any]:
    """What is said of an alias, and every figure of its ranked models."""
    rows = [[without_marks(cell) for cell in row[2:-1]] for row in ranking_table(table).rows]
    # A page has no dash for what is unknown: it could be a zero, or a sign.
    figures = [["unknown" if cell == "-" else cell for cell in row] for row in rows]
    return {"why": sentences.why(table), "margin": sentences.margin(table), "figures": figures}


def _resolve(question: Any) -> dict[str, Any]:
    source, alias = _verified(question["release"]), AliasName(question["alias"])
    drains = tuple(read_drain(drain, ()) for drain in json.loads(question["drains"]))
    request = read_request(json.loads(question["request"]), ())
    try:
        if drains:
            now = moment_from_text(question["now"])
            return resolve_under(Drains(1, drains), source, alias, request, now).to_json()
        return resolve(source, alias, request).to_json()
    except NoCandidate as error:
        return {"error": error.code, "passed": [model for model, _ in error.passed]}


def _replay(question: Any) -> dict[str, Any]:
    receipt = question.get("receipt")
    line = from_receipt(Receipt.parse(receipt)) if receipt else read_log_line(_bytes(question))
    sources = {source.ref.id: source for source in map(_verified, question["releases"])}
    known = json.loads(question["known"])
    landed = question.get("landed")

    def look_up(release: ReleaseId) -> VerifiedRelease:
        if release not in sources:
            raise CannotRun(f"no release {release}")
        return sources[release]

    def landed_by(*_: object) -> LandedThen:
        return LandedThen(landed, is_future=question["is_future"])

    found = replay(
        line,
        look_up,
        None if landed is None else landed_by,
        lambda model: [read_model(ModelId(model), facts, ()) for facts in known.get(model, ())],
    )
    # What is missing here is said in other words than where a page lacks it.
    missing = line.reference.alias is not None and found.source is None
    answered = found.decision if line.request is not None else None
    return {
        "verdict": found.verdict.value,
        "differences": sorted(differences_to_text(found)),
        "served": found.served.value,
        "why": None if missing and found.verdict is Verdict.UNREPLAYABLE else found.why,
        # A page gives no example of such a request, and assumes none where no answer is claimed.
        "assumed": [text.split(", such as ")[0] for text in found.assumed if line.model],
        "passed": answered and "; ".join(f"{model}: {why}" for model, why in answered.passed),
        "release": found.source.ref.id if found.source else None,
    }


def _shown(question: Any) -> dict[str, str]:
    return {"shown": shown(question["text"]), "safe": neutral(question["text"])}


def _bytes(question: Any) -> bytes:
    return base64.b64decode(question["bytes"])


def _verified(question: Any) -> VerifiedRelease:
    return verify(question["file_name"], _bytes(question))


_KINDS: dict[str, Callable[[Any], Any]] = {
    "strict": _strict,
    "line": _line,
    "receipt": _receipt,
    "reference": _reference,
    "time": _time,
    "file": _file,
    "release": _release,
    "written": _written,
    "resolve": _resolve,
    "replay": _replay,
    "shown": _shown,
}
