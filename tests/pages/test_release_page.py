"""The page of a release: what it changed, what vouches for it, and what is kept from the reader."""

from __future__ import annotations

import json
import subprocess
from html import unescape
from pathlib import Path

import pytest
from tests.core.builders import CODE_FAST, alias, frozen, model
from tests.pages.sources import MemorySource, at

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.releases.release import VerifiedRelease
from zumik.core.releases.signature import SignatureState, SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal
from zumik.pages.addresses import bytes_address, data_address, release_address
from zumik.pages.site import Site

AUTO = AliasName("auto")
ANY = {"floating_allowed": True}


def made(
    number: int, order: str, parent: VerifiedRelease | None = None, *, extra: bool = False
) -> VerifiedRelease:
    """A release in which code.fast answers with the first of `order`, and auto with the second."""
    aliases = [alias("listed", candidates=[f"a/{name}" for name in order], require=ANY)]
    if extra:
        aliases.append(alias("listed", name=AUTO, candidates=[f"a/{order[1]}"], require=ANY))
    models = [model(f"a/{name}", input=str(number)) for name in "xyz"]
    return frozen(
        *aliases,
        models=[item for item in models if item.id[-1] in order],
        id=f"alr_2026_06_09_{number:03}",
        parent=parent.ref if parent else None,
    )


ONE = made(1, "xy")
TWO = made(2, "yx", ONE, extra=True)
IDS = ONE.ref.id, TWO.ref.id


def page(source: MemorySource, release: VerifiedRelease) -> str:
    data = Site(source).rendered(release_address(release.ref.id))
    assert data is not None
    return data.decode()


def data(source: MemorySource, release: VerifiedRelease) -> dict[str, object]:
    found = Site(source).rendered(data_address(release_address(release.ref.id)))
    assert found is not None
    tree = json.loads(found)
    assert isinstance(tree, dict)
    return tree


def test_the_first_sentence_says_what_changed() -> None:
    source = MemorySource(ONE, TWO)
    assert "</strong> freezes one alias, the first of its line.</h1>" in page(source, ONE)
    assert (
        "</strong> freezes two aliases; one winner changed: code.fast answers with "
        "a/y instead of a/x; one alias is new: auto.</h1>" in page(source, TWO)
    )


def test_the_changes_read_as_in_the_terminal() -> None:
    html = unescape(page(MemorySource(ONE, TWO), TWO))
    assert "policy.candidates: a/x, a/y → a/y, a/x" in html
    assert "price.input: 1 → 2  [price]" in html


def test_later_releases_and_moves_of_others_do_not_change_a_page() -> None:
    alone, later = MemorySource(ONE), MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO)])
    assert page(alone, ONE) == page(later, ONE)
    address = release_address(ONE.ref.id)
    assert Site(alone).inputs(address) == Site(later).inputs(address)


def test_what_was_live_says_when() -> None:
    source = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE), (12, CODE_FAST, TWO)])
    assert "2026-06-10 to 2026-06-12" in page(source, ONE)
    assert "since 2026-06-12" in page(source, TWO)
    before = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)])
    address = release_address(ONE.ref.id)
    assert Site(source).inputs(address) != Site(before).inputs(address)


def test_without_a_history_only_today_is_known() -> None:
    source = MemorySource(ONE, TWO, moves=[(12, CODE_FAST, TWO)])
    assert "<td>never</td>" in page(source, ONE)
    unknown = MemorySource(ONE, TWO, moves=[(12, CODE_FAST, TWO)])
    unknown.history_is_known = False
    assert "<td>not now</td>" in page(unknown, ONE)
    assert "<td>now</td>" in page(unknown, TWO)


def test_a_withdrawal_stands_on_the_page_and_among_its_inputs() -> None:
    mark = Withdrawal(TWO.ref, "wrong <b>price</b>", at(20))
    source, before = MemorySource(ONE, TWO, withdrawals={TWO.ref.id: mark}), MemorySource(ONE, TWO)
    assert "on 2026-06-20 12:00 UTC: wrong &lt;b&gt;price&lt;/b&gt;" in page(source, TWO)
    address = release_address(TWO.ref.id)
    assert Site(source).inputs(address) != Site(before).inputs(address)


def test_the_signature_is_said_as_far_as_it_is_proven() -> None:
    good = SignatureVerdict(SignatureState.GOOD, "an allowed signer vouches for it", "ada@example")
    html = page(MemorySource(ONE, signatures={ONE.ref.id: good}), ONE)
    assert 'by ada@example: <span class="good">verified</span>' in html


def test_the_line_to_verify_works_on_the_downloaded_file(tmp_path: Path) -> None:
    source = MemorySource(ONE)
    html = unescape(page(source, ONE))
    address = bytes_address(*ONE.ref)
    assert f'href="../../{address}" download="{ONE.ref.file_name}"' in html
    found = Site(source).rendered(address)
    assert found is not None
    (tmp_path / ONE.ref.file_name).write_bytes(found)
    line = html.split("<code>echo ")[1].split("</code>")[0]
    done = subprocess.run(
        f"echo {line}", shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{ONE.ref.file_name}: OK\n")


def test_confidential_bytes_are_not_there_and_the_page_says_so() -> None:
    source = MemorySource(ONE, hidden_bytes=[ONE.ref.id])
    html = page(source, ONE)
    assert "Its bytes are not published" in html
    assert ONE.ref.file_name not in html
    assert Site(source).rendered(bytes_address(*ONE.ref)) is None
    assert data(source, ONE)["published_bytes"] is None


def test_an_alias_that_is_hidden_is_named_and_is_neither_new_nor_removed() -> None:
    hidden = MemorySource(ONE, TWO, hidden_aliases={TWO.ref.id: [AUTO, CODE_FAST]})
    html = page(hidden, TWO)
    assert "Confidential, so only named here: auto, code.fast." in html
    assert "</strong> freezes two aliases; no winner changed; two are confidential.</h1>" in html
    assert "removed" not in html
    changes = data(hidden, TWO)["changes"]
    assert isinstance(changes, dict)
    assert changes["aliases"] == []


def test_the_data_has_what_the_page_has() -> None:
    tree = data(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO)]), TWO)
    assert (tree["id"], tree["sha256"], tree["parent"]) == (*TWO.ref, ONE.ref.id)
    aliases = tree["aliases"]
    assert isinstance(aliases, dict)
    assert aliases["code.fast"] == {
        "winner": "a/y",
        "ranking": ["a/y", "a/x"],
        "reason": "first_listed_under_policy",
        "live": [{"since": "2026-06-10T12:00:00Z", "until": None}],
    }


@pytest.mark.parametrize(
    "address",
    [
        "releases/alr_2026_06_09_009/",
        "releases/alr_9999_99_99_001/",
        "data/releases/alr_2026_06_09_009.json",
        f"data/releases/alr_2026_06_09_001.{'0' * 64}.json",
        "releases/alr_2026_06_09_001.json",
        "data/releases/alr_2026_06_09_001/",
    ],
)
def test_there_is_no_page_for_what_is_no_release(address: str) -> None:
    assert Site(MemorySource(ONE)).rendered(address) is None


def test_a_page_of_very_many_changes_is_bounded_and_says_where_the_rest_is() -> None:
    names = [f"code.n{number}" for number in range(300)]
    old, new = (
        frozen(
            *(alias("listed", name=name, candidates=[which], require=ANY) for name in names),
            models=[model("a/x"), model("a/y")],
            id=f"alr_2026_06_09_{number:03}",
            parent=parent,
        )
        for number, which, parent in ((1, "a/x", None), (2, "a/y", ONE.ref._replace(id=IDS[0])))
    )
    html = page(MemorySource(old, new), new)
    assert "more: all are in the data of this page." in html
    assert len(html) < 100_000


def test_every_address_has_a_page() -> None:
    site = Site(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO)]))
    for address in site.addresses():
        assert site.rendered(address) is not None, address
    assert ReleaseId("alr_2026_06_09_001") == IDS[0]


def test_another_resolver_than_the_parents_is_said_with_what_it_ranks_otherwise() -> None:
    limits = {"input_tokens": 200_000, "output_tokens": 8_000}
    models = [model("a/x", limits=limits), model("a/y", limits={"context_tokens": 200_000})]
    policy = alias("listed", require={"limits": {"context_tokens": 100_000}})
    one = frozen(policy, models=models)
    two, three = (
        frozen(policy, models=models, id=f"alr_2026_06_09_00{n}", parent=one.ref, made_by=made_by)
        for n, made_by in ((2, 2), (3, 1))
    )
    source = MemorySource(one, two, three)
    html = unescape(page(source, two))
    assert "<p>Resolver 2 made it, and resolver 1 its parent.</p>" in html
    assert (
        "<p>code.fast: resolver 1 would put a/y first: it leaves out a/x "
        "(limits.context_tokens unknown).</p>" in html
    )
    assert "its parent.</p>" not in page(source, three)
