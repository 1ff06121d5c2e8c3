"""The rules for what was released: each code, from a line that is otherwise in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta

import pytest
from tests.core.builders import CODE_FAST, MemoryTree, alias, but, frozen, scored

from zumik.checks.all_history import are_bytes_wrong, judge_history
from zumik.checks.release_chain import SchemaCheck, Scope
from zumik.core.basics.findings import Finding, Severity
from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.basics.strict_json import to_canonical
from zumik.core.live.pointer import Pointer, next_pointer, pointer_to_bytes
from zumik.core.releases.draft import draft
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import (
    ReleaseRef,
    VerifiedRelease,
    digest_of,
    release_to_bytes,
    verify,
)
from zumik.errors import UPGRADE
from zumik.rules.authoring_rules import UNKNOWN_METRIC
from zumik.rules.integrity_rules import (
    BROKEN_LINE,
    DIGEST_MISMATCH,
    FOREIGN_ENTRY,
    LEDGER_MISMATCH,
    RANKING_DIFFERS,
)

NOW = datetime(2026, 6, 9, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def no_schema(schema: str, data: bytes) -> Iterator[str]:
    return iter(())


def _source() -> VerifiedRelease:
    models = [scored("acme/a", speed="1"), scored("acme/b", speed="2")]
    return frozen(alias("minimize speed"), models=models)


class Workspace:
    """Three releases, a pointer to the newest, and a ledger; to be spoilt."""

    def __init__(self) -> None:
        self.sources: list[VerifiedRelease] = []
        self.files: dict[str, bytes] = {}
        self.kinds: dict[str, str] = {}
        content = _source().release.content
        for days in range(3):
            parent = self.sources[-1] if self.sources else None
            ref, data = draft(
                content,
                parent and parent.ref,
                parent and parent.release.created_at,
                NOW + timedelta(days=days),
                note=None,
                backfilled=False,
            )
            self.add(ref, data)
        self.ledger = "".join(
            LedgerLine.of(source.ref).to_text() for source in self.sources
        ).encode()
        self.live = {f"{CODE_FAST}.json": pointer_to_bytes(self.pointer(self.sources[-1].ref))}

    def add(self, ref: ReleaseRef, data: bytes) -> None:
        self.files[ref.file_name] = data
        self.sources.append(verify(ref.file_name, data))

    def replace(self, place: int, **changed: object) -> None:
        """Put another release in the place of one, under its own right digest."""
        source = self.sources[place]
        data = release_to_bytes(but(source.release, **changed))
        del self.files[source.ref.file_name]
        release = ReleaseId(changed.get("id", source.ref.id))  # type: ignore[arg-type]
        ref = ReleaseRef(release, digest_of(data))
        self.files[ref.file_name] = data
        self.ledger = self.ledger.replace(
            LedgerLine.of(source.ref).to_text().encode(), LedgerLine.of(ref).to_text().encode()
        )

    def pointer(self, ref: ReleaseRef, alias: str = CODE_FAST) -> Pointer:
        return next_pointer(AliasName(alias), ref, None, kind="promote", reason=None, now=NOW)

    def tree(self) -> MemoryTree:
        files = {f"frozen/{name}": data for name, data in self.files.items()}
        files |= {f"live/{name}": data for name, data in self.live.items()}
        if self.ledger is not None:
            files["SHA256SUMS"] = self.ledger
        return MemoryTree(files, {f"frozen/{name}": kind for name, kind in self.kinds.items()})

    def findings(self, schema: SchemaCheck = no_schema, **scope: AbstractSet[str]) -> list[Finding]:
        return judge_history(self.tree(), Scope(schema, LATER, **scope)).findings

    def codes(self, **scope: AbstractSet[str]) -> list[str]:
        return [finding.code for finding in self.findings(**scope)]


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_a_correct_line_has_no_findings(workspace: Workspace) -> None:
    assert workspace.codes() == []


def test_a_flipped_bit_breaks_name_ledger_line_and_pointer(workspace: Workspace) -> None:
    name = workspace.sources[-1].ref.file_name
    workspace.files[name] = workspace.files[name][:-2] + b" \n"
    assert workspace.codes() == ["digest-mismatch", "ledger-mismatch", "pointer-to-nothing"]


def test_a_removed_release_breaks_the_line_and_the_ledger(workspace: Workspace) -> None:
    del workspace.files[workspace.sources[1].ref.file_name]
    assert workspace.codes() == ["broken-line", "ledger-gap"]


def test_a_release_with_another_parent_breaks_the_line(workspace: Workspace) -> None:
    other = ReleaseRef(workspace.sources[0].ref.id, Digest("0" * 64))
    workspace.replace(1, parent=other)
    assert "broken-line" in workspace.codes()


def test_a_release_dated_before_its_parent_is_found(workspace: Workspace) -> None:
    workspace.replace(2, created_at=NOW)
    assert workspace.codes()[0] == "time-goes-back"


def test_an_id_that_skips_a_number_is_found(workspace: Workspace) -> None:
    workspace.replace(2, id=ReleaseId("alr_2026_06_11_002"))
    assert workspace.codes()[0] == "id-out-of-line"


def test_bytes_that_are_not_canonical_are_found(workspace: Workspace) -> None:
    source = workspace.sources[2]
    data = workspace.files.pop(source.ref.file_name).replace(b"  ", b" ")
    ref = ReleaseRef(source.ref.id, digest_of(data))
    workspace.files[ref.file_name] = data
    assert workspace.codes() == ["not-canonical", "ledger-gap", "ledger-gap", "pointer-mismatch"]


def test_an_id_used_by_two_files_is_found(workspace: Workspace) -> None:
    source = workspace.sources[2]
    data = release_to_bytes(but(source.release, note="another"))
    workspace.files[ReleaseRef(source.ref.id, digest_of(data)).file_name] = data
    assert "duplicate-id" in workspace.codes()


def test_a_ranking_that_the_facts_do_not_give_is_found(workspace: Workspace) -> None:
    content = workspace.sources[2].release.content
    alias = content.aliases[CODE_FAST]
    forged = but(alias, reason="highest_whim_under_policy")
    workspace.replace(2, content=but(content, aliases={CODE_FAST: forged}))
    assert "ranking-differs" in workspace.codes()


@pytest.mark.parametrize("kind", ["symlink", "directory", "other", "executable", "submodule"])
def test_an_entry_that_is_not_a_file_is_found(kind: str, workspace: Workspace) -> None:
    name = workspace.sources[2].ref.file_name
    del workspace.files[name]
    workspace.kinds[name] = kind
    assert workspace.codes() == ["foreign-entry", "pointer-to-nothing"]


def test_a_name_that_is_not_a_release_name_is_found(workspace: Workspace) -> None:
    workspace.files["notes\x1b.txt"] = b""
    assert workspace.codes() == ["not-a-release-file"]


@pytest.mark.parametrize("data", [b"{", b"[]\n", b'{"schema": "zumik.bundle/1"}\n'])
def test_a_file_without_a_release_is_found(data: bytes, workspace: Workspace) -> None:
    ref = ReleaseRef(ReleaseId("alr_2026_06_12_001"), digest_of(data))
    workspace.files[ref.file_name] = data
    assert workspace.codes() == ["malformed-release"]


def _newer(workspace: Workspace, place: int, spoil: Callable[[dict[str, object]], object]) -> None:
    """Put what a newer zumik would have written in the place of a release, in line and ledger."""
    source = workspace.sources[place]
    fields = json.loads(workspace.files.pop(source.ref.file_name))
    spoil(fields)
    data = to_canonical(fields)
    ref = ReleaseRef(source.ref.id, digest_of(data))
    workspace.files[ref.file_name] = data
    workspace.live[f"{CODE_FAST}.json"] = pointer_to_bytes(workspace.pointer(ref))
    old, new = (LedgerLine.of(item).to_text().encode() for item in (source.ref, ref))
    workspace.ledger = workspace.ledger.replace(old, new)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda it: it.update(resolver=9), "was made by resolver 9, and this zumik knows 1, 2"),
        (lambda it: it.update(resolver=9, why="x"), "was made by resolver 9, and this zumik"),
        (lambda it: it.update(schema="zumik.release/2"), "was made as zumik.release/2, and this"),
    ],
)
@pytest.mark.parametrize("landed", [False, True])
def test_a_release_of_a_newer_zumik_is_said_once(
    spoil: Callable[[dict[str, object]], object], words: str, landed: bool, workspace: Workspace
) -> None:
    _newer(workspace, 2, spoil)
    names = frozenset(workspace.files) if landed else frozenset()
    (found,) = workspace.findings(landed=names)
    assert found.code == "newer-format"
    assert found.severity is (Severity.WARNING if landed else Severity.ERROR)
    assert found.message.startswith("alr_2026_06_11_001 ")
    assert words in found.message
    assert found.hint == UPGRADE


@pytest.mark.parametrize("landed", [False, True])
def test_an_unknown_key_may_be_of_a_newer_zumik(landed: bool, workspace: Workspace) -> None:
    _newer(workspace, 2, lambda it: it.update(why="x"))
    (found,) = workspace.findings(landed=frozenset(workspace.files) if landed else frozenset())
    assert found.code == "malformed-release"
    assert found.message == (
        "alr_2026_06_11_001 has an unknown key in 'why': a newer zumik made it, or somebody "
        "edited it"
    )
    assert found.hint == UPGRADE


def test_an_unknown_key_of_a_pointer_may_be_of_a_newer_zumik(workspace: Workspace) -> None:
    name = f"{CODE_FAST}.json"
    fields = json.loads(workspace.live[name])
    workspace.live[name] = to_canonical({**fields, "why": "x"})
    (found,) = workspace.findings()
    assert (found.code, found.location.file) == ("malformed-pointer", f"live/{name}")
    assert UPGRADE in str(found.hint)


def test_a_missing_ledger_is_found(workspace: Workspace) -> None:
    workspace.ledger = None  # type: ignore[assignment]
    assert workspace.codes() == ["ledger-gap"]


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda data: data[:-1], ["ledger-malformed", "ledger-gap"]),
        (lambda data: data + b"\n", ["ledger-malformed"]),
        (lambda data: data + data, ["ledger-malformed"] * 3),
        (
            lambda data: data.replace(b"  frozen/", b" *frozen/", 1),
            ["ledger-malformed", "ledger-gap"],
        ),
        (lambda data: data.upper(), ["ledger-malformed"] * 3 + ["ledger-gap"] * 3),
        (
            lambda data: b"0" * 64 + data[64:],
            ["ledger-mismatch"],
        ),
        (lambda data: data.split(b"\n", 1)[1], ["ledger-gap"]),
    ],
)
def test_a_ledger_that_differs_from_the_files_is_found(
    spoil: object, codes: list[str], workspace: Workspace
) -> None:
    assert callable(spoil)
    workspace.ledger = spoil(workspace.ledger)
    assert workspace.codes() == codes


def test_a_pointer_to_a_missing_release_is_found(workspace: Workspace) -> None:
    gone = ReleaseRef(ReleaseId("alr_2030_01_01_001"), Digest("0" * 64))
    workspace.live[f"{CODE_FAST}.json"] = pointer_to_bytes(workspace.pointer(gone))
    assert workspace.codes() == ["pointer-to-nothing"]


def test_a_pointer_to_other_bytes_is_found(workspace: Workspace) -> None:
    other = ReleaseRef(workspace.sources[2].ref.id, Digest("0" * 64))
    workspace.live[f"{CODE_FAST}.json"] = pointer_to_bytes(workspace.pointer(other))
    assert workspace.codes() == ["pointer-mismatch"]


def test_a_pointer_of_an_alias_that_its_release_lacks_is_found(workspace: Workspace) -> None:
    pointer = workspace.pointer(workspace.sources[2].ref, "code.slow")
    workspace.live["code.slow.json"] = pointer_to_bytes(pointer)
    assert workspace.codes() == ["pointer-to-nothing"]


def test_a_pointer_under_another_name_is_found(workspace: Workspace) -> None:
    workspace.live["code.slow.json"] = workspace.live[f"{CODE_FAST}.json"]
    assert workspace.codes() == ["misnamed-pointer"]


def test_a_pointer_that_is_not_canonical_is_found(workspace: Workspace) -> None:
    name = f"{CODE_FAST}.json"
    workspace.live[name] = workspace.live[name].replace(b"  ", b"\t")
    assert workspace.codes() == ["not-canonical"]


def test_schema_faults_are_findings(workspace: Workspace) -> None:
    found = workspace.findings(lambda schema, data: iter([f"no {schema}"]))
    assert [(item.code, item.message) for item in found] == [
        *[("against-schema", "no release")] * 3,
        ("against-schema", "no pointer"),
    ]


def test_only_codes_about_bytes_give_exit_code_5() -> None:
    about_bytes = (DIGEST_MISMATCH, LEDGER_MISMATCH, FOREIGN_ENTRY)
    about_content = (BROKEN_LINE, RANKING_DIFFERS, UNKNOWN_METRIC)
    assert all(are_bytes_wrong(rule.at("f", "m")) for rule in about_bytes)
    assert not any(are_bytes_wrong(rule.at("f", "m")) for rule in about_content)
