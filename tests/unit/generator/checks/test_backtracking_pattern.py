"""`backtracking-pattern`."""

import pytest

from generator.checks.backtracking_pattern import CHECK
from tests.subjects import find, places


def _find(regex: str) -> list[tuple[str | int, ...]]:
    return places(find(CHECK, patterns=[{"match": regex, "provider": "p"}]))


@pytest.mark.parametrize(
    "regex",
    [
        "(a+)+",
        "(a*)*b",
        "([a-z]+)*x",
        "(?:.*)+",
        "((a|b)+)+c",
        "(.*a)*",
        "(a|b+)+",
        "x(?:y(?:[0-9]+)*)z",
        "(a+b?)+",
        "(\\w+\\d)+",
    ],
)
def test_competing_repetitions_are_told(regex: str) -> None:
    """An inner repetition that can take over a whole round of the outer one takes exponential time."""
    assert _find(regex) == [("patterns", 0, "match")]


@pytest.mark.parametrize(
    "regex",
    [
        "a+",
        "(.+)/(.+)",
        "(?:[a-z]+/)+",
        "([a-z0-9]+-)*[a-z0-9]+",
        "(ab)+",
        "(a{1,9})+",
        "(?:a+){2}",
        "gpt-[0-9.]+(-.*)?",
        "(a|b)+",
        "\\pL+",
    ],
)
def test_others_are_not(regex: str) -> None:
    """A separator that the inner repetition cannot take, or a bound, keeps the time linear."""
    assert _find(regex) == []


def test_a_pattern_that_python_cannot_read_is_left_alone() -> None:
    """RE2 has syntax that Python has not; nothing is concluded from what cannot be read."""
    assert _find("\\Q(a+)+\\E") == []
