"""The step line: who answered when, in order, with every move named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.pages.charts.drawing import NARROW_PAGE, Drawing, drawing, share_of

from zumik.pages.charts.step_line import Move, step_line

moments = st.datetimes(
    min_value=datetime(2005, 4, 7),  # noqa: DTZ001 - hypothesis wants it so
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
kinds = st.sampled_from(["promote", "rollback", "retire", "another"])
moves = st.lists(
    st.builds(Move, moments, kinds, st.text(max_size=30), st.none() | st.text(max_size=60)),
    max_size=45,
).map(lambda found: sorted(found, key=lambda move: move.at))
days = st.lists(st.dates(date(2005, 1, 1), date(2200, 1, 1)), max_size=30)


@given(moves, days)
def test_everything_is_drawn_within_the_chart(moves: list[Move], releases: list[date]) -> None:
    one, other = (step_line("c", "Line", moves, releases) for _ in "ab")
    assert one.encode() == other.encode()
    drawn = drawing(one)
    for place in drawn.places():
        assert -5 <= place.across <= NARROW_PAGE + 5, place
        assert -5 <= place.down <= drawn.height + 1, place
    assert len(drawn.of_class("point")) == min(30, len(moves))


@given(moves)
def test_moves_stand_in_their_order(moves: list[Move]) -> None:
    places = _places(drawing(step_line("c", "Line", moves)))
    assert places == sorted(places)


def _places(drawn: Drawing) -> list[float]:
    points = [each.find("svg") for each in drawn.of_class("point")]
    return [share_of(point.attrib["x"]) for point in points if point is not None]


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+00:00")


MOVES = [
    Move(_at("2026-06-09"), "promote", "alr_2026_06_09_001", "a/old"),
    Move(_at("2026-08-01"), "promote", "alr_2026_08_01_001", "a/new"),
    Move(_at("2026-08-20"), "rollback", "alr_2026_06_09_001", "a/old"),
    Move(_at("2026-11-12"), "promote", "alr_2026_11_12_001", "a/new"),
    Move(_at("2026-11-22"), "promote", "alr_2026_11_22_001", "a/new"),
]
RELEASES = [date(2026, 5, 1), date(2026, 6, 9), date(2026, 8, 1), date(2026, 11, 22)]


def test_it_says_who_answers_since_when_and_how_often_it_moved() -> None:
    drawn = drawing(step_line("c", "Which model answered code.fast", MOVES, RELEASES))
    assert drawn.title == "Which model answered code.fast"
    assert drawn.description == (
        "a/new answers since 2026-11-12. 5 moves from 2026-06-09 on: 4 promote, 1 rollback. "
        "2 models answered so far. 3 releases since then, each a tick. "
        "The table below has every move."
    )


def test_each_model_has_its_row_and_each_move_its_name() -> None:
    drawn = drawing(step_line("c", "Line", MOVES, RELEASES))
    rows = {"".join(each.itertext()): each.attrib["y"] for each in drawn.of_class("model")}
    assert list(rows) == ["a/old", "a/new"]
    assert float(rows["a/new"]) < float(rows["a/old"])
    names = [each.attrib["aria-label"] for each in drawn.of_class("point")]
    assert names[2] == "2026-08-20 rollback alr_2026_06_09_001, a/old"
    assert len(drawn.of_class("release")) == 3 + 1, "the ticks of the time, and the key"
    assert drawn.texts[-2:] == ["release", "rollback"]
    assert {"2026-07", "2026-09", "2026-11"} <= set(drawn.texts)


def test_the_line_ends_where_an_alias_retires() -> None:
    retired = Move(_at("2026-12-24"), "retire", "alr_2026_11_22_001", None)
    drawn = drawing(step_line("c", "Line", [*MOVES, retired]))
    *_, last = drawn.of_class("step")
    *_, end = drawn.of_class("point")
    place = end.find("svg")
    assert place is not None
    assert last.attrib["x2"] == place.attrib["x"]
    assert "No model answers since 2026-12-24." in drawn.description


def test_the_line_goes_on_where_a_model_answers() -> None:
    *_, last = drawing(step_line("c", "Line", MOVES)).of_class("step")
    assert last.attrib["x2"] == "100%"


def test_moves_of_one_day_stand_at_equal_distances() -> None:
    start = _at("2026-11-22")
    moves = [move._replace(at=start + timedelta(seconds=n)) for n, move in enumerate(MOVES)]
    drawn = drawing(step_line("c", "Line", moves, RELEASES))
    places = _places(drawn)
    assert len({round(after - before, 1) for before, after in pairwise(places)}) == 1
    assert "all on 2026-11-22, in their order" in drawn.texts


def test_only_the_newest_thirty_moves_are_drawn() -> None:
    start = _at("2026-01-01")
    moves = [Move(start + timedelta(n), "promote", f"alr_{n}", "a/b") for n in range(50)]
    drawn = drawing(step_line("c", "Line", moves))
    assert len(drawn.of_class("point")) == 30
    assert "The newest 30 are drawn." in drawn.description


def test_a_thousand_releases_are_few_ticks() -> None:
    releases = [date(2024, 1, 1) + timedelta(n) for n in range(1000)]
    move = Move(_at("2024-01-01"), "promote", "alr_2024_01_01_001", "a/b")
    assert len(step_line("c", "Line", [move], releases)) < 1000
    moves = [move, move._replace(at=_at("2026-09-01"))]
    assert 100 < len(drawing(step_line("c", "Line", moves, releases)).of_class("release")) <= 202
