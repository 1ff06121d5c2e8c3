"""The rules for policy and catalog: each code, where it points, and what does not set it off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zumik.checks import policy_definitions
from zumik.checks.authorship import Authorship
from zumik.checks.catalog_facts import check_dates, check_ends, check_figures
from zumik.checks.derived_winners import check_derivations
from zumik.checks.policy_definitions import check_policy, check_unused
from zumik.core.basics.findings import Finding, Severity, has_errors
from zumik.core.releases.freeze import derive_all
from zumik.workspace.authored_files import read_authored
from zumik.workspace.work_tree import WorkTree

DAY = date(2026, 1, 10)
_METRIC = "  {}: {{description: d, source: s, observed_on: {}, {}}}\n"
METRICS = "metrics:\n" + "".join(
    _METRIC.format(name, "2026-01-05", rest)
    for name, rest in {
        "seconds": "unit: seconds, better: lower, range: {at_least: 0}",
        "share": "unit: fraction, better: higher, range: {at_least: 0, at_most: 1}",
        "speed": "unit: tokens_per_second, better: higher",
        "capped": "unit: points, better: higher, range: {at_most: 10}",
    }.items()
)
MODELS = """\
provider: acme
models:
  a: {revision: a-1, pinned: true, price: {input: 1, output: 2}, metrics: {seconds: 1, share: 0.5},
    limits: {output_tokens: 8}}
  b: {revision: b-1, pinned: true, price: {input: 2, output: 3}, metrics: {seconds: 2},
    limits: {output_tokens: 8}}
"""
POLICY = """\
measures:
  latency: {metric: seconds}
  quality: {metric: share}
aliases:
  one:
    candidates: ["acme/*"]
    workload: {input_tokens: 10, output_tokens: 10}
    prefer: [{minimize: expected_latency}]
"""


def findings(
    root: Path, *, policy: str = POLICY, models: str = MODELS, metrics: str = METRICS
) -> list[Finding]:
    for name, text in {
        "policy/p.yaml": policy,
        "catalog/acme.yaml": models,
        "catalog/metrics.yaml": metrics,
    }.items():
        path = root / "releases" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    authored = read_authored(WorkTree(root / "releases"))
    assert authored.findings == []
    what = Authorship(authored.catalog, authored.policy, authored.locate, DAY)
    found = [
        *check_policy(what),
        *check_figures(what),
        *check_ends(what),
        *check_dates(what),
    ]
    if not has_errors(found):
        derivations = derive_all(authored.catalog, authored.policy, DAY, {})
        found += check_derivations(what, derivations, retirement_days=30)
    return found


def one(found: list[Finding]) -> tuple[str, str, str]:
    """The code, severity and place of the only finding, and what its caret is under."""
    assert len(found) == 1, found
    location = found[0].location
    assert location.source is not None
    assert location.column is not None
    start = location.column - 1
    return found[0].code, found[0].severity.value, location.source[start : start + location.width]


def test_a_correct_workspace_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{metric: share}", "{metric: shares}", ("unknown-metric", "error", "shares")),
        (
            "latency: {metric: seconds}",
            "latency: {first_token: seconds, tokens_per_second: sped}",
            ("unknown-metric", "error", "sped"),
        ),
        ("latency: {metric: seconds}", "latency: {metric: speed}", None),
        ("quality: {", "listed: {", ("reserved-word", "error", "listed")),
        ("expected_latency", "qality", ("unknown-measure", "error", "qality")),
        (
            "prefer:",
            "require: {measures: {qality: {at_least: 0.1}}}\n    prefer:",
            ("unknown-measure", "error", "{at_least: 0.1}"),
        ),
        (
            "prefer:",
            "require: {measures: {quality: {at_least: 50}}}\n    prefer:",
            ("bound-out-of-range", "error", "50"),
        ),
        (
            "minimize: expected_latency",
            "maximize: expected_latency",
            ("worse-end-preferred", "warning", "expected_latency"),
        ),
        ("acme/*", "acme/c", ("unknown-model", "error", '"acme/c"')),
        ("acme/*", "umbrella/*", ("glob-matches-nothing", "error", '"umbrella/*"')),
        ("acme/*", "ACME/*", ("glob-matches-nothing", "error", '"ACME/*"')),
        (
            "workload",
            'exclude: ["acme/c*"]\n    workload',
            ("glob-matches-nothing", "warning", '"acme/c*"'),
        ),
        (
            '["acme/*"]',
            '["acme/a"]\n    exclude: ["acme/b"]',
            ("idle-exclusion", "warning", '"acme/b"'),
        ),
        (
            "prefer:",
            "require: {capabilities: [tools]}\n    prefer:",
            ("requirement-nobody-meets", "error", "[tools]"),
        ),
        (
            "prefer:",
            "require: {price: {output: {at_most: 1}}}\n    prefer:",
            ("requirement-nobody-meets", "error", "{at_most: 1}"),
        ),
        (
            "output_tokens: 10}",
            "output_tokens: 10, tier: bacth}",
            ("unknown-service", "error", "bacth"),
        ),
        (
            "prefer:",
            "require: {limits: {context_tokens: 9}}\n    prefer:",
            ("requirement-nobody-meets", "error", "9"),
        ),
        (
            "prefer:",
            "require: {open_weights: true}\n    prefer:",
            ("requirement-nobody-meets", "error", "true"),
        ),
        (
            "prefer:",
            "require: {price: {output: {at_most: 2}}, measures: {expected_latency: {at_least: 2}}}"
            "\n    prefer:",
            (
                "no-eligible-model",
                "error",
                "{price: {output: {at_most: 2}}, measures: {expected_latency: {at_least: 2}}}",
            ),
        ),
    ],
)
def test_a_policy_fault_is_located_at_its_text(
    before: str, after: str, expected: tuple[str, str, str] | None, tmp_path: Path
) -> None:
    assert before in POLICY
    found = findings(tmp_path, policy=POLICY.replace(before, after, 1))
    if expected is None:
        assert {item.code for item in found} == {"wrong-unit", "worse-end-preferred"}
    else:
        assert one(found) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("seconds: 1,", "second: 1, seconds: 1,", ("unknown-metric", "error", "1")),
        ("seconds: 1,", "seconds: -1,", ("figure-out-of-range", "error", "-1")),
        ("share: 0.5", "share: 50", ("figure-out-of-range", "error", "50")),
        ("share: 0.5", "capped: 11", ("figure-out-of-range", "error", "11")),
        ("{input: 1, output: 2}", "{input: 2, output: 1}", ("swapped-price", "warning", "2")),
        ("{input: 1, output: 2}", "{input: 0, output: 2}", ("zero-price", "warning", "0")),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, tiers: [{above_input_tokens: 5, input: 1},"
            " {above_input_tokens: 7, input: 2}, {input: 3, above_input_tokens: 5}]}",
            ("duplicate-tier", "error", "5"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, observed_on: 2026-01-11}",
            ("fact-from-the-future", "error", "2026-01-11"),
        ),
        (
            "share: 0.5",
            "share: {value: 0.5, observed_on: 2027-01-01}",
            ("fact-from-the-future", "error", "2027-01-01"),
        ),
        (
            "revision: a-1,",
            "revision: a-1, observed_on: 2026-02-01,",
            ("fact-from-the-future", "error", "2026-02-01"),
        ),
        (
            "revision: a-1,",
            "revision: a-1, retires_on: 2026-02-09,",
            ("winner-retires-soon", "warning", "one"),
        ),
        (
            "revision: a-1,",
            "revision: a-1, lifecycle: {not_served_since: 2026-02-09},",
            ("winner-retires-soon", "warning", "one"),
        ),
        (
            "revision: b-1,",
            "revision: b-1, released_on: 2026-01-03, lifecycle: {retires_on: 2026-01-02},",
            ("ends-before-release", "warning", "2026-01-03"),
        ),
        (
            "revision: b-1,",
            "revision: b-1, lifecycle: {successor: acme/c},",
            ("unknown-successor", "notice", "acme/c"),
        ),
        (
            "revision: b-1,",
            "revision: b-1, lifecycle: {successor: acme/a, observed_on: 2026-01-11},",
            ("fact-from-the-future", "error", "2026-01-11"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, dated: [{from: 2026-02-01, input: 3, output: 4}]}",
            ("winner-price-changes", "notice", "one"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, dated: [{from: 2026-01-10, input: 3, output: 4}]}",
            ("planned-price-not-confirmed", "warning", "2026-01-10"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, dated: [{from: 2026-01-10, input: 3,"
            " confirmed_on: 2026-01-11}]}",
            ("fact-from-the-future", "error", "2026-01-11"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, from: 2026-02-01}",
            ("price-from-the-future", "warning", "2026-02-01"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, services: {flex: {input: 2, output: 1}}}",
            ("swapped-price", "warning", "2"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, dated: [{from: 2026-05-01, input: 0, output: 1}]}",
            ("zero-price", "warning", "0"),
        ),
        (
            "{input: 1, output: 2}",
            "{input: 1, output: 2, services: {flex: {input: 1, tiers:"
            " [{above_input_tokens: 4, input: 1}, {from_input_tokens: 5, input: 2}]}}}",
            ("duplicate-tier", "error", "5"),
        ),
    ],
)
def test_a_catalog_fault_is_located_at_its_text(
    before: str, after: str, expected: tuple[str, str, str], tmp_path: Path
) -> None:
    assert before in MODELS
    assert one(findings(tmp_path, models=MODELS.replace(before, after, 1))) == expected


@pytest.mark.parametrize(
    ("tier", "hint"),
    [
        ("flx", "did you mean flex?"),
        ("Batch", None),
        ("turbo", "one of batch, flex, standard"),
    ],
)
def test_a_misspelt_service_gets_the_nearest_one(
    tier: str, hint: str | None, tmp_path: Path
) -> None:
    flex = MODELS.replace("output: 2}", "output: 2, services: {flex: {input: 1, output: 2}}}", 1)
    policy = POLICY.replace("output_tokens: 10}", f"output_tokens: 10, tier: {tier}}}")
    if hint is None:
        with pytest.raises(AssertionError):
            findings(tmp_path, policy=policy, models=flex)
        return
    (found, *_) = findings(tmp_path, policy=policy, models=flex)
    assert (found.code, found.hint) == ("unknown-service", hint)
    fine = policy.replace(f"tier: {tier}", "tier: flex")
    assert "unknown-service" not in [f.code for f in findings(tmp_path, policy=fine, models=flex)]


@pytest.mark.parametrize("dated", ["confirmed_on: 2026-01-10", "observed_on: 2026-01-09"])
def test_a_dated_price_that_was_seen_on_its_day_is_no_plan(dated: str, tmp_path: Path) -> None:
    later = f"{{input: 1, output: 2, dated: [{{from: 2026-01-09, input: 1, output: 2, {dated}}}]}}"
    assert findings(tmp_path, models=MODELS.replace("{input: 1, output: 2}", later)) == []


def test_a_measure_that_no_alias_uses_is_a_notice(tmp_path: Path) -> None:
    """Latency is shown for every candidate, so that it is always used."""
    assert findings(tmp_path) == []
    authored = read_authored(WorkTree(tmp_path / "releases"))
    what = Authorship(authored.catalog, authored.policy, authored.locate, DAY)
    assert one(list(check_unused(what))) == ("unused-measure", "notice", "quality")
    preferred = POLICY.replace("expected_latency", "quality").replace("minimize", "maximize")
    findings(tmp_path, policy=preferred)
    authored = read_authored(WorkTree(tmp_path / "releases"))
    assert not list(check_unused(what._replace(policy=authored.policy)))


def test_a_metric_dated_tomorrow_is_found(tmp_path: Path) -> None:
    metrics = METRICS.replace("2026-01-05", "2026-01-11")
    codes = {item.code for item in findings(tmp_path, metrics=metrics)}
    assert codes == {"fact-from-the-future"}
    today = METRICS.replace("2026-01-05", "2026-01-10")
    assert findings(tmp_path, metrics=today) == []


def test_a_retirement_after_the_horizon_is_no_finding(tmp_path: Path) -> None:
    models = MODELS.replace("revision: a-1,", "revision: a-1, retires_on: 2026-02-10,")
    assert findings(tmp_path, models=models) == []


@pytest.mark.parametrize("pinned", ["pinned: false", "note: unknown"])
def test_a_floating_winner_is_a_warning(pinned: str, tmp_path: Path) -> None:
    policy = POLICY.replace("prefer:", "require: {floating_allowed: true}\n    prefer:")
    models = MODELS.replace("pinned: true", pinned, 1)
    assert one(findings(tmp_path, policy=policy, models=models)) == (
        "floating-winner",
        "warning",
        "one",
    )


def test_a_measure_that_most_candidates_lack_is_a_warning(tmp_path: Path) -> None:
    policy = POLICY.replace("minimize: expected_latency", "maximize: quality")
    models = MODELS + "  c: {revision: c-1, pinned: true}\n"
    code, severity, words = one(findings(tmp_path, policy=policy, models=models))
    assert (code, severity) == ("preference-mostly-unknown", "warning")
    assert words == "{maximize: quality}"


def test_a_variant_does_not_repeat_findings_about_its_model_s_price(tmp_path: Path) -> None:
    models = MODELS.replace("{input: 1, output: 2}", "{input: 2, output: 1}")
    models = models.replace("share: 0.5}}", "share: 0.5}, variants: {high: {note: x}}}")
    assert [item.code for item in findings(tmp_path, models=models)].count("swapped-price") == 1


def test_the_output_of_an_embedding_may_cost_nothing(tmp_path: Path) -> None:
    price = "price: {input: 2, output: 0}"
    models = MODELS + f"  e: {{revision: e-1, pinned: true, mode: embedding, {price}}}\n"
    codes = {item.code for item in findings(tmp_path, models=models)}
    assert not codes & {"zero-price", "swapped-price"}
    free = models.replace("input: 2, output: 0", "input: 0, output: 0")
    assert "zero-price" in {item.code for item in findings(tmp_path, models=free)}


def deprecated(**said: str) -> str:
    """The policy with more aliases, each with what is said of its end."""
    alias = '  {}: {{candidates: ["acme/*"], prefer: [listed], deprecated: {{{}}}}}\n'
    return POLICY + "".join(alias.format(name, words) for name, words in said.items())


@pytest.mark.parametrize(
    ("said", "expected", "hint"),
    [
        (
            {"two": "replaced_by: onee"},
            ("unknown-replacement", "error", "onee"),
            "did you mean one?",
        ),
        (
            {"two": "replaced_by: twoo"},
            ("unknown-replacement", "error", "twoo"),
            "drop replaced_by if nothing takes its place",
        ),
        (
            {"two": "replaced_by: code.fast"},
            ("unknown-replacement", "error", "code.fast"),
            "drop replaced_by if nothing takes its place",
        ),
        (
            {"two": "replaced_by: two"},
            ("replacement-circle", "error", "two"),
            "name an alias that stays",
        ),
        (
            {"two": "replaced_by: three", "three": "replaced_by: one"},
            ("replacement-deprecated", "warning", "three"),
            "name one, which stays",
        ),
        (
            {"two": "replaced_by: three", "three": "sunset: 2026-02-01"},
            ("replacement-deprecated", "warning", "three"),
            "name an alias that stays",
        ),
        (
            {"two": "sunset: 2026-01-10"},
            ("sunset-passed", "warning", "2026-01-10"),
            "zumik alias retire two --reason '…' ends it; then remove it from the policy",
        ),
    ],
)
def test_a_deprecation_without_a_valid_successor_is_located_at_its_text(
    said: dict[str, str], expected: tuple[str, str, str], hint: str, tmp_path: Path
) -> None:
    found = findings(tmp_path, policy=deprecated(**said))
    assert one(found) == expected
    assert found[0].hint == hint


def test_a_future_deprecation_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, policy=deprecated(two="replaced_by: one, sunset: 2026-01-11")) == []


def test_a_successor_cycle_is_shown_whole(tmp_path: Path) -> None:
    policy = deprecated(
        two="replaced_by: three", three="replaced_by: four", four="replaced_by: three"
    )
    assert [(item.code, item.message) for item in findings(tmp_path, policy=policy)] == [
        ("replacement-circle", f"the aliases replace each other in a circle: {chain}")
        for chain in ("two → three → four → three", "three → four → three", "four → three → four")
    ]


def test_a_successor_chain_with_a_missing_end_is_found_at_each_alias(tmp_path: Path) -> None:
    policy = deprecated(two="replaced_by: three", three="replaced_by: nowhere")
    assert [(item.code, item.hint) for item in findings(tmp_path, policy=policy)] == [
        ("replacement-deprecated", "name an alias that stays"),
        ("unknown-replacement", "drop replaced_by if nothing takes its place"),
    ]


@pytest.mark.parametrize("name", ["unknown-metric", "unknown-measure", "unknown-model"])
def test_a_near_miss_gets_a_suggestion(name: str, tmp_path: Path) -> None:
    policy = {
        "unknown-metric": POLICY.replace("metric: share", "metric: shore"),
        "unknown-measure": POLICY.replace("expected_latency", "qualiti"),
        "unknown-model": POLICY.replace("acme/*", "acme/aa"),
    }[name]
    (found,) = findings(tmp_path, policy=policy)
    assert found.code == name
    assert found.severity is Severity.ERROR
    assert found.hint is not None
    assert found.hint.startswith("did you mean ")


def test_a_ranked_model_without_an_output_limit_is_one_warning_for_all_its_aliases(
    tmp_path: Path,
) -> None:
    models = MODELS.replace("limits: {output_tokens: 8}", "note: unknown", 1)
    policy = POLICY + POLICY.partition("aliases:\n")[2].replace("one:", "two:")
    found = findings(tmp_path, models=models, policy=policy)
    assert [(each.code, each.severity) for each in found] == [
        ("output-limit-unknown", Severity.WARNING)
    ]
    assert found[0].message.endswith("so requests with max_tokens pass over it: one and 1 more")
    assert found[0].location.line == 3
    assert "write limits: {output_tokens: N} at acme/a" in (found[0].hint or "")


def test_an_alias_without_output_needs_no_output_limit(tmp_path: Path) -> None:
    models = MODELS.replace("limits: {output_tokens: 8}", "note: unknown")
    policy = POLICY.replace("output_tokens: 10", "output_tokens: 0")
    assert findings(tmp_path, models=models, policy=policy) == []


def test_a_required_word_that_no_model_has_names_the_one_that_was_meant(tmp_path: Path) -> None:
    models = MODELS.replace("limits:", "capabilities: [tools], limits:")
    policy = POLICY + "    require: {capabilities: [tool]}\n"
    (found,) = findings(tmp_path, models=models, policy=policy)
    assert (found.code, found.hint) == ("requirement-nobody-meets", "did you mean tools?")


def test_only_the_first_globs_that_match_nothing_are_compared_with_each_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def seen(word: str, known: object, otherwise: str) -> str:
        asked.append(word)
        return otherwise

    monkeypatch.setattr(policy_definitions, "did_you_mean", seen)
    excluded = "".join(f"      - beta/{n:05}\n" for n in range(500))
    policy = POLICY.replace("    prefer:", f"    exclude:\n{excluded}    prefer:")
    found = findings(tmp_path, policy=policy)
    assert len([item for item in found if item.code == "unknown-model"]) == 500
    assert len(asked) == 20
