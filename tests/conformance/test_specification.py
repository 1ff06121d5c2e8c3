"""Each numbered paragraph of the specification has a vector, and each vector names its own."""

from __future__ import annotations

from itertools import pairwise

from tests.conformance.vectors import SPECIFICATION, paragraphs, vectors

from zumik.core.resolvers.v1 import KNOWN_DEFECTS


def test_every_paragraph_has_a_vector() -> None:
    held = frozenset[str]().union(*(holds for _, holds in vectors()))
    assert [number for number in paragraphs() if number not in held] == []


def test_every_vector_names_paragraphs_that_exist() -> None:
    known = frozenset(paragraphs())
    assert [name for name, holds in vectors() if not holds or not holds <= known] == []


def test_the_specification_lists_every_known_defect() -> None:
    listed = SPECIFICATION.read_text(encoding="utf-8").count("*Known defect of resolver 1*")
    assert listed == len(KNOWN_DEFECTS)


def test_paragraphs_are_numbered_in_order() -> None:
    numbers = [tuple(map(int, number.split("."))) for number in paragraphs()]
    for (chapter, number), following in pairwise(numbers):
        assert following in ((chapter, number + 1), (chapter + 1, 1))
