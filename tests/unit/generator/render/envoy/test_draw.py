"""The order of attempts, as request.lua draws it."""

from collections import Counter
from random import Random

from tests.envoy.lua import script


def orders(weights: list[list[float]], count: int) -> list[tuple[int, ...]]:
    """Many draws."""
    lua = script("request")
    random = Random(0)
    table = lua.list(*(lua.list(*step) for step in weights))
    return [tuple(lua.draw(table, random.random).values()) for _ in range(count)]


def test_every_branch_comes_once_and_no_step_before_its_turn() -> None:
    """Whatever the draw."""
    for order in orders([[1, 2, 3], [1], [5, 5]], 500):
        assert sorted(order[:3]) == [1, 2, 3]
        assert order[3] == 4
        assert sorted(order[4:]) == [5, 6]


def test_the_first_branch_follows_the_weights() -> None:
    """And so does the one that stands in for it."""
    drawn = orders([[7, 2, 1]], 10_000)
    first = Counter(order[0] for order in drawn)
    assert [round(first[branch] / 10_000, 1) for branch in (1, 2, 3)] == [0.7, 0.2, 0.1]
    after_first = Counter(order[1] for order in drawn if order[0] == 1)
    assert 0.6 < after_first[2] / first[1] < 0.73
