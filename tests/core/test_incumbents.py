"""An incumbent is as claimed where it was rank 1 of an earlier release of the line."""

from __future__ import annotations

import pytest
from tests.core.builders import CODE_FAST, FIRST, alias, frozen, scored

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.incumbents import (
    ClaimedIncumbent,
    claimed_incumbents,
    incumbent_fault,
    winners_of,
)
from zumik.core.resolvers.facts import Incumbent
from zumik.errors import CannotRun

MODELS = [scored("acme/a", speed="1"), scored("acme/b", speed="2")]
SOURCE = frozen(alias("minimize speed"), models=MODELS)
LATER = ReleaseId("alr_2026_06_10_001")
RELEASES = {FIRST: winners_of(SOURCE), ReleaseId("alr_2026_06_10_002"): winners_of(SOURCE)}

FAULTS = {
    ("acme/a", FIRST, CODE_FAST): None,
    ("acme/b", FIRST, CODE_FAST): f"was not rank 1 of {CODE_FAST} in {FIRST}",
    ("acme/z", FIRST, CODE_FAST): f"was not rank 1 of {CODE_FAST} in {FIRST}",
    ("acme/a", FIRST, "chat"): f"cannot have been its winner: {FIRST} has no alias chat",
    ("acme/a", LATER, CODE_FAST): (
        f"is not of an earlier release: {LATER} does not come before {LATER}"
    ),
    ("acme/a", "alr_2026_06_10_002", CODE_FAST): (
        f"is not of an earlier release: alr_2026_06_10_002 does not come before {LATER}"
    ),
    ("acme/a", "alr_2026_06_08_001", CODE_FAST): (
        "is of no release of this line: there is no alr_2026_06_08_001"
    ),
}


@pytest.mark.parametrize(("claimed", "fault"), FAULTS.items(), ids=str)
def test_an_incumbent_was_rank_one_of_an_earlier_release(
    claimed: tuple[str, str, str], fault: str | None
) -> None:
    model, release, name = claimed
    incumbent = Incumbent(ModelId(model), ReleaseId(release))
    claim = ClaimedIncumbent(LATER, AliasName(name), incumbent)
    assert incumbent_fault(claim, RELEASES.get) == fault


def test_what_cannot_be_read_is_left_open() -> None:
    def unread(release: ReleaseId) -> None:
        raise CannotRun(f"{release} cannot be read")

    claim = ClaimedIncumbent(LATER, AliasName(CODE_FAST), Incumbent(ModelId("acme/a"), FIRST))
    with pytest.raises(CannotRun, match="cannot be read"):
        incumbent_fault(claim, unread)


def test_a_release_claims_the_incumbents_of_its_aliases_with_a_margin() -> None:
    incumbent = Incumbent(ModelId("acme/b"), FIRST)
    kept = alias("minimize speed", incumbent_margin="50%")
    plain = alias("minimize speed", name="chat")
    incumbents = {kept.name: incumbent, plain.name: incumbent}
    source = frozen(kept, plain, models=MODELS, id=LATER, incumbents=incumbents)
    assert claimed_incumbents(source) == [ClaimedIncumbent(LATER, kept.name, incumbent)]
