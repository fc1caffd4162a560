"""A story's topics are those that it is about, the strongest first; and a reader's wishes go by them."""

from __future__ import annotations

import pytest
from builders import article, story

from briefings.model import Article, Wishes


def report(topics: str, about: str = "", **values: object) -> Article:
    return article(topics=tuple(topics.split()), about=frozenset(about.split()), **values)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param([report("b a", "a b")], "b a", id="in-the-order-of-its-only-report"),
        pytest.param([report("a b", "a b"), report("b", "b")], "b a", id="more-reports-are-about-it"),
        pytest.param([report("a", "a"), report("b a", "b")], "a b", id="equally-many-and-strong-by-name"),
        pytest.param([report("b c", "b c"), report("d b c", "d")], "b d c", id="equally-many-by-the-best-place"),
        pytest.param([report("a"), report("a"), report("b", "b")], "b a", id="about-goes-before-mentioned"),
        pytest.param([report("b a")], "b a", id="only-mentioned"),
        pytest.param(
            [report("b", "b"), report("a", "a"), report("a", "a", copy_of=101), report("b", "b")],
            "b a",
            id="a-copy-does-not-count",
        ),
        pytest.param([report("b", "b"), report("a", "a", copy_of=100)], "b a", id="a-copy-alone-is-about-it"),
    ],
)
def test_the_topics_of_a_story_are_the_strongest_first(reports: list[Article], expected: str) -> None:
    assert story(*reports).topics == tuple(expected.split())


@pytest.mark.parametrize(
    ("topics", "are_wanted"),
    [
        pytest.param(None, True, id="all-topics"),
        pytest.param({"relos"}, True, id="one-report-is-about-it"),
        pytest.param({"quad"}, False, id="mentioned-only"),
        pytest.param({"quad", "relos"}, True, id="one-of-two"),
        pytest.param(set(), False, id="no-topics"),
    ],
)
def test_a_reader_wants_what_a_story_is_about(topics: set[str] | None, are_wanted: bool) -> None:
    told = story(report("relos quad", "relos"), report("quad"))
    assert Wishes(None if topics is None else frozenset(topics)).want(told) is are_wanted
