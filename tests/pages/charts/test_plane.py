"""The plane of cost and quality: places that grow with the values, and a name for each point."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from tests.pages.charts.drawing import NARROW_PAGE, drawing, share_of

from zumik.pages.charts.limits import Limit
from zumik.pages.charts.plane import Axis, Point, plane

COST = Axis("cost per request", "usd", lower_is_better=True)
QUALITY = Axis("quality", "", lower_is_better=False)

figures = st.fractions(min_value=-100, max_value=10**6, max_denominator=10**9)
words = st.text(max_size=60)


@st.composite
def any_point(draw: st.DrawFn) -> Point:
    quality = draw(st.none() | figures)
    error = draw(st.none() | st.fractions(min_value=0, max_value=10))
    known = quality is not None and error is not None
    return Point(
        draw(words),
        draw(st.none() | figures),
        quality,
        draw(words),
        quality - error if known else None,
        quality + error if known else None,
        draw(st.booleans()),
    )


limits = st.lists(st.builds(Limit, words, figures, st.booleans(), st.booleans()), max_size=2)


@given(st.lists(any_point(), max_size=20), limits, limits)
def test_everything_is_drawn_within_the_chart(
    points: list[Point], cost_limits: list[Limit], quality_limits: list[Limit]
) -> None:
    args = ("c", "Plane", points, COST, QUALITY)
    one, other = (
        plane(*args, cost_limits=cost_limits, quality_limits=quality_limits) for _ in "ab"
    )
    assert one.encode() == other.encode()
    drawn = drawing(one)
    for place in drawn.places():
        assert -15 <= place.across <= NARROW_PAGE + 15, place
        assert -15 <= place.down <= drawn.height, place
    assert len(drawn.of_class("point")) == sum(
        point.cost is not None and point.quality is not None for point in points
    )


def _dots(points: list[Point]) -> list[tuple[float, float]]:
    found = []
    for point in drawing(plane("c", "Plane", points, COST, QUALITY)).of_class("point"):
        place = point.find("svg")
        assert place is not None
        found.append((share_of(place.attrib["x"]), float(place.attrib["y"])))
    return found


@given(st.lists(st.tuples(figures, figures), min_size=2, max_size=12))
def test_a_greater_value_is_never_left_of_or_below_a_less_one(
    values: list[tuple[Fraction, Fraction]],
) -> None:
    dots = _dots([Point("m", cost, quality, "") for cost, quality in values])
    across = sorted(zip([cost for cost, _ in values], [x for x, _ in dots], strict=True))
    assert [x for _, x in across] == sorted(x for _, x in across)
    down = sorted(zip([quality for _, quality in values], [-y for _, y in dots], strict=True))
    assert [y for _, y in down] == sorted(y for _, y in down)


POINTS = [
    Point("a/best", Fraction(1, 100), Fraction(90), "$0.01, 90", Fraction(88), Fraction(92)),
    Point("a/next", Fraction(2, 100), Fraction(89), "≥ $0.02, 89", at_least=True),
    Point("a/dark", None, Fraction(88), "unknown, 88"),
]


def test_each_point_is_named_for_focus_and_for_those_who_hear_it() -> None:
    drawn = drawing(plane("c", "Plane", POINTS, COST, QUALITY, summary="It leads by $0.01."))
    best, following = drawn.of_class("point")
    assert best.attrib["aria-label"] == "1. a/best, winner: $0.01, 90"
    assert following.attrib["aria-label"] == "2. a/next, ≥ $0.02, 89"
    assert {each.attrib["tabindex"] for each in (best, following)} == {"0"}
    assert {each.attrib["role"] for each in (best, following)} == {"img"}
    assert _texts(best) == ["1. a/best", "winner: $0.01, 90"]
    assert _texts(following) == ["2", "2. a/next", "≥ $0.02, 89"]
    assert drawn.root.attrib["role"] == "group"
    assert drawn.description == (
        "a/best is the winner: $0.01, 90. Next is a/next: ≥ $0.02, 89. It leads by $0.01. "
        "2 points: cost per request from left to right, lower is better; quality from the bottom "
        "up, higher is better. 1 model has no place, as a figure is unknown. "
        "The table below has every figure."
    )


def _texts(each: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in each.iter("text")]


def test_the_winner_has_a_shape_of_its_own() -> None:
    drawn = drawing(plane("c", "Plane", POINTS, COST, QUALITY))
    assert [dot.tag for dot in drawn.of_class("dot")] == ["path", "circle"]
    assert len(drawn.of_class("whisker")) == len(drawn.of_class("open")) == 1


def test_cost_has_a_logarithmic_scale_beyond_thirty_times_the_least() -> None:
    for greatest, said in ((30, False), (31, True)):
        points = [
            Point("a/b", Fraction(1), Fraction(1), ""),
            Point("a/c", Fraction(greatest), Fraction(2), ""),
        ]
        drawn = drawing(plane("c", "Plane", points, COST, QUALITY))
        assert ("← cost per request, lower is better (log scale)" in drawn.texts) is said
        assert ("on a logarithmic scale" in drawn.description) is said


def test_a_band_is_shaded_to_the_better_end_of_its_axis() -> None:
    band = Limit("within 5 %: at least 89.5", Fraction("89.5"), band=True, lower_is_better=False)
    drawn = drawing(plane("c", "Plane", POINTS, COST, QUALITY, quality_limits=[band]))
    _, area = drawn.of_class("band")
    top, bottom = float(area.attrib["y"]), float(area.attrib["y"]) + float(area.attrib["height"])
    (_, best), (_, following) = _dots_of(drawn.of_class("point"))
    assert top < best < bottom < following
    assert "The shaded area is within 5 %: at least 89.5." in drawn.description


def _dots_of(points: list[ElementTree.Element]) -> list[tuple[float, float]]:
    places = [point.find("svg") for point in points]
    return [(share_of(p.attrib["x"]), float(p.attrib["y"])) for p in places if p is not None]


def test_equal_points_keep_their_own_numbers() -> None:
    points = [Point(f"a/m{place}", Fraction(1), Fraction(1), "") for place in range(4)]
    drawn = drawing(plane("c", "Plane", points, COST, QUALITY))
    numbers = [
        (text.attrib["text-anchor"], text.attrib["y"])
        for text in drawn.root.iter("text")
        if "".join(text.itertext()) in {"2", "3", "4"} and "class" not in text.attrib
    ]
    assert len(set(numbers)) == 3


def test_points_after_the_first_thirty_are_counted() -> None:
    points = [Point(f"a/m{place}", Fraction(place), Fraction(1), "") for place in range(500)]
    markup = plane("c", "Plane", points, COST, QUALITY)
    drawn = drawing(markup)
    assert len(drawn.of_class("point")) == 30
    assert drawn.texts[-1] == "470 lower ranks are not drawn"
    assert len(markup) < 40_000
