"""Intervals that assume no distribution, against values of tables and of the formula."""

from __future__ import annotations

import pytest

from zumik.core.traffic.intervals import quantile_ranks, share_interval


@pytest.mark.parametrize(
    ("samples", "share", "ranks"),
    [
        (1, 0.5, (1, None, None)),
        # A table of the binomial: of 10 samples, 2 to 9 hold the median in 97.9 of 100.
        (10, 0.5, (5, 2, 9)),
        (20, 0.5, (10, 6, 15)),
        (100, 0.5, (50, 40, 61)),
        # With fewer than 72 samples nothing is known above the 95th percentile.
        (71, 0.95, (68, 63, None)),
        (72, 0.95, (69, 64, 72)),
    ],
)
def test_the_ranks_around_a_quantile(
    samples: int, share: float, ranks: tuple[int, int | None, int | None]
) -> None:
    assert quantile_ranks(samples, share) == ranks


def test_many_samples_give_the_same_ranks_as_the_binomial_within_one() -> None:
    exact, rough = quantile_ranks(5_000, 0.5), quantile_ranks(5_001, 0.5)
    assert exact.low is not None
    assert rough.low is not None
    assert abs(exact.low - rough.low) <= 1


def test_the_interval_of_a_share() -> None:
    low, high = share_interval(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-4)
    assert share_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


@pytest.mark.parametrize("samples", [1, 7, 9, 24, 48, 366, 1_000_003])
def test_none_and_all_are_exact_ends_of_the_interval(samples: int) -> None:
    """Floats would give 0.0000000000000000868 of 366."""
    assert share_interval(0, samples)[0] == 0
    assert share_interval(samples, samples)[1] == 1
