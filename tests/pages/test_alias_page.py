"""The page of an alias: who answers and why, in the terminal's words, now and in each release."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from tests.core.builders import CODE_FAST, alias, frozen, model, verified
from tests.pages.sources import MemorySource

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import rederive
from zumik.core.facts.catalog import Model
from zumik.core.live.drains import Drain, Drains
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.release import VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.pages.addresses import HOME, alias_address, data_address, model_address
from zumik.pages.site import Site
from zumik.reports import sentences
from zumik.reports.ranking_table import flips_to_text

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = (
    "</p><script>alert('1')</script>\x1b[31m\u202e\u200b\ufe0f\U000e0041e"
    + "\u0301" * 9
    + "{{ 7 * 7 }}"
)


def models(cheap: str = "1") -> list[Model]:
    return [
        model(
            "acme/large",
            input="4",
            output="8",
            metrics={"q": {"value": "0.8", "source": "runs, 95 % 0.77 to 0.83"}},
            limits={"context_tokens": 200000, "output_tokens": 8000},
            takes=["text"],
            capabilities=["tools"],
            source="price list",
            observed_on="2026-06-01",
        ),
        model("acme/small", input=cheap, output="2", metrics={"q": "0.75"}),
        model("beta/slow", input="2", output="2", metrics={"q": "0.5"}),
        model("beta/unknown", input="1", output="1"),
    ]


def made(
    number: int, *, cheap: str = "1", description: str = "Good, then cheap."
) -> VerifiedRelease:
    chooses = alias(
        "maximize q within 10%",
        "minimize expected_cost",
        description=description,
        workload={"input_tokens": 1000, "output_tokens": 100},
        require={"measures": {"q": {"at_least": "0.4"}}},
    )
    return frozen(chooses, models=models(cheap), id=f"alr_2026_06_09_{number:03}")


ONE, TWO, THREE = made(1, cheap="9"), made(2), made(3)
SOURCE = MemorySource(ONE, TWO, THREE, moves=[(10, CODE_FAST, ONE), (12, CODE_FAST, TWO)])
NOW, THEN = alias_address(CODE_FAST), alias_address(CODE_FAST, ONE.ref.id)


def page(source: MemorySource, address: str) -> str:
    found = Site(source).rendered(address)
    assert found is not None
    return found.decode()


def text_of(html: str) -> str:
    """What a reader reads, a line an element."""
    html = re.sub(r"<(head|script|form)\b.*?</\1>", "", html, flags=re.DOTALL)
    # What the charts draw is held by their own tests.
    html = re.sub(r"<svg\b.*?</figure>", "", html, flags=re.DOTALL)
    html = re.sub(r"<wbr>|</?(a|strong|span|i|code|b)\b[^>]*>", "", html)
    html = re.sub(r"</t[dh]><t[dh][^>]*>", " | ", html)
    lines = (line.strip() for line in re.sub(r"<[^>]+>", "\n", html).splitlines())
    return unescape("\n".join(line for line in lines if line)) + "\n"


@pytest.mark.parametrize(("name", "address"), [("alias", NOW), ("alias_then", THEN)])
def test_page_reads_as_in_the_golden_text(name: str, address: str) -> None:
    golden, text = GOLDEN / f"{name}.txt", text_of(page(SOURCE, address))
    if os.environ.get("UPDATE_EXPECTED"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_the_first_sentence_says_who_answers_since_when_and_why() -> None:
    heading = text_of(re.findall(r"<h1>.*?</h1>", page(SOURCE, NOW))[0])
    assert heading.replace("\xa0", " ") == (
        "code.fast answers with acme/small since 12 June 2026, because it has the lowest "
        "expected_cost of the 2 candidates within 10 % of the highest q: $0.0012.\n"
    )


def test_the_page_of_a_release_says_it_in_the_past() -> None:
    text = text_of(page(SOURCE, THEN)).replace("\xa0", " ")
    assert (
        "In alr_2026_06_09_001, frozen on 9 June 2026, code.fast answered with acme/large" in text
    )
    assert "because it had the lowest expected_cost of the 2 candidates" in text
    assert "It was live from 10 June 2026 to 12 June 2026." in text
    never = text_of(page(SOURCE, alias_address(CODE_FAST, THREE.ref.id)))
    assert "It was never live." in never


def test_margin_and_flips_are_the_terminals() -> None:
    text, table = text_of(page(SOURCE, NOW)), rederive(TWO, CODE_FAST).table
    assert sentences.margin(table) in text
    assert flips_to_text(table)
    assert all(flip in text for flip in flips_to_text(table))
    assert sentences.failures(table.excluded[0].failures) in text


def test_the_winner_is_marked_by_a_word_and_what_is_unknown_by_one() -> None:
    html = page(SOURCE, NOW)
    assert html.count('<span class="mark">winner</span>') == 1
    assert re.search(r'<tr class="winner">.{,200}acme/<wbr>small', html)
    assert "<td><i>unknown</i></td>" in html
    assert "<td>-</td>" not in html


def test_the_plane_shows_the_band_and_the_error_of_a_figure() -> None:
    plane = page(SOURCE, NOW).split('id="plane-title"')[1].split("</figure>")[0]
    assert "within 10 % of the best: from 0.72" in plane
    assert 'class="whisker"' in plane
    assert "required: at least 0.4" in plane


def test_every_fact_has_its_source_and_date_in_the_page() -> None:
    text = text_of(page(SOURCE, NOW))
    assert "q | 0.8 (95 %: 0.77 to 0.83) | runs, 95 % 0.77 to 0.83" in text
    assert "price, USD/Mtok | input $4, output $8 | price list | 2026-06-01" in text


def test_data_beside_a_page_has_the_same_answer() -> None:
    now = json.loads(page(SOURCE, data_address(NOW)))
    assert now["answer"].startswith("code.fast answers with acme/small since 12 June 2026")
    assert [row["model"] for row in now["table"]["ranking"]] == [*TWO.aliases[CODE_FAST].ranking]
    assert now["releases"] == [ONE.ref.id, TWO.ref.id, THREE.ref.id]
    assert all("author" not in move for move in now["history"])
    then = json.loads(page(SOURCE, data_address(THEN)))
    assert then["answer"].startswith("In alr_2026_06_09_001, frozen on 9 June 2026")
    assert then["rederived"] is True


def test_the_page_of_a_release_is_made_of_what_concerns_it_alone() -> None:
    before = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)])
    after = MemorySource(ONE, TWO, THREE, moves=[(10, CODE_FAST, ONE), (11, CODE_FAST, THREE)])
    second = alias_address(CODE_FAST, TWO.ref.id)
    assert Site(before).inputs(THEN) != Site(after).inputs(THEN)
    assert page(before, THEN) != page(after, THEN)
    moved = MemorySource(ONE, TWO, THREE, moves=[(10, CODE_FAST, ONE), (12, CODE_FAST, THREE)])
    assert Site(after).inputs(second) == Site(moved).inputs(second)
    assert page(after, second) == page(moved, second)
    assert Site(before).inputs(NOW) is None


def test_a_withdrawn_release_says_so() -> None:
    mark = Withdrawal(ONE.ref, "wrong price", ONE.release.created_at)
    source = MemorySource(ONE, TWO, withdrawals={ONE.ref.id: mark})
    assert re.search("Withdrawn: .*wrong price", text_of(page(source, THEN)))
    assert Site(source).inputs(THEN) != Site(MemorySource(ONE, TWO)).inputs(THEN)


def test_an_alias_whose_ranking_is_confidential_shows_its_name_alone() -> None:
    hidden = {ONE.ref.id: [CODE_FAST]}
    source = MemorySource(ONE, hidden_aliases=hidden, hidden_bytes=[ONE.ref.id])
    html = page(source, THEN)
    assert "how code.fast is ranked is confidential" in html
    assert "acme" not in html
    assert "acme" not in page(source, data_address(THEN))
    assert "acme" not in page(source, NOW)


def test_an_alias_that_was_never_live_leads_to_its_newest_release() -> None:
    html = page(MemorySource(ONE, TWO), NOW)
    assert "has no live pointer." in html
    assert alias_address(CODE_FAST, TWO.ref.id) in html


def test_texts_from_outside_stay_texts() -> None:
    source = made(1, description=HOSTILE)
    html = page(MemorySource(source, moves=[(10, CODE_FAST, source)]), NOW)
    assert "<script>alert" not in html
    assert not set("\u202e\u200b\ufe0f\U000e0041") & set(html)
    assert "\u0301" * 5 not in html
    assert "\x1b" not in html
    assert "‮" not in html
    assert "{{ 7 * 7 }}" in html
    assert "&lt;script&gt;" in html


def test_a_page_of_very_many_candidates_stays_small() -> None:
    names = [f"provider-{n % 40:02}/a-model-with-a-long-name-{n:04}" for n in range(500)]
    known = [model(name, input="1", output="1", metrics={"q": "0.5", "p": "1"}) for name in names]
    release = frozen(alias("maximize q within 5%", "maximize p", candidates=names), models=known)
    source = MemorySource(release, moves=[(10, CODE_FAST, release)])
    for address in (NOW, alias_address(CODE_FAST, release.ref.id)):
        html = page(source, address)
        assert len(html) < 100_000
        assert "And 470 ranked models more: all are in the release." in html


def test_a_page_of_very_many_moves_stays_small() -> None:
    moves = [(1 + n % 28, CODE_FAST, (ONE, TWO)[n % 2]) for n in range(1000)]
    assert len(page(MemorySource(ONE, TWO, moves=moves), NOW)) < 100_000


def test_no_page_is_there_for_names_that_nothing_has() -> None:
    site = Site(SOURCE)
    for address in ("aliases/other/", "aliases/code.fast/alr_2020_01_01_001/", "aliases/-/"):
        assert site.rendered(address) is None, address
        assert site.inputs(address) is None


def test_the_same_source_gives_the_same_bytes() -> None:
    again = MemorySource(ONE, TWO, THREE, moves=[(10, CODE_FAST, ONE), (12, CODE_FAST, TWO)])
    addresses: Sequence[str] = [*Site(SOURCE).addresses()]
    assert len(addresses) == len({*addresses})
    for address in addresses:
        assert Site(SOURCE).rendered(address) == Site(again).rendered(address)


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (
            "acme/small",
            "code.fast answers with acme/large, because acme/small, which has rank 1, is drained.",
        ),
        (
            "acme/*",
            "code.fast answers with beta/slow, because acme/small and acme/large, which rank"
            " before it, are drained.",
        ),
    ],
)
def test_the_first_sentence_names_the_drained_models_that_rank_before(
    models: str, sentence: str
) -> None:
    source = MemorySource(made(1), moves=[(10, CODE_FAST, made(1))])
    since, until = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)
    source.drains = Drains(1, (Drain(models, since, until, "INC-42"),))
    text = text_of(page(source, alias_address(CODE_FAST))).replace("\xa0", " ")
    assert sentence in text
    assert f"Drained: {models} until 2026-11-28 18:00 UTC: INC-42\n" in text


def test_a_drain_that_is_ignored_is_shown_as_ignored() -> None:
    source = MemorySource(made(1), moves=[(10, CODE_FAST, made(1))])
    since, until = datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)
    source.drains = Drains(1, (Drain("*", since, until, "INC-42"),))
    text = text_of(page(source, alias_address(CODE_FAST)))
    assert "Drain ignored: no other model could answer\n" in text


def test_a_new_key_of_a_move_does_not_reach_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    import zumik.pages.public_move

    before = [page(SOURCE, data_address(address)) for address in (HOME, NOW)]
    past_to_json = zumik.pages.public_move.past_to_json

    def with_more(past: LandedPointer) -> dict[str, object]:
        move = past_to_json(past)
        pointer = move["pointer"]
        assert isinstance(pointer, dict)
        return {**move, "people": "Ada", "pointer": {**pointer, "merger": "Bob"}}

    monkeypatch.setattr(zumik.pages.public_move, "past_to_json", with_more)
    after = [page(SOURCE, data_address(address)) for address in (HOME, NOW)]
    assert after == before
    home, alias_page = map(json.loads, before)
    for move in home["moves"] + alias_page["history"]:
        assert {*move} - {"alias"} == {
            *("commit", "committed_at", "clock_holds", "landed_at", "pointer", "winner")
        }


def test_unknown_history_is_called_unknown() -> None:
    source = MemorySource(made(1), moves=[(10, CODE_FAST, made(1))])
    source.history_is_known = False
    text = text_of(page(source, alias_address(CODE_FAST)))
    assert "When its live pointer moved is unknown" in text


def test_a_release_frozen_afterwards_is_never_said_to_be_of_that_day() -> None:
    earlier = made(1)
    source = verified(earlier.release._replace(backfilled=True))
    then = page(MemorySource(source), alias_address(CODE_FAST, source.ref.id))
    assert "frozen afterwards for 9 June 2026, code.fast answered with" in text_of(then).replace(
        "\xa0", " "
    )
    now = text_of(page(MemorySource(source), alias_address(CODE_FAST)))
    assert "alr_2026_06_09_001 | 2026-06-09, afterwards |" in now
    model = text_of(page(MemorySource(source), model_address(ModelId("acme/small"))))
    assert "frozen afterwards for 9 June 2026; it is the newest release." in model.replace(
        "\xa0", " "
    )


def test_what_the_resolver_before_gives_otherwise_is_said_with_the_reason() -> None:
    limits = {"input_tokens": 200_000, "output_tokens": 8_000}
    models = [model("a/x", limits=limits), model("a/y", limits={"context_tokens": 200_000})]
    policy = alias("listed", require={"limits": {"context_tokens": 100_000}})
    release = frozen(policy, models=models, made_by=2)
    html = page(MemorySource(release, moves=[(10, CODE_FAST, release)]), NOW)
    assert (
        "2; resolver 1 would put a/y first: it leaves out a/x (limits.context_tokens unknown)"
        in unescape(html)
    )
