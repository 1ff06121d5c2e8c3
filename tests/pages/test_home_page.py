"""The home page: what all aliases mean today, what changed last, and what retires soon."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from tests.core.builders import CODE_FAST, alias, frozen, model
from tests.pages.sources import MemorySource
from tests.pages.test_alias_page import GOLDEN, HOSTILE, page, text_of

from zumik.core.basics.names import AliasName
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.release import VerifiedRelease
from zumik.pages.addresses import ALIASES, HOME, data_address

AUTO, OLD = AliasName("auto"), AliasName("old")


def made(number: int, order: str, **fields: str) -> VerifiedRelease:
    """A release in which code.fast ranks the models in `order`, and auto always x before y."""
    aliases = [
        alias("listed", name=name, candidates=[f"a/{each}" for each in listed], description=said)
        for name, listed, said in ((CODE_FAST, order, "Fast."), (AUTO, "xy", "Any."))
    ]
    known = [model("a/x", input="1", output="2", **fields), model("a/y", input="2", output="2")]
    return frozen(*aliases, models=known, id=f"alr_2026_06_09_{number:03}")


ONE, TWO = made(1, "xy"), made(2, "yx", retires_on="2026-12-24")
MOVES = [(10, CODE_FAST, ONE), (10, AUTO, ONE), (12, CODE_FAST, TWO), (13, AUTO, TWO)]
SOURCE = MemorySource(ONE, TWO, moves=MOVES)


def test_page_reads_as_in_the_golden_text() -> None:
    golden, text = GOLDEN / "home.txt", text_of(page(SOURCE, HOME))
    if os.environ.get("UPDATE_EXPECTED"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_the_first_sentence_counts_aliases_and_names_the_last_change() -> None:
    text = text_of(page(SOURCE, HOME)).replace("\xa0", " ")
    # On 13 June a pointer moved, and nothing changed for those who ask.
    assert "Two aliases, all answered; last change on 12 June 2026." in text


def test_a_ranked_model_that_retires_soon_is_listed_with_its_aliases() -> None:
    text = text_of(page(SOURCE, HOME))
    assert "2026-12-24 | a/x | auto | 1 of 2\n" in text
    assert "2026-12-24 | a/x | code.fast | 2 of 2\n" in text


def test_a_workspace_without_anything_live_says_so() -> None:
    text = text_of(page(MemorySource(ONE), HOME))
    assert "No alias is live." in text


def test_the_data_beside_it_has_the_same_sentence() -> None:
    tree = json.loads(page(SOURCE, data_address(HOME)))
    assert tree["sentence"] == "Two aliases, all answered; last change on 12 June 2026."
    assert [item["alias"] for item in tree["aliases"]] == [CODE_FAST, AUTO]
    assert all("author" not in move for move in tree["moves"])


def test_the_list_of_aliases_has_those_that_are_not_live_too() -> None:
    text = text_of(page(MemorySource(ONE, TWO, moves=MOVES[:1]), ALIASES))
    assert "One live alias, and one other that releases hold." in text
    assert "auto | never live | alr_2026_06_09_002\n" in text


def test_texts_from_outside_stay_texts() -> None:
    chooses = alias("listed", description=HOSTILE)
    release = frozen(chooses, models=[model("a/x")])
    html = page(MemorySource(release, moves=[(10, CODE_FAST, release)]), HOME)
    assert "<script>alert" not in html
    assert "\x1b" not in html


def test_a_hundred_aliases_stay_small() -> None:
    aliases = [alias("listed", name=f"alias-{n:03}", description="x" * 80) for n in range(100)]
    release = frozen(*aliases, models=[model("a/x", input="1", output="1")])
    moves = [(10, item.name, release) for item in aliases]
    source = MemorySource(release, moves=moves)
    assert len(page(source, HOME)) < 100_000
    assert len(page(source, ALIASES)) < 100_000


def drained(models: str) -> MemorySource:
    """The source while models are drained until the evening."""
    source = MemorySource(ONE, TWO, moves=MOVES)
    since, until = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)
    source.drains = Drains(1, (Drain(models, since, until, "INC-42 <b>"),))
    return source


def test_what_is_drained_is_listed_with_its_end_and_reason() -> None:
    text = text_of(page(drained("a/y"), HOME))
    assert "What is drained" in text
    assert "a/y | 2026-11-28 18:00 | INC-42 <b>\n" in text
    # When the answer began to change is not in the history of pointers.
    assert "code.fast | a/x | unknown |" in text
    tree = json.loads(page(drained("a/y"), data_address(HOME)))
    assert [item["until"] for item in tree["drains"]] == ["2026-11-28T18:00:00Z"]
    assert "What is drained" not in text_of(page(SOURCE, HOME))


def test_a_site_without_history_says_that_the_last_change_is_unknown() -> None:
    source = MemorySource(ONE, TWO, moves=MOVES)
    source.history_is_known = False
    assert "when they last changed is unknown" in text_of(page(source, HOME)).replace("\xa0", " ")


def test_a_table_without_rows_is_not_drawn() -> None:
    for address in (HOME, ALIASES):
        assert 'id="aliases"' not in page(MemorySource(ONE), address)
    text = text_of(page(MemorySource(ONE), ALIASES)).replace("\xa0", " ")
    assert "No alias is live; releases hold two." in text
