"""Rules for what gateways send to providers, which changes without any change of a ranking."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, LIVE
from zumik.core.reviews.review import Review
from zumik.rules.branch_rules import UPSTREAM_CHANGED


def check_upstream(review: Review) -> Iterator[Finding]:
    """One finding for each changed field of a model's upstream."""
    file = f"{FROZEN}/{review.releases[-1].ref.file_name}" if review.releases else LIVE
    for model, field in review.upstream:
        yield UPSTREAM_CHANGED.at(
            file,
            f"{model}: {neutral(field.path)} was {field.before}, and becomes {field.after}",
            "this is what gateways send to the provider: review it as you review code",
        )
