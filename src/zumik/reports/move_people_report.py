"""Who moved a pointer, in a line and as data; what git does not say is said too."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.live.move_people import Approval, CommitSignature, MovePeople, Person
from zumik.reports.blocks import bad, doubtful
from zumik.reports.text import safe

_LONGEST = 80
"""How much of a name a line shows. The data have all of it."""

_MOST = 3
"""How many approvals a line shows."""

PEOPLE_COLUMNS = (
    *("proposer", "proposed_in", "merger", "committer", "approvers"),
    *("signature", "signer", "signing_key", "signature_why", "unknown"),
)


def proposer_to_text(people: MovePeople) -> str:
    """Who made the change."""
    return doubtful("unknown") if people.proposer is None else _name(people.proposer)


def people_to_text(people: MovePeople) -> str:
    """Who merged, committed, approved and signed, in one line."""
    return "; ".join(_words(people))


def _words(people: MovePeople) -> Iterator[str]:
    if people.merger is not None:
        bot = ", a bot: git does not say for whom" if people.merger.is_bot else ""
        yield f"merged by {_name(people.merger)}{bot}"
    elif people.committer != people.proposer and not people.committer.is_service:
        yield f"committed by {_name(people.committer)}"
    yield from (doubtful(_cut(why, 160)) for why in people.unknown)
    if people.approvals:
        yield f"the commit says: {', '.join(_approved(people.approvals))}"
    yield _signed(people.signature)


def _approved(approvals: tuple[Approval, ...]) -> Iterator[str]:
    for trailer, verb in (("Approved-by", "approved"), ("Reviewed-by", "reviewed")):
        found = [_cut(approval.who) for approval in approvals if approval.trailer == trailer]
        if found:
            more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
            yield f"{verb} by {', '.join(found[:_MOST])}{more}"


def _signed(signature: CommitSignature) -> str:
    key = _cut(signature.key or "a key that git does not name")
    signer = _cut(signature.signer or key)
    match signature.word:
        case "none":
            return "not signed"
        case "good":
            return f"signed by {signer}"
        case "not-checked":
            return doubtful(f"signature not checked: {_cut(signature.why or '')}")
        case "unknown-key":
            return doubtful(f"signed with {key}, a key that is not trusted here")
        case "bad":
            return bad("BAD SIGNATURE: another commit's, or the key may not sign this")
        case "expired":
            return bad(f"signed by {signer}, but the signature has expired")
        case "expired-key":
            return bad(f"signed by {signer}, but the key has expired")
        case "revoked-key":
            return bad(f"signed by {signer}, but the key was REVOKED")


def _name(person: Person) -> str:
    return _cut(person.name or person.email)


def _cut(text: str, limit: int = _LONGEST) -> str:
    return safe(text if len(text) <= limit else f"{text[:limit]}…")


def people_to_json(people: MovePeople | None) -> dict[str, object] | None:
    """Everyone, with addresses; null where the history does not have the commit."""
    if people is None:
        return None
    return {
        "proposer": _person_to_json(people.proposer),
        "proposed_in": people.proposed_in,
        "merger": _person_to_json(people.merger),
        "committer": _person_to_json(people.committer),
        "approvers": [approval._asdict() for approval in people.approvals],
        "signature": {
            "state": people.signature.word,
            "signer": people.signature.signer,
            "key": people.signature.key,
            "why": people.signature.why,
        },
        "unknown": list(people.unknown),
    }


def _person_to_json(person: Person | None) -> dict[str, object] | None:
    return person and dict(person._asdict())


def people_to_row(people: MovePeople | None) -> dict[str, object]:
    """The same in the cells of a row."""
    if people is None:
        return dict.fromkeys(PEOPLE_COLUMNS)
    approvals = (f"{approval.trailer}: {approval.who}" for approval in people.approvals)
    return {
        "proposer": people.proposer and str(people.proposer),
        "proposed_in": people.proposed_in,
        "merger": people.merger and str(people.merger),
        "committer": str(people.committer),
        "approvers": "; ".join(approvals),
        "signature": people.signature.word,
        "signer": people.signature.signer,
        "signing_key": people.signature.key,
        "signature_why": people.signature.why,
        "unknown": "; ".join(people.unknown),
    }
